"""What a text is about: the words in it that not every report of a toll has.

The common words of a language are those of its lexicon, which tell a toll whatever it is of. What
is left are happenings (a ferry, a flood) and names. Which reports belong together is decided in
`groups.py`.
"""

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from functools import cache, lru_cache
from typing import Final, NamedTuple

from tracker.figures.languages import lexicon_of
from tracker.figures.tables import Words
from tracker.incidents.match import folded

LOOKED_AT: Final = 4_000
"""Characters of each part of a report by which its topic is told, however long it is."""

LETTERS: Final = 3
"""A shorter word tells nothing."""

CAPITALS: Final = 0.7
"""Of the words of a headline: where more have a capital, a capital tells no name."""

_WORD: Final = re.compile(
    r"((?:^|[.!?:…\n–—-]\s*)[\s\"“”„«»‘'(]*)?"  # noqa: RUF001 — what a sentence may open with
    rf"([^\W\d_]{{{LETTERS},}})"
)
_CAPITALS: Final = re.compile(
    rf"[^\W\d_a-zß-öø-ÿ][^\W\d_]{{{LETTERS - 1},}}"
    rf"(?:[ -][^\W\d_a-zß-öø-ÿ][^\W\d_]{{{LETTERS - 1},}})*"
)
"""Words that follow each other, each with a capital; a rare small letter is sorted out later."""


@dataclass(frozen=True, slots=True)
class Text:
    """What is kept of a report: its language, and its parts, each a headline or paragraphs."""

    language: str
    parts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Topic:
    """The telling words of a report, folded and in order, and those of them that name something."""

    words: tuple[str, ...] = ()
    names: frozenset[str] = frozenset()
    whole: frozenset[str] = frozenset()
    """The names as they stand in the text, words together: "cape lorn"."""


@dataclass(frozen=True, slots=True)
class _Seen:
    """How the telling words of one report are written in it: small, with a capital, or with one
    that any word would have there.
    """

    small: set[str]
    named: set[str]
    opening: set[str]
    happenings: Words


class _Known(NamedTuple):
    """Words of a language: those of any report, and those for what happens."""

    common: Words
    happenings: Words


def topics(texts: Sequence[Text]) -> list[Topic]:
    """What each of these is about. What is a name is told by how all of them write the word."""
    seen = [_seen(each) for each in texts]
    small = Counter(word for each in seen for word in each.small)
    named = Counter(word for each in seen for word in each.named)
    return [_topic(*each, small, named) for each in zip(texts, seen, strict=True)]


def happenings(language: str) -> Words:
    """The language's words for what happens and to what: "flood", "ferry"; folded."""
    return _known(language).happenings


def _topic(text: Text, seen: _Seen, small: Mapping[str, int], named: Mapping[str, int]) -> Topic:
    capital = (seen.named | seen.opening) - seen.happenings
    names = {word for word in capital if named[word] > small[word]}
    # Where nothing else names anything, what a text opens with may.
    names = names or {word for word in capital if not small[word]}
    words = tuple(sorted(seen.small | seen.named | seen.opening))
    return Topic(words, frozenset(names), frozenset(_whole(text, names)) if names else frozenset())


def _whole(text: Text, names: set[str]) -> Iterator[str]:
    for part in text.parts:
        for capitals in _CAPITALS.findall(part[:LOOKED_AT]):
            name: list[str] = []
            for word in [*re.split("[ -]", capitals), ""]:
                low, _ = _read(word, text.language)
                if low in names:
                    name.append(low)
                elif name:
                    yield " ".join(name)
                    name = []


def _seen(text: Text) -> _Seen:
    language = text.language
    seen = _Seen(set(), set(), set(), happenings(language))
    for part in text.parts:
        found = set(_WORD.findall(part[:LOOKED_AT]))
        shouted = sum(word[0].isupper() for _, word in found) > CAPITALS * len(found)
        for opening, word in found:
            low, capital = _read(word, language)
            if not capital:
                seen.small.add(low)
            elif opening or shouted:
                seen.opening.add(low)
            else:
                seen.named.add(low)
    seen.small.discard("")
    return seen


@lru_cache(maxsize=200_000)
def _read(word: str, language: str) -> tuple[str, bool]:
    """The word folded, and whether it has a capital that could name; "" where it tells nothing.

    Initials (of an agency, a channel) name nothing that has happened.
    """
    low = folded(word)
    if low in _known(language).common:
        return "", False
    return low, not (word.islower() or word.isupper())


@cache
def _known(language: str) -> _Known:
    lexicon = lexicon_of(language)
    if lexicon is None:
        return _Known(frozenset(), frozenset())
    every = (_words_in(getattr(lexicon, each.name)) for each in fields(lexicon))
    common = {folded(word) for word in {word for found in every for word in found}}
    happened = frozenset(map(folded, lexicon.not_people))
    return _Known(frozenset(common - happened), happened)


def _words_in(value: object) -> Iterator[str]:
    """The words of a table of a lexicon, whatever its shape."""
    if isinstance(value, str):
        yield from (word for _, word in _WORD.findall(value))
    elif isinstance(value, Mapping):
        for key, each in value.items():
            yield from _words_in(key)
            yield from _words_in(each)
    elif isinstance(value, frozenset | tuple | list):
        for each in value:
            yield from _words_in(each)
