"""What the commands of an operator's hand have in common: the reason, the time, the way out."""

import asyncio
from collections.abc import Callable
from contextlib import closing
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

import click

from tracker.cli.newsroom import found_line, newsroom, now, open_wire
from tracker.cli.options import Moment, Paths, Words
from tracker.cli.shown import clock
from tracker.desk import Desk
from tracker.errors import UnknownName, UsageError
from tracker.events import incident_stream
from tracker.rounds import post_due
from tracker.rulings import Ruled, Why
from tracker.store.base import LogReader
from tracker.store.writer import open_writer


def deciding(command: Callable[..., Any]) -> Callable[..., Any]:
    """`--reason` and `--effective`; the command gets them as `why`."""

    @click.option("--reason", required=True, type=Words(), help="Why; shown in the history.")
    @click.option(
        "--effective",
        type=Moment(start=True),
        metavar="T",
        help="From when on it counts.  [default: now]",
    )
    @wraps(command)
    def decided(*args: Any, reason: str, effective: datetime | None, **flags: Any) -> Any:
        if not reason.strip():
            raise UsageError("--reason is empty: say why, since the history shows it")
        if effective is not None and effective > now() + timedelta(seconds=1):
            raise UsageError(f"--effective {clock(effective)} is in the future")
        return command(*args, why=Why(reason=reason, effective_at=effective), **flags)

    return decided


def carry_out(paths: Paths, rule: Callable[[Desk], Ruled], *, done: str, known: str) -> None:
    """Have a decision stored, say what it moved, and send the alerts that it makes due.

    `done` is what is said when it is stored, `known` when the log said so already.
    """
    with paths.open_log():
        pass  # a mistyped --db must not make a log
    asyncio.run(_carry_out(paths, rule, done, known))


async def _carry_out(paths: Paths, rule: Callable[[Desk], Ruled], done: str, known: str) -> None:
    room = newsroom(paths)
    with closing(open_writer(paths.db)) as log:
        desk = room.desk(log)
        ruled = await desk.run(rule, desk)
        click.echo(done if ruled.events else known, err=True)
        for revision in ruled.revisions:
            click.echo(found_line(revision))
        async with open_wire(room.settings) as wire:
            await post_due(desk, wire)


def in_log(log: LogReader, incident: str) -> str:
    """The incident's name, if anything was said of it. Raises `UnknownName`."""
    prefix = incident_stream("")
    if not log.length(incident_stream(incident)):
        raise UnknownName(
            "incident", incident, (each.removeprefix(prefix) for each in log.streams(prefix))
        )
    return incident
