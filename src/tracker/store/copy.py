"""A copy of the log's file as it is at one moment, while writers go on.

It is made under another name and takes its own only when it is checked and on the disk.
"""

import os
import secrets
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

from tracker.errors import LogError, UsageError
from tracker.store.file import MEMORY, connect, in_words, stands_as_log
from tracker.store.place import put_in_place

STEP: Final = 4096
"""Pages that are copied at once: 16 MB."""

BESIDE: Final = ("", "-journal", "-wal", "-shm")
"""Endings of the files that SQLite makes for one database."""


def copy(
    conn: sqlite3.Connection, source: str, path: str, progress: Callable[[int, int], object]
) -> None:
    """As `base.LogReader.copy_to`."""
    target = Path(path)
    if os.path.lexists(target):
        raise UsageError(f"{path} is there already: give the name of a new file")
    if not target.absolute().parent.is_dir():
        raise UsageError(f"{path}: there is no folder {target.parent}: make it first")
    # With a name of its own, so that two copies at once cannot get into each other's way.
    work = target.with_name(f"{target.name}.{secrets.token_hex(4)}.part")
    try:
        # With the rights of the log: its words are for whoever may read the log, and nobody else.
        # But whoever makes the copy must be able to write it.
        rights = 0o600 | (0 if source == MEMORY else Path(source).stat().st_mode & 0o666)
        os.close(os.open(work, os.O_CREAT | os.O_EXCL, rights))
        _fill(conn, source, work, progress)
        put_in_place(work, target)
    except FileExistsError:
        raise UsageError(f"{path} is there by now: give the name of a new file") from None
    except OSError as error:
        raise LogError(f"{path} cannot be written: {error.strerror}") from error
    finally:
        for ending in BESIDE:
            Path(f"{work}{ending}").unlink(missing_ok=True)


def _fill(
    conn: sqlite3.Connection, source: str, work: Path, progress: Callable[[int, int], object]
) -> None:
    with closing(connect(str(work), "mode=rw", 0.0)) as made:
        with in_words(source):
            # Within one transaction: else the copy would begin again at whatever is written now.
            conn.execute("BEGIN")
            try:
                conn.execute("SELECT 1 FROM sqlite_master").fetchone()
                conn.backup(
                    made,
                    pages=STEP,
                    progress=lambda _, left, pages: progress(pages - left, pages),
                )
            finally:
                conn.rollback()
        with in_words(source):
            sound = stands_as_log(made, source)
            (found,) = made.execute("PRAGMA quick_check(1)").fetchone()
    if not sound or found != "ok":
        raise LogError(
            f"{source} is damaged ({found}), and so would be its copy: put an older copy in place"
        )
