"""`tracker import`: by the real command, killed at any moment, and told to receivers once."""

import json
import random
import signal
import subprocess
import threading
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from command import COMMAND, done, environment, run
from folder import SECRET_ENV, write_incident, write_receivers
from moved import many
from receiver import Receiver
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

KILLS = 8
FIGURES = 12_000
"""So many that a load is a matter of seconds, and of several transactions."""


def write_figures(path: Path, count: int, **more: Any) -> Path:
    path.write_text("".join(json.dumps(each | more) + "\n" for each in many(count)))
    return path


def test_an_import_killed_at_any_moment_leaves_no_log_or_a_whole_one(tmp_path: Path) -> None:
    """What was loaded is gone on from, whether it was killed early, late or in between."""
    chance = random.Random(2031)  # noqa: S311 — the moments are to be the same in every run
    write_figures(tmp_path / "figures.jsonl", FIGURES)
    moment = threading.Event()  # never set: its wait is a wait of so long
    for _ in range(KILLS):
        process = subprocess.Popen(
            [*COMMAND, "import", "figures.jsonl"],
            cwd=tmp_path,
            env=environment(),
            stderr=subprocess.DEVNULL,
        )
        moment.wait(chance.uniform(0.3, 1.8))
        process.send_signal(signal.SIGKILL)
        process.wait()
        if (tmp_path / "events.db").exists():
            assert_whole(tmp_path)
    last = run("import", "figures.jsonl", cwd=tmp_path)
    assert last.returncode == 0, last.stderr
    assert_whole(tmp_path)
    assert not [*tmp_path.glob("*.importing*")]


def assert_whole(folder: Path) -> None:
    with closing(open_log(folder / "events.db")) as log:
        assert log.length() == FIGURES + 5
        assert (log.verify(), log.verify_projections()) == (None, None)


def test_an_import_into_a_log_in_use_is_resumed_after_a_kill(own: Path) -> None:
    """Each append is whole, and what is stored is known already."""
    chance = random.Random(2032)  # noqa: S311 — as above
    write_figures(own / "figures.jsonl", FIGURES // 4)
    moment = threading.Event()
    for _ in range(3):
        process = subprocess.Popen(
            [*COMMAND, "import", "figures.jsonl"],
            cwd=own,
            env=environment(),
            stderr=subprocess.DEVNULL,
        )
        moment.wait(chance.uniform(0.5, 1.2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert "all is well" in done("verify", cwd=own)
    done("import", "figures.jsonl", cwd=own)
    with closing(open_log(own / "events.db")) as log:
        assert log.length() == 6 + FIGURES // 4 + 5
        assert (log.verify(), log.verify_projections()) == (None, None)


def test_a_configured_incident_is_opened_as_it_is_configured(tmp_path: Path) -> None:
    """And any other by its first figure."""
    write_incident(tmp_path, "accident-1", began=date(2031, 4, 30), any_of=["ferry"])
    write_figures(tmp_path / "figures.jsonl", 10)
    done("import", "figures.jsonl", cwd=tmp_path)
    lines = [json.loads(line) for line in done("export", cwd=tmp_path).splitlines()]
    told = {
        each["data"]["incident"]: (each["data"]["title"], each["data"]["began"])
        for each in lines
        if each["type"] == "incident.opened"
    }
    assert told["accident-1"] == ("What happened: accident-1", "2031-04-30")
    assert told["accident-2"] == ("accident-2", "2031-05-01")


@pytest.mark.parametrize("exists", [False, True], ids=["a new log", "a log in use"])
def test_a_receiver_is_told_once_of_each_incident(tmp_path: Path, *, exists: bool) -> None:
    """How things stand when all is imported, be the figures ever so many."""
    write_figures(tmp_path / "figures.jsonl", 40)
    if exists:
        open_writer(tmp_path / "events.db").close()
    with Receiver() as receiver, Receiver() as one:
        write_receivers(tmp_path, desk=receiver.url, one=one.url)
        with (tmp_path / "tracker.toml").open("a") as settings:
            settings.write('incidents = ["accident-3"]\n')
        done("import", "figures.jsonl", cwd=tmp_path, env=SECRET_ENV)
        done("import", "figures.jsonl", cwd=tmp_path, env=SECRET_ENV)
        got = [json.loads(each.body) for each in receiver.got]
        own = [json.loads(each.body) for each in one.got]
    assert {each["type"] for each in got + own} == {"estimate.backfilled"}
    told = {each["data"]["incident"]: each["data"]["estimates"][0]["after"]["best"] for each in got}
    assert told == {f"accident-{number}": 35 + number for number in range(5)}
    assert len(got) == 5
    assert [each["data"]["incident"] for each in own] == ["accident-3"]


def test_what_is_imported_into_a_merged_incident_is_told_of_the_one_in_which_it_counts(
    tmp_path: Path,
) -> None:
    """However often it was merged on; to who asks for that incident only, too."""
    write_figures(tmp_path / "figures.jsonl", 10)
    done("import", "figures.jsonl", cwd=tmp_path)
    for incident, home in (("accident-0", "accident-1"), ("accident-1", "accident-2")):
        done("merge", incident, home, "--reason", "the same", cwd=tmp_path)
    more = next(iter(many(1))) | {"report": "late", "low": 90, "high": 90, "quote": "90 killed."}
    (tmp_path / "more.jsonl").write_text(json.dumps(more) + "\n")
    with Receiver() as receiver, Receiver() as one:
        write_receivers(tmp_path, desk=receiver.url, one=one.url)
        with (tmp_path / "tracker.toml").open("a") as settings:
            settings.write('incidents = ["accident-2"]\n')
        done("import", "more.jsonl", cwd=tmp_path, env=SECRET_ENV)
        for got in (receiver.got, one.got):
            told = [json.loads(each.body)["data"] for each in got]
            assert [each["incident"] for each in told] == ["accident-2"]


def test_a_query_about_the_past_does_not_know_what_came_later(tmp_path: Path) -> None:
    """Figures count from their own time, and are known from the import on."""
    write_figures(tmp_path / "figures.jsonl", 10)
    done("import", "figures.jsonl", cwd=tmp_path)
    asked = ("estimate", "accident-0", "--json", "--as-of", "2031-05-02")
    assert json.loads(done(*asked, cwd=tmp_path))["best"] == 5
    before = done(*asked, "--known-at", "2020-01-01", cwd=tmp_path)
    assert json.loads(before)["best"] is None


def test_a_bad_line_is_one_line_on_stderr(tmp_path: Path) -> None:
    write_figures(tmp_path / "figures.jsonl", 3, measure="kiled")
    refused = run("import", "figures.jsonl", cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr == (
        "tracker: figures.jsonl, line 1: measure: unknown value 'kiled' (did you mean 'killed'?); "
        "nothing was stored, and no log made\n"
    )
    assert [each.name for each in tmp_path.iterdir()] == ["figures.jsonl"]


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    refused = run("import", "no.jsonl", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (
        2,
        "tracker: no.jsonl cannot be read: No such file or directory\n",
    )
    refused = run("import", ".", cwd=tmp_path)
    assert (refused.returncode, refused.stderr) == (
        2,
        "tracker: . cannot be read: Is a directory\n",
    )
    piped = run("import", "-", cwd=tmp_path, stdin="no table\n")
    assert piped.returncode == 2
    assert piped.stderr.startswith("tracker: standard input, line 1: no column 'no table'")


def test_what_is_no_log_is_left_alone(tmp_path: Path) -> None:
    write_figures(tmp_path / "figures.jsonl", 3)
    (tmp_path / "events.db").write_text("a diary " * 100)
    refused = run("import", "figures.jsonl", cwd=tmp_path)
    assert (refused.returncode, "is no log" in refused.stderr) == (1, True)
    assert (tmp_path / "events.db").read_text() == "a diary " * 100
