"""What each append of the past moved, in the order in which the log learned it.

The same as `moves` gave then, by the rules of today, but for a long incident in far less time: as
long as everything that was learned counts from later on than all that was known, what stood in
between is the beginning of one history, and need not be folded again.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from operator import attrgetter
from typing import Final, NamedTuple

from tracker.decisions import IncidentMerged, IncidentSplit
from tracker.events import (
    Event,
    Fact,
    FigureReported,
    IncidentOpened,
    incident_stream,
)
from tracker.model import Estimate, Measure, Revision, Role
from tracker.projections.estimate import replays
from tracker.projections.history import stands_otherwise
from tracker.projections.ledger import ledger
from tracker.projections.merged import with_merged
from tracker.projections.moves import Moved, differs, moved_to, moves, standing

Key = tuple[Measure, str | None]
EARLIEST: Final = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Step:
    """One append: when, which facts, and what they moved."""

    at: datetime
    facts: tuple[Fact, ...]
    moved: tuple[Moved, ...]


class Steps:
    """The appends to the streams of incidents, gone through one by one; and what stands by then."""

    def __init__(self, events: Iterable[Event], policies: Iterable[str]) -> None:
        self._policies = policies = sorted(set(policies))
        self._known: dict[str, list[Event]] = {}
        events = sorted(events, key=attrgetter("position"))
        self._left = [[*each] for _, each in groupby(events, attrgetter("recorded_at"))][::-1]
        streams: dict[str, list[Event]] = {}
        for each in events:
            streams.setdefault(each.stream, []).append(each)
        self._courses = {
            stream: _Course(own, policies)
            for stream, own in streams.items()
            if not any(isinstance(each.fact, IncidentMerged | IncidentSplit) for each in own)
        }

    @property
    def next_at(self) -> datetime | None:
        """When the next append was recorded; None: there is none."""
        return self._left[-1][0].recorded_at if self._left else None

    def go_on(self) -> Step:
        """One more append is known."""
        append = self._left.pop()
        at = append[0].recorded_at
        streams: dict[str, list[Event]] = {}
        for each in append:
            streams.setdefault(each.stream, []).append(each)
        joined = {
            stream: [each.fact for each in own]
            for stream, own in streams.items()
            if stream not in self._courses
        }
        moved = [
            move
            for stream in streams
            if stream in self._courses
            for move in self._courses[stream].go_on()
        ]
        if joined:
            change = moves(joined, self._read, recorded_at=at, policies=self._policies)
            moved += [each for each in change.moved if each.policy in self._policies]
        for stream, own in streams.items():
            self._known.setdefault(stream, []).extend(own)
        return Step(at, tuple(each.fact for each in append), tuple(moved))

    def standing(self, incident: str, policy: str) -> tuple[Moved, ...]:
        """How the incident stands by now, each estimate with the move that decided it."""
        course = self._courses.get(incident_stream(incident))
        if course is not None:
            return course.standing(policy)
        folded = ledger(with_merged(incident, self._read))
        return standing(folded, incident, policy=policy)

    def _read(self, stream: str) -> Sequence[Event]:
        return self._known.get(stream, ())


class _Line(NamedTuple):
    """How one estimate stands, and the moves that led to it."""

    estimate: Estimate
    revisions: tuple[Revision, ...]


class _Course:
    """The stream of one incident that was never merged, append by append."""

    def __init__(self, events: Sequence[Event], policies: Sequence[str]) -> None:
        self._events, self._policies = events, policies
        self._incident = events[0].stream.removeprefix(incident_stream(""))
        self._appends = _appends(events)
        self._done = 0
        self._stands: dict[tuple[str, Key], _Line] = {}
        self._ahead: dict[tuple[str, Key], _Line] = {}
        """How it will stand after the last append that only goes on."""

    def go_on(self) -> list[Moved]:
        """One more append is known: what it moves."""
        was = self._stands
        self._stands = self._next()
        self._done += 1
        moved = []
        for policy, name in dict.fromkeys([*self._stands, *was]):
            before, after = self._line(was, policy, name), self._line(self._stands, policy, name)
            if differs(before.estimate, after.estimate):
                confirms = not stands_otherwise(before.estimate, after.estimate)
                moved.append(moved_to(*after, policy, confirms=confirms))
        return moved

    def standing(self, policy: str) -> tuple[Moved, ...]:
        """How everything stands by now."""
        return tuple(
            moved_to(*line, policy) for (of, _), line in self._stands.items() if of == policy
        )

    def _next(self) -> dict[tuple[str, Key], _Line]:
        append, before = self._appends[self._done], self._stands
        if not append.goes_on:
            self._ahead, before = {}, {}
            if not append.plain:
                return self._fold(self._done)
        if not self._ahead:
            last = self._done
            while last + 1 < len(self._appends) and self._appends[last + 1].goes_on:
                last += 1
            self._ahead = self._fold(last)
        return {
            (policy, name): self._cut(line, append.until, self._line(before, policy, name))
            for (policy, name), line in self._ahead.items()
        }

    def _fold(self, append: int) -> dict[tuple[str, Key], _Line]:
        known = ledger(self._events[: self._appends[append].end])
        return {
            (policy, name): _Line(replayed.estimate, replayed.revisions)
            for policy in self._policies
            for name, replayed in replays(known, self._incident, policy=policy).items()
        }

    def _cut(self, line: _Line, until: datetime, before: _Line) -> _Line:
        """The line as it was known then, `before` being how it stood until then."""
        count = bisect_right(line.revisions, until, key=attrgetter("published_at"))
        if count == len(before.revisions):
            return before
        return _Line(line.revisions[count - 1].estimate, line.revisions[:count])

    def _line(self, lines: dict[tuple[str, Key], _Line], policy: str, name: Key) -> _Line:
        nothing = Estimate(incident=self._incident, measure=name[0], scope=name[1])
        return lines.get((policy, name)) or _Line(nothing, ())


class _Append(NamedTuple):
    """Where an append ends in its stream, until when all that is known counts from, and whether
    it only goes on: whether what counted before it stands as it did. Plain: up to here there were
    figures only, and each change of how things stand is a move.
    """

    end: int
    until: datetime
    goes_on: bool
    plain: bool


def _appends(events: Sequence[Event]) -> list[_Append]:
    found: list[_Append] = []
    end, until, plain = 0, EARLIEST, True
    newest: dict[tuple[str, str], int] = {}  # the last version of each report
    for _, group in groupby(events, attrgetter("recorded_at")):
        own = [*group]
        counts = [each.fact.effective_at for each in own if not _opens(each)]
        plain = plain and all(_opens(each) or _is_told(each) for each in own)
        goes_on = all(_is_told(each) for each in own) and all(each > until for each in counts)
        # What more is read in a text can tell its other figures otherwise, and those of later ones.
        figures = [each.fact for each in own if isinstance(each.fact, FigureReported)]
        texts = {(each.source, each.report): each.version for each in figures}
        goes_on = goes_on and all(newest.get(each, -1) < texts[each] for each in texts)
        for each, version in texts.items():
            newest[each] = max(version, newest.get(each, version))
        end, until = end + len(own), max(until, *counts, EARLIEST)
        found.append(_Append(end, until, goes_on, plain))
    return found


def _opens(event: Event) -> bool:
    """An incident is what it is, whenever its first report came."""
    return isinstance(event.fact, IncidentOpened)


def _is_told(event: Event) -> bool:
    """Whether it is a figure, and none that takes others back: that can turn more than the value
    that stands.
    """
    return isinstance(event.fact, FigureReported) and event.fact.role is not Role.REJECTED
