"""One attempt to post an alert, signed, and what became of it as a value.

What is due and in which words was decided before (`rules.py`); when to try again is decided in
`posting.py`; where a post may go at all, in `tracker.addresses`, whose client connects.
"""

import asyncio
import re
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Literal

import aiohttp
import httpx

from tracker.addresses import AddressRefused
from tracker.alerts.signing import sign
from tracker.store.base import Delivery

PATIENCE: Final = timedelta(seconds=15)
"""What a receiver has for the whole exchange."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""What a receiver may ask us to wait, at most."""

MOST_SAID: Final = 200
"""Bytes of an answer's body that are kept …"""
MOST_READ: Final = 4 * 1024
"""… and that are read, so that the connection of a short one can be used again …"""
LISTENING: Final = 1.0
"""… within so many seconds after the headers: only the status counts."""

ERRORS: Final = (
    httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, UnicodeError,
)  # fmt: skip
"""What may come of a request; the transport lets some errors of aiohttp and of IDNA through."""

UNSAFE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
"""Characters that move a cursor, ring a bell, or turn the direction of writing."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt, and what the receiver said, in a few words.

    "waiting": nothing was posted, because what is needed for it is not configured.
    """

    outcome: Literal["delivered", "retry", "gone", "waiting"]
    answer: str
    retry_after: timedelta | None = None
    status: int | None = None
    """Of HTTP; None: there was none."""
    said: str = ""
    """The first bytes of the answer's body, as text that does no harm."""


async def deliver(
    client: httpx.AsyncClient,
    url: str,
    delivery: Delivery,
    *,
    keys: Sequence[bytes],
    now: datetime,
    patience: timedelta = PATIENCE,
) -> Attempt:
    """Post one alert once. Only a 2xx is a success; a redirect is never followed.

    The id is the alert's on every attempt, the timestamp (and so the signature) is this one's.
    Whatever the answer's body does, the status alone decides.
    """
    body = delivery.body.encode()
    timestamp = int(now.timestamp())
    headers = {
        "accept-encoding": "identity",
        "content-type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(keys, delivery.id, timestamp, body),
    }
    loop = asyncio.get_running_loop()
    end = loop.time() + patience.total_seconds()
    try:
        async with asyncio.timeout_at(end):
            request = client.build_request("POST", url, content=body, headers=headers)
            response = await client.send(request, stream=True, follow_redirects=False)
    except TimeoutError:
        return Attempt("retry", f"no answer within {patience.total_seconds():g} s")
    except AddressRefused as refused:
        return Attempt("retry", f"refused: {refused}")
    except ERRORS as error:
        return Attempt("retry", few(f"no answer: {_trouble(error)}"))
    try:
        said = await _said(response, until=min(end, loop.time() + LISTENING))
    finally:
        with suppress(*ERRORS):
            await response.aclose()
    return _judged(response, said, now)


async def _said(response: httpx.Response, *, until: float) -> str:
    """The beginning of the answer's body, as far as it has come by then."""
    read = b""
    with suppress(TimeoutError, *ERRORS):
        async with asyncio.timeout_at(until):
            async for chunk in response.aiter_raw():
                read += chunk
                if len(read) > MOST_READ:
                    break
    if response.headers.get("content-encoding", "identity") != "identity":
        return ""  # Not what was asked for, and of no use unless it is decompressed.
    return few(read[:MOST_SAID].decode(errors="replace"))


def _judged(response: httpx.Response, said: str, now: datetime) -> Attempt:
    code = response.status_code
    answer = few(f"{code} {response.reason_phrase}")
    if response.is_success:
        return Attempt("delivered", answer, None, code, said)
    if code == HTTPStatus.GONE:
        return Attempt("gone", "410: gone", None, code, said)
    if 300 <= code < 400:
        answer = f"{code}: redirects are not followed; correct the url"
    wait = _retry_after(response.headers.get("retry-after"), now)
    return Attempt("retry", answer, wait, code, said)


def _retry_after(stated: str | None, now: datetime) -> timedelta | None:
    """The header's wait, in seconds or until a date (RFC 9110, 10.2.3), at most a day.

    None where it says nothing that can be read so.
    """
    if stated is None:
        return None
    try:
        if stated.strip().isdecimal():
            return timedelta(seconds=min(int(stated), LONGEST_WAIT.total_seconds()))
        until = parsedate_to_datetime(stated[:64])
        wait = until.replace(tzinfo=until.tzinfo or UTC) - now
    except (ValueError, OverflowError, TypeError, IndexError):  # as its parser does on odd ones
        return None
    return min(max(wait, timedelta(0)), LONGEST_WAIT)


def _trouble(error: Exception) -> str:
    # The transport's own mapping calls a refused connection a time-out: its cause knows better.
    cause = error if isinstance(error, aiohttp.ClientError) else error.__cause__ or error
    match cause:
        case aiohttp.ClientConnectorDNSError():
            return f"no machine is known by the name {cause.host!r}"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return f"no secure connection: {cause}"
        case aiohttp.ClientConnectorError():
            return f"no connection to {cause.host}:{cause.port}: {cause.strerror or cause}"
        case aiohttp.ServerDisconnectedError():
            return "it hung up"
        case aiohttp.ClientResponseError():
            return "it does not speak HTTP"
    return str(cause) or type(cause).__name__


def few(words: str) -> str:
    """Words from outside on one line, harmless, in at most 200 bytes."""
    plain = " ".join(UNSAFE.sub(" ", words).split())
    return plain.encode(errors="replace")[:MOST_SAID].decode(errors="ignore")
