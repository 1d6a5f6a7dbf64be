"""What may outweigh the tie of a number to its measure, or make it a graver one.

Which tie wins is decided in `measures.py`.
"""

from typing import Final

from tracker.figures.candidates import Candidate
from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Mention
from tracker.figures.phrases import Kind, Phrase
from tracker.figures.tokens import Tokens, finds
from tracker.figures.tolls import Toll
from tracker.model import Measure

_MORE: Final = 100
"""How many times the number before it a number of one list may be."""
_SENTENCE: Final = 40
"""How many words on somebody thought dead may turn out to be alive."""


def only_measure(before: list[Mention]) -> Measure | None:
    """What the numbers before count, where they count one thing."""
    told = {mention.measure for mention in before}
    return told.pop() if len(told) == 1 else None


def may_live(tokens: Tokens, last: int, lexicon: Lexicon) -> bool:
    """As in "two feared dead … were found alive": no longer feared, but a toll that was wrong."""
    return finds(tokens, last, last + _SENTENCE, lexicon.alive) is not None


def speaks_alone(tokens: Tokens, toll: Toll, candidate: Candidate) -> bool:
    """As in "corrected its count: 164 people were rescued": the verb says what a toll leaves open.

    A toll that names its measure gives way only to another measure's own verb.
    """
    own = candidate.predicate.measure
    # "Dead and injured: 12 people die in a crash".
    titled = tokens[toll.link_at].low == ":" and candidate.phrase.kind is Kind.PEOPLE
    finite = candidate.predicate.finite or titled
    return own is not None and finite and own is not toll.measure


def of_others(phrase: Phrase, numeral: Numeral, above: Numeral) -> bool:
    """As in "11 dead, 9,000 flee": a hundred times as many, of what is not known to be people."""
    size, other = numeral.low or numeral.high or 0, above.low or above.high or 0
    return phrase.kind is Kind.UNKNOWN and size > _MORE * other > 0


def graver(tokens: Tokens, phrase: Phrase, measure: Measure, lexicon: Lexicon) -> Measure:
    """As in "52 were injured, seven critically"."""
    severe = phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.severe
    return Measure.CRITICALLY_INJURED if severe and measure is Measure.INJURED else measure
