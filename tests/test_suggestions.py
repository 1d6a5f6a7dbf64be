"""The inbox looked at as it fills: what looks like an incident is in the outbox, once."""

import asyncio
import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from asides import MAY, after, aside
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.alerts.text import told
from tracker.desk import Desk
from tracker.events import INBOX, ReportRedacted
from tracker.store.base import Append, Log, Reach
from tracker.store.writer import open_writer
from tracker.suggestions import EVERY, Looked, send_suggestions

DESK = Endpoint(name="desk", way=Webhook(url="https://desk.example/in", secret_env="DESK"))
HEADLINE = "Ferry Lady Anne sinks off Cape Lorn"
NEWS = "At least 12 people were killed when the ferry Lady Anne sank off Cape Lorn."


@dataclass
class Room:
    """A log, and a desk at whatever time the test says it is."""

    log: Log
    now: datetime = MAY
    endpoints: tuple[Endpoint, ...] = (DESK,)

    def set_aside(self, source: str, *, days: float = 0.0) -> str:
        """A report that nobody claims, published and recorded so many days after the first.

        The id of the event.
        """
        self.now = after(days)
        said = aside(
            f"{NEWS} {source} says.",
            days=days,
            source=source,
            title=HEADLINE,
            figures=("killed 12",),
        )
        self.log.append([Append(INBOX, None, (said.fact,))], recorded_at=self.now)
        return said.event.id

    def look(self, looked: Looked) -> int:
        """Look at the inbox: how many alerts that made."""
        desk = Desk(log=self.log, incidents=(), clock=lambda: self.now, endpoints=self.endpoints)
        with desk.thread:
            return asyncio.run(send_suggestions(desk, looked))

    def bodies(self) -> list[Any]:
        """What was enqueued, the newest first."""
        return [json.loads(each.alert.body) for each in self.log.enqueued()]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    with closing(open_writer(tmp_path / "events.db")) as log:
        yield Room(log)


def test_what_comes_together_is_told_once(room: Room) -> None:
    """By whichever process looks next; what was told is in the log, not in its memory."""
    room.set_aside("wire")
    assert room.look(Looked()) == 0
    room.set_aside("cape-news", days=0.1)
    assert room.look(Looked()) == 1
    assert room.look(Looked()) == 0
    room.set_aside("third", days=0.2)
    assert room.look(Looked()) == 0
    assert len(room.bodies()) == 1


def test_what_goes_on_for_weeks_is_told_once(room: Room) -> None:
    """The reports that it was known by at first are long too old to be looked at."""
    for days in (0, 0.1, 8, 14.05, 20, 28, 28.2):
        room.set_aside(f"source-{days}", days=days)
        room.look(Looked())
    assert len(room.bodies()) == 1


def test_what_many_others_push_out_of_sight_is_told_once(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A new report of it is not news, though its first ones are not among the newest."""
    monkeypatch.setattr("tracker.suggestions.MOST", 3)
    for place, source in enumerate(("wire", "cape-news", "third", "fourth", "fifth")):
        room.set_aside(source, days=place / 10)
        room.look(Looked())
    assert len(room.bodies()) == 1


def test_two_processes_that_look_at_once_tell_once(
    room: Room, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other one wrote between the reading and the writing is seen."""
    room.set_aside("wire")
    room.set_aside("cape-news", days=0.1)
    read, told = room.log.last_sequences, list[int]()
    with closing(open_writer(tmp_path / "events.db")) as log:
        other = Room(log, now=room.now)

        def overtaken(about: str) -> dict[str, int]:
            before = read(about)
            if not told:
                told.append(other.look(Looked()))
            return before

        monkeypatch.setattr(room.log, "last_sequences", overtaken)
        assert room.look(Looked()) == 0
    assert told == [1]
    assert len(room.bodies()) == 1


def test_a_flood_of_reports_is_looked_at_once_in_a_while(room: Room) -> None:
    """What came meanwhile is not forgotten."""
    looked = Looked()
    room.set_aside("wire")
    assert room.look(looked) == 0
    room.set_aside("cape-news", days=0.0001)
    assert room.look(looked) == 0
    room.now = MAY + EVERY
    assert room.look(looked) == 1


def test_nothing_is_read_anew_while_nothing_comes(room: Room) -> None:
    """An inbox of thousands costs nothing between two reports."""
    looked = Looked()
    room.endpoints = (replace(DESK, rules=Rules(suggested=False)),)
    room.set_aside("wire")
    room.set_aside("cape-news", days=0.1)
    assert room.look(looked) == 0
    assert looked.at is None
    room.endpoints = (DESK,)
    assert room.look(looked) == 1
    version = looked.version
    room.now += 2 * EVERY
    room.endpoints = (DESK, replace(DESK, name="second"))
    assert room.look(looked) == 0
    assert looked == Looked(at=room.now, version=version)
    room.set_aside("third", days=0.2)
    assert room.look(looked) == 1


def test_what_is_older_than_a_group_can_be_is_left_out(room: Room) -> None:
    """Reports of years are not put together again for the one that comes today."""
    room.set_aside("wire", days=-300)
    room.set_aside("wire", days=-15)
    room.set_aside("cape-news", days=-14.5)
    room.set_aside("third")
    assert room.look(Looked()) == 0
    room.set_aside("cape-news", days=0.1)
    assert room.look(Looked()) == 1


def test_a_disabled_endpoint_gets_no_suggestions(room: Room) -> None:
    reach = Reach(endpoint="desk", address=DESK.address, disabled="failing")
    room.log.settle((), (reach,), now=MAY)
    room.set_aside("wire")
    room.set_aside("cape-news", days=0.1)
    assert room.look(Looked()) == 0


def test_words_of_a_redacted_report_are_in_no_suggestion(room: Room) -> None:
    """The rest of it stays, and is told in words that do not show the gap."""
    first = room.set_aside("wire")
    room.set_aside("cape-news", days=0.1)
    room.look(Looked())
    redaction = ReportRedacted(
        events=(first,), source="wire", report="r", reason="asked", effective_at=room.now,
        observed_at=room.now,
    )  # fmt: skip
    room.log.redact(redaction, recorded_at=room.now)
    [before] = room.bodies()
    assert before["data"]["title"] is None
    assert told(json.dumps(before)).title == "A new incident?"
