"""Whose words go: from what a person names to the events of a report, and to the fact that says so.

The figures of a report hold the same headline, and those of a paragraph the same paragraph, so to
delete the words of one event alone would leave them standing beside it.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.errors import UsageError
from tracker.events import Event, FigureReported, ReportRedacted, ReportSetAside

Named = tuple[str, str]
"""A report: its source and its id."""


@dataclass(frozen=True, slots=True)
class Redaction:
    """What is to be deleted, and what will stand of the same words."""

    report: Named
    chosen: tuple[Event, ...]
    """The events whose words are to go; none where no words are left."""
    left: int
    """Further events of the report that hold other words."""
    before: bool
    """Whether something of the report was redacted before."""


def title_of(report: Named) -> str:
    """A report by its full name: SOURCE/REPORT."""
    return "/".join(report)


def reports_named(events: Iterable[Event], name: str) -> list[Named]:
    """The reports that go by this name: the one that is SOURCE/REPORT, else by id or address."""
    called: dict[Named, None] = {}
    for event in events:
        fact = event.fact
        if isinstance(fact, FigureReported | ReportSetAside):
            report = (fact.source, fact.report)
            if title_of(report) == name:
                return [report]
            if name in (fact.report, fact.url):
                called[report] = None
    return list(called)


def report_of(event: Event) -> Named:
    """The report that an event is of. Raises `UsageError` where it holds no words of one."""
    if not isinstance(event.fact, FigureReported | ReportSetAside):
        raise UsageError(f"{event.id} is {event.fact.TYPE}: it holds no words from outside")
    return event.fact.source, event.fact.report


def redaction(events: Iterable[Event], report: Named, event: Event | None = None) -> Redaction:
    """All events of a report that hold words, or those that share some with one of its events."""
    held: list[Event] = []
    before = False
    for each in events:
        fact = each.fact
        if getattr(fact, "source", None) != report[0] or getattr(fact, "report", "") != report[1]:
            continue
        before = before or isinstance(fact, ReportRedacted)
        if any(getattr(fact, field) is not None for field in fact.WORDS):
            held.append(each)
    chosen = (
        held
        if event is None
        else [each for each in held if each.id == event.id or passages(each) & passages(event)]
    )
    return Redaction(report, tuple(chosen), len(held) - len(chosen), before)


def passages(event: Event) -> frozenset[str]:
    """Headline, sentence and paragraph of an event, as far as they are kept.

    Whom the text credits is left out: "the coast guard" is said by everybody.
    """
    fact = event.fact
    said = (getattr(fact, field) for field in fact.WORDS if field != "issuer")
    return frozenset(each.strip() for each in said if each and each.strip())


def elsewhere(events: Iterable[Event], taken: Redaction) -> dict[Named, int]:
    """Other reports with a headline, sentence or paragraph that goes here: how many events."""
    gone = frozenset[str]().union(*map(passages, taken.chosen))
    found = Counter[Named]()
    for each in events:
        if gone and not gone.isdisjoint(passages(each)) and report_of(each) != taken.report:
            found[report_of(each)] += 1
    return dict(found)


def redacted(taken: Redaction, reason: str, *, now: datetime) -> ReportRedacted:
    """The fact that the words of these events are gone."""
    source, report = taken.report
    return ReportRedacted(
        events=ids(taken.chosen),
        source=source,
        report=report,
        reason=reason,
        effective_at=now,
        observed_at=now,
    )


def ids(events: Sequence[Event]) -> tuple[str, ...]:
    """The ids of events, in their order."""
    return tuple(each.id for each in events)
