"""`tracker split`."""

import click

from tracker.cli.deciding import carry_out, deciding, in_log
from tracker.cli.options import Paths
from tracker.rulings import Why, split


@click.command("split")
@click.argument("incident")
@click.argument("into")
@deciding
@click.pass_obj
def command(paths: Paths, incident: str, into: str, why: Why) -> None:
    """Part INCIDENT from INTO again, into which it had been merged."""
    carry_out(
        paths,
        lambda desk: split(desk, in_log(desk.log, incident), in_log(desk.log, into), why),
        done=f"split from {into}",
        known="they had been split before",
    )
