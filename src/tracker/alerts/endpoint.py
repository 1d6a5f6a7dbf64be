"""An endpoint: who wants to be told, and of what.

Its configuration is read in `settings.py`; this module imports nothing heavy, so that a command
which only reads the configuration stays quick to start.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracker.model import Measure

FRESH: Final = timedelta(hours=24)
"""A move by an older figure is history, not news: it is told once, as a backfill."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A receiver of alerts: one `[[webhook]]` of `tracker.toml`."""

    name: str
    """Its name in the outbox: a receiver that moves to another url keeps what it was told."""
    url: str
    secret_env: str
    """The environment variable that holds the secret; the secret itself is in no file."""
    incidents: frozenset[str] = frozenset()
    """Empty = all."""
    measures: frozenset[Measure] = frozenset()
    """Empty = all."""
    policy: str = "standard"
    sources: bool = True
    """Whether it wants to know how sources stand."""

    def wants(self, incident: str, measure: Measure) -> bool:
        """True where the receiver asked for this incident and this measure."""
        return (not self.incidents or incident in self.incidents) and (
            not self.measures or measure in self.measures
        )
