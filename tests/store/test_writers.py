"""Several writers at once, and writers that are killed: nothing is lost and nothing doubled."""

import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import Final

from builders import figure
from tracker.errors import NoLog
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

TESTS: Final = str(Path(__file__).parents[1])

APPENDS: Final = """
import sys
sys.path.insert(0, sys.argv[1])
from builders import NOON, figure
from tracker.errors import Conflict
from tracker.store.base import Append, Alert, Outbox
from tracker.store.writer import open_writer

db, name, count = sys.argv[2], sys.argv[3], int(sys.argv[4])
log = open_writer(db, wait=60)
for number in range(count):
    fact = figure(number, report=name)
    alert = Alert(id=f"{name}-{number}", endpoint="desk", about=name, sequence=number + 1,
                  type="estimate.revised", body="{}")
    while True:
        expected = len(log.read("incident/ferry"))
        try:
            log.append([Append("incident/ferry", expected, (fact,))], recorded_at=NOON,
                       outbox=Outbox(alerts=(alert,)))
        except Conflict:
            continue
        break
    print(number, flush=True)
log.close()
"""


def start(db: Path, name: str, count: int) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", APPENDS, TESTS, str(db), name, str(count)],
        stdout=subprocess.PIPE,
        text=True,
    )


def test_processes_that_write_at_once_lose_and_double_nothing(db: Path) -> None:
    """Four make the same log and append to the same stream; each retries what conflicts."""
    writers = {f"writer {n}": start(db, f"writer {n}", 25) for n in range(4)}
    for writer in writers.values():
        writer.communicate()
        assert writer.returncode == 0

    with closing(open_log(db)) as log:
        events = list(log.tail())
        assert log.verify() is None
    assert [event.position for event in events] == list(range(1, 101))
    assert [event.version for event in events] == list(range(1, 101))
    for name in writers:
        mine = [event.fact for event in events if getattr(event.fact, "report", "") == name]
        assert mine == [figure(n, report=name) for n in range(25)]


def test_a_reader_sees_a_log_without_gaps_while_others_write(db: Path) -> None:
    """Whatever the tail has given, everything before it was given too."""
    with closing(open_writer(db)):
        pass
    writers = [start(db, f"writer {n}", 30) for n in range(2)]
    seen: list[int] = []
    with closing(open_log(db)) as log:
        while len(seen) < 60:
            seen += [event.position for event in log.tail(after=len(seen))]
            assert seen == list(range(1, len(seen) + 1))
    for writer in writers:
        writer.communicate()
        assert writer.returncode == 0


def test_a_killed_writer_loses_nothing_it_had_answered_for(db: Path) -> None:
    """Killed 20 times at any moment, from the making of the log on: what it said was appended
    is there with its alert, at most one more is, and the log verifies each time.
    """
    chance = random.Random(7)  # noqa: S311 — moments to kill at, not secrets
    for attempt in range(20):
        path = db.with_name(f"{attempt % 5}.db")
        name = f"writer {attempt}"
        before = written(path)
        with start(path, name, 10_000) as writer:
            assert writer.stdout is not None
            answered = 0
            for _ in range(chance.randrange(12)):
                writer.stdout.readline()
                answered += 1
            writer.kill()
            answered += len(writer.stdout.readlines())
            assert writer.wait() == -9

        now = written(path)
        assert answered <= now - before <= answered + 1
        if now:
            with closing(open_log(path)) as log:
                assert log.verify() is None
            with closing(open_writer(path)) as log:
                rows = log._conn.execute(  # noqa: SLF001 — no method counts what waits
                    "SELECT count(*) FROM outbox"
                ).fetchone()
                assert rows == (now,)


def written(path: Path) -> int:
    """How many events a log holds, read as a query would; 0 where there is none."""
    try:
        log = open_log(path)
    except NoLog:
        return 0
    with closing(log):
        return len(list(log.tail()))


def test_making_a_log_can_be_killed_at_any_moment(tmp_path: Path) -> None:
    """What is left is a sound log or none, never something in between; a writer can go on."""
    makes = (
        "import sys\n"
        "from tracker.store.writer import open_writer\n"
        "print('ready', flush=True)\n"
        "for n in range(1000):\n"
        "    open_writer(f'{sys.argv[1]}/{n}.db').close()\n"
        "    print(n, flush=True)\n"
    )
    chance = random.Random(11)  # noqa: S311 — moments to kill at, not secrets
    for attempt in range(10):
        folder = tmp_path / str(attempt)
        folder.mkdir()
        with subprocess.Popen(
            [sys.executable, "-c", makes, str(folder)], stdout=subprocess.PIPE, text=True
        ) as maker:
            assert maker.stdout is not None
            for _ in range(1 + chance.randrange(5)):
                maker.stdout.readline()
            maker.kill()

        for path in folder.glob("*.db"):
            try:
                log = open_log(path)
            except NoLog:
                pass
            else:
                with closing(log):
                    assert log.verify() is None
            with closing(open_writer(path)) as log:
                assert log.verify() is None
