"""What the headers of an answer say of time."""

from datetime import timedelta

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from asking import NOW
from tracker.sources.freshness import max_age, retry_after

NOON = "Thu, 01 May 2031 12:00:00 GMT"
ONE = "Thu, 01 May 2031 13:00:00 GMT"


@pytest.mark.parametrize(
    ("stated", "seconds"),
    [
        ("120", 120),
        (" 120 ", 120),
        ("0", 0),
        (ONE, 3600),
        (NOON, 0),
        ("999999999", 86400),
        ("9" * 5000, None),
        ("Sun, 01 Jun 2031 12:00:00 GMT", 86400),
        ("Thu, 01 May 2031 11:00:00 GMT", None),
        ("-5", None),
        ("1.5", None),
        ("soon", None),
        ("٣", None),
        ("", None),
        ("Thu, 01 May 2031 13:00:00 +99999999999999", None),
        ("Thu, 99 May 99999 13:00:00 GMT", None),
    ],
)
def test_how_long_to_stay_away(stated: str, seconds: int | None) -> None:
    wait = None if seconds is None else timedelta(seconds=seconds)
    assert retry_after(httpx.Headers({b"retry-after": stated.encode()}), NOW) == wait


def test_nothing_said_of_staying_away_is_nothing() -> None:
    assert retry_after(httpx.Headers(), NOW) is None


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"cache-control": "max-age=300"}, 300),
        ({"cache-control": 'Public,MAX-AGE="300"'}, 300),
        ({"cache-control": "s-maxage=900, max-age=300"}, 300),
        ({"cache-control": "s-maxage=900"}, None),
        ({"cache-control": "max-age=300, no-cache"}, None),
        ({"cache-control": "no-store", "expires": ONE, "date": NOON}, None),
        ({"cache-control": "max-age=0", "expires": ONE, "date": NOON}, None),
        ({"cache-control": "max-age=soon", "expires": ONE, "date": NOON}, None),
        ({"cache-control": "max-age=-1"}, None),
        ({"cache-control": "max-age=31536000"}, 21600),
        ({"cache-control": "max-age=300", "age": "100"}, 200),
        ({"cache-control": "max-age=300", "age": "400"}, None),
        ({"cache-control": "public", "expires": ONE, "date": NOON}, 3600),
        ({"expires": ONE}, None),
        ({"expires": "0", "date": NOON}, None),
        ({"expires": NOON, "date": ONE}, None),
    ],
)
def test_how_long_an_answer_is_good_for(headers: dict[str, str], seconds: int | None) -> None:
    good_for = None if seconds is None else timedelta(seconds=seconds)
    assert max_age(httpx.Headers(headers)) == good_for


@given(st.text(max_size=40), st.text(max_size=40))
def test_no_header_is_too_odd(one: str, other: str) -> None:
    headers = httpx.Headers(
        {
            b"cache-control": one.encode(),
            b"expires": other.encode(),
            b"date": one.encode(),
            b"retry-after": other.encode(),
        }
    )
    assert (max_age(headers) or timedelta(0)) >= timedelta(0)
    assert (retry_after(headers, NOW) or timedelta(0)) >= timedelta(0)
