"""Reports that cannot be filed: to the one fact that says so, or to none.

Figures that no incident can claim are set aside with the words around them, and so is a report of
an incident in a language that is not read. Which incident a figure belongs to is decided in
`match.py`.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime

from tracker.events import ReportSetAside
from tracker.figures.languages import lexicon_of
from tracker.incidents.decide import date_report
from tracker.incidents.match import full_text, paragraph_of, recognised
from tracker.intake import Figure, Incident, Report, Source
from tracker.model import Role


def set_aside(
    source: Source, report: Report, figures: Sequence[Figure], why: str, *, observed_at: datetime
) -> ReportSetAside | None:
    """The fact that a report's figures found no incident; None where none of them is a toll.

    The paragraphs of all of them are kept, so that the report can be read again as it was.
    """
    tolls = [each for each in figures if each.role in (Role.CURRENT, Role.COMPONENT)]
    if not tolls:
        return None
    text = full_text(report)
    return _aside(
        source,
        report,
        why,
        figures=tuple(f"{each.measure} {text[each.start : each.end]}" for each in tolls),
        paragraphs=_paragraphs(report, text, figures),
        observed_at=observed_at,
    )


def set_aside_unread(
    source: Source, report: Report, incidents: Sequence[Incident], *, observed_at: datetime
) -> ReportSetAside | None:
    """The fact that a report's language is not read, or not known.

    None where it is read; where the report holds no number; and where no incident would claim
    it: most reports of a source are about something else, and whatever they say is no loss.
    """
    if lexicon_of(report.language) is not None or not holds_number(report):
        return None
    moment = date_report(report, observed_at).moment
    if source.incident is None and not recognised(report, moment, incidents):
        return None
    return _aside(
        source,
        report,
        f"language: {report.language} is not read" if report.language else "language: not known",
        figures=(),
        paragraphs=filter(_holds_number, report.text.split("\n\n")),
        observed_at=observed_at,
    )


def holds_number(report: Report) -> bool:
    """Whether it could hold a figure, in any language: a digit, or a number in Chinese."""
    return _holds_number(full_text(report))


def _paragraphs(report: Report, text: str, figures: Iterable[Figure]) -> Iterable[str]:
    """Those of the body that hold the figures, each as often as it stands there."""
    begins = {text.rfind("\n\n", 0, each.start): each for each in figures}
    return (
        paragraph_of(text, figure)
        for begin, figure in sorted(begins.items())
        if begin >= 0 or not report.title
    )


def _holds_number(text: str) -> bool:
    return any(map(str.isnumeric, text))


def _aside(
    source: Source,
    report: Report,
    why: str,
    *,
    figures: tuple[str, ...],
    paragraphs: Iterable[str],
    observed_at: datetime,
) -> ReportSetAside:
    return ReportSetAside(
        source=source.id,
        source_name=source.name,
        source_rank=source.rank,
        report=report.id,
        published_at=date_report(report, observed_at).moment,
        observed_at=observed_at,
        url=report.url,
        language=report.language,
        why=why,
        figures=figures,
        title=report.title,
        text="\n\n".join(paragraphs),
    )
