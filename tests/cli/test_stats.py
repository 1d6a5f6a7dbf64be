"""`tracker stats`: of one incident, and a row for each of the log."""

import csv
import io
import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from builders import figure, opened
from command import done, run
from past import Recorded, record
from said import at
from tracker.model import Move
from tracker.store.writer import open_writer

COLUMNS = [
    "incident", "measure", "revisions", "first", "first_at", "peak", "peak_at", "last", "last_at",
    "spread", "relative_spread", "falls", "fall_sizes", "hours_to_half", "hours_to_within_20",
    "hours_to_within_5", "hours_contested",
]  # fmt: skip


def document(folder: Path, *args: str) -> Any:
    return json.loads(done("stats", "--json", *args, cwd=folder))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A log of three incidents: one that rose, one that fell to none, one without a figure."""
    made = tmp_path_factory.mktemp("stats")
    fire = [figure(3, published_at=at(5)), figure(4, published_at=at(29), report="b")]
    ferry = [figure(20, published_at=at(1)), figure(0, move=Move.DOWN, published_at=at(3))]
    with closing(open_writer(made / "events.db")) as log:
        record(log, [Recorded(at(6), "mill-fire", fire[:1]), Recorded(at(9), "lorn-ferry", ferry)])
        record(log, [Recorded(at(30), "mill-fire", fire[1:])])
        record(log, [Recorded(at(40), "quiet-tunnel", [opened("quiet-tunnel")])])
    return made


def test_one_incident_for_people(newsroom: Path) -> None:
    assert done("stats", "lorn-ferry", cwd=newsroom).splitlines() == [
        "lorn-ferry, killed",
        "first                       at least 12, since 2024-05-04 18:00Z",
        "peak                        14, since 2024-05-06 09:00Z",
        "last                        14, since 2024-05-06 09:00Z",
        "spread                      3, 21 % of the last",
        "revisions                   2, of which down: −1",
        "half of the last            after 0 min",
        "within 20 % of it for good  after 1 d 15 h",
        "within 5 % of it for good   after 1 d 15 h",
        "contested                   for 0 min",
        "",
        "source     figures  lag    bias",
        "cape-news  1        0 min  −14 %",
        "wire       2        0 min  −11 %",
    ]


def test_the_keys_of_one_incident_are_a_contract(newsroom: Path) -> None:
    found = document(newsroom, "lorn-ferry")
    assert list(found) == [*COLUMNS, "sources"]
    assert found == {
        "incident": "lorn-ferry",
        "measure": "killed",
        "revisions": 2,
        "first": 12,
        "first_at": "2024-05-04T18:00:00.000000Z",
        "peak": 14,
        "peak_at": "2024-05-06T09:00:00.000000Z",
        "last": 14,
        "last_at": "2024-05-06T09:00:00.000000Z",
        "spread": 3,
        "relative_spread": 0.2143,
        "falls": 1,
        "fall_sizes": [1],
        "hours_to_half": 0.0,
        "hours_to_within_20": 39.0,
        "hours_to_within_5": 39.0,
        "hours_contested": 0.0,
        "sources": [
            {"source": "cape-news", "figures": 1, "lag_hours": 0.0, "bias": -0.1429},
            {"source": "wire", "figures": 2, "lag_hours": 0.0, "bias": -0.1071},
        ],
    }


def test_without_an_incident_there_is_a_row_for_each_of_the_log(folder: Path) -> None:
    head, *lines = done("stats", cwd=folder).splitlines()
    assert head.split()[:4] == ["incident", "revisions", "first", "peak"]
    assert [line.split()[:5] for line in lines] == [
        ["lorn-ferry", "1", "20", "20", "0"],
        ["mill-fire", "1", "3", "4", "4"],
        ["quiet-tunnel", "–", "–", "–", "–"],
    ]
    names = ["lorn-ferry", "mill-fire", "quiet-tunnel"]
    assert document(folder) == [document(folder, name) for name in names]


def test_what_is_not_defined_is_null_and_never_zero(folder: Path) -> None:
    """A final figure of zero has no shares; nobody's figure has nothing."""
    fell, _, nothing = document(folder)
    assert [fell[each] for each in ("last", "spread", "hours_to_within_5")] == [0, 20, 2.0]
    assert [fell[each] for each in ("relative_spread", "hours_to_half")] == [None, None]
    assert [each["bias"] for each in fell["sources"]] == [None]
    assert {key for key, value in nothing.items() if value is not None} == {
        "incident",
        "measure",
        "sources",
    }


@pytest.mark.parametrize("incident", [(), ("mill-fire",)])
def test_csv_holds_what_json_holds_but_the_sources(folder: Path, incident: tuple[str, ...]) -> None:
    documents = document(folder, *incident)
    told = [
        {key: "" if value is None else str(value) for key, value in each.items()}
        | {"fall_sizes": " ".join(map(str, each["fall_sizes"] or ()))}
        for each in ([documents] if incident else documents)
    ]
    for each in told:
        del each["sources"]
    written = done("stats", *incident, "--csv", cwd=folder)
    assert written.splitlines()[0] == ",".join(COLUMNS)
    assert list(csv.DictReader(io.StringIO(written))) == told


def test_both_axes_of_time(folder: Path) -> None:
    """What was not known then has no row."""
    early = document(folder, "--known-at", at(10).isoformat())
    assert [(each["incident"], each["last"]) for each in early] == [
        ("lorn-ferry", 0),
        ("mill-fire", 3),
    ]
    assert document(folder, "lorn-ferry", "--as-of", at(2).isoformat())["last"] == 20


def test_another_policy_and_another_measure(folder: Path) -> None:
    assert document(folder, "lorn-ferry", "--policy", "highest")["last"] == 20
    assert document(folder, "lorn-ferry", "--measure", "injured")["last"] is None


def test_a_wrong_policy_is_told_before_anything_is_printed(folder: Path) -> None:
    ran = run("stats", "--csv", "--policy", "lates", cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "tracker: no policy 'lates' (did you mean 'latest'?)\n"


def test_an_incident_without_figures(newsroom: Path) -> None:
    ran = run("stats", "quiet-tunnel", cwd=newsroom)
    assert (ran.returncode, ran.stdout) == (0, "")
    assert ran.stderr == "quiet-tunnel: nobody has stated a number for killed yet\n"


@pytest.mark.parametrize("flags", [(), ("--json",), ("--csv",)])
def test_a_row_is_there_before_the_next_incident_is_read(
    folder: Path, tmp_path: Path, flags: tuple[str, ...]
) -> None:
    """A log may be larger than memory: here its last incident cannot be read at all."""
    own = tmp_path / "events.db"
    own.write_bytes((folder / "events.db").read_bytes())
    with closing(sqlite3.connect(own)) as conn:
        conn.execute("DROP TRIGGER events_never_change")
        conn.execute("UPDATE events SET data = '{}' WHERE stream = 'incident/quiet-tunnel'")
        conn.commit()
    ran = run("stats", *flags, cwd=tmp_path)
    assert ran.returncode == 1
    assert "mill-fire" in ran.stdout
    assert ran.stderr.startswith("tracker: ")
    assert len(ran.stderr.splitlines()) == 1
