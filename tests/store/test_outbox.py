"""What every log does with alerts, polls and memos: operational state, beside the facts."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, suppress
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Literal

import pytest

from backends import Backend
from builders import NOON, figure
from tracker.errors import Conflict, LogError
from tracker.health import Cause, Poll
from tracker.intake import Memo, Page, Report
from tracker.model import Measure, State, Status
from tracker.store.base import (
    Alert,
    Append,
    Delivery,
    Earlier,
    Held,
    Kept,
    Log,
    Noted,
    Outbox,
    Owed,
    Reach,
    Remembered,
    Settled,
    Told,
    Tried,
)
from tracker.store.writer import open_writer

FERRY = "incident/ferry"
Outcome = Literal["delivered", "failed", "given up", "returned"]
MINUTE = timedelta(minutes=1)


def alert(sequence: int, endpoint: str = "desk", about: str = "ferry") -> Alert:
    return Alert(
        id=f"{endpoint}-{about}-{sequence}",
        endpoint=endpoint,
        about=about,
        sequence=sequence,
        type="estimate.revised",
        body=f'{{"sequence": {sequence}}}',
    )


def told(best: int | None, **changes: object) -> Told:
    values: dict[str, object] = {
        "endpoint": "desk",
        "incident": "ferry",
        "measure": Measure.KILLED,
        "scope": None,
        "policy": "standard",
        "phrase": f"over {best}",
        "best": best,
        "low": best,
        "high": None,
        "status": Status.REPORTED,
        "sequence": 1,
        "told_at": NOON,
    }
    return Told(**(values | changes))  # type: ignore[arg-type]  # fields given by name


def enqueue(log: Log, *alerts: Alert) -> None:
    log.append([], recorded_at=NOON, outbox=Outbox(alerts=alerts))


def claim(log: Log, *endpoints: str, at: timedelta = timedelta(0), most: int = 8) -> list[Delivery]:
    room = dict.fromkeys(endpoints or ["desk"], most)
    claimed = log.claim(room, now=NOON + at, until=NOON + at + MINUTE)
    assert claimed.keys() == room.keys()
    return [delivery for each in claimed.values() for delivery in each.deliveries]


def next_at(log: Log, endpoint: str = "desk", at: timedelta = timedelta(0)) -> datetime | None:
    """When the endpoint's next alert is due; nothing is claimed for it."""
    return log.claim({endpoint: 0}, now=NOON + at, until=NOON + at + MINUTE)[endpoint].next_at


def end(
    log: Log,
    delivery: Delivery,
    outcome: Outcome = "delivered",
    *,
    at: timedelta = timedelta(0),
    again: timedelta | None = None,
) -> None:
    log.settle([ended(delivery, outcome, at=at, again=again)], now=NOON + at)


def ended(
    delivery: Delivery,
    outcome: Outcome = "delivered",
    *,
    at: timedelta = timedelta(0),
    again: timedelta | None = None,
) -> Settled:
    return Settled(
        delivery=delivery,
        outcome=outcome,
        at=NOON + at,
        took=timedelta(milliseconds=12),
        answer="204 No Content" if outcome == "delivered" else "500 Internal Server Error",
        status=204 if outcome == "delivered" else 500,
        said="" if outcome == "delivered" else "oh no",
        again=None if again is None else NOON + again,
    )


def states(log: Log) -> dict[str, str]:
    return {each.alert.id: each.state for each in log.enqueued()}


def test_an_alert_comes_with_the_fact_that_made_it_due(log: Log) -> None:
    log.append(
        [Append(FERRY, 0, (figure(1),))], recorded_at=NOON, outbox=Outbox(alerts=(alert(1),))
    )

    [claimed] = claim(log)

    assert (claimed.id, claimed.endpoint, claimed.about) == ("desk-ferry-1", "desk", "ferry")
    assert claimed.body == '{"sequence": 1}'
    assert claimed.attempts == 0


def test_no_alert_comes_where_its_facts_were_refused(log: Log) -> None:
    with pytest.raises(Conflict):
        log.append(
            [Append(FERRY, 4, (figure(1),))], recorded_at=NOON, outbox=Outbox(alerts=(alert(1),))
        )
    assert claim(log) == []


def test_the_outbox_is_written_where_no_fact_is_new(log: Log) -> None:
    """An `estimate.backfilled` is due without any new fact."""
    log.append([Append(FERRY, 0, (figure(1),))], recorded_at=NOON)
    log.append(
        [Append(FERRY, 1, (figure(1),))], recorded_at=NOON, outbox=Outbox(alerts=(alert(1),))
    )
    assert len(claim(log)) == 1


def test_alerts_of_one_incident_go_one_at_a_time_and_in_order(log: Log) -> None:
    """The second is not due before the first is delivered, or given up."""
    enqueue(log, alert(2), alert(1), alert(3), alert(1, about="bridge"))

    first = claim(log)
    assert {delivery.id for delivery in first} == {"desk-ferry-1", "desk-bridge-1"}
    assert claim(log) == []

    for delivery in first:
        end(log, delivery)
    [second] = claim(log)
    assert second.id == "desk-ferry-2"

    end(log, second, "failed", again=MINUTE)
    assert claim(log) == []
    [again] = claim(log, at=MINUTE)
    assert (again.id, again.attempts) == ("desk-ferry-2", 1)

    end(log, again, "given up", at=MINUTE)
    assert [delivery.id for delivery in claim(log, at=MINUTE)] == ["desk-ferry-3"]


def test_an_alert_that_comes_while_another_waits_is_behind_it(log: Log) -> None:
    enqueue(log, alert(1))
    [first] = claim(log)
    enqueue(log, alert(2))
    assert claim(log) == []
    end(log, first)
    enqueue(log, alert(3))
    [second] = claim(log)
    assert second.id == "desk-ferry-2"
    assert states(log) == {
        "desk-ferry-1": "delivered", "desk-ferry-2": "due", "desk-ferry-3": "queued",
    }  # fmt: skip


def test_an_alert_is_not_due_before_its_time(log: Log) -> None:
    """Nor are those behind it."""
    enqueue(log, replace(alert(1), due_at=NOON + MINUTE), alert(2))
    assert claim(log) == []
    assert next_at(log) == NOON + MINUTE
    [first] = claim(log, at=MINUTE)
    end(log, first, at=MINUTE)
    assert [each.id for each in claim(log, at=MINUTE)] == ["desk-ferry-2"]


def test_a_lease_that_has_run_out_is_claimed_again_with_the_same_id(log: Log) -> None:
    """Whoever claimed it may have died; until then nobody else gets it."""
    enqueue(log, alert(1))
    [lost] = claim(log)

    assert claim(log, at=MINUTE - timedelta(seconds=1)) == []
    [found] = claim(log, at=MINUTE)

    assert (found.id, found.attempts) == (lost.id, 1)


def test_a_failure_reported_after_the_lease_ran_out_changes_nothing(log: Log) -> None:
    """A second process may be posting it by then, and a third must not."""
    enqueue(log, alert(1))
    [slow] = claim(log)
    [current] = claim(log, at=MINUTE)

    end(log, slow, "failed", at=MINUTE, again=MINUTE)
    assert claim(log, at=MINUTE) == []
    end(log, slow, "given up", at=MINUTE)
    end(log, current, "failed", at=MINUTE, again=2 * MINUTE)
    assert len(claim(log, at=2 * MINUTE)) == 1


def test_a_late_delivery_is_a_delivery(log: Log) -> None:
    """Also of an alert that another process has given up meanwhile; the next goes once."""
    enqueue(log, alert(1), alert(2))
    [slow] = claim(log)
    [current] = claim(log, at=MINUTE)
    end(log, current, "given up", at=MINUTE)
    [second] = claim(log, at=MINUTE)
    end(log, slow, at=MINUTE)
    assert states(log)["desk-ferry-1"] == "delivered"
    assert claim(log, at=MINUTE) == []
    end(log, second, at=MINUTE)
    assert next_at(log) is None


def test_only_the_endpoints_asked_for_are_claimed(log: Log) -> None:
    enqueue(log, alert(1), alert(1, endpoint="agency"))
    assert [delivery.endpoint for delivery in claim(log, "agency", "nobody")] == ["agency"]
    assert log.claim({}, now=NOON, until=NOON + MINUTE) == {}


def test_a_claim_takes_no_more_than_asked_and_tells_of_more(log: Log) -> None:
    enqueue(log, *(alert(1, about=f"i{n}") for n in range(5)))
    claimed = log.claim({"desk": 3}, now=NOON, until=NOON + MINUTE)["desk"]
    assert (len(claimed.deliveries), claimed.next_at) == (3, NOON)
    claimed = log.claim({"desk": 3}, now=NOON, until=NOON + MINUTE)["desk"]
    assert (len(claimed.deliveries), claimed.next_at) == (2, NOON + MINUTE)


def test_the_next_due_moment_is_known(log: Log) -> None:
    """It is that of an alert that could be claimed: what waits behind another is not counted."""
    assert next_at(log) is None
    enqueue(log, alert(1), alert(2))
    assert next_at(log) == NOON
    assert next_at(log, "agency") is None

    [claimed] = claim(log)
    assert next_at(log) == NOON + MINUTE
    end(log, claimed, "failed", again=7 * MINUTE)
    assert next_at(log) == NOON + 7 * MINUTE


def test_a_claim_of_nothing_writes_nothing(backend: Backend, tmp_path: Path) -> None:
    """Endpoints are asked for often, and mostly have nothing to post."""
    with closing(backend.write(tmp_path)) as log, closing(backend.write(tmp_path)) as other:
        enqueue(log, replace(alert(1), due_at=NOON + MINUTE))
        other.has_changed()
        assert claim(log) == []
        assert not other.has_changed()
        assert len(claim(log, at=MINUTE)) == 1
        assert other.has_changed()
        assert not other.has_changed()


def test_its_own_writes_are_no_change_to_a_log(log: Log) -> None:
    log.has_changed()
    enqueue(log, alert(1))
    assert not log.has_changed()


def test_every_attempt_is_on_record(log: Log) -> None:
    enqueue(log, alert(1), alert(1, endpoint="agency"))
    [first] = claim(log)
    end(log, first, "failed", again=MINUTE)
    [second] = claim(log, at=MINUTE)
    end(log, second, at=MINUTE)

    [found] = log.enqueued(endpoints=["desk"])

    assert (found.state, found.delivered_at) == ("delivered", NOON + MINUTE)
    assert found.alert == alert(1)
    assert found.tried == (
        Tried(
            at=NOON,
            took=timedelta(milliseconds=12),
            outcome="failed",
            status=500,
            answer="500 Internal Server Error",
            said="oh no",
        ),
        Tried(
            at=NOON + MINUTE,
            took=timedelta(milliseconds=12),
            outcome="delivered",
            status=204,
            answer="204 No Content",
            said="",
        ),
    )


def test_the_outbox_is_asked_by_endpoint_id_time_and_failure(log: Log) -> None:
    enqueue(log, alert(1), alert(2), alert(1, endpoint="agency"))
    log.append([], recorded_at=NOON + MINUTE, outbox=Outbox(alerts=(alert(1, about="bridge"),)))
    [first] = claim(log, "agency")
    end(log, first, "failed", again=MINUTE)

    def ids(**asked: Any) -> list[str]:
        return [each.alert.id for each in log.enqueued(**asked)]

    assert ids() == ["desk-bridge-1", "desk-ferry-2", "agency-ferry-1", "desk-ferry-1"]
    assert ids(limit=2) == ["desk-bridge-1", "desk-ferry-2"]
    assert ids(endpoints=["agency", "nobody"]) == ["agency-ferry-1"]
    assert ids(ids=["desk-ferry"]) == ["desk-ferry-2", "desk-ferry-1"]
    assert ids(ids=["desk-bridge-1", "agency"]) == ["desk-bridge-1", "agency-ferry-1"]
    assert ids(since=NOON + MINUTE) == ["desk-bridge-1"]
    assert ids(failed=True) == ["agency-ferry-1"]
    assert log.waiting() == {"desk": 3, "agency": 1}


def test_what_was_given_up_is_sent_again_with_its_id_and_all_attempts_before_it(log: Log) -> None:
    """It goes before what waits behind it, and what is delivered stays so."""
    enqueue(log, alert(1), alert(2), alert(3))
    ends: tuple[tuple[Outcome, timedelta | None], ...] = (
        ("delivered", None), ("given up", None), ("failed", 10 * MINUTE),
    )  # fmt: skip
    for outcome, wait in ends:
        [claimed] = claim(log)
        end(log, claimed, outcome, again=wait)

    assert log.repeat(now=NOON + MINUTE, since=NOON + MINUTE) == 0
    assert log.repeat(now=NOON + MINUTE, since=NOON, endpoints=["agency"]) == 0
    assert log.repeat(now=NOON + MINUTE, since=NOON) == 2

    [again] = claim(log, at=MINUTE)
    assert (again.id, again.attempts) == ("desk-ferry-2", 0)
    end(log, again, at=MINUTE)
    [last] = claim(log, at=MINUTE)
    assert (last.id, last.attempts) == ("desk-ferry-3", 0)
    [found] = log.enqueued(ids=["desk-ferry-2"])
    assert [each.outcome for each in found.tried] == ["given up", "delivered"]


def test_an_alert_that_was_delivered_is_sent_again_where_it_is_named(log: Log) -> None:
    enqueue(log, alert(1))
    [claimed] = claim(log)
    end(log, claimed)
    assert log.repeat(now=NOON, ids=["desk-ferry-1"]) == 1
    [again] = claim(log)
    assert again.id == "desk-ferry-1"
    assert log.repeat(now=NOON, ids=["nothing"]) == 0


def test_what_waits_for_its_time_is_not_sent_before_it_for_another_that_is_sent_again(
    log: Log,
) -> None:
    enqueue(log, alert(1))
    [claimed] = claim(log)
    end(log, claimed, "given up")
    enqueue(log, replace(alert(2), due_at=NOON + 9 * MINUTE))
    assert log.repeat(now=NOON, ids=["desk-ferry-1"]) == 1
    [again] = claim(log)
    assert again.id == "desk-ferry-1"
    end(log, again)
    assert next_at(log) == NOON + 9 * MINUTE


def test_what_waits_after_a_failure_is_hastened_and_nothing_else(log: Log) -> None:
    enqueue(log, alert(1), alert(2), replace(alert(1, about="bridge"), due_at=NOON + MINUTE))
    [first] = claim(log)
    end(log, first, "failed", again=9 * MINUTE)
    assert log.hasten("agency", now=NOON) == 0
    assert log.hasten("desk", now=NOON) == 1
    [again] = claim(log)
    assert (again.id, again.attempts) == (first.id, 0)
    assert next_at(log) == NOON + MINUTE


def test_an_attempt_that_sent_nothing_is_given_back(log: Log) -> None:
    """It is on no record, and none of the attempts is used up."""
    enqueue(log, alert(1))
    [claimed] = claim(log)
    end(log, claimed, "returned", again=MINUTE)
    assert claim(log) == []
    [again] = claim(log, at=MINUTE)
    assert (again.id, again.attempts) == (claimed.id, 0)
    [found] = log.enqueued()
    assert found.tried == ()


def test_it_is_told_which_attempts_counted(log: Log) -> None:
    """A delivery always does, a failure only while nobody else has taken the alert."""
    enqueue(log, alert(1), alert(1, about="bridge"), alert(1, about="mill"))
    slow = {each.about: each for each in claim(log)}
    claim(log, at=MINUTE)
    late = [
        ended(slow["ferry"], "delivered", at=MINUTE),
        ended(slow["bridge"], "failed", at=MINUTE, again=MINUTE),
        ended(slow["mill"], "given up", at=MINUTE),
    ]
    assert log.settle(late, now=NOON + MINUTE) == {slow["ferry"].id}
    [current] = claim(log, at=2 * MINUTE, most=1)
    failure = ended(current, "failed", at=2 * MINUTE, again=3 * MINUTE)
    assert log.settle([failure], now=NOON + 2 * MINUTE) == {current.id}


def test_what_is_written_together_is_all_there_or_nothing(log: Log) -> None:
    def both() -> None:
        with log.together():
            enqueue(log, alert(1))
            log.append([Append(FERRY, 4, (figure(1),))], recorded_at=NOON)

    with pytest.raises(Conflict):
        both()
    assert log.enqueued() == []

    with log.together():
        assert log.last_sequences("ferry") == {}
        enqueue(log, alert(1))
        with suppress(Conflict):
            log.append(
                [Append(FERRY, 0, (figure(1),))],
                recorded_at=NOON,
                outbox=Outbox(alerts=(alert(1),)),
            )
    # Nothing is left of the part that failed.
    assert [each.alert.id for each in log.enqueued()] == ["desk-ferry-1"]
    assert log.read(FERRY) == []


def test_a_full_disk_ends_all_that_is_written_together_and_is_named(tmp_path: Path) -> None:
    """SQLite makes an end of the transaction by itself: of a part of it nothing is left to undo."""
    db = tmp_path / "events.db"
    with closing(open_writer(db)) as log:
        conn = log._conn  # noqa: SLF001 — a limit is the connection's own
        (pages,) = conn.execute("PRAGMA page_count").fetchone()
        conn.execute(f"PRAGMA max_page_count = {pages + 1}")

        def many() -> None:
            with log.together():
                for number in range(500):
                    enqueue(log, alert(1, about=f"i{number}"))

        with pytest.raises(LogError, match="the disk is full"):
            many()
        assert log.enqueued() == []


def test_what_is_read_together_stays_so_until_it_is_written(
    backend: Backend, tmp_path: Path
) -> None:
    """Another process that would tell the same waits, and tells what is next."""
    with closing(backend.write(tmp_path)) as one, closing(backend.write(tmp_path)) as other:
        with ThreadPoolExecutor(1) as thread:

            def tell(log: Log) -> int:
                with log.together():
                    sequence = log.last_sequences("ferry").get("desk", 0) + 1
                    enqueue(log, alert(sequence))
                    return sequence

            with one.together():
                assert one.last_sequences("ferry") == {}
                told_by_other = thread.submit(tell, other)
                enqueue(one, alert(1))
            assert told_by_other.result(30) == 2
        assert one.last_sequences("ferry") == {"desk": 2}


def test_an_alert_out_of_its_order_is_a_conflict(log: Log) -> None:
    """Somebody else has told the endpoint meanwhile: whoever it is decides anew."""
    enqueue(log, alert(1), alert(2))
    with pytest.raises(Conflict, match="what desk is told of ferry is at version 2, not 1"):
        enqueue(log, alert(2))


def test_attempts_are_forgotten_after_their_time_unless_the_alert_waits(log: Log) -> None:
    enqueue(log, alert(1), alert(1, about="bridge"))
    done, failed = claim(log)
    end(log, done)
    end(log, failed, "failed", again=MINUTE)
    assert log.forget_attempts(before=NOON) == 0
    assert log.forget_attempts(before=NOON + MINUTE) == 1
    assert {each.alert.id: len(each.tried) for each in log.enqueued()} == {
        done.id: 0, failed.id: 1,
    }  # fmt: skip


def test_how_an_endpoint_can_be_reached_is_kept_with_what_was_settled(log: Log) -> None:
    """And the alerts that this makes due for others, in the same transaction."""
    assert log.reach() == []
    reach = Reach(
        endpoint="desk",
        address="https://desk.example/hook",
        succeeded_at=NOON - MINUTE,
        failed_at=NOON,
        failing_since=NOON,
        failures=7,
        not_before=NOON + MINUTE,
        disabled="failing",
        disabled_at=NOON,
    )
    enqueue(log, alert(1))
    log.settle([], [reach], [alert(1, endpoint="agency", about="endpoint/desk")], now=NOON)
    assert log.reach() == [reach]
    assert [each.id for each in claim(log, "agency")] == ["agency-endpoint/desk-1"]

    log.settle([], [replace(reach, disabled="", disabled_at=None)], now=NOON)
    assert log.reach() == [replace(reach, disabled="", disabled_at=None)]


def test_the_last_value_told_is_kept_per_endpoint_measure_scope_and_policy(log: Log) -> None:
    others = (
        told(None, endpoint="agency", status=None, phrase=None, low=None),
        told(2, measure=Measure.INJURED),
        told(3, scope="the crew"),
        told(4, policy="latest", high=9, status=Status.CONTESTED),
    )
    log.append([], recorded_at=NOON, outbox=Outbox(told=(told(5), *others)))
    log.append([], recorded_at=NOON, outbox=Outbox(told=(told(6, sequence=2),)))
    log.append([], recorded_at=NOON, outbox=Outbox(told=(told(7, incident="bridge"),)))

    kept = log.told("ferry")

    assert len(kept) == 5
    assert set(kept) == {told(6, sequence=2), *others}
    assert log.told("bridge") == [told(7, incident="bridge")]
    assert log.told("nowhere") == []


def test_what_was_told_before_is_kept_with_what_was_told(log: Log) -> None:
    earlier = Earlier(
        phrase="14", best=14, low=14, high=None, status=Status.CONTESTED, told_at=NOON - MINUTE
    )
    nothing = Earlier(phrase=None, best=None, low=None, high=None, status=None, told_at=NOON)
    log.append([], recorded_at=NOON, outbox=Outbox(told=(told(5, earlier=(nothing, earlier)),)))
    assert log.told("ferry") == [told(5, earlier=(nothing, earlier))]


def test_a_debt_is_owed_until_it_is_settled(log: Log) -> None:
    owed = (
        Owed(endpoint="agency", incident="ferry"),
        Owed(endpoint="desk", incident="bridge", why="reinterpreted"),
        Owed(endpoint="desk", incident="ferry"),
    )
    log.append([], recorded_at=NOON, outbox=Outbox(owed=owed))
    log.append([], recorded_at=NOON, outbox=Outbox(owed=(replace(owed[0], why="reinterpreted"),)))
    assert log.owed() == list(owed)

    log.append([], recorded_at=NOON, outbox=Outbox(settled=(owed[2],)))
    assert log.owed() == list(owed[:2])


def test_what_is_held_is_held_until_its_time_or_its_release(log: Log) -> None:
    """Once for each endpoint and estimate."""
    ferry = Held(
        endpoint="desk",
        incident="ferry",
        measure=Measure.KILLED,
        scope=None,
        policy="standard",
        since=NOON,
        until=NOON + 2 * MINUTE,
    )
    crew = replace(ferry, scope="the crew", until=NOON + MINUTE)
    other = replace(ferry, endpoint="agency", incident="bridge", until=NOON + 3 * MINUTE)
    assert log.next_held(["desk"]) is None
    log.append([], recorded_at=NOON, outbox=Outbox(held=(ferry, crew, other)))

    assert log.held("ferry") == [ferry, crew]
    assert log.next_held(["desk"]) == NOON + MINUTE
    assert log.next_held(["agency", "nobody"]) == NOON + 3 * MINUTE
    assert log.held_back() == {"agency": (1, NOON + 3 * MINUTE), "desk": (2, NOON + MINUTE)}
    assert log.held_until(["desk", "agency"], now=NOON) == []
    assert log.held_until(["desk"], now=NOON + 9 * MINUTE) == [crew, ferry]

    later = replace(ferry, until=NOON + 5 * MINUTE)
    log.append([], recorded_at=NOON, outbox=Outbox(released=(crew, ferry), held=(later,)))
    assert log.held("ferry") == [later]
    assert log.held("bridge") == [other]


def test_an_endpoint_is_owed_a_new_interpretation_where_the_rules_change(log: Log) -> None:
    """Of each incident that it was told of; nothing at first, and once for each change."""
    assert log.interpretation("desk") is None
    assert log.reinterpret("desk", "standard", 1) == 0
    assert log.interpretation("desk") == ("standard", 1)
    log.append(
        [],
        recorded_at=NOON,
        outbox=Outbox(told=(told(5), told(6, scope="the crew"), told(7, incident="bridge"))),
    )
    log.append([], recorded_at=NOON, outbox=Outbox(told=(told(5, endpoint="agency"),)))
    assert log.reinterpret("desk", "standard", 1) == 0
    assert log.owed() == []
    assert log.reinterpret("desk", "standard", 2) == 2
    assert log.reinterpret("desk", "standard", 2) == 0
    assert log.owed() == [
        Owed(endpoint="desk", incident=each, why="reinterpreted") for each in ("bridge", "ferry")
    ]
    log.append([], recorded_at=NOON, outbox=Outbox(settled=tuple(log.owed())))
    assert log.reinterpret("desk", "latest", 2) == 2


def test_an_endpoint_that_was_away_is_new_again_but_for_what_it_was_told(log: Log) -> None:
    for name in ("desk", "agency"):
        log.reinterpret(name, "standard", 1)
    log.append([], recorded_at=NOON, outbox=Outbox(told=(told(5),)))
    assert log.forget_others(["desk", "agency", "nobody"]) == 0
    assert log.forget_others(["agency"]) == 1
    assert log.interpretation("desk") is None
    assert log.interpretation("agency") == ("standard", 1)
    assert log.told("ferry") == [told(5)]


def test_how_a_poll_ended_is_kept_apart_from_what_was_served(log: Log) -> None:
    """A failed poll leaves the memo as it was, and the last one is what is kept."""
    fine = Poll(source="wire", polled_at=NOON, succeeded_at=NOON)
    bad = replace(fine, polled_at=NOON + MINUTE, failures=1, error="time-out")
    never = Poll(source="agency", polled_at=NOON, failures=3, error="404")
    memo = Memo(etag='"x"', last_modified=None, digest="ab", reading="1")

    assert log.remembered("wire") == Remembered()
    log.keep([Kept(poll=fine, memo=memo), Kept(poll=never)])
    log.keep([Kept(poll=bad)])

    assert log.remembered("wire") == Remembered(poll=bad, memo=memo)
    assert log.remembered("agency") == Remembered(poll=never)
    assert log.polls() == [never, bad]
    log.keep([Kept(poll=fine, memo=Memo(etag='"y"'))])
    assert log.remembered("wire").memo == Memo(etag='"y"')


def test_all_that_is_kept_of_a_poll_comes_back_as_it_was(log: Log) -> None:
    """Every field, moments and digests included, from the file."""
    poll = Poll(
        source="wire",
        polled_at=NOON,
        url="https://wire.example/rss",
        succeeded_at=NOON - MINUTE,
        next_at=NOON + MINUTE,
        state=State.DEGRADED,
        settled=State.SILENT,
        since=NOON,
        failures=1,
        failed_at=NOON,
        partial=2,
        cause=Cause.TOO_LARGE,
        error="too large: “all” of it",
        reported_at=NOON,
        figure_at=NOON,
        reports=7,
        gaps=((NOON.date(), 60), (NOON.date() + timedelta(days=1), 3600)),
        fruitful=3,
        barren=4,
        longest_barren=5,
    )
    memo = Memo(
        etag='W/"1"',
        last_modified="Thu, 01 May 2031 12:00:00 GMT",
        digest="ab" * 32,
        reading="cd",
        known=frozenset({"1", "2"}),
        whole_at=NOON,
        moved_to="https://wire.example/feed",
        moved_since=NOON,
    )
    item = Report(
        source="wire", id="a", title="Ferry", text="Ä", published=NOON, stated_date="x", whole=False
    )
    page = Page(
        source="wire",
        url="https://wire.example/a",
        kind="page",
        item=item,
        memo=replace(memo, moved_to="", moved_since=None),
        changed_at=NOON,
        read_at=NOON + MINUTE,
    )
    bare = replace(page, url="https://wire.example/b", item=None, memo=Memo())
    log.keep([Kept(poll=poll, memo=memo, pages=(page, bare))])
    assert log.remembered("wire") == Remembered(poll=poll, memo=memo, pages=(page, bare))
    log.keep([Kept(poll=poll, cold=("https://wire.example/a",))])
    assert log.remembered("wire").pages == (bare,)


def test_the_last_sequence_about_something_is_told_for_each_endpoint(log: Log) -> None:
    assert log.last_sequences("ferry") == {}
    enqueue(log, alert(1), alert(2))
    assert log.last_sequences("ferry") == {"desk": 2}
    log.settle([], alerts=[alert(3), alert(1, endpoint="agency")], now=NOON)
    assert log.last_sequences("ferry") == {"desk": 3, "agency": 1}


def test_what_was_told_as_part_of_something_else_can_be_noted(log: Log) -> None:
    """Nothing is sent of it, and no sequence is lost by it."""
    noted = (Noted(endpoint="desk", about="ferry"), Noted(endpoint="desk", about="bridge"))
    enqueue(log, alert(1))
    for _ in range(2):
        log.append([], recorded_at=NOON, outbox=Outbox(noted=noted))
    assert log.last_sequences("ferry") == {"desk": 1}
    assert log.last_sequences("bridge") == {"desk": 0}
    assert len(log.enqueued()) == 1
    enqueue(log, alert(1, about="bridge"))
    assert log.last_sequences("bridge") == {"desk": 1}
