"""`tracker poll`."""

import asyncio
from contextlib import closing

import click

from tracker.cli.newsroom import complain, newsroom, not_read, open_wire
from tracker.cli.options import Paths
from tracker.errors import ConfigError
from tracker.rounds import pass_once
from tracker.store.writer import open_writer


@click.command("poll")
@click.argument("source", nargs=-1)
@click.pass_context
def command(ctx: click.Context, source: tuple[str, ...]) -> None:
    """Poll every source once, or those named, and send the alerts that are due.

    Exits with 1 if any source failed; the others are done all the same.
    """
    ctx.exit(asyncio.run(_poll(ctx.obj, source)))


async def _poll(paths: Paths, wanted: tuple[str, ...]) -> int:
    room = newsroom(paths)
    sources, errors = room.sources(wanted)
    if not sources and not errors:
        raise ConfigError(str(paths.sources), "no source is enabled: copy one of examples/ up")
    for trouble in (*errors, *filter(None, map(not_read, sources))):
        complain(trouble)
    with closing(open_writer(paths.db)) as log:
        async with open_wire(room.settings) as wire:
            done = await pass_once(room.desk(log), wire, sources)
    failed = sum(1 for each in done if each.error) + len(errors)
    new = sum(each.events for each in done)
    of = f"{len(done) + len(errors)} source{'s' if len(done) + len(errors) != 1 else ''}"
    click.echo(f"{of} polled, {failed} failed, {new} new events", err=True)
    return 1 if failed else 0
