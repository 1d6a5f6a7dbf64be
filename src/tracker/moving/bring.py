"""What is in a file into a log: a new one is loaded as a whole, one in use is appended to."""

import gc
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

import orjson

from tracker.decisions import IncidentMerged, IncidentSplit
from tracker.encoding import to_json
from tracker.errors import BadLine
from tracker.events import incident_stream
from tracker.moving.lines import Contents, Mark
from tracker.projections.merged import home_of
from tracker.store.base import Log, Owed
from tracker.store.batch import Written
from tracker.store.chain import Stored
from tracker.store.file import MEMORY, log_path
from tracker.store.load import EVENTS, Load
from tracker.store.writer import open_writer

AT_ONCE: Final = 500
"""Events of one append, so that no other writer waits for long."""

JOINING: Final = frozenset({IncidentMerged.TYPE, IncidentSplit.TYPE})
"""What moves an incident to where it counts."""

Lineup = Iterator[tuple[Written, ...]]
"""The events of each line of a file."""

Due = Callable[[str], Iterable[Owed]]
"""Pairs of endpoint and incident: who is owed a word about an incident."""


@dataclass(frozen=True, slots=True)
class Brought:
    """How many events of a file were new to the log, and how many it held already."""

    new: int
    known: int


def bring(db: str, contents: Contents, recorded_at: str, due: Due) -> Brought:
    """Store what is in a file, and who is owed a word about it.

    Raises:
        BadLine: nothing was stored in a new log, or what stands before that line in one in use.
        LogError: the log cannot be written.
    """
    path = log_path(db)
    # Also where a link to a file leads nowhere yet.
    if path == MEMORY or Path(path).exists():
        return _append(path, contents, recorded_at, due)
    return _load(path, contents, due)


def _load(path: str, contents: Contents, due: Due) -> Brought:
    lines, known = contents.lines, 0
    with _no_search_for_garbage(), Load(path) as load:
        load.begin(go_on=bool(load.mark) and lines.go_on_from(Mark(**orjson.loads(load.mark))))
        try:
            for part in _parts(iter(contents), EVENTS):
                known += len(part) - load.add(part, to_json(lines.mark).decode())
            load.finish(due)
        except BadLine as error:
            load.discard()
            raise error.after("nothing was stored, and no log made") from error
        except Exception:
            load.discard()
            raise
        return Brought(len(load), known)


@contextmanager
def _no_search_for_garbage() -> Iterator[None]:
    """Nothing in a load refers to itself: looking for what does takes a tenth of its time."""
    searched = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if searched:
            gc.enable()


def _append(path: str, contents: Contents, recorded_at: str, due: Due) -> Brought:
    new = known = 0
    homes: dict[str, str] = {}
    with closing(open_writer(path)) as log:
        lines, restoring = iter(contents), False
        try:
            if contents.whole:
                known, restoring, lines = _compared(log, lines)
            for part in _parts(lines, AT_ONCE):
                if contents.whole and not restoring:
                    part = [each._replace(recorded_at=recorded_at) for each in part]  # noqa: PLW2901
                added = log.take(
                    part,
                    after=known + new if restoring else None,
                    owed=[owed for each in _counting(part, log, homes) for owed in due(each)],
                )
                if any(each.type in JOINING for each in part):
                    homes.clear()
                new += added
                known += len(part) - added
        except BadLine as error:
            stored = f"{new + known} event{'s' * (new + known != 1)} before it are stored"
            raise error.after(f"the {stored}: mend it and import again") from error
    return Brought(new, known)


def _compared(log: Log, lines: Lineup) -> tuple[int, bool, Lineup]:
    """Whether the log is the beginning of these lines, how many they have in common, and the rest.

    Then the rest restores the log that they were written from; else they are of another log.
    """
    held, same = log.stored(), 0
    for line in lines:
        stored, _ = next(held, (None, None))
        if stored is None or _unlike(stored, line[0]):
            return same, stored is None, chain([line], lines)
        same += 1
    return same, True, iter(())


def _unlike(stored: Stored, event: Written) -> bool:
    return (stored.id, stored.stream, stored.recorded_at, stored.data) != (
        event.id,
        event.stream,
        event.recorded_at,
        to_json(event.data).decode(),
    )


def _parts(lines: Lineup, size: int) -> Iterator[list[Written]]:
    """The events of so many lines that there are at least `size`; of what precedes a bad line, too.

    Never of half a line, so that it is known how far the file was read.
    """
    part: list[Written] = []
    try:
        for line in lines:
            part += line
            if len(part) >= size:
                yield part
                part = []
    except BadLine:
        if part:
            yield part
        raise
    if part:
        yield part


def _counting(events: Iterable[Written], log: Log, homes: dict[str, str]) -> Iterable[str]:
    """The incidents of these events, and those in which they count: with what the log holds, and
    what is among these, which has an event of its own in either incident.
    """
    names = _incidents(events)
    for each in names:
        if each not in homes:
            homes[each] = home_of(each, log.read)
    return dict.fromkeys([*names, *(homes[each] for each in names)])


def _incidents(events: Iterable[Written]) -> list[str]:
    prefix = incident_stream("")
    streams = dict.fromkeys(each.stream for each in events)
    return [each.removeprefix(prefix) for each in streams if each.startswith(prefix)]
