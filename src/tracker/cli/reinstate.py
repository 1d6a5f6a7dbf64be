"""`tracker reinstate`."""

import click

from tracker.cli.deciding import carry_out, deciding
from tracker.cli.options import Paths
from tracker.rulings import Why, reinstate


@click.command("reinstate")
@click.argument("event")
@deciding
@click.pass_obj
def command(paths: Paths, event: str, why: Why) -> None:
    """Let a figure count again that was withdrawn or rejected, by an operator or a source.

    EVENT is the id of the figure, of the correction, or of the event that took it back; or the
    beginning of it.
    """
    carry_out(
        paths,
        lambda desk: reinstate(desk, desk.log.find(event), why),
        done="reinstated",
        known="it counts already: it is neither withdrawn nor rejected",
    )
