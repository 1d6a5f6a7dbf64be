"""Events as they are written, page by page, for whoever copies a log and need not understand it."""

import json
import sqlite3
from collections.abc import Iterator
from typing import Any, Final

from tracker.store.batch import Words
from tracker.store.chain import SALT, Stored
from tracker.store.file import in_words
from tracker.store.schema import KEPT_WORDS, PARAGRAPH
from tracker.store.sqlite import PAGE

_ROWS: Final = (
    "SELECT position, stream, version, type, id, recorded_at, data, salts, title, quote, issuer,"
    " salt, text FROM events LEFT JOIN words USING (position) LEFT JOIN paragraphs USING (position)"
)

_OF_A_STREAM: Final = (
    "SELECT position FROM events WHERE stream = :stream"
    # Without them nothing would say why words are gone.
    " UNION SELECT redaction.position FROM events AS redaction,"
    " json_each(redaction.data, '$.events') AS redacted JOIN events ON events.id = redacted.value"
    " WHERE redaction.type = 'report.redacted' AND events.stream = :stream"
    " ORDER BY 1"
)


def stored(
    conn: sqlite3.Connection, path: str, stream: str | None = None
) -> Iterator[tuple[Stored, Words]]:
    """As `base.LogReader.stored`."""
    if stream is None:
        after = 0
        while page := _page(conn, path, "position > ? ORDER BY position LIMIT ?", (after, PAGE)):
            yield from page
            after = page[-1][0].position
        return
    with in_words(path):
        positions = [each for (each,) in conn.execute(_OF_A_STREAM, {"stream": stream})]
    wanted = "position IN (SELECT value FROM json_each(?)) ORDER BY position"
    for start in range(0, len(positions), PAGE):
        yield from _page(conn, path, wanted, (json.dumps(positions[start : start + PAGE]),))


def _page(
    conn: sqlite3.Connection, path: str, which: str, values: tuple[Any, ...]
) -> list[tuple[Stored, Words]]:
    with in_words(path):
        return [
            (Stored(*row[:7]), _words(row[7], row[8:11], *row[11:]))
            for row in conn.execute(f"{_ROWS} WHERE {which}", values)
        ]


def _words(
    salts: bytes | None,
    kept: tuple[str | None, ...],
    salt: bytes | None,
    text: str | None,
) -> Words:
    words = {}
    if salts is not None:
        for place, (field, said) in enumerate(zip(KEPT_WORDS, kept, strict=True)):
            if said is not None:
                words[field] = salts[place * SALT : (place + 1) * SALT], said
    if salt is not None and text is not None:
        words[PARAGRAPH] = salt, text
    return words
