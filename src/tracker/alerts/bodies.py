"""The bodies of webhooks, field by field: what a receiver gets, and how long each word may be.

The envelope (`type`, `timestamp`, `data`) is that of Standard Webhooks. `docs/webhooks.md` says
the same for the author of a receiver, `tracker schema` for a program. When a body is due is decided
in `judgement.py` and its neighbours; what a person reads of it on a phone, in `text.py`.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Final, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer, WithJsonSchema

from tracker.model import Measure, Reason, State, Status, utc_text

LARGEST: Final = 20_000
"""Bytes of a body, at most: the limit that Standard Webhooks asks senders to keep."""

CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]+")
"""Characters that could move a cursor, ring a bell or turn the direction of writing where a
receiver prints the words."""


def cut_to(limit: int) -> BeforeValidator:
    """Words from outside: no control characters, and at most `limit` bytes of UTF-8.

    The limits of one body add up to less than half of `LARGEST`, because JSON writes a quotation
    mark or a backslash as two bytes.
    """

    def cut(words: str | None) -> str | None:
        if words is None:
            return None
        written = CONTROLS.sub(" ", words).strip().encode(errors="replace")
        if len(written) <= limit:
            return written.decode()
        ellipsis_bytes = 3
        return written[: limit - ellipsis_bytes].decode(errors="ignore") + "…"

    return BeforeValidator(cut)


MOST_STANDING: Final = 16
"""Estimates of one incident in one body, at most: as many as surely fit into `LARGEST`."""

MOST_SOURCES: Final = 12
MOST_FIGURES: Final = 5
"""Of reports that are suggested as an incident, how many are named."""

Moment = Annotated[
    datetime,
    PlainSerializer(utc_text, return_type=str),
    WithJsonSchema({"type": "string", "format": "date-time"}, mode="serialization"),
]
Name = Annotated[str, cut_to(300)]
Scope = Annotated[str | None, cut_to(160)]
Phrase = Annotated[str, cut_to(80)]
Direction = Literal["up", "down"]


class _Part(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        use_attribute_docstrings=True,
        defer_build=True,
        json_schema_serialization_defaults_required=True,
    )


class Value(_Part):
    """What stands: the words for people, the numbers for programs."""

    phrase: Phrase | None
    best: int | None
    low: int | None
    high: int | None
    status: Status | None


def change_of(before: Value | None, after: Value) -> int | None:
    """By how many people the best figure differs; None where either is absent."""
    if before is None or before.best is None or after.best is None:
        return None
    return after.best - before.best


class RevisedData(_Part):
    """One move of an estimate, with the figure that moved it."""

    incident: Name
    name: Name
    """What people call the incident."""
    measure: Measure
    scope: Scope
    before: Value | None
    after: Value
    change: int | None
    direction: Direction | None
    """Which way the number went; that none stands any more is down."""
    status: Status | None
    reason: Reason
    source: Name
    source_name: Name
    issuer: Annotated[str | None, cut_to(300)]
    title: Annotated[str | None, cut_to(800)]
    url: Annotated[str, cut_to(2_000)]
    quote: Annotated[str | None, cut_to(4_000)]
    revisions: int
    """How often this estimate has moved so far, this time included."""
    sequence: int
    event: Name
    published_at: Moment


class Standing(_Part):
    """One estimate that stands, and what the receiver was told of it before."""

    measure: Measure
    scope: Scope
    before: Value | None
    after: Value
    change: int | None
    direction: Direction | None
    since: Moment | None
    revisions: int


class BackfilledData(_Part):
    """The estimates of one incident that stand otherwise than the receiver was told."""

    incident: Name
    name: Name
    sequence: int
    estimates: tuple[Standing, ...]


class DigestData(_Part):
    """What has moved since the last digest, of every incident."""

    sequence: int
    since: Moment | None
    """When the first move came of those that are told here."""
    incidents: tuple[BackfilledData, ...]


class OpenedData(_Part):
    """An incident that is followed from now on."""

    incident: Name
    name: Name
    place: Name
    began: date
    sequence: int
    event: Name


class SuggestedData(_Part):
    """Reports that no incident claimed and that look like one."""

    group: Name
    """As `tracker inbox` names it, and `tracker open` takes it."""
    title: Annotated[str | None, cut_to(800)]
    place: Name
    reports: int
    sources: tuple[Name, ...]
    figures: tuple[Phrase, ...]
    first_at: Moment
    last_at: Moment
    sequence: int
    event: Name
    """The stored report whose headline the title is."""


class SourceData(_Part):
    """A source that is in another state than before."""

    source: Name
    name: Name
    state: State
    was: State
    why: Annotated[str, cut_to(2_000)]
    """What is wrong, in words; "" where it is well again."""
    since: Moment
    succeeded_at: Moment | None
    """When it last answered with something that could be read."""
    figure_at: Moment | None
    """When a figure was last read in it."""
    sequence: int
    event: Name


class DisabledData(_Part):
    """Another endpoint of this tracker that is not sent anything any more."""

    endpoint: Name
    url: Annotated[str, cut_to(2_000)]
    """Without its secrets; of a channel, the name of the variable that holds it."""
    why: Literal["gone", "failing"]
    failing_since: Moment | None
    answer: Annotated[str, cut_to(500)]
    """What became of the last attempt, in a few words."""
    sequence: int


class TrialData(_Part):
    """Sent by hand, to see whether the endpoint can be reached: no figure of anything."""

    endpoint: Name
    words: Annotated[str, cut_to(500)]
    sequence: Literal[0] = 0


# The bodies themselves; what each type tells is said in `schema.py`.


class Revised(_Part):
    type: Literal["estimate.revised", "estimate.contested", "estimate.settled"] = "estimate.revised"
    timestamp: Moment
    data: RevisedData


class Backfilled(_Part):
    type: Literal["estimate.backfilled", "estimate.reinterpreted"] = "estimate.backfilled"
    timestamp: Moment
    data: BackfilledData


class Digest(_Part):
    type: Literal["estimate.digest"] = "estimate.digest"
    timestamp: Moment
    data: DigestData


class Opened(_Part):
    type: Literal["incident.opened"] = "incident.opened"
    timestamp: Moment
    data: OpenedData


class Suggested(_Part):
    type: Literal["incident.suggested"] = "incident.suggested"
    timestamp: Moment
    data: SuggestedData


class SourceTold(_Part):
    type: Literal[
        "source.failing",
        "source.silent",
        "source.blind",
        "source.degraded",
        "source.gone",
        "source.recovered",
    ]
    timestamp: Moment
    data: SourceData


class Disabled(_Part):
    type: Literal["endpoint.disabled"] = "endpoint.disabled"
    timestamp: Moment
    data: DisabledData


class Trial(_Part):
    type: Literal["endpoint.test"] = "endpoint.test"
    timestamp: Moment
    data: TrialData


Body = Revised | Backfilled | Digest | Opened | Suggested | SourceTold | Disabled | Trial

ROOM: Final = 19_000
"""Bytes that the parts of one body may have together; the rest is for what is around them."""

P = TypeVar("P", bound=_Part)


def fitting(parts: Sequence[P]) -> list[tuple[P, ...]]:
    """The parts in order, in as few bodies as surely hold them: as long as each fits into one.

    A `BackfilledData` of at most `MOST_STANDING` estimates does.
    """
    bodies: list[tuple[P, ...]] = []
    left = 0
    for part in parts:
        size = len(part.model_dump_json().encode()) + len(",")
        if size > left:
            bodies.append(())
            left = ROOM
        bodies[-1] = (*bodies[-1], part)
        left -= size
    return bodies
