"""What the tracker keeps beside the log: polls, what each source served, and the outbox.

Rows here change all the time; no fact is derived from them. Alerts come in with the facts that
made them due, in `writer.py`. The statements are in `outbox.py` and `told.py`.
"""

import json
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from tracker.model import utc_text
from tracker.store import outbox, told
from tracker.store.base import (
    Alert,
    Claimed,
    Held,
    Kept,
    Owed,
    Reach,
    Remembered,
    Settled,
    Told,
)
from tracker.store.enqueued import Wanted
from tracker.store.file import in_words
from tracker.store.kept import read_memo, read_page, read_poll, written
from tracker.store.sqlite import SqliteReader
from tracker.store.turns import Turns


class Operations(SqliteReader):
    """The operational half of the contract (`beside.Beside`)."""

    def __init__(self, conn: sqlite3.Connection, path: str, wait: float) -> None:
        super().__init__(conn, path)
        self._db = Database(conn, execute_plugins=False)
        self._sync = ""
        self._turns, self._wait = Turns(path), wait
        self._version = 0
        self.has_changed()

    def close(self) -> None:
        self._turns.close()
        super().close()

    def remembered(self, source: str) -> Remembered:
        with in_words(self._path):
            poll, memo, pages = self._conn.execute(
                "SELECT (SELECT kept FROM polls WHERE source = :source),"
                " (SELECT kept FROM memos WHERE source = :source),"
                " (SELECT json_group_array(kept) FROM pages WHERE source = :source)",
                {"source": source},
            ).fetchone()
        return Remembered(
            poll=read_poll(poll) if poll else None,
            memo=read_memo(memo) if memo else None,
            pages=tuple(map(read_page, json.loads(pages))),
        )

    def keep(self, kept: Sequence[Kept]) -> None:
        # Not synced: after a power cut it is as if the sources had not been polled this time. The
        # facts of a poll, synced before it, are never younger than what is lost.
        with self._writing(sync="NORMAL"):
            self._conn.executemany(
                "INSERT OR REPLACE INTO polls VALUES (?, ?)",
                [(each.poll.source, written(each.poll)) for each in kept],
            )
            self._conn.executemany(
                "INSERT OR REPLACE INTO memos VALUES (?, ?)",
                [(each.poll.source, written(each.memo)) for each in kept if each.memo],
            )
            self._conn.executemany(
                "INSERT OR REPLACE INTO pages VALUES (?, ?, ?)",
                [(page.source, page.url, written(page)) for each in kept for page in each.pages],
            )
            self._conn.executemany(
                "DELETE FROM pages WHERE source = ? AND url = ?",
                [(each.poll.source, url) for each in kept for url in each.cold],
            )

    def last_sequences(self, about: str) -> dict[str, int]:
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT endpoint, last FROM sequences WHERE about = ?", (about,)
            ).fetchall()
        return dict(rows)

    def told(self, incident: str) -> list[Told]:
        with in_words(self._path):
            return told.told(self._conn, incident)

    def held(self, incident: str) -> list[Held]:
        with in_words(self._path):
            return told.held(self._conn, incident)

    def held_until(self, endpoints: Sequence[str], *, now: datetime) -> list[Held]:
        with in_words(self._path):
            return told.held_until(self._conn, endpoints, now)

    def next_held(self, endpoints: Sequence[str]) -> datetime | None:
        with in_words(self._path):
            return told.next_held(self._conn, endpoints)

    def owed(self) -> list[Owed]:
        with in_words(self._path):
            return told.owed(self._conn)

    def interpretation(self, endpoint: str) -> tuple[str, int] | None:
        with in_words(self._path):
            return told.interpretation(self._conn, endpoint)

    def reinterpret(self, endpoint: str, policy: str, version: int) -> int:
        # A plain read first: hardly ever is there anything to write.
        if self.interpretation(endpoint) == (policy, version):
            return 0
        with self._writing():
            return told.reinterpret(self._conn, endpoint, policy, version)

    def forget_others(self, endpoints: Sequence[str]) -> int:
        with in_words(self._path):
            if not told.others(self._conn, endpoints):
                return 0
        with self._writing():
            return told.forget_others(self._conn, endpoints)

    def claim(
        self, room: Mapping[str, int], *, now: datetime, until: datetime
    ) -> dict[str, Claimed]:
        with in_words(self._path):
            # A plain read first: where nothing is due, nothing is locked or written.
            claimed = outbox.claimable(self._conn, room, now)
        if not any(each.deliveries for each in claimed.values()):
            return claimed
        with self._writing(sync="NORMAL"):
            claimed = outbox.claimable(self._conn, room, now)
            for each in claimed.values():
                outbox.lease(self._conn, each.deliveries, until)
        return claimed

    def settle(
        self,
        settled: Sequence[Settled],
        reach: Sequence[Reach] = (),
        alerts: Sequence[Alert] = (),
        *,
        now: datetime,
    ) -> frozenset[str]:
        # What nobody attempted is an operator's decision, and outlives a power cut.
        with self._writing(sync="NORMAL" if settled else "FULL"):
            counted = outbox.settle(self._conn, settled)
            outbox.keep_reach(self._conn, reach)
            outbox.enqueue(self._conn, alerts, now)
        return counted

    def hasten(self, endpoint: str, *, now: datetime) -> int:
        with self._writing():
            return outbox.hasten(self._conn, endpoint, now)

    def repeat(
        self,
        *,
        now: datetime,
        ids: Sequence[str] = (),
        since: datetime | None = None,
        endpoints: Sequence[str] = (),
    ) -> int:
        with self._writing():
            wanted = Wanted(ids=ids, endpoints=endpoints, since=since)
            if not ids:
                wanted.also("state = 'given up' OR state = 'due' AND attempts > 0")
            return outbox.repeat(self._conn, wanted, now)

    def forget_attempts(self, *, before: datetime) -> int:
        with self._writing():
            deleted = self._conn.execute(
                "DELETE FROM attempts WHERE at < ? AND alert IN (SELECT number FROM outbox"
                " WHERE state IN ('delivered', 'given up'))",
                (utc_text(before),),
            )
            return deleted.rowcount

    def has_changed(self) -> bool:
        with in_words(self._path):
            (version,) = self._conn.execute("PRAGMA data_version").fetchone()
        before, self._version = self._version, int(version)
        return self._version != before

    def together(self, *, sync: Literal["FULL", "NORMAL"] = "FULL") -> AbstractContextManager[None]:
        return self._writing(sync=sync)

    @contextmanager
    def _writing(self, *, sync: Literal["FULL", "NORMAL"] = "FULL") -> Iterator[None]:
        """All or nothing; locked at once, for a transaction that begins by reading fails when
        another process writes before it does. Within another, a part of that.
        """
        if self._conn.in_transaction:
            with self._within():
                yield
            return
        with self._turns.turn(wait=self._wait), in_words(self._path):
            if sync != self._sync:
                self._conn.execute(f"PRAGMA synchronous = {sync}")
                self._sync = sync
            self._conn.execute("BEGIN IMMEDIATE")
            try:
                yield
                self._conn.execute("COMMIT")
            except BaseException:
                self._conn.rollback()
                raise

    @contextmanager
    def _within(self) -> Iterator[None]:
        """A part of a transaction: nothing is left of it where it fails."""
        with in_words(self._path):
            self._conn.execute("SAVEPOINT part")
            try:
                yield
                self._conn.execute("RELEASE part")
            except BaseException:
                # Of a full disk SQLite has made an end of the whole by itself.
                if self._conn.in_transaction:
                    self._conn.execute("ROLLBACK TO part")
                    self._conn.execute("RELEASE part")
                raise
