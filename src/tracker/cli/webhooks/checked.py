"""What `tracker doctor` finds out about endpoints: their secrets, and whether they are reached."""

import importlib.util
import os
import stat
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from tracker.alerts.endpoint import Channel, Endpoint, Webhook
from tracker.alerts.notify import service_of
from tracker.alerts.signing import signing_keys
from tracker.cli.options import Paths
from tracker.cli.webhooks.list import on_record
from tracker.cli.webhooks.told import standing
from tracker.errors import ConfigError, LogError
from tracker.settings import Settings
from tracker.store.health import Finding


def secrets(settings: Settings, environment: Mapping[str, str]) -> Iterator[Finding]:
    """Of each endpoint whether it can be sent to, as far as this user and environment can tell.

    What is missing here may be there for the daemon: that is a warning.
    """
    channels = [each for each in settings.endpoints if isinstance(each.way, Channel)]
    if channels and importlib.util.find_spec("apprise") is None:
        yield Finding(
            "fail",
            "secrets",
            f"Apprise is not installed, which notify {channels[0].name!r} needs: "
            "pip install 'tracker[notify]'",
        )
        channels = []
    for each in settings.endpoints:
        match each.way:
            case Webhook(secret_file=path) if path:
                yield _of_file(each, Path(path))
            case Webhook(secret_env=variable):
                yield _of_variable(each, variable, environment)
            case Channel(url_env=variable) if channels:
                yield _of_variable(each, variable, environment)


def _of_variable(endpoint: Endpoint, variable: str, environment: Mapping[str, str]) -> Finding:
    try:
        if isinstance(endpoint.way, Channel):
            service_of(endpoint.name, endpoint.way, environment)
        else:
            signing_keys(endpoint, environment)
    except ConfigError as error:
        missing = not environment.get(variable, "").strip()
        return Finding("warn" if missing else "fail", "secrets", str(error))
    return Finding("ok", "secrets", f"{_called(endpoint)}: {variable} is set")


def _of_file(endpoint: Endpoint, path: Path) -> Finding:
    try:
        signing_keys(endpoint, {})
    except ConfigError as error:
        hidden = path.exists() and not os.access(path, os.R_OK)
        return Finding("warn" if hidden else "fail", "secrets", str(error))
    with suppress(OSError):
        if path.stat().st_mode & stat.S_IRWXO:
            return Finding(
                "warn",
                "secrets",
                f"{_called(endpoint)}: anybody on this machine can read {path}: chmod 600 {path}",
            )
    return Finding("ok", "secrets", f"{_called(endpoint)}: {path} holds it")


def reached(paths: Paths, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Of each endpoint that is disabled, or fails, a line, and of all others one."""
    if not settings.endpoints:
        return
    try:
        record = on_record(paths, settings.endpoints)
    except LogError:  # told by the checks of the log
        return
    well = 0
    for each in settings.endpoints:
        stands = standing(record.reach(each), record.last.get(each.name), now)
        if stands.state in {"ok", "never tried"}:
            well += 1
            continue
        waiting = record.waiting.get(each.name, 0)
        what = f"{each.name}: {stands}; {waiting:,} waiting"
        if stands.state == "disabled":
            what += f": `tracker webhooks enable {each.name}`"
        else:
            what += f": `tracker deliveries --failed --endpoint {each.name}`"
        yield Finding("warn", "endpoints", what)
    yield Finding("ok", "endpoints", f"{well} of {len(settings.endpoints)} endpoints are well")


def _called(endpoint: Endpoint) -> str:
    return f"{endpoint.kind} {endpoint.name!r}"
