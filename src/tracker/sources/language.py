"""Where a report's language comes from: its source's setting, what its document says of itself,
else the words.

The model that knows languages by their words comes with `py3langid`. It is loaded (half a second,
100 MB of memory) when the first text has to be looked at, so that nothing else pays for it. Which
languages figures are read in is not decided here.
"""

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from tracker.sources.capture import Unreadable

if TYPE_CHECKING:
    from py3langid.langid import LanguageIdentifier

CODE: Final = re.compile(r"([A-Za-z]{2,3})(?:[-_][A-Za-z0-9]{1,8}){0,4}")
NO_LANGUAGE: Final = frozenset({"mis", "mul", "und", "zxx"})
"""Codes for many languages, for none, and for not knowing."""

LOOKED_AT: Final = 4_000
"""Characters of a text by which its language is told, however long it is."""
LEAST: Final = 0.3
"""Below this probability a language is not known. Above it, one in a hundred phrases of two to
eight words was taken for a language that is read and was not (Galician and Catalan ones, for
Portuguese or Spanish); nearly all whole sentences are far above."""
ENOUGH_LETTERS: Final = 200
"""A text with as many can show that its document says a wrong language …"""
HARDLY: Final = 0.01
"""… if the probability of that one is below this …"""
LIKELY: Final = 0.5
"""… and that of another is at least this. (Sister languages share the rest: Indonesian is found
with 0.6, Malay with 0.4.)"""


def stated_language(*claims: object) -> str:
    """The first of a document's claims that is a language code, as it is written; "" if none is.

    >>> stated_language("{{ lang }}", "pt-BR")
    'pt-BR'
    """
    for claim in claims:
        found = CODE.fullmatch(claim.strip()) if isinstance(claim, str) else None
        if found and found[1].lower() not in NO_LANGUAGE:
            return found[0]
    return ""


def language_of(text: str, *, setting: str = "", said: str = "") -> str:
    """The code of a text's language; "" where it is not known.

    The operator's setting always counts. So does what the document says, unless a text of at
    least 200 letters plainly is in another language (many templates say "en" of everything).
    Where neither says any, the words decide, if they are at all clear.

    Raises:
        Unreadable: there is no room for the model. No text is too odd.
    """
    if setting:
        return setting
    start = text[:LOOKED_AT]
    if said and sum(map(str.isalpha, start)) < ENOUGH_LETTERS:
        return said
    likely = _probabilities(start)
    found = max(likely, key=likely.__getitem__)
    if said:
        primary = re.split("[-_]", said.lower())[0]
        wrong = likely.get(primary, 0.0) < HARDLY and likely[found] >= LIKELY
        return found if wrong and found not in NO_LANGUAGE else said
    return found if likely[found] >= LEAST and found not in NO_LANGUAGE else ""


def _probabilities(text: str) -> dict[str, float]:
    """How likely the text is to be in each language that the model knows, by code."""
    return dict(_model().rank(text))


@cache
def _model() -> "LanguageIdentifier":
    from py3langid.langid import MODEL_FILE, LanguageIdentifier  # noqa: PLC0415 — see above

    try:
        return LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    except OSError as error:
        raise Unreadable(
            "its language cannot be told, since py3langid cannot unpack its model "
            f"({error.strerror}): make room for temporary files, or set `language`"
        ) from None
