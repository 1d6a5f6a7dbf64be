"""Feeds to reports: RSS 0.9 to 2.0, RDF, Atom, and JSON Feed 1 and 1.1.

Says what the feed says. Whether a date can be believed, which incident an item is about and
what is new in it is decided further on.
"""

import hashlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import urldefrag

from pydantic import AfterValidator

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable, absolute, is_remote
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Link, Parsed
from tracker.sources.kinds.digest import digest_of
from tracker.sources.kinds.feed_items import Item
from tracker.sources.kinds.feed_json import json_items
from tracker.sources.kinds.feed_xml import xml_items
from tracker.sources.kinds.page import PageOptions
from tracker.sources.text import decoded, without_controls
from tracker.sources.toml_file import one_of

FOLLOW: Final = ("teasers", "always", "never")
END: Final = 600
"""Characters at the end of a text that may say that it goes on elsewhere."""
TEASER_END: Final = re.compile(
    r"""(?:\.\.\.|…)[^\w<>]{0,20}
        (?:\n\n.{1,200}[ ](?:appeared[ ]first[ ]on|est[ ]apparu[ ]en[ ]premier[ ]sur
            |se[ ]publicó[ ]primero[ ]en|erschien[ ]zuerst[ ]auf|apareceu[ ]primeiro[ ]em
            |proviene[ ]da)[ ].{1,200})?$
    |\b(?:read[ ](?:more|the[ ]full|full)|continue[ ]reading|weiterlesen|mehr[ ]lesen
        |lire[ ]la[ ]suite|en[ ]savoir[ ]plus|leer[ ]más|seguir[ ]leyendo|ler[ ]mais
        |leia[ ]mais|continue[ ]lendo|leggi[ ](?:tutto|di[ ]più)|continua[ ]a[ ]leggere)
        \b.{0,80}$""",
    re.IGNORECASE | re.VERBOSE,
)
"""How a text ends that goes on elsewhere; the second paragraph is what WordPress writes below."""


def _follow(word: str) -> str:
    return one_of(word, FOLLOW)


class FeedOptions(PageOptions):
    """The keys of a feed, and those of the pages that it points to."""

    follow: Annotated[str, AfterValidator(_follow)] = "teasers"


def parse_feed(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The items of a feed, in its order: reports, and links to the pages of those that go on there.

    A report's id is the item's guid, else its link, else a digest of its title. Where items of
    one feed share an id and differ in link or title, each keeps its place with the link (or,
    under one link, the title) added to its id; of items that share all three, the newest stays.

    An item in broken markup is marked as not whole, as is a teaser. Of a feed that was cut off,
    the items that arrived whole are read, and all are marked so.

    Raises:
        Unreadable: no feed at all, or nothing of it arrived.
    """
    text = without_controls(decoded(capture)).strip()
    if not text:
        raise Unreadable("the answer is empty")
    shown = (json_items if text.startswith(("{", "[")) else xml_items)(text, known)
    reports, links = [], []
    for item, report in _reports(source, capture.url, shown.items):
        if _is_followed(source, capture, item, report):
            digest = item.digest or digest_of(
                "link", report.id, report.url, report.stated_date, report.title, report.text
            )
            links.append(Link(url=report.url, digest=digest, item=report))
        else:
            reports.append(report)
    return Parsed(
        reports=tuple(reports),
        links=tuple(links),
        known=shown.known,
        trouble=shown.trouble,
        ttl=shown.ttl,
        unfinished=shown.cut_off,
    )


def _is_followed(source: Source, capture: Capture, item: Item, report: Report) -> bool:
    """Whether the page that an item points to is read in its place."""
    options = source.options if isinstance(source.options, FeedOptions) else FeedOptions()
    if options.follow == "never" or not report.url or not is_remote(source.url):
        return False
    own = {urldefrag(source.url).url, urldefrag(capture.url).url}
    return urldefrag(report.url).url not in own and (options.follow == "always" or _is_teaser(item))


def _is_teaser(item: Item) -> bool:
    return item.summary or not item.text or bool(TEASER_END.search(item.text[-END:]))


def _reports(source: Source, base: str, items: Sequence[Item]) -> Iterator[tuple[Item, Report]]:
    newest: dict[tuple[str, str, str], tuple[Item, Report]] = {}
    for item in items:
        report = _report(source, base, item)
        place = report.id, item.link, item.title
        same = newest.get(place)
        if same is None or _stamp(report) > _stamp(same[1]):
            newest[place] = item, report
    sharing_id = Counter(report_id for report_id, _, _ in newest)
    sharing_link = Counter((report_id, link) for report_id, link, _ in newest)
    for (report_id, link, title), (item, report) in newest.items():
        if sharing_id[report_id] == 1:
            yield item, report
        else:
            told_by = link if sharing_link[report_id, link] == 1 else title
            yield item, replace(report, id=f"{report_id} {told_by}")


def _stamp(report: Report) -> datetime:
    return report.modified or report.published or datetime.min.replace(tzinfo=UTC)


def _report(source: Source, base: str, item: Item) -> Report:
    published, date_only = parse_date(item.published, source.timezone)
    modified, modified_date_only = parse_date(item.updated, source.timezone)
    if published is None:
        # Atom asks only for `updated`, RDF knows only dc:date: it dates the first version too.
        published, date_only = modified, modified_date_only
    return Report(
        source=source.id,
        id=item.key or hashlib.sha256((item.title or item.text).encode()).hexdigest(),
        title=item.title,
        text=item.text,
        url=absolute(base, item.link) if item.link else "",
        published=published,
        modified=modified,
        date_only=date_only,
        stated_date=item.published or item.updated,
        language=item.language,
        whole=item.whole and not item.summary and not TEASER_END.search(item.text[-END:]),
        digest=item.digest,
    )


KIND: Final = Kind(parse=parse_feed, options=FeedOptions)
