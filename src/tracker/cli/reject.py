"""`tracker reject`."""

import click

from tracker.cli.deciding import carry_out, deciding
from tracker.cli.options import Paths, Words
from tracker.decisions import OPERATOR
from tracker.rulings import Why, reject


@click.command("reject")
@click.argument("event")
@click.option("--by", type=Words(), metavar="WHO", help="Who denies it.  [default: operator]")
@deciding
@click.pass_obj
def command(paths: Paths, event: str, by: str | None, why: Why) -> None:
    """Record that a figure is denied: EVENT is its id, or the beginning of it.

    With it go all who gave its number until then on the same authority or on none, and later
    copies of it count no more. `tracker reinstate` undoes it.
    """
    carry_out(
        paths,
        lambda desk: reject(desk, desk.log.find(event), why, by=(by or "").strip() or OPERATOR),
        done="rejected",
        known="it had been rejected before",
    )
