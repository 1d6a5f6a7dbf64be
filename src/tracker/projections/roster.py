"""The roster: which incidents the log knows, and how much was said of each, and when.

The one projection that is stored, because a list of incidents would else read the whole log. It
is folded from columns, since it needs next to nothing of an event.
"""

from typing import NamedTuple

from tracker.events import FigureReported


class Listed(NamedTuple):
    """An incident of the roster. Moments are written as in the log, so that they sort as text."""

    incident: str
    version: int
    """Of its stream, up to which it is folded."""
    title: str
    """"" where no `incident.opened` has told it."""
    figures: int
    first_at: str | None
    """When the earliest figure was published; None while there is none."""
    last_at: str | None
    recorded_at: str
    """When the log last grew by something about it."""


def enlist(
    before: Listed | None,
    incident: str,
    *,
    kind: str,
    recorded_at: str,
    published_at: str | None,
    title: str | None,
) -> Listed:
    """The incident after one more event of its stream.

    `kind` is the event's type; it has `published_at` if it is a figure, and `title` if it tells
    the incident's.
    """
    if before is None:
        before = Listed(incident, 0, "", 0, None, None, recorded_at)
    _, version, known, figures, first_at, last_at, recorded = before
    if kind == FigureReported.TYPE and published_at is not None:
        figures += 1
        if first_at is None or published_at < first_at:
            first_at = published_at
        if last_at is None or published_at > last_at:
            last_at = published_at
    return Listed(
        incident,
        version + 1,
        known if title is None else title,
        figures,
        first_at,
        last_at,
        max(recorded, recorded_at),
    )
