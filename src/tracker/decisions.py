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
class _OfIncident:
    """What is decided of one incident."""

    TYPE: ClassVar = ""
    WORDS: ClassVar[tuple[str, ...]] = ()

    incident: str
    again: int = 0
    reason: str
    effective_at: datetime
    observed_at: datetime

    @property
    def key(self) -> tuple[object, ...]:
        return (self.TYPE, self.incident, self.again)


class IncidentClosed(_OfIncident):
    """What is published about the incident later moves nothing, though it is filed."""

    __slots__ = ()
    TYPE: ClassVar = "incident.closed"


class IncidentReopened(_OfIncident):
    """A closed incident goes on: what was published while it was closed counts, too."""

    __slots__ = ()
    TYPE: ClassVar = "incident.reopened"


@dataclass(frozen=True, slots=True, kw_only=True)
class _OfTwo:
    """What is decided of two incidents: stored twice, so that the stream of either tells it."""

    TYPE: ClassVar = ""
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


class IncidentMerged(_OfTwo):
    """Two incidents are one happening: the figures of `incident` count in `into` from now on."""

    __slots__ = ()
    TYPE: ClassVar = "incident.merged"


class IncidentSplit(_OfTwo):
    """Two incidents that were merged are two happenings after all."""

    __slots__ = ()
    TYPE: ClassVar = "incident.split"


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
