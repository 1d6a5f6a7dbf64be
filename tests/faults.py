"""What can go wrong with an answer: a table of faults, each as the bytes that go over the wire.

Pure: who says it, to whom and when is in `hostile.py`. What a fault spoils holds a
*poison*, a report with a number of its own that looks like any other: wherever that number turns
up, something was believed that never was whole.
"""

import gzip
import json
import zlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime
from enum import Enum, auto
from functools import cache
from typing import Final
from xml.sax.saxutils import escape

import brotli

from tracker.health import Cause
from tracker.model import utc_text

FORBIDDEN: Final = "127.0.0.9"
"""An address that sources may not be on."""
UNPACKED: Final = 256
"""What a bomb comes to, in MB."""


# --- what is published -------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """A report in one version."""

    report: str
    """The id by which the log knows it."""
    guid: str
    number: int
    date: str
    link: str
    title: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """How an outlet writes its reports."""

    write: Callable[[Sequence[Item]], bytes]
    media: str
    """What it says that this is; the charset in it may be a lie."""
    kind: str = "feed"
    language: str = "en"
    title: str = "Ferry accident off the cape"
    text: str = "The death toll of the ferry accident has risen to {}, the coast guard said."
    date: Callable[[datetime], str] = format_datetime
    teasers: bool = False
    """What counts is on the pages that it points to."""
    twins: bool = False
    """Two reports at a time share a guid."""
    edits: bool = True
    """Of what it lists; each page that it points to has edits of its own."""


def rss(
    encoding: str, declared: str | None = None, *, teasers: bool = False
) -> Callable[[Sequence[Item]], bytes]:
    def write(items: Sequence[Item]) -> bytes:
        told = "".join(
            f"<item><guid isPermaLink='false'>{escape(each.guid)}</guid>"
            f"<title>{escape(each.title)}</title>"
            + (f"<link>{escape(each.link)}</link>" if each.link else "")
            + (f"<pubDate>{each.date}</pubDate>" if each.date else "")
            + f"<description>{'A ferry has sunk …' if teasers else escape(each.text)}</description>"
            "</item>\n"
            for each in items
        )
        claim = f' encoding="{declared}"' if declared else ""
        feed = (
            f'<?xml version="1.0"{claim}?>\n<rss version="2.0"><channel><title>Outlet</title>\n'
            f"{told}</channel></rss>\n"
        )
        return feed.encode(encoding)

    return write


def atom(items: Sequence[Item]) -> bytes:
    told = "".join(
        f"<entry><id>{escape(each.guid)}</id><title>{escape(each.title)}</title>"
        f"<updated>{each.date}</updated><content>{escape(each.text)}</content></entry>\n"
        for each in items
    )
    return (
        f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Outlet</title>\n{told}</feed>\n'
    ).encode()


def json_feed(items: Sequence[Item]) -> bytes:
    told = [
        {
            "id": each.guid,
            "title": each.title,
            "content_text": each.text,
            "date_published": each.date,
        }
        for each in items
    ]
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "Outlet", "items": told}
    return json.dumps(feed, ensure_ascii=False).encode()


def page(items: Sequence[Item]) -> bytes:
    """The first of them."""
    item = items[0]
    return (
        f'<!DOCTYPE html><html lang="en"><head><title>{escape(item.title)}</title>'
        f'<link rel="canonical" href="{escape(item.guid)}">'
        f'<meta property="article:published_time" content="{item.date}"></head>'
        f"<body><article><h1>{escape(item.title)}</h1>"
        "<p>Boats and volunteers from the villages along the shore searched the waters off the "
        f"cape through the night, and went on in the morning.</p><p>{escape(item.text)}</p>"
        "<p>The search will go on for as long as the weather permits, and as long as there is "
        "hope for anybody who was on board.</p></article></body></html>"
    ).encode()


RSS: Final = Form(write=rss("utf-8"), media="application/rss+xml")
ATOM: Final = Form(write=atom, media="application/atom+xml", date=utc_text)
JSON: Final = Form(write=json_feed, media="application/feed+json", date=utc_text)
PAGE: Final = Form(write=page, media="text/html; charset=utf-8", kind="page", date=utc_text)
TEASERS: Final = Form(
    write=rss("utf-8", teasers=True), media="text/xml; charset=utf-8", teasers=True, edits=False
)
ODD_FORMS: Final = {
    "cyrillic": Form(
        write=rss("windows-1251", "windows-1251"),
        media="text/xml; charset=utf-8",
        title="Паром у мыса Лорн",  # noqa: RUF001 — that is how it is written
        text="The death toll of the ferry «Заря» has risen to {}, the coast guard said.",
    ),
    "hebrew": Form(
        write=rss("iso-8859-8", "ISO-8859-8"),
        media="text/xml; charset=iso-8859-1",
        title="מעבורת טבעה מול כף לורן",
        text="The death toll of the ferry «אור הים» has risen to {}, the coast guard said.",
    ),
    "arabic": Form(
        write=rss("utf-8"),
        media="text/xml; charset=us-ascii",
        title="\u2067غرق عبّارة قبالة رأس لورن\u2069",
        text="The death toll of the ferry “\u200fنور\u200f” has risen to {}, the coast guard said.",
    ),
    "utf-16": Form(write=rss("utf-16", "utf-8"), media="text/xml; charset=windows-1252"),
    "no charset": Form(write=rss("utf-8"), media="text/xml; charset=x-none-such"),
    "undated": Form(write=rss("utf-8"), media="text/xml", date=lambda _: ""),
    "1970": Form(
        write=rss("utf-8"), media="text/xml", date=lambda _: "Thu, 01 Jan 1970 00:00:00 GMT"
    ),
    "2087": Form(
        write=rss("utf-8"), media="text/xml", date=lambda _: "Wed, 01 Jan 2087 00:00:00 GMT"
    ),
    "nonsense dates": Form(
        write=rss("utf-8"), media="text/xml", date=lambda _: "32 Brumaire 99:99"
    ),
    "twins": Form(write=rss("utf-8"), media="text/xml", twins=True),
}  # fmt: skip
"""Texts, encodings and dates that are whole and yet a trap."""
UNREAD: Final = Form(
    write=rss("windows-1256", "windows-1256"),
    media="text/xml",
    language="ar",
    edits=False,
    title="غرق عبارة قبالة رأس لورن",
    text="ارتفعت حصيلة ضحايا العبارة إلى {} قتيلا.",
)
"""In a language that is not read: its words are set aside."""


# --- how it is said ----------------------------------------------------------------------------


class End(Enum):
    """What becomes of the connection."""

    KEEP = auto()
    CLOSE = auto()
    RESET = auto()
    HANG = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """An answer as it goes out."""

    pieces: tuple[bytes, ...] = ()
    pause: float = 0
    """Seconds between two of them."""
    end: End = End.KEEP
    told: frozenset[Item] = frozenset()
    """The reports that whoever asks has whole, then."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """What an outlet would say now if nothing went wrong, and what there is to spoil it."""

    form: Form
    items: tuple[Item, ...]
    told: frozenset[Item]
    """What of it counts."""
    poison: Item
    tag: str
    now: datetime
    later: datetime
    """When it may be asked again."""
    trap: str = ""
    """A place on the forbidden address."""

    @property
    def body(self) -> bytes:
        return self.form.write(self.items)

    @property
    def poisoned(self) -> bytes:
        """The poison is whole in it, and what comes after it is long enough to be cut."""
        return self.form.write([self.poison, *self.items]) + b" " * 2000

    def http(
        self,
        body: bytes,
        *headers: str,
        status: str = "200 OK",
        tag: str | None = None,
        media: str | None = None,
        length: int | None = None,
    ) -> bytes:
        lines = (
            f"HTTP/1.1 {status}",
            f"Content-Type: {media or self.form.media}",
            f"Content-Length: {len(body) if length is None else length}",
            f'ETag: "{tag or self.poison.guid}"',
        )
        return head(*lines, *headers) + body

    def spoiled(self, *headers: str, status: str = "200 OK") -> Script:
        """All of it arrives, and yet it is no answer."""
        return Script(pieces=(self.http(self.poisoned, *headers, status=status),))

    def cut(self, *, end: End) -> Script:
        """It ends in the middle, after the poison."""
        said = self.http(self.poisoned)
        half = len(said) - 1500
        return Script(pieces=(said[: half // 2], said[half // 2 : half]), end=end)

    def without_length(
        self, body: bytes, tag: str, *, end: End, told: frozenset[Item] = frozenset()
    ) -> Script:
        """Its end is that of the connection."""
        lines = ("HTTP/1.0 200 OK", f"Content-Type: {self.form.media}", f'ETag: "{tag}"')
        return Script(pieces=(head(*lines), body), end=end, told=told)


def head(*lines: str) -> bytes:
    return ("\r\n".join(lines) + "\r\n\r\n").encode()


def chunked(body: bytes, size: int = 700) -> bytes:
    chunks = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(b"%x\r\n%b\r\n" % (len(each), each) for each in chunks) + b"0\r\n\r\n"


def chunks_of(whole: Whole, body: bytes) -> bytes:
    return head(
        "HTTP/1.1 200 OK",
        f"Content-Type: {whole.form.media}",
        "Transfer-Encoding: chunked",
        f'ETag: "{whole.poison.guid}"',
    ) + chunked(body)


SOUND: Final[dict[str, Callable[[Whole], Script]]] = {
    "plain": lambda whole: Script(
        pieces=(whole.http(whole.body, tag=whole.tag),), told=whole.told
    ),
    "chunked": lambda whole: Script(
        pieces=(
            head(
                "HTTP/1.1 200 OK",
                f"Content-Type: {whole.form.media}",
                f'ETag: "{whole.tag}"',
                "Transfer-Encoding: chunked",
            ),
            chunked(whole.body),
        ),
        told=whole.told,
    ),
    "gzip": lambda whole: packed(whole, "gzip", gzip.compress(whole.body)),
    "deflate": lambda whole: packed(whole, "deflate", zlib.compress(whole.body)),
    "brotli": lambda whole: packed(whole, "br", brotli.compress(whole.body, quality=4)),
    "hints first": lambda whole: Script(
        pieces=(
            head("HTTP/1.1 103 Early Hints", "Link: </style.css>; rel=preload"),
            whole.http(whole.body, tag=whole.tag),
        ),
        told=whole.told,
    ),
    "long headers": lambda whole: Script(
        pieces=(
            whole.http(
                whole.body, *(f"X-Policy-{n}: {'x' * 5000}" for n in range(20)), tag=whole.tag
            ),
        ),
        told=whole.told,
    ),
    "without length": lambda whole: whole.without_length(
        whole.body, whole.tag, end=End.CLOSE, told=whole.told
    ),
}  # fmt: skip
"""Ways of answering that are whole, by what they are called."""


def packed(whole: Whole, packing: str, body: bytes) -> Script:
    said = whole.http(body, f"Content-Encoding: {packing}", tag=whole.tag)
    return Script(pieces=(said,), told=whole.told)


# --- what goes wrong ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """One way to answer badly."""

    strike: Callable[[Whole], Script]
    causes: tuple[Cause, ...] = (Cause.OUTAGE,)
    """As what it may be told; (): what is whole in it is read."""
    forms: tuple[Form, ...] = (RSS, ATOM, JSON, PAGE)
    """Of the outlets that have it."""
    slow: bool = False
    """It keeps whoever asks waiting until he loses his patience."""


def drips(whole: Whole) -> Script:
    start, rest = whole.http(whole.poisoned)[:-2000], b" " * 2000
    return Script(pieces=(start, *(rest[n : n + 1] for n in range(2000))), pause=0.3, end=End.HANG)


def too_short(whole: Whole) -> Script:
    """The length that HTTP has is that of a beginning: what comes after it belongs to nothing.

    It comes a moment later: in one piece with the body, it may be taken for no HTTP at all.
    """
    body, told = cut_inside(whole)
    rest = whole.form.write([whole.poison])
    return Script(
        pieces=(whole.http(body, tag=whole.tag), rest), pause=0.1, told=told, end=End.CLOSE
    )


def cut_off(whole: Whole) -> Script:
    """By HTTP it is whole, and its tag is that of all of it."""
    body, told = cut_inside(whole)
    return Script(pieces=(whole.http(body, tag=whole.tag),), told=told)


def ends_too_soon(whole: Whole) -> Script:
    """Without a length, nobody can tell by HTTP."""
    body, told = cut_inside(whole)
    return whole.without_length(body, whole.tag, end=End.CLOSE, told=told)


def cut_inside(whole: Whole) -> tuple[bytes, frozenset[Item]]:
    """What arrives of it, and the reports that do: all but the newest, or but the poison."""
    items = whole.items[::-1]
    if whole.form.kind == "page":
        return cut_after(whole.form, items), frozenset()
    if len(items) < 2:
        items = (*items, whole.poison)
    return cut_after(whole.form, items), whole.told - {items[-1]}


def cut_after(form: Form, items: Sequence[Item]) -> bytes:
    """Cut in the middle of the last, its number included."""
    body, last = form.write(items), items[-1]
    mark = (last.guid if form.teasers else last.text[:-12]).encode()
    return body[: body.rindex(mark) + len(mark)]


def second_answer(whole: Whole) -> Script:
    """Unasked, right behind the first, on a connection that stays open."""
    said = whole.http(whole.body, tag=whole.tag) + whole.http(whole.poisoned)
    return Script(pieces=(said,), told=whole.told)


def broken_chunks(whole: Whole) -> Script:
    """All at once: what breaks only after a moment, aiohttp takes for a body that goes on."""
    said = chunks_of(whole, whole.poisoned)
    return Script(pieces=(said[:-900] + b"zz\r\n" + said[-900:],), end=End.CLOSE)


def cut_chunks(whole: Whole) -> Script:
    """Between two chunks, without the last, empty one."""
    said = chunks_of(whole, whole.poisoned)
    return Script(pieces=(said.removesuffix(b"0\r\n\r\n"),), end=End.CLOSE)


def redirects(target: str) -> Callable[[Whole], Script]:
    def strike(whole: Whole) -> Script:
        there = target.format(trap=whole.trap)
        return whole.spoiled(f"Location: {there}", status="302 Found")

    return strike


def throttling(status: str, *, as_date: bool) -> Fault:
    """It says when to come again; until then its whole domain is left alone."""

    def strike(whole: Whole) -> Script:
        seconds = (whole.later - whole.now).total_seconds()
        when = format_datetime(whole.later, usegmt=True) if as_date else f"{seconds:.0f}"
        return whole.spoiled(f"Retry-After: {when}", status=status)

    return Fault(strike=strike, causes=(Cause.THROTTLED, Cause.PAUSED))


def bomb(packing: str) -> Callable[[Whole], Script]:
    def strike(whole: Whole) -> Script:
        body = {"gzip": gzip_bomb, "deflate": deflate_bomb, "br": brotli_bomb}[packing]()
        return Script(pieces=(whole.http(body, f"Content-Encoding: {packing}"),))

    return strike


@cache
def deflate_bomb() -> bytes:
    """Without header: one compressed megabyte of blanks, again and again."""
    packer = zlib.compressobj(9, zlib.DEFLATED, -zlib.MAX_WBITS)
    first = packer.compress(b"<rss><channel>") + packer.flush(zlib.Z_FULL_FLUSH)
    again = packer.compress(b" " * 2**20) + packer.flush(zlib.Z_FULL_FLUSH)
    return first + again * UNPACKED + packer.compress(b"</channel></rss>") + packer.flush()


@cache
def gzip_bomb() -> bytes:
    """Nobody gets as far as the sum at its end."""
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\x03" + deflate_bomb() + bytes(8)


@cache
def brotli_bomb() -> bytes:
    packer = brotli.Compressor(quality=5)
    pieces = [packer.process(b" " * 2**20) for _ in range(UNPACKED)]
    return b"".join([*pieces, packer.finish()])


def cut_gzip(whole: Whole) -> Script:
    body = gzip.compress(whole.poisoned)
    said = whole.http(body[:-20], "Content-Encoding: gzip")
    return Script(pieces=(said,))


def six_megabytes(whole: Whole) -> Script:
    return Script(pieces=(whole.http(whole.poisoned + b" " * (6 * 2**20)),), end=End.CLOSE)


def six_megabytes_in_chunks(whole: Whole) -> Script:
    said = chunks_of(whole, whole.poisoned)
    more = b"%x\r\n%b\r\n" % (2**19, b" " * 2**19)
    return Script(pieces=(said.removesuffix(b"0\r\n\r\n"), *[more] * 12), end=End.CLOSE)


def broken_xml(whole: Whole) -> Script:
    rubbish = b"<item><title>Ferry</titel><p>so & so <b>< /item></item>\n"
    body = whole.body.replace(b"<item>", rubbish + b"<item>", 1)
    return Script(pieces=(whole.http(body, tag=whole.tag),), told=whole.told)


def entities(*declared: str) -> Callable[[Whole], Script]:
    """What is declared before the feed, and is used in it beside its reports."""

    def strike(whole: Whole) -> Script:
        doctype = f"<!DOCTYPE rss [{''.join(declared)}]>".format(trap=whole.trap)
        used = "<item><guid>entity</guid><title>&it;</title><description>&it;</description></item>"
        body = whole.body.replace(b"<rss", doctype.encode() + b"<rss", 1)
        body = body.replace(b"<item>", used.encode() + b"<item>", 1)
        return Script(pieces=(whole.http(body, tag=whole.tag),), told=whole.told)

    return strike


LAUGHS: Final = (
    "<!ENTITY a0 'At least 4999 people died when the ferry sank. '>",
    *(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10}'>" for n in range(1, 10)),
    "<!ENTITY it '&a9;'>",
)
CHALLENGE: Final = (
    b"<!DOCTYPE html><html><head><title>Just a moment...</title></head>"
    b"<body><script>window._cf_chl_opt={}</script></body></html>"
)
XML: Final = (RSS,)
FEEDS: Final = (RSS, ATOM, JSON)

FAULTS: Final[dict[str, Fault]] = {
    # Time-outs.
    "never answers": Fault(strike=lambda _: Script(end=End.HANG), slow=True),
    "drips": Fault(strike=drips, slow=True),
    "stops in the middle": Fault(strike=lambda whole: whole.cut(end=End.HANG), slow=True),
    # Connections.
    # On a connection that was open before it is asked once more, as RFC 9110 (9.2.2) has it.
    "resets at once": Fault(strike=lambda _: Script(end=End.RESET), causes=()),
    "resets in the middle": Fault(strike=lambda whole: whole.cut(end=End.RESET)),
    "resets without length": Fault(
        strike=lambda whole: whole.without_length(
            cut_after(whole.form, [whole.poison]), whole.poison.guid, end=End.RESET
        ),
        causes=(Cause.OUTAGE, Cause.UNREADABLE),
        forms=FEEDS,
    ),
    "hangs up without length": Fault(strike=ends_too_soon, causes=(), forms=FEEDS),
    # Lengths.
    "more length than body": Fault(
        strike=lambda whole: Script(
            pieces=(whole.http(whole.poisoned, length=len(whole.poisoned) + 100),), end=End.CLOSE
        )
    ),
    "more body than length": Fault(strike=too_short, causes=(), forms=FEEDS),
    "a second answer": Fault(strike=second_answer, causes=(), forms=FEEDS),
    "cut chunks": Fault(strike=cut_chunks),
    "broken chunks": Fault(strike=broken_chunks),
    # Redirects.
    "redirects in a circle": Fault(strike=redirects("/circle"), causes=(Cause.ADDRESS,)),
    "redirects to a file": Fault(strike=redirects("file:///etc/hostname"), causes=(Cause.ADDRESS,)),
    "redirects to a private address": Fault(strike=redirects("{trap}"), causes=(Cause.ADDRESS,)),
    "redirects to nobody": Fault(strike=redirects("http://127.0.1.1:1/")),
    "redirects to no address": Fault(strike=redirects("http://[::"), causes=(Cause.ADDRESS,)),
    # Statuses.
    "429 for seconds": throttling("429 Too Many Requests", as_date=False),
    "429 until a date": throttling("429 Too Many Requests", as_date=True),
    "503 for seconds": throttling("503 Service Unavailable", as_date=False),
    "503 until a date": throttling("503 Service Unavailable", as_date=True),
    "500": Fault(strike=lambda whole: whole.spoiled(status="500 Internal Server Error")),
    "401": Fault(strike=lambda whole: whole.spoiled(status="401 No"), causes=(Cause.LOGIN,)),
    "403": Fault(strike=lambda whole: whole.spoiled(status="403 No"), causes=(Cause.REFUSED,)),
    "404": Fault(strike=lambda whole: whole.spoiled(status="404 No"), causes=(Cause.MISSING,)),
    "410": Fault(strike=lambda whole: whole.spoiled(status="410 No"), causes=(Cause.GONE,)),
    "a challenge": Fault(
        strike=lambda whole: Script(pieces=(whole.http(CHALLENGE, media="text/html"),)),
        causes=(Cause.CHALLENGE,),
    ),
    "a challenge with 403": Fault(
        strike=lambda whole: whole.spoiled("cf-mitigated: challenge", status="403 No"),
        causes=(Cause.CHALLENGE,),
    ),
    # Too much.
    "a gzip bomb": Fault(strike=bomb("gzip"), causes=(Cause.TOO_LARGE,)),
    "a deflate bomb": Fault(strike=bomb("deflate"), causes=(Cause.TOO_LARGE,)),
    "a brotli bomb": Fault(strike=bomb("br"), causes=(Cause.TOO_LARGE,)),
    "cut gzip": Fault(strike=cut_gzip),
    "six megabytes": Fault(strike=six_megabytes, causes=(Cause.TOO_LARGE,)),
    "six megabytes in chunks": Fault(strike=six_megabytes_in_chunks, causes=(Cause.TOO_LARGE,)),
    "a header of 100 KB": Fault(
        strike=lambda whole: whole.spoiled(f"X-Policy: {'x' * 100_000}")
    ),
    "a thousand headers": Fault(
        strike=lambda whole: whole.spoiled(*(f"X-Policy-{n}: x" for n in range(1000)))
    ),
    # Something else than was asked for.
    "nothing": Fault(
        strike=lambda whole: Script(pieces=(whole.http(b""),)), causes=(Cause.UNREADABLE,)
    ),
    "a web page": Fault(
        strike=lambda whole: Script(pieces=(whole.http(page([whole.poison])),)),
        causes=(Cause.UNREADABLE,),
        forms=FEEDS,
    ),
    "cut inside": Fault(strike=cut_off, causes=(), forms=FEEDS),
    "a cut page": Fault(strike=cut_off, causes=(), forms=(PAGE,)),
    "broken XML": Fault(strike=broken_xml, causes=(), forms=XML),
    "an entity bomb": Fault(strike=entities(*LAUGHS), causes=(), forms=XML),
    "an entity from a file": Fault(
        strike=entities("<!ENTITY it SYSTEM 'file:///etc/hostname'>"), causes=(), forms=XML
    ),
    "an entity from elsewhere": Fault(
        strike=entities("<!ENTITY it SYSTEM '{trap}'>"), causes=(), forms=XML
    ),
}  # fmt: skip
