"""Where this program may connect: the one rule, and the one client that obeys it.

A url comes from a configuration file, a feed or a redirect, and may name a machine that only we
can reach. So every address is judged at the moment it is connected to, and the judged address is
the one that is used: a name is vetted where the connector resolves it, a literal address (which
the connector never resolves) just before its request goes out. What is asked of a server, and
what is made of its answer, does not live here.
"""

import importlib.metadata
import socket
import ssl
from collections.abc import Callable, Iterable
from functools import lru_cache
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx
from aiohttp import (
    ClientResponse,
    ClientSession,
    DummyCookieJar,
    TCPConnector,
    ThreadedResolver,
)
from aiohttp.abc import AbstractResolver, ResolveResult
from aiohttp.connector import Connection
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from tracker.errors import TrackerError
from tracker.names import SystemResolver

IETF_PROTOCOLS: Final = IPv4Network("192.0.0.0/24")
"""One cloud serves its machines' credentials from here; older Pythons call a part of it global."""

GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that is given out to the public: NAT64, v4-mapped and site-local lie outside."""

SIX_TO_FOUR: Final = IPv6Network("2002::/16")
"""Carries an IPv4 address, which may be any."""

KEPT_OPEN: Final = 5.0
"""Seconds in which a connection waits for another request to its host, a page after its feed. With
fifty hosts asked a second, three times as many would come near the 1,024 files that a process has.
"""

POST_KEPT_OPEN: Final = 1.5
"""The same for posts, which are not repeated unasked where the other side hangs up just then: less
than servers wait (some 2 seconds, many 5)."""

LONGEST_HEADER: Final = 32 * 1024
"""Some outlets send long policies in their headers; aiohttp's own limit is 8 KiB."""


class AddressRefused(TrackerError):  # noqa: N818 — names what happened to the request
    """The url leads to an address that is not public, and its host is not allowed by name."""


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """True where anybody on the internet means the same machine by this address.

    >>> is_public(ip_address("127.0.0.1"))
    False
    """
    if address.is_multicast or not address.is_global:
        return False
    if isinstance(address, IPv4Address):
        return address not in IETF_PROTOCOLS
    return address in GLOBAL_UNICAST and address not in SIX_TO_FOUR


def refused_by_name(url: str, allow_hosts: Iterable[str]) -> bool:
    """True where it is certain, without a name being looked up, that the url is refused.

    That is a literal address, or this machine's own name, which nothing in `allow_hosts` can mean.
    """
    host, allowed = _host_of(url), {_plain(each) for each in allow_hosts}
    if host in allowed:
        return False
    try:
        return not is_public(ip_address(host))
    except ValueError:
        return host == "localhost" and not any(map(_is_loopback, allowed))


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def client(
    allow_hosts: Iterable[str] = (), *, resolver: AbstractResolver | None = None
) -> httpx.AsyncClient:
    """A client that connects to public addresses, and to the hosts named in `allow_hosts`.

    Make one and share it: its TLS context alone costs more than a request. It takes no proxy from
    the environment (a proxy would resolve names unvetted), keeps no cookies, follows no redirect
    unasked and has no time-out: whoever asks sets one around the whole exchange. A request may
    raise `AddressRefused`, beside what httpx raises. `resolver` turns names into addresses before
    they are vetted; the default asks the system, and is closed with the client.
    """
    return httpx.AsyncClient(
        transport=transport(allow_hosts, resolver=resolver, kept_open=POST_KEPT_OPEN),
        headers={"user-agent": user_agent()},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=None,  # noqa: S113 — set around the whole exchange, which httpx cannot
        trust_env=False,
    )


def transport(
    allow_hosts: Iterable[str] = (),
    *,
    setting: str = "allow_hosts",
    proxy: str | None = None,
    resolver: AbstractResolver | None = None,
    kept_open: float = KEPT_OPEN,
) -> AiohttpTransport:
    """What is under that client: one request, one answer, and the rule of where it may go.

    How many requests go at once is the caller's business. `setting` is what an operator adds
    hosts to, and `resolver` turns names into addresses before they are vetted; the default asks
    the system, and is closed with the transport. Through a `proxy` that was named on purpose,
    names are resolved and vetted there, or not at all.
    """
    allowed = frozenset(_plain(host) for host in allow_hosts)
    tls = httpx.create_ssl_context()
    system = None if resolver or proxy else SystemResolver()

    def session() -> ClientSession:
        below = resolver or system or ThreadedResolver()
        connector = TCPConnector(
            ssl=tls,
            resolver=below if proxy else _VettingResolver(below, allowed, setting),
            # What was vetted is what is connected to, each time anew.
            use_dns_cache=False,
            limit=0,
            keepalive_timeout=kept_open,
        )
        return ClientSession(
            connector=connector,
            response_class=_Response,
            cookie_jar=DummyCookieJar(),
            max_line_size=LONGEST_HEADER,
            max_field_size=LONGEST_HEADER,
        )

    if proxy:
        return AiohttpTransport(verify=tls, client=session, proxy=httpx.Proxy(proxy))
    return _VettingTransport(tls, session, allowed, setting, system)


def user_agent(contact: str | None = None) -> str:
    """Who asks, and whom to write to about it."""
    whom = f" (+{' '.join(contact.split())})" if contact else ""
    return f"tracker/{importlib.metadata.version('tracker')}{whom}"


class _Response(ClientResponse):
    """An answer whose reason phrase is text, whatever its bytes: only its status counts."""

    async def start(self, connection: Connection) -> ClientResponse:
        await super().start(connection)
        # The transport would raise on what is not UTF-8, and never close the answer.
        bare = (self.reason or "").encode(errors="surrogateescape")
        self.reason = bare.decode(errors="replace")
        return self


class _VettingTransport(AiohttpTransport):
    """Vets literal addresses, which the connector never resolves."""

    def __init__(
        self,
        tls: ssl.SSLContext,
        session: Callable[[], ClientSession],
        allowed: frozenset[str],
        setting: str,
        system: SystemResolver | None,
    ) -> None:
        super().__init__(verify=tls, client=session)
        self._system = system
        self._allowed = allowed
        self._setting = setting

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        # Read by the parser that the connector uses, so that both mean the same host.
        try:
            host = _host_of(str(request.url))
        except ValueError as error:
            raise httpx.InvalidURL(str(error)) from None
        if ":" in host or host.replace(".", "").isdigit():
            _vet(host, host, self._allowed, self._setting)
        return await super().handle_async_request(request)

    async def aclose(self) -> None:
        await super().aclose()
        if self._system is not None:
            await self._system.close()


class _VettingResolver(AbstractResolver):
    """Hands the connector only the addresses of a name that it may connect to."""

    def __init__(self, below: AbstractResolver, allowed: frozenset[str], setting: str) -> None:
        self._below = below
        self._allowed = allowed
        self._setting = setting

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._below.resolve(host, port, family)
        for each in found:
            _vet(_plain(host), each["host"], self._allowed, self._setting)
        return found

    async def close(self) -> None:
        """Nothing is held open here."""


def _vet(host: str, literal: str, allowed: frozenset[str], setting: str) -> None:
    """Raise `AddressRefused` unless the host is allowed or its address is public.

    One private address among several is enough: a name that mixes them is not to be trusted.
    """
    if host in allowed or _plain(literal) in allowed:
        return
    try:
        address = ip_address(literal)
    except ValueError:
        raise AddressRefused(f"{host} is not a way to write an address") from None
    if is_public(address):
        return
    here = address.is_loopback or address.is_unspecified
    where = "on this machine" if here else "not a public address"
    named = f"{host} is" if host == literal else f"{host} is {literal},"
    raise AddressRefused(f"{named} {where}; add it to {setting}")


@lru_cache(maxsize=4096)
def _host_of(url: str) -> str:
    return _plain(URL(url).raw_host or "")


def _plain(host: str) -> str:
    """A host as it is compared: lower case, no brackets, no final dot, one form per address."""
    bare = host.lower().strip("[]").rstrip(".")
    try:
        return str(ip_address(bare))
    except ValueError:
        return bare
