"""`tracker webhooks disable`."""

from contextlib import closing
from datetime import UTC, datetime

import click

from tracker.alerts.reach import disabled
from tracker.cli.newsroom import complain
from tracker.cli.options import Paths
from tracker.cli.shown import near
from tracker.cli.webhooks.asked import chosen, of_endpoint, reach_among
from tracker.store.writer import open_writer


@click.command("disable")
@of_endpoint
@click.pass_obj
def command(paths: Paths, name: str) -> None:
    """Send nothing to the endpoint NAME until it is enabled, after a restart neither.

    What waits for it goes on waiting. News that comes meanwhile is told once it is enabled, as
    one estimate.backfilled about each incident that stands otherwise by then.
    """
    endpoint, now = chosen(paths, name), datetime.now(UTC)
    with paths.open_log():
        pass  # Raises `NoLog`: where nothing is known of it yet, there is nothing to change.
    with closing(open_writer(paths.db)) as log:
        reach = reach_among(endpoint, log.reach())
        if not reach.disabled:
            log.settle([], [disabled(reach, now)], now=now)
        waiting = log.waiting().get(name, 0)
    since = reach.disabled_at
    told = f"has been disabled since {near(since, now)}" if since else "is disabled"
    s = " waits" if waiting == 1 else "s wait"
    complain(f"{name} {told}: {waiting:,} alert{s} until `tracker webhooks enable {name}`")
