"""A whole new log from many events at once: made beside its place, and put there when it is done.

Rows come first, then what holds them to their rules: an index that is made afterwards costs a
fraction of one that is kept up. Until the file has its name there is no log. When the process is
killed, the work file stays, with a mark of how far what is loaded was read, and the next load of
the same goes on from there.
"""

import fcntl
import os
import secrets
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Self

from sqlite_utils import Database

from tracker.errors import LogBusy, LogError, ReadOnlyLog
from tracker.projections.roster import Listed
from tracker.store.batch import Batch, Written
from tracker.store.file import connect, in_words
from tracker.store.migrations import MIGRATIONS
from tracker.store.place import put_in_place
from tracker.store.records import Owed
from tracker.store.redaction import delete_redacted
from tracker.store.roster import fold, replay, write
from tracker.store.schema import BESIDE, MARKS, RULES, SCHEMA_VERSION, TABLES
from tracker.store.told import owe

ENDING: Final = ".importing"

EVENTS: Final = 5000
"""Events of one transaction: enough that its sync costs little, and few enough to hold."""

_MARK: Final = "CREATE TABLE IF NOT EXISTS mark (format INTEGER, mark TEXT) STRICT"
"""One row, until the log is done. `format` is that of the tables and of what is in them."""

_LOADED: Final = SCHEMA_VERSION * 100 + 1
"""Raise the last digits where the same file would give other rows than before."""


class Load:
    """The log at a path, in the making. Closed before it is finished, it leaves a work file."""

    def __init__(self, path: str) -> None:
        """Raises `LogBusy`, `ReadOnlyLog` or another `LogError`."""
        self._path = Path(path).resolve()
        self._work = self._path.with_name(f"{self._path.name}{ENDING}")
        self._fd = _locked(self._work)
        self._conn: sqlite3.Connection | None = None
        self._ids = Ids()
        self._heads = dict[str, tuple[int, str]]()
        self._listed = dict[str, Listed]()
        self.mark = ""
        """How far what an earlier load left was read; "" where there is nothing to go on from."""
        with suppress(sqlite3.DatabaseError):
            self.mark = self._mark_of_earlier()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._conn:
            self._conn.close()
        os.close(self._fd)

    def __len__(self) -> int:
        return len(self._ids)

    def begin(self, *, go_on: bool) -> None:
        """Go on from `mark`, or begin anew."""
        with in_words(str(self._work)):
            if not go_on:
                self._empty()
            conn = self._connection()
            conn.execute("BEGIN")
            if not go_on:
                for statement in (*TABLES, _MARK):
                    conn.execute(statement)
            for (made,) in conn.execute("SELECT id FROM events"):
                self._ids.add(made)
            self._heads = {
                stream: (version, made_over)
                for stream, version, made_over in conn.execute(
                    "SELECT stream, max(version), hash FROM events GROUP BY stream"
                )
            }
            self._listed = replay(conn)
            conn.execute("COMMIT")

    def add(self, events: Iterable[Written], mark: str) -> int:
        """Store those that are new, in one transaction, and how far it was read. How many."""
        batch, is_new = Batch(len(self._ids), self._heads), self._ids.add
        for each in events:
            if is_new(each.id):
                batch.place(each)
                fold(self._listed, each)
        conn = self._connection()
        with in_words(str(self._work)):
            conn.execute("BEGIN")
            batch.write(conn)
            conn.execute("DELETE FROM mark")
            conn.execute("INSERT INTO mark VALUES (?, ?)", (_LOADED, mark))
            conn.execute("COMMIT")
        return len(batch)

    def finish(self, due: Callable[[str], Iterable[Owed]]) -> None:
        """Make a log of what is loaded, and put it in its place.

        `due` gives what endpoints are owed about an incident.

        Raises:
            LogError: another process has made a log there meanwhile; that one is left alone.
        """
        conn = self._connection()
        with in_words(str(self._work)):
            conn.execute("BEGIN")
            for statement in (*RULES, *BESIDE):
                conn.execute(statement)
            delete_redacted(conn)
            write(conn, self._listed, len(self))
            owe(conn, [each for incident in sorted(self._listed) for each in due(incident)])
            conn.execute("INSERT INTO identity VALUES (?)", (secrets.token_hex(16),))
            conn.execute("DROP TABLE mark")
            for statement in MARKS:
                conn.execute(statement)
            MIGRATIONS.apply(Database(conn, execute_plugins=False))
            conn.execute("COMMIT")
            conn.execute("PRAGMA journal_mode = WAL")
            conn.close()
            self._conn = None
        try:
            put_in_place(self._work, self._path)
        except FileExistsError:
            raise LogError(
                f"another process has made {self._path} meanwhile: import again, and what is new "
                "is added to it"
            ) from None

    def discard(self) -> None:
        """Leave nothing behind."""
        if self._conn:
            self._conn.close()
            self._conn = None
        for ending in ("", "-journal", "-wal", "-shm"):
            Path(f"{self._work}{ending}").unlink(missing_ok=True)

    def _connection(self) -> sqlite3.Connection:
        if self._conn is None:
            self._conn = connect(str(self._work), "mode=rw", 0.0)
            # A killed process leaves whole transactions, and so does a power cut.
            for each in ("synchronous = NORMAL", "journal_mode = TRUNCATE", "cache_size = -8000"):
                self._conn.execute(f"PRAGMA {each}")
        return self._conn

    def _mark_of_earlier(self) -> str:
        if not self._work.stat().st_size:
            return ""
        row = self._connection().execute("SELECT format, mark FROM mark").fetchone()
        return str(row[1]) if row and row[0] == _LOADED else ""

    def _empty(self) -> None:
        if self._conn:
            self._conn.close()
            self._conn = None
        for ending in ("-journal", "-wal", "-shm"):
            Path(f"{self._work}{ending}").unlink(missing_ok=True)
        os.ftruncate(self._fd, 0)


class Ids:
    """A set of event ids in ten bytes each; as Python's own it would take a hundred."""

    def __init__(self) -> None:
        self._rest = [bytearray() for _ in range(1 << 16)]
        self._length = 0

    def __len__(self) -> int:
        return self._length

    def add(self, made: str) -> bool:
        """Whether it was not among them yet."""
        # By its first two bytes into a row of what follows them, eight bytes each.
        rest, own = self._rest[int(made[:4], 16)], bytes.fromhex(made[4:])
        place = rest.find(own)
        while place >= 0 and place % 8:
            place = rest.find(own, place + 1)
        if place >= 0:
            return False
        rest += own
        self._length += 1
        return True


def _locked(work: Path) -> int:
    """The work file, which is this process's alone until it is closed or dies.

    The file itself is locked, and never exchanged for another while it is: so whoever has the
    lock has the file of that name.
    """
    busy = LogBusy(f"{work} is in use by another import: try again when it is done")
    try:
        # Put in its place, and killed before it lost this name: it is a log now, and no work file.
        if work.exists() and work.stat().st_nlink > 1:
            work.unlink()
        fd = os.open(work, os.O_RDWR | os.O_CREAT, 0o666)
    except OSError as error:
        raise ReadOnlyLog(
            f"{work} cannot be written ({error.strerror}): check that its folder is there, and the "
            "rights of both"
        ) from error
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
        mine, named = os.fstat(fd), work.stat()
    except (BlockingIOError, FileNotFoundError):
        os.close(fd)
        raise busy from None
    if (mine.st_dev, mine.st_ino, mine.st_nlink) != (named.st_dev, named.st_ino, 1):
        os.close(fd)
        raise busy
    return fd
