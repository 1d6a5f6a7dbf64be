"""How fast and how punctually sources are polled: `python benchmarks/polling.py [WHAT]`.

WHAT is `throughput` (polls a second on one core, beside others in the same run), `fleet` (many
sources on one daemon for some minutes, a third of their hosts slow or dead), `start` (until a
daemon with many sources polls the first), or nothing for all of them. The outlets are on this
machine, in a process of their own on another core (`outlets.py`), without TLS and a name server.
Times hang on the machine: the ratios are what counts.
"""

import argparse
import asyncio
import multiprocessing
import os
import re
import resource
import signal
import statistics
import string
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
import feedparser
import httpx
from outlets import ITEMS, NEW, Feeds, Names, Served, outlets

import tracker.rounds
from tracker.addresses import KEPT_OPEN
from tracker.addresses import client as receivers_client
from tracker.agenda import Agenda
from tracker.cli.newsroom import manners, newsroom
from tracker.cli.options import Paths
from tracker.cli.watch import Watch, files_of
from tracker.daemon import serve
from tracker.desk import Desk
from tracker.intake import Incident, Source
from tracker.model import Rank
from tracker.polling import Polled
from tracker.rounds import Rounds, Wire
from tracker.sources.config import load_sources
from tracker.sources.web import AT_ONCE, Manners, open_web
from tracker.store.base import Log
from tracker.store.writer import open_writer

HERE: Final = "127.0.0.1"
FERRY: Final = Incident(
    id="ferry",
    title="Ferry accident off Cape Lorn",
    began=date.today() - timedelta(days=2),  # noqa: DTZ011 — of no consequence
    any_of=("ferry",),
)
HTTPX_AT_ONCE: Final = 50
"""More only slow its pool down."""
TRACKER: Final = Path(sys.executable).with_name("tracker")
URLWATCH: Final = Path(sys.executable).with_name("urlwatch")
URLWATCH_PATIENCE: Final = 120.0


def main() -> None:
    """Measure what is asked for, each on one core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help="throughput, fleet, start (all of them)")
    parser.add_argument("--feeds", type=int, default=500, help="for throughput (500)")
    parser.add_argument("--rounds", type=int, default=7, help="of which the median is told (7)")
    parser.add_argument("--sources", type=int, default=10_000, help="of the fleet (10000)")
    parser.add_argument("--items", type=int, default=10, help="of each feed of the fleet (10)")
    parser.add_argument("--minutes", type=float, default=11, help="for the fleet (11)")
    asked = parser.parse_args()
    ours, theirs = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {ours})
    what = asked.what or ["throughput", "fleet", "start"]
    if "throughput" in what:
        with outlets(theirs) as served:
            asyncio.run(_throughput(served, asked.feeds, asked.rounds))
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "start" in what:
            _start(folder, theirs, asked.sources)
        if "fleet" in what:
            _fleet(folder, theirs, asked)


def _row(work: str, ours: str, beside: str, target: str) -> None:
    print(f"{work:<46} {ours:<40} {beside:<92} target {target}", flush=True)


def _progress(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _now() -> datetime:
    return datetime.now(UTC)


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


# --- throughput --------------------------------------------------------------------------------


@dataclass
class Daemon:
    """The rounds of a daemon, for which every source is due whenever it is told so."""

    rounds: Rounds
    count: int
    polled: list[Polled] = field(default_factory=list)
    done: asyncio.Event = field(default_factory=asyncio.Event)

    def tell(self, polled: Polled) -> None:
        self.polled.append(polled)
        if len(self.polled) == self.count:
            self.done.set()

    async def once(self) -> None:
        """Poll every source, and keep how that ended."""
        self.polled.clear()
        self.done.clear()
        self.rounds.hasten()
        while not self.done.is_set():
            await self.rounds.look()
            with suppress(TimeoutError):
                await asyncio.wait_for(self.done.wait(), 0.05)
        await self.rounds.keep()
        errors = [each.error for each in self.polled if each.error]
        assert not errors, errors[0]


@asynccontextmanager
async def _daemon(log: Log, sources: Sequence[Source]) -> AsyncIterator[Daemon]:
    desk = Desk(log=log, incidents=(FERRY,), clock=_now, configuration="benchmark")
    manners = Manners(gap=timedelta(), allow_hosts=frozenset({HERE}))
    async with (
        open_web(manners, environment={}, resolver=Names()) as web,
        receivers_client() as receivers,
    ):
        wire = Wire(
            sources=web,
            receivers=receivers,
            environment={},
            found=lambda _: None,
            polled=lambda polled: daemon.tell(polled),  # noqa: PLW0108 — it is not there yet
            posted=lambda _: None,
            trouble=_progress,
        )
        daemon = Daemon(Rounds(desk, wire), len(sources))
        await daemon.rounds.begin(desk, sources)
        yield daemon
        await daemon.rounds.ended()


@dataclass
class Rivals:
    """Who else asks for the same feeds: with the tags that they have, without rules or memory."""

    served: Served
    count: int
    aiohttp: aiohttp.ClientSession
    httpx: httpx.AsyncClient
    folder: Path
    version: int = 0
    tagged: bool = True

    def url(self, number: int, host: str = HERE) -> str:
        return f"http://{host}:{self.served.port}/{number}"

    def show(self, version: int, *, tagged: bool, had: int | None = None) -> None:
        """Have these feeds served; those who ask have the tags of the version that they `had`."""
        self.served.show(Feeds(version=version, tagged=tagged), self.count)
        self.version = version if had is None else had
        self.tagged = tagged

    @property
    def headers(self) -> dict[str, str]:
        return {"if-none-match": f'"{self.version}"'} if self.tagged else {}

    async def by_aiohttp(self) -> None:
        """Nothing but the fetch, by what is under our own: the limit."""

        async def one(number: int) -> None:
            async with at_once:
                url = self.url(number, f"feed{number}.example")
                async with self.aiohttp.get(url, headers=self.headers) as response:
                    await response.read()

        at_once = asyncio.Semaphore(AT_ONCE)
        await asyncio.gather(*map(one, range(self.count)))

    async def by_httpx(self) -> None:
        await self._by_httpx(lambda _: None)

    async def by_httpx_and_feedparser(self) -> None:
        await self._by_httpx(feedparser.parse)

    async def _by_httpx(self, parse: Callable[[bytes], object]) -> None:
        async def one(number: int) -> None:
            async with at_once:
                response = await self.httpx.get(self.url(number), headers=self.headers)
                if response.status_code == 200:
                    parse(response.content)

        at_once = asyncio.Semaphore(HTTPX_AT_ONCE)
        await asyncio.gather(*map(one, range(self.count)))

    def by_urlwatch(self) -> float | None:
        """Seconds of a whole run over its cache; None = it took too long."""
        urls = self.folder / "urls.yaml"
        urls.write_text(
            "\n---\n".join(f"url: {self.url(number)}" for number in range(self.count)), "utf-8"
        )
        config, cache = self.folder / "urlwatch.yaml", self.folder / "urlwatch.db"
        command = [URLWATCH, "--urls", urls, "--config", config, "--cache", cache]
        began = time.perf_counter()
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=URLWATCH_PATIENCE)
        except subprocess.TimeoutExpired:
            return None
        return time.perf_counter() - began


async def _throughput(served: Served, count: int, rounds: int) -> None:
    sources = [
        Source(
            id=f"feed-{number}",
            kind="feed",
            url=f"http://feed{number}.example:{served.port}/{number}",
            name=f"Outlet {number}",
            rank=Rank.OUTLET,
        )
        for number in range(count)
    ]
    with tempfile.TemporaryDirectory() as name, closing(open_writer(f"{name}/events.db")) as log:
        connector = aiohttp.TCPConnector(
            resolver=Names(), use_dns_cache=False, limit=0, keepalive_timeout=KEPT_OPEN
        )
        async with (
            _daemon(log, sources) as daemon,
            aiohttp.ClientSession(connector=connector) as session,
            httpx.AsyncClient(limits=httpx.Limits(max_connections=HTTPX_AT_ONCE)) as client,
        ):
            rivals = Rivals(served, count, session, client, Path(name))
            await _each_work(daemon, rivals, rounds)


@dataclass(frozen=True, kw_only=True)
class Work:
    """One kind of poll, and what is to be done before each round of it."""

    name: str
    target: int
    prepare: Callable[[int], None] = lambda _: None


async def _each_work(daemon: Daemon, rivals: Rivals, rounds: int) -> None:
    rivals.show(0, tagged=True)
    _progress("urlwatch fills its cache")
    rivals.by_urlwatch()
    _progress("first poll of everything")
    began = time.perf_counter()
    await daemon.once()
    took = time.perf_counter() - began
    first = sum(each.reports for each in daemon.polled)
    _row(
        f"first poll: {first:,} items read",
        f"{daemon.count / took:,.0f} polls = {first / took:,.0f} items a second",
        "",
        "–",
    )
    await _measure(Work(name="304", target=1_000), daemon, rivals, rounds)
    new = Work(
        name="304, each on a new connection",
        target=1_000,
        prepare=lambda _: time.sleep(KEPT_OPEN),
    )
    await _measure(new, daemon, rivals, rounds)
    rivals.show(0, tagged=False)
    await _measure(Work(name="200, the same bytes", target=800), daemon, rivals, rounds)
    changed = Work(
        name=f"200, {NEW} new items of {ITEMS}",
        target=150,
        prepare=lambda number: rivals.show(number, tagged=True, had=number - 1),
    )
    await _measure(changed, daemon, rivals, rounds)


async def _measure(work: Work, daemon: Daemon, rivals: Rivals, rounds: int) -> None:
    """Each in turn, so that all meet the same machine."""
    times: dict[str, list[float]] = {}
    core = list[float]()
    reports = events = 0
    for number in range(1, rounds + 1):
        work.prepare(number)
        works: dict[str, Callable[[], Awaitable[None]]] = {
            "ours": daemon.once,
            "aiohttp": rivals.by_aiohttp,
            "httpx": rivals.by_httpx,
            "httpx + feedparser": rivals.by_httpx_and_feedparser,
        }
        if number > 3:
            del works["httpx + feedparser"]  # it takes long, and is far away
        for name, each in works.items():
            began, used = time.perf_counter(), time.process_time()
            await each()
            times.setdefault(name, []).append(time.perf_counter() - began)
            if name == "ours":
                core.append(time.process_time() - used)
        told = ", ".join(f"{name} {daemon.count / took[-1]:,.0f}/s" for name, took in times.items())
        _progress(f"{work.name}, round {number}: {told}")
        reports += sum(each.reports for each in daemon.polled)
        events += sum(each.events for each in daemon.polled)
    urlwatch = rivals.by_urlwatch()
    rates = {name: daemon.count / statistics.median(took) for name, took in times.items()}
    if urlwatch:
        rates["urlwatch"] = daemon.count / urlwatch
    ours = rates.pop("ours")
    new = f"; {reports / rounds:,.0f} new, {events / rounds:,.0f} with figures" if reports else ""
    low, high = daemon.count / max(times["ours"]), daemon.count / min(times["ours"])
    _row(
        f"{work.name}{new}",
        f"{ours:,.0f} a second ({low:,.0f}–{high:,.0f}), "
        f"{daemon.count / statistics.median(core):,.0f} a second of the core",
        ", ".join(f"{name} {rate:,.0f} ({ours / rate:.2f} ×)" for name, rate in rates.items()),
        f"{work.target:,}",
    )


# --- a fleet -----------------------------------------------------------------------------------

HOSTS: Final = ("slow", "never", "refused", "gone", "hole", *["feed"] * 10)
"""A third of them is no good."""
STANDS: Final = 1_800.0
"""Seconds for which a version of a feed stands: each outlet has 96 new items a day."""


def _configure(folder: Path, served: Served, count: int, *, named: bool = True) -> Paths:
    """A folder with so many sources, on as many domains, or all at this machine's address."""
    (folder / "sources").mkdir(parents=True)
    (folder / "tracker.toml").write_text(f'[polling]\nallow_hosts = ["{HERE}"]\n')
    (folder / "sources" / "incidents.toml").write_text(
        f'[{FERRY.id}]\ntitle = "{FERRY.title}"\ndate = {FERRY.began}\nmatch.any = ["ferry"]\n'
    )
    ports = {"refused": served.refused, "hole": served.hole}
    for number in range(count):
        host = HOSTS[number % len(HOSTS)]
        url = f"http://{host}{number}.example:{ports.get(host, served.port)}/{number}"
        url = url if named else f"http://{HERE}:{served.port}/{number}"
        (folder / "sources" / f"{_id(number)}.toml").write_text(
            f'kind = "feed"\nurl = "{url}"\nname = "Outlet {number}"\nrank = "outlet"\n'
        )
    return Paths(
        db=f"{folder}/events.db", sources=f"{folder}/sources", config=f"{folder}/tracker.toml"
    )


def _id(number: int) -> str:
    """Of a source. They are read by name: hosts that are no good are not to be the last."""
    return f"outlet-{number:05}"


class Punctuality:
    """How long after each source was due its first request went out."""

    def __init__(self) -> None:
        self.due: dict[str, datetime] = {}
        self.first: list[float] = []
        self.later: list[float] = []
        self.known: set[str] = set()
        self.polls = self.failures = self.wrongly = 0
        self.failed: set[str] = set()
        self.began, self.knew_all_after = time.perf_counter(), 0.0

    def begins(self, source: str) -> None:
        due = self.due.get(source)
        if due is not None and due <= (now := _now()):
            del self.due[source]
            late = (now - due).total_seconds()
            (self.later if source in self.known else self.first).append(late)

    def ends(self, polled: Polled) -> None:
        # Where the rules of its host are known not to be had, it is not asked at all.
        self.begins(polled.source)
        if polled.source not in self.known:
            self.known.add(polled.source)
            self.knew_all_after = time.perf_counter() - self.began
        self.polls += 1
        if polled.error:
            host = HOSTS[int(polled.source.rpartition("-")[2]) % len(HOSTS)]
            self.failed.add(host)
            self.failures += 1
            if host == "feed":
                self.wrongly += 1
                _progress(f"{polled.source}: {polled.error}")

    def overdue(self) -> None:
        """What is due at the end and has not begun is late as well."""
        for source in [*self.due]:
            self.begins(source)


def _watched_agenda(punctuality: Punctuality) -> type[Agenda]:
    class Watched(Agenda):
        def put(self, source: str, at: datetime) -> None:
            punctuality.due[source] = at
            super().put(source, at)

    return Watched


@dataclass
class WatchedTransport(httpx.AsyncBaseTransport):
    """Tells of each request as it goes out."""

    below: httpx.AsyncBaseTransport
    punctuality: Punctuality

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        number = request.url.host.partition(".")[0].lstrip(string.ascii_lowercase)
        self.punctuality.begins(_id(int(number)))
        return await self.below.handle_async_request(request)


def _late(seconds: list[float]) -> str:
    if len(seconds) < 2:
        return "–"
    p50, p99 = (statistics.quantiles(seconds, n=100)[each] for each in (49, 98))
    return f"p50 {p50:.2f} s, p99 {p99:.2f} s, max {max(seconds):.2f} s"


def _fleet(folder: Path, core: int, asked: argparse.Namespace) -> None:
    with outlets(core, lifetime=STANDS, items=asked.items) as served:
        paths = _configure(folder / "fleet", served, asked.sources)
        context = multiprocessing.get_context("spawn")
        length = timedelta(minutes=asked.minutes)
        daemon = context.Process(target=_serve_fleet, args=(paths, length))
        daemon.start()
        daemon.join()
        assert daemon.exitcode == 0


def _serve_fleet(paths: Paths, length: timedelta) -> None:
    asyncio.run(_until_over(paths, length))


async def _until_over(paths: Paths, length: timedelta) -> None:
    """The daemon as its command runs it, but for the names, and the watching."""
    punctuality = Punctuality()
    tracker.rounds.Agenda = _watched_agenda(punctuality)  # type: ignore[misc]
    room = newsroom(paths)
    sources, errors = room.sources()
    assert not errors
    began, most_files = time.perf_counter(), 0
    with closing(open_writer(paths.db)) as log:
        async with (
            open_web(manners(room.settings), environment={}, resolver=Names()) as web,
            receivers_client() as receivers,
        ):
            wire = Wire(
                sources=replace(web, transport=WatchedTransport(web.transport, punctuality)),
                receivers=receivers,
                environment={},
                found=lambda _: None,
                polled=punctuality.ends,
                posted=lambda _: None,
                trouble=_progress,
            )
            desk = room.desk(log)
            watch = Watch(paths, desk, sources, room.settings, files_of(paths))
            daemon = asyncio.create_task(serve(desk, wire, sources, watch))
            while not daemon.done() and time.perf_counter() - began < length.total_seconds():
                await asyncio.sleep(10)
                files = _open_files()
                most_files = max(files, most_files)
                _progress(
                    f"{time.perf_counter() - began:4.0f} s: {punctuality.polls:,} polls, "
                    f"{len(punctuality.known):,} sources, "
                    f"{punctuality.failures:,} failed; first {_late(punctuality.first)}; later "
                    f"{_late(punctuality.later[-2000:])}; {_resident():.0f} MB, {files} files, "
                    f"{time.process_time() / (time.perf_counter() - began):.0%} of the core"
                )
            assert not daemon.done(), f"it ended by itself: {daemon}"
            assert punctuality.failed >= set(HOSTS) - {"feed"}, punctuality.failed
            punctuality.overdue()
            polls, rate = punctuality.polls, punctuality.polls / (time.perf_counter() - began)
            busy = time.process_time() / (time.perf_counter() - began)
            os.kill(os.getpid(), signal.SIGTERM)
            await daemon
    _row(
        f"{len(sources):,} sources every 5 minutes, a third no good",
        f"{_late(punctuality.later)}; {_peak():.0f} MB",
        f"{polls:,} polls ({rate:.0f} a second), {punctuality.failures:,} failed, "
        f"{punctuality.wrongly} of good hosts; first polls, "
        f"which wait for the others: {len(punctuality.known):,} within "
        f"{punctuality.knew_all_after:.0f} s; {busy:.0%} of the core, {most_files} open files",
        "p99 10 s, 300 MB",
    )


def _open_files() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def _resident() -> float:
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


# --- starting ----------------------------------------------------------------------------------


def _start(folder: Path, core: int, count: int) -> None:
    """The real command with as many sources, until the first of them is asked."""
    with outlets(core, lifetime=STANDS) as served:
        paths = _configure(folder / "start", served, count, named=False)
        began = time.perf_counter()
        sources, errors = load_sources(paths.sources)
        took = time.perf_counter() - began
        assert len(sources) == count
        assert not errors
        _row(f"read the files of {count:,} sources", f"{took:.1f} s", "", "–")
        options = ("--db", paths.db, "--sources", paths.sources, "--config", paths.config)
        began_at = time.time()
        with subprocess.Popen(
            [TRACKER, *options, "daemon"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        ) as daemon:
            while (asked := served.first_asked()) is None:
                time.sleep(0.01)
            peak = re.search(r"VmHWM:\s+(\d+)", Path(f"/proc/{daemon.pid}/status").read_text())
            daemon.kill()  # all of them are one domain to it: to end in order takes a minute
        assert peak
        megabytes = int(peak[1]) * 1024 / 1e6
        _row(
            f"start `tracker daemon` with {count:,} sources",
            f"{asked - began_at:.1f} s until the first request, {megabytes:.0f} MB",
            "",
            "–",
        )


if __name__ == "__main__":
    main()
