"""`tracker why`: what carries the estimate, what was set aside and by which rule, what would
change it."""

import json
import shutil
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from builders import figure
from command import done, run
from folder import write_source
from outlet import Item, feed
from past import Recorded, record
from said import at
from tracker.decisions import IncidentMerged
from tracker.encoding import event_id
from tracker.store.writer import open_writer


def why(folder: Path, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done("why", "lorn-ferry", "--json", *args, cwd=folder))
    return found


def lines(folder: Path, *args: str) -> list[str]:
    return done("why", "lorn-ferry", *args, cwd=folder).splitlines()


SAID = {
    "guard": (
        "The death toll of the ferry accident has been revised down to 8, the coast guard said.",
        *(f"Day {n} of mourning: the ferry accident killed 8 people." for n in range(40)),
    ),
    "gazette": (
        "The ferry accident killed 13 people, a port worker told this paper on the quay.",
        "The ferry accident killed 6 people.",
        "The ferry accident killed 6 people, we hear.",
        *(f"The ferry accident killed 8 people, it says on our page {n}." for n in range(5)),
    ),
}
"""What two sources say from the 7th of May on, each an hour after the other."""


@pytest.fixture(scope="module")
def disputed(newsroom: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """After a lowering to 8 an outlet says more and less; forty times it is said again."""
    folder = shutil.copytree(newsroom, tmp_path_factory.mktemp("disputed") / "own")
    began = datetime(2024, 5, 7, 6, tzinfo=UTC)
    for late, (name, rank) in enumerate((("guard", "official"), ("gazette", "outlet"))):
        write_source(folder, name, f"{name}.json", rank=rank)
        items = (
            Item(f"{name}-{hour}", text, began + timedelta(hours=hour + late), "Ferry")
            for hour, text in enumerate(SAID[name])
        )
        (folder / "sources" / f"{name}.json").write_text(feed(*items))
    done("poll", cwd=folder)
    return folder


def test_the_keys_of_an_explanation_are_a_contract(newsroom: Path) -> None:
    found = why(newsroom)
    assert {*found} == {
        "incident", "measure", "scope", "policy", "as_of", "known_at", "best", "low", "high",
        "phrase", "qualifier", "status", "since", "basis", "made", "before", "confirmed",
        "rests_on", "set_aside", "decisions", "would_change", "shut", "scopes",
    }  # fmt: skip
    assert (found["best"], found["scope"], found["policy"]) == (14, None, "standard")
    assert found["made"]["reason"] == "raised"
    assert found["made"]["because"] == "larger than what stood, and nothing speaks against it"
    assert found["before"]["best"] == 11
    (carrier,) = found["rests_on"]
    assert (carrier["part"], carrier["event_id"]) == ("stands", found["basis"][0])
    assert carrier["quote"].startswith("The death toll of the ferry accident has risen to 14")
    assert {each["rule"] for each in found["set_aside"]} == {"stood before", "earlier"}
    assert {*found["set_aside"][0]} >= {"because", "note", "source", "rank", "published_at"}
    assert {*found["would_change"][0]} == {
        "voices", "says", "number", "since", "reason", "phrase", "status", "text",
    }  # fmt: skip


def test_for_people_the_move_comes_first_and_then_the_figures_with_their_words(
    newsroom: Path,
) -> None:
    told = lines(newsroom)
    (basis,) = why(newsroom)["basis"]
    assert told[:4] == [
        "lorn-ferry, killed: 14 (14), reported since 2024-05-06 09:00Z",
        "raised from 11: larger than what stood, and nothing speaks against it",
        "it rests on",
        (
            f"  {basis}  14  2024-05-06 09:00Z  wire / the coast guard (official, through an "
            "agency)  “The death toll of the ferry accident has risen to 14, up from 11, the "
            "coast guard said.”"
        ),
    ]
    assert any(each.startswith("  stood before (2): it stood, or bore out") for each in told)
    assert "  earlier (1): its own report moves on from it" in told


def test_the_past_is_explained_the_same_way(newsroom: Path) -> None:
    assert lines(newsroom, "--as-of", "2024-05-05T08:00Z")[:2] == [
        "lorn-ferry, killed: 11 (11), reported since 2024-05-05 07:00Z",
        "lowered from at least 12: its text itself says that the number went down",
    ]
    assert lines(newsroom, "--known-at", "2024-05-01") == [
        "lorn-ferry, killed: nobody has stated a figure that counts",
        "what would change it",
        "  anybody who states a number: it stands",
    ]


def test_what_may_be_held_against_it_comes_first_and_repeats_bury_nothing(disputed: Path) -> None:
    told = lines(disputed)
    assert told[0] == "lorn-ferry, killed: 8 (8), confirmed since 2024-05-07 06:00Z"
    assert told[1] == "lowered from 14: its text itself says that the number went down"
    assert told[2] == "confirmed 2024-05-07 10:00Z by gazette"
    rules = [each.strip().partition(":")[0] for each in told if ")" in each]
    counted = [each for each in rules if each.endswith(")") and "(" in each]
    assert counted[:3] == ["held (1)", "outranked (2)", "repeated (40)"]
    (six,) = [each for each in told if "we hear" in each]
    assert "  6 ×2  2024-05-07 09:00Z  gazette (outlet)  " in six
    (mourning,) = [each for each in told if "of mourning" in each]
    assert "8 ×40  2024-05-08 22:00Z  guard (official)  “Day 39 of mourning" in mourning


def test_long_lists_are_shortened_with_a_count_unless_all_is_asked_for(disputed: Path) -> None:
    told = lines(disputed)
    assert "  … and 2 more that confirm it; every one with --all" in told
    assert sum("[confirms it]" in each for each in told) == 3
    assert "  … and 2 more like these; every one with --all" in told
    everything = lines(disputed, "--all")
    assert sum("[confirms it]" in each for each in everything) == 5
    assert sum("of mourning" in each for each in everything) == 40
    assert not any("--all" in each or "×" in each for each in everything)
    found = why(disputed)
    shown = [each for each in everything if "“" in each]
    assert len(found["set_aside"]) + len(found["rests_on"]) == len(shown)


def test_what_would_change_it_is_asked_of_the_policy(disputed: Path) -> None:
    as_of = ("--as-of", "2024-05-07T11:00Z")
    told = lines(disputed, *as_of)
    start = told.index("what would change it")
    assert "  anybody who says 13 as well: raised to 13, confirmed" in told[start:]
    assert (
        "  from 2024-05-08 06:00Z on, an agency or an outlet who says more, like 9: raised to 9"
        in (told[start:])
    )
    document = why(disputed, *as_of)["would_change"]
    assert [f"  {each['text']}" for each in document] == told[start + 1 :]
    waiting = [each for each in document if each["since"]]
    assert [each["since"] for each in waiting] == ["2024-05-08T06:00:00.000000Z"]


def test_the_figure_of_a_policy_is_explained_by_that_policy(newsroom: Path) -> None:
    told = lines(newsroom, "--policy", "lowest")
    assert told[:2] == [
        "lorn-ferry, killed, policy lowest: 11 (11), reported since 2024-05-05 07:00Z",
        "lowered from at least 12: what this policy looks for",
    ]
    assert "  passed over (1): not what this policy looks for" in told
    assert told[-1] == "  anybody who says less, like 10: lowered to 10"


def test_a_scope_is_asked_for_by_its_name(tmp_path: Path) -> None:
    with closing(open_writer(tmp_path / "events.db")) as log:
        crew = figure(3, report="crew", scope="the crew")
        record(log, [Recorded(at(9), "lorn-ferry", [figure(12), crew])])
    assert lines(tmp_path)[-1] == "other scopes (--scope NAME) – the crew: 3"
    (aside,) = why(tmp_path)["set_aside"]
    assert (aside["rule"], aside["note"]) == ("another scope", "the crew")
    told = lines(tmp_path, "--scope", "the crew")
    assert told[0].startswith("lorn-ferry, killed (the crew): 3 (3)")
    assert told[-1] == "other scopes (--scope NAME) – the whole incident: 12"
    wrong = run("why", "lorn-ferry", "--scope", "nobody", cwd=tmp_path)
    assert (wrong.returncode, wrong.stdout) == (2, "")
    assert wrong.stderr == "tracker: no scope 'nobody' (known: the crew)\n"


def test_an_operators_decision_is_told_with_its_reason(own: Path) -> None:
    (basis,) = why(own)["basis"]
    done("withdraw", basis, "--reason", "an error of the desk", cwd=own)
    told = lines(own)
    assert told[0].startswith("lorn-ferry, killed: 11 (11), reported since 2024-05-05 07:00Z")
    assert told[1] == "withdrawn, after 14: a figure was taken back"
    assert told[2].endswith("operator  “an error of the desk”")
    (decision,) = [each for each in told if "  figure.withdrawn  " in each]
    assert decision.endswith(f"{basis}: an error of the desk")
    (taken_back,) = [each for each in told if each.startswith(f"  {basis}")]
    assert taken_back.endswith("[by operator: an error of the desk]")
    found = why(own)
    assert [each["type"] for each in found["decisions"]] == ["figure.withdrawn"]
    assert found["set_aside"][0]["note"] == "by operator: an error of the desk"


def test_words_that_were_deleted_are_shown_as_such(own: Path) -> None:
    (basis,) = why(own)["basis"]
    done("redact", basis, "--reason", "asked", cwd=own)
    (line,) = [each for each in lines(own) if each.startswith(f"  {basis}")]
    assert line.endswith("[words removed]")
    assert why(own)["rests_on"][0]["quote"] is None


def test_figures_of_a_merged_incident_are_told_with_where_they_were_filed(tmp_path: Path) -> None:
    joined: dict[str, Any] = {
        "incident": "barge-2024",
        "into": "lorn-ferry",
        "reason": "one accident",
        "effective_at": at(20),
        "observed_at": at(20),
    }
    first, second = figure(12), figure(14, report="later", published_at=at(15))
    with closing(open_writer(tmp_path / "events.db")) as log:
        record(log, [Recorded(at(9), "lorn-ferry", [first])])
        record(log, [Recorded(at(9), "barge-2024", [second])])
        for home in ("lorn-ferry", "barge-2024"):
            record(log, [Recorded(at(20), home, [IncidentMerged(home=home, **joined)])])
    told = lines(tmp_path)
    assert told[0].startswith("lorn-ferry, killed: 14 (14)")
    assert told[1] == "merged, after 12: two incidents were merged"
    (line,) = [each for each in told if each.startswith(f"  {event_id(second)}")]
    assert line.endswith("[filed to barge-2024]")
    assert sum(each.endswith("barge-2024 into lorn-ferry: one accident") for each in told) == 1
    gone = done("why", "barge-2024", cwd=tmp_path).splitlines()
    assert gone[0] == "barge-2024, killed: nobody has stated a figure that counts"
    assert gone[-1].startswith("nothing said from now on would change it: counted in another")
