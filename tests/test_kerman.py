"""The bundled reports come out as the history they are: by the command, and in every order."""

import asyncio
import json
import shutil
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import permutations
from pathlib import Path
from typing import Any

import pytest

from command import done, run
from folder import BUNDLED
from tracker.desk import Desk
from tracker.events import incident_stream
from tracker.intake import Source
from tracker.model import Measure, Revision
from tracker.polling import poll
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.sources.config import load_incidents, load_sources
from tracker.sources.web import Manners, Web, open_web
from tracker.store.base import Log
from tracker.store.writer import open_writer

NAME = "kerman-2024"
TODAY = datetime(2024, 2, 1, tzinfo=UTC)

Line = tuple[object, ...]
Told = tuple[list[Line], list[Line]]
"""The histories of the killed and of the injured."""

KILLED = [
    # published, phrase, change, reason, source, issuer, words of the quote
    ("2024-01-04T06:00", "nearly 100", None, "first", "news-digest", None, "Nearly one hundred"),
    ("2024-01-04T12:00", "over 100", 0, "raised", "explainer", None, "Over 100 people died"),
    ("2024-01-04T12:00", "103", 3, "narrowed", "explainer", None, "has risen to 103"),
    (
        "2024-01-04T15:00",
        "84",
        -19,
        "lowered",
        "state-agency",
        "the interior minister",
        "revised down from 95 to 84",
    ),
    (
        "2024-01-05T09:00",
        "89",
        5,
        "raised",
        "state-agency",
        "the governor's office",
        "has risen to 89, up from 84",
    ),
    (
        "2024-01-06T10:00",
        "at least 91",
        2,
        "raised",
        "state-television",
        None,
        "has risen to at least 91",
    ),
]


@pytest.fixture(scope="module")
def polled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder in which the bundled sources have been polled once."""
    folder = tmp_path_factory.mktemp("polled")
    done("--sources", str(BUNDLED), "poll", cwd=folder)
    return folder


def ask(folder: Path, *args: str) -> Any:
    return json.loads(done("--sources", str(BUNDLED), *args, "--json", cwd=folder))


def without(folder: Path, *left_out: str) -> Path:
    """A copy of the bundled sources that lacks some."""
    copy = shutil.copytree(BUNDLED, folder / "sources")
    for name in left_out:
        (copy / f"{name}.toml").unlink()
    return copy


def test_the_death_toll_reads_as_it_moved(polled: Path) -> None:
    """Each move has when, source, issuer, change, reason and the quoted words."""
    rows = ask(polled, "history", NAME)
    assert [
        (
            row["published_at"][:16],
            row["phrase"],
            row["change"],
            row["reason"],
            row["source"],
            row["issuer"],
        )
        for row in rows
    ] == [each[:6] for each in KILLED]
    for row, (*_, words) in zip(rows, KILLED, strict=True):
        assert words in row["quote"]


def test_the_lines_for_people_say_the_same(polled: Path) -> None:
    lines = done("--sources", str(BUNDLED), "history", NAME, cwd=polled).splitlines()
    assert len(lines) == len(KILLED)
    for line, (when, phrase, change, reason, source, issuer, words) in zip(
        lines, KILLED, strict=True
    ):
        who = f"{source} / {issuer}" if issuer else source
        moved = "" if change is None else f"{change:+}".replace("-", "−") if change else "0"
        cells = [cell.strip() for cell in line.split("  ") if cell.strip()]
        assert cells[0] == when.replace("T", " ") + "Z"
        assert cells[1:-1] == [cell for cell in (phrase, moved, reason, who) if cell]
        assert words in cells[-1]


def test_the_injured_are_contested_until_the_minister_counts_them(polled: Path) -> None:
    """The slow outlet's 211 moves nothing."""
    rows = ask(polled, "history", NAME, "--measure", "injured")
    assert [(row["phrase"], row["status"], row["source"]) for row in rows] == [
        ("over 200", "reported", "news-digest"),
        ("188", "contested", "explainer"),
        ("284", "reported", "state-agency"),
    ]
    assert [row["change"] for row in rows] == [None, -12, 96]


@pytest.mark.parametrize(
    ("moment", "best"),
    [
        ("2024-01-04T05:59Z", None),
        ("2024-01-04T13:00Z", 103),
        ("2024-01-05T00:00Z", 84),
        ("2024-01-05T12:30+03:30", 89),
        ("2024-01-06", 91),
    ],
)
def test_what_counted_at_a_moment(polled: Path, moment: str, best: int | None) -> None:
    assert ask(polled, "estimate", NAME, "--as-of", moment)["best"] == best


def test_a_second_poll_appends_nothing(polled: Path) -> None:
    before = done("events", "--jsonl", cwd=polled)
    again = run("--sources", str(BUNDLED), "poll", cwd=polled)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == "5 sources polled, 0 failed, 0 new events\n"
    assert done("events", "--jsonl", cwd=polled) == before


def test_a_folder_read_anew_adds_nothing(polled: Path, tmp_path: Path) -> None:
    """Not only unchanged bytes: the same reports under another configuration are known, too."""
    shutil.copy(polled / "events.db", tmp_path)
    sources = without(tmp_path)
    path = sources / "incidents.toml"
    path.write_text(path.read_text() + "\n# Another digest of the file: all is read again.\n")
    assert run("poll", cwd=tmp_path).stderr == "5 sources polled, 0 failed, 0 new events\n"


def test_the_history_is_folded_from_events_alone(polled: Path, tmp_path: Path) -> None:
    """All that is kept beside the events can go, and a fresh process reads the same history."""
    shutil.copy(polled / "events.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "events.db")) as shell:
        for table in ("polls", "memos", "outbox", "told", "owed", "reach"):
            shell.execute(f"DELETE FROM {table}")
        shell.commit()
    assert ask(tmp_path, "history", NAME) == ask(polled, "history", NAME)
    assert ask(tmp_path, "changes", "--since", "1d") == ask(polled, "changes", "--since", "1d")


def test_without_the_digest_and_the_explainer_it_still_comes_out_right(tmp_path: Path) -> None:
    without(tmp_path, "news-digest", "explainer")
    done("poll", cwd=tmp_path)
    rows = json.loads(done("history", NAME, "--json", cwd=tmp_path))
    assert [row["phrase"] for row in rows] == ["84", "89", "at least 91"]


def test_every_order_of_arrival_gives_the_same_history() -> None:
    """Each source polled alone, in each of the 120 orders, into a log of its own."""
    sources, errors = load_sources(BUNDLED)
    assert not errors
    assert len(sources) == 5

    async def in_order(web: Web, order: Sequence[Source]) -> Told:
        with closing(open_writer(":memory:")) as log:
            desk = Desk(log=log, incidents=load_incidents(BUNDLED), clock=lambda: TODAY)
            with desk.thread:
                for source in order:
                    polled = await poll(desk, web, source, lambda _: None, jitter=lambda: 0)
                    assert not polled.error
                return told(log, Measure.KILLED), told(log, Measure.INJURED)

    async def in_all_orders() -> list[Told]:
        async with open_web(Manners(), environment={}) as web:
            return [await in_order(web, order) for order in permutations(sources)]

    first, *others = asyncio.run(in_all_orders())
    assert [line[1] for line in first[0]] == [each[1] for each in KILLED]
    assert len(others) == 119
    assert all(each == first for each in others)


def told(log: Log, measure: Measure) -> list[Line]:
    """The history, but for what hangs on the order of arrival: positions and moments stored."""
    events = log.read(incident_stream(NAME))
    return [_line(each) for each in history(ledger(events), NAME, measure)]


def _line(each: Revision) -> Line:
    estimate = each.estimate
    return (
        each.published_at,
        estimate.phrase,
        estimate.best,
        estimate.low,
        estimate.high,
        estimate.status,
        each.change,
        each.reason,
        each.source,
        each.issuer,
        each.quote,
        each.event_id,
    )
