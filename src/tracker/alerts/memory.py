"""What alerts hang on beside what they tell: what receivers were told before, the moment. Pure."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
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

    def by_endpoint(self) -> dict[str, "Memory"]:
        """What of it is about each; an endpoint that is not there has nothing but its state."""
        told, held = defaultdict[str, list[Told]](list), defaultdict[str, list[Held]](list)
        sequences = defaultdict[str, dict[tuple[str, str], int]](dict)
        for row in self.told:
            told[row.endpoint].append(row)
        for each in self.held:
            held[each.endpoint].append(each)
        for (about, name), last in self.sequences.items():
            sequences[name][about, name] = last
        return {
            name: replace(
                self,
                told=tuple(told.get(name, ())),
                held=tuple(held.get(name, ())),
                sequences=sequences.get(name, {}),
            )
            for name in told.keys() | held.keys() | sequences.keys()
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Circumstances:
    """What alerts hang on, beside what they tell."""

    now: datetime
    log_id: str
    names: Mapping[str, str] = field(default_factory=dict)
    """How things are called: "incident/ID" to its title, "source/ID" to its name."""

    def name(self, kind: str, name: str) -> str:
        return self.names.get(f"{kind}/{name}") or name
