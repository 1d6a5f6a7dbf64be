"""An operator's hand on the command line: kept with its reason, undone, or refused in a line."""

import json
from pathlib import Path
from typing import Any

import pytest

from command import done, run


def rows(folder: Path, incident: str = "lorn-ferry") -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(done("history", incident, "--json", cwd=folder))
    return found


def best(folder: Path, incident: str = "lorn-ferry", *times: str) -> int | None:
    found = json.loads(done("estimate", incident, *times, "--json", cwd=folder))
    number: int | None = found["best"]
    return number


def decide(folder: Path, *arguments: str) -> str:
    """Have it decided; what was said on stderr."""
    made = run(*arguments, "--reason", "the desk has looked", cwd=folder)
    assert made.returncode == 0, made.stderr
    assert "all is well" in done("verify", "--projections", cwd=folder)
    return made.stderr


def test_a_correction_stands_in_the_history_with_its_reason(own: Path) -> None:
    before = rows(own)
    assert decide(own, "correct", "lorn-ferry", "--measure", "killed", "--best", "13") == (
        "corrected\n"
    )
    *kept, last = rows(own)
    assert kept == before
    assert (last["phrase"], last["change"], last["reason"]) == ("13", -1, "corrected")
    assert (last["source"], last["quote"]) == ("operator", "the desk has looked")
    shown = done("estimate", "lorn-ferry", cwd=own)
    assert "operator  “the desk has looked”" in shown
    done("withdraw", last["event_id"], "--reason", "it was no slip", cwd=own)
    assert (best(own), rows(own)[-1]["reason"]) == (14, "withdrawn")


def test_a_hedge_and_a_scope_are_part_of_a_correction(own: Path) -> None:
    corrected = ("correct", "lorn-ferry", "--measure", "killed", "--best", "20")
    decide(own, *corrected, "--hedge", "at-least")
    assert rows(own)[-1]["phrase"] == "at least 20"
    decide(own, *corrected, "--hedge", "nearly", "--scope", "on the pier")
    assert rows(own)[-1]["scope"] == "on the pier"
    assert (rows(own)[-1]["low"], rows(own)[-1]["high"]) == (18, 19)
    assert best(own) == 20


def test_a_decision_made_twice_is_one_event(own: Path) -> None:
    corrected = ("correct", "lorn-ferry", "--measure", "killed", "--best", "13")
    decide(own, *corrected)
    before = done("events", cwd=own)
    assert decide(own, *corrected) == "the log says so already\n"
    assert done("events", cwd=own) == before


def test_a_correction_can_count_from_an_earlier_moment(own: Path) -> None:
    when = ("--effective", "2024-05-05T12:00Z")
    decide(own, "correct", "lorn-ferry", "--measure", "killed", "--best", "10", *when)
    assert best(own, "lorn-ferry", "--as-of", "2024-05-05T13:00Z") == 10
    assert best(own, "lorn-ferry", "--as-of", "2024-05-05T11:00Z") == 11
    # The agency's rise of the next day is told from 11, and counts as any other.
    assert best(own) == 14


def test_a_rejected_figure_is_denied_and_can_be_reinstated(own: Path) -> None:
    fourteen = rows(own)[-1]["event_id"]
    assert decide(own, "reject", fourteen[:8], "--by", "the coast guard") == "rejected\n"
    last = rows(own)[-1]
    assert (last["phrase"], last["reason"], last["source"]) == ("11", "denied", "the coast guard")
    assert decide(own, "reject", fourteen) == "it had been rejected before\n"
    assert decide(own, "reinstate", fourteen) == "reinstated\n"
    assert (best(own), rows(own)[-1]["reason"]) == (14, "reinstated")
    assert decide(own, "reinstate", fourteen) == (
        "it counts already: it is neither withdrawn nor rejected\n"
    )
    assert decide(own, "withdraw", fourteen) == "withdrawn\n"
    assert best(own) == 11


def test_what_took_a_figure_back_can_be_named_to_reinstate_it(own: Path) -> None:
    fourteen = rows(own)[-1]["event_id"]
    decide(own, "withdraw", fourteen)
    taken_back = json.loads(done("events", "--jsonl", cwd=own).splitlines()[-1])
    decide(own, "reinstate", taken_back["id"])
    assert best(own) == 14
    decide(own, "withdraw", fourteen)
    assert best(own) == 11


def test_a_closed_incident_files_and_moves_nothing_until_it_is_reopened(own: Path) -> None:
    assert decide(own, "close", "lorn-ferry", "--effective", "2024-05-06") == "closed\n"
    assert best(own) == 11
    assert [each["reason"] for each in rows(own)][-1] == "closed"
    report = "The death toll of the ferry accident has risen to 15, the coast guard said."
    done("report", "lorn-ferry", "--source", "wire", "--text", report, cwd=own)
    assert best(own) == 11
    assert decide(own, "close", "lorn-ferry") == "it had been closed before\n"
    assert decide(own, "reopen", "lorn-ferry") == "reopened\n"
    assert best(own) == 15
    assert decide(own, "reopen", "lorn-ferry") == "it is not closed\n"


def test_merged_incidents_are_one_and_split_they_are_two(own: Path) -> None:
    """Reports go where they went, and count where the incident counts."""
    text = "The number of people killed in the tunnel has risen to 21, the mayor said."
    done("report", "quiet-tunnel", "--source", "wire", "--text", text, cwd=own)
    assert decide(own, "merge", "quiet-tunnel", "lorn-ferry") == "merged into lorn-ferry\n"
    assert (best(own), best(own, "quiet-tunnel")) == (21, None)
    assert rows(own)[-1]["quote"] == "the desk has looked"
    assert rows(own, "quiet-tunnel")[-1]["reason"] == "merged"
    elsewhere = run("estimate", "quiet-tunnel", cwd=own)
    assert "quiet-tunnel is merged into lorn-ferry: ask for that one" in elsewhere.stderr
    more = "The number of people killed in the tunnel has risen to 23, the mayor said."
    done("report", "quiet-tunnel", "--source", "wire", "--text", more, cwd=own)
    assert best(own) == 23
    assert best(own, "lorn-ferry", "--as-of", "2024-05-07") == 14
    assert decide(own, "merge", "quiet-tunnel", "lorn-ferry") == "they had been merged before\n"
    assert decide(own, "split", "quiet-tunnel", "lorn-ferry") == "split from lorn-ferry\n"
    assert (best(own), best(own, "quiet-tunnel")) == (14, 23)


def test_every_move_of_a_merged_incident_is_told_at_the_handover(own: Path) -> None:
    text = "The number of people killed in the tunnel has risen to 21, the mayor said."
    done("report", "quiet-tunnel", "--source", "wire", "--text", text, cwd=own)
    decide(own, "merge", "quiet-tunnel", "lorn-ferry")
    moves = json.loads(done("changes", "--since", "1h", "--json", cwd=own))
    killed = (each for each in moves if each["measure"] == "killed")
    told = [(each["incident"], each["phrase"], each["reason"]) for each in killed]
    assert sorted(told[-2:]) == [("lorn-ferry", "21", "merged"), ("quiet-tunnel", None, "merged")]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["close", "lorn-fery"], "no incident 'lorn-fery'"),
        (["correct", "lorn-ferry", "--measure", "kiled", "--best", "3"], "no measure 'kiled'"),
        (["correct", "lorn-ferry", "--measure", "killed", "--best", "-3"],
         "-3 is not in the range"),
        (["correct", "lorn-ferry", "--measure", "killed"], "Missing option '--best'"),
        (["correct", "lorn-ferry", "--measure", "killed", "--best", "3", "--scope", " "],
         "--scope is empty"),
        (["merge", "lorn-ferry", "lorn-ferry"], "lorn-ferry cannot be merged into itself"),
        (["merge", "lorn-ferry", "quiet-tunel"], "no incident 'quiet-tunel'"),
        (["split", "lorn-ferry", "lorn-ferry"], "lorn-ferry is not merged into lorn-ferry"),
        (["reopen", "lorn-ferry", "--effective", "2999-01-01"], "is in the future"),
        (["reject", "zz"], "no event 'zz'"),
        (["reinstate", "OPENED"], "only a figure or a correction can be reinstated"),
        (["reject", "LAST", "--effective", "2024-05-01"], "it cannot be denied before"),
    ],
)  # fmt: skip
def test_what_cannot_be_decided_is_refused_in_one_line(
    own: Path, arguments: list[str], said: str
) -> None:
    stored = [json.loads(line) for line in done("events", "--jsonl", cwd=own).splitlines()]
    named = {"OPENED": stored[0]["id"], "LAST": rows(own)[-1]["event_id"]}
    words = [named.get(each, each) for each in arguments]
    refused = run(*words, "--reason", "the desk has looked", cwd=own)
    assert refused.returncode == 2
    assert said in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert len(done("events", "--jsonl", cwd=own).splitlines()) == len(stored)


def test_a_decision_without_a_reason_is_none(own: Path) -> None:
    for given in ([], ["--reason", " "]):
        refused = run("close", "lorn-ferry", *given, cwd=own)
        assert refused.returncode == 2
        assert "--reason" in refused.stderr
