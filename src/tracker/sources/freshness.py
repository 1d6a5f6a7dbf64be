"""What the headers of an answer say of time: how long it is good for, and when to come again.

Pure: the moment comes in as a value.
"""

import re
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import httpx

LONGEST_WAIT: Final = timedelta(hours=24)
"""What a source may ask us to wait, at most."""
LONGEST_AGE: Final = timedelta(hours=6)
"""However long an answer says that it is good for."""
DIRECTIVE: Final = re.compile(r"""(?:^|,)\s*([a-z-]+)(?:\s*=\s*"?([^",\s]*)"?)?""", re.IGNORECASE)
SECONDS: Final = re.compile(r"[0-9]{1,12}")


def retry_after(headers: httpx.Headers, now: datetime) -> timedelta | None:
    """What `Retry-After` asks, in seconds or until a date (RFC 9110, 10.2.3), at most a day.

    None: nothing, or nothing that can be understood; so is a moment that has passed.
    """
    stated = headers.get("retry-after", "").strip()
    if SECONDS.fullmatch(stated):
        return min(timedelta(seconds=int(stated)), LONGEST_WAIT)
    until = _date(stated)
    if until is None or until < now:
        return None
    return min(until - now, LONGEST_WAIT)


def max_age(headers: httpx.Headers) -> timedelta | None:
    """How long an answer is still good for (RFC 9111, 4.2.1), at most six hours; None: not at all.

    What shared caches are told (`s-maxage`) is not meant for us; what one has already used up
    (`Age`) is gone.
    """
    said = headers.get("cache-control", "")
    directives = {name.lower(): value for name, value in DIRECTIVE.findall(said)} if said else {}
    if "no-store" in directives or "no-cache" in directives:
        return None
    if SECONDS.fullmatch(directives.get("max-age", "")):
        good_for = timedelta(seconds=int(directives["max-age"]))
    else:
        expires = None if "max-age" in directives else _date(headers.get("expires", ""))
        date = _date(headers.get("date", "")) if expires else None
        if expires is None or date is None:
            return None
        good_for = expires - date
    age = headers.get("age", "")
    if SECONDS.fullmatch(age):
        good_for -= timedelta(seconds=int(age))
    return min(good_for, LONGEST_AGE) if good_for > timedelta(0) else None


def _date(stated: str) -> datetime | None:
    try:
        date = parsedate_to_datetime(stated[:64]) if stated else None
    except (ValueError, OverflowError, TypeError, IndexError):  # as its parser does on odd ones
        return None
    return date.replace(tzinfo=date.tzinfo or UTC) if date else None
