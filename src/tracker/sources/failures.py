"""What can go wrong on the way to a source, each as one line for people and its cause.

The texts are told to operators: they say what happened and, where there is something to do, what.
"""

import os
import ssl
from http import HTTPStatus
from typing import Final

import aiohttp
import httpx
from aiohttp.http_exceptions import HttpProcessingError

from tracker.addresses import AddressRefused
from tracker.health import Cause
from tracker.sources.answers import FetchFailed
from tracker.sources.secrets import without_secrets

ON_THE_WIRE: Final = (
    AddressRefused,
    httpx.HTTPError,
    httpx.InvalidURL,
    aiohttp.ClientError,
    OSError,
    UnicodeError,  # a host name that cannot be written in DNS
)
"""Whatever a request may raise."""

MEANINGS: Final = {
    401: (Cause.LOGIN, "it wants a login"),
    402: (Cause.REFUSED, "it wants to be paid"),
    403: (Cause.REFUSED, "it refuses this program"),
    404: (Cause.MISSING, "there is nothing at this address: has it moved?"),
    405: (Cause.REFUSED, "it refuses this program"),
    406: (Cause.REFUSED, "it has nothing that this program can read"),
    410: (Cause.GONE, "it is gone for good: correct or disable the source"),
    429: (Cause.THROTTLED, "it is asked too often: raise `every`"),
    451: (Cause.REFUSED, "it is withheld for legal reasons"),
}
HOSTNAME_MISMATCH: Final = 62
CERTIFICATES: Final = {
    10: (Cause.OUTAGE, "its certificate has expired"),
    18: (Cause.ADDRESS, "its certificate is signed by nobody but itself"),
    19: (Cause.ADDRESS, "its certificate is signed by nobody that is known"),
    20: (Cause.ADDRESS, "its certificate is signed by nobody that is known"),
    HOSTNAME_MISMATCH: (Cause.ADDRESS, "its certificate is for another name"),
}
"""By the code of OpenSSL (X509_V_ERR_…)."""


class Failed(Exception):  # noqa: N818 — carries a finished FetchFailed out of the depth
    """Ends one fetch."""

    def __init__(self, reason: str, cause: Cause = Cause.OUTAGE) -> None:
        super().__init__(reason)
        self.failure = FetchFailed(reason, cause)

    @classmethod
    def of(cls, failure: FetchFailed) -> "Failed":
        """The end of a fetch with this failure."""
        failed = cls(failure.reason)
        failed.failure = failure
        return failed


def status_failure(code: int) -> FetchFailed:
    """What an answer with this status means, where it is no body."""
    cause, meaning = MEANINGS.get(code, (Cause.OUTAGE, ""))
    if code >= 500:
        meaning = "trouble on its side, which often passes"
    elif code < 300:
        meaning = "it sent nothing to read"
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        phrase = "a status of its own"
    return FetchFailed(
        f"it answered {code} ({phrase})" + (f": {meaning}" if meaning else ""), cause
    )


def wire_failure(error: Exception) -> FetchFailed:
    """What an exception of a request (`ON_THE_WIRE`) means.

    The transport's own mapping calls a refused connection a time-out, so its cause is asked first.
    """
    cause = error.__cause__ or error
    match cause:
        case AddressRefused():
            return FetchFailed(f"refused: {cause}", Cause.ADDRESS)
        case aiohttp.ClientConnectorError() | aiohttp.ClientConnectorCertificateError():
            return _no_connection(cause)
        case aiohttp.ClientHttpProxyError():
            return FetchFailed(f"the proxy refuses: it answered {cause.status}")
        case aiohttp.ServerDisconnectedError():
            return FetchFailed("it hung up without an answer")
        case aiohttp.ClientPayloadError() | ConnectionError():
            return FetchFailed("the connection broke off in the middle of the answer")
        case TimeoutError() | httpx.TimeoutException():
            return FetchFailed("no answer in time")
        case aiohttp.InvalidURL() | httpx.InvalidURL() | httpx.UnsupportedProtocol():
            return FetchFailed("not a usable address: correct it", Cause.ADDRESS)
        case UnicodeError():
            return FetchFailed("not a usable address: no such name can be in DNS", Cause.ADDRESS)
        case aiohttp.ClientResponseError() | HttpProcessingError():
            return FetchFailed("it does not speak HTTP, or not as it should")
    return FetchFailed(" ".join((str(cause) or type(cause).__name__).split())[:200])


def _no_connection(
    error: aiohttp.ClientConnectorError | aiohttp.ClientConnectorCertificateError,
) -> FetchFailed:
    match error:
        case aiohttp.ClientConnectorDNSError():
            return FetchFailed(
                f"no machine is known by the name {error.host!r}: is the address right?"
            )
        case aiohttp.ClientConnectorCertificateError():
            return _certificate_failure(error.certificate_error)
        case aiohttp.ClientSSLError():
            return FetchFailed(f"no secure connection: {_ssl_words(error.os_error)}")
        case aiohttp.ClientProxyConnectionError():
            return FetchFailed("no connection to the proxy: is `polling.proxy` right?")
    why = os.strerror(error.errno) if error.errno else error.strerror
    return FetchFailed(f"no connection to {error.host}:{error.port}: {why}")


def lead_astray(target: str) -> FetchFailed:
    """A redirect to what is no web address."""
    return FetchFailed(
        f"it redirects to {without_secrets(target)[:200]!r}, which is no web address", Cause.ADDRESS
    )


def _certificate_failure(error: Exception) -> FetchFailed:
    code = error.verify_code if isinstance(error, ssl.SSLCertVerificationError) else -1
    cause, why = CERTIFICATES.get(code, (Cause.OUTAGE, ""))
    return FetchFailed(f"no secure connection: {why or _ssl_words(error)}", cause)


def _ssl_words(error: Exception) -> str:
    said = getattr(error, "verify_message", "") or getattr(error, "reason", "") or str(error)
    return " ".join(str(said).lower().replace("_", " ").split())[:200]
