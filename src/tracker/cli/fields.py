"""Every field of an event in words, for `tracker show`."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from tracker.cli.evidence import number
from tracker.decisions import (
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
    ReportRefiled,
)
from tracker.events import (
    FigureReported,
    FigureReread,
    FigureWithdrawn,
    IncidentOpened,
    ReportRedacted,
    ReportSetAside,
    SourceMoved,
    SourceTurned,
)
from tracker.model import Measure, Qualifier, Role, utc_text
from tracker.projections.because import why_set_aside
from tracker.projections.evidence import WHOLE
from tracker.projections.wording import phrase

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tracker.decisions import Decision
    from tracker.events import Fact

Row = tuple[str, str]
"""What a field is called, and what it says."""


def rows(fact: Fact, removed: Mapping[str, str]) -> Iterator[Row]:
    """The fields of a fact; `removed` says of words that are deleted why they are."""
    match fact:
        case FigureReported():
            yield from _figure(fact, removed)
        case ReportSetAside():
            yield from _set_aside(fact, removed)
        case IncidentOpened():
            yield "incident", fact.incident
            yield "title", fact.title
            yield "began", fact.began.isoformat()
            yield "place", fact.place or "not told"
            yield "ongoing", "yes: totals told in passing count" if fact.ongoing else "no"
        case FigureWithdrawn():
            yield "figure", fact.figure
            yield "by", fact.by
            yield from _again(fact.again, "withdrawn")
            yield "reason", fact.reason
        case FigureReread():
            yield "figure", fact.figure
            yield "now read as", ", ".join(fact.figures) or "no figure"
            yield "extraction", f"version {fact.reading}"
        case ReportRedacted():
            yield "report", f"{fact.source}/{fact.report}"
            yield "words gone of", ", ".join(fact.events)
            yield "reason", fact.reason
        case SourceMoved() | SourceTurned():
            yield from _source(fact)
        case (
            FigureCorrected() | FigureRejected() | FigureReinstated() | IncidentClosed()
            | IncidentReopened() | IncidentMerged() | IncidentSplit() | ReportRefiled()
        ):  # fmt: skip
            yield from _decision(fact)
        case _ as never:
            assert_never(never)
    if not isinstance(fact, FigureReported | ReportSetAside):
        yield "counts from", exact(fact.effective_at)
        yield "observed", exact(fact.observed_at)


def exact(moment: datetime) -> str:
    """A moment to the second, or as exactly as it is kept."""
    return utc_text(moment).replace(".000000Z", "Z").replace("T", " ")


def _source(fact: SourceMoved | SourceTurned) -> Iterator[Row]:
    yield "source", fact.source
    match fact:
        case SourceMoved():
            yield "was at", fact.was
            yield "is at", fact.url
            yield "redirects since", exact(fact.since)
        case SourceTurned():
            yield "state", fact.state.value
            yield "was", fact.was.value
            yield "why", fact.why or "all is well again"


def _decision(fact: Decision) -> Iterator[Row]:
    match fact:
        case FigureCorrected():
            yield "incident", fact.incident
            yield from _amount(
                fact.measure, phrase(fact.low, fact.high, fact.qualifier, None), fact.scope
            )
            yield "as stated", _stated(fact.low, fact.high, fact.qualifier)
            yield from _again(fact.again, "corrected")
            yield "reason", fact.reason
        case FigureRejected():
            yield "figure", fact.figure
            yield "denied by", fact.by
            yield from _again(fact.again, "denied")
            yield "reason", fact.reason
        case FigureReinstated():
            yield "figure", fact.figure
            yield from _again(fact.again, "reinstated")
            yield "reason", fact.reason
        case IncidentClosed() | IncidentReopened():
            yield "incident", fact.incident
            yield from _again(fact.again, fact.TYPE.partition(".")[2])
            yield "reason", fact.reason
        case IncidentMerged() | IncidentSplit():
            yield "incident", fact.incident
            yield "into" if isinstance(fact, IncidentMerged) else "out of", fact.into
            yield "this event is in", fact.home
            yield from _again(fact.again, fact.TYPE.partition(".")[2])
            yield "reason", fact.reason
        case ReportRefiled():
            yield "report", fact.report
            yield "filed to", fact.incident
        case _ as never:
            assert_never(never)


def _figure(fact: FigureReported, removed: Mapping[str, str]) -> Iterator[Row]:
    yield from _amount(fact.measure, number(fact), fact.scope)
    yield "as stated", _stated(fact.low, fact.high, fact.qualifier, fact.word)
    role = fact.role.value
    yield "role", role if fact.role is Role.CURRENT else f"{role}: {why_set_aside(role)}"
    yield "moved", fact.move.value if fact.move else "not told"
    yield "places", ", ".join(fact.places) or "not told"
    credited = _words(fact.issuer, "issuer", removed, "nobody")
    if fact.issuer_id is not None:
        rank = "" if fact.issuer_rank is None else f" ({fact.issuer_rank.label})"
        credited += f", taken as {fact.issuer_id}{rank}"
    yield "credited to", credited
    yield "words", _words(fact.quote, "quote", removed)
    yield "paragraph", _words(fact.text, "text", removed)
    yield "stands at", f"character {fact.place:,} of headline and text"
    before = f"{fact.occurrence} before it" if fact.occurrence else "the first"
    yield "of its like", f"{before} in the report"
    yield "replaces", ", ".join(fact.replaces) or "nothing"
    yield "report", f"{fact.source}/{fact.report}, version {fact.version}"
    yield "headline", _words(fact.title, "title", removed)
    yield "address", fact.url or "not told"
    yield "language", fact.language or "not told"
    yield "extraction", f"version {fact.reading}"
    yield "source", f"{fact.source}, {fact.source_name} ({fact.source_rank.label})"
    stated = f" (its own date could not be used: {fact.stated_date})" if fact.stated_date else ""
    yield "published", exact(fact.published_at) + stated
    yield "observed", exact(fact.observed_at)


def _set_aside(fact: ReportSetAside, removed: Mapping[str, str]) -> Iterator[Row]:
    yield "why", fact.why
    yield "figures", "; ".join(fact.figures) or "none read"
    yield "report", f"{fact.source}/{fact.report}"
    yield "headline", _words(fact.title, "title", removed)
    yield "paragraphs", _words(fact.text, "text", removed)
    yield "address", fact.url or "not told"
    yield "language", fact.language or "not known"
    yield "source", f"{fact.source}, {fact.source_name} ({fact.source_rank.label})"
    yield "published", exact(fact.published_at)
    yield "observed", exact(fact.observed_at)


def _amount(measure: Measure, figure: str, scope: str | None) -> Iterator[Row]:
    yield "measure", measure.value
    yield "figure", figure
    yield "scope", scope or WHOLE


def _stated(
    low: int | None, high: int | None, qualifier: Qualifier, word: str | None = None
) -> str:
    """The bounds as the text states them."""
    least = "no lower bound" if low is None else f"from {low:,}"
    most = "no upper bound" if high is None else f"to {high:,}"
    return f"{least}, {most}; {qualifier}" + (f", “{word}”" if word else "")


def _words(
    said: str | None, field: str, removed: Mapping[str, str], absent: str = "not told"
) -> str:
    if said:
        return f"“{said}”"
    return f"[words removed: {removed[field]}]" if field in removed else absent


def _again(again: int, done: str) -> Iterator[Row]:
    if again:
        yield "before", f"{done} {again:,} times before"
