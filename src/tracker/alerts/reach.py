"""How an endpoint can be reached, from what became of each attempt, and how much may be sent. Pure.

An endpoint that fails is not asked for more than it takes to see whether it is back; one that has
failed for days, or says that it is gone, is left alone until an operator enables it or it has
another address. What is due waits meanwhile.
"""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Final, Literal

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.waits import WAITS
from tracker.store.records import Reach

AT_ONCE: Final = 8
"""Alerts on their way to one endpoint at one time, each about something else …"""
IN_ALL: Final = 512
"""… and to all endpoints together: half of the files that a process may have open."""

FAILING: Final = timedelta(days=5)
"""An endpoint that has failed for so long is disabled."""
UNTRIED: Final = timedelta(days=2)
"""A streak of failures does not go on over a longer gap: waits last a day and a bit, so that
nothing was sent meanwhile, and nobody knows whether it would have failed."""

DEAD: Final = 10
"""After so many failures in a row an endpoint is tried with one alert in a while only, however many
are due: to fail with them all would use up their attempts, and this machine."""
PROBE_EVERY: Final = timedelta(seconds=5)

NO_LONGER: Final = WAITS[-1] * 1.1
"""Nobody is left alone for longer than the longest wait with its jitter: a clock was wrong."""


def reach_of(endpoint: Endpoint, known: Reach | None) -> Reach:
    """What is known of the endpoint; nothing, where that was learnt at another address."""
    if known is not None and known.address == endpoint.address:
        return known
    return Reach(endpoint=endpoint.name, address=endpoint.address)


def after(
    reach: Reach,
    outcome: Literal["delivered", "retry", "gone"],
    now: datetime,
    retry_after: timedelta | None = None,
) -> Reach:
    """How it can be reached after one more attempt, which ended now.

    `retry_after` is how long it asked to be left alone. Whoever disabled it, it stays so.
    """
    not_before = reach.not_before
    if not_before is not None and not now < not_before <= now + NO_LONGER:
        not_before = None
    if outcome == "delivered":
        # It was on its way already when others were asked to wait, and they still are.
        return replace(
            reach, succeeded_at=now, failing_since=None, failures=0, not_before=not_before
        )
    goes_on = reach.failed_at is not None and now - reach.failed_at <= UNTRIED
    failing_since = (reach.failing_since if goes_on else None) or now
    if retry_after:
        not_before = max(now + retry_after, not_before or now)
    why: Literal["", "gone", "failing"] = ""
    if outcome == "gone":
        why = "gone"
    elif now - failing_since >= FAILING:
        why = "failing"
    return replace(
        reach,
        failed_at=now,
        failing_since=failing_since,
        failures=reach.failures + 1 if goes_on else 1,
        not_before=not_before,
        disabled=reach.disabled or why,
        disabled_at=reach.disabled_at if reach.disabled or not why else now,
    )


def enabled(reach: Reach) -> Reach:
    """The same endpoint, to be sent to again: whatever it did before is forgiven."""
    return replace(
        reach, failing_since=None, failures=0, not_before=None, disabled="", disabled_at=None
    )


def disabled(reach: Reach, now: datetime) -> Reach:
    """The same endpoint, not to be sent to until somebody enables it."""
    return replace(reach, disabled="operator", disabled_at=now)


def room(reach: Reach, now: datetime, at_once: int = AT_ONCE) -> int:
    """How many alerts may be on their way to the endpoint now, those included that are."""
    opens = opens_at(reach, now)
    if reach.disabled or (opens is not None and now < opens):
        return 0
    return 1 if reach.failures else at_once


def opens_at(reach: Reach, now: datetime) -> datetime | None:
    """Until when it is left alone, if by its own wish or for its failures; None: it is not.

    A failure that is still to come, or a wait that nobody asks for, was noted by a clock that has
    been set back since: neither holds.
    """
    probe = asked = None
    if reach.failures >= DEAD and reach.failed_at is not None and reach.failed_at <= now:
        probe = reach.failed_at + PROBE_EVERY
    if reach.not_before is not None and reach.not_before <= now + NO_LONGER:
        asked = reach.not_before
    return max(filter(None, (probe, asked)), default=None)


def each_at_once(endpoints: int) -> int:
    """How many alerts may be on their way to one of so many endpoints.

    One bound for each, rather than one for all, so that those that hang take nothing from others.
    """
    return max(1, min(AT_ONCE, IN_ALL // max(1, endpoints)))
