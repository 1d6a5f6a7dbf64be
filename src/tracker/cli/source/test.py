"""`tracker source test`."""

import asyncio
from pathlib import Path

import click

from tracker.cli.newsroom import Newsroom, newsroom, now
from tracker.cli.options import Paths, Words, as_json
from tracker.cli.shown import print_json
from tracker.cli.source.asked import new_source, try_address, try_source
from tracker.cli.source.standing import standings
from tracker.cli.source.told import show, trial_document
from tracker.errors import ConfigError, UnknownName
from tracker.intake import Source
from tracker.sources.capture import is_remote


@click.command("test")
@click.argument("source", type=Words(), metavar="SOURCE")
@click.option("--all", "every", is_flag=True, help="Every report and every figure.")
@as_json
@click.pass_context
def command(ctx: click.Context, source: str, *, every: bool, as_json: bool) -> None:
    """Ask a source as a poll would, store nothing, and show what comes of it.

    SOURCE is a source's id, an address (http://… or https://…), or a path. The kind of an address
    is guessed. Exits with 1 if nothing can be read.
    """
    paths: Paths = ctx.obj
    room = newsroom(paths)
    configured = _configured(room, source)
    if configured is None:
        trial, standing = asyncio.run(try_address(room, paths, new_source(source))), None
    else:
        (standing,) = standings(paths, [configured])
        trial = asyncio.run(try_source(room, paths, configured, standing.address))
    if as_json:
        print_json(trial_document(trial, standing))
    else:
        show(trial, standing, now(), every=every)
    ctx.exit(1 if trial.failure else 0)


def _configured(room: Newsroom, name: str) -> Source | None:
    """The source of that id or address; None where it is no source's.

    Raises `UnknownName` where it can only be meant as an id, `UsageError` where that is broken.
    """
    try:
        sound, broken = room.loaded()
    except ConfigError:
        sound, broken = {}, {}
    if name in sound or name in broken:
        return room.source(name)
    url = name if is_remote(name) else str(Path(name).resolve())
    same = [each for each in sound.values() if each.url == url]
    if same:
        return same[0]
    if is_remote(name) or Path(name).exists() or any(sign in name for sign in "./:"):
        return None
    raise UnknownName("source", name, {*sound, *broken})
