"""The way to an endpoint, prepared: with its secrets, or with the service behind its address."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import assert_never

import httpx

from tracker.alerts import notify
from tracker.alerts.endpoint import Channel, Endpoint, Webhook
from tracker.alerts.signing import signing_keys
from tracker.alerts.webhook import PATIENCE, Attempt, deliver
from tracker.store.records import Delivery

Way = Callable[[Delivery, datetime], Awaitable[Attempt]]
"""Makes one attempt to deliver an alert, now; what becomes of it is a value."""


@dataclass(frozen=True, slots=True)
class Ways:
    """What it takes to reach any endpoint: one client for webhooks, and where the secrets are."""

    client: httpx.AsyncClient
    environment: Mapping[str, str]
    patience: timedelta = PATIENCE
    """What each webhook has for the whole exchange."""
    services: dict[str, notify.Service] = field(default_factory=dict, repr=False)
    """Those of channels that are in use, by the endpoint's name."""

    async def to(self, endpoint: Endpoint) -> Way:
        """The way to this endpoint, with its secrets as they are now.

        Raises:
            ConfigError: a secret is missing or wrong, or Apprise is not installed.
        """
        match endpoint.way:
            case Webhook(url=url):
                signing_keys(endpoint, self.environment)

                async def post(delivery: Delivery, now: datetime) -> Attempt:
                    # Read for each attempt: once a new secret is in place, none goes without it.
                    keys = signing_keys(endpoint, self.environment)
                    return await deliver(
                        self.client, url, delivery, keys=keys, now=now, patience=self.patience
                    )

                return post
            case Channel():
                service = await self._service(endpoint.name, endpoint.way)

                async def send(delivery: Delivery, now: datetime) -> Attempt:
                    return await service.send(delivery, now=now)

                return send
            case _:  # pragma: no cover — mypy lists what is forgotten
                assert_never(endpoint.way)

    async def _service(self, name: str, channel: Channel) -> notify.Service:
        known = self.services.get(name)
        if known is None or known.url != notify.address_of(name, channel, self.environment):
            known = await asyncio.to_thread(notify.service_of, name, channel, self.environment)
            self.services[name] = known
        return known
