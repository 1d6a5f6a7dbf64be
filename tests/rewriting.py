"""A log rewritten by somebody who has its file and knows how its chain is made."""

import sqlite3
from contextlib import closing
from pathlib import Path

from tracker.store.chain import FIRST, Stored, link


def rewrite(db: Path, was: str, now: str) -> None:
    """Change facts, and compute the whole chain anew, so that the log verifies."""
    with closing(sqlite3.connect(db)) as conn:
        (trigger,) = conn.execute(
            "SELECT sql FROM sqlite_master WHERE name = 'events_never_change'"
        ).fetchone()
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("UPDATE events SET data = replace(data, ?, ?)", (was, now))
        heads: dict[str, str] = {}
        columns = ", ".join(Stored._fields)
        for row in conn.execute(f"SELECT {columns} FROM events ORDER BY position").fetchall():
            stored = Stored(*row)
            heads[stored.stream] = link(heads.get(stored.stream, FIRST), stored)
            conn.execute(
                "UPDATE events SET hash = ? WHERE position = ?",
                (heads[stored.stream], stored.position),
            )
        conn.execute(trigger)
        conn.commit()


def cut_off(db: Path, after: int) -> None:
    """Delete every event after a position, with its words."""
    with closing(sqlite3.connect(db)) as conn:
        rules = conn.execute(
            "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
        ).fetchall()
        for name, _ in rules:
            conn.execute(f"DROP TRIGGER {name}")
        for table in ("events", "words", "paragraphs"):
            conn.execute(f"DELETE FROM {table} WHERE position > ?", (after,))
        for _, sql in rules:
            conn.execute(sql)
        conn.commit()
