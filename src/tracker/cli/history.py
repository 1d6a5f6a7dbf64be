"""`tracker history`."""

from datetime import datetime

import click

from tracker.cli.options import Paths, asking
from tracker.cli.show import ROW, line, print_csv, print_json, print_table, row
from tracker.events import incident_stream
from tracker.model import Measure
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.projections.statement import earlier_readings


@click.command("history")
@asking
@click.option("--csv", "as_csv", is_flag=True, help="CSV, safe to open in a spreadsheet.")
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    as_of: datetime | None,
    known_at: datetime | None,
    policy: str,
    as_json: bool,
    as_csv: bool,
) -> None:
    """Every move of a figure: when, who, how far, why, and in which words. Oldest first."""
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = log.read(incident_stream(name), known_at=known_at)
    folded = ledger(events, as_of=as_of)
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
