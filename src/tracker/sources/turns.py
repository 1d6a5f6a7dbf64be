"""Whose turn it is: at one registrable domain one request at a time, and a gap after each.

Outlets count requests by whoever runs the machines, and that is the registrable domain, not the
host. Which domains ask to be left alone altogether is known here as well. Nothing is asked here.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache, lru_cache
from ipaddress import ip_address
from typing import Final

from publicsuffixlist import PublicSuffixList

LANES: Final = 1024
"""Domains that are remembered without looking which of them are idle."""

SHARED: Final = frozenset(
    {
        "ameblo.jp", "archive.org", "beehiiv.com", "blogs.com", "bsky.app", "canalblog.com",
        "facebook.com", "feedburner.com", "feedly.com", "fetchrss.com", "ghost.io", "github.com",
        "google.com", "groups.io", "hypotheses.org", "instagram.com", "jimdofree.com",
        "libsyn.com", "linkedin.com", "livejournal.com", "medium.com", "mstdn.social",
        "mastodon.social", "naver.com", "note.com", "openrss.org", "over-blog.com",
        "politepol.com", "qq.com", "reddit.com", "rss.app", "rss.com", "rsshub.app",
        "simplecast.com", "soundcloud.com", "squarespace.com", "substack.com", "t.me",
        "telegram.org", "tistory.com", "tumblr.com", "twitter.com", "typepad.com", "vk.com",
        "weebly.com", "weibo.com", "wordpress.com", "x.com", "youtube.com",
    }
)  # fmt: skip
"""Domains under which unrelated outlets live, and that are no public suffixes: that one address
there asks to be left alone says nothing of the others."""


@dataclass(slots=True)
class _Lane:
    """One domain."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    users: int = 0
    ended: float = float("-inf")
    """When its last request ended, by the loop's clock …"""
    delay: float = 0
    """… and the gap that its host had asked for, in seconds."""


class Paused(Exception):  # noqa: N818 — names what has become of the turn
    """The domain asks to be left alone until then."""

    def __init__(self, until: datetime) -> None:
        super().__init__(until)
        self.until = until


class Turns:
    """The queues at all domains, first come, first served."""

    def __init__(self, gap: timedelta) -> None:
        self._gap = gap.total_seconds()
        self._lanes: dict[str, _Lane] = {}
        self._most = LANES
        self._pauses: dict[str, datetime] = {}

    @asynccontextmanager
    async def turn(
        self, domain: str, now: Callable[[], datetime], delay: float = 0
    ) -> AsyncIterator[None]:
        """Inside it, nobody else asks at this domain, and the gap since the last request is over.

        `delay` is the gap that the host asks for, in seconds; the larger one counts.

        Raises:
            Paused: the domain asks to be left alone.
        """
        loop = asyncio.get_running_loop()
        lane = self._lane(domain, loop.time())
        lane.users += 1
        try:
            async with lane.lock:
                self._check(domain, now)
                wait = lane.ended + max(self._gap, lane.delay, delay) - loop.time()
                if wait > 0:
                    await asyncio.sleep(wait)
                try:
                    yield
                finally:
                    lane.ended, lane.delay = loop.time(), delay
        finally:
            lane.users -= 1

    def pause(self, domain: str, until: datetime) -> None:
        """Leave the domain alone until then, unless others than this outlet live there."""
        if domain in SHARED:
            return
        self._pauses[domain] = max(until, self._pauses.get(domain, until))
        if len(self._pauses) > LANES:
            del self._pauses[min(self._pauses, key=self._pauses.__getitem__)]

    def __len__(self) -> int:
        """How many domains are remembered."""
        return len(self._lanes)

    def _check(self, domain: str, now: Callable[[], datetime]) -> None:
        until = self._pauses.get(domain)
        if until is None:
            return
        if until > now():
            raise Paused(until)
        del self._pauses[domain]

    def _lane(self, domain: str, time: float) -> _Lane:
        lane = self._lanes.get(domain)
        if lane is None:
            if len(self._lanes) >= self._most:
                self._lanes = {
                    name: each
                    for name, each in self._lanes.items()
                    if each.users or each.ended + max(self._gap, each.delay) > time
                }
                self._most = max(LANES, 2 * len(self._lanes))
            lane = self._lanes[domain] = _Lane()
        return lane


@lru_cache(maxsize=4096)
def domain_of(host: str) -> str:
    """The registrable domain of a host; an address or a name of one label is its own.

    >>> domain_of("feeds.news.example.co.uk"), domain_of("cape.github.io"), domain_of("10.0.0.7")
    ('example.co.uk', 'cape.github.io', '10.0.0.7')
    """
    name = host.lower().strip("[]").rstrip(".")
    try:
        return str(ip_address(name))
    except ValueError:
        return public_suffixes().privatesuffix(name) or name


@cache
def public_suffixes() -> PublicSuffixList:
    """The list under whose names anybody may register; a tenth of a second, once."""
    return PublicSuffixList()
