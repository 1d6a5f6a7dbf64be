"""Signatures are those of the specification, and a secret that is none is said to be so."""

import base64
import hashlib
import hmac
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from standardwebhooks import Webhook as Theirs

from tracker.alerts.endpoint import Channel, Endpoint, Webhook
from tracker.alerts.signing import sign, signing_keys
from tracker.errors import ConfigError

DESK = Endpoint(name="desk", way=Webhook(url="https://desk.example/hook", secret_env="DESK_SECRET"))
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
    theirs = Theirs(secret).sign("msg_1", at, body)
    assert sign([key], "msg_1", timestamp, body.encode()) == theirs


def test_a_signature_is_what_the_specification_says() -> None:
    """HMAC-SHA256 over id, timestamp and body joined by full stops, in base64, after "v1,"."""
    digest = hmac.new(b"k" * 32, b'msg_7.1900000000.{"a":1}', hashlib.sha256).digest()
    expected = "v1," + base64.b64encode(digest).decode()
    assert sign([b"k" * 32], "msg_7", 1_900_000_000, b'{"a":1}') == expected


@pytest.mark.parametrize("written", [SECRET, SECRET.rstrip("="), f" {SECRET}\n"])
def test_a_secret_is_read_with_or_without_padding_and_surrounding_space(written: str) -> None:
    assert signing_keys(DESK, {"DESK_SECRET": written}) == (b"k" * 32,)


@pytest.mark.parametrize("environment", [{}, {"DESK_SECRET": ""}, {"DESK_SECRET": " "}])
def test_a_missing_secret_names_its_variable(environment: dict[str, str]) -> None:
    with pytest.raises(ConfigError) as error:
        signing_keys(DESK, environment)
    assert str(error.value) == (
        "webhook 'desk': DESK_SECRET: is not set; its alerts wait until it holds the secret"
    )


@pytest.mark.parametrize(
    "written",
    [
        "hunter2",
        "whsec_not-base64!",
        "whsec_é",
        "whsec_",
        "whsec_" + base64.b64encode(b"k" * 23).decode(),
        "whsec_" + base64.b64encode(b"k" * 65).decode(),
        base64.b64encode(b"k" * 32).decode(),
    ],
)
def test_a_bad_secret_names_its_variable_and_never_its_value(written: str) -> None:
    with pytest.raises(ConfigError) as error:
        signing_keys(DESK, {"DESK_SECRET": written})
    assert str(error.value) == (
        "webhook 'desk': DESK_SECRET: is no secret; write whsec_ and base64 of 24 to 64 bytes"
    )


OLD, NEW = ("whsec_" + base64.b64encode(letter * 32).decode() for letter in (b"o", b"n"))
FILED = Endpoint(
    name="desk", way=Webhook(url="https://desk.example/hook", secret_file="desk.secret")
)


def test_each_of_several_secrets_signs_in_the_order_in_which_they_are_written() -> None:
    keys = signing_keys(DESK, {"DESK_SECRET": f"{NEW} {OLD}\n"})
    assert keys == (b"n" * 32, b"o" * 32)
    signatures = sign(keys, "msg_1", 1_900_000_000, b"{}")
    assert signatures.split(" ") == [sign([key], "msg_1", 1_900_000_000, b"{}") for key in keys]


@pytest.mark.parametrize("secret", [OLD, NEW])
def test_while_a_secret_is_rotated_both_the_old_and_the_new_verify(secret: str) -> None:
    now = datetime.now(UTC)
    keys = signing_keys(DESK, {"DESK_SECRET": f"{NEW} {OLD}"})
    headers = {
        "webhook-id": "msg_1",
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": sign(keys, "msg_1", int(now.timestamp()), b'{"a":1}'),
    }
    assert Theirs(secret).verify(b'{"a":1}', headers) == {"a": 1}


def test_a_file_holds_a_secret_a_line_beside_remarks(tmp_path: Path) -> None:
    path = tmp_path / "desk.secret"
    path.write_text(f"# since May\n{NEW}\n\n  {OLD}  \n")
    filed = replace(FILED, way=Webhook(url="https://desk.example/hook", secret_file=str(path)))
    assert signing_keys(filed, {}) == (b"n" * 32, b"o" * 32)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("", "holds no secret; its alerts wait until it holds the secret"),
        ("# nothing yet\n", "holds no secret; its alerts wait until it holds the secret"),
        (f"{NEW}\nhunter2\n", "holds something that is no secret; write whsec_ and base64 of 24"),
        (f"{NEW} {OLD}\n", "is no secret; write whsec_ and base64 of 24 to 64 bytes"),
        (f"{NEW}\n" * 6, "holds more than 5 secrets; take out the old ones"),
    ],
)
def test_what_is_wrong_with_a_file_of_secrets_is_said_without_showing_any(
    written: str, said: str
) -> None:
    with pytest.raises(ConfigError) as error:
        signing_keys(FILED, {}, lambda _: written)
    assert str(error.value).startswith(f"webhook 'desk': desk.secret: {said}")
    assert "hunter2" not in str(error.value)
    assert NEW.removeprefix("whsec_") not in str(error.value)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    missing, binary = tmp_path / "missing", tmp_path / "binary"
    binary.write_bytes(b"\xff\xfe\x00")
    for path, said in (
        (missing, "cannot be read (No such file or directory); its alerts wait"),
        (binary, "is no text file; write one secret per line"),
    ):
        filed = replace(FILED, way=Webhook(url="https://desk.example/", secret_file=str(path)))
        with pytest.raises(ConfigError) as error:
            signing_keys(filed, {})
        assert f"{path}: {said}" in str(error.value)


def test_a_channel_signs_nothing() -> None:
    assert signing_keys(Endpoint(name="phone", way=Channel(url_env="PHONE_URL")), {}) == ()
