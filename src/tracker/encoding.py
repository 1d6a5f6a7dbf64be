"""Facts as they are written: JSON, the words from outside beside it, and the id of a fact.

How they are read back is in `decoding.py`, so that queries start without what is imported here.
"""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import MISSING, fields
from datetime import date, datetime
from functools import cache
from operator import attrgetter
from typing import Any, NamedTuple

import orjson

from tracker.events import TYPES, Fact, FigureReported
from tracker.model import Rank, utc_text


def to_json(document: object) -> bytes:
    """The one written form of a JSON document: UTF-8, without spaces, in the order given.

    Raises:
        ValueError: a text in it holds half a character, which no UTF-8 can say.
    """
    try:
        return orjson.dumps(document)
    except orjson.JSONEncodeError as error:
        raise ValueError(f"a text holds half a character: {error}") from error


def event_id(fact: Fact) -> str:
    """Twenty hex digits that depend on the fact's key alone: the same fact, the same id."""
    return hashlib.sha256(to_json(fact.key)).hexdigest()[:20]


def figure_id(data: Mapping[str, Any]) -> str:
    """`event_id` of a figure as it is written: the same, without the fact."""
    get = data.get
    key = (
        FigureReported.TYPE,
        data["source"],
        data["published_at"],
        data["report"],
        data["version"],
        data["measure"],
        get("scope"),
        data["role"],
        get("low"),
        get("high"),
        data["qualifier"],
        get("word"),
        data["occurrence"],
    )
    return hashlib.sha256(orjson.dumps(key)).hexdigest()[:20]


def encode(fact: Fact) -> tuple[dict[str, Any], dict[str, str]]:
    """The fact as a JSON object without the words from outside, and those words by field.

    What says nothing is left out of the object: a field with its default.
    """
    plan = _plan(fact.TYPE)
    data = {
        name: value
        for name, value, default in zip(plan.names, plan.values(fact), plan.defaults, strict=True)
        if value or value != default
    }
    for name, write in plan.writers:
        if name in data:
            data[name] = write(data[name])
    words = {}
    for name in fact.WORDS:
        said = getattr(fact, name)
        if said is not None:
            words[name] = said
    return data, words


class _Plan(NamedTuple):
    """How facts of a type are taken apart, words from outside apart."""

    names: tuple[str, ...]
    values: Callable[[Fact], tuple[Any, ...]]
    defaults: tuple[object, ...]
    """All of them empty, or `MISSING`: what holds something is written in any case."""
    writers: tuple[tuple[str, Callable[[Any], object]], ...]


@cache
def _plan(kind: str) -> _Plan:
    made = TYPES[kind]
    own = [each for each in fields(made) if each.name not in made.WORDS]
    defaults = tuple(each.default for each in own)
    assert all(each is MISSING or not each for each in defaults)  # noqa: S101 — see `_Plan`
    names = tuple(each.name for each in own)
    writers = ((each.name, _writer(each.type)) for each in own)
    return _Plan(
        names,
        attrgetter(*names),
        defaults,
        tuple((name, write) for name, write in writers if write),
    )


def _writer(hint: object) -> Callable[[Any], object] | None:
    """How a value is written that JSON has no type for; None where it is written as it is."""
    if hint is datetime:
        return utc_text
    if hint is date:
        return date.isoformat
    if hint in (Rank, Rank | None):
        return _label
    return None


def _label(rank: Rank) -> str:
    return rank.label
