r"""Bytes and markup to plain text: encodings, entities, paragraphs.

Text stays as it was published but for this: control characters other than newline and tab are
removed (C0, DEL and C1, so terminal escapes lose their ESC), and so are halves of surrogate
pairs; white space is folded, and paragraphs are parted by exactly one blank line. Finding the
article on a web page is not done here (`page.py`).
"""

import codecs
import html
import re
from html.parser import HTMLParser
from typing import Final

from charset_normalizer import from_bytes

from tracker.sources.capture import Capture

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark is a prefix of this one
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
DECLARED: Final = re.compile(
    rb"""(?:<\?xml[^>]{0,200}?encoding|<meta[^>]{0,200}?charset)\s*=\s*["']?\s*([\w.:-]+)""",
    re.IGNORECASE,
)
CONTROLS: Final = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
TAG: Final = re.compile(r"<[a-zA-Z/!?]")
SENTENCE_ENDS: Final = re.compile('(?<=[.!?:…"\u201d\u2019»)])[ \t]*\n')
UNCLOSED: Final = re.compile(r"<(?=[^<>]*+(?:<|\Z))")
MOST_UNCLOSED: Final = 20
"""Signs that may be no tags: for each, the rest of the text may be searched for an end."""
SILENT: Final = frozenset({"script", "style", "template", "noscript", "head", "svg", "iframe"})
BLOCKS: Final = re.compile(
    "address|article|aside|blockquote|caption|dd|div|dl|dt|figcaption|figure|footer|form|h[1-6]"
    "|header|hr|li|main|nav|ol|p|pre|section|table|td|th|tr|ul"
)


def decoded(capture: Capture) -> str:
    """The text of a capture.

    A byte order mark decides, then the HTTP charset, then the document's own declaration, then
    UTF-8: the first under which every byte makes sense. If none does, the encoding is guessed
    from the letters.
    """
    content = capture.content
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, "replace").removeprefix("\ufeff")
    declared = DECLARED.search(content[:4096])
    claims = [capture.charset or "", declared[1].decode("ascii", "replace") if declared else ""]
    if claims[1] and claims[0].lower() in {"iso-8859-1", "latin-1", "us-ascii"}:
        # What old servers claim of every text that they know nothing about.
        claims.reverse()
    for encoding in (*claims, "utf-8"):
        try:
            return content.decode(_as_browsers_do(encoding))
        except UnicodeDecodeError as error:
            # Cut off within its last letter, where letters before it have shown what it is.
            arrived = content[: error.start]
            if error.end == len(content) and not arrived.isascii():
                return arrived.decode(_as_browsers_do(encoding))
        except (LookupError, ValueError):  # a name may hold a NUL
            continue
    guess = from_bytes(content).best()
    return str(guess) if guess else content.decode("windows-1252", "replace")


def _as_browsers_do(encoding: str) -> str:
    """Latin-1 on the web has always meant windows-1252; no other name needs translating."""
    name = encoding.strip().lower()
    return "windows-1252" if name in {"iso-8859-1", "latin-1"} else name


def without_controls(text: str) -> str:
    """The text with unified line ends and without control characters (newline and tab stay)."""
    return CONTROLS.sub("", text.replace("\r\n", "\n").replace("\r", "\n"))


def one_line(text: str) -> str:
    r"""A headline: no control characters, white space folded.

    >>> one_line(" Toll\n rises ")
    'Toll rises'
    """
    return " ".join(without_controls(text).split())


def paragraphs(text: str) -> str:
    """Plain text with its paragraphs parted by one blank line.

    A single line end parts them too where it follows the end of a sentence; elsewhere it is
    only where somebody's editor wrapped the line.
    """
    parted = SENTENCE_ENDS.sub("\n\n", without_controls(text))
    folded = (" ".join(paragraph.split()) for paragraph in re.split(r"\n[ \t]*\n", parted))
    return "\n\n".join(paragraph for paragraph in folded if paragraph)


def from_html(markup: str) -> str:
    r"""The text of a fragment of HTML, paragraphs parted by one blank line.

    >>> from_html("<p>Five &amp; six</p><script>no</script>seven")
    'Five & six\n\nseven'
    """
    if not TAG.search(markup):
        return paragraphs(html.unescape(markup))
    reader = _Reader()
    reader.feed(_with_ends(markup))
    reader.close()
    return paragraphs("".join(reader.words))


def _with_ends(markup: str) -> str:
    """Markup of which no more than a few tags, and no comments, have no end.

    The library's time for those grows with the square of the text: a minute for 100 KB.
    """
    if len(UNCLOSED.findall(markup)) > MOST_UNCLOSED:
        markup = UNCLOSED.sub("&lt;", markup)
    closed = markup.rfind("-->") + 1
    if markup.find("<!--", closed) < 0:
        return markup
    return markup[:closed] + markup[closed:].replace("<!--", "&lt;!--")


class _Reader(HTMLParser):
    """Collects words; a block element becomes a blank line, other white space one blank."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.words: list[str] = []
        self.silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        if tag in SILENT:
            self.silent += 1
        self.part(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        del attrs
        self.part(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in SILENT:
            self.silent = max(0, self.silent - 1)
        if tag != "br":
            self.part(tag)

    def parse_marked_section(self, i: int, report: int = 1) -> int:
        # The library stops with an assertion at "<![…" of an unknown kind; browsers pass over it.
        return self.parse_bogus_comment(i, bool(report))

    def part(self, tag: str) -> None:
        if BLOCKS.fullmatch(tag):
            self.words.append("\n\n")
        elif tag == "br":
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self.silent:
            self.words.append(re.sub(r"\s+", " ", data))
