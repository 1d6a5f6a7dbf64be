"""`docs/webhooks.md` is true: its examples run, and no field, reason or status is missing."""

import asyncio
import base64
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import get_args

import pytest

from receiver import Receiver
from tracker.addresses import client
from tracker.alerts.bodies import (
    Backfilled,
    BackfilledData,
    Body,
    Revised,
    RevisedData,
    SourceData,
    SourceTold,
    Standing,
    Value,
)
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.sources import TYPES
from tracker.alerts.webhook import deliver
from tracker.model import Measure, Reason, Status
from tracker.settings import load_settings
from tracker.store.base import Delivery

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def examples(language: str) -> Iterator[str]:
    for block in re.finditer(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL):
        yield block[1]


def test_the_receiver_of_the_page_reads_what_the_tracker_posts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Its code verifies all of its own example bodies, as they arrive over HTTP."""
    monkeypatch.setenv("TRACKER_WEBHOOK_SECRET", SECRET)
    [code] = examples("python")
    names: dict[str, object] = {}
    exec(code, names)  # noqa: S102 — running the page's example is what this test is for
    receive = names["receive"]
    assert callable(receive)

    async def posted(receiver: Receiver) -> None:
        endpoint = Endpoint(name="desk", url=receiver.url, secret_env="TRACKER_WEBHOOK_SECRET")
        async with client(["127.0.0.1"]) as ours:
            for body in examples("json"):
                delivery = Delivery(
                    id="msg_1", endpoint="desk", incident="ferry-2031", body=body, attempts=0
                )
                await deliver(ours, endpoint, delivery, key=KEY, now=datetime.now(UTC))

    with Receiver() as receiver:
        asyncio.run(posted(receiver))
    assert [receive(got.headers, got.body) for got in receiver.got] == [
        "ferry-2031: killed now 14",
        "ferry-2031: 1 estimates caught up",
        "cape-news is silent: no new report for 13 hours; before, 6 hours at most",
    ]


def test_the_example_bodies_are_what_is_sent() -> None:
    revised, backfilled, source = examples("json")
    assert SourceTold.model_validate_json(source).type in PAGE
    assert Revised.model_validate_json(revised).type in PAGE
    assert Backfilled.model_validate_json(backfilled).type in PAGE


def test_every_type_field_reason_and_status_is_described() -> None:
    models = (
        *get_args(Body),
        RevisedData,
        BackfilledData,
        SourceData,
        Standing,
        Value,
    )
    names = {name for model in models for name in model.model_fields} - {"type", "data"}
    for name in (*names, *Reason, *Status, *TYPES.values()):
        assert f"`{name}`" in PAGE


def test_the_example_configuration_is_accepted(tmp_path: Path) -> None:
    [toml] = examples("toml")
    path = tmp_path / "tracker.toml"
    path.write_text(toml)
    settings = load_settings(path)
    assert settings.allow_hosts == ("127.0.0.1",)
    assert settings.webhooks == (
        Endpoint(
            name="desk",
            url="http://127.0.0.1:8800/hook",
            secret_env="TRACKER_WEBHOOK_SECRET",
            incidents=frozenset({"ferry-2031"}),
            measures=frozenset({Measure.KILLED, Measure.MISSING}),
        ),
    )
