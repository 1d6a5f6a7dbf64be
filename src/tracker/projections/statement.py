"""Figures as a policy hears them: folded bounds, a phrase, a voice, and what the text adds."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from tracker.decisions import FigureCorrected
from tracker.events import FigureReported
from tracker.model import Measure, Move, Qualifier, Rank, Role
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.places import Division, places
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
    summed: bool = False
    """A sum of parts, which stands in while nobody states the whole."""

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
    def is_correction(self) -> bool:
        return isinstance(self.entry.event.fact, FigureCorrected)

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


@dataclass(frozen=True, slots=True)
class Told:
    """What was said of a measure: by scope, in order, and which scopes make up the whole."""

    by_scope: dict[str | None, list[Statement]]
    divisions: tuple[Division, ...] = ()


def statements(ledger: Ledger, measure: Measure, *, without: Container[str] = frozenset()) -> Told:
    """What each report says of the measure; `without` are the ids of figures that do not count.

    A report that gives only the numbers of several parts gives their sum for the whole. An
    operator's corrections are among the statements.
    """
    stated = _Stated(ledger, measure, without)
    return Told(stated.by_scope, tuple(stated.places.divisions))


class _Stated:
    """The statements of one measure, put together from its figures."""

    def __init__(self, ledger: Ledger, measure: Measure, without: Container[str]) -> None:
        self._ledger = ledger
        entries = [
            each
            for each in ledger.entries
            if each.figure.measure is measure and each.event.id not in without
        ]
        self.places = places(entries)
        self._beside = self._told_beside(entries)
        self.by_scope: dict[str | None, list[Statement]] = {None: []}
        whole: list[Entry] = []
        parts: list[Entry] = []
        current = {Role.CURRENT, Role.BACKGROUND} if ledger.ongoing else {Role.CURRENT}
        for entry in entries:
            scope, role = self._scope(entry), entry.figure.role
            stated = self.by_scope.setdefault(scope, [])
            placed = scope is not None and bool(entry.figure.places)
            if role in current or (placed and role in (Role.COMPONENT, Role.PART)):
                stated.append(self._statement([entry]))
            if role in current:
                (whole if scope is None else parts).append(entry)
            elif role is Role.COMPONENT:
                parts.append(entry)
        self.by_scope[None] += self._sums(whole, parts)
        for each in ledger.corrections:
            if each.figure.measure is measure and each.event.id not in without:
                self.by_scope.setdefault(each.figure.scope, []).append(self._statement([each]))
        for said in self.by_scope.values():
            said.sort(key=lambda each: each.entry.order)

    def _scope(self, entry: Entry) -> str | None:
        return self.places.scopes.get(entry.event.id, entry.figure.scope)

    def _told_beside(self, entries: list[Entry]) -> dict[Version, list[Entry]]:
        """Which numbers each version calls earlier or wrong, and its steps, where it has any."""
        telling = {Role.EARLIER, Role.REJECTED, Role.INCREMENT}
        reports = _by_report([each for each in entries if each.figure.role in telling])
        return {
            version: [
                each for each in reports[version[:2]] if self._ledger.states(each, version[2])
            ]
            for version in {_version(each) for each in entries if each.report in reports}
        }

    def _sums(self, whole: list[Entry], parts: list[Entry]) -> list[Statement]:
        """The sum of each version that states several parts and no whole.

        Where its parts are places of a division they are added in `sums.py`, with those that
        other reports give.
        """
        wholes, summands = _by_report(whole), _by_report(parts)
        sums = []
        for version in dict.fromkeys(map(_version, parts)):
            report, number = version[:2], version[2]
            if any(self._ledger.states(each, number) for each in wholes.get(report, ())):
                continue
            stated = [
                each
                for each in summands[report]
                if each.figure.low is not None and self._ledger.states(each, number)
            ]
            scopes = {self._scope(each) for each in stated}
            divided = any(scopes <= each.scopes for each in self.places.divisions)
            if len(stated) > 1 and not divided:
                sums.append(self._statement(stated))
        return sums

    def _statement(self, entries: list[Entry]) -> Statement:
        """A statement of these figures (several: their sum), read beside the report's others."""
        last = entries[-1]
        scope = self._scope(last) if len(entries) == 1 else None
        beside = [
            each.figure
            for each in self._beside.get(_version(last), ())
            if self._scope(each) in (None, scope)
        ]
        figure = last.figure
        stated = (figure.low, figure.high, figure.qualifier, figure.word)
        if len(entries) > 1:
            exact = all(each.figure.qualifier is Qualifier.EXACT for each in entries)
            stated = total(sum(each.figure.low or 0 for each in entries), exact=exact)
        number, low, high = fold(*stated)
        return Statement(
            entry=last,
            basis=tuple([each.event.id for each in entries]),
            number=number,
            low=low,
            high=high,
            qualifier=stated[2],
            phrase=phrase(*stated),
            voice=figure.issuer_id or figure.source,
            rank=figure.source_rank if figure.issuer_rank is None else figure.issuer_rank,
            earlier=_earlier(beside),
            steps=_steps(beside),
            summed=len(entries) > 1,
        )


def total(number: int, *, exact: bool) -> tuple[int, int | None, Qualifier, None]:
    """A sum as a text would state it: exact if each of its parts is, else "at least"."""
    if exact:
        return number, number, Qualifier.EXACT, None
    return number, None, Qualifier.AT_LEAST, None


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
