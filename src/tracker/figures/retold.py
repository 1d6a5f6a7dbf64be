"""A toll told anew in one paragraph: which of two numbers of it stands no more, and which parts.

One number's own sentence is read in `roles.py`; the order of these rules is in `settle.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from tracker.figures.clauses import Hint, Reading
from tracker.figures.denied import NOT_THIS
from tracker.figures.happenings import AFTER, OF_A_TIME
from tracker.model import Measure, Move, Qualifier, Role

_BACK: Final = 20
"""How many figures back a toll told anew reaches: a text may hold any number of them."""
_DAYS_BACK: Final = 3
"""How far back another day of the week may lie; a day farther off is one to come."""
_BOTH: Final = 2
"""Up to this, one word may count without ranking: "both pilots", "a ninth policeman"."""
_WEEK: Final = 7
_COUNTED: Final = frozenset({Measure.KILLED, Measure.INJURED})


def size(reading: Reading) -> int:
    """The number, whatever its hedge; 0 for a vague word."""
    return reading.mention.numeral.low or reading.mention.numeral.high or 0


def risen(readings: list[Reading]) -> list[Reading]:
    """As in "12 dead … The toll has risen to 15", "… a 13th has died": the 12 are no more the toll.

    A hedge that holds the new number too ("over 50 … risen to 54") is left as it stands.
    """
    settled = list(readings)
    for i, reading in enumerate(readings):
        ninth = reading.mention.numeral.single and size(reading) > _BOTH
        if not ((reading.risen or ninth) and reading.mention.measure in _COUNTED):
            continue
        for k in range(i - 1, max(-1, i - _BACK), -1):
            other = settled[k]
            if other.role is not Role.CURRENT or (
                other.mention.measure is not reading.mention.measure
            ):
                continue
            if _sums_up(readings, k, i):
                settled[k] = replace(other, role=Role.PART, why="part of the total")
                break
            exact = other.mention.numeral.qualifier is Qualifier.EXACT
            if exact and not other.mention.numeral.single and 0 < size(other) < size(reading):
                settled[k] = replace(other, role=Role.EARLIER, why="risen since")
            break
    return settled


def _sums_up(readings: list[Reading], first: int, last: int) -> bool:
    """As in "killed five in Arlo. A second attack killed three, bringing the toll to eight":
    nobody died after the first number was told.
    """
    added = [r for r in readings[first + 1 : last] if r.role is Role.INCREMENT]
    total = size(readings[first]) + sum(size(r) for r in added)
    later = any(r.mention.phrase.more or r.mention.numeral.more or r.of_wounds for r in added)
    apart = any(Hint.SEPARATE in r.hints for r in added)
    return apart and bool(added) and total == size(readings[last]) and not later


def of_another_day(readings: list[Reading]) -> list[Reading]:
    """As in "60 have died. On Tuesday it was 51": a toll told after the present one."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if Hint.TOLD not in reading.hints or reading.weekday is None or i == 0:
            continue
        other = settled[i - 1]
        if reading.mention.toll is None and (
            Hint.TOLD not in other.hints or other.weekday is None or reading.placed
        ):
            continue
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


def of_a_time_before(readings: list[Reading]) -> list[Reading]:
    """As in "le vittime salgono a 21; erano 20": in the imperfect, beside the present toll."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if not (reading.was and reading.role is Role.CURRENT):
            continue
        others = [
            k
            for k in range(max(0, i - _BACK), min(len(readings), i + _BACK))
            if settled[k].role is Role.CURRENT
            and not readings[k].was
            and readings[k].mention.measure is reading.mention.measure
            and 0 < size(readings[k]) != size(reading)
        ]
        if others:
            settled[i] = replace(reading, role=Role.EARLIER, why="was so before")
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
    measures = {readings[k].mention.measure for k in today}
    untold = any(readings[k].mention.toll is None for k in today)
    settled = list(readings)
    for i, reading in enumerate(readings):
        if reading.mention.measure not in _COUNTED:
            continue
        alone = reading.mention.measure not in measures
        # "The war has killed 14,000" alone in its paragraph may be said in passing.
        told = reading.mention.toll is not None
        if reading.role is Role.BACKGROUND and alone and told:
            settled[i] = replace(reading, role=Role.CURRENT, why="the text's own running toll")
        if reading.role is not Role.CURRENT or reading.mention.toll is not None:
            continue
        if Hint.LASTING in reading.hints and today:
            settled[i] = replace(reading, role=Role.BACKGROUND, why="beside a toll of today")
        elif Hint.MONTH in reading.hints and today and (today[0] < i or untold):
            settled[i] = replace(reading, role=Role.OTHER_EVENT, why="of another month")
    return settled


def of_the_text(readings: list[Reading]) -> list[Reading]:
    """As in "The search has ended, a month after the collapse that killed 23 people": where the
    paragraph counts nobody else, the known happening of a time before is its own.
    """
    before = {i for i, r in enumerate(readings) if r.why in (OF_A_TIME, AFTER)}
    measures = {readings[i].mention.measure for i in before}
    start = min(before, default=0)
    if not before or any(
        _rivals(r, measures, first=i < start) for i, r in enumerate(readings) if i not in before
    ):
        return readings
    if all(readings[i].why == OF_A_TIME and Hint.KNOWN not in readings[i].hints for i in before):
        return readings
    return [
        replace(r, role=Role.CURRENT, why="the text's own happening") if i in before else r
        for i, r in enumerate(readings)
    ]


def _rivals(reading: Reading, measures: AbstractSet[Measure], *, first: bool) -> bool:
    """Whether the number is of a happening of its own: "two died, a week after the crash that
    killed 14", not "…, a week after the crash that killed 14; two are still missing".
    """
    if reading.role not in (Role.CURRENT, Role.COMPONENT):
        return False
    measure = reading.mention.measure
    return measure in measures or (first and measure in _COUNTED)


def _of_today(reading: Reading) -> bool:
    return (
        reading.role in (Role.CURRENT, Role.COMPONENT)
        and reading.mention.measure in _COUNTED
        and not reading.was
        and reading.hints.isdisjoint((Hint.MONTH, Hint.LASTING))
    )


def left_since(readings: list[Reading]) -> list[Reading]:
    """As in "seven were missing … the search for the other four", "… is 21, not 27": the seven,
    and the 27 told before, stand no more.
    """
    settled = list(readings)
    for i, reading in enumerate(readings):
        rest = reading.mention.measure is Measure.MISSING and Hint.REMAINING in reading.hints
        wrong = reading.why == NOT_THIS
        if not (rest or wrong):
            continue
        for k in range(max(0, i - _BACK), i):
            other = settled[k]
            gone = size(other) == size(reading) if wrong else size(other) > size(reading)
            alike = other.mention.measure is reading.mention.measure
            if gone and alike and other.role is Role.CURRENT and other.sentence < reading.sentence:
                settled[k] = replace(other, role=Role.EARLIER, why="left since")
    return settled
