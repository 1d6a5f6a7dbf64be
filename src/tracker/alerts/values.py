"""How an estimate stands, and the move that decided it, as the bodies of alerts say it. Pure."""

from typing import overload

from tracker.alerts.bodies import RevisedData, Standing, Value, change_of
from tracker.alerts.judgement import way
from tracker.alerts.memory import Circumstances
from tracker.model import Estimate, Revision
from tracker.projections.moves import Moved
from tracker.store.records import Told


def revised(
    move: Moved, revision: Revision, before: Told | None, sequence: int, around: Circumstances
) -> RevisedData:
    """One move as news: the figure that decided it, and what the receiver was told before."""
    after = move.after
    was, now = _value(before), _value(after)
    return RevisedData(
        incident=after.incident,
        name=around.name("incident", after.incident),
        measure=after.measure,
        scope=after.scope,
        before=was,
        after=now,
        change=change_of(was, now),
        direction=way(before, after),
        status=after.status,
        reason=revision.reason,
        source=revision.source,
        source_name=around.name("source", revision.source),
        issuer=revision.issuer,
        title=revision.title,
        url=revision.url,
        quote=revision.quote,
        revisions=move.revisions,
        sequence=sequence,
        event=revision.event_id,
        published_at=revision.published_at,
    )


def stands(move: Moved, before: Told | None) -> Standing:
    """How an estimate stands, whichever figure decided that."""
    was, now = _value(before), _value(move.after)
    return Standing(
        measure=move.after.measure,
        scope=move.after.scope,
        before=was,
        after=now,
        change=change_of(was, now),
        direction=way(before, move.after),
        since=move.after.since,
        revisions=move.revisions,
    )


@overload
def _value(value: Estimate) -> Value: ...
@overload
def _value(value: Told | None) -> Value | None: ...
def _value(value: Estimate | Told | None) -> Value | None:
    if value is None:
        return None
    return Value(
        phrase=value.phrase,
        best=value.best,
        low=value.low,
        high=value.high,
        status=value.status,
    )
