"""Numbers beside a toll: one person, the attackers, bodies, those who died of wounds, some of them.

The order of these rules is in `settle.py`.
"""

from collections import Counter
from dataclasses import replace
from typing import Final

from tracker.figures.clauses import Hint, Reading
from tracker.figures.mentions import Bond
from tracker.figures.phrases import Kind
from tracker.figures.retold import size
from tracker.figures.roles import DEFAULT, SUBSET
from tracker.model import Measure, Move, Role

OF_WOUNDS: Final = "died of wounds"


def _is_toll(reading: Reading) -> bool:
    return reading.role is Role.CURRENT and reading.mention.measure is Measure.KILLED


def _largest(readings: list[Reading]) -> int:
    apart = (Hint.LASTING, Hint.YEAR, Hint.FOLLOWS)
    today = (r for r in readings if r.hints.isdisjoint(apart))
    return max((size(r) for r in today if _is_toll(r)), default=0)


def singles(readings: list[Reading]) -> list[Reading]:
    """One person, or the attackers, beside a larger toll are some of its dead."""
    largest = _largest(readings)
    others = any(_is_toll(r) and r.mention.phrase.kind is not Kind.ATTACKERS for r in readings)
    dead = (r for r in readings if r.mention.measure is Measure.KILLED)
    told = max((size(r) for r in dead if r.role is not Role.OTHER_EVENT), default=0)

    def part(place: int, reading: Reading) -> bool:
        mention = reading.mention
        if mention.measure is Measure.ESCAPED_OR_RESCUED and reading.role is Role.CURRENT:
            # "A boy was pulled out alive" is no total of the rescued.
            return mention.numeral.single and size(reading) == 1
        if place + 1 < len(readings) and readings[place + 1].mention.listed_after is not None:
            return False
        if not _is_toll(reading) or mention.toll is not None or Hint.SEPARATE in reading.hints:
            return False
        if mention.phrase.kind is Kind.ATTACKERS:
            return others
        if reading.some:
            # "18 people died … four of the pupils in the gym", whenever the 18 were told.
            return size(reading) < told
        alone = mention.bond is Bond.NAMED or mention.numeral.single
        return alone and mention.listed_after is None and size(reading) < largest

    return [
        replace(r, role=Role.PART, why="beside a toll") if part(place, r) else r
        for place, r in enumerate(readings)
    ]


def bodies(readings: list[Reading]) -> list[Reading]:
    """Bodies found are the dead, unless a toll of the dead stands beside them."""
    tolls = [r for r in readings if _is_toll(r) and not r.mention.phrase.bodies]
    toll = max((size(r) for r in tolls), default=0)
    return [
        replace(r, mention=replace(r.mention, measure=Measure.BODIES_RECOVERED))
        if r.mention.phrase.bodies
        and _is_toll(r)
        and r.mention.toll is None
        and size(r) <= toll > 0
        else r
        for r in readings
    ]


def deaths_of_wounded(readings: list[Reading]) -> list[Reading]:
    """Who dies of wounds later adds to a toll; it is no toll of its own beside one."""
    largest = _largest(readings)
    return [
        replace(r, role=Role.INCREMENT, why=OF_WOUNDS, move=Move.UP)
        if r.of_wounds
        and r.mention.measure is Measure.KILLED
        and r.role in (Role.CURRENT, Role.PART)
        and r.mention.toll is None
        and size(r) < largest
        and (
            r.why in (DEFAULT, "beside a toll")
            or (r.why == SUBSET and _beside_injured(readings, i))
        )
        else r
        for i, r in enumerate(readings)
    ]


def _beside_injured(readings: list[Reading], i: int) -> bool:
    """As in "injured 30, two of whom died", "three of the 12 wounded died"."""
    beside = (*readings[max(0, i - 1) : i], *readings[i + 1 : i + 2])
    return any(r.mention.measure is Measure.INJURED for r in beside)


def stocks_of_their_own(readings: list[Reading]) -> list[Reading]:
    """As in "130 injured, 90 of whom are in hospital": the only number of its measure."""
    settled = list(readings)
    apart = (Role.OTHER_EVENT, Role.EARLIER, Role.BACKGROUND)
    numbers = Counter(r.mention.measure for r in readings if r.role not in apart)
    for i, reading in enumerate(readings):
        mention = reading.mention
        own = reading.why == SUBSET and mention.bond is Bond.PREDICATE
        alone = numbers[mention.measure] == 1 and len(readings) > 1
        if mention.measure is Measure.KILLED and not _of_the_living(readings, i):
            continue
        if own and alone and mention.measure is not Measure.CRITICALLY_INJURED:
            settled[i] = replace(reading, role=Role.CURRENT, why="the only one of its measure")
    return settled


def _of_the_living(readings: list[Reading], i: int) -> bool:
    """As in "30 were injured, three of whom died", "140 on board, 96 of whom died"; "six of them
    died" after a number that is not read, and "14 foreigners were among the dead", are of more.
    """
    reading = readings[i]
    before = readings[i - 1] if i else reading
    return before.sentence == reading.sentence and before.mention.measure is not Measure.KILLED
