"""Rules for a number of another happening than the text's own, or of a longer time than its day.

A number that the text tells of an earlier time of the same happening is in `earlier.py`.
"""

from typing import Final

from tracker.figures.clauses import WINDOW, Context, past_year, year_reaches
from tracker.figures.earlier import day_before
from tracker.figures.mentions import Bond
from tracker.figures.tables import union
from tracker.model import Role

_HAD: Final = 3
"""How many words ", which had" has."""
_SINCE: Final = 3
"""How many words before a year "since the truce of" may have."""
_SUPERLATIVE: Final = 8
"""How many words "the deadliest air accident in the country since" may have."""
COMMA: Final = frozenset({","})
OF_A_YEAR: Final = "a toll of its year"


def other_event(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    if m.toll is None and day_before(c):
        return m.listed_after is None or c.before[m.listed_after].role is not Role.EARLIER
    if _since_another(c) or _worst_since(c):
        return True
    right = min(c.right, m.last + 12)
    at = c.finds(c.left - 3, right, lexicon.elsewhere) if m.toll is None else None
    if at is not None and not c.has(lexicon.possessive, at + 2, at + 3):
        return True
    if m.numeral.single and c.finds(c.left - 3, c.left, lexicon.day_after) is not None:
        return True
    if m.toll is None and _after_another(c):
        return True
    named = max((r.mention.first for r in c.before if r.why == OF_A_YEAR), default=0)
    for i in range(max(named, m.first - WINDOW), m.numeral.first):
        if past_year(c.tokens, i, lexicon) and year_reaches(c, i):
            return True
    right = next(
        (i for i in range(m.last, c.right) if c.tokens[i].low in lexicon.relative), c.right
    )
    if m.bond is Bond.VERB and c.tokens[min(m.last, right - 1)].low.endswith(lexicon.verb_endings):
        # "Hangs a man convicted in 2019": the year is of the second verb.
        right = m.last
    return any(
        past_year(c.tokens, i, lexicon) and not c.has(lexicon.since, i - _SINCE, i)
        for i in range(m.last, right)
    )


def _after_another(c: Context) -> bool:
    """As in "a day after a blast in Besk killed 32": not "after the blast", the one at hand."""
    at = c.finds(c.left - 3, c.mention.first, c.lexicon.day_after)
    if at is None or c.has(COMMA, at, c.mention.first):
        return False
    told = [r for r in c.before if r.role is not Role.OTHER_EVENT]
    alone = not told and c.place + 1 == len(c.mentions)
    return not alone and c.has(union(c.lexicon.articles, c.lexicon.another), at + 2, at + 4)


def _since_another(c: Context) -> bool:
    """As in "the deadliest since the one in Arlo, which had killed 86"."""
    m, lexicon = c.mention, c.lexicon
    near = range(max(0, m.first - _HAD), m.numeral.first)
    had = next((i for i in near if c.tokens[i].low in lexicon.had), 0)
    if had < _HAD or not c.has(lexicon.relative, had - 2, had) or c.tokens[had - 2].low != ",":
        return False
    first = had - _HAD
    while first > max(0, had - WINDOW) and c.tokens[first].text[0] not in ",;:.":
        if c.tokens[first].low in lexicon.since:
            one = union(lexicon.determiners, lexicon.them, lexicon.it)
            return c.tokens[first + 1].low in one
        first -= 1
    return False


def _worst_since(c: Context) -> bool:
    """As in "the worst since the Besk disaster, in which 256 people died"."""
    m, lexicon = c.mention, c.lexicon
    related = False
    for i in range(m.first - 1, max(0, m.first - WINDOW), -1):
        low = c.tokens[i].low
        if low in lexicon.clause_marks:
            return False
        after = c.tokens[i + 1 : i + 3]
        if low == "," and all(t.low not in lexicon.relative for t in after):
            return False
        related = related or low in lexicon.relative
        if low in lexicon.since:
            return related and c.has(lexicon.superlatives, i - _SUPERLATIVE, i)
    return False


def of_a_year(c: Context) -> bool:
    """As in "raised the toll of the 2017 fire to 60": the year names what the text is about."""
    toll, lexicon = c.mention.toll, c.lexicon
    if toll is None or not any(
        past_year(c.tokens, i, lexicon) for i in range(toll.noun_at + 1, toll.link_at)
    ):
        return False
    told = {t.low for t in c.tokens[max(c.left, toll.noun_at - 5) : toll.link_at + 1]}
    return not told.isdisjoint((lexicon.moves.keys() | lexicon.put) - lexicon.say)


def background(c: Context) -> bool:
    left = c.mention.first
    while left > c.left and c.tokens[left - 1].low != ",":
        left -= 1
    return (
        c.finds(left, c.right + 6, c.lexicon.background) is not None
        or _since_a_year(c)
        or c.finds(0, 2, c.lexicon.background) is not None
    )


def _since_a_year(c: Context) -> bool:
    """As in "has cost 65,000 lives since 1983": not "the deadliest attack since 1983"."""
    since = c.mention.last
    return c.has(c.lexicon.since, since, since + 1) and any(
        past_year(c.tokens, i, c.lexicon) for i in range(since + 1, min(len(c.tokens), since + 3))
    )
