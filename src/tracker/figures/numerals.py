"""Words and digits to counts, with their hedges. What is counted is not decided here.

Dates, clock times, money, ages, distances and the like are left out: they count no people.
"""

from dataclasses import dataclass, replace
from typing import Final

from tracker.figures.cardinals import read_cardinal
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Token, Tokens, matches, matches_back
from tracker.model import MOST_PEOPLE, Qualifier

_YEARS: Final = range(1800, 2101)
_LAST_OF_MONTH: Final = 31
_SUBJECT: Final = 12
"""How many words before "gone up to" what went up may be told."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Numeral:
    """A number in tokens[first:last], hedges included; bounds and `word` as in `Figure`."""

    first: int
    last: int
    low: int | None
    high: int | None
    qualifier: Qualifier
    word: str | None = None
    single: bool = False
    """From "a", "another" or "both": a number only where a person follows."""
    more: bool = False
    """"Another 20", "a further 20"."""


def read_numerals(tokens: Tokens, lexicon: Lexicon) -> list[Numeral]:
    """The counts of a sentence, in order, none overlapping another."""
    found: list[Numeral] = []
    i = 0
    while i < len(tokens):
        numeral = _at(tokens, i, lexicon)
        if numeral is None:
            i += 1
            continue
        if _is_count(tokens, numeral, lexicon):
            counts = [n.last for n in found[-2:] if not n.single]
            hedged = _hedged(tokens, numeral, counts[-1] if counts else 0, lexicon)
            if found and found[-1].last > hedged.first:
                # "An estimated 20": the article was no number of its own.
                found.pop()
            found.append(hedged)
            i = hedged.last
        else:
            i += 1
    return found


def _at(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens, i: int, lexicon: Lexicon
) -> Numeral | None:
    """The bare number that begins at token i."""
    vague = _vague(tokens, i, lexicon)
    if vague is not None:
        return vague
    value = read_cardinal(tokens, i, lexicon)
    if value is not None:
        number, last = value
        top = _range_end(tokens, i, last, number, lexicon)
        if top is not None:
            return Numeral(first=i, last=top[1], low=number, high=top[0], qualifier=Qualifier.RANGE)
        return Numeral(first=i, last=last, low=number, high=number, qualifier=Qualifier.EXACT)
    low = tokens[i].low
    following = tokens[i + 1].low if i + 1 < len(tokens) else ""
    if low in lexicon.articles and following in lexicon.ordinals:
        number = lexicon.ordinals[following]
        return _single(i, i + 2, number)
    if low in lexicon.nobody:
        return _nobody(i, i + 1)
    if low in lexicon.his and i and tokens[i - 1].low in lexicon.joins:
        return None if read_cardinal(tokens, i + 1, lexicon) else _single(i, i + 1, 1)
    if low in lexicon.no and following and following not in lexicon.fewer:
        return _nobody(i, i + 2 if following in lexicon.one else i + 1)
    if low in lexicon.the and following in lexicon.attackers and not following.endswith("s"):
        return _single(i, i + 1, 1)
    if low in lexicon.the and _one_more(tokens, i + 1, lexicon):
        return _single(i, i + 1, 1)
    if low in lexicon.another and i + 1 < len(tokens) and read_cardinal(tokens, i + 1, lexicon):
        return None
    if low in lexicon.articles or low in lexicon.another:
        return replace(_single(i, i + 1, 1), more=low in lexicon.another)
    if low in lexicon.both:
        return _single(i, i + 1, 2)
    return None


def _one_more(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "the bus driver and two passengers", "the mayor and his wife": one, and others."""
    for k in range(i, min(len(tokens) - 2, i + 3)):
        if tokens[k].low in lexicon.one_person and tokens[k + 1].low in lexicon.joins:
            others = tokens[k + 2].low in lexicon.his
            return others or read_cardinal(tokens, k + 2, lexicon) is not None
        if not tokens[k].text.isalpha() or tokens[k].low in lexicon.stops:
            return False
    return False


def _single(first: int, last: int, number: int) -> Numeral:
    return Numeral(
        first=first, last=last, low=number, high=number, qualifier=Qualifier.EXACT, single=True
    )


def _nobody(first: int, last: int) -> Numeral:
    return Numeral(first=first, last=last, low=0, high=0, qualifier=Qualifier.EXACT)


def _vague(tokens: Tokens, i: int, lexicon: Lexicon) -> Numeral | None:
    """As in "dozens", "several hundred", "tens of thousands": the largest vague word names it."""
    if tokens[i].low not in lexicon.vague or (i and tokens[i - 1].low in lexicon.fewer):
        return None
    word, last = tokens[i].low, i + 1
    if last < len(tokens) and tokens[last].low in lexicon.vague_scales:
        word, last = lexicon.vague_scales[tokens[last].low], last + 1
    elif (
        last + 1 < len(tokens)
        and tokens[last].low in lexicon.of
        and tokens[last + 1].low in lexicon.vague
    ):
        word, last = tokens[last + 1].low, last + 2
    return Numeral(first=i, last=last, low=None, high=None, qualifier=Qualifier.VAGUE, word=word)


def _range_end(
    tokens: Tokens, first: int, last: int, number: int, lexicon: Lexicon
) -> tuple[int, int] | None:
    """The upper end of "20 to 30", "20-30", "four or five", "between four and six"."""
    if last + 1 >= len(tokens):
        return None
    before = tokens[first - 1].low if first else ""
    joint = tokens[last].low
    if before in lexicon.between:
        allowed = joint in lexicon.range_and
    else:
        steps = before in lexicon.from_words or before in lexicon.by
        allowed = joint in lexicon.range_to and not steps
    top = read_cardinal(tokens, last + 1, lexicon) if allowed else None
    return top if top is not None and top[0] > number else None


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
        tight = _glued(before, tokens[first])
        if before.low in lexicon.not_count_before or before.low in lexicon.money:
            return False
        if tight and (before.text in "-–/:#._" or before.text.isalnum()):
            return False
        if before.low in lexicon.months and numeral.low is not None and digits:
            return False
    if after is None:
        return not (digits and _is_year(tokens, numeral, lexicon))
    tight = _glued(tokens[last - 1], after)
    if tight and (after.text in "/-–%°_" or after.text.isalnum()):
        return False
    if after.text == ":" and last + 1 < len(tokens) and _glued(after, tokens[last + 1]):
        return False
    # "From 51 a day earlier" tells when; "51 a day" is a rate.
    dated = (
        last + 2 < len(tokens)
        and after.low in lexicon.articles
        and tokens[last + 1].low in lexicon.years
        and tokens[last + 2].low in lexicon.adverbs
    )
    if (after.low in lexicon.unit_nouns and not dated) or (after.low in lexicon.months and digits):
        return False
    if after.low in lexicon.halves and last + 1 < len(tokens) and tokens[last + 1].text == ".":
        return False
    return not (digits and _is_year(tokens, numeral, lexicon))


def _is_year(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """A bare four-digit number that nobody is counted by."""
    text = tokens[numeral.first].text
    if not (len(text) == 4 and numeral.low in _YEARS and numeral.qualifier is Qualifier.EXACT):
        return False
    following = tokens[numeral.last].low if numeral.last < len(tokens) else "."
    return following not in lexicon.people and following not in lexicon.states


def _hedged(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens, numeral: Numeral, floor: int, lexicon: Lexicon
) -> Numeral:
    """The number with the hedges around it, down to token `floor`."""
    first, last, more = numeral.first, numeral.last, numeral.more
    qualifier = numeral.qualifier
    if qualifier is not Qualifier.VAGUE:
        for kind, table in lexicon.tails.items():
            length = matches(tokens, last, table)
            if length and qualifier is Qualifier.EXACT:
                qualifier, last = kind, last + length
    if first > floor and tokens[first - 1].low in lexicon.another:
        first, more = first - 1, True
        if first > floor and tokens[first - 1].low in lexicon.articles:
            first -= 1
    if first > floor and tokens[first - 1].low in lexicon.between:
        first -= 1
    hedge = _hedge(tokens, first, floor, lexicon) if not numeral.single else None
    if hedge is not None:
        kind, length = hedge
        if not _climbs(tokens, first - length, kind, lexicon):
            first -= length
            qualifier = kind if qualifier is Qualifier.EXACT else qualifier
    number = numeral.low
    low, high = numeral.low, numeral.high
    if qualifier in (Qualifier.AT_LEAST, Qualifier.OVER):
        high = None
    elif qualifier in (Qualifier.NEARLY, Qualifier.UP_TO, Qualifier.UNDER):
        low, high = None, number
    return replace(
        numeral, first=first, last=last, low=low, high=high, qualifier=qualifier, more=more
    )


def _hedge(
    tokens: Tokens, first: int, floor: int, lexicon: Lexicon
) -> tuple[Qualifier, int] | None:
    """The longest hedge that ends just before a number, and its length."""
    best: tuple[Qualifier, int] | None = None
    for kind, table in lexicon.hedges.items():
        length = matches_back(tokens, first - 1, table)
        if length and first - length >= floor and (best is None or length > best[1]):
            best = (kind, length)
    return best


def _climbs(tokens: Tokens, first: int, kind: Qualifier, lexicon: Lexicon) -> bool:
    """As in "rises up to 358", "revised up to 14": the "up" is the rise, no ceiling."""
    before = tokens[first - 1].low if first > 0 else ""
    if kind is not Qualifier.UP_TO:
        return False
    if before in lexicon.moves or before in lexicon.correcting:
        return True
    moved = any(
        t.low in lexicon.goes or t.low in lexicon.moves
        for t in tokens[max(0, first - _SUBJECT) : first]
    )
    if moved and (before in lexicon.tolls or before in lexicon.counts or before in lexicon.it):
        # "Pushed the toll up to 42".
        return True
    return before in lexicon.goes and any(
        t.low in lexicon.tolls or t.low in lexicon.counts or t.low in lexicon.it
        for t in tokens[max(0, first - _SUBJECT) : first]
    )
