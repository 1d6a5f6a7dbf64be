"""From a source's bytes to the log: real files through the real pipeline into a real log."""
# ruff: noqa: RUF001 — letters of other languages that look like those of English

import asyncio
import json
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, closing
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from folder import write_incident, write_source
from outlet import Item, feed
from tracker.alerts.endpoint import Endpoint, Rules, Webhook
from tracker.desk import Desk
from tracker.errors import LogError
from tracker.events import (
    INBOX,
    FigureReported,
    ReportRedacted,
    ReportSetAside,
    incident_stream,
)
from tracker.incidents.reread import shared_reports
from tracker.intake import Report, Source
from tracker.model import Measure, Revision, Role
from tracker.pipeline import (
    Filed,
    file_report,
    reextract,
    refile,
    send_due,
)
from tracker.polling import Polled, poll
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.rulings import Why, withdraw
from tracker.sources.config import configuration_digest, load_incidents, load_sources
from tracker.sources.web import Manners, Web, open_web
from tracker.store.base import Append, Log, Reach
from tracker.store.writer import open_writer

MAY_4 = date(2031, 5, 4)
NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)


def toll(number: int | str) -> str:
    return f"The death toll of the ferry accident has risen to {number}, the coast guard said."


@dataclass
class Room:
    """A folder of sources and a log, polled whenever a test says that it is `now`."""

    folder: Path
    log: Log
    now: datetime = NOON
    found: list[Revision] = field(default_factory=list)
    endpoints: tuple[Endpoint, ...] = ()

    def desk(self, log: Log | None = None) -> Desk:
        sources = self.folder / "sources"
        return Desk(
            log=log or self.log,
            incidents=load_incidents(sources),
            clock=lambda: self.now,
            configuration=configuration_digest(sources),
            endpoints=self.endpoints,
        )

    def publish(self, *items: Item, source: str = "wire") -> None:
        """What the source's feed shows from now on."""
        (self.folder / "sources" / f"{source}.json").write_text(feed(*items))

    def poll(self, log: Log | None = None) -> list[Polled]:
        """One pass over all sources, one by one."""

        async def polled() -> list[Polled]:
            sources, errors = load_sources(self.folder / "sources")
            assert not errors
            desk = self.desk(log)
            async with open_web(Manners(), environment={}) as web:
                with desk.thread:
                    try:
                        return [await self.one(desk, web, each) for each in sources]
                    finally:
                        await desk.keep()

        return asyncio.run(polled())

    async def one(self, desk: Desk, web: Web, source: Source) -> Polled:
        return await poll(desk, web, source, self.found.append, jitter=lambda: 0.0)

    def stored(self) -> int:
        """Poll, and say how many events that appended."""
        done = self.poll()
        assert [each.error for each in done if each.error] == []
        return sum(each.events for each in done)

    @property
    def wire(self) -> Source:
        sources, _ = load_sources(self.folder / "sources")
        return next(each for each in sources if each.id == "wire")

    def figures(self, incident: str = "ferry") -> list[FigureReported]:
        events = self.log.read(incident_stream(incident))
        return [each.fact for each in events if isinstance(each.fact, FigureReported)]

    def told(self, incident: str = "ferry") -> list[str | None]:
        """The history of the killed, as phrases."""
        return phrases(self.log, incident)


def phrases(log: Log, incident: str = "ferry") -> list[str | None]:
    folded = ledger(log.read(incident_stream(incident)))
    return [each.estimate.phrase for each in history(folded, incident, Measure.KILLED)]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    """One source and one incident; the log is a file."""
    write_incident(tmp_path, "ferry", began=MAY_4, any_of=["ferry"])
    write_source(tmp_path, "wire", "wire.json")
    with closing(open_writer(tmp_path / "events.db")) as log:
        yield Room(tmp_path, log)


def test_a_source_is_remembered_only_after_its_events_are_stored(room: Room) -> None:
    """A log that refuses the events leaves no memory of the source: nothing is lost."""
    room.publish(Item("a", toll(12), NOON))
    with closing(sqlite3.connect(room.folder / "events.db")) as shell:
        shell.execute(
            "CREATE TRIGGER full BEFORE INSERT ON events BEGIN SELECT RAISE(ABORT, 'full'); END"
        )
        with pytest.raises(LogError):
            room.poll()
        assert room.log.remembered("wire").memo is None
        assert room.log.polls() == []
        shell.execute("DROP TRIGGER full")
    assert room.stored() == 2
    assert room.told() == ["12"]
    assert room.log.remembered("wire").memo is not None
    assert room.log.verify() is None


def test_a_source_that_fails_keeps_what_was_remembered_and_counts(room: Room) -> None:
    room.publish(Item("a", toll(12), NOON))
    room.stored()
    memo = room.log.remembered("wire").memo
    (room.folder / "sources" / "wire.json").write_text("no feed")
    for failures in (1, 2):
        (polled,) = room.poll()
        assert polled.error
        (kept,) = room.log.polls()
        assert (kept.failures, kept.error) == (failures, polled.error)
        assert kept.succeeded_at == NOON
    assert room.log.remembered("wire").memo == memo


def test_unchanged_bytes_are_not_read_again(room: Room) -> None:
    room.publish(Item("a", toll(12), NOON))
    (first,) = room.poll()
    (second,) = room.poll()
    assert (first.reports, first.events) == (1, 2)
    assert (second.reports, second.events) == (0, 0)


def test_unchanged_bytes_are_read_again_under_a_changed_configuration(room: Room) -> None:
    """An incident that is named only later gets what its sources had shown before; it is opened,
    has a figure, and the report waits in the inbox no more.
    """
    room.publish(Item("a", "At least 5 people were killed in a fire in a mill.", NOON))
    assert room.stored() == 1
    assert room.stored() == 0
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    assert room.stored() == 3
    assert room.told("mill") == ["at least 5"]
    assert room.stored() == 0


def test_unchanged_bytes_are_read_again_for_a_source_that_is_configured_otherwise(
    room: Room,
) -> None:
    """Pinned to an incident, a source's old reports go there although the feed is as it was."""
    room.publish(Item("a", "Twelve people were killed on the quay.", NOON))
    room.poll()
    assert room.told() == []
    write_source(room.folder, "wire", "wire.json", more='incident = "ferry"\n')
    room.poll()
    assert room.told() == ["12"]


def test_a_report_that_is_edited_to_and_fro_is_three_moves(room: Room) -> None:
    """95, then 103, then 95 again, under one guid; each poll again adds nothing."""
    for number in (95, 103, 95):
        text = f"The ferry accident killed {number} people, the coast guard said."
        room.publish(Item("a", text, NOON - timedelta(hours=3)))
        assert room.stored() > 0
        assert room.stored() == 0
        room.now += timedelta(hours=1)
    assert room.told() == ["95", "103", "95"]
    assert [each.version for each in room.figures()] == [1, 2, 3]
    assert room.log.verify() is None


def both(ferry: int | None, mill: int | None) -> str:
    """One report of two incidents; None: it says nothing of that one."""
    said = (
        ferry and f"The ferry accident killed {ferry} people.",
        mill and f"The fire in the mill killed {mill} people.",
    )
    return "\n\n".join(each for each in said if each)


def refiled(room: Room, text: str) -> int:
    """How many events a report adds that says this by now, in a feed that is never the same."""
    report = Item("a", text, NOON - timedelta(hours=3))
    room.publish(report, Item(str(room.now), "Calm seas.", NOON))
    added = room.stored()
    room.now += timedelta(hours=1)
    return added


@pytest.fixture
def mill(room: Room) -> Room:
    """The room, with a second incident."""
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    return room


def test_one_number_for_two_incidents_is_a_figure_of_each(mill: Room) -> None:
    """Read again, the report adds nothing; its figures have ids of their own."""
    assert refiled(mill, both(12, 12)) == 4
    assert refiled(mill, both(12, 12)) == 0
    assert (mill.told(), mill.told("mill")) == (["12"], ["12"])
    assert [each.occurrence for each in mill.figures() + mill.figures("mill")] == [0, 1]
    assert mill.log.verify() is None


def test_edits_of_a_report_of_two_incidents_are_moves_of_each(mill: Room) -> None:
    for number in (95, 103, 95):
        assert refiled(mill, both(number, number)) > 0
        assert refiled(mill, both(number, number)) == 0
    assert mill.told() == mill.told("mill") == ["95", "103", "95"]
    assert refiled(mill, both(103, 95)) == 1
    assert refiled(mill, both(103, 95)) == 0
    assert mill.told() == ["95", "103", "95", "103"]
    assert mill.told("mill") == ["95", "103", "95"]
    assert mill.log.verify() is None


def test_what_an_edit_drops_of_one_incident_is_no_edit_of_the_other(mill: Room) -> None:
    """Neither when the one before it in the text goes, nor when it comes back."""
    refiled(mill, both(12, 12))
    for text in (both(None, 12), both(12, 12), both(12, None), both(12, 12)):
        assert refiled(mill, text) == 0
    assert (mill.told(), mill.told("mill")) == (["12"], ["12"])


def test_an_edit_that_turns_to_another_incident_is_a_figure_of_that(mill: Room) -> None:
    """Although the first incident has nothing in this version of the report."""
    refiled(mill, both(12, None))
    assert refiled(mill, both(None, 12)) == 2
    assert refiled(mill, both(None, 12)) == 0
    assert (mill.told(), mill.told("mill")) == (["12"], ["12"])


def test_an_incident_that_is_named_later_gets_the_number_that_another_has(room: Room) -> None:
    """The other one had claimed the whole report, while nobody else could."""
    assert refiled(room, both(12, 12)) == 3
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    assert refiled(room, both(12, 12)) == 2
    assert refiled(room, both(12, 12)) == 0
    assert (room.told(), room.told("mill")) == (["12"], ["12"])
    assert [each.occurrence for each in room.figures() + room.figures("mill")] == [0, 1, 2]


def test_an_incident_by_another_name_gets_what_it_had_by_its_old_one(room: Room) -> None:
    """The stream of a name that is configured no longer keeps its ids."""
    refiled(room, toll(12))
    (room.folder / "sources" / "incidents.toml").unlink()
    write_incident(room.folder, "sinking", began=MAY_4, any_of=["ferry"])
    assert refiled(room, toll(12)) == 2
    assert room.told("sinking") == ["12"]


def test_a_report_of_two_incidents_from_two_writers_is_stored_once(mill: Room) -> None:
    report = replace(by_hand(12, 1), text=both(12, 12))
    with closing(open_writer(mill.folder / "events.db")) as second:
        theirs = mill.desk(second)
        meanwhile = [lambda: file_report(theirs, mill.wire, report, observed_at=NOON)]
        ours = mill.desk(cast("Log", Overtaken(mill.log, meanwhile)))
        assert file_report(ours, mill.wire, report, observed_at=NOON).events == ()
    assert (mill.told(), mill.told("mill")) == (["12"], ["12"])


def test_one_number_for_two_incidents_is_read_anew_in_each(mill: Room) -> None:
    """What an older extraction read as part: the new figures have ids of their own, too."""
    refiled(mill, both(12, 12))
    with closing(open_writer(":memory:")) as log:
        for stream in mill.log.streams("incident/"):
            facts = [each.fact for each in mill.log.read(stream)]
            old = tuple(
                replace(each, reading=1, role=Role.PART)
                if isinstance(each, FigureReported)
                else each
                for each in facts
            )
            log.append([Append(stream, 0, old)], recorded_at=NOON)
        desk = mill.desk(log)
        shared = shared_reports(log.tail())
        for incident in desk.incidents:
            assert phrases(log, incident.id) == []
            reextract(desk, incident, shared)
        assert (phrases(log), phrases(log, "mill")) == (["12"], ["12"])
        assert reextract(desk, desk.incident("mill"), shared).facts == ()
        assert log.verify() is None
        # The same report, polled by today's extraction.
        mill.poll(log)
        assert (phrases(log), phrases(log, "mill")) == (["12"], ["12"])


def test_a_touched_date_with_the_same_text_is_nothing(room: Room) -> None:
    item = Item("a", toll(12), NOON - timedelta(hours=2))
    room.publish(item)
    room.stored()
    room.publish(replace(item, modified=NOON - timedelta(hours=1)))
    assert room.stored() == 0


@pytest.mark.parametrize(
    "later",
    [
        [],
        [Item("b", "The ferry accident is being investigated.", NOON)],
        [Item("a", "This report has moved.", NOON)],
    ],
    ids=["empty feed", "rolled off", "figures lost"],
)
def test_what_is_no_longer_shown_is_not_withdrawn(room: Room, later: list[Item]) -> None:
    room.publish(Item("a", toll(12), NOON))
    room.stored()
    room.publish(*later)
    assert room.stored() == 0
    assert room.told() == ["12"]


def test_a_page_that_lost_its_figures_keeps_the_estimate(room: Room) -> None:
    """A consent page, a redesign, a cut body: absence proves nothing."""
    page = room.folder / "sources" / "harbour.html"
    write_source(room.folder, "harbour", "harbour.html", kind="page")
    body = "<html><body><article><h1>Ferry accident</h1>{}</article></body></html>"
    room.publish()
    page.write_text(body.format(f"<p>{toll(12)}</p><p>Divers are at work off the cape.</p>"))
    assert room.stored() == 2
    for text in (
        "<p>Before you go on, tell us whether you accept our partners' cookies.</p>",
        "<p>Divers are at work off the cape. The ferry lies at forty metres.</p>",
    ):
        page.write_text(body.format(text))
        assert room.stored() == 0
    assert room.told() == ["12"]


def test_two_reports_with_one_guid_are_two_reports(room: Room) -> None:
    room.publish(
        Item("same", toll(12), NOON - timedelta(hours=2), "First report"),
        Item("same", toll(14), NOON - timedelta(hours=1), "Second report"),
    )
    room.stored()
    assert room.told() == ["12", "14"]
    assert len({each.report for each in room.figures()}) == 2
    assert room.stored() == 0


@pytest.mark.parametrize("number", ["1" + "0" * 30, "9" * 400, "12 billion"])
def test_more_people_than_there_are_is_no_figure(room: Room, number: str) -> None:
    """And no reason to lose the report beside it."""
    room.publish(Item("a", toll(number), NOON), Item("b", toll(14), NOON))
    room.stored()
    assert room.told() == ["14"]
    assert room.log.verify() is None


@pytest.mark.parametrize(
    ("stated", "counts", "flagged"),
    [
        (None, NOON, ""),
        ("soon", NOON, "soon"),
        (NOON + timedelta(minutes=5), NOON + timedelta(minutes=5), ""),
        (NOON + timedelta(hours=1), NOON, "2031-05-05T13:00:00.000000Z"),
        ("2099-01-01", NOON, "2099-01-01"),
        ("1970-01-01T00:00:00Z", NOON, "1970-01-01T00:00:00Z"),
        ("2031-01-01T00:00:00Z", NOON, "2031-01-01T00:00:00Z"),
        ("2031-05-05", NOON, ""),
        ("2031-05-04", datetime(2031, 5, 4, 23, 59, 59, tzinfo=UTC), ""),
    ],
)
def test_a_date_that_cannot_be_true_is_kept_but_not_believed(
    room: Room, stated: datetime | str | None, counts: datetime, flagged: str
) -> None:
    """Undated, ahead of the clock, or before the incident: the moment it was observed."""
    write_source(room.folder, "wire", "wire.json", more='incident = "ferry"\n')
    room.publish(Item("a", toll(12), stated))
    room.stored()
    (figure,) = room.figures()
    assert figure.published_at == counts
    assert figure.stated_date == flagged
    room.now += timedelta(hours=5)
    assert room.stored() == 0


def test_a_clock_that_goes_back_loses_nothing(room: Room) -> None:
    """Neither what comes after the jump nor what was there before; and the log verifies."""
    room.publish(Item("a", toll(12), NOON - timedelta(hours=3)))
    room.stored()
    room.now = NOON - timedelta(days=400)
    room.publish(Item("a", toll(12), NOON - timedelta(hours=3)), Item("b", toll(13), NOON))
    write_source(room.folder, "wire", "wire.json", more='incident = "ferry"\n')
    assert room.stored() == 1
    room.now = NOON + timedelta(hours=1)
    room.publish(Item("b", toll(13), NOON), Item("c", toll(14), NOON + timedelta(minutes=5)))
    room.stored()
    assert {each.low for each in room.figures()} == {12, 13, 14}
    assert room.told()[-1] == "14"
    assert room.log.verify() is None


def test_a_clock_from_before_the_incident_hides_no_report_for_good(room: Room) -> None:
    """A machine that starts in 1970: when its clock is right, the same bytes are read anew."""
    room.publish(Item("a", toll(12), NOON))
    room.now = datetime(1970, 1, 1, tzinfo=UTC)
    room.stored()
    assert room.told() == []
    room.now = NOON + timedelta(minutes=1)
    room.stored()
    assert room.told() == ["12"]
    assert room.figures()[0].published_at == NOON


def test_a_report_that_nobody_claims_goes_to_the_inbox_once(room: Room) -> None:
    write_incident(room.folder, "barge", began=MAY_4, any_of=["barge"])
    neither = "At least 9 people were killed in a landslide."
    both = "At least 7 people were killed when a ferry hit a barge."
    room.publish(Item("a", neither, NOON), Item("b", both, NOON))
    assert room.stored() == 2
    (room.folder / "sources" / "wire.json").write_text(
        feed(Item("a", neither, NOON), Item("b", both, NOON), Item("c", "Calm seas.", NOON))
    )
    assert room.stored() == 0
    aside = [each.fact for each in room.log.read(INBOX)]
    assert [each.why for each in aside if isinstance(each, ReportSetAside)] == [
        "no incident",
        "ambiguous: ferry, barge",
    ]
    assert room.log.streams("incident/") == []


TURKISH = (
    "Cape Lorn ferry felaketinde ölenlerin sayısı 12'ye yükseldi; sahil güvenlik aramalara devam "
    "ediyor, yaralılar çevredeki hastanelere kaldırıldı."
)


def test_a_report_in_a_language_that_is_not_read_is_set_aside_once(room: Room) -> None:
    """Only where an incident would claim it and it holds a number: the rest is no loss."""
    room.publish(
        Item("a", TURKISH, NOON),
        Item("b", "Ferry felaketinde ölenlerin kimlikleri henüz belirlenemedi.", NOON),
        Item("c", "Kupa finalinde ev sahibi takım rakibini 3-1 yendi, 40 bin kişi izledi.", NOON),
    )
    assert room.stored() == 1
    room.publish(Item("a", TURKISH, NOON), Item("d", "Hava 21 derece olacak.", NOON))
    assert room.stored() == 0
    (aside,) = [each.fact for each in room.log.read(INBOX)]
    assert isinstance(aside, ReportSetAside)
    assert (aside.report, aside.why, aside.figures) == ("a", "language: tr is not read", ())
    assert aside.text == TURKISH
    assert room.log.streams("incident/") == []


def test_a_language_that_the_operator_sets_overrules_the_words(room: Room) -> None:
    """Whatever the report looks like; and a body that was read otherwise is read again."""
    write_source(room.folder, "wire", "wire.json", more='language = "tr"\n')
    room.publish(Item("a", toll(12), NOON))
    assert room.stored() == 1
    assert room.told() == []
    write_source(room.folder, "wire", "wire.json", more='language = "en-GB"\n')
    assert room.stored() == 3
    assert room.told() == ["12"]
    assert [each.language for each in room.figures()] == ["en-GB"]


@pytest.mark.parametrize(
    ("document", "figures"), [("tr", []), ("en", [12]), ("pt-BR", []), ("{{ lang }}", [12])]
)
def test_a_short_report_is_read_as_its_document_says(
    room: Room, document: str, figures: list[int]
) -> None:
    page = room.folder / "sources" / "harbour.html"
    write_source(room.folder, "harbour", "harbour.html", kind="page")
    room.publish()
    page.write_text(
        f'<html lang="{document}"><body><article><h1>Ferry accident</h1>'
        f"<p>{toll(12)}</p></article></body></html>"
    )
    room.stored()
    assert [each.low for each in room.figures()] == figures


def test_a_page_whose_template_says_another_language_is_read_by_its_words(room: Room) -> None:
    text = f"{toll(12)} Divers worked through the night in heavy seas off the northern cape. " * 2
    page = room.folder / "sources" / "harbour.html"
    write_source(room.folder, "harbour", "harbour.html", kind="page")
    room.publish()
    page.write_text(
        '<html lang="tr"><body><article><h1>Ferry accident</h1>'
        f"<p>{text}</p></article></body></html>"
    )
    room.stored()
    assert {(each.low, each.language) for each in room.figures()} == {(12, "en")}


def test_each_revision_is_told_once_as_it_is_found(room: Room) -> None:
    room.publish(
        Item("b", toll(14), NOON - timedelta(hours=1)),
        Item("a", toll(12), NOON - timedelta(hours=2)),
    )
    room.stored()
    room.stored()
    assert [each.estimate.phrase for each in room.found] == ["12", "14"]


class Overtaken:
    """A log to which another appends between reading and writing, while there is a reason."""

    def __init__(self, log: Log, meanwhile: Sequence[Callable[[], Any]]) -> None:
        self._log = log
        self._meanwhile = list(meanwhile)

    def together(self, **options: Any) -> AbstractContextManager[None]:
        if self._meanwhile:
            self._meanwhile.pop(0)()
        return self._log.together(**options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._log, name)


def by_hand(number: int, hours: int) -> Report:
    published = NOON - timedelta(hours=hours)
    return Report(
        source="wire", id=f"hand-{number}", title="", text=toll(number), published=published
    )


def test_a_faster_writer_is_read_and_the_report_is_decided_anew(room: Room) -> None:
    """Twice in a row the stream moves between reading and appending: nothing lost or doubled."""
    with closing(open_writer(room.folder / "events.db")) as second:
        theirs = room.desk(second)
        meanwhile = [
            lambda: file_report(theirs, room.wire, by_hand(12, 3), observed_at=NOON),
            lambda: file_report(theirs, room.wire, by_hand(13, 2), observed_at=NOON),
        ]
        ours = room.desk(cast("Log", Overtaken(room.log, meanwhile)))
        filed = file_report(ours, room.wire, by_hand(14, 1), observed_at=NOON)
    assert [each.estimate.phrase for each in filed.revisions] == ["14"]
    assert len(filed.events) == 1
    assert room.told() == ["12", "13", "14"]
    assert room.log.verify() is None


def test_the_same_report_from_two_writers_is_stored_once(room: Room) -> None:
    with closing(open_writer(room.folder / "events.db")) as second:
        same = by_hand(14, 1)
        theirs = room.desk(second)
        meanwhile = [lambda: file_report(theirs, room.wire, same, observed_at=NOON)]
        ours = room.desk(cast("Log", Overtaken(room.log, meanwhile)))
        filed = file_report(ours, room.wire, same, observed_at=NOON)
    assert filed.events == ()
    assert room.told() == ["14"]


def test_a_withdrawal_is_decided_anew_as_well(room: Room) -> None:
    first = file_report(room.desk(), room.wire, by_hand(14, 2), observed_at=NOON)
    with closing(open_writer(room.folder / "events.db")) as second:
        theirs = room.desk(second)
        meanwhile = [lambda: file_report(theirs, room.wire, by_hand(15, 1), observed_at=NOON)]
        ours = room.desk(cast("Log", Overtaken(room.log, meanwhile)))
        withdraw(ours, first.events[-1], Why(reason="an error"))
    assert room.told() == ["14", "15"]
    assert len(room.log.read(incident_stream("ferry"))) == 4


HOOK = Webhook(url="http://desk.example", secret_env="DESK")
DESK = Endpoint(name="desk", way=HOOK, rules=Rules(opened=False))


def enqueued(room: Room) -> list[tuple[str, str]]:
    """What the alerts of the outbox are about, and their types, oldest first."""
    every = room.log.enqueued()
    return [(each.alert.about, each.alert.type) for each in reversed(every)]


def test_facts_and_alerts_are_stored_together(room: Room) -> None:
    """What is told to a receiver and what the log holds cannot differ."""
    room.endpoints = (Endpoint(name="desk", way=HOOK),)
    room.publish(Item("a", toll(12), NOON), Item("b", toll(14), NOON + timedelta(minutes=1)))
    room.stored()
    with closing(sqlite3.connect(room.folder / "events.db")) as shell:
        rows = shell.execute("SELECT sequence, type FROM outbox ORDER BY sequence").fetchall()
    assert rows == [(1, "incident.opened"), (2, "estimate.revised"), (3, "estimate.revised")]
    (told,) = room.log.told("ferry")
    assert (told.phrase, told.sequence) == ("14", 3)


def test_old_reports_are_one_backfill_and_no_news(room: Room) -> None:
    room.endpoints = (DESK,)
    old = NOON - timedelta(hours=25)
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    room.publish(
        *(Item(str(number), toll(number), old) for number in range(12, 18)),
        Item("mill", "At least 5 people were killed in a fire in a mill.", old),
    )
    room.stored()
    desk = room.desk()
    send_due(desk, backfills=False)
    assert enqueued(room) == []
    for _ in range(2):
        assert send_due(desk, backfills=True) is None
        assert enqueued(room) == [
            ("ferry", "estimate.backfilled"),
            ("mill", "estimate.backfilled"),
        ]


def toll_at(room: Room, number: int, minutes: int, **rules: Any) -> datetime | None:
    """So many are killed, so many minutes after noon; when there is more to be told."""
    room.endpoints = (Endpoint(name="desk", way=HOOK, rules=Rules(opened=False, **rules)),)
    room.now = NOON + timedelta(minutes=minutes)
    desk = room.desk()
    report = replace(by_hand(number, 0), published=room.now)
    file_report(desk, room.wire, report, observed_at=room.now)
    return send_due(desk, backfills=True)


def later(room: Room, minutes: int) -> datetime | None:
    """So many minutes after noon, what is due is told; when there is more."""
    room.now = NOON + timedelta(minutes=minutes)
    return send_due(room.desk(), backfills=True)


def bodies(room: Room) -> list[Any]:
    return [json.loads(each.alert.body) for each in reversed(room.log.enqueued())]


def test_news_that_is_held_is_told_once_as_it_stands_by_then(room: Room) -> None:
    for minute, number in enumerate((12, 13, 14)):
        again = toll_at(room, number, minute, debounce=timedelta(minutes=10))
        assert again == room.now + timedelta(minutes=10)
    assert later(room, 11) == NOON + timedelta(minutes=12)
    assert enqueued(room) == []
    assert later(room, 12) is None
    (body,) = bodies(room)
    assert (body["type"], body["data"]["before"]) == ("estimate.revised", None)
    assert (body["data"]["after"]["best"], body["data"]["revisions"]) == (14, 3)


def test_old_and_new_wait_for_the_end_of_quiet_hours(room: Room) -> None:
    """What is owed as well as what is held; and a daemon that starts late in them waits, too."""
    quiet = (time(11), time(15))
    again = toll_at(room, 12, 0, quiet=quiet)
    assert again == NOON + timedelta(hours=3)
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    old = replace(MILL, published=NOON - timedelta(hours=30))
    room.publish(old)
    room.stored()
    assert later(room, 24 * 60) == NOON + timedelta(hours=27)
    assert enqueued(room) == []
    assert later(room, 27 * 60) is None
    assert sorted(enqueued(room)) == [
        ("ferry", "estimate.revised"),
        ("mill", "estimate.backfilled"),
    ]


def test_a_digest_tells_old_and_new_of_all_incidents_together(room: Room) -> None:
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    room.publish(replace(MILL, published=NOON - timedelta(hours=30)))
    rules = Rules(opened=False, digest=(time(18),))
    room.endpoints = (Endpoint(name="desk", way=HOOK, rules=rules),)
    room.stored()
    for number, minute in ((12, 0), (14, 5)):
        assert toll_at(room, number, minute, digest=(time(18),)) == NOON + timedelta(hours=6)
    assert later(room, 361) is None
    (body,) = bodies(room)
    assert (body["type"], body["data"]["sequence"]) == ("estimate.digest", 1)
    assert [
        (
            each["incident"],
            each["sequence"],
            [stands["after"]["best"] for stands in each["estimates"]],
        )
        for each in body["data"]["incidents"]
    ] == [("ferry", 1, [14]), ("mill", 1, [5])]
    assert later(room, 361 + 24 * 60) is None
    assert len(bodies(room)) == 1


def test_a_receiver_that_is_disabled_is_told_how_things_stand_when_it_is_enabled(
    room: Room,
) -> None:
    """Its outbox does not grow meanwhile, and what was held for it is not lost."""
    toll_at(room, 12, 0, debounce=timedelta(minutes=5))
    address = DESK.address
    room.log.settle((), (Reach(endpoint="desk", address=address, disabled="failing"),), now=NOON)
    for number, minute in ((13, 1), (14, 2), (15, 300)):
        assert toll_at(room, number, minute) is None
    assert enqueued(room) == []
    room.log.settle((), (Reach(endpoint="desk", address=address),), now=NOON)
    later(room, 400)
    (body,) = bodies(room)
    assert body["type"] == "estimate.backfilled"
    assert [each["after"]["best"] for each in body["data"]["estimates"]] == [15]


def test_whoever_is_disabled_at_another_address_is_told(room: Room) -> None:
    elsewhere = Reach(endpoint="desk", address="http://old.example", disabled="gone")
    room.log.settle((), (elsewhere,), now=NOON)
    toll_at(room, 12, 0)
    assert enqueued(room) == [("ferry", "estimate.revised")]


def test_other_rules_of_estimation_are_told_once_where_they_make_a_difference(room: Room) -> None:
    """The receiver learns what it believed; of an incident that stands as before, nothing."""
    toll_at(room, 12, 0)
    toll_at(room, 14, 1)
    write_incident(room.folder, "mill", began=MAY_4, any_of=["mill"])
    room.publish(replace(MILL, published=NOON + timedelta(minutes=1)))
    room.stored()
    told = len(bodies(room))
    room.endpoints = (Endpoint(name="desk", way=HOOK, policy="lowest"),)
    for minute in (10, 11):
        later(room, minute)
        (body,) = bodies(room)[told:]
        assert body["type"] == "estimate.reinterpreted"
        (changed,) = body["data"]["estimates"]
        assert (changed["before"]["best"], changed["after"]["best"]) == (14, 12)


def test_what_another_writer_moves_meanwhile_is_what_is_told(room: Room) -> None:
    toll_at(room, 12, 0, debounce=timedelta(minutes=5))
    room.now = NOON + timedelta(minutes=5)
    with closing(open_writer(room.folder / "events.db")) as second:
        theirs = replace(room.desk(second), endpoints=())
        report = replace(by_hand(14, 0), published=room.now)
        meanwhile = [lambda: file_report(theirs, room.wire, report, observed_at=NOON)]
        ours = room.desk(cast("Log", Overtaken(room.log, meanwhile)))
        assert send_due(ours, backfills=True) is None
    assert [each["data"]["after"]["best"] for each in bodies(room)] == [14]


def test_a_memory_log_does_as_well(room: Room) -> None:
    room.publish(Item("a", toll(12), NOON))
    with closing(open_writer(":memory:")) as log:
        room.poll(log)
        assert phrases(log) == ["12"]
    assert room.told() == []


def aside(room: Room, *items: Item) -> list[str]:
    """What a poll of these items sets aside: the events."""
    room.publish(*items)
    room.stored()
    return [each.id for each in room.log.read(INBOX) if isinstance(each.fact, ReportSetAside)]


MILL = Item("a", "At least 5 people were killed in a fire in a mill.", NOON - timedelta(hours=2))


def test_a_report_is_filed_anew_where_the_incident_moves_meanwhile(room: Room) -> None:
    """A report set aside counts from its own time, whoever is faster."""
    (event,) = aside(room, MILL)
    with closing(open_writer(room.folder / "events.db")) as second:
        theirs = room.desk(second)
        meanwhile = [lambda: file_report(theirs, room.wire, by_hand(12, 1), observed_at=NOON)]
        ours = room.desk(cast("Log", Overtaken(room.log, meanwhile)))
        filed = refile(ours, event, "ferry")
    assert [each.estimate.phrase for each in filed.revisions] == ["at least 5"]
    assert room.told() == ["at least 5", "12"]
    assert room.log.verify() is None


def test_of_two_who_file_a_report_the_second_finds_it_filed(room: Room) -> None:
    """To one incident: nothing is left to do. To another: it is said where it is."""
    write_incident(room.folder, "mill", began=MAY_4, any_of=["flour"])
    (event,) = aside(room, MILL)
    with closing(open_writer(room.folder / "events.db")) as second:
        theirs = room.desk(second)
        ours = room.desk(cast("Log", Overtaken(room.log, [lambda: refile(theirs, event, "mill")])))
        filed = refile(ours, event, "ferry")
    assert (filed.events, filed.why_not) == ((), "it was filed to mill before")
    assert refile(room.desk(), event, "mill") == Filed("en")
    assert (room.told("mill"), room.told("ferry")) == (["at least 5"], [])


def test_words_that_are_redacted_while_they_are_filed_do_not_come_back(room: Room) -> None:
    (event,) = aside(room, MILL)

    def redacted() -> None:
        fact = ReportRedacted(
            events=(event,),
            source="wire",
            report="a",
            reason="a court asked",
            effective_at=NOON,
            observed_at=NOON,
        )
        room.log.redact(fact, recorded_at=NOON)

    ours = room.desk(cast("Log", Overtaken(room.log, [redacted])))
    filed = refile(ours, event, "ferry")
    assert (filed.events, filed.why_not) == ((), "its words were redacted")
    assert room.told() == []


def test_an_incident_that_is_configured_no_more_gets_nothing(room: Room) -> None:
    """What was filed to it stays; the same figures are set aside like any others."""
    write_incident(room.folder, "barge", began=MAY_4, any_of=["barge"])
    write_incident(room.folder, "quay", began=MAY_4, any_of=["quay"])
    both = Item("b", "At least 7 people were killed when a ferry hit a barge.", NOON)
    (event,) = aside(room, both)
    refile(room.desk(), event, "quay")
    incidents = room.folder / "sources" / "incidents.toml"
    incidents.write_text(incidents.read_text().partition("[quay]")[0] + "# less\n")
    assert room.stored() == 0
    assert room.told("quay") == ["at least 7"]
