"""`tracker.toml`, the optional file beside the working directory: whom to tell, and how.

Secrets are in no file: a webhook names the environment variable that holds its own, and it is
read when an alert is signed, not here. Sources and incidents are configured in `sources/`.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from tracker.alerts.endpoint import FRESH, Endpoint
from tracker.errors import ConfigError
from tracker.model import Measure
from tracker.projections.policies import POLICIES
from tracker.sources.toml_file import Span, Table, WebAddress, one_of, read_toml


@dataclass(frozen=True, slots=True, kw_only=True)
class Polling:
    """How sources are asked."""

    gap: timedelta = timedelta(seconds=1)
    """Between two requests to one domain, at least."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts on this machine or network that sources may be on, names or addresses."""
    proxy: str | None = None
    """Through which sources are asked; the environment's is never used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """What `tracker.toml` says; without one, the defaults."""

    contact: str | None = None
    """An address or a page for outlets to write to, sent with every request."""
    fresh: timedelta = FRESH
    """A move by a figure that is older than this is history, not news."""
    allow_hosts: tuple[str, ...] = ()
    """Hosts on this machine or network that webhooks may reach, names or addresses."""
    webhooks: tuple[Endpoint, ...] = ()
    polling: Polling = Polling()


def _variable(name: str) -> str:
    if name.startswith("whsec_") or not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError(
            "must be the name of an environment variable that holds the secret, not the secret"
        )
    return name


def _measure(name: str) -> str:
    return one_of(name, Measure)


def _policy(name: str) -> str:
    return one_of(name, POLICIES)


def _host(host: str) -> str:
    if not host.strip() or "/" in host:
        raise ValueError(f"{host!r} is no host: write its name or address, without http://")
    return host.strip().lower()


class _WebhookTable(Table):
    url: WebAddress
    secret_env: Annotated[str, AfterValidator(_variable)]
    name: str | None = None
    incidents: list[str] = Field(default=[])
    measures: list[Annotated[str, AfterValidator(_measure)]] = Field(default=[])
    policy: Annotated[str, AfterValidator(_policy)] = "standard"
    sources: bool = True


class _PollingTable(Table):
    gap: Span = timedelta(seconds=1)
    allow_hosts: list[Annotated[str, AfterValidator(_host)]] = Field(default=[])
    proxy: WebAddress | None = None


class _SettingsFile(Table):
    contact: str | None = None
    fresh: Span = FRESH
    allow_hosts: list[Annotated[str, AfterValidator(_host)]] = Field(default=[])
    polling: _PollingTable = _PollingTable()
    webhook: list[_WebhookTable] = Field(default=[])


def load_settings(path: Path) -> Settings:
    """The settings in the file; the defaults where there is none.

    Raises:
        ConfigError: the file is wrong.
    """
    if not path.exists():
        return Settings()
    table = read_toml(path, _SettingsFile)
    webhooks: dict[str, Endpoint] = {}
    for place, hook in enumerate(table.webhook, start=1):
        endpoint = _endpoint(hook)
        if endpoint.name in webhooks:
            raise ConfigError(
                f"{path}, key 'webhook.{place}.name'",
                f"a second webhook named {endpoint.name!r}: give each a name of its own",
            )
        webhooks[endpoint.name] = endpoint
    return Settings(
        contact=table.contact,
        fresh=table.fresh,
        allow_hosts=tuple(table.allow_hosts),
        webhooks=tuple(webhooks.values()),
        polling=Polling(
            gap=table.polling.gap,
            allow_hosts=tuple(table.polling.allow_hosts),
            proxy=table.polling.proxy,
        ),
    )


def _endpoint(hook: _WebhookTable) -> Endpoint:
    return Endpoint(
        name=hook.name or urlsplit(hook.url).hostname or hook.url,
        url=hook.url,
        secret_env=hook.secret_env,
        incidents=frozenset(hook.incidents),
        measures=frozenset(Measure(name) for name in hook.measures),
        policy=hook.policy,
        sources=hook.sources,
    )
