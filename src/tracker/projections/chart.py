"""What a chart of one figure shows, as values: how it stood, who was heard, where it bent.

How that is drawn, in a file or in a terminal, is the matter of `cli/picture.py`, `cli/sketch.py`.
"""

from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from itertools import pairwise
from typing import Final

from tracker.model import Estimate, Measure, Rank, Reason, Revision, Role
from tracker.projections.bounds import fold
from tracker.projections.estimate import Replay, replay
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.policies import STANDARD

TAIL: Final = 16
"""The last figure is drawn on by one part in so many of the period, so that it is seen."""
MOMENT: Final = timedelta(hours=1)
"""By so much at least, should the period be a single moment."""
LATEST: Final = datetime(9999, 1, 1, tzinfo=UTC)
HORIZON: Final = datetime(9999, 12, 1, tzinfo=UTC)
"""Nothing is told later, nor drawn: such a date is a slip, and behind it there is no calendar."""

PARTIAL: Final = frozenset({Role.COMPONENT, Role.PART})
"""The roles of figures that are heard only as parts of a sum, which is one figure."""

GONE: Final = frozenset({"withdrawn", "denied", "elsewhere"})
"""The tests that stop a figure because it counts no longer, not because of what it says."""


class Effect(StrEnum):
    """What a figure did to the estimate."""

    MOVED = "moved"
    NOTHING = "nothing"
    GONE = "gone"
    """It counts no longer: withdrawn, denied, or counted elsewhere."""


@dataclass(frozen=True, slots=True)
class Step:
    """How the estimate stood from one move to the next; None = nobody had stated that number."""

    since: datetime
    until: datetime
    best: int | None
    low: int | None
    high: int | None
    """None above a `low`: the bound is open upwards."""
    contested: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A figure that was heard: N as stated, or the ceiling of "up to N"; `rank` is its voice's."""

    at: datetime
    number: int
    rank: Rank
    effect: Effect


@dataclass(frozen=True, slots=True)
class Bend:
    """A move that a figure's mark alone would not explain: a fall, or one by a decision."""

    at: datetime
    before: int | None
    after: int | None
    reason: str

    @property
    def size(self) -> int | None:
        """By how much the best figure moved; None where there was none before or after."""
        return None if self.before is None or self.after is None else self.after - self.before

    @property
    def falls(self) -> bool:
        return self.size is not None and self.size < 0


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of time."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """One figure of one incident over the time in which it was told."""

    title: str
    """The incident's."""
    estimate: Estimate
    """What stands in the end."""
    since: datetime
    until: datetime
    """From the first figure to the last thing heard."""
    end: datetime
    """A little later: how far the last step goes on."""
    steps: tuple[Step, ...]
    marks: tuple[Mark, ...]
    """In the order in which the figures count."""
    bends: tuple[Bend, ...]
    contested: tuple[Span, ...]
    lowest: int
    highest: int
    """The numbers that have to be in sight. A mark outside of them is far off the estimate."""

    @property
    def period(self) -> timedelta:
        """From the first figure to the end: never nothing."""
        return self.end - self.since


def chart(
    ledger: Ledger,
    incident: str,
    measure: Measure,
    scope: str | None = None,
    *,
    policy: str = STANDARD,
) -> Chart | None:
    """The chart of one measure and scope; None where nobody has stated a number.

    Raises `UnknownName` for the policy.
    """
    told = replay(ledger, incident, measure, scope, policy=policy)
    heard = {each.event_id for each in told.revisions} | {each.event_id for each in told.ignored}
    said = [each for each in ledger.entries if each.event.id in heard]
    marks = list(_marks(said, told, scope))
    if not marks and all(each.estimate.best is None for each in told.revisions):
        return None
    moments = [each.figure.published_at for each in said]
    moments += [each.published_at for each in told.revisions]
    since, until = min(*moments, LATEST), min(max(moments), LATEST)
    end = until + min(max((until - since) / TAIL, MOMENT), HORIZON - until)
    steps = _steps(told.revisions, end)
    lowest, highest = _in_sight(steps, marks)
    return Chart(
        title=incident if ledger.opened is None else ledger.opened.title,
        estimate=told.estimate,
        since=since,
        until=until,
        end=end,
        steps=tuple(steps),
        marks=tuple(marks),
        bends=tuple(_bends(told.revisions, {each.event.id for each in said})),
        contested=tuple(_contested(steps)),
        lowest=lowest,
        highest=highest,
    )


def apart(bends: Iterable[Bend], gap: timedelta, most: int) -> list[Bend]:
    """The largest bends, as many as that and none nearer to another than the gap: to be labelled.

    They come in order of time.
    """
    chosen: list[Bend] = []
    for bend in sorted(bends, key=lambda each: (-abs(each.size or 0), each.at)):
        if len(chosen) < most and all(abs(bend.at - each.at) >= gap for each in chosen):
            chosen.append(bend)
    return sorted(chosen, key=lambda each: each.at)


def _marks(said: Iterable[Entry], told: Replay, scope: str | None) -> Iterator[Mark]:
    tests = {each.event_id: each.test for each in told.ignored}
    moves = {each.event_id: each for each in told.revisions if _stands_on(each)}
    for entry in said:
        figure, name = entry.figure, entry.event.id
        move = moves.get(name)
        stopped = name in tests and figure.scope == scope and figure.role not in PARTIAL
        if move is None and not stopped:
            continue
        number, _, ceiling = fold(figure.low, figure.high, figure.qualifier, figure.word)
        if move is not None and move.reason is not Reason.CONFIRMED:
            # The number of a sum is that of no figure alone.
            number, ceiling = move.estimate.best, move.estimate.high
        drawn = ceiling if number is None else number
        if drawn is not None:
            if tests.get(name) in GONE:
                effect = Effect.GONE
            else:
                effect = Effect.NOTHING if move is None else Effect.MOVED
            rank = figure.source_rank if figure.issuer_rank is None else figure.issuer_rank
            yield Mark(figure.published_at, drawn, rank, effect)


def _stands_on(move: Revision) -> bool:
    """Whether the event behind the move is behind the estimate, too: a denial never is."""
    return move.event_id in move.estimate.basis


def _steps(revisions: Sequence[Revision], end: datetime) -> list[Step]:
    ends = [each.published_at for each in revisions[1:]] + [end]
    return [
        Step(
            since=each.published_at,
            until=until,
            best=each.estimate.best,
            low=each.estimate.low,
            high=each.estimate.high,
            contested=each.estimate.status == "contested",
        )
        for each, until in zip(revisions, ends, strict=False)
    ]


def _bends(revisions: Sequence[Revision], stated: Container[str]) -> Iterator[Bend]:
    for old, new in pairwise(revisions):
        before, after = old.estimate.best, new.estimate.best
        bend = Bend(new.published_at, before, after, new.reason.value)
        told = _stands_on(new) and new.event_id in stated
        if before != after and (bend.falls or not told):
            yield bend


def _contested(steps: Iterable[Step]) -> list[Span]:
    spans: list[Span] = []
    for step in steps:
        if step.contested:
            since = step.since
            if spans and spans[-1].until == since:
                since = spans.pop().since
            spans.append(Span(since, step.until))
    return spans


def _in_sight(steps: Sequence[Step], marks: Iterable[Mark]) -> tuple[int, int]:
    """The numbers between which the estimate moved, and the figures that are not far off them.

    One that is farther off than the whole movement would flatten it. Nought is in sight where
    that takes no more room than the rest.
    """
    figures = [each.number for each in marks]
    stood = [number for each in steps for number in (each.best, each.low, each.high)]
    known = [each for each in stood if each is not None] or figures
    if any(each.low is None and each.high is not None for each in steps):
        known.append(0)  # a ceiling alone says: from nobody up to that
    lowest, highest = min(known), max(known)
    room = max(highest - lowest, highest // 2, 1)
    near = [each for each in figures if lowest - room <= each <= highest + room]
    lowest, highest = min([lowest, *near]), max([highest, *near])
    if lowest * 2 <= highest:
        return 0, max(highest, 1)
    return (lowest - 1, highest + 1) if lowest == highest else (lowest, highest)
