"""What kind of source an address is, told by its first answer. Pure.

A guess is for people who add a source: once its file says a kind, that counts. What the answer
then holds is read by that kind.
"""

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl, urlsplit

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types

from tracker.sources.capture import FOLDER, Capture, Unreadable, absolute, is_remote
from tracker.sources.kinds.cap import MEDIA_TYPE as CAP_TYPE
from tracker.sources.kinds.cap import NAMESPACES as CAP
from tracker.sources.kinds.document import shortened
from tracker.sources.kinds.json_ld import article, live_blogs, stated, things
from tracker.sources.kinds.presets import PRESETS
from tracker.sources.markup import Xml, children, is_html, name_of, namespace_of, read_xml, text_of
from tracker.sources.text import decoded, from_html, one_line, without_controls

GZIP: Final = b"\x1f\x8b"
BEFORE: Final = re.compile(r"(?:\s+|<!--.*?-->|<\?.*?\?>)*", re.DOTALL)
"""What may stand before the first element of a document."""
FEED_ROOT: Final = re.compile(
    r"(?:<!DOCTYPE[^>[]*(?:\[.*?\])?>\s*)?<(?:rss|feed|rdf:RDF)\b", re.DOTALL
)
FEED_TYPES: Final = ("application/rss+xml", "application/atom+xml", "application/feed+json")
FEEDS: Final = frozenset({"rss", "feed", "rdf"})
SITEMAPS: Final = frozenset({"urlset", "sitemapindex"})
JSON_FEED: Final = re.compile(r'"version"\s*:\s*"https?:\\?/\\?/(?:www\.)?jsonfeed\.org\b')
LOOKED_AT: Final = 4096
COMMENTS: Final = re.compile(r"\bcomments?\b", re.IGNORECASE)
"""WordPress names a feed of what readers write beside that of its reports."""
LONGEST_NAME: Final = 80
PATHS: Final = "`items`, and the paths to the parts of an item: see kind `json`"


@dataclass(frozen=True, slots=True)
class Named:
    """A feed that a web page names."""

    url: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Guess:
    """What an address seems to be."""

    kind: str
    why: str
    """What shows it, in a few words."""
    url: str = ""
    """Where the source itself is, if not at the address that was asked: a feed of this page."""
    name: str = ""
    """What it calls itself; "" = nothing."""
    keys: tuple[tuple[str, str], ...] = ()
    """The keys of its kind, as far as the address tells them."""
    feeds: tuple[Named, ...] = ()
    """What else the page names."""
    missing: str = ""
    """What its file must say before it can be read; "" = nothing."""


def guess_by_address(url: str) -> Guess | None:
    """The API of a preset that is at an address: it is known before it is asked."""
    if not is_remote(url):
        return None
    parts = urlsplit(url)
    host, path, query = (parts.hostname or ""), parts.path, dict(parse_qsl(parts.query))
    if host == "api.reliefweb.int":
        preset = "reliefweb"
    elif host == "api.gdeltproject.org":
        preset = "gdelt"
    elif "/wp-json/wp/v2/" in path:
        preset = "wordpress"
    elif host == "earthquake.usgs.gov" and (
        path.endswith(".geojson") or query.get("format") == "geojson"
    ):
        preset = "usgs"
    else:
        return None
    needs = sorted(PRESETS[preset].needs)
    told = [(key, query[key]) for key in needs if query.get(key)]
    missing = [f"`{key}`" for key in needs if not query.get(key)]
    return Guess(
        kind="json",
        why=f"the address of an API that preset `{preset}` knows",
        keys=(("preset", preset), *told),
        missing=" and ".join(missing),
    )


def guess(capture: Capture) -> Guess:
    """The kind that reads an answer.

    Raises:
        Unreadable: none does; the line says what it is.
    """
    if capture.content_type == FOLDER:
        return Guess(kind="folder", why="a folder")
    if capture.content.startswith(GZIP):
        return Guess(kind="sitemap", why="a packed file, as large sitemaps are")
    text = without_controls(decoded(capture)).strip()
    if not text:
        raise Unreadable("the answer is empty")
    if text.startswith(("{", "[")):
        return _of_json(text)
    body = text[BEFORE.match(text).end() :]  # type: ignore[union-attr]  # it matches anything
    if is_html(body):
        return _of_page(capture, text)
    if FEED_ROOT.match(body):
        return _of_feed(text)
    if body.startswith("<"):
        return _of_xml(capture, text)
    if all(map(is_remote, filter(None, map(str.strip, text.splitlines())))):
        return Guess(kind="sitemap", why="a list of addresses, one a line")
    raise Unreadable(_nothing(capture, text))


def _nothing(capture: Capture, text: str) -> str:
    """What an answer is that is of no kind."""
    if text.startswith("%PDF"):
        return "a PDF: no kind of source reads one"
    kind = capture.content_type
    if not is_remote(capture.url):
        return "of no kind that a single file is; kind `folder` reads texts and mails in a folder"
    if kind.startswith(("image/", "audio/", "video/", "font/")):
        return f"of type {kind}: no kind of source reads that"
    return f"of no kind that is read; it says: {shortened(text[:1000])}"


def _of_json(text: str) -> Guess:
    try:
        document = json.loads(text, strict=False)
    except (ValueError, RecursionError):
        document = None  # what is broken in it is said when it is read
    if JSON_FEED.search(text[:LOOKED_AT]):
        title = document.get("title") if isinstance(document, dict) else ""
        return Guess(kind="feed", why="JSON Feed", name=_name(title))
    return Guess(kind="json", why="JSON", missing=PATHS)


def _of_feed(text: str) -> Guess:
    try:
        document = read_xml(text, "title", "entry", "item", "alert")
    except Unreadable:
        return Guess(kind="feed", why="a feed")
    if any(map(_holds_alerts, document.elements)):
        return Guess(kind="cap", why="a feed of alerts (CAP)", name=_title(document))
    why = {"rss": "RSS", "feed": "Atom"}.get(document.root, "RDF")
    return Guess(kind="feed", why=why, name=_title(document))


def _of_xml(capture: Capture, text: str) -> Guess:
    document = read_xml(text, "title", "entry", "item", "alert")
    if document.root in SITEMAPS:
        return Guess(kind="sitemap", why=f"a sitemap (<{document.root}>)")
    if document.root in FEEDS:
        return _of_feed(text)
    if document.root == "alert" and document.namespace in CAP:
        return Guess(kind="cap", why="an alert (CAP)")
    if document.root == "html" or "html" in capture.content_type:
        return _of_page(capture, text)
    if document.root == "opml":
        raise Unreadable("a list of feeds (OPML): `tracker source import` takes it")
    raise Unreadable(
        f"XML of no kind that is read: its outermost element is <{document.root[:40]}>"
    )


def _holds_alerts(element: etree._Element) -> bool:
    """Whether an entry of a feed is an alert, has parts of one, or leads to one."""
    if name_of(element) == "title":
        return False
    links = [*children(element, "link"), *children(element, "enclosure")]
    return any(link.get("type") == CAP_TYPE for link in links) or any(
        namespace_of(each) in CAP for each in element.iter("*")
    )


def _title(document: Xml) -> str:
    """The title of a feed: the first one that is no entry's."""
    titles = (each for each in document.elements if name_of(each) == "title")
    own = (each for each in titles if name_of(each.getparent()).lower() in {"channel", "feed"})
    return _name(next(map(text_of, own), ""))


def _of_page(capture: Capture, text: str) -> Guess:
    try:
        tree = html.document_fromstring(text.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError:
        raise Unreadable("no web page (HTML) that can be read") from None
    name = _name(_first(tree, "//meta[@property='og:site_name']/@content", "//title/text()"))
    feeds = tuple(_feeds(capture, tree))
    if _first(tree, "//meta[@name='generator']/@content").startswith("MediaWiki"):
        name = _name(_first(tree, "//h1//text()", "//title/text()"))
        return Guess(kind="mediawiki", why="a page of a wiki (MediaWiki)", name=name)
    found = things(tree)
    if any(live_blogs(found)):
        return Guess(kind="page", why="a live blog", name=name, feeds=feeds)
    if _is_article(capture, tree, article(found, capture.url, capture.url)):
        return Guess(kind="page", why="an article", name=name, feeds=feeds)
    if feeds and is_remote(capture.url):
        first, *others = feeds
        why = "a web page that names its feed"
        return Guess(kind="feed", why=why, url=first.url, name=name, feeds=tuple(others))
    return Guess(kind="page", why="a web page", name=name, feeds=feeds)


def _is_article(capture: Capture, tree: html.HtmlElement, told: dict[str, object]) -> bool:
    """Whether a page is one report, and no list of them.

    A front page may describe the articles that it only links to: those name another address.
    """
    if _first(tree, "//meta[@property='og:type']/@content").lower() == "article":
        return True
    own = one_line(stated(told, "url", "@id"))
    return bool(told) and (not own or _bare(absolute(capture.url, own)) == _bare(capture.url))


def _bare(url: str) -> str:
    return re.sub(r"^https?://(?:www\.)?|[?#].*|/+$", "", url)


def _feeds(capture: Capture, tree: html.HtmlElement) -> Iterator[Named]:
    """The feeds that a page names, each once, those of comments last."""
    base = absolute(capture.url, _first(tree, "//base/@href")) or capture.url
    found = dict[str, str]()
    for link in tree.iter("link"):
        kind = str(link.get("type") or "").partition(";")[0].strip().lower()
        if "alternate" in str(link.get("rel") or "").lower().split() and kind in FEED_TYPES:
            url = absolute(base, one_line(link.get("href") or ""))
            if url and url != capture.url:
                found.setdefault(url, _name(link.get("title")))
    named = (Named(*each) for each in found.items())
    yield from sorted(named, key=lambda each: bool(COMMENTS.search(f"{each.url} {each.title}")))


def _first(tree: html.HtmlElement, *paths: str) -> str:
    """The first text at one of these paths; "" = there is none."""
    found: Iterable[object] = (each for path in paths for each in tree.xpath(path))
    return next((said for each in found if (said := one_line(str(each)))), "")


def _name(said: object) -> str:
    """What something calls itself, in one line that is not too long for a table."""
    name = one_line(from_html(said)) if isinstance(said, str) else ""
    return name if len(name) <= LONGEST_NAME else f"{name[: LONGEST_NAME - 1].rstrip()}…"
