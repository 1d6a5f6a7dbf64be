"""What the verbs of `tracker webhooks` share: the endpoint that was asked for, and its reach."""

from collections.abc import Callable, Sequence
from typing import Any, Final

import click

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.reach import reach_of
from tracker.cli.options import Paths, Words
from tracker.errors import UnknownName
from tracker.settings import load_settings
from tracker.store.records import Reach

of_endpoint: Final[Callable[[Any], Any]] = click.argument("name", type=Words())


def chosen(paths: Paths, name: str) -> Endpoint:
    """The configured endpoint of that name. Raises `UnknownName`, `ConfigError`."""
    endpoints = load_settings(paths.config).endpoints
    for each in endpoints:
        if each.name == name:
            return each
    raise UnknownName("endpoint", name, (each.name for each in endpoints))


def reach_among(endpoint: Endpoint, known: Sequence[Reach]) -> Reach:
    """How the endpoint can be reached, by what is known of all."""
    return reach_of(endpoint, {each.endpoint: each for each in known}.get(endpoint.name))
