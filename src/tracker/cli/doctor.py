"""`tracker doctor`."""

import fcntl
import os
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

import click

from tracker.cli.newsroom import Newsroom, receivers
from tracker.cli.options import Paths, as_json
from tracker.cli.shown import clock, one_line, print_json, some
from tracker.cli.source.standing import Standing, standings, state_of, trouble
from tracker.cli.webhooks.checked import asked_for, reached, secrets
from tracker.errors import ConfigError, LogError
from tracker.settings import Settings, load_settings
from tracker.sources.config import load_incidents
from tracker.store.file import log_path
from tracker.store.health import Finding, findings

LATE: Final = 2
"""So many times its `every` may a source be overdue while a daemon runs …"""
GRACE: Final = timedelta(minutes=5)
"""… and so long in any case: it may have to wait for its turn at a slow domain."""

SIGNS: Final = {"ok": "ok", "warn": "warn", "fail": "FAIL"}


@click.command("doctor")
@click.option(
    "--full", is_flag=True, help="Read the whole file, too: some seconds for each gigabyte."
)
@as_json
@click.pass_context
def command(ctx: click.Context, *, full: bool, as_json: bool) -> None:
    """Check what the tracker stands on, and say what to do; exits with 1 where something fails.

    It changes nothing. Whether the events are as they were written is told by `tracker verify`.
    """
    paths: Paths = ctx.obj
    now = datetime.now(UTC)
    path = log_path(paths.db)
    running = _process(Path(f"{path}.lock"))
    found = [
        *findings(path, now=now, full=full),
        _daemon(running),
        *_configuration(paths, now, running=running is not None),
    ]
    if as_json:
        print_json([asdict(each) for each in found])
    else:
        for each in found:
            click.echo(f"{SIGNS[each.level]:4}  {one_line(f'{each.check}: {each.text}')}")
    ctx.exit(1 if any(each.level == "fail" for each in found) else 0)


def _process(lock: Path) -> str | None:
    """The process id of the daemon that holds this lock; None where none runs."""
    try:
        with lock.open() as file:
            try:
                # Shared, and given back at once: a daemon asks for it alone.
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return file.read().strip() or "unknown"
    except OSError:
        pass
    return None


def _daemon(process: str | None) -> Finding:
    return Finding("ok", "daemon", f"running, process {process}" if process else "not running")


def _configuration(paths: Paths, now: datetime, *, running: bool) -> Iterator[Finding]:
    try:
        settings = load_settings(paths.config)
    except ConfigError as error:
        settings = Settings()
        yield Finding("fail", "settings", str(error))
    else:
        there = f"{paths.config}: " if paths.config.exists() else f"no {paths.config}, so "
        yield Finding("ok", "settings", f"{there}{receivers(settings.endpoints)}")
        yield from secrets(settings, os.environ)
        yield from reached(paths, settings, now)
    try:
        incidents = load_incidents(paths.sources)
        room = Newsroom(paths.sources, settings, incidents, "")
        sources, errors = room.sources()
    except ConfigError as error:
        yield Finding("fail", "sources", str(error))
        return
    yield from (Finding("fail", "sources", each) for each in errors)
    yield from asked_for(paths, settings, (each.id for each in incidents))
    what = f"{some(len(sources), 'source')} to poll, {some(len(incidents), 'incident')}"
    if sources and incidents:
        yield Finding("ok", "sources", what)
    else:
        yield Finding("warn", "sources", f"{what}: add a file or a table to {paths.sources}")
    try:
        standing = standings(paths, sources)
    except LogError:  # told above
        standing = [Standing.unknown(each) for each in sources]
    yield from _polls(standing, now, running=running)


def _polls(standing: Sequence[Standing], now: datetime, *, running: bool) -> Iterator[Finding]:
    """Of each source that is in trouble or late a line, and of all others one."""
    well = 0
    for each in standing:
        told = []
        if each.in_trouble:
            told.append(f"{state_of(each)}: {trouble(each)}")
        if running and (late := _late(each, now)):
            told.append(f"{late}: look at what the daemon says, or restart it")
        yield from (Finding("warn", "polls", f"{each.source.id}: {said}") for said in told)
        well += not told
    newest = max((each.poll.polled_at for each in standing if each.poll), default=None)
    last = f", the newest poll at {clock(newest)}" if newest else ", none polled yet"
    are = "is" if len(standing) == 1 else "are"
    yield Finding("ok", "polls", f"{well} of {some(len(standing), 'source')} {are} well{last}")


def _late(standing: Standing, now: datetime) -> str:
    """Since when a source should have been polled; "" where it is not late."""
    poll = standing.poll
    if poll is None:
        return "not polled yet"
    if poll.next_at is None or now - poll.next_at <= max(GRACE, LATE * standing.source.every):
        return ""
    return f"not polled since {clock(poll.polled_at)}, though due at {clock(poll.next_at)}"
