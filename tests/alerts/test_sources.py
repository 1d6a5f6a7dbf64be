"""What receivers are told of sources, and of each other when one cannot be reached any more."""

import json
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest

from tracker.alerts.disabled import endpoint_about, endpoint_alerts
from tracker.alerts.endpoint import Channel, Endpoint, Rules, Webhook
from tracker.alerts.sources import TYPES, source_alerts
from tracker.events import SourceTurned
from tracker.health import succeeded
from tracker.intake import Source
from tracker.model import Rank, State
from tracker.store.records import Alert

NIGHT = datetime(2031, 5, 1, 23, tzinfo=UTC)
MORNING = datetime(2031, 5, 2, 6, tzinfo=UTC)
SECRET_URL = "https://desk:word@hooks.desk.example:8443/T0/B0/secret?token=abc#top"
WIRE = Source(id="wire", kind="feed", url="https://wire.example", name="Wire", rank=Rank.AGENCY)


def endpoint(name: str, **rules: Any) -> Endpoint:
    way = Webhook(url=SECRET_URL, secret_env="DESK_SECRET")
    return Endpoint(name=name, way=way, rules=Rules(**rules))


def turned(*endpoints: Endpoint, state: State = State.FAILING) -> tuple[Alert, ...]:
    """The alerts of a source that turned at night."""
    fact = SourceTurned(
        source="wire",
        state=state,
        was=State.OK,
        why="it answered 500",
        effective_at=NIGHT,
        observed_at=NIGHT,
    )
    poll = succeeded(None, "wire", (), now=NIGHT, url=WIRE.url, next_at=MORNING)
    outbox = source_alerts(
        WIRE, fact, poll, endpoints, {"desk": 3}, event="e1", now=NIGHT, log_id="log-1"
    )
    return outbox.alerts


def disabled(gone: Endpoint, *others: Endpoint, **said: Any) -> tuple[Alert, ...]:
    """The alerts of an endpoint that is given up at night."""
    since = NIGHT - timedelta(days=5)
    facts: dict[str, Any] = {"why": "failing", "answer": "503", "failing_since": since} | said
    return endpoint_alerts(gone, others, {"second": 1}, now=NIGHT, log_id="log-1", **facts)


@pytest.mark.parametrize("state", State)
def test_each_state_has_a_type(state: State) -> None:
    [alert] = turned(endpoint("desk"), state=state)
    assert alert.type == TYPES[state]
    assert (alert.about, alert.sequence, alert.due_at) == ("source/wire", 4, None)


def test_sources_wake_nobody() -> None:
    """Nor do they break into a digest; who does not want to know of them is not told."""
    quiet = endpoint("quiet", quiet=(time(22), time(6)))
    daily = endpoint("daily", digest=(time(7),), quiet=(time(22), time(8)))
    alerts = turned(quiet, daily, endpoint("none", sources=False))
    assert [(each.endpoint, each.due_at) for each in alerts] == [
        ("quiet", MORNING),
        ("daily", MORNING.replace(hour=8)),
    ]


def test_every_other_endpoint_is_told_that_one_is_disabled() -> None:
    """In a sequence of its own, whatever its rules are, but not in its quiet hours."""
    desk = endpoint("desk")
    second = endpoint("second", sources=False, incidents=frozenset({"ferry"}))
    quiet = endpoint("quiet", quiet=(time(22), time(6)))
    alerts = disabled(desk, desk, second, quiet)
    assert [(each.endpoint, each.sequence, each.due_at) for each in alerts] == [
        ("second", 2, None),
        ("quiet", 1, MORNING),
    ]
    assert {each.about for each in alerts} == {endpoint_about("desk")} == {"endpoint/desk"}
    assert json.loads(alerts[0].body)["data"] == {
        "endpoint": "desk",
        "url": "https://hooks.desk.example:8443",
        "why": "failing",
        "failing_since": "2031-04-26T23:00:00.000000Z",
        "answer": "503",
        "sequence": 2,
    }


def test_nothing_secret_is_told_of_a_channel() -> None:
    """Its address is a secret itself: the variable that holds it is named."""
    phone = Endpoint(name="phone", way=Channel(url_env="PHONE_URL"))
    [alert] = disabled(phone, endpoint("desk"), why="gone", failing_since=None)
    data = json.loads(alert.body)["data"]
    assert (data["url"], data["why"], data["failing_since"]) == ("PHONE_URL", "gone", None)


def test_ids_differ_each_time_that_it_happens() -> None:
    """And are the same where the same is decided twice."""
    desk, other = endpoint("desk"), endpoint("other")
    assert disabled(desk, other) == disabled(desk, other)
    [one], [another] = disabled(desk, other), disabled(desk, other, why="gone")
    assert one.id != another.id
