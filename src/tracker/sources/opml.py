"""Lists of feeds in OPML, as feed readers hand them on. Pure.

Which of a list become sources, and under which ids, is not decided here.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from tracker.intake import Source
from tracker.sources.capture import Unreadable, is_remote
from tracker.sources.markup import read_xml
from tracker.sources.text import one_line, without_controls

FEEDS: Final = frozenset({"rss", "feed", "rdf"})


@dataclass(frozen=True, slots=True)
class Outline:
    """One feed of a list."""

    title: str
    url: str
    """Of the feed itself: http(s)."""
    kind: str = "feed"
    html_url: str = ""
    """Of the page that it is the feed of; "" = not given."""


def outlines(text: str) -> tuple[Outline, ...]:
    """The feeds of an OPML list (1.0, 1.1 or 2.0) in its order, without its folders; each once.

    What leads to no http(s) address is left out: a path on this machine is nothing that a list
    from elsewhere may name.

    Raises:
        Unreadable: no OPML; the line says what it is instead.
    """
    text = text.removeprefix("\ufeff").strip()
    if not text:
        raise Unreadable("the list is empty")
    document = read_xml(text, "outline")
    if document.root == "html":
        raise Unreadable("a web page (HTML), no OPML: export the list from its feed reader")
    if document.root in FEEDS:
        raise Unreadable("a single feed, no OPML: write a source of kind 'feed' for it")
    if document.root != "opml":
        raise Unreadable(f"XML, but no OPML: its outermost element is <{document.root[:40]}>")
    if document.broken:
        raise Unreadable(f"broken OPML: {document.broken}")
    found = dict[str, Outline]()
    for element in document.elements:
        # Some programs write "xmlurl" and "htmlurl".
        said = {str(name).lower(): one_line(value) for name, value in element.attrib.items()}
        url, page = said.get("xmlurl", ""), said.get("htmlurl", "")
        title = said.get("title") or said.get("text") or url
        if is_remote(url):
            found.setdefault(url, Outline(title, url, html_url=page if is_remote(page) else ""))
    return tuple(found.values())


def left_out(text: str) -> tuple[str, ...]:
    """The addresses in an OPML list that lead nowhere on the web, each once."""
    found = dict[str, None]()
    for element in read_xml(text.removeprefix("\ufeff").strip(), "outline").elements:
        for name, value in element.attrib.items():
            if str(name).lower() == "xmlurl" and not is_remote(one_line(value)):
                found[one_line(value)] = None
    return tuple(found)


def opml(sources: Iterable[Source], title: str) -> str:
    """The feeds among these sources as OPML 2.0; what is no feed on the web is left out."""
    root = etree.Element("opml", version="2.0")
    etree.SubElement(etree.SubElement(root, "head"), "title").text = _written(title)
    body = etree.SubElement(root, "body")
    for source in sources:
        if source.kind == "feed" and is_remote(source.url):
            name = _written(source.name)
            etree.SubElement(
                body, "outline", type="rss", text=name, title=name, xmlUrl=_written(source.url)
            )
    listed = etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
    return str(listed.decode())


def _written(text: str) -> str:
    """Without what XML cannot hold."""
    return without_controls(text).replace("\ufffe", "").replace("\uffff", "")
