"""`tracker incidents`."""

from contextlib import suppress
from typing import Any

import click

from tracker.cli.options import Paths, as_json
from tracker.cli.show import print_json, print_table
from tracker.errors import NoLog
from tracker.events import incident_stream
from tracker.model import Measure
from tracker.projections.estimate import replay
from tracker.projections.ledger import ledger


@click.command("incidents")
@as_json
@click.pass_obj
def command(paths: Paths, *, as_json: bool) -> None:
    """The incidents that are configured or in the log, with the death toll that stands."""
    prefix = incident_stream("")
    rows: dict[str, dict[str, Any]] = {
        name: {"incident": name, "title": None, "figures": 0, "killed": None}
        for name in sorted(paths.incidents())
    }
    with suppress(NoLog), paths.open_log() as log:
        for stream in log.streams(prefix):
            name = stream.removeprefix(prefix)
            folded = ledger(log.read(stream))
            rows[name] = {
                "incident": name,
                "title": folded.opened.title if folded.opened else None,
                "figures": len(folded.entries),
                "killed": replay(folded, name, Measure.KILLED).estimate.phrase,
            }
    if as_json:
        print_json(list(rows.values()))
    elif not rows:
        click.echo(f"no incident yet: name one in {paths.sources / 'incidents.toml'}", err=True)
    else:
        print_table(
            (each["incident"], each["killed"] or "–", f"{each['figures']} figures",
             each["title"] or "")
            for each in rows.values()
        )  # fmt: skip
