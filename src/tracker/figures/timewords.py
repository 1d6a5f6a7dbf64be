"""The words of a language that tell of another time, of another happening, or of a number undone.

They are keys of the language's file beside those of `lexicon.py`.
"""

from dataclasses import dataclass, field

from tracker.figures.placewords import PlaceWords
from tracker.figures.tables import Listed, Openers


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeWords(PlaceWords):
    """Words in lower case; what a language leaves out, it does without."""

    executing: Listed = frozenset()
    """Verbs of a sentence of death that is carried out."""
    punished: Listed = frozenset()
    """Words that tell for what: "for his part in", "convicted of"."""
    fearing: Listed = frozenset()
    """What makes of a number what somebody fears: "feared that", "deaths were feared"."""
    happenings: Listed = frozenset()
    """What people die in: "the bombings a week ago"."""
    spans: Listed = frozenset()
    """What goes on long enough for a running toll: "in six years"."""
    by_then: Listed = frozenset()
    """Before the time up to which somebody counted: "by late evening"."""
    day_parts: Listed = frozenset()
    follows: Openers = field(default_factory=dict)
    making: Listed = frozenset()
    alleging: Listed = frozenset()
    """What makes a sentence one party's word: "claims", "reports that"."""
    in_turn: Openers = field(default_factory=dict)
    superlatives: Listed = frozenset()
    ago: Listed = frozenset()
    thought_dead: Openers = field(default_factory=dict)
    """Of persons who may turn out to be alive: "two men listed as dead"."""
    alive: Openers = field(default_factory=dict)
    """What those do who were thought dead: "walked into a police post"."""
    separate: Openers = field(default_factory=dict)
    """Words of another happening that has a toll of its own: "in an unrelated attack"."""
    lasting: Openers = field(default_factory=dict)
    """What goes on for months and has a running toll: "in the civil war"."""
