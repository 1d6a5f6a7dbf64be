"""Words from outside are shown harmless: to a terminal, to a program, to a spreadsheet."""

import csv
import io
import json
import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest

from command import done, run
from outlet import Item, feed

MAY_6 = datetime(2024, 5, 6, 10, tzinfo=UTC)
OBEYED = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""What a terminal would obey instead of showing it."""

HEADLINE = "=cmd|' /c calc'!A1 \x1b[31mFerry\x1b[0m\x07 \u202esknis\u202c \x9b2J"
SAID = (
    '=HYPERLINK("http://evil.example") The ferry \x1b]0;owned\x07accident killed 15 \u2066people.'
)


@pytest.fixture(scope="module")
def hostile(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose log holds a hostile headline, and a hostile text that was filed by hand."""
    own = shutil.copytree(newsroom, tmp_path_factory.mktemp("hostile") / "own")
    (own / "sources" / "wire.json").write_text(
        feed(Item("wire-3", "The ferry accident killed 16 people.", MAY_6, HEADLINE))
    )
    done("poll", cwd=own)
    filing = ("report", "lorn-ferry", "--text", SAID, "--source", "wire")
    done(*filing, "--published", "2024-05-06T09:30Z", cwd=own)
    return own


@pytest.mark.parametrize(
    "asked",
    [
        ("history", "lorn-ferry"),
        ("history", "lorn-ferry", "--json"),
        ("history", "lorn-ferry", "--csv"),
        ("changes", "--since", "1d"),
        ("changes", "--since", "1d", "--json"),
        ("events",),
        ("events", "--jsonl"),
        ("estimate", "lorn-ferry"),
        ("estimate", "lorn-ferry", "--json"),
        ("why", "lorn-ferry", "--all"),
        ("why", "lorn-ferry", "--json"),
        ("incidents",),
    ],
    ids=" ".join,
)
def test_no_output_holds_what_a_terminal_would_obey(hostile: Path, asked: tuple[str, ...]) -> None:
    written = done(*asked, cwd=hostile)
    assert "ferry" in written
    assert OBEYED.findall(written) == []


@pytest.mark.parametrize("flags", [(), ("--json",)])
def test_an_event_is_shown_harmless(hostile: Path, flags: tuple[str, ...]) -> None:
    stored = [json.loads(line) for line in done("events", "--jsonl", cwd=hostile).splitlines()]
    shown = 0
    for each in stored:
        written = done("show", each["id"], *flags, cwd=hostile)
        assert OBEYED.findall(written) == []
        shown += "31m" in written
    assert shown


def test_a_terminal_shows_pictures_in_their_place(hostile: Path) -> None:
    written = done("history", "lorn-ferry", cwd=hostile)
    assert "The ferry ␛]0;owned␇accident killed 15 <2066>people." in written


def test_json_gives_the_very_words(hostile: Path) -> None:
    rows = json.loads(done("history", "lorn-ferry", "--json", cwd=hostile))
    assert SAID in [row["quote"] for row in rows]


def test_a_spreadsheet_finds_no_formula(hostile: Path) -> None:
    """A cell that would begin one is quoted; a negative change is a number and stays one."""
    rows = list(csv.DictReader(io.StringIO(done("history", "lorn-ferry", "--csv", cwd=hostile))))
    cells = [cell for row in rows for name, cell in row.items() if name != "change"]
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]
    assert any(row["title"].startswith("'=cmd|") for row in rows)
    assert any(row["quote"].startswith("'=HYPERLINK(") for row in rows)
    assert "-1" in [row["change"] for row in rows]


def test_extract_shows_a_hostile_text_harmless(tmp_path: Path) -> None:
    assert OBEYED.findall(done("extract", cwd=tmp_path, stdin=SAID)) == []
    written = done(
        "extract", "--jsonl", cwd=tmp_path, stdin=json.dumps({"id": "\x1b[2J", "text": SAID})
    )
    assert OBEYED.findall(written) == []
    assert json.loads(written)["id"] == "\x1b[2J"


def test_a_hostile_name_in_a_complaint_is_harmless(newsroom: Path) -> None:
    asked = run("history", "\x1b[31mlorn", cwd=newsroom)
    assert asked.returncode == 2
    assert OBEYED.findall(asked.stderr) == []
