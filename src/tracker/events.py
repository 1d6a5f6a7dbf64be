"""The closed union of stored facts, and their codec.

A fact says, in the past tense, what the outside said or what an operator decided, never what we
make of it: estimates and revisions are folded (`projections/`). Each type has a short stable
name, never a Python path. `docs/events.md` describes every field.

Words from outside are kept apart from the numbers, so that they can be deleted while the chain
of events still verifies: `encode` hands them over separately, the store puts a salted hash of
each into the event, and `decode` gets back those that are still there.
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from datetime import date, datetime
from enum import IntEnum, StrEnum
from functools import cache
from types import UnionType
from typing import Any, ClassVar, Final, get_args, get_type_hints

from tracker.model import Measure, Move, Qualifier, Rank, Role, from_utc_text, utc_text

INBOX: Final = "inbox"
"""The stream of reports that no incident claimed."""


def incident_stream(incident: str) -> str:
    """The stream that holds everything said about one incident."""
    return f"incident/{incident}"


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
    stated_date: str
    """The date as the source gave it, where it could not be used; else empty."""
    url: str
    language: str
    reading: int
    """The version of the extraction that read the figure."""

    measure: Measure
    low: int | None
    high: int | None
    qualifier: Qualifier
    role: Role
    word: str | None
    scope: str | None
    move: Move | None
    place: int
    """Offset of the figure in headline and text: its order in the report."""
    occurrence: int
    """0 for the first figure of this shape in the report, 1 for the next …

    More where that would be the id of another incident's figure, or of an older reading.
    """
    replaces: tuple[str, ...]
    """Figures of the version before (event ids) that this version states no longer."""

    issuer_id: str | None
    issuer_rank: Rank | None

    title: str | None
    quote: str | None
    issuer: str | None
    text: str | None
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
    """The event id of the figure taken back."""
    by: str
    """A source's id, or "operator"."""
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.figure)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReread:
    """A newer extraction reads the words of a figure otherwise, as if it always had."""

    TYPE: ClassVar = "figure.reread"
    WORDS: ClassVar[tuple[str, ...]] = ()

    figure: str
    """The event id of the figure as it was read."""
    reading: int
    """The version of the extraction that read its words anew."""
    figures: tuple[str, ...]
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
    url: str
    language: str
    why: str
    figures: tuple[str, ...]
    """The figures that were set aside, as short phrases: "killed at least 12"."""
    title: str | None
    text: str | None

    @property
    def effective_at(self) -> datetime:
        return self.published_at

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.source, self.report, self.why, *self.figures)


Fact = IncidentOpened | FigureReported | FigureWithdrawn | FigureReread | ReportSetAside

TYPES: Final[dict[str, type[Fact]]] = {
    kind.TYPE: kind
    for kind in (IncidentOpened, FigureReported, FigureWithdrawn, FigureReread, ReportSetAside)
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A fact as the log holds it: the `version`-th of its stream, at `position` in the log."""

    position: int
    stream: str
    version: int
    id: str
    recorded_at: datetime
    fact: Fact


def event_id(fact: Fact) -> str:
    """Twenty hex digits that depend on the fact's key alone: the same fact, the same id."""
    written = json.dumps(fact.key, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(written.encode()).hexdigest()[:20]


def encode(fact: Fact) -> tuple[dict[str, Any], dict[str, str]]:
    """The fact as a JSON object without the words from outside, and those words by field."""
    data: dict[str, Any] = {}
    words: dict[str, str] = {}
    for field in fields(fact):
        value = getattr(fact, field.name)
        if field.name in fact.WORDS:
            if value is not None:
                words[field.name] = value
        else:
            data[field.name] = _to_json(value)
    return data, words


def decode(kind: str, data: Mapping[str, Any], words: Mapping[str, str]) -> Fact:
    """The fact that `encode` took apart; words that are gone come back as None.

    Raises:
        KeyError: a type or field that this version does not know.
    """
    made = TYPES[kind]
    values: dict[str, Any] = {name: words.get(name) for name in made.WORDS}
    for name, read in _readers(kind):
        values[name] = read(data[name])
    return made(**values)


def _to_json(value: object) -> Any:
    match value:
        case datetime():
            return utc_text(value)
        case date():
            return value.isoformat()
        case StrEnum():
            return value.value
        case IntEnum():
            return value.name.lower()
        case tuple():
            return list(value)
    return value


@cache
def _readers(kind: str) -> tuple[tuple[str, Callable[[Any], Any]], ...]:
    made = TYPES[kind]
    hints = get_type_hints(made)
    return tuple(
        (field.name, _reader(hints[field.name]))
        for field in fields(made)
        if field.name not in made.WORDS
    )


def _reader(hint: Any) -> Callable[[Any], Any]:
    """How one field is read back from JSON, by its type."""
    if isinstance(hint, UnionType):
        inner = _reader(next(part for part in get_args(hint) if part is not type(None)))
        return lambda value: None if value is None else inner(value)
    if hint is datetime:
        return from_utc_text
    if hint is date:
        return date.fromisoformat
    if hint is Rank:
        return lambda name: Rank[name.upper()]
    if isinstance(hint, type) and issubclass(hint, StrEnum):
        return hint
    if hint == tuple[str, ...]:
        return tuple
    return lambda value: value
