"""What `tracker doctor` finds out about endpoints: their secrets, and whether they are reached."""

import importlib.util
import stat
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import assert_never

from tracker.alerts.endpoint import Channel, Endpoint, Webhook
from tracker.alerts.notify import service_of
from tracker.cli.options import Paths
from tracker.cli.shown import some
from tracker.cli.webhooks.astray import in_log, orphaned, unheard_of
from tracker.cli.webhooks.lacking import lacking
from tracker.cli.webhooks.list import on_record, stand_of
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
        if isinstance(each.way, Webhook) or channels:
            yield _of_secret(each, environment)


def _of_secret(endpoint: Endpoint, environment: Mapping[str, str]) -> Finding:
    lack = lacking(endpoint, environment)
    if lack is not None:
        return Finding("warn" if lack.here else "fail", "secrets", lack.line)
    called = f"{endpoint.kind} {endpoint.name!r}"
    match endpoint.way:
        case Webhook(secret_file=path) if path and _is_open(Path(path)):
            line = f"{called}: anybody on this machine can read {path}: chmod 600 {path}"
            return Finding("warn", "secrets", line)
        case Webhook(secret_file=path) if path:
            return Finding("ok", "secrets", f"{called}: {path} holds it")
        case Webhook(secret_env=variable):
            return Finding("ok", "secrets", f"{called}: {variable} is set")
        case Channel(url_env=variable):
            try:
                service_of(endpoint.name, endpoint.way, environment)
            except ConfigError as error:
                return Finding("fail", "secrets", str(error))
            return Finding("ok", "secrets", f"{called}: {variable} is set")
        case _:  # pragma: no cover — mypy lists what is forgotten
            assert_never(endpoint.way)


def _is_open(path: Path) -> bool:
    """Whether anybody may read the file, or change it, and get to it through its folders."""
    try:
        whole = path.resolve(strict=True)
        folders = [each.stat().st_mode & stat.S_IXOTH for each in whole.parents]
        return bool(whole.stat().st_mode & (stat.S_IROTH | stat.S_IWOTH)) and all(folders)
    except OSError:
        return False


def reached(paths: Paths, settings: Settings, now: datetime) -> Iterator[Finding]:
    """Of each endpoint that is not reached a line, and of all others one.

    Alerts that wait for one that is configured no longer are a line, too.
    """
    try:
        record = on_record(paths, settings.endpoints)
    except LogError:  # told by the checks of the log
        return
    well = 0
    for each in settings.endpoints:
        stands = stand_of(each, record, settings, now)
        if stands.state in {"ok", "never tried"}:
            well += 1
            continue
        waiting = record.waiting.get(each.name, 0)
        what = f"{each.name}: {stands}; {waiting:,} waiting"
        if stands.state == "disabled":
            what += f": `tracker webhooks enable {each.name}`"
        elif stands.state == "refused":
            what += ": add its host there, and restart the daemon"
        else:
            what += f": `tracker deliveries --failed --endpoint {each.name}`"
        yield Finding("warn", "endpoints", what)
    for line in orphaned(record.waiting, settings.endpoints, paths.config):
        yield Finding("warn", "endpoints", line)
    if settings.endpoints:
        told = f"{well} of {some(len(settings.endpoints), 'endpoint')}"
        are = "is" if len(settings.endpoints) == 1 else "are"
        yield Finding("ok", "endpoints", f"{told} {are} well")


def asked_for(paths: Paths, settings: Settings, configured: Iterable[str]) -> Iterator[Finding]:
    """Of each incident that an endpoint asks for, and that is nowhere, a line."""
    known = {*configured}
    with suppress(LogError), paths.open_log() as log:
        known |= in_log(log)
    for line in unheard_of(settings.endpoints, known):
        yield Finding("warn", "endpoints", line)
