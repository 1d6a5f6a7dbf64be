"""Where this program may connect: the one rule, and the one client that obeys it.

A url comes from a configuration file, a feed or a redirect, and may name a machine that only we
can reach. So every address is judged at the moment it is connected to, and the judged address is
the one that is used: a name is vetted where the connector resolves it, a literal address (which
the connector never resolves) just before its request goes out. What is asked of a server, and
what is made of its answer, does not live here.
"""

import importlib.metadata
import socket
from collections.abc import Iterable
from http.cookiejar import CookieJar, DefaultCookiePolicy
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

import httpx
from aiohttp import ClientSession, DummyCookieJar, TCPConnector, ThreadedResolver
from aiohttp.abc import AbstractResolver, ResolveResult
from httpx_aiohttp import AiohttpTransport
from yarl import URL

from tracker.errors import TrackerError

IETF_PROTOCOLS: Final = IPv4Network("192.0.0.0/24")
"""One cloud serves its machines' credentials from here; older Pythons call a part of it global."""

GLOBAL_UNICAST: Final = IPv6Network("2000::/3")
"""All of IPv6 that is given out to the public: NAT64, v4-mapped and site-local lie outside."""

SIX_TO_FOUR: Final = IPv6Network("2002::/16")
"""Carries an IPv4 address, which may be any."""


class AddressRefused(TrackerError):  # noqa: N818 — names what happened to the request
    """The url leads to an address that is not public, and `allow_hosts` does not permit it."""


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


def client(allow_hosts: Iterable[str] = ()) -> httpx.AsyncClient:
    """A client that connects to public addresses, and to the hosts named in `allow_hosts`.

    Make one and share it: its TLS context alone costs more than a request. It takes no proxy from
    the environment (a proxy would resolve names unvetted), keeps no cookies, follows no redirect
    unasked and has no time-out: whoever asks sets one around the whole exchange. A request may
    raise `AddressRefused`, beside what httpx raises.
    """
    allowed = frozenset(_plain(host) for host in allow_hosts)
    tls = httpx.create_ssl_context()

    def session() -> ClientSession:
        connector = TCPConnector(ssl=tls, resolver=_VettingResolver(allowed))
        return ClientSession(connector=connector, cookie_jar=DummyCookieJar())

    async def vet_literal(request: httpx.Request) -> None:
        # Read by the parser that the connector uses, so that both mean the same host.
        host = _plain(URL(str(request.url)).raw_host or "")
        if ":" in host or host.replace(".", "").isdigit():
            _vet(host, host, allowed)

    return httpx.AsyncClient(
        transport=AiohttpTransport(verify=tls, client=session),
        headers={"user-agent": f"tracker/{importlib.metadata.version('tracker')}"},
        event_hooks={"request": [vet_literal]},
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=None,  # noqa: S113 — set around the whole exchange, which httpx cannot
        trust_env=False,
    )


class _VettingResolver(AbstractResolver):
    """Hands the connector only the addresses of a name that it may connect to."""

    def __init__(self, allowed: frozenset[str]) -> None:
        self._allowed = allowed
        self._system = ThreadedResolver()

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        for each in found:
            _vet(_plain(host), each["host"], self._allowed)
        return found

    async def close(self) -> None:
        """Nothing is held open."""


def _vet(host: str, literal: str, allowed: frozenset[str]) -> None:
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
    raise AddressRefused(f"{named} {where}; add it to allow_hosts")


def _plain(host: str) -> str:
    """A host as it is compared: lower case, no brackets, no final dot, one form per address."""
    bare = host.lower().strip("[]").rstrip(".")
    try:
        return str(ip_address(bare))
    except ValueError:
        return bare
