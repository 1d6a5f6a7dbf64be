"""What receivers are told of incidents themselves: one is followed, or reports look like one. Pure.

That an incident is opened is told before its first figure, in its own sequence. What looks like an
incident is told once: each group of reports is a thing of its own that alerts are about, named by
the event of its earliest report. It is known by every report that it ever had: the early ones grow
old and leave it while it goes on.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final

from tracker.alerts.alert import alert_of, due_at
from tracker.alerts.bodies import (
    MOST_FIGURES,
    MOST_SOURCES,
    Opened,
    OpenedData,
    Suggested,
    SuggestedData,
)
from tracker.alerts.endpoint import Endpoint, Rules
from tracker.encoding import event_id
from tracker.events import Fact, IncidentOpened
from tracker.incidents.groups import Group
from tracker.incidents.suggest import place_of, title_of
from tracker.model import Measure
from tracker.projections.inbox import Aside
from tracker.store.records import Alert, Noted, Outbox

LEAST: Final = 2
"""Reports, and sources that they come from, from which on a group is suggested."""

MOST_READ: Final = 50
"""The earliest reports of a group, out of which it is read what happened, and where."""

HARMED: Final = frozenset(Measure) - {Measure.AT_RISK_TOTAL, Measure.ESCAPED_OR_RESCUED}
"""What of a group's figures makes it worth waking somebody."""


def opened_now(
    facts: Iterable[Fact], *, now: datetime, fresh: timedelta | None
) -> tuple[IncidentOpened, ...]:
    """The incidents that are opened among these facts, as news.

    None of them where the report that opened it is no younger than `fresh`: a first poll of old
    reports opens incidents, too, and what stands in them is told by a backfill. `fresh` is None
    where it is news in any case: an operator has opened it.
    """
    opened = (each for each in facts if isinstance(each, IncidentOpened))
    return tuple(each for each in opened if fresh is None or now - each.effective_at < fresh)


def tells_opened(rules: Rules, incident: str) -> bool:
    """Whether a receiver with these rules is told that the incident is followed."""
    return rules.opened and (not rules.incidents or incident in rules.incidents)


def opened_body(opened: IncidentOpened, sequence: int, now: datetime) -> Opened:
    """What is told of an opened incident."""
    data = OpenedData(
        incident=opened.incident,
        name=opened.title,
        place=opened.place,
        began=opened.began,
        sequence=sequence,
        event=event_id(opened),
    )
    return Opened(timestamp=now, data=data)


def suggestions(
    groups: Sequence[Group],
    endpoints: Sequence[Endpoint],
    last_sequences: Callable[[str], Mapping[str, int]],
    *,
    now: datetime,
    fresh: timedelta,
    log_id: str,
) -> Outbox:
    """The alerts about groups of reports that look like an incident, for who was not told of them;
    and every report of a group that somebody was told of, noted for whom.

    `last_sequences` gives the last sequence of each endpoint about something. Endpoints that asked
    for certain incidents only are not told of others.
    """
    alerts, noted = list[Alert](), list[Noted]()
    wanting = [each for each in endpoints if tells_suggested(each.rules)]
    for group in groups:
        if len(group.aside) < LEAST:
            continue
        known = {about: last_sequences(about) for about in map(_about, group.aside)}
        told = {name for of_report in known.values() for name in of_report}
        if looks_like_incident(group, now=now, fresh=fresh):
            untold = [each for each in wanting if each.name not in told]
            alerts += _suggested(group, untold, now, log_id) if untold else []
            told.update(each.name for each in untold)
        noted += [
            Noted(endpoint=name, about=about)
            for about, of_report in known.items()
            for name in sorted(told - of_report.keys())
        ]
    return Outbox(alerts=tuple(alerts), noted=tuple(noted))


def _suggested(
    group: Group, endpoints: Iterable[Endpoint], now: datetime, log_id: str
) -> list[Alert]:
    body = suggested_body(group, now)
    return [
        alert_of(
            body,
            endpoint=endpoint.name,
            about=_about(group.aside[0]),
            cause="incident.suggested",
            log_id=log_id,
            due_at=due_at(endpoint.rules, now),
        )
        for endpoint in endpoints
    ]


def tells_suggested(rules: Rules) -> bool:
    """Whether a receiver with these rules is told of what looks like an incident."""
    return rules.suggested and not rules.incidents


def looks_like_incident(group: Group, *, now: datetime, fresh: timedelta) -> bool:
    """Several reports of several sources, the newest of them news, with a figure of people harmed,
    and none of them filed: what is filed is followed already.
    """
    facts = [each.fact for each in group.aside]
    return (
        len(group.waiting) == len(facts)
        and len({each.report for each in group.aside}) >= LEAST
        and len({each.source for each in facts}) >= LEAST
        and now - max(each.published_at for each in facts) < fresh
        and any(said.partition(" ")[0] in HARMED for each in facts for said in each.figures)
    )


def suggested_body(group: Group, now: datetime) -> Suggested:
    """What is told of a group: as `tracker inbox` and `tracker open` would say it."""
    own = group.aside[:MOST_READ]
    title = title_of(own)
    facts = [each.fact for each in group.aside]
    figures = [said for each in reversed(facts) for said in each.figures]
    titled = next((each for each in own if title_of([each]) == title), own[0])
    data = SuggestedData(
        group=group.id,
        title=title,
        place=place_of(own),
        reports=len({each.report for each in group.aside}),
        sources=tuple(dict.fromkeys(each.source for each in facts))[:MOST_SOURCES],
        figures=tuple(dict.fromkeys(figures))[:MOST_FIGURES],
        first_at=facts[0].published_at,
        last_at=max(each.published_at for each in facts),
        sequence=1,
        event=titled.event.id,
    )
    return Suggested(timestamp=now, data=data)


def _about(report: Aside) -> str:
    return f"inbox/{report.event.id}"
