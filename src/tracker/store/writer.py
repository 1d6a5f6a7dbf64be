"""The log in an SQLite file: making it and appending to it.

Reading is in `sqlite.py`, so that a query need not load what this module needs.
"""

import json
import secrets
import sqlite3
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from os import PathLike

from tracker.errors import Conflict, ReadOnlyLog
from tracker.events import Event, Fact, encode, event_id
from tracker.model import utc_text
from tracker.store.base import Append, Outbox
from tracker.store.chain import FIRST, Stored, commitment, link
from tracker.store.file import (
    MEMORY,
    connect,
    has_content,
    in_words,
    is_log,
    log_path,
    primary_code,
)
from tracker.store.operations import Operations
from tracker.store.schema import FORGETTABLE, KEPT, STATEMENTS
from tracker.store.sqlite import WAIT

_NOTHING_DUE = Outbox()


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
    return SqliteLog(conn, path)


class SqliteLog(Operations):
    """The whole contract (`base.Log`)."""

    def append(
        self, appends: Sequence[Append], *, recorded_at: datetime, outbox: Outbox = _NOTHING_DUE
    ) -> list[Event]:
        offered = [
            (append.stream, event_id(fact), fact) for append in appends for fact in append.facts
        ]
        with in_words(self._path):
            # Plain reads first: what is known already costs no lock and touches no file.
            self._check_versions(appends)
            if outbox == _NOTHING_DUE and not self._new(offered):
                return []
        with self._writing():
            self._check_versions(appends)
            events = self._place(self._new(offered), recorded_at)
            self._store(events, recorded_at)
            self._enqueue(outbox, recorded_at)
        return events

    def forget_texts(self, *, before: datetime) -> int:
        with self._writing():
            # Never sooner than the trigger allows, which goes by this machine's clock.
            deleted = self._conn.execute(
                "DELETE FROM texts WHERE kept_until < ?"
                " AND kept_until <= strftime('%Y-%m-%dT%H:%M:%fZ', 'now')",
                (utc_text(before + KEPT),),
            )
            return deleted.rowcount

    def _check_versions(self, appends: Iterable[Append]) -> None:
        for append in appends:
            version, _ = self._head(append.stream)
            if append.expected not in (None, version):
                raise Conflict(append.stream, append.expected, version)

    def _head(self, stream: str) -> tuple[int, str]:
        """Version and hash of the last event of a stream."""
        row = self._conn.execute(
            "SELECT version, hash FROM events WHERE stream = ? ORDER BY version DESC LIMIT 1",
            (stream,),
        ).fetchone()
        return row or (0, FIRST)

    def _new(self, offered: Iterable[tuple[str, str, Fact]]) -> list[tuple[str, str, Fact]]:
        """Stream, id and fact of what the log does not hold, each once, in the order given."""
        by_id: dict[str, tuple[str, str, Fact]] = {}
        for stream, made, fact in offered:
            by_id.setdefault(made, (stream, made, fact))
        known = self._conn.execute(
            "SELECT id FROM events WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(by_id)),),
        )
        for (made,) in known:
            del by_id[made]
        return list(by_id.values())

    def _place(self, new: list[tuple[str, str, Fact]], recorded_at: datetime) -> list[Event]:
        """The events that these facts become: the next of the log and of their streams."""
        (position,) = self._conn.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
        versions = {stream: self._head(stream)[0] for stream, _, _ in new}
        events = []
        for stream, made, fact in new:
            position += 1
            versions[stream] += 1
            events.append(
                Event(
                    position=position,
                    stream=stream,
                    version=versions[stream],
                    id=made,
                    recorded_at=recorded_at.astimezone(UTC),
                    fact=fact,
                )
            )
        return events

    def _store(self, events: list[Event], recorded_at: datetime) -> None:
        moment = utc_text(recorded_at)
        hashes = {event.stream: self._head(event.stream)[1] for event in events}
        # The same words in one append (a headline, once for each figure) are kept once.
        texts: dict[tuple[str, str | None], tuple[str, bytes]] = {}
        rows = []
        for event in events:
            data, words = encode(event.fact)
            # Words that a re-reading stores again were fetched when the figure was.
            kept_until = utc_text(min(recorded_at, event.fact.observed_at) + KEPT)
            for field, said in words.items():
                until = kept_until if field in FORGETTABLE else None
                if (said, until) not in texts:
                    salt = secrets.token_bytes(16)
                    texts[said, until] = (commitment(salt, said), salt)
                data[field] = texts[said, until][0]
            stored = Stored(
                position=event.position,
                stream=event.stream,
                version=event.version,
                type=event.fact.TYPE,
                id=event.id,
                recorded_at=moment,
                data=json.dumps(data, ensure_ascii=False, separators=(",", ":")),
            )
            hashes[event.stream] = link(hashes[event.stream], stored)
            rows.append((*stored, hashes[event.stream]))
        self._conn.executemany(
            "INSERT INTO texts (commitment, salt, words, kept_until) VALUES (?, ?, ?, ?)",
            [(made, salt, said, until) for (said, until), (made, salt) in texts.items()],
        )
        self._conn.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows)

    def _enqueue(self, outbox: Outbox, now: datetime) -> None:
        moment = utc_text(now)
        if outbox.alerts:
            self._db.table("outbox").insert_all(
                {
                    **asdict(alert),
                    "state": "waiting",
                    "attempts": 0,
                    "due_at": moment,
                    "last_answer": "",
                    "created_at": moment,
                }
                for alert in outbox.alerts
            )
        if outbox.told:
            self._db.table("told").upsert_all(
                ({**asdict(told), "scope": told.scope or ""} for told in outbox.told),
                pk=("incident", "endpoint", "measure", "scope", "policy"),
            )
        self._conn.executemany("INSERT OR IGNORE INTO backfills VALUES (?, ?)", outbox.backfill_due)
        self._conn.executemany(
            "DELETE FROM backfills WHERE endpoint = ? AND incident = ?", outbox.backfill_done
        )


def _leave_unharmed(path: str, wait: float) -> None:
    """Refuse what is not ours before it is opened for writing: closing alone could change it."""
    with in_words(path):
        conn = connect(path, "mode=ro", wait)
        try:
            is_log(conn, path)
        except sqlite3.OperationalError:
            pass  # what cannot be read without writing is judged once it is open for writing
        finally:
            conn.close()


def _prepare(conn: sqlite3.Connection, path: str, wait: float) -> None:
    """Settings of a writing connection, and the tables where there are none yet."""
    _use_wal(conn, wait)
    conn.execute("PRAGMA synchronous = FULL")
    conn.execute("PRAGMA recursive_triggers = ON")
    # Words that are forgotten are overwritten in the file, too.
    conn.execute("PRAGMA secure_delete = ON")
    conn.execute("BEGIN IMMEDIATE")
    try:
        if not is_log(conn, path):
            for statement in STATEMENTS:
                conn.execute(statement)
            conn.execute("INSERT INTO identity VALUES (?)", (secrets.token_hex(16),))
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
