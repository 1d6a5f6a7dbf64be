"""`tracker history`."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import click

from tracker.cli.options import Paths, Times, as_csv, asking
from tracker.cli.shown import (
    ROW,
    arrow,
    line,
    print_csv,
    print_json,
    print_json_list,
    print_table,
    row,
    standing,
)
from tracker.projections.history import first_releases, history, stands_otherwise
from tracker.projections.links import linked
from tracker.projections.wording import earlier_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import date

    from tracker.model import Measure
    from tracker.projections.vintages import Vintage

ACROSS: Final = 8
"""How many vintages a table shows side by side."""

VALUE: Final = ("vintage", "day", "best", "low", "high", "phrase")
"""The columns of a value in `--vintages`: a contract."""


@click.command("history")
@asking
@as_csv
@click.option("--first", is_flag=True, help="Only the first release, of each scope.")
@click.option(
    "--vintages",
    "by_vintage",
    is_flag=True,
    help="What was known when: the value as of each day, as known by the end of each day.",
)
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    times: Times,
    policy: str,
    as_json: bool,
    as_csv: bool,
    first: bool,
    by_vintage: bool,
) -> None:
    """Every move of a figure: when, who, how far, why, and in which words. Oldest first."""
    if first and by_vintage:
        raise click.UsageError("--first and --vintages are two questions: ask one.")
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = times.read(log, name)
    if by_vintage:
        from tracker.projections.vintages import vintages  # noqa: PLC0415 — seldom asked for

        newest_first = vintages(events, name, measure, policy=policy, as_of=times.as_of)
        _show_vintages(newest_first, f"{name}: {_nobody(measure)}", as_json=as_json, as_csv=as_csv)
        return
    folded = times.fold(events)
    times.tell_of_merger(name, events)
    revisions = history(folded, name, measure, policy=policy)
    if first:
        revisions = first_releases(revisions)
    others = linked(folded, name, revisions, policy=policy)
    if as_json:
        print_json([row(each, others.get(each.event_id)) for each in revisions])
    elif as_csv:
        print_csv([row(each, others.get(each.event_id)) for each in revisions], ROW)
    elif not revisions:
        click.echo(f"{name}: {_nobody(measure)}", err=True)
    else:
        was = earlier_readings(folded)
        print_table(
            line(each, was.get(each.event_id, ""), others.get(each.event_id)) for each in revisions
        )


def _nobody(measure: Measure) -> str:
    return f"nobody has stated a figure for {measure} yet"


def _show_vintages(
    newest_first: Iterator[Vintage], nothing: str, *, as_json: bool, as_csv: bool
) -> None:
    """All of them for programs; for people the newest."""
    if as_json:
        print_json_list(_values([*newest_first][::-1]))
    elif as_csv:
        print_csv(_values([*newest_first][::-1]), VALUE)
    else:
        # One more than is shown: that is how the first one shown is seen to revise.
        found = [*islice(newest_first, ACROSS + 1)][::-1]
        if found:
            print_table(_matrix(found))
        else:
            click.echo(nothing, err=True)
        if len(found) > ACROSS:
            click.echo(f"the newest {ACROSS} vintages; all of them with --csv or --json", err=True)


def _days(found: Iterable[Vintage]) -> list[date]:
    """The days on which the estimate moved, as any vintage has it."""
    return sorted({each.day for vintage in found for each in vintage.days})


def _values(found: Sequence[Vintage]) -> Iterator[dict[str, Any]]:
    """What stood at the end of each day, vintage by vintage, oldest first."""
    days = _days(found)
    for vintage in found:
        for day in days:
            if vintage.covers(day):
                stood = vintage.as_of(day)
                yield {
                    "vintage": vintage.known.isoformat(),
                    "day": day.isoformat(),
                    "best": stood and stood.best,
                    "low": stood and stood.low,
                    "high": stood and stood.high,
                    "phrase": stood and stood.phrase,
                }


def _matrix(found: Sequence[Vintage]) -> Iterator[tuple[str, ...]]:
    """Days down, vintages across: along a line, how one day's value was revised."""
    shown = found[-ACROSS:]
    yield "as of", *(f"known {each.known}" for each in shown)
    for day in _days(shown):
        cells = [_cell(day, *pair) for pair in zip([None, *found], found, strict=False)]
        yield day.isoformat(), *cells[-len(shown) :]


def _cell(day: date, before: Vintage | None, vintage: Vintage) -> str:
    if not vintage.covers(day):
        return ""
    now = vintage.as_of(day)
    if before is None or not before.covers(day):
        return standing(now)
    was = before.as_of(day)
    return standing(now) + (f" {arrow(was, now)}" if stands_otherwise(was, now) else "")
