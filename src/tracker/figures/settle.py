"""A paragraph's figures weighed together: what one sentence alone cannot tell.

Rules that need only the sentence are in `roles.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import replace
from typing import Final

from tracker.figures.beside import (
    OF_WOUNDS,
    bodies,
    deaths_of_wounded,
    singles,
    stocks_of_their_own,
)
from tracker.figures.clauses import Reading
from tracker.figures.happenings import OF_A_YEAR
from tracker.figures.places import by_place, in_two_places
from tracker.figures.retold import (
    left_since,
    of_a_time_before,
    of_another_day,
    of_another_time,
    of_the_text,
    risen,
    size,
    summed,
)
from tracker.figures.timeline import told_in_time
from tracker.model import Measure, Move, Qualifier, Role

_BACK: Final = 20
"""How many figures back a correction reaches: a text may hold any number of them."""
_CHANCE: Final = 12
"""Up to this, parts that add up to the first of a list may do so by chance."""
_ADDED: Final = frozenset({Measure.KILLED, Measure.INJURED})


def settle(readings: list[Reading], denials: AbstractSet[int], *, anew: bool) -> list[Reading]:
    """The same figures, with the roles that the paragraph as a whole gives them; `denials` are
    the sentences that deny the one before them; `anew` = another happening is told of.
    """
    settled = singles(bodies(readings if anew else of_the_text(readings)))
    settled = deaths_of_wounded(settled)
    settled = _components(settled)
    settled = by_place(_of_a_total(settled))
    settled = stocks_of_their_own(settled)
    settled = _years(settled)
    settled = told_in_time(of_another_time(left_since(settled)), denials)
    settled = summed(settled)
    settled = _corrected(settled)
    settled = of_another_day(of_a_time_before(risen(settled)))
    return _moves(settled)


def _adds_up(readings: list[Reading], i: int) -> bool:
    """As in "50 people were killed: 36 on the coast and 14 inland".

    With a hedge on the whole or on a part, within a tenth of it. A small sum may be chance:
    "three men, a woman and two children", "eight in Arlo, five in Besk and three in Cole".
    """
    whole, total, k = readings[i - 1], 0, i
    hedged = whole.mention.numeral.qualifier is not Qualifier.EXACT
    while k < len(readings) and (
        readings[k].mention.listed_after is not None
        and readings[k].sentence == whole.sentence
        and readings[k].mention.measure is whole.mention.measure
    ):
        total += size(readings[k])
        hedged |= readings[k].mention.numeral.qualifier is not Qualifier.EXACT
        k += 1
    off = abs(total - size(whole))
    alike = all(r.placed for r in readings[i - 1 : k])
    kinds = not whole.whole and any(r.mention.phrase.head for r in readings[i:k])
    if size(whole) <= _CHANCE and (alike or kinds):
        return False
    return k > i + 1 and (off == 0 or (hedged and off * 10 <= size(whole)))


def _components(readings: list[Reading]) -> list[Reading]:
    """Numbers of one list add up; after a stated total they are its parts."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        above = reading.mention.listed_after
        if above is None or reading.mention.measure not in _ADDED or reading.mention.phrase.than:
            continue
        j = i - 1
        if j < 0 or readings[j].sentence != reading.sentence:
            continue
        other = readings[j]
        if other.mention.measure is not reading.mention.measure:
            continue
        if settled[j].role not in (Role.CURRENT, Role.COMPONENT, Role.PART) or (
            reading.role not in (Role.CURRENT, Role.INCREMENT) or reading.why == OF_WOUNDS
        ):
            continue
        # "Rises to 412 in Arland, 179 in Besland and 56 in Coland": each is its place's.
        apart = (settled[j].placed and reading.placed) or in_two_places(other, reading)
        summed = (other.mention.toll is not None and not apart) or _adds_up(readings, i)
        summed = summed or (reading.bracketed and size(other) > size(reading))
        if summed or settled[j].why == "part of the total":
            settled[i] = replace(reading, role=Role.PART, why="part of the total", move=None)
        elif settled[j].role is not Role.PART:
            why = "one of several that add up"
            settled[i] = replace(reading, role=Role.COMPONENT, why=why, move=None)
            settled[j] = replace(settled[j], role=Role.COMPONENT, why=why)
    return settled


def _of_a_total(readings: list[Reading]) -> list[Reading]:
    """Components of a total told before, or right after ("…, 13 in all"), and one place's number,
    are its parts.
    """
    settled = list(readings)
    for i, reading in enumerate(readings):
        last = _components_from(readings, i)
        total = sum(size(r) for r in readings[i:last])
        one_place = reading.of_one_place and reading.role is Role.CURRENT
        if any(
            other.role is Role.CURRENT
            and other.mention.measure is reading.mention.measure
            and (size(other) == total > 0 or (one_place and size(other) > size(reading)))
            for other in (*readings[max(0, i - _BACK) : i], *readings[last : last + 1])
        ):
            for k in range(i, max(last, i + 1)):
                settled[k] = replace(settled[k], role=Role.PART, why="part of the total")
    return settled


def _components_from(readings: list[Reading], i: int) -> int:
    """The end of the run of components that begins at i; i where none begins."""
    first = readings[i]
    if first.role is not Role.COMPONENT or (i and readings[i - 1].role is Role.COMPONENT):
        return i
    last = i
    while last < len(readings) and (
        readings[last].role is Role.COMPONENT
        and readings[last].sentence == first.sentence
        and readings[last].mention.measure is first.mention.measure
    ):
        last += 1
    return last


def _years(readings: list[Reading]) -> list[Reading]:
    """A toll called by its year is another happening's where the text has told one already."""
    told: set[Measure] = set()
    settled: list[Reading] = []
    for reading in readings:
        other = reading.why == OF_A_YEAR and reading.mention.measure in told
        settled.append(replace(reading, role=Role.OTHER_EVENT) if other else reading)
        if reading.role is Role.CURRENT:
            told.add(reading.mention.measure)
    return settled


def _corrected(readings: list[Reading]) -> list[Reading]:
    """As in "30 dead. Officials later corrected the toll to 27": the 30 stand no more."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if not (reading.corrects and reading.role is Role.CURRENT):
            continue
        for k in range(max(0, i - _BACK), i):
            other = settled[k]
            if (
                other.role is Role.CURRENT
                and other.mention.measure is reading.mention.measure
                and size(other) > size(reading)
            ):
                settled[k] = replace(other, role=Role.EARLIER, why="corrected since")
                settled[i] = replace(reading, move=Move.DOWN)
    return settled


def _toll_before(readings: list[Reading], i: int) -> int:
    """The place of the last toll before, as in "lowered it to 24. The earlier count was 51"."""
    tolls = (
        k for k in range(i - 1, max(-1, i - _BACK), -1) if readings[k].mention.toll is not None
    )
    return next((k for k in tolls if readings[k].role is not Role.INCREMENT), -1)


def _moves(readings: list[Reading]) -> list[Reading]:
    """A toll told beside the one before it has moved from that one to this."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if reading.role is not Role.EARLIER or reading.mention.numeral.word is not None:
            continue
        for k in (i + 1, i - 1, _toll_before(readings, i)):
            if not 0 <= k < len(readings):
                continue
            other = readings[k]
            near = (
                other.sentence == reading.sentence
                or (k < i and reading.mention.toll is not None)
                or other.corrects
            )
            if (
                near
                and other.role is Role.CURRENT
                and other.mention.measure is reading.mention.measure
                and size(other)
                and size(other) != size(reading)
            ):
                direction = Move.UP if size(other) > size(reading) else Move.DOWN
                settled[k] = replace(settled[k], move=direction)
                break
    return settled
