"""A paragraph's figures weighed together: what one sentence alone cannot tell.

Rules that need only the sentence are in `roles.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.clauses import Reading
from tracker.figures.mentions import Bond
from tracker.figures.phrases import Kind
from tracker.model import Measure, Move, Role

_ADDED: Final = frozenset({Measure.KILLED, Measure.INJURED})


def settle(readings: list[Reading]) -> list[Reading]:
    """The same figures, with the roles that the paragraph as a whole gives them."""
    settled = _singles(readings)
    settled = _deaths_of_wounded(settled)
    settled = _components(settled)
    return _moves(settled)


def _is_toll(reading: Reading) -> bool:
    return reading.role is Role.CURRENT and reading.mention.measure is Measure.KILLED


def _size(reading: Reading) -> int:
    return reading.mention.numeral.low or reading.mention.numeral.high or 0


def _largest(readings: list[Reading]) -> int:
    return max((_size(r) for r in readings if _is_toll(r)), default=0)


def _singles(readings: list[Reading]) -> list[Reading]:
    """One person, or the attackers, beside a larger toll are some of its dead."""
    largest = _largest(readings)
    others = any(_is_toll(r) and r.mention.phrase.kind is not Kind.ATTACKERS for r in readings)

    def part(place: int, reading: Reading) -> bool:
        mention = reading.mention
        if place + 1 < len(readings) and readings[place + 1].mention.listed_after is not None:
            return False
        if not _is_toll(reading) or mention.toll is not None:
            return False
        if mention.phrase.kind is Kind.ATTACKERS:
            return others
        alone = mention.bond is Bond.NAMED or mention.numeral.single
        return alone and mention.listed_after is None and _size(reading) < largest

    return [
        replace(r, role=Role.PART, why="beside a toll") if part(place, r) else r
        for place, r in enumerate(readings)
    ]


def _deaths_of_wounded(readings: list[Reading]) -> list[Reading]:
    """Who dies of wounds later adds to a toll; it is no toll of its own beside one."""
    largest = _largest(readings)
    return [
        replace(r, role=Role.INCREMENT, why="died of wounds", move=Move.UP)
        if r.of_wounds
        and r.role in (Role.CURRENT, Role.PART)
        and r.mention.toll is None
        and _size(r) < largest
        and r.why in ("default", "beside a toll")
        else r
        for r in readings
    ]


def _components(readings: list[Reading]) -> list[Reading]:
    """Numbers of one list add up; after a stated total they are its parts."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        above = reading.mention.listed_after
        if above is None or reading.mention.measure not in _ADDED:
            continue
        j = i - 1
        if j < 0 or readings[j].sentence != reading.sentence:
            continue
        other = readings[j]
        if other.mention.measure is not reading.mention.measure:
            continue
        if settled[j].role not in (Role.CURRENT, Role.COMPONENT, Role.PART) or (
            reading.role not in (Role.CURRENT, Role.INCREMENT)
        ):
            continue
        if other.mention.toll is not None or settled[j].why == "part of the total":
            settled[i] = replace(reading, role=Role.PART, why="part of the total", move=None)
        elif settled[j].role is not Role.PART:
            settled[i] = replace(reading, role=Role.COMPONENT, why="component", move=None)
            settled[j] = replace(settled[j], role=Role.COMPONENT, why="component")
    return settled


def _moves(readings: list[Reading]) -> list[Reading]:
    """A toll told beside the one before it has moved from that one to this."""
    settled = list(readings)
    for i, reading in enumerate(readings):
        if reading.role is not Role.EARLIER or reading.mention.numeral.word is not None:
            continue
        for k in (i + 1, i - 1):
            if not 0 <= k < len(readings):
                continue
            other = readings[k]
            if (
                other.role is Role.CURRENT
                and other.sentence == reading.sentence
                and other.mention.measure is reading.mention.measure
                and _size(other)
                and _size(other) != _size(reading)
            ):
                direction = Move.UP if _size(other) > _size(reading) else Move.DOWN
                settled[k] = replace(settled[k], move=direction)
                break
    return settled
