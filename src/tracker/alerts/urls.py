"""The url of a webhook, judged by its letters alone: what could never be posted to is refused.

By the rules that the connection goes by later (`tracker.addresses`), so that a mistake is told when
it is made. Whether anybody answers there is not known here.
"""

import re
from ipaddress import ip_address
from typing import Final
from urllib.parse import urlsplit

from tracker.sources.capture import is_remote

USER_INFO: Final = re.compile(r"(?:[a-z][a-z0-9+.-]*:)?(?:[/\\]{2})?[^/\\?#]*@", re.IGNORECASE)
HOST: Final = re.compile(r"[a-z0-9_.-]+", re.IGNORECASE)


def webhook_url(url: object) -> str:
    """The url, where a webhook can have it.

    Raises:
        ValueError: what is wrong with it, and what to write; user and password are not repeated.
    """
    if isinstance(url, str) and USER_INFO.match(url):
        raise ValueError(
            "holds a user or a password before its @, which belong in no file: leave them out; the "
            "receiver knows by the signature who posts"
        )
    if not isinstance(url, str) or not is_remote(url) or not url.isprintable():
        raise ValueError(f"{url!r} is no address: write http://… or https://…")
    try:
        parts = urlsplit(url)
        host = parts.hostname
    except ValueError:
        host = None
    if not host:
        raise ValueError(f"{url!r} is no address: write http://… or https://…")
    try:
        sound = parts.port != 0
    except ValueError:
        sound = False
    if not sound:
        port = parts.netloc.rpartition(":")[2]
        raise ValueError(f"{port!r} is no port: write one from 1 to 65535")
    _check_host(url, host)
    return url


def _check_host(url: str, host: str) -> None:
    from yarl import URL  # noqa: PLC0415 — most commands read no settings

    # Read by the parser that the connector uses, so that both mean the same host.
    try:
        read = URL(url).raw_host or ""
        if ":" in read:
            ip_address(read.partition("%")[0])
            return
        # As the resolver does: no part may be empty, or longer than 63 letters.
        read.encode("idna")
    except ValueError:
        read = ""
    if not HOST.fullmatch(read):
        raise ValueError(
            f"{host[:80]!r} is no name of a host: it has an empty part, one of more than 63 "
            "letters, or a letter that no host has"
        )
    if read.replace(".", "").isdigit():
        try:
            ip_address(read.rstrip("."))
        except ValueError:
            raise ValueError(
                f"{read!r} is not a way to write an address: write it like 192.0.2.7"
            ) from None
