"""The languages that are read: a file of words each, and `lexicon_of` to get one.

A new language is one file in `lexicons/` and one code in `LANGUAGES`.
"""

import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, Final, get_type_hints

from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import Words

LANGUAGES: Final = ("en",)


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
        ValueError: a key that is missing, unknown or given twice.
        KeyError: a measure, qualifier or rank that does not exist.
    """
    told = [(name, value) for section in document.values() for name, value in section.items()]
    tables = dict(told)
    readers = {
        name: hint.__metadata__[0]
        for name, hint in get_type_hints(Lexicon, include_extras=True).items()
        if hint.__metadata__[0] is not None
    }
    wrong = sorted((tables.keys() ^ readers.keys()) | _twice([name for name, _ in told]))
    if wrong:
        raise ValueError(f"missing, unknown or given twice: {', '.join(wrong)}")
    values = {name: read(tables[name]) for name, read in readers.items()}
    values["people"] |= values["one_person"]
    return Lexicon(**values, cues=_cues(values))


def _twice(names: list[str]) -> set[str]:
    return {name for name in names if names.count(name) > 1}


def _cues(values: Mapping[str, Any]) -> Words:
    """Every word of fates and tolls, and of the phrases that bind a number without one."""
    tables = [
        *(values[name] for name in ("states", "state_phrases", "transitive", "nouns", "tolls")),
        *(values[name] for name in ("include", "compared", "counts")),
        *values["object_phrases"].values(),
    ]
    return frozenset(word for table in tables for word in table)
