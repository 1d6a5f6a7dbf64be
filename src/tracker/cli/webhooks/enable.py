"""`tracker webhooks enable`."""

from contextlib import closing
from datetime import UTC, datetime
from typing import Final

import click

from tracker.alerts.reach import enabled
from tracker.cli.newsroom import complain
from tracker.cli.options import Paths
from tracker.cli.shown import some
from tracker.cli.webhooks.asked import chosen, of_endpoint, reach_among
from tracker.store.writer import open_writer

AT_ONCE: Final = 200
MOST: Final = 100_000
"""Alerts of an endpoint that have failed, of which the newest are looked at."""


@click.command("enable")
@of_endpoint
@click.pass_obj
def command(paths: Paths, name: str) -> None:
    """Send to the endpoint NAME again, from now on: what waits first, in order.

    What it did before is forgiven, be it disabled or only failing. What was given up is not sent
    again by itself: the line that this prints says how.
    """
    endpoint, now = chosen(paths, name), datetime.now(UTC)
    with paths.open_log():
        pass  # Raises `NoLog`: where nothing is known of it yet, there is nothing to change.
    with closing(open_writer(paths.db)) as log:
        reach = reach_among(endpoint, log.reach())
        log.settle([], [enabled(reach)], now=now)
        failed = log.enqueued(endpoints=[name], failed=True, limit=MOST)
        delayed = [each.alert.id for each in failed if each.state != "given up"]
        for start in range(0, len(delayed), AT_ONCE):
            log.repeat(now=now, ids=delayed[start : start + AT_ONCE])
        waiting = log.waiting().get(name, 0)
        owed = sum(each.endpoint == name for each in log.owed())
    was = "is enabled" if reach.disabled else "was not disabled; its failures are forgotten"
    complain(f"{name} {was}: {_alerts(waiting)} for it, sent by the daemon, or `tracker deliver`")
    if owed:
        complain(
            f"what it missed of {some(owed, 'incident')} is told as well, by the daemon or the "
            "next `tracker poll`"
        )
    given_up = len(failed) - len(delayed)
    if given_up:
        oldest = min(each.created_at for each in failed if each.state == "given up")
        complain(
            f"{given_up:,} that were given up are not among them: `tracker deliver --since "
            f"{oldest:%Y-%m-%d} --endpoint {name}` sends them again"
        )


def _alerts(count: int) -> str:
    return f"{count:,} alert{' waits' if count == 1 else 's wait'}"
