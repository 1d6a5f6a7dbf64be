"""`tracker sources`: the configured sources, and how their last poll ended."""

import json
from pathlib import Path

from command import done, run
from folder import write_source

KEYS = [
    "source", "kind", "url", "name", "rank", "language", "every_seconds", "incident", "enabled",
    "polled_at", "succeeded_at", "failures", "error",
]  # fmt: skip


def test_each_source_is_a_line_with_its_last_poll(newsroom: Path) -> None:
    first, second = done("sources", cwd=newsroom).splitlines()
    assert first.split()[:5] == ["cape-news", "feed", "outlet", "ok", "at"]
    assert first.endswith("Cape-News")
    assert second.split()[:5] == ["wire", "feed", "agency", "ok", "at"]


def test_json_tells_the_whole_configuration(newsroom: Path) -> None:
    cape, wire = json.loads(done("sources", "--json", cwd=newsroom))
    assert list(cape) == list(wire) == KEYS
    assert wire["rank"] == "agency"
    assert wire["every_seconds"] == 300
    assert wire["polled_at"] == wire["succeeded_at"] > "2024"
    assert (wire["failures"], wire["error"]) == (0, "")
    assert wire["language"] is None


def test_before_the_first_poll_and_without_a_log(unpolled: Path) -> None:
    write_source(unpolled, "resting", "wire.json", more="enabled = false\n")
    states = {
        line.split()[0]: " ".join(line.split()[3:])
        for line in done("sources", cwd=unpolled).splitlines()
    }
    assert states["wire"] == "not polled yet Wire"
    assert states["resting"] == "disabled Resting"
    assert [each.name for each in unpolled.iterdir()] == ["sources"]


def test_failures_are_counted_until_a_poll_succeeds(own: Path) -> None:
    feed = own / "sources" / "wire.json"
    kept = feed.read_text()
    feed.write_text("<html><body>Back soon.</body></html>")
    assert run("poll", cwd=own).returncode == 1
    assert run("poll", cwd=own).returncode == 1
    line = done("sources", cwd=own).splitlines()[1]
    assert "failed 2× since " in line
    assert "a web page (HTML), no feed" in line
    feed.write_text(kept)
    done("poll", cwd=own)
    assert " ok at " in done("sources", cwd=own).splitlines()[1]


def test_a_wrong_file_is_told_beside_the_others_and_fails(own: Path) -> None:
    """The file, the key, the reason and the nearest key that is right."""
    path = own / "sources" / "typo.toml"
    path.write_text('kind = "feed"\nulr = "x"\nname = "X"\nrank = "agency"\n')
    asked = run("sources", cwd=own)
    assert asked.returncode == 1
    assert [line.split()[0] for line in asked.stdout.splitlines()] == ["cape-news", "wire"]
    assert asked.stderr == (
        "tracker: sources/typo.toml, key 'ulr': unknown key (did you mean 'url'?)\n"
    )


def test_a_language_that_is_not_read_is_told(unpolled: Path) -> None:
    write_source(unpolled, "costa", "wire.json", more='language = "tr"\n')
    write_source(unpolled, "port", "wire.json", more='language = "en-GB"\n')
    _, costa, port, _ = done("sources", cwd=unpolled).splitlines()
    assert (
        "not polled yet; no figure is read in language 'tr', only in: de, en, es, fr, it, pt"
        in costa
    )
    assert "language" not in port
    assert json.loads(done("sources", "--json", cwd=unpolled))[2]["language"] == "en-GB"
