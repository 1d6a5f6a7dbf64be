"""What a poll would make of reports, without a log to write to: by the path of `pipeline.py`.

Reports are taken one after the other, each on top of what those before would have stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tracker.encoding import event_id
from tracker.events import INBOX, Event, Fact, ReportSetAside, incident_stream
from tracker.incidents.cancel import cancelled
from tracker.incidents.decide import date_report, decide, with_ids_of_their_own
from tracker.incidents.match import Filing
from tracker.incidents.refile import filed_since
from tracker.intake import Figure, Incident, Report, Source
from tracker.pipeline import place
from tracker.projections.inbox import Followed
from tracker.projections.ledger import ledger
from tracker.projections.merged import home_of
from tracker.store.base import LogReader


@dataclass(frozen=True, slots=True, kw_only=True)
class Would:
    """One report, and what a poll would make of it."""

    report: Report
    """With the language in which it is read."""
    moment: datetime
    """When it counts."""
    figures: tuple[Figure, ...] = ()
    filing: Filing
    """Its figures by incident, and those that would be set aside by why."""
    new: int = 0
    """Events that would be stored: 0 = all of it is known."""


@dataclass(slots=True, kw_only=True)
class WouldFile:
    """The log as it would be after each report."""

    log: LogReader | None
    """None: there is none yet."""
    incidents: tuple[Incident, ...]
    now: datetime
    _streams: dict[str, list[Event]] = field(default_factory=dict)
    _added: set[str] = field(default_factory=set)
    _followed: Followed = field(default_factory=Followed)

    def file(self, source: Source, report: Report) -> Would:
        """What one report would add. Raises `Unreadable` where its language cannot be told."""
        if report.withdrawn:
            return self._cancel(source, report)
        placed = place(
            source,
            report,
            self.incidents,
            observed_at=self.now,
            home=lambda name: home_of(name, self._read),
            owner=self._owner,
        )
        kept, filing = placed.aside, placed.filing
        new = self._decided(source, placed.report, filing.filed)
        waiting = self._inbox().waiting(source.id, report.id) if new else ()
        new[INBOX] = (*kept, *filed_since(waiting, kept, [*new], self.now))
        return Would(
            report=placed.report,
            moment=placed.moment,
            figures=placed.figures,
            filing=filing,
            new=self._add(new),
        )

    def _decided(
        self, source: Source, report: Report, filed: dict[str, list[Figure]]
    ) -> dict[str, tuple[Fact, ...]]:
        new, ids = dict[str, tuple[Fact, ...]](), set[str]()
        incidents = {each.id: each for each in self.incidents}
        for name, own in filed.items():
            stream = incident_stream(name)
            before = ledger(self._read(stream))
            facts = decide(before, incidents[name], source, report, own, observed_at=self.now)
            if facts:
                new[stream] = with_ids_of_their_own(facts, ids.__contains__, self._holds)
                ids.update(map(event_id, new[stream]))
        return new

    def _cancel(self, source: Source, report: Report) -> Would:
        new = {}
        for each in self.incidents:
            stream = incident_stream(each.id)
            before = ledger(self._read(stream))
            new[stream] = cancelled(before, source, report, observed_at=self.now)
        moment = date_report(report, self.now).moment
        return Would(report=report, moment=moment, filing=Filing({}, {}), new=self._add(new))

    def _read(self, stream: str) -> list[Event]:
        if stream not in self._streams:
            self._streams[stream] = self.log.read(stream) if self.log else []
        return self._streams[stream]

    def _inbox(self) -> Followed:
        self._followed.follow(self._read(INBOX)[self._followed.version :])
        return self._followed

    def _owner(self, aside: ReportSetAside) -> str | None:
        found = self._inbox().owner(aside.source, aside.report, aside.figures)
        return found if any(each.id == found for each in self.incidents) else None

    def _holds(self, event: str) -> bool:
        return event in self._added or (self.log is not None and self.log.holds(event))

    def _add(self, new: Mapping[str, Sequence[Fact]]) -> int:
        """Go on as if these were stored; how many of them are news."""
        before = len(self._added)
        for stream, facts in new.items():
            events = self._read(stream)
            for fact in facts:
                made = event_id(fact)
                if not self._holds(made):
                    self._added.add(made)
                    events.append(
                        Event(
                            position=0,
                            stream=stream,
                            version=len(events) + 1,
                            id=made,
                            recorded_at=self.now,
                            fact=fact,
                        )
                    )
        return len(self._added) - before


def oldest_first(reports: Iterable[Report], now: datetime) -> Sequence[Report]:
    """Reports in the order in which a poll files them."""
    return sorted(reports, key=lambda each: date_report(each, now).moment)
