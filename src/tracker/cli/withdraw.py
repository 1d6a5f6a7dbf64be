"""`tracker withdraw`."""

import click

from tracker.cli.deciding import carry_out, deciding
from tracker.cli.options import Paths
from tracker.rulings import Why, withdraw


@click.command("withdraw")
@click.argument("event")
@deciding
@click.pass_obj
def command(paths: Paths, event: str, why: Why) -> None:
    """Take a figure or a correction back: EVENT is its id, or the beginning of it.

    What stood before stays in the history, and the rest is judged as if it had not been said.
    `tracker reinstate` undoes it.
    """
    carry_out(
        paths,
        lambda desk: withdraw(desk, desk.log.find(event), why),
        done="withdrawn",
        known="it had been withdrawn before",
    )
