"""Numbers that hang together: the next of a list, some of a whole told before them.

What such a number counts is decided in `measures.py`, what it is to the incident in `roles.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.apart import goes_on_elsewhere
from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.phrases import Kind, Phrase
from tracker.figures.tables import union
from tracker.figures.tokens import (
    Tokens,
    after_of,
    before_of_the,
    matches,
    matches_back,
)
from tracker.model import Measure

_AMONG: Final = 6
"""How many words "of those killed," and the like may have."""
_TELLS: Final = 3
"""How many words ", on compte" and the like have."""
_HEDGE: Final = 3
"""How many words of hedge a bare number may have."""
_SPEAKER: Final = 14
"""How many words of a speaker may part two numbers of one thing."""
_SPEAKERS: Final = 9
"""How many words "and a local official said" and the like have."""
_TIMES: Final = 10
"""How many times the number before a toll may have grown to."""
_COUPLE: Final = 2
_GAP: Final = 10
"""How many words of place may part two numbers of one list."""


def listed_after(tokens: Tokens, first: int, before: list[Mention], lexicon: Lexicon) -> int | None:
    """The place of the mention that this one continues: "two soldiers and three civilians"."""
    if not before:
        return None
    earlier = before[-1]
    gap = tokens[earlier.phrase.end : first]
    if goes_on_elsewhere(tokens, earlier, first, lexicon):
        return len(before) - 1
    if len(gap) > 1 and gap[-1].low in lexicon.of and gap[-2].low in lexicon.list_adverbs:
        # "Zunächst von 9 Toten, später von 15".
        gap = gap[:-1]
    small = union(lexicon.list_adverbs, lexicon.his, lexicon.filler)
    while gap and gap[-1].low in small:
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
    if middle and middle[0].low == ";":
        # "Murieron 12; en Arno, siete".
        middle = middle[1:]
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


def of_another_speaker(
    tokens: Tokens, numeral: Numeral, end: int, before: list[Mention], lexicon: Lexicon
) -> bool:
    """As in "30 according to the army, 45 according to the rebels", "the army speaks of 30 dead,
    the rebels of 45": a bare number that ends at `end`, of what the one before it counts.
    """
    if not before or numeral.single or numeral.low == 0:
        return False
    above, first = before[-1], numeral.first
    gap = range(above.phrase.end, first)
    parts = [i for i in gap if tokens[i].low in (",", ";") or tokens[i].low in lexicon.clause_words]
    if not parts or len(gap) > _SPEAKER:
        return False
    opening = range(parts[-1], min(parts[-1] + _HEDGE, first))
    if any(matches(tokens, i, lexicon.according) for i in (*opening, end)):
        return True
    link, linked = tokens[first - 1].low, tokens[above.numeral.first - 1].low
    names = tokens[parts[-1] + 1 : first - 1]
    return (
        above.numeral.first > 0
        and link == linked
        and link in union(lexicon.of, lexicon.weak_links)
        and bool(names)
        and names[0].low not in union(lexicon.prepositions, lexicon.auxiliaries, lexicon.adverbs)
        and not any(t.low in lexicon.moves or t.low in lexicon.counts for t in names)
    )


def opens_list(tokens: Tokens, first: int, before: list[Mention], lexicon: Lexicon) -> bool:
    """As in "killing 46 people: 17 on board and 29 on the ground": where the 46 were."""
    above = before[-1] if before else None
    mark = first > 0 and tokens[first - 1].low in lexicon.clause_marks | {":"}
    return above is not None and mark and above.phrase.end == first - 1


def puts_right(tokens: Tokens, first: int, before: list[Mention], lexicon: Lexicon) -> bool:
    """As in "corrected its report of 40 deaths to | 28"."""
    if not before or first < 1 or tokens[first - 1].low not in lexicon.to_words:
        return False
    above = before[-1]
    verbs = range(max(0, above.first - _AMONG), above.numeral.first)
    return above.phrase.end == first - 1 and any(
        tokens[k].low in lexicon.correcting or tokens[k].low in lexicon.moves for k in verbs
    )


def of_a_disaster(
    tokens: Tokens, numeral: Numeral, phrase: Phrase, topic: Measure | None, lexicon: Lexicon
) -> bool:
    """As in "mourns the 209 victims of the ferry disaster", "the 28th victim of the fire": the
    dead, with nothing else said; and "the 28th victim" where the text counts the dead.
    """
    first = numeral.first
    ranked = numeral.single and numeral.last - first > 1 and phrase.head in lexicon.victims
    if ranked and topic is Measure.KILLED:
        return True
    of, the = after_of(tokens, phrase.end, lexicon)
    if not (the and phrase.head in lexicon.victims and first > 0):
        return False
    all_of = tokens[first - 1].low in union(lexicon.the, lexicon.his, lexicon.filler)
    for token in tokens[phrase.end + of : phrase.end + of + _GAP] if all_of or ranked else ():
        if token.low in lexicon.disasters:
            return True
        if not (token.text[0].isalnum() or token.text[0] in "-'’"):
            return False
    return False


def speaks_after(tokens: Tokens, end: int, lexicon: Lexicon) -> bool:
    """As in "three residents | said", "three residents | and a local official said"."""
    for i in range(end, min(len(tokens) - 1, end + _SPEAKERS)):
        low = tokens[i].low
        if low in lexicon.say:
            return tokens[i + 1].low not in lexicon.to_words
        fate = low in lexicon.states or low in lexicon.auxiliaries or low in lexicon.transitive
        if fate or not tokens[i].text[0].isalnum() or (i == end and low not in lexicon.joins):
            return False
    return False


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
    tells = union(lexicon.be, lexicon.confirming)
    if not first or not (tokens[first - 1].low == "," or tokens[first - 1].low in tells):
        return None
    for i in range(max(0, first - _AMONG), first - 1):
        last = i + matches(tokens, i, lexicon.of_them)
        if last == i or (i and tokens[i - 1].text[0].isalnum()):
            continue
        # "Of those killed, 20", "Parmi les morts, on compte 20".
        if last == first - 1 or (tokens[last].low == "," and first - last <= _TELLS):
            told = before[-1].measure if before else None
            return lexicon.states.get(tokens[last - 1].low, told)
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
    return opens and tokens[of].low in union(lexicon.of, lexicon.of_the, lexicon.among)


def left_out(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "15 people, not including the bomber"."""
    length = matches_back(tokens, first - 1, lexicon.include)
    return length > 0 and matches_back(tokens, first - 1 - length, lexicon.denying) > 0


def all_but(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "all but three died": the three did not. "Nobody died but three" tells of them."""
    length = matches_back(tokens, first - 1, lexicon.all_but)
    if not length:
        return False
    nobody = union(lexicon.no, lexicon.nobody, lexicon.negation, lexicon.goes)
    before = tokens[max(0, first - length - _GAP) : first - length]
    return not any(t.low in nobody or t.low in lexicon.moves for t in before)


def victims_among(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> Phrase:
    """As in "Unter den 38 Opfern waren zwölf Frauen": the dead, where "Opfer" heads a toll."""
    noun = lexicon.tolls.get(phrase.head or "") if phrase.noun is None else None
    if noun is None or phrase.head not in lexicon.victims:
        return phrase
    return replace(phrase, noun=noun) if opens_of(tokens, numeral, lexicon) else phrase


def included_in(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    return matches_back(tokens, first - 1, lexicon.include) > 0


def like(numeral: Numeral, before: list[Mention]) -> Measure | None:
    """The measure of the last number of the same size: "killed 87 and displaced 45,000, up from
    61" compares the dead.
    """
    size = numeral.low or numeral.high or 0
    for mention in reversed(before):
        other = mention.numeral.low or mention.numeral.high or 0
        if other <= size * _TIMES and size <= other * _TIMES:
            return mention.measure
    return before[-1].measure if before else None


def ranked(mention: Mention, before: list[Mention]) -> Mention:
    """A ninth policeman dies: nine have. A third hiker is missing, or two are hurt and a third
    dies: one.
    """
    rank = mention.numeral.low or 0
    if not mention.numeral.single or mention.numeral.last - mention.numeral.first < 2 or rank < 2:
        return mention
    above = before[-1] if before else None
    apart = above is not None and above.measure is not mention.measure
    after = apart and above is not None and above.numeral.high == rank - 1
    if mention.measure is Measure.KILLED and not after:
        return mention
    return replace(mention, numeral=replace(mention.numeral, low=1, high=1))


def is_ranked(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """As in "a ninth", "a 51st": no number of a list."""
    last = tokens[numeral.last - 1].low
    digits = numeral.last - numeral.first > 1 and tokens[numeral.last - 2].text.isdecimal()
    return numeral.single and (last in lexicon.ordinals or (digits and last in lexicon.ranks))


def merged(one: Mention, other: Mention, tokens: Tokens, lexicon: Lexicon) -> Mention | None:
    """As in "a man and his son", "the driver and three passengers", "a woman and her two boys":
    persons told one by one, with one fate.
    """
    if other.listed_after is None or one.listed_after is not None:
        return None
    couple = one.phrase.kind is Kind.BARE and one.numeral.low == _COUPLE
    if one.measure is not other.measure or other.numeral.low is None:
        return None
    if not (one.numeral.single or couple):
        return None
    if any(token.low == ":" for token in tokens[one.last : other.first]):
        # "A 60th death: a man died in hospital": told twice.
        return None
    the = tokens[one.numeral.first].low in lexicon.the
    near = tokens[max(one.last, other.numeral.first - 2) : other.numeral.first + 1]
    his = any(token.low in lexicon.his or token.low in lexicon.the for token in near)
    if not (his or (one.numeral.single and (other.numeral.single or the))):
        return None
    total = (one.numeral.low or 0) + (other.numeral.low or 0)
    numeral = replace(one.numeral, low=total, high=total, last=other.numeral.last)
    return replace(one, numeral=numeral, phrase=other.phrase, last=other.last, bond=other.bond)


def respectively(tokens: Tokens, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """As in "the dead and the injured numbered 5 and 11 respectively": each number its own fate."""
    at = next((i for i, t in enumerate(tokens) if t.low in lexicon.respectively), None)
    if at is None:
        return mentions
    before = [m for m in mentions if m.numeral.last <= at][-2:]
    fates = [lexicon.states[t.low] for t in tokens[:at] if t.low in lexicon.states][-2:]
    if len(before) != len(fates) or len(set(fates)) < len(before):
        return mentions
    told = {
        id(m): replace(m, measure=fate, bond=Bond.PREDICATE, toll=None, listed_after=None)
        for m, fate in zip(before, fates, strict=True)
    }
    return [told.get(id(m), m) for m in mentions]
