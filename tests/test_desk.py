"""Endpoints that come and change while a log is in use: what each is told then."""

import json
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import datetime, time, timedelta
from typing import Any

import pytest

from said import at, facts
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.desk import Desk
from tracker.events import Fact, incident_stream
from tracker.model import Status
from tracker.pipeline import send_due
from tracker.projections.moves import moves
from tracker.store.base import Append, Log
from tracker.store.records import Outbox, Owed
from tracker.store.writer import open_writer

HOOK = Webhook(url="https://desk.example/hook", secret_env="DESK_SECRET")


def desk(name: str = "desk", **rules: Any) -> Endpoint:
    return Endpoint(name=name, way=HOOK, rules=Rules(**rules))


class Room:
    """A log, and the clock of those who work with it; each look is one of a new process."""

    def __init__(self, log: Log) -> None:
        self.log, self.now, self.said = log, at(0), 0

    def _desk(self, endpoints: Sequence[Endpoint]) -> Desk:
        now = self.now
        return Desk(log=self.log, incidents=(), clock=lambda: now, endpoints=tuple(endpoints))

    def hears(self, line: str, *endpoints: Endpoint, incident: str = "x") -> None:
        """A report comes in when it is published, as these are told of it."""
        self.now = at(float(line.split(maxsplit=1)[0]))
        self.said += 1
        new: list[Fact] = [*facts(line, self.said)]
        stream, ours = incident_stream(incident), self._desk(endpoints)
        change = moves({stream: new}, ours.events, recorded_at=self.now, policies=ours.policies)
        outbox = ours.outbox(change.moved, self.now)
        self.log.append([Append(stream, None, tuple(new))], recorded_at=self.now, outbox=outbox)

    def looks(self, hours: float, *endpoints: Endpoint) -> datetime | None:
        """What is due then is told; when there is more."""
        self.now = at(hours)
        return send_due(self._desk(endpoints), backfills=True)

    def told(self, name: str = "desk") -> list[Any]:
        """What was enqueued for the endpoint, in order."""
        every = reversed(self.log.enqueued(endpoints=[name], limit=1_000))
        return [json.loads(each.alert.body) for each in every]


@pytest.fixture
def room() -> Iterator[Room]:
    with closing(open_writer(":memory:")) as log:
        yield Room(log)


def values(bodies: Sequence[Any]) -> list[tuple[int | None, int | None]]:
    return [
        ((body["data"]["before"] or {}).get("best"), body["data"]["after"]["best"])
        for body in bodies
    ]


# ── an endpoint that is new to the log ───────────────────────────────────────────────────────────


@pytest.mark.parametrize("rules", [{"direction": "down"}, {"min_change": 50}])
def test_a_rise_is_no_first_figure_for_who_came_after_the_first(
    room: Room, rules: dict[str, Any]
) -> None:
    """Whether it was looked what is due before the rise came, or not."""
    room.hears("1 official: 90 measure=missing")
    room.looks(1, desk("early", **rules))
    room.hears("2 official: 103 measure=missing", desk("early", **rules), desk("late", **rules))
    assert (room.told("early"), room.told("late")) == ([], [])
    room.hears("3 official: 20 measure=missing", desk("early", **rules), desk("late", **rules))
    before = 103 if "direction" in rules else 90
    assert values(room.told("early")) == values(room.told("late")) == [(before, 20)]


def test_who_came_late_is_told_of_what_moves_from_then_on(room: Room) -> None:
    room.hears("1 official: 12")
    room.hears("1 official: 3", incident="y")
    assert room.looks(2, desk()) is None
    assert room.told() == []
    room.hears("3 official: 14", desk())
    room.hears("4 official: 1", desk(), incident="z")
    assert values(room.told()) == [(12, 14), (None, 1)]
    assert [each["data"]["sequence"] for each in room.told()] == [1, 1]


def test_who_was_there_before_the_first_figure_is_told_of_it(room: Room) -> None:
    assert room.looks(0, desk(direction="down")) is None
    room.hears("1 official: 90", desk(direction="down"))
    assert values(room.told()) == [(None, 90)]


def test_what_is_owed_to_a_new_endpoint_is_told_and_not_taken_as_known(room: Room) -> None:
    """An import names those who are owed a word before any of them was looked at."""
    room.hears("1 official: 12")
    room.hears("1 official: 5", incident="y")
    owed = Outbox(owed=(Owed(endpoint="desk", incident="x"),))
    room.log.append([], recorded_at=at(2), outbox=owed)
    room.looks(3, desk())
    (body,) = room.told()
    assert (body["type"], body["data"]["incident"]) == ("estimate.backfilled", "x")


def test_what_a_new_endpoint_does_not_ask_for_is_not_taken_as_known(room: Room) -> None:
    """Who waits for what is confirmed is told when it is, though it stood unconfirmed before."""
    confirmed = desk(statuses=frozenset({Status.CONFIRMED}))
    room.hears("1 agency: 12")
    room.looks(2, confirmed)
    room.hears("3 agency2: 12", confirmed)
    assert values(room.told()) == [(None, 12)]


def test_an_incident_that_is_long_quiet_is_told_anew(room: Room) -> None:
    room.hears("1 official: 12")
    later = 24 * 91
    room.looks(later, desk())
    room.hears(f"{later + 1} official: 14", desk())
    assert values(room.told()) == [(None, 14)]


# ── rules that are changed while something is held ───────────────────────────────────────────────


def test_a_digest_that_is_asked_for_no_longer_holds_nothing(room: Room) -> None:
    room.hears("9 official: 12", desk(digest=(time(8),)))
    assert room.looks(9.1, desk(digest=(time(8),))) == at(32)
    assert room.looks(9.2, desk()) is None
    assert [each["type"] for each in room.told()] == ["estimate.revised"]


def test_shorter_quiet_hours_and_debounces_hold_as_long_as_they_say(room: Room) -> None:
    room.hears("9 official: 12", desk(debounce=timedelta(hours=10)))
    assert room.looks(9.5, desk(debounce=timedelta(hours=1))) == at(10.5)
    assert room.looks(10, desk(debounce=timedelta(hours=1))) == at(10.5)
    assert room.looks(10.1, desk(quiet=(time(10), time(11)))) == at(10.5)
    assert room.looks(10.5, desk(quiet=(time(10), time(11)))) == at(11)
    assert room.looks(11, desk()) is None
    assert len(room.told()) == 1


def test_a_digest_is_sent_at_its_time_whatever_was_held_for_something_else(room: Room) -> None:
    room.hears("9 official: 12", desk(debounce=timedelta(minutes=30)))
    room.looks(9.1, desk(digest=(time(20),)))
    assert room.looks(9.6, desk(digest=(time(20),))) == at(20)
    assert room.told() == []
    assert room.looks(20, desk(digest=(time(20),))) is None
    assert [each["type"] for each in room.told()] == ["estimate.digest"]


def test_a_digest_that_nobody_was_there_to_send_waits_for_no_other(room: Room) -> None:
    """It comes late in the day; in quiet hours, it waits for the next, not for their end."""
    digest = desk(digest=(time(8), time(20)))
    room.hears("18 official: 12", digest)
    assert room.looks(21, digest) is None
    assert len(room.told()) == 1
    night = desk(digest=(time(8), time(20)), quiet=(time(22), time(6, 30)))
    room.hears("42 official: 14", night)
    assert room.looks(47, night) == at(56)
    assert room.looks(54.5, night) == at(56)
    assert len(room.told()) == 1
    assert room.looks(56, night) is None
    assert [each["type"] for each in room.told()] == ["estimate.digest"] * 2


def test_a_digest_of_quiet_hours_is_sent_at_their_end(room: Room) -> None:
    night = desk(digest=(time(23),), quiet=(time(22), time(6, 30)))
    room.hears("20 official: 12", night)
    assert room.looks(21, night) == at(30.5)
    assert room.looks(30.5, night) is None
    assert len(room.told()) == 1


# ── an endpoint that was away ────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("others", [(), (desk("other"),)])
def test_who_comes_back_is_told_once_what_moved_meanwhile(
    room: Room, others: tuple[Endpoint, ...]
) -> None:
    """Its table was taken out of the settings for a while; without a move, there is nothing."""
    room.hears("1 official: 31", desk(), *others)
    room.looks(1, desk(), *others)
    room.looks(2, *others)
    room.looks(3, desk(), *others)
    assert values(room.told()) == [(None, 31)]

    room.looks(4, *others)
    room.hears("5 official: 45", *others)
    room.looks(6, desk(), *others)
    room.looks(7, desk(), *others)
    *_, missed = room.told()
    assert missed["type"] == "estimate.backfilled"
    (told,) = missed["data"]["estimates"]
    assert (told["before"]["best"], told["after"]["best"]) == (31, 45)
    assert len(room.told()) == 2
