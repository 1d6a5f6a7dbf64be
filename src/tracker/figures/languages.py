"""The languages that are read: a file of words each, and `lexicon_of` to get one.

A new language is one file in `lexicons/` and one code in `LANGUAGES`.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import MISSING, Field, fields
from functools import cache
from importlib.resources import files
from typing import Any, Final, get_type_hints

from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import Phrases, Words, by_word

LANGUAGES: Final = ("de", "en", "es", "fr", "it", "pt")

_FATES: Final = ("states", "transitive", "closing", "nouns", "tolls", "died_alone", "counts")
_NUMBERS: Final = (
    *("vague", "number_phrases", "articles", "another", "both", "no", "nobody", "his", "the"),
    *("scales", "number_parts"),
)
_SMALL: Final = (
    *("stops", "prepositions", "auxiliaries", "determiners", "adverbs", "of", "it", "his"),
    *("articles", "filler", "relative", "joins"),
)
_SPEAKING: Final = ("say", "deny", "announce", "according", "by")
_TOLLS: Final = ("toll_words", "tolls", "states", "state_phrases")
_SCOPES: Final = ("scope_phrases", "scope_openers", "scope_places")


def lexicon_of(language: str) -> Lexicon | None:
    """The lexicon of an ISO 639-1 code; a region after it ("en-GB") is ignored."""
    code = language.strip().lower().replace("_", "-").split("-")[0]
    return _read(code) if code in LANGUAGES else None


@cache
def _read(code: str) -> Lexicon:
    written = files("tracker.figures").joinpath("lexicons", f"{code}.toml").read_text("utf-8")
    return read_lexicon(tomllib.loads(written))


def read_lexicon(document: Mapping[str, Mapping[str, Any]]) -> Lexicon:
    """The lexicon of a language's file: its sections parted for the eye alone.

    Raises:
        ValueError: a key that is unknown or given twice, or missing and without a default.
        KeyError: a measure, qualifier or rank that does not exist.
    """
    told = [(name, value) for section in document.values() for name, value in section.items()]
    tables = dict(told)
    readers = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(Lexicon, include_extras=True).items()
        if hint.__metadata__[0] is not None
    }
    needed = readers.keys() - {each.name for each in fields(Lexicon) if _has_default(each)}
    wrong = sorted(
        (needed - tables.keys())
        | (tables.keys() - readers.keys())
        | _twice([name for name, _ in told])
    )
    if wrong:
        raise ValueError(f"missing, unknown or given twice: {', '.join(wrong)}")
    values = {name: readers[name](written) for name, written in tables.items()}
    values["people"] |= values["one_person"]
    return Lexicon(**values, **_made(values))


def _has_default(each: Field[Any]) -> bool:
    return each.default is not MISSING or each.default_factory is not MISSING


def _twice(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _heads(values: Mapping[str, Any]) -> Words:
    if not values["capital_nouns"]:
        return frozenset()
    tables = ("people", "attackers", "nouns", "not_people", "loose_speakers")
    offices = {word for phrase, _, _ in values["offices"] for word in phrase}
    return frozenset(offices.union(*(values[name] for name in tables)))


def _made(values: Mapping[str, Any]) -> dict[str, Any]:
    """The tables that are made of others, so that a sentence is passed over at a glance."""
    phrases = [
        *(phrase for rows in values["state_phrases"].values() for phrase, _ in rows),
        *_phrases(*values["object_phrases"].values()),
    ]
    small = _words_of(values, _SMALL)
    told_before = _phrases(values["include"], values["compared"], values.get("telling", {}))
    return {
        "heads": _heads(values),
        "office_names": by_word([name for name, _, _ in values["offices"]], 0),
        "cues": _words_of(values, _FATES)
        | {_telling(phrase, small) for phrase in phrases}
        | (values["victims"] & values["one_person"]),
        "weak_cues": _words_of(values, ("it", "weekdays", "contrast", "confirming"))
        | {max(phrase, key=len) for phrase in told_before},
        "openers_of_numbers": _words_of(values, _NUMBERS),
        "openers_of_speakers": _words_of(values, _SPEAKING),
        "openers_of_scopes": _words_of(values, _SCOPES),
        "openers_of_tolls": _words_of(values, _TOLLS),
        "openers_of_tails": _keys_of(values["tails"]),
        "enders_of_hedges": _keys_of(values["hedges"]),
        "enders_of_objects": _keys_of(values["object_phrases"]),
        "after_the": _words_of(
            values,
            ("one_person", "attackers", "ordinals", "person_nouns", "couples", "ranks", "sole"),
        ),
    }


def _words_of(values: Mapping[str, Any], names: tuple[str, ...]) -> Words:
    return frozenset(word for name in names for word in values.get(name, ()))


def _telling(phrase: tuple[str, ...], small: Words) -> str:
    """The word without which the phrase cannot stand, and that few other sentences hold."""
    return max(phrase, key=lambda word: (word not in small, len(word)))


def _keys_of(tables: Mapping[Any, Phrases]) -> Words:
    return frozenset(word for table in tables.values() for word in table)


def _phrases(*tables: Phrases) -> list[tuple[str, ...]]:
    return [phrase for table in tables for listed in table.values() for phrase in listed]
