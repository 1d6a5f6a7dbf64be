"""Numbers of a list that share what is said of one of them, or that their places tell apart.

What a number counts by ties of its own is read in `candidates.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from tracker.figures.candidates import Candidate
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.phrases import Kind
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, matches_back
from tracker.model import Measure

_TWO: Final = 2
"""How many numbers at least stand on each side of the colon that parts two lists."""


def shared_measures(
    tokens: Tokens, candidates: list[Candidate], lexicon: Lexicon
) -> list[Measure | None]:
    """Each candidate's predicate, or the one that it shares with the next of its list."""
    places = {c.numeral.first: place for place, c in enumerate(candidates)}
    shared: list[Measure | None] = [c.predicate.measure for c in candidates]
    denied = {
        place
        for place, c in enumerate(candidates)
        if place and matches_back(tokens, c.numeral.first - 1, lexicon.denying)
    }
    for place in range(len(candidates) - 1, -1, -1):
        if place + 1 < len(candidates) and candidates[place + 1].denominator:
            shared[place] = shared[place] or shared[place + 1]
        joint = candidates[place].predicate.joint if place not in denied else None
        joint = _instead(candidates, place, denied) or joint
        if _sets_the_scene(tokens, candidates[place], lexicon):
            continue
        if joint in places and _told_by_place(tokens, candidates, place, lexicon):
            shared[place] = None
            continue
        if shared[place] is None and joint in places and candidates[place].phrase.noun is None:
            following = candidates[places[joint]]
            if following.governor is None and following.phrase.kind is not Kind.THINGS:
                shared[place] = following.phrase.noun or shared[places[joint]]
    return shared


def _instead(candidates: list[Candidate], place: int, denied: set[int]) -> int | None:
    """The token of the 20 in "18 statt 20 Tote": the 18 are what the 20 are not."""
    if place + 1 not in denied or candidates[place].phrase.kind is not Kind.BARE:
        return None
    following = candidates[place + 1].numeral.first
    return following if following - candidates[place].phrase.end == 1 else None


def _sets_the_scene(tokens: Tokens, candidate: Candidate, lexicon: Lexicon) -> bool:
    """As in "12 died in two incidents and 40 were hurt": where it happened, not to whom."""
    first = candidate.numeral.first
    return (
        candidate.phrase.kind is Kind.UNKNOWN
        and first > 0
        and tokens[first - 1].low in lexicon.settings
    )


def _told_by_place(
    tokens: Tokens, candidates: Sequence[Candidate], place: int, lexicon: Lexicon
) -> bool:
    """As in "14 at the airport and 20 in the metro, and 200 injured": the 20 are what the 14 are,
    and so are the seven of "19 died at a wedding, five at another and two in hospital".
    """
    one, following = candidates[place], candidates[place + 1]
    if not _placed(tokens, one, lexicon):
        return False
    if _in_hospital(tokens, following, lexicon):
        return True
    before = place > 0 and _placed(tokens, candidates[place - 1], lexicon)
    return before and following.phrase.noun is not None


def _placed(tokens: Tokens, candidate: Candidate, lexicon: Lexicon) -> bool:
    """Whether the number has no noun but a place: "seven at Arno"."""
    end = candidate.phrase.end
    bare = candidate.phrase.kind is Kind.BARE and end == candidate.numeral.last
    return bare and end < len(tokens) and tokens[end].low in lexicon.settings


def _in_hospital(tokens: Tokens, candidate: Candidate, lexicon: Lexicon) -> bool:
    """As in "one in hospital", with no verb."""
    told, at = candidate.predicate, candidate.phrase.end
    if at + 1 < len(tokens) and tokens[at].low in lexicon.adverbs:
        # "Three later in hospital".
        at += 1
    at_once = at < len(tokens) and tokens[at].low in lexicon.settings
    return told.measure is Measure.HOSPITALISED and not told.finite and at_once


def where_they_died(
    tokens: Tokens, candidate: Candidate, before: Sequence[Mention], lexicon: Lexicon
) -> bool:
    """As in "12 died in the hall and two | in hospital", "11 have died, two of them | in
    hospital": where the dead were, and nobody who is alive.
    """
    if not (before and candidate.phrase.kind is Kind.BARE and candidate.governor is None):
        return False
    above = before[-1]
    died = above.bond is Bond.PREDICATE and tokens[above.last - 1].low in lexicon.dies
    told = above.measure is Measure.KILLED and (died or above.bond is Bond.LIST)
    return told and _in_hospital(tokens, candidate, lexicon)


def with_no_fate(candidate: Candidate) -> Candidate:
    """The number, with nothing after it that tells what it counts."""
    return replace(candidate, predicate=replace(candidate.predicate, measure=None))


def of_the_first(tokens: Tokens, candidates: Sequence[Candidate]) -> set[int]:
    """Where numbers begin that are no dead: "five men are held for the collapse that killed 28:
    three engineers | and two inspectors" makes up the five.
    """
    if len(candidates) < 2 * _TWO:
        return set()
    colon = next((i for i, token in enumerate(tokens) if token.text == ":"), len(tokens))
    after = [c for c in candidates if c.numeral.first > colon]
    before = [c for c in candidates if c.numeral.last <= colon]
    if min(len(after), len(before)) < _TWO:
        return set()
    total = sum(c.numeral.low or 0 for c in after)
    first, last = before[0].numeral.low, before[-1].numeral.low
    plain = all(c.governor is None and c.predicate.measure is None for c in after)
    return {c.numeral.first for c in after} if plain and first == total != last else set()


def summed_up(
    tokens: Tokens, candidate: Candidate, before: Sequence[Mention], lexicon: Lexicon
) -> Measure | None:
    """What "40 in Arno and 9 in Besk: a total of | 49 people" counts."""
    first = candidate.numeral.first
    of = first > 1 and tokens[first - 1].low in union(lexicon.of, lexicon.of_the)
    total = tokens[first - 2 if of else first - 1].low in lexicon.totals if first else False
    plain = candidate.phrase.kind in (Kind.BARE, Kind.PEOPLE) and candidate.governor is None
    if not (total and plain and candidate.predicate.measure is None and len(before) > 1):
        return None
    return before[-1].measure if before[-1].measure is before[-2].measure else None
