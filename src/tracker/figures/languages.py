"""The table of languages: a code, and the lexicon that reads it."""

from collections.abc import Mapping
from typing import Final

from tracker.figures.english import ENGLISH
from tracker.figures.lexicon import Lexicon

LANGUAGES: Final[Mapping[str, Lexicon]] = {"en": ENGLISH}


def lexicon_of(language: str) -> Lexicon | None:
    """The lexicon of an ISO 639-1 code; a region after it ("en-GB") is ignored."""
    return LANGUAGES.get(language.strip().lower().replace("_", "-").split("-")[0])
