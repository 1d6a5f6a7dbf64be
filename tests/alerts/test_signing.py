"""Signatures are those of the specification, and a secret that is none is said to be so."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.signing import sign, signing_key
from tracker.errors import ConfigError

DESK = Endpoint(name="desk", url="https://desk.example/hook", secret_env="DESK_SECRET")
SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()


@settings(deadline=None)
@given(
    key=st.binary(min_size=24, max_size=64),
    timestamp=st.integers(0, 4_000_000_000),
    body=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_a_signature_is_what_the_reference_library_computes(
    key: bytes, timestamp: int, body: str
) -> None:
    secret = "whsec_" + base64.b64encode(key).decode()
    at = datetime.fromtimestamp(timestamp, UTC)
    theirs = Webhook(secret).sign("msg_1", at, body)
    assert sign(key, "msg_1", timestamp, body.encode()) == theirs


def test_a_signature_is_what_the_specification_says() -> None:
    """HMAC-SHA256 over id, timestamp and body joined by full stops, in base64, after "v1,"."""
    digest = hmac.new(b"k" * 32, b'msg_7.1900000000.{"a":1}', hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    assert sign(b"k" * 32, "msg_7", 1_900_000_000, b'{"a":1}') == expected


@pytest.mark.parametrize("written", [SECRET, SECRET.rstrip("="), f" {SECRET}\n"])
def test_a_secret_is_read_with_or_without_padding_and_surrounding_space(written: str) -> None:
    assert signing_key(DESK, {"DESK_SECRET": written}) == b"k" * 32


@pytest.mark.parametrize("environment", [{}, {"DESK_SECRET": ""}, {"DESK_SECRET": " "}])
def test_a_missing_secret_names_its_variable(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as error:
        signing_key(DESK, environment)
    assert str(error.value) == (
        "webhook 'desk': DESK_SECRET: is not set; its alerts wait until it holds the secret"
    )


@pytest.mark.parametrize(
    "written",
    [
        "hunter2",
        "whsec_not base64!",
        "whsec_é",
        "whsec_",
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        base64.b64encode(b"k" * 32).decode(),
    ],
)
def test_a_bad_secret_names_its_variable_and_never_its_value(written: str) -> None:
    with pytest.raises(ConfigError) as error:
        signing_key(DESK, {"DESK_SECRET": written})
    assert str(error.value) == (
        "webhook 'desk': DESK_SECRET: is no secret; write whsec_ and base64 of 24 to 64 bytes"
    )
