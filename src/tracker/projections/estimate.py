"""The best figure and every move of it: what has been said, replayed under a policy."""

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from tracker.decisions import OPERATOR
from tracker.errors import UnknownName
from tracker.events import FigureReported
from tracker.model import Estimate, Measure, Reason, Revision, Role, Status
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.policies import POLICIES, STANDARD
from tracker.projections.standing import Hearing, Policy, Record
from tracker.projections.statement import Statement
from tracker.projections.statements import Told, statements
from tracker.projections.sums import with_sums
from tracker.projections.turns import Course, Turn, course

OF_THE_WHOLE: Final = frozenset({Reason.CLOSED, Reason.REOPENED, Reason.MERGED, Reason.SPLIT})
"""What is decided of an incident as a whole is told in its history, whether it moves a figure."""


@dataclass(frozen=True, slots=True)
class Ignored:
    """A figure that moved nothing, and the test that stopped it."""

    event_id: str
    test: str


@dataclass(frozen=True, slots=True)
class Replay:
    """An estimate, the revisions that led to it, oldest first, and the figures set aside."""

    estimate: Estimate
    revisions: tuple[Revision, ...]
    ignored: tuple[Ignored, ...]
    heard: Hearing
    """What the policy has heard by the end: for questions of what a further figure would do."""


def replay(
    ledger: Ledger,
    incident: str,
    measure: Measure,
    scope: str | None = None,
    *,
    policy: str = STANDARD,
) -> Replay:
    """Fold the ledger into the estimate of one measure and scope, move by move.

    A turn (see `turns.py`) counts from its own time: what stood before stays in the history, and
    everything is heard again as it counts from then on. Raises `UnknownName` for the policy.
    """
    nothing = Estimate(incident=incident, measure=measure, scope=scope)
    return _replay(nothing, ledger, course(ledger), _hear(policy))


def replays(
    ledger: Ledger,
    incident: str,
    measures: Iterable[Measure] = Measure,
    *,
    policy: str = STANDARD,
) -> dict[tuple[Measure, str | None], Replay]:
    """The replays of these measures (default: all) in every scope, the whole incident first."""
    hear, turns = _hear(policy), course(ledger)
    stated = {each.figure.measure for each in (*ledger.entries, *ledger.corrections)}
    found = {}
    for measure in measures:
        if measure not in stated:
            continue
        told = statements(ledger, measure, without=turns.gone)
        every = told if not turns.gone else statements(ledger, measure)
        for scope in sorted(every.by_scope, key=lambda each: each or ""):
            nothing = Estimate(incident=incident, measure=measure, scope=scope)
            found[measure, scope] = _replay(nothing, ledger, turns, hear, told)
    return found


def _hear(policy: str) -> Policy:
    if policy not in POLICIES:
        raise UnknownName("policy", policy, POLICIES)
    return POLICIES[policy]


def _replay(
    nothing: Estimate, ledger: Ledger, course: Course, hear: Policy, told: Told | None = None
) -> Replay:
    """Hear everything in turn; `nothing` is the estimate before the first statement.

    `told` is what was said, as long as no turn has come.
    """
    fold = _Fold(nothing, ledger, course, hear, told)
    for turn in course.turns:
        fold.hear_until(turn.at)
        fold.turn(turn)
    fold.hear_until(None)
    return fold.replay()


class _Fold:
    """One pass over what was said of a measure and scope, and over the turns between."""

    def __init__(
        self, nothing: Estimate, ledger: Ledger, course: Course, hear: Policy, told: Told | None
    ) -> None:
        self._nothing, self._ledger, self._course, self._policy = nothing, ledger, course, hear
        self._gone = course.gone
        self._said = self._statements(told)
        self._done = 0
        doomed = frozenset[str]().union(*(each.out for each in course.turns))
        self._record = Record(hear, nothing.measure, doomed)
        self._lone = _lone(ledger, nothing.measure) if course.turns else frozenset()
        self._revisions: list[Revision] = []
        self._ignored: dict[str, str] = {}

    @cached_property
    def _own(self) -> frozenset[str]:
        """The figures that are of this measure."""
        every = (*self._ledger.entries, *self._ledger.corrections)
        measure = self._nothing.measure
        return frozenset(each.event.id for each in every if each.figure.measure is measure)

    def _statements(self, told: Told | None = None) -> list[Statement]:
        measure, scope = self._nothing.measure, self._nothing.scope
        told = told or statements(self._ledger, measure, without=self._gone)
        if scope is None:
            return with_sums(told, measure, self._policy)
        return told.by_scope.get(scope, [])

    def hear_until(self, moment: datetime | None) -> None:
        """Hear what was said up to that moment (None: everything), and keep the moves it makes."""
        while self._done < len(self._said):
            said = self._said[self._done]
            if moment is not None and said.at > moment:
                break
            self._done += 1
            if not self._gone.isdisjoint(said.basis):
                continue
            verdict = self._record.hear(said)
            if verdict.reason is None:
                self._ignored |= dict.fromkeys(said.basis, verdict.test)
            else:
                after = self._estimate()
                self._revisions.append(
                    _revision(self._revisions, after, said.entry, verdict.reason)
                )

    def turn(self, turn: Turn) -> None:
        """Hear anew, where figures cease to count or count again, and keep the move it makes."""
        out, back = turn.out & self._own, turn.back & self._own
        self._gone = (self._gone | turn.out) - turn.back
        measure, hearing = self._nothing.measure, self._record.hearing
        denials = tuple(each for each in turn.denials if each.measure is measure)
        fewer = not set(hearing.denials) <= set(denials)
        hearing.denials = denials
        if out and not back and not fewer and out <= self._lone:
            self._record.strike(out)
        elif out or back or fewer:
            self._said = self._statements()
            self._done = sum(each.at <= turn.at for each in self._said)
            self._record.restart(denials)
            for each in self._said[: self._done]:
                self._record.hear(each)
        before = self._revisions[-1].estimate if self._revisions else self._nothing
        after = self._estimate()
        if _differ(before, after) or (turn.reason in OF_THE_WHOLE and before.phrase is not None):
            self._revisions.append(_turned(self._revisions, after, turn))

    def _estimate(self) -> Estimate:
        return _estimate(self._nothing, self._record.hearing)

    def replay(self) -> Replay:
        ended = self._course.out.items()
        ignored = self._ignored | {each: why for each, why in ended if each in self._own}
        shown = tuple([Ignored(*each) for each in ignored.items()])
        return Replay(self._estimate(), tuple(self._revisions), shown, self._record.hearing)


def _lone(ledger: Ledger, measure: Measure) -> frozenset[str]:
    """Figures of which nothing else that is said of the measure hangs: those can be struck out."""
    entries = [each for each in ledger.entries if each.figure.measure is measure]
    if any(each.figure.places or each.figure.scope for each in entries):
        return frozenset()
    stated = Counter(each.report for each in entries)
    return frozenset(
        each.event.id
        for each in entries
        if stated[each.report] == 1 and each.figure.role is Role.CURRENT
    )


def _estimate(nothing: Estimate, hearing: Hearing) -> Estimate:
    standing = hearing.standing
    if standing is None:
        return nothing
    low, high = standing.low, standing.high
    basis = standing.basis + tuple(hearing.supporters)
    if hearing.rival is not None:
        low = _outer(min, low, hearing.rival.low)
        high = _outer(max, high, hearing.rival.high)
        basis += hearing.rival.basis
    return Estimate(
        incident=nothing.incident,
        measure=nothing.measure,
        scope=nothing.scope,
        best=standing.number,
        low=low,
        high=high,
        phrase=standing.phrase,
        qualifier=standing.qualifier,
        status=hearing.status,
        since=hearing.since,
        basis=basis,
    )


def _outer(pick: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    """The bound that covers both; no bound on one side is no bound."""
    return None if one is None or other is None else pick(one, other)


def _differ(before: Estimate, after: Estimate) -> bool:
    return (before.phrase, before.low, before.high, before.status is Status.CONTESTED) != (
        after.phrase,
        after.low,
        after.high,
        after.status is Status.CONTESTED,
    )


def _revision(revisions: list[Revision], after: Estimate, entry: Entry, reason: Reason) -> Revision:
    figure = entry.figure
    return Revision(
        position=entry.event.position,
        published_at=figure.published_at,
        recorded_at=entry.event.recorded_at,
        source=figure.source,
        issuer=figure.issuer,
        change=_change(revisions, after),
        reason=reason,
        quote=figure.quote,
        title=figure.title,
        url=figure.url,
        event_id=entry.event.id,
        estimate=after,
    )


def _change(revisions: list[Revision], after: Estimate) -> int | None:
    before = revisions[-1].estimate.best if revisions else None
    return None if before is None or after.best is None else after.best - before


def _turned(revisions: list[Revision], after: Estimate, turn: Turn) -> Revision:
    """The revision that a turn makes; its words are those of the event that says so."""
    fact = turn.event.fact
    if isinstance(fact, FigureReported):
        return _revision(revisions, after, Entry(turn.event, fact), turn.reason)
    return Revision(
        position=turn.event.position,
        published_at=turn.at,
        recorded_at=turn.event.recorded_at,
        source=getattr(fact, "by", OPERATOR),
        issuer=None,
        change=_change(revisions, after),
        reason=turn.reason,
        quote=getattr(fact, "reason", None),
        title=None,
        url="",
        event_id=turn.event.id,
        estimate=after,
    )
