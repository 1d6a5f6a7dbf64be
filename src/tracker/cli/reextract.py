"""`tracker reextract`."""

import asyncio
from collections.abc import Callable
from contextlib import closing, suppress
from functools import partial

import click

from tracker.cli.newsroom import Newsroom, complain, newsroom, now, open_wire
from tracker.cli.options import Paths
from tracker.cli.shown import clock, one_line, quoted
from tracker.events import incident_stream
from tracker.incidents.reread import Difference, Reader, Rereading, Shared, reread, shared_reports
from tracker.intake import Incident
from tracker.pipeline import reextract, send_due
from tracker.projections.ledger import ledger
from tracker.projections.wording import reading
from tracker.rounds import post_due
from tracker.store.base import LogReader
from tracker.store.writer import open_writer


@click.command("reextract")
@click.option("--dry-run", is_flag=True, help="Show the differences; store and send nothing.")
@click.pass_obj
def command(paths: Paths, *, dry_run: bool) -> None:
    """Read kept texts anew, and store what an upgrade reads otherwise than was stored.

    A figure counts from then on as if it had always been read so, and --known-at still shows how
    it was. Reports that were set aside are not read here: their sources are asked again anyway.
    """
    room = newsroom(paths)
    with paths.open_log() as log:  # a mistyped --db must not make a log
        if dry_run:
            _read_all(log, room, partial(_reread, log), "; nothing is stored")
    if not dry_run:
        asyncio.run(_reextract(paths, room))


async def _reextract(paths: Paths, room: Newsroom) -> None:
    with closing(open_writer(paths.db)) as log:
        desk = room.desk(log)
        await desk.run(_read_all, log, room, partial(reextract, desk))
        async with open_wire(room.settings) as wire:
            await desk.run(send_due, desk, backfills=True)
            await post_due(desk, wire)


def _reread(log: LogReader, incident: Incident, shared: Shared) -> Rereading:
    stored = ledger(log.read(incident_stream(incident.id)))
    reader = Reader(incident=incident, observed_at=now(), taken=log.holds)
    return reread(stored, reader, shared)


def _read_all(
    log: LogReader,
    room: Newsroom,
    read: Callable[[Incident, Shared], Rereading],
    done: str = "",
) -> None:
    """Have each incident of the log read, and show what comes of it, and that it is `done`."""
    incidents = {incident_stream(each.id): each for each in room.incidents}
    shared = shared_reports(log.tail())
    looked_at = not_kept = otherwise = new = 0
    for stream in log.streams(incident_stream("")):
        if stream not in incidents:
            complain(f"{stream} is left as it is: it is not in incidents.toml")
            continue
        rereading = read(incidents[stream], shared)
        looked_at += rereading.looked_at
        not_kept += rereading.not_kept
        otherwise += sum(each.was is not None for each in rereading.differences)
        new += sum(each.was is None for each in rereading.differences)
        # Whoever read the lines may go: what is stored is stored all the same.
        with suppress(BrokenPipeError):
            for each in rereading.differences:
                click.echo(_line(incidents[stream], each))
    click.echo(
        f"{looked_at} figures looked at, {otherwise} read otherwise, {new} new, "
        f"{not_kept} not kept{done}",
        err=True,
    )


def _line(incident: Incident, difference: Difference) -> str:
    was, now = difference.was.figure if difference.was else None, difference.now
    figure = was or now[0]
    before = reading(was, now[0] if now else None) if was else "nothing"
    after = "; ".join(reading(each, was) for each in now) or "no figure"
    return one_line(
        f"{clock(figure.published_at)}  {incident.id}  {figure.source}  {before} → {after}: "
        f"{quoted(figure.quote)}"
    )
