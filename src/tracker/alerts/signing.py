"""Signatures by Standard Webhooks v1 (symmetric): HMAC-SHA256 over id, time and body.

https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import binascii
import hmac
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

from tracker.alerts.endpoint import Endpoint, Webhook
from tracker.errors import ConfigError

PREFIX: Final = "whsec_"

MOST_SECRETS: Final = 5
"""One, and another while receivers change over; many more would make the header too long."""


def signing_keys(
    endpoint: Endpoint,
    environment: Mapping[str, str],
    read: Callable[[str], str] = lambda path: Path(path).read_text("utf-8"),
) -> tuple[bytes, ...]:
    """The keys of a webhook, in the order in which its variable or file holds the secrets.

    None of a channel, which signs nothing. `read` gives the text of a file.

    Raises:
        ConfigError: there is none, or what there is is no secret; the variable or file is named,
            what it holds is not.
    """
    webhook = endpoint.way
    if not isinstance(webhook, Webhook):
        return ()
    where = f"webhook {endpoint.name!r}: {webhook.secret_file or webhook.secret_env}"
    if webhook.secret_file:
        try:
            lines = read(webhook.secret_file).splitlines()
        except UnicodeError:
            raise ConfigError(where, "is no text file; write one secret per line") from None
        except OSError as error:
            why = error.strerror or type(error).__name__
            raise ConfigError(
                where, f"cannot be read ({why}); its alerts wait until it holds the secret"
            ) from None
        secrets = [each for line in lines if (each := line.strip()) and not each.startswith("#")]
    else:
        secrets = environment.get(webhook.secret_env, "").split()
    if not secrets:
        empty = "holds no secret" if webhook.secret_file else "is not set"
        raise ConfigError(where, f"{empty}; its alerts wait until it holds the secret")
    if len(secrets) > MOST_SECRETS:
        raise ConfigError(where, f"holds more than {MOST_SECRETS} secrets; take out the old ones")
    return tuple(_key(each, where, of=len(secrets)) for each in secrets)


def _key(secret: str, where: str, *, of: int) -> bytes:
    try:
        encoded = secret.removeprefix(PREFIX)
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (ValueError, binascii.Error):
        key = b""
    # The specification's bounds: shorter can be guessed, longer is no better.
    if not secret.startswith(PREFIX) or not 24 <= len(key) <= 64:
        what = "is no secret" if of == 1 else "holds something that is no secret"
        raise ConfigError(where, f"{what}; write {PREFIX} and base64 of 24 to 64 bytes")
    return key


def sign(keys: Sequence[bytes], message_id: str, timestamp: int, body: bytes) -> str:
    """The `webhook-signature` of a body sent at `timestamp` (seconds since 1970): one per key.

    A receiver accepts a body if any of the signatures is right, so that one who knows the old
    secret and one who knows the new can both be served while it changes.
    """
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digests = (hmac.digest(key, signed, "sha256") for key in keys)
    return " ".join(f"v1,{base64.b64encode(digest).decode()}" for digest in digests)
