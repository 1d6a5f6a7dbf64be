"""`tracker webhooks test`."""

import asyncio
import os
import secrets

import click

from tracker.addresses import client
from tracker.alerts.bodies import Trial, TrialData
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.ways import Ways
from tracker.alerts.webhook import Attempt
from tracker.cli.newsroom import complain, now
from tracker.cli.options import Paths
from tracker.cli.shown import one_line
from tracker.cli.webhooks.asked import chosen, of_endpoint
from tracker.cli.webhooks.told import place
from tracker.errors import ConfigError
from tracker.settings import Settings, load_settings
from tracker.store.records import Delivery

WORDS = "A test, sent by hand: no figure of anything has moved."


@click.command("test")
@of_endpoint
@click.pass_obj
def command(paths: Paths, name: str) -> None:
    """Send one signed endpoint.test to the endpoint NAME now, and show what it answers.

    It states no figure, and nothing of it is kept: it is sent though the endpoint is disabled.
    Exits with 1 unless the answer is a 2xx, or the channel's service takes it.
    """
    endpoint = chosen(paths, name)
    attempt = asyncio.run(_try(endpoint, load_settings(paths.config)))
    click.echo(one_line(attempt.answer + (f": {attempt.said}" if attempt.said else "")))
    taken = attempt.outcome == "delivered"
    complain(f"{name}: the test was {'taken' if taken else 'not taken'} by {place(endpoint)}")
    click.get_current_context().exit(0 if taken else 1)


async def _try(endpoint: Endpoint, settings: Settings) -> Attempt:
    """One attempt. Raises `ConfigError` where a secret is missing, or Apprise is."""
    at = now()
    body = Trial(timestamp=at, data=TrialData(endpoint=endpoint.name, words=WORDS))
    delivery = Delivery(
        id=f"msg_{secrets.token_hex(16)}",
        endpoint=endpoint.name,
        about=f"endpoint/{endpoint.name}",
        body=body.model_dump_json(),
        attempts=0,
    )
    async with client(settings.allow_hosts) as receivers:
        way = await Ways(receivers, os.environ).to(endpoint)
        try:
            return await way(delivery, at)
        except ConfigError:
            raise
        except Exception as error:  # noqa: BLE001 — told in one line, as the daemon does
            return Attempt("retry", f"{type(error).__name__}: {error} (please report this)")
