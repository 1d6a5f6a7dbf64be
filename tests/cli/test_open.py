"""`tracker open`: an incident out of reports that were set aside, filed with their own times."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from command import COMMAND, PATIENCE, done, environment, run
from folder import SECRET_ENV, write_receivers
from outlet import Item
from receiver import Receiver
from unclaimed import BOTH, CAPE, RISEN, WIRE, configure, may, publish, unclaimed_folder

TABLE = """\
[cape-lorn-ferry-2024]
title = "Ferry sinks off Cape Lorn"
date = 2024-05-04
place = "Cape Lorn"
match.any = ["Cape Lorn"]
"""
NOTHING_NEW = "2 sources polled, 0 failed, 0 new events\n"


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = unclaimed_folder(tmp_path_factory.mktemp("unclaimed"))
    done("poll", cwd=folder)
    return folder


@pytest.fixture
def own(polled: Path, tmp_path: Path) -> Path:
    return shutil.copytree(polled, tmp_path / "own")


def groups(folder: Path) -> dict[str, str]:
    """The ids of the groups in the inbox, by place."""
    found = json.loads(done("inbox", "--json", cwd=folder))["groups"]
    return {each["place"] or each["title"]: each["group"] for each in found}


def between(folder: Path) -> list[str]:
    """The events of what is ambiguous."""
    found = json.loads(done("inbox", "--json", cwd=folder))["ambiguous"]
    return [each["event"] for each in found]


def events(folder: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in done("events", "--jsonl", cwd=folder).splitlines()]


def history(folder: Path, incident: str, measure: str = "killed") -> list[tuple[str, str, str]]:
    rows = json.loads(done("history", incident, "--measure", measure, "--json", cwd=folder))
    return [(each["published_at"][:16], each["source"], each["phrase"]) for each in rows]


def incidents(folder: Path) -> str:
    return (folder / "sources" / "incidents.toml").read_text("utf-8")


def test_nothing_that_was_published_before_is_lost(own: Path) -> None:
    """Every report has its own time, the incident stands in the file, and the inbox is emptied."""
    before = incidents(own)
    opened = run("open", groups(own)["Cape Lorn"], cwd=own)
    assert opened.returncode == 0
    assert opened.stdout.startswith(TABLE + "\n2024-05-04 18:00Z cape-lorn-ferry-2024 killed")
    assert opened.stderr.splitlines() == [
        "its words are in 3 of 3 reports, and in 0 of 4 others that wait",
        "cape-lorn-ferry-2024 is in sources/incidents.toml",
        "3 reports filed to cape-lorn-ferry-2024, 11 events stored",
    ]
    assert incidents(own) == f"{before}\n{TABLE}"
    assert history(own, "cape-lorn-ferry-2024") == [
        ("2024-05-04T18:00", "wire", "at least 12"),
        ("2024-05-04T19:00", "cape-news", "at least 12"),
        ("2024-05-05T09:00", "wire", "14"),
    ]
    assert history(own, "cape-lorn-ferry-2024", "injured") == [("2024-05-04T18:00", "wire", "30")]
    assert set(groups(own)) == {"Besk", "Warehouse fire", "Arnland"}
    assert "all is well" in done("verify", "--projections", cwd=own)


def test_a_poll_afterwards_stores_nothing(own: Path) -> None:
    """The configuration has changed, so all is read again: known, and set aside no more."""
    done("open", groups(own)["Cape Lorn"], cwd=own)
    before = events(own)
    assert run("poll", cwd=own).stderr == NOTHING_NEW
    assert events(own) == before


def test_a_poll_afterwards_stores_what_is_new(own: Path) -> None:
    done("open", groups(own)["Cape Lorn"], cwd=own)
    risen = Item("w9", "The toll off Cape Lorn has risen to 15, up from 14.", may(5, 12))
    publish(own, "wire", *WIRE, risen)
    assert run("poll", cwd=own).stderr == "2 sources polled, 0 failed, 2 new events\n"
    assert history(own, "cape-lorn-ferry-2024")[-1] == ("2024-05-05T12:00", "wire", "15")


def test_each_report_is_filed_in_one_transaction_with_the_decision(own: Path) -> None:
    """Its figures first, then that it is filed: recorded at one moment."""
    known = len(events(own))
    done("open", groups(own)["Cape Lorn"], cwd=own)
    told: dict[str, list[str]] = {}
    for each in events(own)[known:]:
        told.setdefault(each["recorded_at"], []).append(each["type"])
    assert list(told.values()) == [
        ["incident.opened", *["figure.reported"] * 3, "report.refiled"],
        [*["figure.reported"] * 2, "report.refiled"],
        [*["figure.reported"] * 2, "report.refiled"],
    ]


def test_what_is_given_is_taken(own: Path) -> None:
    """Only the rest is suggested; and only the reports that are named are filed."""
    (first, *_) = json.loads(done("inbox", groups(own)["Cape Lorn"], "--json", cwd=own))
    done(
        "open", first["event"][:10], "--id", "lady", "--title", 'The "Lady"', "--place", "",
        "--date", "2024-05-03", "--any", "Lady Anne", "--any", "ferr*", cwd=own,
    )  # fmt: skip
    assert incidents(own).endswith(
        '[lady]\ntitle = "The \\"Lady\\""\ndate = 2024-05-03\nmatch.any = ["Lady Anne", "ferr*"]\n'
    )
    assert len(history(own, "lady")) == 1
    (line,) = [each for each in done("inbox", cwd=own).splitlines() if "Cape Lorn" in each]
    assert "2 reports, 2 sources, others in lady" in line


def test_a_dry_run_shows_it_and_does_nothing(own: Path) -> None:
    before = events(own), incidents(own)
    ran = run("open", groups(own)["Cape Lorn"], "--dry-run", cwd=own)
    assert ran.returncode == 0
    assert ran.stdout.startswith(f"{TABLE}\n")
    assert [re.split(" {2,}", line)[-1] for line in ran.stdout.splitlines()[6:]] == [
        "Ferry sinks off Cape Lorn",
        "12 dead as ferry sinks off Cape Lorn",
        "Toll rises after Cape Lorn accident",
    ]
    assert ran.stderr.endswith(
        "3 reports would be filed to cape-lorn-ferry-2024; nothing is done\n"
    )
    assert (events(own), incidents(own)) == before


def test_several_groups_make_one_incident(own: Path) -> None:
    """One flood in two places, as the operator knows."""
    named = groups(own)
    done("open", named["Arnland"], named["Besk"], "--id", "floods", cwd=own)
    assert [each[2] for each in history(own, "floods")] == ["at least 20", "33"]
    assert run("poll", cwd=own).stderr == NOTHING_NEW


def test_a_second_time_is_nothing(own: Path) -> None:
    """By the group's id, which is still known, or by an event's."""
    group = groups(own)["Cape Lorn"]
    done("open", group, cwd=own)
    before = events(own), incidents(own)
    for name in (group, group[1:]):
        again = run("open", name, cwd=own)
        assert (again.returncode, again.stdout) == (0, "")
        assert again.stderr == "nothing to file: it was filed to cape-lorn-ferry-2024 before\n"
    assert (events(own), incidents(own)) == before


def test_whoever_was_interrupted_goes_on_with_into(own: Path) -> None:
    """The incident was added, and then the power failed: its id is taken, and that is said."""
    group = groups(own)["Cape Lorn"]
    configure(own, TABLE)
    refused = run("open", group, cwd=own)
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "already: file into it with --into cape-lorn-ferry-2024" in refused.stderr
    done("open", group, "--into", "cape-lorn-ferry-2024", cwd=own)
    assert len(history(own, "cape-lorn-ferry-2024")) == 3
    assert run("poll", cwd=own).stderr == NOTHING_NEW


def test_two_at_once_file_everything_once(own: Path) -> None:
    """Into one incident: whatever one has filed the other finds filed."""
    configure(own, TABLE)
    opening = [*COMMAND, "open", groups(own)["Cape Lorn"], "--into", "cape-lorn-ferry-2024"]
    both = [_begin(opening, own) for _ in range(2)]
    assert [each.communicate(timeout=PATIENCE)[1] and each.returncode for each in both] == [0, 0]
    assert len([each for each in events(own) if each["type"] == "report.refiled"]) == 3
    assert len(history(own, "cape-lorn-ferry-2024")) == 3
    assert "all is well" in done("verify", cwd=own)


def test_two_incidents_added_at_once_are_both_there(own: Path) -> None:
    named = groups(own)
    both = [
        _begin([*COMMAND, "open", named[place], "--id", name], own)
        for place, name in (("Arnland", "one"), ("Besk", "two"))
    ]
    assert [each.communicate(timeout=PATIENCE)[1] and each.returncode for each in both] == [0, 0]
    assert {"[one]", "[two]"} <= set(incidents(own).splitlines())
    assert len(history(own, "one") + history(own, "two")) == 2


def _begin(args: list[str], folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        args,
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def test_what_is_ambiguous_is_filed_into_one_of_its_incidents(own: Path) -> None:
    """A poll that reads the report again leaves it there, and does not set it aside again."""
    (event,) = between(own)
    filed = run("open", event, "--into", "besk-mine", cwd=own)
    assert filed.stderr == "1 report filed to besk-mine, 2 events stored\n"
    assert between(own) == []
    figures = [each for each in events(own) if each["stream"] == "incident/besk-mine"][1:]
    assert [(each["low"], each["version"], each["published_at"][:16]) for each in figures] == [
        (7, 1, "2024-05-05T07:00"),
        (2, 1, "2024-05-05T07:00"),
    ]
    configure(own, "# read all again\n")
    before = events(own)
    assert run("poll", cwd=own).stderr == NOTHING_NEW
    assert events(own) == before


def test_an_edit_of_a_report_whose_part_was_filed_withdraws_nothing_of_it(own: Path) -> None:
    """The toll that is clear has risen, the other one still stands in the report."""
    done("open", *between(own), "--into", "besk-mine", cwd=own)
    edited = Item("w4", BOTH.text.replace("At least 7", "At least 9"), may(5, 7), "Accident")
    publish(own, "wire", edited)
    done("poll", cwd=own)
    figures = [each for each in events(own) if each["stream"] == "incident/besk-mine"][1:]
    assert [(each["type"], each["low"]) for each in figures] == [
        ("figure.reported", 7),
        ("figure.reported", 2),
        ("figure.reported", 9),
    ]
    (risen,) = [each for each in figures if each["low"] == 9]
    assert risen["replaces"] == [figures[0]["id"]]
    assert between(own) == []


def test_what_is_ambiguous_may_be_an_incident_of_its_own(own: Path) -> None:
    """A third one, which none of the two candidates is."""
    done("open", *between(own), "--id", "quay", "--any", "quay", "--place", "", cwd=own)
    assert history(own, "quay") == [("2024-05-05T07:00", "wire", "2")]
    assert run("poll", cwd=own).stderr == NOTHING_NEW


def test_versions_of_a_report_are_filed_as_they_were_served(own: Path) -> None:
    """Both were set aside: the first counts from its date, the edit from when it was seen."""
    edited = RISEN.text.replace("14", "16")
    publish(own, "wire", *WIRE[:1], Item("w2", edited, may(5, 9), RISEN.title), *WIRE[2:])
    done("poll", cwd=own)
    done("open", groups(own)["Cape Lorn"], cwd=own)
    told = history(own, "cape-lorn-ferry-2024")
    assert [each[2] for each in told] == ["at least 12", "at least 12", "14", "16"]
    assert told[2][0] == "2024-05-05T09:00"
    assert told[3][0] > "2025"
    assert run("poll", cwd=own).stderr == NOTHING_NEW


def test_a_report_whose_words_are_gone_is_named_and_the_rest_is_filed(own: Path) -> None:
    done("redact", "wire/w1", "--reason", "a court asked", cwd=own)
    (gone,) = [each["id"] for each in events(own) if each.get("report") == "w1"][:1]
    group = groups(own)["Cape Lorn"]
    opened = run("open", group, gone, cwd=own)
    assert opened.returncode == 1
    assert f"tracker: {gone} of wire is not filed: its words were redacted" in opened.stderr
    assert "2 reports filed to cape-lorn" in opened.stderr
    assert gone in done("inbox", gone, cwd=own)


def test_where_nothing_can_be_filed_nothing_is_made(own: Path) -> None:
    done("redact", "wire/w3", "--reason", "a court asked", cwd=own)
    (gone,) = [each["id"] for each in events(own) if each.get("report") == "w3"][:1]
    before = incidents(own)
    opened = run("open", gone, "--id", "arnland", "--any", "Arnland", cwd=own)
    assert (opened.returncode, opened.stdout) == (1, "")
    assert opened.stderr.splitlines()[-1] == (
        "tracker: nothing is filed: `tracker report` files a report by hand"
    )
    assert incidents(own) == before


def test_a_report_from_before_the_incident_is_not_filed_to_it(own: Path) -> None:
    """No report is older than what it reports."""
    configure(own, "[later]\ntitle = 'Later'\ndate = 2024-05-06\nmatch.any = ['later']\n")
    filed = run("open", groups(own)["Arnland"], groups(own)["Besk"], "--into", "later", cwd=own)
    assert filed.returncode == 1
    assert "it was published before the incident's day, 2024-05-06" in filed.stderr
    assert history(own, "later") == [("2024-05-06T07:00", "cape-news", "33")]


def test_an_incident_that_would_claim_the_same_is_named(own: Path) -> None:
    """Configured since the reports were set aside, and not polled yet."""
    configure(own, "[lorn]\ntitle = 'Lorn'\ndate = 2024-05-01\nmatch.any = ['Lorn']\n")
    opened = run("open", groups(own)["Cape Lorn"], cwd=own)
    assert opened.returncode == 0
    assert "tracker: lorn would claim reports of these, too: file them there" in opened.stderr
    assert run("poll", cwd=own).stderr == NOTHING_NEW


def test_a_receiver_is_told_once_of_an_opened_incident(own: Path) -> None:
    """Old figures: that it is followed, and one message that says how everything stands."""
    with Receiver() as receiver:
        write_receivers(own, desk=receiver.url)
        done("open", groups(own)["Cape Lorn"], cwd=own, env=SECRET_ENV)
        opened, told = (json.loads(got.body) for got in receiver.got)
    assert opened["type"] == "incident.opened"
    assert opened["data"]["name"] == "Ferry sinks off Cape Lorn"
    assert (told["type"], told["data"]["sequence"]) == ("estimate.backfilled", 2)
    assert {each["measure"]: each["after"]["phrase"] for each in told["data"]["estimates"]} == {
        "killed": "14",
        "injured": "30",
    }


def test_without_incidents_toml_one_is_made(own: Path) -> None:
    (own / "sources" / "incidents.toml").unlink()
    done("open", groups(own)["Cape Lorn"], cwd=own)
    assert incidents(own) == TABLE


WRONG: list[tuple[tuple[str, ...], int, str]] = [
    ((), 2, "Missing argument 'GROUP...'."),
    (("gffffff",), 2, "no group in the inbox 'gffffff'"),
    (("",), 2, "no group or event in the inbox ''"),
    (("GROUP", "--date", "May 4"), 2, "'May 4' is no date: write it like 2031-05-01"),
    (("GROUP", "--any", " "), 2, "--any ' ' holds no word"),
    (("GROUP", "--any", "*"), 2, "--any '*' holds no word"),
    (("GROUP", "--title", ""), 2, "--title '' holds no word"),
    (("GROUP", "--id", "a b"), 2, "--id 'a b': an id holds letters, digits, '-', '_' and '.'"),
    (
        ("GROUP", "--id", "besk-mine"),
        2,
        "besk-mine is in sources/incidents.toml already: file into",
    ),
    (("GROUP", "--into", "besk-mime"), 2, "no incident 'besk-mime' (did you mean 'besk-mine'?)"),
    (("GROUP", "--into", "besk-mine", "--any", "x"), 2, "--into files into an incident as it is"),
    (("GROUP", "--date", "2024-06-01"), 1, "nothing is filed"),
]


@pytest.mark.parametrize(("args", "code", "said"), WRONG, ids=[" ".join(each[0]) for each in WRONG])
def test_a_mistake_is_told_and_changes_nothing(
    polled: Path, args: tuple[str, ...], code: int, said: str
) -> None:
    """One line, but that each report that cannot be filed is named before."""
    before = events(polled), incidents(polled)
    group = groups(polled)["Cape Lorn"]
    ran = run("open", *(group if each == "GROUP" else each for each in args), cwd=polled)
    assert (ran.returncode, ran.stdout) == (code, "")
    *named, line = ran.stderr.splitlines()
    assert line.startswith("tracker: ")
    assert said in line
    assert all("published before the incident's day" in each for each in named)
    assert (events(polled), incidents(polled)) == before


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(own: Path) -> None:
    """Nothing is filed to an incident that is nowhere configured."""
    before = events(own), incidents(own)
    blocked = own / "sources" / ".incidents.toml.new"
    blocked.mkdir()
    opened = run("open", groups(own)["Cape Lorn"], cwd=own)
    assert opened.returncode == 1
    assert "incidents.toml cannot be written (Is a directory)" in opened.stderr.splitlines()[-1]
    assert (events(own), incidents(own)) == before


def test_a_mistake_in_the_file_is_told_first(own: Path) -> None:
    group = groups(own)["Cape Lorn"]
    configure(own, "[x]\ntitel = 'X'\n")
    opened = run("open", group, cwd=own)
    assert opened.returncode == 2
    assert "unknown key (did you mean 'title'?)" in opened.stderr


def test_without_a_log_none_is_made(unpolled: Path) -> None:
    ran = run("open", "gabcdef", cwd=unpolled)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "tracker: no log at events.db yet: `tracker poll` makes one\n"
    assert not (unpolled / "events.db").exists()


def test_no_words_to_match_are_asked_for(own: Path) -> None:
    """Where the reports have none, an incident would recognise nothing."""
    publish(own, "cape", *CAPE, Item("c9", "Two people died.", may(7, 9), "Two people die"))
    done("poll", cwd=own)
    opened = run("open", groups(own)["Two people die"], cwd=own)
    assert opened.returncode == 2
    assert opened.stderr.endswith("suggest no word to recognise it by: give one with --any\n")
