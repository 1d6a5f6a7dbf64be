"""The real daemon in a process of its own: what it finds, tells, survives, and how it ends."""

import asyncio
import json
import re
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta, tzinfo
from pathlib import Path
from typing import Any, Self

import httpx
import pytest
from standardwebhooks import Webhook

from command import Running, done, run
from folder import SECRET, SECRET_ENV, write_incident, write_receivers, write_source
from outbox import SECRETS, enqueue
from outbox import desk as told_desk
from outlet import Item, Outlet, feed
from receiver import Answer, Got, Receiver
from tracker import daemon as daemon_of
from tracker.addresses import client
from tracker.daemon import serve, watch_clock
from tracker.desk import Desk
from tracker.intake import Source
from tracker.model import Rank
from tracker.polling import Polled
from tracker.rounds import Rounds, Wire
from tracker.sources.web import Manners, Web, open_web
from tracker.store.writer import open_writer

OFTEN = timedelta(seconds=10)
"""The shortest interval that a source may have."""
NO_OPENINGS = "opened = false\n"


def toll(number: int) -> str:
    return f"The death toll of the ferry accident has risen to {number}, the coast guard said."


def ago(**span: float) -> datetime:
    return datetime.now(UTC) - timedelta(**span)


def verified(got: Got) -> dict[str, Any]:
    """The alert, if the reference implementation of Standard Webhooks takes it for genuine."""
    alert: dict[str, Any] = Webhook(SECRET).verify(got.body, got.headers)
    return alert


def killed(folder: Path) -> list[str]:
    return [row["phrase"] for row in json.loads(done("history", "ferry", "--json", cwd=folder))]


@pytest.fixture
def outlet() -> Iterator[Outlet]:
    with Outlet() as serving:
        yield serving


@pytest.fixture
def folder(tmp_path: Path, outlet: Outlet) -> Path:
    """One incident of three days ago, and one outlet on this machine that reports it."""
    write_incident(tmp_path, "ferry", began=ago(days=3).date(), any_of=["ferry"])
    write_source(tmp_path, "wire", outlet.url("wire"), every=OFTEN)
    return tmp_path


def test_old_reports_are_caught_up_on_once_and_a_new_one_is_news(
    folder: Path, outlet: Outlet
) -> None:
    """Every revision is a line as it is found; the receiver gets one backfill, then the news.

    Meanwhile another source stops answering: it keeps nobody waiting, and is no line.
    """
    write_incident(folder, "mill", began=ago(days=3).date(), any_of=["mill"])
    old = [Item("a", toll(12), ago(hours=50)), Item("b", toll(13), ago(hours=30))]
    outlet.publish("wire", old)
    with Receiver() as receiver, Outlet("127.0.0.2") as silent:
        silent.publish("silent", [])
        write_source(folder, "silent", silent.url("silent"), every=OFTEN)
        write_receivers(folder, rules=NO_OPENINGS, desk=receiver.url)
        with Running("daemon", cwd=folder, env=SECRET_ENV) as daemon:
            assert "2 sources, 1 webhook" in daemon.wait_for("serving events.db")
            assert "ferry killed 12, first" in daemon.wait_for("killed 12")
            daemon.wait_for(r"killed 13 \(\+1\), raised")
            receiver.wait_for(1)
            silent.open.clear()
            late = Item("mill", "At least 5 people were killed in a mill fire.", ago(hours=28))
            outlet.publish("wire", [*old, late, Item("c", toll(14), ago(minutes=1))])
            daemon.wait_for(r"ferry killed 14 \(\+1\), raised")
            receiver.wait_for(3)
            silent.open.set()
            assert daemon.end() == 0
            assert daemon.lines[-1] == "tracker: stopped; nothing was left in flight"
            assert not [each for each in daemon.lines if not re.match(r"\d{4}-|tracker: s", each)]
    caught_up, *later = [verified(each) for each in receiver.got]
    assert caught_up["type"] == "estimate.backfilled"
    (standing,) = caught_up["data"]["estimates"]
    assert (standing["before"], standing["after"]["phrase"]) == (None, "13")
    mill, news = sorted(later, key=lambda each: each["type"])
    assert (mill["type"], mill["data"]["incident"]) == ("estimate.backfilled", "mill")
    assert news["type"] == "estimate.revised"
    assert news["data"]["before"]["phrase"] == "13"
    assert news["data"]["after"]["phrase"] == "14"
    assert news["data"]["sequence"] == 2
    assert killed(folder) == ["12", "13", "14"]
    assert "all is well" in done("verify", cwd=folder)


def phrases(told: Iterable[dict[str, Any]]) -> list[str]:
    """The figures that a receiver was told, as news."""
    return [each["data"]["after"]["phrase"] for each in told if each["type"] == "estimate.revised"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_what_is_in_flight_is_finished_before_the_end(
    folder: Path, outlet: Outlet, number: signal.Signals
) -> None:
    """A source that answers only after the signal is stored, and its alert is posted."""
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=1))])
    outlet.open.clear()
    with Receiver() as receiver:
        write_receivers(folder, rules=NO_OPENINGS, desk=receiver.url)
        with Running("daemon", cwd=folder, env=SECRET_ENV) as daemon:
            outlet.wait_for(1)
            daemon.process.send_signal(number)
            daemon.process.send_signal(number)
            outlet.open.set()
            assert daemon.ended() == 0
            assert daemon.lines[-1] == "tracker: stopped; nothing was left in flight"
        assert [verified(each)["data"]["after"]["phrase"] for each in receiver.got] == ["12"]
    assert killed(folder) == ["12"]


def test_a_second_daemon_on_the_same_log_is_refused_in_one_line(
    folder: Path, outlet: Outlet
) -> None:
    """Queries and a poll go on beside the first; when it has ended, there may be another."""
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=1))])
    with Running("daemon", cwd=folder) as first:
        first.wait_for("killed 12")
        second = run("daemon", cwd=folder)
        assert (second.returncode, second.stdout) == (1, "")
        assert second.stderr == (
            f"tracker: a daemon already serves this log (process {first.process.pid}): stop it "
            "first, or use another --db\n"
        )
        assert killed(folder) == ["12"]
        done("poll", cwd=folder)
        first.process.kill()
        first.ended()
    with Running("daemon", cwd=folder) as third:
        third.wait_for("serving events.db")
        outlet.wait_for(3)
        assert third.end() == 0


def test_a_wrong_source_is_told_and_the_others_are_served(folder: Path, outlet: Outlet) -> None:
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=1))])
    (folder / "sources" / "typo.toml").write_text('kind = "feed"\nname = "X"\nurll = "x"\n')
    write_source(folder, "gone", "gone.json")
    with Running("daemon", cwd=folder) as daemon:
        daemon.wait_for("killed 12")
        daemon.wait_for(r"tracker: gone: there is no file .*gone\.json")
        assert "typo.toml, key 'urll': unknown key (did you mean 'url'?)" in "\n".join(daemon.lines)
        assert daemon.end() == 0


def test_no_receiver_stops_anything(folder: Path, outlet: Outlet) -> None:
    """One hangs, one fails, one redirects, one is gone: the others get theirs, and so does the log.

    The failure is tried again with the same id; the redirect is not followed; the one that is
    gone is left alone, also by the next daemon.
    """
    first = Item("a", toll(12), ago(minutes=2))
    outlet.publish("wire", [first])
    hanging = Receiver([Answer(hangs=True)] * 9)
    with (
        Receiver() as sound,
        Receiver([Answer(500)]) as failing,
        Receiver([Answer(301, (("location", sound.url + "/elsewhere"),))]) as moved,
        Receiver([Answer(410)]) as gone,
    ):
        write_receivers(
            folder,
            rules=NO_OPENINGS,
            sound=sound.url,
            hanging=hanging.url,
            failing=failing.url,
            moved=moved.url,
            gone=gone.url,
        )
        with Running("daemon", cwd=folder, env=SECRET_ENV) as daemon:
            with hanging:
                for each in (sound, hanging, failing, moved, gone):
                    each.wait_for(1)
                outlet.publish("wire", [first, Item("b", toll(13), ago(minutes=1))])
                sound.wait_for(2)
                sound.wait_for(3)
                failing.wait_for(4)
            daemon.wait_for("webhook hanging: ")
            daemon.wait_for("webhook failing: 500 .*; again at ")
            daemon.wait_for("webhook moved: 301: redirects are not followed; correct the url")
            daemon.wait_for("webhook gone: 410: gone")
            assert daemon.end() == 0
        told = [verified(each) for each in sound.got]
        assert phrases(told) == ["12", "13"]
        [disabled] = [each["data"] for each in told if each["type"] == "endpoint.disabled"]
        assert (disabled["endpoint"], disabled["why"]) == ("gone", "gone")
        assert {each.path for each in sound.got} == {"/hook"}
        assert set(phrases(map(verified, hanging.got))) == {"12"}
        repeated = [each for each in failing.got if each.body == failing.got[0].body]
        assert len(repeated) == 2
        assert len({each.headers["webhook-id"] for each in repeated}) == 1
        assert phrases(map(verified, failing.got)) == ["12", "12", "13"]
        assert len(gone.got) == 1
        done("poll", cwd=folder, env=SECRET_ENV)
        assert len(gone.got) == 1
    assert killed(folder) == ["12", "13"]
    with closing(sqlite3.connect(folder / "events.db")) as shell:
        waiting = shell.execute("SELECT endpoint FROM outbox WHERE state = 'due'").fetchall()
    assert {name for (name,) in waiting} <= {"hanging", "moved", "gone"}
    assert {name for (name,) in waiting} >= {"hanging", "gone"}


def test_a_jump_of_the_clock_is_told() -> None:
    """Set back an hour, it is told once; as it runs, it is not."""

    async def watched() -> int:
        began = datetime.now(UTC)
        times = iter([began, *[began - timedelta(hours=1)] * 2])
        told = 0
        done = asyncio.Event()

        def clock() -> datetime:
            try:
                return next(times)
            except StopIteration:
                done.set()
                return began - timedelta(hours=1)

        def jumped() -> None:
            nonlocal told
            told += 1

        watch = asyncio.create_task(watch_clock(clock, jumped, every=timedelta(milliseconds=1)))
        await asyncio.wait_for(done.wait(), 60)
        watch.cancel()
        return told

    assert asyncio.run(watched()) == 1


def test_what_hangs_does_not_keep_the_daemon_from_ending(tmp_path: Path) -> None:
    """What is under way has its time to end; then it is cut off, and the log is free to close."""

    async def ending() -> bool:
        with closing(open_writer(tmp_path / "events.db")) as log:
            desk = Desk(log=log, incidents=(), clock=lambda: datetime.now(UTC))
            async with open_web(Manners(), environment={}) as web, httpx.AsyncClient() as receivers:
                rounds = Rounds(desk, wire_of(web, receivers))
            hanging = rounds.start("receiver", asyncio.Event().wait())
            await rounds.ended(within=timedelta(milliseconds=1))
            await asyncio.wait([hanging])
            return hanging.cancelled()

    assert asyncio.run(ending())


def wire_of(
    web: Web, receivers: httpx.AsyncClient, polled: Callable[[Polled], None] = print
) -> Wire:
    return Wire(
        sources=web,
        receivers=receivers,
        environment=SECRETS,
        found=print,
        polled=polled,
        posted=print,
        trouble=print,
    )


class Shifted(datetime):
    """The wall clock of this machine, as if somebody had set it."""

    by = timedelta(0)

    @classmethod
    def now(cls, tz: tzinfo | None = None) -> Self:
        return super().now(tz) + cls.by


@pytest.fixture
def settable(monkeypatch: pytest.MonkeyPatch) -> type[Shifted]:
    """The wall clock that the daemon has, and its scheduler."""
    monkeypatch.setattr(Shifted, "by", timedelta(0))
    for each in ("schedulers.base", "triggers.interval", "executors.base"):
        monkeypatch.setattr(f"apscheduler.{each}.datetime", Shifted)
    return Shifted


@pytest.mark.parametrize("jump", [timedelta(hours=-1), timedelta(hours=48)])
def test_however_the_clock_is_set_every_source_is_polled_and_all_turns_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, settable: type[Shifted], jump: timedelta
) -> None:
    monkeypatch.setattr(daemon_of, "CLOCK_WATCH", timedelta(milliseconds=10))
    path = tmp_path / "wire.json"
    path.write_text(feed(Item("a", "The harbour is open.", ago(hours=1))))
    wire = Source(id="wire", kind="feed", url=str(path), name="Wire", rank=Rank.OUTLET)
    polls, looks_at_files = 0, 0

    def polled(each: Polled) -> None:
        nonlocal polls
        assert not each.error
        polls += 1
        settable.by = jump

    def reload() -> None:
        nonlocal looks_at_files
        looks_at_files += polls >= 2
        if looks_at_files:
            signal.raise_signal(signal.SIGTERM)

    async def story() -> None:
        with closing(open_writer(tmp_path / "events.db")) as log:
            desk = Desk(log=log, incidents=(), clock=lambda: settable.now(UTC))
            async with open_web(Manners(), environment={}) as web, httpx.AsyncClient() as receivers:
                await asyncio.wait_for(
                    serve(desk, wire_of(web, receivers, polled), [wire], reload), 60
                )

    asyncio.run(story())
    assert (polls, looks_at_files) == (2, 1)


def test_files_that_are_read_when_the_end_begins_change_nothing_any_more(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, outlet: Outlet
) -> None:
    """The last poll is waited for; an endpoint that is new in the files is not begun with."""
    monkeypatch.setattr(daemon_of, "RELOAD_EVERY", timedelta(0))
    outlet.publish("wire", [])
    outlet.open.clear()
    wire = Source(id="wire", kind="feed", url=outlet.url("wire"), name="Wire", rank=Rank.OUTLET)
    reading, go_on, read = threading.Event(), threading.Event(), threading.Event()

    async def story(receiver: Receiver) -> None:
        with closing(open_writer(tmp_path / "events.db")) as log:
            enqueue(log, 1, endpoint="late", at=ago(minutes=1))
            desk = Desk(log=log, incidents=(), clock=lambda: datetime.now(UTC))

            def reload() -> tuple[Desk, Sequence[Source]]:
                reading.set()
                go_on.wait(60)
                read.set()
                return replace(desk, endpoints=(told_desk(receiver, "late"),)), [wire]

            here = frozenset({"127.0.0.1"})
            manners = Manners(allow_hosts=here, gap=timedelta(0))
            async with open_web(manners, environment={}) as web, client(here) as receivers:
                served = asyncio.create_task(serve(desk, wire_of(web, receivers), [wire], reload))
                await asyncio.to_thread(outlet.wait_for, 1)
                await asyncio.to_thread(reading.wait, 60)
                signal.raise_signal(signal.SIGTERM)
                for _ in range(20):  # it is heard
                    await asyncio.sleep(0)
                go_on.set()
                await asyncio.to_thread(read.wait, 60)
                for _ in range(20):
                    await asyncio.sleep(0)
                outlet.open.set()
                await asyncio.wait_for(served, 60)

    with Receiver() as receiver:
        asyncio.run(story(receiver))
        assert receiver.got == []


def test_a_source_that_is_added_changed_or_taken_away_is_taken_up(
    folder: Path, outlet: Outlet
) -> None:
    """Without a restart, and within seconds; so is an incident."""
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=3))])
    outlet.publish("other", [Item("b", toll(13), ago(minutes=2))])
    mill = [Item("m", "At least 5 people were killed in a mill fire.", ago(minutes=2))]
    outlet.publish("mill", mill)
    with Running("daemon", cwd=folder) as daemon:
        daemon.wait_for("killed 12")
        write_source(folder, "second", outlet.url("other"))
        daemon.wait_for(r"killed 13 \(\+1\)")
        write_incident(folder, "mill", began=ago(days=3).date(), any_of=["mill"])
        write_source(folder, "second", outlet.url("mill"))
        daemon.wait_for("mill killed at least 5, first")
        (folder / "sources" / "second.toml").unlink()
        daemon.wait_for("sources has changed: 1 source$")
        assert daemon.end() == 0


def test_a_file_that_is_broken_keeps_what_it_said_before(folder: Path, outlet: Outlet) -> None:
    """It is said once; its source is polled on, and so are the others."""
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=3))])
    with Running("daemon", cwd=folder) as daemon:
        daemon.wait_for("killed 12")
        path = folder / "sources" / "wire.toml"
        sound = path.read_text()
        path.write_text(sound.replace("kind", "kinnd"))
        line = daemon.wait_for("wire.toml")
        assert line.endswith("missing: add it; what it said before is kept")
        (folder / "sources" / "incidents.toml").write_text("[")
        daemon.wait_for("the last sound configuration is kept")
        outlet.publish("wire", [Item("b", toll(14), ago(minutes=1))])
        daemon.wait_for(r"killed 14 \(\+2\)")
        assert daemon.end() == 0
    assert len([each for each in daemon.lines if "wire.toml" in each]) == 1


def test_receivers_and_their_rules_are_taken_up_as_they_change(
    folder: Path, outlet: Outlet
) -> None:
    """Without a restart; their rules hold from the next move on, and what stood before is no news
    to one that is new. What is made once needs a restart.
    """
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=3))])
    with Receiver() as first, Receiver() as second:
        write_receivers(folder, rules=NO_OPENINGS, first=first.url)
        with Running("daemon", cwd=folder, env=SECRET_ENV) as daemon:
            first.wait_for(1)
            rules = NO_OPENINGS + "thresholds = [100]\n"
            write_receivers(folder, rules=rules, first=first.url, second=second.url)
            assert daemon.wait_for("tracker.toml has changed").endswith("2 webhooks")
            outlet.publish("wire", [Item("b", toll(14), ago(minutes=2))])
            daemon.wait_for("killed 14")
            outlet.publish("wire", [Item("c", toll(104), ago(minutes=1))])
            second.wait_for(1)
            first.wait_for(2)
            settings = folder / "tracker.toml"
            settings.write_text('contact = "desk@cape.example"\n' + settings.read_text())
            told = daemon.wait_for("restart the daemon")
            assert "2 webhooks; restart the daemon to have contact take effect" in told
            assert daemon.end() == 0
    for receiver, wanted in ((first, ["12", "104"]), (second, ["104"])):
        assert phrases(map(verified, receiver.got)) == wanted


def test_settings_that_are_broken_or_gone_keep_what_they_said(folder: Path, outlet: Outlet) -> None:
    """It is said once for each state of the file, and receivers are told on."""
    outlet.publish("wire", [Item("a", toll(12), ago(minutes=3))])
    with Receiver() as receiver:
        write_receivers(folder, rules=NO_OPENINGS, desk=receiver.url)
        settings = folder / "tracker.toml"
        with Running("daemon", cwd=folder, env=SECRET_ENV) as daemon:
            receiver.wait_for(1)
            settings.write_text(settings.read_text().replace("secret_env", "secret_nv"))
            line = daemon.wait_for("secret_nv")
            assert line.endswith("; the last sound configuration is kept")
            outlet.publish("wire", [Item("b", toll(14), ago(minutes=2))])
            receiver.wait_for(2)
            settings.unlink()
            daemon.wait_for("tracker.toml: is gone; the last sound configuration is kept")
            outlet.publish("wire", [Item("c", toll(16), ago(minutes=1))])
            receiver.wait_for(3)
            assert daemon.end() == 0
    assert len([each for each in daemon.lines if "secret_nv" in each]) == 1
    assert phrases(map(verified, receiver.got)) == ["12", "14", "16"]
