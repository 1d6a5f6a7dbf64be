"""`tracker report`."""

import asyncio
import hashlib
from contextlib import closing
from dataclasses import replace
from datetime import datetime

import click

from tracker.cli.newsroom import found_line, newsroom, now, open_wire, stored
from tracker.cli.options import Moment, Paths, Words
from tracker.cli.shown import clock, unread
from tracker.errors import TrackerError, UnknownName, UsageError
from tracker.figures.languages import lexicon_of
from tracker.incidents.decide import CLOCK_SKEW
from tracker.intake import Report
from tracker.pipeline import file_report, send_due
from tracker.rounds import post_due
from tracker.store.writer import open_writer


@click.command("report")
@click.argument("incident")
@click.option("--text", required=True, type=Words(), help="What the source says, in its own words.")
@click.option("--source", required=True, metavar="ID", help="Which configured source says so.")
@click.option("--published", type=Moment(), metavar="T", help="When it did.  [default: now]")
@click.option("--url", default="", type=Words(), help="Where it can be read.")
@click.pass_obj
def command(
    paths: Paths, *, incident: str, text: str, source: str, published: datetime | None, url: str
) -> None:
    """File a report by hand: its figures are read, stored and alerted like any other's."""
    report = Report(
        source=source,
        id="by-hand:" + hashlib.sha256(text.encode()).hexdigest()[:16],
        title="",
        text=text,
        url=url,
        published=published,
    )
    asyncio.run(_file(paths, incident, report))


async def _file(paths: Paths, incident: str, report: Report) -> None:
    room = newsroom(paths)
    source = room.source(report.source)
    seen = now()
    report = replace(report, published=report.published or seen)
    if report.published is not None and report.published > seen + CLOCK_SKEW:
        raise UsageError(f"--published {clock(report.published)} is in the future")
    known = {each.id for each in room.incidents}
    if incident not in known:
        raise UnknownName("incident", incident, known)
    with closing(open_writer(paths.db)) as log:
        desk, pinned = room.desk(log), replace(source, incident=incident)
        filed = await desk.run(file_report, desk, pinned, report, observed_at=seen)
        if filed.events:
            click.echo(stored(len(filed.events)), err=True)
        if lexicon_of(filed.language) is None:
            raise TrackerError(unread([filed.language], f"`language` in the file of {source.id}"))
        if not filed.events:
            raise TrackerError(
                "nothing new was read in this text: `tracker extract` shows its figures"
            )
        for revision in filed.revisions:
            click.echo(found_line(revision))
        async with open_wire(room.settings) as wire:
            await desk.run(send_due, desk, backfills=True)
            await post_due(desk, wire)
