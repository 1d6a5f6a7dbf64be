"""An outbox of a real log to send from, and the receivers that it is sent to."""

import base64
import json
from datetime import UTC, datetime

from builders import figure
from receiver import Receiver
from tracker.alerts.endpoint import Endpoint, Webhook
from tracker.events import incident_stream
from tracker.store.base import Alert, Append, Log, Outbox

NOON = datetime(2031, 5, 1, 12, tzinfo=UTC)
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
SECRETS = {"DESK_SECRET": SECRET}


def desk(receiver: Receiver, name: str = "desk") -> Endpoint:
    return Endpoint(name=name, way=Webhook(url=receiver.url, secret_env="DESK_SECRET"))


def enqueue(
    log: Log,
    *sequences: int,
    incident: str = "ferry-2031",
    endpoint: str = "desk",
    at: datetime = NOON,
) -> list[str]:
    """Alerts in the outbox, due then, each together with a fact; their ids."""
    ids = []
    for sequence in sequences:
        stream = incident_stream(incident)
        alert = Alert(
            id=f"msg_{endpoint}_{incident}_{sequence}",
            endpoint=endpoint,
            about=incident,
            sequence=sequence,
            type="estimate.revised",
            body=json.dumps({"type": "estimate.revised", "data": {"sequence": sequence}}),
        )
        fact = figure(sequence, report=f"{incident}-{endpoint}-{sequence}")
        append = Append(stream, len(log.read(stream)), (fact,))
        log.append([append], recorded_at=at, outbox=Outbox(alerts=(alert,)))
        ids.append(alert.id)
    return ids


def states(log: Log) -> dict[str, str]:
    """How the newest alert of each endpoint stands."""
    return {each.alert.endpoint: each.state for each in reversed(log.enqueued())}


def ids(receiver: Receiver) -> list[str]:
    return [got.headers["webhook-id"] for got in receiver.got]
