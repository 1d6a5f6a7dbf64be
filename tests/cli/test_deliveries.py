"""`tracker deliveries`: every alert and every attempt, as it was."""

import json
import re
from pathlib import Path

from command import done, run
from folder import write_ferry, write_receivers
from receiver import Answer, Receiver
from telling import give_up, outbox, tell
from tracker.cli.deliveries import told_apart

NEWS_ALONE = "opened = false\n"


def lines(folder: Path, *args: str) -> list[str]:
    return done("deliveries", *args, cwd=folder).splitlines()


def told_twice(folder: Path, *answers: Answer) -> None:
    """Two revisions, of which the second waits where the first has failed."""
    write_ferry(folder)
    with Receiver(answers) as receiver:
        write_receivers(folder, rules=NEWS_ALONE, desk=receiver.url)
        tell(folder, 12)
        tell(folder, 13)


def test_the_newest_alerts_come_first_with_how_they_stand(tmp_path: Path) -> None:
    told_twice(tmp_path)
    second, first = lines(tmp_path)
    for line, sequence in ((second, 2), (first, 1)):
        assert re.fullmatch(
            rf"\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\dZ  msg_\w{{20}}  desk  ferry  "
            rf"estimate\.revised {sequence}  delivered \d\d:\d\d:\d\dZ  1 attempt",
            line,
        )
    assert len(lines(tmp_path, "--limit", "1")) == 1
    assert lines(tmp_path, "--failed") == []
    assert len(lines(tmp_path, "--since", "1h", "--endpoint", "desk")) == 2
    assert lines(tmp_path, "--since", "2099-01-01") == []


def test_failures_are_shown_with_each_attempt(tmp_path: Path) -> None:
    """When, how long it took, the status, and what the receiver said, with nothing of it obeyed."""
    told_twice(tmp_path, Answer(500, body=b"no\x1b[2Jroom\nleft"))
    alert, attempt = lines(tmp_path, "--failed")
    assert "  due " in alert
    assert alert.endswith("  1 attempt")
    assert re.fullmatch(
        r"  \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ  \d+\.\d{3} s  failed  500 Internal Server Error: "
        r"no \[2Jroom left",
        attempt,
    )
    waits, _ = lines(tmp_path)
    assert "  waits for the one before  not tried yet" in waits
    give_up(tmp_path)
    given_up, *attempts = lines(tmp_path, "--failed")
    assert "  given up  " in given_up
    assert len(attempts) == 2


def test_one_alert_is_shown_with_what_was_sent(tmp_path: Path) -> None:
    """By its id, or the beginning of it."""
    told_twice(tmp_path)
    for made in (outbox(tmp_path)[0]["id"], lines(tmp_path)[0].split("  ")[1]):
        alert, attempt, body = lines(tmp_path, made)
        assert made[:24] in alert
        assert "  204 No Content" in attempt
        assert json.loads(body)["data"]["after"]["best"] == 13


def test_json_has_every_field(tmp_path: Path) -> None:
    told_twice(tmp_path, Answer(500, body=b"no"))
    second, first = outbox(tmp_path)
    assert (first["state"], second["state"]) == ("due", "queued")
    assert (first["endpoint"], first["about"], first["sequence"]) == ("desk", "ferry", 1)
    (attempt,) = first["attempts"]
    assert attempt["took"] < 60
    wanted = {"outcome": "failed", "status": 500, "said": "no"}
    assert {key: attempt[key] for key in wanted} == wanted
    assert json.loads(first["body"])["type"] == first["type"] == "estimate.revised"
    assert second["attempts"] == []


def test_what_is_not_there_is_one_line(tmp_path: Path) -> None:
    """With exit code 2, or 1 where there is no log."""
    nothing = run("deliveries", cwd=tmp_path)
    assert (nothing.returncode, nothing.stdout) == (1, "")
    assert nothing.stderr.startswith("tracker: no log at events.db yet")
    told_twice(tmp_path)
    for args, said in (
        (("--endpoint", "dest"), "no endpoint 'dest' (did you mean 'desk'?)"),
        (("msg_nothing",), "no alert 'msg_nothing'"),
        (("--since", "yesterday"), "'yesterday' is no time"),
        (("--limit", "0"), "0 is not in the range"),
        (("--failled",), "--failled"),
    ):
        ran = run("deliveries", *args, cwd=tmp_path)
        assert (ran.returncode, ran.stdout) == (2, "")
        (line,) = ran.stderr.splitlines()
        assert said in line


def test_what_an_endpoint_got_can_be_asked_for_after_it_was_taken_out(tmp_path: Path) -> None:
    """What still waits for it is shown to have nowhere to go."""
    told_twice(tmp_path, Answer(500))
    (tmp_path / "tracker.toml").write_text("")
    waiting = lines(tmp_path, "--endpoint", "desk")
    assert ["  no such endpoint  " in each for each in waiting] == [True, True]


def test_ids_that_begin_alike_are_shown_as_far_as_they_differ() -> None:
    """Those of one moment begin with the same digits."""
    first, second = f"msg_{'0' * 24}1", f"msg_{'0' * 24}2"
    assert told_apart([first, first]) == 24
    assert told_apart([first, second]) == len(first)


def test_nothing_to_show_is_said_beside_stdout(tmp_path: Path) -> None:
    """And that an id begins several, with how to name one."""
    told_twice(tmp_path)
    for args, said in (
        (("--failed",), "there is no such alert"),
        (("msg_",), "2 alerts begin with 'msg_': give more of the id"),
    ):
        ran = run("deliveries", *args, cwd=tmp_path)
        assert ran.returncode == 0
        assert ran.stderr == f"{said}\n"
