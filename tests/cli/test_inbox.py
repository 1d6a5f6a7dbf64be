"""`tracker inbox`: what no incident claimed, in likely incidents, and what lies between several."""

import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from command import done, run
from outlet import Item
from unclaimed import BOTH, FERRY, RISEN, WIRE, configure, may, publish, unclaimed_folder


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Polled once; for tests that only ask."""
    folder = unclaimed_folder(tmp_path_factory.mktemp("unclaimed"))
    done("poll", cwd=folder)
    return folder


@pytest.fixture
def own(polled: Path, tmp_path: Path) -> Path:
    """A copy of it, to write to."""
    return shutil.copytree(polled, tmp_path / "own")


def asked(folder: Path, *args: str) -> Any:
    return json.loads(done("inbox", *args, "--json", cwd=folder))


def group_of(folder: Path, place: str) -> str:
    (found,) = [each["group"] for each in asked(folder)["groups"] if each["place"] == place]
    return str(found)


def test_reports_are_shown_in_likely_incidents(polled: Path) -> None:
    """Newest first: span, how many, what they say last, where, and a headline without a number."""
    besk, ferry, fire, arnland, gap, between = done("inbox", cwd=polled).splitlines()
    assert re.split(" {2,}", ferry)[1:] == [
        "2024-05-04 18:00Z – 2024-05-05 09:00Z",
        "3 reports, 2 sources",
        "killed: to 14",
        "Cape Lorn",
        "Ferry sinks off Cape Lorn",
    ]
    for line, told in ((besk, "33 die in Besk floods"), (fire, "Warehouse fire")):
        assert "1 report, 1 source" in line
        assert line.endswith(told)
    assert "Arnland" in arnland
    assert gap == ""
    assert "ambiguous: besk-mine, arn-barge  killed: Two people died" in between


def test_a_program_gets_every_field(polled: Path) -> None:
    found = asked(polled)
    assert list(found) == ["groups", "ambiguous", "not_read"]
    (ferry,) = [each for each in found["groups"] if each["place"] == "Cape Lorn"]
    assert ferry.pop("events")
    assert ferry == {
        "group": ferry["group"],
        "title": "Ferry sinks off Cape Lorn",
        "place": "Cape Lorn",
        "first_at": "2024-05-04T18:00:00.000000Z",
        "last_at": "2024-05-05T09:00:00.000000Z",
        "reports": 3,
        "sources": ["cape-news", "wire"],
        "figures": [
            "killed At least 12 people were killed",
            "injured Another 30 were injured",
            "killed 12 dead",
            "killed Twelve people died",
            "killed to 14",
        ],
        "incidents": [],
    }
    (between,) = found["ambiguous"]
    assert (between["why"], between["report"]) == ("ambiguous: besk-mine, arn-barge", "w4")
    assert found["not_read"] == []


def test_a_group_is_shown_with_the_words_that_are_kept(polled: Path) -> None:
    """Of each report, every paragraph that holds a figure; by the group's id, or by an event's."""
    group = group_of(polled, "Cape Lorn")
    lines = done("inbox", group, cwd=polled).splitlines()
    assert lines[0].endswith("2024-05-04 18:00Z  wire  no incident  Ferry sinks off Cape Lorn")
    assert lines[1:5] == [
        "    killed: At least 12 people were killed; injured: Another 30 were injured",
        f"    {FERRY.text.split(chr(10))[0]}",
        f"    {FERRY.text.split(chr(10))[-1]}",
        "",
    ]
    reports = asked(polled, group)
    assert [each["report"] for each in reports] == ["w1", "c1", "w2"]
    assert reports[2]["text"] == RISEN.text
    (alone,) = asked(polled, reports[1]["event"][:9])
    assert alone == reports[1]


def test_what_is_in_a_language_that_is_not_read_is_listed_apart(own: Path) -> None:
    publish(own, "cape", Item("c4", "Mine: en az 12 kişi öldü.", may(5, 8), "Mine: 12"))
    source = own / "sources" / "cape-news.toml"
    source.write_text(source.read_text().replace('"en"', '"tr"'))
    done("poll", cwd=own)
    (unread,) = asked(own)["not_read"]
    assert unread["why"] == "language: tr is not read"
    assert done("inbox", cwd=own).splitlines()[-1].endswith("language: tr is not read    Mine: 12")


def test_words_that_are_gone_are_said_to_be(own: Path) -> None:
    """The rest is shown all the same."""
    done("redact", "cape-news/c3", "--reason", "a court asked", cwd=own)
    (fire,) = [each for each in asked(own)["groups"] if "T21:00" in each["first_at"]]
    assert fire["title"] == "killed Two people were killed"
    head, figures, words = done("inbox", fire["group"], cwd=own).splitlines()
    assert head.endswith("2024-05-04 21:00Z  cape-news  no incident  [words removed]")
    assert (figures, words) == ("    killed: Two people were killed", "    [words removed]")


def test_the_inbox_as_it_was(own: Path) -> None:
    """What was published by a moment, and what this log knew then."""
    assert {each["place"] for each in asked(own, "--as-of", "2024-05-04")["groups"]} == {
        "Cape Lorn",
        "Arnland",
        None,
    }
    assert asked(own, "--known-at", "2024-05-09")["groups"] == []


def test_an_empty_inbox_says_so_in_one_line(newsroom: Path) -> None:
    ran = run("inbox", cwd=newsroom)
    assert (ran.returncode, ran.stdout, ran.stderr) == (0, "", "nothing waits in the inbox\n")
    assert asked(newsroom) == {"groups": [], "ambiguous": [], "not_read": []}


def test_without_a_log_none_is_made(unpolled: Path) -> None:
    ran = run("inbox", cwd=unpolled)
    assert (ran.returncode, ran.stdout) == (1, "")
    assert ran.stderr == "tracker: no log at events.db yet: `tracker poll` makes one\n"
    assert not (unpolled / "events.db").exists()


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("gffffff", "no group in the inbox 'gffffff' (known: g"),
        ("zebra", "no group or event in the inbox 'zebra'"),
    ],
)
def test_a_name_of_nothing_is_one_line(polled: Path, name: str, said: str) -> None:
    ran = run("inbox", name, cwd=polled)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert said in line


def test_many_groups_are_cut_and_said_to_be(tmp_path: Path) -> None:
    unclaimed_folder(tmp_path)
    towns = [f"{'BCDFGHKLMN'[n % 10]}{'aeiouy'[n // 10]}rgan" for n in range(55)]
    publish(
        tmp_path,
        "wire",
        *(
            Item(town, f"Two people died in a fire in {town}.", may(4 + n // 20, n % 20))
            for n, town in enumerate(towns)
        ),
    )
    publish(tmp_path, "cape")
    done("poll", cwd=tmp_path)
    ran = run("inbox", cwd=tmp_path)
    assert len(ran.stdout.splitlines()) == 50
    assert ran.stderr == "5 more groups with --all\n"
    assert len(asked(tmp_path, "--all")["groups"]) == 55


def test_what_an_edited_configuration_files_is_no_longer_there(own: Path) -> None:
    """Whoever names an incident by hand needs no `open`: a poll files what is still served."""
    configure(own, "[ferry]\ntitle = 'Ferry'\ndate = 2024-05-04\nmatch.any = ['ferry']\n")
    done("poll", cwd=own)
    assert "Cape Lorn" not in done("inbox", cwd=own)
    assert [each["place"] for each in asked(own)["groups"]] == ["Besk", None, "Arnland"]


def test_what_an_edit_makes_known_is_no_longer_there(own: Path) -> None:
    """A flash without a place is set aside; its next version says which incident it is about."""
    publish(own, "wire", *WIRE, Item("w5", "Nine people were killed.", may(7, 7), "Flash"))
    done("poll", cwd=own)
    assert any(each["title"] == "Flash" for each in asked(own)["groups"])
    edited = Item("w5", "Nine people were killed at the mine in Besk.", may(7, 7), "Flash")
    publish(own, "wire", *WIRE, edited)
    done("poll", cwd=own)
    assert not any(each["title"] == "Flash" for each in asked(own)["groups"])
    assert "9" in done("history", "besk-mine", cwd=own)


def test_what_is_ambiguous_goes_on_waiting_when_the_rest_of_its_report_is_filed(own: Path) -> None:
    """Only a figure of it is known: the other one waits."""
    edited = BOTH.text.replace("7", "8")
    publish(own, "wire", Item("w4", edited, may(5, 7), "Accident"))
    done("poll", cwd=own)
    assert len(asked(own)["ambiguous"]) == 1


def test_hostile_words_are_shown_harmless(own: Path) -> None:
    """Escape sequences, marks that reverse text, and line ends."""
    bad = Item("w6", "Two people \x1b[2Jdied in Besk.\n\u202e33", may(7, 8), "Bad\x1b[1m \u202eend")
    publish(own, "wire", *WIRE, bad)
    done("poll", cwd=own)
    for shown in (done("inbox", cwd=own), done("inbox", asked(own)["groups"][0]["group"], cwd=own)):
        assert "\x1b" not in shown
        assert "\u202e" not in shown
