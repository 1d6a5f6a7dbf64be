"""`tracker close`."""

import click

from tracker.cli.deciding import carry_out, deciding, in_log
from tracker.cli.options import Paths
from tracker.rulings import Why, close


@click.command("close")
@click.argument("incident")
@deciding
@click.pass_obj
def command(paths: Paths, incident: str, why: Why) -> None:
    """Let nothing that is published from now on move the incident's figures.

    It is filed all the same, so that `tracker reopen` loses nothing.
    """
    carry_out(
        paths,
        lambda desk: close(desk, in_log(desk.log, incident), why),
        done="closed",
        known="it had been closed before",
    )
