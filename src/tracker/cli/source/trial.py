"""A source asked as a poll asks it, with nothing stored: what it answers, and what comes of that.

The kind of an address that nobody has configured is guessed from what it answers.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import httpx

from tracker.cli.source.would import Would, WouldFile, oldest_first
from tracker.health import Cause
from tracker.intake import Incident, Memo, Source
from tracker.sources.capture import Capture, Unreadable, is_remote
from tracker.sources.failures import Failed
from tracker.sources.fetch import PATIENCE, FetchFailed, fetch
from tracker.sources.gather import Gathered, gather
from tracker.sources.guess import Guess, guess, guess_by_address
from tracker.sources.kinds import KINDS
from tracker.sources.patience import Patience
from tracker.sources.web import Web
from tracker.store.base import LogReader

FEEDS: Final = frozenset({"feed", "cap"})
NOTHING: Final = Gathered()


@dataclass(frozen=True, slots=True, kw_only=True)
class Trial:
    """What came of asking a source once."""

    source: Source
    """As it was asked in the end: of a web page, its feed."""
    address: str
    """Where that was."""
    asked: str
    """What was asked first."""
    robots: str
    """What robots.txt says of the address, in words."""
    guess: Guess | None = None
    """None: its file says its kind, or nothing could be guessed."""
    kind: str = ""
    """What read it; "" = nothing is known of it."""
    answer: Capture | None = None
    gathered: Gathered = NOTHING
    reports: tuple[Would, ...] = ()
    """Oldest first."""
    failure: str = ""
    """Why nothing could be read; "" = something was."""
    cause: Cause | None = None
    """Of the failure."""
    trouble: tuple[str, ...] = ()
    """What of it could not be read."""

    @property
    def new(self) -> int:
        """Events that a poll would store."""
        return sum(each.new for each in self.reports)

    @property
    def pages(self) -> int:
        """Pages of reports that were read."""
        return len(self.gathered.pages) + len(self.gathered.cold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Lab:
    """What sources are tried with."""

    web: Web
    incidents: tuple[Incident, ...]
    log: LogReader | None
    now: datetime

    async def try_source(self, source: Source, address: str) -> Trial:
        """Ask a source whose file says all of it, at its address of today."""
        answer = await fetch(self.web, source, None, self.now, address=address)
        trial = Trial(
            source=source,
            address=address,
            asked=address,
            robots=await self._robots(source, address),
            kind=source.kind,
        )
        if isinstance(answer, Capture):
            return await self._read(trial, answer)
        return _failed(trial, answer)

    async def try_address(self, source: Source) -> Trial:
        """Ask an address of which nothing is known, as the kind that its answer shows.

        Of `source` all but kind and options counts.
        """
        known = guess_by_address(source.url)
        if known is not None:
            return await self._try_api(source, known)
        trial = Trial(
            source=source,
            address=source.url,
            asked=source.url,
            robots=await self._robots(source, source.url),
        )
        answer = await fetch(self.web, source, None, self.now)
        if not isinstance(answer, Capture):
            return _failed(trial, answer)
        try:
            found = guess(answer)
        except Unreadable as unreadable:
            failed = FetchFailed(str(unreadable), Cause.UNREADABLE)
            return replace(_failed(trial, failed), answer=answer)
        kept = replace(source, kind=found.kind, url=answer.moved_to or source.url)
        trial = replace(trial, source=kept, guess=found, kind=found.kind)
        if found.url:
            return await self._try_feed(trial, found)
        address = KINDS[kept.kind].address(kept)
        if address != kept.url:
            done = await self.try_source(kept, address)
            return replace(done, asked=source.url, guess=found)
        if found.missing:
            said = f"its file must say {found.missing}"
            return replace(trial, answer=answer, failure=said, cause=Cause.UNREADABLE)
        return await self._read(trial, answer)

    async def _try_api(self, source: Source, found: Guess) -> Trial:
        options = KINDS[found.kind].options
        if found.missing:
            return Trial(
                source=replace(source, kind=found.kind),
                address=source.url,
                asked=source.url,
                robots="",
                guess=found,
                kind=found.kind,
                failure=f"{found.why}: its file must say {found.missing}",
                cause=Cause.UNREADABLE,
            )
        made = options.model_validate(dict(found.keys))
        source = replace(source, kind=found.kind, options=made)
        done = await self.try_source(source, KINDS[source.kind].address(source))
        return replace(done, asked=source.url, guess=found)

    async def _try_feed(self, trial: Trial, found: Guess) -> Trial:
        """Ask the feed that a web page names."""
        source = replace(trial.source, kind="feed", url=found.url)
        trial = replace(trial, source=source, address=found.url)
        answer = await fetch(self.web, source, None, self.now)
        if not isinstance(answer, Capture):
            failed = _failed(trial, answer)
            return replace(failed, failure=f"the feed that the page names: {failed.failure}")
        try:
            own = guess(answer)
        except Unreadable:
            own = found
        if own.kind in FEEDS:
            found = replace(found, kind=own.kind, name=own.name or found.name)
        source = replace(source, kind=found.kind, url=answer.moved_to or source.url)
        trial = replace(trial, source=source, guess=found, kind=found.kind)
        return await self._read(trial, answer)

    async def _read(self, trial: Trial, answer: Capture) -> Trial:
        """All that an answer leads to, and what a poll would make of it."""
        trial = replace(trial, answer=answer)
        try:
            gathered = await gather(self.web, trial.source, answer, Memo(), pages=(), now=self.now)
            reports = self._filed(trial.source, gathered)
        except Unreadable as unreadable:
            return replace(trial, failure=str(unreadable), cause=Cause.UNREADABLE)
        return replace(trial, gathered=gathered, reports=reports, trouble=gathered.trouble)

    def _filed(self, source: Source, gathered: Gathered) -> tuple[Would, ...]:
        desk = WouldFile(log=self.log, incidents=self.incidents, now=self.now)
        reports = oldest_first(gathered.reports, self.now)
        return tuple(desk.file(source, each) for each in reports)

    async def _robots(self, source: Source, address: str) -> str:
        """What robots.txt says, in words; it is asked as before any request."""
        if not is_remote(address):
            return "not asked: it is on this machine"
        if source.robots is False:
            return "not asked: its file says so"
        if source.robots is None and KINDS[source.kind].is_api(source):
            return "not asked: an API is offered to programs"
        try:
            patience = Patience(PATIENCE, self.now)
            url = httpx.URL(address).copy_with(username="", password="", fragment=None)
            rules = await self.web.robots.rules(self.web, url, patience)
        except Failed as failed:
            return failed.failure.reason
        except httpx.InvalidURL:
            return "not asked"
        if not rules.allow(str(url)):
            return "it asks programs to keep away from this address"
        delay = f", {rules.delay:g} s between two requests" if rules.delay else ""
        return f"it may be asked{delay}"


def _failed(trial: Trial, answer: object) -> Trial:
    """The trial, ended by an answer that is none."""
    match answer:
        case FetchFailed(reason=reason, cause=cause):
            return replace(trial, failure=reason, cause=cause)
        case _:
            # Without a memo nothing is known, so nothing can be as it was.
            return replace(trial, failure="it says that nothing is new", cause=Cause.UNREADABLE)
