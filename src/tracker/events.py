"""The closed union of stored facts.

A fact says, in the past tense, what the outside said or what an operator decided, never what we
make of it: estimates and revisions are folded (`projections/`). Each type has a short stable
name, never a Python path. `docs/events.md` describes every field.

Words from outside (`WORDS`) are kept apart from the numbers, so that they can be deleted while
the chain of events still verifies: the store puts a salted hash of each into the event. How
facts are written is in `encoding.py`, how they are read back in `decoding.py`. What operators
decide is in `decisions.py`.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import ClassVar, Final, get_args

from tracker.decisions import Decision
from tracker.model import Measure, Move, Qualifier, Rank, Role, State, utc_text

AS_DATA: Final = 0
"""The reading of a figure that its source states as data: no extraction has read it."""

INBOX: Final = "inbox"
"""The stream of reports that no incident claimed."""


def incident_stream(incident: str) -> str:
    """The stream that holds everything said about one incident."""
    return f"incident/{incident}"


def source_stream(source: str) -> str:
    """The stream that holds a source's own record: its moves and its states."""
    return f"source/{source}"


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentOpened:
    """An operator's configuration names an incident, and a first report of it has come."""

    TYPE: ClassVar = "incident.opened"
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    title: str
    began: date
    place: str
    ongoing: bool
    """A war, an epidemic: its running totals, mentioned in passing, are current."""
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReported:
    """A source stated a figure: one event for each figure of a report, whatever its role."""

    TYPE: ClassVar = "figure.reported"
    WORDS: ClassVar = ("title", "quote", "issuer", "text")

    source: str
    source_name: str
    source_rank: Rank
    report: str
    version: int
    """1 for the report as first read; an edit that changes a figure is the next one."""
    published_at: datetime
    """This version's time by the source's clock, or `observed_at` where that is unusable."""
    observed_at: datetime
    stated_date: str = ""
    """The date as the source gave it, where it could not be used; else empty."""
    url: str = ""
    language: str = ""
    reading: int
    """The version of the extraction that read the figure; `AS_DATA` where none had to."""

    measure: Measure
    low: int | None = None
    high: int | None = None
    qualifier: Qualifier
    role: Role
    word: str | None = None
    scope: str | None = None
    places: tuple[str, ...] = ()
    """Where the text says that these people were: one place, or those that it takes together."""
    move: Move | None = None
    place: int
    """Offset of the figure in headline and text: its order in the report."""
    occurrence: int
    """0 for the first figure of this shape in the report, 1 for the next …

    More where that would be the id of another incident's figure, or of an older reading.
    """
    replaces: tuple[str, ...] = ()
    """Figures of the version before (event ids) that this version states no longer."""

    issuer_id: str | None = None
    issuer_rank: Rank | None = None

    title: str | None = None
    quote: str | None = None
    issuer: str | None = None
    text: str | None = None
    """The paragraph that holds the number, kept for 90 days; a re-reading does not prolong that."""

    @property
    def effective_at(self) -> datetime:
        return self.published_at

    @property
    def shape(self) -> tuple[object, ...]:
        """What it says, whichever of its like in the report it is."""
        return (self.measure, self.scope, self.role, self.low, self.high, self.qualifier, self.word)

    @property
    def fingerprint(self) -> tuple[object, ...]:
        """What makes two figures of one report the same figure."""
        return (*self.shape, self.occurrence)

    @property
    def key(self) -> tuple[object, ...]:
        moment = utc_text(self.published_at)
        return (self.TYPE, self.source, moment, self.report, self.version, *self.fingerprint)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureWithdrawn:
    """A figure is taken back: by its own report, read whole, or by an operator."""

    TYPE: ClassVar = "figure.withdrawn"
    WORDS: ClassVar[tuple[str, ...]] = ()

    figure: str
    """The event id of the figure (or of an operator's correction) taken back."""
    by: str
    """A source's id, or "operator"."""
    again: int = 0
    """How often it had been taken back before, and was reinstated."""
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.figure, self.again) if self.again else (self.TYPE, self.figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReread:
    """A newer extraction reads the words of a figure otherwise, as if it always had."""

    TYPE: ClassVar = "figure.reread"
    WORDS: ClassVar[tuple[str, ...]] = ()

    figure: str
    """The event id of the figure as it was read."""
    reading: int
    """The version of the extraction that read its words anew."""
    figures: tuple[str, ...] = ()
    """The figures (event ids) that take its place; none where it is no figure any more."""
    effective_at: datetime
    """That of the figure: what was said has not changed."""
    observed_at: datetime
    """When it was read anew."""

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.figure, self.reading)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportSetAside:
    """A report states figures, and no incident, or more than one, could claim them."""

    TYPE: ClassVar = "report.set_aside"
    WORDS: ClassVar = ("title", "text")

    source: str
    source_name: str
    source_rank: Rank
    report: str
    published_at: datetime
    observed_at: datetime
    url: str = ""
    language: str = ""
    why: str
    figures: tuple[str, ...] = ()
    """The figures that were set aside, as short phrases: "killed at least 12"."""
    title: str | None = None
    text: str | None = None

    @property
    def effective_at(self) -> datetime:
        return self.published_at

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.source, self.report, self.why, *self.figures)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRedacted:
    """An operator had the words of these events deleted; their numbers stay."""

    TYPE: ClassVar = "report.redacted"
    WORDS: ClassVar[tuple[str, ...]] = ()

    events: tuple[str, ...]
    """The events (ids) whose words are gone."""
    source: str
    report: str
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, *self.events)


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceMoved:
    """An address has redirected for good to another one, for days on end: it is asked there."""

    TYPE: ClassVar = "source.moved"
    WORDS: ClassVar[tuple[str, ...]] = ()

    source: str
    was: str
    """The address that redirects: the one in the source's file, or where that had moved before."""
    url: str
    since: datetime
    """When it was first seen to redirect there."""
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.source, self.was, self.url, utc_text(self.since))


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceTurned:
    """A source is in another state than before: it fails, is silent, blind, gone, or well again."""

    TYPE: ClassVar = "source.turned"
    WORDS: ClassVar[tuple[str, ...]] = ()

    source: str
    state: State
    was: State
    why: str
    """What is wrong, in words; "" where it is well again."""
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.source, self.state, utc_text(self.effective_at))


Fact = (
    IncidentOpened
    | FigureReported
    | FigureWithdrawn
    | FigureReread
    | ReportSetAside
    | ReportRedacted
    | SourceMoved
    | SourceTurned
    | Decision
)

TYPES: Final[dict[str, type[Fact]]] = {kind.TYPE: kind for kind in get_args(Fact)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact as the log holds it: the `version`-th of its stream, at `position` in the log."""

    position: int
    stream: str
    version: int
    id: str
    recorded_at: datetime
    fact: Fact
