"""Old news: what repeats a number that the estimate has left, or tells a move too late."""

from datetime import timedelta
from typing import Final

from tracker.model import Move, Rank
from tracker.projections.standing import Hearing
from tracker.projections.statement import Statement

HELD_FOR: Final = timedelta(days=1)
"""How long a copyist's larger number waits for a second voice after a lowering."""


def is_stale(heard: Hearing, said: Statement, *, stock: bool = False) -> bool:
    """A number left behind, or a move told too late, from a source that has not seen today's.

    A rise of a `stock` may well end below what stands: people leave it, and are counted anew.
    """
    old = heard.standing
    if old is None or said.number is None or old.number is None or said.moves_from(old.number):
        return False
    rises = stock and said.number < old.number
    if not rises and _told_late(heard, said, old.number) and heard.rank(said) <= heard.rank(old):
        return True
    if heard.is_denied(said):
        return True
    if said.number not in heard.left or (said.source, old.number) in heard.printed:
        return False
    return not (_says_more_again(heard, said, old) or _only_its_own(heard, said, old))


def _told_late(heard: Hearing, said: Statement, standing: int) -> bool:
    """A rise that ends below the estimate, or a fall that ends above where it fell: yesterday's."""
    number = said.number or 0
    if number < standing:
        return said.move is Move.UP and max(said.earlier, default=0) <= number
    return said.states_lowering and number <= heard.fell_from


def _says_more_again(heard: Hearing, said: Statement, old: Statement) -> bool:
    """A day after the estimate fell, a rise told anew to a number that it had left.

    By an agency at least, and no lower rank than what stands; or from a number that is not below
    the estimate, and was never left.
    """
    number, standing = said.number or 0, old.number or 0
    fresh = heard.fell_at is None or said.at - heard.fell_at >= HELD_FOR
    if number < standing or not fresh:
        return False
    if any(standing <= each < number and each not in heard.left for each in said.earlier):
        return True
    rank = heard.rank(said)
    return said.move is Move.UP and rank >= Rank.AGENCY and rank >= heard.rank(old)


def _only_its_own(heard: Hearing, said: Statement, old: Statement) -> bool:
    """A number that nobody gave but the source that took it back, and now a higher rank does."""
    givers = {each.source for each in heard.given.get(said.number, ())}
    return givers <= {old.source} and heard.rank(said) > heard.rank(old)
