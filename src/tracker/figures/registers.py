"""Lists of names: "the list of the missing has 31 names" counts whom the list is of."""

from typing import Final

from tracker.figures.candidates import Candidate
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens, after_of
from tracker.figures.toll_nouns import TollNouns
from tracker.model import Measure

_REACH: Final = 24
"""How many words before its number a list may be told."""


def of_a_list(
    tokens: Tokens, names: Candidate, nouns: TollNouns, last: Measure | None, lexicon: Lexicon
) -> Measure | None:
    """What the list of so many names counts: whom it is of, else the missing where the text
    counted them `last`. None where neither is told.
    """
    predicate, first = names.predicate, names.numeral.first
    if any(t.low in lexicon.registers for t in tokens[names.phrase.end : predicate.end]):
        # "12 names are on the list of the missing", not "12 names are missing from the list".
        return predicate.measure
    for i in range(first - 1, max(-1, first - _REACH), -1):
        if tokens[i].low not in lexicon.registers:
            continue
        told = [measure for measure in nouns.measures[max(0, i - 2) : first] if measure is not None]
        of_others = after_of(tokens, i + 1, lexicon)[0] > 0
        if told or of_others:
            return told[0] if told else None
        return last if last is Measure.MISSING else None
    return None
