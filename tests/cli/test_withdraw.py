"""`tracker withdraw`: a figure is taken back, and what stood before stays told."""

import json
from pathlib import Path
from typing import Any

import pytest

from command import done, run


def rows(folder: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done("history", "lorn-ferry", "--json", cwd=folder))
    return found


def test_the_estimate_falls_back_and_the_history_keeps_both(own: Path) -> None:
    before = rows(own)
    fourteen = before[-1]["event_id"]
    withdrawn = run("withdraw", fourteen[:8], "--reason", "an error of the desk", cwd=own)
    assert (withdrawn.returncode, withdrawn.stderr) == (0, "withdrawn\n")
    assert "lorn-ferry killed 11 (−3), withdrawn operator: “an error of the desk”" in (
        withdrawn.stdout
    )
    *kept, last = rows(own)
    assert kept == before
    wanted = {"phrase": "11", "change": -3, "reason": "withdrawn", "source": "operator"}
    assert {key: last[key] for key in wanted} == wanted
    as_of = done("estimate", "lorn-ferry", "--as-of", "2024-05-07", "--json", cwd=own)
    assert json.loads(as_of)["best"] == 14
    assert json.loads(done("estimate", "lorn-ferry", "--json", cwd=own))["best"] == 11
    assert "all is well" in done("verify", cwd=own)


def test_taken_back_twice_is_taken_back_once(own: Path) -> None:
    event = rows(own)[-1]["event_id"]
    done("withdraw", event, "--reason", "an error", cwd=own)
    before = done("events", cwd=own)
    again = run("withdraw", event, "--reason", "an error", cwd=own)
    assert (again.returncode, again.stderr) == (0, "it had been withdrawn before\n")
    assert done("events", cwd=own) == before


def test_what_was_taken_back_does_not_return_with_the_next_poll(own: Path) -> None:
    done("withdraw", rows(own)[-1]["event_id"], "--reason", "an error", cwd=own)
    feed = own / "sources" / "wire.json"
    feed.write_text(feed.read_text() + "\n")
    assert run("poll", cwd=own).stderr == "2 sources polled, 0 failed, 0 new events\n"
    assert rows(own)[-1]["phrase"] == "11"


@pytest.mark.parametrize(
    ("event", "reason", "said"),
    [
        ("zz", "an error", "tracker: no event 'zz'"),
        ("", "an error", "tracker: several events begin with ''"),
        ("FIRST", " ", "tracker: --reason is empty: say why, since the history shows it"),
        (
            "OPENED",
            "an error",
            "is incident.opened: only a figure or a correction can be withdrawn",
        ),
    ],
)
def test_what_cannot_be_taken_back_is_refused_in_one_line(
    own: Path, event: str, reason: str, said: str
) -> None:
    stored = [json.loads(line) for line in done("events", "--jsonl", cwd=own).splitlines()]
    named = {"OPENED": stored[0]["id"], "FIRST": stored[1]["id"]}.get(event, event)
    refused = run("withdraw", named, "--reason", reason, cwd=own)
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert said in line
    assert len(done("events", cwd=own).splitlines()) == len(stored)
