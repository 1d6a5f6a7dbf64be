"""`tracker verify`."""

from typing import BinaryIO

import click

from tracker.cli.options import Paths
from tracker.cli.shown import clock, one_line
from tracker.errors import TrackerError, UsageError
from tracker.events import incident_stream
from tracker.projections.history import all_moves
from tracker.projections.ledger import ledger
from tracker.projections.merged import with_merged
from tracker.store.base import LogReader
from tracker.store.checkpoint import damage, departure, parse


@click.command("verify")
@click.option("--incident", help="Only the events of this incident.")
@click.option(
    "--projections",
    is_flag=True,
    help="Also what is folded from them: takes minutes for a million events.",
)
@click.option(
    "--against",
    type=click.File("rb"),
    metavar="FILE",
    help="Also that the log extends this checkpoint; - reads standard input.",
)
@click.pass_obj
def command(
    paths: Paths, incident: str | None, against: BinaryIO | None, *, projections: bool
) -> None:
    """Check the file, its triggers, the chain and the words; name the first thing that is off."""
    if incident is not None and against is not None:
        raise UsageError("--against is about the whole log: leave out --incident")
    with paths.open_log() as log:
        stream = incident and incident_stream(paths.known_incident(log, incident))
        flaw = log.verify(stream)
        if flaw is not None:
            raise TrackerError(f"{flaw.where}: {flaw.what}")
        whose = f" of {one_line(incident)}" if incident else ""
        well = f"{log.length(stream)} events{whose} in an unbroken chain"
        if against is not None:
            well += _extending(log, against)
        if projections:
            _projections(log, [stream] if stream else log.streams(incident_stream("")))
            well += "; the roster and every history are as these events make them"
    click.echo(f"all is well: {well}")


def _extending(log: LogReader, against: BinaryIO) -> str:
    """What there is to say of a checkpoint that the log extends."""
    kept = parse(against.read().decode("utf-8-sig", errors="replace"), against.name)
    if wrong := damage(kept):
        raise TrackerError(f"{against.name}: this file is damaged: {wrong}")
    length = log.length()
    if length < kept.position:
        raise TrackerError(
            f"position {length + 1}: is missing: the log had {kept.position} events at the "
            f"checkpoint and has {length}: its newest were cut off"
        )
    if other := departure(kept, log.heads(upto=kept.position)):
        raise TrackerError(f"{other}: the log was rewritten, or the checkpoint is of another log")
    made = f" of {clock(kept.made_at)}" if kept.made_at else ""
    copy = " (of a log with another identity)" if kept.log not in ("", log.identity) else ""
    return f"; they extend the checkpoint{made} at position {kept.position}{copy}"


def _projections(log: LogReader, streams: list[str]) -> None:
    flaw = log.verify_projections()
    if flaw is not None:
        raise TrackerError(f"{flaw.where}: {flaw.what}")
    for stream in streams:
        name = stream.removeprefix(incident_stream(""))
        events = with_merged(name, log.read)
        own = [each for each in events if each.stream == stream]
        backwards = [*reversed(own), *reversed(events[len(own) :])]
        # Every stream must fold, and the same in whatever order its events came.
        if all_moves(ledger(events), name) != all_moves(ledger(backwards), name):
            raise TrackerError(f"{stream}: its history hangs on the order of arrival")
