"""One attempt to post an alert, signed, and what became of it as a value.

What is due and in which words was decided before (`rules.py`); when to try again is decided in
`posting.py`; where a post may go at all, in `tracker.addresses`, whose client connects.
"""

import asyncio
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final, Literal

import aiohttp
import httpx

from tracker.addresses import AddressRefused
from tracker.alerts.bodies import CONTROLS
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.signing import sign
from tracker.store.base import Delivery

PATIENCE: Final = timedelta(seconds=15)
"""What a receiver has for the whole exchange."""

LONGEST_WAIT: Final = timedelta(hours=24)
"""What a receiver may ask us to wait, at most."""


@dataclass(frozen=True, slots=True)
class Attempt:
    """What became of one attempt, and what the receiver said, in a few words.

    "waiting": nothing was posted, because what is needed for it is not configured.
    """

    outcome: Literal["delivered", "retry", "gone", "waiting"]
    answer: str
    retry_after: timedelta | None = None


async def deliver(
    client: httpx.AsyncClient,
    endpoint: Endpoint,
    delivery: Delivery,
    *,
    key: bytes,
    now: datetime,
    patience: timedelta = PATIENCE,
) -> Attempt:
    """Post one alert once. Only a 2xx is a success; a redirect is never followed.

    The id is the alert's on every attempt, the timestamp (and so the signature) is this one's.
    The body of the answer is not read.
    """
    body = delivery.body.encode()
    timestamp = int(now.timestamp())
    headers = {
        "content-type": "application/json",
        "webhook-id": delivery.id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": sign(key, delivery.id, timestamp, body),
    }
    try:
        async with (
            asyncio.timeout(patience.total_seconds()),
            client.stream(
                "POST", endpoint.url, content=body, headers=headers, follow_redirects=False
            ) as response,
        ):
            return _judged(response, now)
    except TimeoutError:
        return Attempt("retry", f"no answer within {patience.total_seconds():g} s")
    except AddressRefused as refused:
        return Attempt("retry", f"refused: {refused}")
    # The transport lets some errors of aiohttp and of IDNA through.
    except (httpx.HTTPError, httpx.InvalidURL, aiohttp.ClientError, OSError, UnicodeError) as error:
        return Attempt("retry", _few(f"no answer: {_trouble(error)}"))


def _judged(response: httpx.Response, now: datetime) -> Attempt:
    code = response.status_code
    said = f"{code} {response.reason_phrase}".strip()
    if response.is_success:
        return Attempt("delivered", _few(said))
    if code == HTTPStatus.GONE:
        return Attempt("gone", "410: gone")
    if 300 <= code < 400:
        said = f"{code}: redirects are not followed; correct the url"
    return Attempt("retry", _few(said), _retry_after(response.headers.get("retry-after"), now))


def _retry_after(stated: str | None, now: datetime) -> timedelta | None:
    """The header's wait, in seconds or until a date (RFC 9110, 10.2.3), at most a day."""
    if stated is None:
        return None
    try:
        if stated.strip().isdecimal():
            return timedelta(seconds=min(int(stated), LONGEST_WAIT.total_seconds()))
        until = parsedate_to_datetime(stated)
    except ValueError:
        return None
    wait = until.replace(tzinfo=until.tzinfo or UTC) - now
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


def _few(words: str) -> str:
    return CONTROLS.sub(" ", words)[:200]
