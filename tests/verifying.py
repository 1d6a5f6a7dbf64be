"""Two ways to tell whether a webhook is genuine, as the author of a receiver has them.

One uses the reference package of Standard Webhooks. The other is written from the text of the
specification alone; neither shares anything with the code that signs.
https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from standardwebhooks import Webhook, WebhookVerificationError

TOLERANCE: Final = timedelta(minutes=5)
"""How far a timestamp may be off, either way."""

Verify = Callable[[Iterable[str], Mapping[str, str], bytes], Any]
"""(secrets, headers with their names in lower case, body as it came) → the alert; or raises."""


class Refused(Exception):  # noqa: N818 — what a receiver does with what is not genuine
    """It was not sent by who knows the secret, or not now."""


def by_specification(
    secrets: Iterable[str], headers: Mapping[str, str], body: bytes, *, now: datetime | None = None
) -> Any:
    """The alert, if any of the signatures is right for any of the secrets."""
    try:
        stated = headers["webhook-timestamp"]
        sent = datetime.fromtimestamp(int(stated), UTC)
        signed = f"{headers['webhook-id']}.{stated}.".encode() + body
        signatures = headers["webhook-signature"].split(" ")
    except (KeyError, ValueError, OverflowError, OSError) as error:
        raise Refused(f"a header is missing or wrong: {error}") from None
    if abs((now or datetime.now(UTC)) - sent) > TOLERANCE:
        raise Refused(f"it was sent at {sent}")
    versions = [each.partition(",") for each in signatures]
    ours = [signature.encode() for version, _, signature in versions if version == "v1"]
    keys = [base64.b64decode(secret.removeprefix("whsec_")) for secret in secrets]
    right = [base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()) for key in keys]
    if not any(hmac.compare_digest(one, other) for one in ours for other in right):
        raise Refused("no signature is right")
    return json.loads(body)


def by_package(secrets: Iterable[str], headers: Mapping[str, str], body: bytes) -> Any:
    """The same with the package, which knows one secret at a time."""
    refusal = "no secret"
    for secret in secrets:
        try:
            return Webhook(secret).verify(body, dict(headers))
        except WebhookVerificationError as error:
            refusal = str(error)
    raise Refused(refusal)
