"""`tracker poll`: one pass over the sources, the broken ones named, the others done."""
# ruff: noqa: RUF001 — letters of other languages that look like those of English

import shlex
import subprocess
from pathlib import Path

import pytest

from command import COMMAND, done, environment, run
from folder import SECRET_ENV, write_receivers, write_source
from outlet import Item, feed
from receiver import Receiver
from tracker.figures.languages import LANGUAGES


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
    write_source(unpolled, "costa", "wire.json", more='language = "tr"\n')
    polled = run("poll", "costa", cwd=unpolled)
    assert polled.returncode == 0
    assert polled.stderr.splitlines()[0] == (
        f"tracker: costa: no figure is read in language 'tr', only in: {', '.join(LANGUAGES)}"
    )


def test_a_source_whose_reports_are_all_in_such_a_language_is_told(unpolled: Path) -> None:
    """Found by its words, and told once; what no number is in says nothing about the source."""
    drowned = "Kıyı açıklarında batan feribotta en az on iki kişi öldü, yaralı sayısı 30."
    write_source(unpolled, "liman", "liman.json")
    written = unpolled / "sources" / "liman.json"
    for items, told in [
        ([Item("a", "Deniz bugün sakindi.")], []),
        ([Item("a", drowned)], ["tr"]),
        ([Item("a", drowned), Item("b", "Twelve people were killed in 2 fires.")], []),
        ([Item("a", "Lorn, 12.")], [""]),
    ]:
        written.write_text(feed(*items))
        complaints = run("poll", "liman", cwd=unpolled).stderr.splitlines()[:-1]
        assert complaints == [f"tracker: liman: {said(language)}" for language in told]


def said(language: str) -> str:
    if not language:
        return "no figure is read: the language is not known; say it with `language` in its file"
    return f"no figure is read in language {language!r}, only in: {', '.join(LANGUAGES)}"


def test_only_the_named_sources_are_polled(unpolled: Path) -> None:
    assert run("poll", "cape-news", cwd=unpolled).stderr.startswith("1 source polled")
    cape, wire = done("sources", cwd=unpolled).splitlines()
    assert " ok  " in cape
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
        assert "tracker: webhook 'desk': " in polled.stderr
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


def test_without_room_for_what_tells_languages_the_source_fails_and_is_read_again(
    unpolled: Path,
) -> None:
    """A full disk loses no report; a source that says its language needs no such room."""
    (unpolled / "sources" / "wire.toml").unlink()
    poll = shlex.join([*COMMAND, "poll"])
    polled = subprocess.run(
        ["/bin/sh", "-c", f"ulimit -f 8192; exec {poll}"],
        cwd=unpolled,
        env=environment(),
        capture_output=True,
        encoding="utf-8",
        timeout=60,
        check=False,
    )
    assert polled.returncode == 1
    trouble, count = polled.stderr.splitlines()
    assert trouble.startswith("tracker: cape-news: its language cannot be told, since py3langid ")
    assert count == "1 source polled, 1 failed, 0 new events"
    assert run("poll", cwd=unpolled).stderr == "1 source polled, 0 failed, 2 new events\n"
