"""Facts as they are written and read back, in every shape in which they ever were."""

import json
from dataclasses import MISSING, fields, replace
from pathlib import Path
from typing import Any, Final

import pytest

from builders import NOON, figure, opened, reread, set_aside, withdrawn
from tracker.decoding import decode
from tracker.encoding import encode, event_id, to_json
from tracker.events import TYPES, Fact, ReportRedacted
from tracker.model import Rank

SAMPLES: Final[list[dict[str, Any]]] = [
    json.loads(line)
    for line in (Path(__file__).parent / "samples.jsonl").read_text("utf-8").splitlines()
]
"""Stored events: what was written, the words that stood beside it, and every field of the fact.

A shape that is written no longer stays here for good, since logs hold it for good.
"""

FACTS: Final[tuple[Fact, ...]] = (
    opened(),
    opened(place="", title=""),
    figure(12, issuer="the harbour office", issuer_id="harbour", issuer_rank=Rank.OFFICIAL),
    figure(None, title="", quote=None, text=None),
    figure(0, scope="", word="", url="", issuer_rank=Rank.UNVERIFIED),
    withdrawn(figure(12)),
    reread(figure(12), figure(13)),
    set_aside(figures=()),
    ReportRedacted(
        events=(event_id(figure(12)),),
        source="wire",
        report="report-12",
        reason="the family asked for it",
        effective_at=NOON,
        observed_at=NOON,
    ),
)


def every_field(fact: Fact) -> dict[str, Any]:
    """The fact as JSON, with what says nothing too."""
    data, words = encode(fact)
    defaults = {each.name: each.default for each in fields(fact)}
    silent = {name: None if value is MISSING else value for name, value in defaults.items()}
    return json.loads(to_json(silent | data | words))  # type: ignore[no-any-return] # an object


@pytest.mark.parametrize("sample", SAMPLES, ids=lambda each: f"{each['type']} {each['shape']}")
def test_every_shape_that_was_ever_written_is_read(sample: dict[str, Any]) -> None:
    """And says today what it said then."""
    fact = decode(sample["type"], dict(sample["data"]), sample["words"])
    assert every_field(fact) == sample["says"]


@pytest.mark.parametrize("kind", TYPES)
def test_the_newest_sample_of_a_type_is_what_is_written_today(kind: str) -> None:
    """Whoever changes a shape adds a sample, and an upcaster for the ones before."""
    newest = max((each for each in SAMPLES if each["type"] == kind), key=lambda each: each["shape"])
    data, words = encode(decode(kind, dict(newest["data"]), newest["words"]))
    assert words == newest["words"]
    assert list(data) + list(words) == list(newest["data"])


@pytest.mark.parametrize("fact", FACTS, ids=lambda each: each.TYPE)
def test_a_fact_comes_back_as_it_was_written(fact: Fact) -> None:
    data, words = encode(fact)
    assert decode(fact.TYPE, json.loads(to_json(data)), words) == fact


def test_what_says_nothing_is_not_written() -> None:
    """Unless it must be said: an incident without a place has no place."""
    data, words = encode(figure(12, high=None, word=None, url="", replaces=(), issuer=None))
    assert not {"high", "word", "url", "replaces", "scope"} & set(data)
    assert "issuer" not in words
    assert encode(opened(place=""))[0]["place"] == ""


def test_words_that_are_gone_come_back_as_none() -> None:
    data, words = encode(figure(12))
    assert decode("figure.reported", data, {**words, "quote": None}) == replace(
        figure(12), quote=None
    )


@pytest.mark.parametrize(
    ("kind", "change"),
    [
        ("figure.imagined", {}),
        ("figure.reported", {"measure": "imagined"}),
        ("figure.reported", {"published_at": "yesterday"}),
        ("figure.reported", {"unheard_of": 1}),
        ("figure.reported", {"source_rank": "king"}),
    ],
)
def test_what_this_version_does_not_know_is_never_guessed_at(
    kind: str, change: dict[str, Any]
) -> None:
    data, words = encode(figure(12))
    with pytest.raises((KeyError, TypeError, ValueError)):
        decode(kind, {**data, **change}, words)


def test_an_event_without_a_field_that_must_be_there_is_refused() -> None:
    data, words = encode(figure(12))
    del data["measure"]
    with pytest.raises(KeyError, match="measure"):
        decode("figure.reported", data, words)


def test_json_is_written_in_one_form() -> None:
    """Byte for byte as the standard library would, so that anybody can make a hash again."""
    document = {"é": ["\u2028 “x”\n\t\x1f\x7f\\/", 1, None, True], "n": (10**12, figure(1).measure)}
    written = json.dumps(document, ensure_ascii=False, separators=(",", ":")).encode()
    assert to_json(document) == written
