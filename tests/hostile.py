"""A hostile web on this machine: outlets that publish, edit and fail, and keep book of it.

It runs in a thread of its own. Each outlet has an address of its own, which makes it a domain of
its own. What its faults are is told in `faults.py`.
"""

import asyncio
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from random import Random
from types import TracebackType
from typing import Final, Self

from faults import FORBIDDEN, PAGE, SOUND, End, Fault, Form, Item, Script, Whole, head
from tracker.health import Cause

LONGEST: Final = 60.0
"""Seconds that a connection lives, at most."""
WAIT: Final = 1.0
"""Seconds from which on somebody has been kept waiting."""
MOST: Final = 400
"""Connections at one time."""
POISONS: Final = 5000
"""The first number of what is never told whole; all others are below."""
LENGTH: Final = "Content-Length: 0"
NO_RULES: Final = Script(pieces=(head("HTTP/1.1 404 Not Found", LENGTH),))


@dataclass(kw_only=True)
class Outlet:
    """One outlet: what it publishes, how it answers, and what it has said."""

    name: str
    form: Form
    chance: Random
    clock: Callable[[], datetime]
    fault: Fault | None = None
    strikes: Iterator[bool] = field(default_factory=lambda: iter(()))
    """Whether the next answer is a bad one."""
    lies: bool = False
    """Whoever knows a tag of it is told that nothing has changed."""
    rules: Callable[[int], Script | None] = lambda _: NO_RULES
    """What it says when its robots.txt is asked for the n-th time; None = it never answers."""
    asks_for: timedelta = timedelta(minutes=10)
    """How long it wants to be left alone."""
    most: int = 12
    """Reports that it publishes."""
    host: str = ""
    port: int = 0

    items: list[Item] = field(default_factory=list)
    told: set[Item] = field(default_factory=set)
    """The reports that were in a whole answer."""
    proven: set[Item] = field(default_factory=set)
    """Those of a tag that was sent back: whoever asks says that he has them."""
    believed: list[str] = field(default_factory=list)
    """Tags sent back of what was no answer, or has never arrived whole."""
    asked: int = 0
    asked_rules: int = 0
    asked_against_rules: int = 0
    whole: int = 0
    struck: int = 0
    meanwhile: list[int] = field(default_factory=list)
    """Of each time that it kept somebody waiting: how often the others were asked in that time."""
    well: bool = False
    """It is over: nothing goes wrong and nothing new is published."""

    def __post_init__(self) -> None:
        self._count, self._births = 10, 0
        self._poisons = POISONS
        self._tags: dict[str, frozenset[Item]] = {}
        self._state = 0
        self._closed = False

    @property
    def origin(self) -> str:
        return f"http://{self.host}:{self.port}"

    @property
    def url(self) -> str:
        return f"{self.origin}/feed"

    def answer(self, path: str, tag: str, trap: str) -> Script:
        """What it says to this; it decides by chance whether that is any good."""
        if path == "/robots.txt":
            self.asked_rules += 1
            rules = self.rules(self.asked_rules)
            self._closed = rules is None or b" 503 " in b"".join(rules.pieces)
            return rules or Script(end=End.HANG)
        self.asked += 1
        self.asked_against_rules += self._closed
        self._remember(tag)
        if path == "/circle":
            return Script(pieces=(head("HTTP/1.1 302 Found", "Location: /circle", LENGTH),))
        if path.startswith("/page/"):
            return self._page(int(path.removeprefix("/page/")), tag, trap)
        self._publish()
        told = frozenset() if self.form.teasers else frozenset(self.items)
        return self._said(f"{self._state}", tag, trap, form=self.form, items=self.items, told=told)

    def _remember(self, tag: str) -> None:
        self.proven |= self._tags.get(tag, frozenset())
        if tag and not self._tags.get(tag, {None}) <= self.told:
            self.believed.append(tag)

    def _said(
        self,
        state: str,
        tag: str,
        trap: str,
        *,
        form: Form,
        items: Sequence[Item],
        told: frozenset[Item],
    ) -> Script:
        now = self.clock()
        whole = Whole(
            form=form,
            items=tuple(items),
            told=told,
            poison=self._poison(),
            tag=state,
            now=now,
            later=now + self.asks_for,
            trap=trap,
        )
        self._tags.setdefault(state, told)
        if self.fault and not self.well and self._may_end() and next(self.strikes, False):
            self.struck += 1
            return self.fault.strike(whole)
        self.whole += 1
        if tag == state or (tag and self.lies):
            return Script(pieces=(head("HTTP/1.1 304 Not Modified", f'ETag: "{tag}"'),))
        return SOUND[self.chance.choice([*SOUND])](whole)

    def _may_end(self) -> bool:
        """Whether nothing would be lost if it were never asked again."""
        assert self.fault
        return Cause.GONE not in self.fault.causes or self.told <= self.proven

    def _publish(self) -> None:
        """Something new, or an edit of what is known to have arrived, or nothing."""
        if self.well or self._count > POISONS - 10:
            return
        count = len(self.items)
        edited = [at for at, each in enumerate(self.items) if each in self.proven]
        room = count < self.most if self.form.kind == "feed" else len(edited) == count
        if count == 0 or (room and self.chance.random() < 0.6):
            self._births += 1
            self.items[:0] = [self._new() for _ in range(1 + self.form.twins)]
        elif edited and self.form.edits and self.chance.random() < 0.4:
            self._edit(self.chance.choice(edited))
        else:
            return
        if self.form.kind == "page":
            del self.items[1:]
        self._state += 1

    def _new(self) -> Item:
        self._count += 1
        guid, link = f"{self.name} {self._count}", ""
        if self.form.kind == "page":
            guid = link = f"{self.origin}/statement"
        if self.form.teasers:
            link = f"{self.origin}/page/{self._count}"
        if self.form.twins:
            guid, link = f"twin {self._births}", f"{self.origin}/{self._count}"
        return Item(
            report=f"{guid} {link}" if self.form.twins else guid,
            guid=guid,
            number=self._count,
            date=self.form.date(self.clock() - timedelta(minutes=1)),
            link=link,
            title=self.form.title,
            text=self.form.text.format(self._count),
        )

    def _edit(self, at: int) -> None:
        self._count += 1
        text = self.form.text.format(self._count)
        self.items[at] = replace(self.items[at], number=self._count, text=text)

    def _page(self, place: int, tag: str, trap: str) -> Script:
        """It says something else each time it is read, once it is known to have arrived."""
        at = next(n for n, each in enumerate(self.items) if each.link.endswith(f"/{place}"))
        if self.items[at] in self.proven and not self.well and self._count < POISONS - 10:
            self._edit(at)
        item = self.items[at]
        shown = replace(item, guid=item.link, date=PAGE.date(self.clock()))
        state = f"page {place} {item.number}"
        return self._said(state, tag, trap, form=PAGE, items=[shown], told=frozenset([item]))

    def _poison(self) -> Item:
        self._poisons += 1
        return Item(
            report=f"poison {self._poisons}",
            guid=f"poison {self._poisons}",
            number=self._poisons,
            date=self.form.date(self.clock() - timedelta(minutes=1)),
            link="",
            title=self.form.title,
            text=self.form.text.format(self._poisons),
        )


class HostileWeb:
    """Serves the outlets, each on its own address, until the end of the `with`."""

    def __init__(self, outlets: Sequence[Outlet]) -> None:
        assert len(outlets) < 250
        self.outlets = outlets
        self.trespasses = 0
        """Connections to the forbidden address."""
        self._trap = ""
        self._requests = 0
        self._bugs: list[Exception] = []
        self._book = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._open = threading.Event()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._serve(),))
        self._conversations: set[asyncio.Task[None]] = set()

    def __enter__(self) -> Self:
        self._thread.start()
        assert self._open.wait(LONGEST)
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()
        self._loop.close()
        if self._bugs and error is None:
            raise self._bugs[0]

    def wait_for(self, happened: Callable[[], bool], seconds: float) -> None:
        """Come back when the book says so; fail if it never does."""
        with self._book:
            assert self._book.wait_for(happened, timeout=seconds), self.told()

    def let_go(self) -> None:
        """Nobody is kept waiting any longer."""
        self._loop.call_soon_threadsafe(self._released.set)

    def be_well(self) -> None:
        """From now on nothing goes wrong and nothing new is published."""
        with self._book:
            for each in self.outlets:
                each.well = True
        self.let_go()

    def told(self) -> str:
        """The book, for whoever wonders what is missing."""
        return "\n".join(
            f"{each.name}: asked {each.asked}, whole {each.whole}, struck {each.struck}"
            for each in self.outlets
        )

    async def _serve(self) -> None:
        self._end, self._released = asyncio.Event(), asyncio.Event()
        async with AsyncExitStack() as open_:
            for number, outlet in enumerate(self.outlets, start=1):
                outlet.host = outlet.host or f"127.0.1.{number}"
                server = await asyncio.start_server(self._met(outlet), outlet.host, 0)
                outlet.port = await self._opened(open_, server)
            server = await asyncio.start_server(self._trespassed, FORBIDDEN, 0)
            self._trap = f"http://{FORBIDDEN}:{await self._opened(open_, server)}/"
            self._open.set()
            await self._end.wait()
            if self._conversations:
                # Whoever asked has gone, mostly: what they were told is still to be booked.
                await asyncio.wait(self._conversations, timeout=WAIT)
            for task in self._conversations:
                task.cancel()
            await asyncio.gather(*self._conversations, return_exceptions=True)

    async def _opened(self, open_: AsyncExitStack, server: asyncio.Server) -> int:
        await open_.enter_async_context(server)
        return int(server.sockets[0].getsockname()[1])

    def _met(self, outlet: Outlet) -> Callable[[asyncio.StreamReader, asyncio.StreamWriter], None]:
        def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            if len(self._conversations) >= MOST:
                writer.transport.abort()
                return
            task = asyncio.create_task(self._conversation(outlet, reader, writer))
            self._conversations.add(task)
            task.add_done_callback(self._conversations.discard)

        return met

    async def _trespassed(self, _: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.trespasses += 1
        writer.close()

    async def _conversation(
        self, outlet: Outlet, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            async with asyncio.timeout(LONGEST):
                while await self._answered(outlet, reader, writer):
                    pass
            writer.close()
            await writer.wait_closed()
        except (ConnectionError, asyncio.IncompleteReadError, TimeoutError):
            pass  # whoever asked has gone
        except Exception as bug:
            self._bugs.append(bug)
            raise
        finally:
            if writer.get_extra_info("socket").fileno() >= 0:  # else it is closed
                writer.transport.abort()

    async def _answered(
        self, outlet: Outlet, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        """Answer one request; whether there may be another."""
        path, tag = _asked(await reader.readuntil(b"\r\n\r\n"))
        with self._book:
            self._requests += 1
            script = outlet.answer(path, tag, self._trap)
            self._book.notify_all()
        before, began = self._requests, self._loop.time()
        for piece in script.pieces:
            writer.write(piece)
            await writer.drain()
            if script.pause and await self._silent(reader, script.pause):
                break
        if script.end is End.HANG:
            await self._silent(reader, LONGEST)
            if self._loop.time() - began > WAIT and not self._released.is_set():
                outlet.meanwhile.append(self._requests - before)
        with self._book:
            outlet.told |= script.told
            self._book.notify_all()
        if script.end is End.RESET:
            linger = struct.pack("ii", 1, 0)
            connection = writer.get_extra_info("socket")
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
            writer.transport.abort()
        return script.end is End.KEEP

    async def _silent(self, reader: asyncio.StreamReader, seconds: float) -> bool:
        """Say nothing for so long; whether whoever listened has gone, or has been let go."""
        ends = [asyncio.create_task(each) for each in (reader.read(1), self._released.wait())]
        done, waiting = await asyncio.wait(
            ends, timeout=seconds, return_when=asyncio.FIRST_COMPLETED
        )
        for each in waiting:
            each.cancel()
        await asyncio.gather(*ends, return_exceptions=True)
        return bool(done)


def _asked(request: bytes) -> tuple[str, str]:
    """The path, and the tag that is known."""
    first, *lines = request.decode("latin-1").split("\r\n")
    headers = {
        name.strip().lower(): value.strip()
        for name, _, value in (each.partition(":") for each in lines)
    }
    return first.split(" ")[1], headers.get("if-none-match", "").strip('"')
