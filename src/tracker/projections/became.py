"""What became of one event: what it did to each estimate, and which other events tell of it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, assert_never

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
    Event,
    Fact,
    FigureReported,
    FigureReread,
    FigureWithdrawn,
    IncidentOpened,
    ReportRedacted,
    ReportSetAside,
    SourceMoved,
    SourceTurned,
)
from tracker.model import Estimate, Measure, Reason, Revision
from tracker.projections.estimate import Replay, replays
from tracker.projections.evidence import Aside, Part, Rules, carriers, heard, old_reading
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.policies import STANDARD

JOINED: Final = (Reason.MERGED, Reason.SPLIT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """What an event did to one estimate, and whether that rests on it today."""

    estimate: Estimate
    """As it stands today."""
    revision: Revision | None
    """The move that it made, if it made one."""
    part: Part | None
    """How today's estimate rests on it; None: not at all."""
    aside: Aside | None
    """Why it does not, if it is a figure."""


def effects(
    ledger: Ledger, incident: str, event: Event, *, policy: str = STANDARD
) -> tuple[Effect, ...]:
    """What an event did to the estimates of an incident, the whole first."""
    fact = event.fact
    if isinstance(fact, FigureReported):
        return _of_figure(ledger, incident, event, fact, policy)
    found = replays(ledger, incident, _measures(fact), policy=policy)
    return tuple(
        Effect(
            estimate=each.estimate,
            revision=revision,
            part=_part(ledger, each, event),
            aside=None,
        )
        for each in found.values()
        for revision in (_revision(each, event),)
        if revision is not None
    )


def _of_figure(
    ledger: Ledger, incident: str, event: Event, figure: FigureReported, policy: str
) -> tuple[Effect, ...]:
    entry = Entry(event, figure)
    found = replays(ledger, incident, [figure.measure], policy=policy)
    scopes = {scope: each for (_, scope), each in found.items()}
    if event.id in ledger.rereads:
        own = scopes.get(figure.scope)
        if own is None:
            return ()
        aside = old_reading(ledger, entry)
        return (Effect(estimate=own.estimate, revision=None, part=None, aside=aside),)
    told = [each for each in scopes.values() if event.id in heard(each)]
    if not told and any(each.event.id == event.id for each in ledger.entries):
        told = [scopes[figure.scope]] if figure.scope in scopes else []
    return tuple(
        Effect(
            estimate=each.estimate,
            revision=_revision(each, event),
            part=_part(ledger, each, event),
            aside=Rules(ledger, each, scopes).aside(entry),
        )
        for each in told
    )


def _measures(fact: Fact) -> Iterable[Measure]:
    return [fact.measure] if isinstance(fact, FigureCorrected) else Measure


def _revision(replayed: Replay, event: Event) -> Revision | None:
    joined = isinstance(event.fact, IncidentMerged | IncidentSplit)
    moves = (
        each
        for each in replayed.revisions
        if each.event_id == event.id
        # Told in both streams, a merging moves once, by the event of either.
        or (joined and each.reason in JOINED and each.published_at == event.fact.effective_at)
    )
    return next(moves, None)


def _part(ledger: Ledger, replayed: Replay, event: Event) -> Part | None:
    carried = (each for each in carriers(ledger, replayed) if each.entry.event.id == event.id)
    return next((each.part for each in carried), None)


def names(fact: Fact) -> tuple[str, ...]:
    """The ids of the events that a fact is about."""
    match fact:
        case FigureReported():
            return fact.replaces
        case FigureWithdrawn() | FigureRejected() | FigureReinstated():
            return (fact.figure,)
        case FigureReread():
            return (fact.figure, *fact.figures)
        case ReportRefiled():
            return (fact.report,)
        case ReportRedacted():
            return fact.events
        case (
            IncidentOpened() | ReportSetAside() | FigureCorrected() | SourceMoved() | SourceTurned()
        ):
            return ()
        case IncidentClosed() | IncidentReopened() | IncidentMerged() | IncidentSplit():
            return ()
        case _ as never:
            assert_never(never)


def naming(event: Event, events: Iterable[Event]) -> tuple[Event, ...]:
    """Of these events, those that are about this one."""
    return tuple(each for each in events if event.id in names(each.fact))


def beside(figure: FigureReported, ledger: Ledger) -> tuple[Entry, ...]:
    """The other figures that the same version of its report states, as they are read by now."""
    stated = ledger.stated(figure.source, figure.report, figure.version)
    return tuple(each for each in stated if each.figure != figure)
