"""What every log does with facts, whatever it is kept in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from builders import NOON, figure, opened, set_aside, withdrawn
from tracker.errors import Conflict, LogError, UnknownName, UsageError
from tracker.events import INBOX, Fact, event_id
from tracker.store.base import Alert, Append, Log, Outbox
from tracker.store.writer import open_writer

FERRY = "incident/ferry"
BRIDGE = "incident/bridge"
HOUR = timedelta(hours=1)
LONG_AGO = datetime(2021, 5, 1, 12, tzinfo=UTC)


def keep(log: Log, *facts: Fact, stream: str = FERRY, expected: int = 0) -> None:
    log.append([Append(stream, expected, facts)], recorded_at=NOON)


def test_what_was_appended_is_read_back_in_order(log: Log) -> None:
    """Every kind of fact comes back equal, words included, numbered in log and stream."""
    facts = (opened(), figure(12), figure(15, issuer="the coastguard"), withdrawn(figure(12)))

    given = log.append(
        [Append(FERRY, 0, facts), Append(INBOX, 0, (set_aside(),))], recorded_at=NOON
    )

    assert [event.fact for event in log.read(FERRY)] == list(facts)
    assert log.read(FERRY) + log.read(INBOX) == given == list(log.tail())
    assert [event.position for event in given] == [1, 2, 3, 4, 5]
    assert [event.version for event in given] == [1, 2, 3, 4, 1]
    assert [event.id for event in given][:4] == [event_id(fact) for fact in facts]
    assert {event.recorded_at for event in given} == {NOON}


def test_a_stream_that_does_not_exist_is_empty(log: Log) -> None:
    assert log.read("incident/nowhere") == []
    assert list(log.tail()) == []
    assert log.streams() == []


@pytest.mark.parametrize("expected", [0, 1, 3])
def test_a_writer_that_has_not_seen_the_last_event_is_refused(log: Log, expected: int) -> None:
    """The conflict names the stream, what was expected and what is; nothing is written."""
    keep(log, figure(1), figure(2))

    with pytest.raises(Conflict) as refused:
        keep(log, figure(3), expected=expected)

    assert (refused.value.stream, refused.value.expected, refused.value.actual) == (
        FERRY,
        expected,
        2,
    )
    assert len(list(log.tail())) == 2


def test_a_stream_that_gets_no_facts_is_checked_too(log: Log) -> None:
    """A decision may rest on a stream that it does not add to."""
    keep(log, figure(1))

    with pytest.raises(Conflict, match="incident/ferry is at version 1, not 0"):
        log.append([Append(BRIDGE, 0, (figure(2),)), Append(FERRY, 0)], recorded_at=NOON)

    assert log.read(BRIDGE) == []


def test_a_fact_that_hangs_on_nothing_needs_no_version(log: Log) -> None:
    keep(log, set_aside(report="one"), stream=INBOX)
    log.append([Append(INBOX, None, (set_aside(report="two"),))], recorded_at=NOON)
    assert [event.version for event in log.read(INBOX)] == [1, 2]


def test_a_batch_whose_outbox_is_refused_leaves_nothing(log: Log) -> None:
    """Facts and alerts are one transaction, also when the last statement of it fails."""
    alert = Alert(
        id="a1", endpoint="desk", incident="ferry", sequence=1, type="estimate.revised", body="{}"
    )
    same_place = replace(alert, id="a2")

    with pytest.raises(LogError):
        log.append(
            [Append(FERRY, 0, (figure(1),)), Append(BRIDGE, 0, (figure(2),))],
            recorded_at=NOON,
            outbox=Outbox(alerts=(alert, same_place), backfill_due=(("desk", "ferry"),)),
        )

    assert list(log.tail()) == []
    assert log.next_due(["desk"]) is None
    assert log.backfills_due() == []
    keep(log, figure(1))
    assert [event.position for event in log.tail()] == [1]


def test_a_fact_that_the_log_holds_is_left_out(log: Log) -> None:
    """The same figure again is nothing, whichever stream it is offered for."""
    keep(log, figure(1))

    again = log.append(
        [Append(FERRY, 1, (figure(1), figure(2), figure(2))), Append(BRIDGE, 0, (figure(1),))],
        recorded_at=NOON + HOUR,
    )

    assert [event.fact for event in again] == [figure(2)]
    assert [event.position for event in log.tail()] == [1, 2]


def test_the_log_tells_which_ids_it_holds(log: Log) -> None:
    """Whole ids, of any stream."""
    keep(log, figure(1), stream=BRIDGE)
    made = event_id(figure(1))
    assert log.holds(made)
    assert not log.holds(made[:10])
    assert not log.holds(event_id(figure(2)))


def test_nothing_new_gives_nothing(log: Log) -> None:
    keep(log, figure(1))
    assert log.append([Append(FERRY, 1, (figure(1),))], recorded_at=NOON) == []
    assert log.append([], recorded_at=NOON) == []


def test_what_was_recorded_later_can_be_left_out(log: Log) -> None:
    """`known_at` goes by when the log learned of a figure, not by when it was published."""
    old = figure(3, published_at=NOON - 9 * HOUR)
    log.append([Append(FERRY, 0, (figure(5),))], recorded_at=NOON)
    log.append([Append(FERRY, 1, (old,))], recorded_at=NOON + HOUR)

    def known(at: datetime) -> list[Fact]:
        return [event.fact for event in log.read(FERRY, known_at=at)]

    assert known(NOON - timedelta(microseconds=1)) == []
    assert known(NOON) == [figure(5)]
    assert known(NOON + HOUR) == [figure(5), old]


def test_the_tail_goes_on_from_a_position(log: Log) -> None:
    keep(log, figure(1), figure(2), figure(3))
    assert [event.position for event in log.tail(after=1)] == [2, 3]
    assert list(log.tail(after=3)) == []


def test_the_tail_misses_nothing_that_is_written_while_it_is_read(log: Log) -> None:
    """A reader in the middle of a long log sees what comes in meanwhile, in order and once."""
    keep(log, *(figure(n) for n in range(1200)))
    tail = log.tail()
    seen = [event.position for event in islice(tail, 700)]

    keep(log, *(figure(n) for n in range(1200, 1300)), expected=1200)

    assert seen + [event.position for event in tail] == list(range(1, 1301))


def test_streams_are_listed_by_how_they_begin(log: Log) -> None:
    for stream in ("incident/b", INBOX, "incident/a", "incident/a_b", "incidents"):
        keep(log, figure(1, report=stream), figure(2, report=stream), stream=stream)

    assert log.streams("incident/") == ["incident/a", "incident/a_b", "incident/b"]
    assert log.streams("incident/a_") == ["incident/a_b"]
    assert log.streams("%") == []
    assert log.streams() == [INBOX, "incident/a", "incident/a_b", "incident/b", "incidents"]


def test_an_event_is_found_by_the_beginning_of_its_id(log: Log) -> None:
    keep(log, figure(1), figure(2))
    wanted = event_id(figure(2))

    assert log.find(wanted[:8]).fact == figure(2)
    assert log.find(f" {wanted.upper()} ").fact == figure(2)


def test_a_stream_is_read_on_from_where_one_was(log: Log) -> None:
    """What came after a version, and nothing when nothing did."""
    keep(log, figure(1), figure(2))
    assert [event.version for event in log.read(FERRY, after=1)] == [2]
    assert log.read(FERRY, after=2) == []
    assert log.read(FERRY, after=0) == log.read(FERRY)


def test_an_id_that_is_unknown_or_not_unique_is_refused(log: Log) -> None:
    """A wildcard is no id either; the nearest id is offered for a misprint."""
    keep(log, figure(1), figure(2))
    misprint = event_id(figure(1))[:-1] + "x"

    with pytest.raises(UnknownName, match=f"did you mean '{event_id(figure(1))}'"):
        log.find(misprint)
    for wildcard in ("%", "_", "*", "?"):
        with pytest.raises(UnknownName):
            log.find(wildcard)
    with pytest.raises(UsageError, match="several events begin with"):
        log.find("")


def test_two_logs_never_have_the_same_name(
    log: Log, tmp_path_factory: pytest.TempPathFactory
) -> None:
    other = open_writer(tmp_path_factory.mktemp("other") / "events.db")
    assert log.identity == log.identity != other.identity
    other.close()


def test_old_paragraphs_can_be_forgotten_and_the_log_still_verifies(log: Log) -> None:
    """Only the paragraph goes; the quote stays, and so does everything recorded since."""
    log.append([Append(FERRY, 0, (figure(1), figure(2)))], recorded_at=LONG_AGO)
    log.append([Append(FERRY, 2, (figure(3),))], recorded_at=LONG_AGO + HOUR)

    assert log.forget_texts(before=LONG_AGO) == 0
    assert log.forget_texts(before=LONG_AGO + HOUR) == 2

    facts = [event.fact for event in log.read(FERRY)]
    assert facts == [figure(1, text=None), figure(2, text=None), figure(3)]
    assert log.verify() is None


def test_a_paragraph_is_kept_for_its_time_whatever_is_asked(log: Log) -> None:
    now = datetime.now(UTC)
    log.append([Append(FERRY, 0, (figure(1),))], recorded_at=now - timedelta(days=89))
    assert log.forget_texts(before=now) == 0
    assert log.read(FERRY)[0].fact == figure(1)


def test_a_paragraph_that_is_stored_again_goes_when_it_would_have_gone(log: Log) -> None:
    """Words that are read anew were fetched when the figure was."""
    was, now = figure(1, observed_at=LONG_AGO), figure(1, observed_at=LONG_AGO, version=2)
    log.append([Append(FERRY, 0, (was,))], recorded_at=LONG_AGO)
    log.append([Append(FERRY, 1, (now,))], recorded_at=LONG_AGO + 24 * HOUR)
    assert log.forget_texts(before=LONG_AGO + HOUR) == 2


def test_words_that_are_a_title_and_a_paragraph_stay_as_the_title(log: Log) -> None:
    """One row serves the same words, but never across the line of what may be forgotten."""
    both = figure(1, title="Ferry sinks", quote="Ferry sinks", text="Ferry sinks")
    log.append([Append(FERRY, 0, (both,))], recorded_at=LONG_AGO)

    assert log.forget_texts(before=LONG_AGO + HOUR) == 1

    assert log.read(FERRY)[0].fact == replace(both, text=None)
    assert log.verify() is None


def test_a_log_that_is_sound_has_no_flaw(log: Log) -> None:
    assert log.verify() is None
    keep(log, opened(), *(figure(n) for n in range(1100)))
    keep(log, set_aside(), stream=INBOX)
    assert log.verify() is None


def test_closing_twice_does_nothing(log: Log) -> None:
    log.close()
    log.close()
