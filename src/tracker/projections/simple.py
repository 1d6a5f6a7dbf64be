"""The simple policies, to compare the standard one with: the newest, the largest, the smallest."""

from tracker.model import Measure, Reason
from tracker.projections.standing import Hearing, Verdict, moved, stopped
from tracker.projections.statement import Statement


def latest(heard: Hearing, said: Statement, _: Measure) -> Verdict:
    """Whatever was said last."""
    return _follow(heard, said, wanted=True)


def highest(heard: Hearing, said: Statement, _: Measure) -> Verdict:
    """The largest number that anybody stated."""
    return _follow(heard, said, wanted=_number(said) > _number(heard.standing))


def lowest(heard: Hearing, said: Statement, _: Measure) -> Verdict:
    """The smallest number that anybody stated."""
    return _follow(heard, said, wanted=_number(said) < _number(heard.standing))


def _number(said: Statement | None) -> int:
    return -1 if said is None or said.number is None else said.number


def _follow(heard: Hearing, said: Statement, *, wanted: bool) -> Verdict:
    old = heard.standing
    if said.number is None and old is not None:
        return stopped("vague")
    if old is None:
        heard.take(said)
        return moved(Reason.FIRST, "first")
    if not wanted or (said.phrase == old.phrase):
        return stopped("repeated" if said.phrase == old.phrase else "passed over")
    heard.take(said)
    raised = _number(said) > _number(old)
    same = _number(said) == _number(old)
    return moved(
        Reason.NARROWED if same else Reason.RAISED if raised else Reason.LOWERED, "follows"
    )
