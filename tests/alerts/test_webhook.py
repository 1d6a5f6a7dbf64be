"""One attempt against a real receiver: what is sent, and what is made of the answer."""

import asyncio
import base64
import hashlib
import hmac
import json
import re
import socket
import threading
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from standardwebhooks import Webhook

from receiver import Answer, Receiver
from tracker.addresses import client
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.webhook import PATIENCE, Attempt, deliver
from tracker.store.base import Delivery

KEY = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
DELIVERY = Delivery(
    id="msg_ferry1",
    endpoint="desk",
    incident="ferry-2031",
    body='{"type":"estimate.revised","data":{"quote":"„Zwölf Tote“"}}',
    attempts=0,
)


def post(
    url: str,
    *,
    now: datetime = NOW,
    patience: timedelta = PATIENCE,
    allow_hosts: tuple[str, ...] = ("127.0.0.1",),
) -> Attempt:
    endpoint = Endpoint(name="desk", url=url, secret_env="DESK_SECRET")

    async def posted() -> Attempt:
        async with client(allow_hosts) as ours:
            return await deliver(ours, endpoint, DELIVERY, key=KEY, now=now, patience=patience)

    return asyncio.run(posted())


def answered(*answers: Answer) -> Attempt:
    with Receiver(answers) as receiver:
        return post(receiver.url)


def test_the_reference_library_verifies_what_arrives() -> None:
    with Receiver() as receiver:
        post(receiver.url, now=datetime.now(UTC))
    [got] = receiver.got
    body = Webhook(base64.b64encode(KEY).decode()).verify(got.body, got.headers)
    assert body == json.loads(DELIVERY.body)


def test_a_receiver_written_from_the_specification_alone_verifies_what_arrives() -> None:
    with Receiver() as receiver:
        post(receiver.url)
    [got] = receiver.got
    assert got.headers["webhook-id"] == "msg_ferry1"
    assert got.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    signed = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode() + got.body
    digest = base64.b64encode(hmac.new(KEY, signed, hashlib.sha256).digest()).decode()
    assert got.headers["webhook-signature"].split() == [f"v1,{digest}"]


def test_the_body_arrives_byte_for_byte_as_json() -> None:
    with Receiver() as receiver:
        post(receiver.url)
    [got] = receiver.got
    assert got.path == "/hook"
    assert got.body == DELIVERY.body.encode()
    assert got.headers["content-type"] == "application/json"
    assert got.headers["user-agent"].startswith("tracker/")


@pytest.mark.parametrize(("status", "said"), [(200, "200 OK"), (204, "204 No Content")])
def test_any_2xx_is_a_success(status: int, said: str) -> None:
    assert answered(Answer(status)) == Attempt("delivered", said)


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "400 Bad Request"), (404, "404 Not Found"), (500, "500 Internal Server Error")],
)
def test_an_error_of_the_receiver_is_tried_again(status: int, said: str) -> None:
    assert answered(Answer(status)) == Attempt("retry", said)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with Receiver() as elsewhere:
        attempt = answered(Answer(status, (("location", elsewhere.url),)))
        assert elsewhere.got == []
    assert attempt == Attempt("retry", f"{status}: redirects are not followed; correct the url")


def test_410_means_gone() -> None:
    assert answered(Answer(410)) == Attempt("gone", "410: gone")


def test_a_receiver_that_hangs_is_left_after_the_time_given() -> None:
    with Receiver([Answer(hangs=True)]) as receiver:
        attempt = post(receiver.url, patience=timedelta(seconds=0.2))
    assert attempt == Attempt("retry", "no answer within 0.2 s")


def test_a_body_without_end_does_not_hold_up_a_success() -> None:
    """Only the status counts: the answer's body is not read."""
    promised = (("content-length", "1000000000"),)
    assert answered(Answer(200, promised)) == Attempt("delivered", "200 OK")


def test_a_refused_connection_is_said_to_be_one() -> None:
    with Receiver() as receiver:
        url, port = receiver.url, receiver.port
    attempt = post(url)
    assert attempt.outcome == "retry"
    assert attempt.answer.startswith(f"no answer: no connection to 127.0.0.1:{port}: ")


def test_a_receiver_that_hangs_up_is_tried_again() -> None:
    assert answered(Answer(0)) == Attempt("retry", "no answer: it hung up")


def test_a_receiver_without_tls_is_not_reached_by_https() -> None:
    with Receiver() as receiver:
        attempt = post(receiver.url.replace("http:", "https:"))
        assert receiver.got == []
    assert attempt.outcome == "retry"
    assert attempt.answer.startswith("no answer: no secure connection: ")


def test_a_name_that_no_machine_can_have_is_a_failed_attempt() -> None:
    attempt = post(f"http://{'a' * 64}.example/")
    assert attempt.outcome == "retry"
    assert attempt.answer.startswith("no answer: ")


def test_a_receiver_that_does_not_speak_http_is_tried_again() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:

        def babble() -> None:
            connection, _ = server.accept()
            with connection:
                connection.recv(65_536)
                connection.sendall(b"\x1b[2J tell me more\r\n\r\n")

        thread = threading.Thread(target=babble)
        thread.start()
        attempt = post(f"http://127.0.0.1:{server.getsockname()[1]}/")
        thread.join()
    assert attempt == Attempt("retry", "no answer: it does not speak HTTP")


@pytest.mark.parametrize(
    ("stated", "wait"),
    [
        ("120", timedelta(seconds=120)),
        ("0", timedelta(0)),
        (format_datetime(NOW + timedelta(hours=2), usegmt=True), timedelta(hours=2)),
        (format_datetime((NOW + timedelta(hours=2)).replace(tzinfo=None)), timedelta(hours=2)),
        (format_datetime(NOW - timedelta(hours=2), usegmt=True), timedelta(0)),
        ("999999999999", timedelta(hours=24)),
        ("9" * 5_000, None),
        ("Fri, 31 Dec 9999 23:59:59 GMT", timedelta(hours=24)),
        ("-5", None),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_up_to_a_day(
    stated: str, wait: timedelta | None
) -> None:
    assert answered(Answer(503, (("retry-after", stated),))) == Attempt(
        "retry", "503 Service Unavailable", wait
    )


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", r"refused: 127\.0\.0\.1 is on this machine; add it to allow_hosts"),
        ("localhost", r"refused: localhost is \S+, on this machine; add it to allow_hosts"),
    ],
)
def test_a_private_receiver_is_refused_until_allowed(host: str, said: str) -> None:
    with Receiver() as receiver:
        url = f"http://{host}:{receiver.port}/hook"
        refused = post(url, allow_hosts=())
        assert receiver.got == []
        allowed = post(url, allow_hosts=(host,))
    assert refused.outcome == "retry"
    assert re.fullmatch(said, refused.answer)
    assert allowed == Attempt("delivered", "204 No Content")
