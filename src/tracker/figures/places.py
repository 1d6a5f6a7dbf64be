"""Rules for a toll of one place beside the toll of the whole: it is a part.

Place words that a number is limited to are read in `scopes.py`.
"""

from typing import Final

from tracker.figures.clauses import Context
from tracker.figures.issuers import names_office
from tracker.figures.scopes import read_scope
from tracker.model import Role

_OWNER: Final = 4
"""How many words before its noun may tell whose toll it is."""


def of_a_place(c: Context) -> bool:
    """As in "500 have died: Arnland's toll rose to 300": some of the whole told before."""
    size = c.mention.numeral.low or c.mention.numeral.high or 0
    return _owned(c) and any(
        above.role is Role.CURRENT
        and above.mention.measure is c.mention.measure
        and (above.mention.numeral.low or above.mention.numeral.high or 0) > size
        for above in c.before
    )


def of_one_place(c: Context) -> bool:
    """As in "in Arlo alone, 62 people died"."""
    scope = read_scope(c.tokens, c.mention.first, c.mention.last, c.lexicon)
    return scope is not None and c.has(c.lexicon.alone, *scope)


def raises_another(c: Context) -> bool:
    """As in "the toll in the capital rose to 36, pushing the national toll to 50"."""
    m = c.mention
    if m.toll is None or c.place + 1 == len(c.mentions):
        return False
    other = c.mentions[c.place + 1]
    return (
        other.toll is not None
        and c.has(c.lexicon.counts, m.last, other.toll.link_at)
        and other.measure is m.measure
        and (other.numeral.low or 0) > (m.numeral.low or m.numeral.high or 0)
        and (c.has(c.lexicon.bringing, m.last, other.toll.link_at) or _next_of_the_whole(c))
    )


def _next_of_the_whole(c: Context) -> bool:
    """As in "the toll in Arlo rose to 36 while the national toll stood at 50"."""
    other = c.mentions[c.place + 1].toll
    return other is not None and _owned(c) and c.has(c.lexicon.whole, c.mention.last, other.link_at)


def _owned(c: Context) -> bool:
    """Whether the toll is one place's: "Arnland's latest toll", "the toll in Arnland"."""
    toll, lexicon = c.mention.toll, c.lexicon
    if toll is None or not 0 < toll.noun_at < toll.link_at:
        return False
    for i in range(max(1, toll.noun_at - _OWNER), toll.noun_at):
        owner = c.tokens[i - 1]
        if c.tokens[i].low in lexicon.possessive and owner.text[0].isupper():
            return owner.low not in lexicon.speaking_skips and not names_office(owner.text, lexicon)
    place = c.tokens[toll.noun_at + 2]
    return c.tokens[toll.noun_at + 1].low in lexicon.scope_places and place.text[0].isupper()
