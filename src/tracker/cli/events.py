"""`tracker events`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from tracker.cli.evidence import event_line
from tracker.cli.options import Moment, Paths, Times, in_time
from tracker.cli.shown import document, print_jsonl, print_table
from tracker.errors import UnknownName
from tracker.events import incident_stream

if TYPE_CHECKING:
    from datetime import datetime

    from tracker.store.base import LogReader


@click.command("events")
@click.option("--incident", help="Only of this incident.")
@click.option("--source", help="Only of this source.")
@click.option(
    "--since",
    type=Moment(start=True, ago=True),
    metavar="T",
    help="Recorded since a time, a date, or so long ago: 8h.",
)
@in_time
@click.option("--jsonl", is_flag=True, help="One JSON object a line, with every field.")
@click.pass_obj
def command(
    paths: Paths,
    incident: str | None,
    source: str | None,
    since: datetime | None,
    *,
    times: Times,
    jsonl: bool,
) -> None:
    """The stored events, in the order of the log."""
    with paths.open_log() as log:
        if source is not None:
            _known_source(paths, log, source)
        if incident is None:
            found = log.tail()
        else:
            found = iter(log.read(incident_stream(paths.known_incident(log, incident))))
        wanted = (
            each
            for each in found
            if times.hold(each)
            and (source is None or getattr(each.fact, "source", None) == source)
            and (since is None or each.recorded_at >= since)
        )
        if jsonl:
            for each in wanted:
                print_jsonl(document(each))
        else:
            print_table(event_line(each) for each in wanted)


def _known_source(paths: Paths, log: LogReader, name: str) -> None:
    """Raise `UnknownName` for a source that is neither configured nor in the log."""
    known = {each.stem for each in paths.sources.glob("*.toml")} - {"incidents"}
    if name not in known:
        known |= {each.fact.source for each in log.tail() if hasattr(each.fact, "source")}
        if name not in known:
            raise UnknownName("source", name, known)
