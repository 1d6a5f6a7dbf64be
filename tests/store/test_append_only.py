"""The file itself refuses what the log never does, to any program that opens it."""

import shutil
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import pytest

from builders import figure
from tracker.store.base import Append
from tracker.store.writer import open_writer

FERRY = "incident/ferry"
LONG_AGO = datetime(2021, 5, 1, 12, tzinfo=UTC)

PLAIN: Final = """
import sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
conn.execute(sys.argv[2])
conn.commit()
"""
SHELL: Final = shutil.which("sqlite3")
PROGRAMS: Final = {"python": (sys.executable, "-c", PLAIN)} | (
    {"sqlite3 shell": (SHELL,)} if SHELL else {}
)
"""Programs that know nothing of us; the shell where this machine has it."""

REFUSED: Final = {
    "UPDATE events SET data = '{}'": "an event is never changed",
    "UPDATE events SET position = position + 10": "an event is never changed",
    "UPDATE OR REPLACE events SET position = 1 WHERE position = 2": "an event is never changed",
    "DELETE FROM events": "an event is never deleted",
    "DELETE FROM events WHERE position = 2": "an event is never deleted",
    "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 1": "never replaced",
    "REPLACE INTO events SELECT * FROM events WHERE position = 2": "never replaced",
    "REPLACE INTO events SELECT 3, 'other', 1, type, id, '', '', '' FROM events": (
        "never replaced"
    ),
    "REPLACE INTO events VALUES (3, 'incident/ferry', 2, 'x', 'new', '', '{}', '')": (
        "never replaced"
    ),
    "REPLACE INTO events VALUES (1, 'other', 1, 'x', 'new', '', '{}', '')": ("never replaced"),
    "INSERT INTO events SELECT * FROM events WHERE true"
    " ON CONFLICT DO UPDATE SET data = '{}'": "never replaced",
    "INSERT INTO events VALUES (4, 'incident/ferry', 3, 'x', 'new', '', '{}', '')": (
        "by the next position"
    ),
    "INSERT INTO events VALUES (NULL, 'incident/ferry', 3, 'x', 'new', '', '{}', '')": (
        "by the next position"
    ),
    "INSERT INTO events VALUES (3, 'incident/ferry', 4, 'x', 'new', '', '{}', '')": (
        "by the next version"
    ),
    "INSERT INTO events VALUES (3, 'other', 2, 'x', 'new', '', '{}', '')": ("by the next version"),
    "INSERT INTO events SELECT 3, 'other', 1, type, id, '', '', '' FROM events LIMIT 1": (
        "and holds this id"
    ),
    "UPDATE words SET quote = 'something else'": "quoted words are never changed",
    "UPDATE paragraphs SET kept_until = '2000'": "quoted words are never changed",
    "REPLACE INTO words SELECT position, salts, 'else', 'else', NULL FROM words": "never replaced",
    "REPLACE INTO paragraphs SELECT position, salt, 'else', '2000' FROM paragraphs": (
        "never replaced"
    ),
    "DELETE FROM words": "they go only by a redaction",
    "DELETE FROM words WHERE position = 1": "they go only by a redaction",
    "DELETE FROM paragraphs": "they go after their time or by a redaction",
    "DELETE FROM paragraphs WHERE kept_until > '2022'": "they go after their time",
}


@pytest.mark.parametrize("program", PROGRAMS)
@pytest.mark.parametrize("sql", REFUSED)
def test_a_plain_program_cannot_change_what_is_for_good(db: Path, program: str, sql: str) -> None:
    """Each attempt fails with one clear sentence, and the log is as it was."""
    log = open_writer(db)
    log.append([Append(FERRY, 0, (figure(1),))], recorded_at=LONG_AGO)
    log.append([Append(FERRY, 1, (figure(2),))], recorded_at=datetime.now(UTC))
    before = list(log.tail())

    tried = subprocess.run(
        [*PROGRAMS[program], str(db), sql], capture_output=True, text=True, check=False
    )

    assert tried.returncode != 0
    assert REFUSED[sql] in tried.stderr
    assert list(log.tail()) == before
    assert log.verify() is None
    log.close()


@pytest.mark.parametrize("program", PROGRAMS)
def test_a_paragraph_may_go_after_its_time(db: Path, program: str) -> None:
    """What retention is allowed to do, any program is; the chain does not mind."""
    log = open_writer(db)
    log.append([Append(FERRY, 0, (figure(1),))], recorded_at=LONG_AGO)

    subprocess.run(
        [*PROGRAMS[program], str(db), "DELETE FROM paragraphs WHERE kept_until < '2022'"],
        check=True,
    )

    assert log.read(FERRY)[0].fact == figure(1, text=None)
    assert log.verify() is None
    log.close()


def test_forgotten_words_are_gone_from_the_file(db: Path) -> None:
    """Not only from the table: the bytes are overwritten."""
    log = open_writer(db)
    log.append(
        [Append(FERRY, 0, (figure(1, text="An unmistakable paragraph."),))], recorded_at=LONG_AGO
    )
    log.close()
    assert b"unmistakable" in db.read_bytes()

    log = open_writer(db)
    log.forget_texts(before=LONG_AGO + timedelta(hours=1))
    log.close()

    assert b"unmistakable" not in db.read_bytes()


def test_nothing_new_touches_no_file(db: Path) -> None:
    """The same report polled again writes nothing, so nothing grows and nothing is synced."""
    log = open_writer(db)
    log.append([Append(FERRY, 0, (figure(1),))], recorded_at=LONG_AGO)
    files = (db, db.with_name("events.db-wal"))
    before = [path.stat() for path in files]

    for _ in range(3):
        assert log.append([Append(FERRY, 1, (figure(1),))], recorded_at=LONG_AGO) == []

    for path, was in zip(files, before, strict=True):
        assert (path.stat().st_size, path.stat().st_mtime_ns) == (was.st_size, was.st_mtime_ns)
    log.close()
