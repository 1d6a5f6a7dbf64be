"""`docs/webhooks.md` is true: its examples run, and no type, field, reason or status is missing."""

import asyncio
import base64
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any

import pytest

from receiver import Receiver
from tracker.addresses import client
from tracker.alerts.endpoint import Webhook
from tracker.alerts.schema import MODELS, TYPES, schema
from tracker.alerts.text import told
from tracker.alerts.webhook import deliver
from tracker.model import Measure, Reason, State, Status
from tracker.settings import load_settings
from tracker.store.base import Delivery

PAGE = (Path(__file__).parents[2] / "docs" / "webhooks.md").read_text()
KEY = b"0123456789abcdef0123456789abcdef"
SECRET = "whsec_" + base64.b64encode(KEY).decode()


def examples(language: str, page: str = PAGE) -> Iterator[str]:
    for block in re.finditer(rf"^```{language}\n(.*?)^```", page, re.MULTILINE | re.DOTALL):
        yield block[1]


def sections() -> dict[tuple[str, ...], str]:
    """The sections about types, by the types that they are about."""
    parts = re.split(r"^## ", PAGE, flags=re.MULTILINE)
    named = {tuple(re.findall(r"`(\S+?)`", part.partition("\n")[0])): part for part in parts}
    return {types: part for types, part in named.items() if set(types) & {*TYPES}}


def fields(document: dict[str, Any]) -> set[str]:
    """Every field that a schema tells of, but the envelope's `type` and `data`."""
    every = chain([document], document["$defs"].values())
    return {name for each in every for name in each.get("properties", ())} - {"type", "data"}


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
        url = receiver.url
        async with client(["127.0.0.1"]) as ours:
            for body in examples("json"):
                delivery = Delivery(
                    id="msg_1", endpoint="desk", about="ferry-2031", body=body, attempts=0
                )
                await deliver(ours, url, delivery, keys=[KEY], now=datetime.now(UTC))

    with Receiver() as receiver:
        asyncio.run(posted(receiver))
    assert [receive(got.headers, got.body) for got in receiver.got] == [
        "ferry-2031: killed now 14",
        "ferry-2031: killed now 11",
        "ferry-2031: 1 estimates caught up",
        "estimate.digest",
        "incident.opened",
        "incident.suggested",
        "source.silent",
        "endpoint.disabled",
        "endpoint.test",
    ]


def test_every_type_has_a_section_with_an_example() -> None:
    """The closed union, in the order in which it is defined; no type that is never sent."""
    assert [*chain(*sections())] == [*TYPES] == [*MODELS]
    for types, section in sections().items():
        bodies = [json.loads(each) for each in examples("json", section)]
        assert bodies
        assert {each["type"] for each in bodies} <= {*types}


def test_the_examples_are_what_is_sent() -> None:
    """Read and written again they are the same, to the last field and moment."""
    for example in examples("json"):
        body = json.loads(example)
        model = MODELS[body["type"]]
        assert json.loads(model.model_validate_json(example).model_dump_json()) == body


def test_every_field_is_described_where_it_is_sent() -> None:
    """In its own section, or in one before that all refer to."""
    before = PAGE.partition("## The types")[2].partition("\n## ")[0]
    for types, section in sections().items():
        before += section
        tables = "".join(line for line in before.splitlines() if line.startswith("|"))
        for name in fields(schema(types[0])) - {"timestamp"}:
            assert f"`{name}`" in tables, (types, name)
    assert "`timestamp`" in before


def test_every_reason_status_and_state_is_described() -> None:
    for name in (*Reason, *Status, *(set(State) - {State.UNCHANGED})):
        assert f"`{name}`" in PAGE


def test_the_page_tells_how_to_get_the_schemas() -> None:
    assert "`tracker schema TYPE`" in PAGE
    assert "`tracker schema --json`" in PAGE
    first, *_, last = TYPES.items()
    console = "".join(examples("console"))
    for name, says in (first, last):
        assert re.search(rf"^{re.escape(name)} +{re.escape(says)}$", console, re.MULTILINE)


def test_every_example_is_put_in_words() -> None:
    """No channel is told only that there is an alert."""
    for example in examples("json"):
        text = told(example)
        assert text.title != json.loads(example)["type"]
        assert text.body


def test_the_example_of_a_text_is_what_is_told() -> None:
    """The first of the examples says it of another incident; this is the one on the page."""
    [title, body] = re.findall(r"^> \**(.+?)\**\\?$", PAGE, re.MULTILINE)
    example = json.loads(next(examples("json")))
    value = example["data"]["after"]
    example["timestamp"] = "2031-05-03T15:01:00.000000Z"
    example["data"] |= {
        "name": "Kerman bombings",
        "before": {**value, "phrase": "103", "best": 103},
        "after": {**value, "phrase": "84", "best": 84},
        "change": -19,
        "direction": "down",
        "reason": "lowered",
        "source_name": "the agency",
        "issuer": "interior minister",
        "quote": "revised down from 95 to 84",
        "revisions": 6,
        "published_at": "2031-05-03T15:00:00.000000Z",
    }
    text = told(json.dumps(example))
    assert (text.title, text.body) == (title, body)


def test_the_example_configuration_is_accepted(tmp_path: Path) -> None:
    toml, *_ = examples("toml")
    path = tmp_path / "tracker.toml"
    path.write_text(toml)
    settings = load_settings(path)
    assert settings.allow_hosts == ("127.0.0.1",)
    [desk] = settings.endpoints
    assert (desk.name, desk.way) == (
        "desk",
        Webhook(url="http://127.0.0.1:8800/hook", secret_env="TRACKER_WEBHOOK_SECRET"),
    )
    assert desk.rules.incidents == {"ferry-2031"}
    assert desk.rules.measures == {Measure.KILLED, Measure.MISSING}
