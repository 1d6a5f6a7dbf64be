"""Whatever sources answer, the log holds the reports that were served whole, and no others.

A short round runs with all tests; `make torture` runs the long one (`TORTURE=long`). `TORTURE_SEED`
repeats a round.
"""

import asyncio
import json
import os
import random
import time
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import AsyncExitStack, closing
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Final

import httpx

from command import Running
from faults import (
    ATOM,
    FAULTS,
    JSON,
    ODD_FORMS,
    PAGE,
    RSS,
    TEASERS,
    UNREAD,
    Fault,
    Form,
    Item,
    Script,
    head,
)
from folder import write_incident, write_source
from hostile import NO_RULES, HostileWeb, Outlet
from tracker.desk import Desk
from tracker.events import FigureReported, ReportSetAside
from tracker.health import OPERATORS, Cause
from tracker.intake import Incident, Source
from tracker.model import Rank, State
from tracker.polling import Polled
from tracker.rounds import Rounds, Wire
from tracker.sources.web import Manners, open_web
from tracker.store.base import LogReader
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

LONG: Final = os.environ.get("TORTURE") == "long"
SEED: Final = int(os.environ.get("TORTURE_SEED", "7"))
LEAST: Final = 140.0 if LONG else 0.0
"""Seconds that a round goes on, at least."""
LIMIT: Final = LEAST + 120.0
"""Seconds after which what has not happened never will."""
EVERY: Final = timedelta(minutes=15)
OFTEN: Final = timedelta(seconds=10)
"""The shortest interval that a source may have."""
SPEED: Final = 1200
"""Seconds that pass at the desk while one passes here."""
PATIENCE: Final = timedelta(seconds=2)
MOST_MEMORY: Final = 256
"""MB that a round may take: one bomb that went off would be more."""
MANY: Final = 100 if LONG else 12
"""Reports of one outlet."""
NEIGHBOURS: Final = "127.0.1.250"
"""An address that two outlets share: they are one domain, and are asked one after the other."""
FAULTS_OF_PAGES: Final = ("stops in the middle", "resets in the middle", "500", "cut inside")
"""Of outlets whose feeds point to pages: it may be either that goes wrong."""
NEVER_FINE: Final = {"410", "forbidden by rules"}
"""What is not asked any more."""


# --- who is there ------------------------------------------------------------------------------

Plan = Callable[[random.Random, Fault], Iterator[bool]]
"""At which of its answers a fault strikes."""


@dataclass(frozen=True, kw_only=True)
class Cast:
    """One outlet with each fault, some with none, and some that trip up whoever trusts them."""

    clock: Callable[[], datetime]
    asks_for: timedelta
    plan: Plan
    chance: random.Random = field(default_factory=lambda: dice(SEED))

    def outlets(self) -> list[Outlet]:
        return [
            self.outlet("sound rss", RSS),
            self.outlet("sound atom", ATOM),
            self.outlet("sound json", JSON),
            self.outlet("sound page", PAGE),
            self.outlet("sound teasers", TEASERS),
            self.outlet("sound neighbour", RSS, host=NEIGHBOURS),
            self.faulty("bad neighbour", "never answers", RSS, host=NEIGHBOURS),
            *(self.outlet(name, form) for name, form in ODD_FORMS.items()),
            self.outlet("unread", UNREAD),
            *(self.faulty(each, each, self.chance.choice(FAULTS[each].forms)) for each in FAULTS),
            *(self.faulty(f"teasers {each}", each, TEASERS) for each in FAULTS_OF_PAGES),
            self.outlet("liar", RSS, lies=True),
            self.outlet("rules 503", RSS, rules=lambda n: NO_RULES if n > 3 else NO_LUCK),
            self.outlet("rules never come", RSS, rules=lambda n: NO_RULES if n > 1 else None),
            self.outlet("rules huge", RSS, rules=lambda _: rules(HUGE)),
            self.outlet("forbidden by rules", RSS, rules=lambda _: rules(FORBIDDING)),
        ]

    def outlet(self, name: str, form: Form, **options: Any) -> Outlet:
        return Outlet(
            name=name,
            form=form,
            chance=dice(self.chance.random()),
            clock=self.clock,
            asks_for=self.asks_for,
            most=MANY,
            **options,
        )

    def faulty(self, name: str, fault: str, form: Form, **options: Any) -> Outlet:
        strikes = self.plan(dice(self.chance.random()), FAULTS[fault])
        return self.outlet(name, form, fault=FAULTS[fault], strikes=strikes, **options)


def dice(seed: float) -> random.Random:
    return random.Random(seed)  # noqa: S311 — what goes wrong when, no secrets


def at_random(chance: random.Random, fault: Fault) -> Iterator[bool]:
    """At one of the first two answers, then twice in a row at most."""
    yield from once(chance, fault)
    row = most = 1 if is_told_at_once(fault) else 2
    while True:
        row = row + 1 if row < most and chance.random() < 0.5 else 0
        yield row > 0


def once(chance: random.Random, fault: Fault) -> Iterator[bool]:
    """At the first answer or the second: at the second where there is no third for an hour."""
    first = fault.slow or (not is_told_at_once(fault) and chance.random() < 0.5)
    yield from (first, not first)


def is_told_at_once(fault: Fault) -> bool:
    """Whether it does not pass by itself, so that it makes us wait for an hour, or for ever."""
    return not OPERATORS.isdisjoint(fault.causes) or Cause.GONE in fault.causes


def rules(text: str, status: str = "200 OK") -> Script:
    body = text.encode()
    return Script(pieces=(head(f"HTTP/1.1 {status}", f"Content-Length: {len(body)}") + body,))


NO_LUCK: Final = rules("", "503 Service Unavailable")
FORBIDDING: Final = "User-agent: *\nDisallow: /feed"
HUGE: Final = (
    "User-agent: *\n"
    + "".join(f"Disallow: /private/{n}/*/draft\n" for n in range(14_000))
    + "# nothing to see here\n" * 30_000
    + "Disallow: /\n"
)
"""What is forbidden at its end is beyond what is read of it (RFC 9309, 2.5)."""


def source_of(outlet: Outlet) -> Source:
    name = slug(outlet)
    return Source(
        id=name,
        kind=outlet.form.kind,
        url=outlet.url,
        name=outlet.name,
        rank=Rank.OUTLET,
        language=outlet.form.language,
        every=EVERY,
        incident=name,
    )


def slug(outlet: Outlet) -> str:
    return outlet.name.replace(" ", "-").lower()


# --- what must hold ----------------------------------------------------------------------------

Told = tuple[str, str, int, str, str]
"""Source, report, number, headline and sentence."""


def told_by(outlet: Outlet, items: set[Item]) -> set[Told]:
    return {(slug(outlet), each.report, each.number, each.title, each.text) for each in items}


def stored_in(log: LogReader) -> list[Told]:
    """The figures in the log, and the reports that were set aside."""
    found = []
    for event in log.tail():
        fact = event.fact
        if isinstance(fact, FigureReported):
            assert fact.low is not None
            assert fact.title is not None
            assert fact.quote is not None
            found.append((fact.source, fact.report, fact.low, fact.title, fact.quote))
        elif isinstance(fact, ReportSetAside):
            assert fact.title is not None
            assert fact.text is not None
            number = int("".join(filter(str.isdigit, fact.text)))
            found.append((fact.source, fact.report, number, fact.title, fact.text))
    return found


def exactly_what_was_told_is_stored(hostile: HostileWeb, log: LogReader) -> None:
    stored = Counter(stored_in(log))
    told = set().union(*(told_by(each, each.told) for each in hostile.outlets))
    assert set(stored) - told == set(), "stored, and never told whole"
    assert told - set(stored) == set(), "told whole, and not stored"
    assert set(stored.values()) == {1}


def nothing_that_is_none_of_our_business_was_asked_for(hostile: HostileWeb) -> None:
    assert hostile.trespasses == 0
    for each in hostile.outlets:
        assert each.asked_against_rules == 0, each.name
        assert each.believed == [], f"{each.name}: remembered of what was no answer"
        if each.name == "forbidden by rules":
            assert (each.asked, each.asked_rules > 0) == (0, True)


def nobody_was_kept_waiting_by_another(hostile: HostileWeb) -> None:
    """While one of them kept us waiting, others were asked, each time several."""
    for each in hostile.outlets:
        if each.fault and each.fault.slow:
            assert each.meanwhile, each.name
            assert sum(each.meanwhile) > 5 * len(each.meanwhile), each.name


def most_memory(process: int | None = None) -> int:
    """The most that a process ever had of it, in MB; this one, or another that is running."""
    status = Path(f"/proc/{process or 'self'}/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) // 1024


def tell(hostile: HostileWeb, memory: int) -> None:
    """For `make torture`, which shows what tests print."""
    there = hostile.outlets
    asked, struck = sum(each.asked for each in there), sum(each.struck for each in there)
    told, versions = sum(each.whole for each in there), sum(len(each.told) for each in there)
    print(  # noqa: T201 — see above
        f"\n{len(there)} outlets asked {asked} times: {struck} answers went wrong, {told} were "
        f"whole and told {versions} figures, all stored, and no other; {memory} MB"
    )


# --- rounds ------------------------------------------------------------------------------------


@dataclass
class Clock:
    """The desk's clock, which is quick, and may be set forward."""

    began: float = field(default_factory=time.monotonic)
    ahead: timedelta = timedelta()

    def __call__(self) -> datetime:
        passed = timedelta(seconds=(time.monotonic() - self.began) * SPEED)
        return datetime(2031, 5, 5, 12, tzinfo=UTC) + passed + self.ahead


@dataclass
class Heard:
    """What the rounds told."""

    causes: defaultdict[str, set[Cause]] = field(default_factory=lambda: defaultdict(set))
    trouble: list[str] = field(default_factory=list)

    def polled(self, polled: Polled) -> None:
        if polled.cause is not None:
            self.causes[polled.source].add(polled.cause)


def has_had_enough(outlet: Outlet, heard: Heard) -> bool:
    """Whether it was asked often enough for this round, and its fault was met."""
    causes = heard.causes[slug(outlet)]
    if outlet.name == "forbidden by rules":
        return Cause.ROBOTS in causes
    if outlet.fault is None:
        return outlet.whole >= (5 if outlet.name.startswith("sound") else 3)
    met = outlet.form.teasers or not outlet.fault.causes or causes.intersection(outlet.fault.causes)
    once = Cause.GONE in outlet.fault.causes
    return bool(met) and outlet.struck > 0 and outlet.whole >= (1 if once else 2)


def is_settled(outlet: Outlet, before: Mapping[str, int]) -> bool:
    """Whether all that it published and told is known to have arrived, since it is well again."""
    if outlet.whole < before[outlet.name] + 2:
        return False
    if outlet.form.teasers:
        # An old page is hardly asked for any more, but there is none that never was had.
        return {each.report for each in outlet.items} == {each.report for each in outlet.told}
    # What is dated ahead is read again and again, without a tag.
    arrived = outlet.name == "2087" or outlet.told <= outlet.proven
    return arrived and outlet.told.issuperset(outlet.items)


async def beat(seconds: float, work: Callable[[], Awaitable[None]]) -> None:
    while True:
        await work()
        await asyncio.sleep(seconds)


async def go_round(hostile: HostileWeb, desk: Desk, clock: Clock, heard: Heard) -> None:
    """The daemon's rounds until everything has gone wrong often enough; then a day later."""
    hosts = frozenset(each.host for each in hostile.outlets)
    async with AsyncExitStack() as open_:
        way = await open_.enter_async_context(
            open_web(Manners(gap=timedelta(), allow_hosts=hosts), environment={}, patience=PATIENCE)
        )
        wire = Wire(
            sources=way,
            receivers=await open_.enter_async_context(httpx.AsyncClient()),
            environment={},
            found=lambda _: None,
            polled=heard.polled,
            posted=lambda _: None,
            trouble=heard.trouble.append,
        )
        rounds = Rounds(desk, wire)
        await rounds.begin(desk, [source_of(each) for each in hostile.outlets])
        beats = [
            asyncio.create_task(beat(0.02, rounds.look)),
            asyncio.create_task(beat(0.2, rounds.keep)),
            asyncio.create_task(beat(0.5, rounds.outbox)),
        ]
        enough = time.monotonic() + LEAST
        await asyncio.to_thread(
            hostile.wait_for,
            lambda: (
                time.monotonic() > enough
                and all(has_had_enough(each, heard) for each in hostile.outlets)
            ),
            LIMIT,
        )
        proven = set().union(*(told_by(each, {*each.proven}) for each in hostile.outlets))
        assert proven - set(await desk.run(stored_in, desk.log)) == set(), "believed, not stored"

        hostile.be_well()
        before = {each.name: each.whole for each in hostile.outlets}
        clock.ahead += timedelta(hours=25)
        rounds.hasten()
        alive = [each for each in hostile.outlets if each.name not in NEVER_FINE]
        gone = {each.name: each.asked for each in hostile.outlets if each.name in NEVER_FINE}
        await asyncio.to_thread(
            hostile.wait_for, lambda: all(is_settled(each, before) for each in alive), LIMIT
        )
        for each in beats:
            each.cancel()
        await asyncio.gather(*beats, return_exceptions=True)
        await rounds.ended()
        assert gone == {each.name: each.asked for each in hostile.outlets if each.name in gone}
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_rounds_store_exactly_what_was_served_whole(tmp_path: Path) -> None:
    """Some seventy outlets: what goes wrong with one passes, and no other suffers from it."""
    clock, heard = Clock(), Heard()
    hostile = HostileWeb(Cast(clock=clock, asks_for=EVERY, plan=at_random).outlets())
    with hostile:
        incidents = tuple(
            Incident(id=slug(each), title=each.name, began=date(2031, 5, 4))
            for each in hostile.outlets
        )
        before = most_memory()
        with closing(open_writer(tmp_path / "events.db")) as log:
            desk = Desk(log=log, incidents=incidents, clock=clock)
            with desk.thread:
                asyncio.run(go_round(hostile, desk, clock, heard))
        grown = most_memory() - before
    tell(hostile, grown)
    # By so quick a clock, ten minutes are half a second.
    assert [each for each in heard.trouble if "answered for 10 minutes" not in each] == []
    assert grown < MOST_MEMORY
    with closing(open_log(tmp_path / "events.db")) as reader:
        assert reader.verify() is None
        exactly_what_was_told_is_stored(hostile, reader)
        polls = {each.source: each for each in reader.polls()}
    nothing_that_is_none_of_our_business_was_asked_for(hostile)
    nobody_was_kept_waiting_by_another(hostile)
    for each in hostile.outlets:
        if each.fault and not each.form.teasers:
            # On a busy machine anybody may lose his patience.
            assert heard.causes[slug(each)] <= {*each.fault.causes, Cause.OUTAGE}, each.name
    assert polls["410"].state is State.GONE
    assert polls["forbidden-by-rules"].state is State.FAILING


# --- the daemon --------------------------------------------------------------------------------

NOT_SO_SOON: Final = {"rules 503", "rules never come", "forbidden by rules"}
"""What is not asked before ten minutes are over, or never."""


def has_been_met(outlet: Outlet) -> bool:
    """Whether what the daemon finds there by its second poll has happened."""
    if outlet.name in NOT_SO_SOON:
        return outlet.asked_rules > 0
    if outlet.host == NEIGHBOURS:
        return True  # the one waits for the other, half a minute each time
    if outlet.fault is None:
        return outlet.whole >= 2
    return outlet.struck > 0 and (outlet.fault.slow or outlet.whole > 0)


def test_the_daemon_stores_exactly_what_was_served_whole(tmp_path: Path) -> None:
    """The command in a process of its own, as often as its sources may be asked."""
    plan = at_random if LONG else once
    cast = Cast(clock=lambda: datetime.now(UTC), asks_for=OFTEN, plan=plan)
    hostile = HostileWeb(cast.outlets())
    with hostile:
        write_settings(tmp_path, hostile)
        with Running("daemon", cwd=tmp_path) as daemon:
            enough = time.monotonic() + LEAST
            hostile.wait_for(
                lambda: time.monotonic() > enough and all(map(has_been_met, hostile.outlets)),
                LIMIT,
            )
            used = most_memory(daemon.process.pid)
            hostile.let_go()
            assert daemon.end() == 0, daemon.lines
    tell(hostile, used)
    assert daemon.lines[-1] == "tracker: stopped; nothing was left in flight"
    assert not [each for each in daemon.lines if "please report this" in each or "Trace" in each]
    assert used < MOST_MEMORY
    with closing(open_log(tmp_path / "events.db")) as reader:
        assert reader.verify() is None
        exactly_what_was_told_is_stored(hostile, reader)
    nothing_that_is_none_of_our_business_was_asked_for(hostile)


def write_settings(folder: Path, hostile: HostileWeb) -> None:
    hosts = json.dumps(sorted({each.host for each in hostile.outlets}))
    settings = f'[polling]\nallow_hosts = {hosts}\ngap = "0s"\n'
    (folder / "tracker.toml").write_text(settings)
    yesterday = datetime.now(UTC).date() - timedelta(days=1)
    for each in hostile.outlets:
        name, form = slug(each), each.form
        write_incident(folder, name, began=yesterday, any_of=["ferry"])
        more = f'language = "{form.language}"\nincident = "{name}"\n'
        write_source(folder, name, each.url, kind=form.kind, every=OFTEN, more=more)
