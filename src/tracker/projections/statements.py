"""What was said of a measure: its figures put together to statements, by scope and in order."""

from collections.abc import Container, Iterable
from dataclasses import dataclass
from typing import Final

from tracker.events import FigureReported
from tracker.model import Measure, Move, Qualifier, Rank, Role
from tracker.projections.bounds import fold, total
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.places import Division, places
from tracker.projections.statement import Statement, Version, version_of
from tracker.projections.wording import phrase

NONE: Final = frozenset[int]()

Shape = tuple[int | None, int | None]
"""A number as it is stated: low and high."""


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
        self.places = places(entries, ledger.opened.place if ledger.opened else "")
        current = {Role.CURRENT, Role.BACKGROUND} if ledger.ongoing else {Role.CURRENT}
        stating = [each for each in entries if each.figure.role in current]
        self._beside = self._told_beside(entries, stating)
        self._several = _several(stating)
        self.by_scope: dict[str | None, list[Statement]] = {None: []}
        whole: list[Entry] = []
        parts: list[Entry] = []
        for entry in entries:
            scope, role = self._scope(entry), entry.figure.role
            stated = self.by_scope.setdefault(scope, [])
            if role in current or self._of_place(entry, scope):
                stated.append(self._statement([entry]))
            if role in current or (role is Role.COMPONENT and self._at_home(entry, scope)):
                (whole if scope is None else parts).append(entry)
            elif role is Role.COMPONENT:
                parts.append(entry)
        self.by_scope[None] += self._sums(whole, parts)
        for each in ledger.corrections:
            if each.figure.measure is measure and each.event.id not in without:
                self.by_scope.setdefault(each.figure.scope, []).append(self._statement([each]))
        for said in self.by_scope.values():
            said.sort(key=lambda each: each.entry.order)

    def _of_place(self, entry: Entry, scope: str | None) -> bool:
        """Whether a share of some whole is a number of its own place, for that place."""
        if entry.figure.role is Role.COMPONENT and self._at_home(entry, scope):
            return True
        shares = (Role.COMPONENT, Role.PART)
        return entry.figure.role in shares and scope is not None and bool(entry.figure.places)

    def _at_home(self, entry: Entry, scope: str | None) -> bool:
        """Whether it is limited to the one place where the incident was: it is the whole."""
        return scope is None and entry.figure.scope is not None

    def _scope(self, entry: Entry) -> str | None:
        return self.places.scopes.get(entry.event.id, entry.figure.scope)

    def _told_beside(
        self, entries: list[Entry], stated: list[Entry]
    ) -> dict[Version, list[tuple[Entry, frozenset[Shape]]]]:
        """Which numbers each version calls earlier or wrong, and its steps, where it has any.

        Each with the numbers that it is told of: the one that stands nearest to it in the text.
        """
        telling = {Role.EARLIER, Role.REJECTED, Role.INCREMENT}
        reports = _by_report([each for each in entries if each.figure.role in telling])
        if not reports:
            return {}
        whole = _by_report(stated)
        found: dict[Version, list[tuple[Entry, frozenset[Shape]]]] = {}
        for version in {version_of(each) for each in entries if each.report in reports}:
            of = [each for each in whole.get(version[:2], ()) if self._states(each, version)]
            told = [each for each in reports[version[:2]] if self._states(each, version)]
            found[version] = [(each, _nearest(each, of)) for each in told]
        return found

    def _states(self, entry: Entry, version: Version) -> bool:
        return self._ledger.states(entry, version[2])

    def _sums(self, whole: list[Entry], parts: list[Entry]) -> list[Statement]:
        """The sum of each version that states several parts and no whole.

        Where its parts are places of a division they are added in `sums.py`, with those that
        other reports give.
        """
        if not parts:
            return []
        wholes, summands = _by_report(whole), _by_report(parts)
        sums = []
        for version in dict.fromkeys(map(version_of, parts)):
            report, number = version[:2], version[2]
            if any(self._ledger.states(each, number) for each in wholes.get(report, ())):
                continue
            stated = [
                each
                for each in summands[report]
                if each.figure.low is not None and self._ledger.states(each, number)
            ]
            scopes = {self._scope(each) for each in stated}
            if len(stated) > 1 and not self._divided(scopes, stated[-1]):
                sums.append(self._statement(stated))
        return sums

    def _divided(self, scopes: set[str | None], entry: Entry) -> bool:
        known = (each for each in self.places.divisions if each.holds(entry.order))
        return any(scopes <= each.scopes for each in known)

    def _statement(self, entries: list[Entry]) -> Statement:
        """A statement of these figures (several: their sum), read beside the report's others."""
        last = entries[-1]
        figure = last.figure
        beside = self._told_of(entries) if self._beside else []
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
            rank=_rank(figure),
            earlier=_earlier(beside) if beside else NONE,
            steps=_steps(beside) if beside else NONE,
            besides=self._besides(last) if self._several else (),
            summed=len(entries) > 1,
        )

    def _besides(self, entry: Entry) -> tuple[tuple[int | None, Rank], ...]:
        return tuple(
            (each.figure.low, _rank(each.figure))
            for each in self._several.get(version_of(entry), ())
            if each is not entry and self._scope(each) == self._scope(entry)
        )

    def _told_of(self, entries: list[Entry]) -> list[FigureReported]:
        """What the report tells beside these figures that is told of them."""
        last, alone = entries[-1], len(entries) == 1
        scope = self._scope(last) if alone else None
        return [
            each.figure
            for each, told_of in self._beside.get(version_of(last), ())
            if self._scope(each) in (None, scope)
            and not (alone and told_of and _shape(last.figure) not in told_of)
        ]


def _nearest(entry: Entry, stated: list[Entry]) -> frozenset[Shape]:
    """The number that stands nearest in the text; none where the report states none."""
    if not stated:
        return frozenset()
    near = min(stated, key=lambda each: (abs(each.figure.place - entry.figure.place), each.order))
    return frozenset({_shape(near.figure)})


def _shape(figure: FigureReported) -> Shape:
    return figure.low, figure.high


def _several(entries: list[Entry]) -> dict[Version, list[Entry]]:
    """The versions that state more than one number."""
    versions: dict[Version, list[Entry]] = {}
    for each in entries:
        versions.setdefault(version_of(each), []).append(each)
    return {version: stated for version, stated in versions.items() if len(stated) > 1}


def _rank(figure: FigureReported) -> Rank:
    return figure.source_rank if figure.issuer_rank is None else figure.issuer_rank


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
