"""What of a report is news to the log: a report and its figures to new facts, or to none.

A report read again states nothing new. An edit stores only what it changed, and names what that
replaced; what merely rolled off a feed, or is missing from a truncated page, is not withdrawn.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from tracker.events import (
    Fact,
    FigureReported,
    FigureWithdrawn,
    IncidentOpened,
    ReportSetAside,
)
from tracker.figures import VERSION, resolve_issuer
from tracker.incidents.match import ZONES, folded, full_text, mentions, paragraph_of
from tracker.model import Figure, Incident, Issuer, Report, Role, Source, utc_text
from tracker.projections.ledger import Entry, Ledger

CLOCK_SKEW: Final = timedelta(minutes=10)
"""A report dated further ahead than this has a wrong date."""

WEB_NEWS_BEGAN: Final = 1990
"""An earlier date is a clock that was never set, not the date of a report."""


@dataclass(frozen=True, slots=True)
class Dated:
    """When a report counts, and its stated date where that could not be used."""

    moment: datetime
    stated: str = ""


def date_report(
    report: Report, observed_at: datetime, *, incident: Incident | None = None
) -> Dated:
    """The time of a report's first version: the source's own date, if it can be true.

    Undated, ahead of the clock, from before there was web news, or from before the incident:
    the moment it was observed, with the stated date kept. A date alone stands for the end of
    that day, or for the moment observed where that is earlier.
    """
    stated = report.published or report.modified
    if stated is None:
        return Dated(observed_at, report.stated_date)
    words = report.stated_date or utc_text(stated)
    if stated.year < WEB_NEWS_BEGAN:
        return Dated(observed_at, words)
    if incident is not None and (stated + ZONES).date() < incident.began:
        return Dated(observed_at, words)
    if stated > observed_at and report.date_only and stated - observed_at < timedelta(days=1):
        return Dated(observed_at)
    if stated > observed_at + CLOCK_SKEW:
        return Dated(observed_at, words)
    return Dated(stated)


def resolve(figure: Figure, incident: Incident, language: str) -> Issuer | None:
    """The issuer that the text credits: by the incident's own aliases, else by its office."""
    if figure.issuer is None:
        return None
    words = folded(figure.issuer)
    for alias, issuer in sorted(incident.issuers, key=lambda each: -len(each[0])):
        if mentions(alias, words):
            return issuer
    return resolve_issuer(figure.issuer, language)


def decide(
    ledger: Ledger,
    incident: Incident,
    source: Source,
    report: Report,
    figures: Sequence[Figure],
    *,
    observed_at: datetime,
) -> tuple[Fact, ...]:
    """The facts that this report adds to the incident's stream; () when all is known.

    `figures` are those of the report that belong to this incident, in text order.
    """
    read = ledger.of_report(source.id, report.id)
    # What its own report took back, it may state again; what an operator took back stays so.
    before = [
        each
        for each in ledger.stated(source.id, report.id)
        if each.event.id not in ledger.retracted
    ]
    dated = (
        _date_edit(report, read, observed_at)
        if read
        else date_report(report, observed_at, incident=incident)
    )
    text = full_text(report)
    stated = _numbered(
        FigureReported(
            source=source.id,
            source_name=source.name,
            source_rank=source.rank,
            report=report.id,
            version=max((each.figure.version for each in read), default=0) + 1,
            published_at=dated.moment,
            observed_at=observed_at,
            stated_date=dated.stated,
            url=report.url,
            language=report.language,
            reading=VERSION,
            measure=figure.measure,
            low=figure.low,
            high=figure.high,
            qualifier=figure.qualifier,
            role=figure.role,
            word=figure.word,
            scope=figure.scope,
            move=figure.move,
            place=figure.start,
            occurrence=0,
            replaces=(),
            issuer_id=issuer.id if issuer else None,
            issuer_rank=issuer.rank if issuer else None,
            title=report.title,
            quote=figure.quote,
            issuer=figure.issuer,
            text=paragraph_of(text, figure),
        )
        for figure in figures
        for issuer in (resolve(figure, incident, report.language),)
    )
    facts: list[Fact] = [*_new(before, stated), *_withdrawn(before, stated, report, observed_at)]
    if facts and ledger.opened is None:
        facts.insert(0, _opened(incident, min(dated.moment, observed_at), observed_at))
    return tuple(facts)


def set_aside(
    source: Source, report: Report, figures: Sequence[Figure], why: str, *, observed_at: datetime
) -> Fact | None:
    """The fact that a report's figures found no incident; None where none of them is a toll."""
    tolls = [each for each in figures if each.role in (Role.CURRENT, Role.COMPONENT)]
    if not tolls:
        return None
    text = full_text(report)
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
        figures=tuple(f"{each.measure} {text[each.start : each.end]}" for each in tolls),
        title=report.title,
        text="\n\n".join(dict.fromkeys(paragraph_of(text, each) for each in tolls)),
    )


def _opened(incident: Incident, effective_at: datetime, observed_at: datetime) -> IncidentOpened:
    return IncidentOpened(
        incident=incident.id,
        title=incident.title,
        began=incident.began,
        place=incident.place,
        ongoing=incident.ongoing,
        effective_at=effective_at,
        observed_at=observed_at,
    )


def _date_edit(report: Report, read: Sequence[Entry], observed_at: datetime) -> Dated:
    """An edit counts from the date that moved with it, else from when it was observed."""
    last = max(each.figure.published_at for each in read)
    dates = [each for each in (report.modified, report.published) if each is not None]
    later = [each for each in dates if last < each <= observed_at + CLOCK_SKEW]
    return Dated(max(later)) if later else Dated(observed_at)


def _numbered(figures: Iterable[FigureReported]) -> list[FigureReported]:
    """The same figure twice in one report is two figures: the first, the second …"""
    seen: Counter[tuple[object, ...]] = Counter()
    numbered = []
    for figure in figures:
        numbered.append(replace(figure, occurrence=seen[figure.fingerprint]))
        seen[figure.fingerprint] += 1
    return numbered


def _new(before: Sequence[Entry], stated: Sequence[FigureReported]) -> list[FigureReported]:
    """The figures that the version before did not state, each with those it stands in for."""
    known = {each.figure.fingerprint for each in before}
    still = {each.fingerprint for each in stated}
    gone = [each for each in before if each.figure.fingerprint not in still]
    # A paragraph that is word for word as it was, read by a newer extraction, is no edit.
    reread = {each.figure.text for each in before if each.figure.reading != VERSION}
    new = []
    for figure in stated:
        if figure.fingerprint in known or figure.text in reread:
            continue
        replaced = [each for each in gone if _same_place(each.figure, figure)]
        gone = [each for each in gone if each not in replaced]
        new.append(replace(figure, replaces=tuple(each.event.id for each in replaced)))
    return new


def _same_place(old: FigureReported, new: FigureReported) -> bool:
    return (old.measure, old.scope, old.role) == (new.measure, new.scope, new.role)


def _withdrawn(
    before: Sequence[Entry],
    stated: Sequence[FigureReported],
    report: Report,
    observed_at: datetime,
) -> list[FigureWithdrawn]:
    """Figures whose measure the report, read whole and otherwise as it was, states no longer.

    Another figure that still stands in its old words is the proof that the text was kept: a
    consent page, a truncated body or a new layout proves nothing.
    """
    if not report.whole or any(each.figure.title not in (None, report.title) for each in before):
        return []
    kept = {(each.fingerprint, each.quote) for each in stated}
    if not any((each.figure.fingerprint, each.figure.quote) in kept for each in before):
        return []
    measures = {each.measure for each in stated}
    return [
        FigureWithdrawn(
            figure=each.event.id,
            by=each.figure.source,
            reason="its report states it no longer",
            effective_at=observed_at,
            observed_at=observed_at,
        )
        for each in before
        if each.figure.measure not in measures and each.figure.reading == VERSION
    ]
