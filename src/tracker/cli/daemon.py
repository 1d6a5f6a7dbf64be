"""`tracker daemon`."""

import asyncio
from contextlib import closing
from pathlib import Path

import click

from tracker.cli.newsroom import complain, newsroom, not_read, open_wire, receivers
from tracker.cli.options import Paths
from tracker.cli.shown import some
from tracker.cli.watch import Watch, files_of
from tracker.cli.webhooks.astray import in_log, orphaned, unheard_of
from tracker.daemon import alone, serve
from tracker.store.file import log_path
from tracker.store.writer import open_writer


@click.command("daemon")
@click.pass_obj
def command(paths: Paths) -> None:
    """Poll sources and send alerts until SIGTERM or SIGINT, in the foreground.

    Every revision is a line on stdout as it is found; trouble goes to stderr.
    """
    asyncio.run(_serve(paths))


async def _serve(paths: Paths) -> None:
    seen = files_of(paths)
    room = newsroom(paths)
    sources, errors = room.sources()
    for trouble in (*errors, *filter(None, map(not_read, sources))):
        complain(trouble)
    lock = Path(f"{log_path(paths.db)}.lock")
    with alone(lock), closing(open_writer(paths.db)) as log:
        told = receivers(room.settings.endpoints)
        complain(f"serving {paths.db}: {some(len(sources), 'source')}, {told}")
        endpoints = room.settings.endpoints
        known = in_log(log) | {each.id for each in room.incidents}
        for line in (
            *orphaned(log.waiting(), endpoints, paths.config),
            *unheard_of(endpoints, known),
        ):
            complain(line)
        async with open_wire(room.settings) as wire:
            desk = room.desk(log)
            watch = Watch(paths, desk, sources, room.settings, seen)
            await serve(desk, wire, sources, watch)
    complain("stopped; nothing was left in flight")
