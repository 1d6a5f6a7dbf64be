"""Rules for a number that the text says is not so: denied, disowned or called false."""

from typing import Final

from tracker.figures.clauses import Context, says_anew
from tracker.figures.tokens import finds, matches_back

_ASIDE: Final = 9
"""How many words "a figure that the army has denied" may have before its verb."""


def not_this(c: Context) -> bool:
    """As in "97 people, not 99"."""
    return matches_back(c.tokens, c.mention.numeral.first - 1, c.lexicon.denying) > 0


def denied(c: Context) -> bool:
    m, lexicon = c.mention, c.lexicon
    at = finds(c.tokens, c.left, m.first, lexicon.rejecting_before)
    if at is not None and not says_anew(c, at):
        return True
    if finds(c.tokens, m.last, c.right, lexicon.rejecting) is not None:
        return True
    return _called_false(c) or _disowned(c)


def _called_false(c: Context) -> bool:
    """As in "called reports of 90 dead false", "described the 40 deaths as invented"."""
    m, lexicon = c.mention, c.lexicon
    if not c.has(lexicon.branding, c.left, m.first):
        return False
    right = c.right
    if right < len(c.tokens) and c.tokens[right].low in lexicon.clause_words:
        right += 3
    return c.has(lexicon.untrue, c.left, m.first) or c.has(lexicon.untrue, m.last, right)


def _disowned(c: Context) -> bool:
    """As in "12 miners had died, a claim rejected by the company"."""
    lexicon = c.lexicon
    for i in range(c.mention.last, min(c.right + 1, len(c.tokens) - 2)):
        if c.tokens[i].low != "," or c.tokens[i + 1].low not in lexicon.articles:
            continue
        if c.tokens[i + 2].low not in lexicon.counts | lexicon.hearsay:
            continue
        for token in c.tokens[i + 3 : i + 3 + _ASIDE]:
            if token.low in lexicon.deny:
                return True
            if token.low == "," or token.low in lexicon.clause_marks:
                break
    return False
