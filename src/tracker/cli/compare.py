"""`tracker compare`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from tracker.cli.options import Paths, Times, as_csv, as_json, in_time, of_measure
from tracker.cli.shown import arrow, clock, print_csv, print_json, print_table, standing
from tracker.model import Measure, utc_text
from tracker.projections.compare import Moment, Stand, compare
from tracker.projections.policies import POLICIES

if TYPE_CHECKING:
    from collections.abc import Iterable


@click.command("compare")
@click.argument("incident")
@of_measure
@in_time
@as_json
@as_csv
@click.pass_obj
def command(
    paths: Paths, *, incident: str, measure: Measure, times: Times, as_json: bool, as_csv: bool
) -> None:
    """What stood under each policy, whenever the estimate of one of them moved. Oldest first.

    ↑ and ↓ mark a number that rose or fell in this row, • what else moved: the first, a hedge,
    bounds, a contest.
    """
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = times.read(log, name)
    moments = compare(times.fold(events), name, measure)
    if as_json:
        print_json([_row(each) | {"moved": _moved(each)} for each in moments])
    elif as_csv:
        rows = (_row(each) | {"moved": " ".join(_moved(each))} for each in moments)
        print_csv(rows, ["at", *POLICIES, "moved"])
    elif not moments:
        click.echo(f"{name}: nobody has stated a figure for {measure} yet", err=True)
    else:
        print_table(_table(moments))


def _row(moment: Moment) -> dict[str, Any]:
    """When, and the number that stands under each policy."""
    bests = {each.policy: each.after.best for each in moment.stands}
    return {"at": utc_text(moment.at)} | bests


def _moved(moment: Moment) -> list[str]:
    return [each.policy for each in moment.stands if each.moved]


def _table(moments: Iterable[Moment]) -> Iterable[tuple[str, ...]]:
    yield "", *POLICIES
    for each in moments:
        yield clock(each.at), *map(_cell, each.stands)


def _cell(stand: Stand) -> str:
    moved = f" {arrow(stand.before, stand.after)}" if stand.moved else ""
    return standing(stand.after) + moved
