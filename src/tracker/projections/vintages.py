"""What was known when: the value as of each day, as the log knew it by the end of each day.

The revision triangle of real-time data, as ALFRED's vintages and Delphi's issues have it. A vintage
is a day on which the log learned something, by `recorded_at`; within it, days are those of
`published_at`. All days are UTC's and end at midnight.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from itertools import chain

from tracker.events import Event, FigureReported, FigureReread, FigureWithdrawn
from tracker.model import Estimate, Measure
from tracker.projections.estimate import replay
from tracker.projections.history import stands_otherwise
from tracker.projections.ledger import Ledger, ledger
from tracker.projections.merged import with_merged
from tracker.projections.policies import STANDARD


@dataclass(frozen=True, slots=True)
class Day:
    """A day at whose end the estimate stands otherwise than the day before, and how."""

    day: date
    estimate: Estimate


@dataclass(frozen=True, slots=True)
class Vintage:
    """What was known by the end of the day `known`: the days on which the estimate moved."""

    known: date
    days: tuple[Day, ...]

    def covers(self, day: date) -> bool:
        """Whether that day had come by then; a figure may be dated a little ahead of the log."""
        return day <= self.known or any(day <= each.day for each in self.days[-1:])

    def as_of(self, day: date) -> Estimate | None:
        """What stood at the end of that day, as known by then; None where nothing stood yet."""
        place = bisect_right(self.days, day, key=lambda each: each.day)
        return self.days[place - 1].estimate if place else None


def vintages(
    events: Iterable[Event],
    incident: str,
    measure: Measure,
    *,
    policy: str = STANDARD,
    as_of: datetime | None = None,
) -> Iterator[Vintage]:
    """Each vintage of the whole incident's estimate that differs from the one before, newest first.

    A day on which the log learned nothing that moves any day's value is no vintage. They are
    folded as they are asked for, so that the newest few of a long log are there at once. `as_of`
    leaves out what counts only later. Raises `UnknownName` for the policy.
    """
    learned: dict[date, list[Event]] = {}
    for each in sorted(events, key=lambda each: each.recorded_at):
        learned.setdefault(_day(each.recorded_at), []).append(each)
    newer: Vintage | None = None
    for known in reversed(learned):
        if newer is not None and _only_goes_on(learned, known, newer.known):
            days = tuple(each for each in newer.days if each.day <= known)
        else:
            then = _known(learned, incident, known)
            days = _days(ledger(then, as_of=as_of), incident, measure, policy)
        if newer is not None and not _alike(days, newer.days):
            yield newer
        newer = Vintage(known, days)
    if newer is not None and newer.days:
        yield newer


def _day(moment: datetime) -> date:
    return moment.astimezone(UTC).date()


def _known(learned: Mapping[date, list[Event]], incident: str, known: date) -> list[Event]:
    """What was known by the end of the day, as a query of that day would have read it."""
    streams: dict[str, list[Event]] = {}
    for day, events in learned.items():
        for each in events if day <= known else ():
            streams.setdefault(each.stream, []).append(each)
    return with_merged(incident, lambda stream: streams.get(stream, ()))


def _only_goes_on(learned: Mapping[date, list[Event]], known: date, following: date) -> bool:
    """Whether what was learned on the following day leaves every day up to `known` as it was.

    Then the older vintage is the beginning of the newer one, and need not be folded.
    """
    end = datetime.combine(known, time.max, UTC)
    timed = (FigureReported, FigureWithdrawn, FigureReread)
    before = (events for day, events in learned.items() if day <= known)
    return all(
        isinstance(each.fact, timed) and each.fact.effective_at > end for each in learned[following]
    ) and all(each.fact.effective_at <= end for each in chain.from_iterable(before))


def _days(folded: Ledger, incident: str, measure: Measure, policy: str) -> tuple[Day, ...]:
    """The ends of days at which the estimate stands otherwise than at the end before."""
    revisions = replay(folded, incident, measure, policy=policy).revisions
    ends = {_day(each.published_at): each.estimate for each in revisions}
    days = list[Day]()
    before: Estimate | None = None
    for day, estimate in ends.items():
        if stands_otherwise(before, estimate):
            days.append(Day(day, estimate))
            before = estimate
    return tuple(days)


def _alike(one: tuple[Day, ...], other: tuple[Day, ...]) -> bool:
    return len(one) == len(other) and not any(
        mine.day != theirs.day or stands_otherwise(mine.estimate, theirs.estimate)
        for mine, theirs in zip(one, other, strict=True)
    )
