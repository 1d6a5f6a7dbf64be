"""What the words around a number hint at: another happening, a longer time, who tells it when.

Only the paragraph can weigh them: see `retold.py` and `timeline.py`.
"""

from collections.abc import Callable
from typing import Final

from tracker.figures.clauses import WINDOW, Context, Hint, past_year
from tracker.figures.happenings import of_a_known_happening
from tracker.figures.mentions import Bond
from tracker.figures.tables import union
from tracker.figures.tokens import Token, matches_back

_NEAR: Final = 5
"""How many words on "since the truce of 2021" may tell its date."""
_OPENING: Final = 4
"""How many words "In early June 2023" and "That has now brought" may have."""
_SUBJECT: Final = 12


def hints(c: Context) -> frozenset[Hint]:
    """What the clause says of another happening or a longer time."""
    m, lexicon = c.mention, c.lexicon
    told = set()
    around = (*range(c.left, m.first), *range(m.last, c.right))
    if c.has(lexicon.months, c.left, c.right) and any(_bare_month(c, i) for i in around):
        told.add(Hint.MONTH)
    before = max(c.left - _NEAR, m.first - 2 * _NEAR)
    lasts = c.finds(m.last, c.right, lexicon.lasting) is not None
    lasts = lasts or c.finds(before, m.first, lexicon.lasting) is not None
    since = c.has(lexicon.since, c.left, c.right) and any(_since_long(c, i) for i in around)
    if lasts or since or _in_years(c):
        told.add(Hint.LASTING)
    if c.finds(c.left - 2, m.first, lexicon.separate) is not None:
        told.add(Hint.SEPARATE)
    if c.has(lexicon.remaining, m.numeral.first - 2, m.last + 1):
        told.add(Hint.REMAINING)
    told.update(hint for hint, holds in _TIMES if holds(c))
    return frozenset(told)


def _bare_month(c: Context, i: int) -> bool:
    """As in "in July", "last March", "in early May": no day of it is told."""
    token, lexicon = c.tokens[i], c.lexicon
    if token.low not in lexicon.months or i == 0:
        return False
    before = c.tokens[i - 1].low
    after = c.tokens[i + 1] if i + 1 < len(c.tokens) else token
    dated = after.text[0].isdigit() or before[0].isdigit() or before in lexicon.since
    return not dated and before in union(lexicon.year_before, lexicon.remaining)


def _since_long(c: Context, i: int) -> bool:
    """As in "since June", "since the ceasefire of May 2021": no "since Monday"."""
    if c.tokens[i].low not in c.lexicon.since:
        return False
    after = c.tokens[i + 1 : i + 1 + _NEAR]
    return any(t.low in c.lexicon.months or _is_year(t) for t in after)


def _is_year(token: Token) -> bool:
    return len(token.text) == 4 and token.text.isdigit()


def _in_years(c: Context) -> bool:
    """As in "has cost 900 lives in six years", "over the past two decades"."""
    m, lexicon = c.mention, c.lexicon
    for i in range(m.last, min(c.right, m.last + _NEAR)):
        if c.tokens[i].low in lexicon.spans:
            return c.has(lexicon.prepositions, m.last, i - 1)
    return False


def _of_a_past_year(c: Context) -> bool:
    """As in "In June 2023, two women were killed": a sentence that a year opens."""
    if "," not in c.lows[1 : _OPENING + 2]:
        return False
    opens = range(min(_OPENING, c.mention.first))
    return any(
        past_year(c.tokens, i, c.lexicon) and c.tokens[i + 1].low == "," for i in opens
    ) and not c.has(c.lexicon.since, 0, _OPENING)


def _follows(c: Context) -> bool:
    """As in "the raid follows an ambush in which 16 died", "came a day after a blast that …"."""
    m, lexicon = c.mention, c.lexicon
    first = max(0, m.first - WINDOW)
    for table in (lexicon.follows, lexicon.day_after):
        at = c.finds(first, m.first, table)
        if at is None or c.has(lexicon.clause_marks, at, m.first):
            continue
        one = c.has(union(lexicon.articles, lexicon.another), at + 1, at + _OPENING + 1)
        if one and c.has(lexicon.relative, at, m.numeral.first):
            return True
    return False


def _told(c: Context) -> bool:
    """Whether somebody tells the number: "counted eight dead", "said that 12 had died"."""
    m, lexicon = c.mention, c.lexicon
    if m.toll is not None or m.bond is Bond.VERB:
        return m.toll is not None
    first = max(c.left, m.first - _SUBJECT)
    return any(
        c.has(table, first, m.numeral.first)
        for table in (lexicon.say, lexicon.announce, lexicon.confirming)
    ) or bool(matches_back(c.tokens, m.numeral.first - 1, lexicon.telling))


def _at_a_time_of_day(c: Context) -> bool:
    """As in "by evening they acknowledged nine deaths"."""
    return c.has(c.lexicon.day_parts, c.left, c.mention.numeral.first)


def _dated(c: Context) -> bool:
    """As in "17 | on the 9th", "12 | on Monday", "40 | by 2 May"."""
    lexicon, end = c.lexicon, c.mention.phrase.end
    if end >= len(c.tokens) or c.tokens[end].low not in lexicon.prepositions:
        return False
    told = c.has(union(lexicon.months, lexicon.ranks), end, end + 4)
    return told or not lexicon.weekdays.keys().isdisjoint(c.lows[end : end + 4])


def _given(c: Context) -> bool:
    """As in "the figure of 50 | given on Sunday"."""
    m, lexicon = c.mention, c.lexicon
    told = union(lexicon.put, lexicon.announce, lexicon.say)
    given = m.toll is not None and c.has(told, m.last, m.last + 1)
    return given and not lexicon.weekdays.keys().isdisjoint(c.lows[m.last : m.last + _OPENING])


def _brings(c: Context) -> bool:
    """As in "That makes 27 dead": the sentence adds what was told before to the toll."""
    it = c.tokens[0].low in c.lexicon.it
    return it and c.has(union(c.lexicon.bringing, c.lexicon.making), 1, _OPENING)


def _by_then(c: Context) -> bool:
    """As in "had counted 34 bodies | by late evening"."""
    last, lexicon = c.mention.phrase.end, c.lexicon
    end = min(len(c.tokens), last + _OPENING)
    by = c.has(lexicon.by_then, last, last + 1)
    days = any(t.low in lexicon.weekdays for t in c.tokens[last:end])
    return by and (days or c.has(lexicon.day_parts, last, end))


def _had_happened(c: Context) -> bool:
    """As in "The storm had killed 15 in Greland last week": told in the past of the past, with a
    time or a place, by nobody.
    """
    m, lexicon = c.mention, c.lexicon
    if m.toll is not None or not c.has(lexicon.had, max(c.left, m.first - 3), m.numeral.first):
        return False
    told = union(lexicon.say, lexicon.that, lexicon.put, lexicon.confirming)
    elsewhere = c.has(lexicon.years, m.last, min(c.right, m.last + _SUBJECT))
    elsewhere = elsewhere or c.has(lexicon.settings, m.phrase.end, m.phrase.end + 1)
    return elsewhere and not c.has(told, c.left - 1, m.first)


def _claimed(c: Context) -> bool:
    """As in "the army claims that …": others may deny it in the next sentence."""
    return c.has(c.lexicon.alleging, max(0, c.mention.first - WINDOW), c.mention.first)


_TIMES: Final[tuple[tuple[Hint, Callable[[Context], bool]], ...]] = (
    (Hint.YEAR, _of_a_past_year),
    (Hint.FOLLOWS, _follows),
    (Hint.TOLD, _told),
    (Hint.DAYTIME, _at_a_time_of_day),
    (Hint.DATED, _dated),
    (Hint.GIVEN, _given),
    (Hint.BRINGS, _brings),
    (Hint.BEFORE, _had_happened),
    (Hint.BY_THEN, _by_then),
    (Hint.CLAIMED, _claimed),
    (Hint.KNOWN, of_a_known_happening),
)
