"""`tracker deliveries`."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

import click

from tracker.cli.options import Moment, Paths, Words, as_json
from tracker.cli.shown import harmless, print_json, print_table
from tracker.errors import ConfigError, UnknownName, UsageError
from tracker.model import utc_text
from tracker.settings import load_settings
from tracker.store.base import LogReader
from tracker.store.records import Enqueued, Tried

SHORT: Final = len("msg_") + 20
"""So much of an alert's id is shown, or more where others begin so, and is enough to name it: 12
digits tell when it came up, as many others did, and those after them which it is."""


@click.command("deliveries")
@click.argument("alert", metavar="[ID]", required=False, type=Words())
@click.option("--failed", is_flag=True, help="Only those given up, or waiting after a failure.")
@click.option("--endpoint", type=Words(), metavar="NAME", help="Only those for this endpoint.")
@click.option(
    "--since",
    type=Moment(start=True, ago=True),
    metavar="T",
    help="Only those that came up since then: a time, a date, or 8h, 2d.",
)
@click.option(
    "--limit",
    type=click.IntRange(1),
    default=50,
    show_default=True,
    metavar="N",
    help="At most so many.",
)
@as_json
@click.pass_obj
def command(
    paths: Paths,
    alert: str | None,
    *,
    failed: bool,
    endpoint: str | None,
    since: datetime | None,
    limit: int,
    as_json: bool,
) -> None:
    """The alerts of the outbox, the newest first: when, id, for whom, about what, state.

    With --failed or an ID (or the beginning of one), each attempt too: when, how long it took,
    what the receiver answered. With an ID also what was sent.
    """
    with paths.open_log() as log:
        if endpoint is not None:
            _check_endpoint(paths, log, endpoint)
        found = log.enqueued(
            endpoints=[endpoint] if endpoint is not None else (),
            ids=[alert] if alert else (),
            failed=failed,
            since=since,
            limit=limit,
        )
    if alert and not found:
        raise UsageError(unknown(alert))
    if not found and not as_json:
        narrowed = failed or endpoint or since
        click.echo("there is no such alert" if narrowed else "no alert has come up yet", err=True)
    if alert and len(found) > 1:
        click.echo(several(alert, found), err=True)
    if as_json:
        print_json([_document(each) for each in found])
        return
    length, configured = told_apart(each.alert.id for each in found), _configured(paths)
    rows = [_row(each, length, configured) for each in found]
    if not (failed or alert):
        print_table(rows)
        return
    for each, row in zip(found, rows, strict=True):
        print_table([row])
        print_table(map(_attempt, each.tried))
        if alert:
            click.echo(f"    {harmless(each.alert.body)}")


def unknown(alert: str) -> str:
    """That no alert has this id, and where to look."""
    return f"no alert {alert!r}: `tracker deliveries` lists them, the newest first"


def several(begins: str, found: Sequence[Enqueued]) -> str:
    """That several alerts have an id that begins so, and how to name one of them."""
    endpoints = {each.alert.endpoint for each in found}
    narrower = ", or --endpoint" if len(endpoints) > 1 else ""
    return f"{len(found):,} alerts begin with {begins!r}: give more of the id{narrower}"


def told_apart(ids: Iterable[str]) -> int:
    """How much of each of these ids is to be shown, so that it names one of them alone."""
    whole, length = {*ids}, SHORT
    while len({each[:length] for each in whole}) < len(whole):
        length += 1
    return length


def _configured(paths: Paths) -> frozenset[str] | None:
    """The names of the endpoints; None where the settings are wrong, which others tell."""
    with suppress(ConfigError):
        return frozenset(each.name for each in load_settings(paths.config).endpoints)
    return None


def _check_endpoint(paths: Paths, log: LogReader, name: str) -> None:
    """Raises `UnknownName` where it is neither configured nor was ever sent anything."""
    configured = [each.name for each in load_settings(paths.config).endpoints]
    if name not in configured and not log.enqueued(endpoints=[name], limit=1):
        raise UnknownName("endpoint", name, configured)


def _row(enqueued: Enqueued, length: int, configured: frozenset[str] | None) -> Sequence[str]:
    alert, tries = enqueued.alert, len(enqueued.tried)
    waits = enqueued.state in {"due", "queued"}
    nowhere = waits and configured is not None and alert.endpoint not in configured
    return (
        f"{enqueued.created_at:%Y-%m-%d %H:%M:%SZ}",
        alert.id[:length],
        alert.endpoint,
        alert.about,
        f"{alert.type} {alert.sequence}",
        "no such endpoint" if nowhere else state_of(enqueued),
        f"{tries} attempt{'' if tries == 1 else 's'}" if tries else "not tried yet",
    )


def state_of(enqueued: Enqueued) -> str:
    """How an alert of the outbox stands, in a few words."""
    match enqueued.state:
        case "delivered" if enqueued.delivered_at:
            return f"delivered {enqueued.delivered_at:%H:%M:%SZ}"
        case "due":
            return f"due {enqueued.due_at:%Y-%m-%d %H:%M:%SZ}"
        case "queued":
            return "waits for the one before"
    return enqueued.state


def _attempt(tried: Tried) -> Sequence[str]:
    said = f": {tried.said}" if tried.said else ""
    took = tried.took.total_seconds()
    when = f"{tried.at:%Y-%m-%d %H:%M:%SZ}"
    return "", when, f"{took:.3f} s", tried.outcome, f"{tried.answer}{said}"


def _document(enqueued: Enqueued) -> dict[str, Any]:
    alert, delivered_at = enqueued.alert, enqueued.delivered_at
    return {
        "id": alert.id,
        "endpoint": alert.endpoint,
        "about": alert.about,
        "sequence": alert.sequence,
        "type": alert.type,
        "state": enqueued.state,
        "created_at": utc_text(enqueued.created_at),
        "due_at": utc_text(enqueued.due_at),
        "delivered_at": utc_text(delivered_at) if delivered_at else None,
        "attempts": [
            asdict(each) | {"at": utc_text(each.at), "took": each.took.total_seconds()}
            for each in enqueued.tried
        ],
        "body": alert.body,
    }
