"""Everything that asking sources needs, opened once and shared by all of them.

One transport, the rules of each host, whose turn it is at each domain, and how many go at once.
What is asked, and what is made of the answer, is in `fetch.py`.
"""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

import httpx
from aiohttp.abc import AbstractResolver

from tracker.addresses import transport, user_agent
from tracker.health import Cause
from tracker.names import SystemResolver
from tracker.sources.answers import FetchFailed
from tracker.sources.body import ACCEPTED
from tracker.sources.failures import Failed
from tracker.sources.freshness import retry_after
from tracker.sources.patience import Patience
from tracker.sources.robots import Robots
from tracker.sources.turns import Paused, Turns, domain_of, public_suffixes

AT_ONCE: Final = 256
"""Requests under way at one time: each holds a connection."""
READ_AT_ONCE: Final = 2
"""Answers that are read, or their reports stored, at one time: more would only keep each other,
and the requests that are due meanwhile, from the processor."""
LARGE_AT_ONCE: Final = 16
"""Bodies of more than 256 KiB that are read at one time."""
PATIENCE: Final = timedelta(seconds=30)
"""For one whole fetch, redirects and body included; queues are not part of it."""
TIMEOUTS: Final = {"timeout": {"connect": 15.0, "read": 15.0}}
"""Seconds in which a source takes up a connection, and between two pieces of what it says."""
ACCEPT: Final = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/json;q=0.9, "
    "application/xml;q=0.9, text/html;q=0.8, */*;q=0.5"
)
THROTTLING: Final = frozenset({429, 503})


@dataclass(frozen=True, slots=True, kw_only=True)
class Manners:
    """How sources are asked, as `tracker.toml` says."""

    contact: str | None = None
    """An address or a page for outlets to write to, sent with every request."""
    gap: timedelta = timedelta(seconds=1)
    """Between two requests to one registrable domain, at least."""
    allow_hosts: frozenset[str] = frozenset()
    """Hosts on this machine or network that sources may be on, names or addresses."""
    proxy: str | None = None
    """Through which everything goes, where one is set; those of the environment are never used.
    It looks the names up itself, so to keep us off private addresses is then its business."""


class Reading:
    """Inside it an answer is read, or what it reports is stored: `async with web.reading: …`."""

    def __init__(self) -> None:
        self._few = asyncio.Semaphore(READ_AT_ONCE)
        self.waiting = 0
        """How many wait for that."""

    async def __aenter__(self) -> None:
        self.waiting += 1
        try:
            await self._few.acquire()
        finally:
            self.waiting -= 1

    async def __aexit__(self, *_: object) -> None:
        self._few.release()


@dataclass(frozen=True, slots=True, kw_only=True)
class Web:
    """The way out to the sources. Make it with `open_web`."""

    transport: httpx.AsyncBaseTransport
    headers: Mapping[str, str]
    """Of every request."""
    environment: Mapping[str, str] = field(repr=False)
    """Where the credentials of sources are."""
    turns: Turns
    patience: timedelta = PATIENCE
    """For one whole fetch."""
    robots: Robots = field(default_factory=Robots)
    at_once: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(AT_ONCE))
    reading: Reading = field(default_factory=Reading)
    large: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(LARGE_AT_ONCE))

    @asynccontextmanager
    async def get(
        self, url: httpx.URL, headers: Mapping[str, str], patience: Patience, delay: float = 0
    ) -> AsyncIterator[httpx.Response]:
        """One GET when it is its turn, without redirects; the turn lasts as long as the answer.

        Where the answer asks for it, its whole domain is left alone from then on.

        Raises:
            Failed: its domain asks to be left alone.
            TimeoutError: nothing is left of the patience.
            failures.ON_THE_WIRE: nothing came of it.
        """
        domain = domain_of(url.host)
        try:
            async with self.turns.turn(domain, patience.now, delay), self.at_once, patience:
                request = httpx.Request(
                    "GET", url, headers={**self.headers, **headers}, extensions=TIMEOUTS
                )
                response = await self.transport.handle_async_request(request)
                try:
                    if response.status_code in THROTTLING:
                        wait = retry_after(response.headers, patience.now())
                        if wait:
                            self.turns.pause(domain, patience.now() + wait)
                    yield response
                finally:
                    await response.aclose()
        except Paused as paused:
            until = f"{paused.until:%Y-%m-%d %H:%M}Z"
            raise Failed.of(
                FetchFailed(
                    f"not asked: {domain} asks to be left alone until {until}",
                    Cause.PAUSED,
                    paused.until - patience.now(),
                )
            ) from None


@asynccontextmanager
async def open_web(
    manners: Manners,
    *,
    environment: Mapping[str, str],
    resolver: AbstractResolver | None = None,
    patience: timedelta = PATIENCE,
) -> AsyncIterator[Web]:
    """The way out, closed at the end.

    `resolver` is the one under the vetting, which turns names into addresses, for tests and
    benchmarks; the default is the system's. `patience` is for each fetch.
    """
    async with AsyncExitStack() as stack:
        if resolver is None:
            resolver = SystemResolver()
            stack.push_async_callback(resolver.close)
        ours = transport(
            manners.allow_hosts,
            setting="polling.allow_hosts",
            proxy=manners.proxy,
            resolver=resolver,
        )
        stack.push_async_callback(ours.aclose)
        public_suffixes()
        yield Web(
            transport=ours,
            headers={
                "accept": ACCEPT,
                "accept-encoding": ACCEPTED,
                "user-agent": user_agent(manners.contact),
            },
            environment=environment,
            turns=Turns(manners.gap),
            patience=patience,
        )
