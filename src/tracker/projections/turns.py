"""When figures cease to count, and when they count again: what is taken back, denied, decided.

A turn counts from its own time. What stood before stays in the history; from then on everything
is heard anew, as if what no longer counts had never been said.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple

from tracker.decisions import (
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
)
from tracker.events import Event, FigureReported, FigureWithdrawn, incident_stream
from tracker.model import Reason, Role
from tracker.projections.denials import Denial, Given, Refused
from tracker.projections.ledger import Entry, Ledger, read_as

WITHDRAWN: Final = "withdrawn"
DENIED: Final = "denied"
CLOSED: Final = "closed"
ELSEWHERE: Final = "elsewhere"
"""Why a figure does not count: each is the name of a test, as those of the policies are."""


@dataclass(frozen=True, slots=True)
class Turn:
    """A moment at which figures (event ids) cease to count or count again, and what says so."""

    at: datetime
    event: Event
    reason: Reason
    out: frozenset[str] = frozenset()
    back: frozenset[str] = frozenset()
    denials: tuple[Denial, ...] = ()
    """The denials that stand from then on."""


@dataclass(frozen=True, slots=True)
class Course:
    """All turns of an incident in order, and what does not count before the first."""

    turns: tuple[Turn, ...] = ()
    gone: frozenset[str] = frozenset()
    out: Mapping[str, str] = field(default_factory=dict)
    """Why each figure that does not count in the end does not: the name of the test."""


class _Cause(NamedTuple):
    """One of the things that keep a figure from counting, told apart by what says so."""

    test: str
    by: str = ""


class _Tally:
    """For each figure, all that keeps it from counting: it counts again when nothing does."""

    def __init__(self) -> None:
        self.causes: dict[str, set[_Cause]] = defaultdict(set)

    def add(self, figures: Iterable[str], cause: _Cause) -> frozenset[str]:
        """Those that cease to count with this."""
        fresh = set()
        for figure in figures:
            if not self.causes[figure]:
                fresh.add(figure)
            self.causes[figure].add(cause)
        return frozenset(fresh)

    def drop(self, figures: Iterable[str], cause: _Cause) -> frozenset[str]:
        """Those that count again without this."""
        free = set()
        for figure in figures:
            causes = self.causes[figure]
            if cause in causes:
                causes.discard(cause)
                if not causes:
                    free.add(figure)
        return frozenset(free)

    def out(self) -> dict[str, str]:
        return {figure: min(causes).test for figure, causes in self.causes.items() if causes}


def course(ledger: Ledger) -> Course:
    """What the events of an incident say of figures that ceased to count, or count again."""
    denied = [each for each in ledger.entries if each.figure.role is Role.REJECTED]
    foreign = any(each.event.stream != ledger.stream for each in ledger.entries)
    if not (ledger.withdrawals or ledger.decided or denied or foreign):
        return Course()
    return _Walk(ledger).walk(denied)


@dataclass(slots=True)
class _Refusal:
    """A denial, by a text or by an operator, and what it voids."""

    figure: str
    """The figure that an operator rejected, or the one in which a text denies: event id."""
    cause: _Cause
    voids: frozenset[str]
    denial: Denial | None
    standing: bool = True


class _Walk:
    """One pass over everything that makes figures cease to count, in order of time."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._tally = _Tally()
        self._turns: list[Turn] = []
        self._refusals: list[_Refusal] = []
        self._incident = ledger.stream.removeprefix(incident_stream(""))
        self._parents: dict[str, str] = {}
        self._streams: dict[str, list[str]] = defaultdict(list)
        for each in ledger.entries:
            self._streams[each.event.stream].append(each.event.id)
        self._given = Given(ledger.entries)

    def walk(self, denied: list[Entry]) -> Course:
        shut = self._shut()
        self._present = self._included()
        for stream, figures in self._streams.items():
            if stream and stream != self._ledger.stream:
                self._tally.add(figures, _Cause(ELSEWHERE))
        gone = frozenset(self._tally.out())
        told: list[Event] = [each.event for each in self._ledger.withdrawals]
        told += [each.event for each in denied]
        told += self._ledger.decided
        for event in sorted(told, key=lambda each: (each.fact.effective_at, each.id)):
            self._turn(event, shut)
        return Course(tuple(self._turns), gone, self._tally.out())

    def _turn(self, event: Event, shut: Mapping[str, frozenset[str]]) -> None:
        match event.fact:
            case FigureWithdrawn(figure=figure):
                self._taken_back(event, self._read(figure))
            case FigureReported():
                self._refuse(event, event.id, self._given.denied(event.fact))
            case FigureRejected():
                figures = self._read(event.fact.figure)
                refused = self._given.rejected(figures, event.fact.effective_at)
                self._refuse(event, event.fact.figure, refused)
            case FigureReinstated(figure=figure):
                self._reinstated(event, figure)
            case IncidentClosed() if event.stream == self._ledger.stream:
                self._add(event, Reason.CLOSED)
            case IncidentReopened() if event.stream == self._ledger.stream:
                back = self._tally.drop(shut.get(event.id, ()), _Cause(CLOSED))
                self._add(event, Reason.REOPENED, back=back)
            case IncidentMerged() | IncidentSplit():
                self._joined(event, event.fact)

    def _add(
        self,
        event: Event,
        reason: Reason,
        out: frozenset[str] = frozenset(),
        back: frozenset[str] = frozenset(),
    ) -> None:
        denials = tuple(each.denial for each in self._refusals if each.denial and each.standing)
        self._turns.append(Turn(event.fact.effective_at, event, reason, out, back, denials))

    def _read(self, figure: str) -> frozenset[str]:
        return read_as(figure, self._ledger.rereads)

    def _taken_back(self, event: Event, figures: frozenset[str]) -> None:
        out = self._tally.add(figures, _Cause(WITHDRAWN))
        back = self._uphold(figures, standing=False)
        self._add(event, Reason.WITHDRAWN, out, back)

    def _reinstated(self, event: Event, figure: str) -> None:
        figures = self._read(figure)
        back = self._tally.drop(figures, _Cause(WITHDRAWN))
        for each in self._refusals:
            if each.cause.by != each.figure and each.figure == figure and each.standing:
                back |= self._end(each)
        out = self._uphold(figures, standing=True)
        self._add(event, Reason.REINSTATED, out, back)

    def _uphold(self, figures: frozenset[str], *, standing: bool) -> frozenset[str]:
        """A text that denies is itself taken back or reinstated: what counts (or not) with it."""
        changed = frozenset[str]()
        for each in self._refusals:
            if each.cause.by in figures and each.standing is not standing:
                if standing:
                    each.standing = True
                    changed |= self._tally.add(each.voids, each.cause)
                else:
                    changed |= self._end(each)
        return changed

    def _end(self, refusal: _Refusal) -> frozenset[str]:
        refusal.standing = False
        return self._tally.drop(refusal.voids, refusal.cause)

    def _refuse(self, event: Event, figure: str, refused: Refused) -> None:
        cause = _Cause(DENIED, event.id)
        self._refusals.append(_Refusal(figure, cause, refused.figures, refused.denial))
        out = self._tally.add(refused.figures, cause)
        self._add(event, Reason.DENIED, out)

    def _shut(self) -> dict[str, frozenset[str]]:
        """By event of each reopening: what was published while the incident was closed."""
        shut: dict[str, frozenset[str]] = {}
        since: datetime | None = None
        own = [each for each in self._ledger.decided if each.stream == self._ledger.stream]
        for event in (*own, None):
            fact = event.fact if event else None
            if isinstance(fact, IncidentClosed):
                since = since or fact.effective_at
            elif since is not None and (event is None or isinstance(fact, IncidentReopened)):
                until = fact.effective_at if fact else None
                figures = frozenset(
                    each.event.id
                    for each in self._ledger.entries
                    if each.figure.published_at > since
                    and (until is None or each.figure.published_at <= until)
                )
                self._tally.add(figures, _Cause(CLOSED))
                shut[event.id if event else ""] = figures
                since = None
        return shut

    def _included(self) -> set[str]:
        """The incidents that count in this one, itself included; none where it counts elsewhere."""
        if self._incident in self._parents:
            return set()
        found = new = {self._incident}
        while new:
            new = {child for child, into in self._parents.items() if into in found} - found
            found = found | new
        return found

    def _joined(self, event: Event, fact: IncidentMerged | IncidentSplit) -> None:
        merged = isinstance(fact, IncidentMerged)
        if merged == (self._parents.get(fact.incident) == fact.into):
            return  # told in both streams
        if merged:
            self._parents[fact.incident] = fact.into
        else:
            del self._parents[fact.incident]
        before, self._present = self._present, self._included()
        cause = _Cause(ELSEWHERE)
        out = self._tally.add(self._figures_of(before - self._present), cause)
        back = self._tally.drop(self._figures_of(self._present - before), cause)
        reason = Reason.MERGED if merged else Reason.SPLIT
        self._add(event, reason, out, back)

    def _figures_of(self, incidents: Iterable[str]) -> list[str]:
        return [each for name in incidents for each in self._streams[incident_stream(name)]]
