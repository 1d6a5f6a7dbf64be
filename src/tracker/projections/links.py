"""Moves that are one: where a report has fewer missing and more dead, the missing were found.

They are shown as linked, and never added: nobody but the report knows how many of the ones became
the others.
"""

from collections.abc import Iterable
from typing import Final

from tracker.model import Measure, Revision
from tracker.projections.history import history
from tracker.projections.ledger import Ledger

FOUND: Final = (Measure.KILLED, Measure.BODIES_RECOVERED, Measure.ESCAPED_OR_RESCUED)
"""What the missing turn into."""


def linked(
    ledger: Ledger, incident: str, revisions: Iterable[Revision], *, policy: str = "standard"
) -> dict[str, Revision]:
    """By event id of a move in these revisions: the move that the same report made with it."""
    moved = [each for each in revisions if each.estimate.scope is None]
    measures = {each.estimate.measure for each in moved}
    others = FOUND if Measure.MISSING in measures else (Measure.MISSING,) if measures else ()
    told = {each.figure.measure for each in ledger.entries}
    if not measures & {Measure.MISSING, *FOUND} or not told & {*others}:
        return {}
    reports = {
        each.event.id: (each.figure.source, each.figure.report, each.figure.version)
        for each in ledger.entries
    }
    made = {
        reports.get(other.event_id): other
        for measure in reversed(others)
        for other in history(ledger, incident, measure, policy=policy)
        if other.estimate.scope is None and _turned(other)
    }
    made.pop(None, None)
    pairs = ((each, made.get(reports.get(each.event_id))) for each in moved if _turned(each))
    return {each.event_id: other for each, other in pairs if other is not None}


def _turned(revision: Revision) -> bool:
    """Whether fewer are missing, or more found."""
    change = revision.change or 0
    return change < 0 if revision.estimate.measure is Measure.MISSING else change > 0
