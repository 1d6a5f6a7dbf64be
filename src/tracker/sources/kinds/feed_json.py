"""JSON Feed 1 and 1.1 to items. (https://www.jsonfeed.org/version/1.1/)"""

import json
import re
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.sources.capture import Unreadable
from tracker.sources.kinds.digest import digest_of
from tracker.sources.kinds.feed_items import Item, Shown, read_pieces
from tracker.sources.kinds.page_text import text_of_html
from tracker.sources.language import stated_language
from tracker.sources.text import one_line, paragraphs

ITEMS: Final = re.compile(r'"items"\s*:\s*\[\s*')
GAP: Final = re.compile(r"[\s,]*")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Piece:
    """The fields of an item that are read; all others may change as they like."""

    guid: str
    link: str
    title: str
    content_text: str
    content_html: str
    summary: str
    published: str
    updated: str
    language: str
    whole: bool

    @property
    def digest(self) -> str:
        return digest_of(
            "json",
            self.guid,
            self.link,
            self.title,
            self.content_text,
            self.content_html,
            self.summary,
            self.published,
            self.updated,
            self.language,
        )

    def read(self) -> tuple[Item, ...]:
        content = max(paragraphs(self.content_text), text_of_html(self.content_html), key=len)
        return (
            Item(
                guid=self.guid,
                link=self.link,
                title=self.title,
                text=content or paragraphs(self.summary),
                published=self.published,
                updated=self.updated,
                language=self.language,
                whole=self.whole,
                summary=not content,
            ),
        )

    def may_have(self, keys: AbstractSet[str]) -> bool:
        return (self.guid or self.link) in keys


def json_items(text: str, known: frozenset[str]) -> Shown:
    """The items of a JSON Feed; of one that was cut off, those that arrived whole.

    Raises:
        Unreadable: broken before its first item, or no JSON Feed.
    """
    try:
        document = json.loads(text, strict=False)
    except ValueError:
        arrived = tuple(
            item
            for each in _arrived(text)
            if isinstance(each, dict)
            for item in _piece(each, "", whole=False).read()
        )
        if not arrived:
            raise Unreadable(
                "the JSON is broken or cut off before the end of its first item"
            ) from None
        return Shown(items=arrived, cut_off=True)
    except RecursionError:
        raise Unreadable("JSON nested deeper than any feed") from None
    items = document.get("items") if isinstance(document, dict) else None
    if not isinstance(items, list):
        raise Unreadable("JSON, but no JSON Feed: it has no list of items")
    language = document.get("language")
    pieces = [_piece(item, language, whole=True) for item in items if isinstance(item, dict)]
    return read_pieces(pieces, known)


def _arrived(text: str) -> Iterator[object]:
    """The items of a cut JSON Feed up to where it ends."""
    start = ITEMS.search(text)
    decoder = json.JSONDecoder(strict=False)
    at = start.end() if start else len(text)
    try:
        while at < len(text):
            item, at = decoder.raw_decode(text, at)
            yield item
            gap = GAP.match(text, at)
            at = gap.end() if gap else at
    except (ValueError, RecursionError):
        return


def _piece(item: dict[str, object], language: object, *, whole: bool) -> _Piece:
    def given(key: str) -> str:
        value = item.get(key)
        return str(value) if isinstance(value, (str, int, float)) else ""

    return _Piece(
        guid=one_line(given("id")),
        link=one_line(given("url") or given("external_url")),
        title=one_line(given("title")),
        content_text=given("content_text"),
        content_html=given("content_html"),
        summary=given("summary"),
        published=one_line(given("date_published")),
        updated=one_line(given("date_modified")),
        language=stated_language(item.get("language"), language),
        whole=whole,
    )
