"""`tracker reextract`: what an older extraction stored is read anew, shown, stored, told once."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from command import done, run
from folder import SECRET_ENV, write_receivers
from outlet import Item, feed
from receiver import Receiver
from tracker.desk import Desk
from tracker.events import Fact, FigureReported, incident_stream
from tracker.incidents.reread import Shared
from tracker.intake import Report
from tracker.model import Measure, Role
from tracker.pipeline import file_report, reextract
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.sources.config import load_incidents, load_sources
from tracker.store.base import Append, Log
from tracker.store.writer import open_writer

FERRY = incident_stream("lorn-ferry")
YESTERDAY = datetime.now(UTC) - timedelta(days=1)
QUOTE = "The death toll of the ferry accident has risen to 14, up from 11, the coast guard said."
SAID = f"2024-05-06 09:00Z lorn-ferry wire killed 14, part → killed 14, current: “{QUOTE}”\n"

Worse = Callable[[FigureReported], FigureReported]
"""How an older extraction read a figure."""


def fourteen_as_part(figure: FigureReported) -> FigureReported:
    return replace(figure, role=Role.PART) if figure.low == 14 else figure


def as_once_read(
    folder: Path,
    worse: Worse = fourteen_as_part,
    without: Sequence[int] = (),
    recorded_at: datetime = YESTERDAY,
) -> Path:
    """The folder with its log as it would be, had an older extraction polled it."""
    db = folder / "events.db"
    with closing(open_writer(db)) as log:
        facts = [_as_once_read(each.fact, worse, recorded_at) for each in log.read(FERRY)]
    for file in folder.glob("events.db*"):
        file.unlink()
    facts = [each for each in facts if getattr(each, "low", None) not in without]
    with closing(open_writer(db)) as log:
        log.append([Append(FERRY, 0, tuple(facts))], recorded_at=recorded_at)
    return folder


def _as_once_read(fact: Fact, worse: Worse, observed_at: datetime) -> Fact:
    if not isinstance(fact, FigureReported):
        return fact
    return replace(worse(fact), reading=1, observed_at=observed_at)


def still_reported(folder: Path) -> None:
    """From now on reports of these days can be about the accident, too."""
    path = folder / "sources" / "incidents.toml"
    path.write_text(path.read_text().replace("match.any", "match.until = 2099-01-01\nmatch.any"))


def best(folder: Path, *args: str) -> int | None:
    found: dict[str, int | None] = json.loads(
        done("estimate", "lorn-ferry", "--json", *args, cwd=folder)
    )
    return found["best"]


def stored(folder: Path) -> list[str]:
    return done("events", cwd=folder).splitlines()


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.glob("events.db*")}


def test_what_is_read_otherwise_is_shown_stored_and_counts_from_its_own_time(own: Path) -> None:
    """And what was known before the re-reading is still told as it was read then."""
    old = as_once_read(own)
    assert best(old) == 11
    read = run("reextract", cwd=old)
    assert (read.returncode, read.stdout) == (0, SAID)
    assert read.stderr == "5 figures looked at, 1 read otherwise, 0 new, 0 not kept\n"
    assert best(old) == 14
    assert best(old, "--as-of", "2024-05-07") == 14
    assert best(old, "--as-of", "2024-05-06T08:00Z") == 11
    then = (YESTERDAY + timedelta(minutes=1)).isoformat()
    assert best(old, "--known-at", then) == 11
    assert "all is well" in done("verify", cwd=old)


def test_nothing_stored_is_changed(own: Path) -> None:
    """Two events come, the new reading and the link to it; the rest is as it was."""
    old = as_once_read(own)
    before = stored(old)
    done("reextract", cwd=old)
    *kept, reading, link = stored(old)
    assert kept == before
    assert reading.endswith("figure.reported  wire       killed 14, current")
    misread = next(line for line in before if "killed 14, part" in line)
    assert link.endswith(
        f"figure.reread               {misread.split()[1]}: now {reading.split()[1]}"
    )


def test_a_second_time_finds_nothing(own: Path) -> None:
    old = as_once_read(own)
    done("reextract", cwd=old)
    before = contents(old)
    again = run("reextract", cwd=old)
    assert (again.returncode, again.stdout) == (0, "")
    assert again.stderr == "4 figures looked at, 0 read otherwise, 0 new, 0 not kept\n"
    assert contents(old)["events.db"] == before["events.db"]


def test_a_poll_afterwards_appends_nothing(own: Path) -> None:
    """The same pages, read for the first time by today's extraction."""
    old = as_once_read(own)
    done("reextract", cwd=old)
    assert run("poll", cwd=old).stderr == "2 sources polled, 0 failed, 0 new events\n"


def test_a_poll_before_appends_nothing_either(own: Path) -> None:
    old = as_once_read(own)
    assert run("poll", cwd=old).stderr == "2 sources polled, 0 failed, 0 new events\n"
    assert done("reextract", cwd=old) == SAID


def test_a_dry_run_shows_the_same_and_writes_nothing(own: Path) -> None:
    with Receiver() as receiver:
        write_receivers(own, desk=receiver.url)
        old = as_once_read(own)
        before = contents(old)
        read = run("reextract", "--dry-run", cwd=old, env=SECRET_ENV)
        assert (read.returncode, read.stdout) == (0, SAID)
        assert read.stderr.endswith(" 0 new, 0 not kept; nothing is stored\n")
        assert contents(old)["events.db"] == before["events.db"]
        assert receiver.got == []


@pytest.mark.parametrize("option", [(), ("--dry-run",)])
def test_where_there_is_no_log_none_is_made(unpolled: Path, option: tuple[str, ...]) -> None:
    read = run("reextract", *option, cwd=unpolled)
    assert (read.returncode, read.stdout) == (1, "")
    assert read.stderr == "tracker: no log at events.db yet: `tracker poll` makes one\n"
    assert contents(unpolled) == {}


def test_what_was_overlooked_is_shown_as_new(own: Path) -> None:
    """Eleven, which a sentence of a kept paragraph calls earlier."""
    old = as_once_read(own, worse=lambda figure: figure, without=[14])
    read = run("reextract", cwd=old)
    (line,) = read.stdout.splitlines()
    assert " wire nothing → killed 14, current, up, the coast guard (coast-guard, official): " in (
        line
    )
    assert "0 read otherwise, 1 new" in read.stderr
    assert best(old) == 14


def test_what_is_no_figure_any_more_is_shown_as_none(own: Path) -> None:
    """In the estimate and the history it is as if it had never been there."""
    old = as_once_read(own)
    with closing(open_writer(old / "events.db")) as log:
        events = log.read(FERRY)
        injured = next(e.fact for e in events if getattr(e.fact, "low", None) == 30)
        assert isinstance(injured, FigureReported)
        ages = replace(injured, measure=Measure.TRAPPED, low=6, high=6, place=injured.place + 1)
        log.append([Append(FERRY, len(events), (ages,))], recorded_at=YESTERDAY)
    assert "wire trapped 6, current → no figure: " in done("reextract", cwd=old)
    assert done("history", "lorn-ferry", "--measure", "trapped", cwd=old) == ""


def test_words_that_are_deleted_are_counted(own: Path) -> None:
    now = datetime.now(UTC)
    old = as_once_read(own, recorded_at=now - timedelta(days=100))
    with closing(open_writer(old / "events.db")) as log:
        assert log.forget_texts(before=now - timedelta(days=90)) > 0
    read = run("reextract", cwd=old)
    assert (read.returncode, read.stdout) == (0, "")
    assert read.stderr == "0 figures looked at, 0 read otherwise, 0 new, 5 not kept\n"


def test_the_words_are_kept_no_longer_for_being_read_again(own: Path) -> None:
    """What is read on their ninetieth day is deleted with them."""
    now = datetime.now(UTC)
    old = as_once_read(own, recorded_at=now - timedelta(days=100))
    done("reextract", cwd=old)
    with closing(open_writer(old / "events.db")) as log:
        log.forget_texts(before=now - timedelta(days=90))
        facts = [each.fact for each in log.read(FERRY)]
        assert {each.text for each in facts if isinstance(each, FigureReported)} == {None}
        assert log.verify() is None


def test_an_incident_that_is_no_longer_configured_is_named_and_left(own: Path) -> None:
    """Whom its texts credit hangs on its configuration."""
    old = as_once_read(own)
    (old / "sources" / "incidents.toml").write_text("")
    read = run("reextract", cwd=old)
    assert (read.returncode, read.stdout) == (0, "")
    assert read.stderr == (
        "tracker: incident/lorn-ferry is left as it is: it is not in incidents.toml\n"
        "0 figures looked at, 0 read otherwise, 0 new, 0 not kept\n"
    )


def test_queries_tell_how_a_figure_had_been_read(own: Path) -> None:
    old = as_once_read(own)
    done("reextract", cwd=old)
    was = f"“{QUOTE}” [re-read, was: killed 14, part]"
    *before, last = done("history", "lorn-ferry", cwd=old).splitlines()
    assert last.endswith(was)
    assert not any("re-read" in line for line in before)
    assert done("estimate", "lorn-ferry", cwd=old).splitlines()[-1].endswith(was)
    changes = run("changes", "--since", "1h", cwd=old)
    assert changes.stdout.splitlines()[-1].endswith(was)
    assert changes.stderr == ("figures read anew since then: 1; see `tracker events`\n")
    link = json.loads(done("events", "--jsonl", cwd=old).splitlines()[-1])
    assert link["type"] == "figure.reread"
    assert link["effective_at"] == "2024-05-06T09:00:00.000000Z"


def test_words_from_outside_do_not_reach_the_terminal_as_they_are(own: Path) -> None:
    def hostile(figure: FigureReported) -> FigureReported:
        return replace(fourteen_as_part(figure), quote=f"\x1b[2J{figure.quote}", issuer="\x9b2J")

    old = as_once_read(own, hostile)
    for options in (["--dry-run"], []):
        shown = done("reextract", *options, cwd=old)
        assert "␛[2J" in shown
        assert "\x1b" not in shown
        assert "\x9b" not in shown


def bodies(receiver: Receiver) -> list[dict[str, Any]]:
    return [json.loads(each.body) for each in receiver.got]


def test_a_receiver_is_told_once_how_things_stand(own: Path) -> None:
    """Never as news, be the figures ever so young; and nobody is told of it a second time."""
    still_reported(own)
    hour_ago = datetime.now(UTC) - timedelta(hours=1)
    items = [
        Item(str(n), f"The ferry accident killed {n} people.", hour_ago) for n in range(20, 25)
    ]
    (own / "sources" / "wire.json").write_text(feed(*items))
    done("poll", cwd=own)
    old = as_once_read(own, lambda figure: replace(figure, role=Role.PART))
    with Receiver() as receiver, Receiver() as injured:
        write_receivers(old, desk=receiver.url, injured=injured.url)
        with (old / "tracker.toml").open("a") as settings:
            settings.write('measures = ["injured"]\n')
        done("reextract", cwd=old, env=SECRET_ENV)
        done("reextract", cwd=old, env=SECRET_ENV)
        done("poll", cwd=old, env=SECRET_ENV)
        (body,), (other,) = bodies(receiver), bodies(injured)
    assert {body["type"], other["type"]} == {"estimate.backfilled"}
    told = {each["measure"]: each["after"]["best"] for each in body["data"]["estimates"]}
    assert told == {"killed": 24, "injured": 30}
    assert [each["measure"] for each in other["data"]["estimates"]] == ["injured"]


def test_a_receiver_is_told_what_stands_no_longer(own: Path) -> None:
    """Thirty had been read as missing: what was said of them is taken back."""
    old = as_once_read(
        own,
        lambda figure: replace(figure, measure=Measure.MISSING) if figure.low == 30 else figure,
    )
    still_reported(old)
    with Receiver() as receiver:
        write_receivers(old, desk=receiver.url)
        (old / "sources" / "wire.json").write_text(
            feed(Item("wire-3", "The ferry accident killed 15 people.", YESTERDAY))
        )
        done("poll", cwd=old, env=SECRET_ENV)
        done("reextract", cwd=old, env=SECRET_ENV)
        before, after = bodies(receiver)
    assert {each["measure"] for each in before["data"]["estimates"]} == {"killed", "missing"}
    told = {each["measure"]: each["after"]["best"] for each in after["data"]["estimates"]}
    assert told == {"injured": 30, "missing": None}


class Overtaken:
    """A log to which another writer appends before anything is written."""

    def __init__(self, log: Log, meanwhile: Callable[[], Any]) -> None:
        self._log = log
        self._meanwhile = [meanwhile]

    def together(self, **options: Any) -> AbstractContextManager[None]:
        if self._meanwhile:
            self._meanwhile.pop()()
        return self._log.together(**options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def test_a_faster_writer_is_read_and_all_is_read_anew(own: Path) -> None:
    """What came between reading and appending is there, once, and so is what was read anew."""
    old = as_once_read(own)
    still_reported(old)
    incidents = load_incidents(old / "sources")
    (wire,) = (each for each in load_sources(old / "sources")[0] if each.id == "wire")
    report = Report(
        source="wire",
        id="hand",
        title="",
        text="The death toll of the ferry accident has risen to 16, up from 14.",
        published=YESTERDAY,
        language="en",
    )
    with (
        closing(open_writer(old / "events.db")) as log,
        closing(open_writer(old / "events.db")) as second,
    ):
        theirs = Desk(log=second, incidents=incidents, clock=lambda: YESTERDAY)
        slow = Overtaken(log, lambda: file_report(theirs, wire, report, observed_at=YESTERDAY))
        ours = Desk(log=cast("Log", slow), incidents=incidents, clock=lambda: YESTERDAY)
        (ferry,) = (each for each in incidents if each.id == "lorn-ferry")
        rereading = reextract(ours, ferry, Shared())
        assert len(rereading.differences) == 1
        folded = ledger(log.read(FERRY))
        assert log.verify() is None
    phrases = [each.estimate.phrase for each in history(folded, "lorn-ferry", Measure.KILLED)]
    assert phrases == ["at least 12", "11", "14", "16"]


def test_words_that_are_redacted_meanwhile_do_not_come_back(own: Path) -> None:
    """What was read anew in them is not stored, and their figures stay as they were read."""
    old = as_once_read(own)
    incidents = load_incidents(old / "sources")
    (ferry,) = (each for each in incidents if each.id == "lorn-ferry")

    def redact() -> None:
        done("redact", "wire/wire-2", "--reason", "a court asked", cwd=old)

    with closing(open_writer(old / "events.db")) as log:
        desk = Desk(
            log=cast("Log", Overtaken(log, redact)), incidents=incidents, clock=lambda: YESTERDAY
        )
        assert reextract(desk, ferry, Shared()).facts == ()
        assert log.overwrite()
    assert b"risen to 14" not in b"".join(contents(old).values())
    assert best(old) == 11
