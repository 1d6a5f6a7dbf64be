"""What an endpoint lacks to be sent to, as far as this user and this environment can tell."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from tracker.alerts.endpoint import Channel, Endpoint, Webhook
from tracker.alerts.signing import signing_keys
from tracker.errors import ConfigError


@dataclass(frozen=True, slots=True)
class Lack:
    """Why an endpoint cannot be sent to from here."""

    why: str
    """In a few words: "DESK_SECRET is not set here"."""
    line: str
    """The same as the daemon says it, with the endpoint and what to do."""
    here: bool
    """Whether the daemon may have it all the same: it is another user, in another environment."""


def lacking(endpoint: Endpoint, environment: Mapping[str, str]) -> Lack | None:
    """What is missing or wrong of its secret, or of the address of a channel; None: nothing.

    Whether Apprise understands that address is not looked at.
    """
    way = endpoint.way
    try:
        if isinstance(way, Channel):
            from tracker.alerts.notify import address_of  # noqa: PLC0415 — webhooks do without

            address_of(endpoint.name, way, environment)
        else:
            signing_keys(endpoint, environment)
    except ConfigError as error:
        where = error.where.removeprefix(f"{endpoint.kind} {endpoint.name!r}").removeprefix(": ")
        what = str(error).removeprefix(f"{error.where}: ").partition(";")[0]
        why = f"{where} {what}".strip()
        variable = way.url_env if isinstance(way, Channel) else way.secret_env
        if variable and not environment.get(variable, "").strip():
            return Lack(f"{why} here", str(error), here=True)
        hidden = isinstance(way, Webhook) and bool(way.secret_file) and _is_hidden(way.secret_file)
        return Lack(why, str(error), here=hidden)
    return None


def _is_hidden(path: str) -> bool:
    """Whether the file is there, or may be, and this user may not read it."""
    try:
        Path(path).stat()
    except OSError as error:
        return isinstance(error, PermissionError)
    return not os.access(path, os.R_OK)
