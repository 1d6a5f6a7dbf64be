"""The file of a language to its tables: how each kind of value is written there.

What the tables mean is in `lexicon.py`.
"""

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Annotated, Any, TypeVar

from tracker.model import Measure, Move, Qualifier, Rank

Words = frozenset[str]
Phrases = Mapping[str, tuple[tuple[str, ...], ...]]
"""Phrases by their first or last word, the longest first."""
StatePhrases = Mapping[str, tuple[tuple[tuple[str, ...], Measure], ...]]
"""Phrases by their first word, the longest first, each with what it counts."""
NumberPhrases = Mapping[str, tuple[tuple[tuple[str, ...], int], ...]]
"""Phrases by their first word, the longest first, each with its number."""
Offices = tuple[tuple[tuple[str, ...], str, Rank], ...]
"""Words of an office, the id of the issuer, its rank; the first that a text holds wins."""
_Value = TypeVar("_Value")


@cache
def union(*tables: Words) -> Words:
    """All words of the tables; made once for each combination."""
    return frozenset[str]().union(*tables)


def plain(value: Any) -> Any:
    """A value that is written as it is used."""
    return value


def row(text: str) -> tuple[str, ...]:
    """The words of a blank-separated list, in their order."""
    return tuple(text.split())


def words(text: str) -> Words:
    """The words of a blank-separated list."""
    return frozenset(text.split())


def counts(table: Mapping[str, int]) -> Mapping[str, int]:
    """Words with a number each."""
    return dict(table)


def ranked(text: str) -> Mapping[str, int]:
    """The ordinals from "second" on; a bar parts the forms of one: "segundo|segunda"."""
    return {
        form: rank for rank, forms in enumerate(text.split(), start=2) for form in forms.split("|")
    }


def weekdays(text: str) -> Mapping[str, int]:
    """The days from Monday on; a bar parts the forms of one."""
    return {form: day for day, forms in enumerate(text.split()) for form in forms.split("|")}


def openers(text: str) -> Phrases:
    """The phrases of a comma-separated list, by their first word."""
    return by_word(_phrases(text), 0)


def endings(text: str) -> Phrases:
    """The phrases of a comma-separated list, by their last word."""
    return by_word(_phrases(text), -1)


def endings_of_qualifiers(table: Mapping[str, str]) -> Mapping[Qualifier, Phrases]:
    return {Qualifier(kind): endings(text) for kind, text in table.items()}


def openers_of_qualifiers(table: Mapping[str, str]) -> Mapping[Qualifier, Phrases]:
    return {Qualifier(kind): openers(text) for kind, text in table.items()}


def endings_of_measures(table: Mapping[str, str]) -> Mapping[Measure, Phrases]:
    return {Measure(measure): endings(text) for measure, text in table.items()}


def kinds(table: Mapping[str, str]) -> Mapping[str, Measure]:
    """For each measure its words, to each word its measure."""
    return {word: Measure(measure) for measure, text in table.items() for word in text.split()}


def moves(table: Mapping[str, str]) -> Mapping[str, Move]:
    """The words of up and of down, to each its direction."""
    return {word: Move(move) for move, text in table.items() for word in text.split()}


def state_phrases(table: Mapping[str, str]) -> StatePhrases:
    """For each measure its comma-separated phrases."""
    return _with(
        (phrase, Measure(measure)) for measure, text in table.items() for phrase in _phrases(text)
    )


def number_phrases(table: Mapping[str, int]) -> NumberPhrases:
    return _with((tuple(phrase.split()), number) for phrase, number in table.items())


def named(table: Mapping[str, str]) -> Mapping[str, str]:
    """For each name its words, to each word the name."""
    return {word: name for name, text in table.items() for word in text.split()}


def offices(table: Mapping[str, Mapping[str, str]]) -> Offices:
    """By rank, for each issuer the comma-separated phrases that name it."""
    return tuple(
        (phrase, issuer, Rank[rank.upper()])
        for rank, issuers in table.items()
        for issuer, text in issuers.items()
        for phrase in _phrases(text)
    )


def _phrases(text: str) -> list[tuple[str, ...]]:
    return [tuple(phrase.split()) for phrase in text.split(",") if phrase.strip()]


def by_word(listed: Iterable[tuple[str, ...]], place: int) -> Phrases:
    """Phrases by their word at a place, the longest first."""
    table: dict[str, list[tuple[str, ...]]] = {}
    for phrase in listed:
        table.setdefault(phrase[place], []).append(phrase)
    return {key: tuple(sorted(value, key=len, reverse=True)) for key, value in table.items()}


def _with(
    listed: Iterable[tuple[tuple[str, ...], _Value]],
) -> Mapping[str, tuple[tuple[tuple[str, ...], _Value], ...]]:
    table: dict[str, list[tuple[tuple[str, ...], _Value]]] = {}
    for phrase, value in listed:
        table.setdefault(phrase[0], []).append((phrase, value))
    return {
        key: tuple(sorted(rows, key=lambda each: len(each[0]), reverse=True))
        for key, rows in table.items()
    }


Listed = Annotated[Words, words]
"""Words parted by blanks."""
Openers = Annotated[Phrases, openers]
"""Phrases parted by commas, looked up by their first word."""
Endings = Annotated[Phrases, endings]
"""Phrases parted by commas, looked up by their last word."""
Kinds = Annotated[Mapping[str, Measure], kinds]
"""For each measure its words, parted by blanks."""
