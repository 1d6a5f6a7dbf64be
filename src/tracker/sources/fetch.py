"""The only way out to sources: one polite, bounded, conditional request, or a look at a file.

Trouble on the way is a value with one line for people, never an exception. What all fetches share
is in `web.py`; what the bytes mean is read elsewhere.
"""

import asyncio
import hashlib
import re
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from email.message import Message
from functools import lru_cache
from http import HTTPStatus
from typing import Final

import httpx

from tracker.health import Cause
from tracker.intake import Memo, Source
from tracker.sources.answers import MOST_BYTES, FetchFailed, NotModified
from tracker.sources.body import beginning, whole_body
from tracker.sources.capture import Capture, is_remote
from tracker.sources.challenge import LOOKED_AT, SUSPICIOUS, is_challenge
from tracker.sources.credentials import Credentials, credentials_of, origin_of
from tracker.sources.failures import (
    ON_THE_WIRE,
    Failed,
    lead_astray,
    status_failure,
    wire_failure,
)
from tracker.sources.files import read
from tracker.sources.freshness import max_age, retry_after
from tracker.sources.kinds import KINDS
from tracker.sources.patience import Patience
from tracker.sources.secrets import without_secrets
from tracker.sources.turns import domain_of
from tracker.sources.web import PATIENCE, THROTTLING, Web

__all__ = ["MOST_BYTES", "PATIENCE", "Capture", "Cause", "FetchFailed", "NotModified", "fetch"]

MOST_REDIRECTS: Final = 5
TAGS_BELIEVED_FOR: Final = timedelta(days=1)
"""So long is it asked with validators before the whole body is asked for once: tags lie."""
FOR_GOOD: Final = frozenset({301, 308})
LONGEST_REASON: Final = 300
TAG: Final = re.compile(r"[ -~]{1,512}")
"""A validator that can be sent back."""
NO_CREDENTIALS: Final = Credentials(("", "", None))
CHALLENGED: Final = (
    "it answers with a check for bots, not with what was asked for: ask the outlet to let this "
    "program in, or for a feed"
)


async def fetch(
    web: Web,
    source: Source,
    memo: Memo | None,
    now: datetime,
    *,
    address: str | None = None,
    patience: timedelta | None = None,
) -> Capture | NotModified | FetchFailed:
    """What a source shows at `now`, unless it is what `memo` remembers.

    `address` is where to ask, where that is not what its file says: a page that it points to, its
    API, or where it has moved to. Its credentials go along only to scheme, host and port of the
    address in its file. Without a `patience` it has that of the way out. No text of the result
    holds a secret.
    """
    where = source.url if address is None else address
    if not is_remote(where):
        if where == source.url:
            return await asyncio.to_thread(read, where, memo, now)
        return FetchFailed("not a web address: it is not asked for", Cause.ADDRESS)
    span = web.patience if patience is None else patience
    asking = _Asking(
        web=web, source=source, memo=memo or Memo(), now=now, patience=Patience(span, now)
    )
    try:
        return await asking.answer(where)
    except Failed as failed:
        failure = failed.failure
    except TimeoutError:
        failure = FetchFailed(f"no whole answer within {span.total_seconds():g} s")
    except ON_THE_WIRE as error:
        failure = wire_failure(error)
    return replace(failure, reason=asking.credentials.hide(failure.reason)[:LONGEST_REASON])


@dataclass(slots=True, kw_only=True)
class _Asking:
    """One fetch."""

    web: Web
    source: Source
    memo: Memo
    now: datetime
    patience: Patience
    credentials: Credentials = NO_CREDENTIALS
    api: str = ""
    """The domain of the API that is asked, which robots.txt is not for."""

    async def answer(self, where: str) -> Capture | NotModified:
        """Ask, and follow where it leads.

        Raises:
            Failed, TimeoutError, and failures.ON_THE_WIRE.
        """
        url = start = _address(where)
        self._take_credentials(start)
        if self._is_api(where):
            self.api = domain_of(start.host)
        validators, moved_to, for_good = self._validators(), "", True
        for _ in range(MOST_REDIRECTS + 1):
            delay = await self._delay_by_rules(url)
            headers = {**validators, **dict(self.credentials.headers_for(url))}
            asked = self.credentials.added_to(url)
            async with self.web.get(asked, headers, self.patience, delay) as response:
                if not response.has_redirect_location:
                    return await self._read(response, url, moved_to, whole=not validators)
                location, code = response.headers["location"], response.status_code
            before, url = url, _target(url, location)
            for_good = for_good and code in FOR_GOOD
            if for_good:
                moved_to = self._moved_to(url)
            if url.host != before.host:
                validators = {}
        raise Failed(
            f"more than {MOST_REDIRECTS} redirects, the last to {self.credentials.shown(str(url))}",
            Cause.ADDRESS,
        )

    def _take_credentials(self, start: httpx.URL) -> None:
        if not is_remote(self.source.url):
            return
        home = _parsed(self.source.url)
        if home.userinfo or self.source.header_variables or self.source.query_variables:
            try:
                self.credentials = credentials_of(self.source, home, self.web.environment)
            except Failed:
                if origin_of(start) == origin_of(home):
                    raise

    def _is_api(self, where: str) -> bool:
        kind = KINDS[self.source.kind]
        if self.source.robots is not None or not kind.is_api(self.source):
            return False
        # What follows a "?" asks the same API for another piece.
        own = (self.source.url, kind.address(self.source), self.memo.moved_to)
        return where.partition("?")[0] in {each.partition("?")[0] for each in own}

    def _validators(self) -> dict[str, str]:
        whole_at, validators = self.memo.whole_at, {}
        if whole_at is not None and timedelta(0) <= self.now - whole_at < TAGS_BELIEVED_FOR:
            if etag := _sendable(self.memo.etag):
                validators["if-none-match"] = etag
            if last_modified := _sendable(self.memo.last_modified):
                validators["if-modified-since"] = last_modified
        return validators

    async def _delay_by_rules(self, url: httpx.URL) -> float:
        """The gap that robots.txt asks for, in seconds; `Failed` where we are to stay away."""
        if self.source.robots is False or (self.api and domain_of(url.host) == self.api):
            return 0
        rules = await self.web.robots.rules(self.web, url, self.patience)
        if not rules.allow(str(url)):
            raise Failed(
                f"robots.txt of {url.host} asks programs to keep away from this address: ask the "
                "outlet, and set `robots = false` if it agrees",
                Cause.ROBOTS,
            )
        return rules.delay

    async def _read(
        self, response: httpx.Response, url: httpx.URL, moved_to: str, *, whole: bool
    ) -> Capture | NotModified:
        headers, code = response.headers, response.status_code
        if code == HTTPStatus.NOT_MODIFIED and not whole:
            return NotModified(
                etag=_sendable(headers.get("etag")) or self.memo.etag,
                last_modified=_sendable(headers.get("last-modified")) or self.memo.last_modified,
                max_age=max_age(headers),
                moved_to=moved_to,
            )
        if code != HTTPStatus.OK:
            raise Failed.of(await self._refusal(response, url))
        content = await whole_body(response, large=self.web.large, patience=self.patience)
        digest = hashlib.sha256(content).hexdigest()
        etag, last_modified = headers.get("etag"), headers.get("last-modified")
        if digest == self.memo.digest:
            return NotModified(
                etag=_sendable(etag),
                last_modified=_sendable(last_modified),
                max_age=max_age(headers),
                moved_to=moved_to,
                asked_whole=True,
            )
        content_type, charset = _media(headers.get("content-type", ""))
        if is_challenge(code, headers, content_type, content[:LOOKED_AT]):
            raise Failed(CHALLENGED, Cause.CHALLENGE)
        return Capture(
            url=self.credentials.shown(str(url)),
            content=content,
            content_type=content_type,
            charset=charset,
            fetched_at=self.now,
            etag=_sendable(etag),
            last_modified=_sendable(last_modified),
            digest=digest,
            max_age=max_age(headers),
            moved_to=moved_to,
        )

    async def _refusal(self, response: httpx.Response, url: httpx.URL) -> FetchFailed:
        """What an answer means that is not what was asked for."""
        headers, code, start = response.headers, response.status_code, b""
        if code in SUSPICIOUS:
            with suppress(*ON_THE_WIRE):
                start, _ = await beginning(response, LOOKED_AT)
        wait = retry_after(headers, self.patience.now()) if code in THROTTLING else None
        if is_challenge(code, headers, _media(headers.get("content-type", ""))[0], start):
            return FetchFailed(CHALLENGED, Cause.CHALLENGE, wait)
        failure = status_failure(code)
        if wait is not None:
            failure = replace(failure, cause=Cause.THROTTLED, retry_after=wait)
        elif failure.cause in {Cause.LOGIN, Cause.REFUSED} and self.credentials.are_kept_from(url):
            reason = f"{failure.reason}; its credentials do not go to {url.scheme}://{url.host}"
            failure = replace(failure, reason=reason)
        return failure

    def _moved_to(self, url: httpx.URL) -> str:
        """The address to keep; "" where it leads nowhere without the secrets that it was given."""
        whole, shown = str(url), self.credentials.shown(str(url))
        home = self.source.url.rpartition("@")[2]
        if shown == whole or without_secrets(home) == home:
            return shown
        return ""


def _address(where: str) -> httpx.URL:
    """The address as it is asked and told of: who asks is said apart from it."""
    url = _parsed(where)
    return url.copy_with(username="", password="") if url.userinfo else url


@lru_cache(maxsize=4096)
def _parsed(where: str) -> httpx.URL:
    url = httpx.URL(where).copy_with(fragment=None)
    if not _can_be_asked(url):
        raise httpx.InvalidURL(where)
    return url


def _can_be_asked(url: httpx.URL) -> bool:
    # What no name may hold has been escaped; in IPv6 it is the mark of a zone.
    named = bool(url.host) and ("%" not in url.host or ":" in url.host)
    return url.scheme in {"http", "https"} and named and (url.port or 1) <= 65535


def _target(url: httpx.URL, location: str) -> httpx.URL:
    try:
        target = url.join(location).copy_with(username="", password="", fragment=None)
    except (httpx.InvalidURL, ValueError):
        raise Failed.of(lead_astray(location)) from None
    if not _can_be_asked(target):
        raise Failed.of(lead_astray(location))
    return target


def _media(stated: str) -> tuple[str, str | None]:
    """The media type in lower case and the charset of a Content-Type."""
    if not stated:
        return "", None
    media = Message()
    media["content-type"] = stated[:500]
    return media.get_content_type(), media.get_content_charset()


def _sendable(tag: str | None) -> str | None:
    return tag if tag and TAG.fullmatch(tag) else None
