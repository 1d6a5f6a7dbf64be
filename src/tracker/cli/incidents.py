"""`tracker incidents`."""

from __future__ import annotations

from contextlib import ExitStack, suppress
from typing import TYPE_CHECKING, Any, Final

import click

from tracker.cli.options import Paths, Times, as_json, in_time
from tracker.cli.shown import print_json, print_table
from tracker.errors import NoLog
from tracker.model import Measure, utc_text
from tracker.projections.estimate import replay
from tracker.projections.roster import Listed

if TYPE_CHECKING:
    from tracker.store.base import LogReader

SHOWN: Final = 50
"""How many are shown without `--all`."""


@click.command("incidents")
@in_time
@click.option("--all", "everything", is_flag=True, help=f"More than the first {SHOWN}, too.")
@as_json
@click.pass_obj
def command(paths: Paths, *, times: Times, everything: bool, as_json: bool) -> None:
    """The incidents that are configured or in the log, with the death toll that stands.

    Those with the newest figures come first.
    """
    with ExitStack() as stack:
        log = None
        with suppress(NoLog):
            log = stack.enter_context(paths.open_log())
        listed = _listed(paths, log, times)
        shown = listed if everything else listed[:SHOWN]
        rows = [_row(each, _killed(log, each, times)) for each in shown]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(f"no incident yet: name one in {paths.sources / 'incidents.toml'}", err=True)
    else:
        print_table(
            (each["incident"], each["killed"] or "–", f"{each['figures']} figures",
             each["title"] or "")
            for each in rows
        )  # fmt: skip
    if len(listed) > len(shown):
        click.echo(f"{len(listed) - len(shown):,} more with --all", err=True)


def _listed(paths: Paths, log: LogReader | None, times: Times) -> list[Listed]:
    """Every incident, newest figures first; those without figures last, by name."""
    found = {name: Listed(name, 0, "", 0, None, None, "") for name in paths.incidents()}
    if log is not None:
        then = (_then(log, each, times) for each in log.roster())
        found |= {each.incident: each for each in then if each is not None}
    by_name = sorted(found.values())
    return sorted(by_name, key=lambda each: each.last_at or "", reverse=True)


def _then(log: LogReader, listed: Listed, times: Times) -> Listed | None:
    """The incident as it was known and counted by then; None if nothing of it was known."""
    all_known = times.known_at is None or listed.recorded_at <= utc_text(times.known_at)
    all_count = times.as_of is None or (listed.last_at or "") <= utc_text(times.as_of)
    if all_known and all_count:
        return listed
    events = times.read(log, listed.incident, upto=listed.version)
    if not events:
        return None
    folded = times.fold(events)
    published = sorted(
        utc_text(each.figure.published_at) for said in folded.reports.values() for each in said
    )
    return listed._replace(
        title=folded.opened.title if folded.opened else "",
        figures=len(published),
        first_at=published[0] if published else None,
        last_at=published[-1] if published else None,
    )


def _killed(log: LogReader | None, listed: Listed, times: Times) -> str | None:
    if log is None or not listed.figures:
        return None
    folded = times.fold(times.read(log, listed.incident, upto=listed.version))
    return replay(folded, listed.incident, Measure.KILLED).estimate.phrase


def _row(listed: Listed, killed: str | None) -> dict[str, Any]:
    return {
        "incident": listed.incident,
        "title": listed.title or None,
        "figures": listed.figures,
        "killed": killed,
        "first_at": listed.first_at,
        "last_at": listed.last_at,
    }
