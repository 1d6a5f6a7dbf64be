"""`tracker estimate`."""

import click

from tracker.cli.options import Paths, Times, asking
from tracker.cli.shown import bounds, clock, estimate_row, harmless, print_json, print_table, quoted
from tracker.model import Estimate, Measure
from tracker.projections.estimate import replay
from tracker.projections.ledger import Ledger
from tracker.projections.wording import earlier_readings


@click.command("estimate")
@asking
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    times: Times,
    policy: str,
    as_json: bool,
) -> None:
    """The best figure now, or as of a moment, with its bounds and the words behind it."""
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = times.read(log, name)
    folded = times.fold(events)
    estimate = replay(folded, name, measure, policy=policy).estimate
    times.tell_of_merger(name, events)
    if as_json:
        print_json(estimate_row(estimate))
    else:
        _show(estimate, folded)


def _show(estimate: Estimate, folded: Ledger) -> None:
    if estimate.phrase is None or estimate.since is None:
        click.echo(f"{estimate.incident}: nobody has stated a figure for {estimate.measure}")
        return
    click.echo(
        harmless(
            f"{estimate.incident}, {estimate.measure}: {estimate.phrase} "
            f"({bounds(estimate)}), {estimate.status} since {clock(estimate.since)}"
        )
    )
    stated = (*folded.entries, *folded.corrections)
    entries = {each.event.id: each.figure for each in stated}
    was = earlier_readings(folded)
    print_table(
        (
            each,
            clock(entries[each].published_at),
            entries[each].source + (f" / {entries[each].issuer}" if entries[each].issuer else ""),
            quoted(entries[each].quote, was.get(each, "")),
        )
        for each in estimate.basis
    )
