"""Feeds to reports: RSS 0.9 to 2.0, RDF, Atom, and JSON Feed 1 and 1.1.

Says what the feed says. Whether a date can be believed, which incident an item is about and
what is new in it is decided further on.
"""

import hashlib
import io
import json
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final
from xml.sax import SAXException

import feedparser

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable, absolute, is_remote
from tracker.sources.dates import parse_date
from tracker.sources.language import stated_language
from tracker.sources.text import decoded, from_html, one_line, paragraphs, without_controls

ITEM_END: Final = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
ROOT_END: Final = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
HTML: Final = re.compile(
    r"(?:<\?xml.*?\?>\s*|<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body)\b",
    re.IGNORECASE | re.DOTALL,
)
JSON_ITEMS: Final = re.compile(r'"items"\s*:\s*\[\s*')
JSON_GAP: Final = re.compile(r"[\s,]*")
TEASER_END: Final = re.compile(
    r"(?:\.\.\.|…)\W*$|\b(?:read more|continue reading)\b.{0,80}$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Item:
    """One item of any feed, in the feed's own words; "" = not given."""

    guid: str
    link: str
    title: str
    text: str
    published: str
    updated: str
    language: str
    whole: bool


def parse_feed(source: Source, capture: Capture) -> list[Report]:
    """The items of a feed, in its order.

    A report's id is the item's guid, else its link, else a digest of its title. Where items of
    one feed share an id and differ in link or title, each keeps its place with the link (or,
    under one link, the title) added to its id; of items that share all three, the newest stays.

    Of a feed that was cut off, the items that arrived whole are read. Its items, and those of a
    feed with broken markup, are marked as not whole, as is a teaser.

    Raises:
        Unreadable: no feed at all, or nothing of it arrived.
    """
    text = without_controls(decoded(capture)).strip()
    if not text:
        raise Unreadable("the answer is empty")
    items = _json_items(text) if text.startswith(("{", "[")) else _xml_items(text)
    newest: dict[tuple[str, str, str], Report] = {}
    for item in items:
        report = _report(source, capture.url, item)
        same = newest.setdefault((report.id, item.link, item.title), report)
        if _stamp(report) > _stamp(same):
            newest[report.id, item.link, item.title] = report
    sharing_id = Counter(report_id for report_id, _, _ in newest)
    sharing_link = Counter((report_id, link) for report_id, link, _ in newest)
    return [
        report
        if sharing_id[report.id] == 1
        else replace(
            report, id=f"{report.id} {link if sharing_link[report.id, link] == 1 else title}"
        )
        for (_, link, title), report in newest.items()
    ]


def _stamp(report: Report) -> datetime:
    return report.modified or report.published or datetime.min.replace(tzinfo=UTC)


def _report(source: Source, base: str, item: _Item) -> Report:
    published, date_only = parse_date(item.published, source.timezone)
    modified, modified_date_only = parse_date(item.updated, source.timezone)
    if published is None:
        # Atom asks only for `updated`, RDF knows only dc:date: it dates the first version too.
        published, date_only = modified, modified_date_only
    key = item.guid or item.link or hashlib.sha256((item.title or item.text).encode()).hexdigest()
    return Report(
        source=source.id,
        id=key,
        title=item.title,
        text=item.text,
        url=absolute(base, item.link) if item.link else "",
        published=published,
        modified=modified,
        date_only=date_only,
        stated_date=item.published or item.updated,
        language=item.language,
        whole=item.whole and not TEASER_END.search(item.text),
    )


def _xml_items(text: str) -> list[_Item]:
    if HTML.match(text):
        raise Unreadable(
            "a web page (HTML), no feed: give the address of its feed, or set kind to 'page'"
        )
    last_end = max((end.end() for end in ITEM_END.finditer(text)), default=0)
    cut_off = not ROOT_END.search(text, last_end)
    try:
        feed = feedparser.parse(
            # Bytes or text as such would be tried as the name of a file.
            io.BytesIO((text[:last_end] if cut_off and last_end else text).encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # on garbled markup it raises nearly anything
        raise Unreadable(f"garbled markup: {one_line(str(error))}") from error
    if not feed.version and not feed.entries:
        raise Unreadable("no feed: neither RSS, Atom nor JSON Feed")
    if cut_off and not last_end:
        raise Unreadable("the feed is cut off before the end of its first item")
    broken = isinstance(feed.get("bozo_exception"), SAXException)
    return [_xml_item(entry, feed, broken=broken) for entry in feed.entries]


def _xml_item(
    entry: feedparser.FeedParserDict, feed: feedparser.FeedParserDict, *, broken: bool
) -> _Item:
    def given(key: str) -> str:
        # dict.get: feedparser's own `get` answers for "updated" with "published", and warns.
        value = dict.get(entry, key)
        return one_line(value) if isinstance(value, str) else ""

    contents = [(_plain(each), each) for each in entry.get("content", [])]
    summary, title = entry.get("summary_detail"), entry.get("title_detail")
    text, part = max([*contents, (_plain(summary), summary)], key=lambda read: len(read[0]))
    guid = given("id")
    link = given("link")
    return _Item(
        guid=guid,
        link="" if link == guid and not is_remote(link) else link,
        title=one_line(_plain(title)),
        text=text,
        published=given("published"),
        updated=given("updated"),
        # Each part of an entry has the nearest xml:lang around it.
        language=stated_language(
            entry.get("language"),
            *(each.get("language") for each in (part, title) if each),
            feed.feed.get("language"),
        ),
        # An Atom summary is one by its definition; an RSS description is often all there is.
        whole=not broken
        and (any(content for content, _ in contents) or not feed.version.startswith("atom")),
    )


def _plain(part: feedparser.FeedParserDict | None) -> str:
    if not part or not part.get("value"):
        return ""
    return (paragraphs if part.get("type") == "text/plain" else from_html)(part.value)


def _json_items(text: str) -> list[_Item]:
    whole = True
    try:
        document = json.loads(text, strict=False)
    except ValueError:
        whole = False
        document = {"items": list(_arrived(text))}
        if not document["items"]:
            raise Unreadable(
                "the JSON is broken or cut off before the end of its first item"
            ) from None
    except RecursionError:
        raise Unreadable("JSON nested deeper than any feed") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise Unreadable("JSON, but no JSON Feed: it has no list of items")
    return [
        _json_item(item, document.get("language"), whole=whole)
        for item in items
        if isinstance(item, dict)
    ]


def _arrived(text: str) -> Iterator[object]:
    """The items of a cut JSON Feed up to where it ends."""
    start = JSON_ITEMS.search(text)
    decoder = json.JSONDecoder(strict=False)
    at = start.end() if start else len(text)
    try:
        while at < len(text):
            item, at = decoder.raw_decode(text, at)
            yield item
            gap = JSON_GAP.match(text, at)
            at = gap.end() if gap else at
    except (ValueError, RecursionError):
        return


def _json_item(item: dict[str, object], language: object, *, whole: bool) -> _Item:
    def given(key: str) -> str:
        value = item.get(key)
        return str(value) if isinstance(value, (str, int, float)) else ""

    content = max(paragraphs(given("content_text")), from_html(given("content_html")), key=len)
    return _Item(
        guid=one_line(given("id")),
        link=one_line(given("url") or given("external_url")),
        title=one_line(given("title")),
        text=content or paragraphs(given("summary")),
        published=one_line(given("date_published")),
        updated=one_line(given("date_modified")),
        language=stated_language(item.get("language"), language),
        whole=whole and bool(content),
    )
