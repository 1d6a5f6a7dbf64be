"""`tracker poll`: one pass over the sources, the broken ones named, the others done."""

import subprocess
from pathlib import Path

import pytest

from command import COMMAND, done, environment, run
from folder import SECRET_ENV, write_receivers, write_source
from outlet import Item, feed
from receiver import Receiver


def test_revisions_are_lines_as_they_are_found_and_the_count_goes_to_stderr(unpolled: Path) -> None:
    polled = run("poll", "wire", cwd=unpolled)
    assert polled.returncode == 0
    assert [line.split(": “")[0] for line in polled.stdout.splitlines()] == [
        "2024-05-05 07:00Z lorn-ferry killed 11, first wire / the coast guard",
        "2024-05-06 09:00Z lorn-ferry killed 14 (+3), raised wire / the coast guard",
        "2024-05-06 09:00Z lorn-ferry injured 30, first wire",
    ]
    assert polled.stderr == "1 source polled, 0 failed, 5 new events\n"


def test_a_language_that_is_not_read_is_told(unpolled: Path) -> None:
    """A source in which nothing can be found must not look like one that is silent."""
    write_source(unpolled, "costa", "wire.json", more='language = "es"\n')
    polled = run("poll", "costa", cwd=unpolled)
    assert polled.returncode == 0
    assert polled.stderr.splitlines()[0] == (
        "tracker: costa: no figure is read in language 'es', only in: en"
    )


def test_only_the_named_sources_are_polled(unpolled: Path) -> None:
    assert run("poll", "cape-news", cwd=unpolled).stderr.startswith("1 source polled")
    cape, wire = done("sources", cwd=unpolled).splitlines()
    assert " ok at " in cape
    assert " not polled yet " in wire


def test_a_source_that_fails_is_named_with_the_reason_and_the_others_are_done(
    unpolled: Path,
) -> None:
    sources = unpolled / "sources"
    write_source(unpolled, "gone", "gone.json")
    write_source(unpolled, "blank", "blank.json")
    (sources / "blank.json").write_text("")
    (sources / "typo.toml").write_text('kind = "fed"\nurl = "x"\nname = "X"\nrank = "agency"\n')
    write_source(unpolled, "lost", "wire.json", more='incident = "lorn-fery"\n')
    unknown = "no incident 'lorn-fery' (did you mean 'lorn-ferry'?)"
    polled = run("poll", cwd=unpolled)
    assert polled.returncode == 1
    assert set(polled.stderr.splitlines()) == {
        "tracker: sources/typo.toml, key 'kind': unknown value 'fed' (did you mean 'feed'?)",
        f"tracker: sources/lost.toml, key 'incident': {unknown}",
        f"tracker: gone: there is no file {sources / 'gone.json'}",
        "tracker: blank: the answer is empty",
        "6 sources polled, 4 failed, 6 new events",
    }
    assert "14" in done("estimate", "lorn-ferry", cwd=unpolled)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("<!doctype html><html><body>Log in</body></html>", "a web page (HTML), no feed"),
        ('<?xml version="1.0"?><rss><channel><item><title>A fer', "cut off before the end"),
        ("", "the answer is empty"),
        ("x" * (50 * 2**20), "too large: 50 MB; the most that is read is 5 MB"),
    ],
    ids=["html", "truncated", "empty", "50 MB"],
)
def test_what_is_no_feed_is_one_clear_line_and_loses_nothing(
    own: Path, body: str, said: str
) -> None:
    before = done("events", "--jsonl", cwd=own)
    (own / "sources" / "wire.json").write_text(body)
    polled = run("poll", "wire", cwd=own)
    assert polled.returncode == 1
    complaint, count = polled.stderr.splitlines()
    assert complaint.startswith("tracker: wire: ")
    assert said in complaint
    assert count == "1 source polled, 1 failed, 0 new events"
    assert done("events", "--jsonl", cwd=own) == before


def test_without_an_enabled_source_it_says_what_to_do(tmp_path: Path) -> None:
    write_source(tmp_path, "resting", "feed.json", more="enabled = false\n")
    polled = run("poll", cwd=tmp_path)
    assert polled.returncode == 2
    assert polled.stderr == "tracker: sources: no source is enabled: copy one of examples/ up\n"


def test_a_first_poll_of_old_reports_is_one_backfill(unpolled: Path) -> None:
    """Four moves of the past, and a receiver is told once how things stand."""
    with Receiver() as receiver:
        write_receivers(unpolled, desk=receiver.url)
        done("poll", cwd=unpolled, env=SECRET_ENV)
        (got,) = receiver.got
        assert b'"type":"estimate.backfilled"' in got.body
        done("poll", cwd=unpolled, env=SECRET_ENV)
        assert len(receiver.got) == 1


def test_a_receiver_whose_secret_is_not_set_is_told_later(unpolled: Path) -> None:
    """One line names the variable; the alert waits in the outbox."""
    with Receiver() as receiver:
        write_receivers(unpolled, desk=receiver.url)
        polled = run("poll", cwd=unpolled)
        assert polled.returncode == 0
        assert "tracker: webhook desk: " in polled.stderr
        assert "FERRY_SECRET: is not set" in polled.stderr
        assert receiver.got == []
        done("poll", cwd=unpolled, env=SECRET_ENV)
        assert len(receiver.got) == 1


def test_a_reader_of_the_lines_who_leaves_stops_no_poll(unpolled: Path) -> None:
    """`tracker poll | head -1` stores everything all the same."""
    (unpolled / "sources" / "wire.json").write_text(
        feed(
            *(
                Item(f"{number}", f"The ferry accident killed {number} people.", None)
                for number in range(20, 60)
            )
        )
    )
    with subprocess.Popen(
        [*COMMAND, "poll"],
        cwd=unpolled,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == "2 sources polled, 0 failed, 42 new events\n"
    assert process.returncode == 0
