"""Incidents that are one happening: what is to be read of one, and in which it counts."""

from collections.abc import Callable, Iterable, Sequence

from tracker.decisions import IncidentMerged, IncidentSplit
from tracker.events import Event, incident_stream


def with_merged(
    incident: str, read: Callable[[str], Sequence[Event]], *, seen: frozenset[str] = frozenset()
) -> list[Event]:
    """The events of an incident, then those of all that were ever merged into it.

    `read` gives the events of a stream. What of them counts, and from when on, is the fold's to
    say: whoever was split off again is read, too.
    """
    own = read(incident_stream(incident))
    seen |= {incident}
    others = dict.fromkeys(
        each.fact.incident
        for each in own
        if isinstance(each.fact, IncidentMerged) and each.fact.into == incident
    )
    events = [*own]
    for other in others:
        if other not in seen:
            events += with_merged(other, read, seen=seen)
    return events


def merged_into(incident: str, own: Iterable[Event]) -> str | None:
    """The incident in which this one counts by now, as the events of its stream say; else None."""
    into = None
    merging = [each for each in own if isinstance(each.fact, IncidentMerged | IncidentSplit)]
    for each in sorted(merging, key=lambda each: (each.fact.effective_at, each.id)):
        fact = each.fact
        if isinstance(fact, IncidentMerged) and fact.incident == incident:
            into = fact.into
        elif isinstance(fact, IncidentSplit) and (fact.incident, fact.into) == (incident, into):
            into = None
    return into


def home_of(incident: str, read: Callable[[str], Sequence[Event]]) -> str:
    """The incident in which this one counts in the end: itself, where it was never merged."""
    seen = {incident}
    while True:
        into = merged_into(incident, read(incident_stream(incident)))
        if into is None or into in seen:
            return incident
        seen.add(into)
        incident = into
