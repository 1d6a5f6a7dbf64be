"""Bodies are read whole and within bounds, or not at all."""

import asyncio
import gzip
import subprocess
import sys
import tracemalloc
import zlib
from dataclasses import replace
from datetime import timedelta
from functools import cache

import brotli
import pytest
from aiohttp import web
from hypothesis import given, settings
from hypothesis import strategies as st

from asking import (
    LOOPBACK,
    NOW,
    Answer,
    Names,
    Outcome,
    get_from,
    get_spoken,
    opened,
    run_skipping,
    served,
    source_at,
    speaking,
    spoken,
)
from tracker.health import Cause
from tracker.sources.answers import MOST_BYTES
from tracker.sources.body import LARGE
from tracker.sources.capture import Capture
from tracker.sources.fetch import FetchFailed, fetch
from tracker.sources.web import Web

BODY = b"<rss/>" * 9000
TOO_LARGE = FetchFailed(
    "too large: more than 5 MB, which is the most that is read", Cause.TOO_LARGE
)


def raw(body: bytes, encoding: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    return answer


@cache
def bomb(encoding: str, size: int) -> bytes:
    """So many zero bytes, packed."""
    pieces = [bytes(2**20)] * (size // 2**20)
    if encoding == "br":
        brotli_packer = brotli.Compressor(quality=3)
        return b"".join([*map(brotli_packer.process, pieces), brotli_packer.finish()])
    packer = zlib.compressobj(9, zlib.DEFLATED, 31 if encoding == "gzip" else 15)
    return b"".join([*map(packer.compress, pieces), packer.flush()])


def test_fifty_megabytes_announced_are_refused_before_they_are_read() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bytes(50 * 2**20))

    assert get_from(answer) == FetchFailed(
        "too large: 50 MB; the most that is read is 5 MB", Cause.TOO_LARGE
    )


def test_fifty_megabytes_unannounced_are_refused_where_the_limit_is_passed() -> None:
    sent = 0

    async def answer(request: web.Request) -> web.StreamResponse:
        nonlocal sent
        response = web.StreamResponse()
        response.enable_chunked_encoding()
        await response.prepare(request)
        for _ in range(50):
            await response.write(bytes(2**20))
            sent += 1
        return response

    assert get_from(answer) == TOO_LARGE
    assert sent < 50


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "br"])
def test_the_largest_body_that_is_read_is_read_whole(encoding: str) -> None:
    capture = get_from(raw(bomb(encoding, MOST_BYTES), encoding))
    assert isinstance(capture, Capture)
    assert capture.content == bytes(MOST_BYTES)


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_bomb_of_a_gigabyte_costs_little_memory(encoding: str) -> None:
    packed = bomb(encoding, 2**30)
    tracemalloc.start()
    try:
        failed = get_from(raw(packed, encoding))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failed == TOO_LARGE
    assert peak < 20 * 2**20


@pytest.mark.parametrize("encoding", ["gzip", "br"])
def test_a_bomb_costs_the_process_little_memory(encoding: str) -> None:
    """What decoders take for themselves is not seen by Python's own count."""
    program = (
        "import resource, sys\n"
        "from asking import get_from\n"
        "from aiohttp import web\n"
        "packed, encoding = sys.stdin.buffer.read(), sys.argv[1]\n"
        "async def answer(_):\n"
        "    return web.Response(body=packed, headers={'Content-Encoding': encoding})\n"
        "async def plain(_):\n"
        "    return web.Response(body=b'<rss/>')\n"
        "get_from(plain)\n"
        "before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss\n"
        "print(get_from(answer).cause)\n"
        "print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", program, encoding],
        input=bomb(encoding, 2**30),
        env={"PYTHONPATH": ":".join(sys.path)},
        capture_output=True,
        check=True,
    )
    cause, kilobytes = ended.stdout.decode().split("\n")[:2]
    assert cause == "too large"
    assert int(kilobytes) * (1 if sys.platform == "darwin" else 1024) < 20 * 2**20


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(BODY), "gzip"),
        (gzip.compress(BODY[:4000]) + gzip.compress(BODY[4000:]), "x-gzip"),
        (gzip.compress(BODY) + bytes(600), "gzip"),
        (gzip.compress(BODY), "identity, GZip"),
        (zlib.compress(BODY), "deflate"),
        (zlib.compress(BODY, wbits=-15), "deflate"),
        (brotli.compress(BODY), "br"),
        (brotli.compress(BODY, lgwin=24), "br"),
        (BODY, "identity"),
        (b"", "gzip"),
        (b"", "br"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(len(value)),
)
def test_a_compressed_body_is_the_body(body: bytes, encoding: str) -> None:
    capture = get_from(raw(body, encoding))
    assert isinstance(capture, Capture)
    assert capture.content == (BODY if body else b"")


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(BODY)[:-9], "gzip", "its gzip body is cut off"),
        (gzip.compress(BODY) + gzip.compress(BODY)[:9], "gzip", "its gzip body is cut off"),
        (zlib.compress(BODY)[:-9], "deflate", "its deflate body is cut off"),
        (brotli.compress(BODY)[:-9], "br", "its br body is cut off"),
        (
            b"no gzip at all",
            "gzip",
            "its gzip body is broken: Error -3 while decompressing data: incorrect header check",
        ),
        (b"\xff" * 100, "br", "its br body is broken: brotli: decoder failed"),
        (
            gzip.compress(b"") * 1001,
            "gzip",
            "its gzip body is broken: it has no end of members",
        ),
        (b"hi", "zstd", "it answered in the encoding 'zstd', which was not asked for"),
        (b"hi", "gzip, gzip", "it answered in the encoding 'gzip, gzip', which was not asked for"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_a_failure(
    body: bytes, encoding: str, reason: str
) -> None:
    assert get_from(raw(body, encoding)) == FetchFailed(reason)


OK = b"HTTP/1.1 200 OK\r\n"
BROKE_OFF = FetchFailed("the connection broke off in the middle of the answer")
NO_HTTP = FetchFailed("it does not speak HTTP, or not as it should")


@pytest.mark.parametrize(
    ("parts", "failure"),
    [
        ((b"",), FetchFailed("it hung up without an answer")),
        ((b"HTTP/1.1 200 OK\r\nContent-",), FetchFailed("it hung up without an answer")),
        ((OK + b"Content-Length: 1000\r\n\r\n<rss>",), BROKE_OFF),
        ((OK + b"Content-Length: 3\r\n\r\n<rss>...",), NO_HTTP),
        ((OK + b"Content-Length: -3\r\n\r\n<rss>",), NO_HTTP),
        ((OK + b"Content-Length: 3\r\nContent-Length: 5\r\n\r\n<rss>",), NO_HTTP),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\n",), BROKE_OFF),
        ((OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\n<rss>\r\nzz\r\n",), NO_HTTP),
        ((b"<html>Welcome to the router</html>\r\n\r\n",), NO_HTTP),
        ((OK + b"X: " + b"a" * 10**6 + b"\r\n\r\n",), NO_HTTP),
        ((OK + b"".join(b"X-%d: a\r\n" % n for n in range(5000)) + b"\r\n",), NO_HTTP),
        (
            (b"HTTP/1.1 999 Odd\r\nContent-Length: 0\r\n\r\n",),
            FetchFailed(
                "it answered 999 (a status of its own): trouble on its side, which often passes"
            ),
        ),
    ],
)
def test_an_answer_that_is_not_whole_is_a_failure(
    parts: tuple[bytes, ...], failure: FetchFailed
) -> None:
    assert get_spoken(*parts) == failure


HEADERS = """
Content-Length Content-Encoding Content-Type Location ETag Cache-Control Expires Date Retry-After
Transfer-Encoding
"""


@settings(max_examples=60, deadline=None)
@given(
    st.sampled_from([200, 301, 304, 403, 429, 503]),
    st.lists(
        st.tuples(
            st.sampled_from(HEADERS.split()),
            st.text(st.characters(codec="latin-1", exclude_characters="\r\n"), max_size=30)
            | st.sampled_from(["gzip", "br", "chunked", "text/html", "5", "http://a.example/"]),
        ),
        max_size=5,
    ),
    st.binary(max_size=60),
)
def test_no_answer_is_too_odd(status: int, headers: list[tuple[str, str]], body: bytes) -> None:
    lines = [f"HTTP/1.1 {status} So", *(f"{name}: {value}" for name, value in headers), "", ""]
    get_spoken("\r\n".join(lines).encode("latin-1") + body)


def test_an_answer_that_is_reset_in_its_middle_is_a_failure() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<rss>")
        assert request.transport
        request.transport.abort()
        return response

    assert get_from(answer) == BROKE_OFF


def hanging(*parts: bytes) -> Outcome:
    """What a fetch comes to where a server says this and then no more, without hanging up."""

    async def once() -> Outcome:
        async with spoken(*parts, then_hang=True) as port, opened() as way:
            return await fetch(way, source_at(f"http://{LOOPBACK}:{port}/feed"), None, NOW)

    return run_skipping(once())


@pytest.mark.parametrize(
    "part", [b"", b"HTTP/1.1 200", OK + b"X: a\r\n", OK + b"Content-Length: 9\r\n\r\n<rss>"]
)
def test_a_source_that_falls_silent_is_left_in_time(part: bytes) -> None:
    assert hanging(part) == FetchFailed("no answer in time")


@pytest.mark.parametrize(
    ("head", "drop"),
    [
        (b"HTTP/1.1 200 ", b"O"),
        (OK + b"X: ", b"a"),
        (OK + b"Content-Length: 999999\r\n\r\n", b"x"),
    ],
)
def test_a_source_that_only_drips_is_left_in_time(head: bytes, drop: bytes) -> None:
    """Each piece comes in time, and there is no end of it: of a line, of a header, of a body."""

    async def drip(writer: asyncio.StreamWriter) -> None:
        writer.write(head)
        while True:
            writer.write(drop)
            await writer.drain()
            await asyncio.sleep(5)

    async def once() -> Outcome:
        async with speaking(drip) as port, opened() as way:
            return await fetch(way, source_at(f"http://{LOOPBACK}:{port}/feed"), None, NOW)

    assert run_skipping(once()) == FetchFailed("no whole answer within 30 s")


def test_what_a_fetch_may_take_can_be_set() -> None:
    async def once() -> Outcome:
        async with spoken(OK, then_hang=True) as port, opened() as way:
            url = f"http://{LOOPBACK}:{port}/feed"
            return await fetch(way, source_at(url), None, NOW, patience=timedelta(seconds=2.5))

    assert run_skipping(once()) == FetchFailed("no whole answer within 2.5 s")


def test_large_bodies_wait_for_each_other_and_none_fails_for_having_to_wait() -> None:
    """The small one goes past; the other large one was sent at once, but is read after the slow."""
    read: list[str] = []

    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(bytes(10 if "small" in request.host else LARGE + 1))
        for _ in range(2 if "slow" in request.host else 0):
            await asyncio.sleep(10)
            await response.write(b" ")
        return response

    async def all_at_once() -> None:
        hosts = ["slow.example", "large.example", "small.example"]
        names = Names(**{host.replace(".", "_"): [LOOPBACK] for host in hosts})

        async def ask(way: Web, host: str, port: int, seconds: int) -> None:
            source, patience = source_at(f"http://{host}:{port}/"), timedelta(seconds=seconds)
            assert isinstance(await fetch(way, source, None, NOW, patience=patience), Capture)
            read.append(host)

        async with served(answer) as port, opened(names, allow=hosts) as opened_way:
            way = replace(opened_way, large=asyncio.Semaphore(1))
            slow = asyncio.create_task(ask(way, hosts[0], port, 30))
            await asyncio.sleep(1)
            assert way.large.locked()
            await asyncio.gather(slow, *(ask(way, host, port, 5) for host in hosts[1:]))

    run_skipping(all_at_once())
    assert read == ["small.example", "slow.example", "large.example"]
