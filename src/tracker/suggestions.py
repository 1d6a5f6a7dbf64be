"""Reports that no incident claimed, looked at as they come: receivers are told what looks like one.

What looks like an incident is pure, in `alerts/incidents.py`. Putting reports together takes long
beside all else that is done with the log, so that its thread only reads them and writes what came
of it, and that they are looked at once in a while.
"""

import asyncio
from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from tracker.alerts.incidents import suggestions, tells_suggested
from tracker.desk import Desk
from tracker.events import INBOX
from tracker.incidents.groups import WITHIN, Group, groups
from tracker.projections.inbox import UNCLAIMED, Aside, inbox
from tracker.store.base import Log
from tracker.store.records import NOTHING_DUE, Outbox

EVERY: Final = timedelta(minutes=1)
"""How often they are looked at, at most: a thousand reports take a third of a second."""

MOST: Final = 5_000
"""The newest reports, which are looked at."""


@dataclass(slots=True)
class Looked:
    """When the inbox was looked at last, and at which version."""

    at: datetime | None = None
    version: int = 0


async def send_suggestions(desk: Desk, looked: Looked) -> int:
    """Enqueue the `incident.suggested` that are due, if something came since it was looked.

    How many.
    """
    if not any(tells_suggested(each.rules) for each in desk.endpoints):
        return 0
    if looked.at is not None and desk.clock() - looked.at < EVERY:
        return 0
    looked.at = desk.clock()
    recent = await desk.run(_recent, desk, looked)
    if not recent:
        return 0
    found = await asyncio.to_thread(groups, recent)
    return await desk.run(_enqueue, desk, found)


def _recent(desk: Desk, looked: Looked) -> list[Aside]:
    """The reports that nobody claimed of the last two weeks; none if none of them is new."""
    since, version = desk.clock() - WITHIN, desk.log.length(INBOX)
    if version == looked.version:
        return []
    looked.version = version
    recorded = bisect_left(range(version), since, key=lambda each: _recorded_at(desk.log, each))
    aside = [
        each
        for each in inbox(desk.log.read(INBOX, after=recorded))
        if each.kind == UNCLAIMED and each.fact.published_at >= since
    ]
    return sorted(aside, key=lambda each: each.fact.published_at)[-MOST:]


def _recorded_at(log: Log, version: int) -> datetime:
    """When the event after this version of the inbox was recorded."""
    return log.read(INBOX, after=version, upto=version + 1)[0].recorded_at


def _enqueue(desk: Desk, found: tuple[Group, ...]) -> int:
    now = desk.clock()
    if _due(desk, found, now) == NOTHING_DUE:
        return 0
    with desk.log.together():
        # Another process may have told of them a moment ago.
        outbox = _due(desk, found, now)
        desk.log.append([], recorded_at=now, outbox=outbox)
    return len(outbox.alerts)


def _due(desk: Desk, found: tuple[Group, ...], now: datetime) -> Outbox:
    disabled = desk.disabled()
    return suggestions(
        found,
        [each for each in desk.endpoints if each.name not in disabled],
        desk.log.last_sequences,
        now=now,
        fresh=desk.fresh,
        log_id=desk.log.identity,
    )
