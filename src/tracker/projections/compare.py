"""The policies side by side: what stood under each whenever the estimate of one of them moved."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from tracker.model import Estimate, Measure
from tracker.projections.estimate import replay
from tracker.projections.history import stands_otherwise
from tracker.projections.ledger import Ledger
from tracker.projections.policies import POLICIES


@dataclass(frozen=True, slots=True)
class Stand:
    """What stands under a policy at a moment, and what stood there before it."""

    policy: str
    before: Estimate
    after: Estimate

    @property
    def moved(self) -> bool:
        """Whether it stands otherwise than before: see `stands_otherwise`."""
        return stands_otherwise(self.before, self.after)


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment at which at least one policy's estimate moved, and how each stands after it."""

    at: datetime
    stands: tuple[Stand, ...]


def compare(
    ledger: Ledger, incident: str, measure: Measure, *, policies: Iterable[str] = POLICIES
) -> list[Moment]:
    """Every moment at which the whole incident's estimate moved under any policy, oldest first.

    Whatever happened within one moment is one row: what stands at its end, beside what stood
    before. Raises `UnknownName` for a policy.
    """
    nothing = Estimate(incident=incident, measure=measure)
    standing = dict.fromkeys(policies, nothing)
    moves: dict[datetime, dict[str, Estimate]] = {}
    for policy in standing:
        for each in replay(ledger, incident, measure, policy=policy).revisions:
            moves.setdefault(each.published_at, {})[policy] = each.estimate
    moments = []
    for at, moved in sorted(moves.items()):
        after = standing | moved
        stands = tuple(Stand(each, standing[each], after[each]) for each in standing)
        if any(each.moved for each in stands):
            moments.append(Moment(at, stands))
        standing = after
    return moments
