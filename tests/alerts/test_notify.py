"""Channels through the real Apprise, to servers on this machine: what arrives, and what fails."""

import asyncio
import json
import subprocess
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from receiver import Answer, Receiver
from tracker.alerts.endpoint import Channel, Endpoint
from tracker.alerts.notify import PATIENCE, Service, service_of, without_parts
from tracker.alerts.text import told
from tracker.alerts.waits import LEASE
from tracker.alerts.ways import Ways
from tracker.alerts.webhook import Attempt
from tracker.errors import ConfigError
from tracker.store.records import Delivery

PHONE = Channel(url_env="PHONE_URL")
BODY = json.dumps(
    {
        "type": "endpoint.disabled",
        "timestamp": "2031-05-03T12:00:00.000000Z",
        "data": {
            "endpoint": "desk",
            "url": "https://desk.example/hook",
            "why": "failing",
            "failing_since": "2031-05-03T12:00:00.000000Z",
            "answer": "410: gone",
            "sequence": 1,
        },
    }
)
DELIVERY = Delivery(id="msg_1", endpoint="phone", about="endpoint/desk", body=BODY, attempts=0)


NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
"""A day after the alert was made."""


def service(url: str) -> Service:
    return service_of("phone", PHONE, {"PHONE_URL": url})


def sent(url: str, *, patience: timedelta = PATIENCE) -> Attempt:
    return asyncio.run(service(url).send(DELIVERY, now=NOW, patience=patience))


def wrong(url: str) -> str:
    with pytest.raises(ConfigError) as error:
        service(url)
    return str(error.value)


def test_a_person_reads_the_words_of_the_alert() -> None:
    with Receiver([Answer(200)]) as receiver:
        attempt = sent(f"json://127.0.0.1:{receiver.port}/desk")
    [got] = receiver.got
    message = json.loads(got.body)
    text = told(BODY, at=NOW)
    assert (message["title"], message["message"]) == (text.title, text.body)
    assert "desk" in text.title
    assert "3 May 12:00 UTC" in text.body
    assert attempt == Attempt("delivered", "taken by JSON")


def test_a_topic_of_an_own_server_is_reached() -> None:
    with Receiver([Answer(200, body=b"{}")]) as receiver:
        attempt = sent(f"ntfy://127.0.0.1:{receiver.port}/newsroom")
    assert attempt.outcome == "delivered"
    assert told(BODY).title in receiver.got[0].body.decode()


def test_what_a_service_refuses_is_tried_again_and_its_address_is_not_told() -> None:
    with Receiver([Answer(403)]) as receiver:
        attempt = sent(f"json://127.0.0.1:{receiver.port}/t0ken-of-the-desk")
    assert attempt.outcome == "retry"
    assert "error=403" in attempt.answer
    assert "t0ken" not in attempt.answer


def test_a_service_that_is_not_there_is_tried_again_in_one_line_without_its_address() -> None:
    with Receiver() as receiver:
        port = receiver.port
    attempt = sent(f"json://user:s3cret-word@127.0.0.1:{port}/")
    assert attempt == Attempt(
        "retry", "A Connection error occurred sending JSON notification to ***."
    )


def test_a_service_that_hangs_is_left_and_not_asked_again_while_it_does() -> None:
    """What Apprise does cannot be stopped; another attempt beside it would hang as well."""

    async def story(url: str) -> list[Attempt]:
        hanging = service(url)
        soon = timedelta(seconds=0.3)
        return [await hanging.send(DELIVERY, now=NOW, patience=soon) for _ in range(2)]

    with Receiver([Answer(hangs=True)]) as receiver:
        first, second = asyncio.run(story(f"json://127.0.0.1:{receiver.port}/?rto=30"))
        assert len(receiver.got) == 1
    assert first == Attempt("retry", "no answer within 0.3 s")
    assert second == Attempt("retry", "the attempt before has still not ended")


def test_one_message_after_the_other_is_no_hanging_service() -> None:
    """However soon the next is sent after one is known to be taken."""
    many = [replace(DELIVERY, id=f"msg_{number}") for number in range(200)]

    async def story(url: str) -> list[Attempt]:
        quick = service(url)
        return [await quick.send(each, now=NOW) for each in many]

    with Receiver() as receiver:
        attempts = asyncio.run(story(f"json://127.0.0.1:{receiver.port}/"))
    assert attempts == [Attempt("delivered", "taken by JSON")] * len(many)


def all_is_sent() -> None:
    """Come back when no service is at work any more."""
    for each in threading.enumerate():
        if each.name == "notify":
            each.join(30)


def test_what_a_slow_service_took_after_all_is_not_sent_again() -> None:
    """It reaches people once, whatever was sent meanwhile; asked for anew, it is sent anew."""
    other = replace(DELIVERY, id="msg_2")

    async def story(url: str, receiver: Receiver) -> list[Attempt]:
        slow = service(url)
        first = await slow.send(DELIVERY, now=NOW, patience=timedelta(seconds=0.3))
        receiver.go_on()
        await asyncio.to_thread(all_is_sent)
        later = (other, DELIVERY, DELIVERY)
        return [first, *[await slow.send(each, now=NOW) for each in later]]

    with Receiver([Answer(200, waits=True)]) as receiver:
        attempts = asyncio.run(story(f"json://127.0.0.1:{receiver.port}/?rto=30", receiver))
        assert len(receiver.got) == 3
    assert attempts == [
        Attempt("retry", "no answer within 0.3 s"),
        Attempt("delivered", "taken by JSON"),
        Attempt("delivered", "taken by JSON, late"),
        Attempt("delivered", "taken by JSON"),
    ]


def test_what_a_slow_service_refused_after_all_is_sent_again() -> None:
    async def story(url: str, receiver: Receiver) -> Attempt:
        slow = service(url)
        await slow.send(DELIVERY, now=NOW, patience=timedelta(seconds=0.3))
        receiver.go_on()
        await asyncio.to_thread(all_is_sent)
        return await slow.send(DELIVERY, now=NOW)

    with Receiver([Answer(500, waits=True)]) as receiver:
        again = asyncio.run(story(f"json://127.0.0.1:{receiver.port}/?rto=30", receiver))
        assert len(receiver.got) == 2
    assert again == Attempt("delivered", "taken by JSON")


def test_a_channel_is_given_up_on_before_anybody_else_may_take_its_alert() -> None:
    assert PATIENCE < LEASE


@pytest.mark.parametrize("url", ["nonsense-t0ken", "nobody://t0ken/x", "discord://t0ken"])
def test_an_address_that_is_none_names_the_variable_and_is_not_shown(url: str) -> None:
    said = wrong(url)
    assert said.startswith("notify 'phone': PHONE_URL: holds no address that Apprise understands")
    assert said.endswith("; its alerts wait")
    assert "t0ken" not in said


def test_a_missing_address_names_its_variable() -> None:
    assert wrong(" ") == (
        "notify 'phone': PHONE_URL: is not set; its alerts wait until it holds Apprise's address"
    )


def test_each_channel_has_one_address() -> None:
    """Of two, one that failed alone could not be repeated alone."""
    assert wrong("json://a.example json://b.example") == (
        "notify 'phone': PHONE_URL: holds several addresses; write a [[notify]] for each"
    )


def test_without_apprise_it_is_said_how_to_install_it() -> None:
    script = (
        "import sys; sys.modules['apprise'] = None\n"
        "from tracker.alerts.endpoint import Channel\n"
        "from tracker.alerts.notify import service_of\n"
        "try: service_of('phone', Channel(url_env='U'), {'U': 'json://a.example'})\n"
        "except Exception as error: print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert done.stdout == (
        "notify 'phone': needs Apprise; install it with: pip install 'tracker[notify]'; its "
        "alerts wait\n"
    )


@pytest.mark.parametrize(
    ("text", "url", "said"),
    [
        ("no bot 123456:ABCD-ef at all", "tgram://123456:ABCD-ef/42/", "no bot ***:*** at all"),
        ("to A-TOKEN%21 or a-token!", "ntfy://a-token%21@ntfy.example/x", "to *** or ***"),
        ("json failed", "json://json/", "json failed"),
        ("all is well", "://", "all is well"),
    ],
)
def test_no_part_of_an_address_that_may_be_a_secret_is_told(text: str, url: str, said: str) -> None:
    assert without_parts(text, url) == said


def test_a_channel_keeps_its_service_until_its_address_changes() -> None:
    """Apprise keeps to the pace that a service asks for only where it is the same one."""
    environment = {"PHONE_URL": "json://a.example"}
    phone = Endpoint(name="phone", way=PHONE)

    async def story() -> None:
        async with httpx.AsyncClient() as unused:
            ways = Ways(unused, environment)
            await ways.to(phone)
            first = ways.services["phone"]
            await ways.to(phone)
            assert ways.services["phone"] is first
            environment["PHONE_URL"] = "json://b.example"
            await ways.to(phone)
            assert ways.services["phone"] is not first

    asyncio.run(story())


def test_the_way_to_a_channel_is_made_like_that_to_a_webhook() -> None:
    async def story(url: str) -> Attempt:
        async with httpx.AsyncClient() as unused:
            way = await Ways(unused, {"PHONE_URL": url}).to(Endpoint(name="phone", way=PHONE))
            return await way(DELIVERY, datetime.now(UTC))

    with Receiver() as receiver:
        assert asyncio.run(story(f"json://127.0.0.1:{receiver.port}/")).outcome == "delivered"
