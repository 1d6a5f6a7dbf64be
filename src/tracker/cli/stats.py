"""`tracker stats`."""

from __future__ import annotations

from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

import click

from tracker.cli.options import (
    Paths,
    Times,
    as_csv,
    as_json,
    in_time,
    of_measure,
    under_policy,
)
from tracker.cli.shown import (
    clock,
    harmless,
    print_csv,
    print_json,
    print_json_list,
    print_rows,
    print_table,
    span,
)
from tracker.errors import UnknownName
from tracker.model import Measure, utc_text
from tracker.projections.policies import POLICIES
from tracker.projections.stats import SourceStats, Stats, Stood, stats

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from tracker.projections.roster import Listed
    from tracker.store.base import LogReader

COLUMNS: Final = (
    "incident", "measure", "revisions", "first", "first_at", "peak", "peak_at", "last", "last_at",
    "spread", "relative_spread", "falls", "fall_sizes", "hours_to_half", "hours_to_within_20",
    "hours_to_within_5", "hours_contested",
)  # fmt: skip
"""The columns of an incident in CSV: a contract. JSON has its sources beside them."""

HEADS: Final = {
    "revisions": 9, "first": 7, "peak": 7, "last": 7, "spread": 6, "falls": 5, "half after": 10,
    "within 20 %": 11, "within 5 %": 10, "contested": 0,
}  # fmt: skip
"""What people see of each incident, and how wide: a row is shown before the next is known."""


@click.command("stats")
@click.argument("incident", required=False)
@of_measure
@in_time
@under_policy
@as_json
@as_csv
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str | None,
    measure: Measure,
    times: Times,
    policy: str,
    as_json: bool,
    as_csv: bool,
) -> None:
    """How often, how far and for how long a figure moved, and how its sources stood to it.

    Of one incident, or a row for each incident of the log.
    """
    if policy not in POLICIES:
        raise UnknownName("policy", policy, POLICIES)
    with paths.open_log() as log:
        if incident is not None:
            name = paths.known_incident(log, incident)
            found = stats(times.fold(times.read(log, name)), name, measure, policy=policy)
            _show_one(found, as_json=as_json, as_csv=as_csv)
            return
        roster = log.roster()
        each_one = _each(log, roster, times, measure, policy)
        if as_json:
            print_json_list(map(_document, each_one))
        elif as_csv:
            print_csv(map(_row, each_one), COLUMNS)
        else:
            names = max(len(each) for each in ("incident", *(one.incident for one in roster)))
            table = chain([("incident", *HEADS)], map(_line, each_one))
            print_rows(table, [names, *HEADS.values()][:-1])


def _each(
    log: LogReader, roster: Iterable[Listed], times: Times, measure: Measure, policy: str
) -> Iterator[Stats]:
    """Of each incident that was known by then, one by one: a log may be larger than memory."""
    for listed in roster:
        if events := times.read(log, listed.incident, upto=listed.version):
            yield stats(times.fold(events), listed.incident, measure, policy=policy)


def _show_one(found: Stats, *, as_json: bool, as_csv: bool) -> None:
    if as_json:
        print_json(_document(found))
    elif as_csv:
        print_csv([_row(found)], COLUMNS)
    elif found.first is None:
        click.echo(
            f"{found.incident}: nobody has stated a number for {found.measure} yet", err=True
        )
    else:
        click.echo(harmless(f"{found.incident}, {found.measure}"))
        print_table(_lines(found))
        if found.sources:
            click.echo()
            print_table(chain([("source", "figures", "lag", "bias")], map(_source, found.sources)))


def _row(found: Stats) -> dict[str, Any]:
    falls = found.falls
    return {
        "incident": found.incident,
        "measure": found.measure,
        "revisions": found.revisions,
        **_stood("first", found.first),
        **_stood("peak", found.peak),
        **_stood("last", found.last),
        "spread": found.spread,
        "relative_spread": _share(found.relative_spread),
        "falls": None if falls is None else len(falls),
        "fall_sizes": None if falls is None else " ".join(map(str, falls)),
        "hours_to_half": _hours(found.to_half),
        "hours_to_within_20": _hours(found.to_within_20),
        "hours_to_within_5": _hours(found.to_within_5),
        "hours_contested": _hours(found.contested),
    }


def _document(found: Stats) -> dict[str, Any]:
    sources = [
        {
            "source": each.source,
            "figures": each.figures,
            "lag_hours": _hours(each.lag),
            "bias": _share(each.bias),
        }
        for each in found.sources
    ]
    sizes = None if found.falls is None else [*found.falls]
    return _row(found) | {"fall_sizes": sizes, "sources": sources}


def _stood(name: str, stood: Stood | None) -> dict[str, Any]:
    return {
        name: stood.number if stood else None,
        f"{name}_at": utc_text(stood.at) if stood else None,
    }


def _hours(length: timedelta | None) -> float | None:
    return None if length is None else round(length / timedelta(hours=1), 3)


def _share(share: float | None) -> float | None:
    return None if share is None else round(share, 4)


def _line(found: Stats) -> tuple[str, ...]:
    """An incident among others."""
    return (
        found.incident,
        _number(found.revisions),
        *(_number(each.number if each else None) for each in (found.first, found.peak, found.last)),
        _percent(found.relative_spread),
        _number(None if found.falls is None else len(found.falls)),
        _span(found.to_half),
        _span(found.to_within_20),
        _span(found.to_within_5),
        _span(found.contested),
    )


def _lines(found: Stats) -> Iterator[tuple[str, ...]]:
    """An incident alone."""
    for name, stood in (("first", found.first), ("peak", found.peak), ("last", found.last)):
        yield name, f"{stood.phrase}, since {clock(stood.at)}" if stood else "–"
    yield "spread", f"{_number(found.spread)}, {_percent(found.relative_spread)} of the last"
    falls = ", ".join(f"−{each:,}" for each in found.falls or ())
    fell = f", of which down: {falls}" if falls else ""
    yield "revisions", _number(found.revisions) + fell
    yield "half of the last", f"after {_span(found.to_half)}"
    yield "within 20 % of it for good", f"after {_span(found.to_within_20)}"
    yield "within 5 % of it for good", f"after {_span(found.to_within_5)}"
    yield "contested", f"for {_span(found.contested)}"


def _source(each: SourceStats) -> tuple[str, ...]:
    return each.source, _number(each.figures), _span(each.lag), _percent(each.bias, signed=True)


def _number(number: int | None) -> str:
    return "–" if number is None else f"{number:,}"


def _percent(share: float | None, *, signed: bool = False) -> str:
    if share is None:
        return "–"
    percent = round(share * 100)
    sign = ("−" if percent < 0 else "+") if signed and percent else ""
    return f"{sign}{abs(percent):,} %"


def _span(length: timedelta | None) -> str:
    return "–" if length is None else span(length)
