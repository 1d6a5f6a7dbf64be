"""Words and digits to counts, with their hedges. What is counted is not decided here.

Dates, clock times, money, ages, distances and the like are left out: they count no people.
"""

from typing import Final

from tracker.figures.ages import AGES, is_age
from tracker.figures.cardinals import read_cardinal, read_word
from tracker.figures.hedges import SUBJECT, Numeral, hedge_before, read_hedges
from tracker.figures.lexicon import Lexicon
from tracker.figures.singles import read_single
from tracker.figures.tables import union
from tracker.figures.tokens import Token, Tokens, is_ordinal, matches_back
from tracker.model import MOST_PEOPLE, Qualifier

_YEARS: Final = range(1800, 2101)
_MANY_THOUSANDS: Final = ("tens of thousands", "hundreds of thousands")
_AFTER_THE: Final = 4
"""How many words after "the" may name the one person whom it counts."""
_HUNDRED: Final = 100
_WEEKDAY: Final = 4
"""How many words "terça-feira (" has."""
_FLOORS: Final = (Qualifier.OVER, Qualifier.AT_LEAST)
"""Hedges that no year has: "auf über 2000"."""
_CODE: Final = 2
"""How many letters the code of an airline has."""
_YEAR: Final = 4
"""Digits of a year."""


def read_numerals(tokens: Tokens, lexicon: Lexicon) -> list[Numeral]:
    """The counts of a sentence, in order, none overlapping another."""
    found: list[Numeral] = []
    i = 0
    while i < len(tokens):
        numeral = _at(tokens, i, lexicon) if _may_open(tokens, i, lexicon) else None
        if numeral is None:
            i += 1
            continue
        if _is_count(tokens, numeral, lexicon):
            counts = [n.last for n in found[-2:] if not n.single]
            hedged = read_hedges(tokens, numeral, counts[-1] if counts else 0, lexicon)
            if found and found[-1].last > hedged.first:
                # "An estimated 20": the article was no number of its own.
                found.pop()
            found.append(hedged)
            i = hedged.last
        else:
            i += 1
    return found


def _may_open(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    token = tokens[i]
    only_the = token.low in lexicon.the and token.low not in lexicon.articles
    if only_the and token.low not in lexicon.number_phrases:
        near = tokens[i + 1 : i + 1 + _AFTER_THE]
        return any(t.low in lexicon.after_the or t.text[0].isdigit() for t in near)
    return (
        token.low in lexicon.openers_of_numbers
        or token.text[0].isdigit()
        or read_word(token.low, lexicon.language) is not None
    )


def _at(tokens: Tokens, i: int, lexicon: Lexicon) -> Numeral | None:
    """The bare number that begins at token i."""
    vague = _vague(tokens, i, lexicon)
    if vague is not None:
        return vague
    value = read_cardinal(tokens, i, lexicon)
    if value is not None:
        number, last = value
        top = _range_end(tokens, i, last, number, lexicon)
        if top is not None:
            number = _in_scale(tokens, number, top, lexicon)
            return Numeral(first=i, last=top[1], low=number, high=top[0], qualifier=Qualifier.RANGE)
        return Numeral(first=i, last=last, low=number, high=number, qualifier=Qualifier.EXACT)
    return read_single(tokens, i, lexicon)


def _vague(tokens: Tokens, i: int, lexicon: Lexicon) -> Numeral | None:
    """As in "dozens", "several hundred", "tens of thousands": the largest vague word names it."""
    before = tokens[i - 1].low if i else ""
    if tokens[i].low not in lexicon.vague or (before in lexicon.fewer - lexicon.that):
        return None
    word, last = tokens[i].low, i + 1
    if last < len(tokens) and tokens[last].low in lexicon.vague_scales:
        word, last = lexicon.vague_scales[tokens[last].low], last + 1
    elif (
        last + 1 < len(tokens)
        and tokens[last].low in lexicon.of
        and tokens[last + 1].low in lexicon.vague
    ):
        word, last = (
            f"{_common(word, lexicon)} of {_common(tokens[last + 1].low, lexicon)}",
            last + 2,
        )
        word = word if word in _MANY_THOUSANDS else word.split()[-1]
    word = _common(word, lexicon)
    return Numeral(first=i, last=last, low=None, high=None, qualifier=Qualifier.VAGUE, word=word)


def _common(word: str, lexicon: Lexicon) -> str:
    return lexicon.vague_words.get(word, word)


def _range_end(
    tokens: Tokens, first: int, last: int, number: int, lexicon: Lexicon
) -> tuple[int, int] | None:
    """The upper end of "20 to 30", "20-30", "four or five", "between four and six"."""
    if last + 1 >= len(tokens):
        return None
    if tokens[last].low not in union(lexicon.range_and, lexicon.range_to):
        return None
    hedge = hedge_before(tokens, first, 0, lexicon)
    opening = first - hedge[1] if hedge is not None else first
    before = tokens[opening - 1].low if opening else ""
    if opening > 1 and before in lexicon.after_number:
        before = tokens[opening - 2].low
    joint = tokens[last].low
    if before in lexicon.between:
        allowed = joint in lexicon.range_and
    else:
        steps = before in union(lexicon.from_words, lexicon.by) and any(
            token.low in lexicon.moves or token.low in lexicon.put or token.low in lexicon.goes
            for token in tokens[max(0, first - SUBJECT) : first]
        )
        allowed = joint in lexicon.range_to and not steps
    second = last + 1
    if before in lexicon.between and tokens[second].low in lexicon.after_number:
        second += 1
    top = read_cardinal(tokens, second, lexicon) if allowed else None
    return top if top is not None and top[0] > number else None


def _in_scale(tokens: Tokens, number: int, top: tuple[int, int], lexicon: Lexicon) -> int:
    """As in "3 to 5 million", "two or three dozen": the scale is of both."""
    scale = lexicon.scales.get(tokens[top[1] - 1].low, 1)
    return number * scale if number < top[0] // scale else number


def _glued(left: Token, right: Token) -> bool:
    return left.end == right.start


def _is_count(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens, numeral: Numeral, lexicon: Lexicon
) -> bool:
    """Whether the number can count people at all: no date, time, age, price or measure."""
    if numeral.low is not None and numeral.low > MOST_PEOPLE:
        return False
    first, last = numeral.first, numeral.last
    before = tokens[first - 1] if first else None
    after = tokens[last] if last < len(tokens) else None
    digits = tokens[first].text[0].isdigit()
    if before is not None:
        tight = _glued(before, tokens[first]) and not before.text.endswith(("'", "’"))
        second = tokens[first - 2].low if first > 1 else ""
        road = before.low in lexicon.qualifiers and second in lexicon.not_count_before
        # "Flight LC 22".
        code = before.text.isupper() and len(before.text) == _CODE
        road |= (
            code and before.low not in lexicon.prepositions and second in lexicon.not_count_before
        )
        counts = second in lexicon.tolls or (first > 1 and second in lexicon.hypothetical)
        counts = counts or _numbers(tokens, first, lexicon)
        if before.low in lexicon.money or (before.low in lexicon.not_count_before and not counts):
            # "The injured number 5", "could top 70" count them; "bus number 5" does not.
            return False
        if road or (tight and (before.text in "-–/:#._" or before.text.isalnum())):
            # "Estrada municipal 318".
            return False
        year = not lexicon.ordinal_after or len(tokens[first].text) == _YEAR
        if before.low in lexicon.months and numeral.low is not None and digits and year:
            return False
    dated = is_ordinal(tokens, first, lexicon) or _dates(tokens, numeral, lexicon)
    if dated or _is_share_or_age(tokens, numeral, lexicon):
        return False
    if after is None:
        return not (digits and _is_year(tokens, numeral, lexicon))
    tight = _glued(tokens[last - 1], after) and not tokens[last - 1].low.endswith("'")
    mark = tight and last + 1 < len(tokens) and tokens[last + 1].low in lexicon.marks
    if tight and not mark and (after.text in "/-–%°_" or after.text.isalnum()):
        return False
    if after.text == ":" and last + 1 < len(tokens) and _glued(after, tokens[last + 1]):
        return False
    each = last + 1 < len(tokens) and tokens[last + 1].low in lexicon.each
    if each and after.low in union(lexicon.for_words, lexicon.to_words):
        # "5,000 dollars to each family and 2,000 for each of the injured".
        return False
    # "From 51 a day earlier" tells when.
    dated = last + 1 < len(tokens) and after.low in lexicon.articles
    dated = dated and tokens[last + 1].low in lexicon.years and not is_rate(tokens, last, lexicon)
    of_unit = (after.low in lexicon.unit_nouns and not numeral.single) or _of_another_unit(
        tokens, last, lexicon
    )
    may = after.low in lexicon.hypothetical and after.text[0].islower()
    if (of_unit and not dated) or (after.low in lexicon.months and digits and not may):
        return False
    if after.low in lexicon.halves and last + 1 < len(tokens) and tokens[last + 1].text == ".":
        return False
    return not (digits and _is_year(tokens, numeral, lexicon))


def is_rate(tokens: Tokens, end: int, lexicon: Lexicon) -> bool:
    """As in "51 | a day", "80 people | a minute": not "51 | a day earlier"."""
    if end + 1 >= len(tokens) or tokens[end].low not in lexicon.articles:
        return False
    if tokens[end + 1].low not in union(lexicon.years, lexicon.unit_nouns):
        return False
    told = union(lexicon.adverbs, lexicon.clause_words, lexicon.ago, lexicon.earlier)
    return end + 2 >= len(tokens) or tokens[end + 2].low not in told


def _numbers(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "the dead of the two attacks | number 253": what ends in a plural is their subject."""
    verb = first - 1
    plural = verb > 1 and tokens[verb].low in lexicon.links and tokens[verb - 1].low.endswith("s")
    return plural and any(
        tokens[k].low in lexicon.tolls
        and tokens[k + 1].low in union(lexicon.prepositions, lexicon.people)
        for k in range(max(0, verb - SUBJECT), verb - 1)
    )


def _dates(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """As in "na terça-feira (12)": the day of the month."""
    first, last = numeral.first, numeral.last
    if first < 2 or last >= len(tokens) or tokens[first - 1].low + tokens[last].low != "()":
        return False
    return any(t.low in lexicon.weekdays for t in tokens[max(0, first - _WEEKDAY) : first - 1])


def _is_share_or_age(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """As in "40 per cento": a share, or the hundred of one; or an age."""
    first, last = numeral.first, numeral.last
    if tokens[first].text[0].isdigit() and is_age(tokens, numeral, lexicon):
        return True
    if numeral.low == _HUNDRED and first > 1 and tokens[first].text.isalpha():
        return tokens[first - 2].text[0].isdigit() and tokens[first - 1].text.isalpha()
    if last + 1 >= len(tokens) or tokens[last].low not in lexicon.prepositions:
        return False
    return read_word(tokens[last + 1].low, lexicon.language) == _HUNDRED


def _of_another_unit(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "two boys aged 15 and 16", "aged 9, 12 and 14 years": all of the last one's unit."""
    for _ in range(AGES):
        if i + 1 >= len(tokens) or not (tokens[i].low in lexicon.joins or tokens[i].low == ","):
            return False
        after = read_cardinal(tokens, i + 1, lexicon)
        if after is None or after[1] >= len(tokens):
            return False
        i = after[1]
        if tokens[i].low in lexicon.unit_nouns:
            return True
    return False


def _is_year(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """A bare four-digit number that nobody is counted by."""
    text = tokens[numeral.first].text
    if not (len(text) == 4 and numeral.low in _YEARS and numeral.qualifier is Qualifier.EXACT):
        return False
    if any(matches_back(tokens, numeral.first - 1, lexicon.hedges[kind]) for kind in _FLOORS):
        return False
    following = tokens[numeral.last].low if numeral.last < len(tokens) else "."
    return following not in lexicon.people and following not in lexicon.states
