"""A receiver of webhooks that does all that real ones do to who posts to them, by chance.

It verifies what it gets as a real one should, and writes down in which order things happened:
what arrived, and to what it gave a 2xx.
"""

import asyncio
import random
import socket
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from types import TracebackType
from typing import Any, Final, Literal, Self


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to go wrong: what is answered, and what becomes of the connection then."""

    share: float
    """How often it strikes, of a thousand requests."""
    says: bytes = b""
    then: Literal["goes on", "hangs up", "resets", "hangs", "hangs for good"] = "hangs up"
    unread: bool = False
    """It strikes before the body is read."""

    @property
    def takes(self) -> bool:
        """Whether who posts may have seen a 2xx."""
        return self.says.startswith(b"HTTP/1.1 2") and b"\r\n" in self.says


EMPTY: Final = b"content-length: 0\r\n\r\n"
FAULTS: Final = {
    "500": Fault(
        share=12, says=b"HTTP/1.1 500 Oh\r\ncontent-length: 8\r\n\r\n\xff\x1b[2Jno!", then="goes on"
    ),
    "429, again in 0 s": Fault(
        share=6, says=b"HTTP/1.1 429 Slow\r\nretry-after: 0\r\n" + EMPTY, then="goes on"
    ),
    "429, again in 1 s": Fault(
        share=1, says=b"HTTP/1.1 429 Slow\r\nretry-after: 1\r\n" + EMPTY, then="goes on"
    ),
    "hangs up": Fault(share=6),
    "hangs, then hangs up": Fault(share=4, then="hangs"),
    "never answers": Fault(share=0.4, then="hangs for good"),
    "resets before the body": Fault(share=6, then="resets", unread=True),
    "resets after the body": Fault(share=6, then="resets"),
    "resets in the status": Fault(share=6, says=b"HTTP/1.1 2", then="resets"),
    "resets in the headers of a 2xx": Fault(
        share=6, says=b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\nx-h", then="resets"
    ),
    "2xx with half a body": Fault(
        share=6, says=b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\nall ri"
    ),
    "2xx with a body that is not chunked": Fault(
        share=6,
        says=b"HTTP/1.1 201 Made\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n{]",
        then="goes on",
    ),
}

FINE: Final = Fault(share=0, says=b"HTTP/1.1 204 No Content\r\n\r\n", then="goes on")
REFUSED: Final = Fault(share=0, says=b"HTTP/1.1 401 Who?\r\n" + EMPTY, then="goes on")
LONGEST_HANG: Final = 0.8
"""Seconds that it hangs until it hangs up."""
PATIENCE: Final = 60
"""Seconds after which what has not happened never will."""

Headers = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Entry:
    """A line of what happened, in its order.

    "taken": a 2xx was given, whether or not it arrived; "refused": it was not genuine.
    """

    what: Literal["received", "taken", "refused"]
    endpoint: str
    """The path of the url."""
    id: str
    body: bytes


class Unruly:
    """Serves every endpoint by its path, at one port that stays the same; use it as a context."""

    def __init__(
        self,
        verify: Callable[[str, Headers, bytes], Any],
        *,
        faults: Mapping[str, Fault] | None = None,
        chance: random.Random | None = None,
    ) -> None:
        """`verify` (endpoint, headers, body) raises where something is not genuine."""
        self.entries: list[Entry] = []
        self.struck: Counter[str] = Counter()
        """How often each fault struck."""
        self.counts: Counter[str] = Counter()
        """How many entries there are of each kind."""
        self.signatures: Counter[int] = Counter()
        """How many signatures each delivery had."""
        self._verify = verify
        self._faults = dict(faults or {})
        self._chance = chance or random.Random(0)  # noqa: S311 — faults, not secrets
        self._happened = threading.Condition()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever)
        self._server: asyncio.Server | None = None
        self._talks: set[asyncio.Task[None]] = set()
        self.port = 0

    def url(self, endpoint: str) -> str:
        return f"http://127.0.0.1:{self.port}/{endpoint}"

    def __enter__(self) -> Self:
        self._thread.start()
        self._do(self._open())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._do(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    @contextmanager
    def down(self) -> Iterator[None]:
        """It is not there meanwhile: whoever is connected is cut off, nobody gets in."""
        self._do(self._close())
        try:
            yield
        finally:
            self._do(self._open())

    def mend(self) -> None:
        """Start it anew: it does nothing wrong any more."""
        with self.down():
            self._faults = {}

    def wait_for(self, count: int, *, what: str = "received", within: float = PATIENCE) -> bool:
        """Wait until so many were received, or taken: whether they were."""

        with self._happened:
            return self._happened.wait_for(lambda: self.counts[what] >= count, within)

    def _do(self, work: Any) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(PATIENCE)

    async def _open(self) -> None:
        self._server = await asyncio.start_server(self._talk, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def _close(self) -> None:
        assert self._server is not None
        self._server.close()
        talks = [*self._talks]
        for each in talks:
            each.cancel()
        await asyncio.gather(*talks, return_exceptions=True)

    async def _talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._talks.add(task)
        try:
            # Who posts may be killed at any moment, which may be a reset here.
            with suppress(OSError, asyncio.IncompleteReadError):
                while await self._request(reader, writer):
                    pass
        except asyncio.CancelledError:
            reset(writer)  # It goes down: nobody waits for that.
        finally:
            self._talks.discard(task)
            writer.close()

    async def _request(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        """Take one request, in whichever way: whether the connection goes on."""
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        answer = self._next()
        if answer.unread:
            reset(writer)
            return False
        endpoint = head[0].split(" ")[1].lstrip("/")
        lines = (line.partition(":") for line in head[1:] if line)
        headers = {name.lower(): value.strip() for name, _, value in lines}
        body = await reader.readexactly(int(headers["content-length"]))
        self.signatures[len(headers.get("webhook-signature", "").split())] += 1
        self._note("received", endpoint, headers, body)
        try:
            self._verify(endpoint, headers, body)
        except Exception:  # noqa: BLE001 — for whichever reason, it is not genuine
            answer = REFUSED
            self._note("refused", endpoint, headers, body)
        if answer.takes:
            self._note("taken", endpoint, headers, body)
        return await self._answer(answer, reader, writer)

    async def _answer(
        self, answer: Fault, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        writer.write(answer.says)
        await writer.drain()
        match answer.then:
            case "hangs":
                await asyncio.sleep(self._chance.uniform(0, LONGEST_HANG))
            case "hangs for good":
                await reader.read()  # until the other side has had enough, or is killed
            case "resets":
                reset(writer)
        return answer.then == "goes on"

    def _next(self) -> Fault:
        at = self._chance.uniform(0, 1000)
        for name, fault in self._faults.items():
            at -= fault.share
            if at < 0:
                self.struck[name] += 1
                return fault
        return FINE

    def _note(
        self,
        what: Literal["received", "taken", "refused"],
        endpoint: str,
        headers: Headers,
        body: bytes,
    ) -> None:
        with self._happened:
            self.entries.append(Entry(what, endpoint, headers.get("webhook-id", ""), body))
            self.counts[what] += 1
            self._happened.notify_all()


def reset(writer: asyncio.StreamWriter) -> None:
    """Cut the connection off: what was sent and not read is lost."""
    with suppress(OSError):
        at_once = struct.pack("ii", 1, 0)
        writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, at_once)
    writer.transport.abort()
