"""`tracker events`."""

from __future__ import annotations

from dataclasses import MISSING, fields
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import Moment, Paths, Times, in_time
from tracker.cli.show import clock, print_jsonl, print_table
from tracker.decisions import OPERATOR, Decision
from tracker.errors import UnknownName
from tracker.events import (
    Event,
    FigureReported,
    FigureReread,
    FigureWithdrawn,
    ReportRedacted,
    ReportSetAside,
    incident_stream,
)
from tracker.model import utc_text
from tracker.projections.wording import decided, phrase

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
                print_jsonl(_document(each))
        else:
            print_table(_line(each) for each in wanted)


def _known_source(paths: Paths, log: LogReader, name: str) -> None:
    """Raise `UnknownName` for a source that is neither configured nor in the log."""
    known = {each.stem for each in paths.sources.glob("*.toml")} - {"incidents"}
    if name not in known:
        known |= {each.fact.source for each in log.tail() if hasattr(each.fact, "source")}
        if name not in known:
            raise UnknownName("source", name, known)


def _document(event: Event) -> dict[str, Any]:
    from tracker.encoding import encode  # noqa: PLC0415 — the lines for people do without

    data, words = encode(event.fact)
    said = {**data, **words}
    # A log leaves out what says nothing; a program that reads this finds every field.
    every = {
        each.name: said.get(each.name, None if each.default is MISSING else each.default)
        for each in fields(event.fact)
    }
    return {
        "position": event.position,
        "stream": event.stream,
        # A figure has a version of its own: that of its report.
        "stream_version": event.version,
        "id": event.id,
        "type": event.fact.TYPE,
        "recorded_at": utc_text(event.recorded_at),
        **every,
    }


def _line(event: Event) -> tuple[str, ...]:
    fact = event.fact
    says, who = "", ""
    if isinstance(fact, FigureReported):
        number = phrase(fact.low, fact.high, fact.qualifier, fact.word)
        says, who = f"{fact.measure} {number}, {fact.role}", fact.source
    elif isinstance(fact, FigureWithdrawn):
        says, who = f"{fact.figure}: {fact.reason}", fact.by
    elif isinstance(fact, FigureReread):
        says = f"{fact.figure}: now {' and '.join(fact.figures) or 'no figure'}"
    elif isinstance(fact, ReportSetAside):
        says, who = "; ".join([fact.why, *fact.figures]), fact.source
    elif isinstance(fact, ReportRedacted):
        says, who = f"{fact.report}, {len(fact.events)} events: {fact.reason}", fact.source
    elif isinstance(fact, Decision):
        says, who = decided(fact), OPERATOR
    return (
        str(event.position),
        event.id,
        clock(fact.effective_at),
        event.stream,
        fact.TYPE,
        who,
        says,
    )
