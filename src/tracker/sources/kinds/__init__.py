"""The table of source kinds: a new kind is one module, one function and one line here.

Each parser is imported when it is first needed, so that reading the configuration does not
load the libraries behind all of them.
"""

import logging
from collections.abc import Callable
from typing import Final

from tracker.intake import Report, Source
from tracker.sources.capture import Capture, Unreadable

__all__ = ["KINDS", "Unreadable", "parse"]

# It logs, where nobody configured logging even to stderr, that a page has no text; here that is
# `Unreadable`, and said once.
logging.getLogger("trafilatura").setLevel(logging.CRITICAL)


def _feed(source: Source, capture: Capture) -> list[Report]:
    from tracker.sources.feed import parse_feed  # noqa: PLC0415 — see above

    return parse_feed(source, capture)


def _page(source: Source, capture: Capture) -> list[Report]:
    from tracker.sources.page import parse_page  # noqa: PLC0415 — see above

    return parse_page(source, capture)


KINDS: Final[dict[str, Callable[[Source, Capture], list[Report]]]] = {
    "feed": _feed,
    "page": _page,
}


def parse(source: Source, capture: Capture) -> list[Report]:
    """The reports in what a source showed.

    Raises:
        Unreadable: it is not what its kind promises; the text says what it is instead.
    """
    return KINDS[source.kind](source, capture)
