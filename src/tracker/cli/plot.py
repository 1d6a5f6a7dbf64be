"""`tracker plot`."""

from __future__ import annotations

import os
import shutil
import sys
from typing import TYPE_CHECKING, Final

import click

from tracker.cli.options import Paths, Times, in_time, of_measure, under_policy
from tracker.cli.shown import bounds, clock, one_line
from tracker.errors import TrackerError, UsageError
from tracker.projections.chart import chart

if TYPE_CHECKING:
    from tracker.model import Measure
    from tracker.projections.chart import Chart

SUFFIXES: Final = (".svg", ".png")

PIPED: Final = (80, 24)
"""Columns and lines where nobody's screen says how many there are."""


@click.command("plot")
@click.argument("incident")
@of_measure
@in_time
@under_policy
@click.option(
    "-o",
    "--output",
    metavar="F",
    help="Draw it into this file, which may be there: chart.svg or chart.png.",
)
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    times: Times,
    policy: str,
    output: str | None,
) -> None:
    """A chart of a figure over time: in the terminal, or as a picture in a file."""
    kind = None if output is None else _kind(output)
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = times.read(log, name)
    drawn = chart(times.fold(events), name, measure, policy=policy)
    if drawn is None:
        told = f"{name}: nobody has stated a number for {measure} yet, so there is nothing to draw"
        if output is not None:
            raise TrackerError(told)
        click.echo(told, err=True)
        return
    title, subtitle = one_line(drawn.title) or name, _subtitle(drawn, times, policy)
    if output is None or kind is None:
        _print(drawn, title, subtitle)
    else:
        _write(output, _picture(drawn, title, subtitle, kind))
        click.echo(f"{one_line(output)}: {subtitle}", err=True)


def _subtitle(drawn: Chart, times: Times, policy: str) -> str:
    """What is counted, how it stands in the end, and for which time that is told."""
    estimate = drawn.estimate
    told = estimate.measure.replace("_", " ")
    if estimate.phrase is None:
        told += ": no figure stands"
    else:
        told += f": {one_line(estimate.phrase)} ({bounds(estimate)}), {estimate.status}"
    since, until = clock(drawn.since), clock(drawn.until)
    told += f"; {since}" if since == until else f"; {since} to {until}"
    if policy != "standard":
        told += f"; policy {policy}"
    if times.as_of is not None:
        told += f"; as of {clock(times.as_of)}"
    if times.known_at is not None:
        told += f"; known at {clock(times.known_at)}"
    return told


def _print(drawn: Chart, title: str, subtitle: str) -> None:
    from tracker.cli.sketch import sketch  # noqa: PLC0415 — no file needs it

    columns, lines = PIPED
    shown = sys.stdout.isatty()
    if shown:
        columns, lines = shutil.get_terminal_size(PIPED)
    # As https://no-color.org asks.
    coloured = shown and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
    click.echo(sketch(drawn, title, subtitle, columns=columns, lines=lines, coloured=coloured))


def _picture(drawn: Chart, title: str, subtitle: str, kind: str) -> bytes:
    import logging  # noqa: PLC0415 — for files only, as all of this

    # What is set for windows on this machine is no concern of a file, and may be wrong.
    os.environ.pop("MPLBACKEND", None)
    # It tells of its caches, about which nobody has to do anything.
    logging.getLogger("matplotlib").setLevel(logging.ERROR)
    try:
        from tracker.cli.picture import picture  # noqa: PLC0415 — heavy, and perhaps not there
    except ImportError as error:
        raise TrackerError(
            f"a chart in a file is drawn by matplotlib, which cannot be loaded ({error}): "
            "pip install matplotlib"
        ) from error
    return picture(drawn, title, subtitle, kind)


def _kind(output: str) -> str:
    """The kind of picture that a file's name asks for. Raises `UsageError`."""
    suffix = os.path.splitext(output)[1].lower()  # noqa: PTH122 — queries do without pathlib
    if suffix not in SUFFIXES:
        raise UsageError(f"{output}: a chart is written as SVG or PNG: name it chart.svg or .png")
    folder = os.path.dirname(os.path.realpath(output))  # noqa: PTH120 — as above
    if not os.path.isdir(folder):  # noqa: PTH112 — as above
        raise UsageError(f"{output}: there is no folder {folder}: make it first")
    if os.path.exists(output) and not os.path.isfile(output):  # noqa: PTH110, PTH113 — as above
        raise UsageError(f"{output} is there already, and is no file: give another name")
    return suffix[1:]


def _write(output: str, data: bytes) -> None:
    """Write the file whole or not at all; one that is there goes only when this is done."""
    from pathlib import Path  # noqa: PLC0415 — only files need it
    from secrets import token_hex  # noqa: PLC0415 — as above

    # What a link stands for is written, not put in the link's place.
    target = Path(os.path.realpath(output))
    work = target.with_name(f".{token_hex(8)}.part")
    try:
        with work.open("xb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        work.replace(target)
    except OSError as error:
        raise TrackerError(f"{output} cannot be written: {error.strerror}") from error
    finally:
        work.unlink(missing_ok=True)
