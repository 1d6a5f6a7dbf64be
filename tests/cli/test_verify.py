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
from rewriting import cut_off, rewrite
from tracker.store.schema import RULES

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
    """What is said is what was looked at."""
    well = "all is well: 6 events in an unbroken chain"
    assert done("verify", cwd=newsroom) == f"{well}\n"
    assert done("verify", "--projections", cwd=newsroom) == (
        f"{well}; the roster and every history are as these events make them\n"
    )
    assert done("verify", "--incident", "lorn-ferry", cwd=newsroom) == (
        "all is well: 6 events of lorn-ferry in an unbroken chain\n"
    )
    assert done("verify", "--incident", "quiet-tunnel", "--projections", cwd=newsroom).startswith(
        "all is well: 0 events of quiet-tunnel in an unbroken chain; "
    )


def refused(folder: Path, *args: str, code: int = 1, stdin: str = "") -> str:
    """The one line with which `verify` fails."""
    verified = run("verify", *args, cwd=folder, stdin=stdin)
    assert (verified.returncode, verified.stdout) == (code, "")
    (line,) = verified.stderr.splitlines()
    return line


def test_one_incident_can_be_checked_alone(own: Path) -> None:
    """A flaw of another stream is not its flaw."""
    args = ("--source", "wire", "--text", "The death toll of the tunnel accident is 7.")
    done("report", "quiet-tunnel", *args, cwd=own)
    with closing(sqlite3.connect(own / "events.db")) as shell:
        shell.execute("DROP TRIGGER words_never_change")
        shell.execute("UPDATE words SET quote = 'No.' WHERE quote LIKE '%tunnel accident is 7.'")
        shell.commit()
        (rule,) = (each for each in RULES if "words_never_change" in each)
        shell.execute(rule)
    assert "all is well" in done("verify", "--incident", "lorn-ferry", cwd=own)
    assert "not in the words that were recorded" in refused(own, "--incident", "quiet-tunnel")
    assert "not in the words that were recorded" in refused(own)


def test_a_roster_that_disagrees_is_found_only_where_it_is_asked_for(own: Path) -> None:
    done("rebuild", cwd=own)
    with closing(sqlite3.connect(own / "events.db")) as shell:
        shell.execute("UPDATE roster SET figures = 99")
        shell.commit()
    assert "all is well" in done("verify", cwd=own)
    assert refused(own, "--projections") == (
        "tracker: roster, incident lorn-ferry: is not as a replay of its events makes it: "
        "`tracker rebuild` makes it anew"
    )
    done("rebuild", cwd=own)
    assert "all is well" in done("verify", "--projections", cwd=own)


def test_a_log_is_verified_against_what_was_kept_of_it(own: Path) -> None:
    """In either form, from a file or from standard input; and when the log has grown."""
    (own / "kept.json").write_text(done("checkpoint", cwd=own))
    line = done("checkpoint", "--root", cwd=own)
    extends = "in an unbroken chain; they extend the checkpoint"
    assert f"6 events {extends} of 20" in done("verify", "--against", "kept.json", cwd=own)
    assert done("verify", "--against", "-", cwd=own, stdin=line) == (
        f"all is well: 6 events {extends} at position 6\n"
    )
    args = ("--source", "wire", "--text", "The death toll of the ferry accident has risen to 19.")
    done("report", "lorn-ferry", *args, cwd=own)
    assert f"7 events {extends} of 20" in done("verify", "--against", "kept.json", cwd=own)
    assert f"7 events {extends} at position 6" in done(
        "verify", "--against", "-", cwd=own, stdin=f"\ufeff{line.upper()}"
    )


def test_history_that_was_rewritten_perfectly_is_found(own: Path) -> None:
    (own / "kept.json").write_text(done("checkpoint", cwd=own))
    line = done("checkpoint", "--root", cwd=own)
    rewrite(own / "events.db", '"low":12', '"low":21')
    assert "all is well" in done("verify", cwd=own)
    why = "the log was rewritten, or the checkpoint is of another log"
    assert refused(own, "--against", "kept.json") == (
        f"tracker: incident/lorn-ferry: its first 6 events are not those of the checkpoint: {why}"
    )
    assert refused(own, "--against", "-", stdin=line) == (
        f"tracker: its first 6 events are not those of the checkpoint: {why}"
    )


def test_newest_events_that_were_cut_off_are_missed(own: Path) -> None:
    (own / "kept.json").write_text(done("checkpoint", cwd=own))
    cut_off(own / "events.db", 4)
    assert "all is well: 4 events" in done("verify", cwd=own)
    assert refused(own, "--against", "kept.json") == (
        "tracker: position 5: is missing: the log had 6 events at the checkpoint and has 4: its "
        "newest were cut off"
    )


def test_a_copy_under_another_identity_is_the_same_log(own: Path) -> None:
    (own / "kept.json").write_text(done("checkpoint", cwd=own))
    with closing(sqlite3.connect(own / "events.db")) as shell:
        shell.execute("UPDATE identity SET name = 'another'")
        shell.commit()
    said = done("verify", "--against", "kept.json", cwd=own)
    assert said.endswith(" at position 6 (of a log with another identity)\n")


def test_a_chain_that_is_broken_is_told_before_the_checkpoint(own: Path) -> None:
    (own / "kept.json").write_text(done("checkpoint", cwd=own))
    assert in_a_shell(own / "events.db", "DROP TRIGGER events_never_go").returncode == 0
    assert "trigger events_never_go: is missing" in refused(own, "--against", "kept.json")


def test_a_file_that_cannot_be_compared_is_one_line(own: Path) -> None:
    kept = done("checkpoint", cwd=own)
    (own / "damaged.json").write_text(kept.replace("incident/lorn", "incident/born"))
    (own / "poem.txt").write_bytes(b"\xff\xfe roses are red")
    assert refused(own, "--against", "damaged.json") == (
        "tracker: damaged.json: this file is damaged: its heads do not give its root"
    )
    assert "poem.txt is no checkpoint: give a file" in refused(own, "--against", "poem.txt", code=2)
    assert "'none.json': No such file" in refused(own, "--against", "none.json", code=2)
    assert "<stdin> is no checkpoint" in refused(own, "--against", "-", code=2)
    assert "leave out --incident" in refused(
        own, "--against", "damaged.json", "--incident", "lorn-ferry", code=2
    )
    assert "did you mean 'lorn-ferry'" in refused(own, "--incident", "lorn-fery", code=2)


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
        ("UPDATE words SET quote = quote || ' not' WHERE quote LIKE 'At least 12%'", 2),
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
