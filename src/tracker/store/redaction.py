"""Deleting words in SQLite: those of redacted events, and what alerts quote of them.

Which events a redaction is about is decided in `incidents/redact.py`. The triggers let words go
only once the fact that says so is in the log, so all of this is done in its transaction.
"""

import json
import sqlite3
from collections.abc import Sequence
from typing import Final

from tracker.events import ReportRedacted

WORDS: Final = ("title", "quote", "issuer")
"""The words in the body of an alert. Its other fields are not from outside, or are an address."""

_BLANK: Final = (
    "UPDATE outbox SET body = json_replace(body, "
    + ", ".join(f"'$.data.{field}', NULL" for field in WORDS)
    + ") WHERE CASE WHEN json_valid(body) THEN coalesce("
    + ", ".join(f"body ->> '$.data.{field}'" for field in WORDS)
    + ") IS NOT NULL AND body ->> '$.data.event' IN ({events}) END"
)

_REDACTED: Final = (
    "FROM events, json_each(events.data, '$.events') AS redacted"
    f" WHERE events.type = '{ReportRedacted.TYPE}'"
)


def delete_words(conn: sqlite3.Connection, events: Sequence[str]) -> int:
    """Delete the words of these events, in the alerts about them too. How many alerts had some."""
    ids = json.dumps(events)
    # A receiver may have answered with the words that it was sent.
    conn.execute(
        "UPDATE attempts SET answer = '', said = '' WHERE alert IN (SELECT number FROM outbox"
        " WHERE CASE WHEN json_valid(body) THEN body ->> '$.data.event' IN"
        " (SELECT value FROM json_each(?)) END)",
        (ids,),
    )
    for table in ("words", "paragraphs"):
        conn.execute(
            f"DELETE FROM {table} WHERE position IN"
            " (SELECT position FROM events WHERE id IN (SELECT value FROM json_each(?)))",
            (ids,),
        )
    return conn.execute(_BLANK.format(events="SELECT value FROM json_each(?)"), (ids,)).rowcount


def delete_redacted(conn: sqlite3.Connection) -> None:
    """Delete the words of every event that a redaction names, where any came back."""
    named = conn.execute(f"SELECT DISTINCT redacted.value {_REDACTED}").fetchall()
    if named:
        delete_words(conn, [made for (made,) in named])


def blank_redacted(conn: sqlite3.Connection, alerts: Sequence[str]) -> None:
    """Take from new alerts (ids) the words of events that are redacted by now.

    Whoever made them due may have read those words before: a daemon, long before.
    """
    blank = _BLANK.format(events=f"SELECT redacted.value {_REDACTED}")
    conn.execute(
        f"{blank} AND id IN (SELECT value FROM json_each(?))",
        (json.dumps(alerts),),
    )
