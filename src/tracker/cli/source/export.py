"""`tracker source export`."""

from dataclasses import replace
from pathlib import Path

import click

from tracker.cli.options import Paths
from tracker.cli.shown import harmless, one_line
from tracker.errors import TrackerError, UsageError
from tracker.sources.config import load_sources
from tracker.sources.opml import opml, outlines
from tracker.sources.secrets import without_secrets

TITLE = "Sources of tracker"


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path), required=False)
@click.pass_obj
def command(paths: Paths, file: Path | None) -> None:
    """The feeds among the sources as an OPML list, to stdout or into a new FILE.

    Secrets in their addresses are left out. Exits with 1 if a source's file is wrong.
    """
    sources, errors = load_sources(paths.sources)
    listed = opml((replace(each, url=without_secrets(each.url)) for each in sources), TITLE)
    if file is None:
        click.echo(harmless(listed), nl=False)
    else:
        _write(file, listed)
    count = len(outlines(listed))
    others = len(sources) - count
    left = f"; {others} that {'is' if others == 1 else 'are'} no feed on the web left out"
    click.echo(f"{count} feed{'' if count == 1 else 's'}{left if others else ''}", err=True)
    for error in errors:
        click.echo(f"tracker: {one_line(str(error))}", err=True)
    click.get_current_context().exit(1 if errors else 0)


def _write(file: Path, listed: str) -> None:
    try:
        with file.open("x", encoding="utf-8") as new:
            new.write(listed)
    except FileExistsError:
        raise UsageError(f"{file} is there already: name a new file") from None
    except OSError as error:
        raise TrackerError(f"{file} cannot be written: {error.strerror}") from None
