"""When an endpoint may be told: by its own clock, whatever the clocks do at night."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.alerts.endpoint import Rules
from tracker.alerts.hours import next_digest, not_before

NIGHT = (time(22), time(6, 30))
ZONES = ("UTC", "Europe/Paris", "America/New_York", "Asia/Kathmandu", "Australia/Lord_Howe")
moments = st.datetimes(datetime(2030, 1, 1), datetime(2033, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 — hypothesis adds the zone
clocks = st.times().map(lambda each: each.replace(second=0, microsecond=0))
zones = st.sampled_from(ZONES)


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("now", "until"),
    [
        ("2031-05-01T21:59:59Z", None),
        ("2031-05-01T22:00:00Z", "2031-05-02T06:30:00Z"),
        ("2031-05-02T00:00:00Z", "2031-05-02T06:30:00Z"),
        ("2031-05-02T06:29:59Z", "2031-05-02T06:30:00Z"),
        ("2031-05-02T06:30:00Z", None),
    ],
)
def test_quiet_hours_go_past_midnight(now: str, until: str | None) -> None:
    expected = at(until) if until else None
    assert not_before(Rules(quiet=NIGHT), at(now)) == expected


def test_quiet_hours_may_be_within_a_day() -> None:
    rules = Rules(quiet=(time(12), time(14)))
    assert not_before(rules, at("2031-05-01T13:00Z")) == at("2031-05-01T14:00Z")
    assert not_before(rules, at("2031-05-01T23:00Z")) is None


def test_no_quiet_hours_are_never_quiet_and_no_digest_is_never_due() -> None:
    assert not_before(Rules(), at("2031-05-01T03:00Z")) is None
    assert next_digest(Rules(), at("2031-05-01T03:00Z")) is None


def test_quiet_hours_are_those_of_the_endpoints_own_clock() -> None:
    """Kathmandu is 5 h 45 min ahead."""
    rules = Rules(quiet=NIGHT, timezone="Asia/Kathmandu")
    assert not_before(rules, at("2031-05-01T16:14Z")) is None
    assert not_before(rules, at("2031-05-01T16:15Z")) == at("2031-05-02T00:45Z")


def test_a_night_in_which_the_clocks_change_ends_when_the_clock_says_so() -> None:
    rules = Rules(quiet=NIGHT, timezone="Europe/Paris")
    assert not_before(rules, at("2031-03-29T22:00Z")) == at("2031-03-30T04:30Z")
    assert not_before(rules, at("2031-10-25T22:00Z")) == at("2031-10-26T05:30Z")


@pytest.mark.parametrize(
    ("now", "then"),
    [
        ("2031-05-01T07:59:59Z", "2031-05-01T08:00Z"),
        ("2031-05-01T08:00:00Z", "2031-05-01T20:00Z"),
        ("2031-05-01T20:00:00Z", "2031-05-02T08:00Z"),
    ],
)
def test_the_next_digest_is_always_a_later_one(now: str, then: str) -> None:
    assert next_digest(Rules(digest=(time(8), time(20))), at(now)) == at(then)


def test_a_digest_at_an_hour_that_is_skipped_comes_after_it_and_one_that_is_doubled_once() -> None:
    rules = Rules(digest=(time(2, 30),), timezone="Europe/Paris")
    assert next_digest(rules, at("2031-03-29T12:00Z")) == at("2031-03-30T01:30Z")
    first = next_digest(rules, at("2031-10-25T12:00Z"))
    assert first == at("2031-10-26T00:30Z")
    assert next_digest(rules, first) == at("2031-10-27T01:30Z")


def test_a_digest_once_in_a_span_is_counted_from_midnight_in_utc() -> None:
    six = Rules(digest=timedelta(hours=6), timezone="Asia/Kathmandu")
    assert next_digest(six, at("2031-05-01T05:59Z")) == at("2031-05-01T06:00Z")
    assert next_digest(six, at("2031-05-01T06:00Z")) == at("2031-05-01T12:00Z")


@given(now=moments, begin=clocks, end=clocks, zone=zones)
def test_quiet_hours_always_end_and_are_over_then(
    now: datetime, begin: time, end: time, zone: str
) -> None:
    rules = Rules(quiet=(begin, end), timezone=zone)
    until = not_before(rules, now)
    if until is not None:
        assert now < until <= now + timedelta(hours=25)
        assert not_before(rules, until) is None


@given(now=moments, clock=clocks, zone=zones)
def test_each_day_has_its_digest_once(now: datetime, clock: time, zone: str) -> None:
    """Whatever the clocks do: 30 in a row are those of 30 days in a row."""
    rules = Rules(digest=(clock,), timezone=zone)
    days = []
    for _ in range(30):
        then = next_digest(rules, now)
        assert then is not None
        assert then > now
        days.append(then.astimezone(ZoneInfo(zone)).date())
        now = then
    assert days == [days[0] + timedelta(days=each) for each in range(30)]


@given(now=moments, span=st.timedeltas(timedelta(minutes=1), timedelta(days=40)))
def test_digests_once_in_a_span_are_a_span_apart(now: datetime, span: timedelta) -> None:
    first = next_digest(Rules(digest=span), now)
    assert first is not None
    assert now < first <= now + span
    assert next_digest(Rules(digest=span), first) == first + span
