"""Connections go to public addresses only, whatever a url, a name or a redirect says."""

import asyncio
import socket
import subprocess
import sys
import threading
from ipaddress import ip_address
from typing import Any

import httpx
import pytest

from receiver import Answer, Receiver
from tracker import names
from tracker.addresses import (
    AddressRefused,
    client,
    is_public,
    refused_by_name,
    transport,
    user_agent,
)
from tracker.names import SystemResolver

PRIVATE = [
    "0.0.0.0",  # noqa: S104 — an address to refuse, not one to listen on
    "10.1.2.3",
    "100.64.0.1",
    "100.127.255.254",
    "127.0.0.1",
    "169.254.10.20",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "203.0.113.9",
    "224.0.1.1",
    "239.255.255.255",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:93.184.216.34",
    "64:ff9b::7f00:1",
    "64:ff9b:1::7f00:1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]


@pytest.mark.parametrize("address", PRIVATE)
def test_an_address_that_only_we_could_reach_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize(
    "address", ["1.1.1.1", "93.184.216.34", "100.63.255.255", "172.32.0.1", "2606:2800:220:1::1"]
)
def test_an_address_that_anybody_can_reach_is_public(address: str) -> None:
    assert is_public(ip_address(address))


def ask(url: str, *allow_hosts: str, follow: bool = False) -> int:
    """The status that the real client gets from this url."""

    async def asked() -> int:
        async with client(allow_hosts) as ours:
            response = await ours.get(url, follow_redirects=follow)
            return response.status_code

    return asyncio.run(asked())


@pytest.mark.parametrize(
    ("host", "said"),
    [
        ("127.0.0.1", "127.0.0.1 is on this machine; add it to allow_hosts"),
        ("[::1]", "::1 is on this machine; add it to allow_hosts"),
        ("[::ffff:127.0.0.1]", "::ffff:7f00:1 is not a public address; add it to allow_hosts"),
        ("10.255.255.1", "10.255.255.1 is not a public address; add it to allow_hosts"),
        ("127.1", "127.1 is not a way to write an address"),
        ("2130706433", "2130706433 is not a way to write an address"),
        ("0x7f000001", "0x7f000001 is 127.0.0.1, on this machine; add it to allow_hosts"),
    ],
)
def test_no_spelling_of_a_private_address_gets_through(host: str, said: str) -> None:
    with Receiver() as receiver:
        with pytest.raises(AddressRefused) as refused:
            ask(f"http://{host}:{receiver.port}/")
        assert str(refused.value) == said
        assert receiver.got == []


def test_a_name_that_leads_to_this_machine_is_refused_with_its_address() -> None:
    with Receiver() as receiver:
        with pytest.raises(
            AddressRefused, match=r"localhost is (127\.0\.0\.1|::1), on this machine"
        ):
            ask(f"http://localhost:{receiver.port}/")
        assert receiver.got == []


@pytest.mark.parametrize(
    ("host", "allowed"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("localhost", "localhost"),
        ("localhost", "LocalHost."),
        ("LOCALHOST", "localhost"),
    ],
)
def test_an_allowed_host_is_reached_however_it_is_written(host: str, allowed: str) -> None:
    with Receiver() as receiver:
        assert ask(f"http://{host}:{receiver.port}/", allowed) == 204


def test_allowing_one_host_allows_no_other() -> None:
    with Receiver() as receiver, pytest.raises(AddressRefused):
        ask(f"http://127.0.0.1:{receiver.port}/", "localhost")


@pytest.mark.parametrize(
    ("url", "allowed", "refused"),
    [
        ("http://127.0.0.1:8800/", [], True),
        ("http://127.0.0.1:8800/", ["127.0.0.1"], False),
        ("http://[::1]/", ["::1"], False),
        ("http://[0:0:0:0:0:0:0:1]/", ["::1"], False),
        ("http://10.0.0.7/", ["10.0.0.8"], True),
        ("http://93.184.216.34/", [], False),
        ("http://localhost/", [], True),
        ("http://localhost/", ["LOCALHOST"], False),
        ("http://localhost/", ["127.0.0.1"], False),
        ("http://localhost/", ["10.0.0.7"], True),
        ("http://desk.lan/", [], False),
    ],
)
def test_what_is_certain_to_be_refused_is_told_without_a_look_up(
    url: str, allowed: list[str], refused: bool
) -> None:
    """Of any other name nobody knows where it leads until it is looked up."""
    assert refused_by_name(url, allowed) is refused


def test_a_redirect_to_a_private_address_is_refused() -> None:
    """The rule holds for every request of a chain, not only for the url that was configured."""
    with Receiver() as inner:
        there = (("location", f"http://127.0.0.1:{inner.port}/"),)
        with (
            Receiver([Answer(302, there)]) as outer,
            pytest.raises(AddressRefused, match=r"127\.0\.0\.1"),
        ):
            ask(f"http://localhost:{outer.port}/", "localhost", follow=True)
        assert inner.got == []


def test_a_proxy_in_the_environment_is_not_used(monkeypatch: pytest.MonkeyPatch) -> None:
    """A proxy would resolve names for us, unvetted."""
    with Receiver() as proxy, Receiver() as receiver:
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{proxy.port}")
        assert ask(receiver.url, "127.0.0.1") == 204
        assert proxy.got == []


def test_cookies_of_a_server_are_not_kept() -> None:
    async def twice(url: str) -> None:
        async with client(["127.0.0.1"]) as ours:
            for _ in range(2):
                await ours.get(url)

    with Receiver([Answer(200, (("set-cookie", "who=you; Path=/"),))]) as receiver:
        asyncio.run(twice(receiver.url))
        assert "cookie" not in receiver.got[1].headers


def test_a_port_that_cannot_be_is_no_address() -> None:
    with pytest.raises(httpx.InvalidURL):
        ask("http://127.0.0.1:99999/", "127.0.0.1")


def test_a_transport_names_the_setting_that_allows_a_host() -> None:
    async def asked() -> None:
        ours = transport(setting="polling.allow_hosts")
        try:
            await ours.handle_async_request(httpx.Request("GET", "http://127.0.0.1:9/"))
        finally:
            await ours.aclose()

    with pytest.raises(AddressRefused, match=r"add it to polling\.allow_hosts$"):
        asyncio.run(asked())


def test_the_system_is_asked_for_names_and_says_so_where_there_is_none() -> None:
    async def asked() -> None:
        system = SystemResolver()
        found = await system.resolve("localhost", 80)
        assert {each["host"] for each in found} <= {"127.0.0.1", "::1"}
        assert {each["port"] for each in found} == {80}
        with pytest.raises(OSError, match=r"^\[Errno -?\d+\] "):
            await system.resolve("nobody.invalid", 80)
        await system.close()

    asyncio.run(asked())


def test_a_dead_name_holds_one_thread_however_often_it_is_asked_for(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So a hundred attempts to reach it keep nobody from looking up another name."""
    looked_up, go_on, real = list[str](), threading.Event(), socket.getaddrinfo

    def look_up(host: str, *args: Any, **kwargs: Any) -> Any:
        looked_up.append(host)
        if host == "dead.example":
            go_on.wait()
            raise socket.gaierror(-3, "no answer")
        return real(host, *args, **kwargs)

    async def asked() -> None:
        system = SystemResolver()
        waiting = [asyncio.create_task(system.resolve("dead.example", 80)) for _ in range(100)]
        await system.resolve("localhost", 80)
        waiting[0].cancel()
        go_on.set()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        assert isinstance(ends[0], asyncio.CancelledError)
        assert {type(each) for each in ends[1:]} == {socket.gaierror}
        assert looked_up.count("dead.example") == 1
        with pytest.raises(socket.gaierror):
            await system.resolve("dead.example", 80)
        assert looked_up.count("dead.example") == 2
        await system.close()

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    asyncio.run(asked())


class Dead:
    """Names under "dead." that are never answered, until they are let go."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.go_on, self.asked = threading.Event(), list[str]()
        self._arrived, self._real = threading.Condition(), socket.getaddrinfo
        monkeypatch.setattr(socket, "getaddrinfo", self._look_up)

    def wait_for(self, count: int) -> None:
        """Come back when so many are being looked up; fail if they never are."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.asked) >= count, timeout=30)

    def _look_up(self, host: str, *args: Any, **kwargs: Any) -> Any:
        if not host.startswith("dead."):
            return self._real(host, *args, **kwargs)
        with self._arrived:
            self.asked.append(host)
            self._arrived.notify_all()
        self.go_on.wait()
        raise socket.gaierror(-3, "no answer")


def test_a_hundred_dead_names_hold_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    dead = Dead(monkeypatch)

    async def asked() -> None:
        system = SystemResolver()
        waiting = [asyncio.create_task(system.resolve(f"dead.{n}", 80)) for n in range(100)]
        await asyncio.to_thread(dead.wait_for, 100)
        await system.resolve("localhost", 80)
        dead.go_on.set()
        ends = await asyncio.gather(*waiting, return_exceptions=True)
        assert {type(each) for each in ends} == {socket.gaierror}
        await system.close()

    try:
        asyncio.run(asyncio.wait_for(asked(), 30))
    finally:
        dead.go_on.set()


def test_more_names_than_there_are_files_for_wait_for_each_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dead = Dead(monkeypatch)
    monkeypatch.setattr(names, "LOOKING_UP", 2)

    async def asked() -> None:
        system = SystemResolver()
        waiting = [asyncio.create_task(system.resolve(f"dead.{n}", 80)) for n in range(5)]
        await asyncio.to_thread(dead.wait_for, 2)
        one_more = asyncio.create_task(system.resolve("localhost", 80))
        for _ in range(100):
            await asyncio.sleep(0)
        assert len(dead.asked) == 2
        assert not one_more.done()
        dead.go_on.set()
        assert await one_more
        await asyncio.gather(*waiting, return_exceptions=True)
        assert len(dead.asked) == 5
        await system.close()

    asyncio.run(asked())


def test_a_name_that_is_still_looked_up_does_not_keep_the_program_from_ending() -> None:
    script = (
        "import asyncio, socket, threading\n"
        "from tracker.addresses import client\n"
        "socket.getaddrinfo = lambda *_, **__: threading.Event().wait()\n"
        "async def asked():\n"
        "    async with client() as ours:\n"
        "        try:\n"
        "            async with asyncio.timeout(0.1): await ours.get('http://dead.example/')\n"
        "        except TimeoutError: print('tired of waiting')\n"
        "asyncio.run(asked())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60
    )
    assert (done.stdout, done.stderr) == ("tired of waiting\n", "")


@pytest.mark.parametrize(
    ("contact", "said"),
    [(None, ""), ("desk@news.example", " (+desk@news.example)"), ("a\nb", " (+a b)")],
)
def test_who_asks_says_so(contact: str | None, said: str) -> None:
    name, _, rest = user_agent(contact).partition(" ")
    assert name.startswith("tracker/")
    assert rest == said.strip()


def test_what_httpx_raises_is_still_raised() -> None:
    with Receiver() as receiver:
        closed = receiver.port
    with pytest.raises(httpx.TransportError):
        ask(f"http://127.0.0.1:{closed}/", "127.0.0.1")
