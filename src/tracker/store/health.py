"""The state of the log's file, as far as it can be told quickly and without changing anything.

Whether the events are as they were written is `verify.py`'s to tell, and takes longer.
"""

import os
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final, Literal

from tracker.errors import LogError
from tracker.model import from_utc_text, utc_text
from tracker.store.file import connect_to_read, in_words
from tracker.store.sqlite import WAIT, open_log
from tracker.store.verify import schema_flaw

GB: Final = 1_000_000_000
LEAST_FREE: Final = GB
"""Bytes that should be free on the log's disk: these, or twice what the log takes if that is more,
since a copy of it or a restored backup must find room beside it."""

ALMOST_FULL: Final = 100_000_000
LONG_WAL: Final = 100_000_000
"""Bytes of a WAL that somebody keeps from being emptied; a large append takes a tenth of that."""

BEHIND: Final = timedelta(minutes=1)
EARLIEST_YEAR: Final = 2024
"""A clock that shows an earlier year was never set."""

OVERDUE: Final = timedelta(hours=1)
RECENT: Final = timedelta(days=7)

NETWORKS: Final = frozenset(
    {
        *("9p", "afs", "beegfs", "ceph", "cifs", "fuse.glusterfs", "fuse.sshfs", "gfs2"),
        *("lustre", "ncpfs", "nfs", "nfs4", "ocfs2", "smb3", "smbfs", "virtiofs"),
    }
)
"""File systems, as `/proc/mounts` calls them, on which two machines may share a file."""

MOUNTS: Final = Path("/proc/mounts")


@dataclass(frozen=True, slots=True)
class Finding:
    """What one check found, with what to do if it is not well."""

    level: Literal["ok", "warn", "fail"]
    check: str
    text: str


def findings(path: str, *, now: datetime, full: bool) -> Iterator[Finding]:
    """Everything that can be told of a log at this path; `full`: read the whole file, too."""
    try:
        # Opening it says what it is, if it is no log that this version can read.
        open_log(path).close()
        in_wal = _in_wal(path)
        with in_words(path), closing(connect_to_read(path, WAIT)) as conn:
            yield _format(conn, in_wal=in_wal)
            yield _schema(conn)
            if full:
                yield _structure(conn)
            yield _clock(conn, now)
            yield from _outbox(conn, now)
    except LogError as error:
        yield Finding("fail", "log", str(error))
        yield _year(now)
    checks: tuple[Callable[[Path], Finding], ...] = (_rights, _wal, _disk, _file_system)
    yield from (check(Path(path)) for check in checks)
    yield from _leftovers(Path(path))


def _in_wal(path: str) -> bool:
    """By its header: SQLite does not tell it of a file beside which it may write nothing.

    Asked while no connection is open, since closing the file ends this process's locks on it.
    """
    with Path(path).open("rb") as file:
        return file.read(20)[18:] == b"\2\2"


def _format(conn: sqlite3.Connection, *, in_wal: bool) -> Finding:
    (events,) = conn.execute("SELECT coalesce(max(position), 0) FROM events").fetchone()
    (version,) = conn.execute("PRAGMA user_version").fetchone()
    if not in_wal:
        return Finding(
            "warn",
            "log",
            f"{events} events, but not in WAL mode, so readers and the writer wait for each other: "
            "the next `tracker poll` sets it to WAL",
        )
    return Finding("ok", "log", f"{events} events, format {version}, in WAL mode")


def _schema(conn: sqlite3.Connection) -> Finding:
    flaw = schema_flaw(conn)
    if flaw is None:
        return Finding("ok", "triggers", "tables and triggers are as they were made")
    return Finding(
        "fail",
        "triggers",
        f"{flaw.where} {flaw.what}: somebody changed the log's rules; compare the log with a "
        "checkpoint or a backup",
    )


def _structure(conn: sqlite3.Connection) -> Finding:
    (found,) = conn.execute("PRAGMA quick_check(1)").fetchone()
    if found == "ok":
        return Finding("ok", "structure", "the file is sound")
    told = " ".join(str(found).split())
    return Finding("fail", "structure", f"the file is damaged ({told}): put a copy of it back")


def _clock(conn: sqlite3.Connection, now: datetime) -> Finding:
    row = conn.execute("SELECT recorded_at FROM events ORDER BY position DESC LIMIT 1").fetchone()
    newest = from_utc_text(row[0]) if row else now
    if newest - now > BEHIND:
        return Finding(
            "warn",
            "clock",
            f"it shows {utc_text(now)}, before the newest event of the log, {row[0]}: set it; "
            "undated reports count from what it shows",
        )
    return _year(now)


def _year(now: datetime) -> Finding:
    if now.year < EARLIEST_YEAR:
        return Finding("fail", "clock", f"it shows the year {now.year}: set it")
    return Finding("ok", "clock", utc_text(now))


def _outbox(conn: sqlite3.Connection, now: datetime) -> Iterator[Finding]:
    waiting, due, overdue = conn.execute(
        "SELECT count(*), min(due_at) FILTER (WHERE state = 'due'),"
        " count(*) FILTER (WHERE state = 'due' AND due_at < ?) FROM outbox"
        " WHERE state IN ('due', 'queued')",
        (utc_text(now - OVERDUE),),
    ).fetchone()
    if overdue:
        yield Finding(
            "warn",
            "outbox",
            f"{overdue} of {waiting} waiting alerts are overdue, the oldest since {due}: start the "
            "daemon, or look at `tracker webhooks list`",
        )
    else:
        yield Finding("ok", "outbox", f"{waiting} waiting" + (f", next at {due}" if due else ""))
    (given_up,) = conn.execute(
        "SELECT count(*) FROM outbox WHERE state = 'given up' AND due_at > ?",
        (utc_text(now - RECENT),),
    ).fetchone()
    if given_up:
        yield Finding(
            "warn",
            "outbox",
            f"{given_up} alerts were given up in the last 7 days: look at `tracker deliveries "
            "--failed`, and send them again with `tracker deliver --since`",
        )


def _rights(path: Path) -> Finding:
    names = [each for each in (path, path.parent) if each.exists()]
    if not names:
        return Finding("warn", "rights", f"there is no folder {path.parent}: make it first")
    locked = [str(each) for each in names if not os.access(each, os.R_OK | os.W_OK)]
    if locked:
        return Finding(
            "warn",
            "rights",
            f"{' and '.join(locked)} may not be written by this user: run the daemon as the user "
            "who owns them",
        )
    return Finding("ok", "rights", "file and folder may be read and written")


def _wal(path: Path) -> Finding:
    size = _size(Path(f"{path}-wal"))
    if size > LONG_WAL:
        return Finding(
            "warn",
            "wal",
            f"{path}-wal has {_bytes(size)}: end whatever reads the log for that long; the next "
            "writer empties it",
        )
    return Finding("ok", "wal", _bytes(size))


def _disk(path: Path) -> Finding:
    folder = _existing(path.absolute().parent)
    free = shutil.disk_usage(folder).free
    size = _size(path) + _size(Path(f"{path}-wal"))
    text = f"{_bytes(free)} free, the log takes {_bytes(size)}"
    if free < ALMOST_FULL:
        return Finding("fail", "disk", f"{text}: make room, or nothing can be stored soon")
    if free < max(LEAST_FREE, 2 * size):
        return Finding("warn", "disk", f"{text}: make room for a copy of the log")
    return Finding("ok", "disk", text)


def _file_system(path: Path) -> Finding:
    try:
        mounts = MOUNTS.read_text("utf-8", "replace")
    except OSError:
        return Finding("ok", "file system", "this machine does not tell which one")
    kind = kind_of_mount(_existing(path.absolute().parent).resolve(), mounts)
    if kind in NETWORKS:
        return Finding(
            "warn",
            "file system",
            f"{kind} is one of a network, where locks may not hold: move the log to a local disk",
        )
    return Finding("ok", "file system", kind or "unknown")


def kind_of_mount(folder: Path, mounts: str) -> str:
    """The file system that a folder is on, by the lines of `/proc/mounts`; "" if none is told."""
    kind, longest = "", -1
    for line in mounts.splitlines():
        _, where, found, *_ = [*line.split(" "), "", "", ""]
        point = Path(where.replace("\\040", " "))
        # Of two mounts on one point the later one hides the earlier.
        if folder.is_relative_to(point) and len(point.parts) >= longest:
            kind, longest = found, len(point.parts)
    return kind


def _leftovers(path: Path) -> Iterator[Finding]:
    for each in sorted(path.parent.glob(f"{path.name}.importing*")):
        yield Finding(
            "warn",
            "leftovers",
            f"{each} is of an import that was cut short: delete it, unless one is running",
        )


def _existing(folder: Path) -> Path:
    return next(each for each in (folder, *folder.parents) if each.exists())


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _bytes(count: int) -> str:
    for unit, name in ((GB, "GB"), (1_000_000, "MB"), (1_000, "kB")):
        if count >= unit:
            return f"{count / unit:.1f} {name}"
    return f"{count} bytes"
