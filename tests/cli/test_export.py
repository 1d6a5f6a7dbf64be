"""`tracker export`: whole events and figures, as files and on a terminal."""

import csv
import io
import json
import os
import pty
import subprocess
from pathlib import Path

import orjson

from builders import figure, opened
from command import COMMAND, PATIENCE, done, environment, run
from moved import write_lively_log, write_log
from tracker.moving.figures import COLUMNS


def on_a_terminal(*args: str, cwd: Path) -> str:
    """What the command shows to somebody who looks at it."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [*COMMAND, *args], cwd=cwd, env=environment(), stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        # Linux says that the other end is closed by an error.
        while part := read(ours):
            shown += part
        assert process.wait(PATIENCE) == 0
    os.close(ours)
    return shown.decode().replace("\r\n", "\n")


def printed(*args: str, cwd: Path) -> bytes:
    """What the command prints, to the byte."""
    return subprocess.run(
        [*COMMAND, *args], cwd=cwd, env=environment(), capture_output=True, check=True
    ).stdout


def read(terminal: int) -> bytes:
    try:
        return os.read(terminal, 1 << 16)
    except OSError:
        return b""


def test_a_line_has_what_the_log_holds(newsroom: Path) -> None:
    """Without what follows from the order: position, version and hash."""
    lines = [json.loads(line) for line in done("export", cwd=newsroom).splitlines()]
    assert [each["type"] for each in lines][:2] == ["incident.opened", "figure.reported"]
    assert [*lines[0]] == ["stream", "type", "id", "recorded_at", "data"]
    assert [*lines[1]] == ["stream", "type", "id", "recorded_at", "data", "words"]
    salt, quote = lines[1]["words"]["quote"]
    assert len(bytes.fromhex(salt)) == 16
    assert quote == "At least 12 people were killed when a ferry sank off Cape Lorn."
    assert len(lines[1]["data"]["quote"]) == 64
    assert done("export", "--jsonl", cwd=newsroom) == done("export", cwd=newsroom)


def test_a_log_can_be_moved_through_a_pipe(own: Path) -> None:
    """Out of one and into another: not a byte is lost, and a second time nothing is added."""
    file = done("export", cwd=own)
    moved = run("--db", "new.db", "import", "-", cwd=own, stdin=file)
    assert (moved.returncode, moved.stderr) == (0, "6 events imported, 0 known already\n")
    assert done("--db", "new.db", "export", cwd=own) == file
    again = run("--db", "new.db", "import", "-", cwd=own, stdin=file)
    assert again.stderr == "0 events imported, 6 known already\n"
    for asked in (
        ["history", "lorn-ferry"],
        ["estimate", "lorn-ferry", "--known-at", "2024-05-05"],
    ):
        assert done("--db", "new.db", *asked, cwd=own) == done(*asked, cwd=own)
    assert "all is well" in done("--db", "new.db", "verify", cwd=own)


def test_one_incident_is_one_stream(tmp_path: Path) -> None:
    write_lively_log(tmp_path / "events.db")
    lines = done("export", "--incident", "ferry-2031", cwd=tmp_path).splitlines()
    assert {json.loads(each)["stream"] for each in lines} == {"incident/ferry-2031"}
    asked = run("export", "--incident", "fery-2031", cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert "did you mean 'ferry-2031'" in asked.stderr


def test_a_terminal_gets_nothing_that_it_would_obey(tmp_path: Path) -> None:
    """JSON stays JSON of the same words; a table shows pictures of what it does not send."""
    quote = "\x1b]0;owned\x07 \x9b2J \u202eevil"
    write_log(tmp_path / "events.db", opened(), figure(12, quote=quote, text=None))
    shown = on_a_terminal("export", cwd=tmp_path)
    assert not {*"\x1b\x07\x9b\u202e"} & {*shown}
    raw = done("export", cwd=tmp_path)
    assert "\u202e" in raw
    assert [*map(orjson.loads, shown.splitlines())] == [*map(orjson.loads, raw.splitlines())]
    assert run("--db", "new.db", "import", "-", cwd=tmp_path, stdin=shown).returncode == 0
    assert done("--db", "new.db", "export", cwd=tmp_path) == raw
    table = on_a_terminal("export", "--csv", cwd=tmp_path)
    assert not {*"\x1b\x07\x9b\u202e"} & {*table}
    assert quote in done("export", "--csv", cwd=tmp_path)


def test_a_table_has_every_field_and_begins_no_formula(tmp_path: Path) -> None:
    """And it comes back, line ends and all."""
    write_log(
        tmp_path / "events.db",
        opened(),
        figure(12, title="=HYPERLINK(1)", quote="'+1", text="one\r\n\r\ntwo\n", issuer=""),
        figure(14, title="'", quote='a "b", c', replaces=("0" * 20, "1" * 20), scope="@town"),
    )
    table = printed("export", "--csv", cwd=tmp_path)
    first, second = csv.DictReader(io.StringIO(table.decode(), newline=""))
    assert [*first] == [*COLUMNS]
    assert (first["incident"], first["source_rank"], first["low"]) == ("ferry-2031", "agency", "12")
    assert (first["title"], first["quote"], first["issuer"]) == ("'=HYPERLINK(1)", "''+1", "'")
    assert (second["title"], second["scope"], second["issuer"]) == ("''", "'@town", "")
    assert second["replaces"] == f"{'0' * 20} {'1' * 20}"
    (tmp_path / "figures.csv").write_bytes(table)
    done("--db", "new.db", "import", "figures.csv", cwd=tmp_path)
    assert printed("--db", "new.db", "export", "--csv", cwd=tmp_path) == table


def test_only_one_format_at_a_time(newsroom: Path) -> None:
    asked = run("export", "--csv", "--jsonl", cwd=newsroom)
    assert asked.returncode == 2
    assert "give --jsonl or --csv, not both" in asked.stderr
