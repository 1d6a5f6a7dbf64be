"""Dates as outlets write them."""

from datetime import UTC, datetime

import pytest

from tracker.sources.dates import parse_date

MORNING = datetime(2025, 3, 11, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "Tue, 11 Mar 2025 06:30:00 GMT",
        "Tue, 11 Mar 2025 06:30:00 UT",
        "Tue, 11 Mar 2025 06:30:00 +0000",
        "Tue, 11 Mar 2025 06:30:00 -0000",
        "Tue, 11 Mar 2025 08:30 +0200 (EET)",
        "Tue, 11 Mar 2025 08:30:00 GMT+0200",
        "11 March 2025 01:30:00 EST",
        "Tuesday, 11-Mar-25 06:30:00 GMT",
        "tue, 11 mar 2025 6:30:00 z",
        "11 Mar 2025 6:30 AM GMT",
        "March 11, 2025 6:30 a.m. UTC",
        "Mar 11, 2025, 1:30 AM EST",
        "2025-03-11T06:30:00Z",
        "2025-03-11t06:30z",
        "2025-03-11T10:00:00+03:30",
        "2025-03-11T10:00:00+0330",
        "2025-03-11T06:30:00.000000000Z",
        "2025-03-11 06:30:00 +0000",
        "2025-03-11 06:30 UTC",
        "  2025-03-11\n06:30:00Z ",
    ],
)
def test_a_time_with_a_zone_is_that_moment(text: str) -> None:
    assert parse_date(text, "Asia/Tokyo") == (MORNING, False)


@pytest.mark.parametrize(
    "text",
    [
        "11 Mar 2025 15:30",
        "Tue, 11 Mar 2025 15:30:00",
        "2025-03-11T15:30:00",
        "2025-03-11 15:30",
        "11 Mar 2025 3:30 PM",
        "11 Mar 2025 15:30 PM",
        "March 11, 2025 at 3:30 p.m.",
        "Tuesday, March 11, 2025 15:30:00",
        "Tue, 11 Mar 2025 15:30:00 IST",
    ],
)
def test_a_time_without_a_known_zone_is_in_the_zone_of_the_source(text: str) -> None:
    assert parse_date(text, "Asia/Tokyo") == (MORNING, False)


def test_twelve_is_the_first_hour_of_each_half_of_a_day() -> None:
    assert parse_date("11 Mar 2025 12:10 AM", "UTC")[0] == datetime(2025, 3, 11, 0, 10, tzinfo=UTC)
    assert parse_date("11 Mar 2025 12:10 PM", "UTC")[0] == datetime(2025, 3, 11, 12, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "text", ["2025-03-11", "20250311", "11 Mar 2025", "Tue, 11 March 2025", "March 11, 2025"]
)
def test_a_date_alone_is_the_end_of_that_day_there(text: str) -> None:
    assert parse_date(text, "America/Lima") == (datetime(2025, 3, 12, 4, 59, 59, tzinfo=UTC), True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "yesterday",
        "11.03.2025",
        "2025-13-40",
        "2025-02-30T10:00:00Z",
        "31 Feb 2025 10:00 GMT",
        "11 Foo 2025 10:00 GMT",
        "11 Mar 2025 25:00 GMT",
        "11 Mar 2025 10:00 +9900",
        "0001-01-01T00:00:00+14:00",
        "9999-12-31",
        "9" * 5000,
    ],
)
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_date(text, "America/Lima") == (None, False)
