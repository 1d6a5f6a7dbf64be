"""An alert as it goes into the outbox: its id, and its frozen body. Pure."""

import hashlib
from datetime import UTC, datetime, timedelta

from tracker.alerts.bodies import Body
from tracker.alerts.endpoint import Rules
from tracker.alerts.judgement import opening
from tracker.store.records import Alert


def alert_of(
    body: Body, *, endpoint: str, about: str, cause: str, log_id: str, due_at: datetime | None
) -> Alert:
    """The alert that says this to an endpoint; its sequence is the body's.

    `cause` is what made it due: the id of an event, or other words that are the same whenever the
    same thing makes it due.
    """
    sequence = body.data.sequence
    return Alert(
        id=alert_id(log_id, endpoint, about, sequence, cause, now=body.timestamp),
        endpoint=endpoint,
        about=about,
        sequence=sequence,
        type=body.type,
        body=body.model_dump_json(),
        due_at=due_at,
    )


def alert_id(
    log_id: str, endpoint: str, about: str, sequence: int, cause: str, *, now: datetime
) -> str:
    """The id of an alert: it hangs on the log, the receiver, the sequence and the cause.

    It begins with the time, so that an outbox of any size grows at its end.
    """
    named = "\n".join((log_id, endpoint, about, str(sequence), cause))
    since_1970 = now - datetime(1970, 1, 1, tzinfo=UTC)
    milliseconds = since_1970 // timedelta(milliseconds=1)
    return f"msg_{milliseconds:012x}{hashlib.sha256(named.encode()).hexdigest()[:20]}"


def due_at(rules: Rules, now: datetime) -> datetime | None:
    """When what is no estimate may be told: with the next digest where there are some, and never
    in quiet hours; None: now.
    """
    moment = opening(rules, now)
    return None if moment <= now else moment
