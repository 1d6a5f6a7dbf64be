"""The nouns that a toll hangs on: "the death toll", "the number of injured", a mere "it".

How a number is linked to one is read in `tolls.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import read_state_phrase
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, after_of, matches
from tracker.model import Measure

COUNT_REACH: Final = 6
"""How many words after "the number" may tell what it counts."""


@dataclass(frozen=True, slots=True)
class TollNouns:
    """For each token, the last toll noun at or before it, and the last mere "number", "it"."""

    at: tuple[int, ...]
    weak: tuple[int, ...]
    measures: tuple[Measure | None, ...]


def read_toll_nouns(tokens: Tokens, taken: AbstractSet[int], lexicon: Lexicon) -> TollNouns:
    """The toll nouns of a sentence; `taken` are nouns that a number already counts."""
    at: list[int] = []
    weak: list[int] = []
    measures: list[Measure | None] = []
    last = last_weak = count = -1
    aside = 0
    titled = any(token.low == ":" for token in tokens)
    for i, token in enumerate(tokens):
        low = token.low
        counted = count >= 0 and i - count <= COUNT_REACH
        if token.low in lexicon.openers_of_scopes:
            # "The toll, including the missing, stands at 60": no toll of the missing.
            aside = max(aside, i + matches(tokens, i, lexicon.scope_phrases))
        free = i >= aside and i not in taken
        free = free and low in lexicon.openers_of_tolls
        measure = None
        if free:
            measure = _toll_noun(tokens, i, lexicon, counted=counted, titled=titled)
        measures.append(measure)
        if measure is not None:
            last = i
            if low not in lexicon.toll_words:
                count = -1
        if low in lexicon.counts and not _counts_things(tokens, i, lexicon):
            count = last_weak = i
        elif (
            low in lexicon.of
            and i
            and tokens[i - 1].low in union(lexicon.joins, lexicon.that)
            and last_weak >= 0
        ):
            # "The number of dead at 52 and of wounded at 64", "and that of wounded to 64".
            count = i
        elif low in lexicon.it:
            last_weak = i
        elif low == ";":
            count = last = last_weak = -1
        at.append(last)
        weak.append(last_weak)
    return TollNouns(tuple(at), tuple(weak), tuple(measures))


def topic_of(tokens: Tokens, lexicon: Lexicon) -> Measure | None:
    """As in "The death toll is disputed.": what the next sentence may count by "it"."""
    if lexicon.toll_words.isdisjoint(token.low for token in tokens):
        return None
    measures = read_toll_nouns(tokens, frozenset(), lexicon).measures
    return next((measure for measure in measures if measure is not None), None)


def _counts_things(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "the number of homes destroyed": no toll of people."""
    of, the = after_of(tokens, i + 1, lexicon)
    noun = i + 1 + of
    if lexicon.verb_first and the and noun < len(tokens) and not tokens[noun].low.endswith("s"):
        # "Il bilancio del terremoto": the toll of a happening.
        return False
    return of > 0 and noun < len(tokens) and tokens[noun].low in lexicon.not_people


def _titles(tokens: Tokens, i: int) -> bool:
    return i < len(tokens) and tokens[i].low == ":"


def _toll_noun(
    tokens: Tokens, i: int, lexicon: Lexicon, *, counted: bool, titled: bool
) -> Measure | None:
    low = tokens[i].low
    before = tokens[i - 1].low if i else ""
    if low in lexicon.toll_words:
        after = tokens[i + 1].low if i + 1 < len(tokens) else ""
        taken = any(token.low in lexicon.exacting for token in tokens[max(0, i - 4) : i])
        if after in lexicon.not_toll_after or (before in lexicon.not_toll_before and taken):
            return None
        return lexicon.toll_kinds.get(before, lexicon.tolls[low])
    state = read_state_phrase(tokens, i, lexicon) if counted or titled else None
    if state is not None and state[1] > 1 and (counted or _titles(tokens, i + state[1])):
        # "The number of people in hospital", "Civilians unaccounted for: 12".
        return state[0]
    people = i + 1 < len(tokens) and tokens[i + 1].low in lexicon.people
    titled = titled and _titles(tokens, i + 1 + people)
    whole = before in lexicon.persons and i > 1 and tokens[i - 2].low in lexicon.the
    if (counted or titled or (whole and lexicon.verb_first)) and low in lexicon.states:
        # "Le persone morte sono quattro".
        return lexicon.states[low]
    if low not in lexicon.tolls:
        return None
    number = people and i + 2 < len(tokens) and tokens[i + 2].low in lexicon.links
    if number and not lexicon.verb_first:
        # "Missing persons number 12".
        return lexicon.tolls[low]
    if counted or low not in lexicon.states or low in lexicon.free_tolls:
        return lexicon.tolls[low]
    return lexicon.tolls[low] if before in lexicon.the else None
