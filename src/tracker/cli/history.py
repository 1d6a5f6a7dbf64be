"""`tracker history`."""

import click

from tracker.cli.options import Paths, Times, asking
from tracker.cli.show import ROW, line, print_csv, print_json, print_table, row
from tracker.model import Measure
from tracker.projections.history import history
from tracker.projections.wording import earlier_readings


@click.command("history")
@asking
@click.option("--csv", "as_csv", is_flag=True, help="CSV, safe to open in a spreadsheet.")
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    times: Times,
    policy: str,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Every move of a figure: when, who, how far, why, and in which words. Oldest first."""
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = times.read(log, name)
    folded = times.fold(events)
    revisions = history(folded, name, measure, policy=policy)
    if as_json:
        print_json([row(each) for each in revisions])
    elif as_csv:
        print_csv([row(each) for each in revisions], ROW)
    elif not revisions:
        click.echo(f"{name}: nobody has stated a figure for {measure} yet", err=True)
    else:
        was = earlier_readings(folded)
        print_table(line(each, was.get(each.event_id, "")) for each in revisions)
