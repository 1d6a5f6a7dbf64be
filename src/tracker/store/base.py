"""The contract of the log: what each method returns, and which error it raises.

One contract suite (`tests/store/`) holds every backend to it. The log holds facts for good.
Beside it, in the same file but never in the log, is operational state: what a source was last
seen to serve, and the outbox of alerts, written in the same transaction as the facts that made
them due.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tracker.store.beside import Beside
from tracker.store.records import (
    NOTHING_DUE,
    Alert,
    Append,
    Claimed,
    Delivery,
    Earlier,
    Enqueued,
    Flaw,
    Head,
    Held,
    Kept,
    Noted,
    Outbox,
    Owed,
    Reach,
    Remembered,
    Settled,
    Told,
    Tried,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime

    from tracker.events import Event, ReportRedacted
    from tracker.health import Poll
    from tracker.projections.roster import Listed
    from tracker.store.batch import Words, Written
    from tracker.store.chain import Stored

__all__ = [
    "Alert", "Append", "Claimed", "Delivery", "Earlier", "Enqueued", "Flaw", "Head", "Held", "Kept",
    "Log", "LogReader", "Noted", "Outbox", "Owed", "Reach", "Remembered", "Settled", "Told",
    "Tried",
]  # fmt: skip


class LogReader(Protocol):
    """Reading the log. Opening it for reading never creates it.

    Each method may raise `LogError` where the log's file is damaged or holds what this version
    cannot read. Opening raises `NoLog`, `NotALog`, `NewerLog` or `OlderLog`.
    """

    @property
    def identity(self) -> str:
        """A random name given to the log when it was made, and to no other."""
        ...

    def read(
        self,
        stream: str,
        *,
        after: int = 0,
        upto: int | None = None,
        known_at: datetime | None = None,
        as_of: datetime | None = None,
    ) -> list[Event]:
        """The stream's events in order, from the version after `after` to the version `upto`.

        `known_at` leaves out what was recorded later, `as_of` what counts only later (its
        `effective_at`); what says nothing of a bound is not held to it. A stream that does not
        exist is empty.
        """
        ...

    def tail(self, after: int = 0) -> Iterator[Event]:
        """The whole log in order, from the position after `after`.

        Never skips one: whatever is committed later comes at a later position than all that was
        given. What is committed while the tail is read is given too.
        """
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

    def stored(self, stream: str | None = None) -> Iterator[tuple[Stored, Words]]:
        """The whole log in order, as it is written, and what is left of the words of each event.

        Of one stream: its events, and the redactions that say why words of theirs are gone.
        """
        ...

    def copy_to(self, path: str, progress: Callable[[int, int], object]) -> None:
        """Copy the whole file, as it is at one moment, into a new one, while writers go on.

        `progress` is told how many of how many pages are copied. All of the copy is there and
        on the disk, or none of it.

        Raises:
            UsageError: there is something at that path already, or no folder for it.
            LogError: it cannot be written, or what was copied is damaged.
        """
        ...

    def polls(self) -> list[Poll]:
        """How the last poll of each source ended, by source."""
        ...

    def roster(self) -> list[Listed]:
        """Every incident that the log knows, by name, as of its last event.

        From the stored projection, and what came since it was last caught up with the log.
        """
        ...

    def enqueued(
        self,
        *,
        endpoints: Sequence[str] = (),
        ids: Sequence[str] = (),
        failed: bool = False,
        since: datetime | None = None,
        limit: int = 50,
    ) -> list[Enqueued]:
        """The newest alerts of the outbox, the newest first, with their attempts.

        Of these endpoints, of these ids (or what begins so); `failed`: only those that were given
        up or wait after a failed attempt; `since`: enqueued then or later.
        """
        ...

    def reach(self) -> list[Reach]:
        """How each endpoint that was ever tried, enabled or disabled can be reached."""
        ...

    def waiting(self) -> dict[str, int]:
        """How many alerts wait, by endpoint; of one that is not there, none."""
        ...

    def held_back(self) -> dict[str, tuple[int, datetime]]:
        """How many estimates are held, by endpoint, and when the first is looked at again."""
        ...

    def length(self, stream: str | None = None) -> int:
        """How many events the log has, or a stream: its last position, or version."""
        ...

    def heads(self, *, upto: int | None = None) -> list[Head]:
        """The last event of each stream, by stream, up to a position of the log."""
        ...

    def verify(self, stream: str | None = None) -> Flaw | None:
        """The first broken event, missing trigger or gap; None when all is well.

        Of one stream only its events and their words are looked at, and no gap of the log.
        """
        ...

    def verify_projections(self) -> Flaw | None:
        """The first stored projection that says something else than a replay of the events."""
        ...

    def close(self) -> None:
        """Release the file; a second call does nothing."""
        ...


class Log(LogReader, Beside, Protocol):
    """Writing the log, by one writer at a time in each process.

    Opening creates the log where there is none, and raises `NotALog`, `NewerLog`,
    `ReadOnlyLog` or `LogBusy`.
    """

    def append(
        self, appends: Sequence[Append], *, recorded_at: datetime, outbox: Outbox = NOTHING_DUE
    ) -> list[Event]:
        """Facts of several streams and the outbox, in one transaction.

        All or nothing. On return the events are on the disk, past a power cut. Returns those
        that are new; a fact whose key the log already holds, in whichever stream, is left out,
        and where nothing at all is new, nothing is written: no sync, and no file grows.

        Raises:
            Conflict: a stream is not at the version expected (one with no facts is checked too).
            ReadOnlyLog: the file may not be written.
            LogBusy: other writers kept the log for too long.
            LogError: the disk is full, or what was handed in breaks a rule of the log.
            ValueError: a text holds half a character, which cannot be written.
        """
        ...

    def take(
        self,
        events: Sequence[Written],
        *,
        after: int | None = None,
        owed: Sequence[Owed] = (),
    ) -> int:
        """Events as they were written elsewhere, data, words and salts included: how many are new.

        All or nothing, and on the disk, as with `append`; those whose id the log holds are left
        out, and so are words of events that a redaction names, here or among these. Where any is
        new, endpoints are owed these.

        Raises:
            LogBusy: the last position is not `after` any more: another process has written.
            ReadOnlyLog, LogError: as with `append`.
        """
        ...

    def forget_texts(self, *, before: datetime) -> int:
        """Delete kept paragraphs that were recorded before then; quotes stay. How many.

        A paragraph is kept for 90 days in any case, by the clock of the machine that holds it.
        """
        ...

    def redact(self, fact: ReportRedacted, *, recorded_at: datetime) -> int:
        """Append the fact and delete the words of its events, in one transaction.

        Those that alerts about them quote are deleted, too: in how many. Raises as `append` does.
        """
        ...

    def overwrite(self) -> bool:
        """Leave nothing deleted in the files; False while a reader holds an older state."""
        ...

    def rebuild_projections(self) -> int:
        """Make the stored projections anew from the events. How many incidents they tell of."""
        ...
