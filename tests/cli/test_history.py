"""`tracker history`: rows oldest first, for people, as JSON and as CSV."""

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import figure
from command import done, run
from past import Recorded, record
from said import at
from tracker.store.writer import open_writer

COLUMNS = [
    "position", "published_at", "recorded_at", "source", "issuer", "scope", "phrase", "best",
    "low", "high", "status", "change", "reason", "quote", "title", "url", "event_id", "linked",
]  # fmt: skip


WORDS = (
    "At least 12 people were killed when a ferry sank off Cape Lorn.",
    "The death toll of the ferry accident has been revised down to 11, the coast guard said.",
    "The death toll of the ferry accident has risen to 14, up from 11, the coast guard said.",
)


def rows(folder: Path, *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        done("history", "lorn-ferry", "--json", *args, cwd=folder)
    )
    return found


def test_each_move_is_a_line_with_when_who_how_far_why_and_the_words(newsroom: Path) -> None:
    first, second, third = WORDS
    assert done("history", "lorn-ferry", cwd=newsroom).splitlines() == [
        f"2024-05-04 18:00Z  at least 12      first    cape-news               “{first}”",
        f"2024-05-05 07:00Z  11           −1  lowered  wire / the coast guard  “{second}”",
        f"2024-05-06 09:00Z  14           +3  raised   wire / the coast guard  “{third}”",
    ]


def test_the_keys_of_a_row_are_a_contract(newsroom: Path) -> None:
    found = rows(newsroom)
    assert [list(row) for row in found] == [COLUMNS] * 3
    last = found[-1]
    assert last.pop("recorded_at") > "2024"
    assert isinstance(last.pop("position"), int)
    assert len(last.pop("event_id")) == 20
    assert last == {
        "published_at": "2024-05-06T09:00:00.000000Z",
        "source": "wire",
        "issuer": "the coast guard",
        "scope": None,
        "phrase": "14",
        "best": 14,
        "low": 14,
        "high": 14,
        "status": "reported",
        "change": 3,
        "reason": "raised",
        "quote": WORDS[-1],
        "title": "Toll of ferry accident rises",
        "url": "",
        "linked": None,
    }


def test_csv_holds_what_json_holds(newsroom: Path) -> None:
    written = done("history", "lorn-ferry", "--csv", cwd=newsroom)
    assert written.splitlines()[0] == ",".join(COLUMNS)
    told = [
        {key: "" if value is None else str(value) for key, value in row.items()}
        for row in rows(newsroom)
    ]
    assert list(csv.DictReader(io.StringIO(written))) == told


def test_another_measure_has_a_history_of_its_own(newsroom: Path) -> None:
    assert [row["phrase"] for row in rows(newsroom, "--measure", "injured")] == ["30"]


def test_as_of_leaves_out_what_counted_only_later(newsroom: Path) -> None:
    assert [row["best"] for row in rows(newsroom, "--as-of", "2024-05-05")] == [12, 11]


def test_known_at_leaves_out_what_was_recorded_only_later(newsroom: Path) -> None:
    """Before the poll this log knew nothing, whatever had been published by then."""
    recorded = datetime.fromisoformat(rows(newsroom)[0]["recorded_at"])
    before = (recorded - timedelta(seconds=1)).isoformat()
    assert rows(newsroom, "--known-at", before) == []
    assert len(rows(newsroom, "--known-at", datetime.now(UTC).isoformat())) == 3


def test_both_time_axes_work_together(newsroom: Path) -> None:
    both = ("--known-at", datetime.now(UTC).isoformat(), "--as-of", "2024-05-04T18:00Z")
    assert [row["best"] for row in rows(newsroom, *both)] == [12]


@pytest.mark.parametrize(
    ("policy", "phrases"),
    [
        ("latest", ["at least 12", "11", "14"]),
        ("highest", ["at least 12", "14"]),
        ("lowest", ["at least 12", "11"]),
    ],
)
def test_another_policy_tells_another_history(
    newsroom: Path, policy: str, phrases: list[str]
) -> None:
    assert [row["phrase"] for row in rows(newsroom, "--policy", policy)] == phrases


def test_an_incident_without_figures_has_an_empty_history(newsroom: Path) -> None:
    """What is said of it goes to stderr, so that a script reads nothing."""
    asked = run("history", "quiet-tunnel", cwd=newsroom)
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == "quiet-tunnel: nobody has stated a figure for killed yet\n"
    assert done("history", "quiet-tunnel", "--json", cwd=newsroom) == "[]\n"
    assert done("history", "quiet-tunnel", "--csv", cwd=newsroom) == ",".join(COLUMNS) + "\n"


def test_the_first_release_of_each_scope_alone(newsroom: Path, tmp_path: Path) -> None:
    """What was said before anything could be revised, in the same words and columns."""
    lines = done("history", "lorn-ferry", cwd=newsroom).splitlines()
    first = done("history", "lorn-ferry", "--first", cwd=newsroom)
    assert first.split() == lines[0].split()
    assert rows(newsroom, "--first") == rows(newsroom)[:1]
    written = done("history", "lorn-ferry", "--first", "--csv", cwd=newsroom)
    assert len(written.splitlines()) == 2
    with closing(open_writer(tmp_path / "events.db")) as log:
        north = figure(3, scope="north", published_at=at(2))
        more = figure(20, published_at=at(3)), figure(4, scope="north", published_at=at(4))
        record(log, [Recorded(at(9), "lorn-ferry", [figure(12), north, *more])])
    found = rows(tmp_path, "--first")
    assert [(row["scope"], row["best"]) for row in found] == [("north", 3), (None, 20)]


def test_the_first_release_as_of_and_known_at_a_moment(tmp_path: Path) -> None:
    """An earlier report that came late was not the first release that was known."""
    with closing(open_writer(tmp_path / "events.db")) as log:
        said, late = figure(12, published_at=at(5)), figure(9, published_at=at(1))
        record(log, [Recorded(at(6), "lorn-ferry", [said]), Recorded(at(20), "lorn-ferry", [late])])
    assert [row["best"] for row in rows(tmp_path, "--first")] == [9]
    assert [row["best"] for row in rows(tmp_path, "--first", "--as-of", at(4).isoformat())] == [9]
    known = rows(tmp_path, "--first", "--known-at", at(7).isoformat())
    assert [row["best"] for row in known] == [12]
