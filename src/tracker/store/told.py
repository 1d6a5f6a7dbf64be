"""What endpoints were told, and what they are to be told later, in SQLite.

Each function works within the caller's transaction, or reads. What of it is due is decided in
`alerts/`.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from tracker.model import Measure, Status, from_utc_text, utc_text
from tracker.store.outbox import enqueue
from tracker.store.records import Earlier, Held, Owed, Told

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from tracker.store.records import Outbox

    Row = tuple[Any, ...]

_OF_ESTIMATE: Final = "incident, measure, scope, policy"


def put(conn: sqlite3.Connection, outbox: Outbox, now: datetime) -> None:
    """All of it, the alerts included."""
    enqueue(conn, outbox.alerts, now)
    conn.executemany(
        "INSERT OR REPLACE INTO told VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(each.endpoint, each.incident, each.measure, each.scope or "", each.policy),
                *(each.phrase, each.best, each.low, each.high, each.status, each.sequence),
                *(utc_text(each.told_at), _earlier_text(each.earlier)),
            )
            for each in outbox.told
        ],
    )
    conn.executemany(
        f"DELETE FROM held WHERE endpoint = ? AND ({_OF_ESTIMATE}) = (?, ?, ?, ?)",
        [
            (each.endpoint, each.incident, each.measure, each.scope or "", each.policy)
            for each in outbox.released
        ],
    )
    conn.executemany(
        "INSERT OR REPLACE INTO held VALUES (?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(each.endpoint, each.incident, each.measure, each.scope or "", each.policy),
                *(utc_text(each.since), utc_text(each.until)),
            )
            for each in outbox.held
        ],
    )
    conn.executemany(
        "DELETE FROM owed WHERE endpoint = ? AND incident = ?",
        [(each.endpoint, each.incident) for each in outbox.settled],
    )
    owe(conn, outbox.owed)
    conn.executemany(
        "INSERT OR IGNORE INTO sequences VALUES (?, ?, 0)",
        [(each.about, each.endpoint) for each in outbox.noted],
    )


def owe(conn: sqlite3.Connection, owed: Iterable[Owed]) -> None:
    conn.executemany(
        "INSERT OR IGNORE INTO owed VALUES (?, ?, ?)",
        [(each.endpoint, each.incident, each.why) for each in owed],
    )


def told(conn: sqlite3.Connection, incident: str) -> list[Told]:
    rows = conn.execute(
        "SELECT endpoint, measure, scope, policy, phrase, best, low, high, status, sequence,"
        " told_at, earlier FROM told WHERE incident = ? ORDER BY endpoint, measure, scope, policy",
        (incident,),
    ).fetchall()
    return [
        Told(
            endpoint=row[0],
            incident=incident,
            measure=Measure(row[1]),
            scope=row[2] or None,
            policy=row[3],
            phrase=row[4],
            best=row[5],
            low=row[6],
            high=row[7],
            status=Status(row[8]) if row[8] else None,
            sequence=row[9],
            told_at=from_utc_text(row[10]),
            earlier=_read_earlier(row[11]),
        )
        for row in rows
    ]


def _earlier_text(earlier: Sequence[Earlier]) -> str:
    return json.dumps(
        [
            [each.phrase, each.best, each.low, each.high, each.status, utc_text(each.told_at)]
            for each in earlier
        ]
    )


def _read_earlier(text: str) -> tuple[Earlier, ...]:
    return tuple(
        Earlier(
            phrase=phrase,
            best=best,
            low=low,
            high=high,
            status=Status(status) if status else None,
            told_at=from_utc_text(at),
        )
        for phrase, best, low, high, status, at in json.loads(text)
    )


_HELD: Final = "SELECT endpoint, incident, measure, scope, policy, since, until FROM held"


def held(conn: sqlite3.Connection, incident: str) -> list[Held]:
    rows = conn.execute(
        f"{_HELD} WHERE incident = ? ORDER BY endpoint, measure, scope, policy", (incident,)
    )
    return [_held(row) for row in rows.fetchall()]


def held_until(conn: sqlite3.Connection, endpoints: Sequence[str], now: datetime) -> list[Held]:
    rows = conn.execute(
        f"{_HELD} WHERE endpoint IN (SELECT value FROM json_each(?)) AND until <= ?"
        f" ORDER BY until, endpoint, {_OF_ESTIMATE}",
        (json.dumps([*endpoints]), utc_text(now)),
    )
    return [_held(row) for row in rows.fetchall()]


def next_held(conn: sqlite3.Connection, endpoints: Sequence[str]) -> datetime | None:
    (until,) = conn.execute(
        "SELECT min(until) FROM held WHERE endpoint IN (SELECT value FROM json_each(?))",
        (json.dumps([*endpoints]),),
    ).fetchone()
    return from_utc_text(until) if until else None


def _held(row: Row) -> Held:
    endpoint, incident, measure, scope, policy, since, until = row
    return Held(
        endpoint=endpoint,
        incident=incident,
        measure=Measure(measure),
        scope=scope or None,
        policy=policy,
        since=from_utc_text(since),
        until=from_utc_text(until),
    )


def owed(conn: sqlite3.Connection) -> list[Owed]:
    rows = conn.execute("SELECT endpoint, incident, why FROM owed ORDER BY endpoint, incident")
    return [
        Owed(endpoint=endpoint, incident=incident, why=why)
        for endpoint, incident, why in rows.fetchall()
    ]


def interpretation(conn: sqlite3.Connection, endpoint: str) -> tuple[str, int] | None:
    """By which policy, and version of the rules, the endpoint was told last."""
    row: tuple[str, int] | None = conn.execute(
        "SELECT policy, version FROM interpretations WHERE endpoint = ?", (endpoint,)
    ).fetchone()
    return row


def reinterpret(conn: sqlite3.Connection, endpoint: str, policy: str, version: int) -> int:
    """By which rules the endpoint is told from now on: what it is owed for a change of them."""
    before = interpretation(conn, endpoint)
    conn.execute(
        "INSERT OR REPLACE INTO interpretations VALUES (?, ?, ?)", (endpoint, policy, version)
    )
    if before is None:
        return 0
    done = conn.execute(
        "INSERT OR IGNORE INTO owed SELECT DISTINCT endpoint, incident, 'reinterpreted' FROM told"
        " WHERE endpoint = ?",
        (endpoint,),
    )
    return done.rowcount


_OTHERS: Final = "FROM interpretations WHERE endpoint NOT IN (SELECT value FROM json_each(?))"


def others(conn: sqlite3.Connection, endpoints: Sequence[str]) -> int:
    """How many others there are by whose rules somebody was told."""
    (count,) = conn.execute(f"SELECT count(*) {_OTHERS}", (json.dumps([*endpoints]),)).fetchone()
    return int(count)


def forget_others(conn: sqlite3.Connection, endpoints: Sequence[str]) -> int:
    return conn.execute(f"DELETE {_OTHERS}", (json.dumps([*endpoints]),)).rowcount
