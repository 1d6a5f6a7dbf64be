"""What the commands that write have in common: the configuration, the log, the way out.

Imported by commands that write (and `replay`) only: it brings everything along.
"""

import os
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from typing import Final

import click

from tracker.addresses import client as receivers_client
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.posting import Posted
from tracker.cli.options import Paths
from tracker.cli.shown import change, clock, near, one_line, quoted, some, unread
from tracker.desk import Desk
from tracker.errors import ConfigError, UnknownName, UsageError
from tracker.events import incident_stream, source_stream
from tracker.figures.languages import lexicon_of
from tracker.intake import Incident, Source
from tracker.model import Revision
from tracker.polling import Polled
from tracker.rounds import Wire
from tracker.settings import Settings, load_settings
from tracker.sources.config import configuration_digest, load_incidents, load_sources
from tracker.sources.web import Manners, open_web
from tracker.store.base import Log

MOST_TOLD: Final = 10_000
"""Lines that are told once, at most: a daemon runs for months."""
LANGUAGE_KEY: Final = "`language` in its file"


def now() -> datetime:
    return datetime.now(UTC)


@dataclass(frozen=True)
class Newsroom:
    """The configuration, read before the log is opened: what is wrong in it must not make one."""

    folder: Path
    settings: Settings
    incidents: tuple[Incident, ...]
    digest: str

    def desk(self, log: Log) -> Desk:
        """The desk that works with this log."""
        return Desk(
            log=log,
            incidents=self.incidents,
            clock=now,
            configuration=self.digest,
            endpoints=self.settings.endpoints,
            fresh=self.settings.fresh,
            names=self._names() if self.settings.endpoints else {},
        )

    def sources(self, wanted: Sequence[str] = ()) -> tuple[list[Source], list[str]]:
        """The sources to poll (those wanted, or all enabled), and what is wrong with others.

        Raises `ConfigError` for the folder, `UnknownName` for a source that is not there.
        """
        sound, broken = self.loaded()
        for name in wanted:
            if name not in sound and name not in broken:
                raise UnknownName("source", name, sound)
        names = wanted or [*(each.id for each in sound.values() if each.enabled), *broken]
        return (
            [sound[name] for name in dict.fromkeys(names) if name in sound],
            [broken[name] for name in dict.fromkeys(names) if name in broken],
        )

    def loaded(self) -> tuple[dict[str, Source], dict[str, str]]:
        """Every source that is sound, and what is wrong with the others; raises `ConfigError`."""
        return self._loaded

    @cached_property
    def _loaded(self) -> tuple[dict[str, Source], dict[str, str]]:
        loaded, errors = load_sources(self.folder)
        broken = {Path(each.where.partition(",")[0]).stem: str(each) for each in errors}
        incidents = {each.id for each in self.incidents}
        for source in loaded:
            if source.incident is not None and source.incident not in incidents:
                unknown = UnknownName("incident", source.incident, incidents)
                broken[source.id] = f"{self.folder / source.id}.toml, key 'incident': {unknown}"
        return {each.id: each for each in loaded if each.id not in broken}, broken

    def source(self, name: str) -> Source:
        """The source of that name. Raises `UnknownName`, or `UsageError` where it is broken."""
        sources, errors = self.sources([name])
        if errors:
            raise UsageError(errors[0])
        return sources[0]

    def _names(self) -> dict[str, str]:
        sources: Iterable[Source] = ()
        with suppress(ConfigError):  # a figure can be filed by hand where no source is configured
            sources = self.loaded()[0].values()
        return names_of(self.incidents, sources)


def newsroom(paths: Paths, settings: Settings | None = None) -> Newsroom:
    """The newsroom as it is configured; `settings` where they are read. Raises `ConfigError`."""
    return Newsroom(
        folder=paths.sources,
        settings=settings or load_settings(paths.config),
        incidents=load_incidents(paths.sources),
        digest=configuration_digest(paths.sources),
    )


def names_of(incidents: Iterable[Incident], sources: Iterable[Source]) -> dict[str, str]:
    """How what alerts are about is called, by its stream."""
    return {incident_stream(each.id): each.title for each in incidents} | {
        source_stream(each.id): each.name for each in sources
    }


def receivers(endpoints: Sequence[Endpoint]) -> str:
    """How many there are, in words: "2 webhooks, 1 channel"."""
    webhooks = sum(each.kind == "webhook" for each in endpoints)
    channels = len(endpoints) - webhooks
    told = some(webhooks, "webhook")
    return f"{told}, {some(channels, 'channel')}" if channels else told


def manners(settings: Settings) -> Manners:
    """How sources are asked."""
    return Manners(
        contact=settings.contact,
        gap=settings.polling.gap,
        allow_hosts=frozenset(settings.polling.allow_hosts),
        proxy=settings.polling.proxy,
    )


@asynccontextmanager
async def open_wire(settings: Settings) -> AsyncIterator[Wire]:
    """The two clients, and lines on the terminal for what happens."""
    async with (
        open_web(manners(settings), environment=os.environ) as sources,
        receivers_client(frozenset(settings.allow_hosts)) as receivers,
    ):
        yield Wire(
            sources=sources,
            receivers=receivers,
            environment=os.environ,
            found=_found,
            polled=_teller(),
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
        f"{figure}{moved}, {revision.reason}  {who}: {quoted(revision.quote)}"
    )


def not_read(source: Source) -> str:
    """Why no figure will be found in a source, if it is said to be in another language."""
    if not source.language or lexicon_of(source.language) is not None:
        return ""
    return f"{source.id}: {unread([source.language], LANGUAGE_KEY)}"


def stored(events: int) -> str:
    """How many events were stored, in words."""
    return f"{some(events, 'event')} stored"


def complain(text: str) -> None:
    click.echo(f"tracker: {one_line(text)}", err=True)


def _found(revision: Revision) -> None:
    # Whoever read the lines may go (`tracker poll | head`); what is polled is stored all the same.
    with suppress(BrokenPipeError):
        click.echo(found_line(revision))


def _teller() -> Callable[[Polled], None]:
    """Tells of each failed poll, and once of what could not be read otherwise."""
    told: set[str] = set()

    def once(line: str) -> None:
        if line not in told and len(told) < MOST_TOLD:
            told.add(line)
            complain(line)

    def tell(polled: Polled) -> None:
        if polled.error:
            complain(f"{polled.source}: {polled.error}")
        for line in polled.trouble:
            once(f"{polled.source}: {line}")
        if polled.unread:
            once(f"{polled.source}: {unread(polled.unread, LANGUAGE_KEY)}")

    return tell


def _posted(posted: Posted) -> None:
    attempt = posted.attempt
    if attempt.outcome == "waiting":  # which says by itself whose it is
        complain(attempt.answer)
    elif attempt.outcome != "delivered":
        again = f"; again at {near(posted.again, now())}" if posted.again else ""
        complain(f"{posted.kind} {posted.endpoint}: {attempt.answer}{again}")
