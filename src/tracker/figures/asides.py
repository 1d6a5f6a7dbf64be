"""What stands between a number and its predicate and says nothing of it: places, asides, ages."""

from collections.abc import Set as AbstractSet
from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import read_state_phrase
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, ends_clause, matches

_ASIDE: Final = 14
"""How long an aside between commas may be."""
ASIDES: Final = {",": ",", "(": ")", "–": "–", "—": "—"}
"""What opens an aside, and what closes it."""
_PLACE: Final = 15
"""How many words "of the Northern Air Guard's first wing" and the like may have."""


def after_preposition(
    tokens: Tokens, start: int, starts: AbstractSet[int], lexicon: Lexicon
) -> int:
    """Past "in the northern city of X": to the next verb, mark, conjunction or number."""
    i = start + 1
    while i < min(len(tokens), start + _PLACE):
        low = tokens[i].low
        plain = tokens[i].text[0].isalnum() or low in ("-", "'s", "'")
        verb = low in lexicon.auxiliaries or low in lexicon.states or low in lexicon.relative
        verb = verb or read_state_phrase(tokens, i, lexicon) is not None
        if low in (",", *lexicon.joins) and _ages(tokens, i):
            # "Three girls of 7, 9 and 12".
            i += 2
            continue
        if not plain or verb or i in starts or low in lexicon.adverbs:
            break
        if low in lexicon.counts and i + 1 < len(tokens) and tokens[i + 1].low in lexicon.of:
            # "A member of the council put the number of dead at 12".
            break
        if low in lexicon.joins and not any(t.low in lexicon.between for t in tokens[start:i]):
            break
        if low in lexicon.stops and low not in union(lexicon.determiners, lexicon.joins):
            break
        if low in lexicon.closing and ends_clause(tokens, i):
            break
        i += 1
    return i


def _ages(tokens: Tokens, join: int) -> bool:
    last = join + 1 < len(tokens) and tokens[join + 1].text.isdecimal()
    return last and tokens[join - 1].text.isdecimal()


def after_aside(
    tokens: Tokens, comma: int, starts: AbstractSet[int], lexicon: Lexicon
) -> int | None:
    """The token after ", including five children,", "(two of them nurses)" or ", police said,";
    None where no such aside opens.
    """
    if comma + 1 >= len(tokens):
        return None
    if tokens[comma + 1].low in lexicon.who:
        return comma + 2
    age = tokens[comma + 1].text.isdecimal() and comma + 1 not in starts
    closed = comma + 3 < len(tokens) and tokens[comma + 2].low == ","
    if age and closed and not tokens[comma + 3].text.isdecimal():
        # "A constable, 26, was wounded".
        return comma + 3
    name = comma + 1
    while name < min(len(tokens), comma + _ASIDE) and tokens[name].text[0].isupper():
        name += 1
    if comma + 1 < name < len(tokens) and tokens[name].low == ",":
        # "A judge, Anton Varga, was shot dead".
        return name + 1
    counts = comma + 1 in starts or matches(tokens, comma + 1, lexicon.of_them)
    opens = counts or tokens[comma + 1].low in union(lexicon.asides, lexicon.aged)
    opens = opens or _opens_ages(tokens, comma + 1, starts, lexicon)
    opens = opens or matches(tokens, comma + 1, lexicon.according) > 0
    for i in range(comma + 2, min(len(tokens), comma + _ASIDE)):
        if tokens[i].low == ASIDES[tokens[comma].low] and i + 1 < len(tokens):
            following = tokens[i + 1].low
            goes_on = following in lexicon.auxiliaries or following in lexicon.states
            goes_on = goes_on or read_state_phrase(tokens, i + 1, lexicon) is not None
            if goes_on and (opens or tokens[i - 1].low in lexicon.say):
                return i + 1
    return None


def _opens_ages(tokens: Tokens, i: int, starts: AbstractSet[int], lexicon: Lexicon) -> bool:
    """As in "two sisters, | de 4 y 10 años, …", "…, | 4 und 10 Jahre alt, …"."""
    i += tokens[i].low in lexicon.of
    return i < len(tokens) and tokens[i].text.isdecimal() and i not in starts


def included(tokens: Tokens, start: int, lexicon: Lexicon) -> int | None:
    """The verb after "including the bomber", told without a comma."""
    for i in range(start + 1, min(len(tokens), start + _ASIDE)):
        low = tokens[i].low
        if low in lexicon.auxiliaries or (low in lexicon.states and low not in lexicon.transitive):
            return i
        if not tokens[i].text[0].isalnum():
            return None
    return None


def after_ages(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """The token after "aged 9, 12 and 14", whose "aged" stands at i."""
    i += 1
    while i + 1 < len(tokens) and (
        tokens[i].text[0].isdigit()
        or tokens[i].low in lexicon.between
        or (
            tokens[i + 1].text[0].isdigit()
            and tokens[i].low in (",", *lexicon.joins, *lexicon.to_words)
        )
    ):
        i += 1
    return i
