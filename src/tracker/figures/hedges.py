"""A number of a sentence, and the hedges around it: "at least 12", "12 or more"."""

from dataclasses import dataclass
from typing import Final

from tracker.figures.cardinals import read_cardinal
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens, matches, matches_back
from tracker.model import Qualifier

SUBJECT: Final = 20
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


def read_hedges(  # noqa: C901, PLR0912 — a table of cases, in the order that decides
    tokens: Tokens, numeral: Numeral, floor: int, lexicon: Lexicon
) -> Numeral:
    """The number with the hedges around it, down to token `floor`."""
    first, last, more = numeral.first, numeral.last, numeral.more
    qualifier = numeral.qualifier
    marked = last < len(tokens) and tokens[last].low in lexicon.marks
    if marked and first > floor and tokens[first - 1].low in lexicon.the:
        # "Crossed | the 200 mark".
        first -= 1
    tailed = last < len(tokens) and tokens[last].low in lexicon.openers_of_tails
    if tailed and qualifier is not Qualifier.VAGUE:
        for kind, table in lexicon.tails.items():
            length = matches(tokens, last, table)
            goes_on = length and opens_number(tokens, last + length, lexicon)
            if length and not goes_on and qualifier is Qualifier.EXACT:
                qualifier, last = kind, last + length
    if first > floor and tokens[first - 1].low in lexicon.another:
        first, more = first - 1, True
        if first > floor and tokens[first - 1].low in lexicon.articles:
            first -= 1
    if first > floor and tokens[first - 1].low in lexicon.between:
        first -= 1
    hedge = hedge_before(tokens, first, floor, lexicon)
    single = numeral.single
    if hedge is not None and single:
        single = not _counts_one(tokens, numeral, hedge[0], lexicon)
    if hedge is not None and not single:
        kind, length = hedge
        steps = kind is Qualifier.OVER and _steps(tokens, first - length, last, lexicon)
        if not steps and not _climbs(tokens, first - length, kind, lexicon):
            first -= length
            qualifier = kind if qualifier is Qualifier.EXACT else qualifier
    if qualifier is numeral.qualifier and first == numeral.first and more == numeral.more:
        return numeral
    number = numeral.low
    low, high = numeral.low, numeral.high
    if qualifier in (Qualifier.AT_LEAST, Qualifier.OVER):
        high = None
    elif qualifier in (Qualifier.NEARLY, Qualifier.UP_TO, Qualifier.UNDER):
        low, high = None, number
    return Numeral(
        first=first,
        last=last,
        low=low,
        high=high,
        qualifier=qualifier,
        word=numeral.word,
        single=single,
        more=more,
    )


def opens_number(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether the next number goes on at i: "11 morts et plus | de 30 disparus"."""
    if i < len(tokens) - 1 and tokens[i].low in lexicon.of:
        i += 1
    return i < len(tokens) and read_cardinal(tokens, i, lexicon) is not None


def _counts_one(tokens: Tokens, numeral: Numeral, kind: Qualifier, lexicon: Lexicon) -> bool:
    """As in "al menos una persona": the article is the number."""
    one = numeral.last - numeral.first == 1 and tokens[numeral.first].low in lexicon.articles
    return kind is Qualifier.AT_LEAST and one


def _steps(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> bool:
    """As in "passa de 45 para 47": a move from one number to the next, no hedge."""
    return (
        tokens[first].low in lexicon.goes
        and last + 1 < len(tokens)
        and tokens[last].low in lexicon.to_words
        and read_cardinal(tokens, last + 1, lexicon) is not None
    )


def hedge_before(
    tokens: Tokens, first: int, floor: int, lexicon: Lexicon
) -> tuple[Qualifier, int] | None:
    """The longest hedge that ends just before a number, and its length."""
    best: tuple[Qualifier, int] | None = None
    ends = first > 0 and tokens[first - 1].low in lexicon.enders_of_hedges
    for kind, table in lexicon.hedges.items() if ends else ():
        length = matches_back(tokens, first - 1, table)
        if kind is Qualifier.OVER and length == 1 and _tells_of(tokens, first - 1, lexicon):
            continue
        if length and first - length >= floor and (best is None or length > best[1]):
            best = (kind, length)
    if best is None and first - 1 > floor and tokens[first - 1].low == ",":
        # "Morreram, pelo menos, 12 pessoas".
        aside = hedge_before(tokens, first - 1, floor + 1, lexicon)
        opening = first - 2 - aside[1] if aside is not None else -1
        if aside is not None and opening >= floor and tokens[opening].low == ",":
            return aside[0], aside[1] + 2
    return best


def _tells_of(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "Berichte über 12 Tote": the word is the noun's, no hedge."""
    noun = tokens[first - 1] if lexicon.capital_nouns and first > 0 else None
    return noun is not None and noun.text[0].isupper() and noun.low in lexicon.hearsay


def _climbs(tokens: Tokens, first: int, kind: Qualifier, lexicon: Lexicon) -> bool:
    """As in "rises up to 358", "revised up to 14": the "up" is the rise, no ceiling."""
    before = tokens[first - 1].low if first > 0 else ""
    if kind is not Qualifier.UP_TO:
        return False
    if before in lexicon.moves or before in lexicon.correcting:
        return True
    if before in lexicon.toll_words:
        # "Landslide toll up to 66".
        return True
    moved = any(
        t.low in lexicon.goes or t.low in lexicon.moves
        for t in tokens[max(0, first - SUBJECT) : first]
    )
    if moved and (before in lexicon.tolls or before in lexicon.counts or before in lexicon.it):
        # "Pushed the toll up to 42".
        return True
    return before in lexicon.goes and any(
        t.low in lexicon.tolls or t.low in lexicon.counts or t.low in lexicon.it
        for t in tokens[max(0, first - SUBJECT) : first]
    )
