"""The log in an SQLite file: opening and reading.

Queries load this module alone of the store, so it needs nothing but the standard library; what
writes is in `writer.py`. A log may be handed from thread to thread, but is used by one at a time.
"""

import json
import sqlite3
from collections.abc import Iterator
from datetime import datetime
from os import PathLike
from typing import Any, Final

from tracker.errors import LogError, NoLog, UnknownName, UsageError
from tracker.events import TYPES, Event, decode
from tracker.model import from_utc_text, utc_text
from tracker.store.base import Flaw, Poll
from tracker.store.chain import Stored
from tracker.store.file import connect_to_read, has_content, in_words, is_log, log_path
from tracker.store.verify import first_flaw

WAIT: Final = 10.0
"""Seconds to wait for another process that holds the log."""

PAGE: Final = 500
"""Events that `tail` reads at once, so that no reader holds the log for long."""


def open_log(db: str | PathLike[str], *, wait: float = WAIT) -> "SqliteReader":
    """The log at a path, to be read; nothing is created or changed.

    Raises:
        NoLog: there is no file, or an empty one.
        NotALog: a folder, another program's file, or one that is damaged at the very start.
        NewerLog: made by a newer version.
        LogError: it may not be read.
    """
    path = log_path(db)
    if has_content(path):
        with in_words(path):
            conn = connect_to_read(path, wait)
            try:
                found = is_log(conn, path)
            except BaseException:
                conn.close()
                raise
        if found:
            return SqliteReader(conn, path)
        conn.close()
    raise NoLog(f"no log at {path} yet: `tracker poll` makes one")


class SqliteReader:
    """The reading half of the contract (`base.LogReader`)."""

    def __init__(self, conn: sqlite3.Connection, path: str) -> None:
        self._conn = conn
        self._path = path

    @property
    def identity(self) -> str:
        with in_words(self._path):
            (name,) = self._conn.execute("SELECT name FROM identity").fetchone()
            return str(name)

    def read(self, stream: str, *, known_at: datetime | None = None, after: int = 0) -> list[Event]:
        until = None if known_at is None else utc_text(known_at)
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT position, stream, version, type, id, recorded_at, data FROM events"
                " WHERE stream = :stream AND version > :after"
                " AND (:until IS NULL OR recorded_at <= :until) ORDER BY version",
                {"stream": stream, "after": after, "until": until},
            )
            return self._events(rows.fetchall())

    def tail(self, after: int = 0) -> Iterator[Event]:
        while page := self._page(after):
            yield from page
            after = page[-1].position

    def streams(self, prefix: str = "") -> list[str]:
        with in_words(self._path):
            # From each name straight to the next one: as many steps as streams, not as events.
            rows = self._conn.execute(
                "WITH RECURSIVE names(name) AS ("
                " SELECT min(stream) FROM events WHERE stream >= :prefix UNION ALL"
                " SELECT (SELECT min(stream) FROM events WHERE stream > name) FROM names"
                " WHERE substr(name, 1, length(:prefix)) = :prefix)"
                " SELECT name FROM names WHERE substr(name, 1, length(:prefix)) = :prefix",
                {"prefix": prefix},
            )
            return [name for (name,) in rows]

    def find(self, event_id: str) -> Event:
        begins = event_id.strip().lower()
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT position, stream, version, type, id, recorded_at, data FROM events"
                " WHERE id >= :begins AND substr(id, 1, length(:begins)) = :begins"
                " ORDER BY id LIMIT 2",
                {"begins": begins},
            ).fetchall()
            if not rows:
                raise UnknownName("event", event_id, self._ids_near(begins))
            if len(rows) > 1:
                raise UsageError(
                    f"several events begin with {event_id!r}, {rows[0][4]} and {rows[1][4]} "
                    "among them: give more of the id"
                )
            return self._events(rows)[0]

    def holds(self, event_id: str) -> bool:
        with in_words(self._path):
            held = self._conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,))
            return held.fetchone() is not None

    def polls(self) -> list[Poll]:
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT source, polled_at, succeeded_at, failures, error FROM polls ORDER BY source"
            ).fetchall()
        return [
            Poll(
                source=source,
                polled_at=from_utc_text(polled_at),
                succeeded_at=from_utc_text(succeeded_at) if succeeded_at else None,
                failures=failures,
                error=error,
            )
            for source, polled_at, succeeded_at, failures, error in rows
        ]

    def verify(self) -> Flaw | None:
        return first_flaw(self._conn, self._path)

    def close(self) -> None:
        self._conn.close()

    def _page(self, after: int) -> list[Event]:
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT position, stream, version, type, id, recorded_at, data FROM events"
                " WHERE position > ? ORDER BY position LIMIT ?",
                (after, PAGE),
            )
            return self._events(rows.fetchall())

    def _events(self, rows: list[Any]) -> list[Event]:
        stored = [Stored(*row) for row in rows]
        try:
            read = [(row, json.loads(row.data)) for row in stored]
            words = self._words(
                data[name] for row, data in read for name in TYPES[row.type].WORDS if name in data
            )
            return [_event(row, data, words) for row, data in read]
        except (KeyError, ValueError) as error:
            raise LogError(
                f"{self._path} holds an event that this version cannot read ({error}): install the "
                "version that wrote it; `tracker verify` tells whether the log is damaged"
            ) from error

    def _words(self, commitments: Iterator[str]) -> dict[str, str]:
        return dict(
            self._conn.execute(
                "SELECT commitment, words FROM texts"
                " WHERE commitment IN (SELECT value FROM json_each(?))",
                (json.dumps(list(commitments)),),
            ).fetchall()
        )

    def _ids_near(self, begins: str) -> list[str]:
        rows = self._conn.execute(
            "SELECT max(id) FROM events WHERE id < :begins"
            " UNION SELECT min(id) FROM events WHERE id > :begins",
            {"begins": begins},
        )
        return [found for (found,) in rows if found]


def _event(row: Stored, data: dict[str, Any], words: dict[str, str]) -> Event:
    mine = {name: words[data[name]] for name in TYPES[row.type].WORDS if data.get(name) in words}
    return Event(
        position=row.position,
        stream=row.stream,
        version=row.version,
        id=row.id,
        recorded_at=from_utc_text(row.recorded_at),
        fact=decode(row.type, data, mine),
    )
