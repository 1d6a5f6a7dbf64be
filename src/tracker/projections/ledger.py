"""What has been said about one incident: the fold that every other one starts from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, assert_never

from tracker.events import (
    Event,
    FigureReported,
    FigureWithdrawn,
    IncidentOpened,
    ReportSetAside,
)


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure as the log holds it."""

    event: Event
    figure: FigureReported

    @property
    def order(self) -> tuple[object, ...]:
        """Time, rank, source, report, version, place in the text: the same however it arrived.

        At one moment the higher rank speaks last, and so has the last word.
        """
        said = self.figure
        rank = said.source_rank if said.issuer_rank is None else said.issuer_rank
        return (
            said.published_at,
            rank,
            said.source,
            said.report,
            said.version,
            said.place,
            self.event.id,
        )


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A figure taken back, with the event that did so."""

    event: Event
    fact: FigureWithdrawn


@dataclass(frozen=True, slots=True)
class Ledger:
    """The figures of one incident in the order in which they count, and those taken back."""

    version: int = 0
    """Of the incident's stream: what an append has to expect."""
    opened: IncidentOpened | None = None
    entries: tuple[Entry, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    reports: Mapping[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)

    def of_report(self, source: str, report: str) -> tuple[Entry, ...]:
        """Every figure stored of the report, whichever version stated it, in order."""
        return self.reports.get((source, report), ())

    def stated(self, source: str, report: str, version: int | None = None) -> list[Entry]:
        """The figures that a version of the report states (default: the newest).

        That is what the version before it did, less what it replaced, and what is new in it.
        """
        stored = [
            each
            for each in self.of_report(source, report)
            if version is None or each.figure.version <= version
        ]
        replaced = {gone for each in stored for gone in each.figure.replaces}
        return [each for each in stored if each.event.id not in replaced]

    @property
    def retracted(self) -> frozenset[str]:
        """Ids of figures that their own reports took back."""
        return frozenset(each.fact.figure for each in self.withdrawals if each.fact.by != OPERATOR)


OPERATOR: Final = "operator"
"""Who took a figure back, where it was not its own report."""


def ledger(events: Iterable[Event], *, as_of: datetime | None = None) -> Ledger:
    """Fold an incident's stream; `as_of` leaves out what counts only later.

    `known_at` is the store's to answer: it is a matter of which events are read.
    """
    version = 0
    opened = None
    entries = []
    withdrawals = []
    for event in events:
        version = max(version, event.version)
        fact = event.fact
        counts = as_of is None or fact.effective_at <= as_of
        match fact:
            case IncidentOpened():
                opened = fact
            case FigureReported():
                if counts:
                    entries.append(Entry(event, fact))
            case FigureWithdrawn():
                if counts:
                    withdrawals.append(Withdrawal(event, fact))
            case ReportSetAside():
                pass  # lives in the inbox; an incident's stream never holds one
            case _ as never:
                assert_never(never)
    entries.sort(key=lambda each: each.order)
    withdrawals.sort(key=lambda each: (each.fact.effective_at, each.event.id))
    reports: dict[tuple[str, str], list[Entry]] = {}
    for entry in entries:
        reports.setdefault((entry.figure.source, entry.figure.report), []).append(entry)
    return Ledger(
        version,
        opened,
        tuple(entries),
        tuple(withdrawals),
        {report: tuple(stored) for report, stored in reports.items()},
    )
