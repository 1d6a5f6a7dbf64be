"""`tracker checkpoint`."""

from datetime import UTC, datetime

import click

from tracker.cli.options import Paths
from tracker.store.checkpoint import checkpoint, in_one_line, written


@click.command("checkpoint")
@click.option("--root", is_flag=True, help="Only position and root, on one line.")
@click.pass_obj
def command(paths: Paths, *, root: bool) -> None:
    """What to keep elsewhere, so that `tracker verify --against` can tell a rewritten log.

    It holds names of incidents and hashes, and nothing of what was reported.
    """
    with paths.open_log() as log:
        made = checkpoint(log.heads(), log=log.identity, made_at=datetime.now(UTC))
    click.echo(in_one_line(made) if root else written(made))
