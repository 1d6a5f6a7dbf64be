"""A source's credentials: what of them goes along with a request, and what must never be shown.

They are in environment variables that the source's file names, or in the user info of its
address. They go to the scheme, host and port of that address and nowhere else, whatever a
redirect or a link says. Pure: the environment is handed in.
"""

import re
from base64 import b64encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, quote_plus, unquote_plus

import httpx

from tracker.health import Cause
from tracker.intake import Source
from tracker.sources.failures import Failed
from tracker.sources.secrets import without_secrets

HEADER_NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
HEADER_VALUE: Final = re.compile(r"[ -~]+")
OURS: Final = frozenset(
    {
        "accept-encoding", "connection", "content-length", "expect", "host", "if-modified-since",
        "if-none-match", "range", "te", "trailer", "transfer-encoding", "upgrade", "user-agent",
    }
)  # fmt: skip
"""Headers that are not a source's to set: what is asked for, and who says to be asking."""
TOO_SHORT: Final = 4
"""A value of fewer letters is found in any text, and is no secret."""


@dataclass(frozen=True, slots=True)
class Credentials:
    """What a source is asked with, beyond its address."""

    origin: tuple[str, str, int | None]
    headers: tuple[tuple[str, str], ...] = ()
    parameters: tuple[tuple[str, str], ...] = ()
    hidden: tuple[str, ...] = ()
    """What must not be shown, as it is and as it is written in addresses."""

    def headers_for(self, url: httpx.URL) -> tuple[tuple[str, str], ...]:
        """The headers that may go to this address."""
        return self.headers if origin_of(url) == self.origin else ()

    def are_kept_from(self, url: httpx.URL) -> bool:
        """Whether there are some, and they may not go to this address."""
        return bool(self.headers or self.parameters) and origin_of(url) != self.origin

    def added_to(self, url: httpx.URL) -> httpx.URL:
        """The address as it is asked: with the parameters at home, without them elsewhere."""
        if not self.parameters:
            return url
        own = {name for name, _ in self.parameters}
        pairs = [each for each in url.query.decode("ascii").split("&") if each]
        kept = [each for each in pairs if unquote_plus(each.partition("=")[0]) not in own]
        if origin_of(url) == self.origin:
            kept += [f"{quote(name)}={quote(value, safe='')}" for name, value in self.parameters]
        elif len(kept) == len(pairs):
            return url
        return url.copy_with(query="&".join(kept).encode("ascii") or None)

    def shown(self, url: str) -> str:
        """The address as it may be shown: without secrets, and without its own parameters."""
        head, hash_, fragment = without_secrets(url).partition("#")
        address, question, query = head.partition("?")
        if self.parameters and question:
            own = {name for name, _ in self.parameters}
            query = "&".join(
                each for each in query.split("&") if unquote_plus(each.partition("=")[0]) not in own
            )
            question = "?" if query else ""
        return self.hide(f"{address}{question}{query}{hash_}{fragment}")

    def hide(self, text: str) -> str:
        """The text with "***" for each secret in it."""
        for each in self.hidden:
            text = text.replace(each, "***")
        return text


def origin_of(url: httpx.URL) -> tuple[str, str, int | None]:
    """Scheme, host and port: what credentials are meant for."""
    return url.scheme, url.host, url.port


def credentials_of(source: Source, home: httpx.URL, environment: Mapping[str, str]) -> Credentials:
    """The credentials of a source whose own address is `home`.

    Raises:
        Failed: a variable that the source's file names is not set, or cannot be sent.
    """
    headers = [*_headers(source, environment)]
    parameters = [
        (name, _value(variable, environment)) for name, variable in source.query_variables
    ]
    values = [value for _, value in (*headers, *parameters)]
    if home.userinfo and all(name != "authorization" for name, _ in headers):
        login = b64encode(f"{home.username}:{home.password}".encode()).decode("ascii")
        headers.append(("authorization", f"Basic {login}"))
        values += [login, home.password]
    spellings = {
        spelling
        for each in values
        for spelling in (each, quote(each), quote(each, safe=""), quote_plus(each))
    }
    return Credentials(
        origin=origin_of(home),
        headers=tuple(headers),
        parameters=tuple(parameters),
        # The longest first: one may be a part of another.
        hidden=tuple(sorted((s for s in spellings if len(s) >= TOO_SHORT), key=len, reverse=True)),
    )


def _headers(source: Source, environment: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, variable in source.header_variables:
        if not HEADER_NAME.fullmatch(name) or name.lower() in OURS:
            raise Failed(f"{name!r} is no header that a source can set", Cause.CREDENTIALS)
        value = _value(variable, environment)
        if not HEADER_VALUE.fullmatch(value):
            raise Failed(
                f"the environment variable {variable} cannot be sent in a header: it holds a line "
                "end or another sign that is not plain ASCII",
                Cause.CREDENTIALS,
            )
        yield name.lower(), value


def _value(variable: str, environment: Mapping[str, str]) -> str:
    value = environment.get(variable)
    if not value:
        raise Failed(
            f"the environment variable {variable}, which its file names, is not set",
            Cause.CREDENTIALS,
        )
    return value
