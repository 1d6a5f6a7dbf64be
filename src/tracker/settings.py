"""`tracker.toml`, the optional file beside the working directory: whom to tell, and how.

Secrets are not in it: an endpoint names the environment variable or the file that holds its own,
which is read when an alert is sent, not here. The tables of endpoints are in `alerts/tables.py`;
sources and incidents are configured in `sources/`.
"""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field

from tracker.alerts.endpoint import FRESH, Endpoint
from tracker.alerts.tables import NotifyTable, WebhookTable
from tracker.errors import ConfigError
from tracker.sources.toml_file import Span, Table, WebAddress, read_toml


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
    endpoints: tuple[Endpoint, ...] = ()
    """Webhooks, then channels, in the order of the file."""
    polling: Polling = Polling()


def _host(host: str) -> str:
    if not host.strip() or "/" in host:
        raise ValueError(f"{host!r} is no host: write its name or address, without http://")
    return host.strip().lower()


class _PollingTable(Table):
    gap: Span = timedelta(seconds=1)
    allow_hosts: list[Annotated[str, AfterValidator(_host)]] = Field(default=[])
    proxy: WebAddress | None = None


class _SettingsFile(Table):
    contact: str | None = None
    fresh: Span = FRESH
    allow_hosts: list[Annotated[str, AfterValidator(_host)]] = Field(default=[])
    polling: _PollingTable = _PollingTable()
    webhook: list[WebhookTable] = Field(default=[])
    notify: list[NotifyTable] = Field(default=[])


def load_settings(path: Path) -> Settings:
    """The settings in the file; the defaults where there is none.

    Raises:
        ConfigError: the file is wrong.
    """
    with suppress(PermissionError):  # which reading it tells
        if not path.exists():
            return Settings()
    table = read_toml(path, _SettingsFile)
    endpoints: dict[str, Endpoint] = {}
    for where, endpoint in (
        *((f"webhook.{n}", hook.endpoint(path.parent)) for n, hook in enumerate(table.webhook, 1)),
        *((f"notify.{n}", channel.endpoint()) for n, channel in enumerate(table.notify, 1)),
    ):
        if endpoint.name in endpoints:
            raise ConfigError(
                f"{path}, key '{where}.name'",
                f"a second endpoint named {endpoint.name!r}: give each a name of its own",
            )
        endpoints[endpoint.name] = endpoint
    return Settings(
        contact=table.contact,
        fresh=table.fresh,
        allow_hosts=tuple(table.allow_hosts),
        endpoints=tuple(endpoints.values()),
        polling=Polling(
            gap=table.polling.gap,
            allow_hosts=tuple(table.polling.allow_hosts),
            proxy=table.polling.proxy,
        ),
    )
