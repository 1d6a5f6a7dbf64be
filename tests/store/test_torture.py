"""What kills, full disks, flipped bytes and a crowd of writers do to a log: nothing that counts.

A short round runs with all tests; `make torture` runs the long one (`TORTURE=long`) and prints
what was counted. `TORTURE_SEED` repeats a round.
"""

import os
import random
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from builders import NOON, figure, opened, set_aside, withdrawn
from command import done, run
from tracker.errors import LogError, NoLog
from tracker.events import INBOX, Event
from tracker.store.base import Append
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

LONG: Final = os.environ.get("TORTURE") == "long"
SEED: Final = int(os.environ.get("TORTURE_SEED", "7"))
KILLS: Final = 200 if LONG else 24
FLIPS: Final = 2_000 if LONG else 150
CUTS: Final = 200 if LONG else 20
CROWD: Final = 8
TESTS: Final = str(Path(__file__).parents[1])

WRITER: Final = """
import random, sys
sys.path.insert(0, sys.argv[1])
from builders import NOON, figure
from tracker.encoding import event_id
from tracker.errors import Conflict
from tracker.store.base import Alert, Append, Outbox
from tracker.store.writer import open_writer

db, name, seed, most = sys.argv[2], sys.argv[3], int(sys.argv[4]), int(sys.argv[5])
chance = random.Random(seed)
log = open_writer(db, wait=60)
number = 0
while number < most:
    facts = tuple(figure(number + n, report=f"{name}/{number + n}")
                  for n in range(chance.choice((1, 1, 1, 2, 30))))
    number += len(facts)
    ids = [event_id(fact) for fact in facts]
    alerts = tuple(Alert(id=made, endpoint="desk", about=f"{name}-{made}", sequence=1,
                         type="estimate.revised", body="{}") for made in ids)
    stream = f"incident/{chance.randrange(5)}"
    while True:
        expected = chance.choice((None, len(log.read(stream))))
        try:
            log.append([Append(stream, expected, facts)], recorded_at=NOON,
                       outbox=Outbox(alerts=alerts))
        except Conflict:
            continue
        break
    print(*ids, flush=True)
log.close()
"""
"""Appends figures with an alert each, and says which only when the log has answered for them."""


@pytest.fixture
def chance() -> random.Random:
    return random.Random(SEED)  # noqa: S311 — where to strike, not secrets


def tell(what: str) -> None:
    """For `make torture`, which shows what tests print."""
    print(f"\n{what}")  # noqa: T201 — see above


# --- kills and a crowd -------------------------------------------------------------------------


@dataclass
class Crowd:
    """Writers in processes of their own, and what each has been answered for."""

    db: Path
    answered: list[str] = field(default_factory=list)
    started: int = 0

    def start(self, most: int = 1_000_000) -> subprocess.Popen[str]:
        self.started += 1
        name, seed = f"writer-{self.started}", str(SEED + self.started)
        return subprocess.Popen(
            [sys.executable, "-c", WRITER, TESTS, str(self.db), name, seed, str(most)],
            stdout=subprocess.PIPE,
            text=True,
        )

    def hear(self, writer: subprocess.Popen[str], lines: int) -> None:
        assert writer.stdout is not None
        for _ in range(lines):
            self.answered += writer.stdout.readline().split()

    def kill(self, writer: subprocess.Popen[str]) -> None:
        assert writer.stdout is not None
        writer.kill()
        # What it could still say, it was answered for; a line cut off by the kill says nothing.
        for line in writer.stdout:
            if line.endswith("\n"):
                self.answered += line.split()
        assert writer.wait() == -9
        writer.stdout.close()


def stored(db: Path) -> list[Event]:
    with closing(open_log(db)) as log:
        return list(log.tail())


def lost_and_doubled(db: Path, answered: Sequence[str]) -> tuple[int, int]:
    """Answered figures that are not there, and figures or alerts that are there twice."""
    with closing(open_log(db)) as log:
        events = list(log.tail())
        assert log.verify() is None
        assert log.verify_projections() is None
    ids = [each.id for each in events]
    with closing(sqlite3.connect(db)) as conn:
        alerts = [made for (made,) in conn.execute("SELECT id FROM outbox")]
    assert [each.position for each in events] == list(range(1, len(events) + 1))
    assert sorted(alerts) == sorted(ids), "a figure without its alert, or an alert without one"
    facts = {(each.stream, each.fact) for each in events}
    return len(set(answered) - set(ids)), len(events) - len(facts)


def test_nothing_answered_is_lost_however_writers_are_killed(
    db: Path, chance: random.Random
) -> None:
    """Eight at work at once, from the making of the log on; one after the other is killed at
    some moment and another takes its place.
    """
    crowd = Crowd(db)
    writers = [crowd.start() for _ in range(CROWD)]
    for number in range(KILLS):
        victim = writers.pop(chance.randrange(len(writers)))
        crowd.hear(victim, chance.randrange(4))
        crowd.kill(victim)
        writers.append(crowd.start())
        for each in writers[:-1]:
            crowd.hear(each, 1)
        if number % 50 == 49:
            with closing(open_log(db)) as log:
                assert log.verify() is None
    for each in writers:
        crowd.kill(each)

    lost, doubled = lost_and_doubled(db, crowd.answered)
    tell(
        f"writers killed {KILLS + CROWD} times, {CROWD} at once: "
        f"{len(crowd.answered)} figures answered for, lost {lost}, doubled {doubled}"
    )
    assert (lost, doubled) == (0, 0)
    assert len(crowd.answered) > KILLS


def test_a_crowd_that_ends_by_itself_has_stored_everything_once(db: Path) -> None:
    most = 400 if LONG else 60
    crowd = Crowd(db)
    writers = [crowd.start(most) for _ in range(CROWD)]
    for each in writers:
        out, _ = each.communicate()
        assert each.returncode == 0
        crowd.answered += out.split()

    lost, doubled = lost_and_doubled(db, crowd.answered)
    tell(f"{CROWD} writers at once: {len(crowd.answered)} figures, lost {lost}, doubled {doubled}")
    assert (lost, doubled) == (0, 0)
    assert len(stored(db)) == len(crowd.answered)


# --- a full disk -------------------------------------------------------------------------------

FULL: Final = """
import os, sys
from contextlib import closing
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from builders import NOON, figure
from tracker.errors import LogError, NoLog
from tracker.store.base import Append
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

folder = Path(sys.argv[2])
ballast = folder / "ballast"
ballast.write_bytes(bytes(1_000_000))
db = folder / "events.db"
answered = refused = 0
with closing(open_writer(db)) as log:
    for number in range(100_000):
        facts = tuple(figure(n, report=f"{number}/{n}") for n in range(20))
        try:
            log.append([Append("incident/ferry", None, facts)], recorded_at=NOON)
        except LogError as error:
            assert "the disk is full and nothing was written" in str(error), error
            refused += 1
            if refused == 5:
                break
        else:
            answered += len(facts)
    with closing(open_log(db)) as reader:
        assert len(list(reader.tail())) == answered, "something half-written"
        assert reader.verify() is None
        assert reader.verify_projections() is None
    ballast.unlink()
    log.append([Append("incident/ferry", answered, (figure(7, report="after"),))], recorded_at=NOON)
with closing(open_log(db)) as reader:
    assert len(list(reader.tail())) == answered + 1
    assert reader.verify() is None
print(answered, refused)
"""


def on_a_small_disk(size: str, *command: str) -> subprocess.CompletedProcess[str]:
    """Run a command that finds a disk of this size at /mnt, which nobody else sees."""
    alone = ["unshare", "--mount"] + ([] if os.geteuid() == 0 else ["--user", "--map-root-user"])
    inside = f'mount -t tmpfs -o size={size} tmpfs /mnt && exec "$@"'
    return subprocess.run(
        [*alone, "sh", "-c", inside, "sh", *command], capture_output=True, text=True, check=False
    )


def test_a_full_disk_refuses_and_leaves_a_log_that_goes_on(tmp_path: Path) -> None:
    """What was answered is there, nothing is half-written, and with room again it grows."""
    ended = on_a_small_disk("4m", sys.executable, "-c", FULL, TESTS, "/mnt")
    assert ended.returncode == 0, ended.stderr
    answered, refused = map(int, ended.stdout.split())
    tell(f"disk filled: {answered} figures answered for, {refused} appends refused, lost 0")
    assert answered > 0
    assert list(tmp_path.iterdir()) == []


# --- damage, and the way back ------------------------------------------------------------------


@dataclass(frozen=True)
class Kept:
    """A sound log of some streams, and what was exported and noted down of it."""

    db: Path
    export: Path
    checkpoint: Path
    events: list[Event]


@pytest.fixture
def kept(tmp_path: Path) -> Kept:
    db = tmp_path / "kept.db"
    with closing(open_writer(db)) as log:
        log.append([Append("incident/ferry-2031", 0, (opened(),))], recorded_at=NOON)
        for number in range(40):
            facts = [figure(10 * number + n, report=f"r{number}") for n in range(5)]
            stream = f"incident/{number % 4}"
            log.append([Append(stream, None, tuple(facts))], recorded_at=NOON)
        log.append([Append("incident/0", None, (withdrawn(figure(10)),))], recorded_at=NOON)
        log.append([Append(INBOX, 0, (set_aside(),))], recorded_at=NOON)
    export, checkpoint = tmp_path / "export.jsonl", tmp_path / "checkpoint"
    export.write_text(done("--db", str(db), "export", cwd=tmp_path), "utf-8")
    checkpoint.write_text(done("--db", str(db), "checkpoint", cwd=tmp_path), "utf-8")
    return Kept(db, export, checkpoint, stored(db))


def flaw(db: Path) -> str:
    """What opening or verifying says is wrong, in one line; empty where all is well."""
    try:
        with closing(open_log(db)) as log:
            found = log.verify()
    except LogError as error:
        return str(error)
    return f"{found.where}: {found.what}" if found else ""


def restored(kept: Kept, folder: Path) -> Path:
    """A log made from the export, as its owner would, and proven against what was noted down."""
    db = folder / "restored.db"
    done("--db", str(db), "import", str(kept.export), cwd=folder)
    done("--db", str(db), "verify", "--against", str(kept.checkpoint), cwd=folder)
    return db


def flipped(sound: bytes, chance: random.Random) -> Iterator[bytes]:
    """The bytes of a file with one to three of them changed, again and again."""
    for _ in range(FLIPS):
        damaged = bytearray(sound)
        for _ in range(chance.choice((1, 1, 1, 2, 3))):
            damaged[chance.randrange(len(damaged))] ^= chance.randrange(1, 256)
        yield bytes(damaged)


def test_a_flipped_byte_is_named_or_harmless_and_the_export_brings_all_back(
    kept: Kept, tmp_path: Path, chance: random.Random
) -> None:
    """Wherever it is: either `verify` names it in one line, or every event is as it was."""
    victim = tmp_path / "victim.db"
    named = harmless = 0
    for damaged in flipped(kept.db.read_bytes(), chance):
        victim.write_bytes(damaged)
        found = flaw(victim)
        assert "\n" not in found
        if found:
            named += 1
        else:
            assert stored(victim) == kept.events, "a change that verify does not see"
            harmless += 1

    tell(f"bytes flipped in {FLIPS} files: {named} named by verify, {harmless} changed no event")
    assert named > 0
    assert stored(restored(kept, tmp_path)) == kept.events


def test_the_command_names_damage_in_one_line(kept: Kept) -> None:
    """For whoever reads it at night: what, where, exit code 1, no traceback."""
    data = bytearray(kept.db.read_bytes())
    at = data.index(b'"low":124')
    data[at + 6] = ord("9")
    kept.db.write_bytes(data)

    ran = run("--db", str(kept.db), "verify", cwd=kept.db.parent)

    assert ran.returncode == 1
    assert ran.stdout == ""
    assert ran.stderr.startswith("tracker: event ")
    assert "not as it was written" in ran.stderr
    assert ran.stderr.count("\n") == 1


def test_a_cut_wal_leaves_a_sound_beginning_and_the_checkpoint_tells(
    kept: Kept, tmp_path: Path, chance: random.Random
) -> None:
    """Cut anywhere, the log is what it was after some append; what is missing shows against the
    checkpoint, and the export brings it back into the same log.
    """
    source = tmp_path / "source"
    source.mkdir()
    db = source / "events.db"
    with closing(open_writer(db)) as log:
        # Never written back from the WAL, as after a kill.
        log._conn.execute("PRAGMA wal_autocheckpoint = 0")  # noqa: SLF001 — for this test only
        for event in kept.events:
            log.append([Append(event.stream, None, (event.fact,))], recorded_at=event.recorded_at)
        whole = db.read_bytes(), Path(f"{db}-wal").read_bytes()

    shorter = 0
    for cut in range(CUTS):
        folder = tmp_path / str(cut)
        folder.mkdir()
        victim = folder / "events.db"
        victim.write_bytes(whole[0])
        length = chance.randrange(len(whole[1]))
        Path(f"{victim}-wal").write_bytes(whole[1][:length])
        try:
            left = stored(victim)
        except NoLog:
            left = []  # cut before the log was made
        else:
            assert flaw(victim) == ""
        assert [each.id for each in left] == [each.id for each in kept.events[: len(left)]]
        shorter += len(left) < len(kept.events)
        if cut < 3:
            ran = run("--db", str(victim), "verify", "--against", str(kept.checkpoint), cwd=folder)
            assert ran.returncode == 1
            done("--db", str(victim), "import", str(kept.export), cwd=folder)
            assert [each.id for each in stored(victim)] == [each.id for each in kept.events]
            assert flaw(victim) == ""
        shutil.rmtree(folder)

    tell(f"WAL cut at {CUTS} places: {shorter} logs shortened, each a sound beginning")
    assert shorter > 0
