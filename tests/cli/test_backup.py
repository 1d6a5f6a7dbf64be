"""`tracker backup`: a whole copy of a log at work, and never over another file."""

import sqlite3
import threading
from contextlib import closing
from datetime import timedelta
from pathlib import Path

from builders import NOON, figure
from command import done, run
from moved import FERRY
from tracker.store.base import Append
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer


def test_a_copy_holds_everything(own: Path) -> None:
    made = run("backup", "copy.db", cwd=own)
    assert (made.returncode, made.stdout) == (0, "")
    assert made.stderr.startswith("copy.db: a copy of the log, ")
    for asked in (["export"], ["verify"], ["history", "lorn-ferry"]):
        assert done("--db", "copy.db", *asked, cwd=own) == done(*asked, cwd=own)
    with closing(open_log(own / "events.db")) as one, closing(open_log(own / "copy.db")) as other:
        assert other.identity == one.identity
        assert other.heads() == one.heads()
        assert other.polls() == one.polls()


def test_no_file_is_overwritten(own: Path) -> None:
    """Neither another file nor an older copy, nor what a link that leads nowhere stands for."""
    (own / "note.txt").write_text("keep me")
    (own / "link").symlink_to("nowhere")
    for name in ("note.txt", "link", "events.db", "sources"):
        refused = run("backup", name, cwd=own)
        assert refused.returncode == 2
        assert refused.stderr == (
            f"tracker: {name} is there already: give the name of a new file\n"
        )
    assert (own / "note.txt").read_text() == "keep me"
    lost = run("backup", "no/such/copy.db", cwd=own)
    assert (lost.returncode, "there is no folder no/such" in lost.stderr) == (2, True)
    missing = run("--db", "none.db", "backup", "copy.db", cwd=own)
    assert (missing.returncode, "no log at none.db yet" in missing.stderr) == (1, True)
    assert not [*own.glob("*.part*")]
    assert not (own / "copy.db").exists()


def test_a_damaged_log_gives_no_copy(own: Path) -> None:
    """A backup that cannot be read is worse than none."""
    with closing(sqlite3.connect(own / "events.db")) as shell:
        shell.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        pages = shell.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'events_by_stream'"
        ).fetchone()
    data = bytearray((own / "events.db").read_bytes())
    data[(pages[0] - 1) * 4096 : (pages[0] - 1) * 4096 + 200] = b"\xff" * 200
    (own / "events.db").write_bytes(data)
    refused = run("backup", "copy.db", cwd=own)
    assert refused.returncode == 1
    assert "is damaged" in refused.stderr
    assert not [*own.glob("copy.db*")]


def test_the_copy_has_the_rights_of_the_log(own: Path) -> None:
    (own / "events.db").chmod(0o600)
    done("backup", "copy.db", cwd=own)
    assert (own / "copy.db").stat().st_mode & 0o777 == 0o600


def test_a_log_that_is_only_read_can_be_copied(own: Path) -> None:
    """As it lies, without the files that SQLite keeps beside a log in use."""
    lying = own / "lying.db"
    done("backup", "lying.db", cwd=own)
    lying.chmod(0o400)
    done("--db", "lying.db", "backup", "copy.db", cwd=own)
    assert done("--db", "copy.db", "export", cwd=own) == done("export", cwd=own)


def test_a_copy_is_of_one_moment_while_a_writer_appends(tmp_path: Path) -> None:
    """Whatever is appended meanwhile, every copy verifies, and is the beginning of the log."""
    path, done_copying = tmp_path / "events.db", threading.Event()
    with closing(open_writer(path)) as log:
        facts = tuple(figure(n, text="x" * 20_000) for n in range(300))
        log.append([Append(FERRY, 0, facts)], recorded_at=NOON)

    def write() -> None:
        number = 1000
        with closing(open_writer(path)) as log:
            while not done_copying.is_set():
                append = Append(FERRY, None, (figure(number, text="y" * 20_000),))
                log.append([append], recorded_at=NOON + timedelta(minutes=1))
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            done("backup", f"copy-{number}.db", cwd=tmp_path)
    finally:
        done_copying.set()
        writer.join()
    everything = done("export", cwd=tmp_path).splitlines()
    for number in range(3):
        name = f"copy-{number}.db"
        assert "all is well" in done("--db", name, "verify", cwd=tmp_path)
        copied = done("--db", name, "export", cwd=tmp_path).splitlines()
        assert copied == everything[: len(copied)]
        assert len(copied) >= 300
