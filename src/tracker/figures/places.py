"""Rules for a toll of one place beside the toll of the whole: it is a part.

Place words that a number is limited to are read in `scopes.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.clauses import Context, Place, Reading
from tracker.figures.issuers import names_office
from tracker.figures.scopes import read_scope
from tracker.model import Role

_SHARES: Final = frozenset({Role.PART, Role.COMPONENT})
_OWNER: Final = 4
"""How many words before its noun may tell whose toll it is."""


def of_a_place(c: Context) -> bool:
    """As in "500 have died: Arnland's toll rose to 300": some of the whole told before."""
    size = c.mention.numeral.low or c.mention.numeral.high or 0
    return _owned(c) and any(
        above.role is Role.CURRENT
        and above.where is None
        and above.mention.measure is c.mention.measure
        and (above.mention.numeral.low or above.mention.numeral.high or 0) > size
        for above in c.before
    )


def place_of(c: Context) -> Place | None:
    """The named place of a number: "in Arlo" after it, or beside its toll."""
    m, tokens, lexicon = c.mention, c.tokens, c.lexicon
    toll = m.toll
    if toll is None:
        return _place_at(c, m.phrase.end) or _place_at(c, m.last)
    if 0 <= toll.noun_at < toll.link_at - 1:
        # "The toll in Arlo rose to 36 and in Besk to 50": the nearest to the link.
        for i in range(toll.link_at - 1, toll.noun_at, -1):
            if tokens[i].low in lexicon.possessive and tokens[i - 1].text[0].isupper():
                return Place(i - 1, i, tokens[i - 1].low)
            if place := _place_at(c, i):
                return place
    for i in range(toll.noun_at, max(0, toll.noun_at - _OWNER), -1):
        if tokens[i].low in lexicon.possessive and _names_place(c, i - 1):
            return Place(i - 1, i, tokens[i - 1].low)
    return None


def _place_at(c: Context, i: int) -> Place | None:
    """The place that "in" at i opens."""
    if i + 1 >= len(c.tokens) or c.tokens[i].low not in c.lexicon.settings:
        return None
    first = i + 2 if c.tokens[i + 1].low in c.lexicon.determiners else i + 1
    last = first
    while last < len(c.tokens) and _names_place(c, last):
        last += 1
    name = " ".join(token.low for token in c.tokens[first:last])
    return Place(i, last, name) if last > first else None


def _names_place(c: Context, i: int) -> bool:
    token, lexicon = c.tokens[i], c.lexicon
    dated = token.low in lexicon.months or token.low in lexicon.weekdays
    return token.text[0].isupper() and not dated and not names_office(token.text, lexicon)


def by_place(readings: list[Reading]) -> list[Reading]:
    """As in "the toll in Arlo rose to 36 and in Besk to 50", "9,000 in Arlo and 2,500 in Besk":
    each number is its place's; beside a total they are parts of it.
    """
    settled = list(readings)
    for measure in {r.mention.measure for r in readings if r.where is not None}:
        own = [i for i, r in enumerate(readings) if r.mention.measure is measure]
        tolls = [i for i in own if readings[i].mention.toll and readings[i].role is Role.CURRENT]
        placed = [i for i in tolls if readings[i].where is not None]
        if _differ(readings, placed):
            total = len(placed) < len(tolls)
            role = Role.PART if total else Role.COMPONENT
            for i in placed:
                settled[i] = replace(settled[i], role=role, why="of one place", scoped=True)
        listed = [i for i in own if readings[i].role in _SHARES and readings[i].where is not None]
        if _differ(readings, listed):
            for i in listed:
                settled[i] = replace(settled[i], scoped=True)
    return settled


def _differ(readings: list[Reading], places: list[int]) -> bool:
    names = {where.name for i in places if (where := readings[i].where) is not None}
    return len(names) > 1


def of_one_place(c: Context) -> bool:
    """As in "in Arlo alone, 20 people died"."""
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
