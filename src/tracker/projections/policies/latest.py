"""Whatever was said last."""

from tracker.model import Measure
from tracker.projections.policies.following import follow
from tracker.projections.standing import Hearing, Verdict
from tracker.projections.statement import Statement


def latest(heard: Hearing, said: Statement, _: Measure) -> Verdict:
    """Follow the newest number."""
    return follow(heard, said, wanted=True)
