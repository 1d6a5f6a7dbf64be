"""XML of feeds, cut into pieces: each item with the tags around it is a document of its own.

A piece is cut by its tags alone, with comments, CDATA and instructions passed over, so that it
costs next to nothing. Where that could go wrong, because the markup around the items is broken,
nothing is cut, and the feed is read as one. No entity of a DOCTYPE is ever expanded: the parser
never sees one.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from tracker.sources.capture import Unreadable

MOST_PIECES: Final = 2_000
"""So many small documents take half a second; a feed of more items is read as one."""
MOST_AROUND: Final = 20
"""No feed has its items, or anything else, so deep."""
LONGEST_TAG: Final = 20_000
"""The time for a tag with attributes grows with the square of their number."""

PROLOG: Final = re.compile(r"\s*+(?:<(\?|!--|!doctype\s*+(\w*)))?", re.IGNORECASE)
DOCTYPE_MARK: Final = re.compile(r"""(["'\[\]>])|<(!--|\?)""")
ENDS: Final = {"?": "?>", "!--": "-->", "![CDATA[": "]]>", '"': '"', "'": "'"}
"""What ends where, by how it begins after its "<"."""
ATTRIBUTES: Final = r"""(?:\s(?:"[^"<]*"|'[^'<]*'|[^<>"'])*)?"""
OUTSIDE: Final = re.compile(
    rf"<(?:(\?|!--|!\[CDATA\[)|(/?)([\w.-]+(?::[\w.-]+)?)({ATTRIBUTES}/?)>)"
)
INSIDE: Final = re.compile(
    r"<(?:(\?|!--|!\[CDATA\[)|(/?)((?:[\w.-]+:)?(?:item|entry))(?=[\s/>]))", re.IGNORECASE
)
ITEM: Final = re.compile(r"(?:[\w.-]+:)?(?:item|entry)", re.IGNORECASE)
RISK: Final = (
    rf"(<[^<>]{{{LONGEST_TAG}}})|(</?(?:[\w.-]+:)?)"
    r"(?=(?:author|creator|contributor|managingeditor|owner|publisher|webmaster)[\s/>])"
)
CDATA_OR_RISK: Final = re.compile(
    rf"(?P<cdata><!\[CDATA\[.*?\]\]>)|{RISK}", re.IGNORECASE | re.DOTALL
)
RISK_ALONE: Final = re.compile(rf"(?P<cdata>)(?:{RISK})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Cut:
    """A feed in pieces."""

    outside: etree._Element
    """The document without its items."""
    pieces: tuple["Fragment", ...]


@dataclass(frozen=True, slots=True)
class Fragment:
    """An item as it stands, and the tags that are open around it."""

    before: str
    raw: str
    after: str

    @property
    def document(self) -> str:
        return f"{self.before}{self.raw}{self.after}"


class _Doubtful(Exception):  # noqa: N818 — names what the markup is; never leaves this module
    """The markup may mean something else than it seems to."""


def root_of(text: str) -> tuple[int, str]:
    """Where the first element begins, and the name in the DOCTYPE before it ("" = none).

    Raises:
        Unreadable: something before it does not end.
    """
    at, doctype = 0, ""
    try:
        while (mark := PROLOG.match(text, at)) and mark[1]:
            if mark[2] is None:
                at = _end(text, mark[1], mark.end())
            else:
                at, doctype = _end_of_doctype(text, mark.end()), mark[2].lower()
    except _Doubtful:
        raise Unreadable(
            "garbled markup: what stands before its first element does not end"
        ) from None
    return (mark.end() if mark else at), doctype


def _end_of_doctype(text: str, at: int) -> int:
    declarations = False
    while mark := DOCTYPE_MARK.search(text, at):
        at = mark.end()
        match mark[1] or mark[2]:
            case "[" | "]":
                declarations = mark[1] == "["
            case ">":
                if not declarations:
                    return at
            case opening:
                at = _end(text, opening, at)
    raise _Doubtful


def _end(text: str, opening: str, at: int) -> int:
    closing = ENDS[opening.upper()]
    found = text.find(closing, at)
    if found < 0:
        raise _Doubtful
    return found + len(closing)


def cut(text: str) -> Cut | None:
    """The pieces of a document that begins with its root; None where it cannot safely be cut."""
    try:
        outside, pieces = _cut(text)
    except _Doubtful:
        return None
    root = _strictly(outside) if pieces else None
    return None if root is None else Cut(root, tuple(pieces))


def _cut(text: str) -> tuple[str, list[Fragment]]:
    outside: list[str] = []
    pieces: list[Fragment] = []
    open_tags: list[tuple[str, str]] = []
    at = kept = 0
    while mark := OUTSIDE.search(text, at):
        opening, closes, name, attributes = mark.groups()
        at = mark.end()
        if opening:
            at = _end(text, opening, at)
        elif closes:
            if not open_tags or open_tags.pop()[0] != name:
                raise _Doubtful
        elif ITEM.fullmatch(name) and open_tags:
            if not attributes.endswith("/"):
                at = _end_of_item(text, name, at)
            outside.append(text[kept : mark.start()])
            pieces.append(_fragment(open_tags, text[mark.start() : at]))
            kept = at
        elif not attributes.endswith("/"):
            open_tags.append((name, mark[0]))
        if len(pieces) > MOST_PIECES or len(open_tags) > MOST_AROUND:
            raise _Doubtful
    if open_tags:
        raise _Doubtful
    return "".join([*outside, text[kept:]]), pieces


def _fragment(around: Sequence[tuple[str, str]], raw: str) -> Fragment:
    before = "".join(tag for _, tag in around)
    after = "".join(f"</{name}>" for name, _ in reversed(around))
    return Fragment(before, raw, after)


def _end_of_item(text: str, name: str, at: int) -> int:
    while mark := INSIDE.search(text, at):
        opening, closes, found = mark.groups()
        at = mark.end()
        if opening:
            at = _end(text, opening, at)
        elif found == name:
            end = text.find(">", at)
            if closes and end >= 0 and not text[at:end].strip():
                return end + 1
            break
    raise _Doubtful


def _strictly(text: str) -> etree._Element | None:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        return etree.fromstring(text.encode(), parser)
    except etree.XMLSyntaxError:
        return None


def is_well_formed(text: str) -> bool:
    """Whether a document that begins with its root is XML, without reading what it says."""
    return _strictly(text) is not None


def without_risk(text: str) -> str:
    """The markup without what takes a parser of feeds hours.

    It looks for an e-mail address in whoever wrote something, with an expression whose time grows
    with the square of a word's length. Nobody here asks who wrote it, so those elements lose
    their names.

    Raises:
        Unreadable: a tag longer than any.
    """
    # After its last end, each further beginning of CDATA would be searched to the end of the text.
    start, end, rest = text.rpartition("]]>")
    return CDATA_OR_RISK.sub(_without_risk, start + end) + RISK_ALONE.sub(_without_risk, rest)


def _without_risk(found: re.Match[str]) -> str:
    cdata, tag, before = found.groups()
    if tag:
        raise Unreadable(f"garbled markup: a tag of more than {LONGEST_TAG} characters")
    return str(cdata or f"{before}x-")
