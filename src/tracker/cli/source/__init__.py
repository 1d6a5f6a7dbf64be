"""`tracker source`: trying sources, adding them, and handing lists of them on.

Each of its verbs is a file beside this, loaded only when it is called.
"""

from typing import Final

import click

from tracker.cli import Verbs

VERBS: Final = {
    "test": "Ask a source as a poll would, store nothing, and show what comes of it.",
    "add": "Find the feed or page at an address, test it, and write its file.",
    "import": "Write a file for each feed of an OPML list.",
    "export": "The feeds among the sources, as an OPML list.",
}
"""Each of them with its one line in `--help`."""


@click.group("source", cls=Verbs, table=VERBS, package=__name__)
def command() -> None:
    """Try a source, add one, import or export a list of feeds."""
