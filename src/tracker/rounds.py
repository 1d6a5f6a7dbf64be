"""What the daemon does in its rounds: poll what is due, tell what is due, write down what was.

Which source is due when is told by `agenda.py`; when a round begins, by `daemon.py`.
"""

import asyncio
import random
from collections.abc import Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

import httpx

from tracker.agenda import BETWEEN, Agenda, Network, first_due
from tracker.alerts.posting import Posted, Postroom, drain
from tracker.alerts.ways import Ways
from tracker.desk import Desk
from tracker.errors import TrackerError
from tracker.events import source_stream
from tracker.intake import Source
from tracker.model import Revision, State
from tracker.pipeline import send_due
from tracker.polling import Polled, poll
from tracker.sources.capture import is_remote
from tracker.sources.kinds import KINDS
from tracker.sources.record import address_of
from tracker.sources.web import Web
from tracker.store.schema import KEPT
from tracker.suggestions import Looked, send_suggestions

MOST_UNREAD: Final = 100
"""Answers that wait to be read, in memory: while there are more, nothing is asked …"""
NEW_UNREAD: Final = 40
"""… and while there are so many, no source that was never polled. All that such a source shows is
to be read: thousands of them take minutes, in which those that are known are to be punctual."""
NEW_AT_ONCE: Final = 16
"""How many of these begin at one look: what they are answered comes a second later, or ten."""
IN_FLIGHT: Final = timedelta(seconds=50)
"""How long the end may take: longer than a fetch (30 s) and a post (15 s) together."""
ATTEMPTS_KEPT: Final = timedelta(days=90)
"""How long it stays on record what became of each attempt to deliver an alert."""
SAID_AGAIN: Final = 60.0
"""Seconds after which the same trouble is told again: a full disk is met several times a second."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wire:
    """The way out, and whom to tell what happens on it."""

    sources: Web
    receivers: httpx.AsyncClient
    environment: Mapping[str, str]
    found: Callable[[Revision], None]
    polled: Callable[[Polled], None]
    posted: Callable[[Posted], None]
    trouble: Callable[[str], None]


async def pass_once(desk: Desk, wire: Wire, sources: Sequence[Source]) -> list[Polled]:
    """Poll each source once, then post what is due."""

    async def turn(source: Source) -> Polled:
        polled = await poll(desk, wire.sources, source, wire.found, jitter=random.random)
        wire.polled(polled)
        return polled

    done = await asyncio.gather(*(turn(each) for each in sources))
    await desk.keep()
    await desk.run(send_due, desk, backfills=True)
    if any(each.events for each in done):
        await send_suggestions(desk, Looked())
    await post_due(desk, wire)
    return done


async def post_due(desk: Desk, wire: Wire) -> None:
    """Post the alerts that are due, and tell of each."""
    await drain(
        desk.log,
        desk.endpoints,
        wire.environment,
        wire.receivers,
        run=desk.run,
        clock=desk.clock,
        jitter=random.random,
        posted=wire.posted,
    )


class Rounds:
    """What is to be done, and what of it is under way."""

    def __init__(self, desk: Desk, wire: Wire) -> None:
        self._desk, self._wire = desk, wire
        self._sources: dict[str, Source] = {}
        self._agenda, self._new = Agenda(), Agenda()
        """The sources that were polled before, and those that were not."""
        self._not_yet_polled: set[str] = set()
        self._under_way: set[asyncio.Task[None]] = set()
        self._said: dict[str, float] = {}
        """The trouble that was told in the last minute, and when."""
        self._network = Network((), desk.clock())
        self._postroom = Postroom(
            desk.log,
            Ways(wire.receivers, wire.environment),
            run=desk.run,
            clock=desk.clock,
            jitter=random.random,
            posted=wire.posted,
            trouble=self._trouble,
        )
        self._posting: asyncio.Task[None] | None = None
        self._due_at: datetime | None = None
        """When something that is held back is to be told, as far as is known."""
        self._looking = False
        """Whether it is about to be looked what is due to be told."""
        self._looked = Looked()

    async def begin(self, desk: Desk, sources: Sequence[Source]) -> None:
        """Poll these from now on, with this desk; those that are new or changed, soon."""
        self._desk = desk
        await self._postroom.serve(desk.endpoints)
        self._keep_posting()
        polls = await desk.run(lambda: {each.source: each for each in desk.log.polls()})
        now, fresh = desk.clock(), 0
        for source in sources:
            before = self._sources.get(source.id)
            if before == source:
                continue
            last = polls.get(source.id)
            address = KINDS[source.kind].address(source)
            if last and last.state is State.GONE:
                address = address_of(
                    await desk.run(desk.log.read, source_stream(source.id)), address
                )
            due = first_due(last, address, now, changed=before is not None)
            self._drop(source.id)
            if due is None:
                continue
            if due <= now:
                due, fresh = now + fresh * BETWEEN, fresh + 1
                if before is None:
                    self._not_yet_polled.add(source.id)
            (self._agenda if last else self._new).put(source.id, due)
        kept = {each.id: each for each in sources}
        for gone in self._sources.keys() - kept.keys():
            self._drop(gone)
            self._not_yet_polled.discard(gone)
        self._sources = kept
        self._network = Network((each.id for each in sources if is_remote(each.url)), now)
        self.tell()

    async def look(self) -> None:
        """Begin the polls that are due, unless there is more to read than is read in time."""
        now, unread = self._desk.clock(), self._wire.sources.reading.waiting
        due = self._agenda.take(now) if unread < MOST_UNREAD else []
        if unread < NEW_UNREAD:
            due += self._new.take(now, NEW_AT_ONCE)
        for name in due:
            self.start(name, self._poll(self._sources[name]))

    def hasten(self) -> None:
        """The clock has jumped: every source is due."""
        for agenda in (self._agenda, self._new):
            agenda.hasten(self._desk.clock())

    async def listen(self) -> None:
        """Tell what other processes have made due, and what has been held back for long enough."""
        await self._finish("outbox", self._listen())

    async def outbox(self) -> None:
        """Tell what is due in any case."""
        self._keep_posting()
        self.tell()

    def tell(self) -> None:
        """Have told what may be due: facts were committed, or some time has passed."""
        self._postroom.wake()
        # What is due is seen once more for all that was committed before that begins.
        if not self._looking:
            self._looking = True
            self.start("outbox", self._tell())

    async def keep(self) -> None:
        await self._finish("log", self._desk.keep())

    async def forget(self) -> None:
        now, log = self._desk.clock(), self._desk.log
        for work, kept in ((log.forget_texts, KEPT), (log.forget_attempts, ATTEMPTS_KEPT)):
            await self._finish("log", self._desk.run(work, before=now - kept))

    async def ended(self, *, within: timedelta = IN_FLIGHT) -> None:
        """Wait for what is under way, and cut off what is still so after that time.

        A fetch and a post have bounds of their own; a source that waits for its turn, and many
        posts to a receiver that hangs, have not. What is cut off is done after the next start.
        """
        try:
            async with asyncio.timeout(within.total_seconds()):
                # What the last polls make due is still taken.
                while others := self._under_way - {self._posting}:
                    await asyncio.wait(others)
                self._postroom.stop()
                while self._under_way:
                    await asyncio.wait(self._under_way)
        except TimeoutError:
            for task in self._under_way:
                task.cancel()
        await self._desk.keep()
        # The log's thread finishes what it has begun.
        await self._desk.run(lambda: None)

    def _drop(self, source: str) -> None:
        self._agenda.drop(source)
        self._new.drop(source)

    async def _poll(self, source: Source) -> None:
        desk, next_at = self._desk, None
        try:
            polled = await poll(
                desk,
                self._wire.sources,
                source,
                self._wire.found,
                jitter=random.random,
                elsewhere=self._network.elsewhere(source.id),
            )
            was_dark = self._network.is_dark(desk.clock())
            next_at = self._network.soon_enough(polled, source.every, desk.clock())
            if self._network.is_dark(desk.clock()) and not was_dark:
                self._trouble(
                    "no source has answered for 10 minutes: is this machine offline? None is told "
                    "to fail for that"
                )
        except BaseException:
            next_at = desk.clock() + source.every
            raise
        finally:
            first_pass = bool(self._not_yet_polled)
            self._not_yet_polled.discard(source.id)
            # Unless its file has changed or is gone meanwhile.
            if next_at is not None and self._sources.get(source.id) == source:
                self._agenda.put(source.id, next_at)
        self._wire.polled(polled)
        if polled.events or (first_pass and not self._not_yet_polled):
            self.tell()

    def _keep_posting(self) -> None:
        if self._posting is None or self._posting.done():
            self._posting = self.start("outbox", self._postroom.work())

    async def _listen(self) -> None:
        heard = await self._postroom.listen()
        if heard or (self._due_at is not None and self._due_at <= self._desk.clock()):
            self.tell()

    async def _tell(self) -> None:
        self._looking = False
        # What a backfill says is known when the first pass is over. Later ones wait for nobody:
        # of many sources, some one is always being polled.
        backfills = not self._not_yet_polled
        # If it fails, the next look at what is due comes in its turn, not at once.
        self._due_at = None
        self._due_at = await self._desk.run(send_due, self._desk, backfills=backfills)
        self._postroom.wake()
        if await send_suggestions(self._desk, self._looked):
            self._postroom.wake()

    async def _finish(self, what: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do it to the end, even if whoever waits for it is stopped."""
        await asyncio.shield(self.start(what, work))

    def start(self, what: str, work: Coroutine[Any, Any, Any]) -> asyncio.Task[None]:
        """Have it done meanwhile; trouble is told, not raised."""
        task = asyncio.create_task(self.tried(what, work))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        return task

    async def tried(self, what: str, work: Coroutine[Any, Any, Any]) -> None:
        """Do it; trouble is told, not raised."""
        try:
            await work
        except TrackerError as error:
            self._trouble(f"{what}: {error}")
        except Exception as error:  # noqa: BLE001 — one job's bug must not end the others
            self._trouble(f"{what}: {type(error).__name__}: {error} (please report this)")

    def _trouble(self, line: str) -> None:
        """Tell of it, unless that was told a moment ago."""
        now = asyncio.get_running_loop().time()
        self._said = {each: at for each, at in self._said.items() if now - at < SAID_AGAIN}
        if line not in self._said:
            self._said[line] = now
            with suppress(OSError):  # nobody reads it any more, or there is no room for it
                self._wire.trouble(line)
