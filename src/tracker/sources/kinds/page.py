"""Web pages to reports: one page is one report.

What the page states about itself as data (JSON-LD, then meta tags, then `<time>`) goes before
what its layout suggests. No date is ever guessed from running text.
"""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Final

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types
from trafilatura import extract
from trafilatura.settings import DEFAULT_CONFIG

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable, absolute
from tracker.sources.dates import parse_date
from tracker.sources.language import stated_language
from tracker.sources.text import decoded, from_html, one_line, paragraphs, without_controls

ARTICLE: Final = re.compile(r"(?:article|posting|report)$", re.IGNORECASE)
"""NewsArticle, ReportageNewsArticle, BlogPosting, LiveBlogPosting, Report …"""
NO_PAGE: Final = re.compile(r"[{\[]|%PDF|(?:<\?xml.*?\?>\s*)?<(?:rss|feed|rdf:RDF)\b", re.DOTALL)
PAGE_START: Final = re.compile(r"<html\b", re.IGNORECASE)
PAGE_END: Final = re.compile(r"</html\s*>", re.IGNORECASE)
PARAGRAPH: Final = re.compile(r"</?p\b", re.IGNORECASE)
LAYOUT: Final = deepcopy(DEFAULT_CONFIG)
# By default the paragraphs of a short report are thrown together into one block.
LAYOUT["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "40"


def parse_page(source: Source, capture: Capture) -> list[Report]:
    """The one report of a page.

    Its id is the canonical address that the page names, else the address it was fetched from;
    for a file, the file's name, so that a moved folder changes nothing. A page whose end did
    not arrive is marked as not whole.

    Raises:
        Unreadable: no web page, or no text in it.
    """
    markup = without_controls(decoded(capture)).strip()
    if not markup:
        raise Unreadable("the answer is empty")
    if "<" not in markup or NO_PAGE.match(markup):
        raise Unreadable("no web page (HTML): does this source need kind 'feed'?")
    closed = markup.endswith(">")
    whole = bool(PAGE_END.search(markup) or (closed and not PAGE_START.search(markup)))
    if not whole and not closed:
        markup = markup[: max((mark.start() for mark in PARAGRAPH.finditer(markup)), default=0)]
    if not whole and not PARAGRAPH.search(markup):
        raise Unreadable("the page is cut off before the end of its first paragraph")
    try:
        tree = html.document_fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError:
        raise Unreadable("no web page (HTML) that can be read") from None
    article = next(_articles(tree), {})
    title = one_line(
        from_html(_stated(article, "headline"))
        or _first(tree, "//meta[@property='og:title']/@content")
        or _first(tree, "//h1")
        or _first(tree, "//title")
    )
    text = _text(tree, markup, title, _stated(article, "articleBody"))
    if not text:
        raise Unreadable("a page without text: is it drawn by scripts, or behind a login?")
    published = one_line(
        _stated(article, "datePublished")
        or _first(tree, "//meta[@property='article:published_time']/@content")
        or _first(tree, "//time/@datetime")
    )
    modified = one_line(
        _stated(article, "dateModified")
        or _first(tree, "//meta[@property='article:modified_time']/@content")
    )
    moment, date_only = parse_date(published, source.timezone)
    canonical = one_line(_first(tree, "//link[@rel='canonical']/@href"))
    url = absolute(capture.url, canonical) or absolute(capture.url, "")
    return [
        Report(
            source=source.id,
            id=url or re.split(r"[/\\]", capture.url)[-1],
            title=title,
            text=text,
            url=url,
            published=moment,
            modified=parse_date(modified, source.timezone)[0],
            date_only=date_only,
            stated_date=published,
            language=stated_language(
                article.get("inLanguage"), tree.get("lang"), tree.get("xml:lang")
            ),
            whole=whole,
        )
    ]


def _text(tree: html.HtmlElement, markup: str, title: str, body: str) -> str:
    """The article's paragraphs, without its headline.

    The body that the page states as data is free of everything around the article, but often a
    single block: it is used where it has paragraphs, or where more of the text is in it.
    """
    found = extract(markup, include_comments=False, favor_recall=True, config=LAYOUT)
    layout = paragraphs(re.sub(r"\n+", "\n\n", found or ""))
    if not layout:
        # Too short to be told from what surrounds it: every paragraph there is.
        layout = paragraphs("\n\n".join(block.text_content() for block in tree.iterfind(".//p")))
    stated = from_html(body)
    text = stated if "\n" in stated or len(stated) > len(layout) else layout
    return f"{text}\n".removeprefix(f"{title}\n").strip("\n")


def _articles(tree: html.HtmlElement) -> Iterator[dict[str, object]]:
    """Every article that the page describes in JSON-LD."""
    for script in tree.iterfind(".//script[@type='application/ld+json']"):
        try:
            pending = [json.loads(script.text or "", strict=False)]
        except (ValueError, RecursionError):
            continue  # broken data of somebody's plug-in: the page still has its text
        while pending:
            match pending.pop(0):
                case [*several]:
                    pending[:0] = several
                case {"@graph": graph}:
                    pending.append(graph)
                case {"@type": str(kind)} | {"@type": [str(kind), *_]} as thing:
                    if ARTICLE.search(kind):
                        yield thing


def _stated(article: dict[str, object], key: str) -> str:
    value = article.get(key)
    return value if isinstance(value, str) else ""


def _first(tree: html.HtmlElement, path: str) -> str:
    for found in tree.xpath(path):
        text = found if isinstance(found, str) else found.text_content()
        if text.strip():
            return str(text)
    return ""
