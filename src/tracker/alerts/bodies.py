"""The bodies of webhooks, field by field: what a receiver gets, and how long each word may be.

The envelope (`type`, `timestamp`, `data`) is that of Standard Webhooks. `docs/webhooks.md` says
the same for the author of a receiver. When a body is due is decided in `rules.py`.
"""

import re
from datetime import datetime
from typing import Annotated, Final, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, PlainSerializer

from tracker.model import Measure, Reason, State, Status, utc_text

LARGEST: Final = 20_000
"""Bytes of a body, at most: the limit that Standard Webhooks asks senders to keep."""

CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f]+")
"""Characters that could move a cursor or ring a bell where a receiver prints the words."""


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
"""Estimates in one body, at most: as many as surely fit into `LARGEST`."""

Moment = Annotated[datetime, PlainSerializer(utc_text, return_type=str)]
Name = Annotated[str, cut_to(300)]
Scope = Annotated[str | None, cut_to(160)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Value(_Part):
    """What stands: the words for people, the numbers for programs."""

    phrase: Annotated[str | None, cut_to(80)]
    best: int | None
    low: int | None
    high: int | None
    status: Status | None


class RevisedData(_Part):
    """One move of an estimate, with the figure that moved it."""

    incident: Name
    measure: Measure
    scope: Scope
    before: Value | None
    after: Value
    status: Status | None
    reason: Reason
    source: Name
    issuer: Annotated[str | None, cut_to(300)]
    title: Annotated[str | None, cut_to(800)]
    url: Annotated[str, cut_to(2_000)]
    quote: Annotated[str | None, cut_to(4_000)]
    sequence: int
    event: Name
    published_at: Moment


class Standing(_Part):
    """One estimate that stands, and what the receiver was told of it before."""

    measure: Measure
    scope: Scope
    before: Value | None
    after: Value
    since: Moment | None


class BackfilledData(_Part):
    """The estimates of one incident that stand otherwise than the receiver was told."""

    incident: Name
    sequence: int
    estimates: tuple[Standing, ...]


class Revised(_Part):
    """`estimate.revised`: a figure published just now moved an estimate."""

    type: Literal["estimate.revised"] = "estimate.revised"
    timestamp: Moment
    data: RevisedData


class Backfilled(_Part):
    """`estimate.backfilled`: older reports were read; this is how things stand."""

    type: Literal["estimate.backfilled"] = "estimate.backfilled"
    timestamp: Moment
    data: BackfilledData


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


class SourceTold(_Part):
    """`source.failing`, `.silent`, `.blind`, `.degraded`, `.gone`, `.recovered`."""

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


Body = Revised | Backfilled | SourceTold
