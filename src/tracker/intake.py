"""The nouns of the way in: what is configured, what a source publishes, what its text says.

What is stored of it is in `events.py`, what comes out of that in `model.py`: a query needs
nothing of this module.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from tracker.model import Measure, Move, Qualifier, Rank, Role


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A number as the text says it.

    `low` and `high` are the number as stated, before any folding: exact 47 → (47, 47),
    at_least N and over N → (N, None), nearly, up_to and under N → (None, N), about N → (N, N),
    range → both, vague → (None, None) with the text's `word` ("dozens").
    `start` and `end` are offsets, into the text as given, of the words that carry the number.
    `quote` is the sentence they stand in, in the text's own words.
    """

    measure: Measure
    low: int | None
    high: int | None
    qualifier: Qualifier
    role: Role
    start: int
    end: int
    quote: str
    word: str | None = None
    """The vague word, in lower case, where the qualifier is vague."""
    issuer: str | None = None
    """Whom the text credits, in the text's own words."""
    scope: str | None = None
    """What the number is limited to, or includes; None = the whole incident."""
    places: tuple[str, ...] = ()
    """Where the text says that these people were: one place, or those that it takes together."""
    move: Move | None = None
    """Where the number went, if the text says so: "risen to" is up, "revised down" is down."""
    why: str = ""
    """The rule that gave the role, for `tracker extract --why`; never stored."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """One item that a source published, in one version.

    `published` and `modified` are the source's own clock, in UTC, as far as it gave them; a
    date without a time is the end of that day there (`date_only`). `text` has paragraphs
    parted by blank lines; `title` is not part of it.
    """

    source: str
    id: str
    """The item's guid, else its address: the same for every version of the item."""
    title: str
    text: str
    url: str = ""
    published: datetime | None = None
    modified: datetime | None = None
    date_only: bool = False
    stated_date: str = ""
    """The date in the source's own words, kept where it could not be used."""
    language: str = ""
    """As the document says of itself, and from `sources/language.py` on as it is read; "" = not
    known."""
    whole: bool = True
    """False for a teaser or a truncated text: a figure absent from it proves nothing."""
    figures: tuple[Figure, ...] | None = None
    """Numbers that the source states as data, in headline and text at their offsets; None = they
    are to be read out of the words."""
    withdrawn: bool = False
    """The source takes the report back: whatever it stated, it states no longer."""
    digest: str = ""
    """Of the piece of the answer in which it was found; "" = of all that is said here."""
    versioned: bool = False
    """Its date is that of this very version (a wiki's revision): one dated before what is stored of
    the report is an old version read again, and no edit."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A configured outlet or agency page: `sources/<id>.toml`."""

    id: str
    kind: str
    url: str
    name: str
    rank: Rank
    language: str = ""
    """Of all its reports, if the operator says so; "" = as each report says, or is found to be."""
    timezone: str = "UTC"
    every: timedelta = timedelta(minutes=5)
    incident: str | None = None
    enabled: bool = True
    robots: bool | None = None
    """Whether robots.txt is asked; None = as its kind does."""
    header_variables: tuple[tuple[str, str], ...] = ()
    """Headers of its requests, each with the environment variable that holds its value."""
    query_variables: tuple[tuple[str, str], ...] = ()
    """The same for parameters of its address."""
    options: object = None
    """The keys of its kind (`sources/kind.py`); None = all at their defaults."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """What a source was last seen to serve, kept only after its events are committed."""

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    """SHA-256 of the body, in hex."""
    reading: str | None = None
    """A digest of everything that decides how a body is read (configuration and extraction):
    where it differs from today's, the body must be read again."""
    known: frozenset[str] = frozenset()
    """Digests of the pieces of the body, items and reports, that need not be read again."""
    whole_at: datetime | None = None
    """When it was last asked without validators: tags are known to lie."""
    moved_to: str = ""
    """Where its address has redirected for good, and …"""
    moved_since: datetime | None = None
    """… since when it has been the same."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page that a source pointed to, read again while its report is young."""

    source: str
    url: str
    kind: str
    """The kind that reads it."""
    item: Report | None
    """What the source itself said of the report."""
    memo: Memo
    changed_at: datetime
    read_at: datetime


@dataclass(frozen=True, slots=True)
class Issuer:
    """Whom a text credits, resolved: one office is one issuer, whatever words name it."""

    id: str
    rank: Rank


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """A happening in the world and how reports of it are recognised (`incidents.toml`)."""

    id: str
    title: str
    began: date
    place: str = ""
    any_of: tuple[str, ...] = ()
    all_of: tuple[str, ...] = ()
    none_of: tuple[str, ...] = ()
    until: date | None = None
    ongoing: bool = False
    ids: tuple[tuple[str, str], ...] = ()
    """Identifiers elsewhere, as pairs: ("glide", "EQ-2015-000048-NPL")."""
    issuers: tuple[tuple[str, Issuer], ...] = ()
    """Names and offices, each to its one issuer."""

    @property
    def last_day(self) -> date:
        """The last day on which a new report is still taken to be about it."""
        return self.until or self.began + timedelta(days=90)
