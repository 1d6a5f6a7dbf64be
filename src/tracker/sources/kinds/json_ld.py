"""What a page says of its article as data: schema.org in JSON-LD.

https://schema.org/Article, https://schema.org/LiveBlogPosting
"""

import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from lxml import html  # type: ignore[import-untyped]  # it ships no types

from tracker.sources.capture import absolute
from tracker.sources.text import one_line

Thing = dict[str, object]
"""One thing of a JSON-LD document, in its own keys."""

ARTICLE: Final = re.compile(r"(?:.*[/:#])?(?!Job)\w*(?:article|posting|report)", re.IGNORECASE)
"""NewsArticle, ReportageNewsArticle, BlogPosting, LiveBlogPosting, Report …"""
LIVE_BLOG: Final = re.compile(r"(?:.*[/:#])?LiveBlogPosting", re.IGNORECASE)
WITHIN: Final = ("@graph", "mainEntity", "mainEntityOfPage")
"""Where the article of a page stands in other things. Not in lists of other pages."""
MOST_THINGS: Final = 10_000


def things(tree: html.HtmlElement) -> tuple[Thing, ...]:
    """Everything that the page describes of itself, without what it only links to."""
    found: list[Thing] = []
    for script in tree.xpath("//script[contains(@type, 'ld+json')]"):
        text = script.text or ""
        # Old templates write comments and CDATA around it, and a ";" behind it.
        body = text[text.find("{") : text.rfind("}") + 1]
        try:
            pending = [json.loads(f"[{body}]", strict=False)]
        except (ValueError, RecursionError):
            continue  # broken data of somebody's plug-in: the page still has its text
        while pending and len(found) < MOST_THINGS:
            match pending.pop():
                case [*several]:
                    pending += reversed(several)
                case dict() as thing:
                    found.append(thing)
                    pending += [thing[key] for key in WITHIN if key in thing]
    return tuple(found)


def live_blogs(found: tuple[Thing, ...]) -> Iterator[Thing]:
    """The live blogs among the things."""
    return (thing for thing in found if _is_a(thing, LIVE_BLOG))


def article(found: tuple[Thing, ...], address: str, base: str) -> Thing:
    """The article that the page at this address is; empty where it describes none.

    Of several, one that names this address as its own goes first, then one that names none.
    """
    articles = [thing for thing in found if _is_a(thing, ARTICLE)]
    return min(articles, key=lambda thing: _distance(thing, address, base), default={})


def _distance(thing: Thing, address: str, base: str) -> int:
    pages = [thing.get(key) for key in ("url", "@id", "mainEntityOfPage")]
    named = {_bare(absolute(base, _id(each))) for each in pages if _id(each)}
    return 0 if _bare(address) in named else 1 if not named else 2


def _id(page: object) -> str:
    if isinstance(page, dict):
        page = page.get("@id") or page.get("url")
    return one_line(page) if isinstance(page, str) else ""


def _bare(url: str) -> str:
    """An address as it is compared: http and https, "…/" and "…#x" lead to one page."""
    return re.sub(r"^https?://(?:www\.)?|[?#].*|/+$", "", url)


def _is_a(thing: Thing, pattern: re.Pattern[str]) -> bool:
    kinds = thing.get("@type")
    kinds = kinds if isinstance(kinds, list) else [kinds]
    return any(isinstance(kind, str) and pattern.fullmatch(kind.strip()) for kind in kinds)


def stated(thing: Thing, *keys: str) -> str:
    """The first text that a thing states under these keys; "" = none."""
    for key in keys:
        value = thing.get(key)
        value = value[0] if isinstance(value, list) and value else value
        value = value.get("@value") if isinstance(value, dict) else value
        if isinstance(value, str) and value.strip():
            return value
    return ""


def stated_moment(thing: Thing, *keys: str) -> str:
    """The same of a date; seconds or milliseconds since 1970 are written out."""
    for key in keys:
        value = thing.get(key)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            seconds = value / 1000 if value > 1e11 else value
            if 0 < seconds < 1e11:
                return datetime.fromtimestamp(seconds, UTC).isoformat()
        elif text := stated(thing, key):
            return one_line(text)
    return ""


def is_for_all(thing: Thing) -> bool:
    """False where the article says that it shows its whole text only to those who pay."""
    return str(thing.get("isAccessibleForFree", "")).lower().rpartition("/")[2] != "false"
