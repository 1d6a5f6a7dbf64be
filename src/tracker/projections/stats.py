"""How the figure of an incident moved, in numbers, and how its sources stood to it.

`docs/history.md` defines each number, exactly enough to recompute it by hand.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from tracker.events import FigureReported
from tracker.model import Measure, Qualifier, Revision, Role, Status
from tracker.projections.bounds import fold
from tracker.projections.estimate import Replay, replay
from tracker.projections.ledger import Ledger
from tracker.projections.policies import STANDARD
from tracker.projections.turns import course


@dataclass(frozen=True, slots=True)
class Stood:
    """A number at which the estimate stood, in its words, from when on."""

    at: datetime
    number: int
    phrase: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceStats:
    """How a source's figures stand to the estimate."""

    source: str
    figures: int
    """Whole, current figures with a number, of those that count."""
    lag: timedelta | None
    """Median time from when the estimate first stood at a number until the source printed it;
    negative where the source was first. None where it printed none of them."""
    bias: float | None
    """Mean deviation of its figures from the final one, as a share of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """One measure of the whole incident. What is not defined is None, never zero.

    The final figure is `last`; times to it begin with `first`.
    """

    incident: str
    measure: Measure
    revisions: int | None = None
    """How often the number moved after the first."""
    first: Stood | None = None
    peak: Stood | None = None
    last: Stood | None = None
    """None, too, where no number stands any more."""
    spread: int | None = None
    relative_spread: float | None = None
    falls: tuple[int, ...] | None = None
    """By how much the number fell, each time."""
    to_half: timedelta | None = None
    to_within_20: timedelta | None = None
    """Until it was within 20 % of the final figure for good."""
    to_within_5: timedelta | None = None
    contested: timedelta | None = None
    """How long two voices stood against each other, altogether."""
    sources: tuple[SourceStats, ...] = ()


def stats(ledger: Ledger, incident: str, measure: Measure, *, policy: str = STANDARD) -> Stats:
    """The numbers of one measure under a policy. Raises `UnknownName` for the policy."""
    replayed = replay(ledger, incident, measure, policy=policy)
    moves = replayed.revisions
    stood = [each for each in map(_stood, moves) if each is not None]
    if not stood:
        sources = _sources(ledger, measure, replayed, None)
        return Stats(incident=incident, measure=measure, sources=sources)
    numbers = [each.number for each in stood]
    spread = max(numbers) - min(numbers)
    last = _last(moves)
    final = last.number if last else None
    bests = [each.estimate.best for each in moves]
    reached = [each for each in stood if final and each.number * 2 >= final]
    return Stats(
        incident=incident,
        measure=measure,
        revisions=sum(one != other for one, other in pairwise(bests[bests.index(numbers[0]) :])),
        first=stood[0],
        peak=stood[numbers.index(max(numbers))],
        last=last,
        spread=spread,
        relative_spread=spread / final if final else None,
        falls=tuple(-each.change for each in moves if each.change and each.change < 0),
        to_half=reached[0].at - stood[0].at if reached else None,
        to_within_20=_to_within(20, moves, stood[0].at),
        to_within_5=_to_within(5, moves, stood[0].at),
        contested=_contested(moves, until=_newest(ledger, moves)),
        sources=_sources(ledger, measure, replayed, final),
    )


def _stood(revision: Revision) -> Stood | None:
    best, phrase = revision.estimate.best, revision.estimate.phrase
    return None if best is None else Stood(revision.published_at, best, phrase or "")


def _last(moves: Sequence[Revision]) -> Stood | None:
    """The final figure in its latest words, since when its number has stood."""
    now = _stood(moves[-1])
    since = _for_good(moves, lambda number: now is not None and number == now.number)
    return Stood(since, now.number, now.phrase) if now and since else None


def _for_good(moves: Sequence[Revision], holds: Callable[[int], bool]) -> datetime | None:
    """Since when it has held of every number; None where it does not hold of what stands."""
    since = None
    for each in reversed(moves):
        best = each.estimate.best
        if best is None or not holds(best):
            break
        since = each.published_at
    return since


def _to_within(percent: int, moves: Sequence[Revision], first: datetime) -> timedelta | None:
    final = moves[-1].estimate.best
    since = _for_good(
        moves, lambda number: final is not None and abs(number - final) * 100 <= percent * final
    )
    return None if since is None else since - first


def _contested(moves: Sequence[Revision], *, until: datetime) -> timedelta:
    """How long it stood contested, altogether; a contest that goes on, until then."""
    ends = [*(each.published_at for each in moves[1:]), until]
    return sum(
        (
            end - each.published_at
            for each, end in zip(moves, ends, strict=True)
            if each.estimate.status is Status.CONTESTED
        ),
        timedelta(0),
    )


def _newest(ledger: Ledger, moves: Sequence[Revision]) -> datetime:
    """When something was last heard of the incident."""
    heard = [each.figure.published_at for each in ledger.entries]
    return max([*heard, moves[-1].published_at])


def _sources(
    ledger: Ledger, measure: Measure, replayed: Replay, final: int | None
) -> tuple[SourceStats, ...]:
    """Each source that gave a figure of the whole, by name."""
    first_stood: dict[int, datetime] = {}
    for each in filter(None, map(_stood, replayed.revisions)):
        first_stood.setdefault(each.number, each.at)
    gone = course(ledger).out
    printed: dict[str, list[tuple[datetime, int]]] = {}
    for entry in ledger.entries:
        figure = entry.figure
        number = _number(figure)
        whole = figure.measure is measure and figure.scope is None
        counts = figure.role is Role.CURRENT or (ledger.ongoing and figure.role is Role.BACKGROUND)
        if whole and counts and number is not None and entry.event.id not in gone:
            printed.setdefault(figure.source, []).append((figure.published_at, number))
    return tuple(
        SourceStats(
            source=source,
            figures=len(figures),
            lag=_median(_lags(figures, first_stood)),
            bias=_bias([number for _, number in figures], final),
        )
        for source, figures in sorted(printed.items())
    )


def _number(figure: FigureReported) -> int | None:
    """N as stated; what a vague word stands for is not."""
    if figure.qualifier is Qualifier.VAGUE:
        return None
    return fold(figure.low, figure.high, figure.qualifier, figure.word)[0]


def _lags(
    printed: Iterable[tuple[datetime, int]], first_stood: Mapping[int, datetime]
) -> list[timedelta]:
    """For each number at which the estimate has stood: how much later it was first printed."""
    first: dict[int, datetime] = {}
    for at, number in printed:
        first.setdefault(number, at)
    return [at - first_stood[number] for number, at in first.items() if number in first_stood]


def _median(lags: Iterable[timedelta]) -> timedelta | None:
    """The middle one; of an even number, half-way between the middle two."""
    found = sorted(lags)
    if not found:
        return None
    middle = len(found) // 2
    return (found[middle] + found[-middle - 1]) / 2


def _bias(numbers: Sequence[int], final: int | None) -> float | None:
    return (sum(numbers) / len(numbers) - final) / final if final else None
