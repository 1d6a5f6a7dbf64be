"""What alerts hang on beside what they tell: what receivers were told before, the moment. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from tracker.store.records import Held, Told

DIGESTS: Final = "digest/estimates"
"""What digests are about: they have a sequence of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """What the log remembers of the incidents at hand, for every endpoint."""

    told: tuple[Told, ...] = ()
    held: tuple[Held, ...] = ()
    sequences: Mapping[tuple[str, str], int] = field(default_factory=dict)
    """The last of each endpoint (second) and what it is about (first)."""
    disabled: frozenset[str] = frozenset()
    """Endpoints for which nothing is enqueued: what they miss, they are owed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What alerts hang on, beside what they tell."""

    now: datetime
    log_id: str
    names: Mapping[str, str] = field(default_factory=dict)
    """How things are called: "incident/ID" to its title, "source/ID" to its name."""

    def name(self, kind: str, name: str) -> str:
        return self.names.get(f"{kind}/{name}") or name
