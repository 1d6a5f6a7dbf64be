"""How fast the log is: `python benchmarks/log.py [--events 1000000]`.

Makes a log of that many figures in a temporary folder (2 GB for a million) and measures it beside
raw sqlite3 with the same durability (WAL, synchronous FULL), the same tables, indexes and rows,
already made into tuples; and beside eventsourcing and sqlite-utils, which are development
packages. What is compared is measured in turns, so that both meet the same machine; medians, and
for queries the 99th percentile too. Times hang on the machine: the ratios are what counts.
"""

import argparse
import os
import random
import resource
import shutil
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

from eventsourcing.persistence import StoredEvent
from eventsourcing.sqlite import SQLiteApplicationRecorder, SQLiteDatastore
from sqlite_utils import Database

from tracker.encoding import encode, to_json
from tracker.events import FigureReported, incident_stream
from tracker.model import Measure, Qualifier, Rank, Role, utc_text
from tracker.projections.estimate import replay
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.store.base import Append
from tracker.store.chain import link
from tracker.store.schema import RULES, TABLES
from tracker.store.sqlite import open_log
from tracker.store.verify import chain_flaw
from tracker.store.writer import SqliteLog, open_writer

BEGAN = datetime(2031, 1, 1, tzinfo=UTC)
NAMES = ("events", "words", "paragraphs")
"""The tables that are for good."""

LONG = "long-war"
"""The incident with 1,000 figures; every other one has 100."""

# Compiled modules are kept and used, as they are wherever this is installed.
ENVIRONMENT = {name: value for name, value in os.environ.items() if name[:6] != "PYTHON"}

TRACKER = Path(sys.executable).with_name("tracker")


def main() -> None:
    """Make the log, and measure each kind of work on it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--events", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, help="where to work, instead of a temporary folder")
    parser.add_argument("--seconds", type=float, default=10, help="how long writers crowd one log")
    parser.add_argument("--writer", nargs=2, metavar=("DB", "NAME"), help=argparse.SUPPRESS)
    parser.add_argument("--unqueued", action="store_true", help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.writer:
        _write(*asked.writer, asked.seconds, queued=not asked.unqueued)
        return
    with tempfile.TemporaryDirectory(dir=asked.folder) as name:
        folder = Path(name)
        os.chdir(folder)
        db = folder / "events.db"
        _import(folder, db, asked.events)
        _appends(folder, db)
        _queries(db)
        _whole(db)
        _crowd(folder, asked.seconds)


def _row(work: str, ours: str, beside: str, target: str) -> None:
    print(f"{work:<44} {ours:<34} {beside:<58} target {target}", flush=True)


# --- made up figures ---------------------------------------------------------------------------


def figures(events: int) -> Iterator[dict[str, Any]]:
    """Figures as `tracker import` takes them, in the order in which they were published."""
    chance = random.Random(1)  # noqa: S311 — figures, not secrets
    others = max((events - 1_000) // 100, 1)
    toll = [0] * (others + 1)
    order = [0] * min(1_000, events) + [1 + each % others for each in range(events - 1_000)]
    chance.shuffle(order)
    for number, place in enumerate(order):
        toll[place] += chance.choice((0, 0, 1, 3, 12))
        measure = chance.choices(
            ("killed", "injured", "missing", "hospitalised"), weights=(45, 30, 15, 10)
        )[0]
        role = chance.choices(
            ("current", "earlier", "part", "increment", "other_event"), weights=(70, 12, 8, 5, 5)
        )[0]
        office = chance.choice((None, "the ministry of the interior", "the governor's office"))
        moment = BEGAN + timedelta(seconds=30 * number)
        low = toll[place] + 3
        yield {
            "incident": LONG if not place else f"incident-{place}",
            "source": f"outlet-{chance.randrange(20)}",
            "source_rank": chance.choice(("outlet", "agency", "official")),
            "report": f"https://outlet.example/{number}",
            "published_at": utc_text(moment),
            "measure": measure,
            "low": low,
            "high": low,
            "role": role,
            "title": f"Toll of the accident at place {place} changes",
            "quote": f"The {measure} of the accident number {place} are now given as {low}, said "
            "people on the spot who have counted them again today.",
            "issuer": office,
            "issuer_id": office and office.rpartition(" ")[2],
            "issuer_rank": office and "official",
        }


def _fact(number: int) -> FigureReported:
    """A figure that no other has: one report of one figure, with its paragraph."""
    moment = BEGAN + timedelta(days=400, seconds=number)
    quote = f"The toll of the accident has risen to {number}, said those who count on the spot."
    return FigureReported(
        source="outlet-1",
        source_name="Outlet One",
        source_rank=Rank.OUTLET,
        report=f"https://outlet.example/new/{number}",
        version=1,
        published_at=moment,
        observed_at=moment,
        url=f"https://outlet.example/new/{number}",
        language="en",
        reading=2,
        measure=Measure.KILLED,
        low=number,
        high=number,
        qualifier=Qualifier.EXACT,
        role=Role.CURRENT,
        place=40,
        occurrence=0,
        title="Toll of the accident changes",
        quote=quote,
        issuer="the ministry of the interior",
        issuer_id="interior",
        issuer_rank=Rank.OFFICIAL,
        text=f"{quote} " + "Divers were still searching, and the weather got worse. " * 4,
    )


# --- measuring ---------------------------------------------------------------------------------


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def _in_turns(runs: int, *works: Callable[[], object]) -> list[float]:
    """The median of each, in seconds."""
    times = [[_seconds(work) for work in works] for _ in range(runs)]
    return [statistics.median(each) for each in zip(*times, strict=True)]


def _p99(times: Sequence[float]) -> float:
    return statistics.quantiles(times, n=100)[98]


def _child(*command: str | Path) -> tuple[float, float]:
    """Seconds and megabytes (peak) of a command that must succeed."""
    start = time.perf_counter()
    with subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.DEVNULL,
        env=ENVIRONMENT,
    ) as process:
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0, command
    unit = 1 if sys.platform == "darwin" else 1024
    return time.perf_counter() - start, usage.ru_maxrss * unit / 1e6


def _raw(path: Path) -> sqlite3.Connection:
    conn = sqlite3.connect(path, isolation_level=None)
    conn.execute("PRAGMA journal_mode = WAL")
    conn.execute("PRAGMA synchronous = FULL")
    return conn


# --- importing ---------------------------------------------------------------------------------


def _import(folder: Path, db: Path, events: int) -> None:
    file = folder / "figures.jsonl"
    with file.open("wb") as out:
        for each in figures(events):
            out.write(to_json(each) + b"\n")
    took, peak = _child(TRACKER, "--db", db, "import", file)
    size = db.stat().st_size / 1e6
    file.unlink()
    with closing(sqlite3.connect(db)) as conn:
        assert conn.execute("SELECT count(*) FROM events").fetchone()[0] >= events
    bare = _load_raw(db, folder / "raw.db")
    _row(
        f"import {events:,} figures ({size:,.0f} MB)",
        f"{took:.1f} s, {peak:.0f} MB",
        f"raw, the same rows, indexes after: {bare:.1f} s",
        "20 s, 200 MB",
    )


def _load_raw(db: Path, copy: Path) -> float:
    """Seconds in which the same rows are inserted, and then indexed, reading them left out."""
    took = 0.0
    with closing(sqlite3.connect(db)) as made, closing(_raw(copy)) as raw:
        for statement in TABLES:
            raw.execute(statement)
        for table in NAMES:
            cursor = made.execute(f"SELECT * FROM {table} ORDER BY position")
            holes = ", ".join("?" * len(cursor.description))
            while rows := cursor.fetchmany(10_000):
                start = time.perf_counter()
                raw.execute("BEGIN IMMEDIATE")
                raw.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
                raw.execute("COMMIT")
                took += time.perf_counter() - start
        indexes = [each for each in RULES if "INDEX" in each]
        took += _seconds(lambda: [raw.execute(each) for each in indexes])
    copy.unlink()
    return took


# --- appending ---------------------------------------------------------------------------------

RUNS = {1: 300, 1_000: 9}
"""How often each size of append is measured."""


class Rivals:
    """Who appends the same figures: each method makes all batches before any is measured."""

    def __init__(self, folder: Path, log: SqliteLog, raw: sqlite3.Connection) -> None:
        self.log, self.raw = log, raw
        self.heads = {each.stream: each.version for each in log.heads()}
        self.streams = log.streams(incident_stream("incident-"))[:5_000]
        self.in_raw = dict(self.heads)
        (last,) = raw.execute("SELECT max(position) FROM events").fetchone()
        self.places, self.numbers, self.versions = count(last + 1), count(), count()
        self.originator = uuid.uuid4()
        self.recorder = SQLiteApplicationRecorder(SQLiteDatastore(str(folder / "other.db")))
        self.recorder.create_table()
        self.utils = Database(_raw(folder / "utils.db"), execute_plugins=False)
        self.empty = _raw(folder / "empty.db")
        self.empty.execute(TABLES[0])
        self.empty.execute("CREATE UNIQUE INDEX keys ON events (stream, version)")
        self.chance = random.Random(2)  # noqa: S311 — streams, not secrets

    def ours(self, size: int) -> Callable[[], object]:
        prepared = [self.facts(size) for _ in range(RUNS[size])]

        def append() -> None:
            stream = self.chance.choice(self.streams)
            self.log.append([Append(stream, self.heads[stream], prepared.pop())], recorded_at=BEGAN)
            self.heads[stream] += size

        return append

    def plain(self, size: int) -> Callable[[], object]:
        """Raw sqlite3 in the same tables and indexes, without the triggers."""
        prepared = [self.rows(size) for _ in range(RUNS[size])]

        def append() -> None:
            made = prepared.pop()
            self.raw.execute("BEGIN IMMEDIATE")
            for table, rows in made.items():
                holes = ", ".join("?" * len(rows[0]))
                self.raw.executemany(f"INSERT INTO {table} VALUES ({holes})", rows)
            self.raw.execute("COMMIT")

        return append

    def bare(self, size: int) -> Callable[[], object]:
        """Raw sqlite3 again, but events alone, into a table that is empty at first."""
        prepared = [self.rows(size)["events"] for _ in range(RUNS[size])]

        def append() -> None:
            self.empty.execute("BEGIN IMMEDIATE")
            holes = ", ".join("?" * 8)
            self.empty.executemany(f"INSERT INTO events VALUES ({holes})", prepared.pop())
            self.empty.execute("COMMIT")

        return append

    def sourced(self, size: int) -> Callable[[], object]:
        """With eventsourcing, as many bytes of state, into a table that is empty at first."""
        topic, state = "tracker:FigureReported", b"x" * 1_100
        prepared = [
            [StoredEvent(self.originator, next(self.versions), topic, state) for _ in range(size)]
            for _ in range(RUNS[size])
        ]
        return lambda: self.recorder.insert_events(prepared.pop())

    def utilised(self, size: int) -> Callable[[], object]:
        """With sqlite-utils, events without words, into a table that is empty at first."""
        names = ("position", "stream", "version", "type", "id", "recorded_at", "data", "hash")
        prepared = [
            [dict(zip(names, row, strict=True)) for row in self.rows(size)["events"]]
            for _ in range(RUNS[size])
        ]
        table = self.utils.table("events", pk="position")
        return lambda: table.insert_all(prepared.pop())

    def facts(self, size: int) -> tuple[FigureReported, ...]:
        return tuple(_fact(next(self.numbers)) for _ in range(size))

    def rows(self, size: int) -> dict[str, list[tuple[Any, ...]]]:
        """What an append of ours would store, already numbered, salted and chained."""
        stream = self.chance.choice(self.streams)
        made: dict[str, list[tuple[Any, ...]]] = {table: [] for table in NAMES}
        for fact in self.facts(size):
            place = next(self.places)
            self.in_raw[stream] += 1
            data = to_json(encode(fact)[0] | dict.fromkeys(fact.WORDS, "0" * 64)).decode()
            row = (
                *(place, stream, self.in_raw[stream], fact.TYPE, uuid.uuid4().hex[:20]),
                *(utc_text(BEGAN), data),
            )
            made["events"].append((*row, link("", row)))
            made["words"].append((place, bytes(48), fact.title, fact.quote, fact.issuer))
            made["paragraphs"].append((place, bytes(16), fact.text, utc_text(BEGAN)))
        return made


def _appends(folder: Path, db: Path) -> None:
    copy = folder / "raw.db"
    shutil.copy(db, copy)
    with closing(open_writer(db)) as log, closing(_raw(copy)) as raw:
        rules = raw.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in rules:
            raw.execute(f"DROP TRIGGER {name}")
        rivals = Rivals(folder, log, raw)
        for size, target in ((1, "0.80 × raw"), (1_000, "0.75 × raw")):
            works = (rivals.ours, rivals.plain, rivals.bare, rivals.sourced, rivals.utilised)
            ours, plain, bare, sourced, utilised = _in_turns(
                RUNS[size], *(each(size) for each in works)
            )
            _row(
                f"append {size:,} at once, durably",
                f"{ours * 1e3:.2f} ms = {plain / ours:.2f} × raw",
                f"raw {plain * 1e3:.2f} ms; in a small log without words eventsourcing "
                f"{bare / sourced:.2f} × raw, sqlite-utils {bare / utilised:.2f} ×",
                target,
            )
        _known(db, rivals)
    copy.unlink()


def _known(db: Path, rivals: Rivals) -> None:
    stream, facts = rivals.streams[0], rivals.facts(1)
    rivals.log.append([Append(stream, None, facts)], recorded_at=BEGAN)
    again = [Append(stream, rivals.heads[stream] + 1, facts)]
    (made,) = rivals.raw.execute("SELECT id FROM events WHERE position = 1000").fetchone()
    files = (db, Path(f"{db}-wal"))
    before = [(each.stat().st_size, each.stat().st_mtime_ns) for each in files]
    ours, plain = _in_turns(
        2_000,
        lambda: rivals.log.append(again, recorded_at=BEGAN),
        lambda: rivals.raw.execute("SELECT 1 FROM events WHERE id = ?", (made,)).fetchone(),
    )
    assert before == [(each.stat().st_size, each.stat().st_mtime_ns) for each in files]
    _row(
        "a report already known",
        f"{ours * 1e6:.0f} µs, no file touched",
        f"raw {plain * 1e6:.0f} µs",
        "25 µs",
    )


# --- asking ------------------------------------------------------------------------------------


def _queries(db: Path) -> None:
    stream = incident_stream(LONG)
    with closing(open_log(db)) as log, closing(sqlite3.connect(db)) as raw:
        times = [
            _seconds(lambda: history(ledger(log.read(stream)), LONG, Measure.KILLED))
            for _ in range(300)
        ]
        bare = [
            _seconds(
                lambda: raw.execute(
                    "SELECT * FROM events WHERE stream = ? ORDER BY version", (stream,)
                ).fetchall()
            )
            for _ in range(300)
        ]
        _row(
            f"history, {len(log.read(stream)):,} figures",
            f"median {statistics.median(times) * 1e3:.1f} ms, p99 {_p99(times) * 1e3:.1f} ms",
            f"raw tuples {statistics.median(bare) * 1e3:.1f} ms",
            "p99 20 ms",
        )
        chance = random.Random(3)  # noqa: S311 — incidents, not secrets
        names = [each.incident for each in log.roster() if each.incident != LONG]

        def ask(as_of: datetime | None, known_at: datetime | None) -> None:
            name = chance.choice(names)
            events = log.read(incident_stream(name), known_at=known_at)
            replay(ledger(events, as_of=as_of), name, Measure.KILLED)

        for what, moments in (("now", False), ("at any as-of and known-at", True)):
            times = []
            for _ in range(1_000):
                as_of = BEGAN + timedelta(days=chance.random() * 400) if moments else None
                known_at = datetime.now(UTC) if moments else None
                times.append(_seconds(lambda a=as_of, k=known_at: ask(a, k)))  # type: ignore[misc]
            _row(
                f"estimate {what}, 100 figures",
                f"median {statistics.median(times) * 1e3:.2f} ms, p99 {_p99(times) * 1e3:.2f} ms",
                "",
                "p99 3 ms",
            )
        took = statistics.median(_seconds(lambda: chain_flaw(raw)) for _ in range(3))
        (events,) = raw.execute("SELECT count(*) FROM events").fetchone()

        def read_and_hash() -> None:
            rows = raw.execute("SELECT * FROM events ORDER BY position")
            for row in rows:
                link("", row[:7])

        bare_took = statistics.median(_seconds(read_and_hash) for _ in range(3))
        _row(
            f"verify the chain of {events:,} events",
            f"{took:.1f} s",
            f"hashing and reading alone {bare_took:.1f} s",
            "4 s",
        )


def _whole(db: Path) -> None:
    took, peak = _child(TRACKER, "--db", db, "rebuild")
    with closing(sqlite3.connect(db)) as raw:
        bare = statistics.median(
            _seconds(lambda: [None for _ in raw.execute("SELECT * FROM events ORDER BY position")])
            for _ in range(3)
        )
    _row(
        "rebuild the stored projections",
        f"{took:.1f} s, {peak:.0f} MB",
        f"reading the rows alone {bare:.1f} s",
        "4 s, 150 MB",
    )
    runs = [
        (
            _child(TRACKER, "--db", db, "history", LONG)[0],
            _child(sys.executable, "-c", "import sqlite3")[0],
        )
        for _ in range(21)
    ]
    mine, bare = (statistics.median(each) for each in zip(*runs, strict=True))
    _row(
        "`tracker history` as a process",
        f"{mine * 1e3:.0f} ms = {mine / bare:.1f} × import sqlite3",
        f"import sqlite3: {bare * 1e3:.0f} ms",
        "5 ×",
    )
    print(f"peak memory of the measuring process: {_peak():.0f} MB")


# --- a crowd of writers ------------------------------------------------------------------------


def _write(db: str, name: str, seconds: float, *, queued: bool) -> None:
    """One writer of a crowd: appends figure after figure, and prints how long each took."""
    times = []
    with closing(open_writer(db, wait=60)) as log:
        if not queued:
            log._turns.close()  # noqa: SLF001 — nobody but this comparison does without
        print("ready", flush=True)
        sys.stdin.readline()
        until = time.perf_counter() + seconds
        for number in count():
            fact = replace(_fact(number), source=name)
            times.append(
                _seconds(
                    lambda f=fact: log.append([Append(name, None, (f,))], recorded_at=BEGAN)  # type: ignore[misc]
                )
            )
            if time.perf_counter() > until:
                break
    print(len(times), _p99(times))


def _write_together(
    db: Path, writers: int, seconds: float, *options: str
) -> list[tuple[int, float]]:
    """How many appends each of them managed, and the 99th percentile of their times."""
    command = [sys.executable, __file__, *options, "--seconds", str(seconds), "--writer", str(db)]
    crowd = [
        subprocess.Popen(
            [*command, f"writer-{n}"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        for n in range(writers)
    ]
    for each in crowd:
        assert each.stdout is not None
        assert each.stdout.readline() == "ready\n"
    for each in crowd:
        assert each.stdin is not None
        each.stdin.write("go\n")
        each.stdin.flush()
    said = [each.communicate()[0].split() for each in crowd]
    return [(int(many), float(slowest)) for many, slowest in said]


def _crowd(folder: Path, seconds: float) -> None:
    ((alone, alone_p99),) = _write_together(folder / "alone.db", 1, seconds / 2)
    told = []
    for options in ((), ("--unqueued",)):
        crowd = _write_together(folder / f"crowd{len(options)}.db", 8, seconds, *options)
        most, least = max(many for many, _ in crowd), min(many for many, _ in crowd)
        slowest = max(p99 for _, p99 in crowd)
        told.append(
            f"p99 of the slowest {slowest * 1e3:.1f} ms = {slowest / alone_p99:.1f} × alone, "
            f"least share {least / most:.2f} × most, "
            f"{sum(many for many, _ in crowd) / seconds:.0f} a second"
        )
    _row(
        f"8 processes writing for {seconds:.0f} s",
        told[0],
        f"by SQLite's lock alone: {told[1]}; one alone: p99 {alone_p99 * 1e3:.1f} ms, "
        f"{2 * alone / seconds:.0f} a second",
        "10 ×, 0.5 ×",
    )


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3


if __name__ == "__main__":
    main()
