"""Numbers that hang together: the next of a list, some of a whole told before them.

What such a number counts is decided in `measures.py`, what it is to the incident in `roles.py`.
"""

from typing import Final

from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.tokens import Tokens, before_of_the, ends_clause, matches, matches_back
from tracker.model import Measure

_AMONG: Final = 6
"""How many words "of those killed," and the like may have."""
_HEDGE: Final = 3
"""How many words of hedge a bare number may have."""
_GAP: Final = 10
"""How many words of place may part two numbers of one list."""


def listed_after(tokens: Tokens, first: int, before: list[Mention], lexicon: Lexicon) -> int | None:
    """The place of the mention that this one continues: "two soldiers and three civilians"."""
    if not before:
        return None
    earlier = before[-1]
    gap = tokens[earlier.phrase.end : first]
    if _in_another_place(tokens, gap, first, lexicon):
        return len(before) - 1
    if len(gap) > 1 and gap[-1].low in lexicon.of and gap[-2].low in lexicon.list_adverbs:
        # "Zunächst von 17 Toten, später von 44".
        gap = gap[:-1]
    while gap and (gap[-1].low in lexicon.list_adverbs or gap[-1].low in lexicon.his):
        gap = gap[:-1]
    if not gap or len(gap) > _GAP:
        return None
    if gap[-1].low not in lexicon.list_joins and not matches_back(
        gap, len(gap) - 1, lexicon.list_phrases
    ):
        return None
    middle = gap[:-1]
    while middle and middle[-1].low in lexicon.list_joins:
        middle = middle[:-1]
    plain = (
        not middle
        or middle[0].low in lexicon.prepositions
        or (_states_itself(earlier) and middle[0].low in lexicon.auxiliaries)
        or earlier.last > earlier.phrase.end
    )
    verbs = any(t.low in lexicon.auxiliaries or t.low in lexicon.relative for t in middle)
    says = any(t.low in lexicon.say for t in middle)
    blocked = says or (verbs and earlier.bond is not Bond.PREDICATE and not _states_itself(earlier))
    return len(before) - 1 if plain and not blocked else None


def _in_another_place(tokens: Tokens, gap: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "24 starben am Strand, vor einem Hotel acht": a place, and nothing but a number."""
    last = first
    while last < first + _HEDGE and not ends_clause(tokens, last):
        last += 1
    alone = ends_clause(tokens, last) and not tokens[last].text[0].isupper()
    if not (lexicon.verb_last and alone and 2 < len(gap) <= _GAP):
        return False
    marks = [i for i, token in enumerate(gap) if token.low in lexicon.list_joins]
    return (
        bool(marks)
        and marks[-1] + 2 < len(gap)
        and gap[marks[-1] + 1].low in lexicon.prepositions
        and not any(t.low in lexicon.auxiliaries for t in gap[marks[-1] :])
    )


def _states_itself(mention: Mention) -> bool:
    """Whether a verb after the number is no news of what it counts: "20 deaths were", "of the 51
    dead, 20 were".
    """
    return mention.bond is Bond.NOUN or (mention.bond is Bond.LIST and mention.phrase.subset)


def whole_of(
    tokens: Tokens, before: list[Mention], listed: int | None, first: int, lexicon: Lexicon
) -> Measure | None:
    """What the whole counts in "Of the 51 dead, 20 were children and 12 women"."""
    if listed is not None and before[listed].bond is Bond.LIST and before[listed].phrase.subset:
        return before[listed].measure
    if not first or not (tokens[first - 1].low == "," or tokens[first - 1].low in lexicon.be):
        return None
    for i in range(max(0, first - _AMONG), first - 1):
        length = matches(tokens, i, lexicon.of_them)
        if length and i + length == first - 1 and not (i and tokens[i - 1].text[0].isalnum()):
            told = before[-1].measure if before else None
            return lexicon.states.get(tokens[first - 2].low, told)
    if not before or not opens_of(tokens, before[-1].numeral, lexicon):
        return None
    whole = before[-1].measure
    near = first - before[-1].phrase.end <= _GAP
    return whole if near and whole is not Measure.AT_RISK_TOTAL else None


def opens_of(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """Whether "of the" stands before the number and nothing before that."""
    of = numeral.first - max(1, before_of_the(tokens, numeral.first - 1, lexicon))
    if of > 0 and tokens[of].low in lexicon.determiners and tokens[of - 1].low in lexicon.among:
        of -= 1
    opens = of == 0 or (of > 0 and not tokens[of - 1].text[0].isalnum())
    return opens and tokens[of].low in lexicon.of | lexicon.of_the | lexicon.among


def included_in(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    return matches_back(tokens, first - 1, lexicon.include) > 0
