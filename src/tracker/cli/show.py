"""`tracker show`."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from tracker.cli.evidence import aside_row, event_line, figure_row, incident_of
from tracker.cli.fields import exact, rows
from tracker.cli.options import Paths, Times, as_json
from tracker.cli.shown import document, estimate_row, print_json, print_table, quoted, row
from tracker.decisions import Decision
from tracker.errors import UsageError
from tracker.events import INBOX, FigureReported, FigureWithdrawn, ReportRedacted
from tracker.projections.became import beside, effects, names, naming
from tracker.projections.because import why_moved
from tracker.projections.merged import home_of
from tracker.projections.wording import reading

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.events import Event
    from tracker.projections.became import Effect
    from tracker.projections.ledger import Entry
    from tracker.store.base import LogReader

NAMED = 10
"""Events that are named beside, at most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Place:
    """Where an event stands in its chain."""

    hash: str
    previous: str
    """The hash of the event before it in its stream; "" before the first."""
    data: str
    """The fact as the JSON text that is stored: what the hash is over."""
    before: Event | None
    after: Event | None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shown:
    """All that is told of an event."""

    event: Event
    removed: dict[str, str]
    """Of each field of words that is deleted, why it is."""
    beside: tuple[Entry, ...]
    effects: tuple[Effect, ...]
    names: tuple[Event, ...]
    named_by: tuple[Event, ...]
    place: _Place


@click.command("show")
@click.argument("event")
@as_json
@click.pass_obj
def command(paths: Paths, event: str, *, as_json: bool) -> None:
    """One event: every field, its report, what became of it, and its place in the chain.

    EVENT is its id, or the beginning of it, as `tracker events` and `tracker why` show it.
    """
    if not event.strip():
        raise UsageError("EVENT is empty: give an id, or the beginning of it")
    with paths.open_log() as log:
        shown = _gather(log, log.find(event))
    if as_json:
        print_json(_document(shown))
    else:
        _show(shown)


def _gather(log: LogReader, event: Event) -> _Shown:
    place, redactions = _placed(log, event)
    found: tuple[Effect, ...] = ()
    others: tuple[Entry, ...] = ()
    stream = log.read(event.stream)
    incident = incident_of(event)
    if incident is not None:
        now = Times(None, None)
        for name in dict.fromkeys([incident, home_of(incident, log.read)]):
            folded = now.fold(now.read(log, name))
            found += effects(folded, name, event)
            if name == incident and isinstance(event.fact, FigureReported):
                others = beside(event.fact, folded)
    about = list(names(event.fact))
    return _Shown(
        event=event,
        removed=_removed(event, place, redactions),
        beside=others,
        effects=found,
        names=tuple(log.find(each) for each in about if log.holds(each)),
        named_by=naming(event, [*stream, *redactions] if event.stream != INBOX else stream),
        place=place,
    )


def _placed(log: LogReader, event: Event) -> tuple[_Place, list[Event]]:
    """Its place in the chain, told from what is stored, and the redactions of its words."""
    from tracker.store.chain import FIRST, link  # noqa: PLC0415 — only when an event is shown

    made, previous, data = FIRST, FIRST, ""
    redactions: list[Event] = []
    for stored, _ in log.stored(event.stream):
        if stored.stream == event.stream and stored.version <= event.version:
            previous, made, data = made, link(made, stored), stored.data
        if stored.type == ReportRedacted.TYPE and event.id in json.loads(stored.data)["events"]:
            redactions.append(log.find(stored.id))
    around = log.read(event.stream, after=event.version - 2, upto=event.version + 1)
    return (
        _Place(
            hash=made,
            previous=previous,
            data=data,
            before=next((each for each in around if each.version < event.version), None),
            after=next((each for each in around if each.version > event.version), None),
        ),
        redactions,
    )


def _removed(event: Event, place: _Place, redactions: Sequence[Event]) -> dict[str, str]:
    """The stored fact has a commitment to each field of words that it ever had."""
    committed = json.loads(place.data)
    reasons = [each.fact.reason for each in redactions if isinstance(each.fact, ReportRedacted)]
    why = f"redacted, {reasons[-1]}" if reasons else "kept for 90 days only"
    return {
        field: why
        for field in event.fact.WORDS
        if field in committed and getattr(event.fact, field) is None
    }


def _document(shown: _Shown) -> dict[str, Any]:
    """All of it; `event` as `tracker events --jsonl` gives it."""
    place = shown.place
    return {
        "event": document(shown.event),
        "removed": shown.removed,
        "beside": [figure_row(each) for each in shown.beside],
        "effects": [
            {
                "estimate": estimate_row(each.estimate) | {"scope": each.estimate.scope},
                "moved": row(each.revision) if each.revision else None,
                "part": each.part,
                "aside": aside_row(each.aside) if each.aside else None,
            }
            for each in shown.effects
        ],
        "names": [document(each) for each in shown.names],
        "named_by": [document(each) for each in shown.named_by],
        "chain": {
            "previous": place.previous,
            "hash": place.hash,
            "data": place.data,
            "before": document(place.before) if place.before else None,
            "after": document(place.after) if place.after else None,
        },
    }


def _show(shown: _Shown) -> None:
    event = shown.event
    click.echo(f"{event.fact.TYPE} {event.id}")
    _table(
        [
            *rows(event.fact, shown.removed),
            ("recorded", exact(event.recorded_at)),
            ("in the log", f"position {event.position:,}; {event.version:,} of {event.stream}"),
        ]
    )
    _section("the same version of its report says", map(_beside, shown.beside))
    _section("what became of it", _became(shown))
    _events("it is about", shown.names)
    _events("about it", shown.named_by)
    place = shown.place
    click.echo("in the chain")
    _table(
        [
            ("before it", _neighbour(place.before)),
            ("hash before", place.previous or "none"),
            ("its hash", place.hash),
            ("after it", _neighbour(place.after)),
        ]
    )


def _beside(entry: Entry) -> tuple[str, ...]:
    return entry.event.id, reading(entry.figure), quoted(entry.figure.quote)


def _became(shown: _Shown) -> Iterable[tuple[str, ...]]:
    for each in shown.effects:
        estimate = each.estimate
        what = f"{estimate.incident}, {estimate.measure}"
        what += f" ({estimate.scope})" if estimate.scope else ""
        yield what, "; ".join(_told(each))
    if not shown.effects and isinstance(shown.event.fact, FigureWithdrawn | Decision):
        yield ("it moved no estimate",)


def _told(effect: Effect) -> Iterable[str]:
    revision, today = effect.revision, effect.estimate.phrase or "no figure"
    if revision is not None:
        stood = revision.estimate.phrase or "no figure"
        yield f"it moved the estimate to {stood}, {revision.reason} ({why_moved(revision.reason)})"
    if effect.part == "stands":
        yield f"today's estimate rests on it: {today}"
    elif effect.part == "confirms":
        yield f"it confirms today's estimate: {today}"
    elif effect.part == "disputes":
        yield f"it is the other side of today's estimate: {today}"
    elif effect.aside is not None:
        note = f" [{effect.aside.note}]" if effect.aside.note else ""
        yield f"set aside, {effect.aside.rule}: {effect.aside.because}{note}; today {today} stands"


def _events(heading: str, events: Sequence[Event]) -> None:
    lines = [event_line(each) for each in events[:NAMED]]
    _section(heading, ((name, when, *rest) for _, name, when, _, *rest in lines))
    if len(events) > NAMED:
        click.echo(f"  … and {len(events) - NAMED:,} more; all of them with --json")


def _neighbour(event: Event | None) -> str:
    return f"{event.fact.TYPE} {event.id}" if event else "none"


def _section(heading: str, lines: Iterable[Sequence[str]]) -> None:
    found = [*lines]
    if found:
        click.echo(heading)
        _table(found)


def _table(lines: Iterable[Sequence[str]]) -> None:
    print_table(("", *each) for each in lines)
