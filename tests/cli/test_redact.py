"""`tracker redact`: words are deleted for good, and everything else goes on without them."""

import json
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from command import done, run
from folder import SECRET_ENV, write_receivers
from outlet import Item, feed
from receiver import Receiver

RISEN = "risen to 14"
"""Words of the second report of the wire, in its quote, its paragraph and an alert."""

REASON = ("--reason", "a court asked")


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done("events", "--jsonl", cwd=folder).splitlines()]


def files(folder: Path) -> bytes:
    """Every byte of the log's files."""
    return b"".join(each.read_bytes() for each in sorted(folder.glob("events.db*")))


def redact(folder: Path, what: str, *more: str) -> tuple[list[str], list[str]]:
    """Redact, and what it says on stdout and on stderr."""
    ran = run("redact", what, *REASON, *more, cwd=folder)
    assert ran.returncode == 0, ran.stderr
    return ran.stdout.splitlines(), ran.stderr.splitlines()


def publish(folder: Path, source: str, *more: Item, instead_of: str = "") -> None:
    """Serve these items after what the source has served so far, or in the place of one."""
    path = folder / "sources" / f"{source}.json"
    document = json.loads(path.read_text())
    kept = [each for each in document["items"] if each["id"] != instead_of]
    document["items"] = [*kept, *json.loads(feed(*more))["items"]]
    path.write_text(json.dumps(document, indent=1))


def may(day: int, hour: int) -> datetime:
    return datetime(2024, 5, day, hour, tzinfo=UTC)


EDITED = Item(
    "wire-2",
    "The death toll of the ferry accident has risen to 15, the coast guard said.",
    may(6, 9),
    "A new headline",
    may(6, 11),
)


def test_the_words_of_a_report_are_gone_and_its_numbers_stay(own: Path) -> None:
    """The ids on stdout are those whose words went, and the log says so for good."""
    before = events(own)
    mine = [each["id"] for each in before if each.get("report") == "wire-2"]
    assert RISEN.encode() in files(own)

    ids, said = redact(own, "wire/wire-2")

    assert ids == mine
    assert said == [f"wire/wire-2: the words of {len(mine)} events are deleted"]
    *after, fact = events(own)
    assert fact["type"] == "report.redacted"
    assert fact["stream"] == "inbox"
    assert (fact["source"], fact["report"], fact["reason"]) == ("wire", "wire-2", REASON[1])
    assert fact["events"] == mine
    words = dict.fromkeys(("title", "quote", "issuer", "text"))
    assert after == [each | words if each["id"] in mine else each for each in before]
    assert RISEN.encode() not in files(own)
    assert b"Toll of ferry accident rises" not in files(own)
    assert b"revised down to 11" in files(own)
    assert "all is well: 7 events" in done("verify", "--projections", cwd=own)


def test_every_question_is_still_answered(own: Path) -> None:
    """The same numbers as before, and where words stood, that they were removed."""
    estimate = json.loads(done("estimate", "lorn-ferry", "--json", cwd=own))
    history = json.loads(done("history", "lorn-ferry", "--json", cwd=own))
    redact(own, "wire/wire-2")

    assert json.loads(done("estimate", "lorn-ferry", "--json", cwd=own)) == estimate
    assert "[words removed]" in done("estimate", "lorn-ferry", cwd=own)
    gone = {"title": None, "quote": None, "issuer": None}
    *kept, last = json.loads(done("history", "lorn-ferry", "--json", cwd=own))
    assert [*kept, last] == [*history[:-1], history[-1] | gone]
    assert done("history", "lorn-ferry", cwd=own).splitlines()[-1].endswith(" [words removed]")
    assert "14" in done("history", "lorn-ferry", "--csv", cwd=own)
    assert "[words removed]" in done("changes", "--since", "2024-01-01", cwd=own)
    assert "killed 14, current" in done("events", cwd=own)
    *_, said = done("events", "--source", "wire", cwd=own).splitlines()
    assert "report.redacted  wire  wire-2, 3 events: a court asked" in said
    assert "lorn-ferry" in done("incidents", cwd=own)
    assert "words" not in run("reextract", cwd=own).stdout


def test_the_same_page_polled_again_brings_nothing_back(own: Path) -> None:
    redact(own, "wire/wire-2")
    before = events(own)
    publish(own, "wire")
    assert run("poll", cwd=own).stderr == "2 sources polled, 0 failed, 0 new events\n"
    assert events(own) == before
    assert RISEN.encode() not in files(own)


def test_an_edited_page_states_new_words_and_can_be_redacted_again(own: Path) -> None:
    """What the edit says is a new event, whose words nobody has asked to delete yet."""
    redact(own, "wire/wire-2")
    publish(own, "wire", EDITED, instead_of="wire-2")
    done("poll", cwd=own)
    assert b"risen to 15" in files(own)
    new = [each["id"] for each in events(own) if each.get("version") == 2]
    assert redact(own, "wire/wire-2") == (
        new,
        ["wire/wire-2: the words of 1 event are deleted"],
    )
    assert b"risen to 15" not in files(own)
    assert json.loads(done("estimate", "lorn-ferry", "--json", cwd=own))["best"] == 15


def test_an_event_takes_along_what_holds_its_words(own: Path) -> None:
    """All figures of a report hold its headline; other words of the report are told of."""
    publish(own, "wire", EDITED, instead_of="wire-2")
    done("poll", cwd=own)
    mine = [each for each in events(own) if each.get("report") == "wire-2"]
    first = [each["id"] for each in mine if each["version"] == 1]

    ids, said = redact(own, first[-1][:9])

    assert ids == first
    assert said == [
        f"wire/wire-2: the words of {len(first)} events are deleted",
        "1 event of it hold other words: `tracker redact wire/wire-2`",
    ]
    assert RISEN.encode() not in files(own)
    assert b"risen to 15" in files(own)


def test_the_same_words_in_another_report_are_told_of(own: Path) -> None:
    """A wire copy is not deleted with its original, and nobody has to find it."""
    served = json.loads((own / "sources" / "wire.json").read_text())["items"]
    copied = next(each["content_text"] for each in served if each["id"] == "wire-2")
    publish(own, "cape", Item("copy", copied, may(6, 10), "Copied"))
    done("poll", cwd=own)
    _, said = redact(own, "wire-2")
    assert said[1:] == ["the same words are still in cape-news/copy: redact each"]


def test_what_was_set_aside_is_deleted_too(own: Path) -> None:
    publish(own, "wire", Item("wire-9", "At least 9 people were killed on a barge.", may(6, 12)))
    done("poll", cwd=own)
    (aside,) = (each for each in events(own) if each["type"] == "report.set_aside")
    assert b"on a barge" in files(own)
    assert redact(own, aside["id"])[0] == [aside["id"]]
    assert b"on a barge" not in files(own)
    assert "all is well" in done("verify", cwd=own)


def test_a_second_time_says_that_it_was_done_before(own: Path) -> None:
    (first, *_), _ = redact(own, "wire/wire-2")
    before = events(own)
    again = ["wire/wire-2: it had been redacted before, and no words are left to delete"]
    assert redact(own, "wire/wire-2") == ([], again)
    assert redact(own, first) == ([], again)
    assert events(own) == before


def test_a_dry_run_shows_whose_words_would_go(own: Path) -> None:
    before = events(own)
    ids, said = redact(own, "wire-2", "--dry-run")
    assert ids == [each["id"] for each in before if each.get("report") == "wire-2"]
    assert said == [f"wire/wire-2: the words of {len(ids)} events would be deleted"]
    assert events(own) == before


def test_alerts_lose_the_words_before_and_after_they_are_delivered(own: Path) -> None:
    """One that waits is delivered without them."""
    (own / "sources" / "incidents.toml").write_text(
        (own / "sources" / "incidents.toml")
        .read_text()
        .replace("match.any", "match.until = 2099-01-01\nmatch.any")
    )
    text = "The death toll of the ferry accident has risen to {}, the harbour master said."
    with Receiver() as receiver:
        write_receivers(own, desk=receiver.url)
        args = ("report", "lorn-ferry", "--source", "wire", "--text")
        done(*args, text.format(18), cwd=own, env=SECRET_ENV)
        assert b"risen to 18" in receiver.got[-1].body
        done(*args, text.format(19), cwd=own)
        first, second = (each["id"] for each in events(own)[-2:])
        assert redact(own, first)[1][0].endswith("1 event are deleted, and in 1 alert")
        assert redact(own, second)[1][0].endswith("1 event are deleted, and in 1 alert")
        assert b"harbour master" not in files(own)
        told = len(receiver.got)
        done("poll", cwd=own, env=SECRET_ENV)
        (late,) = receiver.got[told:]
    data = json.loads(late.body)["data"]
    assert (data["title"], data["quote"], data["issuer"]) == (None, None, None)
    assert (data["after"]["best"], data["event"]) == (19, second)


def test_where_a_reader_is_in_the_way_it_says_what_to_do(own: Path) -> None:
    """The words are gone from the log, but not from its files until it is run again."""
    with closing(sqlite3.connect(own / "events.db", isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM words").fetchone()
        hindered = run("redact", "wire/wire-2", *REASON, cwd=own)
    assert hindered.returncode == 1
    assert hindered.stderr.splitlines()[-1] == (
        "tracker: events.db-wal may still hold the words, since another process reads the log: run "
        "this command again when it is done"
    )
    redact(own, "wire/wire-2")
    assert RISEN.encode() not in files(own)


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("wire/none", "no event or report 'wire/none': `tracker events --jsonl` shows"),
        ("zz", "no event or report 'zz'"),
        ("", "WHAT is empty: name a report or an event"),
        ("OPENED", "is incident.opened: it holds no words from outside"),
    ],
)
def test_what_cannot_be_redacted_is_refused_in_one_line(own: Path, what: str, said: str) -> None:
    before = events(own)
    refused = run("redact", before[0]["id"] if what == "OPENED" else what, *REASON, cwd=own)
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert said in line
    assert events(own) == before


def test_a_name_that_can_mean_two_things_is_refused(own: Path) -> None:
    """Deleting the wrong words cannot be undone."""
    publish(own, "cape", Item("wire-2", "The ferry accident killed 3 people.", may(6, 10)))
    begins = events(own)[1]["id"][:7]
    publish(own, "wire", Item(begins, "The ferry accident killed 4 people.", may(6, 10)))
    done("poll", cwd=own)
    either = run("redact", "wire-2", *REASON, cwd=own)
    assert either.returncode == 2
    assert "'wire-2' can mean " in either.stderr
    assert "wire/wire-2" in either.stderr
    assert "cape-news/wire-2" in either.stderr
    event = run("redact", begins, *REASON, cwd=own)
    assert event.returncode == 2
    assert f"{begins!r} can mean wire/{begins} or event {begins}" in event.stderr
    assert len(redact(own, f"wire/{begins}")[0]) == 1


def test_a_reason_must_be_given(own: Path) -> None:
    refused = run("redact", "wire/wire-2", "--reason", " ", cwd=own)
    assert refused.returncode == 2
    assert refused.stderr == (
        "tracker: --reason is empty: say why, since the log keeps it for good\n"
    )
    assert run("redact", "wire/wire-2", cwd=own).returncode == 2


def test_where_there_is_no_log_none_is_made(unpolled: Path) -> None:
    refused = run("redact", "wire/wire-2", *REASON, cwd=unpolled)
    assert refused.returncode == 1
    assert not list(unpolled.glob("events.db*"))
