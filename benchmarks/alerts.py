"""How fast alerts arrive: `python benchmarks/alerts.py [WHAT]`.

WHAT is `latency` (from the commit of a figure to its receipt by 100 endpoints), `rate` (deliveries
a second from one daemon on one core, beside bare clients that sign and post and keep no outbox),
`pending` (what an append costs while a million alerts wait, and what a daemon takes that has them),
or nothing for all of them. The receivers are on this machine, in a process of their own on
another core (`receivers.py`), without TLS and a name server. Times hang on the machine: the
ratios are what counts.
"""

import argparse
import asyncio
import base64
import json
import os
import random
import resource
import statistics
import tempfile
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Final

import aiohttp
import httpx
from receivers import PARTS, Receivers, receivers

from tracker.addresses import client
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.alerts.posting import Posted, Postroom
from tracker.alerts.signing import sign
from tracker.alerts.ways import Ways
from tracker.desk import Desk
from tracker.intake import Incident, Report, Source
from tracker.model import Rank
from tracker.pipeline import file_report
from tracker.store.base import Alert, Log, Outbox
from tracker.store.writer import open_writer

KEY: Final = b"k" * 32
VARIABLE: Final = "SECRET"
SECRET: Final = {VARIABLE: "whsec_" + base64.b64encode(KEY).decode()}
HERE: Final = [f"127.0.0.{number + 1}" for number in range(PARTS)]
FERRY: Final = Incident(
    id="ferry",
    title="Ferry accident off Cape Lorn",
    began=date.today() - timedelta(days=2),  # noqa: DTZ011 — of no consequence
    any_of=("ferry",),
)
WIRE: Final = Source(id="wire", kind="feed", url="", name="The Wire", rank=Rank.AGENCY)
BODY: Final = json.dumps(
    {
        "type": "estimate.revised",
        "timestamp": "2031-05-03T12:00:00.000000Z",
        "data": {"incident": "ferry", "title": "t" * 80, "quote": "q" * 300, "url": "u" * 100},
    }
)
"""As long as most are."""
BARE_AT_ONCE: Final = 64


def main() -> None:
    """Measure what is asked for, each on one core."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("what", nargs="*", help="latency, rate, pending (all of them)")
    parser.add_argument("--endpoints", type=int, default=100, help="(100)")
    parser.add_argument("--figures", type=int, default=100, help="for latency (100)")
    parser.add_argument("--alerts", type=int, default=5_000, help="for each run of rate (5000)")
    parser.add_argument("--rounds", type=int, default=5, help="of which the median is told (5)")
    parser.add_argument("--pending", type=int, default=1_000_000, help="alerts (1000000)")
    asked = parser.parse_args()
    ours, theirs = sorted(os.sched_getaffinity(0))[:2]
    os.sched_setaffinity(0, {ours})
    what = asked.what or ["latency", "rate", "pending"]
    with receivers(theirs) as served, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if "latency" in what:
            asyncio.run(_latency(folder, served, asked.endpoints, asked.figures))
        if "rate" in what:
            asyncio.run(_rate(folder, served, asked))
        if "pending" in what:
            asyncio.run(_pending(folder, served, asked))


def _row(work: str, ours: str, beside: str, target: str) -> None:
    print(f"{work:<46} {ours:<46} {beside:<80} target {target}", flush=True)


def _now() -> datetime:
    return datetime.now(UTC)


def _at(values: Sequence[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _resident() -> float:
    """Megabytes of this process now, without what of its files is in memory."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024 / 1e6
    raise AssertionError


def _endpoints(served: Receivers, count: int) -> tuple[Endpoint, ...]:
    return tuple(
        Endpoint(
            name=f"endpoint-{number}",
            way=Webhook(url=served.url(number), secret_env=VARIABLE),
            rules=Rules(opened=False),
        )
        for number in range(count)
    )


def _postroom(desk: Desk, way_out: httpx.AsyncClient, posted: Callable[[Posted], None]) -> Postroom:
    return Postroom(
        desk.log,
        Ways(way_out, SECRET),
        run=desk.run,
        clock=desk.clock,
        jitter=random.random,
        posted=posted,
        trouble=print,
    )


def _ignore(_: Posted) -> None:
    pass


# --- latency -----------------------------------------------------------------------------------


async def _latency(folder: Path, served: Receivers, endpoints: int, figures: int) -> None:
    """A figure is filed as a poll would file it, and the daemon's outbox is woken."""
    with closing(open_writer(folder / "latency.db")) as log:
        desk = Desk(
            log=log, incidents=(FERRY,), clock=_now, endpoints=_endpoints(served, endpoints)
        )
        async with client(HERE) as way_out:
            postroom = _postroom(desk, way_out, _ignore)
            await postroom.serve(desk.endpoints)
            working = asyncio.create_task(postroom.work())
            committed: dict[int, float] = {}
            for number in range(figures):
                report = Report(
                    source="wire",
                    id=str(number),
                    title="Ferry accident off Cape Lorn",
                    text=f"The ferry accident killed {number + 10} people, the coast guard said.",
                    url="https://wire.example/ferry",
                    published=_now(),
                )
                filed = await desk.run(file_report, desk, WIRE, report, observed_at=_now())
                committed[number + 1] = time.time()
                assert filed.revisions, number
                postroom.wake()
                # Not before the last has arrived, as most figures come alone.
                await asyncio.sleep(0.5)
            postroom.stop()
            await working
        got = served.got()
        alerts = log.enqueued(limit=figures * endpoints + 1)
    assert len(got) == len(alerts) == figures * endpoints, (len(got), len(alerts))
    took = [1000 * (got[each.alert.id] - committed[each.alert.sequence]) for each in alerts]
    _row(
        f"from commit to receipt, {endpoints} endpoints",
        f"p99 {_at(took, 0.99):.0f} ms",
        f"median {statistics.median(took):.0f} ms, the last of all {max(took):.0f} ms; "
        f"{len(took):,} alerts of {figures} figures",
        "p99 250 ms",
    )


# --- rate --------------------------------------------------------------------------------------


def _alert(endpoint: str, about: str, sequence: int, number: int) -> Alert:
    return Alert(
        id=f"msg_{number:020d}",
        endpoint=endpoint,
        about=about,
        sequence=sequence,
        type="estimate.revised",
        body=BODY,
    )


def _fill(log: Log, endpoints: int, count: int, *, incidents: int, first: int = 0) -> None:
    """So many alerts, each endpoint's about so many incidents."""
    for start in range(0, count, 10_000):
        alerts = tuple(
            _alert(
                f"endpoint-{number % endpoints}",
                f"incident-{number // endpoints % incidents}",
                first + number // (endpoints * incidents) + 1,
                first * 10_000_000 + number,
            )
            for number in range(start, min(count, start + 10_000))
        )
        log.append([], recorded_at=_now(), outbox=Outbox(alerts=alerts))


async def _rate(folder: Path, served: Receivers, asked: argparse.Namespace) -> None:
    """Everything is due at once; beside it the same posts by clients that keep nothing."""
    rates: dict[str, list[float]] = {"tracker": [], "httpx": [], "httpx-aiohttp": [], "aiohttp": []}
    busy: list[float] = []
    with closing(open_writer(folder / "rate.db")) as log:
        desk = Desk(
            log=log, incidents=(), clock=_now, endpoints=_endpoints(served, asked.endpoints)
        )
        for number in range(asked.rounds):
            _fill(log, asked.endpoints, asked.alerts, incidents=10, first=(number + 1) * 1_000)
            cpu, began = time.process_time(), time.perf_counter()
            async with client(HERE) as way_out:
                postroom = _postroom(desk, way_out, _ignore)
                await postroom.serve(desk.endpoints)
                await postroom.empty()
            took = time.perf_counter() - began
            assert len(served.got()) == asked.alerts
            rates["tracker"].append(asked.alerts / took)
            busy.append(asked.alerts / (time.process_time() - cpu))
            for name, bare in (
                ("httpx", _bare_httpx),
                ("httpx-aiohttp", _bare_httpx_aiohttp),
                ("aiohttp", _bare_aiohttp),
            ):
                began = time.perf_counter()
                await bare(served, asked.endpoints, asked.alerts)
                rates[name].append(asked.alerts / (time.perf_counter() - began))
                assert len(served.got()) == asked.alerts
    median = {name: statistics.median(each) for name, each in rates.items()}
    beside = ", ".join(
        f"{name} {median[name]:,.0f} (× {median['tracker'] / median[name]:.2f})"
        for name in ("httpx", "httpx-aiohttp", "aiohttp")
    )
    _row(
        f"deliveries a second, {asked.endpoints} endpoints",
        f"{median['tracker']:,.0f} ({statistics.median(busy):,.0f} per core-second)",
        f"bare clients: {beside}",
        "500",
    )


def _signed(number: int) -> tuple[dict[str, str], bytes]:
    body, now = BODY.encode(), int(time.time())
    name = f"msg_{number:020d}"
    headers = {
        "content-type": "application/json",
        "webhook-id": name,
        "webhook-timestamp": str(now),
        "webhook-signature": sign([KEY], name, now, body),
    }
    return headers, body


async def _bare_httpx(served: Receivers, endpoints: int, count: int) -> None:
    limits = httpx.Limits(max_connections=BARE_AT_ONCE, max_keepalive_connections=BARE_AT_ONCE)
    async with httpx.AsyncClient(limits=limits, trust_env=False) as way_out:
        await _post_all(way_out, served, endpoints, count)


async def _bare_httpx_aiohttp(served: Receivers, endpoints: int, count: int) -> None:
    async with client(HERE) as way_out:
        await _post_all(way_out, served, endpoints, count)


async def _post_all(
    way_out: httpx.AsyncClient, served: Receivers, endpoints: int, count: int
) -> None:
    async def post(number: int) -> None:
        headers, body = _signed(number)
        url = served.url(number % endpoints)
        answer = await way_out.post(url, content=body, headers=headers)
        assert answer.status_code == 204

    await _at_once(post, count)


async def _bare_aiohttp(served: Receivers, endpoints: int, count: int) -> None:
    async with aiohttp.ClientSession() as session:

        async def post(number: int) -> None:
            headers, body = _signed(number)
            url = served.url(number % endpoints)
            async with session.post(url, data=body, headers=headers) as answer:
                assert answer.status == 204

        await _at_once(post, count)


async def _at_once(post: Callable[[int], Awaitable[None]], count: int) -> None:
    numbers = iter(range(count))

    async def worker() -> None:
        for number in numbers:
            await post(number)

    await asyncio.gather(*(worker() for _ in range(BARE_AT_ONCE)))


# --- pending -----------------------------------------------------------------------------------


async def _pending(folder: Path, served: Receivers, asked: argparse.Namespace) -> None:
    """Their endpoints answer no more; figures of another incident are filed, in turns, in a log
    with them and in one without.
    """
    dead = tuple(
        Endpoint(
            name=f"endpoint-{number}",
            # Port 9 discards where it is served, and is refused everywhere else.
            way=Webhook(url=f"http://127.0.0.{number % PARTS + 1}:9/", secret_env=VARIABLE),
        )
        for number in range(asked.endpoints)
    )
    with (
        closing(open_writer(folder / "full.db")) as full,
        closing(open_writer(folder / "empty.db")) as empty,
    ):
        began = time.perf_counter()
        _fill(full, asked.endpoints, asked.pending, incidents=1_000)
        filled = time.perf_counter() - began
        size = _size(folder, "full.db*")
        for endpoints in (1, asked.endpoints):
            own = _endpoints(served, endpoints)
            times: dict[str, list[float]] = {"empty": [], "full": []}
            desks = {
                name: Desk(log=log, incidents=(FERRY,), clock=_now, endpoints=own)
                for name, log in (("empty", empty), ("full", full))
            }
            for number in range(200):
                for name, desk in desks.items():
                    times[name].append(_file(desk, endpoints, number))
            ratio = statistics.median(times["full"]) / statistics.median(times["empty"])
            _row(
                f"an append while {asked.pending:,} wait, {endpoints} endpoints",
                f"{statistics.median(times['full']) * 1000:.2f} ms",
                f"while none waits {statistics.median(times['empty']) * 1000:.2f} ms "
                f"(× {ratio:.2f})",
                "× 1.10",
            )
        desk = Desk(log=full, incidents=(), clock=_now, endpoints=dead)
        before, most = _resident(), 0.0
        cpu, began = time.process_time(), time.perf_counter()
        async with client(HERE) as way_out:
            postroom = _postroom(desk, way_out, _ignore)
            await postroom.serve(desk.endpoints)
            working = asyncio.create_task(postroom.work())
            for _ in range(60):
                await asyncio.sleep(0.5)
                most = max(most, _resident())
            postroom.stop()
            await working
        busy = (time.process_time() - cpu) / (time.perf_counter() - began)
        whole = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    _row(
        f"a daemon with {asked.pending:,} alerts for dead endpoints",
        f"{whole:.0f} MB at most, {most - before:+.0f} MB for them",
        f"{busy:.0%} of the core; {size:,.0f} MB in the file, put there in {filled:.0f} s",
        "200 MB",
    )


def _size(folder: Path, files: str) -> float:
    return sum(each.stat().st_size for each in folder.glob(files)) / 1e6


def _file(desk: Desk, endpoints: int, number: int) -> float:
    """Seconds of filing one report that moves an estimate, with the alerts that it makes due."""
    report = Report(
        source="wire",
        id=f"{endpoints}-{number}",
        title="Ferry accident off Cape Lorn",
        text=f"The ferry accident killed {endpoints * 10 + number} people, the coast guard said.",
        url="https://wire.example/ferry",
        published=_now(),
    )
    began = time.perf_counter()
    filed = file_report(desk, WIRE, report, observed_at=_now())
    took = time.perf_counter() - began
    assert filed.revisions, number
    return took


if __name__ == "__main__":
    main()
