"""Which numbers are ages: "a constable, 26,", "two boys aged 15 and 16", "two women, 34 and 41"."""

from typing import Final

from tracker.figures.cardinals import read_cardinal
from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens

AGES: Final = 4
"""How many numbers may share the unit of the last: "aged 9, 12, 15 and 16 years"."""
_OLDEST: Final = 120


def is_age(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """As in "a constable, 26, was hurt", "two boys aged 15 and | 16"."""
    first, last = numeral.first, numeral.last
    if first < 2 or (numeral.low or 0) > _OLDEST:
        return False
    closed = last - first == 1 and (last == len(tokens) or tokens[last].low in ",.;)")
    person = tokens[first - 2].low in lexicon.one_person
    if person and tokens[first - 1].low == "," and closed:
        return True
    who = last < len(tokens) and tokens[last].low in lexicon.who
    if person and tokens[first - 1].low in lexicon.of and (closed or who):
        # "A woman of 74 who was rescued".
        return True
    if tokens[first - 1].low in union(lexicon.joins, frozenset(",")) and _ages(
        tokens, first, lexicon
    ):
        return True
    joins = union(lexicon.joins, lexicon.between, lexicon.from_words, lexicon.range_to)
    for k in range(first - 1, max(0, first - 2 * AGES), -1):
        if tokens[k].low in lexicon.aged:
            return True
        goes_on = tokens[k].low == "," or tokens[k].text.isdecimal()
        if not (goes_on or tokens[k].low in joins):
            return False
    return False


def _ages(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "two women, 34 and | 41, were hurt": as many numbers as persons, between commas."""
    end, start, told = first + 1, first, 1
    while end + 1 < len(tokens) and told < AGES and _age_beside(tokens, end, end + 1, lexicon):
        end, told = end + 2, told + 1
    while start > 2 and told < AGES and _age_beside(tokens, start - 1, start - 2, lexicon):
        start, told = start - 2, told + 1
    closed = end == len(tokens) or tokens[end].low in ",.;)"
    if not (closed and start > 2 and tokens[start - 1].low == ","):
        return False
    persons = range(max(0, start - AGES), start - 2)
    return told > 1 and any(read_cardinal(tokens, k, lexicon) == (told, k + 1) for k in persons)


def _age_beside(tokens: Tokens, mark: int, i: int, lexicon: Lexicon) -> bool:
    between = tokens[mark].low == "," or tokens[mark].low in lexicon.joins
    return between and tokens[i].text.isdecimal() and int(tokens[i].text) <= _OLDEST
