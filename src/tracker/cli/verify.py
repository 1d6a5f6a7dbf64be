"""`tracker verify`."""

import click

from tracker.cli.options import Paths
from tracker.errors import TrackerError
from tracker.events import incident_stream
from tracker.projections.history import all_moves
from tracker.projections.ledger import ledger


@click.command("verify")
@click.pass_obj
def command(paths: Paths) -> None:
    """Check the chain, the triggers and the projections; name the first thing that is off."""
    prefix = incident_stream("")
    count = 0
    with paths.open_log() as log:
        flaw = log.verify()
        if flaw is not None:
            raise TrackerError(f"{flaw.where}: {flaw.what}")
        for stream in log.streams(prefix):
            events = log.read(stream)
            count += len(events)
            name = stream.removeprefix(prefix)
            # Nothing projected is stored, so it cannot disagree; but every stream must fold, in
            # whatever order its events came.
            if all_moves(ledger(events), name) != all_moves(ledger(reversed(events)), name):
                raise TrackerError(f"{stream}: its history hangs on the order of arrival")
    click.echo(f"all is well: {count} events of incidents in an unbroken chain")
