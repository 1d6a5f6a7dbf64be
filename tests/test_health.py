"""How a source stands: failing, silent, blind, gone or well, and what is an accident."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from tracker.health import Cause, Poll, Seen, failed, is_gone, postponed, succeeded, turned
from tracker.model import State

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
URL = "https://wire.example/rss"
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def well(
    last: Poll | None,
    now: datetime,
    seen: Sequence[Seen] = (),
    *,
    trouble: Sequence[str] = (),
    rhythmic: bool = True,
) -> Poll:
    return succeeded(
        last,
        "wire",
        seen,
        now=now,
        url=URL,
        next_at=now + HOUR,
        trouble=trouble,
        rhythmic=rhythmic,
    )


def ill(
    last: Poll | None,
    now: datetime,
    cause: Cause = Cause.OUTAGE,
    reason: str = "no answer",
    elsewhere: datetime | None = None,
) -> Poll:
    return failed(
        last, "wire", reason, cause, now=now, url=URL, next_at=now + HOUR, elsewhere=elsewhere
    )


def reports(*moments: datetime, figures: bool = True) -> list[Seen]:
    return [Seen(each, figures) for each in moments]


def hourly(count: int, end: datetime = NOON, gap: timedelta = HOUR) -> list[Seen]:
    return reports(*(end - gap * n for n in range(count)))


def test_a_poll_with_reports_is_ok_and_one_without_is_unchanged() -> None:
    first = well(None, NOON, reports(NOON - HOUR))
    assert (first.state, first.succeeded_at, first.error) == (State.OK, NOON, "")
    assert first.reported_at == NOON - HOUR
    again = well(first, NOON + HOUR)
    assert (again.state, again.settled) == (State.UNCHANGED, State.OK)
    assert not turned(first, again)


def test_one_failure_is_an_accident_and_three_in_a_row_are_a_state() -> None:
    """The table shows the first failure; what is told, and recorded, is the third."""
    polls = [well(None, NOON)]
    for n in range(1, 5):
        polls.append(ill(polls[-1], NOON + n * HOUR))
    assert [each.state for each in polls[1:]] == [
        State.DEGRADED,
        State.DEGRADED,
        State.FAILING,
        State.FAILING,
    ]
    told = [turned(*pair) for pair in pairwise(polls)]
    assert told == [False, False, True, False]
    assert polls[-1].since == NOON + 3 * HOUR
    assert polls[-1].succeeded_at == NOON
    back = well(polls[-1], NOON + 9 * HOUR)
    assert (back.settled, back.failures, back.cause) == (State.OK, 0, None)
    assert turned(polls[-1], back)


@pytest.mark.parametrize(
    "cause", [Cause.LOGIN, Cause.ROBOTS, Cause.ADDRESS, Cause.CREDENTIALS], ids=str
)
def test_what_does_not_pass_by_itself_is_told_at_once(cause: Cause) -> None:
    after = ill(well(None, NOON), NOON + HOUR, cause)
    assert after.settled is State.FAILING


def test_a_source_that_is_gone_is_not_asked_again_at_that_address() -> None:
    gone = ill(well(None, NOON), NOON + HOUR, Cause.GONE, "it answered 410")
    assert (gone.state, gone.next_at) == (State.GONE, None)
    assert is_gone(gone, URL)
    assert not is_gone(gone, "https://wire.example/atom")
    assert not is_gone(None, URL)


def test_parts_that_cannot_be_read_are_a_state_after_three_polls() -> None:
    """One page that times out is an accident; a part that never comes is told."""
    poll: Poll | None = None
    settled = []
    for n in range(4):
        poll = well(poll, NOON + n * HOUR, trouble=["a page: no answer in time"])
        assert poll.state is State.DEGRADED
        assert poll.error == "a page: no answer in time"
        settled.append(poll.settled)
    assert settled == [State.OK, State.OK, State.DEGRADED, State.DEGRADED]


def test_a_source_is_silent_out_of_its_own_rhythm() -> None:
    """Hourly reports for nine days: after two hours something is wrong."""
    poll = well(None, NOON, hourly(9 * 24))
    assert poll.state is State.OK
    assert well(poll, NOON + 2 * HOUR).state is State.UNCHANGED
    silent = well(poll, NOON + 2 * HOUR + timedelta(seconds=1))
    assert silent.settled is State.SILENT
    assert silent.error == "no new report for 2 hours; before, 1 hour at most"
    assert turned(poll, silent)
    back = well(silent, NOON + 3 * HOUR, reports(NOON + 3 * HOUR))
    assert back.settled is State.OK


def test_a_weekend_is_in_the_rhythm_of_an_office() -> None:
    """A report each working day at noon: Monday's is waited for, Wednesday's too long."""
    friday = datetime(2031, 5, 9, 12, tzinfo=UTC)
    days = [friday - n * DAY for n in range(21) if (friday - n * DAY).weekday() < 5]
    poll = well(None, friday, reports(*days))
    assert well(poll, friday + 3 * DAY).state is State.UNCHANGED
    assert well(poll, friday + 7 * DAY).state is State.SILENT


def test_with_less_than_a_week_of_days_a_silence_is_a_day_at_least() -> None:
    poll = well(None, NOON, hourly(10, gap=timedelta(minutes=5)))
    assert well(poll, NOON + 20 * HOUR).state is State.UNCHANGED
    assert well(poll, NOON + 25 * HOUR).state is State.SILENT


def test_a_source_whose_rhythm_is_not_known_is_never_silent() -> None:
    poll = well(None, NOON, hourly(4))
    assert well(poll, NOON + 300 * DAY).state is State.UNCHANGED
    assert well(None, NOON).state is State.UNCHANGED


def test_a_feed_that_ended_years_ago_is_silent_at_the_first_poll() -> None:
    assert well(None, NOON, hourly(30, NOON - 700 * DAY)).state is State.SILENT
    assert well(None, NOON, hourly(30, NOON - 700 * DAY), rhythmic=False).state is State.OK


def test_while_we_were_not_looking_nobody_was_silent() -> None:
    """After a pause of the daemon the reports' own dates tell the rhythm."""
    poll = well(None, NOON, hourly(9 * 24))
    later = NOON + 3 * DAY
    caught_up = well(poll, later, hourly(3 * 24, later))
    assert caught_up.state is State.OK
    assert max(seconds for _, seconds in caught_up.gaps) == HOUR.total_seconds()


def test_a_report_with_an_old_date_came_just_now() -> None:
    """Undated and late reports are signs of life of the moment in which they are seen."""
    poll = well(None, NOON, hourly(6))
    late = well(poll, NOON + HOUR, reports(NOON - 50 * DAY))
    assert late.reported_at == NOON + HOUR


def test_a_source_is_blind_when_reports_come_and_figures_no_longer_do() -> None:
    """Every report had one; five without may be chance, the sixth is not."""
    poll = well(None, NOON, hourly(10))
    for n in range(1, 6):
        poll = well(poll, NOON + n * HOUR, reports(NOON + n * HOUR, figures=False))
        assert poll.state is State.OK
    blind = well(poll, NOON + 6 * HOUR, reports(NOON + 6 * HOUR, figures=False))
    assert blind.settled is State.BLIND
    assert blind.error == "6 reports in a row hold no figure, as 10 others did"
    assert blind.figure_at == NOON
    seeing = well(blind, NOON + 7 * HOUR, reports(NOON + 7 * HOUR))
    assert seeing.settled is State.OK


def test_a_source_with_few_figures_is_blind_only_by_its_own_measure() -> None:
    """One report in eleven had a figure: thirty without are as ever."""
    seen = [Seen(NOON - n * HOUR, n % 11 == 0) for n in range(60)]
    poll = well(None, NOON, seen)
    assert poll.longest_barren == 10
    more = [Seen(NOON + n * HOUR, with_figures=False) for n in range(1, 31)]
    poll = well(poll, NOON + 30 * HOUR, more)
    assert poll.state is State.OK
    poll = well(poll, NOON + 31 * HOUR, reports(NOON + 31 * HOUR, figures=False))
    assert poll.state is State.BLIND


def test_a_source_that_never_had_figures_is_not_blind() -> None:
    seen = [Seen(NOON - n * HOUR, n in {3, 9}) for n in range(60)]
    assert well(None, NOON, seen).state is State.OK


def test_a_turn_put_off_by_its_domain_is_no_failure() -> None:
    poll = well(None, NOON)
    later = postponed(poll, "wire", now=NOON + HOUR, next_at=NOON + 2 * HOUR)
    assert (later.failures, later.polled_at, later.next_at) == (0, NOON, NOON + 2 * HOUR)
    assert not turned(poll, later)


def test_a_failure_does_not_hide_that_a_source_was_silent() -> None:
    """It stays what it was told to be until it is surely something else."""
    silent = well(well(None, NOON, hourly(9 * 24)), NOON + 5 * HOUR)
    once = ill(silent, NOON + 6 * HOUR)
    assert once.settled is State.SILENT
    assert not turned(silent, once)


def test_while_nobody_else_answers_an_outage_is_not_told_of_every_source() -> None:
    """Our own line was down since then: three failures are told only once another has answered."""
    poll = well(None, NOON)
    for n in range(1, 6):
        poll = ill(poll, NOON + n * HOUR, elsewhere=NOON)
        assert (poll.state, poll.settled) == (State.DEGRADED, State.OK)
    again = ill(poll, NOON + 6 * HOUR, elsewhere=NOON + 5 * HOUR)
    assert again.settled is State.FAILING
    assert well(poll, NOON + 6 * HOUR).failed_at is None


def test_a_refusal_is_a_sources_own_whoever_else_answers() -> None:
    poll = well(None, NOON)
    for n in range(1, 4):
        poll = ill(poll, NOON + n * HOUR, Cause.REFUSED, elsewhere=NOON)
    assert poll.settled is State.FAILING
