"""robots.txt (RFC 9309): what each host asks programs to leave alone, and how often to come.

Rules are kept for a day. Where they cannot be had, nothing is asked of the host for ten minutes,
unless rules of it are still known. Whether a source is asked for by these rules at all is decided
in `fetch.py`.
"""

import asyncio
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import lru_cache
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

import httpx
from protego import Protego

from tracker.health import Cause
from tracker.sources.answers import FetchFailed
from tracker.sources.body import beginning
from tracker.sources.failures import ON_THE_WIRE, Failed, wire_failure
from tracker.sources.patience import Patience

if TYPE_CHECKING:
    from tracker.sources.web import Web

TOKEN: Final = "tracker"  # noqa: S105 — the name by which robots.txt calls us, no secret
MOST_BYTES: Final = 500 * 1024
MOST_REDIRECTS: Final = 5
PATIENCE: Final = timedelta(seconds=15)
GOOD_FOR: Final = timedelta(days=1)
FAILED_FOR: Final = timedelta(minutes=10)
LONGEST_DELAY: Final = 60.0
"""Seconds that a host may ask us to wait between two requests."""
MOST_HOSTS: Final = 20_000
MOST_KEPT: Final = 32 * 1024 * 1024
"""Bytes of rules that are kept in all."""
READY: Final = 200
"""Rules that are kept as they are read; their text takes a tenth of the room."""
DECISIONS: Final = 1000
LONG: Final = 32 * 1024
"""Rules of more bytes are read on a thread."""


class Rules:
    """The rules of one host."""

    def __init__(self, text: str) -> None:
        parser = _read(text)
        self._text = text
        self._parser = parser if len(text) > LONG else None
        self._decided: dict[str, bool] = {}
        self.size = len(text) + 1000
        self.delay = min(parser.crawl_delay(TOKEN) or 0.0, LONGEST_DELAY)
        """The gap between two requests that it asks for, in seconds."""

    def allow(self, url: str) -> bool:
        """Whether a page may be asked for."""
        decided = self._decided.get(url)
        if decided is None:
            if len(self._decided) >= DECISIONS:
                self._decided.clear()
            decided = self._decided[url] = (self._parser or _read(self._text)).can_fetch(url, TOKEN)
        return decided


@lru_cache(maxsize=READY)
def _read(text: str) -> Protego:
    return Protego.parse(text)


@dataclass(slots=True)
class _Host:
    """What is known of one host's rules."""

    lock: asyncio.Lock = field(default_factory=asyncio.Lock)
    until: datetime | None = None
    rules: Rules | None = None
    failure: FetchFailed | None = None


class Robots:
    """The rules of all hosts that were asked lately."""

    def __init__(self) -> None:
        self._hosts: dict[str, _Host] = {}
        self._size = 0

    async def rules(self, web: "Web", url: httpx.URL, patience: Patience) -> Rules:
        """The rules for a page, from memory or from its host.

        Raises:
            Failed: they cannot be had.
        """
        key = f"{url.scheme}://{url.netloc.decode('ascii')}"
        host = self._hosts.get(key)
        if host is None:
            self._make_room()
            host = self._hosts[key] = _Host()
        if host.until is None or host.until <= patience.now():
            async with host.lock:
                if host.until is None or host.until <= patience.now():
                    await self._ask(web, host, httpx.URL(f"{key}/robots.txt"), patience)
        if host.rules is None:
            raise Failed.of(host.failure or FetchFailed("its robots.txt is not known"))
        return host.rules

    async def _ask(self, web: "Web", host: _Host, url: httpx.URL, patience: Patience) -> None:
        try:
            # All sources of the host wait for it: it must not fail for what one of them has left.
            own = Patience(min(patience.span, PATIENCE), patience.now())
            rules = await _fetched(web, url, own)
            self._size += rules.size - (host.rules.size if host.rules else 0)
            host.rules, host.failure = rules, None
        except Failed as failed:
            if failed.failure.cause is Cause.PAUSED:
                raise
            host.failure = failed.failure
        except TimeoutError:
            host.failure = FetchFailed("no answer in time")
        except ON_THE_WIRE as error:
            host.failure = wire_failure(error)
        # Its address and its certificate are those of the page: that is all there is to say.
        if host.failure and host.failure.cause is not Cause.ADDRESS:
            reason = (
                f"its robots.txt cannot be had, so nothing else is asked: {host.failure.reason}"
            )
            host.failure = replace(host.failure, reason=reason)
        host.until = patience.now() + (FAILED_FOR if host.failure else GOOD_FOR)

    def _make_room(self) -> None:
        """Forget the oldest, so that neither many hosts nor long rules fill the memory."""
        if len(self._hosts) < MOST_HOSTS and self._size < MOST_KEPT:
            return
        for key, host in [*self._hosts.items()]:
            if not host.lock.locked():
                self._size -= host.rules.size if host.rules else 0
                del self._hosts[key]
            if len(self._hosts) < MOST_HOSTS and self._size < MOST_KEPT:
                return


async def _fetched(web: "Web", url: httpx.URL, patience: Patience) -> Rules:
    for _ in range(MOST_REDIRECTS + 1):
        async with web.get(url, {"accept": "text/plain, */*;q=0.1"}, patience) as response:
            if response.has_redirect_location:
                url = _target(url, response)
                continue
            code = response.status_code
            if code >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise Failed(f"it answered {code}")
            if code != HTTPStatus.OK:
                return Rules("")
            content, _ = await beginning(response, MOST_BYTES)
        text = content.decode("utf-8-sig", "replace")
        return await asyncio.to_thread(Rules, text) if len(text) > LONG else Rules(text)
    return Rules("")


def _target(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    target = url.join(response.headers["location"])
    if target.scheme not in {"http", "https"}:
        raise Failed("it redirects to no web address")
    return target.copy_with(username="", password="", fragment=None)
