"""Bare numbers that somebody tells: what they count was told before.

Which tie says what a number counts is decided in `measures.py`.
"""

from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import Kind, Phrase
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, closing_verb, matches_back


def named_before(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "and confirmed | eight", "the army speaks of | 12", "not of 40 but of | 36"."""
    if first and tokens[first - 1].low in union(lexicon.confirming, lexicon.contrast):
        return True
    of = first > 1 and tokens[first - 1].low in union(lexicon.of, lexicon.weak_links)
    if of and tokens[first - 2].low in lexicon.contrast:
        return True
    return matches_back(tokens, first - 1, lexicon.telling) > 0 or _were(tokens, first, lexicon)


def _were(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in ": erano | 640", "ieri erano | 50", where no subject of its own stands before."""
    if not first or tokens[first - 1].low not in lexicon.past_links:
        return False
    before = tokens[first - 2] if first > 1 else None
    told = lexicon.adverbs | lexicon.clause_words | lexicon.weekdays.keys()
    return before is None or not before.text[0].isalnum() or before.low in told


def reported_after(tokens: Tokens, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "40 gemeldet worden waren": of a bare number, the toll that the text tells of."""
    closing = tokens[phrase.end : closing_verb(tokens, phrase.end, lexicon)]
    return phrase.kind is Kind.BARE and any(token.low in lexicon.put for token in closing)
