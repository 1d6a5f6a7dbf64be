"""Facts for tests: sensible defaults, and whatever the test is about as a keyword."""

from datetime import UTC, date, datetime
from typing import Any

from tracker.decisions import OPERATOR, FigureCorrected, FigureRejected
from tracker.encoding import event_id
from tracker.events import (
    FigureReported,
    FigureReread,
    FigureWithdrawn,
    IncidentOpened,
    ReportSetAside,
)
from tracker.model import Measure, Qualifier, Rank, Role

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
"""When most things happen in tests."""


def figure(low: int | None = 12, **changes: Any) -> FigureReported:
    """A figure as an agency reported it: exactly `low` killed in the ferry accident.

    Any field can be given by name. `high` follows `low` where the qualifier is exact, and the
    quote and the paragraph follow the number, unless they are given.
    """
    qualifier = changes.get("qualifier", Qualifier.EXACT)
    exact = qualifier in (Qualifier.EXACT, Qualifier.ABOUT)
    sentence = f"The ferry accident killed {low} people, the harbour office said."
    defaults: dict[str, Any] = {
        "source": "wire",
        "source_name": "The Wire",
        "source_rank": Rank.AGENCY,
        "report": f"report-{low}",
        "version": 1,
        "published_at": NOON,
        "observed_at": changes.get("published_at", NOON),
        "stated_date": "",
        "url": "https://wire.example/ferry",
        "language": "en",
        "reading": 1,
        "measure": Measure.KILLED,
        "low": low,
        "high": low if exact else None,
        "qualifier": qualifier,
        "role": Role.CURRENT,
        "word": None,
        "scope": None,
        "move": None,
        "place": 0,
        "occurrence": 0,
        "replaces": (),
        "issuer_id": None,
        "issuer_rank": None,
        "title": "Ferry accident off the cape",
        "quote": sentence,
        "issuer": None,
        "text": f"{sentence} Divers were still searching the hull.",
    }
    return FigureReported(**(defaults | changes))


def opened(incident: str = "ferry-2031", **changes: Any) -> IncidentOpened:
    """The incident that the figures are about."""
    defaults: dict[str, Any] = {
        "incident": incident,
        "title": "Ferry accident off the cape",
        "began": date(2031, 5, 1),
        "place": "Cape Lorn",
        "ongoing": False,
        "effective_at": NOON,
        "observed_at": NOON,
    }
    return IncidentOpened(**(defaults | changes))


def withdrawn(taken_back: FigureReported, **changes: Any) -> FigureWithdrawn:
    """A figure taken back by its own source."""
    defaults: dict[str, Any] = {
        "figure": event_id(taken_back),
        "by": taken_back.source,
        "reason": "the report no longer states it",
        "effective_at": taken_back.published_at,
        "observed_at": taken_back.published_at,
    }
    return FigureWithdrawn(**(defaults | changes))


def set_aside(**changes: Any) -> ReportSetAside:
    """A report that no incident claimed."""
    defaults: dict[str, Any] = {
        "source": "wire",
        "source_name": "The Wire",
        "source_rank": Rank.AGENCY,
        "report": "report-aside",
        "published_at": NOON,
        "observed_at": NOON,
        "url": "https://wire.example/barge",
        "language": "en",
        "why": "no incident claims it",
        "figures": ("killed exact 3",),
        "title": "Barge adrift",
        "text": "Three people died on a barge far upstream.",
    }
    return ReportSetAside(**(defaults | changes))


def rejected(denied: FigureReported, **changes: Any) -> FigureRejected:
    """A figure that the operator records as denied."""
    defaults: dict[str, Any] = {
        "figure": event_id(denied),
        "by": OPERATOR,
        "reason": "the office never said so",
        "effective_at": denied.published_at,
        "observed_at": denied.published_at,
    }
    return FigureRejected(**(defaults | changes))


def corrected(best: int, at: datetime, **changes: Any) -> FigureCorrected:
    """The best figure, set by hand."""
    defaults: dict[str, Any] = {
        "incident": "ferry-2031",
        "measure": Measure.KILLED,
        "low": best,
        "high": best,
        "qualifier": Qualifier.EXACT,
        "reason": "two were counted twice",
        "effective_at": at,
        "observed_at": at,
    }
    return FigureCorrected(**(defaults | changes))


def reread(was: FigureReported, *now: FigureReported, **changes: Any) -> FigureReread:
    """A figure whose words a newer extraction reads as these, or as none."""
    defaults: dict[str, Any] = {
        "figure": event_id(was),
        "reading": was.reading + 1,
        "figures": tuple(event_id(each) for each in now),
        "effective_at": was.published_at,
        "observed_at": was.published_at,
    }
    return FigureReread(**(defaults | changes))
