"""`tracker deliver`."""

import asyncio
import os
import random
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import datetime
from typing import Final

import click

from tracker.addresses import client
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.hours import not_before
from tracker.alerts.posting import Posted, drain
from tracker.alerts.reach import reach_of
from tracker.cli.deliveries import SHORT, several, state_of, unknown
from tracker.cli.newsroom import complain, now
from tracker.cli.options import Moment, Paths, Words
from tracker.cli.shown import near, print_rows, some
from tracker.cli.webhooks.lacking import lacking
from tracker.cli.webhooks.told import standing
from tracker.desk import Desk
from tracker.errors import UnknownName, UsageError
from tracker.settings import Settings, load_settings
from tracker.store.base import Log
from tracker.store.writer import open_writer

MOST: Final = 10_000
"""Alerts whose ids begin alike, of which so many are counted."""
BECAME: Final = len("again at 2031-05-01 12:00:00Z")
"""The letters of the longest thing that becomes of an alert."""


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
    if wanted and since:
        raise UsageError("--retry names single alerts: give it without --since")
    settings = load_settings(paths.config)
    known = [each.name for each in settings.endpoints]
    if name is not None and name not in known:
        raise UnknownName("endpoint", name, known)
    endpoints = [each for each in settings.endpoints if name in {None, each.name}]
    with paths.open_log():
        pass  # Raises `NoLog`: nothing could be due in one that is made now.
    with closing(open_writer(paths.db)) as log:
        names = [name] if name is not None else []
        ids = [_whole_id(log, each, names, known) for each in wanted]
        _repeat(log, ids, since, endpoints)
        told = Told(endpoints, ids)
        asyncio.run(_deliver(log, endpoints, settings, told))
        _tell_rest(log, [each for each in ids if each in told.wanted], endpoints)
    complain(str(told))
    ctx.exit(1 if told.failed else 0)


class Told:
    """Prints what becomes of each alert when that is known, and counts."""

    def __init__(self, endpoints: Sequence[Endpoint], wanted: Sequence[str]) -> None:
        self.delivered = self.failed = self.waiting = 0
        self._elsewhere = {each.name for each in endpoints if _is_lacking_here(each)}
        """Those that lack what the daemon may have: that they wait is no failure."""
        self.wanted = set(wanted)
        """Those asked for by their ids of which nothing was told yet."""
        self._widths = SHORT, max((len(each.name) for each in endpoints), default=0), BECAME

    def __call__(self, posted: Posted) -> None:
        if posted.attempt.outcome == "delivered":
            self.delivered += 1
        elif posted.attempt.outcome == "waiting" and posted.endpoint in self._elsewhere:
            self.waiting += 1
        else:
            self.failed += 1
        self.wanted.discard(posted.alert or "")
        print_rows([_row(posted)], self._widths)

    def __str__(self) -> str:
        """How many there were of each."""
        if not self.delivered + self.failed + self.waiting:
            return "nothing was due"
        said = f"{self.delivered:,} delivered, {self.failed:,} failed"
        if self.waiting:
            said += (
                f"; the alerts of {some(self.waiting, 'endpoint')} wait for what is not there "
                "here: the daemon may have it"
            )
        return said


def _is_lacking_here(endpoint: Endpoint) -> bool:
    lack = lacking(endpoint, os.environ)
    return lack is not None and lack.here


def _whole_id(log: Log, begins: str, endpoints: Sequence[str], known: Sequence[str]) -> str:
    """The id of the one alert whose id begins so, of an endpoint that is configured."""
    found = log.enqueued(ids=[begins], endpoints=endpoints, limit=MOST) if begins else []
    if not found:
        raise UsageError(unknown(begins))
    if len(found) > 1:
        raise UsageError(several(begins, found))
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
        complain(f"{some(count, 'alert')} to be sent again")


async def _deliver(
    log: Log, endpoints: Sequence[Endpoint], settings: Settings, told: Callable[[Posted], None]
) -> None:
    desk = Desk(log=log, incidents=(), clock=now, endpoints=settings.endpoints)
    with desk.thread:
        async with client(settings.allow_hosts) as receivers:
            await drain(
                log,
                settings.endpoints,
                os.environ,
                receivers,
                run=desk.run,
                clock=now,
                jitter=random.random,
                posted=told,
                only=frozenset(each.name for each in endpoints),
            )


def _row(posted: Posted) -> Sequence[str]:
    alert = posted.alert[:SHORT] if posted.alert else "–"
    became: str = posted.attempt.outcome
    if posted.disabled:
        became = "waiting"
    elif became not in {"delivered", "waiting"}:
        became = f"again at {near(posted.again, now())}" if posted.again else "given up"
    return alert, posted.endpoint, became, posted.attempt.answer


def _tell_rest(log: Log, ids: Sequence[str], endpoints: Sequence[Endpoint]) -> None:
    """Why something waits all the same; and how those stand of which nothing was told."""
    reach = {each.endpoint: each for each in log.reach()}
    waiting, moment = log.waiting(), now()
    for each in endpoints:
        last = next(iter(log.enqueued(endpoints=[each.name], failed=True, limit=1)), None)
        stands = standing(reach_of(each, reach.get(each.name)), last, moment)
        count = waiting.get(each.name)
        if count and stands.state in {"disabled", "paused"}:
            complain(
                f"{each.name} is {stands}; {count:,} waiting: to send to it again, "
                f"`tracker webhooks enable {each.name}`"
            )
        elif count and (quiet := not_before(each.rules, moment)):
            complain(f"{each.name} has quiet hours until {near(quiet, moment)}; {count:,} waiting")
    for missing in ids:
        for found in log.enqueued(ids=[missing], limit=1):
            complain(f"{missing[:SHORT]}: {state_of(found)}")
