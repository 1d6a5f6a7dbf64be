"""What new facts change: the estimates before and after, and the revisions between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.encoding import event_id
from tracker.events import Event, Fact
from tracker.model import Estimate, Measure, Revision
from tracker.projections.estimate import replay, replays
from tracker.projections.ledger import Ledger, ledger
from tracker.projections.policies import STANDARD


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One estimate that an append moved: how it stands now, and the move that decided it."""

    after: Estimate
    revision: Revision | None
    """None where a re-reading left nothing to stand."""
    policy: str = "standard"
    """Under which the estimate was folded: only endpoints with this policy are told of it."""


@dataclass(frozen=True, slots=True)
class Moves:
    """What one append moves, and the revisions that the history did not have before.

    A late report of an early figure adds a revision and moves no estimate.
    """

    moved: tuple[Moved, ...] = ()
    revisions: tuple[Revision, ...] = ()


def moves(
    events: Sequence[Event],
    facts: Sequence[Fact],
    incident: str,
    *,
    recorded_at: datetime,
    policies: Iterable[str] = (),
) -> Moves:
    """What these facts will change in the stream of these events, before they are stored.

    The revisions are those of the standard policy; `policies` are those that receivers chose.
    """
    version = len(events)
    provisional = [
        Event(
            position=0,
            stream="",
            version=version + place,
            id=event_id(fact),
            recorded_at=recorded_at,
            fact=fact,
        )
        for place, fact in enumerate(facts, 1)
    ]
    before, after = ledger(events), ledger([*events, *provisional])
    chosen = sorted({STANDARD, *policies})
    touched = _touched(before, after)
    was = {policy: replays(before, incident, touched, policy=policy) for policy in chosen}
    now = {policy: replays(after, incident, touched, policy=policy) for policy in chosen}
    moved, revisions = [], list[Revision]()
    # Read otherwise, a figure leaves the measure and scope that it was counted in.
    for name in dict.fromkeys([*now[STANDARD], *was[STANDARD]]):
        for policy in chosen:
            old = was[policy].get(name) or replay(before, incident, *name, policy=policy)
            new = now[policy].get(name) or replay(after, incident, *name, policy=policy)
            if old.estimate != new.estimate:
                last = new.revisions[-1] if new.revisions else None
                moved.append(Moved(after=new.estimate, revision=last, policy=policy))
            if policy == STANDARD:
                known = {each.event_id for each in old.revisions}
                revisions += [each for each in new.revisions if each.event_id not in known]
    return Moves(tuple(moved), tuple(revisions))


def _touched(before: Ledger, after: Ledger) -> list[Measure]:
    """The measures that may have moved: of the others nothing else has been said."""
    if before.ongoing != after.ongoing or before.superseded != after.superseded:
        return list(Measure)
    if before.withdrawals != after.withdrawals:
        return list(Measure)
    was, now = _said(before), _said(after)
    return [each for each in Measure if was.get(each) != now.get(each)]


def _said(ledger: Ledger) -> dict[Measure, list[str]]:
    said: dict[Measure, list[str]] = {}
    for each in ledger.entries:
        said.setdefault(each.figure.measure, []).append(each.event.id)
    return said
