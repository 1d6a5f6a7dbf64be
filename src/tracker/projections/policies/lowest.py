"""The smallest number that anybody stated."""

from tracker.model import Measure
from tracker.projections.policies.following import follow, number
from tracker.projections.standing import Hearing, Verdict
from tracker.projections.statement import Statement


def lowest(heard: Hearing, said: Statement, _: Measure) -> Verdict:
    """Follow a number that is smaller than all before."""
    least = number(heard.standing)
    return follow(heard, said, wanted=least < 0 or number(said) < least)
