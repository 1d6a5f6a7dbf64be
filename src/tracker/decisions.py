"""What an operator decided: facts like any other, each undone by a further one.

They are part of the union of stored facts in `events.py`; `docs/events.md` describes every field.
A decision that was undone may be taken again: `again` counts how often it was taken before, so
that each time it is a fact of its own.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar, Final

from tracker.model import Measure, Qualifier

OPERATOR: Final = "operator"
"""Whose decision it is, where a source or an office might stand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureCorrected:
    """The best figure is another one, for a reason that no report states."""

    TYPE: ClassVar = "figure.corrected"
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    measure: Measure
    scope: str | None = None
    low: int | None = None
    high: int | None = None
    qualifier: Qualifier
    again: int = 0
    """How many corrections of this measure and scope there were before."""
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident, self.measure, self.scope, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureRejected:
    """A figure is denied: it, and what else gives its number on the same authority or on none."""

    TYPE: ClassVar = "figure.rejected"
    WORDS: ClassVar[tuple[str, ...]] = ()

    figure: str
    """The event id of the figure denied."""
    by: str
    """Who denies it: "operator", or an office in the operator's words."""
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.figure, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class FigureReinstated:
    """A figure or correction that was withdrawn or rejected counts again."""

    TYPE: ClassVar = "figure.reinstated"
    WORDS: ClassVar[tuple[str, ...]] = ()

    figure: str
    """The event id of the figure or correction."""
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.figure, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentClosed:
    """What is published about the incident later moves nothing, though it is filed."""

    TYPE: ClassVar = "incident.closed"
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentReopened:
    """A closed incident goes on: what was published while it was closed counts, too."""

    TYPE: ClassVar = "incident.reopened"
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentMerged:
    """Two incidents are one happening: the figures of `incident` count in `into` from now on.

    Stored twice, once in the stream of each (`home` says which), so that either can be read alone.
    """

    TYPE: ClassVar = "incident.merged"
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    into: str
    home: str
    """The incident in whose stream this is: one of the two."""
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident, self.into, self.home, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class IncidentSplit:
    """Two incidents that were merged are two happenings after all. Stored as the merging was."""

    TYPE: ClassVar = "incident.split"
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    into: str
    home: str
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident, self.into, self.home, self.again)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportRefiled:
    """A report that had been set aside is filed to an incident, with its own times."""

    TYPE: ClassVar = "report.refiled"
    WORDS: ClassVar[tuple[str, ...]] = ()

    report: str
    """The event id of the `report.set_aside`."""
    incident: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.report, self.incident)


Decision = (
    FigureCorrected
    | FigureRejected
    | FigureReinstated
    | IncidentClosed
    | IncidentReopened
    | IncidentMerged
    | IncidentSplit
    | ReportRefiled
)
