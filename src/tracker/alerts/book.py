"""The postroom's book: which attempts ended how, what is claimed, and who can be reached.

All of this runs on the log's thread. What is sent, and when, is the business of `posting.py`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Literal, ParamSpec, Protocol, TypeVar

from tracker.alerts.disabled import endpoint_about, endpoint_alerts
from tracker.alerts.endpoint import Channel, Endpoint
from tracker.alerts.hours import not_before
from tracker.alerts.reach import after, each_at_once, opens_at, reach_of, room
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
class Became:
    """An attempt that is settled, and how its endpoint could be reached before and after it."""

    ended: Ended
    before: Reach
    after: Reach


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
    became: Sequence[Became] = ()
    """Of those settled: not those whose alert was another's by then."""
    told: bool = False
    """Whether other endpoints are told of one that was disabled."""
    claimed: Mapping[str, Claimed] = field(default_factory=dict)
    """By endpoint; of those with no room, nothing."""
    opens: Mapping[str, datetime] = field(default_factory=dict)
    """When those are to be asked again that are sent nothing now, by quiet hours or their wish."""
    error: Exception | None = None


class Book:
    """What is known of each endpoint's reach, as the log has it, and what is done to the outbox."""

    def __init__(self, log: Log, clock: Callable[[], datetime]) -> None:
        self._log, self._clock = log, clock
        self._reach: dict[str, Reach] = {}
        self.endpoints: dict[str, Endpoint] = {}
        """All that are configured: those that are sent to, and those that are told of them."""
        self.overheard = False
        """Whether another process has written since somebody looked at this."""

    def learn(self) -> None:
        """Read how everybody can be reached; what failed where one was before is sent on at once.

        This is once for each address: what is known of the new one is on record from now on.
        """
        self._read()
        if not any(map(self._has_moved, self.endpoints.values())):
            return
        now = self._clock()
        with self._log.together(sync="NORMAL"):
            self._read()
            moved = [each for each in self.endpoints.values() if self._has_moved(each)]
            for each in moved:
                self._log.hasten(each.name, now=now)
            self._log.settle([], [self.reach(each) for each in moved], now=now)
        self._read()

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
        settled, became, told = False, list[Became](), False
        try:
            self.listen()
            if ended:
                became, told = self._settle(ended, now)
            settled = True
            rooms, opens = self._rooms(asked)
            until = self._clock() + LEASE
            claimed = self._log.claim(rooms, now=now, until=until) if rooms else {}
        except Exception as error:  # noqa: BLE001 — whoever asked tells of it, and tries again
            return Turn(settled, became, told, error=error)
        return Turn(settled, became, told, claimed, opens)

    def _read(self) -> None:
        self._log.has_changed()
        self._reach = {each.endpoint: each for each in self._log.reach()}

    def _has_moved(self, endpoint: Endpoint) -> bool:
        known = self._reach.get(endpoint.name)
        return known is not None and known.address != endpoint.address

    def _rooms(self, asked: Sequence[Asked]) -> tuple[dict[str, int], dict[str, datetime]]:
        """How much may be claimed for each; and when to ask again for those that get nothing."""
        rooms, later = dict[str, int](), dict[str, datetime]()
        # Not when a drain began: nobody is woken by what it sends later, nor are the dead tried.
        at_once, now = each_at_once(len(self.endpoints)), self._clock()
        for each in asked:
            reach = self.reach(each.endpoint)
            quiet = not_before(each.endpoint.rules, now)
            # A service's pace is kept by one who sends one message after the other.
            most = 1 if isinstance(each.endpoint.way, Channel) else at_once
            left = 0 if quiet else room(reach, now, most) - each.flying
            if left > 0:
                rooms[each.endpoint.name] = left if each.way else 0
            elif not reach.disabled:
                opens = max(filter(None, (quiet, opens_at(reach, now))), default=now)
                if opens > now:
                    later[each.endpoint.name] = opens
        return rooms, later

    def _settle(self, ended: Sequence[Ended], now: datetime) -> tuple[list[Became], bool]:
        """Settle these: what became of each, and whether others are told of one disabled by it."""
        became, reach, alerts = list[Became](), dict[str, Reach](), list[Alert]()
        # What an operator decides meanwhile, in another process, must not be written over: it is
        # either seen here, or comes after.
        with self._log.together(sync="NORMAL"):
            self.listen()
            counted = self._log.settle([_settled(each) for each in ended], now=now)
            for each in ended:
                outcome, name = each.attempt.outcome, each.endpoint.name
                configured = self.endpoints.get(name)
                is_here = configured is not None and configured.address == each.endpoint.address
                before = self.reach(each.endpoint)
                if is_here:
                    before = reach.get(name, before)
                if outcome == "waiting":  # nothing was sent, so that nobody failed
                    became.append(Became(each, before, before))
                elif each.delivery.id not in counted:
                    pass  # Another took the alert over, and has the last word.
                elif not is_here:  # it says nothing of the place where the endpoint is now
                    became.append(Became(each, before, before))
                else:
                    reach[name] = after(before, outcome, each.at, each.attempt.retry_after)
                    became.append(Became(each, before, reach[name]))
                    if reach[name].disabled and not before.disabled:
                        alerts += self._news_of(each, reach[name])
            self._log.settle([], [*reach.values()], alerts, now=now)
        self._reach.update(reach)
        return became, bool(alerts)

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
    outcome: Literal["delivered", "failed", "given up", "returned"]
    match ended.attempt.outcome:
        case "delivered":
            outcome = "delivered"
        case "waiting":
            outcome = "returned"
        case _:
            outcome = "failed" if ended.again else "given up"
    return Settled(
        delivery=ended.delivery,
        outcome=outcome,
        at=ended.at,
        took=ended.took,
        answer=ended.attempt.answer,
        status=ended.attempt.status,
        said=ended.attempt.said,
        again=ended.again,
    )
