"""The largest number that anybody stated."""

from tracker.model import Measure
from tracker.projections.policies.following import follow, number
from tracker.projections.standing import Hearing, Verdict
from tracker.projections.statement import Statement


def highest(heard: Hearing, said: Statement, _: Measure) -> Verdict:
    """Follow a number that is larger than all before."""
    return follow(heard, said, wanted=number(said) > number(heard.standing))
