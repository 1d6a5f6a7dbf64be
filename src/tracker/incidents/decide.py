"""What of a report is news to the log: a report and its figures to new facts, or to none.

A report read again states nothing new. An edit stores only what it changed, and names what that
replaced; what merely rolled off a feed, or is missing from a truncated page, is not withdrawn.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.encoding import event_id
from tracker.events import AS_DATA, Fact, FigureReported, FigureWithdrawn, IncidentOpened
from tracker.figures import VERSION, resolve_issuer
from tracker.incidents.match import ZONES, folded, full_text, mentions, paragraph_of
from tracker.intake import Figure, Incident, Issuer, Report, Source
from tracker.model import utc_text
from tracker.projections.ledger import Entry, Ledger

CURRENT: Final = (VERSION, AS_DATA)
"""Readings that today's would not differ from."""

CLOCK_SKEW: Final = timedelta(minutes=10)
"""A report dated further ahead than this has a wrong date."""

WEB_NEWS_BEGAN: Final = 1990
"""An earlier date is a clock that was never set, not the date of a report."""


@dataclass(frozen=True, slots=True)
class Dated:
    """When a report counts, and its stated date where that could not be used."""

    moment: datetime
    stated: str = ""


def date_report(
    report: Report, observed_at: datetime, *, incident: Incident | None = None
) -> Dated:
    """The time of a report's first version: the source's own date, if it can be true.

    Undated, ahead of the clock, from before there was web news, or from before the incident:
    the moment it was observed, with the stated date kept. A date alone stands for the end of
    that day, or for the moment observed where that is earlier.
    """
    stated = report.published or report.modified
    if stated is None:
        return Dated(observed_at, report.stated_date)
    words = report.stated_date or utc_text(stated)
    if stated.year < WEB_NEWS_BEGAN:
        return Dated(observed_at, words)
    if incident is not None and (stated + ZONES).date() < incident.began:
        return Dated(observed_at, words)
    if stated > observed_at and report.date_only and stated - observed_at < timedelta(days=1):
        return Dated(observed_at)
    if stated > observed_at + CLOCK_SKEW:
        return Dated(observed_at, words)
    return Dated(stated)


def resolve(figure: Figure, incident: Incident, language: str) -> Issuer | None:
    """The issuer that the text credits: by the incident's own aliases, else by its office."""
    if figure.issuer is None:
        return None
    words = folded(figure.issuer)
    for alias, issuer in sorted(incident.issuers, key=lambda each: -len(each[0])):
        if mentions(alias, words):
            return issuer
    return resolve_issuer(figure.issuer, language)


def decide(
    ledger: Ledger,
    incident: Incident,
    source: Source,
    report: Report,
    figures: Sequence[Figure],
    *,
    observed_at: datetime,
) -> tuple[Fact, ...]:
    """The facts that this report adds to the incident's stream; () when all is known.

    `figures` are those of the report that belong to this incident, in text order.
    """
    text = full_text(report)
    read = ledger.of_report(source.id, report.id)
    if read and report.versioned and _is_older(report, read):
        return ()
    retracted = ledger.retracted
    # What its own report took back, it may state again; what an operator took back stays so. Of a
    # version that its source keeps, the same words read once more state nothing again.
    before = [
        each
        for each in ledger.stated(source.id, report.id)
        if report.versioned or each.event.id not in retracted
    ]
    before = _renumbered(before, text)
    dated = (
        _date_edit(report, read, observed_at)
        if read
        else date_report(report, observed_at, incident=incident)
    )
    stated = _numbered(
        FigureReported(
            source=source.id,
            source_name=source.name,
            source_rank=source.rank,
            report=report.id,
            version=max((each.figure.version for each in read), default=0) + 1,
            published_at=dated.moment,
            observed_at=observed_at,
            stated_date=dated.stated,
            url=report.url,
            language=report.language,
            reading=VERSION if report.figures is None else AS_DATA,
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
            title=report.title,
            quote=figure.quote,
            issuer=figure.issuer,
            text=paragraph_of(text, figure),
        )
        for figure in figures
        for issuer in (resolve(figure, incident, report.language),)
    )
    new = _new(before, stated, _as_they_were(read, retracted, text))
    if dated.moment == observed_at and _is_only_read_better(before, read, text):
        new = [replace(each, published_at=read[-1].figure.published_at) for each in new]
    # What an older extraction read may be absent only because it is read otherwise by now.
    old = {each.figure.version for each in read if each.figure.reading not in CURRENT}
    sure = [each for each in before if each.figure.version not in old]
    facts: list[Fact] = [*new, *_withdrawn(before, sure, stated, report, observed_at)]
    if facts and ledger.opened is None:
        facts.insert(0, _opened(incident, min(dated.moment, observed_at), observed_at))
    return tuple(facts)


def with_ids_of_their_own(facts: Iterable[Fact], *taken: Callable[[str], bool]) -> tuple[Fact, ...]:
    """These facts of one report, each figure with the next occurrence whose id is not `taken`.

    An id does not tell the incident, and the log stores each id once: where a report states one
    number of two incidents, the second figure would be lost.
    """
    free = Counter[tuple[object, ...]]()
    apart = list[Fact]()
    for fact in facts:
        if isinstance(fact, FigureReported):
            least = replace(fact, occurrence=max(fact.occurrence, free[fact.shape]))
            own = with_id_of_its_own(least, *taken)
            free[fact.shape] = own.occurrence + 1
            apart.append(own)
        else:
            apart.append(fact)
    return tuple(apart)


def with_id_of_its_own(figure: FigureReported, *taken: Callable[[str], bool]) -> FigureReported:
    """The figure with the least occurrence, from its own on, whose id is not `taken`."""
    while any(holds(event_id(figure)) for holds in taken):
        figure = replace(figure, occurrence=figure.occurrence + 1)
    return figure


def _opened(incident: Incident, effective_at: datetime, observed_at: datetime) -> IncidentOpened:
    return IncidentOpened(
        incident=incident.id,
        title=incident.title,
        began=incident.began,
        place=incident.place,
        ongoing=incident.ongoing,
        effective_at=effective_at,
        observed_at=observed_at,
    )


def _is_older(report: Report, read: Sequence[Entry]) -> bool:
    """Whether a version that its source keeps beside later ones is known: a later one is."""
    stated = [each for each in (report.modified, report.published) if each]
    return bool(stated) and max(stated) < max(each.figure.published_at for each in read)


def _date_edit(report: Report, read: Sequence[Entry], observed_at: datetime) -> Dated:
    """An edit counts from the date that moved with it, else from when it was observed."""
    last = max(each.figure.published_at for each in read)
    dates = [each for each in (report.modified, report.published) if each is not None]
    later = [each for each in dates if last < each <= observed_at + CLOCK_SKEW]
    return Dated(max(later)) if later else Dated(observed_at)


def _numbered(figures: Iterable[FigureReported]) -> list[FigureReported]:
    """The same figure twice in one report is two figures: the first, the second …"""
    seen: Counter[tuple[object, ...]] = Counter()
    numbered = []
    for figure in figures:
        numbered.append(replace(figure, occurrence=seen[figure.shape]))
        seen[figure.shape] += 1
    return numbered


def _renumbered(entries: Iterable[Entry], text: str) -> list[Entry]:
    """The figures as this version would number them: a re-reading may have left gaps.

    Those whose words it still has come first: of two alike, an edit took the other.
    """
    entries = sorted(entries, key=lambda each: (each.figure.text or "") not in text)
    figures = _numbered(each.figure for each in entries)
    return [replace(each, figure=figure) for each, figure in zip(entries, figures, strict=True)]


def _as_they_were(read: Sequence[Entry], retracted: frozenset[str], text: str) -> set[str]:
    """Headlines and paragraphs that an older extraction read and that no edit has changed since.

    Word for word as it was, such a one is no edit, whatever is read in it now.
    """
    gone = {replaced for each in read for replaced in each.figure.replaces} | retracted
    edited = {each.figure.text for each in read if each.event.id in gone}
    old = (each.figure for each in read if each.figure.reading not in CURRENT)
    kept = {words for each in old for words in (each.title, each.text) if words and words in text}
    return kept - edited


def _is_only_read_better(before: Sequence[Entry], read: Sequence[Entry], text: str) -> bool:
    """Nothing shows an edit but figures that an older extraction may have overlooked."""
    last = max((each.figure.version for each in read), default=0)
    old = any(each.figure.version == last and each.figure.reading not in CURRENT for each in read)
    return old and all((each.figure.text or each.figure.quote or "") in text for each in before)


def _new(
    before: Sequence[Entry], stated: Sequence[FigureReported], as_they_were: set[str]
) -> list[FigureReported]:
    """The figures that the version before did not state, each with those it stands in for."""
    known = {each.figure.fingerprint for each in before}
    still = {each.fingerprint for each in stated}
    gone = [
        each
        for each in before
        if each.figure.fingerprint not in still and each.figure.text not in as_they_were
    ]
    new = []
    for figure in stated:
        if figure.fingerprint in known or figure.text in as_they_were:
            continue
        replaced = [each for each in gone if same_place(each.figure, figure)]
        gone = [each for each in gone if each not in replaced]
        new.append(replace(figure, replaces=tuple(each.event.id for each in replaced)))
    return new


def same_place(old: FigureReported, new: FigureReported) -> bool:
    """Whether a figure of an edited passage stands in for one that is no longer stated."""
    return (old.measure, old.scope, old.role) == (new.measure, new.scope, new.role)


def _withdrawn(
    before: Sequence[Entry],
    sure: Sequence[Entry],
    stated: Sequence[FigureReported],
    report: Report,
    observed_at: datetime,
) -> list[FigureWithdrawn]:
    """Of the `sure` ones, those whose measure the report, read whole, states no longer.

    Another figure that still stands in its old words is the proof that the text was kept: a
    consent page, a truncated body or a new layout proves nothing.
    """
    if not report.whole or any(each.figure.title not in (None, report.title) for each in before):
        return []
    kept = {(each.fingerprint, each.quote) for each in stated}
    if not any((each.figure.fingerprint, each.figure.quote) in kept for each in before):
        return []
    measures = {each.measure for each in stated}
    return [
        FigureWithdrawn(
            figure=each.event.id,
            by=each.figure.source,
            reason="its report states it no longer",
            effective_at=observed_at,
            observed_at=observed_at,
        )
        for each in sure
        if each.figure.measure not in measures
    ]
