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
from aiohttp.abc import AbstractResolver, ResolveResult
from standardwebhooks import Webhook

from receiver import Answer, Receiver
from tracker.addresses import client
from tracker.alerts.webhook import PATIENCE, Attempt, deliver
from tracker.store.base import Delivery

KEY = b"0123456789abcdef0123456789abcdef"
NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
DELIVERY = Delivery(
    id="msg_ferry1",
    endpoint="desk",
    about="ferry-2031",
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
    async def posted() -> Attempt:
        async with client(allow_hosts) as ours:
            return await deliver(ours, url, DELIVERY, keys=[KEY], now=now, patience=patience)

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
    assert answered(Answer(status)) == Attempt("delivered", said, status=status)


@pytest.mark.parametrize(
    ("status", "said"),
    [(400, "400 Bad Request"), (404, "404 Not Found"), (500, "500 Internal Server Error")],
)
def test_an_error_of_the_receiver_is_tried_again(status: int, said: str) -> None:
    assert answered(Answer(status)) == Attempt("retry", said, status=status)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_is_not_followed(status: int) -> None:
    with Receiver() as elsewhere:
        attempt = answered(Answer(status, (("location", elsewhere.url),)))
        assert elsewhere.got == []
    assert attempt == Attempt(
        "retry", f"{status}: redirects are not followed; correct the url", status=status
    )


def test_410_means_gone() -> None:
    assert answered(Answer(410)) == Attempt("gone", "410: gone", status=410)


def test_a_receiver_that_hangs_is_left_after_the_time_given() -> None:
    with Receiver([Answer(hangs=True)]) as receiver:
        attempt = post(receiver.url, patience=timedelta(seconds=0.2))
    assert attempt == Attempt("retry", "no answer within 0.2 s")


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, (("content-length", "1000000000"),)),
        Answer(200, body=b"taken ", drips=True),
        Answer(200, body=b"x" * 1_000_000),
        Answer(200, (("content-encoding", "gzip"),), b"no gzip at all"),
    ],
    ids=["promises", "drips", "floods", "packs"],
)
def test_whatever_the_body_of_an_answer_does_the_status_decides(answer: Answer) -> None:
    attempt = answered(answer)
    assert (attempt.outcome, attempt.answer, attempt.status) == ("delivered", "200 OK", 200)
    assert len(attempt.said) <= 200


def test_a_body_is_not_listened_to_for_longer_than_the_whole_exchange_may_take() -> None:
    with Receiver([Answer(500, body=b"wait", drips=True)]) as receiver:
        attempt = post(receiver.url, patience=timedelta(seconds=0.5))
    assert (attempt.outcome, attempt.status) == ("retry", 500)
    assert attempt.said.startswith("wait..")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", ""),
        (b'{"error": "no such desk"}', '{"error": "no such desk"}'),
        ("Zwölf\r\n\tTote".encode(), "Zwölf Tote"),
        (b"\x1b[2J\x07bell\x00 \xe2\x80\xaeturned", "[2J bell turned"),
        (b"bad \xff\xfe bytes", "bad \ufffd\ufffd bytes"),
        (b"y" * 5_000, "y" * 200),
        ("ö".encode() * 5_000, "ö" * 100),
    ],
)
def test_the_first_bytes_of_the_answer_are_kept_harmless(body: bytes, said: str) -> None:
    attempt = answered(Answer(400, body=body))
    assert attempt == Attempt("retry", "400 Bad Request", status=400, said=said)


def test_an_answer_is_asked_for_as_it_is_and_a_packed_one_is_not_shown() -> None:
    packed = Answer(500, (("content-encoding", "br"),), b"\x8b\x02\x80hello\x03")
    with Receiver([packed]) as receiver:
        attempt = post(receiver.url)
    assert receiver.got[0].headers["accept-encoding"] == "identity"
    assert (attempt.status, attempt.said) == (500, "")


@pytest.mark.parametrize(
    ("status", "attempt"),
    [
        (b"200 D\xe9j\xe0 re\xe7u", Attempt("delivered", "200 Dj reu", status=200)),
        (b"200 \xff", Attempt("delivered", "200", status=200)),
        (b"410 Disparu \xe0 jamais", Attempt("gone", "410: gone", status=410)),
    ],
)
def test_whatever_the_words_beside_the_status_it_decides(status: bytes, attempt: Attempt) -> None:
    """Also where they are not UTF-8, and the connection is used on."""
    answer = b"HTTP/1.1 " + status + b"\r\ncontent-length: 0\r\n\r\n"

    async def twice(url: str) -> list[Attempt]:
        async with client(["127.0.0.1"]) as ours:
            return [await deliver(ours, url, DELIVERY, keys=[KEY], now=NOW) for _ in range(2)]

    with socket.create_server(("127.0.0.1", 0)) as server:

        def speak() -> None:
            connection, _ = server.accept()
            with connection:
                while connection.recv(65_536):
                    connection.sendall(answer)

        thread = threading.Thread(target=speak, daemon=True)
        thread.start()
        attempts = asyncio.run(twice(f"http://127.0.0.1:{server.getsockname()[1]}/"))
        thread.join()
    assert attempts == [attempt] * 2


def test_a_connection_whose_answer_was_read_to_its_end_serves_the_next_post() -> None:
    async def twice(url: str) -> None:
        async with client(["127.0.0.1"]) as ours:
            for _ in range(2):
                await deliver(ours, url, DELIVERY, keys=[KEY], now=NOW)

    with Receiver([Answer(200, body=b"taken")], keeps_open=True) as receiver:
        asyncio.run(twice(receiver.url))
        assert (len(receiver.got), receiver.connections) == (2, 1)


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
        ("10.5", None),
        ("Mon, 01 Jan 2024 00:00:00 +99999999999999", None),
        ("99999999999999999999 Feb 31 24:61:61 Jan 01", None),
        ("Sat, 01 Jan 0001 00:00:00 +2359", timedelta(0)),
        ("soon", None),
        ("", None),
    ],
)
def test_retry_after_is_read_as_seconds_or_a_date_up_to_a_day(
    stated: str, wait: timedelta | None
) -> None:
    assert answered(Answer(503, (("retry-after", stated),))) == Attempt(
        "retry", "503 Service Unavailable", wait, 503
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
    assert allowed == Attempt("delivered", "204 No Content", status=204)


HERE = "127.0.0.1"
ELSEWHERE = "2606:4700::1111"
"""Public; where there is no IPv6, nothing goes out at all."""


class Changing(AbstractResolver):
    """Gives another answer each time that it is asked; the last one for ever."""

    def __init__(self, *addresses: str) -> None:
        self.asked = 0
        self._addresses = addresses

    async def resolve(
        self, host: str, port: int = 0, _: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        address = self._addresses[min(self.asked, len(self._addresses) - 1)]
        self.asked += 1
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is held open here."""


@pytest.mark.parametrize(
    ("addresses", "refused"),
    [((ELSEWHERE, HERE), [False, True]), ((HERE, ELSEWHERE), [True, False])],
)
def test_the_address_that_was_judged_is_the_one_that_is_used_at_each_attempt(
    addresses: tuple[str, str], refused: list[bool]
) -> None:
    """A name that means another machine the next moment is judged anew, and asked for once."""
    changing = Changing(*addresses)

    async def twice(url: str) -> list[Attempt]:
        async with client(resolver=changing) as ours:
            return [
                await deliver(
                    ours, url, DELIVERY, keys=[KEY], now=NOW, patience=timedelta(seconds=0.3)
                )
                for _ in range(2)
            ]

    with Receiver() as receiver:
        attempts = asyncio.run(twice(f"http://desk.example:{receiver.port}/hook"))
        assert receiver.got == []
    assert changing.asked == 2
    assert [each.answer.startswith("refused: desk.example is 127") for each in attempts] == refused
    assert {each.outcome for each in attempts} == {"retry"}
