"""`tracker daemon`."""

import asyncio
from contextlib import closing
from pathlib import Path

import click

from tracker.cli.newsroom import complain, newsroom, not_read, open_wire, receivers
from tracker.cli.options import Paths
from tracker.cli.watch import Watch
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
    room = newsroom(paths)
    sources, errors = room.sources()
    for trouble in (*errors, *filter(None, map(not_read, sources))):
        complain(trouble)
    lock = Path(f"{log_path(paths.db)}.lock")
    with alone(lock), closing(open_writer(paths.db)) as log:
        told = receivers(room.settings.endpoints)
        complain(f"serving {paths.db}: {len(sources)} sources, {told}")
        async with open_wire(room.settings) as wire:
            desk = room.desk(log)
            await serve(desk, wire, sources, Watch(paths, desk, sources, room.settings))
    complain("stopped; nothing was left in flight")
