"""`tracker webhooks list`."""

import os
from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, time, timedelta
from typing import Any

import click

from tracker.addresses import refused_by_name
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.cli.options import Paths, as_json
from tracker.cli.shown import near, print_json, print_table
from tracker.cli.webhooks.asked import reach_among
from tracker.cli.webhooks.lacking import lacking
from tracker.cli.webhooks.told import Standing, hours, in_words, place, short, standing
from tracker.errors import NoLog
from tracker.model import utc_text
from tracker.settings import Settings, load_settings
from tracker.store.records import Enqueued, Reach


@click.command("list")
@as_json
@click.pass_obj
def command(paths: Paths, *, as_json: bool) -> None:
    """The endpoints of tracker.toml: where each is, how it stands, how many alerts wait for it.

    Then its policy and its rules, in a few words.
    """
    settings = load_settings(paths.config)
    endpoints = settings.endpoints
    record = on_record(paths, endpoints)
    now = datetime.now(UTC)
    stand = {each.name: _stand(each, record, settings, now) for each in endpoints}
    if as_json:
        print_json([_row(each, record, stand[each.name]) for each in endpoints])
        return
    if not endpoints:
        click.echo(f"no endpoint in {paths.config}: `tracker webhooks add URL` adds one", err=True)
    print_table(
        (
            each.name,
            place(each),
            str(stand[each.name]),
            _waiting(each.name, record, now),
            each.policy,
            in_words(each.rules),
        )
        for each in endpoints
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class OnRecord:
    """What the log knows of endpoints."""

    known: tuple[Reach, ...] = ()
    waiting: Mapping[str, int] = field(default_factory=dict)
    last: Mapping[str, Enqueued] = field(default_factory=dict)
    """The newest alert of each that failed."""
    held: Mapping[str, tuple[int, datetime]] = field(default_factory=dict)
    """How much the rules of each hold back, and until when the first of it."""

    def reach(self, endpoint: Endpoint) -> Reach:
        """How it can be reached."""
        return reach_among(endpoint, self.known)


def on_record(paths: Paths, endpoints: Iterable[Endpoint]) -> OnRecord:
    """What the log knows of these; nothing where there is none. Raises other `LogError`s."""
    with suppress(NoLog), paths.open_log() as log:
        last = {}
        for each in endpoints:
            for failed in log.enqueued(endpoints=[each.name], failed=True, limit=1):
                last[each.name] = failed
        return OnRecord(
            known=tuple(log.reach()), waiting=log.waiting(), last=last, held=log.held_back()
        )
    return OnRecord()


def stand_of(endpoint: Endpoint, record: OnRecord, settings: Settings, now: datetime) -> Standing:
    """How it stands by what is on record, and by where it may be posted to."""
    stands = standing(record.reach(endpoint), record.last.get(endpoint.name), now)
    way = endpoint.way
    if (
        stands.state != "disabled"
        and isinstance(way, Webhook)
        and refused_by_name(way.url, settings.allow_hosts)
    ):
        return Standing(state="refused", now=now, why="not in allow_hosts")
    return stands


def _stand(endpoint: Endpoint, record: OnRecord, settings: Settings, now: datetime) -> Standing:
    """The same, and by its secret: what is only missing here, the daemon may have."""
    stands = stand_of(endpoint, record, settings, now)
    lack = lacking(endpoint, os.environ)
    if lack is None or stands.state in {"disabled", "refused"}:
        return stands
    waits = stands.state == "ok" and record.waiting.get(endpoint.name, 0)
    if lack.here and stands.state != "never tried" and not waits:
        return stands
    return Standing(state="no secret", now=now, why=lack.why)


def _waiting(name: str, record: OnRecord, now: datetime) -> str:
    told = f"{record.waiting.get(name, 0):,} waiting"
    if name in record.held:
        count, until = record.held[name]
        told += f", {count:,} held until {near(until, now)}"
    return told


def _row(endpoint: Endpoint, record: OnRecord, stand: Standing) -> dict[str, Any]:
    reach = record.reach(endpoint)
    held, held_until = record.held.get(endpoint.name, (0, None))

    def moment(when: datetime | None) -> str | None:
        return utc_text(when) if when else None

    return {
        "name": endpoint.name,
        "kind": endpoint.kind,
        "address": place(endpoint),
        "state": stand.state,
        "since": moment(stand.since),
        "why": stand.why,
        "failures": reach.failures,
        "succeeded_at": moment(reach.succeeded_at),
        "failed_at": moment(reach.failed_at),
        "waiting": record.waiting.get(endpoint.name, 0),
        "held": held,
        "held_until": moment(held_until),
        "policy": endpoint.policy,
        "rules": _rules(endpoint.rules),
    }


def _rules(rules: Rules) -> dict[str, Any]:
    """The rules as `tracker.toml` has them."""
    said = {
        ("status" if key == "statuses" else key): _written(value)
        for key, value in asdict(rules).items()
    }
    return said | {"quiet": hours(rules.quiet) if rules.quiet else None}


def _written(value: Any) -> Any:
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, timedelta):
        return short(value)
    if isinstance(value, tuple):
        return [f"{each:%H:%M}" if isinstance(each, time) else each for each in value]
    return value
