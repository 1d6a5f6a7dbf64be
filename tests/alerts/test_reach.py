"""How an endpoint's attempts tell how much may be sent to it, and when it is left alone."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tracker.alerts.endpoint import Endpoint, Webhook
from tracker.alerts.reach import (
    AT_ONCE,
    DEAD,
    FAILING,
    IN_ALL,
    NO_LONGER,
    PROBE_EVERY,
    UNTRIED,
    after,
    disabled,
    each_at_once,
    enabled,
    opens_at,
    reach_of,
    room,
)
from tracker.store.records import Reach

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
URL = "https://desk.example/hook"
NEW = Reach(endpoint="desk", address=URL)


def failing(every: timedelta, upto: timedelta) -> Reach:
    """Since noon it has failed at every attempt, the last of them so long after."""
    reach, passed = NEW, timedelta(0)
    while passed <= upto:
        reach = after(reach, "retry", NOON + passed)
        passed += every
    return reach


def test_an_endpoint_that_was_never_tried_is_sent_several_alerts_at_once() -> None:
    assert room(NEW, NOON) == AT_ONCE
    assert opens_at(NEW, NOON) is None


def test_one_that_failed_is_sent_one_alert_at_a_time_until_it_succeeds() -> None:
    failed = after(NEW, "retry", NOON)
    assert (failed.failures, failed.failing_since, failed.failed_at) == (1, NOON, NOON)
    assert room(failed, NOON) == 1
    sound = after(failed, "delivered", NOON + HOUR)
    assert (sound.failures, sound.failing_since, sound.succeeded_at) == (0, None, NOON + HOUR)
    assert sound.failed_at == NOON
    assert room(sound, NOON + HOUR) == AT_ONCE


def test_after_many_failures_in_a_row_it_is_only_looked_at_in_a_while() -> None:
    reach = failing(timedelta(seconds=1), timedelta(seconds=DEAD - 1))
    assert reach.failures == DEAD
    assert reach.failed_at is not None
    assert opens_at(reach, reach.failed_at) == reach.failed_at + PROBE_EVERY
    assert room(reach, reach.failed_at + PROBE_EVERY - timedelta(microseconds=1)) == 0
    assert room(reach, reach.failed_at + PROBE_EVERY) == 1


def test_what_it_asks_for_holds_for_the_whole_endpoint_and_only_lengthens() -> None:
    paused = after(NEW, "retry", NOON, 10 * MINUTE)
    paused = after(paused, "retry", NOON + MINUTE, 2 * MINUTE)
    assert paused.not_before == NOON + 10 * MINUTE
    assert opens_at(paused, NOON) == paused.not_before
    assert room(paused, NOON + 9 * MINUTE) == 0
    assert room(paused, NOON + 10 * MINUTE) == 1
    # What was on its way already ends nothing of that.
    assert after(paused, "delivered", NOON + 2 * MINUTE).not_before == NOON + 10 * MINUTE
    assert after(paused, "delivered", NOON + 10 * MINUTE).not_before is None
    assert after(NEW, "retry", NOON, timedelta(0)).not_before is None


def test_failures_that_are_still_to_come_put_nothing_off() -> None:
    """The clock was set back: it is tried now, and not in an hour."""
    reach, earlier = failing(timedelta(seconds=1), timedelta(seconds=DEAD - 1)), NOON - HOUR
    assert reach.failures == DEAD
    assert opens_at(reach, earlier) is None
    assert room(reach, earlier) == 1
    again = after(reach, "retry", earlier)
    assert room(again, earlier) == 0
    assert room(again, earlier + PROBE_EVERY) == 1


def test_nobody_is_left_alone_for_longer_than_anybody_can_ask_for() -> None:
    """Set back by a little, the clock lengthens a wait; by a year, it ends it."""
    paused = after(NEW, "retry", NOON, 24 * HOUR)
    assert room(paused, NOON - HOUR) == 0
    long_ago = NOON + 24 * HOUR - NO_LONGER - timedelta(microseconds=1)
    assert opens_at(paused, long_ago) is None
    assert room(paused, long_ago) == 1
    assert after(paused, "retry", long_ago).not_before is None
    assert after(paused, "retry", long_ago, HOUR).not_before == long_ago + HOUR


def test_after_five_days_of_nothing_but_failures_it_is_disabled() -> None:
    almost = failing(20 * HOUR, FAILING - timedelta(seconds=1))
    assert almost.disabled == ""
    reach = after(almost, "retry", NOON + FAILING)
    assert (reach.disabled, reach.disabled_at) == ("failing", NOON + FAILING)
    assert reach.failing_since == NOON
    assert room(reach, NOON + timedelta(days=99)) == 0


def test_one_success_in_five_days_is_enough() -> None:
    reach = after(failing(20 * HOUR, 4 * 24 * HOUR), "delivered", NOON + 100 * HOUR)
    assert after(reach, "retry", NOON + FAILING).disabled == ""


def test_days_in_which_nothing_was_sent_do_not_count_as_failing() -> None:
    """Nobody knows whether it would have failed; a week later it is a new beginning."""
    reach = after(failing(HOUR, 5 * HOUR), "retry", NOON + 5 * HOUR + UNTRIED)
    assert (reach.failures, reach.failing_since) == (7, NOON)
    later = reach.failed_at
    assert later is not None
    later += UNTRIED + timedelta(microseconds=1)
    reach = after(reach, "retry", later)
    assert (reach.failures, reach.failing_since, reach.disabled) == (1, later, "")


def test_one_that_says_it_is_gone_is_disabled_at_once() -> None:
    reach = after(NEW, "gone", NOON)
    assert (reach.disabled, reach.disabled_at, room(reach, NOON + HOUR)) == ("gone", NOON, 0)


@pytest.mark.parametrize("outcome", ["delivered", "retry", "gone"])
def test_what_was_in_flight_when_it_was_disabled_changes_nothing_of_that(outcome: str) -> None:
    reach = disabled(NEW, NOON)
    match outcome:
        case "delivered":
            reach = after(reach, "delivered", NOON + HOUR)
        case "retry":
            reach = after(reach, "retry", NOON + HOUR)
        case _:
            reach = after(reach, "gone", NOON + HOUR)
    assert (reach.disabled, reach.disabled_at) == ("operator", NOON)


def test_one_that_is_enabled_begins_with_a_clean_slate() -> None:
    """Or its next failure would disable it again."""
    reach = enabled(after(failing(20 * HOUR, FAILING), "retry", NOON + FAILING, HOUR))
    assert room(reach, NOON + FAILING) == AT_ONCE
    assert after(reach, "retry", NOON + FAILING + HOUR).disabled == ""


def test_at_another_address_nothing_of_it_holds() -> None:
    endpoint = Endpoint(name="desk", way=Webhook(url=URL))
    gone = after(NEW, "gone", NOON)
    assert reach_of(endpoint, gone) is gone
    moved = replace(endpoint, way=Webhook(url="https://new.example/hook"))
    assert reach_of(moved, gone) == Reach(endpoint="desk", address="https://new.example/hook")
    assert reach_of(endpoint, None) == NEW


def test_all_endpoints_together_take_no_more_connections_than_a_process_has() -> None:
    assert each_at_once(0) == each_at_once(1) == each_at_once(IN_ALL // AT_ONCE) == AT_ONCE
    assert each_at_once(100) * 100 <= IN_ALL
    assert each_at_once(10_000) == 1
