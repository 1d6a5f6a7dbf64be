"""Which move of an estimate is due to be told to whom, and in what words. Pure.

News is told as it breaks; history is told once. A move by a figure younger than `fresh` is due at
once, as `estimate.revised`. A move by an older one (a first poll, an import, an opened incident)
makes a single `estimate.backfilled` due, which says how things stand when the reading is done; so
do the moves of a re-reading, for which nobody published anything. Either is due only where it
differs from what the receiver was last told. What is due is handed on together with the facts, as
an `Outbox`; the posting lives in `posting.py`.
"""

import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta

from tracker.alerts.bodies import (
    MOST_STANDING,
    Backfilled,
    BackfilledData,
    Body,
    Revised,
    RevisedData,
    Standing,
    Value,
)
from tracker.alerts.endpoint import Endpoint
from tracker.model import Estimate, Measure, Revision, Status
from tracker.projections.moves import Moved
from tracker.store.base import Alert, Outbox, Told

_Key = tuple[str, Measure, str | None, str]
"""What a receiver is told of: incident, measure, scope, policy."""


def alerts_due(
    moves: Sequence[Moved],
    endpoints: Sequence[Endpoint],
    told: Sequence[Told],
    *,
    now: datetime,
    fresh: timedelta | None,
    log_id: str,
) -> Outbox:
    """What the moves of one append make due, for each endpoint that wants to know.

    `fresh` is how young the deciding figure of news is; None: none of the moves is news.

    `told` is what the log says was enqueued about the incidents that moved. The `before` of an
    alert is what that receiver was last told, which need not be what stood a moment ago. The
    same arguments give the same outbox, ids included.
    """
    alerts: list[Alert] = []
    rows: dict[tuple[str, _Key], Told] = {}
    owed: list[tuple[str, str]] = []
    for endpoint in endpoints:
        last = _told_to(endpoint, told)
        for move in moves:
            after, revision = move.after, move.revision
            key = _key(endpoint, after)
            before = last.get(key)
            if (
                move.policy != endpoint.policy
                or not endpoint.wants(after.incident, after.measure)
                or not _is_news(before, after)
            ):
                continue
            if revision is None or fresh is None or now - revision.published_at >= fresh:
                owed.append((endpoint.name, after.incident))
                continue
            row = _row(endpoint, after, sequence=_next(last.values(), after.incident))
            body = Revised(timestamp=now, data=_revised(after, revision, before, row.sequence))
            alerts.append(_alert(row, body, log_id=log_id, cause=revision.event_id))
            last[key] = rows[endpoint.name, key] = row
    return Outbox(
        alerts=tuple(alerts), told=tuple(rows.values()), backfill_due=tuple(dict.fromkeys(owed))
    )


def backfill(
    incident: str,
    estimates: Sequence[Estimate],
    endpoint: Endpoint,
    told: Sequence[Told],
    *,
    now: datetime,
    log_id: str,
) -> Outbox:
    """The one `estimate.backfilled` that an endpoint is owed about an incident.

    `estimates` are all that stand of the incident, one per measure and scope; what was told and is
    not among them stands no longer. Where none differs from what was told, there is no alert, and
    the debt is settled all the same. More estimates than fit into one body go out in several, in
    sequence.
    """
    last = _told_to(endpoint, told)
    standing = {_key(endpoint, each) for each in estimates}
    fallen = [
        Estimate(incident=incident, measure=row.measure, scope=row.scope)
        for key, row in last.items()
        if key not in standing and (row.incident, row.policy) == (incident, endpoint.policy)
    ]
    news = [
        each
        for each in (*estimates, *fallen)
        if endpoint.wants(incident, each.measure) and _is_news(last.get(_key(endpoint, each)), each)
    ]
    first = _next(last.values(), incident)
    alerts: list[Alert] = []
    rows: list[Told] = []
    for start in range(0, len(news), MOST_STANDING):
        part = news[start : start + MOST_STANDING]
        sequence = first + len(alerts)
        told_of = tuple(_standing(each, last.get(_key(endpoint, each))) for each in part)
        data = BackfilledData(incident=incident, sequence=sequence, estimates=told_of)
        told_now = [_row(endpoint, each, sequence=sequence) for each in part]
        body = Backfilled(timestamp=now, data=data)
        alerts.append(_alert(told_now[0], body, log_id=log_id, cause=body.type))
        rows += told_now
    return Outbox(
        alerts=tuple(alerts), told=tuple(rows), backfill_done=((endpoint.name, incident),)
    )


def _told_to(endpoint: Endpoint, told: Iterable[Told]) -> dict[_Key, Told]:
    return {
        (row.incident, row.measure, row.scope, row.policy): row
        for row in told
        if row.endpoint == endpoint.name
    }


def _key(endpoint: Endpoint, estimate: Estimate) -> _Key:
    return estimate.incident, estimate.measure, estimate.scope, endpoint.policy


def _next(told: Iterable[Told], incident: str) -> int:
    """The next sequence of the endpoint and incident, over all measures, scopes and policies."""
    return max((row.sequence for row in told if row.incident == incident), default=0) + 1


def _is_news(before: Told | None, after: Estimate) -> bool:
    """True where a receiver who reads this learns something; a mere confirmation is nothing."""
    never_told = (None, None, None, None, False)
    return _gist(after) != (never_told if before is None else _gist(before))


def _gist(value: Estimate | Told) -> tuple[int | None, int | None, int | None, str | None, bool]:
    contested = value.status is Status.CONTESTED
    return value.best, value.low, value.high, value.phrase, contested


def _row(endpoint: Endpoint, estimate: Estimate, *, sequence: int) -> Told:
    return Told(
        endpoint=endpoint.name,
        incident=estimate.incident,
        measure=estimate.measure,
        scope=estimate.scope,
        policy=endpoint.policy,
        phrase=estimate.phrase,
        best=estimate.best,
        low=estimate.low,
        high=estimate.high,
        status=estimate.status,
        sequence=sequence,
    )


def _value(value: Estimate | Told) -> Value:
    return Value(
        phrase=value.phrase,
        best=value.best,
        low=value.low,
        high=value.high,
        status=value.status,
    )


def _revised(
    after: Estimate, revision: Revision, before: Told | None, sequence: int
) -> RevisedData:
    return RevisedData(
        incident=after.incident,
        measure=after.measure,
        scope=after.scope,
        before=None if before is None else _value(before),
        after=_value(after),
        status=after.status,
        reason=revision.reason,
        source=revision.source,
        issuer=revision.issuer,
        title=revision.title,
        url=revision.url,
        quote=revision.quote,
        sequence=sequence,
        event=revision.event_id,
        published_at=revision.published_at,
    )


def _standing(estimate: Estimate, before: Told | None) -> Standing:
    return Standing(
        measure=estimate.measure,
        scope=estimate.scope,
        before=None if before is None else _value(before),
        after=_value(estimate),
        since=estimate.since,
    )


def _alert(row: Told, body: Body, *, log_id: str, cause: str) -> Alert:
    return Alert(
        id=alert_id(log_id, row.endpoint, row.incident, row.sequence, cause),
        endpoint=row.endpoint,
        incident=row.incident,
        sequence=row.sequence,
        type=body.type,
        body=body.model_dump_json(),
    )


def alert_id(log_id: str, endpoint: str, about: str, sequence: int, cause: str) -> str:
    """The id of an alert: it hangs on the log, the receiver, the sequence and the cause."""
    named = "\n".join((log_id, endpoint, about, str(sequence), cause))
    return f"msg_{hashlib.sha256(named.encode()).hexdigest()[:32]}"
