"""What is said of attempts, to whoever runs the program: not too often, whatever hears it."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, Literal, TypeVar

from tracker.alerts.book import Became
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.reach import DEAD
from tracker.alerts.webhook import Attempt
from tracker.errors import TrackerError
from tracker.model import utc_text

T = TypeVar("T")

COMPLAIN_EVERY: Final = timedelta(minutes=1)
"""How often it is told that an endpoint cannot be served, while it has alerts due …"""
DEAD_EVERY: Final = timedelta(hours=1)
"""… and, of one that failed so often that it is only tried now and then, what it answers."""


@dataclass(frozen=True, slots=True)
class Posted:
    """What there is to say of one attempt, or (alert None) of an endpoint that cannot be served."""

    endpoint: str
    alert: str | None
    attempt: Attempt
    again: datetime | None = None
    """When it is tried again; None after a success, after the last attempt, and where the endpoint
    is disabled, as the attempt's answer says then."""
    kind: Literal["webhook", "notify"] = "webhook"
    disabled: bool = False
    """Whether the alert waits because its endpoint is disabled."""


class Teller:
    """Tells of attempts, and of trouble; a hearer that fails (a pipe that is closed, a disk that
    is full) keeps no alert from its way.
    """

    def __init__(
        self, posted: Callable[[Posted], None], trouble: Callable[[str], None], *, sparing: bool
    ) -> None:
        self._posted, self._trouble, self._sparing = posted, trouble, sparing
        self._last: dict[tuple[str, timedelta], datetime] = {}
        """When an endpoint was told of last, of what is told once in such a while."""
        self.bug: Exception | None = None
        """The first that a hearer raised, other than for want of somebody who reads."""

    def attempt(self, became: Became) -> None:
        """Tell of an attempt that is settled."""
        ended, reach, before = became.ended, became.after, became.before
        endpoint, attempt = ended.endpoint, ended.attempt
        again, disabled = ended.again, False
        if attempt.outcome == "waiting":
            self.locked(endpoint, attempt.answer, ended.at)
            return
        if attempt.outcome != "delivered":
            disabled = bool(reach.disabled)
            if disabled:
                again, attempt = None, replace(attempt, answer=_disabled(became))
            if self._sparing and reach.failures >= DEAD and not (disabled and not before.disabled):
                if not self._is_time(endpoint, ended.at, DEAD_EVERY):
                    return
                often = f"{attempt.answer}; {reach.failures:,} failures in a row, told once an hour"
                attempt = replace(attempt, answer=often)
        elif self._sparing and before.failures >= DEAD:
            self._last.pop((endpoint.name, DEAD_EVERY), None)
            self.trouble(
                f"{endpoint.kind} {endpoint.name}: takes alerts again, after {before.failures:,} "
                "failures in a row"
            )
        self._say(
            self._posted,
            Posted(endpoint.name, ended.delivery.id, attempt, again, endpoint.kind, disabled),
        )

    def locked(self, endpoint: Endpoint, why: str, now: datetime) -> None:
        """Tell that an endpoint cannot be served, unless that was told just now."""
        if self._is_time(endpoint, now, COMPLAIN_EVERY):
            waiting = Attempt("waiting", why)
            self._say(self._posted, Posted(endpoint.name, None, waiting, kind=endpoint.kind))

    def trouble(self, words: str) -> None:
        """Tell it in words."""
        self._say(self._trouble, words)

    def _is_time(self, endpoint: Endpoint, now: datetime, every: timedelta) -> bool:
        """Whether it is so long since it was told; if so, it is told now."""
        last = self._last.get((endpoint.name, every))
        if last is not None and abs(now - last) < every:
            return False
        self._last[endpoint.name, every] = now
        return True

    def _say(self, tell: Callable[[T], None], what: T) -> None:
        try:
            tell(what)
        except OSError:
            pass  # Nobody reads it any more, or there is no room for it.
        except Exception as error:  # noqa: BLE001 — a bug in what is told must not end what is done
            if self.bug is None:
                self.bug = error
                with suppress(Exception):  # it may be the very one that is broken
                    self._trouble(f"outbox: {in_words(error)}")


def in_words(error: Exception) -> str:
    """An error for people."""
    if isinstance(error, TrackerError):
        return str(error)
    return f"{type(error).__name__}: {error} (please report this)"


def _disabled(became: Became) -> str:
    """What an endpoint that is disabled answered, and what is to be done."""
    endpoint, reach = became.ended.endpoint, became.after
    since = ""
    if reach.disabled == "failing" and reach.failing_since:
        since = f"failing since {utc_text(reach.failing_since)[:10]}, "
    return (
        f"{became.ended.attempt.answer}; {since}disabled until `tracker webhooks enable "
        f"{endpoint.name}`, or another url"
    )
