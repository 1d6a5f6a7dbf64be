"""What every log does with alerts, polls and memos: operational state, beside the facts."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, figure
from tracker.errors import Conflict
from tracker.health import Cause, Poll
from tracker.intake import Memo, Page, Report
from tracker.model import Measure, State, Status
from tracker.store.base import Alert, Append, Delivery, Kept, Log, Outbox, Remembered, Told

FERRY = "incident/ferry"
MINUTE = timedelta(minutes=1)


def alert(sequence: int, endpoint: str = "desk", incident: str = "ferry") -> Alert:
    return Alert(
        id=f"{endpoint}-{incident}-{sequence}",
        endpoint=endpoint,
        incident=incident,
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
    }
    return Told(**(values | changes))  # type: ignore[arg-type]  # fields given by name


def enqueue(log: Log, *alerts: Alert) -> None:
    log.append([], recorded_at=NOON, outbox=Outbox(alerts=alerts))


def claim(log: Log, *endpoints: str, at: timedelta = timedelta(0)) -> list[Delivery]:
    return log.claim(endpoints or ["desk"], now=NOON + at, until=NOON + at + MINUTE)


def test_an_alert_comes_with_the_fact_that_made_it_due(log: Log) -> None:
    log.append(
        [Append(FERRY, 0, (figure(1),))], recorded_at=NOON, outbox=Outbox(alerts=(alert(1),))
    )

    [claimed] = claim(log)

    assert (claimed.id, claimed.endpoint, claimed.incident) == ("desk-ferry-1", "desk", "ferry")
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
    enqueue(log, alert(2), alert(1), alert(3), alert(1, incident="bridge"))

    first = claim(log)
    assert {delivery.id for delivery in first} == {"desk-ferry-1", "desk-bridge-1"}
    assert claim(log) == []

    for delivery in first:
        log.settle(delivery, now=NOON, answer="204", again=None, delivered=True)
    [second] = claim(log)
    assert second.id == "desk-ferry-2"

    log.settle(second, now=NOON, answer="500", again=NOON + MINUTE)
    assert claim(log) == []
    [again] = claim(log, at=MINUTE)
    assert (again.id, again.attempts) == ("desk-ferry-2", 1)

    log.settle(again, now=NOON + MINUTE, answer="500", again=None)
    assert [delivery.id for delivery in claim(log, at=MINUTE)] == ["desk-ferry-3"]


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

    log.settle(slow, now=NOON + MINUTE, answer="time-out", again=NOON + MINUTE)
    assert claim(log, at=MINUTE) == []
    log.settle(slow, now=NOON + MINUTE, answer="time-out", again=None)
    log.settle(current, now=NOON + MINUTE, answer="500", again=NOON + 2 * MINUTE)
    assert len(claim(log, at=2 * MINUTE)) == 1


def test_a_late_delivery_is_a_delivery(log: Log) -> None:
    enqueue(log, alert(1))
    [slow] = claim(log)
    claim(log, at=MINUTE)
    log.settle(slow, now=NOON + MINUTE, answer="200", again=None, delivered=True)
    assert claim(log, at=5 * MINUTE) == []
    assert log.next_due(["desk"]) is None


def test_only_the_endpoints_asked_for_are_claimed(log: Log) -> None:
    enqueue(log, alert(1), alert(1, endpoint="agency"))
    assert [delivery.endpoint for delivery in claim(log, "agency", "nobody")] == ["agency"]
    assert log.claim([], now=NOON, until=NOON + MINUTE) == []


def test_a_claim_takes_no_more_than_asked(log: Log) -> None:
    enqueue(log, *(alert(1, incident=f"i{n}") for n in range(5)))
    assert len(log.claim(["desk"], now=NOON, until=NOON + MINUTE, limit=3)) == 3
    assert len(log.claim(["desk"], now=NOON, until=NOON + MINUTE, limit=3)) == 2


def test_the_next_due_moment_is_known(log: Log) -> None:
    """It is that of an alert that could be claimed: what waits behind another is not counted."""
    assert log.next_due(["desk"]) is None
    enqueue(log, alert(1), alert(2))
    assert log.next_due(["desk"]) == NOON
    assert log.next_due(["agency"]) is None

    [claimed] = claim(log)
    assert log.next_due(["desk"]) == NOON + MINUTE
    log.settle(claimed, now=NOON, answer="500", again=NOON + 7 * MINUTE)
    assert log.next_due(["desk"]) == NOON + 7 * MINUTE


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


def test_a_backfill_is_owed_until_it_is_written(log: Log) -> None:
    owed = (("agency", "ferry"), ("desk", "bridge"), ("desk", "ferry"))
    log.append([], recorded_at=NOON, outbox=Outbox(backfill_due=owed))
    log.append([], recorded_at=NOON, outbox=Outbox(backfill_due=owed[:1]))
    assert log.backfills_due() == list(owed)

    log.append([], recorded_at=NOON, outbox=Outbox(backfill_done=(("desk", "ferry"),)))
    assert log.backfills_due() == list(owed[:2])


def test_an_endpoint_that_is_gone_is_remembered_with_its_address(log: Log) -> None:
    """At a new address it is another receiver; its alerts stay."""
    enqueue(log, alert(1))
    log.mark_gone("desk", "https://desk.example/old", now=NOON)
    log.mark_gone("desk", "https://desk.example/old", now=NOON + MINUTE)

    assert log.gone() == {("desk", "https://desk.example/old")}
    assert len(claim(log)) == 1


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
