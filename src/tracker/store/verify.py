"""Finding out whether the log is as it was written.

Found: a file that SQLite cannot read, a table or trigger of the log that is not as this program
made it, a gap in positions or versions, an event of which any column differs from what its hash
was made over, words that are not those the event commits to, and words that are gone though
nothing redacted them.

Not found, because nothing in the file could tell: that the newest events were cut off, or that
somebody computed a whole new chain. Both show against a checkpoint that was kept elsewhere.
"""

import json
import sqlite3
from typing import Final

from tracker.events import TYPES, ReportRedacted
from tracker.store.base import Flaw
from tracker.store.chain import FIRST, SALT, Stored, commitment, link
from tracker.store.file import one_line
from tracker.store.schema import KEPT_WORDS, PARAGRAPH, STATEMENTS

_COLUMNS: Final = "position, stream, version, type, id, recorded_at, data, hash"


def first_flaw(conn: sqlite3.Connection, path: str, stream: str | None = None) -> Flaw | None:
    """The first flaw of the log on this connection, or of one stream; None when all is well."""
    try:
        # One transaction, so that a writer at work cannot look like a gap.
        conn.execute("BEGIN")
        try:
            return (
                (None if stream else _damage(conn, path))
                or schema_flaw(conn)
                or chain_flaw(conn, stream)
                or _words_flaw(conn, stream)
            )
        finally:
            conn.rollback()
    except sqlite3.ProgrammingError:
        raise
    except (sqlite3.DatabaseError, ValueError) as error:
        return Flaw(path, f"the file is damaged: {one_line(error)}")


def _damage(conn: sqlite3.Connection, path: str) -> Flaw | None:
    (found,) = conn.execute("PRAGMA integrity_check(1)").fetchone()
    if found == "ok":
        return None
    return Flaw(path, f"the file is damaged: {one_line(found)}")


def schema_flaw(conn: sqlite3.Connection) -> Flaw | None:
    """The first table, index or trigger of what is for good that is not as it was made."""
    fresh = sqlite3.connect(":memory:")
    for statement in STATEMENTS:
        fresh.execute(statement)
    made, found = _schema(fresh), _schema(conn)
    fresh.close()
    for name, (kind, sql) in made.items():
        if name not in found:
            return Flaw(f"{kind} {name}", "is missing")
        if found[name] != (kind, sql):
            return Flaw(f"{kind} {name}", "is not as this program made it")
    for name, (kind, _) in found.items():
        if name not in made and kind == "trigger":
            return Flaw(f"{kind} {name}", "was not made by this program")
    return None


def _schema(conn: sqlite3.Connection) -> dict[str, tuple[str, str | None]]:
    """Tables, indexes and triggers of what is for good: their kind and definition by name."""
    rows = conn.execute(
        "SELECT name, type, sql FROM sqlite_master"
        " WHERE tbl_name IN ('events', 'words', 'paragraphs') ORDER BY name"
    )
    return {name: (kind, sql) for name, kind, sql in rows}


def chain_flaw(conn: sqlite3.Connection, stream: str | None = None) -> Flaw | None:
    """The first event, in the order of the log, that does not follow from those before it."""
    heads: dict[str, tuple[int, str]] = {}
    last = 0
    where, order = ("WHERE stream = ?", "version") if stream else ("", "position")
    rows = conn.execute(
        f"SELECT {_COLUMNS} FROM events {where} ORDER BY {order}", (stream,) if stream else ()
    )
    for row in rows:
        position, name, version = row[:3]
        before, previous = heads.get(name, (0, FIRST))
        if (
            (position != last + 1 and not stream)
            or version != before + 1
            or link(previous, row[:7]) != row[7]
            or row[3] not in TYPES
        ):
            return _link_flaw(Stored(*row[:7]), row[7], None if stream else last, before, previous)
        heads[name] = version, row[7]
        last = position
    return None


def _link_flaw(stored: Stored, found: str, last: int | None, before: int, previous: str) -> Flaw:
    if last is not None and stored.position != last + 1:
        return Flaw(f"position {last + 1}", f"is missing: the next event is {_where(stored)}")
    if stored.version != before + 1:
        return Flaw(_where(stored), f"version {before + 1} of its stream should come here")
    if link(previous, stored) != found:
        return Flaw(_where(stored), "it is not as it was written, or the one before it is not")
    return Flaw(_where(stored), f"this version knows no events of type {stored.type!r}")


def _words_flaw(conn: sqlite3.Connection, stream: str | None) -> Flaw | None:
    redacted = {
        made
        for (data,) in conn.execute(
            "SELECT data FROM events WHERE type = ?", (ReportRedacted.TYPE,)
        )
        for made in json.loads(data)["events"]
    }
    rows = conn.execute(
        f"SELECT {_COLUMNS}, salts, title, quote, issuer, salt, text FROM events"
        " LEFT JOIN words USING (position) LEFT JOIN paragraphs USING (position)"
        f" {'WHERE stream = ?' if stream else ''} ORDER BY position",
        (stream,) if stream else (),
    )
    for row in rows:
        stored, (salts, *kept, salt, paragraph) = Stored(*row[:7]), row[8:]
        words = {PARAGRAPH: (salt, paragraph)}
        for place, field in enumerate(KEPT_WORDS):
            words[field] = ((salts or b"")[place * SALT : (place + 1) * SALT], kept[place])
        committed = json.loads(stored.data)
        for field in TYPES[stored.type].WORDS:
            made, (own_salt, said) = committed.get(field), words.pop(field)
            if made is None and said is None:
                continue
            if made is None or (said is not None and commitment(own_salt, said) != made):
                return Flaw(_where(stored), f"its {field} is not in the words that were recorded")
            if said is None and field != PARAGRAPH and stored.id not in redacted:
                return Flaw(_where(stored), f"its {field} is gone")
        for field, (_, said) in words.items():
            if said is not None:
                return Flaw(_where(stored), f"it was recorded without a {field}")
    return None


def _where(stored: Stored) -> str:
    return (
        f"event {stored.id} (position {stored.position}, version {stored.version} of "
        f"{stored.stream})"
    )
