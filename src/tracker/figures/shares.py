"""Rules for a number of some of the dead: those of one nation, of one company, among the dead.

A number that is included in another in so many words, "including nine children", is read in
`roles.py`.
"""

from typing import Final

from tracker.figures.clauses import WINDOW, Context
from tracker.figures.mentions import Bond, Mention
from tracker.figures.places import tells_of
from tracker.figures.tables import union
from tracker.figures.tokens import after_of
from tracker.figures.toll_nouns import COUNT_REACH
from tracker.figures.whereabouts import place_of
from tracker.model import Measure, Role

OF_A_GROUP: Final = "of a group"
_FATE: Final = 9
"""How many words after them may tell what became of bodies."""
_WORDS: Final = 4
"""How many words after a number may tell whose citizens they are."""
_BY_THEM: Final = frozenset({Bond.PREDICATE, Bond.NOUN, Bond.LIST})


def of_a_group(c: Context) -> bool:
    """As in "14 foreigners died in the attacks", "21 of its citizens", "the number of Arnish
    people killed", "among the dead of the flight were 154 Arnish".
    """
    m = c.mention
    return (
        _of_his_own(c, m)
        or _among_the_dead(c)
        or _among_attackers(c)
        or _handed_over(c)
        or _goes_on(c)
        or _counted_in(c)
        or _of_a_group_toll(c)
        or (m.bond in _BY_THEM and _names_group(c, m) and _refers(c))
    )


def _of_a_group_toll(c: Context) -> bool:
    """As in "the number of Arnish people killed has risen to 89"."""
    toll = c.mention.toll
    if toll is None:
        return False
    counts = range(toll.noun_at, max(-1, toll.noun_at - COUNT_REACH), -1)
    first = next((i for i in counts if c.tokens[i].low in c.lexicon.counts), toll.noun_at)
    return _is_group(c, first, toll.link_at)


def _of_his_own(c: Context, m: Mention) -> bool:
    """As in "21 of its citizens", "12 de ses ressortissants"."""
    words = range(m.numeral.last, min(len(c.tokens), m.numeral.last + _WORDS))
    his = next((i for i in words if c.tokens[i].low in union(c.lexicon.his, c.lexicon.its)), None)
    return his is not None and c.has(c.lexicon.citizens, his + 1, his + _WORDS)


def _names_group(c: Context, m: Mention) -> bool:
    return _is_group(c, m.numeral.last, max(m.phrase.end, m.numeral.last))


def _is_group(c: Context, first: int, last: int) -> bool:
    """Whether tokens[first:last] name people by where they are from: "foreign tourists", "Arnish
    nationals"; not "Arnish soldiers".
    """
    lexicon = c.lexicon
    for i in range(max(0, first), min(last, len(c.tokens))):
        low = c.tokens[i].low
        if low in lexicon.foreigners:
            return True
        near = c.tokens[i + 1 : i + 3]
        if low in lexicon.foreign and any(t.low in lexicon.people for t in near):
            return True
        named = c.tokens[i].text[0].isupper() and not lexicon.capital_nouns and i > 0
        if named and near and near[0].text in lexicon.citizens:
            return True
    return False


def _refers(c: Context) -> bool:
    """Whether the clause goes on about what is known: "in the attacks", or no word of what
    happened, where and when. "Four foreign tourists died in a bus crash" tells it all.
    """
    following = c.mentions[c.place + 1].first if c.place + 1 < len(c.mentions) else len(c.tokens)
    happens, anew = tells_of(c, max(c.right, min(following, c.mention.last + WINDOW)))
    if anew:
        return False
    dated = not c.lexicon.weekdays.keys().isdisjoint(c.lows[c.left : c.right])
    where = place_of(c)
    return happens or not (dated or (where is not None and where.names))


def _among_the_dead(c: Context) -> bool:
    """As in "Among the dead of flight 12 were 154 Arnish": the words head no toll."""
    toll, lexicon = c.mention.toll, c.lexicon
    if toll is None or toll.noun_at < 1:
        return False
    first = toll.noun_at - 1
    while first > 0 and c.tokens[first].low in lexicon.determiners:
        first -= 1
    return c.tokens[first].low in lexicon.among


def _among_attackers(c: Context) -> bool:
    """As in "three dead among the suspects"."""
    m, lexicon = c.mention, c.lexicon
    end = m.phrase.end
    near = c.lows[end + 1 : end + 1 + _WORDS]
    named = {*near, *(low.removesuffix("s") for low in near)}
    return c.has(lexicon.among, end, end + 1) and not named.isdisjoint(lexicon.attackers)


def _handed_over(c: Context) -> bool:
    """As in "118 bodies have been handed over to families", "44 bodies were aboard the barge":
    of those that were found.
    """
    m = c.mention
    following = c.mentions[c.place + 1].first if c.place + 1 < len(c.mentions) else len(c.tokens)
    last = min(following, m.phrase.end + _FATE)
    marks = (i for i in range(m.phrase.end, last) if c.tokens[i].low in (",", ";"))
    return m.phrase.bodies and c.has(c.lexicon.handed, m.phrase.end, next(marks, last))


def _goes_on(c: Context) -> bool:
    """As in "14 foreigners were among the dead and six were hurt": six of them."""
    m = c.mention
    if not c.place or m.numeral.single or m.phrase.end != m.numeral.last:
        return False
    above = c.mentions[c.place - 1]
    joined = c.has(c.lexicon.ands, m.numeral.first - 1, m.numeral.first)
    part = c.before[-1].role is Role.PART and c.before[-1].mention is above
    return joined and part and _names_group(c, above) and above.measure is not m.measure


def _counted_in(c: Context) -> bool:
    """As in "Statewide, with three victims of the storm, 74 have died"."""
    m, first = c.mention, c.mention.numeral.first
    if c.place + 1 == len(c.mentions) or not c.has(c.lexicon.withs, first - 1, first):
        return False
    other = c.mentions[c.place + 1]
    opens = first == 1 or c.tokens[first - 2].low == ","
    parted = any(token.low == "," for token in c.tokens[m.last : other.first])
    larger = (other.numeral.low or 0) > (m.numeral.low or m.numeral.high or 0)
    more = m.phrase.more or m.numeral.more
    return opens and parted and larger and not more and other.measure is m.measure


def some_of_them(c: Context) -> bool:
    """As in "four of the pupils died", "13 died in the hall and the rest in hospital": fewer than
    a larger number of the text.
    """
    m, lexicon = c.mention, c.lexicon
    if m.measure is not Measure.KILLED or m.toll is not None:
        return False
    of, _ = after_of(c.tokens, m.numeral.last, lexicon)
    last = m.numeral.last + of
    the = of > 0 and c.has(union(lexicon.the, lexicon.of_the), last - 1, last)
    some = the and m.phrase.head in lexicon.people and not m.numeral.single
    rest = c.right + 1 < len(c.tokens) and c.tokens[c.right].low in lexicon.ands
    rest = rest and c.tokens[c.right + 1].low in lexicon.the
    return some or (rest and c.has(lexicon.remaining, c.right + 2, c.right + 3))
