"""Turns at a log: who comes first writes first.

SQLite lets a writer that finds the log locked try again after longer and longer pauses, and
whoever tries at the right moment gets it: one process can be passed over for seconds. Here the
writers queue up before they ask SQLite. This is about fairness alone. What keeps the log whole
is SQLite's lock, which is taken all the same, so nothing is lost where there can be no queue.

The queue is made of locks on single bytes of an empty file beside the log, `events.db.turns`.
Byte 0 is the turn: whoever has it locked may write. Any other byte is the place of one who
waits, and its number is when that one came, in nanoseconds of the machine's monotonic clock,
which all processes share. Nothing is ever written to the file, so there is nothing to repair:
the kernel frees the bytes of a process that dies, wherever it was.

The locks belong to the open file and not to the process (`F_OFD_SETLK` in fcntl(2)), so that two
logs opened by one process queue up like those of two.
"""

import os
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from struct import Struct
from typing import Final

from tracker.errors import LogBusy
from tracker.store.file import MEMORY

if sys.platform == "linux":
    from fcntl import F_OFD_GETLK, F_OFD_SETLK, F_UNLCK, F_WRLCK, fcntl

_FLOCK: Final = Struct("hhqqi0q")
"""`struct flock`: kind of lock, whence, first byte, how many bytes (0: all from there), process."""

_TURN: Final = 0
_FIRST: Final = 1
"""The first byte that can be a place."""

_PATIENCE: Final = 0.5
"""Seconds after which one who does not take a free turn is passed over: it may have been stopped
with Ctrl-Z, and must not stop everybody else. A process short of its share of the processor can
lose 0.1 seconds at a time."""

_NEXT, _LATER = 0.0001, 0.0005
"""Seconds until the next in the queue looks again, and until all others do. A write takes about
as long as the second, so that who becomes the next has found out by the time it matters."""


_LONGEST: Final = 0.01
"""Seconds in which one who waits does not look at all, at most."""


class Turns:
    """A writer's access to the queue of a log: one for each log opened, one thread at a time.

    There is no queue, and every turn begins at once, for a log in memory, on anything but Linux,
    and where the file cannot be made, opened or locked. A file removed while it is in use splits
    the queue in two until its writers are closed. A process forked off without starting another
    program shares its parent's place, and must open the log anew, as SQLite demands anyway.
    """

    def __init__(self, path: str) -> None:
        self._path = path
        self._fd: int | None = None
        self._from = _FIRST
        """Places before this one were passed over, and are waited for no more."""
        self._waited = 0.0
        """Seconds until the last turn that had to be waited for."""
        if sys.platform == "linux" and path != MEMORY:
            with suppress(OSError):
                log = Path(path).resolve(strict=True)
                # With the rights of the log: whoever may lock this file could hold up its writers.
                rights = log.stat().st_mode & 0o666
                self._fd = os.open(f"{log}.turns", os.O_RDWR | os.O_CREAT, rights)

    @contextmanager
    def turn(self, *, wait: float) -> Iterator[None]:
        """Go on when all who came before are done.

        Raises:
            LogBusy: the turn did not come within `wait` seconds; the place is given up.
        """
        try:
            self._take(wait)
            yield
        finally:
            self._give_back()

    def close(self) -> None:
        """Release the file; a second call does nothing, and later turns begin at once."""
        if self._fd is not None:
            os.close(self._fd)
            self._fd = None

    def _take(self, wait: float) -> None:
        if self._fd is None:
            return
        try:
            # Nobody waits and nobody writes: no place is needed.
            if _locked(self._fd, self._from) is None and _lock(self._fd, _TURN):
                self._waited = 0.0
                return
            self._queue(self._fd, wait)
        except OSError:  # a file system without locks, or a kernel that has no room for more
            self.close()

    def _queue(self, fd: int, wait: float) -> None:
        place = time.monotonic_ns()
        while not _lock(fd, place):  # another came in the same nanosecond
            place = time.monotonic_ns()
        deadline = place + wait * 1e9
        # About as many are ahead as last time: to look all the while would only slow them down.
        time.sleep(min(self._waited / 2, _LONGEST))
        patience = min(_PATIENCE, wait / 2) * 1e9
        now, idle_since, slow = place, place, None
        while True:
            # One's own place is no hindrance to oneself.
            ahead = _locked(fd, self._from, place - self._from + 1)
            if ahead is None:
                if _lock(fd, _TURN):
                    _unlock(fd, place)
                    self._waited = (time.monotonic_ns() - place) / 1e9
                    return
            elif ahead != slow or _locked(fd, _TURN, 1) is not None:
                idle_since, slow = now, ahead
            elif now - idle_since >= patience:
                self._from = ahead + 1
                continue
            if now >= deadline:
                raise LogBusy(
                    f"{self._path} is in use by another process: try again when it is done"
                )
            time.sleep(_NEXT if ahead is None else _LATER)
            now = time.monotonic_ns()

    def _give_back(self) -> None:
        if self._fd is not None:
            _unlock(self._fd, _TURN, 0)


def _lock(fd: int, byte: int) -> bool:
    """Whether the byte was free for us to lock."""
    try:
        fcntl(fd, F_OFD_SETLK, _FLOCK.pack(F_WRLCK, os.SEEK_SET, byte, 1, 0))
    except BlockingIOError:
        return False
    return True


def _unlock(fd: int, byte: int, count: int = 1) -> None:
    fcntl(fd, F_OFD_SETLK, _FLOCK.pack(F_UNLCK, os.SEEK_SET, byte, count, 0))


def _locked(fd: int, byte: int, count: int = 0) -> int | None:
    """A byte from here on that another has locked: as Linux keeps them, the longest locked."""
    asked = _FLOCK.pack(F_WRLCK, os.SEEK_SET, byte, count, 0)
    kind, _, found, *_ = _FLOCK.unpack(fcntl(fd, F_OFD_GETLK, asked))
    return None if kind == F_UNLCK else int(found)
