"""XML as outlets send it, to the elements of it that arrived whole.

Nothing is fetched, and no entity is expanded but the five of XML itself and numbers: a document
that declares others is refused. What the elements mean is read by the kinds.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from tracker.sources.capture import Unreadable
from tracker.sources.text import one_line, without_controls

DECLARATION: Final = re.compile(r"\s*<\?xml\b[^>]*\?>")
OWN_ENTITIES: Final = re.compile(r"<!ENTITY\b", re.IGNORECASE)
BARE_AMPERSAND: Final = re.compile(r"&(?!(?:amp|lt|gt|quot|apos|#\d+|#x[0-9a-fA-F]+);)")
CDATA: Final = re.compile(r"(<!\[CDATA\[.*?(?:\]\]>|\Z))", re.DOTALL)


HTML: Final = re.compile(r"\s*<(?:!doctype\s+html|html|head|body)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Xml:
    """An XML document, as far as it arrived."""

    root: str
    """The name of its outermost element, in lower case and without its namespace; of a web page
    always "html"."""
    namespace: str
    """Of that element; "" = none."""
    elements: tuple[etree._Element, ...]
    """Those that were asked for and whose end arrived, in the order of their ends."""
    broken: str
    """Why it was not read to its end, in one line; "" = it was."""


def read_xml(text: str, *names: str) -> Xml:
    """The elements of a document that have one of these names (whatever their namespace).

    A stray "&" is taken for what it looks like, since many sitemaps are written by hand.

    Raises:
        Unreadable: no XML from its first element on, or one with entities of its own.
    """
    text = without_controls(text).lstrip()
    if OWN_ENTITIES.search(text):
        raise Unreadable("XML that declares entities of its own, which are never expanded")
    text = DECLARATION.sub("", text, count=1)  # what it says of the encoding is not true any more
    parts = CDATA.split(text)
    parts[::2] = (BARE_AMPERSAND.sub("&amp;", part) for part in parts[::2])
    parser = etree.XMLPullParser(
        events=("start", "end"),
        encoding="utf-8",
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root, namespace, elements, broken = "", "", [], ""
    try:
        parser.feed("".join(parts).encode())
        parser.close()
    except etree.XMLSyntaxError as error:
        broken = one_line(str(error.msg))
    for event, element in parser.read_events():
        if not root:
            root, namespace = name_of(element).lower(), namespace_of(element)
        if event == "end" and name_of(element) in names:
            elements.append(element)
    if is_html(text, root):
        root = "html"  # whatever of it could be read as XML
    if not root:
        raise Unreadable("no XML: is this the right address, and the right kind?")
    return Xml(root, namespace, tuple(elements), broken)


# `etree.QName` refuses the names that broken markup has ("cap:").
def name_of(element: etree._Element) -> str:
    """An element's name without its namespace."""
    return str(element.tag).rpartition("}")[2]


def namespace_of(element: etree._Element) -> str:
    """The namespace of an element's name; "" = none."""
    return str(element.tag).rpartition("}")[0].removeprefix("{")


def is_html(text: str, root: str = "") -> bool:
    """Whether a text is a web page: by its beginning, or by its outermost element."""
    return root in {"html", "head", "body"} or HTML.match(text) is not None


def children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    """The elements directly in this one that have this name, whatever their namespace."""
    yield from element.iterchildren(f"{{*}}{name}")


def child(element: etree._Element, *path: str) -> etree._Element | None:
    """The first element down this path of names, whatever their namespaces."""
    for name in path:
        found = next(children(element, name), None)
        if found is None:
            return None
        element = found
    return element


def text_of(element: etree._Element, *path: str) -> str:
    """The text down this path, with its line ends; "" = there is none."""
    found = child(element, *path)
    return "" if found is None else "".join(found.itertext()).strip()


def words(element: etree._Element, *path: str) -> str:
    """The text down this path, in one line; "" = there is none."""
    return one_line(text_of(element, *path))
