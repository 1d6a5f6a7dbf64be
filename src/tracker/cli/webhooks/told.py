"""How an endpoint stands and what it is told, in words for people."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final, Literal
from urllib.parse import urlsplit

from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.cli.shown import near
from tracker.store.records import Enqueued, Reach

WHY: Final = {
    "gone": "it answered 410, gone",
    "failing": "it failed for days",
    "operator": "by hand",
}
"""Why an endpoint is disabled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an endpoint stands."""

    state: Literal["ok", "never tried", "failing", "disabled", "paused", "no secret", "refused"]
    now: datetime
    """When that was so."""
    since: datetime | None = None
    """Since when; of one that is paused, until when."""
    why: str = ""

    def __str__(self) -> str:
        said: str = self.state
        if self.since:
            upto = "until" if self.state == "paused" else "since"
            said += f" {upto} {near(self.since, self.now)}"
        return f"{said}: {self.why}" if self.why else said


def standing(reach: Reach, last: Enqueued | None, now: datetime) -> Standing:
    """How an endpoint stands by its attempts, of which `last` is the newest alert that failed."""
    answer = last.tried[-1].answer if last and last.tried else "no answer is on record"
    if reach.disabled:
        why = WHY[reach.disabled]
        return Standing(state="disabled", now=now, since=reach.disabled_at, why=why)
    if reach.not_before and reach.not_before > now:
        return Standing(state="paused", now=now, since=reach.not_before, why=answer)
    if reach.failing_since:
        return Standing(state="failing", now=now, since=reach.failing_since, why=answer)
    return Standing(state="ok" if reach.succeeded_at else "never tried", now=now)


def place(endpoint: Endpoint) -> str:
    """Where an endpoint is, host and port, without what would let anybody post there."""
    way = endpoint.way
    if isinstance(way, Webhook):
        return urlsplit(way.url).netloc.rpartition("@")[2]
    return f"notify {way.url_env}"


def in_words(rules: Rules) -> str:
    """What an endpoint is told and when, in a few words; "all" where no rule narrows it."""
    said = [
        ", ".join(sorted(rules.incidents)),
        ", ".join(sorted(each.value for each in rules.measures)),
        ", ".join(sorted(each.value for each in rules.statuses)),
        {"up": "rises", "down": "falls", "both": ""}[rules.direction],
        f"by {rules.min_change:,}" if rules.min_change else "",
        f"by {rules.min_percent:g} %" if rules.min_percent else "",
        f"across {' '.join(f'{each:,}' for each in rules.thresholds)}" if rules.thresholds else "",
        *(f"no {name}" for name in SWITCHES if not getattr(rules, name)),
        f"still for {short(rules.debounce)}" if rules.debounce else "",
        f"at most {short(rules.max_wait)}" if rules.max_wait else "",
        f"flap {short(rules.flap)}" if rules.flap else "",
        f"quiet {hours(rules.quiet)}" if rules.quiet else "",
        f"digest {_digest(rules.digest)}" if rules.digest else "",
        rules.timezone if rules.quiet or isinstance(rules.digest, tuple) else "",
    ]
    return "; ".join(filter(None, said)) or "all"


SWITCHES: Final = ("first", "contested", "opened", "suggested", "sources")
"""The rules that are on or off."""


def hours(quiet: tuple[time, time]) -> str:
    """Hours as they are written: "22:00-06:30"."""
    return "-".join(f"{each:%H:%M}" for each in quiet)


def _digest(when: tuple[time, ...] | timedelta) -> str:
    if isinstance(when, timedelta):
        return f"each {short(when)}"
    return " ".join(f"{each:%H:%M}" for each in when)


def short(length: timedelta) -> str:
    """A span as it is written: "90s", "10m", "2h", "1d".

    >>> [short(timedelta(seconds=each)) for each in (0, 90, 600, 7200, 86400)]
    ['0s', '90s', '10m', '2h', '1d']
    """
    seconds = round(length.total_seconds())
    for size, unit in ((86_400, "d"), (3_600, "h"), (60, "m")):
        if seconds and seconds % size == 0:
            return f"{seconds // size}{unit}"
    return f"{seconds}s"
