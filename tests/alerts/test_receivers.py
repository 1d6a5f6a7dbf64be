"""Receivers as others would write them, and what a real daemon posts to them."""

import base64
import hashlib
import hmac
import json
import random
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import count, islice
from pathlib import Path

import pytest

from command import Running, done
from filing import filing_into
from folder import SECRET, SECRET_ENV, write_incident, write_receivers, write_source
from outlet import Item, Outlet
from receiver import Answer, Got, Receiver
from unruly import Unruly
from verifying import Refused, Verify, by_package, by_specification
from website import Said, Site

OTHER_SECRET = "whsec_" + base64.b64encode(b"another secret of thirty bytes").decode()
RECEIVERS = {"package": by_package, "specification": by_specification}
TYPES = {
    "incident.opened",
    "estimate.revised",
    "estimate.contested",
    "estimate.backfilled",
    "source.gone",
    "source.failing",
    "endpoint.disabled",
    "endpoint.test",
}


def toll(incident: str, number: int) -> str:
    return f"The death toll of the {incident} accident now stands at {number}, the agency said."


@pytest.fixture(scope="module")
def deliveries(tmp_path_factory: pytest.TempPathFactory) -> Sequence[Got]:
    """What a daemon posted to one receiver, then what to another; a third one was gone."""
    folder = tmp_path_factory.mktemp("newsroom")
    now = datetime.now(UTC)
    began = (now - timedelta(days=4)).date()
    for incident in ("ferry", "mill"):
        write_incident(folder, incident, began=began, any_of=[incident])
    with ExitStack() as stack:
        site, outlet = stack.enter_context(Site()), stack.enter_context(Outlet())
        received = {name: stack.enter_context(Receiver()) for name in RECEIVERS}
        gone = stack.enter_context(Receiver([Answer(410)]))
        outlet.publish("wire", [Item("a", toll("ferry", 12), now - timedelta(minutes=3))])
        outlet.publish("cape", [Item("b", toll("ferry", 9), now - timedelta(minutes=2))])
        outlet.publish("past", [Item("c", toll("mill", 3), now - timedelta(days=3))])
        site.pages |= {"closed": Said("closed", 410), "locked": Said("who are you?", 401)}
        for name in ("wire", "cape", "past"):
            write_source(folder, name, outlet.url(name), more='language = "en"\n')
        for name in site.pages:
            write_source(folder, name, site.url(name))
        urls = {name: each.url for name, each in received.items()}
        write_receivers(folder, gone=gone.url, **urls)
        with Running("daemon", cwd=folder, env=SECRET_ENV) as daemon:
            for each in received.values():
                each.wait_until(lambda got: types(got) >= TYPES - {"endpoint.test"})
            assert daemon.end() == 0
        for name in RECEIVERS:
            done("webhooks", "test", name, cwd=folder, env=SECRET_ENV)
        return [got for each in received.values() for got in each.got]


def types(got: Sequence[Got]) -> set[str]:
    return {json.loads(each.body)["type"] for each in got}


def signed(got: Got, *secrets: str, sent: datetime | None = None) -> dict[str, str]:
    """The headers as who knows these secrets would have sent them, then."""
    stated = str(int(sent.timestamp())) if sent else got.headers["webhook-timestamp"]
    content = f"{got.headers['webhook-id']}.{stated}.".encode() + got.body
    keys = [base64.b64decode(each.removeprefix("whsec_")) for each in secrets]
    digests = [hmac.new(key, content, hashlib.sha256).digest() for key in keys]
    signatures = " ".join("v1," + base64.b64encode(each).decode() for each in digests)
    return got.headers | {"webhook-timestamp": stated, "webhook-signature": signatures}


def test_every_type_is_posted_by_a_real_daemon(deliveries: Sequence[Got]) -> None:
    """To each of the receivers."""
    assert types(deliveries[: len(deliveries) // 2]) == types(deliveries) == TYPES


@pytest.mark.parametrize("verify", RECEIVERS.values(), ids=RECEIVERS)
def test_what_arrives_is_genuine(verify: Verify, deliveries: Sequence[Got]) -> None:
    """Both receivers read the same alert out of it, with the headers of the standard."""
    for got in deliveries:
        assert verify([SECRET], got.headers, got.body) == json.loads(got.body)
        assert verify([OTHER_SECRET, SECRET], got.headers, got.body) == json.loads(got.body)
        assert got.headers["content-type"] == "application/json"


@pytest.mark.parametrize("verify", RECEIVERS.values(), ids=RECEIVERS)
def test_a_changed_byte_of_the_body_is_refused(verify: Verify, deliveries: Sequence[Got]) -> None:
    for got in deliveries:
        for place in {0, len(got.body) // 2, len(got.body) - 1}:
            changed = bytearray(got.body)
            changed[place] ^= 1
            with pytest.raises(Refused):
                verify([SECRET], got.headers, bytes(changed))
        for other in (got.body + b" ", got.body[:-1], b""):
            with pytest.raises(Refused):
                verify([SECRET], got.headers, other)


@pytest.mark.parametrize("verify", RECEIVERS.values(), ids=RECEIVERS)
def test_another_id_time_or_signature_is_refused(verify: Verify, deliveries: Sequence[Got]) -> None:
    for got in deliveries:
        stated = int(got.headers["webhook-timestamp"])
        for changed in (
            {"webhook-id": got.headers["webhook-id"] + "0"},
            {"webhook-id": got.headers["webhook-id"][:-1]},
            {"webhook-timestamp": str(stated + 1)},
            {"webhook-timestamp": str(stated - 1)},
            {"webhook-timestamp": "now"},
            {"webhook-signature": signed(got, OTHER_SECRET)["webhook-signature"]},
            {"webhook-signature": ""},
        ):
            with pytest.raises(Refused):
                verify([SECRET], got.headers | changed, got.body)
        for missing in ("webhook-id", "webhook-timestamp", "webhook-signature"):
            rest = {name: value for name, value in got.headers.items() if name != missing}
            with pytest.raises(Refused):
                verify([SECRET], rest, got.body)
        with pytest.raises(Refused):
            verify([OTHER_SECRET], got.headers, got.body)


@pytest.mark.parametrize("verify", RECEIVERS.values(), ids=RECEIVERS)
@pytest.mark.parametrize("off", [timedelta(seconds=-310), timedelta(seconds=310)])
def test_what_was_signed_at_another_time_is_refused(
    verify: Verify, off: timedelta, deliveries: Sequence[Got]
) -> None:
    """Somebody has kept a delivery and sends it once more; a few minutes are forgiven."""
    [got, *_] = deliveries
    now = datetime.now(UTC)
    with pytest.raises(Refused):
        verify([SECRET], signed(got, SECRET, sent=now + off), got.body)
    assert verify([SECRET], signed(got, SECRET, sent=now + off / 2), got.body)


@pytest.mark.parametrize("verify", RECEIVERS.values(), ids=RECEIVERS)
def test_one_right_signature_among_others_is_enough(
    verify: Verify, deliveries: Sequence[Got]
) -> None:
    """Of other versions, and of other secrets; one of another version alone is none."""
    [got, *_] = deliveries
    right = got.headers["webhook-signature"]
    other = signed(got, OTHER_SECRET)["webhook-signature"]
    for signatures in (
        f"v1a,c2lnbmVk v2,{right.removeprefix('v1,')} {right}",
        f"{right} v9,c2lnbmVk",
        f"{other} {right}",
        signed(got, OTHER_SECRET, SECRET)["webhook-signature"],
    ):
        assert verify([SECRET], got.headers | {"webhook-signature": signatures}, got.body)
    for signatures in (right.replace("v1,", "v2,"), f"{other} v1a,c2lnbmVk"):
        with pytest.raises(Refused):
            verify([SECRET], got.headers | {"webhook-signature": signatures}, got.body)


def test_a_secret_is_rotated_with_no_failed_verification(tmp_path: Path) -> None:
    """Of a stream of alerts, while the daemon runs on and the receiver knows one secret only.

    It changes over at once when the new one is printed; another time some alerts later.
    """
    chance = random.Random(2031)  # noqa: S311 — what is told is to be the same in every run
    incidents = ("barge", "ferry", "mill", "tunnel")
    for each in incidents:
        write_incident(tmp_path, each, began=datetime.now(UTC).date(), any_of=[each])
    (tmp_path / "secret").write_text(f"{SECRET}\n")
    known, verify = SECRET, by_package

    def verified(_: str, headers: Mapping[str, str], body: bytes) -> None:
        verify([known], headers, body)

    with Unruly(verified) as receiver:
        (tmp_path / "tracker.toml").write_text(
            'allow_hosts = ["127.0.0.1"]\n\n[[webhook]]\nname = "desk"\npolicy = "latest"\n'
            f'url = "{receiver.url("desk")}"\nsecret_file = "secret"\nopened = false\n'
        )
        with filing_into(tmp_path) as filing, Running("daemon", cwd=tmp_path) as daemon:
            numbers, told = count(1), 0

            def tell(some: int = 1) -> None:
                """A stream, not a heap: what was told before has arrived, but for the last two."""
                nonlocal told
                for number in islice(numbers, some):
                    told = number
                    incident = chance.choice(incidents)
                    filing.file(incident, toll(incident, 100 + number))
                    assert receiver.wait_for(number - 2)

            def rotating(*more: str) -> Running:
                return Running("webhooks", "rotate", "desk", *more, cwd=tmp_path)

            def secrets(printed: list[str]) -> list[str]:
                return [each for each in printed if each.startswith("whsec_")]

            for verify, late in ((by_package, 0), (by_specification, chance.randint(1, 12))):  # noqa: B007 — the receiver uses it
                tell(5)
                with rotating() as rotation:
                    while not secrets(rotation.lines):
                        assert rotation.process.poll() in {None, 0}
                        tell()
                    tell(late)
                    # What was on its way before the new secret was in place bears the old alone.
                    assert receiver.wait_for(told)
                    [known] = secrets(rotation.lines)
                    tell(5)
                with rotating("--finish") as rotation:
                    while rotation.process.poll() is None:
                        tell()
                assert rotation.process.returncode == 0
            tell(5)
            assert receiver.wait_for(next(numbers) - 1, what="taken")
            assert daemon.end() == 0
    assert receiver.counts["refused"] == 0
    assert receiver.counts["received"] == receiver.counts["taken"]
    assert receiver.signatures.keys() == {1, 2}
