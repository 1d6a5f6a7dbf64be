"""`tracker show`: one event in words, what became of it, and its place in the chain."""

import hashlib
import json
import sqlite3
from collections import Counter
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import figure, opened, reread, set_aside, withdrawn
from command import done, run
from folder import write_source
from past import Recorded, record
from said import at
from tracker.cli.fields import rows
from tracker.decisions import (
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
    ReportRefiled,
)
from tracker.encoding import encode, event_id
from tracker.events import INBOX, TYPES, Fact, ReportRedacted, SourceMoved, SourceTurned
from tracker.model import Measure, Move, Qualifier, State
from tracker.store.base import Append
from tracker.store.writer import open_writer


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done("events", "--jsonl", cwd=folder).splitlines()]


def show(folder: Path, event: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done("show", event, "--json", cwd=folder))
    return found


def told(folder: Path, event: str) -> dict[str, str]:
    """The lines for people, by what they are called."""
    lines = (each.strip() for each in done("show", event, cwd=folder).splitlines())
    return {name: says.strip() for name, _, says in (each.partition("  ") for each in lines)}


def standing(folder: Path) -> str:
    (basis,) = json.loads(done("estimate", "lorn-ferry", "--json", cwd=folder))["basis"]
    return str(basis)


DECIDED: dict[str, Any] = {
    "reason": "a good reason",
    "effective_at": at(20),
    "observed_at": at(21),
    "again": 4,
}
JOINED = DECIDED | {"incident": "ferry-2031", "into": "barge-2031", "home": "barge-2031"}

SAMPLES: list[Fact] = [
    opened(ongoing=True),
    figure(
        12,
        high=17,
        qualifier=Qualifier.RANGE,
        version=3,
        measure=Measure.INJURED,
        scope="the crew",
        places=("Port Ansel", "Cape Lorn"),
        move=Move.UP,
        place=1234,
        occurrence=2,
        replaces=("a" * 20, "b" * 20),
        issuer="the harbour master",
        issuer_id="harbour-office",
        stated_date="31 February",
        observed_at=at(30),
        reading=7,
        word="dozens",
    ),
    withdrawn(figure(12), again=5, observed_at=at(31)),
    reread(figure(12), figure(13), figure(14), observed_at=at(31)),
    set_aside(observed_at=at(31)),
    ReportRedacted(
        events=("c" * 20, "d" * 20),
        source="wire",
        report="report-9",
        reason="asked",
        effective_at=at(20),
        observed_at=at(21),
    ),
    FigureCorrected(
        **DECIDED,
        incident="ferry-2031",
        measure=Measure.MISSING,
        scope="the crew",
        low=6,
        high=8,
        qualifier=Qualifier.RANGE,
    ),
    FigureRejected(**DECIDED, figure="e" * 20, by="the coast guard"),
    FigureReinstated(**DECIDED, figure="e" * 20),
    IncidentClosed(**DECIDED, incident="ferry-2031"),
    IncidentReopened(**DECIDED, incident="ferry-2031"),
    IncidentMerged(**JOINED),
    IncidentSplit(**JOINED),
    SourceMoved(
        source="wire",
        was="https://wire.example/rss",
        url="https://wire.example/feed",
        since=at(19),
        effective_at=at(20),
        observed_at=at(21),
    ),
    SourceTurned(
        source="wire",
        state=State.FAILING,
        was=State.OK,
        why="no answer in time",
        effective_at=at(20),
        observed_at=at(21),
    ),
    ReportRefiled(report="f" * 20, incident="ferry-2031", effective_at=at(20), observed_at=at(21)),
]


def test_every_type_has_a_sample() -> None:
    assert {each.TYPE for each in SAMPLES} == TYPES.keys()


@pytest.mark.parametrize("fact", SAMPLES, ids=lambda each: each.TYPE)
def test_every_field_of_every_type_is_told(fact: Fact) -> None:
    """Each value is found in the words, times to the second."""
    words = " | ".join(f"{name} {says}" for name, says in rows(fact, {}))
    data, said = encode(fact)
    for name, value in {**data, **said}.items():
        for each in value if isinstance(value, list | tuple) else [value]:
            shown = f"{each:,}" if isinstance(each, int) else str(each)
            if name.endswith("_at") or name == "since":
                shown = shown.replace("T", " ").removesuffix(".000000Z")
            if isinstance(each, bool):
                shown = "yes"
            assert shown in words, name


def test_a_figure_is_told_with_its_report_and_what_became_of_it(newsroom: Path) -> None:
    event = standing(newsroom)
    lines = done("show", event[:9], cwd=newsroom).splitlines()
    assert lines[0] == f"figure.reported {event}"
    found = told(newsroom, event[:9])
    wanted = {
        "measure": "killed",
        "figure": "14",
        "scope": "the whole incident",
        "as stated": "from 14, to 14; exact",
        "role": "current",
        "moved": "up",
        "credited to": "“the coast guard”, taken as coast-guard (official)",
        "report": "wire/wire-2, version 1",
        "headline": "“Toll of ferry accident rises”",
        "published": "2024-05-06 09:00:00Z",
        "lorn-ferry, killed": "it moved the estimate to 14, raised (larger than what stood); "
        "today's estimate rests on it: 14",
    }
    assert {name: found[name] for name in wanted} == wanted
    assert found["words"] == (
        "“The death toll of the ferry accident has risen to 14, up from 11, the coast guard said.”"
    )
    assert any("killed 11, earlier" in each for each in lines)


def test_what_set_a_figure_aside_is_told_with_what_stands_today(newsroom: Path) -> None:
    first = next(each for each in events(newsroom) if each.get("low") == 12)
    assert told(newsroom, first["id"])["lorn-ferry, killed"] == (
        "it moved the estimate to at least 12, first (nothing stood before); set aside, stood "
        "before: it stood, or bore out what stood, until the estimate moved on [first]; today 14 "
        "stands"
    )
    earlier = next(each for each in events(newsroom) if each.get("role") == "earlier")
    (effect,) = show(newsroom, earlier["id"])["effects"]
    assert (effect["moved"], effect["part"], effect["aside"]["rule"]) == (None, None, "earlier")


def test_the_keys_of_what_is_shown_are_a_contract(newsroom: Path) -> None:
    event = next(each for each in events(newsroom) if each["id"] == standing(newsroom))
    found = show(newsroom, event["id"])
    assert {*found} == {
        "event", "removed", "beside", "effects", "names", "named_by", "chain",
    }  # fmt: skip
    assert found["event"] == event
    assert found["removed"] == {}
    assert {*found["chain"]} == {"previous", "hash", "data", "before", "after"}
    (effect,) = found["effects"]
    assert {*effect} == {"estimate", "moved", "part", "aside"}
    assert (effect["estimate"]["best"], effect["moved"]["reason"]) == (14, "raised")


def test_the_chain_can_be_followed_from_event_to_event(newsroom: Path) -> None:
    """Each hash is the stored one, and over what is printed beside it, as the page of events
    says."""
    with closing(sqlite3.connect(newsroom / "events.db")) as log:
        stored = dict(log.execute("SELECT id, hash FROM events").fetchall())
    previous, before = "", None
    for event in events(newsroom):
        chain = show(newsroom, event["id"])["chain"]
        array = [
            chain["previous"], event["position"], event["stream"], event["stream_version"],
            event["type"], event["id"], event["recorded_at"], chain["data"],
        ]  # fmt: skip
        written = json.dumps(array, ensure_ascii=False, separators=(",", ":"))
        assert chain["previous"] == previous
        assert chain["hash"] == hashlib.sha256(written.encode()).hexdigest() == stored[event["id"]]
        assert (chain["before"] or {}).get("id") == before
        previous, before = chain["hash"], event["id"]
    last = told(newsroom, str(before))
    assert (last["its hash"], last["after it"]) == (previous, "none")
    assert told(newsroom, events(newsroom)[0]["id"])["hash before"] == "none"


def test_a_withdrawal_and_its_figure_tell_of_each_other(own: Path) -> None:
    event = standing(own)
    done("withdraw", event, "--reason", "an error of the desk", cwd=own)
    found = show(own, event)
    (withdrawal,) = found["named_by"]
    assert (withdrawal["type"], withdrawal["reason"]) == (
        "figure.withdrawn",
        "an error of the desk",
    )
    (effect,) = found["effects"]
    assert (effect["moved"]["reason"], effect["part"]) == ("raised", None)
    assert (effect["aside"]["rule"], effect["aside"]["note"]) == (
        "withdrawn",
        "by operator: an error of the desk",
    )
    other = show(own, withdrawal["id"])
    assert [each["id"] for each in other["names"]] == [event]
    assert other["effects"][0]["moved"]["phrase"] == "11"
    lines = done("show", withdrawal["id"], cwd=own)
    assert "it moved the estimate to 11, withdrawn (a figure was taken back)" in lines
    assert f"it is about\n  {event}" in lines


def test_a_withdrawal_that_moved_nothing_says_so(own: Path) -> None:
    event = next(each["id"] for each in events(own) if each.get("role") == "earlier")
    done("withdraw", event, "--reason", "an error", cwd=own)
    withdrawal = events(own)[-1]["id"]
    assert "it moved no estimate" in done("show", withdrawal, cwd=own)


def test_words_that_were_redacted_are_shown_as_such_with_the_reason(own: Path) -> None:
    event = standing(own)
    done("redact", event, "--reason", "a court asked", cwd=own)
    found = told(own, event)
    for name in ("words", "paragraph", "headline", "credited to"):
        assert found[name].startswith("[words removed: redacted, a court asked]")
    document = show(own, event)
    assert {*document["removed"]} == {"title", "quote", "issuer", "text"}
    (redaction,) = document["named_by"]
    assert redaction["type"] == "report.redacted"
    shown = told(own, redaction["id"])
    assert event in shown["words gone of"]
    assert (shown["report"], shown["reason"]) == ("wire/wire-2", "a court asked")


def test_a_paragraph_past_its_time_is_shown_as_such(tmp_path: Path) -> None:
    long_ago = datetime(2020, 5, 1, tzinfo=UTC)
    old = figure(12, published_at=long_ago, observed_at=long_ago)
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, [Recorded(long_ago, "lorn-ferry", [old])])
        assert log.forget_texts(before=long_ago + timedelta(days=1)) == 1
    found = told(tmp_path, event_id(old))
    assert found["paragraph"] == "[words removed: kept for 90 days only]"
    assert found["words"].startswith("“The ferry accident killed 12 people")


def test_a_report_in_the_inbox_is_told_with_whoever_filed_it(tmp_path: Path) -> None:
    aside = set_aside(figures=("killed 3",))
    refiled = ReportRefiled(
        report=event_id(aside), incident="ferry-2031", effective_at=at(30), observed_at=at(30)
    )
    with closing(open_writer(tmp_path / "events.db")) as log:
        log.append([Append(INBOX, None, (aside, refiled))], recorded_at=at(40))
    found = told(tmp_path, event_id(aside))
    assert (found["why"], found["figures"]) == ("no incident claims it", "killed 3")
    assert found["in the log"] == "position 1; 1 of inbox"
    lines = done("show", event_id(aside), cwd=tmp_path)
    assert f"about it\n  {event_id(refiled)}" in lines
    assert "what became of it" not in lines
    assert f"it is about\n  {event_id(aside)}" in done("show", event_id(refiled), cwd=tmp_path)


def test_a_report_in_a_language_that_is_not_read_is_told(unpolled: Path) -> None:
    write_source(unpolled, "costa", "wire.json", more='language = "tr"\n')
    done("poll", "costa", cwd=unpolled)
    found = told(unpolled, events(unpolled)[0]["id"])
    assert (found["why"], found["figures"]) == ("language: tr is not read", "none read")


def test_a_figure_that_was_read_anew_is_told_as_what_it_is_by_now(tmp_path: Path) -> None:
    was, now = figure(12), figure(13, report="report-12", reading=2)
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, [Recorded(at(9), "lorn-ferry", [opened("lorn-ferry"), was, now])])
        record(log, [Recorded(at(10), "lorn-ferry", [reread(was, now)])])
    shown = told(tmp_path, event_id(was))["lorn-ferry, killed"]
    assert shown == (
        "set aside, read anew: its words are read otherwise by now [now killed 13, current]; "
        "today 13 stands"
    )
    assert [each["type"] for each in show(tmp_path, event_id(now))["named_by"]] == ["figure.reread"]


def test_many_events_about_one_are_counted(tmp_path: Path) -> None:
    said = [figure(n) for n in range(1, 13)]
    redacted = ReportRedacted(
        events=tuple(map(event_id, said)),
        source="wire",
        report="many",
        reason="asked",
        effective_at=at(20),
        observed_at=at(20),
    )
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, [Recorded(at(9), "lorn-ferry", said)])
        log.redact(redacted, recorded_at=at(20))
    lines = done("show", event_id(redacted), cwd=tmp_path).splitlines()
    assert sum("figure.reported" in each for each in lines) == 10
    assert "  … and 2 more; all of them with --json" in lines
    assert len(show(tmp_path, event_id(redacted))["names"]) == 12


@pytest.mark.parametrize(
    ("event", "said"),
    [
        ("zz", "tracker: no event 'zz'"),
        ("", "tracker: EVENT is empty: give an id, or the beginning of it"),
        (" ", "tracker: EVENT is empty"),
    ],
)
def test_what_is_no_event_is_refused_in_one_line(newsroom: Path, event: str, said: str) -> None:
    refused = run("show", event, cwd=newsroom)
    assert (refused.returncode, refused.stdout) == (2, "")
    (line,) = refused.stderr.splitlines()
    assert said in line


def test_a_beginning_that_several_events_share_is_refused(tmp_path: Path) -> None:
    """Of seventeen ids in hex, two begin with the same digit."""
    said = [figure(n) for n in range(17)]
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, [Recorded(at(9), "lorn-ferry", said)])
    ((digit, _),) = Counter(event_id(each)[0] for each in said).most_common(1)
    refused = run("show", digit, cwd=tmp_path)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(f"tracker: several events begin with '{digit}', ")
    assert refused.stderr.endswith("give more of the id\n")


def test_without_a_log_it_says_so_and_makes_none(unpolled: Path) -> None:
    ran = run("show", "abc", cwd=unpolled)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "tracker: no log at events.db yet: `tracker poll` makes one\n"
    assert [each.name for each in unpolled.iterdir()] == ["sources"]
