"""`tracker replay`: a history of one's own, end to end, and its checks judged."""

import json
from pathlib import Path
from typing import Any

import pytest

from command import done, run

FERRY: dict[str, Any] = {
    "id": "lorn-ferry",
    "title": "Ferry accident off Cape Lorn",
    "place": "Cape Lorn",
    "date": "2024-05-04",
    "terms": ["ferry"],
    "reports": [
        {
            "source": "cape-news",
            "rank": "outlet",
            "published": "2024-05-04T18:00:00Z",
            "language": "en",
            "text": "At least 12 people were killed when a ferry sank off Cape Lorn.",
        },
        {
            "source": "wire",
            "rank": "agency",
            "published": "2024-05-05T07:00:00Z",
            "language": "en",
            "text": "The death toll has been revised down to 11, the coast guard said.",
        },
    ],
    "checks": [
        {"as_of": "2024-05-04T20:00:00Z", "best": [12, 13]},
        {"as_of": "2024-05-04T17:00:00Z", "best": [None]},
        {"as_of": "2024-05-06", "measure": "killed", "best": [11], "status": "reported"},
    ],
}


def written(folder: Path, document: object) -> str:
    (folder / "story.json").write_text(json.dumps(document))
    return "story.json"


def test_the_history_is_printed_and_right_checks_end_with_0(tmp_path: Path) -> None:
    lines = done("replay", written(tmp_path, [FERRY]), cwd=tmp_path).splitlines()
    assert lines[0] == "lorn-ferry: Ferry accident off Cape Lorn"
    assert "2024-05-04 18:00Z  killed  at least 12" in lines[1]
    assert "2024-05-05 07:00Z  killed  11" in lines[2]
    assert [line.rpartition(": ")[2] for line in lines[3:]] == ["right"] * 3
    assert [each.name for each in tmp_path.iterdir()] == ["story.json"]


@pytest.mark.parametrize(
    "check",
    [
        {"as_of": "2024-05-06", "best": [12]},
        {"as_of": "2024-05-06", "best": [11], "status": "confirmed"},
        {"as_of": "2024-05-06", "best": [None]},
        {"as_of": "2024-05-06", "measure": "injured", "best": [11]},
    ],
)
def test_a_wrong_check_is_named_and_ends_with_1(tmp_path: Path, check: dict[str, Any]) -> None:
    story = FERRY | {"checks": [*FERRY["checks"], check]}
    replayed = run("replay", written(tmp_path, story), cwd=tmp_path)
    assert replayed.returncode == 1
    *_, last = replayed.stdout.splitlines()
    assert ": WRONG, wanted " in last
    assert replayed.stdout.count("WRONG") == 1


def test_json_holds_history_and_checks(tmp_path: Path) -> None:
    (answer,) = json.loads(done("replay", written(tmp_path, FERRY), "--json", cwd=tmp_path))
    assert answer["incident"] == "lorn-ferry"
    assert [row["phrase"] for row in answer["history"]] == ["at least 12", "11"]
    assert {row["measure"] for row in answer["history"]} == {"killed"}
    assert answer["checks"][0] == {
        "as_of": "2024-05-04T20:00:00.000000Z",
        "measure": "killed",
        "wanted": [12, 13],
        "best": 12,
        "status": "reported",
        "right": True,
    }


def test_several_incidents_do_not_mix(tmp_path: Path) -> None:
    mill = FERRY | {
        "id": "mill-fire",
        "terms": ["mill"],
        "reports": [
            FERRY["reports"][0] | {"text": "At least 5 people were killed in a fire in a mill."}
        ],
        "checks": [{"as_of": "2024-05-06", "best": [5]}],
    }
    done("replay", written(tmp_path, [FERRY, mill]), cwd=tmp_path)


@pytest.mark.parametrize(
    ("document", "said"),
    [
        ("[", "story.json, the file: Invalid JSON"),
        ("[{}]", "story.json, 0.id: Field required"),
        (json.dumps([FERRY | {"date": "May"}]), "story.json, 0.date: "),
        (json.dumps([FERRY | {"chekcs": []}]), "story.json, 0.chekcs: Extra inputs"),
        (
            json.dumps([FERRY | {"reports": [FERRY["reports"][0] | {"rank": "king"}]}]),
            "story.json, 0.reports.0.rank: ",
        ),
        ("\udcff", "story.json, the file: "),
        ("", "story.json, the file: "),
        ("3", "story.json, the file: "),
    ],
)
def test_a_malformed_file_is_one_clear_line(tmp_path: Path, document: str, said: str) -> None:
    (tmp_path / "story.json").write_bytes(document.encode(errors="surrogateescape"))
    replayed = run("replay", "story.json", cwd=tmp_path)
    assert replayed.returncode == 2
    assert replayed.stdout == ""
    (line,) = replayed.stderr.splitlines()
    assert line.startswith(f"tracker: {said}")


def test_a_language_that_is_not_read_is_told_and_the_others_are_found(tmp_path: Path) -> None:
    """The language of a report is found by its words, unless the file says it."""
    first, second = (
        {k: v for k, v in each.items() if k != "language"} for each in FERRY["reports"]
    )
    story = FERRY | {"reports": [first, second]}
    ran = run("replay", written(tmp_path, story), cwd=tmp_path)
    assert (ran.returncode, ran.stderr) == (0, "")
    story["reports"] = [first, second | {"language": "tr"}]
    ran = run("replay", written(tmp_path, story), cwd=tmp_path)
    assert ran.returncode == 1
    assert ran.stderr.startswith("tracker: story.json: no figure is read in language 'tr', only")
