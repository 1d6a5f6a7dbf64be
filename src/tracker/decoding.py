"""Facts as they are read back: JSON, the words from outside beside it, and older shapes.

How they are written is in `encoding.py`.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from enum import StrEnum
from functools import cache
from operator import itemgetter
from types import UnionType
from typing import Any, Final, NamedTuple, get_args

from tracker.events import TYPES, Fact, IncidentOpened
from tracker.model import Rank

_Put = Callable[[Fact, Any], None]
_Read = Callable[[Any], Any]


def decode(kind: str, data: dict[str, Any], words: Mapping[str, str | None]) -> Fact:
    """The fact that was written as this JSON object (which is used up) and these words.

    A field that the object leaves out says nothing: it has its default. Words that are gone come
    back as None. Objects of a shape that is no longer written are brought up to date first.

    Raises:
        KeyError, ValueError: a type, field or value that this version does not know, or a field
            that is missing.
    """
    made = TYPES[kind]
    if kind in UPCASTERS:
        data = UPCASTERS[kind](data)
    plan = _plan(kind)
    for name, read in plan.readers:
        value = data.get(name)
        if value is not None:
            data[name] = read(value)
    values = {**plan.defaults, **data}
    for name in made.WORDS:
        values[name] = words.get(name)
    if len(values) > len(plan.put):
        raise KeyError(f"{kind} has unknown fields: {', '.join(sorted(data.keys() - plan.names))}")
    # Field by field past the constructor, which takes three times as long to find its arguments.
    fact = made.__new__(made)
    for put, value in zip(plan.put, plan.values(values), strict=True):
        put(fact, value)
    return fact


def _with_ongoing(data: dict[str, Any]) -> dict[str, Any]:
    """At first nothing said whether an incident goes on, since none did."""
    return {"ongoing": False, **data}


UPCASTERS: Final[dict[str, Callable[[dict[str, Any]], dict[str, Any]]]] = {
    IncidentOpened.TYPE: _with_ongoing,
}
"""For each type of which there is an older shape: what makes today's of it, or leaves it so.

A stored event is never written anew, so whatever was once written is read here for good.
"""


class _Plan(NamedTuple):
    """How facts of a type are put together, field by field."""

    put: tuple[_Put, ...]
    values: Callable[[Mapping[str, Any]], tuple[Any, ...]]
    """The fields' values, in the order of `put`."""
    defaults: dict[str, Any]
    names: frozenset[str]
    readers: tuple[tuple[str, _Read], ...]
    """The fields that JSON has no type for, and how each is read."""


@cache
def _plan(kind: str) -> _Plan:
    made = TYPES[kind]
    every = fields(made)
    readers = ((each.name, _reader(each.type)) for each in every if each.name not in made.WORDS)
    return _Plan(
        tuple(getattr(made, each.name).__set__ for each in every),
        itemgetter(*(each.name for each in every)),
        {each.name: each.default for each in every if each.default is not MISSING},
        frozenset(each.name for each in every),
        tuple((name, read) for name, read in readers if read),
    )


def _reader(hint: Any) -> _Read | None:
    if isinstance(hint, UnionType):
        return _reader(next(part for part in get_args(hint) if part is not type(None)))
    if hint is datetime:
        return datetime.fromisoformat
    if hint is date:
        return date.fromisoformat
    if hint == tuple[str, ...]:
        return tuple
    if hint is Rank:
        return {each.label: each for each in Rank}.__getitem__
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return {each.value: each for each in hint}.__getitem__
    return None
