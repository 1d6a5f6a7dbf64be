"""Figures as a policy hears them: folded bounds, a phrase, a voice, and what the text adds."""

from dataclasses import dataclass
from datetime import datetime

from tracker.decisions import FigureCorrected
from tracker.events import FigureReported
from tracker.model import Move, Qualifier, Rank
from tracker.projections.ledger import Entry

Version = tuple[str, str, int]
"""A version of a report: its source, its id, its number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One voice states one number about the whole measure and scope.

    `number` is N as stated (None: a word or a ceiling that stands for none), `low` and `high` are
    folded. `rank` is the voice's; `relay` the source's that carried it.
    """

    entry: Entry
    """The figure that decides (of a sum, the last of its parts)."""
    basis: tuple[str, ...]
    """The event ids of all its figures."""
    number: int | None
    low: int | None
    high: int | None
    qualifier: Qualifier
    phrase: str
    voice: str
    rank: Rank
    earlier: frozenset[int]
    """Numbers of this measure that the same report calls earlier or wrong."""
    steps: frozenset[int]
    """By how much the same report says that the number moved: each step, and all together."""
    besides: tuple[tuple[int | None, Rank], ...] = ()
    """What else the same report states as current of the same scope: numbers, with their rank."""
    summed: bool = False
    """A sum of parts, which stands in while nobody states the whole."""

    @property
    def figure(self) -> FigureReported:
        return self.entry.figure

    @property
    def source(self) -> str:
        return self.entry.figure.source

    @property
    def relay(self) -> Rank:
        return self.entry.figure.source_rank

    @property
    def version(self) -> Version:
        return version_of(self.entry)

    @property
    def at(self) -> datetime:
        return self.entry.figure.published_at

    @property
    def move(self) -> Move | None:
        return self.entry.figure.move

    def stands_by(self, old: "Statement") -> bool:
        """Its report gives the old number on a higher authority: "media say 143, the army 115"."""
        ranks = [rank for number, rank in self.besides if number == old.number]
        return bool(ranks) and max(*ranks, old.rank) > self.rank and self.move is not Move.UP

    @property
    def is_correction(self) -> bool:
        return isinstance(self.entry.event.fact, FigureCorrected)

    @property
    def states_lowering(self) -> bool:
        """The text itself says that the number fell to this one, or that a larger one was wrong."""
        if self.number is None:
            return False
        return self.move is Move.DOWN or max(self.earlier, default=0) > self.number

    def moves_from(self, number: int | None) -> bool:
        """The text moves from that number: "up from 12", or "two more died" and it fits."""
        if number is None or self.number is None:
            return False
        return number in self.earlier or self.number - number in self.steps


def version_of(entry: Entry) -> Version:
    figure = entry.figure
    return (figure.source, figure.report, figure.version)
