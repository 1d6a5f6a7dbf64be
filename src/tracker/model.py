"""The nouns of every station: what is counted, how it is hedged, who says it, what then stands.

What is stored for good is in `events.py`, what sources publish in `intake.py`.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import IntEnum, StrEnum
from functools import lru_cache
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
    CORRECTED = "corrected"
    REINSTATED = "reinstated"
    CLOSED = "closed"
    REOPENED = "reopened"
    MERGED = "merged"
    SPLIT = "split"


class State(StrEnum):
    """How a source stands, as its last poll showed."""

    OK = "ok"
    UNCHANGED = "unchanged"
    DEGRADED = "degraded"
    BLIND = "blind"
    SILENT = "silent"
    FAILING = "failing"
    GONE = "gone"


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


@lru_cache(maxsize=4096)
def utc_text(moment: datetime) -> str:
    """The one written form of a moment: sorts as text, always UTC.

    >>> utc_text(datetime(2031, 5, 1, 15, tzinfo=UTC))
    '2031-05-01T15:00:00.000000Z'
    """
    if moment.tzinfo is None:
        raise ValueError(f"a moment without a zone: {moment}")
    # Without the zone, which takes longer to write than all the rest.
    return moment.astimezone(UTC).replace(tzinfo=None).isoformat(timespec="microseconds") + "Z"


def from_utc_text(text: str) -> datetime:
    """The moment that `utc_text` wrote."""
    return datetime.fromisoformat(text)
