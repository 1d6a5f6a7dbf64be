"""Whole events as lines: one JSON object each, from which a log can be restored bit by bit.

Position, version and hash are not in a line: they follow from the order of the lines.
"""

from typing import Any, Final

import orjson

from tracker.decoding import UPCASTERS, decode
from tracker.encoding import event_id, figure_id, to_json
from tracker.errors import did_you_mean
from tracker.events import TYPES, FigureReported
from tracker.moving.fields import (
    checked,
    checks_of,
    name,
    required_of,
    shown,
    text,
    written_moment,
)
from tracker.store.batch import Words, Written
from tracker.store.chain import SALT, Stored, commitment

KEYS: Final = ("stream", "type", "id", "recorded_at", "data", "words")

UPGRADE: Final = "install the version that wrote it"


def line_of(stored: Stored, words: Words) -> bytes:
    """The line of an event, with its end."""
    document: dict[str, Any] = {
        "stream": stored.stream,
        "type": stored.type,
        "id": stored.id,
        "recorded_at": stored.recorded_at,
        # As it is stored, to the byte: its hash is made over that.
        "data": orjson.Fragment(stored.data),
    }
    if words:
        document["words"] = {field: (salt.hex(), said) for field, (salt, said) in words.items()}
    return to_json(document) + b"\n"


def event_of(document: dict[str, Any]) -> Written:
    """The event of a line's JSON object (which is used up).

    Raises:
        ValueError: it is none; the text says why, and what to do.
    """
    said = document.pop("words", {})
    if len(document) != len(KEYS) - 1 or not all(key in document for key in KEYS[:-1]):
        _complain_of_keys(document)
    kind, data = document["type"], document["data"]
    if type(kind) is not str or kind not in TYPES:
        raise ValueError(f"no events of type {shown(kind)} are known: {UPGRADE}")
    if type(data) is not dict:
        raise ValueError(f"data: {shown(data)} is no object")
    return Written(
        stream=_field("stream", name, document),
        type=kind,
        id=_checked_id(kind, data, _field("id", text, document)),
        recorded_at=_field("recorded_at", written_moment, document),
        data=data,
        words=_words(kind, data, said),
    )


def _complain_of_keys(document: dict[str, Any]) -> None:
    for key in document:
        if key not in KEYS:
            raise ValueError(f"no key {key!r} is known{did_you_mean(key, KEYS)}: {UPGRADE}")
    for key in KEYS[:-1]:
        if key not in document:
            raise ValueError(f"{key!r} is missing: a whole event has it")


def _field(key: str, check: Any, document: dict[str, Any]) -> str:
    try:
        return str(check(document[key]))
    except ValueError as error:
        raise ValueError(f"{key}: {error}") from None


def _checked_id(kind: str, data: dict[str, Any], made: str) -> str:
    """The id, where the data can be decoded and the id is that of the fact."""
    brought = UPCASTERS[kind](data) if kind in UPCASTERS else data
    try:
        checked(brought, checks_of(kind))
    except ValueError as error:
        if str(error).startswith("no field"):
            raise ValueError(f"data has {error}: {UPGRADE}") from None
        raise ValueError(f"data.{error}") from None
    for field in required_of(kind):
        if brought.get(field) is None:
            raise ValueError(f"data.{field} is missing")
    if kind == FigureReported.TYPE:
        low, high = data.get("low"), data.get("high")
        if low is not None and high is not None and low > high:
            raise ValueError(f"data: low ({low}) is above high ({high})")
        own = figure_id(data)
    else:
        own = event_id(decode(kind, dict(data), {}))
    if own != made:
        raise ValueError(
            f"id: {shown(made)} is not that of its data, which is {own}: the line was changed"
        )
    return made


def _words(kind: str, data: dict[str, Any], said: Any) -> Words:
    if type(said) is not dict:
        raise ValueError(f"words: {shown(said)} is no object")
    words = {}
    for field, pair in said.items():
        if field not in TYPES[kind].WORDS:
            raise ValueError(f"words.{field}: an event of type {kind} has none: {UPGRADE}")
        try:
            salt, each = pair
            salt = bytes.fromhex(salt)
            made = commitment(salt, each)
        except (AttributeError, TypeError, ValueError):
            raise ValueError(f"words.{field} is not salt (in hex) and words") from None
        if len(salt) != SALT:
            raise ValueError(f"words.{field}: a salt has {2 * SALT} hex digits")
        if made != data.get(field):
            raise ValueError(
                f"words.{field}: these are not the words that the event commits to: the line was "
                "changed"
            )
        words[field] = salt, each
    return words
