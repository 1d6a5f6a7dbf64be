"""What the daemon begins, and what it puts off, when there is more to read than it can."""

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from outlet import Item, feed
from tracker import rounds as rounds_of
from tracker.alerts.endpoint import Endpoint, Webhook
from tracker.desk import Desk
from tracker.errors import LogError
from tracker.intake import Source
from tracker.model import Measure, Rank
from tracker.polling import Polled
from tracker.rounds import MOST_UNREAD, NEW_AT_ONCE, NEW_UNREAD, Rounds, Wire
from tracker.sources.web import READ_AT_ONCE, Manners, Reading, Web, open_web
from tracker.store.base import Held, Outbox
from tracker.store.writer import open_writer

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)


def source(folder: Path, name: str) -> Source:
    path = folder / f"{name}.json"
    path.write_text(feed(Item(name, "The harbour is open.", NOON)))
    return Source(id=name, kind="feed", url=str(path), name=name, rank=Rank.OUTLET)


def wire(
    web: Web,
    receivers: httpx.AsyncClient,
    *,
    polled: Callable[[Polled], None] = print,
    trouble: Callable[[str], None] = print,
) -> Wire:
    return Wire(
        sources=web,
        receivers=receivers,
        environment={},
        found=print,
        polled=polled,
        posted=print,
        trouble=trouble,
    )


def begun(folder: Path, *steps: tuple[tuple[str, ...], int]) -> list[list[str]]:
    """Who is polled in each step, in which these sources are there, and so many answers unread."""
    now, polled = NOON, list[str]()

    def tell(each: Polled) -> None:
        assert not each.error
        polled.append(each.source)

    async def story() -> list[list[str]]:
        nonlocal now
        told = []
        with closing(open_writer(folder / "events.db")) as log:
            desk = Desk(log=log, incidents=(), clock=lambda: now)
            async with open_web(Manners(), environment={}) as web, httpx.AsyncClient() as receivers:
                rounds = Rounds(desk, wire(web, receivers, polled=tell))
                for names, unread in steps:
                    await rounds.begin(desk, [source(folder, name) for name in names])
                    now += timedelta(hours=1)
                    web.reading.waiting = unread
                    await rounds.look()
                    web.reading.waiting = 0
                    await rounds.ended()
                    told.append(sorted(polled))
                    polled.clear()
        return told

    return asyncio.run(story())


def test_a_source_that_was_never_polled_gives_way_while_much_is_unread(tmp_path: Path) -> None:
    """Those that are known are polled on; the new one has its turn when there is time."""
    assert begun(
        tmp_path,
        (("known",), 0),
        (("known", "new"), NEW_UNREAD),
        (("known", "new"), NEW_UNREAD - 1),
    ) == [["known"], ["known"], ["known", "new"]]


def test_nothing_is_asked_while_more_is_unread_than_memory_should_hold(tmp_path: Path) -> None:
    known = (("known",), 0)
    assert begun(tmp_path, known, (("known",), MOST_UNREAD), known) == [["known"], [], ["known"]]


def test_of_many_new_sources_only_some_begin_at_one_look(tmp_path: Path) -> None:
    names = tuple(f"s{number:02}" for number in range(NEW_AT_ONCE + 1))
    first, second = begun(tmp_path, (names, 0), (names, 0))
    assert first == sorted(names)[:NEW_AT_ONCE]
    assert second == sorted(names)


def test_only_a_few_answers_are_read_at_one_time_and_the_others_counted() -> None:
    async def story() -> tuple[int, int]:
        reading, begun_at_once, go = Reading(), 0, asyncio.Event()

        async def read() -> None:
            nonlocal begun_at_once
            async with reading:
                begun_at_once += 1
                await go.wait()

        readers = [asyncio.create_task(read()) for _ in range(READ_AT_ONCE + 3)]
        await asyncio.sleep(0)
        told = begun_at_once, reading.waiting
        go.set()
        await asyncio.gather(*readers)
        assert (begun_at_once, reading.waiting) == (READ_AT_ONCE + 3, 0)
        return told

    assert asyncio.run(story()) == (READ_AT_ONCE, 3)


def troubled(folder: Path, turn: Callable[[Rounds], Awaitable[None]], *, said_again: float) -> int:
    """The lines that are told in so many turns, while something is due and the log is in use."""
    now, lines = NOON, list[str]()
    held = Held(
        endpoint="desk",
        incident="ferry",
        measure=Measure.KILLED,
        scope=None,
        policy="standard",
        since=NOON,
        until=NOON + timedelta(minutes=1),
    )

    async def story() -> None:
        nonlocal now
        path = folder / "events.db"
        with (
            closing(open_writer(path, wait=0.001)) as log,
            closing(sqlite3.connect(path, isolation_level=None)) as other,
        ):
            endpoint = Endpoint(name="desk", way=Webhook(url="http://127.0.0.1:9/"))
            desk = Desk(log=log, incidents=(), clock=lambda: now, endpoints=(endpoint,))
            await desk.run(desk.begin)
            await desk.run(log.append, [], recorded_at=NOON, outbox=Outbox(held=(held,)))
            async with open_web(Manners(), environment={}) as web, httpx.AsyncClient() as receivers:
                rounds = Rounds(desk, wire(web, receivers, trouble=lines.append))
                await rounds.begin(desk, ())
                await rounds.ended()
                other.execute("BEGIN IMMEDIATE")
                now += timedelta(minutes=2)
                for _ in range(9):
                    await turn(rounds)
                    await rounds.ended()
                other.execute("ROLLBACK")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(rounds_of, "SAID_AGAIN", said_again)
        asyncio.run(story())
    busy = f"outbox: {folder / 'events.db'} is in use by another process: try again when it is done"
    assert set(lines) == {busy}
    return len(lines)


async def listen(rounds: Rounds) -> None:
    await rounds.listen()


async def tell(rounds: Rounds) -> None:
    rounds.tell()


def test_what_cannot_be_told_now_is_not_tried_at_every_look(tmp_path: Path) -> None:
    """It is looked at four times a second whether it is due; to tell it has its own turn."""
    assert troubled(tmp_path, listen, said_again=0) == 1


def test_the_same_trouble_is_told_once_in_a_while(tmp_path: Path) -> None:
    assert troubled(tmp_path, tell, said_again=3600) == 1


def test_trouble_that_goes_on_is_told_again(tmp_path: Path) -> None:
    assert troubled(tmp_path, tell, said_again=0) == 9


def test_nobody_who_hears_of_trouble_does_no_harm(tmp_path: Path) -> None:
    """A pipe that is closed ends no turn that is taken again and again."""

    def closed(_: str) -> None:
        raise BrokenPipeError

    async def fail() -> None:
        raise LogError("the disk is full")

    async def story() -> None:
        with closing(open_writer(tmp_path / "events.db")) as log:
            desk = Desk(log=log, incidents=(), clock=lambda: NOON)
            async with open_web(Manners(), environment={}) as web, httpx.AsyncClient() as receivers:
                await Rounds(desk, wire(web, receivers, trouble=closed)).tried("log", fail())

    asyncio.run(story())
