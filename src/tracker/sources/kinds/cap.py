"""Alerts to reports: the Common Alerting Protocol, versions 1.1 and 1.2, and feeds of alerts.

An alert is a message, and what updates it is a message of its own: here they are versions of one
report. What an alert tells people to do is not read, since the numbers in it are not what has
happened; nor are its parameters.
"""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable, absolute
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Link, Parsed
from tracker.sources.language import stated_language
from tracker.sources.markup import (
    Xml,
    children,
    name_of,
    namespace_of,
    read_xml,
    text_of,
    words,
)
from tracker.sources.text import decoded, from_html

NAMESPACES: Final = tuple(f"urn:oasis:names:tc:emergency:cap:{each}" for each in ("1.1", "1.2"))
FEEDS: Final = frozenset({"rss", "feed", "rdf"})
MEDIA_TYPE: Final = "application/cap+xml"
REFERENCE: Final = re.compile(r'(?:[^\s"]|"[^"]*")+')
"""CAP 1.2, section 3.2.1, `references`: triples that white space parts, where quotes hold none."""
READ: Final = frozenset({"alert", "update", "cancel"})
"""Of `msgType`: acknowledgements and errors are between the machines."""


@dataclass(frozen=True, slots=True)
class _Piece:
    """An entry of a feed of alerts, or a whole answer that is no feed."""

    alerts: tuple[etree._Element, ...]
    url: str
    """Where it can be read; "" = nowhere."""
    digest: str = ""


@dataclass(frozen=True, slots=True, order=True)
class _Named:
    """A message, as it and others name it: the earliest of several is the least."""

    sent: datetime
    key: str
    """Of the form "sender,identifier"."""


@dataclass(frozen=True, slots=True)
class _Message:
    """One alert."""

    named: _Named
    references: tuple[_Named, ...]
    alert: etree._Element
    piece: _Piece


def parse_cap(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The alerts of an answer as reports, oldest first; what a feed only points to as links.

    Only status Actual is read. A report's id is "sender,identifier" of the earliest message among
    its own and those that `references` lead to. An update that names only another update, which
    is not in this answer, begins a report of its own. A cancellation takes its report back.

    Raises:
        Unreadable: neither an alert nor a feed of alerts.
    """
    text = decoded(capture).strip()
    if not text:
        raise Unreadable("the answer is empty")
    document = read_xml(text, "alert", "entry", "item")
    if problem := _instead(document):
        raise Unreadable(problem)
    trouble = [f"not read to its end: {document.broken}"] if document.broken else []
    pieces, messages = list(_pieces(capture, document)), list[_Message]()
    for piece in pieces:
        for alert in piece.alerts:
            try:
                messages.append(_message(source, alert, piece))
            except Unreadable as reason:
                trouble.append(str(reason))
    if lost := sum(not each.alerts and not each.url for each in pieces):
        trouble.append(f"{lost} entries neither hold an alert nor say where it is")
    first = _firsts(messages)
    return Parsed(
        reports=tuple(
            _report(source, each, first[each.named.key])
            for each in sorted(messages, key=lambda each: each.named)
            if _is_news(each.alert)
        ),
        links=tuple(
            Link(url=each.url, digest=each.digest, kind="cap")
            for each in pieces
            if each.url and not each.alerts and each.digest not in known
        ),
        known=known.intersection(each.digest for each in pieces),
        trouble=tuple(trouble),
    )


def _instead(document: Xml) -> str:
    """What a document is that holds no alerts; "" = it may hold some."""
    if document.root == "html":
        return "a web page (HTML), no alert: give the address of the CAP file, or of their feed"
    if document.broken and not document.elements:
        return f"broken before the end of its first alert: {document.broken}"
    if document.root in FEEDS or any(map(_is_alert, document.elements)):
        return ""
    if document.root == "alert":
        return f"an alert of another kind than CAP 1.1 and 1.2: {document.namespace[:80]!r}"
    return f"XML, but neither an alert nor a feed: its outermost element is <{document.root[:40]}>"


def _is_alert(element: etree._Element) -> bool:
    return name_of(element) == "alert" and namespace_of(element) in NAMESPACES


def _pieces(capture: Capture, document: Xml) -> Iterator[_Piece]:
    if document.root not in FEEDS:
        yield _Piece(tuple(filter(_is_alert, document.elements)), absolute(capture.url, ""))
        return
    for entry in document.elements:
        if name_of(entry) != "alert":
            said = (words(entry, name) for name in ("id", "guid", "updated", "pubDate"))
            url = _address(capture, entry)
            yield _Piece(
                tuple(filter(_is_alert, entry.iterdescendants("{*}alert"))),
                url,
                hashlib.sha256("\n".join([*said, url]).encode()).hexdigest(),
            )


def _address(capture: Capture, entry: etree._Element) -> str:
    """Where an entry's alert is: of its links the one to CAP, else the one to itself."""
    links = [*children(entry, "link"), *children(entry, "enclosure")]
    links.sort(
        key=lambda link: (
            link.get("type") != MEDIA_TYPE,
            link.get("rel", "alternate") != "alternate",
        )
    )
    stated = (link.get("href") or link.get("url") or text_of(link) for link in links)
    return next(filter(None, (absolute(capture.url, each) for each in stated if each)), "")


def _message(source: Source, alert: etree._Element, piece: _Piece) -> _Message:
    key = f"{words(alert, 'sender')},{words(alert, 'identifier')}"
    sent, _ = parse_date(words(alert, "sent"), source.timezone)
    if key.startswith(",") or key.endswith(",") or sent is None:
        raise Unreadable("an alert without its sender, its identifier or the time it was sent")
    references = list[_Named]()
    for triple in REFERENCE.findall(words(alert, "references")):
        match triple.replace('"', "").split(","):
            case [sender, identifier, moment]:
                earlier = parse_date(moment, source.timezone)[0] or sent
                references.append(_Named(earlier, f"{sender},{identifier}"))
    return _Message(_Named(sent, key), tuple(references), alert, piece)


def _firsts(messages: Iterable[_Message]) -> dict[str, str]:
    """Of each message the earliest that its references lead to, by way of others of these."""
    firsts = dict[str, _Named]()
    for message in sorted(messages, key=lambda each: each.named):
        # What it refers to was sent before it, so that where that leads is known by now.
        led_to = (firsts.get(each.key, each) for each in message.references)
        firsts[message.named.key] = min([message.named, *led_to])
    return {key: first.key for key, first in firsts.items()}


def _is_news(alert: etree._Element) -> bool:
    """Whether it is meant: no exercise, no test, no draft."""
    actual = words(alert, "status").lower() == "actual"
    kind = words(alert, "msgType").lower()
    said = any(words(info, "description") or words(info, "headline") for info in _infos(alert))
    return actual and kind in READ and (said or kind == "cancel")


def _infos(alert: etree._Element) -> list[etree._Element]:
    return list(children(alert, "info"))


def _report(source: Source, message: _Message, first: str) -> Report:
    alert = message.alert
    kind = words(alert, "msgType").lower()
    infos = _in_one_language(_infos(alert), source.language)
    info = infos[0] if infos else alert
    blocks = [from_html(text_of(each, "description")) for each in infos]
    areas = [words(area, "areaDesc") for each in infos for area in children(each, "area")]
    blocks.append("; ".join(dict.fromkeys(filter(None, areas))))
    sent = message.named.sent
    return Report(
        source=source.id,
        id=first,
        title=words(info, "headline") or words(info, "event"),
        text="" if kind == "cancel" else "\n\n".join(dict.fromkeys(filter(None, blocks))),
        url=absolute(words(info, "web"), "") or message.piece.url,
        published=sent,
        modified=sent,  # every message is a version of its own
        stated_date=words(alert, "sent"),
        language=stated_language(words(info, "language")),
        withdrawn=kind == "cancel",
        versioned=True,
    )


def _in_one_language(infos: list[etree._Element], wanted: str) -> list[etree._Element]:
    """The blocks in the source's language, else in English, else in that of the first one.

    A block without a language is in English by the standard (3.2.2), and often is not: its words
    tell. It is never preferred to one that says so.
    """
    of_each = [words(info, "language").lower().partition("-")[0] for info in infos]
    preferred = (wanted.lower().partition("-")[0], "en", *of_each)
    language = next((each for each in preferred if each in of_each), "")
    return [info for info, own in zip(infos, of_each, strict=True) if own == language]


KIND: Final = Kind(parse=parse_cap)
