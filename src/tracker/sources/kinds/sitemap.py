"""Sitemaps to links: the newest pages of a site, for outlets that have no feed.

The form is that of sitemaps.org, with Google's news extension. What the pages say is read by kind
`page`.
"""

import hashlib
import re
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final
from urllib.parse import urlsplit

from lxml import etree  # type: ignore[import-untyped]  # it ships no types
from pydantic import AfterValidator

from tracker.intake import Report, Source
from tracker.sources.answers import MOST_BYTES, too_large
from tracker.sources.capture import Capture, Unreadable, absolute, is_remote
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Link, Parsed
from tracker.sources.kinds.page import PageOptions
from tracker.sources.language import stated_language
from tracker.sources.markup import child, read_xml, words
from tracker.sources.text import decoded, from_html, one_line, without_controls
from tracker.sources.toml_file import Span

MOST_SITEMAPS: Final = 5
"""Of a sitemap of sitemaps: how many are read in one poll."""
GZIP: Final = b"\x1f\x8b"
DAY: Final = "%Y-%m-%d"
FEEDS: Final = frozenset({"rss", "feed", "rdf"})


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"{text!r} is no regular expression: {error}") from None
    return text


class SitemapOptions(PageOptions):
    """Which pages of a sitemap are followed, and the keys of these."""

    match: Annotated[str, AfterValidator(_pattern)] = ""
    """A regular expression that is found in their addresses."""
    within: Span = timedelta(days=2)
    """How long ago their date may be."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A page or a sitemap, as a sitemap names it."""

    url: str
    date: datetime | None
    """Its latest, in UTC; a date alone is the end of that day."""
    digest: str
    """It begins with the day of the date, so that it tells how long it is of interest."""
    item: Report | None = None


def parse_sitemap(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The pages of a sitemap as links, newest first, or the sitemaps of an index.

    Pages are followed that match, and are dated within the source's span; one without a date,
    only where `match` is set. How many at once is not decided here. Of an index, five sitemaps
    that are on its own host and may hold such pages: those with the newest date, then a choice of
    those without that differs each time.

    Raises:
        Unreadable: no sitemap; the line says what it is instead.
    """
    text = without_controls(decoded(_unpacked(capture))).strip()
    if not text:
        raise Unreadable("the answer is empty")
    if not text.startswith("<"):
        return _chosen(source, capture, _lines(text), known)
    document = read_xml(text, "url", "sitemap")
    if document.root not in {"urlset", "sitemapindex"}:
        raise Unreadable(_instead(document.root))
    if document.broken and not document.elements:
        raise Unreadable(f"broken before the end of its first entry: {document.broken}")
    broken = (f"not read to its end: {document.broken}",) if document.broken else ()
    if document.root == "urlset":
        entries = [_page(source, capture, each) for each in document.elements]
        return _chosen(source, capture, entries, known, broken)
    entries = [_sitemap(source, capture, each) for each in document.elements]
    return _followed(source, capture, entries, known, broken)


def _instead(root: str) -> str:
    """What an XML or HTML document is, that is no sitemap."""
    if root in FEEDS:
        return "a feed, no sitemap: set kind to 'feed'"
    if root == "html":
        return (
            "a web page (HTML), no sitemap: robots.txt of its site may name one; else set kind to "
            "'page'"
        )
    return f"XML, but no sitemap: its outermost element is <{root[:40]}>"


def _unpacked(capture: Capture) -> Capture:
    """The capture, where its body is a file that was compressed: `sitemap.xml.gz`."""
    if not capture.content.startswith(GZIP):
        return capture
    unpacking = zlib.decompressobj(zlib.MAX_WBITS | 16)
    try:
        content = unpacking.decompress(capture.content, MOST_BYTES + 1)
    except zlib.error as error:
        raise Unreadable(f"its gzip body is broken: {error}") from None
    if len(content) > MOST_BYTES:
        raise Unreadable(too_large())
    return replace(capture, content=content)


def _lines(text: str) -> list[_Entry]:
    """The addresses of a sitemap in plain text: one a line."""
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not all(map(is_remote, lines)):
        raise Unreadable("no sitemap: neither XML nor a list of addresses, one a line")
    return [_entry(line, ()) for line in lines]


def _page(source: Source, capture: Capture, element: etree._Element) -> _Entry:
    url, changed = _address(capture, element), words(element, "lastmod")
    news = child(element, "news")
    dates = [parse_date(changed, source.timezone)[0]]
    if news is None:
        return _entry(url, dates, changed)
    stated = words(news, "publication_date")
    title = one_line(from_html(words(news, "title")))
    published, date_only = parse_date(stated, source.timezone)
    item = Report(
        source=source.id,
        id=url,
        title=title,
        text="",
        url=url,
        published=published,
        date_only=date_only,
        stated_date=stated,
        language=stated_language(words(news, "publication", "language")),
        whole=False,
    )
    return _entry(url, [published, *dates], changed, stated, title, item=item if title else None)


def _sitemap(source: Source, capture: Capture, element: etree._Element) -> _Entry:
    url, changed = _address(capture, element), words(element, "lastmod")
    date, _ = parse_date(changed, source.timezone)
    # What has no date, or the date of a day that is not over, may have changed since it was read.
    settled = date is not None and date < capture.fetched_at
    return _entry(url, [date], changed if settled else str(capture.fetched_at))


def _address(capture: Capture, element: etree._Element) -> str:
    stated = words(element, "loc")
    return absolute(capture.url, stated) if stated else ""


def _entry(
    url: str, dates: Iterable[datetime | None], *said: str, item: Report | None = None
) -> _Entry:
    """An entry, by the latest of its dates and by all that is said of it."""
    date = max(filter(None, dates), default=None)
    digest = hashlib.sha256("\n".join([url, *said]).encode()).hexdigest()
    return _Entry(url, date, f"{date:{DAY}} {digest}" if date else digest, item)


def _chosen(
    source: Source,
    capture: Capture,
    entries: list[_Entry],
    known: frozenset[str],
    trouble: tuple[str, ...] = (),
) -> Parsed:
    """The links to the pages that are to be read now."""
    options = _options(source)
    if entries and not options.match and not any(each.date for each in entries):
        raise Unreadable("no page in it has a date: say with `match` which of them to follow")
    least = capture.fetched_at - options.within
    wanted = [
        each
        for each in _newest_first(entries)
        if re.search(options.match, each.url)
        and (each.date >= least if each.date else options.match)
    ]
    new = [each for each in wanted if each.digest not in known]
    return Parsed(
        links=tuple(Link(url=each.url, digest=each.digest, item=each.item) for each in new),
        known=known.intersection(each.digest for each in entries),
        trouble=trouble,
    )


def _followed(
    source: Source,
    capture: Capture,
    entries: list[_Entry],
    known: frozenset[str],
    trouble: tuple[str, ...],
) -> Parsed:
    """The links to the sitemaps that are to be read now."""
    least = capture.fetched_at - _options(source).within
    # Those without a date in an order that differs each time, so that each has its turn.
    entries = _newest_first(sorted(entries, key=lambda each: each.digest))
    near = [each for each in entries if _beside(capture.url, each.url)]
    if entries and not near:
        raise Unreadable("a list of sitemaps that all lie on other hosts: name one of them as url")
    may_hold = [
        each
        for each in near
        if each.url != capture.url and (each.date is None or each.date >= least)
    ]
    new = [each for each in may_hold if each.digest not in known]
    return Parsed(
        links=tuple(
            Link(url=each.url, digest=each.digest, kind="sitemap") for each in new[:MOST_SITEMAPS]
        ),
        # The pages of a sitemap that is not read again are known still.
        known=frozenset(each for each in known if " " not in each or each >= f"{least:{DAY}}"),
        trouble=trouble,
        # A list of sitemaps hardly ever changes where it states no dates: they do.
        unfinished=len(new) > MOST_SITEMAPS or any(each.date is None for each in may_hold),
    )


def _newest_first(entries: list[_Entry]) -> list[_Entry]:
    """Those that have an address, those without a date last and in their own order."""
    never = datetime.min.replace(tzinfo=UTC)
    return sorted(
        (each for each in entries if each.url), key=lambda each: each.date or never, reverse=True
    )


def _beside(base: str, url: str) -> bool:
    """Whether an address is on the host of another one, or one of the two below the other."""
    if not is_remote(base):
        return True
    ours, theirs = ((urlsplit(each).hostname or "").removeprefix("www.") for each in (base, url))
    return ours == theirs or ours.endswith(f".{theirs}") or theirs.endswith(f".{ours}")


def _options(source: Source) -> SitemapOptions:
    return source.options if isinstance(source.options, SitemapOptions) else SitemapOptions()


KIND: Final = Kind(parse=parse_sitemap, options=SitemapOptions)
