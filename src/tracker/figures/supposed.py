"""Rules for a number that is only supposed: what may happen, what is feared."""

from typing import Final

from tracker.figures.clauses import Context, told_apart
from tracker.figures.mentions import Bond
from tracker.figures.phrases import read_state_phrase
from tracker.figures.tables import union
from tracker.figures.tokens import closing_verb
from tracker.model import Measure

_SPOKE: Final = 5
"""How many words ", the delegates fear" may have."""
_ODDS: Final = 5
"""How many words after a number its odds may stand."""
_FATES: Final = frozenset({Measure.KILLED, Measure.INJURED, Measure.MISSING})


def hypothetical(c: Context) -> bool:
    first = c.mention.first
    if c.mention.bond is Bond.VERB and c.has(c.lexicon.able, first - 1, first):
        # "Can kill a man within hours".
        return True
    after, supposing = c.mention.phrase.end, c.lexicon.hypothetical
    if c.has(c.lexicon.be, after, after + 1) and c.has(supposing, after + 1, after + 2):
        # "10 to 100 deaths are expected".
        return True
    for i in range(after, min(after + _ODDS, len(c.tokens) - 1)):
        if c.tokens[i].low == "%" and c.tokens[i + 1].low in supposing:
            # "10 to 100 deaths with 35 % probability".
            return True
    last = closing_verb(c.tokens, c.mention.last, c.lexicon)
    for i in range(max(c.left, c.mention.first - 12), last):
        token = c.tokens[i]
        if token.low not in supposing or _only_hedges(c, i):
            continue
        if not (token.low in c.lexicon.months and token.text[0].isupper() and i):
            return not told_apart(c, i)
    return False


def _only_hedges(c: Context, i: int) -> bool:
    """As in "40 people potentially unaccounted for": nobody knows of those who are missing."""
    if c.mention.measure is not Measure.MISSING or c.tokens[i].low not in c.lexicon.adverbs:
        return False
    state = read_state_phrase(c.tokens, i + 1, c.lexicon) if i + 1 < len(c.tokens) else None
    return state is not None and state[0] is Measure.MISSING


def feared(c: Context) -> bool:
    """As in "it is feared that 100 died", "100 deaths were feared", "100 died, delegates fear".

    "100 are feared dead" has a measure of its own.
    """
    m, tokens, lexicon = c.mention, c.tokens, c.lexicon
    if m.measure not in _FATES or lexicon.fearing.isdisjoint(c.lows):
        return False
    for i in range(max(c.left - 2, m.first - 12, 0), m.first):
        if tokens[i].low in lexicon.fearing and _governs(c, i):
            return not told_apart(c, i)
    after = m.phrase.end
    if c.has(lexicon.be, after, after + 1) and c.has(lexicon.fearing, after + 1, after + 3):
        return True
    last = next((i for i in range(m.last, len(tokens)) if tokens[i].low in ",;"), len(tokens))
    end = next((i for i in range(last + 1, len(tokens)) if not tokens[i].text[0].isalnum()), 0)
    if not (last + 1 < end <= last + 1 + _SPOKE and tokens[last].low == ","):
        return False
    # "12 dead, more feared": somebody else's fate.
    others = union(lexicon.more, lexicon.others, lexicon.vague)
    speaks = not c.has(others, last + 1, end) and c.has(lexicon.fearing, last + 1, end)
    return speaks and not any(t.low in lexicon.nouns for t in tokens[last + 1 : end])


def _governs(c: Context, i: int) -> bool:
    """As in "feared | that 100 had died", "befürchtet, dass …", "fearing | 100 dead"."""
    following = i + 2 if c.has(frozenset(","), i + 1, i + 2) else i + 1
    return following == c.mention.first or c.has(c.lexicon.that, following, following + 1)
