"""How commands show an event, and a figure with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tracker.cli.shown import clock, quoted
from tracker.decisions import OPERATOR, Decision
from tracker.events import (
    FigureReported,
    FigureReread,
    FigureWithdrawn,
    ReportRedacted,
    ReportSetAside,
    SourceMoved,
    SourceTurned,
    incident_stream,
)
from tracker.model import Rank, utc_text
from tracker.projections.wording import decided, phrase

if TYPE_CHECKING:
    from tracker.events import Event
    from tracker.projections.evidence import Aside
    from tracker.projections.ledger import Entry


def number(figure: FigureReported) -> str:
    """The figure in words: "at least 12"."""
    return phrase(figure.low, figure.high, figure.qualifier, figure.word)


def speaker(figure: FigureReported) -> str:
    """Who says it, of which rank: "wire / the coast guard (official)".

    An office is told with the rank of the source that relays it, where that is a lower one.
    """
    who = figure.source + (f" / {figure.issuer}" if figure.issuer else "")
    rank = figure.source_rank if figure.issuer_rank is None else figure.issuer_rank
    relay = figure.source_rank
    if rank <= relay:
        return f"{who} ({rank.label})"
    through = "an unverified source" if relay is Rank.UNVERIFIED else f"an {relay.label}"
    return f"{who} ({rank.label}, through {through})"


def figure_line(entry: Entry, *, was: str = "", beside: str = "") -> tuple[str, ...]:
    """A figure for people: its event, the figure, when, who, the words, and a remark `beside`."""
    figure = entry.figure
    words = quoted(figure.quote, was) + (f" [{beside}]" if beside else "")
    return entry.event.id, number(figure), clock(figure.published_at), speaker(figure), words


def figure_row(entry: Entry) -> dict[str, Any]:
    """A figure as the JSON of `why` and `show` gives it."""
    figure = entry.figure
    rank = figure.source_rank if figure.issuer_rank is None else figure.issuer_rank
    return {
        "event_id": entry.event.id,
        "incident": incident_of(entry.event),
        "published_at": utc_text(figure.published_at),
        "recorded_at": utc_text(entry.event.recorded_at),
        "source": figure.source,
        "source_rank": figure.source_rank.label,
        "report": figure.report,
        "version": figure.version,
        "issuer": figure.issuer,
        "rank": rank.label,
        "measure": figure.measure,
        "scope": figure.scope,
        "phrase": number(figure),
        "low": figure.low,
        "high": figure.high,
        "qualifier": figure.qualifier,
        "role": figure.role,
        "quote": figure.quote,
        "title": figure.title,
        "url": figure.url,
    }


def aside_row(aside: Aside) -> dict[str, Any]:
    """A figure that was set aside, with the rule that did so, as JSON gives it."""
    told = {"rule": aside.rule, "because": aside.because, "note": aside.note or None}
    return told | figure_row(aside.entry)


def incident_of(event: Event) -> str | None:
    """The incident in whose stream an event is; None: it is in the inbox."""
    prefix = incident_stream("")
    return event.stream.removeprefix(prefix) if event.stream.startswith(prefix) else None


def event_line(event: Event) -> tuple[str, ...]:
    """An event for people: position, id, when it counts, stream, type, who, and what it says."""
    fact = event.fact
    says, who = "", ""
    if isinstance(fact, FigureReported):
        number = phrase(fact.low, fact.high, fact.qualifier, fact.word)
        says, who = f"{fact.measure} {number}, {fact.role}", fact.source
    elif isinstance(fact, FigureWithdrawn):
        says, who = f"{fact.figure}: {fact.reason}", fact.by
    elif isinstance(fact, FigureReread):
        says = f"{fact.figure}: now {' and '.join(fact.figures) or 'no figure'}"
    elif isinstance(fact, ReportSetAside):
        says, who = "; ".join([fact.why, *fact.figures]), fact.source
    elif isinstance(fact, ReportRedacted):
        says, who = f"{fact.report}, {len(fact.events)} events: {fact.reason}", fact.source
    elif isinstance(fact, SourceMoved):
        says, who = f"from {fact.was} to {fact.url}", fact.source
    elif isinstance(fact, SourceTurned):
        why = f": {fact.why}" if fact.why else ""
        says, who = f"{fact.state}, was {fact.was}{why}", fact.source
    elif isinstance(fact, Decision):
        says, who = decided(fact), OPERATOR
    return (
        str(event.position),
        event.id,
        clock(fact.effective_at),
        event.stream,
        fact.TYPE,
        who,
        says,
    )
