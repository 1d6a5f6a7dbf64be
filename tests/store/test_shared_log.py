"""What every log does that several use at once, whatever it is kept in."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from threading import Event as Flag

import pytest

from backends import Backend
from builders import NOON, figure
from tracker.errors import Conflict
from tracker.store.base import Alert, Append, Log, LogReader, Outbox

FERRY = "incident/ferry"
BRIDGE = "incident/bridge"
PATIENCE = 60
"""Seconds after which a test that hangs is failed; none waits for it when all is well."""


class Slow(tuple[Alert, ...]):
    """Alerts that are handed over only when they are let go: the commit comes after them."""

    __slots__ = ()
    reached = Flag()
    let_go = Flag()

    def __iter__(self) -> Iterator[Alert]:
        Slow.reached.set()
        assert Slow.let_go.wait(PATIENCE)
        return super().__iter__()


@pytest.fixture
def slow() -> Iterator[Outbox]:
    """An outbox that keeps the transaction that writes it open."""
    Slow.reached.clear()
    Slow.let_go.clear()
    alert = Alert(
        id="a1", endpoint="desk", about="ferry", sequence=1, type="estimate.revised", body="{}"
    )
    yield Outbox(alerts=Slow((alert,)))
    Slow.let_go.set()


def positions(log: LogReader, after: int = 0) -> list[int]:
    return [each.position for each in log.tail(after)]


def append(log: Log, low: int, *, stream: str = FERRY, expected: int | None = None) -> None:
    log.append([Append(stream, expected, (figure(low),))], recorded_at=NOON)


def test_what_one_has_appended_all_see(backend: Backend, tmp_path: Path) -> None:
    with closing(backend.write(tmp_path)) as one, closing(backend.write(tmp_path)) as other:
        append(one, 1)
        append(other, 2)
        with closing(backend.read(tmp_path)) as reader:
            assert one.read(FERRY) == other.read(FERRY) == reader.read(FERRY)
            assert [each.fact for each in reader.read(FERRY)] == [figure(1), figure(2)]
            assert one.identity == other.identity == reader.identity


def test_who_has_not_seen_what_another_appended_is_refused(
    backend: Backend, tmp_path: Path
) -> None:
    """The first of two that expect the same version has it; the other reads again."""
    with closing(backend.write(tmp_path)) as one, closing(backend.write(tmp_path)) as other:
        append(one, 1, expected=0)
        with pytest.raises(Conflict, match="incident/ferry is at version 1, not 0"):
            append(other, 2, expected=0)
        append(other, 2, expected=1)
        assert [each.version for each in one.read(FERRY)] == [1, 2]


def test_the_same_fact_from_two_is_stored_once(backend: Backend, tmp_path: Path) -> None:
    with closing(backend.write(tmp_path)) as one, closing(backend.write(tmp_path)) as other:
        append(one, 1)
        append(other, 1)
        append(other, 1, stream=BRIDGE)
        assert positions(one) == [1]


def test_nobody_sees_what_is_not_committed(backend: Backend, tmp_path: Path, slow: Outbox) -> None:
    """Neither facts nor alerts, until both are there."""
    with (
        closing(backend.write(tmp_path)) as one,
        closing(backend.read(tmp_path)) as reader,
        ThreadPoolExecutor() as threads,
    ):
        facts = (figure(1), figure(2))
        writing = threads.submit(
            one.append, [Append(FERRY, 0, facts)], recorded_at=NOON, outbox=slow
        )
        assert Slow.reached.wait(PATIENCE)
        assert positions(reader) == []
        assert reader.read(FERRY) == []

        Slow.let_go.set()
        writing.result(PATIENCE)
        assert positions(reader) == [1, 2]
        assert [each.alert.id for each in one.enqueued()] == ["a1"]


def test_the_tail_skips_nothing_when_an_earlier_commit_comes_late(
    backend: Backend, tmp_path: Path, slow: Outbox
) -> None:
    """One writer has written and not committed when another comes; whoever of them is first, a
    reader that goes on from what it has seen is given every event, in order and once.
    """
    with (
        closing(backend.write(tmp_path)) as one,
        closing(backend.write(tmp_path)) as other,
        closing(backend.read(tmp_path)) as reader,
        ThreadPoolExecutor() as threads,
    ):
        late = threads.submit(
            one.append, [Append(FERRY, 0, (figure(1), figure(2)))], recorded_at=NOON, outbox=slow
        )
        assert Slow.reached.wait(PATIENCE)
        soon = threads.submit(append, other, 3, stream=BRIDGE)
        seen = positions(reader)

        Slow.let_go.set()
        late.result(PATIENCE)
        seen += positions(reader, after=len(seen))
        soon.result(PATIENCE)
        seen += positions(reader, after=len(seen))

        assert seen == [1, 2, 3]
        assert {each.fact for each in reader.tail()} == {figure(1), figure(2), figure(3)}


def test_the_tail_is_whole_while_several_write(backend: Backend, tmp_path: Path) -> None:
    """Large batches beside single facts, and a reader that never rests."""
    with closing(backend.write(tmp_path)):
        pass

    def write(name: str, batches: int, size: int) -> None:
        with closing(backend.write(tmp_path)) as log:
            for batch in range(batches):
                facts = tuple(figure(n, report=f"{name} {batch}") for n in range(size))
                log.append([Append(f"incident/{name}", None, facts)], recorded_at=NOON)

    seen: list[int] = []
    with closing(backend.read(tmp_path)) as reader, ThreadPoolExecutor() as threads:
        work = [
            threads.submit(write, "many", 6, 200),
            threads.submit(write, "few", 40, 1),
            threads.submit(write, "some", 20, 8),
        ]
        while not all(each.done() for each in work):
            seen += positions(reader, after=len(seen))
        for each in work:
            each.result()
        seen += positions(reader, after=len(seen))
        assert seen == list(range(1, 1401))
        assert reader.verify() is None
        assert reader.verify_projections() is None
