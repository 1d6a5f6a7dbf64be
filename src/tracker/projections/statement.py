"""Figures as a policy hears them: folded bounds, a phrase, a voice, and what the text adds."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.events import FigureReported
from tracker.model import Measure, Move, Qualifier, Rank, Role
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.wording import phrase

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

Version = tuple[str, str, int]
"""A version of a report: its source, its id, its number."""

Beside = tuple[frozenset[int], frozenset[int]]
"""What a version tells beside its statements: see `Statement.earlier` and `steps`."""

NOTHING_BESIDE: Final[Beside] = (frozenset(), frozenset())


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One voice states one number about the whole measure and scope.

    `number` is N as stated (None: a word or a ceiling that stands for none), `low` and `high` are
    folded. `rank` is the voice's; `relay` the source's that carried it.
    """

    entry: Entry
    """The figure that decides (of a sum, the last of its parts)."""
    basis: tuple[str, ...]
    """The event ids of all its figures."""
    number: int | None
    low: int | None
    high: int | None
    qualifier: Qualifier
    phrase: str
    voice: str
    rank: Rank
    earlier: frozenset[int]
    """Numbers of this measure that the same report calls earlier or wrong."""
    steps: frozenset[int]
    """By how much the same report says that the number moved: each step, and all together."""

    @property
    def figure(self) -> FigureReported:
        return self.entry.figure

    @property
    def source(self) -> str:
        return self.entry.figure.source

    @property
    def relay(self) -> Rank:
        return self.entry.figure.source_rank

    @property
    def version(self) -> Version:
        return _version(self.entry)

    @property
    def at(self) -> datetime:
        return self.entry.figure.published_at

    @property
    def move(self) -> Move | None:
        return self.entry.figure.move

    @property
    def summed(self) -> bool:
        return len(self.basis) > 1

    @property
    def states_lowering(self) -> bool:
        """The text itself says that the number fell to this one, or that a larger one was wrong."""
        if self.number is None:
            return False
        return self.move is Move.DOWN or max(self.earlier, default=0) > self.number

    def moves_from(self, number: int | None) -> bool:
        """The text moves from that number: "up from 12", or "two more died" and it fits."""
        if number is None or self.number is None:
            return False
        return number in self.earlier or self.number - number in self.steps


def statements(ledger: Ledger, measure: Measure) -> dict[str | None, list[Statement]]:
    """What each report says of the measure, by scope, in the order in which it counts.

    A report that gives only the numbers of several places gives their sum for the whole.
    """
    current = {Role.CURRENT, Role.BACKGROUND} if ledger.ongoing else {Role.CURRENT}
    entries = [each for each in ledger.entries if each.figure.measure is measure]
    beside = _told_beside(ledger, entries)
    said: dict[str | None, list[Statement]] = {None: []}
    whole: list[Entry] = []
    parts: list[Entry] = []
    for entry in entries:
        figure = entry.figure
        stated = said.setdefault(figure.scope, [])
        if figure.role in current:
            statement = _statement([entry], *beside.get(_version(entry), NOTHING_BESIDE))
            stated.append(statement)
            (whole if figure.scope is None else parts).append(entry)
        elif figure.role is Role.COMPONENT:
            parts.append(entry)
    if parts:
        said[None] += _sums(ledger, whole, parts, beside)
        said[None].sort(key=lambda each: each.entry.order)
    return said


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


def _version(entry: Entry) -> Version:
    figure = entry.figure
    return (figure.source, figure.report, figure.version)


def _by_report(entries: Iterable[Entry]) -> dict[tuple[str, str], list[Entry]]:
    reports: dict[tuple[str, str], list[Entry]] = {}
    for each in entries:
        reports.setdefault(each.report, []).append(each)
    return reports


def _told_beside(ledger: Ledger, entries: list[Entry]) -> dict[Version, Beside]:
    """Which numbers each version calls earlier or wrong, and its steps, where it has any."""
    telling = {Role.EARLIER, Role.REJECTED, Role.INCREMENT}
    reports = _by_report([each for each in entries if each.figure.role in telling])
    found: dict[Version, Beside] = {}
    for version in {_version(each) for each in entries if each.report in reports}:
        told = [each for each in reports[version[:2]] if ledger.states(each, version[2])]
        figures = [each.figure for each in told]
        found[version] = (_earlier(figures), _steps(figures))
    return found


def _sums(
    ledger: Ledger, whole: list[Entry], parts: list[Entry], beside: dict[Version, Beside]
) -> list[Statement]:
    """The sum of each version that states several parts and no whole."""
    wholes, summands = _by_report(whole), _by_report(parts)
    sums = []
    for version in dict.fromkeys(map(_version, parts)):
        report, number = version[:2], version[2]
        if any(ledger.states(each, number) for each in wholes.get(report, ())):
            continue
        stated = [
            each
            for each in summands[report]
            if each.figure.low is not None and ledger.states(each, number)
        ]
        if len(stated) > 1:
            sums.append(_statement(stated, *beside.get(version, NOTHING_BESIDE)))
    return sums


def _statement(entries: list[Entry], earlier: frozenset[int], steps: frozenset[int]) -> Statement:
    """A statement of these figures (several: their sum), read beside the report's others."""
    figure = entries[-1].figure
    low, high, qualifier, word = figure.low, figure.high, figure.qualifier, figure.word
    if len(entries) > 1:
        low = sum(each.figure.low or 0 for each in entries)
        exact = all(each.figure.qualifier is Qualifier.EXACT for each in entries)
        high = low if exact else None
        qualifier, word = (Qualifier.EXACT if exact else Qualifier.AT_LEAST), None
    number, folded_low, folded_high = fold(low, high, qualifier, word)
    return Statement(
        entry=entries[-1],
        basis=tuple([each.event.id for each in entries]),
        number=number,
        low=folded_low,
        high=folded_high,
        qualifier=qualifier,
        phrase=phrase(low, high, qualifier, word),
        voice=figure.issuer_id or figure.source,
        rank=figure.source_rank if figure.issuer_rank is None else figure.issuer_rank,
        earlier=earlier,
        steps=steps,
    )


def _earlier(figures: Iterable[FigureReported]) -> frozenset[int]:
    left = [each for each in figures if each.role is not Role.INCREMENT]
    numbers = [each.high if each.low is None else each.low for each in left]
    return frozenset([each for each in numbers if each is not None])


def _steps(figures: Iterable[FigureReported]) -> frozenset[int]:
    steps = [
        -each.low if each.move is Move.DOWN else each.low
        for each in figures
        if each.role is Role.INCREMENT and each.low is not None
    ]
    return frozenset([*steps, sum(steps)]) - {0}
