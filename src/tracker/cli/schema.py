"""`tracker schema`."""

import click

from tracker.cli.options import as_json
from tracker.cli.shown import print_json, print_table
from tracker.errors import UnknownName


@click.command("schema")
@click.argument("type", required=False)
@as_json
def command(*, type: str | None, as_json: bool) -> None:  # noqa: A002 — what a body calls it
    """What webhooks are sent: the types, or the JSON Schema of one.

    TYPE is that of a body: estimate.revised. With --json and no TYPE, the schemas of all.
    """
    from tracker.alerts.schema import TYPES, schema  # noqa: PLC0415 — pydantic is slow

    if type is not None:
        if type not in TYPES:
            raise UnknownName("type of alert", type, TYPES)
        print_json(schema(type))
    elif as_json:
        print_json({each: schema(each) for each in TYPES})
    else:
        print_table(TYPES.items())
