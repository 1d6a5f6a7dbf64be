"""Every backend of the log that there is: a new one is one more line in a table."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracker.store.base import Log, LogReader
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer


@dataclass(frozen=True)
class Backend:
    """How a log of one kind is opened in a folder; twice, and it is the same log."""

    write: Callable[[Path], Log]
    read: Callable[[Path], LogReader]


SHARED: Final[dict[str, Backend]] = {
    "sqlite file": Backend(
        write=lambda folder: open_writer(folder / "events.db"),
        read=lambda folder: open_log(folder / "events.db"),
    ),
}
"""Logs that several connections, processes and readers use at once."""

ALONE: Final[dict[str, Callable[[Path], Log]]] = {
    "sqlite memory": lambda _: open_writer(":memory:"),
}
"""Logs that nobody else can open."""
