"""`tracker webhooks`: the endpoints of `tracker.toml`, how they stand, and what is done with them.

Each of its verbs is a file beside this, loaded only when it is called.
"""

from typing import Final

import click

from tracker.cli import Verbs

VERBS: Final = {
    "list": "The endpoints, how each can be reached, and what it is told.",
    "add": "Write the table of a new webhook, with a secret of its own.",
    "test": "Send one signed test alert now, and show the answer.",
    "rotate": "Give a webhook a new secret, without one failed verification.",
    "enable": "Send to an endpoint again, what waits first.",
    "disable": "Send nothing to an endpoint until it is enabled.",
}
"""Each of them with its one line in `--help`."""


@click.group("webhooks", cls=Verbs, table=VERBS, package=__name__)
def command() -> None:
    """List, add, test, rotate, enable and disable the endpoints of tracker.toml."""
