"""The outbox in SQLite: alerts put in, claimed, settled, sent again, and what is on record of them.

Each function works within the caller's transaction, or reads. Alerts come in with the facts that
made them due, in `writer.py`; what is due and when it is tried again is decided in `alerts/`.

Of each endpoint and what it is told about, one alert at most is `due`: the first that is not
settled. So what is next is found by an index, however many wait.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from tracker.errors import Conflict
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
        _in_its_place(conn, each)
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


def _in_its_place(conn: sqlite3.Connection, alert: Alert) -> None:
    """Raise `Conflict` where another process has told the endpoint of this meanwhile."""
    last = conn.execute(
        "SELECT last FROM sequences WHERE about = ? AND endpoint = ?",
        (alert.about, alert.endpoint),
    ).fetchone()
    if last is not None and last[0] >= alert.sequence:
        raise Conflict(f"what {alert.endpoint} is told of {alert.about}", alert.sequence - 1, *last)


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


def settle(conn: sqlite3.Connection, settled: Iterable[Settled]) -> frozenset[str]:
    """Record how attempts ended, and let those behind them go. Which of them counted."""
    return frozenset(each.delivery.id for each in settled if _settle(conn, each))


def _settle(conn: sqlite3.Connection, ended: Settled) -> bool:
    delivery = ended.delivery
    number, state, attempts = conn.execute(
        "SELECT number, state, attempts FROM outbox WHERE id = ?", (delivery.id,)
    ).fetchone()
    # A failure counts only while its lease is the last one: another may be posting now.
    is_last = state == "due" and attempts == delivery.attempts + 1
    if ended.outcome == "returned":
        if is_last and ended.again is not None:
            conn.execute(
                "UPDATE outbox SET attempts = attempts - 1, due_at = ? WHERE number = ?",
                (utc_text(ended.again), number),
            )
        return False
    _record(conn, number, ended)
    if ended.outcome == "delivered":
        conn.execute(
            "UPDATE outbox SET state = 'delivered', delivered_at = ? WHERE number = ?",
            (utc_text(ended.at), number),
        )
    elif not is_last:
        return False
    elif ended.again is not None:
        conn.execute(
            "UPDATE outbox SET due_at = ? WHERE number = ?", (utc_text(ended.again), number)
        )
        return True
    else:
        conn.execute("UPDATE outbox SET state = 'given up' WHERE number = ?", (number,))
    if state == "due":
        _let_next(conn, delivery.endpoint, delivery.about)
    return True


def _record(conn: sqlite3.Connection, number: int, ended: Settled) -> None:
    conn.execute(
        "INSERT INTO attempts (alert, at, took, outcome, status, answer, said)"
        " VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            utc_text(ended.at),
            ended.took // timedelta(milliseconds=1),
            *(ended.outcome, ended.status, ended.answer, ended.said),
        ),
    )


def _let_next(conn: sqlite3.Connection, endpoint: str, about: str) -> None:
    conn.execute(
        "UPDATE outbox SET state = 'due' WHERE number = (SELECT number FROM outbox"
        f" WHERE endpoint = ? AND about = ? AND {WAITS} ORDER BY sequence LIMIT 1)",
        (endpoint, about),
    )


def repeat(conn: sqlite3.Connection, wanted: Wanted, now: datetime) -> int:
    """Have alerts sent again; of those about one thing, the first goes first from now on."""
    rows = conn.execute(
        f"SELECT number, endpoint, about FROM outbox{wanted.where}", wanted.values
    ).fetchall()
    lines = dict.fromkeys((row[1], row[2]) for row in rows)
    # What is due now and waits after a failure stands in their way; what waits for its time, not.
    conn.executemany(
        "UPDATE outbox SET state = 'queued', due_at = iif(attempts, min(due_at, ?), due_at)"
        " WHERE endpoint = ? AND about = ? AND state = 'due'",
        [(utc_text(now), *each) for each in lines],
    )
    conn.executemany(
        "UPDATE outbox SET state = 'queued', attempts = 0, due_at = ?, delivered_at = NULL"
        " WHERE number = ?",
        [(utc_text(now), row[0]) for row in rows],
    )
    for each in lines:
        _let_next(conn, *each)
    return len(rows)


def hasten(conn: sqlite3.Connection, endpoint: str, now: datetime) -> int:
    """Have what waits after a failed attempt sent now, as if for the first time."""
    done = conn.execute(
        "UPDATE outbox SET attempts = 0, due_at = min(due_at, ?)"
        " WHERE endpoint = ? AND state = 'due' AND attempts > 0",
        (utc_text(now), endpoint),
    )
    return done.rowcount


def keep_reach(conn: sqlite3.Connection, reach: Iterable[Reach]) -> None:
    conn.executemany(
        "INSERT OR REPLACE INTO reach VALUES (?, ?)",
        [(each.endpoint, written(each)) for each in reach],
    )
