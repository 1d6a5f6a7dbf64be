"""What new facts change: the estimates before and after, and the revisions between."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from tracker.events import Event, Fact, event_id
from tracker.model import Estimate, Revision
from tracker.projections.estimate import STANDARD, measures_of, replay
from tracker.projections.ledger import ledger


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
    moved, revisions = [], list[Revision]()
    # Read otherwise, a figure leaves the measure and scope that it was counted in.
    for measure, scope in dict.fromkeys([*measures_of(after), *measures_of(before)]):
        for policy in sorted({STANDARD, *policies}):
            old = replay(before, incident, measure, scope, policy=policy)
            new = replay(after, incident, measure, scope, policy=policy)
            if old.estimate != new.estimate:
                last = new.revisions[-1] if new.revisions else None
                moved.append(Moved(after=new.estimate, revision=last, policy=policy))
            if policy == STANDARD:
                known = {each.event_id for each in old.revisions}
                revisions += [each for each in new.revisions if each.event_id not in known]
    return Moves(tuple(moved), tuple(revisions))
