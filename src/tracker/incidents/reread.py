"""Kept words read anew: which of an incident's figures a newer extraction reads otherwise.

A paragraph or headline reads the same alone as it did in its report, so the words that are kept
with a figure are enough. What is found counts as if it had been read so from the beginning: the
new figures are of the same source, report, version and times. Which of them takes the place of
which old one is decided in `pairs.py`.

Reports that were set aside are not read here: nothing is stored of their figures, and a newer
extraction makes every source be read again.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.encoding import event_id
from tracker.events import AS_DATA, Event, Fact, FigureReported, FigureReread, ReportSetAside
from tracker.figures import VERSION, extract_figures
from tracker.figures.languages import lexicon_of
from tracker.incidents.decide import resolve, same_place, with_id_of_its_own
from tracker.incidents.pairs import begin_of, pair
from tracker.incidents.passages import Passage, headline_of, passages_of, words_of
from tracker.intake import Figure, Incident
from tracker.projections.ledger import Entry, Ledger, ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads: an extraction and its version, for an incident, at a moment."""

    incident: Incident
    observed_at: datetime
    extract: Callable[[str, str], Sequence[Figure]] = extract_figures
    """The figures of a text in a language."""
    reading: int = VERSION
    taken: Callable[[str], bool] = frozenset[str]().__contains__
    """Whether the log has an event of this id, of any incident: a new figure needs another."""


Shared = frozenset[tuple[str, str]]
"""Reports (source, id) that are in several streams."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What is read now in the place of a figure; None: no figure stood there before."""

    was: Entry | None
    now: tuple[FigureReported, ...]


@dataclass(frozen=True, slots=True)
class Rereading:
    """What reading an incident's kept words anew came to."""

    facts: tuple[Fact, ...]
    differences: tuple[Difference, ...]
    looked_at: int
    """Figures of an older reading whose words were read."""
    not_kept: int
    """Figures of an older reading whose words are deleted."""


def shared_reports(events: Iterable[Event]) -> Shared:
    """The shared ones in a log of these events."""
    streams: dict[tuple[str, str], set[str]] = defaultdict(set)
    for each in events:
        if isinstance(each.fact, FigureReported | ReportSetAside):
            streams[each.fact.source, each.fact.report].add(each.stream)
    return Shared(report for report, filed in streams.items() if len(filed) > 1)


def reread(stored: Ledger, reader: Reader, shared: Shared = frozenset()) -> Rereading:
    """What is read otherwise in the words that are kept in an incident's ledger.

    Words in which nothing is of an older reading are left alone, and so are those in a language
    that is not read. What reads the same is no fact. Of a shared report, a headline in which
    nothing was read before is left alone: whose a figure in it would be is not known.
    """
    old = [
        each
        for each in stored.entries
        if AS_DATA < each.figure.reading < reader.reading and lexicon_of(each.figure.language)
    ]
    kept = sum(words_of(each.figure) is not None for each in old)
    differences = [
        difference
        for entries in stored.reports.values()
        if any(AS_DATA < _read_by(each, stored) < reader.reading for each in entries)
        for difference in _report(entries, stored, reader, shared)
    ]
    return Rereading(_facts(differences, reader), tuple(differences), kept, len(old) - kept)


def _facts(differences: Iterable[Difference], reader: Reader) -> tuple[Fact, ...]:
    """What is to be stored of these differences; a figure in the place of two is one fact."""
    facts: dict[str, Fact] = {}
    for each in differences:
        facts |= {event_id(figure): figure for figure in each.now}
        if each.was is not None:
            again = FigureReread(
                figure=each.was.event.id,
                reading=reader.reading,
                figures=tuple(map(event_id, each.now)),
                effective_at=each.was.figure.effective_at,
                observed_at=reader.observed_at,
            )
            facts[event_id(again)] = again
    return tuple(facts.values())


def _report(
    entries: Sequence[Entry], stored: Ledger, reader: Reader, shared: Shared
) -> list[Difference]:
    """The differences of one report, version by version, as its edits came."""
    report = (entries[0].figure.source, entries[0].figure.report)
    events = [each.event for each in entries]
    known = [stored.rereads[each.id] for each in events if each.id in stored.rereads]
    events += [_provisional(fact, reader) for fact in known]
    folded = ledger(events)
    found: list[Difference] = []
    headlines = {""}
    for version in sorted({each.figure.version for each in entries}):
        newest = _newest(folded, report, version)
        like = next(each.figure for each in entries if each.figure.version == version)
        unseen = headline_of(like) not in headlines and report not in shared
        headlines.add(headline_of(like))
        for passage in passages_of(newest, headline_like=like if unseen else None):
            again = any(
                AS_DATA < _read_by(each, folded) < reader.reading
                for each in passage.entries or newest
            )
            if not again or lexicon_of(passage.like.language) is None:
                continue
            differences = _differences(passage, folded, reader)
            events += [_provisional(fact, reader) for fact in _facts(differences, reader)]
            folded = ledger(events)
            found += differences
    return found


def _differences(passage: Passage, folded: Ledger, reader: Reader) -> list[Difference]:
    """What is read otherwise in a passage; `folded` is its report as it is read so far."""
    like = passage.like
    stored = {each.event.id: each for each in folded.of_report(like.source, like.report)}
    stated = folded.stated(like.source, like.report, like.version)
    earlier = [each for each in stated if each.figure.version < like.version]
    read = _read(passage, reader)
    absent = {each.event.id for each in passage.entries} & folded.rereads.keys()
    begin = 0 if passage.is_headline else begin_of(passage.entries, read, passage.words)
    pairs = pair(passage.entries, read, passage.words, begin, absent)

    # What an edit left alone is stored with the version that said it first.
    known = {each.figure.shape for each in earlier}
    new = [each for each in pairs.new if each.shape not in known]
    in_place_of = {each: list[Entry]() for each in new}
    for old, successors in pairs.otherwise:
        for each in successors:
            in_place_of.setdefault(each, []).append(old)

    gone = _edited_away(passage, stored, earlier, still={each.shape for each in read})
    ids = {*stored}
    finished: dict[FigureReported, FigureReported] = {}
    for each in sorted(in_place_of, key=lambda each: each.place):
        replaces = [figure for old in in_place_of[each] for figure in old.figure.replaces]
        replaces += [other.event.id for other in gone if same_place(other.figure, each)]
        finished[each] = with_id_of_its_own(
            replace(each, place=begin + each.place, replaces=tuple(dict.fromkeys(replaces))),
            ids.__contains__,
            reader.taken,
        )
        ids.add(event_id(finished[each]))

    replaced = [
        Difference(old, tuple(finished[each] for each in successors))
        for old, successors in pairs.otherwise
        if successors or old.event.id not in absent
    ]
    return replaced + [Difference(None, (finished[each],)) for each in new]


def _read(passage: Passage, reader: Reader) -> list[FigureReported]:
    """The figures of a passage as facts; their `place` is the offset in it."""
    like = passage.like
    return [
        replace(
            like,
            reading=reader.reading,
            measure=figure.measure,
            low=figure.low,
            high=figure.high,
            qualifier=figure.qualifier,
            role=figure.role,
            word=figure.word,
            scope=figure.scope,
            places=figure.places,
            move=figure.move,
            place=figure.start,
            occurrence=0,
            replaces=(),
            issuer_id=issuer.id if issuer else None,
            issuer_rank=issuer.rank if issuer else None,
            quote=figure.quote,
            issuer=figure.issuer,
            text=passage.words,
        )
        for figure in reader.extract(passage.words, like.language)
        for issuer in (resolve(figure, reader.incident, like.language),)
    ]


def _edited_away(
    passage: Passage, stored: Mapping[str, Entry], earlier: Sequence[Entry], *, still: set[object]
) -> list[Entry]:
    """What stood in the words of which a passage is the edited form, and is not in it."""
    replaced = [figure for each in passage.entries for figure in each.figure.replaces]
    edited = {words_of(stored[figure].figure) for figure in replaced if figure in stored} - {None}
    return [
        each
        for each in earlier
        if words_of(each.figure) in edited and each.figure.shape not in still
    ]


def _newest(folded: Ledger, report: tuple[str, str], version: int) -> list[Entry]:
    """The figures of a version as they were read last, with those that are none any more."""
    return [
        each
        for each in folded.of_report(*report)
        if each.figure.version == version
        and (each.event.id not in folded.rereads or not folded.rereads[each.event.id].figures)
    ]


def _read_by(entry: Entry, folded: Ledger) -> int:
    """The version of the extraction that read the figure's words last."""
    again = folded.rereads.get(entry.event.id)
    return again.reading if again else entry.figure.reading


def _provisional(fact: Fact, reader: Reader) -> Event:
    """An event, as far as a ledger needs one."""
    return Event(
        position=0,
        stream="",
        version=0,
        id=event_id(fact),
        recorded_at=reader.observed_at,
        fact=fact,
    )
