"""The way out to sources, in tests: real servers on this machine, names, and a clock that skips."""

import asyncio
import selectors
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.test_utils import TestServer

from tracker.intake import Memo, Source
from tracker.model import Rank
from tracker.sources.answers import FetchFailed, NotModified
from tracker.sources.capture import Capture
from tracker.sources.fetch import PATIENCE, fetch
from tracker.sources.web import Manners, Web, open_web

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
LOOPBACK = "127.0.0.1"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]
Outcome = Capture | NotModified | FetchFailed
T = TypeVar("T")


def source_at(url: str, *, robots: bool | None = False) -> Source:
    """A source at this address; robots.txt is not asked for unless a test is about it."""
    return Source(id="a", kind="feed", url=url, name="A", rank=Rank.OUTLET, robots=robots)


class Names(AbstractResolver):
    """Knows these names alone; each look-up takes the next of a name's addresses, the last for
    ever."""

    def __init__(self, **addresses: Sequence[str]) -> None:
        self.asked: list[str] = []
        self._addresses = {name.replace("_", "."): [*each] for name, each in addresses.items()}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        self.asked.append(host)
        if host not in self._addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        left = self._addresses[host]
        address = left.pop(0) if len(left) > 1 else left[0]
        family = socket.AF_INET6 if ":" in address else socket.AF_INET
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
        ]

    async def close(self) -> None:
        """Nothing is held open."""


@asynccontextmanager
async def opened(
    names: Names | None = None,
    *,
    allow: Sequence[str] = (LOOPBACK,),
    gap: timedelta = timedelta(0),
    environment: Mapping[str, str] | None = None,
    contact: str | None = None,
) -> AsyncIterator[Web]:
    """A way out that may go to these hosts."""
    manners = Manners(allow_hosts=frozenset(allow), gap=gap, contact=contact)
    async with open_web(manners, environment=environment or {}, resolver=names or Names()) as way:
        yield way


@asynccontextmanager
async def served(answer: Answer) -> AsyncIterator[int]:
    """A server on loopback that answers every GET so, whatever host was meant; its port."""
    app = web.Application()
    app.router.add_get("/{path:.*}", answer)
    async with TestServer(app, host=LOOPBACK) as server:
        assert server.port
        yield server.port


@asynccontextmanager
async def speaking(speak: Callable[[asyncio.StreamWriter], Awaitable[None]]) -> AsyncIterator[int]:
    """A server that speaks so, whatever it is asked, and then hangs up; its port."""
    tasks: set[asyncio.Task[None]] = set()

    async def conversation(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            await reader.readuntil(b"\r\n\r\n")
            await speak(writer)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass  # whoever asked has gone
        finally:
            writer.close()
            with suppress(ConnectionError):
                await writer.wait_closed()

    def met(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        tasks.add(asyncio.create_task(conversation(reader, writer)))

    async with await asyncio.start_server(met, LOOPBACK, 0) as server:
        yield int(server.sockets[0].getsockname()[1])
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


@asynccontextmanager
async def spoken(*parts: bytes, then_hang: bool = False) -> AsyncIterator[int]:
    """A server that says these bytes, whatever is asked, and hangs up; its port."""

    async def speak(writer: asyncio.StreamWriter) -> None:
        for part in parts:
            writer.write(part)
            await writer.drain()
        if then_hang:
            await asyncio.Event().wait()

    async with speaking(speak) as port:
        yield port


def get_from(
    answer: Answer,
    memo: Memo | None = None,
    *,
    path: str = "/feed",
    source: Source | None = None,
    environment: Mapping[str, str] | None = None,
    patience: timedelta = PATIENCE,
) -> Outcome:
    """What a fetch comes to, where `answer` serves every path of this machine."""

    async def once() -> Outcome:
        async with served(answer) as port, opened(environment=environment) as way:
            url = f"http://{LOOPBACK}:{port}{path}"
            asked = replace(source, url=url) if source else source_at(url)
            return await fetch(way, asked, memo, NOW, patience=patience)

    return asyncio.run(once())


def get_spoken(*parts: bytes) -> Outcome:
    """What a fetch comes to, where a server says just that."""

    async def once() -> Outcome:
        async with spoken(*parts) as port, opened() as way:
            return await fetch(way, source_at(f"http://{LOOPBACK}:{port}/feed"), None, NOW)

    return asyncio.run(once())


def run_skipping(work: Coroutine[Any, Any, T]) -> T:
    """Run it on a loop whose clock skips to the next timer as soon as nothing else is to be done.

    So that what waits for seconds takes none. Its clock begins at 0. Nothing in it may be done on
    threads.
    """
    with asyncio.Runner(loop_factory=_SkippingLoop) as runner:
        return runner.run(work)


class _SkippingLoop(asyncio.SelectorEventLoop):
    skipped = 0.0

    def __init__(self) -> None:
        super().__init__(_Skipping(self))
        self.skipped = -super().time()

    def time(self) -> float:
        return super().time() + self.skipped


class _Skipping(selectors.DefaultSelector):
    SETTLED = 0.02
    """Seconds for what the other end has been sent to arrive, on this machine."""

    def __init__(self, loop: _SkippingLoop) -> None:
        super().__init__()
        self._loop = loop

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        if timeout is None or timeout <= 0:
            return super().select(timeout)
        found = super().select(min(timeout, self.SETTLED))
        if not found and timeout > self.SETTLED:
            self._loop.skipped += timeout - self.SETTLED
        return found
