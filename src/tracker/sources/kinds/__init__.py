"""The table of source kinds: a new kind is one module here and one line below.

The libraries behind a kind are imported when its first answer is read, so that reading the
configuration does not load all of them.
"""

from typing import Final

from tracker.intake import Source
from tracker.sources.capture import FOLDER, Capture, Unreadable
from tracker.sources.kind import Kind, Parsed
from tracker.sources.kinds import cap, feed, folder, json_, mediawiki, page, sitemap

__all__ = ["KINDS", "Unreadable", "parse"]

VERSION: Final = 1
"""Raised where a kind reads the same answer otherwise than before: all is read again, then."""

KINDS: Final[dict[str, Kind]] = {
    "feed": feed.KIND,
    "page": page.KIND,
    "json": json_.KIND,
    "sitemap": sitemap.KIND,
    "mediawiki": mediawiki.KIND,
    "cap": cap.KIND,
    "folder": folder.KIND,
}


def parse(source: Source, capture: Capture, known: frozenset[str] = frozenset()) -> Parsed:
    """What a source showed; pieces of it that are `known` need not be read again.

    Raises:
        Unreadable: it is not what its kind promises; the text says what it is instead.
    """
    if capture.content_type == FOLDER and source.kind != "folder":
        raise Unreadable("a folder: name a file in it, or set kind to 'folder'")
    return KINDS[source.kind].parse(source, capture, known)
