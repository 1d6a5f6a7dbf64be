"""`tracker import`."""

import asyncio
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from os import fstat
from pathlib import Path
from stat import S_ISREG
from typing import BinaryIO

import click

from tracker.cli.options import Paths
from tracker.errors import UsageError
from tracker.events import IncidentOpened
from tracker.figures import VERSION
from tracker.model import utc_text
from tracker.moving.bring import bring
from tracker.moving.figures import FigureReader, opening_of
from tracker.moving.lines import Contents, Lines
from tracker.settings import load_settings
from tracker.sources.config import load_incidents
from tracker.store.base import Owed
from tracker.store.batch import salts


@click.command("import")
@click.argument("file")
@click.pass_obj
def command(paths: Paths, file: str) -> None:
    """Store what a file holds: whole events of an export, or figures as JSONL or CSV.

    FILE is - for standard input. What the log holds already is left out, so a file can be
    imported again at any time.
    """
    settings = load_settings(paths.config)
    now = utc_text(datetime.now(UTC))
    figures = FigureReader(
        recorded_at=now, reading=VERSION, opening=_opening(paths.sources), salts=salts()
    )

    def due(incident: str) -> Iterable[Owed]:
        return [
            Owed(endpoint=each.name, incident=incident)
            for each in settings.endpoints
            if not each.rules.incidents or incident in each.rules.incidents
        ]

    with _opened(file) as (name, source), _progress(source) as read:
        brought = bring(paths.db, Contents(name, Lines(source, read), figures), now, due)
    if settings.endpoints:
        _tell(paths)
    click.echo(
        f"{brought.new} event{'' if brought.new == 1 else 's'} imported, {brought.known} known "
        "already",
        err=True,
    )


def _opening(sources: Path) -> Callable[[str, str, str], IncidentOpened]:
    """How an incident is opened: as `incidents.toml` has it, else by its first figure."""
    configured = {each.id: each for each in load_incidents(sources)}

    def opening(name: str, published_at: str, observed_at: str) -> IncidentOpened:
        made = opening_of(name, published_at, observed_at)
        incident = configured.get(name)
        if incident is None:
            return made
        return replace(
            made,
            title=incident.title,
            began=incident.began,
            place=incident.place,
            ongoing=incident.ongoing,
        )

    return opening


@contextmanager
def _opened(file: str) -> Iterator[tuple[str, BinaryIO]]:
    """The file, and what it is called in messages."""
    if file == "-":
        yield "standard input", sys.stdin.buffer
        return
    try:
        source = Path(file).open("rb", buffering=1 << 20)  # noqa: SIM115 — closed below
    except OSError as error:
        raise UsageError(f"{file} cannot be read: {error.strerror}") from error
    with source:
        yield file, source


@contextmanager
def _progress(source: BinaryIO) -> Iterator[Callable[[int], object]]:
    """What is told how many bytes more were read: a bar, if anybody can see one."""
    found = fstat(source.fileno())
    if not sys.stderr.isatty() or not S_ISREG(found.st_mode):
        yield lambda _: None
        return
    with click.progressbar(length=found.st_size, label="importing", file=sys.stderr) as bar:
        yield bar.update


def _tell(paths: Paths) -> None:
    """Send what endpoints are owed by now."""
    # Only here: it brings along what a bare import does without.
    from tracker.cli.newsroom import newsroom, open_wire  # noqa: PLC0415
    from tracker.pipeline import send_due  # noqa: PLC0415
    from tracker.rounds import post_due  # noqa: PLC0415
    from tracker.store.writer import open_writer  # noqa: PLC0415

    room = newsroom(paths)

    async def send() -> None:
        with closing(open_writer(paths.db)) as log:
            desk = room.desk(log)
            async with open_wire(room.settings) as wire:
                await desk.run(send_due, desk, backfills=True)
                await post_due(desk, wire)

    asyncio.run(send())
