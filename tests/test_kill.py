"""`kill -9` at any moment: the log verifies, no figure is stored twice, no alert is lost.

Twenty times with all tests; `make torture` does it sixty times (`TORTURE=long`).
"""

import asyncio
import json
import os
import random
import sqlite3
import threading
from collections import Counter
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

from command import Running, done
from folder import SECRET_ENV, write_incident, write_receivers, write_source
from outlet import Item, Outlet
from receiver import Got, Receiver
from tracker.addresses import client
from tracker.alerts.posting import drain
from tracker.alerts.waits import LEASE
from tracker.desk import Desk
from tracker.settings import load_settings
from tracker.store.writer import open_writer

ROUNDS = 60 if os.environ.get("TORTURE") == "long" else 20
INCIDENTS = ("barge", "bridge", "ferry", "mill", "tunnel")
SOURCES = ("cape", "harbour", "wire")
A_RUN = 0.9
"""Seconds that an undisturbed poll takes, about."""
FOUND = " killed |polled, "
"""A line of something that was stored."""


def test_a_process_killed_at_any_moment_loses_nothing_and_doubles_nothing(tmp_path: Path) -> None:
    """Many times; each time there are new reports, and some moment of the work is the last."""
    chance = random.Random(2031)  # noqa: S311 — the moments are to be the same in every run
    today = datetime.now(UTC).date()
    served: dict[str, list[Item]] = {name: [] for name in SOURCES}
    with Outlet() as outlet, Receiver() as receiver:
        for incident in INCIDENTS:
            write_incident(tmp_path, incident, began=today - timedelta(days=2), any_of=[incident])
        for source in SOURCES:
            write_source(tmp_path, source, outlet.url(source), more='language = "en"\n')
            outlet.publish(source, [])
        write_receivers(tmp_path, desk=receiver.url)
        for number in range(1, ROUNDS + 1):
            for source in SOURCES:
                served[source].append(report(number, source, chance.choice(INCIDENTS)))
                outlet.publish(source, served[source])
            one_round(tmp_path, outlet, receiver, chance)
        done("poll", cwd=tmp_path, env=SECRET_ENV)
        deliver_the_rest(tmp_path)
        got = list(receiver.got)
        before = done("events", cwd=tmp_path)
        done("poll", cwd=tmp_path, env=SECRET_ENV)
        assert done("events", cwd=tmp_path) == before
        assert receiver.got == got

    assert "all is well" in done("verify", cwd=tmp_path)
    everything_is_stored_once(tmp_path, [item for items in served.values() for item in items])
    everything_was_told(tmp_path, got)


def report(number: int, source: str, incident: str) -> Item:
    """A report of just now; its number is in no other report."""
    toll = 10 * number + SOURCES.index(source)
    text = f"The death toll of the {incident} accident has risen to {toll}, the coast guard said."
    return Item(f"{source}-{toll}", text, datetime.now(UTC))


def one_round(folder: Path, outlet: Outlet, receiver: Receiver, chance: random.Random) -> None:
    """Start a process, and kill it: at a moment of the clock, or of what it is seen to do."""
    forget_when_to_ask(folder)
    asked, told = len(outlet.asked), len(receiver.got)
    moment = threading.Event()  # never set: its wait is a wait of so long
    with Running(chance.choice(("poll", "daemon")), cwd=folder, env=SECRET_ENV) as running:
        match chance.choice(("clock", "asked", "stored", "told")):
            case "clock":
                moment.wait(chance.uniform(0, A_RUN))
            case "asked":
                outlet.wait_for(asked + chance.randint(1, len(SOURCES)))
                moment.wait(chance.uniform(0, 0.1))
            case "stored":
                running.wait_for(FOUND)
                moment.wait(chance.uniform(0, 0.02))
            case "told":
                running.wait_for(FOUND)
                few = told + chance.randint(1, 3)
                moment.wait(chance.uniform(0, 0.01))
                # What an earlier process took to post and did not, may hold all else back.
                for _ in range(100):
                    if len(receiver.got) >= few or moment.wait(0.001):
                        break
        running.process.kill()


def forget_when_to_ask(folder: Path) -> None:
    """A daemon that is started again asks nobody sooner than was agreed, and here nobody waits."""
    with (
        closing(sqlite3.connect(folder / "events.db")) as shell,
        suppress(sqlite3.OperationalError),
    ):
        shell.execute("DELETE FROM polls")  # in the first rounds there may be no table yet
        shell.commit()


def deliver_the_rest(folder: Path) -> None:
    """Post what a killed process had taken to post: when its lease has run out, so later on."""

    async def posted() -> None:
        settings = load_settings(folder / "tracker.toml")
        with closing(open_writer(folder / "events.db")) as log:
            desk = Desk(
                log=log,
                incidents=(),
                clock=lambda: datetime.now(UTC) + LEASE,
                endpoints=settings.endpoints,
            )
            async with client(settings.allow_hosts) as receivers:
                with desk.thread:
                    await drain(
                        log,
                        desk.endpoints,
                        SECRET_ENV,
                        receivers,
                        run=desk.run,
                        clock=desk.clock,
                        jitter=lambda: 0.0,
                    )

    asyncio.run(posted())


def everything_is_stored_once(folder: Path, served: list[Item]) -> None:
    """Each report has its one figure, each incident one beginning, and no event is there twice."""
    events = [json.loads(line) for line in done("events", "--jsonl", cwd=folder).splitlines()]
    assert [each["position"] for each in events] == list(range(1, len(events) + 1))
    assert len({each["id"] for each in events}) == len(events)
    by_type = Counter(each["type"] for each in events)
    assert by_type == {"incident.opened": len(INCIDENTS), "figure.reported": len(served)}
    figures = {each["report"]: each["low"] for each in events if each["type"] == "figure.reported"}
    assert figures == {each.id: int(each.id.rpartition("-")[2]) for each in served}


def everything_was_told(folder: Path, got: list[Got]) -> None:
    """Each alert of the outbox arrived, at least once, in order, with one id and one body."""
    with closing(sqlite3.connect(folder / "events.db")) as shell:
        outbox = shell.execute(
            "SELECT about, sequence, id, body, state FROM outbox ORDER BY about, sequence"
        ).fetchall()
    arrived: dict[str, set[bytes]] = {}
    for each in got:
        arrived.setdefault(each.headers["webhook-id"], set()).add(each.body)
    assert arrived == {alert: {body.encode()} for _, _, alert, body, _ in outbox}
    assert {state for *_, state in outbox} == {"delivered"}
    for incident in INCIDENTS:
        own = [row for row in outbox if row[0] == incident]
        assert [sequence for _, sequence, *_ in own] == list(range(1, len(own) + 1))
        ids = [alert for _, _, alert, *_ in own]
        assert [each for each in arrived if each in ids] == ids
        told = json.loads(own[-1][3])["data"]["after"]
        stands = json.loads(done("estimate", incident, "--json", cwd=folder))
        assert told == {key: stands[key] for key in told}
