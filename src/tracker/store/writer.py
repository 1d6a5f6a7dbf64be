"""The log in an SQLite file: making it and appending to it.

Reading is in `sqlite.py`, so that a query need not load what this module needs.
"""

import secrets
import sqlite3
import time
from collections.abc import Sequence
from datetime import datetime
from os import PathLike
from typing import Final

from sqlite_utils import Database

from tracker.encoding import event_id
from tracker.errors import Conflict, LogBusy, ReadOnlyLog
from tracker.events import INBOX, Event, Fact, ReportRedacted
from tracker.model import utc_text
from tracker.store.base import Append, Outbox, Owed
from tracker.store.batch import Batch, Written
from tracker.store.chain import FIRST
from tracker.store.file import (
    MEMORY,
    connect,
    has_content,
    in_words,
    log_format,
    log_path,
    primary_code,
)
from tracker.store.migrations import MIGRATIONS
from tracker.store.operations import Operations
from tracker.store.records import NOTHING_DUE
from tracker.store.redaction import blank_redacted, delete_redacted, delete_words
from tracker.store.roster import BEHIND, catch_up, rebuild
from tracker.store.schema import KEPT, SCHEMA_VERSION, STATEMENTS
from tracker.store.sqlite import WAIT
from tracker.store.told import owe, put

CACHE: Final = 32_000
"""Kilobytes of pages that a writer keeps at most."""


def open_writer(db: str | PathLike[str], *, wait: float = WAIT) -> "SqliteLog":
    """The log at a path or in `:memory:`, to be read and written; made where there is none.

    `wait` is for how many seconds another process may hold the log.

    Raises:
        NotALog: a folder, another program's file, or one that is damaged at the very start.
        NewerLog: made by a newer version; it is not touched.
        ReadOnlyLog: file or folder may not be written.
        LogBusy: another process held it for longer than `wait`.
    """
    path = log_path(db)
    if path != MEMORY and has_content(path):
        _leave_unharmed(path, wait)
    with in_words(path):
        try:
            conn = connect(path, "mode=rwc", wait)
            try:
                _prepare(conn, path, wait)
            except BaseException:
                conn.close()
                raise
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_CANTOPEN:
                raise
            raise ReadOnlyLog(
                f"{path} cannot be opened for writing: check that its folder is there, and the "
                "rights of both"
            ) from error
    return SqliteLog(conn, path, wait)


class SqliteLog(Operations):
    """The whole contract (`base.Log`)."""

    def append(
        self, appends: Sequence[Append], *, recorded_at: datetime, outbox: Outbox = NOTHING_DUE
    ) -> list[Event]:
        offered: dict[str, tuple[str, Fact]] = {}
        for each in appends:
            for fact in each.facts:
                offered.setdefault(event_id(fact), (each.stream, fact))
        with in_words(self._path):
            # Plain reads first: what is known already costs no lock and touches no file.
            if outbox == NOTHING_DUE and all(map(self._holds, offered)):
                for each in appends:
                    self._check(each, self._head(each.stream)[0])
                return []
        with self._writing():
            heads = {each.stream: self._head(each.stream) for each in appends}
            for each in appends:
                self._check(each, heads[each.stream][0])
            for made in filter(self._holds, [*offered]):
                del offered[made]
            events = self._store(offered, heads, recorded_at) if offered else []
            if outbox != NOTHING_DUE:
                self._enqueue(outbox, recorded_at)
        return events

    def take(
        self,
        events: Sequence[Written],
        *,
        after: int | None = None,
        owed: Sequence[Owed] = (),
    ) -> int:
        offered: dict[str, Written] = {}
        for each in events:
            offered.setdefault(each.id, each)
        with in_words(self._path):
            # As with `append`: what is known already touches no file.
            if all(map(self._holds, offered)):
                return 0
        with self._writing():
            position = self.length()
            if after not in (None, position):
                raise LogBusy(
                    f"another process has written to {self._path} meanwhile, which was to be "
                    "restored: let nothing else write to it, or import into a new log"
                )
            for made in filter(self._holds, [*offered]):
                del offered[made]
            streams = {each.stream for each in offered.values()}
            batch = Batch(position, {each: self._head(each) for each in streams})
            for each in offered.values():
                batch.place(each)
            self._write(batch, position)
            delete_redacted(self._conn)
            owe(self._conn, owed)
        return len(offered)

    def forget_texts(self, *, before: datetime) -> int:
        with self._writing():
            # Never sooner than the trigger allows, which goes by this machine's clock.
            deleted = self._conn.execute(
                "DELETE FROM paragraphs WHERE kept_until < ?"
                " AND kept_until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
                (utc_text(before + KEPT),),
            )
            return deleted.rowcount

    def redact(self, fact: ReportRedacted, *, recorded_at: datetime) -> int:
        made = event_id(fact)
        with self._writing():
            if not self._holds(made):
                self._store({made: (INBOX, fact)}, {INBOX: self._head(INBOX)}, recorded_at)
            return delete_words(self._conn, fact.events)

    def overwrite(self) -> bool:
        with in_words(self._path):
            # Deleted words are overwritten in the file (`secure_delete`), but the WAL beside it
            # has the pages as they were until it is emptied.
            busy, *_ = self._conn.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        return not busy

    def rebuild_projections(self) -> int:
        with self._writing():
            return rebuild(self._conn)

    @staticmethod
    def _check(append: Append, version: int) -> None:
        if append.expected not in (None, version):
            raise Conflict(append.stream, append.expected, version)

    def _head(self, stream: str) -> tuple[int, str]:
        """Version and hash of the last event of a stream."""
        row = self._conn.execute(
            "SELECT version, hash FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1",
            (stream,),
        ).fetchone()
        return row or (0, FIRST)

    def _store(
        self,
        new: dict[str, tuple[str, Fact]],
        heads: dict[str, tuple[int, str]],
        recorded_at: datetime,
    ) -> list[Event]:
        """Make these facts, by id, the next events of the log and of their streams."""
        position = self.length()
        batch = Batch(position, heads)
        events = [
            batch.add(stream, made, fact, recorded_at) for made, (stream, fact) in new.items()
        ]
        self._write(batch, position)
        return events

    def _write(self, batch: Batch, position: int) -> None:
        """Put a batch behind the last position of the log."""
        batch.write(self._conn)
        if (position + len(batch)) // BEHIND > position // BEHIND:
            catch_up(self._conn)

    def _enqueue(self, outbox: Outbox, now: datetime) -> None:
        put(self._conn, outbox, now)
        if outbox.alerts:
            blank_redacted(self._conn, [each.id for each in outbox.alerts])


def _leave_unharmed(path: str, wait: float) -> None:
    """Refuse what is not ours before it is opened for writing: closing alone could change it."""
    with in_words(path):
        conn = connect(path, "mode=ro", wait)
        try:
            log_format(conn, path)
        except sqlite3.OperationalError:
            pass  # what cannot be read without writing is judged once it is open for writing
        finally:
            conn.close()


def _prepare(conn: sqlite3.Connection, path: str, wait: float) -> None:
    """Settings of a writing connection, and the tables where there are none yet."""
    _use_wal(conn, wait)
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA recursive_triggers = ON")
    # A large batch touches thousands of pages of the index of ids: they should fit in.
    conn.execute(f"PRAGMA cache_size = -{CACHE}")
    # Words that are forgotten are overwritten in the file, too.
    conn.execute("PRAGMA secure_delete = ON")
    conn.execute("BEGIN IMMEDIATE")
    try:
        found = log_format(conn, path)
        if not found:
            for statement in STATEMENTS:
                conn.execute(statement)
            conn.execute("INSERT INTO identity VALUES (?)", (secrets.token_hex(16),))
        if found < SCHEMA_VERSION:
            MIGRATIONS.apply(Database(conn, execute_plugins=False))
        conn.execute("COMMIT")
    except BaseException:
        conn.rollback()
        raise


def _use_wal(conn: sqlite3.Connection, wait: float) -> None:
    """Let readers and the writer work side by side.

    When several processes make the log at once, SQLite refuses this to all but one of them
    without waiting, so the waiting is done here.
    """
    until = time.monotonic() + wait
    while True:
        try:
            conn.execute("PRAGMA journal_mode = WAL")
        except sqlite3.OperationalError as error:
            if primary_code(error) != sqlite3.SQLITE_BUSY or time.monotonic() > until:
                raise
            time.sleep(0.02)
        else:
            return
