"""`tracker incidents`: what is configured, what is in the log, and the toll that stands."""

import json
from contextlib import closing
from datetime import date
from pathlib import Path

from builders import figure, opened
from command import done, run
from folder import write_incident
from past import Recorded, record
from said import at
from tracker.cli.incidents import SHOWN
from tracker.store.writer import open_writer


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
            "first_at": "2024-05-04T18:00:00.000000Z",
            "last_at": "2024-05-06T09:00:00.000000Z",
        },
        {
            "incident": "quiet-tunnel",
            "title": None,
            "figures": 0,
            "killed": None,
            "first_at": None,
            "last_at": None,
        },
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


def test_only_those_with_the_newest_figures_are_shown_unless_all_are_asked_for(
    tmp_path: Path,
) -> None:
    """So that the answer is short and quick in a log of thousands; stderr says how many more."""
    names = [f"fire-{number:02}" for number in range(SHOWN + 3)]
    with closing(open_writer(tmp_path / "events.db")) as log:
        for hour, name in enumerate(names):
            said = figure(hour, published_at=at(hour), report=name)
            record(log, [Recorded(at(90), name, [opened(name), said])])
    write_incident(tmp_path, "quiet-tunnel", began=date(2024, 5, 4), any_of=["tunnel"])
    asked, everything = (run("incidents", *more, cwd=tmp_path) for more in ([], ["--all"]))
    newest = names[::-1]
    assert [line.split()[0] for line in asked.stdout.splitlines()] == newest[:SHOWN]
    assert asked.stderr == "4 more with --all\n"
    assert [line.split()[0] for line in everything.stdout.splitlines()] == [
        *newest,
        "quiet-tunnel",
    ]
    assert everything.stderr == ""
    told = json.loads(done("incidents", "--json", cwd=tmp_path))
    assert [(each["incident"], each["killed"]) for each in told] == [
        (name, str(names.index(name))) for name in newest[:SHOWN]
    ]
