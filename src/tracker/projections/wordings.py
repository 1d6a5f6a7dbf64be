"""Which sentences are one: the same wire copy in several outlets is a single voice.

Two sentences that give one number are one wording if their letters and digits are nearly the
same, or if one is part of the other. Short ones never are: there are few ways to say them.
"""

from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice
from typing import Final

from tracker.model import Rank
from tracker.projections.statement import Statement

SHORTEST: Final = 40
"""Letters and digits from which on a sentence can be told from chance."""
ALIKE: Final = 88
"""Of 100: how alike the whole of two copies is (rapidfuzz's `ratio`)."""
CONTAINED: Final = 95
"""Of 100: how alike a copy is to the part of the other that it is (`partial_ratio`)."""
SHARED: Final = 0.8
"""The share of the shorter one's words without which two sentences are not compared further."""
COMPARED: Final = 100
"""A sentence is held against so many of the newest wordings of its number."""


@dataclass(slots=True)
class Wordings:
    """The wordings heard so far, each with a number of its own, and who printed it."""

    _of: dict[str, int] = field(default_factory=dict)
    """By event id of a statement's figure."""
    _known: dict[int | None, dict[int, str]] = field(default_factory=dict)
    """By number stated: its wordings, each as the plain words of its first sentence."""
    _printed: dict[int, dict[str, Rank]] = field(default_factory=dict)
    """By wording: the sources that printed it, with their rank."""

    def of(self, said: Statement) -> int:
        """The wording of a statement; one that is heard of anew is given its place."""
        event = said.entry.event.id
        if event not in self._of:
            self._of[event] = self._find(said)
        return self._of[event]

    def note(self, said: Statement) -> None:
        """Remember who printed it."""
        self._printed.setdefault(self.of(said), {})[said.source] = said.relay

    def is_echo(self, said: Statement) -> bool:
        """Whether another source, of its rank or a higher one, printed the same before."""
        printed = self._printed.get(self.of(said))
        return printed is not None and any(
            source != said.source and rank >= said.relay for source, rank in printed.items()
        )

    def copy(self) -> "Wordings":
        """The same, to go on with apart from this one."""
        return Wordings(
            {**self._of},
            {number: {**known} for number, known in self._known.items()},
            {wording: {**printed} for wording, printed in self._printed.items()},
        )

    def _find(self, said: Statement) -> int:
        fresh = len(self._of)
        plain = _plain(said.figure.quote or "")
        if len(plain) - plain.count(" ") < SHORTEST:
            return fresh
        known = self._known.setdefault(said.number, {})
        for wording in islice(reversed(known), COMPARED):
            if _one_copy(known[wording], plain):
                return wording
        known[fresh] = plain
        return fresh


def _one_copy(one: str, other: str) -> bool:
    if one == other:
        return True
    if not _may_be_one(one, other):
        return False
    # It takes three times as long to load as sqlite3, and most histories hold no such pair.
    from rapidfuzz import fuzz  # noqa: PLC0415

    return (
        fuzz.ratio(one, other, score_cutoff=ALIKE) > 0
        or fuzz.partial_ratio(one, other, score_cutoff=CONTAINED) > 0
    )


def _may_be_one(one: str, other: str) -> bool:
    """Whether they share enough words to be worth a comparison."""
    words, others = _words(one), _words(other)
    shared = sum(min(count, others[word]) for word, count in words.items() if word in others)
    return shared >= SHARED * min(words.total(), others.total())


@lru_cache(maxsize=1024)
def _words(plain: str) -> Counter[str]:
    return Counter(plain.split())


@lru_cache(maxsize=1024)
def _plain(quote: str) -> str:
    """Its words without marks and capitals: kept, as a sentence is compared with many others."""
    letters = (letter if letter.isalnum() else " " for letter in quote.casefold())
    return " ".join("".join(letters).split())
