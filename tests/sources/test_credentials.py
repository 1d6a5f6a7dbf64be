"""A source's credentials go to its own address alone, and are shown nowhere."""

import asyncio
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from urllib.parse import unquote

import pytest
from aiohttp import web

from asking import LOOPBACK, NOW, Names, Outcome, opened, served, source_at
from tracker.health import Cause
from tracker.intake import Memo, Source
from tracker.sources.capture import Capture
from tracker.sources.fetch import FetchFailed, NotModified, fetch

HOME, AWAY = "home.example", "away.example"
KEY, WORD = "k3y+of/home==", "open sesame"
ENVIRONMENT = {"HOME_KEY": KEY, "HOME_TOKEN": WORD}


@dataclass
class Outlet:
    """Leads from path to place, with a status; keeps what it got at each place."""

    steps: dict[str, tuple[int, str]] = field(default_factory=dict)
    got: list[tuple[str, str | None, str | None]] = field(default_factory=list)
    """Host and path with query, the header X-Token, and Authorization."""

    async def answer(self, request: web.Request) -> web.Response:
        host = request.host.partition(":")[0]
        headers = request.headers
        self.got.append(
            (f"{host}{request.path_qs}", headers.get("X-Token"), headers.get("Authorization"))
        )
        status, target = self.steps.get(request.path, (200, ""))
        if status == 200:
            return web.Response(body=b"<rss/>")
        there = target.replace("PORT", str(request.url.port))
        return web.Response(status=status, headers={"location": there} if target else {})


def with_keys(url: str = "http://home.example:PORT/feed") -> Source:
    return replace(
        source_at(url),
        header_variables=(("X-Token", "HOME_TOKEN"),),
        query_variables=(("k", "HOME_KEY"),),
    )


def asked(
    outlet: Outlet,
    source: Source,
    *,
    address: str | None = None,
    environment: Mapping[str, str] = ENVIRONMENT,
    memo: Memo | None = None,
) -> Outcome:
    async def once() -> Outcome:
        names = Names(home_example=[LOOPBACK], away_example=[LOOPBACK])
        async with (
            served(outlet.answer) as port,
            opened(names, allow=[HOME, AWAY], environment=environment) as way,
        ):
            own = replace(source, url=source.url.replace("PORT", str(port)))
            where = address and address.replace("PORT", str(port))
            return await fetch(way, own, memo, NOW, address=where)

    return asyncio.run(once())


def assert_hides_all(outcome: Outcome) -> None:
    shown = repr(outcome)
    for secret in (KEY, WORD, "k3y", "sesame"):
        assert secret not in shown


QUOTED = "k3y%2Bof/home%3D%3D"


def test_credentials_are_sent_and_not_shown() -> None:
    outlet = Outlet()
    capture = asked(outlet, with_keys("http://home.example:PORT/feed?page=2"))
    assert outlet.got == [(f"{HOME}/feed?page=2&k={QUOTED}", WORD, None)]
    assert isinstance(capture, Capture)
    assert capture.url.endswith("/feed?page=2")
    assert_hides_all(capture)


def test_a_login_in_the_address_is_sent_and_not_shown() -> None:
    outlet = Outlet({"/feed": (302, "/there")})
    capture = asked(outlet, source_at("http://desk:sesame%21@home.example:PORT/feed"))
    login = "Basic " + b64encode(b"desk:sesame!").decode()
    assert outlet.got == [(f"{HOME}/feed", None, login), (f"{HOME}/there", None, login)]
    assert isinstance(capture, Capture)
    assert capture.url.startswith("http://home.example:")
    assert_hides_all(capture)


@pytest.mark.parametrize(
    ("target", "got"),
    [
        ("/there", (f"{HOME}/there?k={QUOTED}", WORD, None)),
        (f"/there?k={QUOTED}&x=1", (f"{HOME}/there?x=1&k={QUOTED}", WORD, None)),
        (f"http://{AWAY}:PORT/there?x=1", (f"{AWAY}/there?x=1", None, None)),
        (f"http://{AWAY}:PORT/?k={QUOTED}", (f"{AWAY}/", None, None)),
        (f"http://who:ever@{AWAY}:PORT/", (f"{AWAY}/", None, None)),
    ],
)
def test_credentials_follow_redirects_to_the_same_origin_alone(
    target: str, got: tuple[str, str | None, str | None]
) -> None:
    outlet = Outlet({"/feed": (302, target)})
    assert_hides_all(asked(outlet, with_keys()))
    assert outlet.got[1] == got


def test_another_port_is_another_origin() -> None:
    async def once() -> list[tuple[str, str | None, str | None]]:
        first, second = Outlet(), Outlet()
        names = Names(home_example=[LOOPBACK])
        async with (
            served(second.answer) as there,
            served(first.answer) as port,
            opened(names, allow=[HOME], environment=ENVIRONMENT) as way,
        ):
            first.steps["/feed"] = (302, f"http://{HOME}:{there}/")
            await fetch(way, with_keys(f"http://{HOME}:{port}/feed"), None, NOW)
        return second.got

    assert asyncio.run(once()) == [(f"{HOME}/", None, None)]


def test_credentials_are_for_the_first_request_what_they_are_for_others() -> None:
    outlet = Outlet()
    asked(outlet, with_keys(), address=f"http://{AWAY}:PORT/story")
    asked(outlet, with_keys(), address=f"http://{HOME}:PORT/api?x=1")
    assert outlet.got == [
        (f"{AWAY}/story", None, None),
        (f"{HOME}/api?x=1&k={QUOTED}", WORD, None),
    ]


def test_credentials_that_are_kept_back_are_told_where_they_are_missed() -> None:
    outlet = Outlet({"/feed": (301, f"http://{AWAY}:PORT/there"), "/there": (401, "")})
    assert asked(outlet, with_keys()) == FetchFailed(
        "it answered 401 (Unauthorized): it wants a login; its credentials do not go to "
        "http://away.example",
        Cause.LOGIN,
    )


def test_an_address_that_has_moved_is_told_without_secrets() -> None:
    outlet = Outlet({"/feed": (301, f"/there?k={QUOTED}&sid=7&x=1")})
    capture = asked(outlet, with_keys())
    assert isinstance(capture, Capture)
    assert capture.moved_to.endswith("/there?x=1")
    found = asked(outlet, with_keys(), memo=Memo(digest=capture.digest))
    assert isinstance(found, NotModified)
    assert found.moved_to.endswith("/there?x=1")


def test_an_address_that_leads_nowhere_without_its_secret_is_not_told() -> None:
    """To ask there without it would be to lose the source."""
    outlet = Outlet({"/feed": (301, "/there?token=abc")})
    capture = asked(outlet, source_at("http://home.example:PORT/feed?token=abc"))
    assert isinstance(capture, Capture)
    assert capture.moved_to == ""
    assert capture.url.endswith("/there")


@pytest.mark.parametrize(
    "target",
    [
        f"ftp://{HOME}/?k={QUOTED}",
        f"/feed?k={QUOTED}",
        f"/feed?other={QUOTED}",
        "/feed/open%20sesame",
        "/feed/open+sesame?token=abc",
    ],
)
def test_a_failure_shows_no_secret_that_a_redirect_brings(target: str) -> None:
    paths = ("/feed", unquote(target.partition("?")[0]))
    outlet = Outlet(dict.fromkeys(paths, (302, target)))
    failed = asked(outlet, with_keys())
    assert isinstance(failed, FetchFailed)
    assert_hides_all(failed)
    assert "abc" not in failed.reason


@pytest.mark.parametrize("environment", [{}, {"HOME_TOKEN": WORD, "HOME_KEY": ""}])
def test_a_variable_that_is_not_set_is_named(environment: dict[str, str]) -> None:
    outlet = Outlet()
    failed = asked(outlet, with_keys(), environment=environment)
    assert isinstance(failed, FetchFailed)
    assert failed.cause is Cause.CREDENTIALS
    name = "HOME_KEY" if environment else "HOME_TOKEN"
    assert failed.reason == (f"the environment variable {name}, which its file names, is not set")
    assert outlet.got == []


def test_what_needs_no_credentials_is_asked_though_they_are_not_set() -> None:
    outlet = Outlet()
    found = asked(outlet, with_keys(), address=f"http://{AWAY}:PORT/story", environment={})
    assert isinstance(found, Capture)


@pytest.mark.parametrize("value", ["a\nHost: b", "a\r", "sésame", "a\0b", "a\tb"])
def test_a_value_that_cannot_be_sent_is_refused_by_the_name_of_its_variable(value: str) -> None:
    failed = asked(Outlet(), with_keys(), environment={**ENVIRONMENT, "HOME_TOKEN": value})
    assert failed == FetchFailed(
        "the environment variable HOME_TOKEN cannot be sent in a header: it holds a line end or "
        "another sign that is not plain ASCII",
        Cause.CREDENTIALS,
    )


@pytest.mark.parametrize("name", ["User-Agent", "Host", "If-None-Match", "A B", "A:", "É"])
def test_a_header_that_is_not_its_to_set_is_refused(name: str) -> None:
    source = replace(with_keys(), header_variables=((name, "HOME_TOKEN"),))
    assert asked(Outlet(), source) == FetchFailed(
        f"{name!r} is no header that a source can set", Cause.CREDENTIALS
    )


def test_a_way_out_does_not_show_its_environment() -> None:
    async def shown() -> str:
        async with opened(environment=ENVIRONMENT) as way:
            return repr(way)

    assert "sesame" not in asyncio.run(shown())
