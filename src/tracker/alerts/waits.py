"""How long an alert waits before each attempt to deliver it. Pure."""

from datetime import datetime, timedelta
from typing import Final

LEASE: Final = timedelta(seconds=60)
"""How long a claim holds: longer than any attempt, so that nobody else sends the same alert."""

RETURNED: Final = timedelta(seconds=1)
"""How long an alert waits that could not be sent for want of a secret: whoever writes a file anew
needs a moment."""

WAITS: Final = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    *(timedelta(hours=hours) for hours in (2, 5, 10, 14, 20, 24)),
)
"""Before each attempt, counted from the one before: the schedule of Standard Webhooks."""


def backoff(attempts: int, *, jitter: float = 0.0) -> timedelta | None:
    """How long to wait after so many failed attempts; None: give up.

    `jitter`, from 0 up to 1, adds up to a tenth, so that receivers which failed together are not
    all tried again in one moment.
    """
    if attempts >= len(WAITS):
        return None
    return WAITS[attempts] * (1 + jitter / 10)


def again_at(
    attempts: int, now: datetime, *, jitter: float, retry_after: timedelta | None
) -> datetime | None:
    """When an alert that has failed so often is tried again; None: it is given up.

    What the receiver asked for can only make it later.
    """
    wait = backoff(attempts, jitter=jitter)
    return None if wait is None else now + max(wait, retry_after or wait)
