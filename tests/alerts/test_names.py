"""Names whose addresses change between one look and the next: no post follows them inside."""

import asyncio
import socket
from collections.abc import Callable, Coroutine
from datetime import UTC, datetime
from typing import Any, TypeVar

import httpx
import pytest
from aiohttp.abc import AbstractResolver, ResolveResult

from receiver import Answer, Receiver
from tracker.addresses import transport
from tracker.alerts.webhook import Attempt, deliver
from tracker.store.base import Delivery

T = TypeVar("T")
KEY = b"0123456789abcdef0123456789abcdef"
DELIVERY = Delivery(id="msg_1", endpoint="desk", about="ferry", body="{}", attempts=0)
PUBLIC = "93.184.216.34"
ALSO_PUBLIC = "2606:2800:220:1::1"
TAKEN = Attempt("delivered", "204 No Content", status=204)


class Names(AbstractResolver):
    """Answers each question about a name with the next of its answers, and keeps to the last."""

    def __init__(self, **answers: list[tuple[str, ...]]) -> None:
        self._answers = {f"{name}.example": each for name, each in answers.items()}
        self.asked: list[str] = []

    async def resolve(
        self,
        host: str,
        port: int = 0,
        family: socket.AddressFamily = socket.AF_INET,  # noqa: ARG002 — what there is, it says
    ) -> list[ResolveResult]:
        self.asked.append(host)
        answers = self._answers[host]
        addresses = answers.pop(0) if len(answers) > 1 else answers[0]
        return [
            ResolveResult(
                hostname=host,
                host=each,
                port=port,
                family=socket.AF_INET6 if ":" in each else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for each in addresses
        ]

    async def close(self) -> None:
        """Nothing is held open here."""


class Internet(asyncio.SelectorEventLoop):
    """A loop for which the public address is a machine of this one; it notes who is called."""

    def __init__(self) -> None:
        super().__init__()
        self.called: list[str] = []

    async def sock_connect(self, sock: socket.socket, address: Any) -> None:
        self.called.append(address[0])
        there = "127.0.0.1" if address[0] == PUBLIC else address[0]
        await super().sock_connect(sock, (there, *address[1:]))


Story = Callable[[httpx.AsyncClient], Coroutine[Any, Any, T]]


def told(names: Names, story: Story[T], *allow_hosts: str) -> tuple[T, list[str]]:
    """What came of it with the real client, and which addresses were called."""

    async def opened() -> T:
        below = transport(allow_hosts, resolver=names)
        async with httpx.AsyncClient(transport=below, timeout=None, trust_env=False) as ours:  # noqa: S113 — as in the real one
            return await story(ours)

    internet = Internet()
    with asyncio.Runner(loop_factory=lambda: internet) as runner:
        return runner.run(opened()), internet.called


async def post(ours: httpx.AsyncClient, port: int, *names: str) -> list[Attempt]:
    """One attempt at each of these names, one after the other."""
    now = datetime.now(UTC)
    return [
        await deliver(ours, f"http://{name}.example:{port}/hook", DELIVERY, keys=[KEY], now=now)
        for name in names
    ]


def refused(name: str, address: str, where: str = "not a public address") -> Attempt:
    said = f"refused: {name}.example is {address}, {where}; add it to allow_hosts"
    return Attempt("retry", said)


HERE = refused("desk", "127.0.0.1", "on this machine")


@pytest.mark.parametrize("inside", ["127.0.0.1", "10.0.0.7", "169.254.169.254", "::1", "fd00::7"])
def test_a_name_that_turns_inside_after_the_check_is_connected_to_where_it_was_checked(
    inside: str,
) -> None:
    """A name server that says one thing to who checks and another to who connects gets one look
    for each attempt; the next attempt is checked anew.
    """
    names = Names(desk=[(PUBLIC,), (inside,)])
    with Receiver() as receiver:
        (first, second), called = told(
            names, lambda ours: post(ours, receiver.port, "desk", "desk")
        )
        assert first == TAKEN
        assert second.answer.startswith(f"refused: desk.example is {inside}, ")
        assert len(receiver.got) == 1
    assert called == [PUBLIC]
    assert names.asked == ["desk.example"] * 2


def test_a_name_that_was_inside_is_reached_as_soon_as_it_is_not() -> None:
    names = Names(desk=[("127.0.0.1",), (PUBLIC,)])
    with Receiver() as receiver:
        attempts, called = told(names, lambda ours: post(ours, receiver.port, "desk", "desk"))
    assert attempts == [HERE, TAKEN]
    assert called == [PUBLIC]


@pytest.mark.parametrize(
    "answer",
    [(PUBLIC, "127.0.0.1"), ("127.0.0.1", PUBLIC), (ALSO_PUBLIC, PUBLIC, "127.0.0.1")],
)
def test_one_address_inside_among_public_ones_is_enough_to_refuse(answer: tuple[str, ...]) -> None:
    """Else who connects would go on to it where the public ones do not answer."""
    with Receiver() as receiver:
        attempts, called = told(
            Names(desk=[answer]), lambda ours: post(ours, receiver.port, "desk")
        )
        assert receiver.got == []
    assert attempts == [HERE]
    assert called == []


@pytest.mark.parametrize(
    "wrapped",
    ["::ffff:127.0.0.1", "::ffff:7f00:1", f"::ffff:{PUBLIC}", "64:ff9b::7f00:1", "2002:7f00:1::1"],
)
def test_an_address_inside_another_is_refused(wrapped: str) -> None:
    """Mapped, translated or tunnelled, it leads to an IPv4 address that nobody has looked at."""
    attempts, called = told(Names(desk=[(wrapped,)]), lambda ours: post(ours, 9, "desk"))
    assert attempts == [refused("desk", wrapped)]
    assert called == []


def test_an_allowed_name_may_be_anywhere_and_another_at_its_address_may_not() -> None:
    names = Names(desk=[(PUBLIC,), ("127.0.0.1",)], other=[("127.0.0.1",)])
    with Receiver() as receiver:
        attempts, called = told(
            names,
            lambda ours: post(ours, receiver.port, "desk", "desk", "other"),
            "desk.example",
        )
    assert attempts == [TAKEN, TAKEN, refused("other", "127.0.0.1", "on this machine")]
    assert called == [PUBLIC, "127.0.0.1"]


def test_an_allowed_address_is_reached_by_any_name_and_no_other_address_is() -> None:
    names = Names(desk=[("127.0.0.1",), ("127.0.0.2",), ("127.0.0.1", "127.0.0.2")])
    with Receiver() as receiver:
        attempts, called = told(
            names, lambda ours: post(ours, receiver.port, "desk", "desk", "desk"), "127.0.0.1"
        )
    elsewhere = refused("desk", "127.0.0.2", "on this machine")
    assert attempts == [TAKEN, elsewhere, elsewhere]
    assert called == ["127.0.0.1"]


def test_a_connection_kept_open_for_one_name_lets_no_other_in() -> None:
    """Nor the same name in again, once it is closed: each is looked up and checked for itself."""
    names = Names(desk=[(PUBLIC,), ("127.0.0.1",)], other=[("127.0.0.1",)])
    with Receiver([Answer(), Answer(204, (("connection", "close"),))], keeps_open=True) as receiver:
        attempts, called = told(
            names, lambda ours: post(ours, receiver.port, "desk", "other", "desk", "desk")
        )
        assert receiver.connections == 1
        assert [each.headers["host"] for each in receiver.got] == [
            f"desk.example:{receiver.port}"
        ] * 2
    assert attempts == [TAKEN, refused("other", "127.0.0.1", "on this machine"), TAKEN, HERE]
    assert called == [PUBLIC]
