"""`tracker verify`, and what a plain SQLite shell may do to the log: nothing, unseen."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from command import done, run

SHELL = """\
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as shell:
    shell.executescript(sys.argv[2])
"""
"""What the `sqlite3` shell does with a statement, where that shell is not installed."""


OTHER = "type, 'x', recorded_at, data, hash FROM events"


def in_a_shell(path: Path, statement: str) -> subprocess.CompletedProcess[str]:
    """Run a statement on the log by a program that knows nothing of this one."""
    shell = shutil.which("sqlite3")
    command = [shell, "-bail"] if shell else [sys.executable, "-c", SHELL]
    return subprocess.run(
        [*command, str(path), statement], capture_output=True, text=True, timeout=30, check=False
    )


def test_a_sound_log_is_well(newsroom: Path) -> None:
    assert done("verify", cwd=newsroom) == (
        "all is well: 6 events of incidents in an unbroken chain\n"
    )


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE events SET data = '{}' WHERE position = 3",
        "UPDATE OR REPLACE events SET position = 2 WHERE position = 3",
        "DELETE FROM events WHERE position = 6",
        "DELETE FROM events",
        "INSERT OR REPLACE INTO events SELECT * FROM events WHERE position = 2",
        f"REPLACE INTO events SELECT position, stream, version, {OTHER} WHERE position = 2",
        f"INSERT INTO events SELECT 9, stream, 9, {OTHER} WHERE position = 2",
    ],
)
def test_a_plain_shell_is_refused_what_would_change_the_log(own: Path, statement: str) -> None:
    """The rule stands in the file, so it holds for every program."""
    before = done("events", "--jsonl", cwd=own)
    refused = in_a_shell(own / "events.db", statement)
    assert refused.returncode != 0
    assert any(
        words in refused.stderr
        for words in ("the log only grows", "one more than the last in the log")
    )
    assert done("events", "--jsonl", cwd=own) == before
    done("verify", cwd=own)


@pytest.mark.parametrize(
    ("tampering", "broken"),
    [
        ("UPDATE events SET data = replace(data, '12', '21') WHERE position = 2", 2),
        ("UPDATE events SET recorded_at = '2024-05-04T00:00:00.000000Z' WHERE position = 4", 4),
        ("DELETE FROM events WHERE position = 4", 5),
        ("UPDATE texts SET words = words || ' not' WHERE words LIKE 'At least 12%'", 2),
    ],
)
def test_tampering_is_found_and_the_first_broken_event_is_named(
    own: Path, tampering: str, broken: int
) -> None:
    """Even where the triggers were dropped for it and put back afterwards."""
    path = own / "events.db"
    ids = [json.loads(line)["id"] for line in done("events", "--jsonl", cwd=own).splitlines()]
    with closing(sqlite3.connect(path)) as shell:
        triggers = shell.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        made = triggers.fetchall()
        for name, _ in made:
            shell.execute(f"DROP TRIGGER {name}")
        changed = shell.execute(tampering)
        assert changed.rowcount >= 1
        for _, sql in made:
            shell.execute(sql)
        shell.commit()
    verified = run("verify", cwd=own)
    assert (verified.returncode, verified.stdout) == (1, "")
    (line,) = verified.stderr.splitlines()
    assert f"event {ids[broken - 1]} (position {broken}, " in line


def test_a_trigger_that_is_gone_is_found(own: Path) -> None:
    assert in_a_shell(own / "events.db", "DROP TRIGGER events_never_go").returncode == 0
    verified = run("verify", cwd=own)
    assert verified.returncode == 1
    assert verified.stderr == "tracker: trigger events_never_go: is missing\n"


def test_a_damaged_file_is_one_line(own: Path) -> None:
    path = own / "events.db"
    body = bytearray(path.read_bytes())
    body[4096:8192] = b"\xff" * 4096
    path.write_bytes(body)
    verified = run("verify", cwd=own)
    assert verified.returncode == 1
    assert len(verified.stderr.splitlines()) == 1
    assert "Traceback" not in verified.stderr
