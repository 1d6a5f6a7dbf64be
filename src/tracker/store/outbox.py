"""The outbox in SQLite: alerts put in, claimed, settled, sent again, and what is on record of them.

Each function works within the caller's transaction, or reads. Alerts come in with the facts that
made them due, in `writer.py`; what is due and when it is tried again is decided in `alerts/`.

Of each endpoint and what it is told about, one alert at most is `due`: the first that is not
settled. So what is next is found by an index, however many wait.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.model import from_utc_text, utc_text
from tracker.store.enqueued import WAITS, Wanted
from tracker.store.kept import written
from tracker.store.records import Claimed, Delivery

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping
    from datetime import datetime

    from tracker.store.records import Alert, Reach, Settled


def enqueue(conn: sqlite3.Connection, alerts: Iterable[Alert], now: datetime) -> None:
    """Put alerts into the outbox; of one endpoint and subject, by their sequence."""
    moment = utc_text(now)
    for each in sorted(alerts, key=lambda each: each.sequence):
        conn.execute(
            "INSERT INTO outbox (id, endpoint, about, sequence, type, body, state, attempts,"
            " due_at, created_at) VALUES (:id, :endpoint, :about, :sequence, :type, :body,"
            " iif(EXISTS (SELECT 1 FROM outbox WHERE endpoint = :endpoint AND about = :about"
            f" AND {WAITS}), 'queued', 'due'), 0, :due_at, :now)",
            {
                "id": each.id,
                "endpoint": each.endpoint,
                "about": each.about,
                "sequence": each.sequence,
                "type": each.type,
                "body": each.body,
                "due_at": utc_text(each.due_at) if each.due_at else moment,
                "now": moment,
            },
        )
        conn.execute(
            "INSERT INTO sequences VALUES (?, ?, ?)"
            " ON CONFLICT DO UPDATE SET last = max(last, excluded.last)",
            (each.about, each.endpoint, each.sequence),
        )


def claimable(
    conn: sqlite3.Connection, room: Mapping[str, int], now: datetime
) -> dict[str, Claimed]:
    """What each endpoint could claim now; nothing is leased yet."""
    moment, found = utc_text(now), {}
    for endpoint, most in room.items():
        rows = conn.execute(
            "SELECT id, about, body, attempts, due_at FROM outbox"
            " WHERE endpoint = ? AND state = 'due' ORDER BY due_at, number LIMIT ?",
            (endpoint, most + 1),
        ).fetchall()
        due = [row for row in rows[:most] if row[4] <= moment]
        more = rows[len(due)][4] if len(rows) > len(due) else None
        found[endpoint] = Claimed(
            deliveries=tuple(
                Delivery(id=made, endpoint=endpoint, about=about, body=body, attempts=before)
                for made, about, body, before, _ in due
            ),
            next_at=from_utc_text(more) if more else None,
        )
    return found


def lease(conn: sqlite3.Connection, claimed: Iterable[Delivery], until: datetime) -> None:
    """Let nobody else claim these before then."""
    conn.executemany(
        "UPDATE outbox SET attempts = attempts + 1, due_at = ? WHERE id = ?",
        [(utc_text(until), each.id) for each in claimed],
    )


def settle(conn: sqlite3.Connection, settled: Iterable[Settled]) -> None:
    """Record how attempts ended, and let those behind them go."""
    for each in settled:
        delivery = each.delivery
        number, state, attempts = conn.execute(
            "SELECT number, state, attempts FROM outbox WHERE id = ?", (delivery.id,)
        ).fetchone()
        conn.execute(
            "INSERT INTO attempts (alert, at, took, outcome, status, answer, said)"
            " VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                number,
                utc_text(each.at),
                each.took // timedelta(milliseconds=1),
                *(each.outcome, each.status, each.answer, each.said),
            ),
        )
        if each.outcome == "delivered":
            conn.execute(
                "UPDATE outbox SET state = 'delivered', delivered_at = ? WHERE number = ?",
                (utc_text(each.at), number),
            )
        # A failure counts only while its lease is the last one: another may be posting now.
        elif state != "due" or attempts != delivery.attempts + 1:
            continue
        elif each.again is not None:
            conn.execute(
                "UPDATE outbox SET due_at = ? WHERE number = ?", (utc_text(each.again), number)
            )
            continue
        else:
            conn.execute("UPDATE outbox SET state = 'given up' WHERE number = ?", (number,))
        if state == "due":
            _let_next(conn, delivery.endpoint, delivery.about)


def _let_next(conn: sqlite3.Connection, endpoint: str, about: str) -> None:
    conn.execute(
        "UPDATE outbox SET state = 'due' WHERE number = (SELECT number FROM outbox"
        f" WHERE endpoint = ? AND about = ? AND {WAITS} ORDER BY sequence LIMIT 1)",
        (endpoint, about),
    )


def repeat(conn: sqlite3.Connection, wanted: Wanted, now: datetime) -> int:
    """Have alerts sent again; of those about one thing, the first goes first from now on."""
    if not wanted.ids:
        wanted.also("state = 'given up' OR state = 'due' AND attempts > 0")
    rows = conn.execute(
        f"SELECT number, endpoint, about FROM outbox{wanted.where}", wanted.values
    ).fetchall()
    for endpoint, about in dict.fromkeys((row[1], row[2]) for row in rows):
        conn.execute(
            "UPDATE outbox SET state = 'queued', due_at = min(due_at, ?)"
            " WHERE endpoint = ? AND about = ? AND state = 'due'",
            (utc_text(now), endpoint, about),
        )
    conn.executemany(
        "UPDATE outbox SET state = 'queued', attempts = 0, due_at = ?, delivered_at = NULL"
        " WHERE number = ?",
        [(utc_text(now), row[0]) for row in rows],
    )
    for endpoint, about in dict.fromkeys((row[1], row[2]) for row in rows):
        _let_next(conn, endpoint, about)
    return len(rows)


def keep_reach(conn: sqlite3.Connection, reach: Iterable[Reach]) -> None:
    conn.executemany(
        "INSERT OR REPLACE INTO reach VALUES (?, ?)",
        [(each.endpoint, written(each)) for each in reach],
    )
