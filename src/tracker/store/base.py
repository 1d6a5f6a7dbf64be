"""The contract of the log: what each method returns, and which error it raises.

One contract suite (`tests/store/`) holds every backend to it. The log holds facts for good.
Beside it, in the same file but never in the log, is operational state: what a source was last
seen to serve, and the outbox of alerts, written in the same transaction as the facts that made
them due.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from tracker.events import Event, Fact
from tracker.model import Measure, Memo, Status


@dataclass(frozen=True, slots=True)
class Append:
    """Facts for one stream, which must still be at `expected` (0 = it does not exist yet).

    None where what is appended does not hang on what the stream holds.
    """

    stream: str
    expected: int | None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A due notice in the outbox. Its body is frozen; its id is the same on every attempt."""

    id: str
    endpoint: str
    incident: str
    sequence: int
    """1, 2, 3 … per endpoint and incident: delivered in this order."""
    type: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The last value enqueued for an endpoint: what its receiver believes, once delivered."""

    endpoint: str
    incident: str
    measure: Measure
    scope: str | None
    policy: str
    phrase: str | None
    best: int | None
    low: int | None
    high: int | None
    status: Status | None
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is to be written to the outbox together with the facts."""

    alerts: tuple[Alert, ...] = ()
    told: tuple[Told, ...] = ()
    backfill_due: tuple[tuple[str, str], ...] = ()
    """Pairs of endpoint and incident: who is owed one `estimate.backfilled`, about what."""
    backfill_done: tuple[tuple[str, str], ...] = ()
    """Pairs of endpoint and incident: who gets theirs with this very write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert claimed for one attempt, by a lease: whoever holds it alone may post it."""

    id: str
    endpoint: str
    incident: str
    body: str
    attempts: int
    """Attempts before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Poll:
    """How the last poll of a source ended."""

    source: str
    polled_at: datetime
    succeeded_at: datetime | None
    failures: int
    """In a row; 0 after a success."""
    error: str


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first thing that `verify` found wrong, in words, and where."""

    where: str
    what: str


class LogReader(Protocol):
    """Reading the log. Opening it for reading never creates it.

    Opening raises `NoLog`, `NotALog` or `NewerLog`.
    """

    @property
    def identity(self) -> str:
        """A random name given to the log when it was made, and to no other."""
        ...

    def read(self, stream: str, *, known_at: datetime | None = None, after: int = 0) -> list[Event]:
        """The stream's events in order, from the version after `after`.

        `known_at` leaves out what was recorded later. A stream that does not exist is empty.
        """
        ...

    def tail(self, after: int = 0) -> Iterator[Event]:
        """The whole log in order, from the position after `after`; never skips one."""
        ...

    def streams(self, prefix: str = "") -> list[str]:
        """The names of the streams that begin with `prefix`, sorted."""
        ...

    def find(self, event_id: str) -> Event:
        """The event whose id begins so.

        Raises `UnknownName` when there is none, `UsageError` when there are several.
        """
        ...

    def holds(self, event_id: str) -> bool:
        """Whether the log has an event of exactly this id, in whichever stream."""
        ...

    def polls(self) -> list[Poll]:
        """How the last poll of each source ended, by source."""
        ...

    def verify(self) -> Flaw | None:
        """The first broken event, missing trigger or gap; None when all is well."""
        ...

    def close(self) -> None:
        """Release the file; a second call does nothing."""
        ...


class Log(LogReader, Protocol):
    """Writing the log, by one writer at a time in each process.

    Opening creates the log where there is none, and raises `NotALog`, `NewerLog`,
    `ReadOnlyLog` or `LogBusy`.
    """

    def append(
        self, appends: Sequence[Append], *, recorded_at: datetime, outbox: Outbox = Outbox()
    ) -> list[Event]:
        """Facts of several streams and the outbox, in one transaction: all or nothing.

        Returns the events that are new; a fact whose key the log already holds is left out,
        and where nothing at all is new, nothing is written. Raises `Conflict` when a stream is
        not at the version expected (a stream with no facts is checked too), `ReadOnlyLog`,
        `LogBusy`.
        """
        ...

    def memo(self, source: str) -> Memo | None:
        """What the source was last seen to serve; None when never or forgotten."""
        ...

    def keep_poll(self, poll: Poll, memo: Memo | None) -> None:
        """Keep how a poll ended, and what was served if it is to be remembered (None: as was)."""
        ...

    def told(self, incident: str) -> list[Told]:
        """The last value enqueued about an incident, for every endpoint."""
        ...

    def backfills_due(self) -> list[tuple[str, str]]:
        """Pairs of endpoint and incident that are owed an `estimate.backfilled`."""
        ...

    def claim(
        self, endpoints: Sequence[str], *, now: datetime, until: datetime, limit: int = 100
    ) -> list[Delivery]:
        """Alerts that are due now, leased `until` then; one at a time per endpoint and incident.

        Nothing is claimed while an earlier alert of the same endpoint and incident is not
        settled, so that order holds; a lease that has run out is claimed again, with the same id.
        """
        ...

    def settle(
        self,
        delivery: Delivery,
        *,
        now: datetime,
        answer: str,
        again: datetime | None,
        delivered: bool = False,
    ) -> None:
        """Record one attempt: delivered; or to be tried `again` then; or (None) given up.

        `answer` is what the receiver said, in a few words.
        """
        ...

    def next_due(self, endpoints: Sequence[str]) -> datetime | None:
        """When the next alert of these endpoints is due; None when none waits."""
        ...

    def gone(self) -> frozenset[tuple[str, str]]:
        """Endpoints (name and address) whose receiver said that it is gone for good."""
        ...

    def mark_gone(self, endpoint: str, url: str, *, now: datetime) -> None:
        """Stop attempts to this endpoint at this address; its alerts stay in the outbox."""
        ...

    def forget_texts(self, *, before: datetime) -> int:
        """Delete kept paragraphs that were recorded before then; quotes stay. How many.

        A paragraph is kept for 90 days in any case, by the clock of the machine that holds it.
        """
        ...
