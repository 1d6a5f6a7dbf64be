"""The revision history of one measure, and of everything: what moved, when, and who moved it."""

from collections.abc import Iterable

from tracker.model import Estimate, Measure, Revision, Status
from tracker.projections.estimate import Replay, replays
from tracker.projections.ledger import Ledger


def history(
    ledger: Ledger, incident: str, measure: Measure, *, policy: str = "standard"
) -> list[Revision]:
    """Every move of the measure, in every scope, oldest first."""
    return _in_order(replays(ledger, incident, [measure], policy=policy).values())


def first_releases(revisions: Iterable[Revision]) -> list[Revision]:
    """Of revisions in order, the first of each measure and scope: what later ones revise."""
    firsts: dict[tuple[Measure, str | None], Revision] = {}
    for each in revisions:
        firsts.setdefault((each.estimate.measure, each.estimate.scope), each)
    return list(firsts.values())


def stands_otherwise(before: Estimate | None, after: Estimate | None) -> bool:
    """In number, hedge, bounds or in being contested; a mere confirmation changes none of them.

    None: nothing stands.
    """
    return _shown(before) != _shown(after)


def all_moves(ledger: Ledger, incident: str, *, policy: str = "standard") -> list[Revision]:
    """Every move of every measure of an incident, oldest first."""
    return _in_order(replays(ledger, incident, policy=policy).values())


def estimates(ledger: Ledger, incident: str, *, policy: str = "standard") -> list[Estimate]:
    """What stands for every measure and scope that anybody has stated something of."""
    found = replays(ledger, incident, policy=policy).values()
    return [each.estimate for each in found if each.estimate.phrase is not None]


def _shown(each: Estimate | None) -> tuple[object, ...] | None:
    if each is None or each.phrase is None:
        return None
    return each.phrase, each.best, each.low, each.high, each.status is Status.CONTESTED


def _in_order(found: Iterable[Replay]) -> list[Revision]:
    """By time; within a moment as each estimate moved."""
    moved = [revision for each in found for revision in each.revisions]
    return sorted(moved, key=lambda each: each.published_at)
