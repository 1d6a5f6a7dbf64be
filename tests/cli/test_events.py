"""`tracker events`: what is stored, in the order of the log."""

import json
from pathlib import Path
from typing import Any

from command import done, run
from folder import write_source


def events(folder: Path, *args: str) -> list[dict[str, Any]]:
    written = done("events", "--jsonl", *args, cwd=folder)
    return [json.loads(line) for line in written.splitlines()]


def test_every_event_is_told_once_in_the_order_of_the_log(newsroom: Path) -> None:
    found = events(newsroom)
    assert [each["position"] for each in found] == list(range(1, len(found) + 1))
    assert found[0]["type"] == "incident.opened"
    assert [each["stream_version"] for each in found] == [each["position"] for each in found]
    assert len(done("events", cwd=newsroom).splitlines()) == len(found)


def test_json_holds_every_field_and_the_words(newsroom: Path) -> None:
    (fact,) = events(newsroom, "--source", "cape-news")[-1:]
    wanted = {
        "stream": "incident/lorn-ferry",
        "type": "figure.reported",
        "source": "cape-news",
        "source_rank": "outlet",
        "report": "cape-1",
        "published_at": "2024-05-04T18:00:00.000000Z",
        "measure": "killed",
        "low": 12,
        "high": None,
        "qualifier": "at_least",
        "role": "current",
        "title": "Ferry sinks",
        "quote": "At least 12 people were killed when a ferry sank off Cape Lorn.",
        "issuer": None,
    }
    assert {key: fact[key] for key in wanted} == wanted
    assert len(fact["id"]) == 20


def test_the_lines_can_be_narrowed(newsroom: Path) -> None:
    everything = events(newsroom)
    assert events(newsroom, "--incident", "lorn-ferry") == everything
    assert events(newsroom, "--incident", "quiet-tunnel") == []
    assert {each["source"] for each in events(newsroom, "--source", "wire")} == {"wire"}
    assert events(newsroom, "--since", "8h") == everything
    assert events(newsroom, "--since", "2099-01-01") == []


def test_a_source_that_is_in_the_log_alone_is_known(own: Path) -> None:
    (own / "sources" / "wire.toml").unlink()
    assert events(own, "--source", "wire")
    asked = run("events", "--source", "wir", cwd=own)
    assert (asked.returncode, asked.stdout) == (2, "")
    assert asked.stderr == "tracker: no source 'wir' (did you mean 'wire'?)\n"


def test_a_report_that_was_set_aside_says_why(unpolled: Path) -> None:
    write_source(unpolled, "costa", "wire.json", more='language = "tr"\n')
    done("poll", "costa", cwd=unpolled)
    (line, _) = done("events", cwd=unpolled).splitlines()
    assert line.endswith("report.set_aside  costa  language: tr is not read")
    kept = events(unpolled)[0]
    assert (kept["language"], kept["figures"]) == ("tr", [])
