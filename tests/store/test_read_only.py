"""A log that may not be written, or must not be: nothing beside it or in it changes."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from builders import NOON, figure
from tracker.errors import NewerLog
from tracker.store.base import Append
from tracker.store.writer import open_writer


def make_log(db: Path, low: int = 1) -> None:
    with closing(open_writer(db)) as log:
        log.append([Append("incident/ferry", None, (figure(low),))], recorded_at=NOON)


WRITE_AND_DIE: Final = """
import os, sqlite3, sys
conn = sqlite3.connect(sys.argv[1])
conn.execute(sys.argv[2])
conn.commit()
os.kill(os.getpid(), 9)
"""


def write_and_die(db: Path, sql: str) -> None:
    """A writer that is killed after its commit; what it wrote lies beside the file."""
    killed = subprocess.run([sys.executable, "-c", WRITE_AND_DIE, str(db), sql], check=False)
    assert killed.returncode == -9
    assert db.with_name("events.db-wal").stat().st_size > 0


def test_a_log_of_a_newer_version_keeps_what_its_writer_left_beside_it(db: Path) -> None:
    """A killed writer's events lie beside the file; opening it for writing would move them."""
    make_log(db)
    left = db.with_name("events.db-wal")
    write_and_die(db, "PRAGMA user_version = 99")
    before = (db.read_bytes(), left.read_bytes())

    with pytest.raises(NewerLog):
        open_writer(db)

    assert (db.read_bytes(), left.read_bytes()) == before


@pytest.fixture
def shared() -> Iterator[Path]:
    """A folder that another user can look into, which pytest's own is not."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made)
        Path(made).chmod(0o755)


AS_ANYBODY: Final = """
import os, sys
from datetime import UTC, datetime
from tracker.errors import LogError
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

if os.getuid() == 0:  # nothing is read-only to root
    os.setuid(65534)
for opened in (open_log, open_writer):
    try:
        log = opened(sys.argv[1])
        print(len(log.read("incident/ferry")), log.verify())
        log.close()
    except LogError as error:
        print(type(error).__name__, error)
"""


def as_anybody(db: Path) -> list[str]:
    """What a user without special rights gets: reading first, then opening for writing."""
    ran = subprocess.run(
        [sys.executable, "-c", AS_ANYBODY, str(db)], capture_output=True, text=True, check=True
    )
    return ran.stdout.splitlines()


@pytest.mark.parametrize("folder_mode", [0o555, 0o755])
def test_a_read_only_log_can_be_read_and_not_written(shared: Path, folder_mode: int) -> None:
    """Whether the file alone is read-only, or the folder too."""
    db = shared / "events.db"
    make_log(db)
    db.chmod(0o444)
    shared.chmod(folder_mode)

    reading, writing = as_anybody(db)

    assert reading == "1 None"
    assert writing.startswith("ReadOnlyLog ")
    assert str(db) in writing


def test_a_log_in_a_read_only_folder_cannot_be_made(shared: Path) -> None:
    shared.chmod(0o555)
    reading, writing = as_anybody(shared / "events.db")
    assert reading.startswith("NoLog ")
    assert writing.startswith("ReadOnlyLog ")


def test_a_log_that_may_not_be_read_is_refused(shared: Path) -> None:
    db = shared / "events.db"
    make_log(db)
    db.chmod(0)
    reading, writing = as_anybody(db)
    assert reading.startswith("LogError ")
    assert writing.startswith("LogError ")
    assert "check the rights" in reading
    db.chmod(0o644)


def test_a_read_only_log_is_not_read_without_its_newest_events(shared: Path) -> None:
    """What a killed writer left beside the file belongs to it; half an answer is none."""
    db = shared / "events.db"
    make_log(db)
    write_and_die(db, "INSERT INTO reach VALUES ('a', '{}')")
    db.with_name("events.db-shm").unlink()
    for path in shared.iterdir():
        path.chmod(0o444)
    shared.chmod(0o555)

    reading, _ = as_anybody(db)

    assert reading.startswith("LogError ")
    assert "its last writer was stopped half-way" in reading


AS_ANYBODY_LOOKS: Final = """
import os, sys
from datetime import UTC, datetime
from tracker.store import copy, health, place
from tracker.store.sqlite import open_log

if os.getuid() == 0:  # nothing is read-only to root
    os.setuid(65534)
for each in health.findings(sys.argv[1], now=datetime.now(UTC), full=True):
    if each.level != "ok" and each.check != "clock":  # events of tests are in the future
        print(each.level, each.check, each.text)
log = open_log(sys.argv[1])
log.copy_to(sys.argv[2], lambda done, of: None)
log.close()
log = open_log(sys.argv[2])
print(len(log.read("incident/ferry")), log.verify())
"""


@pytest.mark.parametrize("folder_mode", [0o555, 0o755])
def test_a_read_only_log_can_be_looked_after_and_copied(shared: Path, folder_mode: int) -> None:
    """Its rights are warned of, nothing else, and whoever may read it can make a copy."""
    db, elsewhere = shared / "events.db", shared / "elsewhere"
    make_log(db)
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    db.chmod(0o444)
    shared.chmod(folder_mode)

    ran = subprocess.run(
        [sys.executable, "-c", AS_ANYBODY_LOOKS, str(db), str(elsewhere / "copy.db")],
        capture_output=True,
        text=True,
        check=False,
    )

    assert ran.stderr == ""
    rights, copied = ran.stdout.splitlines()
    assert rights.startswith("warn rights ")
    assert f"{db} and {shared} may not be written by this user" in rights
    assert copied == "1 None"
