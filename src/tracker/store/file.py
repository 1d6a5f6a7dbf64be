"""The file of the log: its path, whether it is one, and SQLite's complaints in plain words.

Nothing here reads an event. Queries load this module, and start without what `pathlib` imports.
"""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike, fspath
from stat import S_ISREG
from typing import Final

from tracker.errors import (
    LogBusy,
    LogError,
    NewerLog,
    NotALog,
    OlderLog,
    ReadOnlyLog,
    UsageError,
)
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
        found = os.stat(path)  # noqa: PTH116 — see above
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


def log_format(conn: sqlite3.Connection, path: str) -> int:
    """The format of a log; 0 for a database with nothing in it (a creation cut short).

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
        return int(version)
    if application or version or tables:
        raise NotALog(f"{path} is a database of another program: give another path")
    return 0


def stands_as_log(conn: sqlite3.Connection, path: str) -> bool:
    """True for a log that can be read as it stands, False for a database with nothing in it.

    Raises:
        NotALog, NewerLog: as `log_format`.
        OlderLog: made by an older version; the next writer brings it up to date.
    """
    found = log_format(conn, path)
    if 0 < found < SCHEMA_VERSION:
        raise OlderLog(
            f"{path} was written by an older version of tracker (its format is {found}, this one "
            f"reads {SCHEMA_VERSION}): back it up, and the next `tracker poll` or daemon brings it "
            "up to date"
        )
    return found > 0


def connect(path: str, options: str, wait: float) -> sqlite3.Connection:
    """A connection that begins no transaction of its own accord; `options` as in SQLite's URIs."""
    return sqlite3.connect(
        path if path == MEMORY else f"{_uri(path)}?{options}",
        uri=True,
        timeout=wait,
        isolation_level=None,
        check_same_thread=False,
    )


def _uri(path: str) -> str:
    """The path as SQLite takes it: https://sqlite.org/uri.html."""
    plain = path.replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file://{plain}" if plain.startswith("/") else f"file:{plain}"


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
    try:
        return os.stat(path).st_size > 0  # noqa: PTH116 — see above
    except FileNotFoundError:
        return False


@contextmanager
def in_words(path: str) -> Iterator[None]:
    """Say what SQLite says about the log's file in words for the person who can mend it."""
    try:
        yield
    except sqlite3.ProgrammingError:
        raise  # a bug of ours, and nothing that a user could mend
    except sqlite3.DatabaseError as error:
        raise _explained(path, error) from error
    except UnicodeDecodeError as error:
        # Damage that SQLite quotes in its complaint, in bytes that Python cannot read.
        raise NotALog(f"{path} is damaged ({error}): put a copy of it back") from error


def _explained(path: str, error: sqlite3.DatabaseError) -> LogError:
    said = one_line(error)
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
            return NotALog(f"{path} is damaged ({said}): put a copy of it back")
    return LogError(f"{path}: {said}")


def one_line(error: object) -> str:
    """What SQLite says, on one line: it quotes whole statements."""
    return " ".join(str(error).split())


def primary_code(error: sqlite3.DatabaseError) -> int:
    """Which of SQLite's kinds of error it is, as in `sqlite3.SQLITE_BUSY`."""
    # Python's own complaints about what it read (bytes that are no UTF-8) carry no code.
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF
