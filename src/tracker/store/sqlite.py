"""The log in an SQLite file: opening and reading.

Queries load this module alone of the store, so it needs nothing but the standard library; what
writes is in `writer.py`. A log may be handed from thread to thread, but is used by one at a time.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from tracker.decoding import decode
from tracker.errors import LogError, NoLog, UnknownName, UsageError
from tracker.events import Event
from tracker.model import from_utc_text, utc_text
from tracker.store.file import connect_to_read, has_content, in_words, log_path, stands_as_log

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from os import PathLike

    from tracker.health import Poll
    from tracker.projections.roster import Listed
    from tracker.store.base import Enqueued, Flaw, Head, Reach
    from tracker.store.batch import Words
    from tracker.store.chain import Stored

WAIT: Final = 10.0
"""Seconds to wait for another process that holds the log."""

PAGE: Final = 500
"""Events that `tail` reads at once, so that no reader holds the log for long."""


_EVENTS: Final = (
    "SELECT position, stream, version, type, id, recorded_at, data, title, quote, issuer, text"
    " FROM events LEFT JOIN words USING (position) LEFT JOIN paragraphs USING (position)"
)


def open_log(db: str | PathLike[str], *, wait: float = WAIT) -> SqliteReader:
    """The log at a path, to be read; nothing is created or changed.

    Raises:
        NoLog: there is no file, or an empty one.
        NotALog: a folder, another program's file, or one that is damaged at the very start.
        NewerLog: made by a newer version.
        OlderLog: made by an older one, and not brought up to date yet.
        LogError: it may not be read.
    """
    path = log_path(db)
    if has_content(path):
        with in_words(path):
            conn = connect_to_read(path, wait)
            try:
                found = stands_as_log(conn, path)
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

    def read(
        self,
        stream: str,
        *,
        after: int = 0,
        upto: int | None = None,
        known_at: datetime | None = None,
        as_of: datetime | None = None,
    ) -> list[Event]:
        until = None if known_at is None else utc_text(known_at)
        with in_words(self._path):
            rows = self._conn.execute(
                f"{_EVENTS} WHERE stream = :stream AND version > :after"
                " AND (:upto IS NULL OR version <= :upto)"
                " AND (:until IS NULL OR recorded_at <= :until) ORDER BY version",
                {"stream": stream, "after": after, "upto": upto, "until": until},
            )
            events = self._events(rows.fetchall())
        if as_of is not None:
            events = [each for each in events if each.fact.effective_at <= as_of]
        return events

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
                f"{_EVENTS} WHERE id >= :begins AND substr(id, 1, length(:begins)) = :begins"
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
            return self._holds(event_id)

    def stored(self, stream: str | None = None) -> Iterator[tuple[Stored, Words]]:
        from tracker.store.stored import stored  # noqa: PLC0415 — queries do without it

        return stored(self._conn, self._path, stream)

    def copy_to(self, path: str, progress: Callable[[int, int], object]) -> None:
        from tracker.store.copy import copy  # noqa: PLC0415 — queries do without it

        copy(self._conn, self._path, path, progress)

    def polls(self) -> list[Poll]:
        from tracker.store.kept import read_poll  # noqa: PLC0415 — queries do without it

        with in_words(self._path):
            rows = self._conn.execute("SELECT kept FROM polls ORDER BY source").fetchall()
        return [read_poll(kept) for (kept,) in rows]

    def roster(self) -> list[Listed]:
        from tracker.store.roster import read  # noqa: PLC0415 — most queries do without it

        with self._one_moment():
            return read(self._conn)

    def enqueued(
        self,
        *,
        endpoints: Sequence[str] = (),
        ids: Sequence[str] = (),
        failed: bool = False,
        since: datetime | None = None,
        limit: int = 50,
    ) -> list[Enqueued]:
        from tracker.store.enqueued import Wanted, enqueued  # noqa: PLC0415 — few queries ask

        wanted = Wanted(begins=ids, endpoints=endpoints, since=since)
        with in_words(self._path):
            return enqueued(self._conn, wanted, failed=failed, limit=limit)

    def reach(self) -> list[Reach]:
        from tracker.store.kept import read_reach  # noqa: PLC0415 — few queries ask

        with in_words(self._path):
            rows = self._conn.execute("SELECT kept FROM reach ORDER BY endpoint").fetchall()
        return [read_reach(kept) for (kept,) in rows]

    def waiting(self) -> dict[str, int]:
        from tracker.store.enqueued import waiting  # noqa: PLC0415 — few queries ask

        with in_words(self._path):
            return waiting(self._conn)

    def held_back(self) -> dict[str, tuple[int, datetime]]:
        from tracker.store.enqueued import held_back  # noqa: PLC0415 — few queries ask

        with in_words(self._path):
            return held_back(self._conn)

    def length(self, stream: str | None = None) -> int:
        which = "max(position)" if stream is None else "max(version)"
        with in_words(self._path):
            (last,) = self._conn.execute(
                f"SELECT coalesce({which}, 0) FROM events"
                + ("" if stream is None else " WHERE stream = ?"),
                () if stream is None else (stream,),
            ).fetchone()
            return int(last)

    def heads(self, *, upto: int | None = None) -> list[Head]:
        from tracker.store.base import Head  # noqa: PLC0415 — queries do without it

        with in_words(self._path):
            rows = self._conn.execute(
                # SQLite takes the other columns from the row that has the maximum.
                "SELECT stream, max(version), hash FROM events"
                " WHERE :upto IS NULL OR position <= :upto GROUP BY stream ORDER BY stream",
                {"upto": upto},
            )
            return [Head(*row) for row in rows]

    def verify(self, stream: str | None = None) -> Flaw | None:
        from tracker.store.verify import first_flaw  # noqa: PLC0415 — queries do without it

        return first_flaw(self._conn, self._path, stream)

    def verify_projections(self) -> Flaw | None:
        from tracker.store.base import Flaw  # noqa: PLC0415 — queries do without it
        from tracker.store.roster import astray  # noqa: PLC0415 — queries do without it

        with self._one_moment():
            incident = astray(self._conn)
        if incident is None:
            return None
        return Flaw(
            f"roster, incident {incident}",
            "is not as a replay of its events makes it: `tracker rebuild` makes it anew",
        )

    def close(self) -> None:
        self._conn.close()

    @contextmanager
    def _one_moment(self) -> Iterator[None]:
        """Several statements that see the log as it is at one moment."""
        if self._conn.in_transaction:
            yield
            return
        with in_words(self._path):
            self._conn.execute("BEGIN")
            try:
                yield
            finally:
                self._conn.rollback()

    def _page(self, after: int) -> list[Event]:
        with in_words(self._path):
            rows = self._conn.execute(
                f"{_EVENTS} WHERE position > ? ORDER BY position LIMIT ?",
                (after, PAGE),
            )
            return self._events(rows.fetchall())

    def _holds(self, event_id: str) -> bool:
        held = self._conn.execute("SELECT 1 FROM events WHERE id = ?", (event_id,))
        return held.fetchone() is not None

    def _events(self, rows: list[Any]) -> list[Event]:
        try:
            # One document: the parser then makes each field's name but once.
            read = json.loads(f"[{','.join([row[6] for row in rows])}]")
            return [_event(row, data) for row, data in zip(rows, read, strict=True)]
        except (KeyError, TypeError, ValueError) as error:
            raise LogError(
                f"{self._path} holds an event that this version cannot read ({error}): install the "
                "version that wrote it; `tracker verify` tells whether the log is damaged"
            ) from error

    def _ids_near(self, begins: str) -> list[str]:
        rows = self._conn.execute(
            "SELECT max(id) FROM events WHERE id < :begins"
            " UNION SELECT min(id) FROM events WHERE id > :begins",
            {"begins": begins},
        )
        return [found for (found,) in rows if found]


def _event(row: tuple[Any, ...], data: dict[str, Any]) -> Event:
    position, stream, version, kind, made, recorded_at, _, title, quote, issuer, text = row
    words = {"title": title, "quote": quote, "issuer": issuer, "text": text}
    return Event(
        position=position,
        stream=stream,
        version=version,
        id=made,
        recorded_at=from_utc_text(recorded_at),
        fact=decode(kind, data, words),
    )
