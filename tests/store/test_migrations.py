"""A log of an older format is brought up to date by the first writer, whole or not at all."""

import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

import pytest

from builders import NOON, figure, opened, reread, set_aside, withdrawn
from tracker.errors import LogError, NewerLog, OlderLog
from tracker.events import INBOX, Fact
from tracker.model import Qualifier, Rank
from tracker.store.base import Append, Owed, Reach
from tracker.store.schema import SCHEMA_VERSION
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

SAMPLES: Final = sorted((Path(__file__).parent / "samples").glob("format-*.sql"))
"""A log of each older format, as SQLite writes it out."""

FERRY: Final = "incident/ferry-2031"
LONG_AGO: Final = datetime(2021, 5, 1, 12, tzinfo=UTC)
FIRST: Final = figure(
    12,
    published_at=LONG_AGO,
    issuer="the harbour office",
    issuer_id="harbour-office",
    issuer_rank=Rank.OFFICIAL,
    scope="Cape Lorn",
    text=None,
)
HELD: Final[list[Fact]] = [
    opened(began=date(2021, 5, 1), effective_at=LONG_AGO, observed_at=LONG_AGO),
    FIRST,
    figure(
        9,
        qualifier=Qualifier.AT_LEAST,
        published_at=LONG_AGO,
        report=FIRST.report,
        text=None,
    ),
    figure(15, version=2, replaces=("0" * 20,), text="Fifteen “dead”,\nthey said."),
    withdrawn(figure(12)),
    reread(figure(15), figure(16, reading=2)),
    figure(16, reading=2, title=None, quote=None, text=None),
]
"""What each sample holds of the incident; the paragraphs of long ago were forgotten."""


@pytest.fixture(params=SAMPLES, ids=lambda path: path.stem)
def old(request: pytest.FixtureRequest, db: Path) -> Path:
    with closing(sqlite3.connect(db)) as conn:
        conn.executescript(request.param.read_text("utf-8"))
    return db


def rows(db: Path) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(db)) as conn:
        return conn.execute("SELECT * FROM events ORDER BY position").fetchall()


def test_there_is_a_sample_of_every_older_format() -> None:
    assert [path.stem for path in SAMPLES] == [f"format-{n}" for n in range(1, SCHEMA_VERSION)]


def test_a_reader_leaves_an_older_log_as_it_is_and_says_what_to_do(old: Path) -> None:
    before = old.read_bytes()
    with pytest.raises(OlderLog, match="the next `tracker poll` or daemon brings it up to date"):
        open_log(old)
    assert old.read_bytes() == before


def test_a_writer_brings_it_up_to_date(old: Path) -> None:
    """Every event is carried over as it is, hash and all; words, outbox and polls are there."""
    events = rows(old)

    with closing(open_writer(old)) as log:
        assert [each.fact for each in log.read(FERRY)] == HELD
        assert [each.fact for each in log.read(INBOX)] == [set_aside()]
        assert log.verify() is None
        assert log.verify_projections() is None
        assert [each.figures for each in log.roster()] == [4]
        assert [each.best for each in log.told("ferry-2031")] == [12]
        [claimed] = log.claim({"desk": 8}, now=NOON, until=NOON)["desk"].deliveries
        assert (claimed.id, claimed.about) == ("msg_1", "ferry-2031")
        assert log.last_sequences("ferry-2031")["desk"] == 1
        assert [each.source for each in log.polls()] == ["wire"]

    assert rows(old) == events


def test_what_waited_in_the_outbox_goes_on_where_it_was(db: Path) -> None:
    """The first of an incident goes first, and a receiver that was gone stays so at its url."""
    with closing(sqlite3.connect(db)) as conn:
        conn.executescript(SAMPLES[2].read_text("utf-8"))
    with closing(open_writer(db)) as log:
        assert {each.alert.sequence: each.state for each in log.enqueued(endpoints=["agency"])} == {
            1: "delivered", 2: "due", 3: "queued",
        }  # fmt: skip
        [delivered] = log.enqueued(ids=["msg_agency_ferry-2031_1"])
        assert [each.answer for each in delivered.tried] == ["204 No Content"]
        assert log.owed() == [Owed(endpoint="desk", incident="ferry-2031")]
        gone = Reach(
            endpoint="agency",
            address="https://agency.example/old",
            disabled="gone",
            disabled_at=NOON,
        )
        assert log.reach() == [gone]


def test_it_is_then_a_log_like_any_other(old: Path) -> None:
    """It grows, forgets, and is made of the same tables as a new one."""
    with closing(open_writer(old)) as log:
        log.append([Append(FERRY, len(HELD), (figure(17),))], recorded_at=NOON)
        assert log.verify() is None
    with closing(open_writer(old)) as log, closing(open_writer(old.with_name("new.db"))) as new:
        assert log.read(FERRY)[-1].fact == figure(17)
        assert schema(old) == schema(old.with_name("new.db"))
        assert new.verify() is None


def test_an_interrupted_migration_leaves_the_older_log(old: Path) -> None:
    """Its last step fails here, as it does on a disk that is full."""
    with closing(sqlite3.connect(old)) as conn:
        conn.execute("CREATE TABLE interpretations (source TEXT)")
        conn.commit()
        before = conn.execute("PRAGMA user_version").fetchone()
    events = rows(old)

    with pytest.raises(LogError, match="interpretations"):
        open_writer(old)

    assert rows(old) == events
    with closing(sqlite3.connect(old)) as conn:
        assert conn.execute("PRAGMA user_version").fetchone() == before
        conn.execute("DROP TABLE interpretations")
        conn.commit()
    with closing(open_writer(old)) as log:
        assert log.verify() is None


def test_a_newer_log_is_refused_unharmed(db: Path) -> None:
    with closing(open_writer(db)) as log:
        log.append([Append(FERRY, 0, (replace(FIRST, text=None),))], recorded_at=NOON)
    with closing(sqlite3.connect(db)) as conn:
        conn.execute(f"PRAGMA user_version = {SCHEMA_VERSION + 1}")
        conn.execute("PRAGMA journal_mode = DELETE")
    before = db.read_bytes()

    for opening in (open_log, open_writer):
        with pytest.raises(NewerLog, match="install the newer version"):
            opening(db)

    assert db.read_bytes() == before


def schema(db: Path) -> list[tuple[str, str]]:
    with closing(sqlite3.connect(db)) as conn:
        return conn.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall()
