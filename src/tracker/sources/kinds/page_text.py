"""The text of a page, or of the part of it that is asked for, with its tables as sentences.

What stands in columns is said in a line: "Killed: 84", or "Arno: Killed: 12; Injured: 30" below a
row of headings. Which of it is a figure is read elsewhere.
"""

import re
from collections.abc import Iterator, Sequence
from copy import deepcopy
from functools import cache
from typing import TYPE_CHECKING, Final

from lxml import etree, html  # type: ignore[import-untyped]  # it ships no types

from tracker.sources.capture import Unreadable
from tracker.sources.text import from_html, one_line, paragraphs, without_controls

if TYPE_CHECKING:
    from configparser import ConfigParser

XPATH_STARTS: Final = ("/", "(", "./")
TABLE: Final = re.compile(r"<(?:table|dl)\b", re.IGNORECASE)
NUMBER: Final = re.compile(r"[~+]?\d[\d.,\s]{0,20}\+?")
DIGIT: Final = re.compile(r"\d")
WORD: Final = re.compile(r"[^\W\d_]")
LONG_TAG: Final = re.compile(r"<[a-zA-Z][^<>]{20000,}")
QUOTED: Final = re.compile(r"\"[^\"]*\"|'[^']*'")
MOST_TAGS: Final = 100_000
"""What trafilatura reads in some seconds."""
MOST_ATTRIBUTES: Final = 1_000
"""Of a tag: the time to read them grows with the square of their number."""
LONGEST_CELL: Final = 200
"""Characters: what has more is text, and its table is there for the layout."""


def selector(select: str) -> etree.XPath:
    """A CSS selector, or an XPath if it begins as one, ready to be used.

    Raises:
        ValueError: it is neither; the text says why.
    """
    try:
        path = select if select.startswith(XPATH_STARTS) else _from_css(select)
        found = etree.XPath(path)
        found(html.Element("html"))  # what a path calls that does not exist shows only in use
    except etree.XPathError as error:
        raise ValueError(f"{select!r} is no XPath: {error}") from None
    return found


def _from_css(select: str) -> str:
    from cssselect import HTMLTranslator, SelectorError  # noqa: PLC0415 — few sources need it

    try:
        return HTMLTranslator().css_to_xpath(select)
    except SelectorError as error:
        raise ValueError(
            f"{select!r} is no CSS selector: {one_line(str(error))} (an XPath begins with '/', "
            "'(' or './')"
        ) from None


def selected_text(tree: html.HtmlElement, select: str) -> str:
    """The text of everything that is selected, in the order of the page.

    Raises:
        Unreadable: that is nothing.
    """
    found = selector(select)(tree)
    nodes = found if isinstance(found, list) else []
    elements = {node for node in nodes if isinstance(node, html.HtmlElement)}
    parts = [
        _text_of(_with_cards_as_lines(deepcopy(node))) if node in elements else paragraphs(node)
        for node in nodes
        if isinstance(node, str) or node in elements.difference(*map(_inside, elements))
    ]
    text = "\n\n".join(filter(None, parts))
    if not text:
        what = "something without text" if nodes else "nothing"
        raise Unreadable(
            f"select = {select!r} finds {what} on the page: has it a new layout? set `select` anew"
        )
    return text


def _inside(element: html.HtmlElement) -> Iterator[html.HtmlElement]:
    return (within for within in element.iter() if within is not element)


def _text_of(element: html.HtmlElement) -> str:
    lined = with_rows_as_lines(element)
    return from_html(html.tostring(lined, encoding="unicode", with_tail=False))


def _with_cards_as_lines(element: html.HtmlElement) -> html.HtmlElement:
    """The element, in which a number with its label above or below is a paragraph.

    Only of what is selected: elsewhere these are the counters of comments and shares.
    """
    for card in list(element.iter("div", "li", "a", "p", "section")):
        parts = list(card.iterchildren("*"))
        if len(parts) != 2 or any(map(len, parts)) or _own_words(card):
            continue
        texts = [one_line(each.text_content()) for each in parts]
        numbers = [text for text in texts if NUMBER.fullmatch(text)]
        labels = [text for text in texts if WORD.search(text) and not DIGIT.search(text)]
        if len(numbers) == len(labels) == 1:
            _put(card, [f"{labels[0].rstrip(':')}: {numbers[0]}"])
    return element


def _own_words(element: html.HtmlElement) -> bool:
    own = [element.text, *(each.tail for each in element)]
    return any(text and text.strip() for text in own)


def has_endless_tag(markup: str) -> bool:
    """Whether a tag has so many attributes that nobody has written it."""
    return any(
        len(QUOTED.sub("", tag[0]).split()) > MOST_ATTRIBUTES for tag in LONG_TAG.finditer(markup)
    )


def text_of_html(markup: str, without: etree.XPath | None = None) -> str:
    """The text of a fragment of HTML, its tables as lines, without the elements of a path.

    What is too large for that, or made to be, has its words alone.
    """
    if not TABLE.search(markup) and without is None:
        return from_html(markup)
    if markup.count("<") > MOST_TAGS or has_endless_tag(markup):
        return from_html(markup)
    parser = html.HTMLParser(encoding="utf-8")
    content = without_controls(markup).encode()
    try:
        tree = html.fragment_fromstring(content, create_parent=True, parser=parser)
    except etree.LxmlError:
        return from_html(markup)
    for element in without(tree) if without else ():
        element.drop_tree()
    return _text_of(tree)


def article_text(tree: html.HtmlElement) -> str:
    """The paragraphs of a page's article, as its layout shows them; "" = none can be told."""
    from trafilatura import extract  # noqa: PLC0415 — only when an answer is read

    lined = with_rows_as_lines(deepcopy(tree))
    for moment in lined.findall(".//p//time"):
        moment.drop_tag()  # else the library leaves out its words, and of a sentence a hole remains
    found = extract(lined, include_comments=False, favor_recall=True, config=_layout())
    # Too short to be told from what surrounds it: every paragraph there is.
    shown = found or "\n".join(block.text_content() for block in lined.iterfind(".//p"))
    return paragraphs(re.sub(r"\n+", "\n\n", shown))


@cache
def _layout() -> "ConfigParser":
    from trafilatura.settings import DEFAULT_CONFIG  # noqa: PLC0415 — only when a page is read

    layout = deepcopy(DEFAULT_CONFIG)
    # By default the paragraphs of a short report are thrown together into one block.
    layout["DEFAULT"]["MIN_EXTRACTED_SIZE"] = "40"
    return layout


def with_rows_as_lines(tree: html.HtmlElement) -> html.HtmlElement:
    """The tree, in which each row of a table of data is a paragraph, and each term of a list.

    The number of a footnote is set apart from the number that it stands behind.
    """
    for raised in tree.iter("sup"):
        note = raised.text_content().strip()
        if note.isdigit():
            tail = raised.tail
            raised.clear()
            raised.text, raised.tail = f" [{note}]", tail
    for table in list(tree.iter("table")):
        lines = _lines_of_table(table)
        if lines:
            _put(table, lines)
    for terms in list(tree.iter("dl")):
        lines = _lines_of_terms(terms)
        if lines:
            _put(terms, lines)
    return tree


def _put(element: html.HtmlElement, lines: Sequence[str]) -> None:
    tail = element.tail
    element.clear()
    element.tag, element.tail = "div", tail
    for line in lines:
        etree.SubElement(element, "p").text = line


def _lines_of_table(table: html.HtmlElement) -> list[str]:
    """Its rows as lines; empty where it is no table of data."""
    if next(table.iterdescendants("table", "form"), None) is not None:
        return []
    rows = [row.xpath("./td | ./th") for row in table.iter("tr")]
    cells = [[_words(cell) for cell in row] for row in rows]
    if any(len(cell) > LONGEST_CELL for row in cells for cell in row):
        return []
    if not any(len(row) > 1 and any(map(DIGIT.search, row)) for row in cells):
        return []
    caption = table.find("caption")
    lines = [] if caption is None else [one_line(caption.text_content())]
    headings: list[str] = []
    for at, (row, texts) in enumerate(zip(rows, cells, strict=True)):
        if _is_heading(row, texts) or (at == 0 and _is_bare_heading(cells)):
            headings = texts
        elif any(texts):
            lines.append(_line(texts, headings if len(headings) == len(texts) else []))
    return [line for line in lines if line]


def _is_heading(row: Sequence[html.HtmlElement], texts: Sequence[str]) -> bool:
    if len(row) < 2 or any(map(DIGIT.search, texts)):
        return False
    return all(cell.tag == "th" for cell in row) or row[0].getparent().getparent().tag == "thead"


def _is_bare_heading(cells: Sequence[Sequence[str]]) -> bool:
    """Whether the first row has words above the numbers of all others, marked as nothing."""
    first, *others = cells
    return (
        len(first) > 2
        and bool(others)
        and not any(map(DIGIT.search, first))
        and all(len(each) == len(first) and all(map(DIGIT.search, each[1:])) for each in others)
    )


def _line(texts: Sequence[str], headings: Sequence[str]) -> str:
    # A row that begins with a word is about that; one of numbers alone is about its headings.
    about = texts[0] if len(texts) > 1 and WORD.search(texts[0]) else ""
    told = [
        f"{heading.rstrip(':')}: {text}" if heading else text
        for heading, text in zip(headings or [""] * len(texts), texts, strict=True)
        if text
    ]
    rest = "; ".join(told[1:] if about else told)
    return f"{about.rstrip(':')}: {rest}" if about and rest else about or rest


def _lines_of_terms(terms: html.HtmlElement) -> list[str]:
    lines: list[str] = []
    term = ""
    for each in terms.iter("dt", "dd"):
        text = _words(each)
        if len(text) > LONGEST_CELL:
            return []
        if each.tag == "dt":
            if term:
                lines.append(term)
            term = text.rstrip(":")
        elif text:
            lines.append(f"{term}: {text}" if term else text)
            term = ""
    return [*lines, term] if term else lines


def _words(cell: html.HtmlElement) -> str:
    return one_line(from_html(html.tostring(cell, encoding="unicode", with_tail=False)))
