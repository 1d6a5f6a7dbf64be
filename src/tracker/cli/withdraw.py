"""`tracker withdraw`."""

import asyncio
from contextlib import closing

import click

from tracker.cli.newsroom import found_line, newsroom, open_wire
from tracker.cli.options import Paths, Words
from tracker.daemon import post_due
from tracker.errors import UsageError
from tracker.pipeline import withdraw
from tracker.store.writer import open_writer


@click.command("withdraw")
@click.argument("event")
@click.option("--reason", required=True, type=Words(), help="Why; shown in the history.")
@click.pass_obj
def command(paths: Paths, event: str, reason: str) -> None:
    """Take a figure back from now on: EVENT is its id, or the beginning of it.

    What stood before stays in the history, and the rest is judged as if it had not been said.
    """
    if not reason.strip():
        raise UsageError("--reason is empty: say why, since the history shows it")
    with paths.open_log():
        pass  # a mistyped --db must not make a log
    asyncio.run(_withdraw(paths, event, reason))


async def _withdraw(paths: Paths, event: str, reason: str) -> None:
    room = newsroom(paths)
    with closing(open_writer(paths.db)) as log:
        desk = room.desk(log)
        filed = await desk.run(lambda: withdraw(desk, log.find(event), reason))
        click.echo("withdrawn" if filed.events else "it had been withdrawn before", err=True)
        for revision in filed.revisions:
            click.echo(found_line(revision))
        async with open_wire(room.settings) as wire:
            await post_due(desk, wire)
