"""The stored projection in SQLite: caught up with the log now and then, and made anew.

What it says of an incident is decided in `projections/roster.py`. The stored rows may be some
events behind the log; whoever reads them folds in what came since, so that nobody sees it and an
append need not write them.
"""

import sqlite3
from typing import Final

from tracker.events import FigureReported, IncidentOpened, incident_stream
from tracker.projections.roster import Listed, enlist
from tracker.store.batch import Written

BEHIND: Final = 1_000
"""Events by which the stored rows may be behind: folding so many takes some milliseconds."""

_PREFIX: Final = incident_stream("")
_PLACES: Final = ", ".join("?" * len(Listed._fields))

# Columns, since an event need not be decoded for this, which takes ten times as long.
_SINCE: Final = (
    f"SELECT position, substr(stream, {len(_PREFIX) + 1}), type, recorded_at,"
    f" CASE type WHEN '{FigureReported.TYPE}' THEN data ->> '$.published_at' END,"
    f" CASE type WHEN '{IncidentOpened.TYPE}' THEN data ->> '$.title' END"
    f" FROM events WHERE position > ? AND substr(stream, 1, {len(_PREFIX)}) = '{_PREFIX}'"
    " ORDER BY position"
)


def read(conn: sqlite3.Connection) -> list[Listed]:
    """The roster as the log stands, by incident; within one transaction of the caller's."""
    listed, after = _stored(conn)
    _fold(conn, listed, after)
    return sorted(listed.values())


def catch_up(conn: sqlite3.Connection) -> None:
    """Fold what came since into the stored rows, within the caller's transaction."""
    (after,) = conn.execute("SELECT position FROM folded").fetchone()
    listed: dict[str, Listed] = {}
    for (incident,) in conn.execute(
        f"SELECT DISTINCT substr(stream, {len(_PREFIX) + 1}) FROM events WHERE position > ?"
        f" AND substr(stream, 1, {len(_PREFIX)}) = '{_PREFIX}'",
        (after,),
    ).fetchall():
        row = conn.execute("SELECT * FROM roster WHERE incident = ?", (incident,)).fetchone()
        if row:
            listed[incident] = Listed._make(row)
    write(conn, listed, _fold(conn, listed, after))


def replay(conn: sqlite3.Connection) -> dict[str, Listed]:
    """The roster as the events make it, by incident."""
    listed: dict[str, Listed] = {}
    _fold(conn, listed, 0)
    return listed


def rebuild(conn: sqlite3.Connection) -> int:
    """Make the roster anew from the events, within the caller's transaction. How many incidents.

    Readers see the old roster until that is committed.
    """
    listed = replay(conn)
    conn.execute("DELETE FROM roster")
    (last,) = conn.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
    write(conn, listed, last)
    return len(listed)


def astray(conn: sqlite3.Connection) -> str | None:
    """The first incident of which the roster says something else than a replay of its events.

    Within one transaction of the caller's.
    """
    stored, after = _stored(conn)
    _fold(conn, stored, after)
    replayed = replay(conn)
    differ = (
        each
        for each in sorted(replayed.keys() | stored.keys())
        if stored.get(each) != replayed.get(each)
    )
    return next(differ, None)


def _stored(conn: sqlite3.Connection) -> tuple[dict[str, Listed], int]:
    """The stored rows by incident, and the position up to which they are folded."""
    (after,) = conn.execute("SELECT position FROM folded").fetchone()
    return {row[0]: Listed._make(row) for row in conn.execute("SELECT * FROM roster")}, after


def _fold(conn: sqlite3.Connection, listed: dict[str, Listed], after: int) -> int:
    """Fold the events after a position into these incidents; the position of the last."""
    last = after
    for last, incident, kind, recorded_at, published_at, title in conn.execute(_SINCE, (after,)):  # noqa: B007 — returned
        listed[incident] = enlist(
            listed.get(incident),
            incident,
            kind=kind,
            recorded_at=recorded_at,
            published_at=published_at,
            title=title,
        )
    return last


def fold(listed: dict[str, Listed], event: Written) -> None:
    """Fold an event that has not been stored yet into these incidents."""
    stream, kind, _, recorded_at, data, _ = event
    if not stream.startswith(_PREFIX):
        return
    incident = stream[len(_PREFIX) :]
    listed[incident] = enlist(
        listed.get(incident),
        incident,
        kind=kind,
        recorded_at=recorded_at,
        published_at=data["published_at"] if kind == FigureReported.TYPE else None,
        title=data["title"] if kind == IncidentOpened.TYPE else None,
    )


def write(conn: sqlite3.Connection, listed: dict[str, Listed], last: int) -> None:
    """Store these incidents, folded up to a position, within the caller's transaction."""
    conn.executemany(f"INSERT OR REPLACE INTO roster VALUES ({_PLACES})", listed.values())
    conn.execute("UPDATE folded SET position = ?", (last,))
