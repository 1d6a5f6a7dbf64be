"""`tracker deliver`."""

import asyncio
import os
import random
from collections.abc import Sequence
from contextlib import closing
from datetime import datetime

import click

from tracker.addresses import client
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.posting import Posted, drain
from tracker.alerts.reach import reach_of
from tracker.cli.deliveries import SHORT, state_of, unknown
from tracker.cli.newsroom import complain, now
from tracker.cli.options import Moment, Paths, Words
from tracker.cli.shown import clock, print_table
from tracker.cli.webhooks.told import standing
from tracker.desk import Desk
from tracker.errors import UnknownName, UsageError
from tracker.settings import Settings, load_settings
from tracker.store.base import Log
from tracker.store.writer import open_writer


@click.command("deliver")
@click.option(
    "--retry",
    "wanted",
    type=Words(),
    metavar="ID",
    multiple=True,
    help="Send this alert again, delivered or not; may be repeated.",
)
@click.option(
    "--since",
    type=Moment(start=True, ago=True),
    metavar="T",
    help="Send again what came up since then and was not delivered: a time, a date, or 8h, 2d.",
)
@click.option("--endpoint", "name", type=Words(), metavar="NAME", help="To this endpoint only.")
@click.pass_context
def command(
    ctx: click.Context, wanted: tuple[str, ...], *, since: datetime | None, name: str | None
) -> None:
    """Send the alerts that are due now, beside a daemon or without one; first have some due again.

    What is sent again has the same id and body, and as many attempts as at first. ID is that of an
    alert, or the beginning of it. Exits with 1 if anything failed.
    """
    paths: Paths = ctx.obj
    if wanted and (since or name):
        raise UsageError("--retry names single alerts: give it without --since and --endpoint")
    settings = load_settings(paths.config)
    known = [each.name for each in settings.endpoints]
    if name is not None and name not in known:
        raise UnknownName("endpoint", name, known)
    endpoints = [each for each in settings.endpoints if name in {None, each.name}]
    with paths.open_log():
        pass  # Raises `NoLog`: nothing could be due in one that is made now.
    with closing(open_writer(paths.db)) as log:
        ids = [_whole_id(log, each, known) for each in wanted]
        _repeat(log, ids, since, endpoints)
        done = asyncio.run(_deliver(log, endpoints, settings))
        print_table(map(_row, done))
        _tell_rest(log, ids, endpoints, done)
    failed = sum(1 for each in done if each.attempt.outcome != "delivered")
    complain(f"{len(done) - failed} delivered, {failed} failed" if done else "nothing was due")
    ctx.exit(1 if failed else 0)


def _whole_id(log: Log, begins: str, known: Sequence[str]) -> str:
    """The id of the one alert whose id begins so, of an endpoint that is configured."""
    found = log.enqueued(ids=[begins], limit=2) if begins else []
    if not found:
        raise UsageError(unknown(begins))
    if len(found) > 1:
        raise UsageError(f"several alerts begin with {begins!r}: give more of the id")
    alert = found[0].alert
    if alert.endpoint not in known:
        raise UnknownName("endpoint", alert.endpoint, known)
    return alert.id


def _repeat(
    log: Log, ids: Sequence[str], since: datetime | None, endpoints: Sequence[Endpoint]
) -> None:
    if ids:
        log.repeat(now=now(), ids=ids)
    elif since is not None and endpoints:
        count = log.repeat(now=now(), since=since, endpoints=[each.name for each in endpoints])
        complain(f"{count} alert{'' if count == 1 else 's'} to be sent again")


async def _deliver(log: Log, endpoints: Sequence[Endpoint], settings: Settings) -> list[Posted]:
    desk = Desk(log=log, incidents=(), clock=now, endpoints=tuple(endpoints))
    with desk.thread:
        async with client(settings.allow_hosts) as receivers:
            return await drain(
                log,
                endpoints,
                os.environ,
                receivers,
                run=desk.run,
                clock=now,
                jitter=random.random,
            )


def _row(posted: Posted) -> Sequence[str]:
    alert = posted.alert[:SHORT] if posted.alert else "–"
    became: str = posted.attempt.outcome
    if became not in {"delivered", "waiting"}:
        became = f"again at {clock(posted.again)}" if posted.again else "given up"
    return alert, posted.endpoint, became, posted.attempt.answer


def _tell_rest(
    log: Log, ids: Sequence[str], endpoints: Sequence[Endpoint], done: Sequence[Posted]
) -> None:
    """Why something waits all the same."""
    reach = {each.endpoint: each for each in log.reach()}
    waiting = log.waiting()
    for each in endpoints:
        stands = standing(reach_of(each, reach.get(each.name)), None, now())
        if waiting.get(each.name) and stands.state in {"disabled", "paused"}:
            complain(f"{each.name} is {stands}; {waiting[each.name]:,} waiting")
    sent = {each.alert for each in done}
    for missing in (each for each in ids if each not in sent):
        for found in log.enqueued(ids=[missing], limit=1):
            complain(f"{missing[:SHORT]}: {state_of(found)}")
