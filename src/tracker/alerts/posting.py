"""The outbox emptied: claim what is due, send it, settle what became of it, or try again later.

One attempt lives in `webhook.py` and `notify.py`; the outbox itself is the log's (`store/`); how
much an endpoint is sent at a time is decided in `reach.py`.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final

import httpx

from tracker.alerts.book import Asked, Book, Ended, OnWriter, Turn
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.posted import Posted, Teller, in_words
from tracker.alerts.waits import RETURNED, again_at
from tracker.alerts.ways import Way, Ways
from tracker.alerts.webhook import PATIENCE, Attempt
from tracker.errors import ConfigError
from tracker.store.base import Delivery, Log

__all__ = ["Posted", "Postroom", "drain"]

AT_ONCE: Final = datetime.min.replace(tzinfo=UTC)
"""When something may be due that nobody has looked at yet."""

PREPARED: Final = 1.0
"""Seconds for which a way holds, before its secrets are read again."""
TROUBLE: Final = 1.0
"""Seconds until the log is tried again after it has raised something."""


async def drain(
    log: Log,
    endpoints: Sequence[Endpoint],
    environment: Mapping[str, str],
    client: httpx.AsyncClient,
    *,
    run: OnWriter,
    clock: Callable[[], datetime],
    jitter: Callable[[], float],
    posted: Callable[[Posted], None] = lambda _: None,
    only: frozenset[str] | None = None,
    patience: timedelta = PATIENCE,
) -> None:
    """Send everything that is due when it begins, once, and tell of each attempt as it is settled.

    `endpoints` are all that are configured; with `only`, these alone are sent to, by name. What
    fails in it has its next turn in another. Two drains at once do no harm: a claim is a lease.
    Whatever the log raises is raised here, after all that is in flight has ended.
    """
    ways = Ways(client, environment, patience)
    room = Postroom(log, ways, run=run, clock=clock, jitter=jitter, posted=posted, sparing=False)
    await room.serve(endpoints, only)
    await room.empty()


class Postroom:
    """Sends alerts to endpoints, as long as it lives, and settles what becomes of each.

    Those of one endpoint about one thing go out in their order, each after the one before is
    settled; no endpoint waits for another. An attempt that is cut off (a crash, a cancellation)
    is made again, with the same id, when its lease has run out. Attempts that ended are settled,
    and others claimed, in one call of the log; while that is at work, more of them end.
    """

    def __init__(
        self,
        log: Log,
        ways: Ways,
        *,
        run: OnWriter,
        clock: Callable[[], datetime],
        jitter: Callable[[], float],
        posted: Callable[[Posted], None],
        trouble: Callable[[str], None] = lambda _: None,
        sparing: bool = True,
    ) -> None:
        """`sparing`: an endpoint that only fails is not told of each time."""
        self._book, self._ways, self._run, self._clock = Book(log, clock), ways, run, clock
        self._jitter, self._tell = jitter, Teller(posted, trouble, sparing=sparing)
        self._served = frozenset[str]()
        """Those that are sent to, by name."""
        self._due: dict[str, datetime] = {}
        """When an endpoint may have something to send; those that are not in it have not."""
        self._prepared: dict[str, tuple[Endpoint, Way, float]] = {}
        self._flying: Counter[str] = Counter()
        """Attempts on their way, by endpoint, and those that are not settled yet."""
        self._posts: set[asyncio.Task[None]] = set()
        self._ended: list[Ended] = []
        self._something = asyncio.Event()
        self._stopping = False

    async def serve(
        self, endpoints: Sequence[Endpoint], only: frozenset[str] | None = None
    ) -> None:
        """Send to these from now on, or only to some of them. May raise what the log raises."""
        self._book.endpoints = {each.name: each for each in endpoints}
        self._served = frozenset(self._book.endpoints)
        if only is not None:
            self._served &= only
        await self._run(self._book.learn)
        self.wake()

    def wake(self) -> None:
        """Something may be due to anybody: it was committed just now, or some time has passed."""
        self._due = dict.fromkeys(self._served, AT_ONCE)
        self._something.set()

    async def listen(self) -> bool:
        """Whether another process has written to the log since the last time; if so, wake.

        May raise what the log raises.
        """
        await self._run(self._book.listen)
        heard, self._book.overheard = self._book.overheard, False
        if heard:
            self.wake()
        return heard

    def stop(self) -> None:
        """Take what is due once more, and finish what is then in flight."""
        self._stopping = True
        self._something.set()

    async def work(self) -> None:
        """Send what is due whenever it is, until stopped. Whatever the log raises is told."""
        try:
            while True:
                last = self._stopping
                self._something.clear()
                error = await self._turn(self._clock())
                self._tell_of(error)
                if last:
                    break
                await self._pause(TROUBLE if error is not None else 0)
            self._tell_of(await self._finish())
        finally:
            self._stopping = False
            await self._cut_off()

    async def empty(self) -> None:
        """Send everything that is due now, once. Raises at the end what the log raises, and any bug
        of whoever is told.
        """
        began = self._clock()
        try:
            while self._flying or any(at <= began for at in self._due.values()):
                self._something.clear()
                # Due when it began, not now: what fails has its next turn another time.
                error = await self._turn(began)
                if error is not None:
                    await self._finish()
                    raise error
                if self._flying and not self._ended:
                    await self._something.wait()
        finally:
            await self._cut_off()
        if self._tell.bug is not None:
            raise self._tell.bug

    def _tell_of(self, error: Exception | None) -> None:
        if error is not None:
            self._tell.trouble(f"outbox: {in_words(error)}")

    async def _pause(self, least: float) -> None:
        """Until something has ended or was committed, or something is due."""
        await asyncio.sleep(least)
        due = min(self._due.values(), default=None)
        seconds = None if due is None else max(0.0, (due - self._clock()).total_seconds())
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._something.wait()

    async def _turn(self, now: datetime) -> Exception | None:
        """Settle what has ended, claim what is due, and send it. What the log raised, if it did."""
        ended, self._ended = self._ended, []
        ending = Counter(each.endpoint.name for each in ended)
        asked = list[Asked]()
        for name in [name for name, at in self._due.items() if at <= now]:
            self._due.pop(name, None)  # all may be due anew, or others be served, by now
            if name in self._served:
                flying = self._flying[name] - ending[name]
                asked.append(await self._asked(self._book.endpoints[name], flying))
        if not ended and not asked:
            return None
        try:
            turn = await self._run(self._book.turn, ended, asked, now)
        except Exception as error:  # noqa: BLE001 — whoever asked tells of it, and tries again
            turn = Turn(error=error)
        if turn.settled:
            self._flying -= ending
            for became in turn.became:
                self._tell.attempt(became)
        else:
            self._ended = ended + self._ended
        for each in asked:
            self._answered(each, turn, now)
        if turn.told:
            self.wake()
        return turn.error

    def _answered(self, asked: Asked, turn: Turn, now: datetime) -> None:
        """Send what was claimed for an endpoint, and note when to look at it again."""
        name = asked.endpoint.name
        claimed = turn.claimed.get(name)
        if turn.error is not None:
            self._may_be_due(name, AT_ONCE)
        elif claimed is None:
            # It is full, until an attempt ends; or disabled; or left alone for a while.
            opens = turn.opens.get(name)
            if opens is not None and opens > now:
                self._may_be_due(name, opens)
        else:
            if asked.way is not None:
                for delivery in claimed.deliveries:
                    self._send(asked.endpoint, asked.way, delivery)
            if claimed.next_at is not None and claimed.next_at > now:
                self._may_be_due(name, claimed.next_at)
            elif claimed.next_at is not None and asked.way is None:
                self._tell.locked(asked.endpoint, asked.locked, now)
                self._may_be_due(name, now + RETURNED)
            # Where more is due than there is room for, an attempt will end.

    def _may_be_due(self, name: str, at: datetime) -> None:
        self._due[name] = min(at, self._due.get(name, at))

    async def _asked(self, endpoint: Endpoint, flying: int) -> Asked:
        """The endpoint with the way to it, which is not much older than now."""
        time = asyncio.get_running_loop().time()
        known = self._prepared.get(endpoint.name)
        if known is None or known[0] is not endpoint or time - known[2] >= PREPARED:
            try:
                way = await self._ways.to(endpoint)
            except Exception as error:  # noqa: BLE001 — one endpoint's bug must not end the others
                return Asked(endpoint, flying, None, in_words(error))
            self._prepared[endpoint.name] = known = endpoint, way, time
        return Asked(endpoint, flying, known[1])

    def _send(self, endpoint: Endpoint, way: Way, delivery: Delivery) -> None:
        self._flying[endpoint.name] += 1
        task = asyncio.create_task(self._attempt(endpoint, way, delivery))
        self._posts.add(task)
        task.add_done_callback(self._posts.discard)

    async def _attempt(self, endpoint: Endpoint, way: Way, delivery: Delivery) -> None:
        """Make one attempt, and leave it to the next turn to settle."""
        time = asyncio.get_running_loop().time
        began = time()
        try:
            attempt = await way(delivery, self._clock())
        except ConfigError as error:
            # Its secret is not there for a moment: somebody writes the file anew.
            attempt = Attempt("waiting", str(error))
            self._prepared.pop(endpoint.name, None)
        except Exception as error:  # noqa: BLE001 — one alert's bug must not end the others
            attempt = Attempt("retry", in_words(error))
        took, now = timedelta(seconds=time() - began), self._clock()
        again = None
        if attempt.outcome == "gone":
            again = now  # It waits for another url, and goes there at once.
        elif attempt.outcome == "waiting":
            again = now + RETURNED
        elif attempt.outcome != "delivered":
            jitter, asked = self._jitter(), attempt.retry_after
            again = again_at(delivery.attempts + 1, now, jitter=jitter, retry_after=asked)
        self._ended.append(Ended(endpoint, delivery, attempt, now, took, again))
        self._may_be_due(endpoint.name, AT_ONCE)
        self._something.set()

    async def _finish(self) -> Exception | None:
        """Wait for what is in flight, and settle it. What the log raised, if it did."""
        if self._posts:
            await asyncio.wait(self._posts)
        self._due.clear()
        return await self._turn(self._clock())

    async def _cut_off(self) -> None:
        posts = [*self._posts]
        for each in posts:
            each.cancel()
        await asyncio.gather(*posts, return_exceptions=True)
        self._flying = Counter(each.endpoint.name for each in self._ended)
