"""Rules for a number that adds to a toll, or takes from it: a change, no total."""

from typing import Final

from tracker.figures.clauses import Context
from tracker.figures.links import Link
from tracker.figures.mentions import Mention
from tracker.figures.tables import union
from tracker.figures.tokens import matches_back
from tracker.model import Measure

_WOUNDED: Final = frozenset({Measure.INJURED, Measure.HOSPITALISED})
_ADDED_TO: Final = 6
BRINGING: Final = 7
"""How many words before its noun may bring a toll: "bringing the official number of dead"."""


def increment_toll(c: Context) -> bool:
    by = c.mention.toll is not None and c.mention.toll.link is Link.BY
    change = matches_back(c.tokens, c.mention.numeral.first - 1, c.lexicon.changes) > 0
    return by or change or (c.mention.phrase.than and c.mention.measure is Measure.KILLED)


def added(c: Context) -> bool:
    """As in "removed 27 deaths from the toll", "added 12 victims to its count"."""
    m, lexicon = c.mention, c.lexicon
    verb = c.has(lexicon.adding, m.numeral.first - 1, m.numeral.first)
    return verb and c.has(union(lexicon.counts, lexicon.toll_words), m.last, m.last + _ADDED_TO)


def late_death(c: Context) -> bool:
    """As in "one of the injured died": no part of the toll yet, but added to it."""
    m = c.mention
    ninth = m.numeral.single and m.numeral.low != 1
    if m.measure is not Measure.KILLED or ninth:
        return False
    # "Four of those hurt in the attack have died".
    at = m.phrase.end if m.phrase.end + 1 < m.last else m.first
    return m.phrase.noun in _WOUNDED or c.lexicon.states.get(c.tokens[at].low) in _WOUNDED


def more(c: Context) -> bool:
    m = c.mention
    told = m.measure in (Measure.KILLED, Measure.IDENTIFIED_DEAD)
    return late_death(c) or (m.phrase.more and told)


def listed_missing(c: Context) -> bool:
    """As in "a man listed as missing has been found dead": the toll did not hold him."""
    m, lexicon = c.mention, c.lexicon
    for i in range(m.phrase.end, m.last - 2):
        listed = c.tokens[i].low in lexicon.confirming and c.tokens[i + 1].low in lexicon.weak_links
        if listed and lexicon.states.get(c.tokens[i + 2].low) is Measure.MISSING:
            return m.measure is Measure.KILLED
    return False


def brings(c: Context) -> bool:
    """As in "two women died, bringing the toll to 60", "risen to 61 as two people succumbed"."""
    m = c.mention
    if m.measure is not Measure.KILLED or m.numeral.low == 0 or m.toll is not None:
        return False
    for other in c.mentions:
        noun = other.toll.noun_at if other.toll is not None else other.phrase.noun_at
        to = c.has(c.lexicon.to_words, other.numeral.first - 1, other.numeral.first)
        if other.measure is not Measure.KILLED or other is m or not (other.toll or to):
            continue
        if 0 < _most(other) < _most(m):
            # "5,100 are known to have died, after Arland raised its count to 3,240".
            continue
        if other.first > m.first and c.has(
            c.lexicon.bringing, max(m.last, noun - BRINGING), other.first
        ):
            return True
        if other.last <= m.first and c.has(c.lexicon.after, other.last, m.first):
            return True
    return False


def _most(mention: Mention) -> int:
    return mention.numeral.low or mention.numeral.high or 0
