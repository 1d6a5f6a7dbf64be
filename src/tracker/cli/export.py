"""`tracker export`."""

import re
import sys
from collections.abc import Iterator
from typing import BinaryIO, Final

import click
import orjson

from tracker.cli.options import Paths
from tracker.cli.shown import UNSAFE, harmless
from tracker.events import FigureReported, incident_stream
from tracker.moving.cells import cells_of, writer_to
from tracker.moving.figures import COLUMNS
from tracker.moving.whole import line_of
from tracker.store.batch import Words
from tracker.store.chain import Stored

AT_ONCE: Final = 1 << 16
"""Bytes written at once."""


@click.command("export")
@click.option("--jsonl", is_flag=True, help="Whole events, one JSON object a line (the default).")
@click.option("--csv", "as_csv", is_flag=True, help="Figures, safe to open in a spreadsheet.")
@click.option("--incident", help="Only of this incident.")
@click.pass_obj
def command(paths: Paths, *, jsonl: bool, as_csv: bool, incident: str | None) -> None:
    """The stored events, for `tracker import` into another log; or the figures as a table."""
    if jsonl and as_csv:
        raise click.UsageError("give --jsonl or --csv, not both")
    with paths.open_log() as log:
        stream = None if incident is None else incident_stream(paths.known_incident(log, incident))
        rows = log.stored(stream)
        if as_csv:
            _print_table(rows)
        else:
            _print_lines(rows, sys.stdout.buffer)


def _print_lines(rows: Iterator[tuple[Stored, Words]], out: BinaryIO) -> None:
    shown = sys.stdout.isatty()
    written = bytearray()
    for stored, words in rows:
        line = line_of(stored, words)
        written += _escaped(line) if shown else line
        if len(written) >= AT_ONCE:
            out.write(written)
            written.clear()
    out.write(written)


def _escaped(line: bytes) -> bytes:
    """The same JSON, without what a terminal would obey."""
    return re.sub(UNSAFE, lambda found: f"\\u{ord(found[0]):04x}", line.decode()).encode()


def _print_table(rows: Iterator[tuple[Stored, Words]]) -> None:
    # On a terminal it is looked at: there, and only there, text is not quite as it is stored.
    show = harmless if sys.stdout.isatty() else str
    sys.stdout.reconfigure(encoding="utf-8", newline="")  # type: ignore[union-attr]
    write = writer_to(sys.stdout)
    write(COLUMNS)
    prefix = incident_stream("")
    for stored, words in rows:
        if stored.type == FigureReported.TYPE:
            said = {field: text for field, (_, text) in words.items()}
            incident = stored.stream.removeprefix(prefix)
            cells = cells_of(incident, stored.id, orjson.loads(stored.data), said)
            write([show(each) if type(each) is str else each for each in cells])
