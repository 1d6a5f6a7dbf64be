"""The outbox of a real log, emptied to real receivers: in order, at least once, with one id."""

import asyncio
import base64
import json
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from builders import figure
from receiver import Answer, Receiver
from tracker.addresses import client
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.posting import LEASE, WAITS, OnWriter, Posted, backoff, drain
from tracker.alerts.webhook import PATIENCE, Attempt
from tracker.errors import LogBusy
from tracker.events import incident_stream
from tracker.store.base import Alert, Append, Log, Outbox
from tracker.store.writer import open_writer

P = ParamSpec("P")
T = TypeVar("T")

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
SECRETS = {"DESK_SECRET": "whsec_" + base64.b64encode(b"k" * 32).decode()}
DELIVERED = Attempt("delivered", "204 No Content")


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with closing(open_writer(tmp_path / "events.db")) as opened:
        yield opened


def desk(receiver: Receiver, name: str = "desk") -> Endpoint:
    return Endpoint(name=name, url=receiver.url, secret_env="DESK_SECRET")


def enqueue(
    log: Log, *sequences: int, incident: str = "ferry-2031", endpoint: str = "desk"
) -> list[str]:
    """Alerts in the outbox, due at noon, each together with a fact; their ids."""
    ids = []
    for sequence in sequences:
        stream = incident_stream(incident)
        alert = Alert(
            id=f"msg_{endpoint}_{incident}_{sequence}",
            endpoint=endpoint,
            incident=incident,
            sequence=sequence,
            type="estimate.revised",
            body=json.dumps({"type": "estimate.revised", "data": {"sequence": sequence}}),
        )
        fact = figure(sequence, report=f"{incident}-{endpoint}-{sequence}")
        append = Append(stream, len(log.read(stream)), (fact,))
        log.append([append], recorded_at=NOON, outbox=Outbox(alerts=(alert,)))
        ids.append(alert.id)
    return ids


async def drained_by(
    log: Log,
    endpoints: Sequence[Endpoint],
    now: datetime,
    *,
    run: OnWriter,
    patience: timedelta = PATIENCE,
) -> list[Posted]:
    async with client(["127.0.0.1"]) as ours:
        return await drain(
            log,
            endpoints,
            SECRETS,
            ours,
            run=run,
            clock=lambda: now,
            jitter=lambda: 0.0,
            patience=patience,
        )


async def drain_at(
    log: Log, endpoints: Sequence[Endpoint], now: datetime, patience: timedelta = PATIENCE
) -> list[Posted]:
    """One drain, with the log on a thread of its own, as in the daemon."""
    with ThreadPoolExecutor(1) as writer:

        async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(writer, lambda: work(*args, **kwargs))

        return await drained_by(log, endpoints, now, run=run, patience=patience)


def drained(
    log: Log,
    *endpoints: Endpoint,
    after: timedelta = timedelta(0),
    patience: timedelta = PATIENCE,
) -> list[Posted]:
    """What one drain did, so long after noon."""
    return asyncio.run(drain_at(log, endpoints, NOON + after, patience))


def ids(receiver: Receiver) -> list[str]:
    return [got.headers["webhook-id"] for got in receiver.got]


def test_what_is_due_is_posted_once(log: Log) -> None:
    [alert] = enqueue(log, 1)
    with Receiver() as receiver:
        assert drained(log, desk(receiver)) == [Posted("desk", alert, DELIVERED)]
        assert drained(log, desk(receiver), after=timedelta(days=9)) == []
        assert ids(receiver) == [alert]


def test_a_failed_post_is_repeated_with_the_same_id_and_a_new_signature(log: Log) -> None:
    [alert] = enqueue(log, 1)
    soon = timedelta(seconds=5)
    with Receiver([Answer(500)]) as receiver:
        failed = Attempt("retry", "500 Internal Server Error")
        assert drained(log, desk(receiver)) == [Posted("desk", alert, failed, NOON + soon)]
        assert drained(log, desk(receiver), after=soon - timedelta(microseconds=1)) == []
        assert drained(log, desk(receiver), after=soon) == [Posted("desk", alert, DELIVERED)]
        first, second = receiver.got
    assert first.body == second.body
    assert first.headers["webhook-id"] == second.headers["webhook-id"] == alert
    assert first.headers["webhook-timestamp"] != second.headers["webhook-timestamp"]
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]


def test_all_that_is_due_of_one_incident_goes_out_in_one_drain_and_in_order(log: Log) -> None:
    alerts = enqueue(log, *range(1, 21))
    with Receiver() as receiver:
        drained(log, desk(receiver))
        assert ids(receiver) == alerts


def test_no_alert_overtakes_an_earlier_one_of_its_incident(log: Log) -> None:
    """While the first waits to be repeated, the second stays; another incident goes on."""
    first, second = enqueue(log, 1, 2)
    with Receiver([Answer(500)]) as receiver:
        drained(log, desk(receiver))
        [other] = enqueue(log, 1, incident="bridge-2031")
        drained(log, desk(receiver))
        drained(log, desk(receiver), after=timedelta(seconds=5))
        assert ids(receiver) == [first, other, first, second]


def test_an_attempt_cut_off_by_a_crash_is_made_again_with_the_same_id(log: Log) -> None:
    """Claimed, perhaps posted, never settled: nobody else may post until the lease has run out."""
    [alert] = enqueue(log, 1)
    with Receiver() as receiver:
        log.claim(["desk"], now=NOON, until=NOON + LEASE)
        assert drained(log, desk(receiver), after=LEASE - timedelta(microseconds=1)) == []
        assert drained(log, desk(receiver), after=LEASE) == [Posted("desk", alert, DELIVERED)]
        assert ids(receiver) == [alert]


def test_a_drain_that_is_cancelled_in_mid_post_loses_nothing(log: Log) -> None:
    [alert] = enqueue(log, 1)
    with Receiver([Answer(hangs=True)]) as receiver:

        async def cancelled() -> None:
            drain_task = asyncio.create_task(drain_at(log, [desk(receiver)], NOON))
            await asyncio.to_thread(receiver.wait_for, 1)
            drain_task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await drain_task

        asyncio.run(cancelled())
        drained(log, desk(receiver), after=LEASE)
        assert ids(receiver) == [alert, alert]


def test_a_receiver_that_hangs_does_not_delay_another(log: Log) -> None:
    """All alerts of the quick one arrive while the first of the slow one is still unanswered."""
    enqueue(log, 1, endpoint="slow")
    alerts = enqueue(log, *range(1, 11), endpoint="quick")
    with Receiver([Answer(hangs=True)]) as slow, Receiver() as quick:

        async def both() -> None:
            endpoints = [desk(slow, "slow"), desk(quick, "quick")]
            drain_task = asyncio.create_task(
                drain_at(log, endpoints, NOON, patience=timedelta(hours=1))
            )
            await asyncio.to_thread(slow.wait_for, 1)
            await asyncio.to_thread(quick.wait_for, 10)
            assert not drain_task.done()
            drain_task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await drain_task

        asyncio.run(both())
        assert ids(quick) == alerts


def test_410_stops_the_endpoint_at_this_url_and_its_alerts_wait_for_another(log: Log) -> None:
    alerts = enqueue(log, 1, 2)
    with Receiver([Answer(410)]) as old, Receiver() as new:
        gone = Attempt("gone", "410: gone")
        assert drained(log, desk(old)) == [Posted("desk", alerts[0], gone, NOON)]
        assert drained(log, desk(old), after=timedelta(days=1)) == []
        assert len(old.got) == 1
        drained(log, desk(new), after=timedelta(days=1))
        assert ids(new) == alerts


def test_without_its_secret_an_endpoint_waits_and_says_why_once_a_drain(log: Log) -> None:
    with Receiver() as receiver:
        locked = replace(desk(receiver), secret_env="OTHER_SECRET")
        assert drained(log, locked) == []
        [alert] = enqueue(log, 1)
        [posted] = drained(log, locked)
        assert posted.attempt.outcome == "waiting"
        assert "OTHER_SECRET: is not set" in posted.attempt.answer
        assert receiver.got == []
        assert drained(log, desk(receiver)) == [Posted("desk", alert, DELIVERED)]


def test_after_ten_attempts_an_alert_is_given_up_and_the_next_one_goes(log: Log) -> None:
    first, second = enqueue(log, 1, 2)
    with Receiver([Answer(500)] * len(WAITS)) as receiver:
        day, last = timedelta(days=1), len(WAITS) - 1
        for attempt in range(last):
            [posted] = drained(log, desk(receiver), after=attempt * day)
            assert posted.again == NOON + attempt * day + WAITS[attempt + 1]
        given_up, delivered = drained(log, desk(receiver), after=last * day)
    assert (given_up.alert, given_up.again) == (first, None)
    assert given_up.attempt.outcome == "retry"
    assert delivered == Posted("desk", second, DELIVERED)


@pytest.mark.parametrize(
    ("asked", "wait"), [("3600", timedelta(hours=1)), ("1", timedelta(seconds=5))]
)
def test_retry_after_can_only_lengthen_the_wait(log: Log, asked: str, wait: timedelta) -> None:
    enqueue(log, 1)
    with Receiver([Answer(429, (("retry-after", asked),))]) as receiver:
        [posted] = drained(log, desk(receiver))
    assert posted.again == NOON + wait


def test_trouble_of_the_log_is_raised_after_everything_in_flight_has_ended(log: Log) -> None:
    """The log fails for one endpoint; what the other one answered is settled all the same."""
    enqueue(log, 1, endpoint="broken")
    enqueue(log, 1, endpoint="sound")
    with Receiver() as broken, Receiver() as sound:
        endpoints = [desk(broken, "broken"), desk(sound, "sound")]

        async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            if args and args[0] == ["broken"]:
                raise LogBusy("the log is in use")
            return work(*args, **kwargs)

        with pytest.raises(LogBusy, match="the log is in use"):
            asyncio.run(drained_by(log, endpoints, NOON, run=run))
        assert len(sound.got) == 1
        assert log.next_due(["sound"]) is None


def test_the_waits_are_those_of_the_standard() -> None:
    waits = [backoff(attempts) for attempts in range(11)]
    assert [wait and wait.total_seconds() for wait in waits] == [
        timedelta(0),
        5,
        300,
        1_800,
        7_200,
        18_000,
        36_000,
        50_400,
        72_000,
        86_400,
        None,
    ]


def test_jitter_adds_up_to_a_tenth() -> None:
    assert backoff(2, jitter=0.5) == timedelta(minutes=5) * 1.05
    assert backoff(10, jitter=0.5) is None
