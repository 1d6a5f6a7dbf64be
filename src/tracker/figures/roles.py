"""What a number is to the incident: an ordered table of named rules, the first that holds wins.

`read_roles` sees one sentence; `settle` then weighs the figures of one paragraph together.
"""

from collections.abc import Callable
from typing import Final

from tracker.figures.clauses import Context, Reading, clause_of
from tracker.figures.denied import NOT_THIS, denied, not_this, undone
from tracker.figures.earlier import (
    earlier,
    moved_from,
    put_right,
    told_before,
    told_in_the_past,
    told_the_day_before,
)
from tracker.figures.happenings import (
    AFTER,
    EXECUTED,
    OF_A_TIME,
    OF_A_YEAR,
    after_a_happening,
    background,
    executed_for_it,
    of_a_time,
    of_a_year,
    other_event,
)
from tracker.figures.hints import hints
from tracker.figures.increments import (
    added,
    brings,
    increment_toll,
    late_death,
    listed_missing,
    more,
)
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.moves import corrects_before, has_risen, move_of, moved_since
from tracker.figures.places import (
    of_a_place,
    of_all,
    of_another_place,
    of_one_place,
    raises_another,
    tells_of,
)
from tracker.figures.shares import OF_A_GROUP, of_a_group, some_of_them
from tracker.figures.supposed import feared, hypothetical
from tracker.figures.tokens import Tokens, before_of_the, finds, matches_back
from tracker.figures.whereabouts import place_of
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

_SPOKE: Final = 5
_BRACKET: Final = frozenset("(")

Rule = tuple[str, Role, Callable[[Context], bool]]


def read_roles(
    tokens: Tokens, mentions: list[Mention], lexicon: Lexicon, *, sentence: int = 0
) -> list[Reading]:
    """The role of each mention of a sentence, which is the `sentence`-th of its paragraph."""
    readings: list[Reading] = []
    if not mentions:
        return readings
    lows = tuple(token.low for token in tokens)
    for place, mention in enumerate(mentions):
        left, right = clause_of(tokens, mention, lexicon)
        context = Context(tokens, lows, mention, mentions, place, left, right, readings, lexicon)
        why, role = _rule_of(context)
        earlier = mention.listed_after
        if earlier is not None and why in YIELDING and mention.toll is None:
            above = readings[earlier]
            loose = above.role in (Role.PART, Role.INCREMENT) or above.why == NOT_THIS
            apart = loose and (mention.bond is not Bond.LIST or _contrasts(context))
            apart = apart or (above.role is Role.HYPOTHETICAL and _tells_itself(context))
            apart = apart or _in_a_clause_of_its_own(context) or above.why == EXECUTED
            if above.role in _INHERITED and not apart:
                role, why = above.role, f"listed: {above.why}"
        of_wounds = finds(tokens, mention.phrase.end, right, lexicon.wounds) is not None
        move = move_of(context, role)
        corrects = role is Role.CURRENT and corrects_before(context, move)
        happens, anew = tells_of(context)
        readings.append(
            Reading(
                mention,
                role,
                why,
                move,
                of_wounds,
                corrects,
                sentence=sentence,
                weekday=_weekday(context),
                hints=hints(context),
                was=_was(context),
                bracketed=context.has(_BRACKET, mention.first - 1, mention.first),
                placed=context.has(lexicon.settings, mention.phrase.end, mention.last + 1),
                whole=_whole(context),
                of_one_place=of_one_place(context),
                where=place_of(context),
                some=some_of_them(context),
                in_all=of_all(context),
                happens=happens,
                anew=anew,
                other_place=of_another_place(context),
                risen=role is Role.CURRENT and move is Move.UP and has_risen(context),
            )
        )
    return readings


def _was(c: Context) -> bool:
    """Whether an imperfect ties the number to its toll: "le bilan était de 20 morts"."""
    m = c.mention
    first = m.toll.link_at - _SPOKE + 1 if m.toll is not None else m.first - _SPOKE
    return c.has(c.lexicon.past_links, max(c.left, first), m.numeral.first)


def _whole(c: Context) -> bool:
    """As in "six people were killed, two women and four men", "six sailors: …"."""
    m = c.mention
    following = c.mentions[c.place + 1].first if c.place + 1 < len(c.mentions) else m.last
    colon = any(token.low == ":" for token in c.tokens[m.last : following])
    return colon or m.phrase.head is None or m.phrase.head in c.lexicon.persons


def _rule_of(c: Context) -> tuple[str, Role]:
    for why, role, holds in RULES:
        if holds(c):
            return why, role
    return DEFAULT, Role.CURRENT


def _tells_itself(c: Context) -> bool:
    """As in "the toll could reach 30, and 25 are in hospital": a verb of its own."""
    m = c.mention
    own = m.bond is Bond.PREDICATE and m.phrase.end < len(c.tokens)
    return own and c.tokens[m.phrase.end].low in c.lexicon.plural


def _in_a_clause_of_its_own(c: Context) -> bool:
    """As in "up from 37 on Sunday; 305 are missing"."""
    above = c.mentions[c.place - 1]
    parted = any(token.low == ";" for token in c.tokens[above.last : c.mention.first])
    return parted and above.measure is not c.mention.measure and c.mention.bond is Bond.PREDICATE


def _contrasts(c: Context) -> bool:
    """As in "not 40 but 36"."""
    return c.has(c.lexicon.contrast, c.mention.numeral.first - 1, c.mention.numeral.first)


def _denominator(c: Context) -> bool:
    of_the = before_of_the(c.tokens, c.mention.numeral.first - 1, c.lexicon)
    return of_the > 0 and c.mention.measure is Measure.AT_RISK_TOTAL


def _toll(c: Context) -> bool:
    return c.mention.toll is not None and not _part(c)


def _part(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    if m.phrase.subset and m.bond is not Bond.VERB:
        return not _denominated(c) and not late_death(c)
    if m.measure is Measure.CRITICALLY_INJURED and m.bond is Bond.LIST:
        return True
    for first in (m.first, m.numeral.first):
        length = matches_back(c.tokens, first - 1, lexicon.include)
        if length:
            return not matches_back(c.tokens, first - 1 - length, lexicon.denying)
    at = c.finds(m.numeral.last, min(c.right + 1, m.last + 6), lexicon.of_them)
    if at is None or (m.bond is Bond.VERB and at == m.numeral.last):
        # "Killing seven of them": they are the seven dead of a larger company.
        return False
    if at > m.numeral.last and (
        c.has(lexicon.relative, at, at + 2)
        or not c.tokens[at - 1].text[0].isalnum()
        or c.tokens[at - 1].low in lexicon.registers
    ):
        # "Five skiers of whom nothing was known", "88 fans, among them children".
        return False
    if any(m.numeral.last < other.numeral.last <= at for other in c.mentions):
        # "Nine soldiers – two of them captains": the two are the part.
        return False
    return at == m.numeral.last or c.tokens[at - 1].low not in lexicon.asides


def _denominated(c: Context) -> bool:
    """As in "two of the 47 people on board": the two are no part of a toll."""
    following = c.place + 1
    return (
        following < len(c.mentions)
        and c.mentions[following].measure is Measure.AT_RISK_TOTAL
        and c.mentions[following].numeral.first - c.mention.numeral.last <= 3
    )


SUBSET: Final = "subset"
DEFAULT: Final = "nothing says otherwise"
YIELDING: Final = (DEFAULT, "so many more", "brings the toll")
"""Rules that give way to the role of the number before in the same list."""

RULES: Final[tuple[Rule, ...]] = (
    (NOT_THIS, Role.REJECTED, not_this),
    ("denied", Role.REJECTED, denied),
    ("alive after all", Role.REJECTED, undone),
    ("of the total", Role.DENOMINATOR, _denominator),
    (SUBSET, Role.PART, lambda c: _part(c) and not moved_from(c)),
    ("moved from", Role.EARLIER, moved_from),
    ("moved by", Role.INCREMENT, increment_toll),
    ("added or taken off", Role.INCREMENT, added),
    ("told before", Role.EARLIER, told_before),
    ("corrected", Role.EARLIER, put_right),
    ("told the day before", Role.EARLIER, told_the_day_before),
    ("moved since", Role.EARLIER, moved_since),
    ("hypothetical", Role.HYPOTHETICAL, lambda c: hypothetical(c) or feared(c)),
    ("had said", Role.EARLIER, told_in_the_past),
    (OF_A_YEAR, Role.CURRENT, of_a_year),
    ("another event", Role.OTHER_EVENT, other_event),
    (EXECUTED, Role.OTHER_EVENT, executed_for_it),
    (OF_A_TIME, Role.OTHER_EVENT, of_a_time),
    (AFTER, Role.OTHER_EVENT, after_a_happening),
    ("listed as missing", Role.INCREMENT, listed_missing),
    ("earlier", Role.EARLIER, earlier),
    ("brings the toll", Role.INCREMENT, brings),
    ("running total", Role.BACKGROUND, background),
    (OF_A_GROUP, Role.PART, of_a_group),
    ("a place's own", Role.PART, lambda c: of_a_place(c) or raises_another(c)),
    ("number of a toll", Role.CURRENT, _toll),
    ("so many more", Role.INCREMENT, more),
)


def _weekday(c: Context) -> int | None:
    """The day of the week that the clause names first."""
    told = (c.lexicon.weekdays.get(t.low) for t in c.tokens[c.left : c.right])
    return next((day for day in told if day is not None), None)
