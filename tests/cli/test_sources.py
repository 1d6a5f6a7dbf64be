"""`tracker sources`: the configured sources, and how they stand."""

import json
from contextlib import closing
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from command import done, run
from folder import write_source
from standing import stand
from tracker.events import SourceMoved, source_stream
from tracker.health import Cause, Poll
from tracker.model import State
from tracker.store.base import Append
from tracker.store.writer import open_writer

KEYS = [
    "source", "kind", "url", "name", "rank", "language", "every_seconds", "incident", "enabled",
    "address",
]  # fmt: skip
LAST = datetime(2024, 5, 6, 3, 12, tzinfo=UTC)


def wire(folder: Path) -> str:
    """Its line, as single blanks part it."""
    return " ".join(done("sources", cwd=folder).splitlines()[-1].split())


def test_each_source_is_a_line_with_how_it_stands(own: Path) -> None:
    """State, last answer, last figure, next poll; and all of them in one line at the end."""
    told = run("sources", cwd=own)
    first, second = (" ".join(line.split()) for line in told.stdout.splitlines())
    assert first.startswith("cape-news feed outlet ok answered ")
    assert second.startswith("wire feed agency ok answered ")
    assert " figure 2024-05-06 " in second
    assert second.endswith(" Wire")
    assert told.stderr == "2 sources: 2 ok\n"


def test_json_tells_the_configuration_and_every_field_of_the_poll(newsroom: Path) -> None:
    cape, wire = json.loads(done("sources", "--json", cwd=newsroom))
    of_a_poll = {each.name for each in fields(Poll)} - {"source", "url"} | {"polled_url"}
    assert set(cape) == set(wire) == {*KEYS, *of_a_poll}
    assert list(wire)[: len(KEYS)] == KEYS
    assert wire["rank"] == "agency"
    assert wire["every_seconds"] == 300
    assert wire["polled_at"] == wire["succeeded_at"] > "2024"
    assert wire["next_at"] > wire["polled_at"]
    assert wire["figure_at"] == "2024-05-06T09:00:00.000000Z"
    assert (wire["state"], wire["failures"], wire["error"]) == ("ok", 0, "")
    assert (wire["reports"], wire["fruitful"]) == (2, 2)
    assert wire["gaps"] == [{"day": "2024-05-06", "seconds": 26 * 3600}]
    assert wire["language"] is wire["cause"] is None
    assert wire["address"] == wire["url"] == wire["polled_url"]


def test_before_the_first_poll_and_without_a_log(unpolled: Path) -> None:
    write_source(unpolled, "resting", "wire.json", more="enabled = false\n")
    told = run("sources", cwd=unpolled)
    states = {line.split()[0]: " ".join(line.split()[3:]) for line in told.stdout.splitlines()}
    assert states["wire"] == "not polled yet Wire"
    assert states["resting"] == "disabled Resting"
    assert told.stderr == "3 sources: 2 not polled yet, 1 disabled\n"
    assert [each.name for each in unpolled.iterdir()] == ["sources"]
    never = json.loads(done("sources", "--json", cwd=unpolled))[2]
    assert never["polled_at"] is never["state"] is never["next_at"] is None
    assert (never["failures"], never["error"]) == (0, "")


def test_failures_are_counted_until_a_poll_succeeds(own: Path) -> None:
    feed = own / "sources" / "wire.json"
    kept = feed.read_text()
    feed.write_text("<html><body>Back soon.</body></html>")
    assert run("poll", cwd=own).returncode == 1
    assert run("poll", cwd=own).returncode == 1
    assert " degraded answered " in wire(own)
    assert "Wire: failed 2× since " in wire(own)
    assert "a web page (HTML), no feed" in wire(own)
    feed.write_text(kept)
    done("poll", cwd=own)
    assert " unchanged answered just now " in wire(own)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        (
            {"state": State.FAILING, "failures": 6, "succeeded_at": LAST, "error": "no answer"},
            (
                "failing answered 2024-05-06 no figure yet due now Wire: "
                "failed 6× since 2024-05-06 03:12Z: no answer"
            ),
        ),
        (
            {"state": State.FAILING, "failures": 1, "cause": Cause.LOGIN, "error": "no login"},
            (
                "failing never answered no figure yet due now Wire: "
                "failed 1× since the beginning: no login"
            ),
        ),
        (
            {"state": State.GONE, "failures": 1, "error": "it is gone"},
            (
                "gone never answered no figure yet never: gone Wire: "
                "failed 1× since the beginning: it is gone"
            ),
        ),
        (
            {"state": State.GONE, "url": "https://old.example/", "failures": 1, "error": "gone"},
            "gone never answered no figure yet due now Wire: failed 1× since the beginning: gone",
        ),
        (
            {"state": State.SILENT, "succeeded_at": LAST, "error": "no new report for 3 days"},
            "silent answered 2024-05-06 no figure yet due now Wire: no new report for 3 days",
        ),
        (
            {"state": State.DEGRADED, "succeeded_at": LAST, "partial": 4, "error": "a page broke"},
            (
                "degraded answered 2024-05-06 no figure yet due now Wire: "
                "4 polls in a row: a page broke"
            ),
        ),
    ],
)
def test_trouble_is_told_in_words_and_can_be_asked_for_alone(
    own: Path, changes: dict[str, Any], said: str
) -> None:
    stand(own, **changes)
    assert wire(own) == f"wire feed agency {said}"
    told = run("sources", "--trouble", cwd=own)
    assert [line.split()[0] for line in told.stdout.splitlines()] == ["wire"]
    assert told.stderr == f"2 sources: 1 ok, 1 {changes['state']}\n"
    assert told.returncode == 0
    (alone,) = json.loads(done("sources", "--trouble", "--json", cwd=own))
    assert alone["error"] == changes["error"]


@pytest.mark.parametrize(
    ("off", "said"),
    [
        (timedelta(minutes=61), "next in 1 h"),
        (timedelta(minutes=-190), "due 3 h ago"),
        (timedelta(seconds=-5), "due now"),
    ],
)
def test_the_next_poll_is_told(own: Path, off: timedelta, said: str) -> None:
    """What is overdue says since when: perhaps nobody polls."""
    stand(own, succeeded_at=datetime.now(UTC), next_at=datetime.now(UTC) + off)
    assert f" answered just now no figure yet {said} Wire" in wire(own)


def test_a_source_that_has_moved_says_where_to(own: Path) -> None:
    write_source(own, "zeta", "https://desk:word@zeta.example/feed")
    moved = SourceMoved(
        source="zeta",
        was="https://desk:word@zeta.example/feed",
        url="https://www.zeta.example/rss",
        since=LAST,
        effective_at=LAST,
        observed_at=LAST,
    )
    with closing(open_writer(own / "events.db")) as log:
        log.append([Append(source_stream("zeta"), None, (moved,))], recorded_at=LAST)
    assert wire(own).endswith(" not polled yet Zeta: moved to https://www.zeta.example/rss")
    told = json.loads(done("sources", "--json", cwd=own))[-1]
    assert told["address"] == "https://www.zeta.example/rss"
    assert told["url"] == "https://zeta.example/feed"  # without what nobody else should read


def test_words_from_outside_are_harmless(own: Path) -> None:
    stand(own, state=State.FAILING, failures=3, error="gone\x1b[2J\nwire feed agency ok")
    first, second = done("sources", cwd=own).splitlines()
    assert first.startswith("cape-news")
    assert "gone␛[2J wire feed agency ok" in second


def test_a_wrong_file_is_told_beside_the_others_and_fails(own: Path) -> None:
    """The file, the key, the reason and the nearest key that is right."""
    path = own / "sources" / "typo.toml"
    path.write_text('kind = "feed"\nulr = "x"\nname = "X"\nrank = "agency"\n')
    asked = run("sources", cwd=own)
    assert asked.returncode == 1
    assert [line.split()[0] for line in asked.stdout.splitlines()] == ["cape-news", "wire"]
    assert asked.stderr.splitlines()[1:] == [
        "tracker: sources/typo.toml, key 'ulr': unknown key (did you mean 'url'?)"
    ]


def test_a_language_that_is_not_read_is_told(unpolled: Path) -> None:
    write_source(unpolled, "costa", "wire.json", more='language = "tr"\n')
    write_source(unpolled, "port", "wire.json", more='language = "en-GB"\n')
    _, costa, port, _ = done("sources", cwd=unpolled).splitlines()
    assert "Costa: no figure is read in language 'tr', only in: de, en, es, fr, it, pt" in costa
    assert "language" not in port
    assert json.loads(done("sources", "--json", cwd=unpolled))[2]["language"] == "en-GB"
    assert [
        each.split()[0] for each in done("sources", "--trouble", cwd=unpolled).splitlines()
    ] == ["costa"]
