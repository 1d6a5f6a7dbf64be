"""Reports that were set aside, filed after all: the words that were kept, to facts.

Where they go is an operator's decision (`tracker open`). It holds when a poll reads the report
again: `with_refiled` sends the same figures there.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.decisions import ReportRefiled
from tracker.encoding import event_id
from tracker.errors import UsageError
from tracker.events import Event, Fact, FigureReported, ReportSetAside, incident_stream
from tracker.figures import extract_figures
from tracker.figures.languages import lexicon_of
from tracker.incidents.aside import set_aside
from tracker.incidents.decide import decide
from tracker.incidents.match import AMBIGUOUS, ZONES, Filing, full_text
from tracker.intake import Incident, Report, Source
from tracker.projections.inbox import Aside
from tracker.projections.ledger import Ledger


@dataclass(frozen=True, slots=True)
class Refiling:
    """What filing a report adds to an incident's stream, () where all is known; or why it cannot
    be filed.
    """

    facts: tuple[Fact, ...] = ()
    why_not: str = ""


def refiled(aside: str, incident: str, now: datetime) -> ReportRefiled:
    """The fact that a report that was set aside (by the id of that event) is filed."""
    return ReportRefiled(report=aside, incident=incident, effective_at=now, observed_at=now)


def refiling(ledger: Ledger, incident: Incident, aside: ReportSetAside) -> Refiling:
    """The report as it was served then, filed to the incident of this ledger.

    The facts are those of a poll that had known the incident: the same times, and the same ids.
    """
    source, report = source_of(aside), report_of(aside)
    why_not = _why_not(incident, aside)
    figures = () if why_not else extract_figures(full_text(report), report.language)
    if not figures:
        return Refiling(why_not=why_not or "no figure is read in its words")
    seen = aside.observed_at
    read = [each.figure for each in ledger.of_report(aside.source, aside.report)]
    beside = [each for each in read if each.observed_at == seen]
    part = _is_ambiguous(aside)
    if beside and part:
        # The rest of it was filed at once. It is no edit, but the same version.
        of_it = replace(ledger, reports={})
        alone = decide(of_it, incident, source, report, figures, observed_at=seen)
        said = (each for each in alone if isinstance(each, FigureReported))
        return Refiling(tuple(_beside(beside, each) for each in said))
    facts = decide(ledger, incident, source, report, figures, observed_at=seen)
    if not part and facts and any(each.observed_at > seen for each in read):
        return Refiling(why_not=f"a later version of it is filed to {incident.id}")
    if part:
        # Only a part of the report is known here: it says nothing of its other figures.
        facts = tuple(_replacing_nothing(each) for each in facts)
    return Refiling(facts)


def report_of(aside: ReportSetAside) -> Report:
    """The report as far as its words are kept."""
    return Report(
        source=aside.source,
        id=aside.report,
        title=aside.title or "",
        text=aside.text or "",
        url=aside.url,
        published=aside.published_at,
        language=aside.language,
        whole=False,
    )


def as_served(aside: Iterable[Aside]) -> list[Aside]:
    """Reports by the time at which each was published, and its versions as they were served."""
    given = list(aside)
    first = dict[tuple[str, str], datetime]()
    for each in given:
        at = each.fact.published_at
        first[each.report] = min(at, first.get(each.report, at))
    return sorted(
        given,
        key=lambda each: (
            *(first[each.report], each.report, each.fact.observed_at, each.event.position),
        ),
    )


def source_of(aside: ReportSetAside) -> Source:
    """The source as it was then, as far as it is told."""
    return Source(id=aside.source, kind="", url="", name=aside.source_name, rank=aside.source_rank)


def aside_of(event: Event) -> ReportSetAside:
    """What an event set aside. Raises `UsageError` where it did not."""
    if not isinstance(event.fact, ReportSetAside):
        raise UsageError(f"{event.id} is {event.fact.TYPE}: only what was set aside can be filed")
    return event.fact


def words_gone(aside: ReportSetAside) -> str:
    """Why the words of a report are not there any more; "" where they are, or its headline, which
    is kept for good, says all that was set aside.
    """
    if aside.title is None:
        return "its words were redacted"
    if aside.text is not None:
        return ""
    report = report_of(aside)
    figures = extract_figures(full_text(report), report.language)
    said = set_aside(source_of(aside), report, figures, aside.why, observed_at=aside.observed_at)
    all_of_it = said is not None and said.figures == aside.figures
    return "" if all_of_it else "its paragraphs are deleted, as all are after 90 days"


def with_refiled(
    filing: Filing,
    aside: Mapping[str, ReportSetAside | None],
    owner: Callable[[ReportSetAside], str | None],
) -> Filing:
    """The filing, with ambiguous figures where an operator has filed them before.

    `aside` is what would be set aside of the report, by why; `owner` to which incident all of its
    figures were filed.
    """
    filed, unmatched = dict(filing.filed), dict(filing.unmatched)
    for why, fact in aside.items():
        name = owner(fact) if fact and _is_ambiguous(fact) else None
        if name is not None:
            own = [*filed.get(name, ()), *unmatched.pop(why)]
            filed[name] = sorted(own, key=lambda each: each.start)
    return Filing(filed, unmatched)


def filed_since(
    waiting: Iterable[str], kept: Iterable[ReportSetAside], streams: Sequence[str], now: datetime
) -> tuple[ReportRefiled, ...]:
    """That what waits of a report (event ids) waits no more, now that a poll files it to incidents.

    What the poll sets aside, again or anew, goes on waiting. `streams` are those of the incidents,
    the one named first being told.
    """
    still = {event_id(each) for each in kept}
    return tuple(
        refiled(each, streams[0].removeprefix(incident_stream("")), now)
        for each in waiting
        if each not in still
    )


def _why_not(incident: Incident, aside: ReportSetAside) -> str:
    if gone := words_gone(aside):
        return gone
    if lexicon_of(aside.language) is None:
        language = f"language {aside.language!r}" if aside.language else "a language not known"
        return f"no figure is read in {language}"
    if (aside.published_at + ZONES).date() < incident.began:
        return f"it was published before the incident's day, {incident.began}"
    return ""


def _is_ambiguous(aside: ReportSetAside) -> bool:
    """Whether it may be a part of its report only, the rest of which some incident claims."""
    return aside.why.startswith(AMBIGUOUS)


def _beside(known: Sequence[FigureReported], figure: FigureReported) -> FigureReported:
    """The figure as one of the version of these; in the body it comes after them, since where it
    stood is not kept.
    """
    in_headline = figure.place < len(figure.title or "")
    return replace(
        figure,
        version=known[-1].version,
        published_at=known[-1].published_at,
        stated_date=known[-1].stated_date,
        place=figure.place + (0 if in_headline else max(each.place for each in known)),
    )


def _replacing_nothing(fact: Fact) -> Fact:
    return replace(fact, replaces=()) if isinstance(fact, FigureReported) else fact
