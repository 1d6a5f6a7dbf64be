"""What the commands that write have in common: the configuration, the log, the way out.

Imported by `poll`, `daemon`, `report`, `withdraw` and `replay` only: it brings everything along.
"""

import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import click

from tracker.addresses import client as receivers_client
from tracker.alerts.posting import Posted
from tracker.cli.options import Paths
from tracker.cli.show import change, clock, one_line
from tracker.daemon import Wire
from tracker.desk import Desk
from tracker.errors import UnknownName, UsageError
from tracker.model import Revision, Source
from tracker.pipeline import Polled
from tracker.settings import Settings, load_settings
from tracker.sources.config import configuration_digest, load_incidents, load_sources
from tracker.sources.fetch import client as sources_client
from tracker.store.base import Log


def now() -> datetime:
    return datetime.now(UTC)


def make_desk(paths: Paths, log: Log) -> tuple[Desk, Settings]:
    """The desk as it is configured. Raises `ConfigError`."""
    settings = load_settings(paths.config)
    desk = Desk(
        log=log,
        incidents=load_incidents(paths.sources),
        clock=now,
        configuration=configuration_digest(paths.sources),
        endpoints=settings.webhooks,
        fresh=settings.fresh,
    )
    return desk, settings


def choose_sources(
    paths: Paths, desk: Desk, wanted: Sequence[str] = ()
) -> tuple[list[Source], list[str]]:
    """The sources to poll (those named, or all that are enabled), and what is wrong with others.

    Raises `ConfigError` for the folder, `UnknownName` for a source that is not there.
    """
    sources, errors = load_sources(paths.sources)
    broken = {Path(each.where.partition(",")[0]).stem: str(each) for each in errors}
    incidents = {each.id for each in desk.incidents}
    for source in sources:
        if source.incident is not None and source.incident not in incidents:
            unknown = UnknownName("incident", source.incident, incidents)
            broken[source.id] = f"{paths.sources / source.id}.toml, key 'incident': {unknown}"
    sound = {each.id: each for each in sources if each.id not in broken}
    for name in wanted:
        if name not in sound and name not in broken:
            raise UnknownName("source", name, sound)
    names = wanted or [each.id for each in sources if each.enabled or each.id in broken]
    names = [*names, *(() if wanted else broken.keys() - set(names))]
    return (
        [sound[name] for name in dict.fromkeys(names) if name in sound],
        [broken[name] for name in dict.fromkeys(names) if name in broken],
    )


def source_named(paths: Paths, desk: Desk, name: str) -> Source:
    """The configured source. Raises `ConfigError` or `UnknownName`."""
    sources, errors = choose_sources(paths, desk, [name])
    if errors:
        raise UsageError(errors[0])
    return sources[0]


@asynccontextmanager
async def open_wire(settings: Settings) -> AsyncIterator[Wire]:
    """The two clients, and lines on the terminal for what happens."""
    async with (
        sources_client(settings.contact) as sources,
        receivers_client(frozenset(settings.allow_hosts)) as receivers,
    ):
        yield Wire(
            sources=sources,
            receivers=receivers,
            environment=os.environ,
            found=_found,
            polled=_polled,
            posted=_posted,
            trouble=complain,
        )


def found_line(revision: Revision) -> str:
    """A revision as it is found: "2031-05-01 12:00Z ferry-2031 killed 14 (+2) …"."""
    estimate = revision.estimate
    figure = estimate.phrase or "no figure"
    scope = f" ({estimate.scope})" if estimate.scope else ""
    moved = f" ({change(revision.change)})" if revision.change else ""
    who = revision.source + (f" / {revision.issuer}" if revision.issuer else "")
    return one_line(
        f"{clock(revision.published_at)}  {estimate.incident}  {estimate.measure}{scope} "
        f"{figure}{moved}, {revision.reason}  {who}: “{revision.quote or ''}”"
    )


def complain(text: str) -> None:
    click.echo(f"tracker: {one_line(text)}", err=True)


def _found(revision: Revision) -> None:
    # Whoever read the lines may go (`tracker poll | head`); what is polled is stored all the same.
    with suppress(BrokenPipeError):
        click.echo(found_line(revision))


def _polled(polled: Polled) -> None:
    if polled.error:
        complain(f"{polled.source}: {polled.error}")


def _posted(posted: Posted) -> None:
    if posted.attempt.outcome == "delivered":
        return
    again = f"; again at {clock(posted.again)}" if posted.again else ""
    complain(f"webhook {posted.endpoint}: {posted.attempt.answer}{again}")
