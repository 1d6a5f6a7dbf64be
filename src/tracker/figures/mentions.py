"""A number of people in a sentence, and what tied it to what it counts."""

from dataclasses import dataclass
from enum import Enum, auto

from tracker.figures.hedges import Numeral
from tracker.figures.phrases import Phrase
from tracker.figures.tolls import Toll
from tracker.model import Measure


class Bond(Enum):
    """What tied the number to its measure."""

    NOUN = auto()
    TOLL = auto()
    VERB = auto()
    PREDICATE = auto()
    LIST = auto()
    COMPARED = auto()
    NAMED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Mention:
    """A number of people in a sentence. `first` and `last` bound the words that carry it."""

    numeral: Numeral
    phrase: Phrase
    measure: Measure
    bond: Bond
    first: int
    last: int
    toll: Toll | None = None
    listed_after: int | None = None
    """The place of the mention before it in the same list."""
