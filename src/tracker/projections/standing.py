"""What stands after each statement: the value that policies hand on, and their common words."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cache
from typing import Final

from tracker.model import Measure, Qualifier, Rank, Reason, Status
from tracker.projections.bounds import TENTH
from tracker.projections.denials import Denial
from tracker.projections.statement import Statement
from tracker.projections.wordings import Wordings

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
    supporters: list[str] = field(default_factory=list)
    """Event ids of figures that confirm the standing one."""
    since: datetime | None = None
    left: set[int] = field(default_factory=set)
    fell_from: int = 0
    fell_at: datetime | None = None
    printed: set[tuple[str, int]] = field(default_factory=set)
    """The numbers that each source has printed."""
    given: dict[int | None, list[Statement]] = field(default_factory=dict)
    """Who has given each number."""
    relays: dict[tuple[int | None, str], dict[int, set[str]]] = field(default_factory=dict)
    """By number and voice: the wordings that give it, and the sources that print each."""
    denials: tuple[Denial, ...] = ()
    """The numbers that somebody denied: each covers what was said after it."""
    wordings: Wordings = field(default_factory=Wordings)

    def note(self, said: Statement) -> None:
        """Remember what was said, whatever the policy made of it."""
        number, figure = said.number, said.figure
        self.wordings.note(said)
        if number is not None:
            self.printed.add((figure.source, number))
            self.given.setdefault(number, []).append(said)
            wordings = self.relays.setdefault((number, said.voice), {})
            wordings.setdefault(self.wordings.of(said), set()).add(figure.source)

    def rank(self, said: Statement) -> Rank:
        """The rank of the voice, at most one above its relay's until a second relay gives it."""
        if said.rank <= said.relay + 1:
            return said.rank
        own = self.wordings.of(said)
        for wording, sources in self.relays.get((said.number, said.voice), {}).items():
            if wording != own and sources != {said.source}:
                return said.rank
        return Rank(said.relay + 1)

    def is_denied(self, said: Statement) -> bool:
        """Whether it only relays a number that was denied before."""
        return any(each.number == said.number and each.covers(said.figure) for each in self.denials)

    def independent(self, one: Statement, other: Statement) -> bool:
        """Two voices: two offices, whoever relays them, or two sources that print no one copy."""
        if one.voice == other.voice:
            return False
        if one.source == other.source:
            return one.figure.issuer_id is not None and other.figure.issuer_id is not None
        return self.wordings.of(one) != self.wordings.of(other)

    def second(self, said: Statement) -> bool:
        """Whether an independent voice that is not unverified gave the same number before."""
        return any(
            each.rank is not Rank.UNVERIFIED and self.independent(each, said)
            for each in self.given.get(said.number, ())
        )

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
        self.since, self.supporters = said.at, []

    def copy(self) -> "Hearing":
        """The same, to go on with apart from this one."""
        return replace(
            self,
            supporters=[*self.supporters],
            left={*self.left},
            printed={*self.printed},
            given={number: [*said] for number, said in self.given.items()},
            relays={
                name: {wording: {*sources} for wording, sources in wordings.items()}
                for name, wordings in self.relays.items()
            },
            wordings=self.wordings.copy(),
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a statement did: the reason for which it moved the estimate, or the test it failed."""

    reason: Reason | None
    test: str


Policy = Callable[[Hearing, Statement, Measure], Verdict]
"""Hear one statement: change what stands, and say why, or why not."""


class Record:
    """What has been heard so far under a policy, from which statements can be struck out.

    What stood before the first statement that will be struck (`doomed` are the ids of all such
    figures) is kept, so that no more than what came from there on is heard again.
    """

    def __init__(
        self,
        policy: Policy,
        measure: Measure,
        doomed: frozenset[str] = frozenset(),
    ) -> None:
        self._policy, self._measure, self._doomed = policy, measure, doomed
        self.restart()

    def restart(self, denials: tuple[Denial, ...] = ()) -> None:
        """Forget everything but what is denied, to hear it anew."""
        self.hearing = Hearing(denials=denials)
        self._kept: Hearing | None = None
        self._since: list[Statement] = []

    def hear(self, said: Statement) -> Verdict:
        if self._kept is None and not self._doomed.isdisjoint(said.basis):
            self._kept = self.hearing.copy()
        if self._kept is not None:
            self._since.append(said)
        if said.is_correction:
            self.hearing.take(said)
            self.hearing.note(said)
            return moved(Reason.CORRECTED, "an operator's correction")
        return self._policy(self.hearing, said, self._measure)

    def strike(self, figures: frozenset[str]) -> None:
        """Go on as if these doomed figures had not been said."""
        left = [each for each in self._since if figures.isdisjoint(each.basis)]
        if self._kept is None or len(left) == len(self._since):
            return
        denials = self.hearing.denials
        self.hearing, self._kept, self._since = self._kept, None, []
        self.hearing.denials = denials
        for each in left:
            self.hear(each)


@cache
def moved(reason: Reason, test: str) -> Verdict:
    return Verdict(reason, test)


@cache
def stopped(test: str) -> Verdict:
    return Verdict(None, test)


def within_a_tenth(low: int, high: int) -> bool:
    """Whether `high` is above `low` by a tenth at most."""
    return low <= high and (high - low) * TENTH <= low
