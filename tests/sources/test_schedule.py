"""When a source is asked next: never sooner than it wants, never never."""

from datetime import UTC, datetime, timedelta

import pytest

from tracker.health import Cause
from tracker.sources.schedule import (
    LADDER,
    jittered,
    rung,
    wait_after_failure,
    wait_after_success,
)

FIVE = timedelta(minutes=5)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)


def test_the_longest_of_what_we_want_and_what_the_source_asks_is_waited() -> None:
    assert wait_after_success(FIVE) == FIVE
    assert wait_after_success(FIVE, timedelta(minutes=1), None) == FIVE
    assert wait_after_success(FIVE, timedelta(minutes=30), HOUR) == HOUR


def test_an_answer_that_says_it_is_good_for_a_year_is_asked_again_in_six_hours() -> None:
    assert wait_after_success(FIVE, timedelta(days=365)) == 6 * HOUR
    assert wait_after_success(2 * DAY, timedelta(days=365)) == 2 * DAY


def test_back_off_doubles_up_to_a_day_and_goes_on_for_ever() -> None:
    waits = [wait_after_failure(FIVE, n, Cause.OUTAGE) for n in range(1, 200)]
    assert waits[:4] == [FIVE, 2 * FIVE, 4 * FIVE, 8 * FIVE]
    assert max(waits) == waits[-1] == DAY
    assert waits == sorted(waits)


def test_a_source_that_is_asked_once_a_week_is_not_asked_more_often_when_it_fails() -> None:
    assert wait_after_failure(7 * DAY, 5, Cause.OUTAGE) == 7 * DAY


def test_what_an_operator_has_to_mend_is_asked_from_an_hour_on() -> None:
    assert wait_after_failure(FIVE, 1, Cause.ROBOTS) == HOUR
    assert wait_after_failure(FIVE, 2, Cause.LOGIN) == 2 * HOUR


@pytest.mark.parametrize(
    ("asked", "waited"),
    [(timedelta(seconds=3), FIVE), (2 * HOUR, 2 * HOUR), (30 * DAY, DAY)],
    ids=["shorter", "longer", "absurd"],
)
def test_retry_after_is_obeyed_up_to_a_day(asked: timedelta, waited: timedelta) -> None:
    assert wait_after_failure(FIVE, 1, Cause.THROTTLED, asked) == waited


def test_jitter_only_ever_prolongs_by_a_tenth_at_most() -> None:
    assert jittered(FIVE, 0) == FIVE
    assert jittered(FIVE, 1) == FIVE * 1.1


def test_a_page_is_read_again_on_a_ladder_by_its_age_since_the_last_change() -> None:
    """Every rung once, however late the poll comes; then it is cold."""
    read, moments = NOON, []
    while (due := rung(NOON, read)) is not None:
        moments.append(due - NOON)
        read = due
    assert tuple(moments) == LADDER
    assert rung(NOON, NOON + 5 * HOUR) == NOON + 6 * HOUR
    assert rung(NOON, NOON + 3 * DAY) is None
