"""When each source is due, in the daemon: pure but for what it remembers.

How long a source waits after each poll is decided in `sources/schedule.py`.
"""

import heapq
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tracker.health import Cause, Poll, is_gone
from tracker.polling import Polled
from tracker.sources.secrets import without_secrets

BETWEEN: Final = timedelta(milliseconds=20)
"""From one source to the next where many are due at once, at the start."""
NO_LONGER: Final = timedelta(days=1, hours=3)
"""A next poll is never further away than a day and its jitter: the clock was wrong, then."""
DARK: Final = timedelta(minutes=10)
"""No source at all has answered for so long: it is our own line, and nobody's back-off grows."""
IN_THE_DARK: Final = timedelta(minutes=15)
"""How long a source waits at most, then."""
LEAST: Final = 3
"""Sources that must have failed, or all where there are fewer."""


def first_due(last: Poll | None, address: str, now: datetime, *, changed: bool) -> datetime | None:
    """When a source is due that the daemon did not have before, or that has `changed`.

    `address` is where it is asked. A restart asks nobody sooner than had been agreed. None: it
    said that it is gone for good.
    """
    if last is None:
        return now
    if not changed and is_gone(last, without_secrets(address)):
        return None
    if changed or last.next_at is None:
        return now
    return last.next_at if now < last.next_at < now + NO_LONGER else now


class Agenda:
    """The sources by when they are due; each stands in it once."""

    def __init__(self) -> None:
        self._due: dict[str, datetime] = {}
        self._heap: list[tuple[datetime, str]] = []

    def put(self, source: str, at: datetime) -> None:
        """The source is due then, and not when it was before."""
        self._due[source] = at
        heapq.heappush(self._heap, (at, source))

    def drop(self, source: str) -> None:
        """The source is not due at all."""
        self._due.pop(source, None)

    def take(self, now: datetime, most: int | None = None) -> list[str]:
        """The sources that are due, soonest first; they are due no more until put again."""
        taken: list[str] = []
        while self._heap and self._heap[0][0] <= now and (most is None or len(taken) < most):
            at, source = heapq.heappop(self._heap)
            if self._due.get(source) == at:  # else it was put off, or dropped
                del self._due[source]
                taken.append(source)
        return taken

    def hasten(self, now: datetime) -> None:
        """Every source that stands in it is due."""
        for source in self._due:
            self.put(source, now)


class Network:
    """Whether the way out works at all, as far as the polls show."""

    def __init__(self, remote: Iterable[str], began: datetime) -> None:
        self._remote = frozenset(remote)
        # The last two that answered: of any source, one of them is another.
        self._answered = (("", began), ("", began))
        self._failed: set[str] = set()

    def elsewhere(self, source: str) -> datetime | None:
        """When any other source answered last, or the daemon began; None: there is no other."""
        if self._remote <= {source}:
            return None
        last, before = self._answered
        return before[1] if last[0] == source else last[1]

    def soon_enough(self, polled: Polled, every: timedelta, now: datetime) -> datetime | None:
        """When a source is due again: not so late where the outage is our own."""
        if polled.source not in self._remote:
            return polled.next_at
        if polled.cause is not Cause.OUTAGE:
            last, before = self._answered
            self._answered = (polled.source, now), before if last[0] == polled.source else last
            self._failed.clear()
            return polled.next_at
        self._failed.add(polled.source)
        if polled.next_at is None or not self.is_dark(now):
            return polled.next_at
        return min(polled.next_at, now + max(every, IN_THE_DARK))

    def is_dark(self, now: datetime) -> bool:
        """No source has answered for so long that it is our own line."""
        silent = now - self._answered[0][1] > DARK
        return silent and len(self._failed) >= min(LEAST, len(self._remote))
