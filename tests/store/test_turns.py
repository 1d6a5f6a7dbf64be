"""Turns at a log: in order of coming, one at a time, and nobody's death stops the others.

Who waits is seen in the kernel's own list of locks, so that no test has to hope for its moment.
"""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from itertools import pairwise
from pathlib import Path
from typing import Final

import pytest

from tracker.errors import LogBusy
from tracker.store.turns import Turns

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has such locks")

WAIT: Final = 60.0
"""Longer than any test takes."""

WRITER: Final = """
import sys
from tracker.errors import LogBusy
from tracker.store.turns import Turns

turns = Turns(sys.argv[1])
for line in sys.stdin:
    try:
        with turns.turn(wait=float(line)):
            print("begun", flush=True)
            sys.stdin.readline()
    except LogBusy as busy:
        print(busy, flush=True)
    else:
        print("done", flush=True)
"""

INCREMENTS: Final = """
import sys
from pathlib import Path
from tracker.store.turns import Turns

turns, kept = Turns(sys.argv[1]), Path(sys.argv[2])
for _ in range(int(sys.argv[3])):
    with turns.turn(wait=60):
        kept.write_text(str(int(kept.read_text()) + 1))
"""


class Writer:
    """A process that takes a turn when it is told to, and gives it back when it is told to."""

    def __init__(self, db: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(db)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, *, wait: float = WAIT) -> None:
        self._say(str(wait))

    def give_back(self) -> None:
        self._say("")

    def hears(self) -> str:
        assert self.process.stdout is not None
        return self.process.stdout.readline().rstrip("\n")

    def begin(self) -> None:
        self.ask()
        assert self.hears() == "begun"

    def queue(self, db: Path) -> None:
        """Return when the kernel knows of its place."""
        before = locks(db)
        self.ask()
        until(lambda: locks(db) == before + 1)

    def stop(self) -> None:
        """Return when it is stopped, as with Ctrl-Z."""
        self.process.send_signal(signal.SIGSTOP)
        os.waitpid(self.process.pid, os.WUNTRACED)

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate()

    def _say(self, line: str) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(f"{line}\n")
        self.process.stdin.flush()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    path = tmp_path / "events.db"
    path.touch()
    return path


@contextmanager
def writers(db: Path, count: int) -> Iterator[list[Writer]]:
    with ExitStack() as stack:
        made = [Writer(db) for _ in range(count)]
        for writer in made:
            stack.callback(writer.kill)
        yield made


def locks(db: Path) -> int:
    """How many bytes of the queue are locked, by anybody."""
    inode = db.with_name("events.db.turns").stat().st_ino
    return Path("/proc/locks").read_text("utf-8").count(f":{inode} ")


def until(seen: Callable[[], bool]) -> None:
    while not seen():
        os.sched_yield()


def test_who_comes_first_goes_first(db: Path) -> None:
    """Six wait behind one, and each begins when the one before it is done, in order of coming."""
    with writers(db, 7) as everybody:
        everybody[0].begin()
        for writer in everybody[1:]:
            writer.queue(db)
        for writer, following in pairwise(everybody):
            writer.give_back()
            assert writer.hears() == "done"
            assert following.hears() == "begun"
            with closing(Turns(str(db))) as mine, pytest.raises(LogBusy), mine.turn(wait=0):
                pass


def test_a_writer_that_comes_back_queues_up_behind_those_who_wait(db: Path) -> None:
    """Giving back and asking again at once overtakes nobody."""
    with writers(db, 2) as (first, second):
        first.begin()
        second.queue(db)
        first.give_back()
        first.ask()
        assert second.hears() == "begun"
        assert first.hears() == "done"
        second.give_back()
        assert first.hears() == "begun"


def test_processes_have_their_turns_one_at_a_time(db: Path) -> None:
    """Four read a number and write the next one, and none is lost though nothing else locks."""
    kept = db.with_name("kept")
    kept.write_text("0")
    counters = [
        subprocess.Popen([sys.executable, "-c", INCREMENTS, str(db), str(kept), "250"])
        for _ in range(4)
    ]
    assert [counter.wait() for counter in counters] == [0] * 4
    assert kept.read_text() == "1000"


def test_threads_with_a_log_each_have_their_turns_one_at_a_time(db: Path) -> None:
    """The turn belongs to the log that was opened, and not to its process."""
    inside: list[int] = []
    most: list[int] = []

    def work(number: int) -> None:
        with closing(Turns(str(db))) as turns:
            for _ in range(100):
                with turns.turn(wait=WAIT):
                    inside.append(number)
                    os.sched_yield()
                    most.append(len(inside))
                    inside.remove(number)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] * 400


def test_two_logs_of_one_process_exclude_each_other(db: Path) -> None:
    with closing(Turns(str(db))) as one, closing(Turns(str(db))) as other:
        with one.turn(wait=WAIT), pytest.raises(LogBusy), other.turn(wait=0):
            pass
        with other.turn(wait=0):
            pass


def test_a_log_has_one_queue_under_whichever_name(db: Path) -> None:
    """A link to the log leads to the queue beside the log itself, as with SQLite's own files."""
    link = db.with_name("link.db")
    link.symlink_to(db)
    with (
        closing(Turns(str(link))) as one,
        closing(Turns(str(db))) as other,
        one.turn(wait=WAIT),
        pytest.raises(LogBusy),
        other.turn(wait=0),
    ):
        pass


def test_a_killed_holder_leaves_its_turn_to_the_next(db: Path) -> None:
    with writers(db, 2) as (holder, waiter):
        holder.begin()
        waiter.queue(db)
        holder.kill()
        assert waiter.hears() == "begun"


def test_a_killed_waiter_is_not_waited_for_and_lets_nobody_in_early(db: Path) -> None:
    """Who came after it still waits for those who came before it."""
    with writers(db, 4) as (holder, before, killed, after):
        holder.begin()
        for writer in (before, killed, after):
            writer.queue(db)
        killed.kill()
        holder.give_back()
        assert before.hears() == "begun"
        assert locks(db) == 2
        before.give_back()
        assert after.hears() == "begun"


def test_a_stopped_waiter_is_passed_over_and_has_its_turn_once_it_goes_on(db: Path) -> None:
    """Ctrl-Z on one that waits stops nobody else; the others keep their order."""
    with writers(db, 4) as (holder, stopped, *others):
        holder.begin()
        for writer in (stopped, *others):
            writer.queue(db)
        stopped.stop()
        holder.give_back()
        for writer in others:
            assert writer.hears() == "begun"
            writer.give_back()
            assert writer.hears() == "done"
        stopped.process.send_signal(signal.SIGCONT)
        assert stopped.hears() == "begun"


def test_a_stopped_waiter_does_not_make_a_short_wait_hopeless(db: Path) -> None:
    """Passing over it takes at most half of the time that one is ready to wait."""
    with writers(db, 2) as (holder, stopped), closing(Turns(str(db))) as mine:
        holder.begin()
        stopped.queue(db)
        stopped.stop()
        holder.give_back()
        assert holder.hears() == "done"
        with mine.turn(wait=0.05):
            pass


def test_who_waits_too_long_is_told_so_and_the_queue_goes_on(db: Path) -> None:
    """The one who gives up leaves no place behind, and may ask again."""
    with writers(db, 3) as (holder, hasty, patient):
        holder.begin()
        hasty.ask(wait=0.05)
        assert hasty.hears() == f"{db} is in use by another process: try again when it is done"
        assert locks(db) == 1
        patient.queue(db)
        holder.give_back()
        assert patient.hears() == "begun"
        patient.give_back()
        hasty.begin()


def test_a_turn_that_fails_is_given_back(db: Path) -> None:
    with closing(Turns(str(db))) as one, closing(Turns(str(db))) as other:
        with pytest.raises(ZeroDivisionError), one.turn(wait=WAIT):
            raise ZeroDivisionError
        with other.turn(wait=0):
            pass


def test_turns_that_nobody_waits_for_leave_nothing_behind(db: Path) -> None:
    """Nothing is locked between turns, nothing is ever written, and closing twice is no error."""
    turns = Turns(str(db))
    for _ in range(3):
        with turns.turn(wait=0):
            assert locks(db) == 1
        assert locks(db) == 0
    turns.close()
    turns.close()
    assert db.with_name("events.db.turns").read_bytes() == b""


def test_the_queue_has_the_rights_of_the_log(db: Path) -> None:
    """Who may not read the log cannot lock a byte of its queue either."""
    db.chmod(0o600)
    with closing(Turns(str(db))):
        assert db.with_name("events.db.turns").stat().st_mode & 0o777 == 0o600


def test_without_a_file_each_turn_begins_at_once(db: Path) -> None:
    """Where the file cannot be made, and for a log in memory, SQLite's lock alone is left."""
    db.with_name("events.db.turns").mkdir()
    for path in (str(db), str(db / "no folder" / "events.db"), ":memory:"):
        with (
            closing(Turns(path)) as one,
            closing(Turns(path)) as other,
            one.turn(wait=0),
            other.turn(wait=0),
        ):
            pass
    assert not Path(":memory:.turns").exists()


def test_a_closed_queue_lets_everybody_go_on(db: Path) -> None:
    turns = Turns(str(db))
    turns.close()
    with closing(Turns(str(db))) as other, other.turn(wait=0), turns.turn(wait=0):
        pass
