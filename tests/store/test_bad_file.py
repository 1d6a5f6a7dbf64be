"""What is no log, or may not be used as one, is refused in one line and left as it was."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Final

import pytest

from builders import NOON, figure
from tracker.errors import LogBusy, LogError, NewerLog, NoLog, NotALog, UsageError
from tracker.store.base import Append, LogReader
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

FERRY = "incident/ferry"


def make_log(db: Path, low: int = 1) -> None:
    with closing(open_writer(db)) as log:
        log.append([Append(FERRY, None, (figure(low),))], recorded_at=NOON)


def text_file(db: Path) -> None:
    db.write_text("Some notes, and nothing like a database in any way. " * 40)


def short_text_file(db: Path) -> None:
    db.write_text("x")  # to SQLite an empty database, which it would write over


def folder(db: Path) -> None:
    db.mkdir()


def database_of_another_program(db: Path) -> None:
    with closing(sqlite3.connect(db)) as conn:
        conn.execute("CREATE TABLE events (position INTEGER PRIMARY KEY, data TEXT)")
        conn.commit()


def database_with_another_mark(db: Path) -> None:
    with closing(sqlite3.connect(db)) as conn:
        conn.execute("PRAGMA application_id = 252006673")


def log_cut_after(length: int) -> Callable[[Path], None]:
    def cut(db: Path) -> None:
        make_log(db)
        db.write_bytes(db.read_bytes()[:length])

    return cut


NOT_LOGS: Final[dict[str, Callable[[Path], None]]] = {
    "text": text_file,
    "short text": short_text_file,
    "folder": folder,
    "another program": database_of_another_program,
    "another mark": database_with_another_mark,
    "cut after its first words": log_cut_after(20),
    "cut in its header": log_cut_after(60),
    "cut in its first page": log_cut_after(3000),
    "cut after its first page": log_cut_after(4096),
}


def content(db: Path) -> bytes:
    return db.read_bytes() if db.is_file() else b""


@pytest.mark.parametrize("kind", NOT_LOGS)
@pytest.mark.parametrize("opened", [open_log, open_writer])
def test_what_is_no_log_is_refused_and_left_alone(
    db: Path, kind: str, opened: Callable[[Path], LogReader]
) -> None:
    """One line that names the file; not a byte of it changes."""
    NOT_LOGS[kind](db)
    before = content(db)

    with pytest.raises(NotALog) as refused:
        opened(db)

    assert str(db) in str(refused.value)
    assert "\n" not in str(refused.value)
    assert content(db) == before


@pytest.mark.parametrize("opened", [open_log, open_writer])
def test_a_log_of_a_newer_version_is_refused_unharmed(
    db: Path, opened: Callable[[Path], LogReader]
) -> None:
    make_log(db)
    with closing(sqlite3.connect(db)) as conn:
        conn.execute("PRAGMA user_version = 99")
    before = db.read_bytes()

    with pytest.raises(NewerLog, match=r"its format is 99.*install the newer version"):
        opened(db)

    assert db.read_bytes() == before


def test_a_query_never_makes_a_log(tmp_path: Path) -> None:
    """Neither a file nor a folder; it says what makes one."""
    for missing in (tmp_path / "events.db", tmp_path / "no" / "such" / "events.db"):
        with pytest.raises(NoLog, match=r"^no log at .* yet: `tracker poll` makes one$"):
            open_log(missing)
    assert list(tmp_path.iterdir()) == []


def nothing(db: Path) -> None:
    db.touch()


def empty_database(db: Path) -> None:
    """What is left when making a log is cut short."""
    with closing(sqlite3.connect(db)) as conn:
        conn.execute("PRAGMA journal_mode = WAL")


@pytest.mark.parametrize("begun", [nothing, empty_database])
def test_an_empty_file_is_no_log_yet(db: Path, begun: Callable[[Path], None]) -> None:
    """A query says so and leaves it; a writer makes a log of it."""
    begun(db)
    before = db.read_bytes()
    with pytest.raises(NoLog):
        open_log(db)
    assert db.read_bytes() == before

    make_log(db)
    with closing(open_log(db)) as log:
        assert len(log.read(FERRY)) == 1


def test_a_log_cannot_be_made_where_there_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(LogError, match="check that its folder is there"):
        open_writer(tmp_path / "no" / "events.db")


def test_a_log_has_a_path_or_a_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`sqlite:///PATH` is the same as PATH, relative or not, whatever characters are in it."""
    monkeypatch.chdir(tmp_path)
    make_log(Path("a b?c#d%20.db"))
    for same in ("sqlite:///a b?c#d%20.db", f"sqlite:///{tmp_path}/a b?c#d%20.db"):
        with closing(open_log(same)) as log:
            assert len(log.read(FERRY)) == 1


@pytest.mark.parametrize("url", ["postgresql://localhost/log", "sqlite://events.db", "sqlite:///"])
def test_another_kind_of_address_is_wrong_usage(url: str) -> None:
    with pytest.raises(UsageError, match=f"--db {url}: give a path, or sqlite:///PATH"):
        open_log(url)


def test_a_log_that_stays_locked_is_busy(db: Path) -> None:
    """Reading goes on meanwhile; nothing is lost, and writing works again afterwards."""
    make_log(db)
    with closing(sqlite3.connect(db, isolation_level=None)) as other:
        with closing(open_writer(db, wait=0.01)) as log:
            other.execute("BEGIN IMMEDIATE")
            with pytest.raises(LogBusy, match="in use by another process"):
                log.append([Append(FERRY, 1, (figure(2),))], recorded_at=NOON)
            assert len(log.read(FERRY)) == 1
            other.execute("ROLLBACK")
            log.append([Append(FERRY, 1, (figure(2),))], recorded_at=NOON)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(LogBusy):
            open_writer(db, wait=0.01)


def test_a_full_disk_loses_nothing(db: Path) -> None:
    """The append fails in one line, what was there is there, and the next one can go on."""
    make_log(db)
    with closing(open_writer(db)) as log:
        # SQLite's own way of having no more room.
        log._conn.execute("PRAGMA max_page_count = 1")  # noqa: SLF001 — per connection only
        with pytest.raises(LogError, match="the disk is full and nothing was written"):
            log.append(
                [Append(FERRY, 1, tuple(figure(n) for n in range(2, 900)))], recorded_at=NOON
            )
        assert len(log.read(FERRY)) == 1
        log._conn.execute("PRAGMA max_page_count = 1000000")  # noqa: SLF001 — as above
        log.append([Append(FERRY, 1, (figure(2),))], recorded_at=NOON)
        assert log.verify() is None
