"""What is handed to the log and comes back from it, beside events: frozen values.

What the log does with them is in `base.py`, which gives them out, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from tracker.events import Fact
    from tracker.health import Poll
    from tracker.intake import Memo, Page
    from tracker.model import Measure, Status


@dataclass(frozen=True, slots=True)
class Append:
    """Facts for one stream, which must still be at `expected` (0 = it does not exist yet).

    None where what is appended does not hang on what the stream holds.
    """

    stream: str
    expected: int | None
    facts: tuple[Fact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A due notice in the outbox. Its body is frozen; its id is the same on every attempt."""

    id: str
    endpoint: str
    incident: str
    sequence: int
    """1, 2, 3 … per endpoint and incident: delivered in this order."""
    type: str
    body: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The last value enqueued for an endpoint: what its receiver believes, once delivered."""

    endpoint: str
    incident: str
    measure: Measure
    scope: str | None
    policy: str
    phrase: str | None
    best: int | None
    low: int | None
    high: int | None
    status: Status | None
    sequence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is to be written to the outbox together with the facts."""

    alerts: tuple[Alert, ...] = ()
    told: tuple[Told, ...] = ()
    backfill_due: tuple[tuple[str, str], ...] = ()
    """Pairs of endpoint and incident: who is owed one `estimate.backfilled`, about what."""
    backfill_done: tuple[tuple[str, str], ...] = ()
    """Pairs of endpoint and incident: who gets theirs with this very write."""


NOTHING_DUE: Final = Outbox()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert claimed for one attempt, by a lease: whoever holds it alone may post it."""

    id: str
    endpoint: str
    incident: str
    body: str
    attempts: int
    """Attempts before this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What a poll leaves behind beside its facts."""

    poll: Poll
    memo: Memo | None = None
    """What was served, if it is to be remembered; None: as it was."""
    pages: tuple[Page, ...] = ()
    """Pages that are to be read again, new or read just now."""
    cold: tuple[str, ...] = ()
    """Addresses of pages that are not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Remembered:
    """What is kept of a source's last poll."""

    poll: Poll | None = None
    memo: Memo | None = None
    pages: tuple[Page, ...] = ()


@dataclass(frozen=True, slots=True)
class Flaw:
    """The first thing that `verify` found wrong, in words, and where."""

    where: str
    what: str


@dataclass(frozen=True, slots=True)
class Head:
    """The last event of a stream: it vouches, by its hash, for all before it in the stream."""

    stream: str
    version: int
    hash: str
