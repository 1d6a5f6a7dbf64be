"""Dates as feeds and pages write them, to moments in UTC.

Which of them can be believed (one in the future, one before its incident) is not decided here.
"""

import re
from datetime import UTC, datetime, time, timedelta, timezone
from typing import Final
from zoneinfo import ZoneInfo

MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
CLOCK: Final = r"""
    (?:,?\s+(?:at\s+)?(?P<clock>\d{1,2}:\d\d(?::\d\d)?)(?:\.\d+)?\s*(?P<half>[ap]\.?m\b\.?)?
    \s*(?P<zone>[a-z]*[+-]\d\d:?\d\d|[a-z]+)?(?:\s*\([^)]*\))?)?"""
RFC_822: Final = re.compile(
    r"""(?:[a-z]{3,9}\.?,?\s+)?(?P<day>\d{1,2})[\s-]+(?P<month>[a-z]{3,9})\.?,?[\s-]+(?P<year>\d{4}|\d{2})
    """
    + CLOCK,
    re.IGNORECASE | re.VERBOSE,
)
MONTH_FIRST: Final = re.compile(
    r"(?:[a-z]{6,9},?\s+)?(?P<month>[a-z]{3,9})\.?\s+(?P<day>\d{1,2}),?\s+(?P<year>\d{4})" + CLOCK,
    re.IGNORECASE | re.VERBOSE,
)
ISO_DAY: Final = re.compile(r"\d{4}-?\d\d-?\d\d")
ISO: Final = re.compile(rf"{ISO_DAY.pattern}[T ].+", re.IGNORECASE)
ZONES: Final = {
    # RFC 822, section 5.1. Other letters (IST, CST in China …) mean different zones to different
    # outlets, so they count as none, and the zone of the source is taken.
    "ut": 0,
    "utc": 0,
    "gmt": 0,
    "z": 0,
    "edt": -4,
    "est": -5,
    "cdt": -5,
    "cst": -6,
    "mdt": -6,
    "mst": -7,
    "pdt": -7,
    "pst": -8,
}


def parse_date(text: str, zone: str) -> tuple[datetime | None, bool]:
    """The moment in UTC, and whether the text gave a date alone.

    RFC 822 and ISO 8601 in the forms that feeds have, and "May 1, 2031 6:00 PM". A time without a
    zone is in `zone` (a zoneinfo name); a date alone is the end of that day there. None where
    the text is no such date.

    >>> parse_date("Thu, 01 May 2031 06:00:00 +0330", "UTC")
    (datetime.datetime(2031, 5, 1, 2, 30, tzinfo=datetime.timezone.utc), False)
    >>> parse_date("2031-05-01", "Asia/Tokyo")
    (datetime.datetime(2031, 5, 1, 14, 59, 59, tzinfo=datetime.timezone.utc), True)
    """
    text = " ".join(text.split())
    try:
        if ISO_DAY.fullmatch(text):
            return _end_of_day(datetime.fromisoformat(text), zone), True
        if ISO.fullmatch(text):
            return _in_utc(_iso(text), zone), False
        if parts := RFC_822.fullmatch(text) or MONTH_FIRST.fullmatch(text):
            fields = parts.groupdict()
            day = _day(fields["day"], fields["month"], fields["year"])
            if not fields.get("clock"):
                return _end_of_day(day, zone), True
            clock = time.fromisoformat(fields["clock"].zfill(5 if len(fields["clock"]) < 6 else 8))
            if fields["half"] and clock.hour <= 12:  # some write "15:30 PM"
                afternoon = fields["half"][0] in "pP"
                clock = clock.replace(hour=clock.hour % 12 + 12 * afternoon)
            stated = datetime.combine(day, clock, _offset(fields["zone"] or ""))
            return _in_utc(stated, zone), False
    except (ValueError, OverflowError):
        pass
    return None, False


def _iso(text: str) -> datetime:
    # "2031-05-01 06:00:00 +0000" and a zone in letters are no ISO 8601, but feeds have them.
    stem, _, last = text.rpartition(" ")
    if last.lower() in {"utc", "gmt"}:
        text = stem + "Z"
    elif last[:1] in {"+", "-"}:
        text = stem + last
    return datetime.fromisoformat(text.upper())


def _day(day: str, month: str, year: str) -> datetime:
    number = MONTHS.index(month[:3].lower()) + 1
    century = 0 if len(year) == 4 else 2000 if int(year) < 69 else 1900
    return datetime(century + int(year), number, int(day))  # noqa: DTZ001 — its zone comes later


def _offset(zone: str) -> timezone | None:
    digits = re.sub(r"\D", "", zone)
    if digits:
        span = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
        return timezone(-span if "-" in zone else span)
    hours = ZONES.get(zone.lower())
    return None if hours is None else timezone(timedelta(hours=hours))


def _in_utc(stated: datetime, zone: str) -> datetime:
    if stated.tzinfo is None:
        stated = stated.replace(tzinfo=ZoneInfo(zone))
    return stated.astimezone(UTC)


def _end_of_day(day: datetime, zone: str) -> datetime:
    return _in_utc(datetime.combine(day, time(23, 59, 59)), zone)
