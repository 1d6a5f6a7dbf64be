"""When an endpoint may be told: its quiet hours and its digests, by its own clock. Pure.

A time of the day that the clocks skip in spring is taken as long after midnight as on any other
day, and one that comes twice in autumn the first time: each day has each of its digests once.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from typing import Final
from zoneinfo import ZoneInfo

from tracker.alerts.endpoint import Rules

DAY: Final = timedelta(days=1)
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
"""From here spans of digests are counted, so that "6h" is at 00:00, 06:00, 12:00, 18:00 UTC."""


def not_before(rules: Rules, now: datetime) -> datetime | None:
    """When the quiet hours end that hold now, later than now; None: they do not hold."""
    if rules.quiet is None:
        return None
    begin, end = rules.quiet
    today = _today(rules, now)
    for day in (today - DAY, today):
        ends = _at(day + DAY if end < begin else day, end, rules.timezone)
        if _at(day, begin, rules.timezone) <= now < ends:
            return ends
    return None


def next_digest(rules: Rules, now: datetime) -> datetime | None:
    """The first moment after now at which all is told together; None: each is told by itself."""
    if not rules.digest:
        return None
    if isinstance(rules.digest, timedelta):
        return EPOCH + ((now - EPOCH) // rules.digest + 1) * rules.digest
    today = _today(rules, now)
    days = (today + each * DAY for each in range(-1, 4))
    moments = (_at(day, clock, rules.timezone) for day in days for clock in rules.digest)
    return min(each for each in moments if each > now)


def _today(rules: Rules, now: datetime) -> date:
    return now.astimezone(ZoneInfo(rules.timezone)).date()


@lru_cache(maxsize=256)
def _at(day: date, clock: time, zone: str) -> datetime:
    """That time of that day; always the first of two, and never one that is skipped."""
    return datetime.combine(day, clock, ZoneInfo(zone)).astimezone(UTC)
