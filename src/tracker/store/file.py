"""The file of the log: its path, whether it is one, and SQLite's complaints in plain words.

Nothing here reads an event.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from pathlib import Path
from stat import S_ISREG
from typing import Final

from tracker.errors import LogBusy, LogError, NewerLog, NotALog, ReadOnlyLog, UsageError
from tracker.store.schema import APPLICATION_ID, SCHEMA_VERSION

MEMORY: Final = ":memory:"
"""The path of a log that is gone when it is closed."""

_SMALLEST: Final = 512
"""Bytes in the smallest page that a database can have."""


def log_path(db: str | PathLike[str]) -> str:
    """The path in `--db`, which is a path or `sqlite:///PATH`.

    Raises:
        UsageError: another kind of address.
    """
    text = fspath(db)
    scheme, parted, rest = text.partition("://")
    if not parted or "/" in scheme:
        return text
    if scheme != "sqlite" or not rest.startswith("/") or rest == "/":
        raise UsageError(f"--db {text}: give a path, or sqlite:///PATH")
    return rest[1:]


def has_content(path: str) -> bool:
    """False where there is no file or an empty one.

    The file is not opened to look at it: closing it again would take away the locks of every
    connection that this process has to it.

    Raises:
        NotALog: a folder, or a file too short to be a database.
        LogError: it may not be looked at.
    """
    try:
        found = Path(path).stat()
    except (FileNotFoundError, NotADirectoryError):
        return False
    except OSError as error:
        raise LogError(f"{path} cannot be opened: {error.strerror}") from error
    if not S_ISREG(found.st_mode):
        raise NotALog(f"{path} is no file: give the path of a log")
    # SQLite takes a file of one byte for an empty database, and would write over it.
    if 0 < found.st_size < _SMALLEST:
        raise NotALog(f"{path} is no log: give the path of another file")
    return found.st_size > 0


def is_log(conn: sqlite3.Connection, path: str) -> bool:
    """True for a log, False for a database with nothing in it (a creation cut short).

    Raises:
        NotALog: another program's database.
        NewerLog: made by a newer version.
    """
    # In one statement: another process may be making the log at this moment.
    application, version, tables = conn.execute(
        "SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)"
        " FROM pragma_application_id, pragma_user_version"
    ).fetchone()
    if application == APPLICATION_ID and version > SCHEMA_VERSION:
        raise NewerLog(
            f"{path} was written by a newer version of tracker (its format is {version}, "
            f"this one reads {SCHEMA_VERSION}): install the newer version"
        )
    if application == APPLICATION_ID and version > 0:
        return True
    if application or version or tables:
        raise NotALog(f"{path} is a database of another program: give another path")
    return False


def connect(path: str, options: str, wait: float) -> sqlite3.Connection:
    """A connection that begins no transaction of its own accord; `options` as in SQLite's URIs."""
    address = path if path == MEMORY else f"{Path(path).absolute().as_uri()}?{options}"
    return sqlite3.connect(
        address, uri=True, timeout=wait, isolation_level=None, check_same_thread=False
    )


def connect_to_read(path: str, wait: float) -> sqlite3.Connection:
    """A connection that can change nothing."""
    conn = connect(path, "mode=ro", wait)
    try:
        conn.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError as error:
        conn.close()
        if primary_code(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        # SQLite keeps two files beside a log, and here it may not make them. Where no writer has
        # left anything beside it, the file holds everything and can be read as it lies.
        if any(_is_filled(f"{path}{beside}") for beside in ("-wal", "-journal")):
            raise LogError(
                f"{path} may not be read from here, since its last writer was stopped half-way: "
                "run `tracker verify` or `tracker poll` as the user who writes it"
            ) from error
        return connect(path, "mode=ro&immutable=1", wait)
    except BaseException:
        conn.close()
        raise
    return conn


def _is_filled(path: str) -> bool:
    return Path(path).exists() and Path(path).stat().st_size > 0


@contextmanager
def in_words(path: str) -> Iterator[None]:
    """Say what SQLite says about the log's file in words for the person who can mend it."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a bug of ours, and nothing that a user could mend
    except sqlite3.DatabaseError as error:
        raise _explained(path, error) from error


def _explained(path: str, error: sqlite3.DatabaseError) -> LogError:
    match primary_code(error):
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return LogBusy(f"{path} is in use by another process: try again when it is done")
        case sqlite3.SQLITE_READONLY:
            return ReadOnlyLog(f"{path} may not be written: check the rights of file and folder")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_PERM | sqlite3.SQLITE_AUTH:
            return LogError(f"{path} cannot be opened: check the rights of file and folder")
        case sqlite3.SQLITE_FULL:
            return LogError(f"{path}: the disk is full and nothing was written: make room")
        case sqlite3.SQLITE_NOTADB:
            return NotALog(f"{path} is no log: give the path of another file")
        case sqlite3.SQLITE_CORRUPT:
            return NotALog(f"{path} is damaged ({error}): put a copy of it back")
    return LogError(f"{path}: {error}")


def primary_code(error: sqlite3.DatabaseError) -> int:
    """Which of SQLite's kinds of error it is, as in `sqlite3.SQLITE_BUSY`."""
    # Python's own complaints about what it read (bytes that are no UTF-8) carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF
