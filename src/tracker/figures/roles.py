"""What a number is to the incident: an ordered table of named rules, the first that holds wins.

`read_roles` sees one sentence; `settle` then weighs the figures of one paragraph together.
"""

from collections.abc import Callable
from typing import Final

from tracker.figures.clauses import WINDOW, Context, Reading, clause_of, past_year, year_reaches
from tracker.figures.earlier import (
    day_before,
    earlier,
    moved_from,
    told_before,
    told_the_day_before,
)
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.tokens import Tokens, finds, matches_back
from tracker.model import Measure, Move, Role

_INHERITED: Final = frozenset(
    {
        Role.PART,
        Role.OTHER_EVENT,
        Role.EARLIER,
        Role.BACKGROUND,
        Role.REJECTED,
        Role.HYPOTHETICAL,
        Role.INCREMENT,
    }
)


Rule = tuple[str, Role, Callable[[Context], bool]]


def read_roles(tokens: Tokens, mentions: list[Mention], lexicon: Lexicon) -> list[Reading]:
    """The role of each mention of a sentence."""
    readings: list[Reading] = []
    for place, mention in enumerate(mentions):
        left, right = clause_of(tokens, mention, lexicon)
        context = Context(tokens, mentions, place, left, right, readings, lexicon)
        why, role = next(
            ((why, role) for why, role, holds in RULES if holds(context)), (DEFAULT, Role.CURRENT)
        )
        earlier = mention.listed_after
        if earlier is not None and why in YIELDING and mention.toll is None:
            above = readings[earlier]
            loose = mention.bond is not Bond.LIST and above.role in (Role.PART, Role.INCREMENT)
            if above.role in _INHERITED and not loose:
                role, why = above.role, f"listed: {above.why}"
        of_wounds = finds(tokens, mention.phrase.end, right, lexicon.wounds) is not None
        readings.append(Reading(mention, role, why, _move(context, role), of_wounds))
    return readings


def _denied(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    if matches_back(c.tokens, m.numeral.first - 1, lexicon.denying):
        return True
    return (
        finds(c.tokens, c.left, m.first, lexicon.rejecting_before) is not None
        or finds(c.tokens, m.last, c.right, lexicon.rejecting) is not None
    )


def _hypothetical(c: Context) -> bool:
    left = max(c.left, c.mention.first - 12)
    for i in range(left, c.mention.last):
        token = c.tokens[i]
        if token.low in c.lexicon.hypothetical and not (
            token.low in c.lexicon.months and token.text[0].isupper() and i
        ):
            return not any(t.low == "," for t in c.tokens[i : c.mention.first])
    return False


def _denominator(c: Context) -> bool:
    first = c.mention.numeral.first
    of_the = (
        first > 1
        and c.tokens[first - 1].low in c.lexicon.determiners
        and c.tokens[first - 2].low == c.lexicon.of
    )
    return of_the and c.mention.measure is Measure.AT_RISK_TOTAL


def _increment_toll(c: Context) -> bool:
    return c.mention.toll is not None and c.mention.toll.link in c.lexicon.by


def _toll(c: Context) -> bool:
    return c.mention.toll is not None and not _part(c)


def _part(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    if m.phrase.subset and m.bond is not Bond.VERB:
        return not _denominated(c) and not _late_death(c)
    if m.measure is Measure.CRITICALLY_INJURED and m.bond is Bond.LIST:
        return True
    for first in (m.first, m.numeral.first):
        length = matches_back(c.tokens, first - 1, lexicon.include)
        if length:
            return not matches_back(c.tokens, first - 1 - length, lexicon.denying)
    at = finds(c.tokens, m.numeral.last, min(c.right + 1, m.last + 6), lexicon.of_them)
    if at is None or (m.bond is Bond.VERB and at == m.numeral.last):
        # "Killing seven of them": they are the seven dead of a larger company.
        return False
    return at == m.numeral.last or c.tokens[at - 1].low not in lexicon.asides


def _late_death(c: Context) -> bool:
    """As in "one of the injured died": no part of the toll yet, but added to it."""
    return c.mention.measure is Measure.KILLED and c.mention.phrase.noun is Measure.INJURED


def _denominated(c: Context) -> bool:
    """As in "two of the 47 people on board": the two are no part of a toll."""
    following = c.place + 1
    return (
        following < len(c.mentions)
        and c.mentions[following].measure is Measure.AT_RISK_TOTAL
        and c.mentions[following].numeral.first - c.mention.numeral.last <= 3
    )


def _other_event(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    if m.toll is None and day_before(c):
        return True
    right = min(c.right, m.last + 12)
    at = finds(c.tokens, c.left - 3, right, lexicon.elsewhere) if m.toll is None else None
    if at is not None and not c.has(lexicon.possessive, at + 2, at + 3):
        return True
    if m.numeral.single and finds(c.tokens, c.left - 3, c.left, lexicon.day_after) is not None:
        return True
    for i in range(max(0, m.first - WINDOW), m.first):
        if past_year(c.tokens, i, lexicon) and year_reaches(c, i):
            return True
    return any(
        past_year(c.tokens, i, lexicon) and c.tokens[i - 1].low not in lexicon.since
        for i in range(m.last, c.right)
    )


def _background(c: Context) -> bool:
    left = c.mention.first
    while left > c.left and c.tokens[left - 1].low != ",":
        left -= 1
    return (
        finds(c.tokens, left, c.right + 6, c.lexicon.background) is not None
        or finds(c.tokens, 0, 2, c.lexicon.background) is not None
    )


def _more(c: Context) -> bool:
    m = c.mention
    return _late_death(c) or (m.phrase.more and m.measure is Measure.KILLED)


def _brings(c: Context) -> bool:
    """As in "two women died, bringing the toll to 60", "risen to 91 as two people succumbed"."""
    m = c.mention
    if m.measure is not Measure.KILLED or m.numeral.low == 0 or m.toll is not None:
        return False
    for other in c.mentions:
        if other.toll is None or other.measure is not Measure.KILLED or other is m:
            continue
        if other.first > m.first and c.has(c.lexicon.bringing, m.last, other.first):
            return True
        if other.last <= m.first and c.has(c.lexicon.after, other.last, m.first):
            return True
    return False


DEFAULT: Final = "default"
YIELDING: Final = (DEFAULT, "more", "brings the toll")
"""Rules that give way to the role of the number before in the same list."""

RULES: Final[tuple[Rule, ...]] = (
    ("denied", Role.REJECTED, _denied),
    ("of the total", Role.DENOMINATOR, _denominator),
    ("subset", Role.PART, lambda c: _part(c) and not moved_from(c)),
    ("moved from", Role.EARLIER, moved_from),
    ("moved by", Role.INCREMENT, _increment_toll),
    ("told before", Role.EARLIER, told_before),
    ("told the day before", Role.EARLIER, told_the_day_before),
    ("hypothetical", Role.HYPOTHETICAL, _hypothetical),
    ("another event", Role.OTHER_EVENT, _other_event),
    ("earlier", Role.EARLIER, earlier),
    ("brings the toll", Role.INCREMENT, _brings),
    ("running total", Role.BACKGROUND, _background),
    ("toll", Role.CURRENT, _toll),
    ("more", Role.INCREMENT, _more),
)


def _move(c: Context, role: Role) -> Move | None:
    """The direction that the text states beside the number."""
    m, lexicon = c.mention, c.lexicon
    if m.toll is not None:
        moves = [
            lexicon.moves[t.low]
            for t in c.tokens[max(0, m.toll.link_at - 7) : m.toll.link_at]
            if t.low in lexicon.moves
        ]
        if moves:
            return moves[-1]
        return lexicon.moves.get(m.toll.link)
    return Move.UP if role is Role.INCREMENT else None
