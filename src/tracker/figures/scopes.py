"""What a number is limited to, or includes, where the text says so in so many words.

A plain "in X" is where it happened, no scope: a wrong scope would hide a toll.
"""

from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens, matches

_BEFORE: Final = 8
_AFTER: Final = 8
_LONGEST: Final = 6


def read_scope(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The tokens of the scope told beside tokens[first:last]."""
    end, opens = min(len(tokens), last + _AFTER), lexicon.openers_of_scopes
    for i in range(last, end):
        if tokens[i].low in lexicon.scope_marks and i > last + 1:
            break
        span = _at(tokens, i, lexicon) if tokens[i].low in opens else None
        if span is not None:
            return span
    for i in range(first - 1, max(-1, first - _BEFORE), -1):
        if tokens[i].low in lexicon.clause_marks:
            break
        span = _at(tokens, i, lexicon) if tokens[i].low in opens else None
        if span is not None and span[1] <= first and not _owned(tokens, span, first, lexicon):
            return span
    for i in range(first, last):
        span = _at(tokens, i, lexicon) if tokens[i].low in opens else None
        if span is not None:
            return span
    return _opening(tokens, first, lexicon)


def _opening(tokens: Tokens, first: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """As in "Together with the storm, 58 have died", "Statewide, with three in Arno, 74 died":
    words that open the sentence and are parted from the rest by a comma.
    """
    length = matches(tokens, 0, lexicon.together)
    last = length or matches(tokens, 0, lexicon.scope_phrases)
    while length and last < min(first, length + _LONGEST) and tokens[last].text[0].isalnum():
        last += 1
    told = last > 0 and last < first and tokens[last].low == ","
    marked = any(token.low in lexicon.clause_marks for token in tokens[last:first])
    return (0, last) if told and not marked else None


def _at(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    length = matches(tokens, i, lexicon.scope_phrases)
    if length:
        return i, i + length
    length = matches(tokens, i, lexicon.scope_openers)
    if length:
        last = i + length
        while last < min(len(tokens), i + length + _LONGEST) and tokens[last].text[0].isalnum():
            last += 1
        return (i, last) if last > i + length else None
    if tokens[i].low in lexicon.scope_places:
        if i and tokens[i - 1].low in lexicon.alone:
            return i - 1, _end_of_place(tokens, i + 1, lexicon)
        for last in range(i + 1, min(len(tokens), i + 1 + _LONGEST)):
            if tokens[last].low in lexicon.alone:
                return i, last + 1
            if not tokens[last].text[0].isalnum() and tokens[last].text not in "-'":
                break
    return None


def _end_of_place(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """The token after the name of a place that begins at i."""
    while i < len(tokens) and (tokens[i].text[0].isupper() or tokens[i].low in lexicon.determiners):
        i += 1
    return i


def _owned(tokens: Tokens, span: tuple[int, int], first: int, lexicon: Lexicon) -> bool:
    """Whether words before belong to another number: a comma and a verb stand between."""
    aside = span[0] > 0 and tokens[span[0] - 1].low == "," and tokens[span[1]].low == ","
    # "The toll, including the missing, stands at 60".
    between = tokens[span[1] + aside : first]
    return span[0] > 0 and any(t.low in lexicon.scope_marks for t in between)
