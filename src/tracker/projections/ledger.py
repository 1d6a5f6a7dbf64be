"""What has been said about one incident: the fold that every other one starts from."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from operator import attrgetter

from tracker.decisions import (
    OPERATOR,
    FigureCorrected,
    ReportRefiled,
)
from tracker.events import (
    Event,
    Fact,
    FigureReported,
    FigureReread,
    FigureWithdrawn,
    IncidentOpened,
    ReportRedacted,
    ReportSetAside,
    SourceMoved,
    SourceTurned,
)
from tracker.model import Rank, Role


@dataclass(frozen=True, slots=True)
class Entry:
    """A figure as the log holds it."""

    event: Event
    figure: FigureReported
    was: tuple[FigureReported, ...] = ()
    """What was read before in the words that are now read so."""

    @property
    def report(self) -> tuple[str, str]:
        """The report that states it, in whichever version."""
        return (self.figure.source, self.figure.report)

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
    figures: frozenset[str]
    """Ids of the figures that are taken back: those as which it is read by now."""


@dataclass(frozen=True, slots=True)
class Ledger:
    """The figures of one incident in the order in which they count, and those taken back.

    A figure that was read anew counts as if it had always been read so: `entries` are the newest
    readings, while `reports` has the older ones too.
    """

    version: int = 0
    """Of the incident's stream: what an append has to expect."""
    opened: IncidentOpened | None = None
    entries: tuple[Entry, ...] = ()
    withdrawals: tuple[Withdrawal, ...] = ()
    reports: Mapping[tuple[str, str], tuple[Entry, ...]] = field(default_factory=dict)
    rereads: Mapping[str, FigureReread] = field(default_factory=dict)
    """The newest re-reading of each figure that had one, by the figure's id."""
    superseded: Mapping[str, int] = field(default_factory=dict)
    """The version of its report that states a figure no longer, by the figure's id."""
    corrections: tuple[Entry, ...] = ()
    """An operator's corrections, each as the figure that it states."""
    decided: tuple[Event, ...] = ()
    """What else an operator decided, in the order in which it counts."""
    stream: str = ""
    """The incident's own; entries of others are those of incidents merged into it."""

    def of_report(self, source: str, report: str) -> tuple[Entry, ...]:
        """Every figure stored of the report, in whichever version and reading, in order."""
        return self.reports.get((source, report), ())

    def stated(self, source: str, report: str, version: int | None = None) -> list[Entry]:
        """The figures that a version of the report states (default: the newest).

        That is what the version before it did, less what it replaced, and what is new in it.
        """
        return [
            each
            for each in self.of_report(source, report)
            if each.event.id not in self.rereads and self.states(each, version)
        ]

    def states(self, entry: Entry, version: int | None) -> bool:
        """Whether that version (None: the newest) of the figure's own report states it."""
        gone = self.superseded.get(entry.event.id)
        if version is None:
            return gone is None
        return entry.figure.version <= version and (gone is None or gone > version)

    @property
    def ongoing(self) -> bool:
        """Whether totals that are told in passing count: in a war, an epidemic."""
        return self.opened is not None and self.opened.ongoing

    @property
    def retracted(self) -> frozenset[str]:
        """Ids of figures that their own reports took back."""
        own = (each.figures for each in self.withdrawals if each.fact.by != OPERATOR)
        return frozenset[str]().union(*own)


def ledger(events: Iterable[Event], *, as_of: datetime | None = None) -> Ledger:
    """Fold an incident's stream; `as_of` leaves out what counts only later.

    Those of incidents that were ever merged into it follow after it (see `merged.py`). `known_at`
    is the store's to answer: it is a matter of which events are read.
    """
    events = [*events]
    stream = events[0].stream if events else ""
    opened = None
    stored: list[Entry] = []
    corrections: list[Entry] = []
    decided: list[Event] = []
    taken_back: list[tuple[Event, FigureWithdrawn]] = []
    read_again: list[FigureReread] = []
    for event in events:
        fact = event.fact
        if not _counts(fact, as_of):
            continue
        match fact:
            case FigureReported():
                stored.append(Entry(event, fact))
            case IncidentOpened():
                opened = opened or fact
            case FigureWithdrawn():
                taken_back.append((event, fact))
            case FigureReread():
                read_again.append(fact)
            case FigureCorrected():
                corrections.append(Entry(event, _as_figure(fact)))
            case (
                ReportSetAside()
                | ReportRefiled()
                | ReportRedacted()
                | SourceMoved()
                | SourceTurned()
            ):
                pass  # live in the inbox and with sources; an incident's stream never holds one
            case _:
                decided.append(event)
    rereads = {each.figure: each for each in sorted(read_again, key=lambda each: each.reading)}
    stored = _with_what_they_were(sorted(stored, key=attrgetter("order")), rereads)
    taken_back.sort(key=lambda each: (each[1].effective_at, each[0].id))
    reports: dict[tuple[str, str], list[Entry]] = {}
    for entry in stored:
        reports.setdefault(entry.report, []).append(entry)
    return Ledger(
        max((each.version for each in events if each.stream == stream), default=0),
        opened,
        tuple([each for each in stored if each.event.id not in rereads]),
        tuple(Withdrawal(*each, read_as(each[1].figure, rereads)) for each in taken_back),
        {report: tuple(entries) for report, entries in reports.items()},
        rereads,
        _superseded(stored, rereads),
        tuple(sorted(corrections, key=attrgetter("order"))),
        tuple(sorted(decided, key=lambda each: (each.fact.effective_at, each.id))),
        stream,
    )


def _counts(fact: Fact, as_of: datetime | None) -> bool:
    """An incident is what it is, whenever its first report came."""
    return as_of is None or fact.effective_at <= as_of or isinstance(fact, IncidentOpened)


def _as_figure(fact: FigureCorrected) -> FigureReported:
    """An operator's correction as the figure that it states, on the authority of an official."""
    return FigureReported(
        source=OPERATOR,
        source_name=OPERATOR,
        source_rank=Rank.OFFICIAL,
        report="",
        version=fact.again,
        published_at=fact.effective_at,
        observed_at=fact.observed_at,
        reading=0,
        measure=fact.measure,
        low=fact.low,
        high=fact.high,
        qualifier=fact.qualifier,
        role=Role.CURRENT,
        scope=fact.scope,
        place=0,
        occurrence=0,
        quote=fact.reason,
    )


def read_as(figure: str, rereads: Mapping[str, FigureReread]) -> frozenset[str]:
    """The ids as which a figure counts by now: its own, or those of its newest readings."""
    found, followed, left = set[str](), set[str](), [figure]
    while left:
        each = left.pop()
        if each not in rereads:
            found.add(each)
        elif each not in followed:
            followed.add(each)
            left += rereads[each].figures
    return frozenset(found)


def _with_what_they_were(stored: list[Entry], rereads: Mapping[str, FigureReread]) -> list[Entry]:
    if not rereads:
        return stored
    was: dict[str, list[FigureReported]] = {}
    for old in stored:
        if old.event.id in rereads:
            for new in rereads[old.event.id].figures:
                was.setdefault(new, []).append(old.figure)
    return [
        replace(each, was=tuple(was[each.event.id])) if each.event.id in was else each
        for each in stored
    ]


def _superseded(stored: Iterable[Entry], rereads: Mapping[str, FigureReread]) -> dict[str, int]:
    """An edit took a figure's words away, however they are read, then or now."""
    superseded: dict[str, int] = {}
    for entry in stored:
        for replaced in entry.figure.replaces:
            for figure in read_as(replaced, rereads):
                version = entry.figure.version
                superseded[figure] = min(version, superseded.get(figure, version))
    return superseded
