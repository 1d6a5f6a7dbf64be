"""When a source is asked next. Pure: the moment and the chance come in as values."""

from datetime import datetime, timedelta
from typing import Final

from tracker.health import OPERATORS, Cause

LONGEST_WAIT: Final = timedelta(days=1)
"""A source that fails is asked once a day for ever."""
LONGEST_GOOD_FOR: Final = timedelta(hours=6)
"""However long an answer says that it is good for."""
LADDER: Final = tuple(timedelta(minutes=each) for each in (10, 30, 60, 180, 360, 720, 1440, 2880))
"""The ages since its last change at which a report's page is read again: outlets edit most in the
first hours."""


def wait_after_success(
    every: timedelta, *good_for: timedelta | None, retry_after: timedelta | None = None
) -> timedelta:
    """How long until the next poll: the longest of what we want and what the source asks."""
    asked = [min(each, LONGEST_GOOD_FOR) for each in good_for if each]
    return max([every, *asked, *([retry_after] if retry_after else [])])


def wait_after_failure(
    every: timedelta, failures: int, cause: Cause, retry_after: timedelta | None = None
) -> timedelta:
    """How long until it is asked again, after so many failures in a row: up to a day."""
    first = max(every, timedelta(hours=1)) if cause in OPERATORS else every
    # More doublings than these pass a day in any case, and a float.
    doubled: timedelta = first * 2 ** min(failures - 1, 16)
    wait = max(every, min(doubled, LONGEST_WAIT))
    return max(wait, min(retry_after, LONGEST_WAIT)) if retry_after else wait


def jittered(wait: timedelta, jitter: float) -> timedelta:
    """Up to a tenth longer, never shorter: `jitter` is from 0 to 1."""
    return wait * (1 + jitter / 10)


def rung(changed_at: datetime, read_at: datetime) -> datetime | None:
    """When a page that last changed and was last read then is read again; None: it is cold."""
    return next((changed_at + age for age in LADDER if changed_at + age > read_at), None)
