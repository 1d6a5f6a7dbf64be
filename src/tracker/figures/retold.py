"""A toll told anew in one paragraph: which of two numbers of it stands no more, and which parts.

One number's own sentence is read in `roles.py`; the order of these rules is in `settle.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.clauses import Hint, Reading
from tracker.model import Measure, Move, Qualifier, Role

_BACK: Final = 20
"""How many figures back a toll told anew reaches: a text may hold any number of them."""
_DAYS_BACK: Final = 3
"""How far back another day of the week may lie; a day farther off is one to come."""
_WEEK: Final = 7
_COUNTED: Final = frozenset({Measure.KILLED, Measure.INJURED})


def size(reading: Reading) -> int:
    """The number, whatever its hedge; 0 for a vague word."""
    return reading.mention.numeral.low or reading.mention.numeral.high or 0


def risen(readings: list[Reading]) -> list[Reading]:
    """As in "12 dead … The toll has risen to 15": the 12 are the toll of before.

    A hedge that holds the new number too ("over 50 … risen to 54") is left as it stands.
    """
    settled = list(readings)
    for i, reading in enumerate(readings):
        if not (reading.risen and reading.mention.measure in _COUNTED):
            continue
        for k in range(i - 1, max(-1, i - _BACK), -1):
            other = settled[k]
            if other.role is not Role.CURRENT or (
                other.mention.measure is not reading.mention.measure
            ):
                continue
            exact = other.mention.numeral.qualifier is Qualifier.EXACT
            if exact and not other.mention.numeral.single and 0 < size(other) < size(reading):
                settled[k] = replace(other, role=Role.EARLIER, why="risen since")
            break
    return settled


def of_another_day(readings: list[Reading]) -> list[Reading]:
    """As in "60 have died. On Tuesday it was 51": a toll told after the present one."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if reading.mention.toll is None or reading.weekday is None or i == 0:
            continue
        other = settled[i - 1]
        if (
            reading.role is not Role.CURRENT
            or other.role is not Role.CURRENT
            or reading.sentence == other.sentence
            or reading.mention.measure is not other.mention.measure
            or reading.move is not None
            or size(reading) >= size(other)
        ):
            continue
        back = 1 if other.weekday is None else (other.weekday - reading.weekday) % _WEEK
        if 1 <= back <= _DAYS_BACK:
            settled[i] = replace(reading, role=Role.EARLIER, why="of a day before")
            settled[i - 1] = replace(other, move=Move.UP)
    return settled


def summed(readings: list[Reading]) -> list[Reading]:
    """As in "30 died in Arlo and 20 in Besk, bringing the total to 50": parts, no additions.

    In "30 died and 20 more overnight, bringing it to 50" the 30 are the toll before.
    """
    settled = list(readings)
    added: list[int] = []
    for i, reading in enumerate(readings):
        if added and readings[added[-1]].sentence != reading.sentence:
            added = []
        if reading.mention.measure is not Measure.KILLED:
            continue
        if reading.role is Role.INCREMENT:
            added.append(i)
        elif reading.mention.toll is not None:
            if len(added) > 1 and sum(size(readings[k]) for k in added) == size(reading):
                more = any(readings[k].mention.phrase.more for k in added)
                why = "added to since" if more else "part of the total"
                role = Role.EARLIER if more else Role.PART
                for k in added:
                    if not readings[k].mention.phrase.more:
                        settled[k] = replace(readings[k], role=role, why=why, move=None)
            added = []
    return settled


def of_another_time(readings: list[Reading]) -> list[Reading]:
    """As in "Three died on Monday; the fighting in July left 48 dead", "… 330 since June": beside
    a toll of today, a month's is another happening's and a running toll is background.

    A war's own toll that has moved, told alone, is what the text is about.
    """
    today = [i for i, r in enumerate(readings) if _of_today(r)]
    settled = list(readings)
    for i, reading in enumerate(readings):
        if reading.mention.measure not in _COUNTED:
            continue
        alone = not any(readings[k].mention.measure is reading.mention.measure for k in today)
        if reading.role is Role.BACKGROUND and alone and reading.mention.toll is not None:
            settled[i] = replace(reading, role=Role.CURRENT, why="the text's own running toll")
        if reading.role is not Role.CURRENT or reading.mention.toll is not None:
            continue
        if Hint.LASTING in reading.hints and today:
            settled[i] = replace(reading, role=Role.BACKGROUND, why="beside a toll of today")
        elif Hint.MONTH in reading.hints and today and today[0] < i:
            settled[i] = replace(reading, role=Role.OTHER_EVENT, why="of another month")
    return settled


def _of_today(reading: Reading) -> bool:
    return (
        reading.role in (Role.CURRENT, Role.COMPONENT)
        and reading.mention.measure in _COUNTED
        and reading.hints.isdisjoint((Hint.MONTH, Hint.LASTING))
    )
