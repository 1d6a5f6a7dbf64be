"""From one answer of a source to all its new reports: parsed, and the pages it points to read.

Pages whose reports are young are read again here as well, on a ladder of ages: outlets edit their
reports without saying so in any feed.
"""

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.health import Cause
from tracker.intake import Memo, Page, Report, Source
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.fetch import FetchFailed, NotModified, fetch
from tracker.sources.following import digest_of, joined, to_be_kept
from tracker.sources.kind import Link, Parsed
from tracker.sources.kinds import parse
from tracker.sources.schedule import rung
from tracker.sources.secrets import without_secrets
from tracker.sources.web import Web

MOST_PAGES: Final = 20
"""Pages that one poll reads, new ones first; the others have their turn in the next."""
LEAST_YOUNG: Final = 5
"""Young pages that one poll reads again, however many are new."""
MOST_PIECES: Final = 100
"""Further pieces of the source itself that one poll reads (the next fifty revisions)."""
PASSING: Final = frozenset({Cause.OUTAGE, Cause.THROTTLED, Cause.PAUSED})
"""Why a page could not be had, where it is worth asking again at the next poll."""


@dataclass(frozen=True, slots=True)
class Gathered:
    """What one poll has found."""

    reports: tuple[Report, ...] = ()
    """Those that are not known."""
    known: frozenset[str] = frozenset()
    """The digests of everything there is, to be known once the reports are stored."""
    trouble: tuple[str, ...] = ()
    ttl: timedelta | None = None
    pages: tuple[Page, ...] = ()
    cold: tuple[str, ...] = ()
    unfinished: bool = False
    """Some page is to be asked for again at the next poll."""


@dataclass(slots=True)
class _Heap:
    """What comes in while pages are asked for."""

    known: frozenset[str]
    reports: list[Report] = field(default_factory=list)
    there: set[str] = field(default_factory=set)
    met: set[str] = field(default_factory=set)
    """The digests of links to be asked for."""
    trouble: list[str] = field(default_factory=list)
    pages: list[Page] = field(default_factory=list)
    cold: list[str] = field(default_factory=list)
    unfinished: bool = False
    ttl: timedelta | None = None

    def add(self, reports: Iterable[Report]) -> frozenset[str]:
        """Those that are not known are new. The digests of all."""
        digests = set()
        for each in reports:
            digest = digest_of(each)
            digests.add(digest)
            if digest not in self.known and digest not in self.there:
                self.reports.append(to_be_kept(replace(each, digest=digest)))
            self.there.add(digest)
        return frozenset(digests)


async def gather(
    web: Web,
    source: Source,
    answer: Capture | NotModified,
    memo: Memo,
    *,
    pages: Sequence[Page],
    now: datetime,
) -> Gathered:
    """Everything new in an answer, in the pages it points to, and in those that are still young.

    Raises:
        Unreadable: the answer itself is not what its kind promises.
    """
    heap = _Heap(memo.known)
    links: list[Link] = []
    if isinstance(answer, Capture):
        parsed = await _parsed(web, source, answer, memo.known)
        links = await _pieces(web, source, parsed, heap, now)
    else:
        heap.there |= memo.known
    heap.unfinished |= len(links) > MOST_PAGES
    del links[MOST_PAGES:]
    young = [each for each in pages if _is_due(each, now)]
    young = young[: max(LEAST_YOUNG, MOST_PAGES - len(links))]
    await asyncio.gather(
        *(_follow(web, source, each, heap, now) for each in links),
        *(_reread(web, source, each, heap, now) for each in young),
    )
    return Gathered(
        reports=tuple(heap.reports),
        known=frozenset(heap.there),
        trouble=tuple(dict.fromkeys(heap.trouble)),
        ttl=heap.ttl,
        pages=tuple(heap.pages),
        cold=tuple(heap.cold),
        unfinished=heap.unfinished,
    )


async def _pieces(
    web: Web, source: Source, first: Parsed, heap: _Heap, now: datetime
) -> list[Link]:
    """Take in an answer and the further pieces that it names; the links to pages not known yet."""
    pages: list[Link] = []
    pending: list[Link] = []
    asked = 0
    heap.ttl = first.ttl
    _take(source, first, heap, pages, pending)
    while pending and asked < MOST_PIECES:
        link, asked = pending.pop(0), asked + 1
        answer = await fetch(web, source, None, now, address=link.url)
        if isinstance(answer, Capture):
            try:
                parsed = await _parsed(web, source, answer, heap.known)
            except Unreadable as unreadable:
                heap.trouble.append(_of(link.url, str(unreadable)))
                continue
            heap.there.add(link.digest)
            _take(source, parsed, heap, pages, pending)
        elif isinstance(answer, FetchFailed):
            heap.unfinished = True
            heap.trouble.append(_of(link.url, answer.reason))
    heap.unfinished |= bool(pending)
    return pages


def _take(
    source: Source, parsed: Parsed, heap: _Heap, pages: list[Link], pending: list[Link]
) -> None:
    heap.add(parsed.reports)
    heap.there |= parsed.known
    heap.trouble += parsed.trouble
    heap.unfinished |= parsed.unfinished
    for link in parsed.links:
        if link.digest in heap.known:
            heap.there.add(link.digest)
        elif link.digest in heap.met:
            continue  # indexes that name each other
        else:
            heap.met.add(link.digest)
            (pending if link.kind == source.kind else pages).append(link)


async def _follow(web: Web, source: Source, link: Link, heap: _Heap, now: datetime) -> None:
    """Read a page that is new; where it cannot be had, what the source itself says of it counts."""
    answer = await fetch(web, source, None, now, address=link.url)
    reason = ""
    if isinstance(answer, Capture):
        try:
            parsed = await _parsed(web, replace(source, kind=link.kind), answer, frozenset())
            heap.trouble += parsed.trouble
            reports = joined(link, parsed.reports)
            known = heap.add(reports)
            heap.there.add(link.digest)
            page = Page(
                source=source.id,
                url=link.url,
                kind=link.kind,
                item=link.item,
                memo=_memo_of(answer, parsed, known),
                changed_at=_changed_at(reports, now),
                read_at=now,
            )
            _keep(page, heap)
        except Unreadable as unreadable:
            reason = str(unreadable)
    elif isinstance(answer, FetchFailed):
        reason = answer.reason
        if answer.cause in PASSING:
            heap.unfinished = True
        else:
            heap.there.add(link.digest)
    if reason:
        heap.trouble.append(_of(link.url, reason))
        if isinstance(answer, Capture):
            heap.there.add(link.digest)
        if link.item is not None:
            heap.add([replace(link.item, whole=False, digest="")])


async def _reread(web: Web, source: Source, page: Page, heap: _Heap, now: datetime) -> None:
    """Read a page again whose report is young."""
    answer = await fetch(web, source, page.memo, now, address=page.url)
    page = replace(page, read_at=now)
    heap.there |= page.memo.known
    if isinstance(answer, Capture):
        link = Link(url=page.url, digest="", kind=page.kind, item=page.item)
        try:
            parsed = await _parsed(web, replace(source, kind=page.kind), answer, page.memo.known)
            before = len(heap.reports)
            reports = joined(link, parsed.reports)
            heap.known |= page.memo.known
            known = heap.add(reports) | parsed.known
            changed_at = now if len(heap.reports) > before else page.changed_at
            page = replace(page, memo=_memo_of(answer, parsed, known), changed_at=changed_at)
        except Unreadable as unreadable:
            heap.trouble.append(_of(page.url, str(unreadable)))
    _keep(page, heap)


def _of(url: str, reason: str) -> str:
    return f"{without_secrets(url)}: {reason}"


def _keep(page: Page, heap: _Heap) -> None:
    if rung(page.changed_at, page.read_at) is None:
        heap.cold.append(page.url)
    else:
        heap.pages.append(page)


def _is_due(page: Page, now: datetime) -> bool:
    due = rung(page.changed_at, page.read_at)
    return due is not None and due <= now


def _changed_at(reports: Iterable[Report], now: datetime) -> datetime:
    dates = [each.modified or each.published for each in reports]
    return max((each for each in dates if each and each <= now), default=now)


def _memo_of(answer: Capture, parsed: Parsed, known: frozenset[str]) -> Memo:
    if parsed.unfinished:
        # Its tags are those of all of it: with them, the rest would never be seen.
        return Memo(known=known, whole_at=answer.fetched_at)
    return Memo(
        etag=answer.etag,
        last_modified=answer.last_modified,
        digest=answer.digest,
        known=known,
        whole_at=answer.fetched_at,
    )


async def _parsed(web: Web, source: Source, answer: Capture, known: frozenset[str]) -> Parsed:
    async with web.reading:
        return await asyncio.to_thread(parse, source, answer, known)
