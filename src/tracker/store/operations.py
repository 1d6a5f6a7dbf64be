"""What the tracker keeps beside the log: polls, what each source served, and the outbox.

Rows here change all the time; no fact is derived from them. Alerts come in with the facts that
made them due, in `writer.py`.
"""

import json
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Literal

from sqlite_utils import Database

from tracker.model import Measure, Status, from_utc_text, utc_text
from tracker.store.base import Delivery, Kept, Remembered, Told
from tracker.store.file import in_words
from tracker.store.kept import read_memo, read_page, read_poll, written
from tracker.store.sqlite import SqliteReader
from tracker.store.turns import Turns


class Operations(SqliteReader):
    """The operational half of the contract (`base.Log`)."""

    def __init__(self, conn: sqlite3.Connection, path: str, wait: float) -> None:
        super().__init__(conn, path)
        self._db = Database(conn, execute_plugins=False)
        self._sync = ""
        self._turns, self._wait = Turns(path), wait

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

    def last_sequences(self, incident: str) -> dict[str, int]:
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT endpoint, max(sequence) FROM outbox WHERE incident = ? GROUP BY endpoint",
                (incident,),
            ).fetchall()
        return dict(rows)

    def told(self, incident: str) -> list[Told]:
        with in_words(self._path):
            rows = self._conn.execute(
                "SELECT endpoint, measure, scope, policy, phrase, best, low, high, status, sequence"
                " FROM told WHERE incident = ? ORDER BY endpoint, measure, scope, policy",
                (incident,),
            ).fetchall()
        return [
            Told(
                endpoint=endpoint,
                incident=incident,
                measure=Measure(measure),
                scope=scope or None,
                policy=policy,
                phrase=phrase,
                best=best,
                low=low,
                high=high,
                status=Status(status) if status else None,
                sequence=sequence,
            )
            for endpoint, measure, scope, policy, phrase, best, low, high, status, sequence in rows
        ]

    def backfills_due(self) -> list[tuple[str, str]]:
        with in_words(self._path):
            return self._conn.execute(
                "SELECT endpoint, incident FROM backfills ORDER BY endpoint, incident"
            ).fetchall()

    def claim(
        self, endpoints: Sequence[str], *, now: datetime, until: datetime, limit: int = 100
    ) -> list[Delivery]:
        with self._writing():
            rows = self._conn.execute(
                # Only the first alert that waits for an endpoint and incident may be due.
                "WITH heads AS ("
                " SELECT endpoint, incident, min(sequence) AS sequence FROM outbox"
                " WHERE state = 'waiting' AND endpoint IN (SELECT value FROM json_each(:endpoints))"
                " GROUP BY endpoint, incident)"
                " SELECT id, endpoint, incident, body, attempts"
                " FROM heads JOIN outbox USING (endpoint, incident, sequence)"
                " WHERE due_at <= :now ORDER BY due_at, created_at, id LIMIT :limit",
                {"endpoints": json.dumps(list(endpoints)), "now": utc_text(now), "limit": limit},
            ).fetchall()
            self._conn.executemany(
                "UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?",
                [(utc_text(until), alert_id) for alert_id, *_ in rows],
            )
        return [
            Delivery(id=alert_id, endpoint=endpoint, incident=incident, body=body, attempts=before)
            for alert_id, endpoint, incident, body, before in rows
        ]

    def settle(
        self,
        delivery: Delivery,
        *,
        now: datetime,
        answer: str,
        again: datetime | None,
        delivered: bool = False,
    ) -> None:
        with self._writing():
            if delivered:
                self._conn.execute(
                    "UPDATE outbox SET state = 'delivered', delivered_at = ?, last_answer = ?"
                    " WHERE id = ?",
                    (utc_text(now), answer, delivery.id),
                )
                return
            # A failure counts only while its lease is the last one: another may be posting now.
            self._conn.execute(
                "UPDATE outbox SET state = ?, due_at = coalesce(?, due_at), last_answer = ?"
                " WHERE id = ? AND state = 'waiting' AND attempts = ?",
                (
                    "waiting" if again else "given up",
                    utc_text(again) if again else None,
                    answer,
                    delivery.id,
                    delivery.attempts + 1,
                ),
            )

    def next_due(self, endpoints: Sequence[str]) -> datetime | None:
        with in_words(self._path):
            (due,) = self._conn.execute(
                "WITH heads AS ("
                " SELECT endpoint, incident, min(sequence) AS sequence FROM outbox"
                " WHERE state = 'waiting' AND endpoint IN (SELECT value FROM json_each(?))"
                " GROUP BY endpoint, incident)"
                " SELECT min(due_at) FROM heads JOIN outbox USING (endpoint, incident, sequence)",
                (json.dumps(list(endpoints)),),
            ).fetchone()
        return from_utc_text(due) if due else None

    def gone(self) -> frozenset[tuple[str, str]]:
        with in_words(self._path):
            return frozenset(self._conn.execute("SELECT endpoint, url FROM gone").fetchall())

    def mark_gone(self, endpoint: str, url: str, *, now: datetime) -> None:
        with self._writing():
            self._db.table("gone").insert(
                {"endpoint": endpoint, "url": url, "since": utc_text(now)}, ignore=True
            )

    @contextmanager
    def _writing(self, *, sync: Literal["FULL", "NORMAL"] = "FULL") -> Iterator[None]:
        """All or nothing; locked at once, for a transaction that begins by reading fails when
        another process writes before it does.
        """
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
