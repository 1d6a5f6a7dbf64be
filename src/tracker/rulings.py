"""An operator's hand: what it decides is stored as a fact, with the alerts that makes due.

Which fact it is, and whether it is news, is pure, in `incidents/rulings.py`.
"""

import contextlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from tracker.decisions import (
    OPERATOR,
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
)
from tracker.desk import Desk
from tracker.errors import Conflict, UsageError
from tracker.events import Event, FigureReported, FigureWithdrawn, incident_stream
from tracker.incidents.rulings import Ruling, ruled
from tracker.model import Measure, Qualifier, Revision, utc_text
from tracker.projections.ledger import ledger
from tracker.projections.merged import home_of, merged_into
from tracker.projections.moves import moves
from tracker.store.base import Append


@dataclass(frozen=True, slots=True)
class Ruled:
    """What a decision added to the log; nothing where the log said so already."""

    events: tuple[Event, ...] = ()
    revisions: tuple[Revision, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """The reason of a decision, and from when on it counts (None: from now on)."""

    reason: str
    effective_at: datetime | None = None


def withdraw(desk: Desk, event: Event, why: Why) -> Ruled:
    """A figure or correction no longer counts. Raises `UsageError` if it is neither."""
    _may_be("withdrawn", event, FigureReported, FigureCorrected)
    now = desk.clock()
    ruling = FigureWithdrawn(
        figure=event.id,
        by=OPERATOR,
        reason=why.reason,
        effective_at=why.effective_at or now,
        observed_at=now,
    )
    return _store(desk, {event.stream: ruling})


def reject(desk: Desk, event: Event, why: Why, *, by: str = OPERATOR) -> Ruled:
    """A figure is denied, by an office or by the operator. Raises `UsageError` if it is none."""
    _may_be("rejected", event, FigureReported)
    if why.effective_at is not None and why.effective_at < event.fact.effective_at:
        said = utc_text(event.fact.effective_at)
        raise UsageError(f"{event.id} was published at {said}: it cannot be denied before")
    now = desk.clock()
    ruling = FigureRejected(
        figure=event.id,
        by=by,
        reason=why.reason,
        effective_at=why.effective_at or now,
        observed_at=now,
    )
    return _store(desk, {event.stream: ruling})


def reinstate(desk: Desk, event: Event, why: Why) -> Ruled:
    """What was withdrawn or rejected counts again; the event is the figure's, or the decision's."""
    figure = event.id
    if isinstance(event.fact, FigureWithdrawn | FigureRejected):
        figure = event.fact.figure
    else:
        _may_be("reinstated", event, FigureReported, FigureCorrected)
    now = desk.clock()
    ruling = FigureReinstated(
        figure=figure,
        reason=why.reason,
        effective_at=why.effective_at or now,
        observed_at=now,
    )
    return _store(desk, {event.stream: ruling})


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """What the best figure is: bounds and qualifier as a figure states them."""

    measure: Measure
    low: int | None
    high: int | None
    qualifier: Qualifier
    scope: str | None = None


def correct(desk: Desk, incident: str, correction: Correction, why: Why) -> Ruled:
    """The best figure is another one, for a reason that no report states."""
    now = desk.clock()
    ruling = FigureCorrected(
        incident=incident,
        measure=correction.measure,
        scope=correction.scope,
        low=correction.low,
        high=correction.high,
        qualifier=correction.qualifier,
        reason=why.reason,
        effective_at=why.effective_at or now,
        observed_at=now,
    )
    return _store(desk, {incident_stream(incident): ruling})


def close(desk: Desk, incident: str, why: Why) -> Ruled:
    """What is published later is filed, and moves nothing."""
    now = desk.clock()
    ruling = IncidentClosed(
        incident=incident,
        reason=why.reason,
        effective_at=why.effective_at or now,
        observed_at=now,
    )
    return _store(desk, {incident_stream(incident): ruling})


def reopen(desk: Desk, incident: str, why: Why) -> Ruled:
    """A closed incident goes on, and what was published meanwhile counts."""
    now = desk.clock()
    ruling = IncidentReopened(
        incident=incident,
        reason=why.reason,
        effective_at=why.effective_at or now,
        observed_at=now,
    )
    return _store(desk, {incident_stream(incident): ruling})


def merge(desk: Desk, incident: str, into: str, why: Why) -> Ruled:
    """The figures of an incident count in another. Raises `UsageError` where they cannot."""
    if incident == into:
        raise UsageError(f"{incident} cannot be merged into itself")
    if home_of(into, desk.events) == incident:
        raise UsageError(f"{into} is merged into {incident}: split them first")
    for each in (incident, into):
        other = merged_into(each, desk.events(incident_stream(each)))
        if other is not None and (each, other) != (incident, into):
            what = "split them first" if each == incident else f"merge into {other}"
            raise UsageError(f"{each} is merged into {other}: {what}")
    return _pair(desk, IncidentMerged, incident, into, why)


def split(desk: Desk, incident: str, into: str, why: Why) -> Ruled:
    """Two incidents that were merged are two after all. Raises `UsageError` where they were not."""
    if merged_into(incident, desk.events(incident_stream(incident))) != into:
        raise UsageError(f"{incident} is not merged into {into}")
    return _pair(desk, IncidentSplit, incident, into, why)


def _may_be(done: str, event: Event, *kinds: type[FigureReported | FigureCorrected]) -> None:
    if not isinstance(event.fact, kinds):
        what = "a figure or a correction" if FigureCorrected in kinds else "a figure"
        raise UsageError(f"{event.id} is {event.fact.TYPE}: only {what} can be {done}")


def _pair(
    desk: Desk, kind: type[IncidentMerged | IncidentSplit], incident: str, into: str, why: Why
) -> Ruled:
    """Store a merger or its end in both streams at once."""
    now = desk.clock()
    rulings: dict[str, Ruling] = {
        incident_stream(home): kind(
            incident=incident,
            into=into,
            home=home,
            reason=why.reason,
            effective_at=why.effective_at or now,
            observed_at=now,
        )
        for home in (incident, into)
    }
    return _store(desk, rulings)


def _store(desk: Desk, rulings: Mapping[str, Ruling]) -> Ruled:
    """Store what is news of these, by stream, and again when another writer was faster."""
    while True:
        now = desk.clock()
        facts = {}
        for stream, ruling in rulings.items():
            fact = ruled(ledger(desk.events(stream)), ruling)
            if fact is None:
                return Ruled()
            facts[stream] = (fact,)
        change = moves(facts, desk.events, recorded_at=now, policies=desk.policies)
        appends = [Append(*each, facts.get(each[0], ())) for each in change.versions]
        with contextlib.suppress(Conflict), desk.log.together():
            outbox = desk.outbox(change.moved, now)
            stored = desk.log.append(appends, recorded_at=now, outbox=outbox)
            return Ruled(tuple(stored), change.revisions)
