"""Signatures by Standard Webhooks v1 (symmetric): HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hashlib
import hmac
from collections.abc import Mapping
from typing import Final

from tracker.alerts.endpoint import Endpoint
from tracker.errors import ConfigError

PREFIX: Final = "whsec_"


def signing_key(endpoint: Endpoint, environment: Mapping[str, str]) -> bytes:
    """The key that the endpoint's environment variable holds.

    Raises:
        ConfigError: it is not set, or is no secret; the variable is named, its value is not.
    """
    where = f"webhook {endpoint.name!r}: {endpoint.secret_env}"
    secret = environment.get(endpoint.secret_env, "").strip()
    if not secret:
        raise ConfigError(where, "is not set; its alerts wait until it holds the secret")
    try:
        encoded = secret.removeprefix(PREFIX)
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    # The specification's bounds: shorter can be guessed, longer is no better.
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        raise ConfigError(where, f"is no secret; write {PREFIX} and base64 of 24 to 64 bytes")
    return key


def sign(key: bytes, message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a body sent at `timestamp` (seconds since 1970)."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(key, signed, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"
