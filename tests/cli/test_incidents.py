"""`tracker incidents`: what is configured, what is in the log, and the toll that stands."""

import json
from datetime import date
from pathlib import Path

from command import done, run
from folder import write_incident


def test_each_incident_is_a_line_with_its_toll(newsroom: Path) -> None:
    lines = done("incidents", cwd=newsroom).splitlines()
    assert [" ".join(line.split()) for line in lines] == [
        "lorn-ferry 14 5 figures What happened: lorn-ferry",
        "quiet-tunnel – 0 figures",
    ]


def test_json_has_null_where_nobody_stated_a_toll(newsroom: Path) -> None:
    assert json.loads(done("incidents", "--json", cwd=newsroom)) == [
        {
            "incident": "lorn-ferry",
            "title": "What happened: lorn-ferry",
            "figures": 5,
            "killed": "14",
        },
        {"incident": "quiet-tunnel", "title": None, "figures": 0, "killed": None},
    ]


def test_an_incident_stays_when_its_configuration_goes(own: Path) -> None:
    (own / "sources" / "incidents.toml").unlink()
    assert done("incidents", cwd=own).split()[:2] == ["lorn-ferry", "14"]
    assert "at least 12" in done("history", "lorn-ferry", cwd=own)


def test_without_a_log_the_configured_ones_are_told_and_none_is_made(unpolled: Path) -> None:
    lines = done("incidents", cwd=unpolled).splitlines()
    assert [line.split()[0] for line in lines] == ["lorn-ferry", "quiet-tunnel"]
    assert [each.name for each in unpolled.iterdir()] == ["sources"]


def test_where_nothing_is_configured_it_says_what_to_do(tmp_path: Path) -> None:
    asked = run("incidents", cwd=tmp_path)
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == "no incident yet: name one in sources/incidents.toml\n"
    write_incident(tmp_path, "mill-fire", began=date(2024, 5, 4), any_of=["mill"])
    assert done("incidents", cwd=tmp_path).startswith("mill-fire")
