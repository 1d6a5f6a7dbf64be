"""A report that its source takes back, whole: what it stated is withdrawn."""

from datetime import datetime

from tracker.events import FigureWithdrawn
from tracker.incidents.decide import date_report
from tracker.intake import Report, Source
from tracker.projections.ledger import Ledger


def cancelled(
    ledger: Ledger, source: Source, report: Report, *, observed_at: datetime
) -> tuple[FigureWithdrawn, ...]:
    """The withdrawal of each figure that the report still states; () when all is known."""
    effective_at = date_report(report, observed_at).moment
    return tuple(
        FigureWithdrawn(
            figure=each.event.id,
            by=source.id,
            reason="its report was cancelled",
            effective_at=max(effective_at, each.figure.published_at),
            observed_at=observed_at,
        )
        for each in ledger.stated(source.id, report.id)
        if each.event.id not in ledger.retracted
    )
