"""What an outlet sees of us: its robots.txt is kept to, and it is left alone when it asks."""

import asyncio
import gzip
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import pairwise

import httpx
import pytest
from aiohttp import web

from asking import LOOPBACK, NOW, Names, Outcome, opened, run_skipping, served, source_at, spoken
from tracker.health import Cause
from tracker.intake import Memo, Source
from tracker.sources.capture import Capture
from tracker.sources.fetch import FetchFailed, NotModified, fetch
from tracker.sources.kind import Kind
from tracker.sources.kinds import KINDS
from tracker.sources.patience import Patience
from tracker.sources.robots import DECISIONS, MOST_KEPT, READY, Rules
from tracker.sources.web import Web

HOST = "news.example"
OTHER = "other.example"
NAMES = (HOST, OTHER, "www.news.example", "feedburner.com", "a.feedburner.com")


@dataclass
class Outlet:
    """Serves what it is given, by host and path; keeps what was asked, and when."""

    robots: str | tuple[int, str] = ""
    """The rules, or a status and where it redirects to."""
    answers: dict[str, web.Response | Callable[[], web.Response]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)

    async def answer(self, request: web.Request) -> web.Response:
        host = request.host.partition(":")[0]
        place = f"{host}{request.path}"
        self.asked.append(place)
        self.times.append(round(asyncio.get_running_loop().time()))
        if place in self.answers:
            found = self.answers[place]
            return found() if callable(found) else found
        if request.path != "/robots.txt":
            return web.Response(body=b"<rss/>")
        if isinstance(self.robots, str):
            return web.Response(text=self.robots)
        return web.Response(status=self.robots[0], headers={"location": self.robots[1]})


@dataclass
class Asked:
    """A way out that is open, and the outlet at its end."""

    way: Web
    port: int

    async def fetch(
        self,
        place: str = f"{HOST}/feed",
        *,
        now: datetime = NOW,
        address: str | None = None,
        memo: Memo | None = None,
        source: Source | None = None,
    ) -> Outcome:
        host, _, path = place.partition("/")
        url = f"http://{host}:{self.port}/{path}"
        asked = replace(source or source_at("", robots=None), url=url)
        if address is not None:
            host, _, path = address.partition("/")
            address = f"http://{host}:{self.port}/{path}"
        return await fetch(self.way, asked, memo, now, address=address)


def asking(
    outlet: Outlet,
    *places: str,
    gap: float = 0,
    nows: Sequence[datetime] = (),
    robots: bool | None = None,
) -> list[Outcome]:
    """What comes of fetching these places one after the other."""

    async def story(asked: Asked) -> list[Outcome]:
        source = source_at("", robots=robots)
        moments = [*nows, *[NOW] * (len(places) - len(nows))]
        return [
            await asked.fetch(place, now=now, source=source)
            for place, now in zip(places, moments, strict=True)
        ]

    return told(outlet, story, gap=gap)


def told(outlet: Outlet, story: Callable[[Asked], object], *, gap: float = 0) -> list[Outcome]:
    """What comes of a story with this outlet."""

    async def tell() -> list[Outcome]:
        names = Names(**{name.replace(".", "_"): [LOOPBACK] for name in NAMES})
        async with (
            served(outlet.answer) as port,
            opened(names, allow=NAMES, gap=timedelta(seconds=gap)) as way,
        ):
            return await story(Asked(way, port))  # type: ignore[misc, no-any-return]

    return run_skipping(tell())


def cause(outcome: Outcome) -> Cause | None:
    return outcome.cause if isinstance(outcome, FetchFailed) else None


KEEP_OUT = "User-agent: *\nDisallow: /private\n\nUser-agent: Tracker\nDisallow: /feed\n"


def test_what_robots_txt_forbids_is_not_asked_for() -> None:
    outlet = Outlet(KEEP_OUT)
    refused, allowed = asking(outlet, f"{HOST}/feed/all", f"{HOST}/private")
    assert refused == FetchFailed(
        "robots.txt of news.example asks programs to keep away from this address: ask the outlet, "
        "and set `robots = false` if it agrees",
        Cause.ROBOTS,
    )
    assert isinstance(allowed, Capture)
    assert outlet.asked == [f"{HOST}/robots.txt", f"{HOST}/private"]


def test_robots_txt_is_not_asked_for_where_the_file_of_the_source_says_so() -> None:
    outlet = Outlet(KEEP_OUT)
    assert isinstance(asking(outlet, f"{HOST}/feed", robots=False)[0], Capture)
    assert outlet.asked == [f"{HOST}/feed"]


@pytest.fixture
def api(monkeypatch: pytest.MonkeyPatch) -> Source:
    """A source of a kind that is an API, beside the page at its address."""

    def address(source: Source) -> str:
        return source.url.replace("/feed", "/api?action=read")

    kind = Kind(parse=KINDS["feed"].parse, address=address, is_api=lambda _: True)
    monkeypatch.setitem(KINDS, "api", kind)
    return replace(source_at("", robots=None), kind="api")


def test_an_api_is_asked_without_robots_txt_and_what_it_points_to_is_not(api: Source) -> None:
    outlet = Outlet("User-agent: *\nDisallow: /")

    async def story(asked: Asked) -> list[Outcome]:
        addresses = [None, f"{HOST}/api?action=read", f"{HOST}/api?page=2", f"{HOST}/story"]
        return [await asked.fetch(source=api, address=each) for each in addresses]

    *own, link = told(outlet, story)
    assert [type(each) for each in own] == [Capture] * 3
    assert cause(link) is Cause.ROBOTS


def test_an_api_is_asked_by_robots_txt_where_the_file_of_the_source_says_so(api: Source) -> None:
    outlet = Outlet("User-agent: *\nDisallow: /")

    async def story(asked: Asked) -> list[Outcome]:
        return [await asked.fetch(source=replace(api, robots=True))]

    assert cause(told(outlet, story)[0]) is Cause.ROBOTS


def test_an_api_that_redirects_is_one_still_while_on_its_domain(api: Source) -> None:
    outlet = Outlet("User-agent: *\nDisallow: /")

    async def story(asked: Asked) -> list[Outcome]:
        there = f"http://www.news.example:{asked.port}/api"
        away = f"http://{OTHER}:{asked.port}/api"
        outlet.answers[f"{HOST}/feed"] = web.Response(status=302, headers={"location": there})
        first = await asked.fetch(source=api)
        outlet.answers[f"{HOST}/feed"] = web.Response(status=302, headers={"location": away})
        return [first, await asked.fetch(source=api)]

    near, far = told(outlet, story)
    assert isinstance(near, Capture)
    assert cause(far) is Cause.ROBOTS


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410, 451])
def test_no_robots_txt_forbids_nothing(status: int) -> None:
    assert isinstance(asking(Outlet((status, "")), f"{HOST}/feed")[0], Capture)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_where_robots_txt_cannot_be_had_nothing_is_asked(status: int) -> None:
    outlet = Outlet((status, ""))
    assert asking(outlet, f"{HOST}/feed", f"{HOST}/feed") == 2 * [
        FetchFailed(
            f"its robots.txt cannot be had, so nothing else is asked: it answered {status}",
            Cause.OUTAGE,
        )
    ]
    assert outlet.asked == [f"{HOST}/robots.txt"]


def test_robots_txt_is_asked_for_once_a_day_and_soon_again_where_it_failed() -> None:
    outlet = Outlet((500, ""))
    minutes = [0, 9, 11, 60 * 24]
    nows = [NOW + timedelta(minutes=each) for each in minutes]
    asking(outlet, *[f"{HOST}/feed"] * 4, nows=nows)
    assert outlet.asked == [f"{HOST}/robots.txt"] * 3

    outlet = Outlet(KEEP_OUT)
    minutes = [0, 60 * 24 - 1, 60 * 24 + 1]
    nows = [NOW + timedelta(minutes=each) for each in minutes]
    asking(outlet, *[f"{HOST}/feed"] * 3, nows=nows)
    assert outlet.asked == [f"{HOST}/robots.txt"] * 2


def test_rules_that_are_known_hold_on_while_robots_txt_cannot_be_had() -> None:
    outlet = Outlet(KEEP_OUT)

    async def story(asked: Asked) -> list[Outcome]:
        first = await asked.fetch(f"{HOST}/news")
        outlet.robots = (500, "")
        later = NOW + timedelta(days=2)
        return [
            first,
            await asked.fetch(f"{HOST}/news", now=later),
            await asked.fetch(f"{HOST}/feed", now=later),
        ]

    first, again, refused = told(outlet, story)
    assert isinstance(first, Capture)
    assert isinstance(again, Capture)
    assert cause(refused) is Cause.ROBOTS


def test_each_host_and_port_has_rules_of_its_own() -> None:
    outlet = Outlet()
    asking(outlet, f"{HOST}/feed", f"www.{HOST}/feed", f"{HOST}/feed")
    assert outlet.asked.count(f"{HOST}/robots.txt") == 1
    assert outlet.asked.count(f"www.{HOST}/robots.txt") == 1


def test_a_redirect_is_asked_by_the_rules_of_where_it_leads() -> None:
    outlet = Outlet(answers={f"{OTHER}/robots.txt": web.Response(text=KEEP_OUT)})

    async def story(asked: Asked) -> list[Outcome]:
        away = f"http://{OTHER}:{asked.port}/feed"
        outlet.answers[f"{HOST}/feed"] = web.Response(status=302, headers={"location": away})
        return [await asked.fetch()]

    (refused,) = told(outlet, story)
    assert isinstance(refused, FetchFailed)
    assert refused.reason.startswith(f"robots.txt of {OTHER} asks")
    assert f"{OTHER}/feed" not in outlet.asked


@pytest.mark.parametrize(("hops", "kept"), [(5, True), (6, False)])
def test_redirects_of_robots_txt_are_followed_five_times(hops: int, *, kept: bool) -> None:
    """Further, and it counts as not being there (RFC 9309, 2.3.1.2)."""
    places = ["robots.txt", *map(str, range(1, hops)), "end"]
    outlet = Outlet(answers={f"{HOST}/end": web.Response(text=KEEP_OUT)})
    for place, target in pairwise(places):
        outlet.answers[f"{HOST}/{place}"] = web.Response(
            status=301, headers={"location": f"/{target}"}
        )
    assert (cause(asking(outlet, f"{HOST}/feed")[0]) is Cause.ROBOTS) is kept


@pytest.mark.parametrize("target", ["http://10.0.0.1/robots.txt", "http://localhost/robots.txt"])
def test_robots_txt_leads_nowhere_that_its_host_may_not(target: str) -> None:
    outlet = Outlet((302, target))
    names = Names(news_example=[LOOPBACK], localhost=["127.0.0.2"])

    async def once() -> Outcome:
        async with served(outlet.answer) as port, opened(names, allow=[HOST]) as way:
            return await Asked(way, port).fetch()

    refused = asyncio.run(once())
    assert isinstance(refused, FetchFailed)
    assert "polling.allow_hosts" in refused.reason
    assert outlet.asked == [f"{HOST}/robots.txt"]


def test_no_more_than_500_kilobytes_of_robots_txt_are_read() -> None:
    filler = "#" + "a" * 98 + "\n"
    late = "User-agent: *\n" + filler * 5200 + "Disallow: /\n"
    early = "User-agent: *\nDisallow: /\n" + filler * 5200
    assert isinstance(asyncio_asking(Outlet(late)), Capture)
    assert cause(asyncio_asking(Outlet(early))) is Cause.ROBOTS


def asyncio_asking(outlet: Outlet) -> Outcome:
    """On an ordinary loop: long rules are read on a thread."""

    async def once() -> Outcome:
        async with (
            served(outlet.answer) as port,
            opened(Names(news_example=[LOOPBACK]), allow=[HOST]) as way,
        ):
            return await Asked(way, port).fetch()

    return asyncio.run(once())


def test_packed_rules_are_read_no_further() -> None:
    filler = "#" + "a" * 98 + "\n"
    packed = gzip.compress(("User-agent: *\n" + filler * 5200 + "Disallow: /\n").encode())
    headers = {"content-encoding": "gzip"}
    outlet = Outlet(answers={f"{HOST}/robots.txt": web.Response(body=packed, headers=headers)})
    assert isinstance(asyncio_asking(outlet), Capture)


def test_robots_txt_that_never_comes_is_not_waited_for_by_all() -> None:
    """Those that wait for it together fail together, within its own 15 s, and not in turn."""

    async def story() -> list[Outcome]:
        async with spoken(then_hang=True) as port, opened() as way:
            source = source_at(f"http://{LOOPBACK}:{port}/feed", robots=None)
            outcomes = await asyncio.gather(*(fetch(way, source, None, NOW) for _ in range(5)))
            assert asyncio.get_running_loop().time() < 16
            return outcomes

    reason = "its robots.txt cannot be had, so nothing else is asked: no answer in time"
    assert run_skipping(story()) == [FetchFailed(reason)] * 5


def test_robots_txt_that_leads_out_of_the_web_cannot_be_had() -> None:
    (outcome,) = asking(Outlet((302, "ftp://news.example/robots.txt")), f"{HOST}/feed")
    assert outcome == FetchFailed(
        "its robots.txt cannot be had, so nothing else is asked: it redirects to no web address"
    )


def test_long_rules_of_many_hosts_do_not_fill_the_memory() -> None:
    """Those of the oldest hosts are forgotten, and asked for again."""
    outlet = Outlet("#" * 30_000)
    hosts = [f"h{number}" for number in range(MOST_KEPT // 30_000 + 1)]

    async def story() -> None:
        names = Names(**{host: [LOOPBACK] for host in hosts})
        async with served(outlet.answer) as port, opened(names, allow=hosts) as way:
            patience = Patience(timedelta(seconds=30), NOW)
            for host in (*hosts, hosts[-1], hosts[0]):
                await way.robots.rules(way, httpx.URL(f"http://{host}:{port}/"), patience)

    run_skipping(story())
    assert outlet.asked == [f"{host}/robots.txt" for host in (*hosts, hosts[0])]


def test_the_rules_of_more_hosts_than_are_kept_as_read_hold_all_the_same() -> None:
    hosts = [Rules(f"User-agent: *\nDisallow: /{number}") for number in range(2 * READY)]
    for number, rules in enumerate(hosts):
        assert not rules.allow(f"http://{HOST}/{number}")
        assert rules.allow(f"http://{HOST}/feed")


def test_many_pages_of_one_host_are_decided_upon_all_the_same() -> None:
    rules = Rules(KEEP_OUT)
    for number in range(2 * DECISIONS):
        assert rules.allow(f"http://{HOST}/{number}")
        assert not rules.allow(f"http://{HOST}/feed/{number}")


@pytest.mark.parametrize(
    "rules", ["\ufeff" + KEEP_OUT, KEEP_OUT.replace("\n", "\r\n"), "\0junk\n<html>\n" + KEEP_OUT]
)
def test_robots_txt_is_read_as_it_comes(rules: str) -> None:
    assert cause(asking(Outlet(rules), f"{HOST}/feed")[0]) is Cause.ROBOTS


def test_rules_that_were_cut_off_are_no_rules() -> None:
    """Half of them may allow what the other half forbids."""

    async def once() -> Outcome:
        head = b"HTTP/1.1 200 OK\r\nContent-Length: 900\r\n\r\nUser-agent: *\n"
        async with spoken(head) as port, opened() as way:
            source = source_at(f"http://{LOOPBACK}:{port}/feed", robots=None)
            return await fetch(way, source, None, NOW)

    failed = asyncio.run(once())
    assert isinstance(failed, FetchFailed)
    assert failed.reason.startswith("its robots.txt cannot be had")


def test_a_gap_is_kept_between_any_two_requests_to_one_domain() -> None:
    outlet = Outlet(answers={f"{HOST}/a": web.Response(status=302, headers={"location": "/b"})})
    asking(outlet, f"{HOST}/a", f"www.{HOST}/c", gap=10)
    assert outlet.asked == [
        f"{HOST}/robots.txt", f"{HOST}/a", f"{HOST}/b", f"www.{HOST}/robots.txt", f"www.{HOST}/c",
    ]  # fmt: skip
    assert outlet.times == [0, 10, 20, 30, 40]


@pytest.mark.parametrize(("stated", "gap"), [("5", 5), ("0.5", 1), ("900", 60), ("soon", 1)])
def test_the_delay_that_robots_txt_asks_for_is_kept(stated: str, gap: int) -> None:
    outlet = Outlet(f"User-agent: *\nCrawl-delay: {stated}")
    asking(outlet, f"{HOST}/a", f"{HOST}/b", gap=1)
    assert outlet.times == [0, gap, 2 * gap]


def test_many_sources_of_one_domain_have_their_turns_and_none_fails_for_having_to_wait() -> None:
    """Forty of them, a second each: the last begins when a fetch of 30 s would long be over."""
    outlet = Outlet()

    async def story(asked: Asked) -> list[Outcome]:
        return await asyncio.gather(*(asked.fetch(f"{HOST}/{each}") for each in range(40)))

    outcomes = told(outlet, story, gap=1)
    assert [type(each) for each in outcomes] == [Capture] * 40
    assert outlet.asked == [f"{HOST}/robots.txt", *(f"{HOST}/{each}" for each in range(40))]
    assert outlet.times == [*range(41)]


def throttled(status: int = 429, wait: str = "120") -> web.Response:
    return web.Response(status=status, headers={"retry-after": wait})


@pytest.mark.parametrize("status", [429, 503])
def test_a_domain_that_asks_for_it_is_left_alone_by_all_its_sources(status: int) -> None:
    outlet = Outlet(answers={f"{HOST}/feed": lambda: throttled(status)})
    nows = [NOW, NOW + timedelta(seconds=60), NOW, NOW + timedelta(seconds=125)]
    places = [f"{HOST}/feed", f"www.{HOST}/other", f"{OTHER}/feed", f"www.{HOST}/other"]
    first, left_alone, elsewhere, again = asking(outlet, *places, nows=nows, robots=False)
    assert cause(first) is Cause.THROTTLED
    assert isinstance(first, FetchFailed)
    assert first.retry_after == timedelta(seconds=120)
    assert isinstance(left_alone, FetchFailed)
    assert left_alone.cause is Cause.PAUSED
    assert left_alone.reason == (
        "not asked: news.example asks to be left alone until 2031-05-01 12:02Z"
    )
    assert left_alone.retry_after
    assert round(left_alone.retry_after.total_seconds()) == 60
    assert isinstance(elsewhere, Capture)
    assert isinstance(again, Capture)
    assert outlet.asked == [f"{HOST}/feed", f"{OTHER}/feed", f"www.{HOST}/other"]


def test_on_a_shared_domain_only_the_one_that_asks_for_it_is_left_alone() -> None:
    outlet = Outlet(answers={"a.feedburner.com/one": throttled()})
    first, other = asking(outlet, "a.feedburner.com/one", "a.feedburner.com/two", robots=False)
    assert isinstance(first, FetchFailed)
    assert (first.cause, first.retry_after) == (Cause.THROTTLED, timedelta(seconds=120))
    assert isinstance(other, Capture)


@pytest.mark.parametrize("wait", ["-5", "soon", ""])
def test_a_wait_that_says_nothing_is_none(wait: str) -> None:
    outlet = Outlet(
        answers={f"{HOST}/429": throttled(429, wait), f"{HOST}/503": throttled(503, wait)}
    )
    too_many, trouble = asking(outlet, f"{HOST}/429", f"{HOST}/503", robots=False)
    assert isinstance(too_many, FetchFailed)
    assert (too_many.cause, too_many.retry_after) == (Cause.THROTTLED, None)
    assert isinstance(trouble, FetchFailed)
    assert (trouble.cause, trouble.retry_after) == (Cause.OUTAGE, None)


def test_a_domain_that_asks_for_it_with_its_robots_txt_is_left_alone() -> None:
    outlet = Outlet(answers={f"{HOST}/robots.txt": throttled()})
    assert cause(asking(outlet, f"{HOST}/feed")[0]) is Cause.PAUSED
    assert outlet.asked == [f"{HOST}/robots.txt"]


def test_a_check_for_bots_is_told_from_a_refusal_and_its_wait_is_kept_to() -> None:
    check = b"<html><title>Just a moment...</title><script>window._cf_chl_opt={}</script></html>"
    outlet = Outlet(
        answers={
            f"{HOST}/200": web.Response(body=check, content_type="text/html"),
            f"{HOST}/403": web.Response(status=403, body=check, content_type="text/html"),
            f"{HOST}/429": web.Response(
                status=429, body=check, content_type="text/html", headers={"retry-after": "60"}
            ),
        }
    )
    places = [f"{HOST}/200", f"{HOST}/403", f"{HOST}/429", f"{HOST}/feed"]
    *checks, paused = asking(outlet, *places, robots=False)
    assert [cause(each) for each in checks] == [Cause.CHALLENGE] * 3
    assert [each.retry_after for each in checks if isinstance(each, FetchFailed)] == [
        None, None, timedelta(seconds=60),
    ]  # fmt: skip
    assert cause(paused) is Cause.PAUSED


def test_nothing_new_costs_the_outlet_one_request() -> None:
    outlet = Outlet(answers={f"{HOST}/feed": lambda: web.Response(status=304)})

    async def story(asked: Asked) -> list[Outcome]:
        memo = Memo(etag='"v1"', whole_at=NOW)
        return [await asked.fetch(memo=memo) for _ in range(3)]

    assert told(outlet, story) == [NotModified(etag='"v1"')] * 3
    assert outlet.asked == [f"{HOST}/robots.txt", *[f"{HOST}/feed"] * 3]
