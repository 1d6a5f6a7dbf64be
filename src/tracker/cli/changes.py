"""`tracker changes`."""

from datetime import datetime
from functools import partial

import click

from tracker.cli.options import Moment, Paths, Times, as_json, in_time
from tracker.cli.shown import line, print_json, print_table, row
from tracker.events import FigureReread, incident_stream
from tracker.model import Revision, utc_text
from tracker.projections.history import all_moves
from tracker.projections.merged import home_of
from tracker.projections.wording import earlier_readings


@click.command("changes")
@click.option(
    "--since",
    type=Moment(start=True, ago=True),
    required=True,
    metavar="T",
    help="A time, a date, or how long ago: 8h, 2d.",
)
@in_time
@as_json
@click.pass_obj
def command(paths: Paths, since: datetime, *, times: Times, as_json: bool) -> None:
    """Every move of every incident that this log recorded since then, oldest first."""
    found = list[Revision]()
    was: dict[str, str] = {}
    read_anew = 0
    with paths.open_log() as log:
        # Whatever moved the others was recorded before.
        recent = [each.incident for each in log.roster() if each.recorded_at >= utc_text(since)]
        homes = [home_of(each, partial(times.of_stream, log)) for each in recent]
        for incident in dict.fromkeys([*recent, *homes]):
            events = times.read(log, incident)
            folded = times.fold(events)
            moves = all_moves(folded, incident)
            found.extend(each for each in moves if each.recorded_at >= since)
            was |= earlier_readings(folded)
            read_anew += sum(
                isinstance(each.fact, FigureReread)
                for each in events
                if each.recorded_at >= since
                and each.stream == incident_stream(incident)
                and times.hold(each)
            )
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
            for when, *rest in (line(each, was.get(each.event_id, "")),)
        )
    if read_anew:
        # What these moved, they moved in the past; and what is no figure any more has no line.
        click.echo(f"figures read anew since then: {read_anew}; see `tracker events`", err=True)
