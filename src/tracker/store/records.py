"""What is handed to the log and comes back from it, beside events: frozen values.

What the log does with them is in `base.py`, which gives them out, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from datetime import datetime, timedelta

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
    about: str
    """An incident; or `source/ID`, `endpoint/NAME`, `inbox/…`, `digest/…`."""
    sequence: int
    """1, 2, 3 … per endpoint and what it is about: delivered in this order."""
    type: str
    body: str
    due_at: datetime | None = None
    """Not before then; None: at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """A value that an endpoint was told, and when it was enqueued."""

    phrase: str | None
    best: int | None
    low: int | None
    high: int | None
    status: Status | None
    told_at: datetime


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
    told_at: datetime
    earlier: tuple[Earlier, ...] = ()
    """What it was told before, the newest first, as far as its rules still ask for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """News that an endpoint is to be told later: of the estimate as it stands then."""

    endpoint: str
    incident: str
    measure: Measure
    scope: str | None
    policy: str
    since: datetime
    """When the first move came that has not been told."""
    until: datetime
    """When it is looked at again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Owed:
    """An endpoint is to be told how everything stands in an incident, once a pass is over."""

    endpoint: str
    incident: str
    why: Literal["backfilled", "reinterpreted"] = "backfilled"


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """What an endpoint was told of without an alert of its own: as part of something else."""

    endpoint: str
    about: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Outbox:
    """What is to be written to the outbox together with the facts."""

    alerts: tuple[Alert, ...] = ()
    told: tuple[Told, ...] = ()
    held: tuple[Held, ...] = ()
    """In the place of what was held of the same estimates before."""
    released: tuple[Held, ...] = ()
    """What is held no longer, unless it is among `held` again."""
    owed: tuple[Owed, ...] = ()
    settled: tuple[Owed, ...] = ()
    """What is owed no longer, since this very write tells it."""
    noted: tuple[Noted, ...] = ()


NOTHING_DUE: Final = Outbox()


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """An alert claimed for one attempt, by a lease: whoever holds it alone may post it."""

    id: str
    endpoint: str
    about: str
    body: str
    attempts: int
    """Attempts before this one, since it was last asked to be sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """What one endpoint has to post now, and when it has more."""

    deliveries: tuple[Delivery, ...] = ()
    next_at: datetime | None = None
    """When the next of its alerts is due, of those not claimed here; None: none waits. May be
    past: then more were due than were asked for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """How one attempt ended."""

    delivery: Delivery
    outcome: Literal["delivered", "failed", "given up", "returned"]
    """returned: nothing was sent; it is due `again` then, and none of its attempts is used up."""
    at: datetime
    took: timedelta
    answer: str
    """In a few words: "204 No Content", "no answer within 15 s"."""
    status: int | None = None
    """Of HTTP; None: there was none."""
    said: str = ""
    """The first bytes of the answer's body, as text."""
    again: datetime | None = None
    """Where it failed: when it is tried again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """How an endpoint can be reached: what its last attempts showed, or an operator decided."""

    endpoint: str
    address: str
    """For which this holds: elsewhere it begins anew."""
    succeeded_at: datetime | None = None
    failed_at: datetime | None = None
    failing_since: datetime | None = None
    """When the first of the attempts failed since which none succeeded."""
    failures: int = 0
    """How many that were, in a row."""
    not_before: datetime | None = None
    """Until when it asked not to be sent anything."""
    disabled: Literal["", "gone", "failing", "operator"] = ""
    disabled_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Tried:
    """One attempt that is on record."""

    at: datetime
    took: timedelta
    outcome: Literal["delivered", "failed", "given up"]
    status: int | None
    answer: str
    said: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Enqueued:
    """An alert of the outbox, and every attempt to deliver it, oldest first."""

    alert: Alert
    state: Literal["due", "queued", "delivered", "given up"]
    """queued: an earlier one of its endpoint and incident is to go first."""
    created_at: datetime
    due_at: datetime
    delivered_at: datetime | None
    tried: tuple[Tried, ...]


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
