"""The postroom of a daemon, which lives long: what wakes it, what it survives, how it ends."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest

from outbox import NOON, SECRETS, desk, enqueue, ids, states
from receiver import Answer, Receiver
from tracker.addresses import client
from tracker.alerts.book import Asked, Book
from tracker.alerts.endpoint import Channel, Endpoint, Rules, Webhook
from tracker.alerts.posting import Posted, Postroom
from tracker.alerts.reach import DEAD, PROBE_EVERY, disabled, enabled
from tracker.alerts.waits import LEASE
from tracker.alerts.ways import Ways
from tracker.errors import LogBusy
from tracker.store.base import Log, Reach, Settled
from tracker.store.writer import open_writer

P = ParamSpec("P")
T = TypeVar("T")


class Story:
    """A postroom at work, and what it told."""

    def __init__(self, log: Log, environment: dict[str, str]) -> None:
        self.log, self.environment = log, environment
        self.posted: list[Posted] = []
        self.trouble: list[str] = []
        self.calls = 0
        self.broken: Exception | None = None
        self.deaf: Exception | None = None
        self.ahead = timedelta(0)
        self.room: Postroom
        self._something = asyncio.Event()
        self._thread = ThreadPoolExecutor(1)

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """A call of the log on its thread, counted; raises what is said to be broken."""
        self.calls += 1
        if self.broken is not None:
            raise self.broken
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, lambda: work(*args, **kwargs))

    def tell(self, posted: Posted) -> None:
        self.posted.append(posted)
        self._something.set()
        if self.deaf is not None:
            raise self.deaf

    def complain(self, trouble: str) -> None:
        self.trouble.append(trouble)
        self._something.set()
        if self.deaf is not None:
            raise self.deaf

    def clock(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def failed(self, times: int) -> None:
        """Wait until it is on record that the one endpoint has failed so often in a row."""
        async with asyncio.timeout(30):
            while [each.failures for each in await self.run(self.log.reach)] != [times]:
                pass

    async def until(self, done: Callable[[], bool]) -> None:
        """Wait until that is so; fail if it never is."""
        async with asyncio.timeout(30):
            while not done():
                self._something.clear()
                await self._something.wait()

    async def enqueue(
        self,
        *sequences: int,
        incident: str = "ferry-2031",
        endpoint: str = "desk",
    ) -> list[str]:
        def put() -> list[str]:
            now = datetime.now(UTC)
            return enqueue(self.log, *sequences, incident=incident, endpoint=endpoint, at=now)

        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._thread, put)


@asynccontextmanager
async def at_work(
    path: Path, endpoints: Sequence[Endpoint], environment: dict[str, str] | None = None
) -> AsyncIterator[Story]:
    """A postroom that works until the end of the block, and then ends in good order."""
    with closing(open_writer(path / "events.db")) as log:
        story = Story(log, SECRETS if environment is None else environment)
        async with client(["127.0.0.1"]) as ours:
            story.room = Postroom(
                log,
                Ways(ours, story.environment),
                run=story.run,
                clock=story.clock,
                jitter=lambda: 0.0,
                posted=story.tell,
                trouble=story.complain,
            )
            await story.room.serve(endpoints)
            working = asyncio.create_task(story.room.work())
            try:
                yield story
            finally:
                story.room.stop()
                await working


def test_what_is_committed_goes_out_when_it_is_woken_and_otherwise_the_log_is_left_alone(
    tmp_path: Path,
) -> None:
    async def story(receiver: Receiver) -> None:
        async with at_work(tmp_path, [desk(receiver)]) as it:
            [first] = await it.enqueue(1)
            it.room.wake()
            await it.until(lambda: len(it.posted) == 1)
            before = it.calls
            [second] = await it.enqueue(2)
            for _ in range(100):
                await asyncio.sleep(0)
            assert it.calls <= before + 1  # it looks what came after the first
            it.room.wake()
            await it.until(lambda: len(it.posted) == 2)
            assert [each.alert for each in it.posted] == [first, second]

    with Receiver() as receiver:
        asyncio.run(story(receiver))
        assert len(receiver.got) == 2


def test_many_alerts_are_claimed_and_settled_in_few_calls_of_the_log(tmp_path: Path) -> None:
    """A claim or a settlement for each would keep the log's thread from all else."""

    async def story(receiver: Receiver) -> None:
        endpoints = [desk(receiver, f"desk-{number}") for number in range(20)]
        async with at_work(tmp_path, endpoints) as it:
            for endpoint in endpoints:
                await it.enqueue(1, 2, 3, endpoint=endpoint.name)
            before = it.calls
            it.room.wake()
            await it.until(lambda: len(it.posted) == 60)
            assert it.calls - before <= 60
            assert set(states(it.log).values()) == {"delivered"}

    with Receiver() as receiver:
        asyncio.run(story(receiver))
        for number in range(20):
            own = [each for each in ids(receiver) if each.startswith(f"msg_desk-{number}_")]
            assert own == sorted(own)


def test_an_alert_that_failed_is_tried_again_when_its_time_has_come(tmp_path: Path) -> None:
    """Without being woken: the daemon has nothing else to do."""

    async def story(receiver: Receiver) -> None:
        async with at_work(tmp_path, [desk(receiver)]) as it:
            await it.enqueue(1)
            it.room.wake()
            await it.until(lambda: len(it.posted) == 2)
            failed, delivered = it.posted
            assert failed.again is not None
            assert delivered.attempt.outcome == "delivered"

    with Receiver([Answer(500)]) as receiver:
        asyncio.run(story(receiver))


def test_what_the_log_raises_is_told_and_the_postroom_goes_on(tmp_path: Path) -> None:
    async def story(receiver: Receiver) -> None:
        async with at_work(tmp_path, [desk(receiver)]) as it:
            await it.enqueue(1)
            it.broken = LogBusy("the log is in use")
            it.room.wake()
            await it.until(lambda: bool(it.trouble))
            assert it.trouble == ["outbox: the log is in use"]
            it.broken = None
            await it.until(lambda: len(it.posted) == 1)
            assert states(it.log) == {"desk": "delivered"}

    with Receiver() as receiver:
        asyncio.run(story(receiver))


def test_an_answer_that_could_not_be_settled_is_settled_later_and_not_asked_for_again(
    tmp_path: Path,
) -> None:
    async def story(receiver: Receiver) -> None:
        async with at_work(tmp_path, [desk(receiver)]) as it:
            await it.enqueue(1)
            it.room.wake()
            await asyncio.to_thread(receiver.wait_for, 1)
            it.broken = LogBusy("the log is in use")
            receiver.go_on()
            await it.until(lambda: bool(it.trouble))
            assert it.posted == []
            it.broken = None
            await it.until(lambda: len(it.posted) == 1)
            assert states(it.log) == {"desk": "delivered"}

    with Receiver([Answer(waits=True)]) as receiver:
        asyncio.run(story(receiver))
        assert len(receiver.got) == 1


def test_what_other_processes_do_is_heard(tmp_path: Path) -> None:
    """They enqueue, and disable and enable endpoints; each time the postroom obeys."""

    async def story(receiver: Receiver) -> None:
        with closing(open_writer(tmp_path / "events.db")) as other:
            async with at_work(tmp_path, [desk(receiver)]) as it:
                assert not await it.room.listen()
                enqueue(other, 1, at=datetime.now(UTC))
                assert await it.room.listen()
                await it.until(lambda: len(it.posted) == 1)
                [reach] = other.reach()
                off = disabled(reach, datetime.now(UTC))
                other.settle([], [off], now=datetime.now(UTC))
                assert await it.room.listen()
                await it.enqueue(2)
                it.room.wake()
                enqueue(other, 3, at=datetime.now(UTC))
                assert await it.room.listen()
                assert len(receiver.got) == 1
                other.settle([], [enabled(off)], now=datetime.now(UTC))
                assert await it.room.listen()
                await it.until(lambda: len(it.posted) == 3)

    with Receiver() as receiver:
        asyncio.run(story(receiver))


def test_what_an_operator_decides_while_an_attempt_is_on_its_way_is_not_written_over(
    tmp_path: Path,
) -> None:
    async def story(receiver: Receiver) -> None:
        with closing(open_writer(tmp_path / "events.db")) as other:
            async with at_work(tmp_path, [desk(receiver)]) as it:
                await it.enqueue(1)
                it.room.wake()
                await asyncio.to_thread(receiver.wait_for, 1)
                now = datetime.now(UTC)
                off = disabled(Reach(endpoint="desk", address=receiver.url), now)
                other.settle([], [off], now=now)
                receiver.go_on()
                await it.until(lambda: len(it.posted) == 1)
                [reach] = other.reach()
                assert reach.disabled == "operator"
                assert reach.succeeded_at is not None

    with Receiver([Answer(waits=True)]) as receiver:
        asyncio.run(story(receiver))


def test_what_an_operator_decides_while_it_is_settled_holds_or_has_to_wait(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What another process writes between a look and a write is never written over."""
    with Receiver() as receiver:

        def operator(wait: float) -> None:
            with closing(open_writer(tmp_path / "events.db", wait=wait)) as other:
                reach = Reach(endpoint="desk", address=receiver.url)
                other.settle([], [disabled(reach, NOON)], now=NOON)

        async def story() -> None:
            async with at_work(tmp_path, [desk(receiver)]) as it:
                settle, had_to_wait = it.log.settle, list[bool]()

                def meanwhile(*args: Any, **kwargs: Any) -> frozenset[str]:
                    try:
                        operator(wait=0)
                        had_to_wait.append(False)
                    except LogBusy:
                        had_to_wait.append(True)
                    return settle(*args, **kwargs)

                await it.enqueue(1)
                monkeypatch.setattr(it.log, "settle", meanwhile)
                it.room.wake()
                await it.until(lambda: len(it.posted) == 1)
                if had_to_wait[0]:
                    operator(wait=30)
                [reach] = it.log.reach()
                assert reach.disabled == "operator"

        asyncio.run(story())


def test_a_failure_of_an_alert_that_another_has_delivered_meanwhile_does_not_count(
    tmp_path: Path,
) -> None:
    """Its lease had run out: whoever took it over knows better how the endpoint is."""

    async def story(receiver: Receiver) -> None:
        with closing(open_writer(tmp_path / "events.db")) as other:
            async with at_work(tmp_path, [desk(receiver)]) as it:
                await it.enqueue(1)
                it.room.wake()
                await asyncio.to_thread(receiver.wait_for, 1)
                later = datetime.now(UTC) + LEASE
                claimed = other.claim({"desk": 1}, now=later, until=later + LEASE)
                [delivery] = claimed["desk"].deliveries
                done = Settled(
                    delivery=delivery,
                    outcome="delivered",
                    at=later,
                    took=timedelta(0),
                    answer="204 No Content",
                )
                other.settle([done], now=later)
                receiver.go_on()
            assert it.posted == []
            assert other.reach() == []
            assert states(other) == {"desk": "delivered"}

    with Receiver([Answer(500, waits=True)]) as receiver:
        asyncio.run(story(receiver))


def test_when_nobody_reads_what_it_tells_it_goes_on(tmp_path: Path) -> None:
    """Standard error is a pipe that was closed, or a file on a full disk."""

    async def story(failing: Receiver, sound: Receiver) -> None:
        async with at_work(tmp_path, [desk(failing), desk(sound, "sound")]) as it:
            it.deaf = BrokenPipeError("nobody reads it")
            for number in range(1, 4):
                await it.enqueue(1, incident=f"incident-{number}")
                await it.enqueue(number, endpoint="sound")
            it.room.wake()
            await it.until(lambda: len(it.posted) == 6)
            it.broken = LogBusy("the log is in use")
            it.room.wake()
            await it.until(lambda: bool(it.trouble))
            assert it.trouble == ["outbox: the log is in use"]
            it.broken = None
            await it.enqueue(4, endpoint="sound")
            it.room.wake()
            await it.until(lambda: delivered(it, "sound") == 4)
            assert states(it.log)["sound"] == "delivered"

    with Receiver([Answer(500)] * 99) as failing, Receiver() as sound:
        asyncio.run(story(failing, sound))
        assert len(sound.got) == 4


def test_a_bug_of_whoever_is_told_is_told_once_and_ends_nothing(tmp_path: Path) -> None:
    async def story(receiver: Receiver) -> None:
        async with at_work(tmp_path, [desk(receiver)]) as it:
            it.deaf = ValueError("no such column")
            await it.enqueue(1, 2, 3)
            it.room.wake()
            await it.until(lambda: delivered(it, "desk") == 3)
            assert it.trouble == ["outbox: ValueError: no such column (please report this)"]

    with Receiver() as receiver:
        asyncio.run(story(receiver))
        assert len(receiver.got) == 3


def test_a_dead_endpoint_is_told_of_once_an_hour_and_once_when_it_is_well(tmp_path: Path) -> None:
    """A line for each of its probes would be some 17,000 a day."""

    async def story(receiver: Receiver) -> None:
        with closing(open_writer(tmp_path / "events.db")) as log:
            now = datetime.now(UTC)
            almost = Reach(
                endpoint="desk",
                address=receiver.url,
                failed_at=now,
                failing_since=now,
                failures=DEAD - 2,
            )
            log.settle([], [almost], now=now)
        async with at_work(tmp_path, [desk(receiver)]) as it:
            for number in range(20):
                await it.enqueue(1, incident=f"incident-{number}")
            it.room.wake()
            await it.failed(DEAD)
            for more in range(1, 4):
                it.ahead += PROBE_EVERY
                it.room.wake()
                await it.failed(DEAD + more)
            it.ahead += timedelta(hours=1)
            it.room.wake()
            await it.failed(DEAD + 4)
            answer = "500 Internal Server Error"
            await it.until(lambda: len(it.posted) == 3)
            assert [each.attempt.answer for each in it.posted] == [
                answer,
                f"{answer}; {DEAD} failures in a row, told once an hour",
                f"{answer}; {DEAD + 4} failures in a row, told once an hour",
            ]
            receiver.answer_all()
            it.ahead += PROBE_EVERY
            it.room.wake()
            await it.until(lambda: bool(it.trouble))
            assert it.trouble == [
                f"webhook desk: takes alerts again, after {DEAD + 4} failures in a row"
            ]

    with Receiver([Answer(500)] * 99) as receiver:
        asyncio.run(story(receiver))


def test_in_quiet_hours_nothing_is_claimed_and_it_is_looked_again_when_they_end(
    tmp_path: Path,
) -> None:
    with closing(open_writer(tmp_path / "events.db")) as log, Receiver() as receiver:
        quiet = replace(desk(receiver), rules=Rules(quiet=(time(11), time(18))))
        enqueue(log, 1)
        book = Book(log, lambda: NOON)
        book.endpoints = {"desk": quiet}
        turn = book.turn([], [Asked(quiet, 0, None)], NOON)
        assert turn.error is None
        assert (turn.claimed, turn.opens) == ({}, {"desk": NOON + timedelta(hours=6)})


def test_without_its_secret_an_endpoint_waits_and_says_so_once_until_it_is_there(
    tmp_path: Path,
) -> None:
    async def story(receiver: Receiver) -> None:
        locked = replace(desk(receiver), way=Webhook(url=receiver.url, secret_env="LATER"))
        environment = dict(SECRETS)
        async with at_work(tmp_path, [locked, desk(receiver, "other")], environment) as it:
            await it.enqueue(1)
            for number in range(1, 4):
                await it.enqueue(number, endpoint="other")
                it.room.wake()
                await it.until(lambda: delivered(it, "other") == number)  # noqa: B023 — used at once
            [waiting] = [each for each in it.posted if each.endpoint == "desk"]
            assert (waiting.alert, waiting.attempt.outcome) == (None, "waiting")
            assert "LATER: is not set" in waiting.attempt.answer
            environment["LATER"] = SECRETS["DESK_SECRET"]
            it.room.wake()
            await it.until(lambda: delivered(it, "desk") == 1)

    with Receiver() as receiver:
        asyncio.run(story(receiver))


def delivered(it: Story, endpoint: str) -> int:
    return sum(
        each.endpoint == endpoint and each.attempt.outcome == "delivered" for each in it.posted
    )


def test_what_is_in_flight_at_the_end_is_finished_and_the_rest_waits(tmp_path: Path) -> None:
    async def story(receiver: Receiver) -> None:
        async with at_work(tmp_path, [desk(receiver)]) as it:
            await it.enqueue(1, 2)
            it.room.wake()
            await asyncio.to_thread(receiver.wait_for, 1)
            it.room.stop()
            receiver.go_on()
        assert [each.attempt.outcome for each in it.posted] == ["delivered"]

    with Receiver([Answer(waits=True)]) as receiver:
        asyncio.run(story(receiver))
        assert len(receiver.got) == 1
    with closing(open_writer(tmp_path / "events.db")) as log:
        assert [each.state for each in log.enqueued()] == ["due", "delivered"]


def test_endpoints_that_are_configured_anew_are_taken_up_and_old_ones_left(tmp_path: Path) -> None:
    async def story(old: Receiver, new: Receiver) -> None:
        async with at_work(tmp_path, [desk(old)]) as it:
            await it.enqueue(1)
            it.room.wake()
            await it.until(lambda: len(it.posted) == 1)
            await it.enqueue(2)
            await it.enqueue(1, endpoint="other")
            await it.room.serve([desk(new), desk(new, "other")])
            await it.until(lambda: len(it.posted) == 3)
            await it.enqueue(3)
            await it.enqueue(2, endpoint="other")
            await it.room.serve([desk(new, "other")])
            await it.until(lambda: len(it.posted) == 4)
            assert it.posted[-1].endpoint == "other"

    with Receiver() as old, Receiver() as new:
        asyncio.run(story(old, new))
        assert (len(old.got), len(new.got)) == (1, 3)


def test_a_channel_is_sent_to_like_a_webhook_and_one_message_at_a_time(tmp_path: Path) -> None:
    phone = Endpoint(name="phone", way=Channel(url_env="PHONE_URL"))

    async def story(receiver: Receiver) -> None:
        environment = {"PHONE_URL": f"json://127.0.0.1:{receiver.port}/"}
        async with at_work(tmp_path, [phone], environment) as it:
            for number in range(3):
                await it.enqueue(1, incident=f"incident-{number}", endpoint="phone")
            it.room.wake()
            await asyncio.to_thread(receiver.wait_for, 1)
            it.room.wake()
            await it.run(lambda: None)
            assert len(receiver.got) == 1
            receiver.go_on()
            await it.until(lambda: len(it.posted) == 3)
            assert states(it.log) == {"phone": "delivered"}
            assert [each.attempt.answer for each in it.posted] == ["taken by JSON"] * 3

    with Receiver([Answer(waits=True)]) as receiver:
        asyncio.run(story(receiver))
        assert {json.loads(each.body)["type"] for each in receiver.got} == {"info"}
