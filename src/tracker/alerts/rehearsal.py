"""Which alerts a set of rules would have sent: the past of a log, gone through once more. Pure.

Nothing is judged here: each append of the past is handed to the rules that are in force when it
comes for the first time, and what these hold or owe is told by the clock of the past.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import chain
from typing import Final

from tracker.alerts.endpoint import NONE, Endpoint
from tracker.alerts.hours import not_before
from tracker.alerts.incidents import opened_now
from tracker.alerts.judgement import judge
from tracker.alerts.later import Due, parted, told_now
from tracker.alerts.memory import DIGESTS, Circumstances, Memory
from tracker.alerts.rules import alerts_due
from tracker.events import Event, FigureReread, IncidentOpened
from tracker.model import Estimate, Measure
from tracker.projections.steps import Step, Steps
from tracker.store.records import Alert, Held, Outbox, Owed, Told

PASS: Final = timedelta(minutes=1)
"""How long nothing may be recorded until a pass is taken to be over, and what is owed is told."""
RIGHT_BEFORE: Final = timedelta(microseconds=1)

Key = tuple[str, str, Measure, str | None]
"""Endpoint, incident, measure, scope."""


@dataclass(frozen=True, slots=True)
class Sent:
    """An alert that would have gone out, and when."""

    at: datetime
    alert: Alert


@dataclass(frozen=True, slots=True)
class Unsent:
    """A move that an endpoint would not have been told then, and the rule that stopped it.

    `rule` is one of `judgement.RULES`; or "held" or "owed", where it was put off.
    """

    at: datetime
    endpoint: str
    after: Estimate
    before: Told | None
    rule: str
    until: datetime | None = None
    """Until when it is held."""


def rehearse(
    events: Iterable[Event],
    endpoints: Sequence[Endpoint],
    *,
    fresh: timedelta,
    now: datetime,
    names: Mapping[str, str] | None = None,
) -> Iterator[Sent | Unsent]:
    """What these endpoints would have been told of the events of incidents, until now.

    They begin with having been told nothing. Whether an append was an import, which is no news, is
    not known by its events: it is taken for none. Raises `UnknownName` for a policy.
    """
    steps = Steps(events, (each.policy for each in endpoints))
    past = _Remembered({each.name: each for each in endpoints}, steps, names or {})
    end = now
    while (at := steps.next_at) is not None:
        yield from past.tell_until(at)
        yield from past.hear(steps.go_on(), fresh)
        end = max(end, at + PASS)
    yield from past.tell_until(end)


def as_published(events: Iterable[Event]) -> list[Event]:
    """The events as if each had been recorded when it counts from, however late it came.

    Whatever is read otherwise by now was always read so, and each incident was there before.
    """
    first: dict[str, datetime] = {}
    every = [*events]
    for each in every:
        counts = each.fact.effective_at
        first[each.stream] = min(counts, first.get(each.stream, counts))

    def moment(each: Event) -> datetime:
        if isinstance(each.fact, IncidentOpened):
            return first[each.stream] - RIGHT_BEFORE
        before = isinstance(each.fact, FigureReread)
        return each.fact.effective_at - (RIGHT_BEFORE if before else NONE)

    every.sort(key=lambda each: (moment(each), each.position))
    return [
        replace(each, position=place, recorded_at=moment(each))
        for place, each in enumerate(every, 1)
    ]


@dataclass(slots=True)
class _Remembered:
    """What the log would remember: of what endpoints were told, are to be told and are owed."""

    endpoints: Mapping[str, Endpoint]
    steps: Steps
    names: Mapping[str, str]
    told: dict[str, dict[Key, Told]] = field(default_factory=dict)
    """By incident."""
    held: dict[Key, Held] = field(default_factory=dict)
    owed: dict[Owed, datetime] = field(default_factory=dict)
    """Each with the moment at which it is told."""
    sequences: dict[tuple[str, str], int] = field(default_factory=dict)

    def hear(self, step: Step, fresh: timedelta) -> Iterator[Sent | Unsent]:
        """What comes of one append at once."""
        # Nobody published anything where words were read anew.
        is_news = not any(isinstance(each, FigureReread) for each in step.facts)
        opened = opened_now(step.facts, now=step.at, fresh=fresh)
        about = [each.after.incident for each in step.moved], [each.incident for each in opened]
        outbox = alerts_due(
            step.moved,
            [*self.endpoints.values()],
            self._memory(chain(*about)),
            self._around(step.at),
            fresh=fresh if is_news else None,
            opened=opened,
        )
        for move in step.moved:
            for endpoint in self.endpoints.values():
                if endpoint.policy == move.policy:
                    yield from self._unsent(endpoint, move.after, outbox, step.at)
        yield from self._take(outbox, step.at)

    def tell_until(self, moment: datetime) -> Iterator[Sent | Unsent]:
        """What comes due up to then, each at its own moment."""
        while (at := self._next()) is not None and at <= moment:
            held = [each for each in self.held.values() if each.until <= at]
            owed = [each for each, then in self.owed.items() if then <= at]
            for endpoint in self.endpoints.values():
                for due in parted(endpoint, held, owed, now=at):
                    yield from self._tell(endpoint, due, at)

    def _tell(self, endpoint: Endpoint, due: Due, at: datetime) -> Iterator[Sent | Unsent]:
        standing = {each: self.steps.standing(each, endpoint.policy) for each in due.incidents}
        memory = self._memory(due.incidents)
        outbox = told_now(due, endpoint, standing, memory, self._around(at))
        stands = {
            _key(endpoint.name, each.after): each for own in standing.values() for each in own
        }
        for held in due.held:
            if (move := stands.get(_key(endpoint.name, held))) is not None:
                yield from self._unsent(endpoint, move.after, outbox, at)
        yield from self._take(outbox, at)

    def _next(self) -> datetime | None:
        moments = (each.until for each in self.held.values())
        return min((*moments, *self.owed.values()), default=None)

    def _memory(self, incidents: Iterable[str]) -> Memory:
        about = {*incidents, DIGESTS}
        return Memory(
            told=tuple(row for each in about for row in self.told.get(each, {}).values()),
            held=tuple(each for each in self.held.values() if each.incident in about),
            sequences={
                (each, name): self.sequences.get((each, name), 0)
                for each in about
                for name in self.endpoints
            },
        )

    def _around(self, at: datetime) -> Circumstances:
        return Circumstances(now=at, log_id="rehearsal", names=self.names)

    def _unsent(
        self, endpoint: Endpoint, after: Estimate, outbox: Outbox, at: datetime
    ) -> Iterator[Unsent]:
        """That this is not told now, where it is not, and why."""
        key = _key(endpoint.name, after)
        before = self.told.get(after.incident, {}).get(key)
        verdict = judge(endpoint.rules, before, after)
        until = next((each.until for each in outbox.held if _key(each.endpoint, each) == key), None)
        if not verdict.told:
            yield Unsent(at, endpoint.name, after, before, verdict.rule)
        elif until is not None:
            yield Unsent(at, endpoint.name, after, before, "held", until)
        elif not any(_key(row.endpoint, row) == key for row in outbox.told):
            yield Unsent(at, endpoint.name, after, before, "owed")

    def _take(self, outbox: Outbox, at: datetime) -> Iterator[Sent]:
        for row in outbox.told:
            self.told.setdefault(row.incident, {})[_key(row.endpoint, row)] = row
        for each in outbox.released:
            self.held.pop(_key(each.endpoint, each), None)
        for each in outbox.held:
            self.held[_key(each.endpoint, each)] = each
        for owed in outbox.settled:
            self.owed.pop(owed, None)
        moved = {each.incident for each in outbox.owed}
        for owed in (*outbox.owed, *(each for each in self.owed if each.incident in moved)):
            over = at + PASS
            self.owed[owed] = not_before(self.endpoints[owed.endpoint].rules, over) or over
        for alert in outbox.alerts:
            self.sequences[alert.about, alert.endpoint] = alert.sequence
            yield Sent(at, alert)


def _key(endpoint: str, estimate: Estimate | Held | Told) -> Key:
    return endpoint, estimate.incident, estimate.measure, estimate.scope
