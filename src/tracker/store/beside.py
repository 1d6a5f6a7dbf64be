"""The contract of what the log keeps beside the facts: polls, what was served, the outbox.

It is written by the same writer, and its rows change all the time; `base.py` has the facts.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import datetime

    from tracker.store.records import (
        Alert,
        Claimed,
        Held,
        Kept,
        Owed,
        Reach,
        Remembered,
        Settled,
        Told,
    )


class Beside(Protocol):
    """Operational state: no fact is derived from it. Each method may raise what `append` does."""

    def remembered(self, source: str) -> Remembered:
        """How the last poll of a source ended, and what it was seen to serve."""
        ...

    def keep(self, kept: Sequence[Kept]) -> None:
        """Keep how polls ended, and what was served: all of it or nothing."""
        ...

    def last_sequences(self, about: str) -> dict[str, int]:
        """The last sequence that was enqueued about an incident (or source …), by endpoint; 0 where
        it was only noted.
        """
        ...

    def told(self, incident: str) -> list[Told]:
        """The last value enqueued about an incident, for every endpoint."""
        ...

    def held(self, incident: str) -> list[Held]:
        """What is held about an incident, for every endpoint."""
        ...

    def held_until(self, endpoints: Sequence[str], *, now: datetime) -> list[Held]:
        """What is held for these and to be looked at by now, the longest due first."""
        ...

    def next_held(self, endpoints: Sequence[str]) -> datetime | None:
        """When something held for these is to be looked at next; None: nothing is held."""
        ...

    def owed(self) -> list[Owed]:
        """What endpoints are owed, by endpoint and incident."""
        ...

    def interpretation(self, endpoint: str) -> tuple[str, int] | None:
        """By which rules (policy, version) an endpoint is told; None: it is new to the log."""
        ...

    def reinterpret(self, endpoint: str, policy: str, version: int) -> int:
        """Note by which rules (policy, and version of the rules) an endpoint is told from now on.

        Where it was told by others before, it is owed an `estimate.reinterpreted` about each
        incident that it was told of: how many.
        """
        ...

    def forget_others(self, endpoints: Sequence[str]) -> int:
        """Forget by which rules endpoints are told that are none of these: how many.

        Whoever comes back is new to the log, but for what it was told.
        """
        ...

    def claim(
        self, room: Mapping[str, int], *, now: datetime, until: datetime
    ) -> dict[str, Claimed]:
        """For each endpoint the alerts that are due now, leased `until` then, at most so many.

        One at a time per endpoint and what it is about: nothing is claimed while an earlier one
        is not settled, so that order holds; a lease that has run out is claimed again, with the
        same id. Not synced: after a power cut it is as if nobody had claimed them.
        """
        ...

    def settle(
        self,
        settled: Sequence[Settled],
        reach: Sequence[Reach] = (),
        alerts: Sequence[Alert] = (),
        *,
        now: datetime,
    ) -> frozenset[str]:
        """Record how attempts ended, how their endpoints can be reached, and alerts of that.

        All or nothing. Gives the ids whose attempt counted: a failure does only while its lease is
        the last one, for another may be posting by now. Attempts are not synced: after a power cut
        what was settled last is posted again, with the same id.
        """
        ...

    def together(self, *, sync: Literal["FULL", "NORMAL"] = "FULL") -> AbstractContextManager[None]:
        """What is read and written within it is one transaction: all of it or nothing.

        What was read in it is still so when it is written. `sync`: NORMAL where it may be
        forgotten after a power cut. Raises `LogBusy` as `append` does.
        """
        ...

    def hasten(self, endpoint: str, *, now: datetime) -> int:
        """Have what of an endpoint waits after a failed attempt sent now, as if for the first
        time: how many.
        """
        ...

    def repeat(
        self,
        *,
        now: datetime,
        ids: Sequence[str] = (),
        since: datetime | None = None,
        endpoints: Sequence[str] = (),
    ) -> int:
        """Have alerts sent again from the first attempt on, with their ids: how many.

        `ids`: these, whole, delivered or not. `since`: those that were enqueued then or later and
        given up, or that wait for another attempt. `endpoints`: only theirs.
        """
        ...

    def forget_attempts(self, *, before: datetime) -> int:
        """Delete what is on record of attempts before then, of alerts that are settled: of how
        many attempts. The alerts stay.
        """
        ...

    def has_changed(self) -> bool:
        """Whether another connection has written to the log since the last call."""
        ...
