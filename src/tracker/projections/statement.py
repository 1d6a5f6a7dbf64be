"""Figures as a policy hears them: folded bounds, a phrase, a voice, and what the text adds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.events import FigureReported
from tracker.model import Measure, Move, Qualifier, Rank, Role
from tracker.projections.ledger import Entry, Ledger

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One voice states one number about the whole measure and scope.

    `number` is N as stated (None: a word or a ceiling that stands for none), `low` and `high` are
    folded. `rank` is the voice's; `relay` the source's that carried it.
    """

    entries: tuple[Entry, ...]
    number: int | None
    low: int | None
    high: int | None
    qualifier: Qualifier
    phrase: str
    voice: str
    rank: Rank
    relay: Rank
    at: datetime
    move: Move | None
    earlier: frozenset[int]
    """Numbers of this measure that the same report calls earlier or wrong."""
    steps: frozenset[int]
    """By how much the same report says that the number moved: each step, and all together."""
    summed: bool = False

    @property
    def entry(self) -> Entry:
        """The figure that decides (of a sum, the last of its parts)."""
        return self.entries[-1]

    @property
    def figure(self) -> FigureReported:
        return self.entry.figure

    @property
    def source(self) -> str:
        return self.figure.source

    @property
    def report(self) -> tuple[str, str]:
        return (self.figure.source, self.figure.report)

    @property
    def version(self) -> int:
        return self.figure.version

    @property
    def basis(self) -> tuple[str, ...]:
        return tuple(each.event.id for each in self.entries)

    @property
    def states_lowering(self) -> bool:
        """The text itself says that the number fell to this one, or that a larger one was wrong."""
        if self.number is None:
            return False
        return self.move is Move.DOWN or any(each > self.number for each in self.earlier)

    def moves_from(self, number: int | None) -> bool:
        """The text moves from that number: "up from 12", or "two more died" and it fits."""
        if number is None or self.number is None:
            return False
        return number in self.earlier or self.number - number in self.steps


def statements(
    ledger: Ledger, measure: Measure, scope: str | None, *, ongoing: bool = False
) -> list[Statement]:
    """What each report says of the measure as a whole, in the order in which it counts.

    A report that gives only the numbers of several places gives their sum.
    """
    current = {Role.CURRENT, Role.BACKGROUND} if ongoing else {Role.CURRENT}
    said = []
    summed: set[tuple[str, str, int]] = set()
    for entry in ledger.entries:
        figure = entry.figure
        if figure.measure is not measure:
            continue
        stated = ledger.stated(figure.source, figure.report, figure.version)
        same = [each.figure for each in stated if each.figure.measure is measure]
        if figure.role in current and figure.scope == scope:
            said.append(_statement((entry,), same))
        elif scope is None and (figure.role is Role.COMPONENT or figure.role in current):
            version = (figure.source, figure.report, figure.version)
            whole = any(each.role in current and each.scope is None for each in same)
            parts = [each for each in stated if _is_part_of_sum(each.figure, measure, current)]
            if version not in summed and not whole and len(parts) > 1:
                said.append(_statement(tuple(parts), same))
            summed.add(version)
    return sorted(said, key=lambda each: each.entry.order)


def fold(
    low: int | None, high: int | None, qualifier: Qualifier, word: str | None
) -> tuple[int | None, int | None, int | None]:
    """N as stated and the folded bounds: (best, low, high); None = not known.

    >>> fold(None, 100, Qualifier.NEARLY, None)
    (100, 90, 99)
    """
    match qualifier:
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


def phrase(low: int | None, high: int | None, qualifier: Qualifier, word: str | None) -> str:
    """The figure in words: "nearly 100"; the same words whatever the text's own were."""
    match qualifier:
        case Qualifier.VAGUE:
            return word or "some"
        case Qualifier.RANGE:
            return f"{low:,} to {high:,}"
        case Qualifier.EXACT:
            return f"{low:,}"
    words = {
        Qualifier.UP_TO: "up to",
        Qualifier.UNDER: "fewer than",
        Qualifier.AT_LEAST: "at least",
    }
    number = high if low is None else low
    return f"{words.get(qualifier, qualifier.value)} {number:,}"


def reading(figure: FigureReported, beside: FigureReported | None = None) -> str:
    """What was read in a figure's words: "killed at least 12, current, up, the mayor".

    Where it stands `beside` another reading, its move and its issuer are told only if they differ.
    """
    number = phrase(figure.low, figure.high, figure.qualifier, figure.word)
    scope = f" ({figure.scope})" if figure.scope else ""
    told = [f"{figure.measure} {number}{scope}", figure.role.value]
    if beside is None or figure.move is not beside.move:
        told.append(figure.move.value if figure.move else "no move" if beside else "")
    if beside is None or _credited(figure) != _credited(beside):
        told.append(_credited(figure) or ("nobody credited" if beside else ""))
    return ", ".join(filter(None, told))


def earlier_readings(ledger: Ledger) -> dict[str, str]:
    """By id of each figure whose words were read anew: how they had been read before."""
    return {
        each.event.id: "; ".join(reading(was, each.figure) for was in each.was)
        for each in ledger.entries
        if each.was
    }


def _credited(figure: FigureReported) -> str:
    """Whom the text credits, and as which office that is taken."""
    if not figure.issuer or figure.issuer_rank is None:
        return figure.issuer or ""
    return f"{figure.issuer} ({figure.issuer_id}, {figure.issuer_rank.label})"


def _is_part_of_sum(figure: FigureReported, measure: Measure, current: set[Role]) -> bool:
    if figure.measure is not measure or figure.low is None:
        return False
    return figure.role is Role.COMPONENT or (figure.role in current and figure.scope is not None)


def _statement(entries: tuple[Entry, ...], same: Iterable[FigureReported]) -> Statement:
    """A statement of these figures (several: their sum), read beside the report's others."""
    same = tuple(same)
    figure = entries[-1].figure
    low, high, qualifier, word = figure.low, figure.high, figure.qualifier, figure.word
    if len(entries) > 1:
        low = sum(each.figure.low or 0 for each in entries)
        exact = all(each.figure.qualifier is Qualifier.EXACT for each in entries)
        high = low if exact else None
        qualifier, word = (Qualifier.EXACT if exact else Qualifier.AT_LEAST), None
    number, folded_low, folded_high = fold(low, high, qualifier, word)
    return Statement(
        entries=entries,
        number=number,
        low=folded_low,
        high=folded_high,
        qualifier=qualifier,
        phrase=phrase(low, high, qualifier, word),
        voice=figure.issuer_id or figure.source,
        rank=figure.source_rank if figure.issuer_rank is None else figure.issuer_rank,
        relay=figure.source_rank,
        at=figure.published_at,
        move=figure.move,
        earlier=frozenset(_numbers(same, {Role.EARLIER, Role.REJECTED})),
        steps=_steps(same),
        summed=len(entries) > 1,
    )


def _numbers(figures: Iterable[FigureReported], roles: set[Role]) -> list[int]:
    return [
        number
        for each in figures
        if each.role in roles
        for number in (each.high if each.low is None else each.low,)
        if number is not None
    ]


def _steps(figures: Iterable[FigureReported]) -> frozenset[int]:
    steps = [
        -each.low if each.move is Move.DOWN else each.low
        for each in figures
        if each.role is Role.INCREMENT and each.low is not None
    ]
    return frozenset([*steps, sum(steps)]) - {0}
