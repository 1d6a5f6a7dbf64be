"""What a stated number says: the number that stands for it, and its bounds."""

from typing import Final

from tracker.model import Qualifier

VAGUE_NUMBERS: Final = {
    "tens": 10,
    "dozens": 12,
    "scores": 20,
    "hundreds": 100,
    "thousands": 1_000,
    "tens of thousands": 10_000,
    "hundreds of thousands": 100_000,
    "millions": 1_000_000,
}
"""What a vague word stands for until anybody states a number: as conflict databases count it."""

TENTH: Final = 10
"""Nearly, about, narrowed and loosely repeated all mean: within a tenth."""


def fold(
    low: int | None, high: int | None, qualifier: Qualifier, word: str | None
) -> tuple[int | None, int | None, int | None]:
    """N as stated and the folded bounds: (best, low, high); None = not known.

    >>> fold(None, 100, Qualifier.NEARLY, None)
    (100, 90, 99)
    """
    match qualifier:
        case Qualifier.EXACT:
            return low, low, high
        case Qualifier.VAGUE:
            stands_for = VAGUE_NUMBERS.get(word or "")
            return stands_for, stands_for, None
        case Qualifier.UP_TO:
            return None, None, high
        case Qualifier.UNDER:
            return None, None, None if high is None else max(high - 1, 0)
        case Qualifier.NEARLY if high is not None:
            below = max(high - 1, 0)
            return high, min(high - high // TENTH, below), below
        case Qualifier.OVER if low is not None:
            return low, low + 1, None
        case Qualifier.ABOUT if low is not None:
            return low, low - low // TENTH, low + low // TENTH
    return low, low, high


def total(number: int, *, exact: bool) -> tuple[int, int | None, Qualifier, None]:
    """A sum as a text would state it: exact if each of its parts is, else "at least"."""
    if exact:
        return number, number, Qualifier.EXACT, None
    return number, None, Qualifier.AT_LEAST, None
