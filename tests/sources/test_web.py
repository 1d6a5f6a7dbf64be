"""Where the way out leads, and where it never does."""

import asyncio
import ssl
from datetime import timedelta
from pathlib import Path

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from asking import LOOPBACK, NOW, Names, Outcome, opened, served, source_at
from tracker.health import Cause
from tracker.sources.capture import Capture
from tracker.sources.fetch import FetchFailed, fetch
from tracker.sources.web import Manners, open_web

CERTIFICATES = Path(__file__).parent / "tls"
"""Of `other.example`, with its key; the one valid from 2001 to 2999, the other until 2002."""


async def body(_: web.Request) -> web.Response:
    return web.Response(body=b"<rss/>")


def asked(
    url: str, names: Names | None = None, *allow: str, robots: bool | None = False
) -> tuple[Outcome, int]:
    """What comes of it, and how many requests the machine got that should not be reached."""
    reached = 0

    async def count(request: web.Request) -> web.Response:
        nonlocal reached
        reached += 1
        return await body(request)

    async def once() -> Outcome:
        async with served(count) as port, opened(names, allow=allow) as way:
            source = source_at(url.replace("PORT", str(port)), robots=robots)
            return await fetch(way, source, None, NOW)

    return asyncio.run(once()), reached


@pytest.mark.parametrize("robots", [True, False])
@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1", "10.0.0.7", "192.168.1.7", "172.20.0.1", "169.254.169.254", "100.64.0.1",
        "192.0.0.192", "0.0.0.0", "224.0.0.1", "255.255.255.255",  # noqa: S104 — refused
        "[::1]", "[::]", "[fe80::1]", "[fe80::1%25eth0]", "[fd00::7]", "[::ffff:127.0.0.1]",
        "[::ffff:8.8.8.8]", "[64:ff9b::7f00:1]", "[2002:7f00:1::1]", "[ff02::1]",
    ],
)  # fmt: skip
def test_no_private_address_is_asked(host: str, *, robots: bool) -> None:
    outcome, reached = asked(f"http://{host}:PORT/feed", robots=robots)
    assert isinstance(outcome, FetchFailed)
    assert outcome.cause is Cause.ADDRESS
    assert outcome.reason.startswith("refused: ")
    assert outcome.reason.endswith("; add it to polling.allow_hosts")
    assert reached == 0


@pytest.mark.parametrize(
    "host", ["2130706433", "127.1", "0177.0.0.1", "127.000.000.001", "①②⑦.⓪.⓪.①", "127。0。0。1"]
)
def test_no_odd_spelling_of_a_private_address_is_asked(host: str) -> None:
    outcome, reached = asked(f"http://{host}:PORT/feed")
    assert isinstance(outcome, FetchFailed)
    assert outcome.cause is Cause.ADDRESS
    assert reached == 0


@pytest.mark.parametrize("host", ["0x7f000001", "0x7f.0.0.1", "localhost"])
def test_what_the_system_takes_for_a_private_address_is_refused(host: str) -> None:
    async def once() -> Outcome:
        async with (
            served(body) as port,
            open_web(Manners(), environment={}) as way,
        ):
            return await fetch(way, source_at(f"http://{host}:{port}/feed"), None, NOW)

    outcome = asyncio.run(once())
    assert isinstance(outcome, FetchFailed)
    assert outcome.cause is Cause.ADDRESS
    assert "on this machine; add it to polling.allow_hosts" in outcome.reason


@pytest.mark.parametrize("addresses", [["127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]])
def test_a_name_that_leads_to_a_private_address_is_refused(addresses: list[str]) -> None:
    outcome, reached = asked("http://news.example:PORT/feed", Names(news_example=addresses))
    assert isinstance(outcome, FetchFailed)
    assert outcome.cause is Cause.ADDRESS
    assert reached == 0


def test_a_private_host_is_asked_where_it_is_allowed() -> None:
    names = Names(intranet=[LOOPBACK])
    assert isinstance(asked("http://intranet:PORT/feed", names, "intranet")[0], Capture)
    assert isinstance(asked("http://127.0.0.1:PORT/feed", None, LOOPBACK)[0], Capture)
    assert isinstance(
        asked("http://[::ffff:127.0.0.1]:PORT/", None, "::ffff:127.0.0.1")[0], Capture
    )


@pytest.mark.parametrize("target", ["http://127.0.0.2:PORT/", "http://inner.example:PORT/"])
def test_a_redirect_to_a_private_address_is_refused(target: str) -> None:
    reached = 0

    async def answer(request: web.Request) -> web.Response:
        nonlocal reached
        reached += 1
        there = target.replace("PORT", str(request.url.port))
        return web.Response(status=302, headers={"location": there})

    async def once() -> Outcome:
        names = Names(news_example=[LOOPBACK], inner_example=["127.0.0.2"])
        async with served(answer) as port, opened(names, allow=["news.example"]) as way:
            return await fetch(way, source_at(f"http://news.example:{port}/feed"), None, NOW)

    outcome = asyncio.run(once())
    assert isinstance(outcome, FetchFailed)
    assert outcome.cause is Cause.ADDRESS
    assert "127.0.0.2" in outcome.reason
    assert reached == 1


def test_a_name_that_first_leads_here_and_then_there_is_vetted_each_time() -> None:
    """What was vetted is what is connected to: it is not looked up again in between."""
    reached = 0

    async def once(_: web.Request) -> web.Response:
        nonlocal reached
        reached += 1
        # The next request needs a new connection, and so another look-up.
        return web.Response(status=302, headers={"location": "/again", "connection": "close"})

    async def story() -> tuple[Outcome, Names]:
        names = Names(news_example=["127.0.0.1", "127.0.0.2"])
        # The first answer of the name server is to be trusted, the second is not.
        async with served(once) as port, opened(names, allow=["127.0.0.1"]) as way:
            url = f"http://news.example:{port}/feed"
            return await fetch(way, source_at(url), None, NOW), names

    outcome, names = asyncio.run(story())
    assert isinstance(outcome, FetchFailed)
    assert outcome.reason.startswith("refused: news.example is 127.0.0.2, on this machine")
    assert names.asked == ["news.example"] * 2
    assert reached == 1


def test_proxies_of_the_environment_are_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:1")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:1")
    assert isinstance(asked("http://127.0.0.1:PORT/feed", None, LOOPBACK)[0], Capture)


def test_a_proxy_that_is_set_is_asked_for_everything_and_looks_up_the_names() -> None:
    seen: list[str] = []

    async def proxy(request: web.Request) -> web.Response:
        seen.append(request.raw_path)
        return await body(request)

    async def once() -> Outcome:
        async with served(proxy) as port:
            manners = Manners(proxy=f"http://{LOOPBACK}:{port}", gap=timedelta(0))
            names = Names()
            async with open_web(manners, environment={}, resolver=names) as way:
                url = "http://nobody.example/feed"
                outcome = await fetch(way, source_at(url, robots=True), None, NOW)
                assert names.asked == []
                return outcome

    assert isinstance(asyncio.run(once()), Capture)
    assert seen == ["http://nobody.example/robots.txt", "http://nobody.example/feed"]


def test_a_proxy_that_is_not_there_is_told_as_such() -> None:
    async def once() -> Outcome:
        async with open_web(Manners(proxy="http://127.0.0.1:1"), environment={}) as way:
            return await fetch(way, source_at("http://nobody.example/feed"), None, NOW)

    assert asyncio.run(once()) == FetchFailed(
        "no connection to the proxy: is `polling.proxy` right?"
    )


@pytest.mark.parametrize(
    ("host", "certificate", "trusted", "failure"),
    [
        ("other.example", "other", True, None),
        (
            "news.example",
            "other",
            True,
            FetchFailed("no secure connection: its certificate is for another name", Cause.ADDRESS),
        ),
        (
            "other.example",
            "other",
            False,
            FetchFailed(
                "no secure connection: its certificate is signed by nobody but itself",
                Cause.ADDRESS,
            ),
        ),
        (
            "other.example",
            "expired",
            True,
            FetchFailed("no secure connection: its certificate has expired", Cause.OUTAGE),
        ),
    ],
)
def test_a_certificate_is_that_of_the_name(
    monkeypatch: pytest.MonkeyPatch,
    host: str,
    certificate: str,
    failure: FetchFailed | None,
    *,
    trusted: bool,
) -> None:
    file = CERTIFICATES / f"{certificate}.pem"
    if trusted:
        monkeypatch.setenv("SSL_CERT_FILE", str(file))
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(file)

    async def once() -> Outcome:
        app = web.Application()
        app.router.add_get("/feed", body)
        names = Names(other_example=[LOOPBACK], news_example=[LOOPBACK])
        server = TestServer(app, host=LOOPBACK)
        await server.start_server(ssl=tls)
        try:
            async with opened(names, allow=["other.example", "news.example"]) as way:
                url = f"https://{host}:{server.port}/feed"
                return await fetch(way, source_at(url), None, NOW)
        finally:
            await server.close()

    outcome = asyncio.run(once())
    assert outcome == failure if failure else isinstance(outcome, Capture)


def test_a_plain_server_where_tls_was_meant_is_an_outage() -> None:
    outcome, _ = asked("https://127.0.0.1:PORT/feed", None, LOOPBACK)
    assert isinstance(outcome, FetchFailed)
    assert outcome.cause is Cause.OUTAGE
    assert outcome.reason.startswith("no secure connection: ")
