"""Logs with a past, for tests of the two axes of time, and the slow and sure way to ask them."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import NamedTuple

from tracker.encoding import event_id
from tracker.events import Event, Fact, IncidentOpened, incident_stream
from tracker.store.base import Append, Log


class Recorded(NamedTuple):
    """One append: when, to which incident, what."""

    at: datetime
    incident: str
    facts: Sequence[Fact]


def record(log: Log, past: Iterable[Recorded]) -> None:
    """Append it all, in this order."""
    for each in past:
        appended = Append(incident_stream(each.incident), None, tuple(each.facts))
        log.append([appended], recorded_at=each.at)


def events(past: Iterable[Recorded]) -> list[Event]:
    """The log as it must be then: a fact that it has already is left out."""
    found: dict[str, Event] = {}
    versions: dict[str, int] = {}
    for recorded_at, incident, facts in past:
        for fact in facts:
            if event_id(fact) not in found:
                versions[incident] = versions.get(incident, 0) + 1
                found[event_id(fact)] = Event(
                    position=len(found) + 1,
                    stream=incident_stream(incident),
                    version=versions[incident],
                    id=event_id(fact),
                    recorded_at=recorded_at,
                    fact=fact,
                )
    return list(found.values())


def then(
    past: Iterable[Recorded],
    incident: str,
    *,
    as_of: datetime | None = None,
    known_at: datetime | None = None,
) -> list[Event]:
    """The events of the incident that had been recorded and counted by then."""
    return [
        each
        for each in events(past)
        if each.stream == incident_stream(incident)
        and (known_at is None or each.recorded_at <= known_at)
        and (as_of is None or _counts(each.fact, as_of))
    ]


def _counts(fact: Fact, as_of: datetime) -> bool:
    return isinstance(fact, IncidentOpened) or fact.effective_at <= as_of
