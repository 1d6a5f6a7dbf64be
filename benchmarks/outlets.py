"""Outlets on this machine for `polling.py`: feeds under many names, in a process of their own.

How an outlet behaves is the first word of its name: `feed7.example` answers at once,
`slow7.example` after 5 to 25 seconds, `never7.example` not at all. Its number is that of its feed.
"""

import asyncio
import multiprocessing
import os
import random
import re
import socket
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import formatdate
from functools import lru_cache
from multiprocessing.connection import Connection
from typing import Final

from aiohttp.abc import AbstractResolver, ResolveResult

ITEMS: Final = 30
NEW: Final = 2
"""Items that are new in each version of a feed."""
FIGURE_EVERY: Final = 10
"""One of so many items states a toll …"""
FERRY_EVERY: Final = 50
"""… and one of so many new ones that of the incident that is configured."""
BEGAN: Final = time.time()
REQUEST: Final = re.compile(rb"GET (?:http://[^/]*)?/(\S*) ")
HOST: Final = re.compile(rb"\r\nhost: *([a-z]+)(\d*)", re.IGNORECASE)
TAG: Final = re.compile(rb"\r\nif-none-match: *(\S+)", re.IGNORECASE)
MISSING: Final = b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n"

PLAIN: Final = (
    "The council of the island has put off its decision on the new harbour wall.",
    (
        "Residents had asked for a higher wall after the winter storms, but the cost of it is "
        "disputed, and nobody on the council wanted to vote before the summer."
    ),
    "An engineer who looked at the old wall called it sound, and said that repairs would do.",
    (
        "The mayor thanked the volunteers who carried sandbags to the quay, and promised to come "
        "back to the matter when the report of the port authority is on the table."
    ),
    (
        "Fishermen want the work to begin after the season, so that their boats can leave harbour "
        "while the nets are out, and the owner of the shipyard agrees with them."
    ),
)
GRIM: Final = (
    "The death toll of the {happening} accident off Cape Lorn has risen to {toll}, officials said.",
    (
        "Divers were still searching the wreck for the passengers, and the weather was getting "
        "worse, so that the boats of the volunteers had to turn back to the harbour."
    ),
    "The {happening} was on its way from the mainland, with the mail and the papers on board.",
)


@dataclass(frozen=True, slots=True)
class Feeds:
    """What the feeds show from now on."""

    version: int = 0
    tagged: bool = True
    """With an ETag, and 304 for those who have it."""


def item(feed: int, number: int) -> str:
    """One item of a feed, some 900 characters as RSS."""
    turn = feed + number
    title, told = f"Harbour wall put off, part {number}", PLAIN[turn % 5 :] + PLAIN[: turn % 5]
    if turn % FIGURE_EVERY == 0:
        # What was there at the first poll is older than the ferry accident.
        happening = "ferry" if turn % FERRY_EVERY == 0 and number > ITEMS else "train"
        title = f"{happening.title()} accident off Cape Lorn"
        told = tuple(each.format(happening=happening, toll=12 + number) for each in GRIM)
    text = "".join(f"<p>{each}</p>" for each in told)
    return (
        f"<item><title>{title}</title><guid isPermaLink='false'>outlet-{feed}-{number}</guid>"
        f"<link>https://feed{feed}.example/news/{number}</link>"
        f"<pubDate>{formatdate(BEGAN - 3600 + number)}</pubDate>"
        f"<category>News</category><description><![CDATA[{text}]]></description></item>"
    )


@lru_cache(maxsize=20_000)
def _item(feed: int, number: int) -> bytes:
    return item(feed, number).encode()


def body(feed: int, version: int, count: int = ITEMS) -> bytes:
    """A feed: its newest item first, `NEW` of them not in the version before."""
    newest = ITEMS + NEW * version
    items = b"\n".join(_item(feed, number) for number in range(newest, newest - count, -1))
    return (
        b'<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel>'
        b"<title>Outlet %d</title><link>https://feed%d.example/</link>"
        b"<description>News of the island</description><language>en</language>\n"
        b"%b</channel></rss>" % (feed, feed, items)
    )


class _Outlets:
    """All of them; `lifetime` is how many seconds a version of a feed stands, None = till told."""

    def __init__(self, lifetime: float | None, items: int) -> None:
        self._lifetime, self._items = lifetime, items
        self._feeds = Feeds()
        self._bodies: dict[int, bytes] = {}
        self.first_asked: float | None = None

    def show(self, feeds: Feeds, most: int) -> None:
        """Make the bodies beforehand, so that serving them costs little."""
        self._feeds = feeds
        self._bodies = {number: body(number, feeds.version) for number in range(most)}

    def answer(self, request: bytes) -> tuple[float | None, bytes]:
        """How long it takes (None: for ever), and the answer."""
        self.first_asked = self.first_asked or time.time()
        path, host = REQUEST.match(request), HOST.search(request)
        assert path
        wait: float | None = 0.0
        if host and host[1] == b"slow":
            wait = random.uniform(5, 25)  # noqa: S311 — patience, no secret
        elif host and host[1] == b"never":
            wait = None
        if path[1] == b"robots.txt":
            return wait, MISSING
        number, feeds = int(path[1]), self._feeds
        if self._lifetime:
            age = time.time() - BEGAN + number * 7
            feeds = Feeds(version=int(age / self._lifetime))
        tag = b'"%d"' % feeds.version
        had = TAG.search(request)
        if feeds.tagged and had and had[1] == tag:
            return wait, b"HTTP/1.1 304 Not Modified\r\nETag: %b\r\n\r\n" % tag
        content = self._bodies.get(number) or body(number, feeds.version, self._items)
        head = b"ETag: %b\r\n" % tag if feeds.tagged else b""
        return wait, (
            b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml; charset=utf-8\r\n%b"
            b"Content-Length: %d\r\n\r\n%b" % (head, len(content), content)
        )


class _Protocol(asyncio.Protocol):
    """HTTP/1.1 for requests without bodies: as little work for the core as can be."""

    def __init__(self, outlets: _Outlets) -> None:
        self._outlets = outlets
        self._pending = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        assert self._transport
        *requests, self._pending = (self._pending + data).split(b"\r\n\r\n")
        for request in requests:
            wait, answer = self._outlets.answer(request)
            if wait == 0:
                self._transport.write(answer)
            elif wait is not None:
                asyncio.get_running_loop().call_later(wait, self._transport.write, answer)


@dataclass(frozen=True, slots=True)
class Served:
    """Where the outlets are, and the way to tell them what to show."""

    port: int
    refused: int
    """A port on which nobody listens …"""
    hole: int
    """… and one on which nobody ever takes up a connection."""
    pipe: Connection

    def show(self, feeds: Feeds, most: int) -> None:
        self.pipe.send((feeds, most))
        self.pipe.recv()

    def first_asked(self) -> float | None:
        """When any of them was first asked for anything."""
        self.pipe.send(None)
        asked: float | None = self.pipe.recv()
        return asked


@contextmanager
def outlets(core: int, *, lifetime: float | None = None, items: int = ITEMS) -> Iterator[Served]:
    """The outlets, on that core, until the end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, core, lifetime, items), daemon=True)
    process.start()
    with socket.socket() as free, socket.socket() as hole, socket.socket() as first:
        free.bind(("127.0.0.1", 0))  # bound, but not listening: connections are refused
        hole.bind(("127.0.0.1", 0))
        hole.listen(0)
        first.connect(hole.getsockname())  # its queue is full now, so others hear nothing
        yield Served(
            port=ours.recv(), refused=free.getsockname()[1], hole=hole.getsockname()[1], pipe=ours
        )
    process.terminate()
    process.join()


def _serve(pipe: Connection, core: int, lifetime: float | None, items: int) -> None:
    os.sched_setaffinity(0, {core})
    asyncio.run(_until_ended(pipe, _Outlets(lifetime, items)))


async def _until_ended(pipe: Connection, served: _Outlets) -> None:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: _Protocol(served), "127.0.0.1", 0, backlog=4096, reuse_address=True
    )

    def told() -> None:
        if wanted := pipe.recv():
            served.show(*wanted)
        pipe.send(served.first_asked)

    loop.add_reader(pipe.fileno(), told)
    pipe.send(server.sockets[0].getsockname()[1])
    await server.serve_forever()


class Names(AbstractResolver):
    """Every name is this machine, but for those that begin with "gone": there are none such."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        if host.startswith("gone"):
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is held open."""
