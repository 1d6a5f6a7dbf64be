"""`tracker changes`."""

from datetime import datetime

import click

from tracker.cli.options import Moment, Paths, as_json
from tracker.cli.show import line, print_json, print_table, row
from tracker.events import incident_stream
from tracker.projections.history import all_moves
from tracker.projections.ledger import ledger


@click.command("changes")
@click.option(
    "--since",
    type=Moment(start=True, ago=True),
    required=True,
    metavar="T",
    help="A time, a date, or how long ago: 8h, 2d.",
)
@as_json
@click.pass_obj
def command(paths: Paths, since: datetime, *, as_json: bool) -> None:
    """Every move of every incident that this log recorded since then, oldest first."""
    prefix = incident_stream("")
    with paths.open_log() as log:
        found = [
            each
            for stream in log.streams(prefix)
            for each in all_moves(ledger(log.read(stream)), stream.removeprefix(prefix))
            if each.recorded_at >= since
        ]
    found.sort(key=lambda each: (each.published_at, each.position))
    if as_json:
        print_json(
            [
                {"incident": each.estimate.incident, "measure": each.estimate.measure} | row(each)
                for each in found
            ]
        )
    elif not found:
        click.echo("nothing has moved since then", err=True)
    else:
        print_table(
            (when, each.estimate.incident, each.estimate.measure.value, *rest)
            for each in found
            for when, *rest in (line(each),)
        )
