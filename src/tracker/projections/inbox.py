"""The inbox folded: which reports were set aside, and to which incidents some were filed since."""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from tracker.decisions import ReportRefiled
from tracker.events import Event, ReportSetAside

UNCLAIMED: Final = "unclaimed"
AMBIGUOUS: Final = "ambiguous"
"""Several incidents could claim it."""
NOT_READ: Final = "not_read"
"""An incident would claim it, and its language is not read."""


@dataclass(frozen=True, slots=True)
class Aside:
    """A report that was set aside: the event and what it says, words as far as they are kept."""

    event: Event
    fact: ReportSetAside
    incident: str | None = None
    """To which it was filed since; None while it waits."""

    @property
    def kind(self) -> str:
        """One of the three above."""
        why = self.fact.why.partition(":")[0]
        return {"ambiguous": AMBIGUOUS, "language": NOT_READ}.get(why, UNCLAIMED)

    @property
    def report(self) -> tuple[str, str]:
        """Its source and its id: the same for every version of it."""
        return self.fact.source, self.fact.report


def inbox(events: Iterable[Event], *, as_of: datetime | None = None) -> tuple[Aside, ...]:
    """What was set aside, in the order of the stream; `as_of` leaves out what counts only later.

    Which words are still there is a matter of the store.
    """
    aside: dict[str, Aside] = {}
    for event in events:
        fact = event.fact
        if as_of is not None and fact.effective_at > as_of:
            continue
        if isinstance(fact, ReportSetAside):
            aside[event.id] = Aside(event, fact)
        elif isinstance(fact, ReportRefiled) and fact.report in aside:
            aside[fact.report] = replace(aside[fact.report], incident=fact.incident)
    return tuple(aside.values())


@dataclass(slots=True)
class Followed:
    """What was set aside and filed since, without the words: follows the stream as it grows."""

    version: int = 0
    """Of the stream, as far as it was followed."""
    aside: dict[tuple[str, str], dict[str, tuple[str, ...]]] = field(default_factory=dict)
    """By source and id of a report: the events that set it aside, and the figures of each."""
    filed: dict[str, str] = field(default_factory=dict)
    """By event that set a report aside: the incident to which it was filed since."""

    def follow(self, events: Iterable[Event]) -> None:
        """Take in what came after `version`."""
        for event in events:
            self.version, fact = event.version, event.fact
            if isinstance(fact, ReportSetAside):
                of_report = self.aside.setdefault((fact.source, fact.report), {})
                of_report[event.id] = fact.figures
            elif isinstance(fact, ReportRefiled):
                self.filed[fact.report] = fact.incident

    def waiting(self, source: str, report: str) -> list[str]:
        """The events that set this report aside and were not filed since."""
        return [each for each in self.aside.get((source, report), ()) if each not in self.filed]

    def owner(self, source: str, report: str, figures: Iterable[str]) -> str | None:
        """The incident to which all of these figures of the report were filed; None where none."""
        for event, known in self.aside.get((source, report), {}).items():
            if event in self.filed and set(figures) <= set(known):
                return self.filed[event]
        return None
