"""What the simple policies have in common: they look at numbers alone, never at who says them."""

from tracker.model import Reason
from tracker.projections.standing import Hearing, Verdict, moved, stopped
from tracker.projections.statement import Statement


def number(said: Statement | None) -> int:
    """The number as one that compares: nothing stated is below everything."""
    return -1 if said is None or said.number is None else said.number


def follow(heard: Hearing, said: Statement, *, wanted: bool) -> Verdict:
    """Let the statement stand if it is `wanted` and a number, or the first at all."""
    old = heard.standing
    if said.number is None and old is not None:
        return stopped("vague")
    if old is None:
        heard.take(said)
        return moved(Reason.FIRST, "first")
    if not wanted or said.phrase == old.phrase:
        return stopped("repeated" if said.phrase == old.phrase else "passed over")
    heard.take(said)
    raised, same = number(said) > number(old), number(said) == number(old)
    return moved(
        Reason.NARROWED if same else Reason.RAISED if raised else Reason.LOWERED, "follows"
    )
