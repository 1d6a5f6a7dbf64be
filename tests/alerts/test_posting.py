"""The outbox of a real log, emptied to real receivers: in order, at least once, with one id."""

import asyncio
import base64
import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from itertools import accumulate, pairwise
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest
from standardwebhooks import Webhook as Theirs

from outbox import NOON, SECRET, SECRETS, desk, enqueue, ids, states
from receiver import Answer, Receiver
from tracker.addresses import client
from tracker.alerts.book import OnWriter
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.alerts.posting import Posted, drain
from tracker.alerts.reach import AT_ONCE, DEAD, PROBE_EVERY, enabled
from tracker.alerts.waits import LEASE, RETURNED, WAITS, backoff
from tracker.alerts.webhook import PATIENCE, Attempt
from tracker.errors import LogBusy
from tracker.store.base import Log, Reach
from tracker.store.writer import open_writer

P = ParamSpec("P")
T = TypeVar("T")

DELIVERED = Attempt("delivered", "204 No Content", status=204)


@pytest.fixture
def log(tmp_path: Path) -> Iterator[Log]:
    with closing(open_writer(tmp_path / "events.db")) as opened:
        yield opened


async def drained_by(
    log: Log,
    endpoints: Sequence[Endpoint],
    now: datetime,
    *,
    run: OnWriter,
    patience: timedelta = PATIENCE,
    environment: Mapping[str, str] = SECRETS,
    only: frozenset[str] | None = None,
    posted: Callable[[Posted], None] | None = None,
) -> list[Posted]:
    done: list[Posted] = []
    async with client(["127.0.0.1"]) as ours:
        await drain(
            log,
            endpoints,
            environment,
            ours,
            run=run,
            clock=lambda: now,
            jitter=lambda: 0.0,
            posted=posted or done.append,
            only=only,
            patience=patience,
        )
    return done


async def drain_at(
    log: Log,
    endpoints: Sequence[Endpoint],
    now: datetime,
    *,
    patience: timedelta = PATIENCE,
    environment: Mapping[str, str] = SECRETS,
    only: frozenset[str] | None = None,
    posted: Callable[[Posted], None] | None = None,
) -> list[Posted]:
    """One drain, with the log on a thread of its own, as in the daemon."""
    with ThreadPoolExecutor(1) as writer:

        async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            loop = asyncio.get_running_loop()
            return await loop.run_in_executor(writer, lambda: work(*args, **kwargs))

        return await drained_by(
            log,
            endpoints,
            now,
            run=run,
            patience=patience,
            environment=environment,
            only=only,
            posted=posted,
        )


def drained(
    log: Log,
    *endpoints: Endpoint,
    after: timedelta = timedelta(0),
    environment: Mapping[str, str] = SECRETS,
    only: frozenset[str] | None = None,
) -> list[Posted]:
    """What one drain did, so long after noon."""
    return asyncio.run(drain_at(log, endpoints, NOON + after, environment=environment, only=only))


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
        failed = Attempt("retry", "500 Internal Server Error", status=500)
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
        log.claim({"desk": 1}, now=NOON, until=NOON + LEASE)
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


def test_receivers_that_fail_and_refuse_do_not_delay_another(log: Log) -> None:
    """Whatever becomes of the others, all that is due to the sound one arrives in one drain."""
    with (
        Receiver([Answer(500)] * 99) as failing,
        Receiver([Answer(0)] * 99) as cutting,
        Receiver() as sound,
    ):
        with Receiver() as closed:
            pass
        urls = {
            "failing": failing.url,
            "cutting": cutting.url,
            "closed": closed.url,
            "refused": "http://127.0.0.2/",
            "nobody": "http://nobody.invalid/",
            "sound": sound.url,
        }
        endpoints = [
            Endpoint(name=name, way=Webhook(url=url, secret_env="DESK_SECRET"))
            for name, url in urls.items()
        ]
        locked = Webhook(url=sound.url, secret_env="OTHER_SECRET")
        endpoints.append(Endpoint(name="locked", way=locked))
        for each in endpoints:
            for incident in ("ferry-2031", "bridge-2031"):
                enqueue(log, 1, 2, 3, incident=incident, endpoint=each.name)
        done = drained(log, *endpoints)
        assert len(sound.got) == 6
    by_endpoint = Counter((each.endpoint, each.attempt.outcome) for each in done)
    assert by_endpoint == {
        ("sound", "delivered"): 6,
        ("locked", "waiting"): 1,
        **{(each, "retry"): 2 for each in ("failing", "cutting", "refused", "nobody", "closed")},
    }


def test_410_stops_the_endpoint_at_this_url_and_its_alerts_wait_for_another(log: Log) -> None:
    alerts = enqueue(log, 1, 2)
    with Receiver([Answer(410)]) as old, Receiver() as new:
        answer = "410: gone; disabled until `tracker webhooks enable desk`, or another url"
        gone = Attempt("gone", answer, status=410)
        assert drained(log, desk(old)) == [Posted("desk", alerts[0], gone, disabled=True)]
        assert drained(log, desk(old), after=timedelta(days=1)) == []
        assert len(old.got) == 1
        drained(log, desk(new), after=timedelta(days=1))
        assert ids(new) == alerts


def test_every_other_endpoint_is_told_of_one_that_is_disabled_and_itself_is_not(log: Log) -> None:
    """After five days of failures; when it is enabled, it goes on where it was, in order."""
    with Receiver([Answer(500)] * 15) as failing, Receiver() as other, Receiver() as third:
        endpoints = [desk(failing), desk(other, "other"), desk(third, "third")]
        alerts, day = list[str](), timedelta(days=1)
        for number in range(6):
            alerts += enqueue(log, number + 1)
            failed, *_ = drained(log, *endpoints, after=number * day)
        assert (failed.disabled, failed.again) == (True, None)
        assert failed.attempt.answer == (
            "500 Internal Server Error; failing since 2031-05-01, "
            "disabled until `tracker webhooks enable desk`, or another url"
        )
        drained(log, *endpoints, after=6 * day)
        assert len(failing.got) == 6
        for receiver in (other, third):
            [told] = [json.loads(each.body) for each in receiver.got]
            assert told["type"] == "endpoint.disabled"
            assert told["data"]["endpoint"] == "desk"
            assert told["data"]["why"] == "failing"
            assert told["data"]["answer"] == "500 Internal Server Error"
            assert told["data"]["failing_since"] == "2031-05-01T12:00:00.000000Z"
            assert told["data"]["sequence"] == 1
        failing.answer_all()
        [reach] = [each for each in log.reach() if each.endpoint == "desk"]
        assert (reach.disabled, reach.disabled_at) == ("failing", NOON + 5 * day)
        log.settle([], [enabled(reach)], now=NOON + 6 * day)
        drained(log, *endpoints, after=7 * day)
        assert ids(failing)[6:] == alerts


def test_an_endpoint_that_asks_for_time_is_left_alone_with_all_its_alerts(log: Log) -> None:
    """It is on record, so that another process keeps to it as well; other endpoints go on."""
    enqueue(log, 1)
    enqueue(log, 1, incident="bridge-2031", endpoint="other")
    busy = Answer(429, (("retry-after", "600"),))
    with Receiver([busy]) as receiver, Receiver() as other:
        endpoints = [desk(receiver), desk(other, "other")]
        drained(log, *endpoints)
        enqueue(log, 1, incident="bridge-2031")
        enqueue(log, 2, incident="bridge-2031", endpoint="other")
        drained(log, *endpoints, after=timedelta(seconds=599))
        assert (len(receiver.got), len(other.got)) == (1, 2)
        drained(log, *endpoints, after=timedelta(seconds=600))
        assert len(receiver.got) == 3


def test_a_dead_receiver_uses_up_no_attempts_of_what_it_could_not_have_taken(log: Log) -> None:
    """Of a thousand incidents only a few are tried; the others wait, and lose nothing."""
    for number in range(40):
        enqueue(log, 1, incident=f"incident-{number}")
    with Receiver([Answer(500)] * 40) as receiver:
        drained(log, desk(receiver))
        assert AT_ONCE <= len(receiver.got) <= AT_ONCE + DEAD
        tried = [each for each in log.enqueued(limit=99) if each.tried]
        assert len(tried) == len(receiver.got)
        receiver.answer_all()
        drained(log, desk(receiver), after=PROBE_EVERY + timedelta(seconds=5))
        assert {each.state for each in log.enqueued(limit=99)} == {"delivered"}


def test_what_waits_after_failures_goes_to_another_url_at_once_and_only_once(log: Log) -> None:
    """And with all its attempts; what fails there waits like anything else."""
    first, second = enqueue(log, 1, 2)
    with Receiver([Answer(500)] * 99) as old, Receiver([Answer(500)]) as new:
        for after in accumulate(WAITS[:4]):
            drained(log, desk(old), after=after)
        drained(log, desk(new), after=after, environment={})
        assert log.reach() == [Reach(endpoint="desk", address=new.url)]
        [failed] = drained(log, desk(new), after=after)
        assert failed.again == NOON + after + WAITS[1]
        assert drained(log, desk(new), after=after) == []
        done = drained(log, desk(new), after=after + WAITS[1])
        assert done == [Posted("desk", each, DELIVERED) for each in (first, second)]
        assert len(old.got) == 4


def test_others_are_told_of_one_that_is_disabled_though_it_alone_is_sent_to(log: Log) -> None:
    enqueue(log, 1)
    enqueue(log, 1, endpoint="other")
    with Receiver([Answer(410)]) as gone, Receiver() as other:
        endpoints = [desk(gone), desk(other, "other")]
        drained(log, *endpoints, only=frozenset({"desk"}))
        assert (len(gone.got), len(other.got)) == (1, 0)
        drained(log, *endpoints)
        assert {json.loads(each.body)["type"] for each in other.got} == {
            "estimate.revised",
            "endpoint.disabled",
        }


def test_a_secret_that_is_gone_for_a_moment_is_no_failure_and_uses_up_no_attempt(log: Log) -> None:
    """An editor empties a file before it writes it: the way was prepared, then nothing is there."""

    class Flickers(dict[str, str]):
        reads = 0

        def get(self, *key: Any) -> Any:
            self.reads += 1
            return "" if self.reads > 1 else super().get(*key)

    [alert] = enqueue(log, 1)
    with Receiver() as receiver:
        [posted] = drained(log, desk(receiver), environment=Flickers(SECRETS))
        assert (posted.alert, posted.attempt.outcome) == (None, "waiting")
        assert "DESK_SECRET: is not set" in posted.attempt.answer
        assert log.reach() == []
        [waiting] = log.enqueued()
        assert (waiting.state, waiting.tried) == ("due", ())
        at = NOON + RETURNED
        [claimed] = log.claim({"desk": 1}, now=at, until=at)["desk"].deliveries
        assert claimed.attempts == 0
        assert drained(log, desk(receiver), after=RETURNED) == [Posted("desk", alert, DELIVERED)]


def test_what_fails_before_quiet_hours_is_tried_again_when_they_are_over(log: Log) -> None:
    """And what is behind it, or was asked for by hand, goes then as well; others go on."""
    alerts = enqueue(log, 1, 2)
    hours = Rules(quiet=(time(12, 4), time(18)))
    with Receiver([Answer(500)] * 2) as receiver, Receiver() as other:
        endpoints = [replace(desk(receiver), rules=hours), desk(other, "other")]
        for after in accumulate(WAITS[:2]):
            drained(log, *endpoints, after=after)
        enqueue(log, 1, incident="bridge-2031")
        enqueue(log, 1, endpoint="other")
        log.repeat(now=NOON + timedelta(hours=1), ids=[alerts[0]])
        for after in (timedelta(minutes=6), timedelta(hours=6, microseconds=-1)):
            drained(log, *endpoints, after=after)
        assert (len(receiver.got), len(other.got)) == (2, 1)
        assert len(drained(log, *endpoints, after=timedelta(hours=6))) == 3


def test_each_attempt_is_told_as_soon_as_it_is_settled(log: Log) -> None:
    """Of a million, none is kept until the last has ended."""
    enqueue(log, 1, endpoint="quick")
    enqueue(log, 1, endpoint="slow")
    with Receiver() as quick, Receiver([Answer(waits=True)]) as slow:
        told = list[Posted]()

        def tell(posted: Posted) -> None:
            told.append(posted)
            slow.go_on()

        endpoints = [desk(quick, "quick"), desk(slow, "slow")]
        asyncio.run(drain_at(log, endpoints, NOON, posted=tell))
        assert [(each.endpoint, each.attempt.outcome) for each in told] == [
            ("quick", "delivered"),
            ("slow", "delivered"),
        ]


def test_a_bug_of_whoever_is_told_is_raised_when_all_is_settled(log: Log) -> None:
    enqueue(log, 1, 2)

    def tell(_: Posted) -> None:
        raise ValueError("no such column")

    with Receiver() as receiver:
        with pytest.raises(ValueError, match="no such column"):
            asyncio.run(drain_at(log, [desk(receiver)], NOON, posted=tell))
        assert len(receiver.got) == 2
        assert states(log) == {"desk": "delivered"}


def test_a_secret_is_rotated_without_a_failed_verification_or_a_restart(
    log: Log, tmp_path: Path
) -> None:
    """The file is read anew by each drain; whoever knows one of its secrets can verify."""
    new, path = "whsec_" + base64.b64encode(b"n" * 32).decode(), tmp_path / "secret"
    with Receiver() as receiver:
        endpoint = replace(desk(receiver), way=Webhook(url=receiver.url, secret_file=str(path)))
        for number, (written, known) in enumerate(
            [
                (f"{SECRET}\n", [SECRET]),
                (f"{new}\n{SECRET}\n", [SECRET, new]),
                (f"{new}\n", [new]),
            ]
        ):
            path.write_text(written)
            # The reference implementation looks at its own clock.
            now = datetime.now(UTC)
            enqueue(log, number + 1, at=now)
            drained(log, endpoint, after=now - NOON)
            for secret in known:
                Theirs(secret).verify(receiver.got[-1].body, receiver.got[-1].headers)
        assert len(receiver.got) == 3


def test_each_attempt_is_on_record_with_the_first_bytes_of_its_answer(log: Log) -> None:
    enqueue(log, 1)
    with Receiver([Answer(503, body=b"under\nrepair")]) as receiver:
        drained(log, desk(receiver))
        drained(log, desk(receiver), after=timedelta(seconds=5))
    [enqueued] = log.enqueued()
    assert [(each.at, each.outcome, each.status, each.said) for each in enqueued.tried] == [
        (NOON, "failed", 503, "under repair"),
        (NOON + timedelta(seconds=5), "delivered", 204, ""),
    ]


def test_without_its_secret_an_endpoint_waits_and_says_why_once_a_drain(log: Log) -> None:
    with Receiver() as receiver:
        locked = replace(desk(receiver), way=Webhook(url=receiver.url, secret_env="OTHER_SECRET"))
        assert drained(log, locked) == []
        [alert] = enqueue(log, 1)
        [posted] = drained(log, locked)
        assert posted.attempt.outcome == "waiting"
        assert "OTHER_SECRET: is not set" in posted.attempt.answer
        assert receiver.got == []
        assert drained(log, desk(receiver)) == [Posted("desk", alert, DELIVERED)]


def test_after_ten_attempts_an_alert_is_given_up_and_the_next_one_goes(log: Log) -> None:
    first, second = enqueue(log, 1, 2)
    *before, last = accumulate(WAITS)
    with Receiver([Answer(500)] * len(WAITS)) as receiver:
        for after, following in pairwise([*before, last]):
            [posted] = drained(log, desk(receiver), after=after)
            assert posted.again == NOON + following
        [given_up] = drained(log, desk(receiver), after=last)
        # Ten failures in a row: it is asked again a little later.
        [delivered] = drained(log, desk(receiver), after=last + PROBE_EVERY)
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
    """The log fails when one of two has answered; what the other answers is settled, too."""
    enqueue(log, 1, endpoint="quick")
    enqueue(log, 1, endpoint="slow")
    with Receiver() as quick, Receiver([Answer(waits=True)]) as slow:
        endpoints = [desk(quick, "quick"), desk(slow, "slow")]
        calls = 0

        async def run(work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
            nonlocal calls
            calls += 1
            if calls == 3:  # the reach of all, what is due, and now what the quick one answered
                slow.go_on()
                raise LogBusy("the log is in use")
            return work(*args, **kwargs)

        with pytest.raises(LogBusy, match="the log is in use"):
            asyncio.run(drained_by(log, endpoints, NOON, run=run))
        assert len(slow.got) == 1
        assert states(log) == {"quick": "delivered", "slow": "delivered"}


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
