"""What asking a source comes to where nothing new can be read: values, and the words for them.

Light on purpose: local files and the network share it.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from tracker.health import Cause

MOST_BYTES: Final = 5 * 1024 * 1024
"""The largest body that is read, after decompression."""


@dataclass(frozen=True, slots=True)
class NotModified:
    """The source says, or its bytes say, that nothing is new."""

    etag: str | None = None
    """As the answer has it, else as it is remembered; so is `last_modified`."""
    last_modified: str | None = None
    max_age: timedelta | None = None
    """How long the answer's headers say that it is good for."""
    moved_to: str = ""
    """Where the address leads for good: the end of the permanent redirects it begins with."""
    asked_whole: bool = False
    """Whether the whole body came, and was the same: it is not only the tags that say so."""


@dataclass(frozen=True, slots=True)
class FetchFailed:
    """Nothing could be fetched this time; `reason` is one line for people."""

    reason: str
    cause: Cause = Cause.OUTAGE
    retry_after: timedelta | None = None
    """How long the source asks to be left alone."""


def too_large(size: int | None = None) -> str:
    """Why a body is refused; None = where it was cut off, its whole size unknown.

    >>> too_large(52428800)
    'too large: 50 MB; the most that is read is 5 MB'
    """
    most = f"{MOST_BYTES // 2**20} MB"
    if size is None:
        return f"too large: more than {most}, which is the most that is read"
    return f"too large: {size / 2**20:.0f} MB; the most that is read is {most}"
