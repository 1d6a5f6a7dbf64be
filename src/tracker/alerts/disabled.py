"""What the other receivers are told of an endpoint that is not sent anything any more. Pure.

When that is so is decided in `reach.py`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Literal
from urllib.parse import urlsplit

from tracker.alerts.alert import alert_of, due_at
from tracker.alerts.bodies import Disabled, DisabledData
from tracker.alerts.endpoint import Endpoint, Webhook
from tracker.model import utc_text
from tracker.sources.secrets import without_secrets
from tracker.store.records import Alert


def endpoint_alerts(
    endpoint: Endpoint,
    others: Sequence[Endpoint],
    last: Mapping[str, int],
    *,
    why: Literal["gone", "failing"],
    answer: str,
    failing_since: datetime | None,
    now: datetime,
    log_id: str,
) -> tuple[Alert, ...]:
    """One alert to each of the others that this endpoint is disabled.

    `last` is the last sequence of each endpoint about this one (`endpoint_about`), `answer` what
    became of its last attempt.
    """
    data = DisabledData(
        endpoint=endpoint.name,
        url=shown_address(endpoint),
        why=why,
        failing_since=failing_since,
        answer=answer,
        sequence=0,
    )
    return tuple(
        alert_of(
            Disabled(
                timestamp=now,
                data=data.model_copy(update={"sequence": last.get(other.name, 0) + 1}),
            ),
            endpoint=other.name,
            about=endpoint_about(endpoint.name),
            cause=f"{why} {utc_text(now)}",
            log_id=log_id,
            due_at=due_at(other.rules, now),
        )
        for other in others
        if other.name != endpoint.name
    )


def endpoint_about(name: str) -> str:
    """What the alerts about an endpoint are about."""
    return f"endpoint/{name}"


def shown_address(endpoint: Endpoint) -> str:
    """Where an endpoint is, for another: nothing of it lets anybody post there.

    Of a webhook's url that is the machine: its path is a secret with many services.
    """
    if not isinstance(endpoint.way, Webhook):
        return endpoint.way.url_env
    parts = urlsplit(without_secrets(endpoint.way.url))
    return f"{parts.scheme}://{parts.netloc}"
