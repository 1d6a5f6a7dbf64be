"""What a source and the page that it points to say of one report, as one report. Pure."""

import hashlib
from collections.abc import Sequence
from dataclasses import replace

from tracker.intake import Report
from tracker.sources.capture import is_remote
from tracker.sources.kind import Link
from tracker.sources.secrets import without_secrets


def joined(link: Link, reports: Sequence[Report]) -> tuple[Report, ...]:
    """The reports of a page that was pointed to.

    Where it is one, it keeps the id, the headline and the dates that the source itself gave it,
    and has the page's text. Each update of a live blog is a report of its own.
    """
    item = link.item
    if item is None or len(reports) != 1:
        return tuple(reports)
    (page,) = reports
    dated = item if item.published else page
    dates = [each for each in (item.modified, page.modified) if each]
    report = replace(
        page,
        id=item.id,
        title=item.title or page.title,
        url=item.url or page.url,
        published=dated.published,
        date_only=dated.date_only,
        stated_date=dated.stated_date,
        modified=max(dates, default=None),
        language=page.language or item.language,
        digest="",
    )
    return (report,)


def to_be_kept(report: Report) -> Report:
    """The report as it may be stored: its addresses without secrets.

    An address that is its id, and had one, stays apart from others that differ by it alone.
    """
    shown = without_secrets(report.id) if is_remote(report.id) else report.id
    if shown != report.id:
        shown += f"#{hashlib.sha256(report.id.encode(errors='replace')).hexdigest()[:8]}"
    return replace(report, id=shown, url=without_secrets(report.url))


def digest_of(report: Report) -> str:
    """What tells this version of a report from any other: sixteen hex digits."""
    if report.digest:
        return report.digest
    said = (
        report.id, report.title, report.text, report.published, report.modified, report.language,
        report.figures, report.withdrawn, report.whole,
    )  # fmt: skip
    return hashlib.sha256(repr(said).encode(errors="replace")).hexdigest()[:16]
