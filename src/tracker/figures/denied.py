"""Rules for a number that the text says is not so: denied, disowned or called false."""

from typing import Final

from tracker.figures.clauses import WINDOW, Context, says_anew
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, matches_back
from tracker.model import Measure, Move

NOT_THIS: Final = "not this one"
_THAT: Final = 4
"""How many words "it is not true that" may have."""
_ASIDE: Final = 9
"""How many words "a figure that the army has denied" may have before its verb."""


def not_this(c: Context) -> bool:
    """As in "97 people, not 99", "did not kill 41"."""
    m = c.mention
    firsts = (m.numeral.first, m.first) if m.bond is Bond.VERB else (m.numeral.first,)
    return m.numeral.low != 0 and any(
        matches_back(c.tokens, first - 1, c.lexicon.denying) for first in firsts
    )


def denied(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    at = c.finds(c.left, m.first, lexicon.rejecting_before)
    instead = c.has(lexicon.contrast, m.numeral.first - 1, m.numeral.first)
    if at is not None and not instead and not says_anew(c, at) and not _is_disputed(c, at):
        return True
    # "Four villagers had been counted twice": the words are those that count them.
    first = m.phrase.end if m.measure is Measure.KILLED else m.last
    if c.finds(first, c.right, lexicon.rejecting) is not None:
        return True
    return _called_false(c) or _disowned(c) or _denied_after_aside(c)


def denies_what_was_said(tokens: Tokens, lexicon: Lexicon) -> bool:
    """As in "The rebels deny this", "the ministry dismissed the figure": of the sentence before.

    "The army denied it was behind the attack", "the claim that …" deny something else.
    """
    nouns = union(lexicon.hearsay, lexicon.counts, lexicon.toll_words)
    goes_on = union(lexicon.joins, lexicon.prepositions - lexicon.of)
    for i, token in enumerate(tokens[:-1]):
        if i == 0 or token.low not in lexicon.deny:
            continue
        end = i + 2 if tokens[i + 1].low in lexicon.it else 0
        if tokens[i + 1].low in lexicon.determiners:
            named = (k + 1 for k in range(i + 2, i + 4) if k < len(tokens))
            end = next((k for k in named if tokens[k - 1].low in nouns), end)
        if end and (end == len(tokens) or not tokens[end].text[0].isalnum()):
            return True
        if end and tokens[end].low in goes_on:
            return True
    return False


def _denied_after_aside(c: Context) -> bool:
    """As in "the figure of 120 dead, put forward by the rebels, was denied"."""
    lexicon, opening = c.lexicon, c.right
    if opening >= len(c.tokens) or c.tokens[opening].low != ",":
        return False
    for closing in range(opening + 1, min(len(c.tokens), opening + _ASIDE)):
        if c.tokens[closing].low == ",":
            be = c.has(lexicon.be, closing + 1, closing + 3)
            wrong = c.finds(closing, closing + 3, lexicon.rejecting) is not None
            return wrong or (be and c.has(lexicon.deny, closing + 1, closing + 5))
    return False


def _is_disputed(c: Context, at: int) -> bool:
    """As in "the toll is disputed: the army says 7": nobody denies the 7."""
    passive = at > 0 and c.tokens[at - 1].low in c.lexicon.be
    return passive and not c.has(c.lexicon.that, at, at + _THAT)


def undone(c: Context) -> bool:
    """As in "two men thought dead have been found alive", "three listed as dead walked into a
    camp", "a man listed as dead was not, and the toll was lowered".
    """
    m, lexicon = c.mention, c.lexicon
    if c.finds(m.numeral.last, m.last, lexicon.thought_dead) is None:
        return False
    following = (other.numeral.first for other in c.mentions[c.place + 1 :])
    last = min(len(c.tokens), m.last + WINDOW, next(following, len(c.tokens)))
    # "45 are thought to have died; 120 got out alive": others are.
    last = next((i for i in range(m.last, last) if c.tokens[i].low == ";"), last)
    lowered = any(lexicon.moves.get(t.low) is Move.DOWN for t in c.tokens[m.last : last])
    return lowered or c.finds(m.last, last, lexicon.alive) is not None


def _called_false(c: Context) -> bool:
    """As in "called reports of 90 dead false", "described the 40 deaths as invented"."""
    m, lexicon = c.mention, c.lexicon
    last = c.right if lexicon.verb_last else m.first
    brand = next((i for i in range(c.left, last) if c.tokens[i].low in lexicon.branding), None)
    if brand is None or (brand < m.first and says_anew(c, brand)):
        # "Dismissed rumours of 300 dead and put the toll at 26".
        return False
    right = c.right
    if right < len(c.tokens) and c.tokens[right].low in lexicon.clause_words:
        right += 3
    return c.has(lexicon.untrue, c.left, m.first) or c.has(lexicon.untrue, m.last, right)


def _disowned(c: Context) -> bool:
    """As in "12 miners had died, a claim rejected by the company"."""
    lexicon = c.lexicon
    for i in range(c.mention.last, min(c.right + 1, len(c.tokens) - 2)):
        noun = i + 2 if c.tokens[i + 1].low in lexicon.articles else i + 1
        if c.tokens[i].low != "," or c.tokens[noun].low not in union(
            lexicon.counts, lexicon.hearsay
        ):
            continue
        for token in c.tokens[noun + 1 : noun + 1 + _ASIDE]:
            if token.low in lexicon.deny:
                return True
            if token.low == "," or token.low in lexicon.clause_marks:
                break
    return False
