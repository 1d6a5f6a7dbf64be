"""How a source stands after each poll. Pure.

A poll that fails is told apart from a source that has gone silent (no new report for longer than
its own rhythm) and from one that has gone blind (reports come, but no figure is read in them any
more, as there used to be). None of it withdraws a figure. `docs/sources.md` tells the rules.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from tracker.model import State

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

IN_A_ROW: Final = 3
"""So many polls in a row must go wrong before it is more than an accident."""
DAYS: Final = 14
"""Days with reports by which a rhythm is known."""
WEEK: Final = 7
"""Days with reports after which a silence shorter than a day can be out of rhythm."""
LEAST_REPORTS: Final = 5
LEAST_SILENCE: Final = timedelta(hours=1)
LONGEST_GAP: Final = timedelta(days=30)
"""A longer gap is no rhythm."""
FRUITFUL: Final = 3
"""So many reports must have had figures before a source can be blind …"""
BARREN: Final = 5
"""… and so many in a row none."""


class Cause(StrEnum):
    """Why a source could not be fetched or read."""

    OUTAGE = "outage"
    GONE = "gone"
    MISSING = "missing"
    LOGIN = "login"
    REFUSED = "refused"
    CHALLENGE = "challenge"
    ROBOTS = "robots"
    THROTTLED = "throttled"
    PAUSED = "paused"
    """Its domain asked to be left alone: it was not asked at all."""
    ADDRESS = "address"
    TOO_LARGE = "too large"
    CREDENTIALS = "credentials"
    UNREADABLE = "unreadable"
    """It answered, but with nothing of what its kind promises."""


OPERATORS: Final = frozenset({Cause.LOGIN, Cause.ROBOTS, Cause.ADDRESS, Cause.CREDENTIALS})
"""What does not pass by itself: it is told the first time."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How a source stands after its last poll."""

    source: str
    polled_at: datetime
    url: str = ""
    """Where it was asked: what is gone is gone there."""
    succeeded_at: datetime | None = None
    next_at: datetime | None = None
    """When it is asked next; None = not any more."""
    state: State = State.OK
    settled: State = State.OK
    """The last state that was recorded as a fact: an accident is none."""
    since: datetime | None = None
    """Since when it is in `settled`."""
    failures: int = 0
    """In a row; 0 after a success."""
    failed_at: datetime | None = None
    """When the first of them was."""
    partial: int = 0
    """Polls in a row in which something of it could not be read."""
    cause: Cause | None = None
    error: str = ""
    """What is wrong, in words; "" where nothing is."""
    reported_at: datetime | None = None
    """When its newest report came."""
    figure_at: datetime | None = None
    """When a figure was last read in a report of it."""
    reports: int = 0
    """All that were ever read; an edit is one more."""
    gaps: tuple[tuple[date, int], ...] = ()
    """Of each of the last days with reports, the longest silence that ended then, in seconds."""
    fruitful: int = 0
    """Reports in which a figure was read."""
    barren: int = 0
    """Reports since the last one with a figure."""
    longest_barren: int = 0
    """The most that were ever between two with figures."""


@dataclass(frozen=True, slots=True)
class Seen:
    """A new report: its time as it counts, and whether any figure was read in it."""

    moment: datetime
    with_figures: bool


def succeeded(
    last: Poll | None,
    source: str,
    seen: Sequence[Seen] = (),
    *,
    now: datetime,
    url: str,
    next_at: datetime,
    trouble: Sequence[str] = (),
    rhythmic: bool = True,
) -> Poll:
    """After a poll that was answered; `seen` are the reports that were not known.

    `trouble` is what of the answer could not be read, a line each. What is not `rhythmic` (a file
    of our own) is never silent.
    """
    poll = replace(
        last or Poll(source=source, polled_at=now),
        polled_at=now,
        url=url,
        succeeded_at=now,
        next_at=next_at,
        failures=0,
        failed_at=None,
        partial=last.partial + 1 if last and trouble else int(bool(trouble)),
        cause=None,
        error="; ".join(trouble),
    )
    poll = _with_reports(poll, sorted(seen, key=lambda each: each.moment), now)
    if rhythmic and _is_silent(poll, now):
        assert poll.reported_at  # noqa: S101 — silence is counted from there
        hours = _longest(poll.gaps).total_seconds() / 3600
        error = f"no new report for {_span(now - poll.reported_at)}; before, {_hours(hours)}"
        return _in_state(replace(poll, error=error + " at most"), State.SILENT, now)
    if _is_blind(poll):
        error = f"{poll.barren} reports in a row hold no figure, as {poll.fruitful} others did"
        return _in_state(replace(poll, error=error), State.BLIND, now)
    if poll.partial:
        return _in_state(poll, State.DEGRADED, now)
    return _in_state(poll, State.OK if seen else State.UNCHANGED, now)


def failed(
    last: Poll | None,
    source: str,
    reason: str,
    cause: Cause,
    *,
    now: datetime,
    url: str,
    next_at: datetime | None,
    elsewhere: datetime | None = None,
) -> Poll:
    """After a poll that was not answered, or with nothing that can be read.

    `elsewhere` is when any other source answered last; None: there is no other to tell by. While
    none has answered since this one failed first, the outage may be our own.
    """
    failures = (last.failures if last else 0) + 1
    failed_at = (last.failed_at if last else None) or now
    poll = replace(
        last or Poll(source=source, polled_at=now),
        polled_at=now,
        url=url,
        next_at=next_at,
        failures=failures,
        failed_at=failed_at,
        cause=cause,
        error=reason,
    )
    if cause is Cause.GONE:
        return _in_state(replace(poll, next_at=None), State.GONE, now)
    our_own = cause is Cause.OUTAGE and elsewhere is not None and elsewhere < failed_at
    if (failures >= IN_A_ROW and not our_own) or cause in OPERATORS:
        return _in_state(poll, State.FAILING, now)
    # As it was told to be, until it is surely otherwise.
    return replace(poll, state=State.DEGRADED, since=poll.since or now)


def postponed(last: Poll | None, source: str, *, now: datetime, next_at: datetime) -> Poll:
    """After a turn in which it was not asked, because its domain asks to be left alone."""
    return replace(last or Poll(source=source, polled_at=now), next_at=next_at)


def is_gone(last: Poll | None, url: str) -> bool:
    """Whether the source said of this very address that it is gone for good."""
    return last is not None and last.state is State.GONE and last.url == url


def turned(before: Poll | None, after: Poll) -> bool:
    """Whether the state that is told has changed; a new source begins as one that is well."""
    return after.settled is not (before.settled if before else State.OK)


def _in_state(poll: Poll, state: State, now: datetime) -> Poll:
    """The poll in this state, settled where it is no accident."""
    settled: State = state
    if state is State.UNCHANGED:
        settled = State.OK
    elif state is State.DEGRADED and poll.partial < IN_A_ROW:
        settled = poll.settled
    since = now if settled is not poll.settled or poll.since is None else poll.since
    return replace(poll, state=state, settled=settled, since=since)


def _with_reports(poll: Poll, seen: Iterable[Seen], now: datetime) -> Poll:
    gaps = dict(poll.gaps)
    newest, figure_at = poll.reported_at, poll.figure_at
    reports, fruitful, barren, longest = (
        poll.reports,
        poll.fruitful,
        poll.barren,
        poll.longest_barren,
    )
    for each in seen:
        reports += 1
        # At the first poll its own dates tell its rhythm; a late or undated report came just now.
        earlier = newest is None or each.moment > newest
        moment = each.moment if earlier and each.moment <= now else now
        if newest is not None:
            gap = int(min(moment - newest, LONGEST_GAP).total_seconds())
            gaps[moment.date()] = max(gap, gaps.get(moment.date(), 0))
        newest = max(moment, newest) if newest else moment
        if each.with_figures:
            longest, barren = (max(longest, barren) if fruitful else 0), 0
            fruitful, figure_at = fruitful + 1, moment
        else:
            barren += 1
    return replace(
        poll,
        reported_at=newest,
        figure_at=figure_at,
        reports=reports,
        gaps=tuple(sorted(gaps.items())[-DAYS:]),
        fruitful=fruitful,
        barren=barren,
        longest_barren=longest,
    )


def _is_silent(poll: Poll, now: datetime) -> bool:
    if poll.reported_at is None or poll.reports < LEAST_REPORTS or not poll.gaps:
        return False
    least = LEAST_SILENCE if len(poll.gaps) >= WEEK else timedelta(days=1)
    return now - poll.reported_at > max(least, 2 * _longest(poll.gaps))


def _is_blind(poll: Poll) -> bool:
    most = max(BARREN, 3 * poll.longest_barren)
    return poll.fruitful >= FRUITFUL and poll.barren > most


def _longest(gaps: Iterable[tuple[date, int]]) -> timedelta:
    return timedelta(seconds=max(seconds for _, seconds in gaps))


def _span(span: timedelta) -> str:
    return _hours(span.total_seconds() / 3600)


def _hours(hours: float) -> str:
    """A length of time for people.

    >>> _hours(1.5), _hours(50)
    ('2 hours', '2 days')
    """
    if hours >= 48:
        return f"{hours / 24:.0f} days"
    if hours < 1:
        return f"{hours * 60:.0f} minutes"
    return f"{hours:.0f} hours" if round(hours) != 1 else "1 hour"
