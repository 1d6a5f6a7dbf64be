"""The daemon: the sources in their turn, the outbox, and an orderly end.

On SIGTERM or SIGINT nothing new begins, what is in flight is finished, and the log is closed. A
daemon that is killed loses nothing: what was not committed is fetched again, what was not settled
is posted again with the same id. What it does in its rounds is in `rounds.py`.

What is done every few seconds takes its turns by the loop's clock, which nobody can set. The
scheduler goes by the wall clock: set back an hour, it would do nothing for one; set forward two
days, it would list all 691,200 turns that a job of every quarter of a second has missed. So it has
only what is done once a day.
"""

import asyncio
import fcntl
import logging
import os
import signal
from collections.abc import Callable, Coroutine, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Final

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from tracker.desk import Desk
from tracker.errors import AlreadyRunning, LogError
from tracker.intake import Source
from tracker.rounds import Rounds, Wire

LOOK_EVERY: Final = timedelta(seconds=0.25)
"""How often it is looked which sources are due."""
KEEP_EVERY: Final = timedelta(seconds=1)
"""How often it is written down how polls ended: those of the last second may be forgotten."""
RELOAD_EVERY: Final = timedelta(seconds=5)
"""How often it is looked whether the files of sources and incidents have changed."""
LISTEN_EVERY: Final = timedelta(seconds=0.25)
"""How often it is looked whether another process has written, or what was held back is due."""
TELL_EVERY: Final = timedelta(seconds=5)
"""How often it is looked what is due to be told, if nothing else gave cause to."""
FORGET_EVERY: Final = timedelta(days=1)
CLOCK_WATCH: Final = timedelta(seconds=30)
CLOCK_JUMP: Final = timedelta(seconds=10)

# It logs, where nobody configured logging even to stderr, that a job which has not ended yet
# misses a turn: that is as it should be.
logging.getLogger("apscheduler").setLevel(logging.ERROR)


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


async def serve(
    desk: Desk,
    wire: Wire,
    sources: Sequence[Source],
    reload: Callable[[], tuple[Desk, Sequence[Source]] | None],
) -> None:
    """Poll and post until SIGTERM or SIGINT; then finish what is in flight.

    `reload` gives what is configured now, where that has changed.
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    rounds = Rounds(desk, wire)
    await rounds.begin(desk, sources)

    async def look_at_files() -> None:
        changed = await asyncio.to_thread(reload)
        if changed is not None:
            await rounds.begin(*changed)

    scheduler = AsyncIOScheduler(job_defaults={"coalesce": True, "misfire_grace_time": None})
    by_the_day = IntervalTrigger(seconds=FORGET_EVERY.total_seconds())
    forgetting = scheduler.add_job(rounds.forget, by_the_day, next_run_time=desk.clock())

    def jumped() -> None:
        rounds.hasten()
        tomorrow = desk.clock() + FORGET_EVERY
        if forgetting.next_run_time > tomorrow:  # else, set back a year, it is not done for one
            forgetting.modify(next_run_time=tomorrow)

    async def turns(
        what: str, work: Callable[[], Coroutine[Any, Any, None]], every: timedelta
    ) -> None:
        while True:
            await asyncio.sleep(every.total_seconds())
            await rounds.tried(what, work())

    jobs = [
        asyncio.create_task(each)
        for each in (
            turns("sources", rounds.look, LOOK_EVERY),
            turns("log", rounds.keep, KEEP_EVERY),
            turns("files", look_at_files, RELOAD_EVERY),
            turns("outbox", rounds.listen, LISTEN_EVERY),
            turns("outbox", rounds.outbox, TELL_EVERY),
            watch_clock(desk.clock, jumped, every=CLOCK_WATCH),
        )
    ]
    scheduler.start()
    await stop.wait()
    scheduler.pause()
    # One that is cut off while it waits for files to be read begins nothing with them any more.
    for job in jobs:
        job.cancel()
    await asyncio.wait(jobs)
    await rounds.ended()
    scheduler.shutdown(wait=False)


async def watch_clock(
    clock: Callable[[], datetime], jumped: Callable[[], None], *, every: timedelta = CLOCK_WATCH
) -> None:
    """Tell when the clock has jumped.

    Sources are due by the wall clock: set back an hour, it would keep every one waiting for one.
    """
    loop = asyncio.get_running_loop()
    wall, steady = clock(), loop.time()
    while True:
        await asyncio.sleep(every.total_seconds())
        passed = timedelta(seconds=loop.time() - steady)
        off = abs((clock() - wall) - passed)
        wall, steady = clock(), loop.time()
        if off > CLOCK_JUMP:
            jumped()
