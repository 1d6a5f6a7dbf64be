"""`tracker history --vintages`: days down, vintages across; for programs one row for each cell."""

import csv
import io
import json
import re
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import figure, opened, withdrawn
from command import done, run
from past import Recorded, record
from said import at
from tracker.model import Qualifier, Rank
from tracker.store.writer import open_writer

FERRY = "lorn-ferry"
PAGE = Path(__file__).parents[2] / "docs" / "history.md"

OFFICE = {"issuer_id": "ministry", "issuer_rank": Rank.OFFICIAL}
TAKEN_BACK = figure(17, published_at=at(57), **OFFICE)
PAST = [
    Recorded(
        at(8),
        FERRY,
        [
            opened(FERRY, effective_at=at(8)),
            figure(12, source="cape", qualifier=Qualifier.AT_LEAST, published_at=at(8)),
        ],
    ),
    Recorded(at(34), FERRY, [figure(14, published_at=at(34))]),
    Recorded(at(57), FERRY, [figure(15, published_at=at(20), **OFFICE), TAKEN_BACK]),
    Recorded(at(80), FERRY, [withdrawn(TAKEN_BACK, effective_at=at(60))]),
]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("vintages")
    with closing(open_writer(made / "events.db")) as log:
        record(log, PAST)
    return made


def asked(folder: Path, *flags: str) -> str:
    return done("history", FERRY, "--vintages", *flags, cwd=folder)


def rows(folder: Path, *flags: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(asked(folder, "--json", *flags))
    return found


def test_the_matrix_is_the_one_that_the_page_shows(folder: Path) -> None:
    """A late report, a withdrawal, and what was known on each day."""
    (shown,) = re.findall(r"```text\n(as of .*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    assert asked(folder) == shown


def test_the_keys_of_a_value_are_a_contract(folder: Path) -> None:
    first = rows(folder)[0]
    assert first == {
        "vintage": "2031-05-01",
        "day": "2031-05-01",
        "best": 12,
        "low": 12,
        "high": None,
        "phrase": "at least 12",
    }


def test_the_long_form_has_a_row_for_each_cell_that_is_not_empty(folder: Path) -> None:
    """Oldest vintage first; a day that had not come yet has none."""
    found = [(each["vintage"][-2:], each["day"][-2:], each["best"]) for each in rows(folder)]
    assert found == [
        ("01", "01", 12),
        ("02", "01", 12),
        ("02", "02", 14),
        ("03", "01", 15),
        ("03", "02", 15),
        ("03", "03", 17),
        ("04", "01", 15),
        ("04", "02", 15),
        ("04", "03", 15),
    ]


def test_csv_holds_what_json_holds(folder: Path) -> None:
    told = [
        {key: "" if value is None else str(value) for key, value in row.items()}
        for row in rows(folder)
    ]
    assert list(csv.DictReader(io.StringIO(asked(folder, "--csv")))) == told


def test_each_cell_is_the_estimate_at_both_its_times(folder: Path) -> None:
    for row in rows(folder):
        flags = ("--as-of", row["day"], "--known-at", row["vintage"], "--json")
        found = json.loads(done("estimate", FERRY, *flags, cwd=folder))
        assert {key: found[key] for key in ("best", "low", "high", "phrase")} == {
            key: row[key] for key in ("best", "low", "high", "phrase")
        }


def test_both_axes_of_time_cut_the_matrix(folder: Path) -> None:
    """As of leaves out days, known at leaves out vintages; each may cut a day in two."""
    as_of = rows(folder, "--as-of", at(50).isoformat())
    assert {each["day"] for each in as_of} == {"2031-05-01", "2031-05-02"}
    known = rows(folder, "--known-at", at(57).isoformat())
    assert known == [each for each in rows(folder) if each["vintage"] < "2031-05-04"]
    both = rows(folder, "--as-of", "2031-05-01", "--known-at", "2031-05-02")
    assert [(each["vintage"], each["best"]) for each in both] == [("2031-05-01", 12)]


def test_a_log_that_was_filled_at_once_has_one_column(newsroom: Path) -> None:
    """The value as of each day."""
    head, *lines = asked(newsroom).splitlines()
    assert re.fullmatch(r"as of +known \d{4}-\d\d-\d\d", head)
    assert [line.split(maxsplit=1) for line in lines] == [
        ["2024-05-04", "at least 12"],
        ["2024-05-05", "11"],
        ["2024-05-06", "14"],
    ]


def test_another_policy_and_another_measure(newsroom: Path) -> None:
    assert [each["best"] for each in rows(newsroom, "--policy", "lowest")] == [12, 11]
    assert [each["best"] for each in rows(newsroom, "--measure", "injured")] == [30]


def test_a_table_shows_the_newest_vintages_and_says_so(tmp_path: Path) -> None:
    """How the first one shown revises the one before it is marked all the same."""
    moments = [at(8) + timedelta(days=number) for number in range(10)]
    past = [
        Recorded(when, FERRY, [figure(12 + number, published_at=when)])
        for number, when in enumerate(moments)
    ]
    late = figure(13, report="late", published_at=at(9))
    past[2] = Recorded(moments[2], FERRY, [*past[2].facts, late])
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, past)
    table = run("history", FERRY, "--vintages", cwd=tmp_path)
    head, first, *_ = table.stdout.splitlines()
    assert head.split("known ")[1:] == [f"2031-05-{day:02}  " for day in range(3, 10)] + [
        "2031-05-10"
    ]
    assert first.split()[:3] == ["2031-05-01", "13", "↑"]
    assert table.stderr == "the newest 8 vintages; all of them with --csv or --json\n"
    assert len({each["vintage"] for each in rows(tmp_path)}) == 10


def test_without_figures_nothing_is_printed(newsroom: Path) -> None:
    ran = run("history", "quiet-tunnel", "--vintages", cwd=newsroom)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "quiet-tunnel: nobody has stated a figure for killed yet\n"
    assert done("history", "quiet-tunnel", "--vintages", "--json", cwd=newsroom) == "[]\n"


def test_first_and_vintages_are_two_questions(newsroom: Path) -> None:
    ran = run("history", FERRY, "--vintages", "--first", cwd=newsroom)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr.startswith("tracker: --first and --vintages are two questions: ask one.")
