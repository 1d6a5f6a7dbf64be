"""What a kind of source is: the bytes of one answer to reports, and the keys of its own.

Each kind is one module in `kinds/` and one line in its table. What a kind decides is pure: it
asks for nothing itself, and names what else is to be fetched as links.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict

from tracker.intake import Report, Source

if TYPE_CHECKING:
    from tracker.sources.capture import Capture


class Options(BaseModel):
    """The keys that only sources of one kind have, at the top of its TOML beside the others."""

    model_config = ConfigDict(frozen=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """What a source points to, and is to be read in the same poll.

    It is asked for once, and again while it is hot (`rereading.py`), until `digest` changes.
    """

    url: str
    digest: str
    """Of what the source says of it: its address, its date, its teaser."""
    kind: str = "page"
    """The kind that reads it. What is read by the kind of the source itself is another piece of
    the same (the next hundred, an alert of an index); what is not is one of its reports."""
    item: Report | None = None
    """What the source itself says of the report: its id and dates count before the page's, and it
    is what is filed where the page cannot be had. None: the page says all of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """What one answer of a source holds."""

    reports: tuple[Report, ...] = ()
    links: tuple[Link, ...] = ()
    known: frozenset[str] = frozenset()
    """The digests of pieces that were handed in as known, are there still and were passed over."""
    trouble: tuple[str, ...] = ()
    """What of it could not be read, a line each; the rest was."""
    ttl: timedelta | None = None
    """How long the source itself says that its answer is good for."""
    unfinished: bool = False
    """There is more to read than was named this time: the same bytes are no reason to stop."""


Parse = Callable[[Source, "Capture", frozenset[str]], Parsed]
"""Reads an answer; the pieces whose digests are handed in need not be read again.

It raises `Unreadable` where the answer is not what the kind promises: the line says what it is.
"""


def own_address(source: Source) -> str:
    """Where most kinds are asked: at the address in the source's file."""
    return source.url


@dataclass(frozen=True, slots=True, kw_only=True)
class Kind:
    """One kind of source."""

    parse: Parse
    options: type[Options] = Options
    address: Callable[[Source], str] = field(default=own_address)
    """Where a source is asked, where that is not what its file says (an API behind a page)."""
    is_api: Callable[[Source], bool] = field(default=lambda _: False)
    """Whether the address is offered to programs: robots.txt is for those who read pages."""
