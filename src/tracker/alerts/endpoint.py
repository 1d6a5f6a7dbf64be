"""An endpoint: who wants to be told, by which rules, and on which way.

Its configuration is read in `settings.py`; what the rules mean is in `judgement.py`. This module
imports nothing heavy, so that a command which only reads the configuration stays quick to start.
"""

from dataclasses import dataclass
from datetime import time, timedelta
from typing import Final, Literal

from tracker.model import Measure, Status

FRESH: Final = timedelta(hours=24)
"""A move by an older figure is history, not news: it is told once, as a backfill."""

NONE: Final = timedelta(0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What an endpoint is told, and when: each field is one rule, each default lets all through."""

    incidents: frozenset[str] = frozenset()
    """Empty = all."""
    measures: frozenset[Measure] = frozenset()
    """Empty = all."""
    statuses: frozenset[Status] = frozenset()
    """How an estimate must stand to be told; empty = however."""
    direction: Literal["both", "up", "down"] = "both"
    min_change: int = 0
    """People by which the best figure must differ from what was told."""
    min_percent: float = 0.0
    """Per cent of what was told by which it must differ."""
    thresholds: tuple[int, ...] = ()
    """Numbers that are told when they are crossed, up or down, however small the change."""
    first: bool = True
    """Whether the first figure is told."""
    contested: bool = True
    """Whether it is told that an estimate is contested, or settled again."""
    opened: bool = True
    """Whether it is told that an incident has begun to be followed."""
    suggested: bool = True
    """Whether it is told that unclaimed reports look like an incident."""
    sources: bool = True
    """Whether it is told how sources stand."""
    debounce: timedelta = NONE
    """How long an estimate must have kept still before it is told …"""
    max_wait: timedelta = NONE
    """… and how long that may take at most; 0 = ten times `debounce`."""
    quiet: tuple[time, time] | None = None
    """From when until when nothing is told, by the clock of `timezone`; may go past midnight."""
    digest: tuple[time, ...] | timedelta | None = None
    """When all is told together: at these times of the day, or once in a span."""
    timezone: str = "UTC"
    flap: timedelta = NONE
    """How long a value that was told before must stand again until it is told again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Webhook:
    """A url to which signed JSON is posted. The secrets are in one of two places."""

    url: str
    secret_env: str = ""
    """The environment variable that holds the secret, or several, the newest first."""
    secret_file: str = ""
    """The file that does, a line for each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """A chat, a phone, a mailbox: whatever Apprise knows to reach by an address of its own."""

    url_env: str
    """The environment variable that holds that address, which is a secret itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """A receiver of alerts: one `[[webhook]]` or `[[notify]]` of `tracker.toml`."""

    name: str
    """Its name in the outbox: a receiver that moves to another url keeps what it was told."""
    way: Webhook | Channel
    policy: str = "standard"
    rules: Rules = Rules()

    @property
    def address(self) -> str:
        """Where it is, without what is secret: another one there is another receiver."""
        return self.way.url if isinstance(self.way, Webhook) else self.way.url_env

    @property
    def kind(self) -> Literal["webhook", "notify"]:
        """How its table is called."""
        return "webhook" if isinstance(self.way, Webhook) else "notify"
