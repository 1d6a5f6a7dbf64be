"""`tracker report`: filed by hand, stored, told and alerted like any other report."""

import json
from datetime import UTC, datetime
from pathlib import Path

from standardwebhooks import Webhook

from command import done, run
from folder import SECRET, SECRET_ENV, write_incident, write_receivers, write_source
from receiver import Receiver

SAID = "The death toll of the ferry accident has risen to 15, the coast guard said."


def test_a_report_filed_now_moves_the_estimate_and_is_told_to_the_receiver(tmp_path: Path) -> None:
    """The alert is verified by the reference implementation of Standard Webhooks."""
    today = datetime.now(UTC).date()
    write_incident(tmp_path, "lorn-ferry", began=today, any_of=["ferry"])
    write_source(tmp_path, "wire", "wire.json")
    with Receiver() as receiver:
        write_receivers(tmp_path, desk=receiver.url)
        filed = run(
            "report", "lorn-ferry", "--text", SAID, "--source", "wire", "--url",
            "https://wire.example/15", cwd=tmp_path, env=SECRET_ENV,
        )  # fmt: skip
        opened, got = receiver.got
    assert filed.returncode == 0
    assert filed.stdout.endswith(f"lorn-ferry killed 15, first wire / the coast guard: “{SAID}”\n")
    assert Webhook(SECRET).verify(opened.body, opened.headers)["type"] == "incident.opened"
    alert = Webhook(SECRET).verify(got.body, got.headers)
    assert alert["type"] == "estimate.revised"
    data = alert["data"]
    (row,) = json.loads(done("history", "lorn-ferry", "--json", cwd=tmp_path))
    assert data["event"] == row["event_id"]
    wanted = {
        "incident": "lorn-ferry",
        "measure": "killed",
        "scope": None,
        "before": None,
        "status": "reported",
        "reason": "first",
        "source": "wire",
        "issuer": "the coast guard",
        "title": "",
        "url": "https://wire.example/15",
        "quote": SAID,
        "sequence": 2,
    }
    assert {key: data[key] for key in wanted} == wanted
    assert data["after"] == {
        "phrase": "15", "best": 15, "low": 15, "high": 15, "status": "reported",
    }  # fmt: skip


def test_published_says_when_it_counts(own: Path) -> None:
    filing = ("report", "lorn-ferry", "--text", SAID, "--source", "wire")
    done(*filing, "--published", "2024-05-07T10:00+02:00", cwd=own)
    rows = json.loads(done("history", "lorn-ferry", "--json", cwd=own))
    assert rows[-1]["published_at"] == "2024-05-07T08:00:00.000000Z"
    assert rows[-1]["phrase"] == "15"


def test_the_same_text_again_is_nothing_new(own: Path) -> None:
    filing = ("report", "lorn-ferry", "--text", SAID, "--source", "wire")
    done(*filing, "--published", "2024-05-07", cwd=own)
    before = done("events", cwd=own)
    again = run(*filing, "--published", "2024-05-07", cwd=own)
    assert again.returncode == 1
    assert (
        again.stderr
        == "tracker: nothing new was read in this text: `tracker extract` shows its figures\n"
    )
    assert done("events", cwd=own) == before


def test_a_text_need_not_name_the_incident_it_is_filed_under(own: Path) -> None:
    text = "Two more people have died, which brings the death toll to 16, the coast guard said."
    filing = ("report", "lorn-ferry", "--text", text, "--source", "wire")
    done(*filing, "--published", "2024-05-08", cwd=own)
    assert "16" in done("estimate", "lorn-ferry", cwd=own).splitlines()[0]


def test_a_text_in_a_language_that_is_not_read_is_kept_and_told(own: Path) -> None:
    """Found by its words, unless the source's file says one; nothing moves, and once is enough."""
    text = "Batan feribotta en az on iki kişi öldü, 30 kişi de kayboldu."
    filing = ("report", "lorn-ferry", "--text", text, "--source", "wire")
    stored = ["1 event stored"]
    for lines in (stored, []):
        filed = run(*filing, "--published", "2024-05-08", cwd=own)
        assert (filed.returncode, filed.stdout) == (1, "")
        *said, trouble = filed.stderr.splitlines()
        assert said == lines
        assert trouble.startswith(
            "tracker: no figure is read in language 'tr', only in: de, en, es, fr, it, pt"
        )
    line = done("events", "--source", "wire", cwd=own).splitlines()[-1]
    assert line.endswith("language: tr is not read")
