"""Finding out whether the log is as it was written.

Found: a file that SQLite cannot read, a table or trigger of the log that is not as this program
made it, a gap in positions or versions, an event of which any column differs from what its hash
was made over, words that are not those the event commits to, and a quote that is gone.

Not found, because nothing in the file could tell: that the newest events were cut off, or that
somebody computed a whole new chain. Against those keep a copy, or the last hashes, elsewhere.
"""

import json
import sqlite3
from collections.abc import Iterable
from typing import Final

from tracker.events import TYPES
from tracker.store.base import Flaw
from tracker.store.chain import FIRST, Stored, commitment, link
from tracker.store.schema import FORGETTABLE, STATEMENTS

PAGE: Final = 1000
"""Events whose words are looked up at once."""


def first_flaw(conn: sqlite3.Connection, path: str) -> Flaw | None:
    """The first flaw of the log on this connection; None when all is well."""
    try:
        # One transaction, so that a writer at work cannot look like a gap.
        conn.execute("BEGIN")
        try:
            return _damage(conn, path) or _schema_flaw(conn) or _event_flaw(conn)
        finally:
            conn.rollback()
    except sqlite3.ProgrammingError:
        raise
    except sqlite3.DatabaseError as error:
        return Flaw(path, f"the file is damaged: {error}")


def _damage(conn: sqlite3.Connection, path: str) -> Flaw | None:
    (found,) = conn.execute("PRAGMA integrity_check(1)").fetchone()
    if found == "ok":
        return None
    return Flaw(path, f"the file is damaged: {' '.join(str(found).split())}")


def _schema_flaw(conn: sqlite3.Connection) -> Flaw | None:
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
        "SELECT name, type, sql FROM sqlite_master WHERE tbl_name IN ('events', 'texts')"
        " ORDER BY name"
    )
    return {name: (kind, sql) for name, kind, sql in rows}


def _event_flaw(conn: sqlite3.Connection) -> Flaw | None:
    heads: dict[str, tuple[int, str]] = {}
    last = 0
    rows = conn.execute(
        "SELECT position, stream, version, type, id, recorded_at, data, hash FROM events"
        " ORDER BY position"
    )
    while page := rows.fetchmany(PAGE):
        sound: list[Stored] = []
        flaw = None
        for *columns, found in page:
            stored = Stored(*columns)
            version, previous = heads.get(stored.stream, (0, FIRST))
            if flaw := _link_flaw(stored, found, last, version, previous):
                break
            sound.append(stored)
            heads[stored.stream] = (stored.version, found)
            last = stored.position
        if flaw := _words_flaw(conn, sound) or flaw:
            return flaw
    return None


def _link_flaw(stored: Stored, found: str, last: int, version: int, previous: str) -> Flaw | None:
    if stored.position != last + 1:
        return Flaw(f"position {last + 1}", f"is missing: the next event is {_where(stored)}")
    if stored.version != version + 1:
        return Flaw(_where(stored), f"version {version + 1} of its stream should come here")
    if link(previous, stored) != found:
        return Flaw(_where(stored), "it is not as it was written, or the one before it is not")
    if stored.type not in TYPES:
        return Flaw(_where(stored), f"this version knows no events of type {stored.type!r}")
    return None


def _words_flaw(conn: sqlite3.Connection, events: Iterable[Stored]) -> Flaw | None:
    committed = [(stored, _commitments(stored)) for stored in events]
    wanted = [made for _, fields in committed for made in fields.values()]
    rows = conn.execute(
        "SELECT commitment, salt, words FROM texts"
        " WHERE commitment IN (SELECT value FROM json_each(?))",
        (json.dumps(wanted),),
    )
    intact = {made: commitment(salt, words) == made for made, salt, words in rows}
    for stored, fields in committed:
        for field, made in fields.items():
            if made not in intact and field not in FORGETTABLE:
                return Flaw(_where(stored), f"its {field} is gone")
            if not intact.get(made, True):
                return Flaw(_where(stored), f"its {field} is not in the words that were recorded")
    return None


def _commitments(stored: Stored) -> dict[str, str]:
    data = json.loads(stored.data)
    return {name: data[name] for name in TYPES[stored.type].WORDS if name in data}


def _where(stored: Stored) -> str:
    return (
        f"event {stored.id} (position {stored.position}, version {stored.version} of "
        f"{stored.stream})"
    )
