"""What stands after each statement: the value that policies hand on, and their common words."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tracker.model import Measure, Qualifier, Rank, Reason, Status
from tracker.projections.statement import TENTH, Statement

LOWER_BOUNDS: Final = frozenset({Qualifier.AT_LEAST, Qualifier.OVER})


@dataclass(slots=True)
class Hearing:
    """All that a policy has heard, and what stands: filled in order, never rewound.

    `left` are the numbers that the estimate has left, or that a report that moved it calls
    earlier. `fell_from` and `fell_at` are those of the last lowering.
    """

    standing: Statement | None = None
    rival: Statement | None = None
    """The other side, while two stand against each other."""
    status: Status | None = None
    supporters: tuple[str, ...] = ()
    """Event ids of figures that confirm the standing one."""
    since: datetime | None = None
    left: set[int] = field(default_factory=set)
    fell_from: int = 0
    fell_at: datetime | None = None
    printed: dict[str, set[int]] = field(default_factory=dict)
    """The numbers that each source has printed."""
    given: dict[int | None, list[Statement]] = field(default_factory=dict)
    """Who has given each number."""

    def note(self, said: Statement) -> None:
        """Remember what was said, whatever the policy made of it."""
        if said.number is not None:
            self.printed.setdefault(said.source, set()).add(said.number)
            self.given.setdefault(said.number, []).append(said)

    def rank(self, said: Statement) -> Rank:
        """The rank of the voice, at most one above its relay's until a second relay gives it."""
        relays = {
            each.source
            for each in self.given.get(said.number, ())
            if each.voice == said.voice and independent_relays(each, said)
        }
        if relays - {said.source}:
            return said.rank
        return Rank(min(said.rank, said.relay + 1))

    def take(self, said: Statement, status: Status = Status.REPORTED) -> None:
        """Let this statement stand; what stood is left behind."""
        old = self.standing
        if old is not None and old.number is not None and old.number != said.number:
            self.left.add(old.number)
            if said.number is not None and said.number < old.number:
                higher = [each for each in said.earlier if each > said.number]
                self.fell_from, self.fell_at = max(old.number, *higher, 0), said.at
        if self.rival is not None and self.rival.number is not None:
            self.left.add(self.rival.number)
        self.left |= said.earlier
        self.left.discard(-1 if said.number is None else said.number)
        self.standing, self.rival, self.status = said, None, status
        self.since, self.supporters = said.at, ()


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a statement did: the reason for which it moved the estimate, or the test it failed."""

    reason: Reason | None
    test: str


Policy = Callable[[Hearing, Statement, Measure], Verdict]
"""Hear one statement: change what stands, and say why, or why not."""


def moved(reason: Reason, test: str) -> Verdict:
    return Verdict(reason, test)


def stopped(test: str) -> Verdict:
    return Verdict(None, test)


def independent(one: Statement, other: Statement) -> bool:
    """Two voices: two offices, whoever relays them, or two sources that print no common copy."""
    if one.voice == other.voice:
        return False
    if one.source == other.source:
        return one.figure.issuer_id is not None and other.figure.issuer_id is not None
    return independent_relays(one, other)


def independent_relays(one: Statement, other: Statement) -> bool:
    """Two sources whose sentences differ; the same long sentence in both is one wire copy."""
    mine, theirs = _plain(one.figure.quote), _plain(other.figure.quote)
    return one.source != other.source and (mine != theirs or len(mine) < 40)


def within_a_tenth(low: int, high: int) -> bool:
    """Whether `high` is above `low` by a tenth at most."""
    return low <= high and (high - low) * TENTH <= low


def _plain(quote: str | None) -> str:
    return "".join(letter for letter in (quote or "").casefold() if letter.isalnum())
