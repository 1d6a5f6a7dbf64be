"""`tracker redact`."""

from contextlib import closing
from datetime import UTC, datetime

import click

from tracker.cli.options import Paths, Words
from tracker.cli.shown import one_line
from tracker.errors import TrackerError, UnknownName, UsageError
from tracker.incidents.redact import (
    Named,
    Redaction,
    elsewhere,
    ids,
    redacted,
    redaction,
    report_of,
    reports_named,
    title_of,
)
from tracker.store.base import LogReader
from tracker.store.writer import open_writer

SHOWN = 5
"""Other reports that are named, at most."""


@click.command("redact")
@click.argument("what", metavar="WHAT")
@click.option("--reason", required=True, type=Words(), help="Why; kept in the log for good.")
@click.option("--dry-run", is_flag=True, help="Show whose words would go; delete nothing.")
@click.pass_obj
def command(paths: Paths, what: str, reason: str, *, dry_run: bool) -> None:
    """Delete the words of a report for good: headline, quotes, issuers, paragraphs.

    WHAT is SOURCE/REPORT, or the id or address of a report alone if no other has it. Or it is an
    event's id, or the beginning of it, and stands for all events of its report that hold its
    headline, sentence or paragraph. Numbers stay. The ids of the events go to stdout.
    """
    if not reason.strip():
        raise UsageError("--reason is empty: say why, since the log keeps it for good")
    with paths.open_log() as reader:
        taken = _named(reader, what)
        others = elsewhere(reader.tail(), taken)
    if dry_run:
        _tell(taken, others, "would be deleted")
    else:
        _redact(paths, taken, others, reason)


def _redact(paths: Paths, taken: Redaction, others: dict[Named, int], reason: str) -> None:
    with closing(open_writer(paths.db)) as log:
        alerts = 0
        if taken.chosen:
            now = datetime.now(UTC)
            alerts = log.redact(redacted(taken, reason, now=now), recorded_at=now)
        # Of what was redacted before, too: a reader may have been in the way then.
        overwritten = log.overwrite()
    _tell(
        taken, others, f"are deleted, and in {_some(alerts, 'alert')}" if alerts else "are deleted"
    )
    if not overwritten:
        raise TrackerError(
            f"{paths.db}-wal may still hold the words, since another process reads the log: run "
            "this command again when it is done"
        )


def _named(log: LogReader, what: str) -> Redaction:
    """Whose words go. Raises `UsageError` where nothing goes by that name, or several do."""
    if not what.strip():
        raise UsageError("WHAT is empty: name a report or an event")
    reports = reports_named(log.tail(), what)
    if reports and title_of(reports[0]) == what:
        return redaction(log.tail(), reports[0])
    event = None
    meant = [title_of(each) for each in reports]
    try:
        event = log.find(what)
        meant.append(f"event {event.id}")
    except UnknownName:
        pass
    except UsageError:
        if not reports:
            raise
        meant.append("several events")
    if not meant:
        raise UsageError(
            f"no event or report {what!r}: `tracker events --jsonl` shows the id of each event, "
            "and its source and report"
        )
    if len(meant) > 1:
        raise UsageError(
            f"{what!r} can mean {' or '.join(meant[:SHOWN])}: give SOURCE/REPORT, or the whole id "
            "of the event"
        )
    return redaction(log.tail(), report_of(event) if event else reports[0], event)


def _tell(taken: Redaction, others: dict[Named, int], done: str) -> None:
    title = title_of(taken.report)
    for each in ids(taken.chosen):
        click.echo(each)
    if taken.chosen:
        _say(f"{title}: the words of {_some(len(taken.chosen), 'event')} {done}")
    elif taken.before:
        _say(f"{title}: it had been redacted before, and no words are left to delete")
    else:
        _say(f"{title}: no words are left to delete")
    if taken.left:
        _say(f"{_some(taken.left, 'event')} of it hold other words: `tracker redact {title}`")
    if others:
        named = [title_of(each) for each in others]
        more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
        _say(f"the same words are still in {', '.join(named[:SHOWN])}{more}: redact each")


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _say(text: str) -> None:
    click.echo(one_line(text), err=True)
