"""The outbox emptied: claim what is due, post it, settle what became of it, or try again later.

One attempt lives in `webhook.py`; the outbox itself is the log's (`store/`); how often it is
emptied is the daemon's business.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, ParamSpec, Protocol, TypeVar

import httpx

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.signing import signing_key
from tracker.alerts.webhook import PATIENCE, Attempt, deliver
from tracker.errors import ConfigError
from tracker.store.base import Delivery, Log

LEASE: Final = timedelta(seconds=60)
"""How long a claim holds: longer than any attempt, so that nobody else posts the same alert."""

AT_ONCE: Final = 8
"""Alerts on their way to one receiver at one time, each about another incident."""

WAITS: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""Before each attempt, counted from the one before: the schedule of Standard Webhooks."""

P = ParamSpec("P")
T = TypeVar("T")


class OnWriter(Protocol):
    """Runs a call of the log on the one thread that owns it."""

    def __call__(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> Awaitable[T]: ...


@dataclass(frozen=True, slots=True)
class Posted:
    """What `drain` has to say of one alert, or (alert None) of an endpoint it could not serve."""

    endpoint: str
    alert: str | None
    attempt: Attempt
    again: datetime | None = None
    """When it is tried again; None after a success, and after the last attempt."""


def backoff(attempts: int, *, jitter: float = 0.0) -> timedelta | None:
    """How long to wait after so many failed attempts; None: give up.

    `jitter`, from 0 up to 1, adds up to a tenth, so that receivers which failed together are not
    all tried again in one moment.
    """
    if attempts >= len(WAITS):
        return None
    return WAITS[attempts] * (1 + jitter / 10)


async def drain(
    log: Log,
    endpoints: Sequence[Endpoint],
    environment: Mapping[str, str],
    client: httpx.AsyncClient,
    *,
    run: OnWriter,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    patience: timedelta = PATIENCE,
) -> list[Posted]:
    """Post everything that is due when it begins, once, and say what became of each.

    Alerts of one endpoint and incident go out in their order, each after the one before is
    settled; endpoints do not wait for each other. Two drains at once do no harm: a claim is a
    lease. An attempt that is cut off (a crash, a cancellation) is made again, with the same id,
    when its lease has run out. Whatever the log raises is raised here, after all that is in
    flight has ended.
    """
    gone = await run(log.gone)
    post = _Post(log, client, run, clock, jitter, patience)
    ends = await asyncio.gather(
        *(
            post.all_due(endpoint, environment, clock())
            for endpoint in endpoints
            if (endpoint.name, endpoint.url) not in gone
        ),
        return_exceptions=True,
    )
    return [posted for end in ends for posted in _or_raise(end)]


@dataclass(frozen=True, slots=True)
class _Post:
    """What every post of one drain needs."""

    log: Log
    client: httpx.AsyncClient
    run: OnWriter
    clock: Callable[[], datetime]
    jitter: Callable[[], float]
    patience: timedelta

    async def all_due(
        self, endpoint: Endpoint, environment: Mapping[str, str], began: datetime
    ) -> list[Posted]:
        """Everything that was due for the endpoint when the drain began."""
        try:
            key = signing_key(endpoint, environment)
        except ConfigError as error:
            due = await self.run(self.log.next_due, [endpoint.name])
            waits = due is not None and due <= began
            return [Posted(endpoint.name, None, Attempt("waiting", str(error)))] if waits else []
        done: list[Posted] = []
        while True:
            # Due when the drain began, not now: what fails in it has its next turn in another.
            claimed = await self.run(
                self.log.claim,
                [endpoint.name],
                now=began,
                until=self.clock() + LEASE,
                limit=AT_ONCE,
            )
            ends = await asyncio.gather(
                *(self.one(endpoint, delivery, key) for delivery in claimed),
                return_exceptions=True,
            )
            batch = [_or_raise(end) for end in ends]
            done += batch
            if not batch or any(posted.attempt.outcome == "gone" for posted in batch):
                return done

    async def one(self, endpoint: Endpoint, delivery: Delivery, key: bytes) -> Posted:
        """Post one claimed alert, and settle what became of it."""
        attempt = await deliver(
            self.client, endpoint, delivery, key=key, now=self.clock(), patience=self.patience
        )
        now = self.clock()
        if attempt.outcome == "gone":
            await self.run(self.log.mark_gone, endpoint.name, endpoint.url, now=now)
        again = _again(attempt, delivery, now, self.jitter())
        await self.run(
            self.log.settle,
            delivery,
            now=now,
            answer=attempt.answer,
            again=again,
            delivered=attempt.outcome == "delivered",
        )
        return Posted(endpoint.name, delivery.id, attempt, again)


def _or_raise(end: T | BaseException) -> T:
    if isinstance(end, BaseException):
        raise end
    return end


def _again(attempt: Attempt, delivery: Delivery, now: datetime, jitter: float) -> datetime | None:
    if attempt.outcome == "delivered":
        return None
    if attempt.outcome == "gone":
        return now  # It waits for another url, and goes there at once.
    wait = backoff(delivery.attempts + 1, jitter=jitter)
    return None if wait is None else now + max(wait, attempt.retry_after or wait)
