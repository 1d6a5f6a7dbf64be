"""The revision history of one measure, and of everything: what moved, when, and who moved it."""

from collections.abc import Iterable

from tracker.model import Estimate, Measure, Revision
from tracker.projections.estimate import measures_of, replay
from tracker.projections.ledger import Ledger


def history(
    ledger: Ledger, incident: str, measure: Measure, *, policy: str = "standard"
) -> list[Revision]:
    """Every move of the measure, in every scope, oldest first."""
    return _in_order(
        revision
        for each, scope in measures_of(ledger)
        if each is measure
        for revision in replay(ledger, incident, measure, scope, policy=policy).revisions
    )


def all_moves(ledger: Ledger, incident: str, *, policy: str = "standard") -> list[Revision]:
    """Every move of every measure of an incident, oldest first."""
    return _in_order(
        revision
        for measure, scope in measures_of(ledger)
        for revision in replay(ledger, incident, measure, scope, policy=policy).revisions
    )


def estimates(ledger: Ledger, incident: str, *, policy: str = "standard") -> list[Estimate]:
    """What stands for every measure and scope that anybody has stated something of."""
    replays = (
        replay(ledger, incident, measure, scope, policy=policy)
        for measure, scope in measures_of(ledger)
    )
    return [each.estimate for each in replays if each.estimate.phrase is not None]


def _in_order(revisions: Iterable[Revision]) -> list[Revision]:
    """By time; within a moment as each estimate moved."""
    return sorted(revisions, key=lambda each: each.published_at)
