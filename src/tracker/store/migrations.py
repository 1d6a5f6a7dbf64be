"""Bringing a log of an older format up to date, in one transaction: all of it or nothing.

Events are carried over as they are, hash and all, so the chain still verifies. A migration is
applied to new logs as well, which have today's tables from the beginning: then it does nothing.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from tracker.store.chain import SALT
from tracker.store.roster import rebuild
from tracker.store.schema import BESIDE, KEPT_WORDS, MARKS, PARAGRAPH, RULES, SINCE_2, TABLES

MIGRATIONS: Final = Migrations("log")


@MIGRATIONS()
def words_beside_their_events(db: Database) -> None:
    """Format 2: words by the position of their event, named indexes, and the roster."""
    if "texts" not in db.table_names():
        return
    conn = db.conn
    for name, trigger in conn.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'"
    ).fetchall():
        assert trigger  # noqa: S101 — a trigger always has its definition
        conn.execute(f'DROP TRIGGER "{name}"')
    conn.execute("ALTER TABLE events RENAME TO events_1")
    for statement in TABLES:
        conn.execute(statement)
    conn.execute("INSERT INTO events SELECT * FROM events_1 ORDER BY position")
    for position, salts, paragraph in _words_of_format_1(conn):
        if salts:
            conn.execute("INSERT INTO words VALUES (?, ?, ?, ?, ?)", (position, *salts))
        if paragraph:
            conn.execute("INSERT INTO paragraphs VALUES (?, ?, ?, ?)", (position, *paragraph))
    conn.execute("DROP TABLE events_1")
    conn.execute("DROP TABLE texts")
    beside = (each for each in BESIDE if each.split()[2] in SINCE_2)
    for statement in (*beside, *RULES, *MARKS):
        conn.execute(statement)
    rebuild(conn)


def _words_of_format_1(conn: Any) -> Iterator[tuple[int, tuple[Any, ...] | None, Any]]:
    """Position, kept words behind their salts, and paragraph, of each event.

    In format 1 each text stood in a table by its commitment.
    """
    for position, data in conn.execute("SELECT position, data FROM events_1 ORDER BY position"):
        fields = json.loads(data)
        found = {}
        for field in (*KEPT_WORDS, PARAGRAPH):
            made = fields.get(field)
            row = conn.execute(
                "SELECT salt, words, kept_until FROM texts WHERE commitment = ?", (made,)
            ).fetchone()
            if row:
                found[field] = row
        paragraph = found.pop(PARAGRAPH, None)
        kept = None
        if found:
            rows = [found.get(field, (bytes(SALT), None, None)) for field in KEPT_WORDS]
            kept = (b"".join(salt for salt, _, _ in rows), *(words for _, words, _ in rows))
        yield position, kept, paragraph
