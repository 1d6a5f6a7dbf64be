"""`tracker checkpoint`: a few lines that say what a log is, to be kept elsewhere."""

import json
from pathlib import Path

from command import done, run


def test_it_says_which_log_how_long_and_the_last_event_of_each_stream(newsroom: Path) -> None:
    document = json.loads(done("checkpoint", cwd=newsroom))
    assert list(document) == ["checkpoint", "log", "position", "made_at", "root", "heads"]
    assert (document["checkpoint"], document["position"]) == (1, 6)
    ((stream, version, digest),) = document["heads"]
    assert (stream, version, len(digest)) == ("incident/lorn-ferry", 6, 64)


def test_the_root_alone_is_one_line(newsroom: Path) -> None:
    document = json.loads(done("checkpoint", cwd=newsroom))
    assert done("checkpoint", "--root", cwd=newsroom) == f"6 {document['root']}\n"


def test_it_holds_nothing_that_was_reported(own: Path) -> None:
    kept = done("checkpoint", cwd=own)
    assert not any(words in kept for words in ("killed", "wire", "coast guard", "toll"))


def test_two_checkpoints_of_the_same_events_have_the_same_root(own: Path) -> None:
    before = done("checkpoint", "--root", cwd=own)
    feed = own / "sources" / "wire.json"
    feed.write_text(feed.read_text() + "\n")
    done("poll", cwd=own)
    assert done("checkpoint", "--root", cwd=own) == before


def test_without_a_log_there_is_none_and_none_is_made(tmp_path: Path) -> None:
    made = run("checkpoint", cwd=tmp_path)
    assert (made.returncode, made.stdout) == (1, "")
    assert made.stderr == "tracker: no log at events.db yet: `tracker poll` makes one\n"
    assert list(tmp_path.iterdir()) == []
