"""Digits and number words to whole numbers. Whether a number counts people is not decided here.

Plain words of numbers are read by `text2num`; what it leaves open are digits with their marks,
"a dozen", lakh and crore.
"""

from functools import lru_cache
from typing import Final

from text_to_num import text2num

from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens
from tracker.model import MOST_PEOPLE

_MOST_DIGITS: Final = 15
_LONGEST: Final = 12
"""Words of a number."""
_GROUP: Final = 3
"""Digits between two marks of thousands."""


def read_cardinal(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The whole number at token i and the token after it."""
    if i >= len(tokens):
        return None
    if tokens[i].text[0].isdigit():
        return _digits(tokens, i, lexicon)
    for phrase, number in lexicon.number_phrases.get(tokens[i].low, ()):
        if tuple(token.low for token in tokens[i : i + len(phrase)]) == phrase:
            return number, i + len(phrase)
    return _spelled(tokens, i, lexicon)


def _digits(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    text, last = tokens[i].text.replace("’", "'"), i + 1
    while lexicon.spaced and last - i < _LONGEST and _goes_on(tokens, i, last):
        text, last = f"{text} {tokens[last].text}", last + 1
    if len(text) > _MOST_DIGITS:
        return None
    scale = lexicon.scales.get(tokens[last].low) if last < len(tokens) else None
    tenths = _with_tenths(text, lexicon) if scale is not None else None
    if scale is not None and tenths is not None:
        return round(tenths * scale), last + 1
    for mark in (*lexicon.thousands, " ", "\u00a0", "\u202f", "\u2009"):
        text = text.replace(mark, " ")
    whole, *groups = text.split(" ")
    if groups and (
        len(whole) > _GROUP
        or any(len(group) not in (2, _GROUP) for group in groups)
        or len(groups[-1]) != _GROUP
    ):
        return None
    text = whole + "".join(groups)
    if not text.isdecimal():
        return None
    return (int(text) * scale, last + 1) if scale else (int(text), last)


def _with_tenths(text: str, lexicon: Lexicon) -> float | None:
    """As in "1.2 million"; where the mark may also part thousands, unless three digits follow."""
    for mark in ".,":
        whole, found, tenths = text.partition(mark)
        tenth = mark == lexicon.decimal or len(tenths) != _GROUP
        if found and tenth and whole.isdecimal() and tenths.isdecimal():
            return float(f"{whole}.{tenths}")
    return None


def _goes_on(tokens: Tokens, first: int, i: int) -> bool:
    """As in "12 500": a blank, and three digits more."""
    return (
        i < len(tokens)
        and len(tokens[first].text) <= _GROUP
        and tokens[i].start == tokens[i - 1].end + 1
        and len(tokens[i].text) == _GROUP
        and tokens[i].text.isdecimal()
    )


def _spelled(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """As in "one hundred and three", "eighty nine", "a dozen", "two crore thirty lakh"."""
    total, last_scale = 0, MOST_PEOPLE * 1000
    start = i
    while i < len(tokens):
        group = _group(tokens, i, lexicon) if i == start or total else None
        if group is None:
            break
        number, after = group
        scale = lexicon.scales.get(tokens[after].low) if after < len(tokens) else None
        if scale is None or not 0 < number < scale < last_scale:
            return total + number, after
        total, i, last_scale = total + number * scale, after + 1, scale
    return (total, i) if i > start else None


def _group(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The number that the words from token i make, and the token after them."""
    low = tokens[i].low
    if low in lexicon.articles:
        following = tokens[i + 1].low if i + 1 < len(tokens) else ""
        if following not in lexicon.scales:
            return None
        return _group(tokens, i + 1, lexicon) or (1, i + 1)
    if low in lexicon.no_numbers or read_word(low, lexicon.language) is None:
        return None
    last = i + 1
    while last < min(len(tokens), i + _LONGEST) and (
        tokens[last].low == "-"
        or tokens[last].low in lexicon.number_parts
        or read_word(tokens[last].low, lexicon.language) is not None
    ):
        last += 1
    for end in range(last, i, -1):
        words = " ".join(token.low for token in tokens[i:end]).replace(" - ", "-")
        number = read_word(words, lexicon.language)
        if number is not None:
            return number, end
    return None


@lru_cache(maxsize=20_000)
def read_word(words: str, language: str) -> int | None:
    """The number that words of a language make, if they make one."""
    if len(words) == 1 or not words[-1].isalpha():
        return None
    try:
        return int(text2num(words, language))
    except ValueError:
        return None
