"""Bringing a log of an older format up to date, in one transaction: all of it or nothing.

Events are carried over as they are, hash and all, so the chain still verifies. A migration is
applied to new logs as well, which have today's tables from the beginning: then it does nothing.
"""

import json
from collections.abc import Iterator
from typing import Any, Final

from sqlite_utils import Database
from sqlite_utils.migrations import Migrations

from tracker.health import Poll
from tracker.model import from_utc_text
from tracker.store.chain import SALT
from tracker.store.kept import written
from tracker.store.records import Reach
from tracker.store.roster import rebuild
from tracker.store.schema import (
    BESIDE,
    KEPT_WORDS,
    MARKS,
    PARAGRAPH,
    RULES,
    SINCE_2,
    SINCE_3,
    SINCE_4,
    TABLES,
)

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
    for statement in (*beside, *RULES):
        conn.execute(statement)
    rebuild(conn)


@MIGRATIONS()
def polls_with_all_that_is_kept(db: Database) -> None:
    """Format 3: how a source stands, as one document. What was served is read anew."""
    conn = db.conn
    if "kept" in db.table("polls").columns_dict:
        return
    old = conn.execute("SELECT source, polled_at, succeeded_at, failures, error FROM polls")
    polls = [
        Poll(
            source=source,
            polled_at=from_utc_text(polled_at),
            succeeded_at=from_utc_text(succeeded_at) if succeeded_at else None,
            failures=failures,
            error=error,
        )
        for source, polled_at, succeeded_at, failures, error in old.fetchall()
    ]
    for table in ("polls", "memos"):
        conn.execute(f"DROP TABLE {table}")
    for statement in (each for each in BESIDE if each.split()[2] in SINCE_3):
        conn.execute(statement)
    conn.executemany(
        "INSERT INTO polls VALUES (?, ?)", [(each.source, written(each)) for each in polls]
    )


@MIGRATIONS()
def an_outbox_that_tells_its_attempts(db: Database) -> None:
    """Format 4: which alert is next, each attempt, what is held, how endpoints can be reached."""
    conn = db.conn
    if "sequences" in db.table_names():
        return
    for table in ("outbox", "told"):
        conn.execute(f"ALTER TABLE {table} RENAME TO {table}_3")
    conn.execute("DROP INDEX outbox_waiting")
    for statement in (*(each for each in BESIDE if each.split()[2] in SINCE_4), *MARKS):
        conn.execute(statement)
    conn.execute(
        "INSERT INTO outbox (id, endpoint, about, sequence, type, body, state, attempts, due_at,"
        " created_at, delivered_at) SELECT id, endpoint, incident, sequence, type, body,"
        " CASE state WHEN 'waiting' THEN 'queued' ELSE state END, attempts, due_at, created_at,"
        " delivered_at FROM outbox_3 ORDER BY rowid"
    )
    conn.execute(
        "UPDATE outbox SET state = 'due' WHERE state = 'queued' AND (endpoint, about, sequence) IN"
        " (SELECT endpoint, about, min(sequence) FROM outbox WHERE state = 'queued'"
        " GROUP BY endpoint, about)"
    )
    conn.execute(
        "INSERT INTO sequences SELECT incident, endpoint, max(sequence) FROM ("
        " SELECT incident, endpoint, sequence FROM outbox_3"
        " UNION ALL SELECT incident, endpoint, sequence FROM told_3) GROUP BY incident, endpoint"
    )
    # What was said at the last attempt is all that is known of it.
    conn.execute(
        "INSERT INTO attempts (alert, at, took, outcome, status, answer, said)"
        " SELECT number, coalesce(outbox.delivered_at, outbox.created_at), 0,"
        " CASE outbox.state WHEN 'delivered' THEN 'delivered' WHEN 'given up' THEN 'given up'"
        " ELSE 'failed' END, NULL, last_answer, ''"
        " FROM outbox_3 JOIN outbox USING (id) WHERE last_answer <> '' ORDER BY number"
    )
    conn.execute(
        "INSERT INTO told SELECT endpoint, incident, measure, scope, policy, phrase, best, low,"
        " high, status, sequence, strftime('%Y-%m-%dT%H:%M:%f000Z', 'now'), '[]' FROM told_3"
    )
    conn.execute("INSERT INTO owed SELECT endpoint, incident, 'backfilled' FROM backfills")
    conn.executemany(
        "INSERT OR REPLACE INTO reach VALUES (?, ?)",
        [
            (
                endpoint,
                written(
                    Reach(
                        endpoint=endpoint,
                        address=url,
                        disabled="gone",
                        disabled_at=from_utc_text(since),
                    )
                ),
            )
            for endpoint, url, since in conn.execute(
                "SELECT endpoint, url, since FROM gone ORDER BY since"
            ).fetchall()
        ],
    )
    for table in ("outbox_3", "told_3", "backfills", "gone"):
        conn.execute(f"DROP TABLE {table}")


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
