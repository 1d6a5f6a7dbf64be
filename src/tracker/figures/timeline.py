"""What a paragraph tells one after the other: an older number gives way to a newer.

What the words around one number say of its time is read in `hints.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from itertools import pairwise
from typing import Final

from tracker.figures.clauses import Hint, Reading
from tracker.figures.retold import size
from tracker.model import Measure, Move, Role

_BACK: Final = 20
"""How many figures back a number told anew reaches: a text may hold any number of them."""
_COUNTED: Final = frozenset({Measure.KILLED, Measure.INJURED})
_LISTED: Final = frozenset({Role.CURRENT, Role.COMPONENT, Role.PART, Role.EARLIER})


def told_in_time(readings: list[Reading], denials: AbstractSet[int]) -> list[Reading]:
    """The readings, each weighed against those of another time; `denials` are the sentences that
    deny the one before them.
    """
    settled = _by_then(_given_before(_denied_since(readings, denials)))
    settled = _of_another_happening(_day_by_day(settled))
    return _brought(_superseded(settled))


def _denied_since(readings: list[Reading], denials: AbstractSet[int]) -> list[Reading]:
    """As in "The army claims to have killed 40. The rebels deny this, saying nobody died"."""
    again = {r.sentence for r in readings if r.mention.measure is Measure.KILLED}
    return [
        replace(r, role=Role.REJECTED, why="denied since")
        if r.sentence + 1 in denials
        and r.role is Role.CURRENT
        and r.mention.measure in _COUNTED
        and (Hint.CLAIMED in r.hints or r.sentence + 1 in again)
        else r
        for r in readings
    ]


def _given_before(readings: list[Reading]) -> list[Reading]:
    """As in "It is 49 … The figure of 50 given on Sunday had included the gunman"."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if Hint.GIVEN not in reading.hints or reading.role is not Role.CURRENT:
            continue
        if any(
            other.role is Role.CURRENT
            and other.mention.measure is reading.mention.measure
            and other.sentence < reading.sentence
            and 0 < size(other) != size(reading)
            for other in readings[max(0, i - _BACK) : i]
        ):
            settled[i] = replace(reading, role=Role.EARLIER, why="given before")
    return settled


def _by_then(readings: list[Reading]) -> list[Reading]:
    """As in "The coroner had counted 34 bodies by late evening": the last that is told of, where
    nothing newer is.
    """
    newer = {r.mention.measure for r in readings if r.role in (Role.CURRENT, Role.COMPONENT)}
    return [
        replace(r, role=Role.CURRENT, why="counted by then")
        if r.role is Role.EARLIER and Hint.BY_THEN in r.hints and r.mention.measure not in newer
        else r
        for r in readings
    ]


def _day_by_day(readings: list[Reading]) -> list[Reading]:
    """As in "12 on Monday, 18 on Tuesday and 25 on Wednesday": a toll that grows, no sum.

    What grows is a number that somebody tells; days of killing add up.
    """
    settled = list(readings)
    first = 0
    for i in range(1, len(readings) + 1):
        if i < len(readings) and _next_day(readings[i - 1], readings[i]):
            continue
        run = range(first, i)
        first = i
        if len(run) < 3 or not any(Hint.TOLD in readings[k].hints for k in run):
            continue
        for k in run[:-1]:
            settled[k] = replace(readings[k], role=Role.EARLIER, why="of a day before", move=None)
        last = readings[run[-1]]
        settled[run[-1]] = replace(last, role=Role.CURRENT, why="the last day's", move=Move.UP)
    return settled


def _next_day(one: Reading, other: Reading) -> bool:
    return (
        one.sentence == other.sentence
        and one.mention.measure is other.mention.measure
        and one.mention.measure in _COUNTED
        and Hint.DATED in one.hints & other.hints
        and {one.role, other.role} <= _LISTED
        and 0 < size(one) < size(other)
    )


def _of_another_happening(readings: list[Reading]) -> list[Reading]:
    """As in "… killed eight. The raid follows an ambush in which 16 died", "In June 2023, …",
    "… killed 2,000. The storm had killed 15 in Greland last week".
    """
    settled = list(readings)
    apart = {Hint.YEAR, Hint.FOLLOWS}
    told: dict[Measure, int] = {}
    for i, reading in enumerate(readings):
        if reading.role not in (Role.CURRENT, Role.COMPONENT, Role.PART):
            continue
        measure = reading.mention.measure
        less = Hint.BEFORE in reading.hints and size(reading) < told.get(measure, 0)
        other = less or not reading.hints.isdisjoint(apart)
        other = other and reading.mention.toll is None
        if other and reading.role is not Role.PART and measure in told:
            settled[i] = replace(reading, role=Role.OTHER_EVENT, why="of another happening")
        elif not other:
            told[measure] = max(size(reading), told.get(measure, 0))
    return settled


def _superseded(readings: list[Reading]) -> list[Reading]:
    """As in "on Monday officials counted eight dead; by Wednesday the toll had reached 19"."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if not _tells(reading) or size(reading) == 0:
            continue
        for k in range(max(0, i - _BACK), i):
            other = settled[k]
            if _tells(other) and _gives_way(other, reading):
                settled[k] = replace(other, role=Role.EARLIER, why="told anew since")
                settled[i] = replace(settled[i], move=Move.UP)
    return settled


def _tells(reading: Reading) -> bool:
    timed = reading.weekday is not None or Hint.DAYTIME in reading.hints
    return (
        timed
        and Hint.TOLD in reading.hints
        and Hint.SEPARATE not in reading.hints
        and reading.role is Role.CURRENT
        and reading.mention.measure in _COUNTED
    )


def _gives_way(older: Reading, newer: Reading) -> bool:
    elsewhere = older.where is not None and newer.where is not None
    return (
        older.mention.measure is newer.mention.measure
        and (older.weekday != newer.weekday or Hint.DAYTIME in older.hints ^ newer.hints)
        and not (elsewhere and _place(older) != _place(newer))
        and size(older) < size(newer)
        and older.sentence <= newer.sentence
    )


def _place(reading: Reading) -> str:
    return reading.where.name if reading.where is not None else ""


def _brought(readings: list[Reading]) -> list[Reading]:
    """As in "A nurse died on Saturday. That makes 27 dead": the nurse is one more."""
    settled = list(readings)
    for k, (one, total) in enumerate(pairwise(readings)):
        if (
            Hint.BRINGS in total.hints
            and total.role is Role.CURRENT
            and total.mention.measure is one.mention.measure is Measure.KILLED
            and one.sentence + 1 == total.sentence
            and one.role in (Role.CURRENT, Role.PART)
            and one.mention.toll is None
            and 0 < size(one) < size(total)
        ):
            settled[k] = replace(one, role=Role.INCREMENT, why="brings the toll", move=Move.UP)
    return settled
