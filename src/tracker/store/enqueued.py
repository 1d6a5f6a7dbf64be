"""Reading the outbox in SQLite: which alerts there are, how they stand, and every attempt."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from tracker.model import from_utc_text, utc_text
from tracker.store.records import Alert, Enqueued, Tried

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from datetime import datetime

WAITS: Final = "state IN ('due', 'queued')"
"""As the index `outbox_waiting` has it."""


def waiting(conn: sqlite3.Connection) -> dict[str, int]:
    return dict(
        conn.execute(f"SELECT endpoint, count(*) FROM outbox WHERE {WAITS} GROUP BY endpoint")
    )


def held_back(conn: sqlite3.Connection) -> dict[str, tuple[int, datetime]]:
    rows = conn.execute("SELECT endpoint, count(*), min(until) FROM held GROUP BY endpoint")
    return {endpoint: (count, from_utc_text(until)) for endpoint, count, until in rows}


class Wanted:
    """The conditions of a query, as they add up."""

    def __init__(
        self,
        *,
        ids: Sequence[str] = (),
        begins: Sequence[str] = (),
        endpoints: Sequence[str] = (),
        since: datetime | None = None,
    ) -> None:
        self._parts: list[str] = []
        self.values: list[str] = []
        if ids:
            self.also("id IN (SELECT value FROM json_each(?))")
            self.values.append(json.dumps([*ids]))
        if begins:
            # As a range, which the index of ids answers.
            self.also(" OR ".join("id >= ? AND id < ?" for _ in begins))
            self.values += [part for each in begins for part in (each, f"{each}\U0010ffff")]
        if endpoints:
            self.also("endpoint IN (SELECT value FROM json_each(?))")
            self.values.append(json.dumps([*endpoints]))
        if since:
            self.also("created_at >= ?")
            self.values.append(utc_text(since))

    def also(self, part: str) -> None:
        self._parts.append(f"({part})")

    @property
    def where(self) -> str:
        return f" WHERE {' AND '.join(self._parts)}" if self._parts else ""


def enqueued(
    conn: sqlite3.Connection, wanted: Wanted, *, failed: bool, limit: int
) -> list[Enqueued]:
    """The newest alerts that are wanted, each with its attempts."""
    if failed:
        wanted.also(
            "state = 'given up' OR state = 'due'"
            " AND EXISTS (SELECT 1 FROM attempts WHERE alert = outbox.number)"
        )
    rows = conn.execute(
        "SELECT number, id, endpoint, about, sequence, type, body, state, created_at, due_at,"
        f" delivered_at FROM outbox{wanted.where} ORDER BY number DESC LIMIT ?",
        (*wanted.values, limit),
    ).fetchall()
    return [_enqueued(conn, row) for row in rows]


def _enqueued(conn: sqlite3.Connection, row: tuple[Any, ...]) -> Enqueued:
    number, made, endpoint, about, sequence, kind, body, state, created, due, delivered = row
    tried = conn.execute(
        "SELECT at, took, outcome, status, answer, said FROM attempts WHERE alert = ?"
        " ORDER BY number",
        (number,),
    ).fetchall()
    return Enqueued(
        alert=Alert(
            id=made, endpoint=endpoint, about=about, sequence=sequence, type=kind, body=body
        ),
        state=state,
        created_at=from_utc_text(created),
        due_at=from_utc_text(due),
        delivered_at=from_utc_text(delivered) if delivered else None,
        tried=tuple(
            Tried(
                at=from_utc_text(at),
                took=timedelta(milliseconds=took),
                outcome=outcome,
                status=status,
                answer=answer,
                said=said,
            )
            for at, took, outcome, status, answer, said in tried
        ),
    )
