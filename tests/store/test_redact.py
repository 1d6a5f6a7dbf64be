"""Redacted words are gone from the log, the outbox and the files, and the chain is whole."""

import json
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

import pytest

from builders import NOON, figure, set_aside
from tracker.alerts.bodies import Revised, RevisedData, Value
from tracker.encoding import event_id
from tracker.events import INBOX, Event, FigureReported, ReportRedacted
from tracker.model import Measure, Reason, Status
from tracker.store.base import Alert, Append, Delivery, Log, Outbox, Settled
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

FERRY = "incident/ferry"
TWELVE: Final = figure(12, title="Twelve lost", quote="He saw twelve.", issuer="Mr. Lorn")
MORE: Final = figure(13, title="Thirteen", quote="She saw thirteen.", issuer="Ms. Cape")
ASIDE: Final = set_aside()


def redacted(*events: str, **changes: Any) -> ReportRedacted:
    fields: dict[str, Any] = {
        "events": events,
        "source": "wire",
        "report": "report-12",
        "reason": "a court asked",
        "effective_at": NOON,
        "observed_at": NOON,
    }
    return ReportRedacted(**(fields | changes))


def alert(sequence: int, about: FigureReported) -> Alert:
    """An alert as the rules make it, about this figure."""
    value = Value(phrase="12", best=12, low=12, high=12, status=Status.REPORTED)
    data = RevisedData(
        incident="ferry",
        name="Ferry accident",
        measure=Measure.KILLED,
        scope=None,
        before=None,
        after=value,
        change=None,
        direction=None,
        status=Status.REPORTED,
        reason=Reason.FIRST,
        source=about.source,
        source_name=about.source_name,
        issuer=about.issuer,
        title=about.title,
        url=about.url,
        quote=about.quote,
        revisions=1,
        sequence=sequence,
        event=event_id(about),
        published_at=NOON,
    )
    return Alert(
        id=f"msg_{sequence}",
        endpoint="desk",
        about="ferry",
        sequence=sequence,
        type="estimate.revised",
        body=Revised(timestamp=NOON, data=data).model_dump_json(),
    )


def fill(log: Log) -> None:
    """Two figures, an alert about each, and a report that was set aside."""
    log.append(
        [Append(FERRY, 0, (TWELVE, MORE)), Append(INBOX, 0, (ASIDE,))],
        recorded_at=NOON,
        outbox=Outbox(alerts=(alert(1, TWELVE), alert(2, MORE))),
    )


def bodies(log: Log) -> list[str]:
    """Those of all alerts, in their order."""
    return [each.alert.body for each in reversed(log.enqueued())]


def settled(delivery: Delivery) -> Settled:
    return Settled(
        delivery=delivery, outcome="delivered", at=NOON, took=timedelta(0), answer="204 No Content"
    )


def by_id(log: Log, fact: FigureReported) -> Event:
    return log.find(event_id(fact))


def test_the_words_go_and_the_numbers_stay(log: Log) -> None:
    fill(log)
    log.redact(redacted(event_id(TWELVE), event_id(ASIDE)), recorded_at=NOON)

    [twelve, more] = [event.fact for event in log.read(FERRY)]
    assert isinstance(twelve, FigureReported)
    assert (twelve.title, twelve.quote, twelve.issuer, twelve.text) == (None, None, None, None)
    assert (twelve.low, twelve.report, twelve.url) == (12, TWELVE.report, TWELVE.url)
    assert more == MORE
    [aside, fact] = [event.fact for event in log.read(INBOX)]
    assert (getattr(aside, "title", ""), getattr(aside, "text", "")) == (None, None)
    assert fact == redacted(event_id(TWELVE), event_id(ASIDE))
    assert log.verify() is None
    assert log.verify_projections() is None


def test_an_alert_keeps_everything_but_the_words(log: Log) -> None:
    """Its other fields, their order, and the alert about another figure are as they were."""
    fill(log)
    assert log.redact(redacted(event_id(TWELVE)), recorded_at=NOON) == 1

    first, second = bodies(log)
    whole = json.loads(alert(1, TWELVE).body)
    whole["data"] |= {"title": None, "quote": None, "issuer": None}
    assert first == json.dumps(whole, separators=(",", ":"))
    assert second == alert(2, MORE).body


def test_a_delivered_alert_loses_its_words_too(db: Path) -> None:
    with closing(open_writer(db)) as log:
        fill(log)
        [claimed] = log.claim({"desk": 1}, now=NOON, until=NOON)["desk"].deliveries
        log.settle([settled(claimed)], now=NOON)
        assert log.redact(redacted(event_id(TWELVE)), recorded_at=NOON) == 1
    with closing(sqlite3.connect(db)) as conn:
        (said,) = conn.execute("SELECT body FROM outbox WHERE sequence = 1").fetchone()
    assert "He saw" not in said


def test_what_a_receiver_answered_to_such_an_alert_goes_too(log: Log) -> None:
    """It may have sent the words back."""
    fill(log)
    [claimed] = log.claim({"desk": 1}, now=NOON, until=NOON)["desk"].deliveries
    log.settle([replace(settled(claimed), said="got: “He saw twelve”")], now=NOON)
    log.redact(redacted(event_id(TWELVE)), recorded_at=NOON)
    [found] = log.enqueued(ids=[claimed.id])
    assert [each.said for each in found.tried] == [""]
    assert found.tried[0].outcome == "delivered"


def test_an_alert_that_comes_late_brings_no_words_back(log: Log) -> None:
    """Whoever made it due had read the words before they were redacted."""
    log.append([Append(FERRY, 0, (TWELVE, MORE))], recorded_at=NOON)
    log.redact(redacted(event_id(TWELVE)), recorded_at=NOON)
    log.append([], recorded_at=NOON, outbox=Outbox(alerts=(alert(1, TWELVE), alert(2, MORE))))
    first, second = bodies(log)
    assert "He saw" not in first
    assert second == alert(2, MORE).body


def test_the_same_redaction_again_adds_nothing(log: Log) -> None:
    fill(log)
    fact = redacted(event_id(TWELVE))
    assert log.redact(fact, recorded_at=NOON) == 1
    events = list(log.tail())
    assert log.redact(fact, recorded_at=NOON) == 0
    assert list(log.tail()) == events


def test_words_go_before_their_time_only_where_a_redaction_names_their_event(db: Path) -> None:
    """Also for a program that knows nothing of this one."""
    with closing(open_writer(db)) as log:
        fill(log)
        log.redact(redacted(event_id(MORE)), recorded_at=NOON)
    with closing(sqlite3.connect(db)) as conn:
        for table in ("words", "paragraphs"):
            with pytest.raises(sqlite3.IntegrityError, match="these words are still kept"):
                conn.execute(f"DELETE FROM {table} WHERE position = 1")


def held(db: Path) -> bytes:
    """Every byte of the log's files."""
    return b"".join(each.read_bytes() for each in sorted(db.parent.glob("events.db*")))


def written(number: int) -> FigureReported:
    """A figure whose words fill a page and more, each of them found by its number."""
    said = f"<{number:05}> said so. "
    return figure(
        number,
        title=f"headline {said}",
        quote=f"quote {said * (number % 50)}",
        issuer=f"issuer {said}",
        text=f"paragraph {said * (number % 300)}",
    )


def test_no_byte_of_them_is_left_in_the_files_of_an_open_log(db: Path) -> None:
    """Of words that fill many pages, on some of which other words stay."""
    facts = [written(number) for number in range(1, 200)]
    with closing(open_writer(db)) as log:
        for place in range(0, len(facts), 7):
            some = facts[place : place + 7]
            due = [alert(each.low or 0, each) for each in some]
            log.append(
                [Append(FERRY, None, tuple(some))],
                recorded_at=NOON,
                outbox=Outbox(alerts=tuple(due)),
            )
        gone, stay = facts[::2], facts[1::2]
        assert b"<00001>" in held(db)
        log.redact(redacted(*map(event_id, gone)), recorded_at=NOON)
        assert log.overwrite()
        files = held(db)
        assert [each.low for each in gone if f"<{each.low:05}>".encode() in files] == []
        assert [each.low for each in stay if f"<{each.low:05}>".encode() not in files] == []
        assert log.verify() is None
    assert b"<00001>" not in held(db)


def test_a_reader_in_the_way_is_told_of_and_the_next_time_does_it(db: Path) -> None:
    with closing(open_writer(db, wait=0.1)) as log:
        fill(log)
        with closing(open_log(db)) as reader:
            tail = sqlite3.connect(db, isolation_level=None)
            with closing(tail):
                tail.execute("BEGIN")
                tail.execute("SELECT count(*) FROM words").fetchone()
                log.redact(redacted(event_id(TWELVE)), recorded_at=NOON)
                assert not log.overwrite()
                assert b"He saw twelve" in held(db)
            # A reader that reads nothing at this moment is in nobody's way.
            assert reader.length() == 4
            assert log.overwrite()
            assert b"He saw twelve" not in held(db)


def test_a_log_in_memory_has_no_files_to_overwrite() -> None:
    with closing(open_writer(":memory:")) as log:
        fill(log)
        assert log.overwrite()


def test_the_length_of_the_log_and_of_a_stream(log: Log) -> None:
    assert (log.length(), log.length(FERRY)) == (0, 0)
    fill(log)
    assert (log.length(), log.length(FERRY), log.length(INBOX)) == (3, 2, 1)
