"""The one way out to sources, against real servers on loopback and real files."""

import asyncio
import os
import socket
from contextlib import closing
from datetime import timedelta
from errno import ECONNREFUSED
from hashlib import sha256
from pathlib import Path

import pytest
from aiohttp import web

from asking import (
    LOOPBACK,
    NOW,
    Answer,
    Names,
    Outcome,
    get_from,
    get_spoken,
    opened,
    served,
    source_at,
)
from tracker.health import Cause
from tracker.intake import Memo
from tracker.sources.capture import Capture
from tracker.sources.fetch import FetchFailed, NotModified, fetch

BODY = b"<rss/>"
LATER = "Thu, 01 May 2031 10:00:00 GMT"
YESTERDAY = NOW - timedelta(hours=23)


def get(url: str, memo: Memo | None = None, address: str | None = None) -> Outcome:
    async def once() -> Outcome:
        async with opened() as way:
            return await fetch(way, source_at(url), memo, NOW, address=address)

    return asyncio.run(once())


def with_body(body: bytes = BODY, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(body=body, headers=named)

    return answer


def status(code: int, **headers: str) -> Answer:
    async def answer(_: web.Request) -> web.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return web.Response(status=code, headers=named)

    return answer


def redirecting(**steps: tuple[int, str]) -> Answer:
    """Each path named leads on, with a status; every other one has the body."""

    async def answer(request: web.Request) -> web.Response:
        code, target = steps.get(request.path.strip("/"), (200, ""))
        if code == 200:
            return web.Response(body=BODY)
        return web.Response(status=code, headers={"location": target})

    return answer


def failed(outcome: Outcome) -> FetchFailed:
    assert isinstance(outcome, FetchFailed)
    return outcome


def captured(outcome: Outcome) -> Capture:
    assert isinstance(outcome, Capture)
    return outcome


def test_an_answer_is_captured_with_what_its_headers_say() -> None:
    capture = captured(
        get_from(
            with_body(
                content_type='Application/RSS+xml; charset="Windows-1251"',
                etag='"v1"',
                last_modified=LATER,
                cache_control="public, max-age=600",
            )
        )
    )
    assert capture.url.endswith("/feed")
    assert capture.content == BODY
    assert capture.content_type == "application/rss+xml"
    assert capture.charset == "windows-1251"
    assert capture.fetched_at == NOW
    assert capture.etag == '"v1"'
    assert capture.last_modified == LATER
    assert capture.digest == sha256(BODY).hexdigest()
    assert capture.max_age == timedelta(minutes=10)
    assert capture.moved_to == ""


def test_the_request_says_who_asks_and_what_is_understood() -> None:
    seen: list[web.Request] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request)
        return web.Response(body=BODY)

    async def once() -> None:
        async with served(answer) as port, opened(contact="desk@news.example") as way:
            await fetch(way, source_at(f"http://{LOOPBACK}:{port}/feed"), None, NOW)

    asyncio.run(once())
    assert seen[0].headers["User-Agent"].startswith("tracker/")
    assert seen[0].headers["User-Agent"].endswith(" (+desk@news.example)")
    assert seen[0].headers["Accept-Encoding"] == "gzip, deflate, br"
    assert "If-None-Match" not in seen[0].headers
    assert "Cookie" not in seen[0].headers


async def known_alone(request: web.Request) -> web.Response:
    """Answers 304 to whoever has both validators."""
    known = (
        request.headers.get("If-None-Match") == '"v1"'
        and request.headers.get("If-Modified-Since") == LATER
    )
    if known:
        return web.Response(status=304, headers={"cache-control": "max-age=60"})
    return web.Response(body=BODY)


def test_validators_are_sent_back_and_a_304_is_nothing_new() -> None:
    memo = Memo(etag='"v1"', last_modified=LATER, whole_at=YESTERDAY)
    assert get_from(known_alone, memo) == NotModified(
        etag='"v1"', last_modified=LATER, max_age=timedelta(minutes=1)
    )


def test_a_304_may_bring_new_validators() -> None:
    answer = status(304, etag='"v2"')
    memo = Memo(etag='"v1"', last_modified=LATER, whole_at=YESTERDAY)
    assert get_from(answer, memo) == NotModified(etag='"v2"', last_modified=LATER)


@pytest.mark.parametrize("whole_at", [None, NOW - timedelta(days=1), NOW + timedelta(minutes=1)])
def test_the_whole_body_is_asked_for_once_a_day(whole_at: object) -> None:
    """Tags are known to lie, and so are clocks."""
    memo = Memo(etag='"v1"', last_modified=LATER, whole_at=whole_at)  # type: ignore[arg-type]
    assert captured(get_from(known_alone, memo)).content == BODY


@pytest.mark.parametrize("tag", ['"\u201cv1\u201d"', '"' + "a" * 600 + '"', '"a\nb"', ""])
def test_a_validator_that_cannot_be_sent_back_is_left_out(tag: str) -> None:
    memo = Memo(etag=tag, last_modified=LATER, whole_at=YESTERDAY)
    assert captured(get_from(known_alone, memo)).content == BODY


def test_an_odd_tag_of_an_answer_is_not_remembered() -> None:
    said = b'HTTP/1.1 200 OK\r\nETag: "\xe9\xff"\r\nContent-Length: 6\r\n\r\n<rss/>'
    assert captured(get_spoken(said)).etag is None


def test_the_same_bytes_are_nothing_new_even_without_validators() -> None:
    memo = Memo(digest=sha256(BODY).hexdigest())
    assert get_from(with_body(etag='"v2"'), memo) == NotModified(etag='"v2"', asked_whole=True)
    assert isinstance(get_from(with_body(BODY + b" "), memo), Capture)


def test_the_same_bytes_in_answer_to_validators_were_seen_whole() -> None:
    memo = Memo(etag='"v0"', whole_at=YESTERDAY, digest=sha256(BODY).hexdigest())
    assert get_from(with_body(), memo) == NotModified(asked_whole=True)


def test_a_304_that_nobody_asked_for_is_a_failure() -> None:
    assert get_from(status(304)) == FetchFailed("it answered 304 (Not Modified)")


def test_redirects_are_followed_and_the_last_address_is_kept() -> None:
    capture = captured(get_from(redirecting(feed=(302, "/here/it/is"))))
    assert capture.url.endswith("/here/it/is")
    assert capture.moved_to == ""


def test_an_address_has_moved_to_the_end_of_the_permanent_redirects_it_begins_with() -> None:
    answer = redirecting(feed=(301, "/a"), a=(308, "b#top"), b=(302, "/c"), c=(301, "/d"))
    capture = captured(get_from(answer))
    assert capture.url.endswith("/d")
    assert capture.moved_to.endswith("/b")


def test_what_moved_for_good_after_a_passing_redirect_has_not_moved() -> None:
    assert captured(get_from(redirecting(feed=(307, "/a"), a=(301, "/b")))).moved_to == ""


def test_nothing_new_at_a_new_address_tells_the_address() -> None:
    answer = redirecting(feed=(301, "/a"))
    found = get_from(answer, Memo(digest=sha256(BODY).hexdigest()))
    assert isinstance(found, NotModified)
    assert found.moved_to.endswith("/a")


def test_validators_are_for_one_host_alone() -> None:
    seen: list[tuple[str, str | None]] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append((f"{request.host}{request.path}", request.headers.get("If-None-Match")))
        target = {"/feed": f"http://b.example:{request.url.port}/b", "/b": "/c"}.get(request.path)
        if target:
            return web.Response(status=302, headers={"location": target})
        return web.Response(body=BODY)

    async def once() -> None:
        names = Names(a_example=[LOOPBACK], b_example=[LOOPBACK])
        allow = ["a.example", "b.example"]
        async with served(answer) as port, opened(names, allow=allow) as way:
            memo = Memo(etag='"v1"', whole_at=YESTERDAY)
            found = await fetch(way, source_at(f"http://a.example:{port}/feed"), memo, NOW)
            assert isinstance(found, Capture)
            assert seen == [
                (f"a.example:{port}/feed", '"v1"'),
                (f"b.example:{port}/b", None),
                (f"b.example:{port}/c", None),
            ]

    asyncio.run(once())


def test_a_circle_of_redirects_ends() -> None:
    end = failed(get_from(redirecting(feed=(302, "/feed"))))
    assert end.reason.startswith("more than 5 redirects, the last to http://")
    assert end.cause is Cause.ADDRESS


@pytest.mark.parametrize(
    "target",
    [
        "file:///etc/hostname",
        "ftp://127.0.0.1/feed",
        "javascript:alert(1)",
        "http://a:port/",
        "http://a:99999/",
        "http://[oops/",
        "http://a\x01b/",
        "http://0177.0.0.1/",
    ],
)
def test_a_redirect_never_leaves_the_web(target: str) -> None:
    head = f"HTTP/1.1 302 Found\r\nLocation: {target}\r\nContent-Length: 0\r\n\r\n"
    assert get_spoken(head.encode()) == FetchFailed(
        f"it redirects to {target!r}, which is no web address", Cause.ADDRESS
    )


@pytest.mark.parametrize(
    ("code", "reason", "cause"),
    [
        (
            500,
            "it answered 500 (Internal Server Error): trouble on its side, which often passes",
            Cause.OUTAGE,
        ),
        (401, "it answered 401 (Unauthorized): it wants a login", Cause.LOGIN),
        (403, "it answered 403 (Forbidden): it refuses this program", Cause.REFUSED),
        (
            404,
            "it answered 404 (Not Found): there is nothing at this address: has it moved?",
            Cause.MISSING,
        ),
        (
            410,
            "it answered 410 (Gone): it is gone for good: correct or disable the source",
            Cause.GONE,
        ),
        (
            429,
            "it answered 429 (Too Many Requests): it is asked too often: raise `every`",
            Cause.THROTTLED,
        ),
        (
            451,
            "it answered 451 (Unavailable For Legal Reasons): it is withheld for legal reasons",
            Cause.REFUSED,
        ),
        (204, "it answered 204 (No Content): it sent nothing to read", Cause.OUTAGE),
        (299, "it answered 299 (a status of its own): it sent nothing to read", Cause.OUTAGE),
    ],
)
def test_a_status_is_told_with_its_meaning(code: int, reason: str, cause: Cause) -> None:
    assert get_from(status(code)) == FetchFailed(reason, cause)


def test_nobody_listening_is_an_outage() -> None:
    with closing(socket.socket()) as taken:
        taken.bind((LOOPBACK, 0))
        port = taken.getsockname()[1]
        outcome = get(f"http://{LOOPBACK}:{port}/feed")
    assert outcome == FetchFailed(
        f"no connection to {LOOPBACK}:{port}: {os.strerror(ECONNREFUSED)}", Cause.OUTAGE
    )


def test_a_name_that_nobody_has_is_an_outage() -> None:
    """A registration that lapses for a day is one; a typing error is seen by its words."""
    assert get("http://nobody.invalid/feed") == FetchFailed(
        "no machine is known by the name 'nobody.invalid': is the address right?", Cause.OUTAGE
    )


@pytest.mark.parametrize("url", ["http://a b/", "http:///x", "http://[::1", "http://a:99999/"])
def test_an_address_that_cannot_be_is_for_the_operator(url: str) -> None:
    assert failed(get(url)).cause is Cause.ADDRESS


def test_another_address_is_asked_where_one_is_given() -> None:
    seen: list[str] = []

    async def answer(request: web.Request) -> web.Response:
        seen.append(request.path_qs)
        return web.Response(body=BODY)

    async def once() -> Outcome:
        async with served(answer) as port, opened() as way:
            base = f"http://{LOOPBACK}:{port}"
            return await fetch(
                way, source_at(f"{base}/feed"), None, NOW, address=f"{base}/story?id=7#part"
            )

    assert captured(asyncio.run(once())).url.endswith("/story?id=7")
    assert seen == ["/story?id=7"]


def test_a_local_file_is_read_and_its_bytes_remembered(tmp_path: Path) -> None:
    file = tmp_path / "news.rss"
    file.write_bytes(BODY)
    capture = captured(get(str(file)))
    assert (capture.url, capture.content) == (str(file), BODY)
    assert isinstance(get(str(file), Memo(digest=capture.digest)), NotModified)
    assert captured(get(str(file), address=str(file))).content == BODY


def test_a_file_may_point_to_the_web() -> None:
    async def once() -> Outcome:
        async with served(with_body()) as port, opened() as way:
            address = f"http://{LOOPBACK}:{port}/story"
            return await fetch(way, source_at("cape/news.rss"), None, NOW, address=address)

    assert captured(asyncio.run(once())).content == BODY


@pytest.mark.parametrize("address", ["/etc/hostname", "file:///etc/hostname", "", "cape/other.rss"])
@pytest.mark.parametrize("url", ["http://127.0.0.1:1/", "news.rss"])
def test_no_link_leads_into_our_own_files(url: str, address: str) -> None:
    assert get(url, address=address) == FetchFailed(
        "not a web address: it is not asked for", Cause.ADDRESS
    )
