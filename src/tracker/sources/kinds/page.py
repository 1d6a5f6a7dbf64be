"""Web pages to reports: one page is one report, unless it is a live blog.

What the page states about itself as data (JSON-LD, then meta tags, then `<time>`) goes before
what its layout suggests. No date is ever guessed from running text.
"""

import re
from dataclasses import replace
from typing import Annotated, Final

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types
from pydantic import AfterValidator

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable, absolute
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Options, Parsed
from tracker.sources.kinds.json_ld import (
    Thing,
    article,
    is_for_all,
    live_blogs,
    stated,
    stated_moment,
    things,
)
from tracker.sources.kinds.live_blog import LiveBlog, parse_updates
from tracker.sources.kinds.page_text import (
    MOST_TAGS,
    article_text,
    has_endless_tag,
    selected_text,
    selector,
    text_of_html,
)
from tracker.sources.language import stated_language
from tracker.sources.text import decoded, from_html, one_line, without_controls

NO_PAGE: Final = re.compile(r"[{\[]|%PDF|(?:<\?xml.*?\?>\s*)?<(?:rss|feed|rdf:RDF)\b", re.DOTALL)
PAGE_START: Final = re.compile(r"<html\b", re.IGNORECASE)
PAGE_END: Final = re.compile(r"</html\s*>", re.IGNORECASE)
PARAGRAPH: Final = re.compile(r"</?(?:p|tr|dt)\b|</dd\b", re.IGNORECASE)
TABLE: Final = re.compile(r"<(/?)table\b", re.IGNORECASE)
PARAGRAPH_START: Final = re.compile(r"<p\b", re.IGNORECASE)
ROW: Final = re.compile(r"</?(?:tr|dt|dd)\b", re.IGNORECASE)
ROW_START: Final = re.compile(r"<(?:tr|dt)", re.IGNORECASE)
ROW_END: Final = re.compile(r"</(?:tr|dd)", re.IGNORECASE)


def _meta(*names: str) -> str:
    """The path to what tags of these names say, in the order of the page; case does not matter."""
    name = "translate(@name, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz')"
    return f"//meta[{' or '.join(f'{name} = {each!r}' for each in names)}]/@content"


PUBLISHED: Final = (
    "//meta[@property='article:published_time']/@content",
    "//*[@itemprop='datePublished']/@content | //*[@itemprop='datePublished']/@datetime",
    _meta("article:published_time", "datepublished", "parsely-pub-date", "sailthru.date"),
    _meta("publication_date", "publication-date", "publish-date", "publishdate", "pubdate"),
    _meta("dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created"),
    _meta("dc.date", "dcterms.date", "date"),
    "//time/@datetime",
)
MODIFIED: Final = (
    "//meta[@property='article:modified_time']/@content",
    "//*[@itemprop='dateModified']/@content | //*[@itemprop='dateModified']/@datetime",
    "//meta[@property='og:updated_time']/@content",
    _meta("article:modified_time", "dc.date.modified", "dcterms.modified", "last-modified"),
)
LITTLE: Final = 600
"""Characters: nobody who asks for a login says more beside it."""
CONSENT: Final = re.compile(
    r"//consent\.|[/.]consent(?:manager)?(?:[./?#]|\Z)|/(?:gdpr|cookie)-?(?:consent|wall)\b",
    re.IGNORECASE,
)


def _select(select: str) -> str:
    if select:
        selector(select)
    return select


class PageOptions(Options):
    """The keys of a page, and of every kind that points to pages."""

    select: Annotated[str, AfterValidator(_select)] = ""
    """A CSS selector, or an XPath if it begins with "/", "(" or "./": what of a page is read."""


def parse_page(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The one report of a page, or the updates of a live blog.

    Its id is the canonical address that the page names, else the address it was fetched from;
    for a file, the file's name, so that a moved folder changes nothing. A page whose end did
    not arrive, or that shows its whole text only to those who pay, is marked as not whole.

    Raises:
        Unreadable: no web page, no text in it (or in what is selected), or a page that asks for a
            login or for consent instead.
    """
    markup, whole = _arrived(without_controls(decoded(capture)).strip())
    try:
        tree = html.document_fromstring(markup.encode(), parser=html.HTMLParser(encoding="utf-8"))
    except etree.LxmlError:
        raise Unreadable("no web page (HTML) that can be read") from None
    canonical = one_line(_first(tree, "//link[@rel='canonical']/@href"))
    url = absolute(capture.url, canonical) or absolute(capture.url, "")
    told = things(tree)
    select = source.options.select if isinstance(source.options, PageOptions) else ""
    thing = article(told, url, capture.url)
    title = one_line(
        from_html(stated(thing, "headline", "name"))
        or _first(tree, "//meta[@property='og:title']/@content")
        or _first(tree, "//h1")
        or _first(tree, "//title")
    )
    language = stated_language(thing.get("inLanguage"), tree.get("lang"), tree.get("xml:lang"))
    address = url or re.split(r"[/\\]", capture.url)[-1]
    for blog in () if select else live_blogs(told):
        updates = parse_updates(
            source,
            LiveBlog(
                thing=blog,
                address=address,
                url=url,
                title=one_line(from_html(stated(blog, "headline", "name"))) or title,
                language=stated_language(blog.get("inLanguage"), language),
                whole=whole,
            ),
            known,
        )
        if updates.reports or updates.known:
            return replace(updates, unfinished=not whole)
    text = selected_text(tree, select) if select else _text(tree, thing)
    text = f"{text}\n".removeprefix(f"{title}\n").strip("\n")
    if not text:
        raise Unreadable("a page without text: is it drawn by scripts, or behind a login?")
    if not select and not thing and len(text) < LITTLE:
        _refuse_door(tree, capture.url, text)
    published = _dates(tree, thing, "datePublished", PUBLISHED, source.timezone)
    modified = _dates(tree, thing, "dateModified", MODIFIED, source.timezone)
    moment, date_only = parse_date(published, source.timezone)
    report = Report(
        source=source.id,
        id=address,
        title=title,
        text=text,
        url=url,
        published=moment,
        modified=parse_date(modified, source.timezone)[0],
        date_only=date_only,
        stated_date=published,
        language=language,
        whole=whole and is_for_all(thing),
    )
    return Parsed(reports=(report,), unfinished=not whole)


def _arrived(markup: str) -> tuple[str, bool]:
    """The markup up to the end of its last whole paragraph or row, and whether that is all."""
    if not markup:
        raise Unreadable("the answer is empty")
    if "<" not in markup or NO_PAGE.match(markup):
        raise Unreadable("no web page (HTML): does this source need kind 'feed'?")
    if markup.count("<") > MOST_TAGS:
        raise Unreadable("a page of more tags than any article has: give the address of one")
    if has_endless_tag(markup):
        raise Unreadable("no web page (HTML): a tag of it has thousands of attributes")
    closed = markup.endswith(">")
    if PAGE_END.search(markup) or (closed and not PAGE_START.search(markup)):
        return markup, True
    markup = markup[: max((end.start() for end in PARAGRAPH.finditer(markup)), default=0)]
    rows = [*ROW.finditer(markup)]
    if rows and not ROW_END.match(rows[-1][0]):
        # A row that has begun and not ended has lost its last cells.
        starts = [row.start() for row in rows if ROW_START.match(row[0])]
        markup = markup[: starts[-1] if starts else rows[-1].start()]
    tables = [*TABLE.finditer(markup)]
    at = tables[-1].start() if tables else 0
    if tables and not tables[-1][1] and not PARAGRAPH_START.search(markup, at):
        # Of one whose first rows alone are there, headings cannot be told from what they head.
        markup = markup[:at]
    if not PARAGRAPH.search(markup):
        raise Unreadable("the page is cut off before the end of its first paragraph")
    return markup, False


def _text(tree: html.HtmlElement, thing: Thing) -> str:
    """The article's paragraphs.

    The body that the page states as data is free of everything around the article, but often a
    single block: it is used where it has paragraphs, or where more of the text is in it.
    """
    layout = article_text(tree)
    body = text_of_html(stated(thing, "articleBody"))
    return body if "\n" in body or len(body) > len(layout) else layout


def _dates(
    tree: html.HtmlElement, thing: Thing, key: str, paths: tuple[str, ...], zone: str
) -> str:
    """The first date that can be read, else the first that is stated."""
    found = [stated_moment(thing, key), *(one_line(_first(tree, path)) for path in paths)]
    dates = [date for date in found if date]
    return next((date for date in dates if parse_date(date, zone)[0]), next(iter(dates), ""))


def _refuse_door(tree: html.HtmlElement, url: str, text: str) -> None:
    """Raise `Unreadable` at a page that lets nobody in: told by its form, in any language.

    A form for a login stands beside many a short notice, too: one with a number is let pass.
    """
    if tree.xpath("//article | //meta[@property='og:type'][starts-with(@content, 'article')]"):
        return
    if tree.xpath("//input[@type='password']") and not re.search(r"\d", text):
        raise Unreadable("a login in place of the page: give an address that anybody can read")
    if CONSENT.search(url) or any(map(CONSENT.search, tree.xpath("//form/@action"))):
        raise Unreadable("a question for consent in place of the page: is there a feed instead?")


def _first(tree: html.HtmlElement, path: str) -> str:
    for found in tree.xpath(path):
        text = found if isinstance(found, str) else found.text_content()
        if text.strip():
            return str(text)
    return ""


KIND: Final = Kind(parse=parse_page, options=PageOptions)
