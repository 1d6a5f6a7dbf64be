"""`tracker backup`."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from tracker.cli.options import Paths


@click.command("backup")
@click.argument("file")
@click.pass_obj
def command(paths: Paths, file: str) -> None:
    """Copy the log into a new file, checked and whole, while a daemon writes."""
    with paths.open_log() as log, _progress() as progress:
        log.copy_to(file, progress)
    click.echo(f"{file}: a copy of the log, {Path(file).stat().st_size:,} bytes", err=True)


@contextmanager
def _progress() -> Iterator[Callable[[int, int], object]]:
    """What is told how many of how many pages are copied: a bar, if anybody can see one."""
    if not sys.stderr.isatty():
        yield lambda *_: None
        return
    with click.progressbar(length=1, label="copying", file=sys.stderr) as bar:

        def tell(done: int, pages: int) -> None:
            bar.length = pages
            bar.update(done - bar.pos)

        yield tell
