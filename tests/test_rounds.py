"""What the daemon begins, and what it puts off, when there is more to read than it can."""

import asyncio
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx

from outlet import Item, feed
from tracker.desk import Desk
from tracker.intake import Source
from tracker.model import Rank
from tracker.polling import Polled
from tracker.rounds import MOST_UNREAD, NEW_AT_ONCE, NEW_UNREAD, Rounds, Wire
from tracker.sources.web import READ_AT_ONCE, Manners, Reading, open_web
from tracker.store.writer import open_writer

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)


def source(folder: Path, name: str) -> Source:
    path = folder / f"{name}.json"
    path.write_text(feed(Item(name, "The harbour is open.", NOON)))
    return Source(id=name, kind="feed", url=str(path), name=name, rank=Rank.OUTLET)


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
                wire = Wire(
                    sources=web,
                    receivers=receivers,
                    environment={},
                    found=print,
                    polled=tell,
                    posted=print,
                    trouble=print,
                )
                rounds = Rounds(desk, wire)
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
