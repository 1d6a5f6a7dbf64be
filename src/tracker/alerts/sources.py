"""What receivers are told of a source that is in another state than before. Pure.

Each settled change of state is told once, in order per endpoint and source, like a figure that
moves, and not in quiet hours. What a state is lives in `tracker.health`.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final, Literal

from tracker.alerts.alert import alert_of, due_at
from tracker.alerts.bodies import SourceData, SourceTold
from tracker.alerts.endpoint import Endpoint
from tracker.events import SourceTurned, source_stream
from tracker.health import Poll
from tracker.intake import Source
from tracker.model import State
from tracker.store.base import Outbox

_Type = Literal[
    "source.failing", "source.silent", "source.blind", "source.degraded", "source.gone",
    "source.recovered",
]  # fmt: skip
TYPES: Final[dict[State, _Type]] = {
    State.OK: "source.recovered",
    State.UNCHANGED: "source.recovered",
    State.DEGRADED: "source.degraded",
    State.BLIND: "source.blind",
    State.SILENT: "source.silent",
    State.FAILING: "source.failing",
    State.GONE: "source.gone",
}


def source_alerts(
    source: Source,
    turned: SourceTurned,
    poll: Poll,
    endpoints: Sequence[Endpoint],
    last: Mapping[str, int],
    *,
    event: str,
    now: datetime,
    log_id: str,
) -> Outbox:
    """The alerts of one change of state; `last` is the last sequence of each endpoint."""
    stream = source_stream(source.id)
    alerts = []
    for endpoint in endpoints:
        if not endpoint.rules.sources:
            continue
        data = SourceData(
            source=source.id,
            name=source.name,
            state=turned.state,
            was=turned.was,
            why=turned.why,
            since=turned.effective_at,
            succeeded_at=poll.succeeded_at,
            figure_at=poll.figure_at,
            sequence=last.get(endpoint.name, 0) + 1,
            event=event,
        )
        body = SourceTold(type=TYPES[turned.state], timestamp=now, data=data)
        alerts.append(
            alert_of(
                body,
                endpoint=endpoint.name,
                about=stream,
                cause=event,
                log_id=log_id,
                due_at=due_at(endpoint.rules, now),
            )
        )
    return Outbox(alerts=tuple(alerts))
