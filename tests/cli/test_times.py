"""`--as-of` and `--known-at`, alone and together, in every query: the past of one real log."""

import json
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from builders import figure, opened, reread, withdrawn
from command import done, run
from past import Recorded, events, record, then
from said import at
from tracker.cli.shown import estimate_row, row
from tracker.encoding import event_id
from tracker.events import FigureReported
from tracker.model import Measure, Rank, utc_text
from tracker.projections.estimate import replay
from tracker.projections.history import all_moves, history
from tracker.projections.ledger import Ledger, ledger
from tracker.store.writer import open_writer

FERRY, MILL = "ferry-2031", "mill-fire"

FIRST = figure(12, source="cape", source_rank=Rank.OUTLET, report="a", published_at=at(1))
HIGH = figure(95, issuer_id="ministry", issuer_rank=Rank.OFFICIAL, published_at=at(3))
LATE = figure(30, report="b", published_at=at(2))
EDITED = figure(
    14, source="cape", report="a", version=2, published_at=at(6), replaces=(event_id(FIRST),)
)
REREAD = figure(31, report="b", reading=2, published_at=at(2))

PAST = [
    Recorded(at(4), FERRY, [opened(effective_at=at(3)), FIRST, HIGH]),
    Recorded(at(6), MILL, [opened(MILL, effective_at=at(5)), figure(3, published_at=at(5))]),
    Recorded(at(9), FERRY, [withdrawn(HIGH, effective_at=at(8))]),
    Recorded(at(12), FERRY, [LATE, EDITED]),
    Recorded(at(20), FERRY, [REREAD, reread(LATE, REREAD)]),
]

SINCE = at(9)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("past")
    with closing(open_writer(made / "events.db")) as log:
        record(log, PAST)
    return made


@pytest.fixture(params=[None, at(2), at(5), at(7)], ids=lambda each: f"as of {each}")
def as_of(request: pytest.FixtureRequest) -> datetime | None:
    found: datetime | None = request.param
    return found


@pytest.fixture(params=[None, at(5), at(10)], ids=lambda each: f"known at {each}")
def known_at(request: pytest.FixtureRequest) -> datetime | None:
    found: datetime | None = request.param
    return found


def flags(as_of: datetime | None, known_at: datetime | None) -> list[str]:
    given = {"--as-of": as_of, "--known-at": known_at}
    return [word for name, at in given.items() if at for word in (name, at.isoformat())]


def folded(incident: str, as_of: datetime | None, known_at: datetime | None) -> Ledger:
    return ledger(then(PAST, incident, as_of=as_of, known_at=known_at))


def test_estimate_and_history(
    folder: Path, as_of: datetime | None, known_at: datetime | None
) -> None:
    asked = ["--json", *flags(as_of, known_at)]
    left = folded(FERRY, as_of, known_at)
    assert json.loads(done("estimate", FERRY, *asked, cwd=folder)) == estimate_row(
        replay(left, FERRY, Measure.KILLED).estimate
    )
    moves = history(left, FERRY, Measure.KILLED)
    assert json.loads(done("history", FERRY, *asked, cwd=folder)) == [row(each) for each in moves]


def test_changes(folder: Path, as_of: datetime | None, known_at: datetime | None) -> None:
    """Of what was recorded since then: what moved, and how much was read anew."""
    asked = ["--since", SINCE.isoformat(), *flags(as_of, known_at)]
    moves = [
        each
        for incident in (FERRY, MILL)
        for each in all_moves(folded(incident, as_of, known_at), incident)
        if each.recorded_at >= SINCE
    ]
    moves.sort(key=lambda each: (each.published_at, each.position))
    told = run("changes", "--json", *asked, cwd=folder)
    assert [each["event_id"] for each in json.loads(told.stdout)] == [
        each.event_id for each in moves
    ]
    assert ("figures read anew since then: 1" in told.stderr) == (known_at is None)


def test_incidents(folder: Path, as_of: datetime | None, known_at: datetime | None) -> None:
    """One that was not known then is not listed; what counted only later is not in its row."""
    wanted = []
    for incident in (FERRY, MILL):
        facts = [each.fact for each in then(PAST, incident, as_of=as_of, known_at=known_at)]
        published = [each.published_at for each in facts if isinstance(each, FigureReported)]
        toll = replay(folded(incident, as_of, known_at), incident, Measure.KILLED).estimate
        row = {
            "incident": incident,
            "title": "Ferry accident off the cape",
            "figures": len(published),
            "killed": toll.phrase,
            "first_at": utc_text(min(published)) if published else None,
            "last_at": utc_text(max(published)) if published else None,
        }
        wanted += [row] if facts else []
    wanted.sort(key=lambda each: str(each["last_at"] or ""), reverse=True)
    told = json.loads(done("incidents", "--json", *flags(as_of, known_at), cwd=folder))
    assert told == wanted


def test_events(folder: Path, as_of: datetime | None, known_at: datetime | None) -> None:
    def asked(*more: str) -> list[dict[str, Any]]:
        lines = done("events", "--jsonl", *more, *flags(as_of, known_at), cwd=folder).splitlines()
        return [json.loads(line) for line in lines]

    wanted = [
        each
        for each in events(PAST)
        if (known_at is None or each.recorded_at <= known_at)
        and (as_of is None or each.fact.effective_at <= as_of)
    ]
    assert [each["position"] for each in asked()] == [each.position for each in wanted]
    assert [each["position"] for each in asked("--incident", MILL)] == [
        each.position for each in wanted if each.stream.endswith(MILL)
    ]


def test_an_incident_that_was_not_known_then_is_no_mistake(folder: Path) -> None:
    """It is in the log, and nobody had stated a figure."""
    asked = run("history", MILL, "--known-at", at(5).isoformat(), cwd=folder)
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == "mill-fire: nobody has stated a figure for killed yet\n"
