"""`tracker rules test`: the past against rules, for people and for programs."""

import json
from contextlib import closing
from pathlib import Path

import pytest

from builders import figure, opened
from command import run
from past import Recorded, record
from said import at, facts
from tracker.store.writer import open_writer

TWO = """
[[webhook]]
name = "desk"
url = "https://desk.example/hook"
secret_env = "DESK_SECRET"

[[notify]]
name = "falls"
url_env = "FALLS_URL"
direction = "down"
opened = false
"""


@pytest.fixture
def room(tmp_path: Path) -> Path:
    """A log in which a figure rose and fell, told as it came, and two endpoints."""
    (tmp_path / "tracker.toml").write_text(TWO)
    folder = tmp_path / "sources"
    folder.mkdir()
    (folder / "incidents.toml").write_text(
        '[ferry-2031]\ntitle = "Ferry accident"\ndate = 2031-05-01\n[ferry-2031.match]\n'
        'any = ["ferry"]\n'
    )
    past = [
        Recorded(at(1), "ferry-2031", [opened(effective_at=at(1)), *facts("1 agency: 12")]),
        Recorded(at(2), "ferry-2031", facts("2 agency: 14", 1)),
        Recorded(at(3), "ferry-2031", facts("3 agency: 13 down", 2)),
        Recorded(
            at(4), "mill-2031", [figure(5, published_at=at(4), title="\x1b[31mMill", scope="رفح")]
        ),
    ]
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, past)
    return tmp_path


def test_each_alert_is_a_line_with_its_moment_and_its_words(room: Path) -> None:
    done = run("rules", "test", "falls", cwd=room)
    first, fall, mill = done.stdout.splitlines()
    assert first.startswith("2031-05-01 01:00Z  ferry-2031  estimate.revised  Ferry accident: ")
    assert "14 → 13 (−1), lowered" in fall
    assert mill.startswith("2031-05-01 04:00Z  mill-2031 ")
    assert ": killed (رفح) 5 " in mill
    assert "\x1b" not in done.stdout
    assert done.stderr == "falls: 3 sent; not sent: direction 1\n"
    assert done.returncode == 0


def test_all_endpoints_are_tried_where_none_is_named(room: Path) -> None:
    done = run(
        *["rules", "test", "--incident", "ferry-2031", "--since", "2031-05-01T02:00Z"], cwd=room
    )
    assert [line.split()[2] for line in done.stdout.splitlines()] == ["desk", "desk", "falls"]
    assert done.stderr == "desk: 2 sent; not sent: nothing\nfalls: 1 sent; not sent: direction 1\n"


def test_what_is_not_sent_is_told_with_its_rule(room: Path) -> None:
    done = run("rules", "test", "falls", "--all", "--incident", "ferry-2031", cwd=room)
    (stopped,) = [line for line in done.stdout.splitlines() if "not sent" in line]
    assert stopped.split("  ")[2:] == ["not sent: direction", "killed 12 ↑ 14"]


def test_a_program_gets_the_bodies_and_the_rules(room: Path) -> None:
    done = run("rules", "test", "falls", "--all", "--json", "--incident", "ferry-2031", cwd=room)
    first, stopped, fall = json.loads(done.stdout)
    assert (first["sent"], first["body"]["type"]) == (True, "estimate.revised")
    assert first["body"]["data"]["name"] == "Ferry accident"
    assert stopped == {
        "at": "2031-05-01T02:00:00.000000Z",
        "endpoint": "falls",
        "sent": False,
        "rule": "direction",
        "held_until": None,
        "incident": "ferry-2031",
        "measure": "killed",
        "scope": None,
        "before": {"phrase": "12", "best": 12, "low": 12, "high": 12, "status": "reported"},
        "after": {"phrase": "14", "best": 14, "low": 14, "high": 14, "status": "reported"},
    }
    assert fall["body"]["data"]["before"]["best"] == 14


def test_rules_of_another_file_are_tried_instead(room: Path) -> None:
    (room / "try.toml").write_text(
        '[[notify]]\nname = "night"\nurl_env = "NIGHT"\nquiet = "00:00-06:00"\nmin_change = 2\n'
        "opened = false\n"
    )
    with closing(open_writer(room / "events.db")) as log:
        record(log, [Recorded(at(10), "mill-2031", facts("10 agency: 50", 9))])
    done = run("rules", "test", "--rules", "try.toml", "--all", cwd=room)
    assert "not sent: held" in done.stdout
    assert "held until 2031-05-01 06:00Z" in done.stdout
    assert done.stderr.startswith("night: 3 sent; not sent: held 4")
    assert "desk" not in done.stderr


def test_what_came_late_can_be_tried_as_published(room: Path) -> None:
    with closing(open_writer(room / "events.db")) as log:
        record(log, [Recorded(at(200), "mill-2031", facts("5 agency: 9", 9))])
    done = run("rules", "test", "desk", "--incident", "mill-2031", cwd=room)
    assert "estimate.backfilled" in done.stdout
    live = run("rules", "test", "desk", "--incident", "mill-2031", "--published", cwd=room)
    assert [line[:17] for line in live.stdout.splitlines()] == [
        "2031-05-01 04:00Z",
        "2031-05-01 05:00Z",
    ]


def test_nothing_is_written(room: Path) -> None:
    before = (room / "events.db").read_bytes()
    run("rules", "test", cwd=room)
    assert (room / "events.db").read_bytes() == before


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (["nobody"], "no endpoint 'nobody'"),
        (["--rules", "missing.toml"], "missing.toml: there is no such file"),
        (["--rules", "empty.toml"], "empty.toml has no [[webhook]] and no [[notify]]"),
        (["--rules", "bad.toml"], "bad.toml"),
        (["--incident", "nowhere"], "nowhere"),
    ],
)
def test_what_cannot_be_tried_is_one_clear_line(
    room: Path, arguments: list[str], complaint: str
) -> None:
    (room / "empty.toml").write_text("")
    (room / "bad.toml").write_text('[[notify]]\nname = "x"\nurl_env = "X"\ndirection = "left"\n')
    done = run("rules", "test", *arguments, cwd=room)
    assert complaint in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert (done.stdout, done.returncode) == ("", 2)
