"""The bytes as fetched, and how a parser says that it cannot read them.

Light on purpose: the parsers need it without the network that `fetch.py` brings.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urljoin

from tracker.errors import TrackerError

FOLDER: Final = "inode/directory"
"""The media type of a folder's capture."""


class Unreadable(TrackerError):  # noqa: N818 — names the state of what was fetched
    """What was fetched holds no report; one line says why and what to do.

    The pipeline reports it as the failure of its source and goes on with the others.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """One answer of a source. Never leaves `sources/` and the pipeline; never stored."""

    url: str
    """Where the answer came from in the end, after redirects; or a local path."""
    content: bytes
    """The body, decompressed."""
    content_type: str = ""
    """The media type in lower case, without parameters; "" where none was given."""
    charset: str | None = None
    """The encoding that the HTTP header names; the document's own claim is read later."""
    fetched_at: datetime
    etag: str | None = None
    last_modified: str | None = None
    digest: str
    """SHA-256 of `content`, in hex; of a folder, of its names, times and sizes."""
    max_age: timedelta | None = None
    """How long the answer's headers say that it is good for."""
    moved_to: str = ""
    """Where the address leads for good: the end of the permanent redirects it begins with."""
    files: tuple["Capture", ...] = ()
    """Of a folder: the files in it that are not known yet, by name; their `digest` is that of
    name, time and size."""
    known: frozenset[str] = frozenset()
    """Of a folder: the digests of the files that were passed over as known."""
    trouble: tuple[str, ...] = ()
    """Of a folder: what in it could not be read, a line each."""


def is_remote(url: str) -> bool:
    """True for http(s) addresses, False for a path on this machine."""
    return url.lower().startswith(("http://", "https://"))


def absolute(base: str, link: str) -> str:
    """The http(s) address that `link` means on `base`; "" where it means none."""
    try:
        url = urljoin(base, link) if is_remote(base) else link
    except ValueError:
        return ""
    return url if is_remote(url) else ""
