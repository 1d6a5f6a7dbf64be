"""`tracker rebuild`."""

from contextlib import closing

import click

from tracker.cli.options import Paths
from tracker.store.writer import open_writer


@click.command("rebuild")
@click.pass_obj
def command(paths: Paths) -> None:
    """Make what is stored of projections anew from the events: the roster of incidents.

    Queries see the old one until the new one is there.
    """
    with paths.open_log():
        pass  # a mistyped --db must not make a log
    with closing(open_writer(paths.db)) as log:
        incidents = log.rebuild_projections()
    click.echo(f"rebuilt: {incidents} incident{'' if incidents == 1 else 's'}", err=True)
