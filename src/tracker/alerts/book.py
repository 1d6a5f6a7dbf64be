"""The postroom's book: which attempts ended how, what is claimed, and who can be reached.

All of this runs on the log's thread. What is sent, and when, is the business of `posting.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import ParamSpec, Protocol, TypeVar

from tracker.alerts.disabled import endpoint_about, endpoint_alerts
from tracker.alerts.endpoint import Channel, Endpoint
from tracker.alerts.reach import after, each_at_once, reach_of, room
from tracker.alerts.waits import LEASE
from tracker.alerts.ways import Way
from tracker.alerts.webhook import Attempt
from tracker.store.base import Alert, Claimed, Delivery, Log, Reach, Settled

P = ParamSpec("P")
T = TypeVar("T")


class OnWriter(Protocol):
    """Runs a call of the log on the one thread that owns it."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Ended:
    """An attempt that is to be settled."""

    endpoint: Endpoint
    delivery: Delivery
    attempt: Attempt
    at: datetime
    took: timedelta
    again: datetime | None
    """When it is tried again; None after a success, and after the last attempt."""


@dataclass(frozen=True, slots=True)
class Asked:
    """An endpoint that may have something to send."""

    endpoint: Endpoint
    flying: int
    """Attempts on their way, those not included that are settled now."""
    way: Way | None
    """The way to it; None: it cannot be served, and is only asked whether something is due …"""
    locked: str = ""
    """… and why that is so, for people."""


@dataclass(frozen=True, slots=True)
class Turn:
    """What came of one call: each part of it may have failed."""

    settled: bool = False
    told: bool = False
    """Whether other endpoints are told of one that was disabled."""
    claimed: Mapping[str, Claimed] = field(default_factory=dict)
    """By endpoint; of those with no room, nothing."""
    error: Exception | None = None


class Book:
    """What is known of each endpoint's reach, as the log has it, and what is done to the outbox."""

    def __init__(self, log: Log, clock: Callable[[], datetime]) -> None:
        self._log, self._clock = log, clock
        self._reach: dict[str, Reach] = {}
        self.endpoints: dict[str, Endpoint] = {}
        """Those that are sent to."""
        self.overheard = False
        """Whether another process has written since somebody looked at this."""

    def learn(self) -> None:
        """Read how everybody can be reached."""
        self._log.has_changed()
        self._reach = {each.endpoint: each for each in self._log.reach()}

    def listen(self) -> None:
        """See whether another process has written: an operator may have enabled somebody."""
        if self._log.has_changed():
            self.overheard = True
            self._reach = {each.endpoint: each for each in self._log.reach()}

    def reach(self, endpoint: Endpoint) -> Reach:
        """How the endpoint can be reached, where it is now."""
        return reach_of(endpoint, self._reach.get(endpoint.name))

    def turn(self, ended: Sequence[Ended], asked: Sequence[Asked], now: datetime) -> Turn:
        """Settle what has ended, and claim what is due for those that have room."""
        settled = told = False
        try:
            # What an operator decided meanwhile must not be written over.
            self.listen()
            if ended:
                told = self._settle(ended, now)
            settled = True
            rooms = self._rooms(asked, now)
            until = self._clock() + LEASE
            claimed = self._log.claim(rooms, now=now, until=until) if rooms else {}
        except Exception as error:  # noqa: BLE001 — whoever asked tells of it, and tries again
            return Turn(settled, told, error=error)
        return Turn(settled, told, claimed)

    def _rooms(self, asked: Sequence[Asked], now: datetime) -> dict[str, int]:
        rooms, at_once = dict[str, int](), each_at_once(len(self.endpoints))
        for each in asked:
            # A service's pace is kept by one who sends one message after the other.
            most = 1 if isinstance(each.endpoint.way, Channel) else at_once
            left = room(self.reach(each.endpoint), now, most) - each.flying
            if left > 0:
                rooms[each.endpoint.name] = left if each.way else 0
        return rooms

    def _settle(self, ended: Sequence[Ended], now: datetime) -> bool:
        """Settle these; whether others are told that an endpoint was disabled by it."""
        reach, alerts = dict[str, Reach](), list[Alert]()
        for each in ended:
            name = each.endpoint.name
            configured = self.endpoints.get(name)
            if configured is None or configured.address != each.endpoint.address:
                continue  # It says nothing of the place where the endpoint is now.
            before = reach.get(name) or self.reach(each.endpoint)
            outcome = "retry" if each.attempt.outcome == "waiting" else each.attempt.outcome
            reach[name] = after(before, outcome, each.at, each.attempt.retry_after)
            if reach[name].disabled and not before.disabled:
                alerts += self._news_of(each, reach[name])
        settled = [_settled(each) for each in ended]
        self._log.settle(settled, [*reach.values()], alerts, now=now)
        self._reach.update(reach)
        return bool(alerts)

    def _news_of(self, ended: Ended, reach: Reach) -> tuple[Alert, ...]:
        return endpoint_alerts(
            ended.endpoint,
            [*self.endpoints.values()],
            self._log.last_sequences(endpoint_about(ended.endpoint.name)),
            why="gone" if reach.disabled == "gone" else "failing",
            answer=ended.attempt.answer,
            failing_since=reach.failing_since,
            now=ended.at,
            log_id=self._log.identity,
        )


def _settled(ended: Ended) -> Settled:
    delivered = ended.attempt.outcome == "delivered"
    return Settled(
        delivery=ended.delivery,
        outcome="delivered" if delivered else "failed" if ended.again else "given up",
        at=ended.at,
        took=ended.took,
        answer=ended.attempt.answer,
        status=ended.attempt.status,
        said=ended.attempt.said,
        again=ended.again,
    )
