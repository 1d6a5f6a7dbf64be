"""What new facts change: the estimates before and after, and the revisions between."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.encoding import event_id
from tracker.events import Event, Fact, incident_stream
from tracker.model import Estimate, Measure, Revision
from tracker.projections.estimate import replay, replays
from tracker.projections.history import stands_otherwise
from tracker.projections.ledger import Ledger, ledger
from tracker.projections.merged import home_of, with_merged
from tracker.projections.policies import STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One estimate that an append moved: how it stands now, and the move that decided it."""

    after: Estimate
    revision: Revision | None
    """What it stands by: no mere confirmation of it. None where a re-reading left nothing."""
    confirmations: tuple[Revision, ...] = ()
    """The moves since then, which changed the status alone, oldest first."""
    confirms: bool = False
    """Whether this append has changed the status alone."""
    policy: str = "standard"
    """Under which the estimate was folded: only endpoints with this policy are told of it."""
    revisions: int = 0
    """How often it has moved so far, this time included."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What one append moves, and the revisions that the history did not have before.

    A late report of an early figure adds a revision and moves no estimate.
    """

    moved: tuple[Moved, ...] = ()
    revisions: tuple[Revision, ...] = ()
    versions: tuple[tuple[str, int], ...] = ()
    """The streams that this hangs on, those of the facts included, each with its version."""


def moves(
    facts: Mapping[str, Sequence[Fact]],
    read: Callable[[str], Sequence[Event]],
    *,
    recorded_at: datetime,
    policies: Iterable[str] = (),
) -> Moves:
    """What these facts, by stream, will change, before they are stored.

    `read` gives the events of a stream. Facts of an incident that is merged into another move the
    other one. The revisions are those of the standard policy; `policies` are those that receivers
    chose.
    """
    stored: dict[str, Sequence[Event]] = {}

    def before(stream: str) -> Sequence[Event]:
        return stored.setdefault(stream, read(stream))

    def after(stream: str) -> Sequence[Event]:
        events = before(stream)
        if stream not in facts:
            return events
        return [*events, *_provisional(stream, len(events), facts[stream], recorded_at)]

    names = [each.removeprefix(incident_stream("")) for each in facts]
    homes = [home_of(each, reading) for each in names for reading in (before, after)]
    moved, revisions = list[Moved](), list[Revision]()
    for name in dict.fromkeys([*names, *homes]):
        was, now = ledger(with_merged(name, before)), ledger(with_merged(name, after))
        change = _between(was, now, name, sorted({STANDARD, *policies}))
        moved += change.moved
        revisions += change.revisions
    versions = tuple((stream, len(events)) for stream, events in stored.items())
    return Moves(tuple(moved), tuple(revisions), versions)


def _provisional(
    stream: str, version: int, facts: Sequence[Fact], recorded_at: datetime
) -> list[Event]:
    """Facts as the events that they will be, but for their place in the log."""
    return [
        Event(
            position=0,
            stream=stream,
            version=version + place,
            id=event_id(fact),
            recorded_at=recorded_at,
            fact=fact,
        )
        for place, fact in enumerate(facts, 1)
    ]


def _between(before: Ledger, after: Ledger, incident: str, policies: Sequence[str]) -> Moves:
    touched = _touched(before, after)
    was = {policy: replays(before, incident, touched, policy=policy) for policy in policies}
    now = {policy: replays(after, incident, touched, policy=policy) for policy in policies}
    moved, revisions = list[Moved](), list[Revision]()
    # Read otherwise, a figure leaves the measure and scope that it was counted in.
    for name in dict.fromkeys([*now[STANDARD], *was[STANDARD]]):
        for policy in policies:
            old = was[policy].get(name) or replay(before, incident, *name, policy=policy)
            new = now[policy].get(name) or replay(after, incident, *name, policy=policy)
            if differs(old.estimate, new.estimate):
                confirms = not stands_otherwise(old.estimate, new.estimate)
                moved.append(moved_to(new.estimate, new.revisions, policy, confirms=confirms))
            if policy == STANDARD:
                known = {each.event_id for each in old.revisions}
                revisions += [each for each in new.revisions if each.event_id not in known]
    return Moves(tuple(moved), tuple(revisions))


def standing(ledger: Ledger, incident: str, *, policy: str = STANDARD) -> tuple[Moved, ...]:
    """Every estimate of an incident as it stands, each with the move that decided its value."""
    found = replays(ledger, incident, policy=policy).values()
    return tuple(moved_to(each.estimate, each.revisions, policy) for each in found)


def differs(before: Estimate, after: Estimate) -> bool:
    """Whether an estimate stands otherwise, or by another status: not only on more figures."""
    return stands_otherwise(before, after) or before.status is not after.status


def moved_to(
    after: Estimate, revisions: Sequence[Revision], policy: str, *, confirms: bool = False
) -> Moved:
    """How an estimate stands, to which these moves have led."""
    last = len(revisions) - 1
    while last > 0 and not stands_otherwise(revisions[last - 1].estimate, revisions[last].estimate):
        last -= 1
    return Moved(
        after=after,
        revision=revisions[last] if revisions else None,
        confirmations=tuple(revisions[last + 1 :]),
        confirms=confirms,
        policy=policy,
        revisions=len(revisions),
    )


def _touched(before: Ledger, after: Ledger) -> list[Measure]:
    """The measures that may have moved: of the others nothing else has been said."""
    if before.ongoing != after.ongoing or before.superseded != after.superseded:
        return list(Measure)
    if before.withdrawals != after.withdrawals or before.decided != after.decided:
        return list(Measure)
    was, now = _said(before), _said(after)
    return [each for each in Measure if was.get(each) != now.get(each)]


def _said(ledger: Ledger) -> dict[Measure, list[str]]:
    said: dict[Measure, list[str]] = {}
    for each in (*ledger.entries, *ledger.corrections):
        said.setdefault(each.figure.measure, []).append(each.event.id)
    return said
