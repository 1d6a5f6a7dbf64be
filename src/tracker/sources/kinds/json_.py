"""JSON of any shape to reports, by paths (JMESPath) to the parts of its items.

Where the items of known APIs have these is in `presets.py`, how a number becomes a figure in
`stated.py`. Nothing is read that no path leads to.
"""

import json
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from tracker.intake import Report, Source
from tracker.model import Measure
from tracker.sources.capture import Capture, Unreadable, absolute
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Link, Parsed
from tracker.sources.kinds.digest import digest_of
from tracker.sources.kinds.document import read_document, search, shortened
from tracker.sources.kinds.json_options import JsonOptions, address, is_api, options_of
from tracker.sources.kinds.page_text import text_of_html
from tracker.sources.kinds.stated import Stated, number_of_people, with_figures
from tracker.sources.language import stated_language
from tracker.sources.text import BLOCKS, from_html, one_line

BLOCK: Final = re.compile(rf"<(?:{BLOCKS.pattern}|br|script|style|!--)\b|<!--", re.IGNORECASE)
EPOCH: Final = re.compile(r"\d{10}|\d{13}")
MILLISECONDS: Final = 100_000_000_000
"""From here on a moment counts these: as seconds it would be in the year 5138."""


def parse_json(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The items of a document, in its order: reports, or links where they only lead to reports.

    A report's id is the item's id, else its link, else its date and title, else a digest of all
    that is read of it. Of several items with one id, the newest is read.

    Raises:
        Unreadable: no JSON, or no list where the items should be.
    """
    del known
    options = options_of(source)
    document = read_document(capture, "give the address of the API, or set kind to 'page'")
    items = _items(document, options)
    read = [_Reading(source, capture.url, options, item) for item in items]
    if options.known.leads:
        links = {link.digest: link for each in read if (link := each.link())}
        return Parsed(links=tuple(links.values()), trouble=_trouble(options, read, 0))
    newest, twice = dict[str, Report](), 0
    for each in read:
        report = each.report()
        if report is None:
            continue
        same = newest.get(report.id)
        twice += same is not None and same != report
        if same is None or _stamp(report) > _stamp(same):
            newest[report.id] = report
    return Parsed(reports=tuple(newest.values()), trouble=_trouble(options, read, twice))


def _stamp(report: Report) -> datetime:
    return report.modified or report.published or datetime.min.replace(tzinfo=UTC)


def _items(document: object, options: JsonOptions) -> list[object]:
    path = options.paths.items
    try:
        items = search(path, document) if path else document
    except ValueError as error:
        raise Unreadable(f"items: {error}") from None
    if isinstance(items, list):
        return items
    said = search("message || error.message || error.info || error || errors[0]", document)
    if isinstance(said, str) and said.strip():
        raise Unreadable(f"no list of items; it says: {shortened(from_html(said))}")
    keys = ", ".join(document) if isinstance(document, dict) else ""
    what = f"no list at {path!r}" if path else "no list"
    there = f"; at its top there is: {shortened(keys)}" if keys else ""
    raise Unreadable(f"JSON, but {what}: set `items` to the path of one{there}")


def _trouble(options: JsonOptions, read: Sequence["_Reading"], twice: int) -> tuple[str, ...]:
    """One line for each field that was not understood: how often, and the first of it."""
    misread = [each for reading in read for each in reading.misread]
    often = Counter(key for key, _ in misread)
    first = dict(reversed(misread))
    lines = [f"{key}: {first[key]} ({_count(number)})" for key, number in often.items()]
    stated = set[str]().union(*(reading.measures for reading in read))
    for measure, path in options.numbers.items() if read else ():
        if measure not in stated and f"numbers.{measure}" not in first:
            lines.append(f"numbers.{measure}: no item has anything at {path!r}")
    if twice:
        lines.append(f"id: the same as that of another item ({_count(twice)}): set `id`")
    return tuple(lines)


def _count(number: int) -> str:
    return "1 item" if number == 1 else f"{number} items"


@dataclass(slots=True)
class _Reading:
    """One item as it is read, and what of it was not understood: each key with why."""

    source: Source
    base: str
    options: JsonOptions
    item: object
    misread: list[tuple[str, str]] = field(default_factory=list)
    measures: set[str] = field(default_factory=set)
    """Those of which it states a number."""

    def report(self) -> Report | None:
        """The report, or None where nothing is said."""
        paths, preset = self.options.paths, self.options.known
        title, link = self.line("title", paths.title), self.line("link", paths.link)
        text = self.text("text", paths.text)
        whole = bool(text or not preset.teaser)
        text = text or self.text("text", preset.teaser)
        published, is_day, words = self.date("published", paths.published)
        of_day = self.line("published", preset.day)[:10]
        day, _ = parse_date(of_day, "UTC")
        if day and (published is None or published > day):
            published, is_day, words = day, True, of_day
        modified, modified_is_day, modified_words = self.date("modified", paths.modified)
        if published is None and not words:
            published, is_day, words = modified, modified_is_day, modified_words
        url = absolute(self.base, link) if link else ""
        report = Report(
            source=self.source.id,
            id=self.id() or url or link or one_line(f"{words} {title}"),
            title=title,
            text=text,
            url=url,
            published=published,
            modified=modified,
            date_only=is_day,
            stated_date=words,
            language=stated_language(self.line("item_language", paths.language)),
            whole=whole,
            figures=None if preset.tolls else (),
        )
        if self.options.numbers:
            report = with_figures(report, self.numbers(), self.line("issuer", paths.issuer))
        if not (report.title or report.text):
            if not self.options.numbers and not self.misread:
                self.misread.append(("items", "neither title nor text where the paths lead"))
            return None
        return report if report.id else replace(report, id=digest_of(report.text))

    def link(self) -> Link | None:
        """The page that an item leads to."""
        paths = self.options.paths
        url = absolute(self.base, self.line("link", paths.link))
        if not url:
            self.misread.append(("link", "no web address"))
            return None
        said = url, self.line("title", paths.title), self.line("published", paths.published)
        return Link(url=url, digest=digest_of(*said))

    def id(self) -> str:
        ids = self.line("id", self.options.known.ids)
        return min(filter(None, ids.split(",")), default="") or self.line(
            "id", self.options.paths.id
        )

    def numbers(self) -> list[Stated]:
        stated = []
        for measure, path in self.options.numbers.items():
            value = self.value(f"numbers.{measure}", path)
            try:
                number = number_of_people(value)
            except ValueError as error:
                self.misread.append((f"numbers.{measure}", f"{_shown(value)} is {error}"))
                continue
            if number is not None:
                self.measures.add(measure)
                name = one_line(path)
                stated.append(Stated(Measure(measure), name, one_line(str(value)), number))
        return stated

    def value(self, key: str, path: str) -> object:
        if not path:
            return None
        try:
            return search(path, self.item)
        except ValueError as error:
            self.misread.append((key, str(error)))
            return None

    def line(self, key: str, path: str) -> str:
        """What is there, in one line; "" = nothing."""
        value = self.value(key, path)
        match value:
            case None | bool():
                return ""
            case str():
                return one_line(from_html(value) if key == "title" else value)
            case int() | float():
                return str(value)
            case _:
                self.misread.append((key, f"{_shown(value)} is no text"))
                return ""

    def text(self, key: str, path: str) -> str:
        """What is there as paragraphs, be it one text or a list of them."""
        value = self.value(key, path)
        parts = value if isinstance(value, list) else [value]
        if any(not isinstance(part, str | None) for part in parts):
            self.misread.append((key, f"{_shown(value)} is no text"))
        texts = (_paragraphs(part) for part in parts if isinstance(part, str))
        return "\n\n".join(text for text in texts if text)

    def date(self, key: str, path: str) -> tuple[datetime | None, bool, str]:
        """The moment, whether it is a date alone, and what is written there."""
        words = self.line(key, path)
        if not words:
            return None, False, ""
        if EPOCH.fullmatch(words) or isinstance(self.value(key, path), int | float):
            moment, is_day = _since_epoch(float(words)), False
        else:
            zone = self.options.known.timezone or self.source.timezone
            moment, is_day = parse_date(words, zone)
        if moment is None:
            self.misread.append((key, f"{_shown(words)} is no date that is understood"))
        return moment, is_day, words


def _since_epoch(number: float) -> datetime | None:
    seconds = number / 1000 if abs(number) >= MILLISECONDS else number
    try:
        return datetime.fromtimestamp(0, UTC) + timedelta(seconds=seconds)
    except (ValueError, OverflowError):
        return None


def _paragraphs(text: str) -> str:
    """The text of HTML, or of plain text (Markdown) that has a tag here and there.

    In the latter, blank lines part the paragraphs; in HTML they are nothing.
    """
    if BLOCK.search(text):
        return text_of_html(text)
    parts = (from_html(part) for part in re.split(r"\n[ \t]*\n", text))
    return "\n\n".join(part for part in parts if part)


def _shown(value: object) -> str:
    match value:
        case dict():
            return "an object"
        case list():
            return "a list"
        case _:
            return shortened(json.dumps(value, ensure_ascii=False))


KIND: Final = Kind(parse=parse_json, options=JsonOptions, address=address, is_api=is_api)
