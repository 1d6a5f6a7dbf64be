"""`tracker reopen`."""

import click

from tracker.cli.deciding import carry_out, deciding, in_log
from tracker.cli.options import Paths
from tracker.rulings import Why, reopen


@click.command("reopen")
@click.argument("incident")
@deciding
@click.pass_obj
def command(paths: Paths, incident: str, why: Why) -> None:
    """Let a closed incident go on: what was published while it was closed counts, too."""
    carry_out(
        paths,
        lambda desk: reopen(desk, in_log(desk.log, incident), why),
        done="reopened",
        known="it is not closed",
    )
