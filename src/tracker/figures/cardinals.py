"""Digits and number words to whole numbers. Whether a number counts people is not decided here."""

from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens, matches
from tracker.model import MOST_PEOPLE

_MOST_DIGITS: Final = 15


def read_cardinal(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The whole number at token i and the token after it."""
    if i >= len(tokens):
        return None
    if tokens[i].text[0].isdigit():
        return _digits(tokens, i, lexicon)
    for phrase, number in lexicon.number_phrases:
        if matches(tokens, i, {phrase[0]: (phrase,)}):
            return number, i + len(phrase)
    if tokens[i].low in lexicon.articles and (
        i + 1 >= len(tokens) or tokens[i + 1].low not in lexicon.scales
    ):
        return None
    return _spelled(tokens, i, lexicon)


def _digits(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    text = tokens[i].text
    groups = text.replace("’", "'")
    for mark in ",'\u00a0\u202f\u2009":
        groups = groups.replace(mark, " ")
    whole, *rest = groups.split(" ")
    scale = lexicon.scales.get(tokens[i + 1].low) if i + 1 < len(tokens) else None
    if len(text) > _MOST_DIGITS:
        return None
    if rest:
        if len(whole) > 3 or any(len(part) not in (2, 3) for part in rest) or len(rest[-1]) != 3:
            return None
        value = float(whole + "".join(rest))
    elif whole.count(".") > 1 or ("." in whole and scale is None):
        return None
    else:
        value = float(whole)
    return (round(value * scale), i + 2) if scale else (int(value), i + 1)


def _spelled(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """As in "one hundred and three", "eighty nine", "twelve hundred", "a dozen"."""
    total, group, last_scale, start = 0, 0, MOST_PEOPLE * 1000, i
    if tokens[i].low in lexicon.articles:
        group, i = 1, i + 1
    while i < len(tokens):
        low = tokens[i].low
        glued = low == "-" and i > start and i + 1 < len(tokens)
        joined = (glued and group % 10 == 0) or (
            low in lexicon.number_and and group >= 100 and i + 1 < len(tokens)
        )
        if joined and (tokens[i + 1].low in lexicon.units or tokens[i + 1].low in lexicon.tens):
            i += 1
            low = tokens[i].low
        if low in lexicon.units and group % 100 in _room(lexicon.units[low]):
            group += lexicon.units[low]
        elif low in lexicon.tens and group % 100 == 0:
            group += lexicon.tens[low]
        elif low in lexicon.scales and 0 < group < lexicon.scales[low] < last_scale:
            scale = lexicon.scales[low]
            if scale <= 100:
                group *= scale
            else:
                total, group, last_scale = total + group * scale, 0, scale
        else:
            break
        i += 1
    return (total + group, i) if i > start and (total or group) else None


def _room(unit: int) -> tuple[int, ...]:
    """What a unit may follow: a ten, if it is below ten; nothing, if it is a teen."""
    return (0,) if unit >= 10 or unit == 0 else (0, 20, 30, 40, 50, 60, 70, 80, 90)
