"""`tracker compare`: the policies side by side, for people, as JSON and as CSV."""

import csv
import io
import json
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from builders import figure
from command import done, run
from past import Recorded, record
from said import at
from tracker.projections.policies import POLICIES
from tracker.store.writer import open_writer


def rows(folder: Path, *args: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(
        done("compare", "lorn-ferry", "--json", *args, cwd=folder)
    )
    return found


def test_a_row_shows_what_stood_under_each_policy_and_what_moved(newsroom: Path) -> None:
    head, *lines = done("compare", "lorn-ferry", cwd=newsroom).splitlines()
    assert head.split() == [*POLICIES]
    assert [line.split("  ", 1)[0] for line in lines] == [
        "2024-05-04 18:00Z",
        "2024-05-05 07:00Z",
        "2024-05-06 09:00Z",
    ]
    cells = [[cell.strip() for cell in line.split("  ") if cell.strip()][1:5] for line in lines]
    assert cells == [
        ["at least 12 •"] * 4,
        ["11 ↓", "11 ↓", "at least 12", "11 ↓"],
        ["14 ↑", "14 ↑", "14 ↑", "11"],
    ]


def test_the_keys_of_a_row_are_a_contract(newsroom: Path) -> None:
    second = rows(newsroom)[1]
    assert list(second) == ["at", *POLICIES, "moved"]
    assert second["at"] == "2024-05-05T07:00:00.000000Z"
    assert [second[each] for each in ("standard", "latest", "highest", "lowest")] == [
        11,
        11,
        12,
        11,
    ]
    assert {"standard", "latest", "lowest"} <= {*second["moved"]}
    assert "highest" not in second["moved"]


def test_csv_holds_what_json_holds(newsroom: Path) -> None:
    written = done("compare", "lorn-ferry", "--csv", cwd=newsroom)
    told = [
        {key: str(value) for key, value in row.items()} | {"moved": " ".join(row["moved"])}
        for row in rows(newsroom)
    ]
    assert list(csv.DictReader(io.StringIO(written))) == told


@pytest.mark.parametrize("policy", POLICIES)
def test_a_column_is_the_estimate_of_its_policy_as_of_each_row(newsroom: Path, policy: str) -> None:
    for row in rows(newsroom):
        asked = ("--as-of", row["at"], "--policy", policy, "--json")
        assert (
            json.loads(done("estimate", "lorn-ferry", *asked, cwd=newsroom))["best"] == row[policy]
        )


def test_both_axes_of_time(newsroom: Path) -> None:
    assert len(rows(newsroom, "--as-of", "2024-05-05")) == 2
    assert rows(newsroom, "--known-at", "2024-05-07") == []
    assert len(rows(newsroom, "--known-at", datetime.now(UTC).isoformat())) == 3


def test_another_measure(newsroom: Path) -> None:
    assert [row["lowest"] for row in rows(newsroom, "--measure", "injured")] == [30]


def test_a_contest_is_seen(tmp_path: Path) -> None:
    with closing(open_writer(tmp_path / "events.db")) as log:
        other = figure(18, source="cape", quote="Eighteen died.", published_at=at(2))
        record(log, [Recorded(at(9), "lorn-ferry", [figure(20, published_at=at(1)), other])])
    assert "18 (contested) ↓" in done("compare", "lorn-ferry", cwd=tmp_path)


def test_without_figures_nothing_is_printed(newsroom: Path) -> None:
    asked = run("compare", "quiet-tunnel", cwd=newsroom)
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == "quiet-tunnel: nobody has stated a figure for killed yet\n"
    assert done("compare", "quiet-tunnel", "--json", cwd=newsroom) == "[]\n"
    head = done("compare", "quiet-tunnel", "--csv", cwd=newsroom)
    assert head == ",".join(["at", *POLICIES, "moved"]) + "\n"
