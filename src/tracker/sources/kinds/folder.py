"""Folders of files to reports: statements as they are saved, mailed or written down by hand.

Which files there are, and which of them are new, is found by `sources/files.py`.
"""

import email
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.errors import CloseBoundaryNotFoundDefect, MessageError
from email.header import decode_header, make_header
from email.message import Message
from typing import Final

from lxml import etree  # type: ignore[import-untyped]  # it ships no types

from tracker.intake import Report, Source
from tracker.sources.capture import FOLDER, Capture, Unreadable, is_remote
from tracker.sources.dates import parse_date
from tracker.sources.kind import Kind, Parsed
from tracker.sources.kinds import page
from tracker.sources.kinds.page_text import text_of_html
from tracker.sources.language import stated_language
from tracker.sources.text import decoded, from_html, one_line, paragraphs, without_controls

LONGEST_TITLE: Final = 150
"""Characters of a first line that still is a headline."""
LONGEST_FRONT_MATTER: Final = 16 * 1024
LONGEST_MARKDOWN: Final = 128 * 1024
"""In characters: hostile markup takes its parser far longer than its length tells."""
LONGEST_HEADER: Final = 2_000
"""Characters of a mail's header that are read; decoding takes far longer than its length tells."""
FIRST_HEADING: Final = re.compile(r"\s*<h1>(.*?)</h1>", re.DOTALL)
FLOWED: Final = re.compile(r"^(?!-- $)(.*) \n", re.MULTILINE)
"""A line of RFC 3676 that goes on in the next."""
NOT_THE_SENDERS: Final = re.compile(r"^>.*$|^-- $(?s:.*)\Z", re.MULTILINE)
"""What a mail quotes of an earlier one, and what stands below its signature mark."""
NOT_THE_SENDERS_MARKUP: Final = etree.XPath(
    ".//blockquote[@type='cite' or contains(@class, 'gmail_quote')]"
    " | .//*[contains(@class, 'gmail_signature') or contains(@class, 'moz-signature')]"
)
"""The same in HTML, as mail programs mark it. What they forward bears another mark."""


def parse_folder(source: Source, capture: Capture, known: frozenset[str]) -> Parsed:
    """The new files of a folder, each of them one report, by name.

    A report's id is what its file states (Message-ID, `id`, canonical address), else the file's
    name: the same name with other words is an edit. Of files that state one id, the newest is
    read. A file that cannot be read is trouble, and is not looked at again until it changes.

    Raises:
        Unreadable: no folder.
    """
    del known  # known files were not even opened
    if capture.content_type != FOLDER:
        raise Unreadable(
            "no folder: `url` must be the path of one; for a single file, set kind to 'page' or "
            "'feed'"
        )
    newest, trouble = dict[str, Report](), list(capture.trouble)
    for file in capture.files:
        name = shown_name(file.url)
        try:
            reports = _reports(source, replace(file, url=name))
        except Unreadable as reason:
            trouble.append(f"{name}: {reason}")
            continue
        for report in reports:
            same = newest.get(report.id, report)
            if _stamp(report) >= _stamp(same):
                # Of several in one file, such as the entries of a live blog, each has its own.
                digest = file.digest if len(reports) == 1 else ""
                newest[report.id] = replace(report, digest=digest)
    told_apart = {report.digest for report in newest.values()}
    return Parsed(
        reports=tuple(newest.values()),
        known=capture.known | {file.digest for file in capture.files} - told_apart,
        trouble=tuple(trouble),
    )


def shown_name(path: str) -> str:
    r"""The name of a file in one line, whatever bytes the file system has in it.

    >>> shown_name("/in/a\n\udcffb.txt")
    'a \\xffb.txt'
    """
    name = re.split(r"[/\\]", path)[-1]
    return one_line(name.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace"))


def _reports(source: Source, file: Capture) -> tuple[Report, ...]:
    ending = file.url[file.url.rindex(".") :].lower()
    if ending in PAGES:
        return page.KIND.parse(source, file, frozenset()).reports
    return (_READERS[ending](source, file),)


def _stamp(report: Report) -> datetime:
    return report.modified or report.published or datetime.min.replace(tzinfo=UTC)


def _plain(source: Source, file: Capture) -> Report:
    """A text: its first line is the headline where it is short and a blank line follows.

    It has no date: when a file was last written says little about when it was published.
    """
    text = without_controls(decoded(file)).strip()
    first, _, rest = text.partition("\n")
    headed = len(first) <= LONGEST_TITLE and rest.lstrip(" \t").startswith("\n")
    return Report(
        source=source.id,
        id=file.url,
        title=one_line(first) if headed else "",
        text=_some(paragraphs(rest if headed else text)),
    )


def _markdown(source: Source, file: Capture) -> Report:
    from markdown_it import MarkdownIt  # noqa: PLC0415 — only when an answer is read

    text = without_controls(decoded(file)).strip()
    if len(text) > LONGEST_MARKDOWN:
        raise Unreadable(f"Markdown of more than {LONGEST_MARKDOWN // 1024} kB")
    stated, body = _front_matter(text)

    def given(*keys: str) -> str:
        values = (stated.get(key) for key in keys)
        return next((one_line(each) for each in values if isinstance(each, str) and each), "")

    markup = MarkdownIt("commonmark").enable("table").render(body)
    heading = FIRST_HEADING.match(markup)
    headline = one_line(from_html(heading[1])) if heading else ""
    title = given("title") or headline
    if heading and title == headline:
        markup = markup[heading.end() :]
    published, updated = given("date", "published"), given("modified", "updated")
    moment, date_only = parse_date(published, source.timezone)
    url = given("url", "link")
    url = url if is_remote(url) else ""
    return Report(
        source=source.id,
        id=given("id") or url or file.url,
        title=title,
        text=_some(text_of_html(markup)),
        url=url,
        published=moment,
        modified=parse_date(updated, source.timezone)[0],
        date_only=date_only,
        stated_date=published or updated,
        language=stated_language(given("language")),
    )


def _front_matter(text: str) -> tuple[dict[str, object], str]:
    """What a Markdown file states before its text, in the file's own words, and its text."""
    import yaml  # type: ignore[import-untyped]  # noqa: PLC0415 — only when an answer is read
    from frontmatter.default_handlers import (  # noqa: PLC0415 — only when an answer is read
        YAMLHandler,
    )

    handler = YAMLHandler()
    if not handler.detect(text):
        return {}, text
    try:
        front, body = handler.split(text)
    except ValueError:
        raise Unreadable("its front matter does not end: close it with a line of ---") from None
    if len(front) > LONGEST_FRONT_MATTER:
        raise Unreadable(f"front matter of more than {LONGEST_FRONT_MATTER // 1024} kB")
    try:
        # It makes no more than texts, lists and tables of what is written there.
        stated = handler.load(front, Loader=yaml.BaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1})" if mark else ""
        raise Unreadable(f"its front matter is no YAML{where}") from None
    if not isinstance(stated, dict):
        raise Unreadable("its front matter is no table: write one `key: value` a line")
    return {str(key).lower(): value for key, value in stated.items()}, body


def _mail(source: Source, file: Capture) -> Report:
    try:
        # Under the newer policies, one hostile header costs the whole mail.
        return _letter(source, file, email.message_from_bytes(file.content))
    except Unreadable:
        raise
    except Exception as error:  # on garbled mail it raises nearly anything
        raise Unreadable(f"a garbled mail: {one_line(str(error))}") from error


def _letter(source: Source, file: Capture, message: Message) -> Report:
    # Of several the first counts.
    stated = reversed([*message.raw_items()])
    headers = {name.lower(): _as_sent(value) for name, value in stated}
    date, mail_id = headers.get("date", ""), headers.get("message-id", "").strip("<>")
    if not headers.keys() & {"message-id", "date", "subject", "from"}:
        raise Unreadable("no mail: it has none of a mail's headers")
    parts = [*message.walk()]
    texts = (
        _words(file, part)
        for subtype in ("plain", "html")
        for part in parts
        if part.get_content_type() == f"text/{subtype}"
        and part.get_content_disposition() != "attachment"
        and not part.get_filename()
    )
    return Report(
        source=source.id,
        id=mail_id or file.url,
        title=_headline(headers.get("subject", "")),
        text=_some(next(filter(None, texts), "")),
        published=parse_date(date, source.timezone)[0],
        stated_date=date,
        language=stated_language(headers.get("content-language")),
        whole=not any(
            isinstance(defect, CloseBoundaryNotFoundDefect)
            for part in parts
            for defect in part.defects
        ),
    )


def _as_sent(value: object) -> str:
    """A header in one line; some programs put UTF-8 there as it is."""
    start = str(value)[:LONGEST_HEADER]
    return one_line(start.encode("utf-8", "surrogateescape").decode("utf-8", "replace"))


def _headline(subject: str) -> str:
    """The words of RFC 2047: "=?utf-8?Q?Cape_Lorn?="."""
    try:
        return one_line(str(make_header(decode_header(subject))))
    except (LookupError, ValueError, MessageError):
        return subject


def _words(file: Capture, part: Message) -> str:
    payload = part.get_payload(decode=True)
    content = payload if isinstance(payload, bytes) else b""
    charset = one_line(part.get_content_charset() or "")
    text = without_controls(decoded(replace(file, content=content, charset=charset)))
    if part.get_content_subtype() == "html":
        return text_of_html(text, without=NOT_THE_SENDERS_MARKUP)
    if str(part.get_param("format")).lower() == "flowed":
        text = FLOWED.sub(r"\1 ", text)
    return paragraphs(NOT_THE_SENDERS.sub("", text))


def _some(text: str) -> str:
    if not text:
        raise Unreadable("there is no text in it")
    return text


PAGES: Final = frozenset({".html", ".htm"})
_READERS: Final[dict[str, Callable[[Source, Capture], Report]]] = {
    ".txt": _plain,
    ".md": _markdown,
    ".eml": _mail,
}
ENDINGS: Final = PAGES | _READERS.keys()
"""Of the files that are read, in lower case: no other file of a folder is even opened."""

KIND: Final = Kind(parse=parse_folder, options=page.PageOptions)
