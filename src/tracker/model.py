"""The nouns: frozen values that every station of the path hands on.

What is stored for good is in `events.py`; here is what a report says and how it is named.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import IntEnum, StrEnum
from typing import Final

MOST_PEOPLE: Final = 10_000_000_000
"""A figure of more people than could be alive is a misprint or an attack, never a figure."""


class Measure(StrEnum):
    """What is counted. The first four are the ones most people ask for."""

    KILLED = "killed"
    INJURED = "injured"
    MISSING = "missing"
    HOSPITALISED = "hospitalised"
    DISPLACED = "displaced"
    TRAPPED = "trapped"
    CRITICALLY_INJURED = "critically_injured"
    FEARED_DEAD = "feared_dead"
    IDENTIFIED_DEAD = "identified_dead"
    BODIES_RECOVERED = "bodies_recovered"
    CASUALTIES_MIXED = "casualties_mixed"
    AT_RISK_TOTAL = "at_risk_total"
    ESCAPED_OR_RESCUED = "escaped_or_rescued"

    @property
    def is_stock(self) -> bool:
        """True where a fall needs no reason: people leave a stock, nobody leaves a toll."""
        return self not in ACCUMULATING


ACCUMULATING: Final = frozenset(
    {
        Measure.KILLED,
        Measure.INJURED,
        Measure.IDENTIFIED_DEAD,
        Measure.BODIES_RECOVERED,
        Measure.CASUALTIES_MIXED,
        Measure.ESCAPED_OR_RESCUED,
    }
)


class Qualifier(StrEnum):
    """How the text hedges the number."""

    EXACT = "exact"
    AT_LEAST = "at_least"
    OVER = "over"
    ABOUT = "about"
    NEARLY = "nearly"
    UP_TO = "up_to"
    UNDER = "under"
    RANGE = "range"
    VAGUE = "vague"


class Role(StrEnum):
    """What the number is in its sentence; only some roles move an estimate."""

    CURRENT = "current"
    EARLIER = "earlier"
    INCREMENT = "increment"
    PART = "part"
    COMPONENT = "component"
    OTHER_EVENT = "other_event"
    BACKGROUND = "background"
    REJECTED = "rejected"
    DENOMINATOR = "denominator"
    HYPOTHETICAL = "hypothetical"


class Move(StrEnum):
    """The direction in which the text itself says that the number went."""

    UP = "up"
    DOWN = "down"


class Rank(IntEnum):
    """How near a voice is to the counting; greater outranks smaller."""

    UNVERIFIED = 0
    OUTLET = 1
    AGENCY = 2
    OFFICIAL = 3

    @property
    def label(self) -> str:
        return self.name.lower()


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


@dataclass(frozen=True, slots=True, kw_only=True)
class Memo:
    """What a source was last seen to serve, kept only after its events are committed.

    `digest` is the SHA-256 of the body, in hex.

    `reading` is a digest of everything that decides how a body is read (configuration and
    extraction): where it differs from today's, the body must be read again.
    """

    etag: str | None = None
    last_modified: str | None = None
    digest: str | None = None
    reading: str | None = None


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


class Status(StrEnum):
    """How an estimate stands."""

    REPORTED = "reported"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"


class Reason(StrEnum):
    """Why an estimate moved."""

    FIRST = "first"
    RAISED = "raised"
    LOWERED = "lowered"
    NARROWED = "narrowed"
    CONFIRMED = "confirmed"
    CONTESTED = "contested"
    SETTLED = "settled"
    WITHDRAWN = "withdrawn"
    DENIED = "denied"


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """The best figure now, its folded bounds, its status and the events behind it.

    `best` is the number as stated; `low` and `high` are folded (over 100 → 101 and up), None =
    no bound known. `best` is None where nobody states a number: absent is never zero.
    """

    incident: str
    measure: Measure
    scope: str | None = None
    best: int | None = None
    low: int | None = None
    high: int | None = None
    phrase: str | None = None
    qualifier: Qualifier | None = None
    status: Status | None = None
    since: datetime | None = None
    basis: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One move of an estimate, with the event and the reason that moved it.

    `position`, `source` … `event_id` are those of the moving event; `change` compares best with
    best before, None at the first. `quote` and `title` are None where they have been redacted.
    """

    position: int
    published_at: datetime
    recorded_at: datetime
    source: str
    issuer: str | None
    change: int | None
    reason: Reason
    quote: str | None
    title: str | None
    url: str
    event_id: str
    estimate: Estimate


def utc_text(moment: datetime) -> str:
    """The one written form of a moment: sorts as text, always UTC.

    >>> utc_text(datetime(2031, 5, 1, 15, tzinfo=UTC))
    '2031-05-01T15:00:00.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment}")
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def from_utc_text(text: str) -> datetime:
    """The moment that `utc_text` wrote."""
    return datetime.fromisoformat(text)
