"""The one outbound GET, against a real server on loopback and real files."""

import asyncio
import gzip
import os
import socket
import tracemalloc
import zlib
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from errno import ECONNREFUSED
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from tracker.intake import Memo, Source
from tracker.model import Rank
from tracker.sources.fetch import (
    MOST_BYTES,
    Capture,
    FetchFailed,
    NotModified,
    client,
    fetch,
)

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
BODY = b"<rss/>"
Answer = Callable[[web.Request], Awaitable[web.StreamResponse]]


def source_at(url: str) -> Source:
    return Source(id="a", kind="feed", url=url, name="A", rank=Rank.OUTLET)


def get(
    url: str, memo: Memo | None = None, patience: timedelta = timedelta(seconds=20)
) -> Capture | NotModified | FetchFailed:
    async def once() -> Capture | NotModified | FetchFailed:
        async with client() as session:
            return await fetch(session, source_at(url), memo, NOW, patience=patience)

    return asyncio.run(once())


def get_from(
    answer: Answer,
    memo: Memo | None = None,
    contact: str | None = None,
    patience: timedelta = timedelta(seconds=20),
) -> Capture | NotModified | FetchFailed:
    """What a fetch of /feed comes to, where `answer` serves every path."""

    async def once() -> Capture | NotModified | FetchFailed:
        app = web.Application()
        app.router.add_get("/{path:.*}", answer)
        async with TestServer(app) as server, client(contact) as session:
            url = str(server.make_url("/feed"))
            return await fetch(session, source_at(url), memo, NOW, patience=patience)

    return asyncio.run(once())


def raw(body: bytes, encoding: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=body, headers={"Content-Encoding": encoding})

    return answer


def status(code: int) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=code)

    return answer


def test_an_answer_is_captured_with_what_its_headers_say() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(
            body=BODY,
            headers={
                "Content-Type": 'Application/RSS+xml; charset="Windows-1251"',
                "ETag": '"v1"',
                "Last-Modified": "Thu, 01 May 2031 10:00:00 GMT",
            },
        )

    captured = get_from(answer)
    assert isinstance(captured, Capture)
    assert captured.url.endswith("/feed")
    assert captured.content == BODY
    assert captured.content_type == "application/rss+xml"
    assert captured.charset == "windows-1251"
    assert captured.fetched_at == NOW
    assert captured.etag == '"v1"'
    assert captured.last_modified == "Thu, 01 May 2031 10:00:00 GMT"
    assert captured.digest == sha256(BODY).hexdigest()


def test_the_request_says_who_asks_and_what_is_understood() -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=BODY)

    get_from(answer, contact="desk@news.example")
    assert seen[0].headers["User-Agent"].startswith("tracker/")
    assert seen[0].headers["User-Agent"].endswith(" (+desk@news.example)")
    assert seen[0].headers["Accept-Encoding"] == "gzip, deflate"
    assert "If-None-Match" not in seen[0].headers


def test_validators_are_sent_back_and_a_304_is_nothing_new() -> None:
    async def answer(request: web.Request) -> web.Response:
        known = (
            request.headers.get("If-None-Match") == '"v1"'
            and request.headers.get("If-Modified-Since") == "Thu, 01 May 2031 10:00:00 GMT"
        )
        return web.Response(status=304) if known else web.Response(body=BODY)

    memo = Memo(etag='"v1"', last_modified="Thu, 01 May 2031 10:00:00 GMT")
    assert get_from(answer, memo) == NotModified()
    assert isinstance(get_from(answer, Memo(etag='"v0"')), Capture)


def test_the_same_bytes_are_nothing_new_even_without_validators() -> None:
    memo = Memo(digest=sha256(BODY).hexdigest())
    assert get_from(raw(BODY, "identity"), memo) == NotModified()
    assert isinstance(get_from(raw(BODY + b" ", "identity"), memo), Capture)


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    assert get_from(status(304)) == FetchFailed("it answered 304 (Not Modified)")


def test_redirects_are_followed_and_the_last_address_is_kept() -> None:
    async def answer(request: web.Request) -> web.Response:
        if request.path == "/feed":
            raise web.HTTPMovedPermanently("/here/it/is")
        return web.Response(body=BODY)

    captured = get_from(answer)
    assert isinstance(captured, Capture)
    assert captured.url.endswith("/here/it/is")


def test_a_circle_of_redirects_ends() -> None:
    async def answer(_: web.Request) -> web.Response:
        raise web.HTTPFound("/feed")

    failed = get_from(answer)
    assert isinstance(failed, FetchFailed)
    assert failed.reason.startswith("more than 5 redirects, the last to http://")


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://127.0.0.1/feed"])
def test_a_redirect_never_leaves_the_web(target: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target})

    assert get_from(answer) == FetchFailed(f"it redirects to {target!r}, which is no web address")


@pytest.mark.parametrize("target", ["http://[oops/", "http://a:port/", "http://"])
def test_a_redirect_to_no_address_is_a_failure(target: str) -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(status=302, headers={"Location": target})

    assert isinstance(get_from(answer), FetchFailed)


@pytest.mark.parametrize(
    ("code", "reason"),
    [
        (500, "it answered 500 (Internal Server Error): trouble on its side, which often passes"),
        (404, "it answered 404 (Not Found): there is nothing at this address: has it moved?"),
        (410, "it answered 410 (Gone): it is gone for good: correct or disable the source"),
        (429, "it answered 429 (Too Many Requests): it is asked too often: raise `every`"),
        (204, "it answered 204 (No Content): it sent nothing to read"),
        (299, "it answered 299 (a status of its own): it sent nothing to read"),
    ],
)
def test_a_status_is_told_with_its_meaning(code: int, reason: str) -> None:
    assert get_from(status(code)) == FetchFailed(reason)


def test_a_source_that_hangs_is_left_in_time() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        await response.write(b"<rss>")
        await asyncio.Event().wait()
        return response

    failed = get_from(answer, patience=timedelta(seconds=0.2))
    assert failed == FetchFailed("no whole answer within 0.2 s")


def test_a_source_that_hangs_up_is_a_failure() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        assert request.transport
        request.transport.close()
        return web.Response()

    assert get_from(answer) == FetchFailed("it hung up without an answer")


def test_an_answer_that_breaks_off_is_a_failure() -> None:
    async def answer(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse(headers={"Content-Length": "1000"})
        await response.prepare(request)
        await response.write(b"<rss>")
        assert request.transport
        request.transport.close()
        return response

    assert get_from(answer) == FetchFailed("the connection broke off in the middle of the answer")


def test_nobody_listening_is_a_failure() -> None:
    with closing(socket.socket()) as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        failed = get(f"http://127.0.0.1:{port}/feed")
    assert isinstance(failed, FetchFailed)
    assert failed.reason == f"no connection to 127.0.0.1:{port}: {os.strerror(ECONNREFUSED)}"


def test_a_name_that_nobody_has_is_a_failure() -> None:
    assert get("http://nobody.invalid/feed") == FetchFailed(
        "no machine is known by the name 'nobody.invalid': is the address right?"
    )


@pytest.mark.parametrize("url", ["http://" + "a" * 70 + ".example/", "http://a b/", "http:///x"])
def test_an_address_that_cannot_be_is_a_failure(url: str) -> None:
    assert isinstance(get(url), FetchFailed)


def test_fifty_megabytes_announced_are_refused_before_they_are_read() -> None:
    async def answer(_: web.Request) -> web.Response:
        return web.Response(body=bytes(50 * 2**20))

    assert get_from(answer) == FetchFailed("too large: 50 MB; the most that is read is 5 MB")


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

    failed = get_from(answer)
    assert failed == FetchFailed("too large: more than 5 MB, which is the most that is read")
    assert sent < 50


def test_the_largest_body_that_is_read_is_read_whole() -> None:
    captured = get_from(raw(gzip.compress(bytes(MOST_BYTES)), "gzip"))
    assert isinstance(captured, Capture)
    assert captured.content == bytes(MOST_BYTES)


def test_a_bomb_costs_little_memory() -> None:
    bomb = gzip.compress(bytes(500 * 2**20), compresslevel=9)
    tracemalloc.start()
    try:
        failed = get_from(raw(bomb, "gzip"))
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert failed == FetchFailed("too large: more than 5 MB, which is the most that is read")
    assert peak < 5 * MOST_BYTES


@pytest.mark.parametrize(
    ("body", "encoding"),
    [
        (gzip.compress(BODY * 9000), "gzip"),
        (gzip.compress(BODY * 4000) + gzip.compress(BODY * 5000), "x-gzip"),
        (zlib.compress(BODY * 9000), "deflate"),
        (zlib.compress(BODY * 9000, wbits=-15), "deflate"),
        (BODY * 9000, "identity"),
    ],
    ids=["gzip", "two members", "deflate", "bare deflate", "identity"],
)
def test_a_compressed_body_is_the_body(body: bytes, encoding: str) -> None:
    captured = get_from(raw(body, encoding))
    assert isinstance(captured, Capture)
    assert captured.content == BODY * 9000


@pytest.mark.parametrize(
    ("body", "encoding", "reason"),
    [
        (gzip.compress(BODY)[:-9], "gzip", "its gzip body is cut off"),
        (
            b"no gzip at all",
            "gzip",
            "its gzip body is broken: Error -3 while decompressing data: incorrect header check",
        ),
        (b"\x0b\x02\x80", "br", "it answered in the encoding 'br', which was not asked for"),
    ],
)
def test_a_body_that_cannot_be_unpacked_is_a_failure(
    body: bytes, encoding: str, reason: str
) -> None:
    assert get_from(raw(body, encoding)) == FetchFailed(reason)


def test_a_local_file_is_read_and_its_bytes_remembered(tmp_path: Path) -> None:
    file = tmp_path / "news.rss"
    file.write_bytes(BODY)
    captured = get(str(file))
    assert isinstance(captured, Capture)
    assert (captured.url, captured.content) == (str(file), BODY)
    assert get(str(file), Memo(digest=captured.digest)) == NotModified()


def test_a_local_file_that_cannot_be_read_is_a_failure(tmp_path: Path) -> None:
    big = tmp_path / "big.rss"
    with big.open("wb") as file:
        file.truncate(50 * 2**20)
    assert get(str(big)) == FetchFailed("too large: 50 MB; the most that is read is 5 MB")
    assert get(str(tmp_path)) == FetchFailed(f"{tmp_path} is no file")
    assert get(str(tmp_path / "none")) == FetchFailed(f"there is no file {tmp_path / 'none'}")
