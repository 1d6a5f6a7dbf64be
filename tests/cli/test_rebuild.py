"""`tracker rebuild`: the stored projections made anew, while others read."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from command import done, run
from tracker.store.roster import rebuild
from tracker.store.sqlite import open_log


def test_what_was_changed_is_as_the_events_make_it_again(own: Path) -> None:
    before = done("incidents", "--json", cwd=own)
    done("rebuild", cwd=own)
    with closing(sqlite3.connect(own / "events.db")) as shell:
        shell.execute("UPDATE roster SET figures = 99, title = 'Another'")
        shell.execute("INSERT INTO roster VALUES ('ghost', 1, '', 1, NULL, NULL, '')")
        shell.commit()
    assert run("verify", "--projections", cwd=own).returncode == 1

    rebuilt = run("rebuild", cwd=own)

    assert (rebuilt.returncode, rebuilt.stdout, rebuilt.stderr) == (0, "", "rebuilt: 1 incident\n")
    assert done("incidents", "--json", cwd=own) == before
    assert "all is well" in done("verify", "--projections", cwd=own)


def test_the_events_are_not_touched(own: Path) -> None:
    before = done("events", "--jsonl", cwd=own)
    done("rebuild", cwd=own)
    assert done("events", "--jsonl", cwd=own) == before


def test_who_reads_meanwhile_sees_the_old_one_until_the_new_one_is_there(own: Path) -> None:
    """Never an empty one, and never half of one."""
    done("rebuild", cwd=own)
    with (
        closing(sqlite3.connect(own / "events.db", isolation_level=None)) as writer,
        closing(open_log(own / "events.db")) as reader,
    ):
        writer.execute("UPDATE roster SET figures = 99")
        writer.execute("BEGIN IMMEDIATE")
        rebuild(writer)
        assert [each.figures for each in reader.roster()] == [99]
        writer.execute("COMMIT")
        assert [each.figures for each in reader.roster()] == [5]


@pytest.mark.parametrize("content", [None, b"no log at all " * 100])
def test_what_is_no_log_is_left_as_it_is(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "events.db"
    if content is not None:
        path.write_bytes(content)
    rebuilt = run("rebuild", cwd=tmp_path)
    assert rebuilt.returncode == 1
    assert len(rebuilt.stderr.splitlines()) == 1
    assert (path.read_bytes() if path.exists() else None) == content
