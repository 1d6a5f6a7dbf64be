"""What would change an estimate: further statements, said to a copy of what has been heard.

Nothing here knows how a policy judges. Each statement that somebody might make next is put to the
policy itself; where it moves nothing by now, it is put again as if it came later.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from tracker.events import Event, FigureReported
from tracker.model import Move, Qualifier, Rank, Reason, Role, Status
from tracker.projections.estimate import Replay
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.policies import POLICIES
from tracker.projections.statements import statements
from tracker.projections.turns import course

AHEAD: Final = timedelta(days=30)
"""How far ahead a later answer is looked for."""

MOST_AGAIN: Final = 5
"""Numbers said before that somebody might second: the newest."""


class Says(StrEnum):
    """What somebody might say next."""

    FIRST = "first"
    """Any number, where none stands."""
    SAME = "same"
    MORE = "more"
    BEYOND = "beyond"
    """More than anybody has said so far."""
    LESS = "less"
    LOWERING = "lowering"
    """Less, in a text that tells a lowering."""
    AGAIN = "again"
    """A number that was set aside."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Would:
    """A statement that would move the estimate, and whither."""

    ranks: tuple[Rank, ...]
    """Whose: a voice of any of these that has not spoken yet. None: that of whoever stands."""
    says: Says
    number: int
    reason: Reason
    phrase: str
    status: Status
    since: datetime | None
    """From when on it would; None: at once."""


@dataclass(frozen=True, slots=True)
class Prospect:
    """What would move an estimate; or the rule by which nothing would that is said by now."""

    would: tuple[Would, ...] = ()
    shut: str = ""


def prospect(ledger: Ledger, replayed: Replay, *, policy: str, at: datetime) -> Prospect:
    """What a further statement would do at that moment, or in the month after it.

    Of answers that are alike, that to the plainest question is given. Those of today come first.
    """
    asked = _Asked(replayed, policy, at)
    shut = _shut(ledger, asked.figure(Rank.OFFICIAL, _Question(Says.FIRST, 1), at))
    return Prospect(shut=shut) if shut else Prospect(tuple(asked.would(ledger)))


def _shut(ledger: Ledger, figure: FigureReported) -> str:
    """The rule by which a figure does not count, whatever it says; "" where it does."""
    said = _entry(figure, ledger.stream)
    counting = course(replace(ledger, entries=(*ledger.entries, said)))
    return (counting.out or {}).get(said.event.id, "")


@dataclass(frozen=True, slots=True)
class _Question:
    """What somebody might say, and the plainer thing to say that may do the same."""

    says: Says
    number: int
    plainer: Says | None = None


@dataclass(frozen=True, slots=True)
class _Answer:
    """The move that a statement would make."""

    reason: Reason
    phrase: str
    status: Status
    since: datetime | None = None

    def is_like(self, other: "_Answer | None") -> bool:
        """The same move, if to another number."""
        return other is not None and (self.reason, self.status, self.since) == (
            other.reason,
            other.status,
            other.since,
        )


class _Asked:
    """The questions put to one policy about one estimate."""

    def __init__(self, replayed: Replay, policy: str, at: datetime) -> None:
        self._replayed, self._policy = replayed, POLICIES[policy]
        # Whole seconds, so that a moment that hangs on one is found to the second.
        self._at = at.replace(microsecond=0)

    def would(self, ledger: Ledger) -> list[Would]:
        found: list[Would] = []
        told: dict[Says, dict[Rank, _Answer]] = {}
        for question in self._questions(ledger):
            answers = {rank: self._answer(rank, question) for rank in reversed(Rank)}
            told[question.says] = {rank: each for rank, each in answers.items() if each}
            plainer = told.get(question.plainer, {}) if question.plainer else {}
            voices: dict[_Answer, list[Rank]] = {}
            for rank, answer in told[question.says].items():
                voices.setdefault(answer, []).append(rank)
            found += [
                _would(question, answer, ranks)
                for answer, ranks in voices.items()
                if not all(answer.is_like(plainer.get(rank)) for rank in ranks)
            ]
            own, standing = self._own(question), self._replayed.heard.standing
            if own and standing and own != answers[self._replayed.heard.rank(standing)]:
                found.append(_would(question, own, ()))
        return sorted(found, key=lambda each: each.since is not None)

    def _questions(self, ledger: Ledger) -> list[_Question]:
        best, heard = self._replayed.estimate.best, self._replayed.heard
        if best is None:
            return [_Question(Says.FIRST, 1)]
        known = {each for each in heard.given if each is not None} | heard.left | {best}
        more = next(each for each in range(best + 1, best + len(known) + 1) if each not in known)
        less = next((each for each in range(best - 1, 0, -1) if each not in known), None)
        asked = [_Question(Says.SAME, best), _Question(Says.MORE, more)]
        if max(known) > more:
            asked.append(_Question(Says.BEYOND, max(known) + 1, Says.MORE))
        if less is not None:
            asked.append(_Question(Says.LESS, less))
            asked.append(_Question(Says.LOWERING, less, Says.LESS))
        return asked + [
            _Question(Says.AGAIN, each, Says.MORE if each > best else Says.LESS)
            for each in self._said_before(ledger)
            if each != best
        ]

    def _said_before(self, ledger: Ledger) -> list[int]:
        """The other side's number in a contest, then those set aside, the newest first."""
        rival = self._replayed.heard.rival
        stopped = {each.event_id for each in self._replayed.ignored}
        figures = [each.figure for each in reversed(ledger.entries) if each.event.id in stopped]
        numbers = [
            rival.number if rival else None,
            *(each.high if each.low is None else each.low for each in figures),
        ]
        return [each for each in dict.fromkeys(numbers) if each is not None][:MOST_AGAIN]

    def figure(self, rank: Rank, question: _Question, at: datetime) -> FigureReported:
        """A report of a source that nobody has heard of."""
        estimate = self._replayed.estimate
        return FigureReported(
            # No source of a configuration has a space in its name.
            source=f"a further {rank.label}",
            source_name="",
            source_rank=rank,
            report="a report to come",
            version=1,
            published_at=at,
            observed_at=at,
            reading=0,
            measure=estimate.measure,
            low=question.number,
            high=question.number,
            qualifier=Qualifier.EXACT,
            role=Role.CURRENT,
            scope=estimate.scope,
            move=Move.DOWN if question.says is Says.LOWERING else None,
            place=0,
            occurrence=0,
        )

    def _answer(self, rank: Rank, question: _Question) -> _Answer | None:
        """The move that it would make by now, or else from a later moment on; None: none."""

        def asked(seconds: int) -> _Answer | None:
            at = self._at + timedelta(seconds=seconds)
            return self._put(self.figure(rank, question, at))

        now, then = asked(0), int(AHEAD.total_seconds())
        later = None if now else asked(then)
        if later is None:
            return now
        not_yet = 0
        while then - not_yet > 1:
            middle = (not_yet + then) // 2
            if answer := asked(middle):
                later, then = answer, middle
            else:
                not_yet = middle
        return replace(later, since=self._at + timedelta(seconds=then))

    def _own(self, question: _Question) -> _Answer | None:
        """The move that a further report of whoever stands would make, crediting whom it did."""
        standing = self._replayed.heard.standing
        if standing is None or standing.is_correction or standing.summed:
            return None
        if question.says not in (Says.MORE, Says.LESS):
            return None
        like = standing.figure
        return self._put(
            replace(
                self.figure(like.source_rank, question, self._at),
                source=like.source,
                issuer_id=like.issuer_id,
                issuer_rank=like.issuer_rank,
            )
        )

    def _put(self, figure: FigureReported) -> _Answer | None:
        heard = self._replayed.heard.copy()
        told = statements(Ledger(entries=(_entry(figure),)), figure.measure)
        (said,) = told.by_scope[figure.scope]
        verdict = self._policy(heard, said, figure.measure)
        if verdict.reason is None or heard.standing is None or heard.status is None:
            return None
        return _Answer(verdict.reason, heard.standing.phrase, heard.status)


def _would(question: _Question, answer: _Answer, ranks: Iterable[Rank]) -> Would:
    return Would(
        ranks=tuple(ranks),
        says=question.says,
        number=question.number,
        reason=answer.reason,
        phrase=answer.phrase,
        status=answer.status,
        since=answer.since,
    )


def _entry(figure: FigureReported, stream: str = "") -> Entry:
    event = Event(
        position=0,
        stream=stream,
        version=0,
        id="to come",
        recorded_at=figure.observed_at,
        fact=figure,
    )
    return Entry(event, figure)
