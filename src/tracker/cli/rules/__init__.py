"""`tracker rules`: what the rules of an endpoint let pass.

Each of its verbs is a file beside this, loaded only when it is called.
"""

from typing import Final

import click

from tracker.cli import Verbs

VERBS: Final = {
    "test": "Replay the past against rules, and print which alerts they would have sent.",
}
"""Each of them with its one line in `--help`."""


@click.group("rules", cls=Verbs, table=VERBS, package=__name__)
def command() -> None:
    """Try the rules of endpoints on the past."""
