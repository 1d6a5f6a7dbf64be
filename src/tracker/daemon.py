"""The daemon: a job for each source, one for the outbox, and an orderly end.

On SIGTERM or SIGINT nothing new begins, what is in flight is finished, and the log is closed. A
daemon that is killed loses nothing: what was not committed is fetched again, what was not settled
is posted again with the same id.
"""

import asyncio
import fcntl
import logging
import os
import random
import signal
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx
from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.alerts.posting import Posted, drain
from tracker.desk import Desk
from tracker.errors import AlreadyRunning, LogError, TrackerError
from tracker.intake import Source
from tracker.model import Revision
from tracker.pipeline import Polled, poll, send_backfills
from tracker.store.schema import KEPT

OUTBOX_EVERY: Final = timedelta(seconds=5)
CLOCK_WATCH: Final = timedelta(seconds=30)
CLOCK_JUMP: Final = timedelta(seconds=10)
IN_FLIGHT: Final = timedelta(seconds=50)
"""How long the end may take: longer than a fetch (30 s) and a post (15 s) together."""

AT_ONCE: Final = 20
"""Sources polled at one time."""

# It logs, where nobody configured logging even to stderr, that a source which has not answered yet
# misses a turn: that is as it should be.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The way out, and whom to tell what happens on it."""

    sources: httpx.AsyncClient
    receivers: httpx.AsyncClient
    environment: Mapping[str, str]
    found: Callable[[Revision], None]
    polled: Callable[[Polled], None]
    posted: Callable[[Posted], None]
    trouble: Callable[[str], None]


@contextmanager
def alone(path: Path) -> Iterator[None]:
    """Hold the log's daemon lock, which ends with the process however it ends.

    Raises:
        AlreadyRunning: another daemon holds it.
        LogError: the lock's file may not be written.
    """
    try:
        lock = path.open("a+")
    except OSError as error:
        raise LogError(
            f"{path} cannot be written ({error.strerror}): check that its folder is there, and the "
            "rights of both"
        ) from None
    with lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            raise AlreadyRunning(
                f"a daemon already serves this log (process {lock.read().strip() or 'unknown'}): "
                "stop it first, or use another --db"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


async def pass_once(desk: Desk, wire: Wire, sources: Sequence[Source]) -> list[Polled]:
    """Poll each source once, then post what is due."""
    turns = asyncio.Semaphore(AT_ONCE)

    async def turn(source: Source) -> Polled:
        async with turns:
            polled = await poll(desk, wire.sources, source, wire.found)
            wire.polled(polled)
            return polled

    done = await asyncio.gather(*(turn(each) for each in sources))
    await desk.run(send_backfills, desk)
    await post_due(desk, wire)
    return done


async def post_due(desk: Desk, wire: Wire) -> None:
    """Post the alerts that are due, and tell of each."""
    for posted in await drain(
        desk.log,
        desk.endpoints,
        wire.environment,
        wire.receivers,
        run=desk.run,
        clock=desk.clock,
        jitter=random.random,
    ):
        wire.posted(posted)


class Rounds:
    """The jobs, and which of them are under way."""

    def __init__(self, desk: Desk, wire: Wire, sources: Sequence[Source]) -> None:
        self._desk, self._wire = desk, wire
        self._not_yet_polled = {each.id for each in sources}
        self._under_way: set[asyncio.Task[None]] = set()
        self._turns = asyncio.Semaphore(AT_ONCE)

    async def source(self, source: Source) -> None:
        await self._finish(source.id, self._poll(source))

    async def outbox(self) -> None:
        await self._finish("outbox", self._post())

    async def forget(self) -> None:
        before = self._desk.clock() - KEPT
        await self._finish("log", self._desk.run(self._desk.log.forget_texts, before=before))

    async def ended(self, *, within: timedelta = IN_FLIGHT) -> None:
        """Wait for what is under way, and cut off what is still so after that time.

        A fetch and a post have bounds of their own; many posts to a receiver that hangs have not,
        and what is cut off is posted after the next start, with the same id.
        """
        try:
            async with asyncio.timeout(within.total_seconds()):
                while self._under_way:
                    await asyncio.wait(self._under_way)
        except TimeoutError:
            for task in self._under_way:
                task.cancel()
        # The log's thread finishes what it has begun.
        await self._desk.run(lambda: None)

    async def _poll(self, source: Source) -> None:
        try:
            async with self._turns:
                polled = await poll(self._desk, self._wire.sources, source, self._wire.found)
        finally:
            self._not_yet_polled.discard(source.id)
        self._wire.polled(polled)
        if polled.events:
            # Not waited for: a receiver that hangs must not keep the source from its next turn.
            self.begin("outbox", self._post())

    async def _post(self) -> None:
        # What a backfill says is known when the first pass is over. Later ones wait for nobody:
        # of many sources, some one is always being polled.
        if not self._not_yet_polled:
            await self._desk.run(send_backfills, self._desk)
        # Posts may overlap: a claim is a lease, and nothing new waits for a receiver that hangs.
        await post_due(self._desk, self._wire)

    async def _finish(self, what: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do it to the end, even if the scheduler is stopped."""
        await asyncio.shield(self.begin(what, work))

    def begin(self, what: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
        """Have it done meanwhile; trouble is told, not raised."""

        async def told() -> None:
            try:
                await work
            except TrackerError as error:
                self._wire.trouble(f"{what}: {error}")
            except Exception as error:  # noqa: BLE001 — one job's bug must not end the others
                self._wire.trouble(f"{what}: {type(error).__name__}: {error} (please report this)")

        task = asyncio.create_task(told())
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task


async def serve(desk: Desk, wire: Wire, sources: Sequence[Source]) -> None:
    """Poll and post until SIGTERM or SIGINT; then finish what is in flight."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    rounds = Rounds(desk, wire, sources)
    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None})
    now = desk.clock()
    for source in sources:
        every = source.every.total_seconds()
        scheduler.add_job(
            rounds.source,
            IntervalTrigger(seconds=int(every), jitter=int(every / 10) or None),
            args=[source],
            id=source.id,
            next_run_time=now,
        )
    scheduler.add_job(rounds.outbox, IntervalTrigger(seconds=int(OUTBOX_EVERY.total_seconds())))
    scheduler.add_job(rounds.forget, IntervalTrigger(days=1), next_run_time=now)
    scheduler.start()
    watch = asyncio.create_task(watch_clock(desk.clock, scheduler))
    await stop.wait()
    watch.cancel()
    scheduler.pause()
    await rounds.ended()
    scheduler.shutdown(wait=False)


async def watch_clock(
    clock: Callable[[], datetime], scheduler: AsyncIOScheduler, *, every: timedelta = CLOCK_WATCH
) -> None:
    """Poll at once when the clock has jumped.

    Jobs are due by the wall clock: set back an hour, it would keep every source waiting for one.
    """
    loop = asyncio.get_running_loop()
    wall, steady = clock(), loop.time()
    while True:
        await asyncio.sleep(every.total_seconds())
        passed = timedelta(seconds=loop.time() - steady)
        jumped = abs((clock() - wall) - passed) > CLOCK_JUMP
        wall, steady = clock(), loop.time()
        if jumped:
            for job in scheduler.get_jobs():
                job.modify(next_run_time=wall)
