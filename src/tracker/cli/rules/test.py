"""`tracker rules test`."""

import json
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

import click

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.rehearsal import Sent, Unsent, as_published, rehearse
from tracker.alerts.shortly import plain
from tracker.alerts.text import told
from tracker.cli.newsroom import names_of, newsroom, now
from tracker.cli.options import Moment, Paths, Words, as_json
from tracker.cli.shown import arrow, clock, one_line, print_json, print_table, standing
from tracker.errors import ConfigError, UnknownName, UsageError
from tracker.events import Event, incident_stream
from tracker.intake import Source
from tracker.model import Estimate, utc_text
from tracker.projections.merged import home_of, with_merged
from tracker.settings import Settings, load_settings
from tracker.store.base import LogReader, Told


@click.command("test")
@click.argument("endpoint", required=False, type=Words())
@click.option(
    "--rules",
    "file",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Try the [[webhook]] or [[notify]] of this file instead of tracker.toml.",
)
@click.option("--incident", type=Words(), help="Only of this incident.")
@click.option(
    "--since",
    type=Moment(start=True, ago=True),
    metavar="T",
    help="Print only from then on: a time, a date, or how long ago: 8h, 2d.",
)
@click.option(
    "--published",
    is_flag=True,
    help="As if each report had been read when it was published, however late it was.",
)
@click.option("--all", "every", is_flag=True, help="What is not sent, too, and which rule says so.")
@as_json
@click.pass_obj
def command(
    paths: Paths,
    endpoint: str | None,
    *,
    file: Path | None,
    incident: str | None,
    since: datetime | None,
    published: bool,
    every: bool,
    as_json: bool,
) -> None:
    """Replay the past of the log against rules; print which alerts they would have sent.

    ENDPOINT is one of tracker.toml; without it, all of them are tried. The rules begin with having
    told nothing, and go through everything that was recorded since: how estimates moved, not how
    sources stood. What was imported is taken as if a source had shown it then: the log does not
    know the difference. Nothing is stored, and nothing is sent.
    """
    settings = _settings(paths, file)
    endpoints = _endpoints(settings, endpoint, file or paths.config)
    with paths.open_log() as log:
        events = _events(paths, log, incident)
    rehearsed = rehearse(
        as_published(events) if published else events,
        endpoints,
        fresh=settings.fresh,
        now=now(),
        names=_names(paths, settings),
    )
    found = [each for each in rehearsed if since is None or each.at >= since]
    shown = [each for each in found if every or isinstance(each, Sent)]
    if as_json:
        print_json([_document(each) for each in shown])
    else:
        print_table(_line(each, several=len(endpoints) > 1) for each in shown)
    for each in endpoints:
        click.echo(_count(each.name, found), err=True)


def _settings(paths: Paths, file: Path | None) -> Settings:
    if file is None:
        return load_settings(paths.config)
    if not file.exists():
        raise UsageError(f"{file}: there is no such file")
    settings = load_settings(paths.config)
    return replace(settings, endpoints=load_settings(file).endpoints)


def _endpoints(settings: Settings, name: str | None, file: Path) -> Sequence[Endpoint]:
    known = {each.name: each for each in settings.endpoints}
    if name is not None and name not in known:
        raise UnknownName("endpoint", name, known)
    if not known:
        raise UsageError(f"{file} has no [[webhook]] and no [[notify]]: there are no rules to try")
    return settings.endpoints if name is None else [known[name]]


def _events(paths: Paths, log: LogReader, incident: str | None) -> Iterable[Event]:
    """Those of all incidents, or of one and those that were ever merged with it."""
    if incident is None:
        return [event for name in log.streams(incident_stream("")) for event in log.read(name)]
    home = home_of(paths.known_incident(log, incident), log.read)
    return with_merged(home, log.read)


def _names(paths: Paths, settings: Settings) -> dict[str, str]:
    """How incidents and sources are called, as far as they are configured."""
    room, sources = newsroom(paths, settings), dict[str, Source]()
    with suppress(ConfigError):
        sources, _ = room.loaded()
    return names_of(room.incidents, sources.values())


def _line(each: Sent | Unsent, *, several: bool) -> tuple[str, ...]:
    """When, (to whom,) about what, as what, and in which words."""
    if isinstance(each, Sent):
        endpoint, about, kind = each.alert.endpoint, each.alert.about, each.alert.type
        text = told(each.alert.body)
        words = plain(f"{text.title} {text.body}")
    else:
        endpoint, about = each.endpoint, each.after.incident
        kind = f"not sent: {each.rule}"
        words = _moved(each)
    to = (endpoint,) if several else ()
    return (clock(each.at), *to, about, kind, one_line(words))


def _moved(each: Unsent) -> str:
    before, after = _believed(each), each.after
    what = f"{after.measure} ({after.scope})" if after.scope else after.measure.value
    held = f", held until {clock(each.until)}" if each.until else ""
    way = arrow(before, after)
    return f"{what} {standing(before)} {way} {standing(after)}{held}"


def _believed(each: Unsent) -> Estimate | None:
    """What the receiver was last told, as an estimate."""
    before = each.before
    if before is None:
        return None
    return replace(
        each.after,
        best=before.best,
        low=before.low,
        high=before.high,
        phrase=before.phrase,
        status=before.status,
    )


def _document(each: Sent | Unsent) -> dict[str, Any]:
    if isinstance(each, Sent):
        return {
            "at": utc_text(each.at),
            "endpoint": each.alert.endpoint,
            "sent": True,
            "body": json.loads(each.alert.body),
        }
    return {
        "at": utc_text(each.at),
        "endpoint": each.endpoint,
        "sent": False,
        "rule": each.rule,
        "held_until": utc_text(each.until) if each.until else None,
        "incident": each.after.incident,
        "measure": each.after.measure,
        "scope": each.after.scope,
        "before": _value(each.before),
        "after": _value(each.after),
    }


def _value(value: Estimate | Told | None) -> dict[str, Any] | None:
    if value is None:
        return None
    return {
        "phrase": value.phrase,
        "best": value.best,
        "low": value.low,
        "high": value.high,
        "status": value.status,
    }


def _count(endpoint: str, found: Iterable[Sent | Unsent]) -> str:
    sent = sum(isinstance(each, Sent) and each.alert.endpoint == endpoint for each in found)
    stopped = Counter(
        each.rule for each in found if isinstance(each, Unsent) and each.endpoint == endpoint
    )
    rules = ", ".join(f"{name} {number:,}" for name, number in stopped.most_common())
    return f"{endpoint}: {sent:,} sent; not sent: {rules or 'nothing'}"
