"""The body of an answer: read within bounds, and unpacked within bounds.

What is packed is collected first and unpacked at one go, so that however many answers come in at
once, only one window of a decoder is in memory. A body that is not whole is a failure, never a
shorter body.
"""

import asyncio
import zlib
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import AsyncExitStack, aclosing, suppress
from typing import Final, cast

import brotli
import httpx

from tracker.health import Cause
from tracker.sources.answers import MOST_BYTES, too_large
from tracker.sources.failures import Failed
from tracker.sources.patience import Patience

ACCEPTED: Final = "gzip, deflate, br"
"""What is understood, as `Accept-Encoding` says it."""
LARGE: Final = 256 * 1024
"""More than this of a body is read only by a few at a time."""
PIECE: Final = 64 * 1024
ZLIB_WINDOW: Final = {"gzip": 31, "x-gzip": 31, "deflate": 15}
GZIP_MAGIC: Final = 0x1F
MOST_MEMBERS: Final = 1000
"""Of one gzip body: each costs a decoder."""


async def whole_body(
    response: httpx.Response, *, large: asyncio.Semaphore, patience: Patience
) -> bytes:
    """The body, unpacked.

    Raises:
        Failed: it is too large, cut off, or not what it says.
    """
    packing = _packing(response)
    length = response.headers.get("content-length", "")
    if length.isascii() and length.isdigit() and int(length[:19]) > MOST_BYTES:
        raise Failed(too_large(int(length[:19])), Cause.TOO_LARGE)
    body = bytearray()
    async with AsyncExitStack() as held, aclosing(_raw(response)) as chunks:
        async for chunk in chunks:
            body += chunk
            if len(body) > MOST_BYTES:
                raise Failed(too_large(), Cause.TOO_LARGE)
            if len(body) > LARGE >= len(body) - len(chunk):
                async with patience.stopped():
                    await held.enter_async_context(large)
        return _unpacked(body, packing) if packing else bytes(body)


async def beginning(response: httpx.Response, most: int) -> tuple[bytes, bool]:
    """At most so many bytes of the body's beginning, unpacked, and whether that is all of it.

    What cannot be unpacked is left out.
    """
    body = bytearray()
    with suppress(Failed):
        packing = _packing(response)
        async with aclosing(_raw(response)) as chunks:
            async for chunk in chunks:
                body += chunk
                if len(body) > most:
                    break
        whole = len(body) <= most
        unpacked = bytearray() if packing else body[:most]
        with suppress(Failed):
            for piece in _pieces(body[:most], packing) if packing else ():
                unpacked += piece
                if len(unpacked) > most:
                    return bytes(unpacked[:most]), False
        return bytes(unpacked), whole
    return b"", False


def _raw(response: httpx.Response) -> AsyncGenerator[bytes, None]:
    # It is one, which its type does not say: only so can it be closed at once.
    return cast("AsyncGenerator[bytes, None]", response.aiter_raw())


def _packing(response: httpx.Response) -> str:
    """How the body is packed; "" = not at all."""
    stated: str = response.headers.get("content-encoding", "").lower()
    packings = [each.strip() for each in stated.split(",")]
    packings = [each for each in packings if each not in {"", "identity"}]
    if not packings:
        return ""
    if len(packings) > 1 or (packings[0] not in ZLIB_WINDOW and packings[0] != "br"):
        raise Failed(
            f"it answered in the encoding {', '.join(packings)[:60]!r}, which was not asked for"
        )
    return packings[0]


def _unpacked(packed: bytes | bytearray, packing: str) -> bytes:
    body = bytearray()
    for piece in _pieces(packed, packing):
        body += piece
        if len(body) > MOST_BYTES:
            raise Failed(too_large(), Cause.TOO_LARGE)
    return bytes(body)


def _pieces(packed: bytes | bytearray, packing: str) -> Iterator[bytes]:
    """The body in pieces of a bounded size, so that a bomb costs no memory."""
    unpack = _brotli_pieces if packing == "br" else _zlib_pieces
    try:
        yield from unpack(memoryview(packed), packing)
    except (zlib.error, brotli.error) as error:
        raise Failed(f"its {packing} body is broken: {error}") from error


def _zlib_pieces(packed: memoryview, packing: str) -> Iterator[bytes]:
    if not packed:
        return
    decoder, members = _decoder(packing, packed[0]), 1
    at = 0
    while at < len(packed):
        pending: bytes | memoryview = packed[at : at + PIECE]
        at += len(pending)
        full = False
        while pending or full:
            if decoder.eof:
                # gzip may hold several members; what else comes after the end is padding.
                if not packing.endswith("gzip") or not pending or pending[0] != GZIP_MAGIC:
                    return
                decoder, members = _decoder(packing, GZIP_MAGIC), members + 1
                if members > MOST_MEMBERS:
                    raise Failed(f"its {packing} body is broken: it has no end of members")
            piece = decoder.decompress(pending, PIECE)
            yield piece
            pending = decoder.unused_data or decoder.unconsumed_tail
            full = len(piece) == PIECE and not decoder.eof
    if not decoder.eof:
        raise Failed(f"its {packing} body is cut off")


def _decoder(packing: str, first: int) -> "zlib._Decompress":
    # Some servers send "deflate" without the zlib header that it should have.
    bare = packing == "deflate" and first & 0x0F != zlib.DEFLATED
    return zlib.decompressobj(-zlib.MAX_WBITS if bare else ZLIB_WINDOW[packing])


def _brotli_pieces(packed: memoryview, packing: str) -> Iterator[bytes]:
    if not packed:
        return
    decoder = brotli.Decompressor()
    process: Callable[..., bytes] = decoder.process
    for at in range(0, len(packed), PIECE):
        piece = process(packed[at : at + PIECE], output_buffer_limit=PIECE)
        yield piece
        # It may have more to give though it would take more: only an empty piece is the end.
        while piece or not decoder.can_accept_more_data():
            piece = process(b"", output_buffer_limit=PIECE)
            yield piece
    if not decoder.is_finished():
        raise Failed(f"its {packing} body is cut off")
