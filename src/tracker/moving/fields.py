"""The fields of facts as JSON holds them: what may stand in each, checked value by value.

A check gives back the value as the log writes it, or raises `ValueError` with what is wrong and
what to do. Files hold millions of lines, so there is a plain function for each kind of field.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, Field, fields
from datetime import UTC, date, datetime
from enum import StrEnum
from functools import cache
from types import UnionType
from typing import Any, Final, get_args, get_type_hints

from tracker.errors import did_you_mean
from tracker.events import TYPES
from tracker.model import MOST_PEOPLE, Rank, utc_text

Check = Callable[[Any], Any]

LARGEST: Final = 2**53 - 1
"""Above this, programs that read JSON disagree about an integer."""

PEOPLE: Final = frozenset({"low", "high"})
"""Fields that count people."""

_IN_UTC: Final = re.compile(r"[0-9]{4}(?:-[0-9]{2}){2}T[0-9]{2}(?::[0-9]{2}){2}(\.[0-9]{6})?Z")
_COMMITMENT: Final = re.compile(r"[0-9a-f]{64}")


def text(value: Any) -> str:
    if type(value) is not str:
        raise ValueError(f"{shown(value)} is no text")
    return value


def name(value: Any) -> str:
    """A text that names something."""
    if type(value) is not str or not value.strip():
        raise ValueError(f"{shown(value)} is no name")
    return value


def integer(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= LARGEST:
        raise ValueError(f"{shown(value)} is no whole number from 0 up")
    return value


def people(value: Any) -> int:
    if type(value) is not int or not 0 <= value <= MOST_PEOPLE:
        raise ValueError(f"{shown(value)} is no whole number from 0 to {MOST_PEOPLE:,}")
    return value


def yes_or_no(value: Any) -> bool:
    if type(value) is not bool:
        raise ValueError(f"{shown(value)} is neither true nor false")
    return value


def texts(value: Any) -> list[str]:
    if type(value) is not list or not all(type(each) is str for each in value):
        raise ValueError(f"{shown(value)} is no list of texts")
    return value


def day(value: Any) -> str:
    try:
        if date.fromisoformat(value).isoformat() == value:
            return str(value)
    except (TypeError, ValueError):
        pass
    raise ValueError(f"{shown(value)} is no date: write it like 2031-05-01")


def moment(value: Any) -> str:
    """A moment with a zone, in whichever way ISO 8601 allows, as the log writes it."""
    try:
        read = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError(f"{shown(value)} is no time: write it like 2031-05-01T13:00Z") from None
    in_utc = _IN_UTC.fullmatch(value)
    if in_utc:
        return value if in_utc[1] else f"{value[:19]}.000000Z"
    if read.tzinfo is None:
        raise ValueError(f"{shown(value)} has no zone: add Z for UTC, or +03:30")
    try:
        return utc_text(read)
    except OverflowError:
        raise ValueError(f"{shown(value)} is before the year 1 or after 9999 in UTC") from None


def written_moment(value: Any) -> str:
    """A moment in the one form in which the log writes it."""
    if moment(value) != value:
        raise ValueError(f"{shown(value)} is not how a log writes a time: {moment(value)}")
    return str(value)


def commitment_to_words(value: Any) -> str:
    if type(value) is not str or not _COMMITMENT.fullmatch(value):
        raise ValueError(f"{shown(value)} is no commitment to words: 64 hex digits")
    return value


def one_of(known: Iterable[str]) -> Check:
    """The check that a value is one of these; for another, the nearest is offered."""
    names = dict.fromkeys(map(str, known))

    def check(value: Any) -> str:
        if type(value) is not str or value not in names:
            raise ValueError(f"unknown value {shown(value)}{did_you_mean(str(value), names)}")
        return value

    return check


def checked(given: Mapping[str, Any], checks: Mapping[str, Check]) -> dict[str, Any]:
    """What is given and says something, each value by the check of its name."""
    try:
        return {each: checks[each](value) for each, value in given.items() if value is not None}
    except (KeyError, ValueError):
        # Which one it was is looked for only now: the loop above is where an import spends time.
        for field, value in given.items():
            if field not in checks:
                raise ValueError(f"no field {field!r}{did_you_mean(field, checks)}") from None
            if value is not None:
                try:
                    checks[field](value)
                except ValueError as error:
                    raise ValueError(f"{field}: {error}") from None
        raise


def shown(value: Any) -> str:
    """A value in a message: as it is, if it is short."""
    written = repr(value)
    return written if len(written) <= 60 else f"{written[:57]}…"


@cache
def checks_of(kind: str) -> dict[str, Check]:
    """For each field of a type of fact how it is checked, as the log holds it."""
    made = TYPES[kind]
    hints = get_type_hints(made)
    return {
        each.name: commitment_to_words
        if each.name in made.WORDS
        else _check_of(each, hints[each.name])
        for each in fields(made)
    }


@cache
def required_of(kind: str) -> tuple[str, ...]:
    """The fields of a type of fact that are always there."""
    return tuple(each.name for each in fields(TYPES[kind]) if each.default is MISSING)


def _check_of(field: Field[Any], hint: Any) -> Check:
    if isinstance(hint, UnionType):
        hint = next(part for part in get_args(hint) if part is not type(None))
    if field.name in PEOPLE:
        return people
    if hint is Rank:
        return one_of(each.label for each in Rank)
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return one_of(hint)
    return _PLAIN[hint]


_PLAIN: Final[dict[Any, Check]] = {
    str: text,
    int: integer,
    bool: yes_or_no,
    date: day,
    datetime: written_moment,
    tuple[str, ...]: texts,
}


def end_of_day(value: Any) -> str:
    """As `moment`; a date alone is the end of that day in UTC."""
    if type(value) is str and len(value) == 10:
        try:
            whole_day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return utc_text(datetime.combine(whole_day, datetime.max.time(), UTC))
    return moment(value)
