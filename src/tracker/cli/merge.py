"""`tracker merge`."""

import click

from tracker.cli.deciding import carry_out, deciding, in_log
from tracker.cli.options import Paths
from tracker.rulings import Why, merge


@click.command("merge")
@click.argument("incident")
@click.argument("into")
@deciding
@click.pass_obj
def command(paths: Paths, incident: str, into: str, why: Why) -> None:
    """Count the figures of INCIDENT in INTO, since both are one happening.

    Each keeps its own events, and reports are still filed to either. `tracker split` undoes it.
    """
    carry_out(
        paths,
        lambda desk: merge(desk, in_log(desk.log, incident), in_log(desk.log, into), why),
        done=f"merged into {into}",
        known="they had been merged before",
    )
