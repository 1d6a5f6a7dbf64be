"""RSS 0.9 to 2.0, RDF and Atom to items, read by feedparser.

Each item is read by itself: what one of them breaks is broken in no other, and which of them were
read before makes no difference.
"""

import io
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import timedelta
from html import unescape
from typing import TYPE_CHECKING, Final
from xml.sax import SAXException

from tracker.sources.capture import Unreadable, is_remote
from tracker.sources.kinds.digest import digest_of
from tracker.sources.kinds.feed_items import Item, Shown, read_pieces
from tracker.sources.kinds.feed_pieces import Fragment, cut, is_well_formed, root_of, without_risk
from tracker.sources.kinds.page_text import text_of_html
from tracker.sources.language import stated_language
from tracker.sources.text import one_line, paragraphs

if TYPE_CHECKING:
    from feedparser import FeedParserDict
    from lxml.etree import _Element  # type: ignore[import-untyped]  # it ships no types

ITEM_END: Final = re.compile(r"</(?:[\w.-]+:)?(?:item|entry)\s*>", re.IGNORECASE)
NO_TAGS: Final = re.compile(r"<!(?:--.*?(?:-->|\Z)|\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)
"""Where what looks like a tag is none."""
ROOT_END: Final = re.compile(r"</(?:[\w.-]+:)?(?:rss|feed|rdf)\s*>", re.IGNORECASE)
HTML: Final = re.compile(r"<(?:html|head|body)\b", re.IGNORECASE)
BASE: Final = re.compile(r"base\s*=")
IN_WORD: Final = re.compile(r"\w")
COMMENT: Final = re.compile(r"<!--.*?-->", re.DOTALL)
NO_FEED: Final = "no feed: neither RSS, Atom nor JSON Feed"
MOST_BROKEN: Final = 2_000_000
"""Characters of broken markup: they take the parser ten times as long."""
LONGEST_TTL: Final = timedelta(hours=6)


@dataclass(frozen=True, slots=True)
class _Piece:
    fragment: Fragment
    language: str
    """Of the feed, where an item does not say its own."""

    @property
    def digest(self) -> str:
        return digest_of("xml", self.language, self.fragment.before, self.fragment.raw)

    def read(self) -> tuple[Item, ...]:
        feed = _parsed(self.fragment.document)
        broken = isinstance(feed.get("bozo_exception"), SAXException)
        return tuple(_item(entry, feed, self.language, whole=not broken) for entry in feed.entries)

    def may_have(self, keys: AbstractSet[str]) -> bool:
        raw = self.fragment.raw
        if BASE.search(raw) or BASE.search(self.fragment.before):
            return True  # a key that is an address may be written in part
        if "<!--" in raw:
            raw = COMMENT.sub("", raw)
        plain = unescape(raw.replace("<![CDATA[", "").replace("]]>", ""))
        return any(_stands_in(plain, key) for key in keys)


def _stands_in(text: str, key: str) -> bool:
    words = key.split()
    if words[-1] not in text:  # nearly always, and quick
        return False
    # Not as a pattern: compiling one for each key takes longer than all the rest.
    key = " ".join(words)
    if len(words) > 1:
        text = " ".join(text.split())
    at = text.find(key)
    while at >= 0 and IN_WORD.match(text, at + len(key)):
        at = text.find(key, at + 1)
    return at >= 0


def xml_items(text: str, known: frozenset[str]) -> Shown:
    """The items of a feed; of one that was cut off, those that arrived whole.

    Raises:
        Unreadable: no feed, nothing of it arrived, or nothing that can be read.
    """
    start, doctype = root_of(text)
    text = text[start:]
    if doctype == "html" or HTML.match(text):
        raise Unreadable(
            "a web page (HTML), no feed: give the address of its feed, or set kind to 'page'"
        )
    parts = cut(text)
    if parts is None:
        return _as_one(text)
    told = dict(_told(parts.outside))
    pieces = [_Piece(fragment, told.get("language", "")) for fragment in parts.pieces]
    shown = read_pieces(pieces, known)
    if not shown.items and not shown.known:
        return _as_one(text)
    return Shown(
        items=shown.items,
        known=shown.known,
        trouble=shown.trouble,
        ttl=_good_for(told.get("ttl", "")),
    )


def _as_one(text: str) -> Shown:
    """The items of a feed that cannot be cut into pieces: it is cut off, broken, or has none."""
    if not text:
        raise Unreadable(NO_FEED)
    tags = NO_TAGS.sub(lambda found: " " * len(found[0]), text)
    last_end = max((end.end() for end in ITEM_END.finditer(tags)), default=0)
    cut_off = not ROOT_END.search(tags, last_end)
    if len(text) > MOST_BROKEN and not is_well_formed(text):
        raise Unreadable("broken or cut-off markup that is too long to be read all the same")
    feed = _parsed(text[:last_end] if cut_off and last_end else text)
    if not feed.version and not feed.entries:
        raise Unreadable(NO_FEED)
    if cut_off and not last_end:
        raise Unreadable("the feed is cut off before the end of its first item")
    whole = not cut_off and not isinstance(feed.get("bozo_exception"), SAXException)
    return Shown(
        items=tuple(_item(entry, feed, "", whole=whole) for entry in feed.entries),
        ttl=_good_for(feed.feed.get("ttl", "")),
        cut_off=cut_off,
    )


def _parsed(text: str) -> "FeedParserDict":
    import feedparser  # noqa: PLC0415 — only when an answer is read

    # Only expat, which is everywhere: one that it would prefer is looked for on each call.
    feedparser.api.PREFERRED_XML_PARSERS = []
    text = without_risk(text)
    try:
        return feedparser.parse(
            # Bytes or text as such would be tried as an address, or as the name of a file.
            io.BytesIO(text.encode()),
            response_headers={"content-type": "application/xml; charset=utf-8"},
            sanitize_html=False,
            resolve_relative_uris=False,
        )
    except Exception as error:  # on garbled markup it raises nearly anything
        raise Unreadable(f"garbled markup: {one_line(str(error))}") from error


def _item(entry: "FeedParserDict", feed: "FeedParserDict", language: str, *, whole: bool) -> Item:
    def given(key: str) -> str:
        # dict.get: feedparser's own `get` answers for "updated" with "published", and warns.
        value = dict.get(entry, key)
        return one_line(value) if isinstance(value, str) else ""

    summary, title = entry.get("summary_detail"), entry.get("title_detail")
    contents = [(_plain(each), each) for each in entry.get("content", [])]
    text, part = max([*contents, (_plain(summary), summary)], key=lambda read: len(read[0]))
    guid, link = given("id"), given("link")
    return Item(
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
            language,
            feed.feed.get("language"),
        ),
        whole=whole,
        # An Atom summary is one by its definition; an RSS description is often all there is.
        summary=feed.version.startswith("atom") and not any(content for content, _ in contents),
    )


def _plain(part: "FeedParserDict | None") -> str:
    if not part or not part.get("value"):
        return ""
    return (paragraphs if part.get("type") == "text/plain" else text_of_html)(part.value)


def _told(outside: "_Element") -> Iterator[tuple[str, str]]:
    """What the feed says of itself, by the names of its elements in lower case."""
    for parent in (outside, *outside.iterchildren("{*}channel", "channel")):
        for child in parent.iterchildren("{*}*"):
            text = one_line(child.text or "")
            if text:
                yield child.tag.rpartition("}")[2].lower(), text


def _good_for(ttl: str) -> timedelta | None:
    """How long a feed is good for, as RSS 2.0 says it, in minutes.

    The module Syndication is not asked: a common platform writes "hourly" into every feed.
    """
    minutes = re.fullmatch(r"[1-9]\d{0,8}", ttl)
    return min(timedelta(minutes=int(ttl)), LONGEST_TTL) if minutes else None
