"""The only outbound GET: one polite, bounded, conditional request per poll.

Trouble on the way is a value with one line for people, never an exception. What the bytes mean
is read elsewhere; robots.txt and the vetting of addresses are not done here.
"""

import asyncio
import hashlib
import importlib.metadata
import os
import zlib
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.message import Message
from http import HTTPStatus
from pathlib import Path
from typing import Final

import aiohttp
import httpx
from httpx_aiohttp import HttpxAiohttpClient

from tracker.intake import Memo, Source
from tracker.sources.capture import Capture, is_remote

__all__ = ["Capture", "FetchFailed", "NotModified", "client", "fetch"]

MOST_BYTES: Final = 5 * 1024 * 1024
"""The largest body that is read, after decompression."""
PIECE: Final = 64 * 1024
MOST_REDIRECTS: Final = 5
PATIENCE: Final = timedelta(seconds=30)
"""For one whole fetch, redirects and body included."""
ZLIB_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
MEANINGS: Final = {
    401: "it wants a login",
    403: "it refuses this program",
    404: "there is nothing at this address: has it moved?",
    406: "it has nothing that this program can read",
    410: "it is gone for good: correct or disable the source",
    429: "it is asked too often: raise `every`",
    451: "it is withheld for legal reasons",
}


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source says, or its bytes say, that nothing is new."""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Nothing could be fetched this time; `reason` is one line for people."""

    reason: str


class _Stop(Exception):  # noqa: N818 — carries a finished FetchFailed.reason out of the depth
    """Ends one fetch."""


def client(contact: str | None = None) -> httpx.AsyncClient:
    """The one client that all fetches share; close it when done.

    `contact`, an address or a page, tells an outlet whom to write to.
    """
    version = importlib.metadata.version("tracker")
    return HttpxAiohttpClient(
        headers={
            "User-Agent": f"tracker/{version}" + (f" (+{contact})" if contact else ""),
            "Accept": "application/rss+xml, application/atom+xml, application/feed+json, "
            "application/json;q=0.9, application/xml;q=0.9, text/html;q=0.8, */*;q=0.5",
            "Accept-Encoding": "gzip, deflate",
        },
        timeout=httpx.Timeout(20, connect=10),
        limits=httpx.Limits(max_connections=50, max_keepalive_connections=20),
        follow_redirects=False,
        trust_env=False,
    )


async def fetch(
    client: httpx.AsyncClient,
    source: Source,
    memo: Memo | None,
    now: datetime,
    *,
    patience: timedelta = PATIENCE,
) -> Capture | NotModified | FetchFailed:
    """What the source shows at `now`, unless it is what `memo` remembers."""
    try:
        async with asyncio.timeout(patience.total_seconds()):
            if is_remote(source.url):
                answer = await _get(client, source.url, memo, now)
            else:
                answer = await asyncio.to_thread(_read, source.url, now)
    except _Stop as stop:
        return FetchFailed(str(stop))
    except TimeoutError:
        return FetchFailed(f"no whole answer within {patience.total_seconds():g} s")
    except (
        httpx.HTTPError,
        httpx.InvalidURL,
        aiohttp.ClientError,
        OSError,
        UnicodeError,  # a host name that cannot be written in DNS
    ) as error:
        return FetchFailed(_reason(error))
    if memo and isinstance(answer, Capture) and answer.digest == memo.digest:
        return NotModified()
    return answer


async def _get(
    client: httpx.AsyncClient, url: str, memo: Memo | None, now: datetime
) -> Capture | NotModified:
    headers = {}
    if memo and memo.etag:
        headers["If-None-Match"] = memo.etag
    if memo and memo.last_modified:
        headers["If-Modified-Since"] = memo.last_modified
    address = httpx.URL(url)
    for _ in range(MOST_REDIRECTS + 1):
        async with client.stream("GET", address, headers=headers) as response:
            if response.has_redirect_location:
                target = response.headers["Location"]
                address = address.join(target)
                if not is_remote(str(address)):
                    raise _Stop(f"it redirects to {target!r}, which is no web address")
                continue
            if response.status_code == HTTPStatus.NOT_MODIFIED and headers:
                return NotModified()
            if response.status_code != HTTPStatus.OK:
                raise _Stop(_status(response.status_code))
            media = Message()
            media["Content-Type"] = response.headers.get("Content-Type", "")
            return _capture(
                str(address),
                await _body(response),
                now,
                content_type=media.get_content_type() if media["Content-Type"] else "",
                charset=media.get_content_charset(),
                etag=response.headers.get("ETag"),
                last_modified=response.headers.get("Last-Modified"),
            )
    raise _Stop(f"more than {MOST_REDIRECTS} redirects, the last to {address}")


async def _body(response: httpx.Response) -> bytes:
    """The body, decompressed; it stops as soon as it is too large."""
    length = response.headers.get("Content-Length", "")
    if length.isascii() and length.isdigit() and int(length) > MOST_BYTES:
        raise _too_large(int(length))
    body = bytearray()
    async with aclosing(_pieces(response)) as pieces:
        async for piece in pieces:
            body += piece
            if len(body) > MOST_BYTES:
                raise _too_large(None)
    return bytes(body)


async def _pieces(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    """The body in decompressed pieces of a bounded size, so that a bomb costs no memory."""
    encoding = response.headers.get("Content-Encoding", "identity").strip().lower()
    if encoding in {"", "identity"}:
        async for chunk in response.aiter_raw():
            yield chunk
        return
    if encoding not in ZLIB_WINDOW:
        raise _Stop(f"it answered in the encoding {encoding!r}, which was not asked for")
    decoder = None
    try:
        async for chunk in response.aiter_raw():
            pending, more = chunk, bool(chunk)
            while more:
                if decoder is None or decoder.eof:  # gzip may hold several members
                    decoder = _decoder(encoding, pending)
                piece = decoder.decompress(pending, PIECE)
                yield piece
                pending = decoder.unused_data or decoder.unconsumed_tail
                more = bool(pending) or (len(piece) == PIECE and not decoder.eof)
    except zlib.error as error:
        raise _Stop(f"its {encoding} body is broken: {error}") from error
    if decoder is not None and not decoder.eof:
        raise _Stop(f"its {encoding} body is cut off")


def _decoder(encoding: str, start: bytes) -> "zlib._Decompress":
    # Some servers send "deflate" without the zlib header that it should have.
    bare = encoding == "deflate" and start[0] & 0x0F != zlib.DEFLATED
    return zlib.decompressobj(-zlib.MAX_WBITS if bare else ZLIB_WINDOW[encoding])


def _read(path: str, now: datetime) -> Capture:
    file = Path(path)
    if not file.exists():
        raise _Stop(f"there is no file {path}")
    if not file.is_file():
        raise _Stop(f"{path} is no file")
    if file.stat().st_size > MOST_BYTES:
        raise _too_large(file.stat().st_size)
    return _capture(path, file.read_bytes(), now)


def _capture(
    url: str,
    content: bytes,
    now: datetime,
    *,
    content_type: str = "",
    charset: str | None = None,
    etag: str | None = None,
    last_modified: str | None = None,
) -> Capture:
    return Capture(
        url=url,
        content=content,
        content_type=content_type,
        charset=charset,
        fetched_at=now,
        etag=etag,
        last_modified=last_modified,
        digest=hashlib.sha256(content).hexdigest(),
    )


def _too_large(size: int | None) -> _Stop:
    most = f"{MOST_BYTES // 2**20} MB"
    if size is None:
        return _Stop(f"too large: more than {most}, which is the most that is read")
    return _Stop(f"too large: {size / 2**20:.0f} MB; the most that is read is {most}")


def _status(code: int) -> str:
    meaning = MEANINGS.get(code, "")
    if code >= 500:
        meaning = "trouble on its side, which often passes"
    elif code < 300:
        meaning = "it sent nothing to read"
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        phrase = "a status of its own"
    return f"it answered {code} ({phrase})" + (f": {meaning}" if meaning else "")


def _reason(error: Exception) -> str:
    """One line for what went wrong on the wire.

    The transport's own mapping calls a refused connection a time-out, so its cause is asked first.
    """
    cause = error.__cause__ or error
    match cause:
        case aiohttp.ClientConnectorDNSError():
            return f"no machine is known by the name {cause.host!r}: is the address right?"
        case aiohttp.ClientConnectorCertificateError() | aiohttp.ClientSSLError():
            return f"no secure connection: {cause}"
        case aiohttp.ClientConnectorError():
            why = os.strerror(cause.errno) if cause.errno else cause.strerror
            return f"no connection to {cause.host}:{cause.port}: {why}"
        case aiohttp.ServerDisconnectedError():
            return "it hung up without an answer"
        case aiohttp.ClientPayloadError():
            return "the connection broke off in the middle of the answer"
        case TimeoutError() | httpx.TimeoutException():
            return "no answer in time"
        case aiohttp.InvalidURL() | httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return f"not a usable address: {cause}"
        case aiohttp.ClientResponseError():
            return f"it does not speak HTTP: {cause.message}"
    return " ".join((str(cause) or type(cause).__name__).split())
