"""What every log does with facts, whatever it is kept in."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from builders import NOON, figure, opened, set_aside, withdrawn
from tracker.encoding import event_id
from tracker.errors import Conflict, UnknownName, UsageError
from tracker.events import INBOX, Fact
from tracker.health import Poll
from tracker.model import utc_text
from tracker.store.base import Alert, Append, Kept, Log, Outbox, Owed, Reach
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
        id="a1", endpoint="desk", about="ferry", sequence=1, type="estimate.revised", body="{}"
    )
    same_place = replace(alert, id="a2")

    with pytest.raises(Conflict, match="what desk is told of ferry"):
        log.append(
            [Append(FERRY, 0, (figure(1),)), Append(BRIDGE, 0, (figure(2),))],
            recorded_at=NOON,
            outbox=Outbox(
                alerts=(alert, same_place), owed=(Owed(endpoint="desk", incident="ferry"),)
            ),
        )

    assert list(log.tail()) == []
    assert log.enqueued() == []
    assert log.owed() == []
    keep(log, figure(1))
    assert [event.position for event in log.tail()] == [1]


def test_a_batch_whose_second_event_fails_leaves_nothing(log: Log) -> None:
    """Half a character cannot be written: neither is what came before it in the batch."""
    half = figure(2, url="https://wire.example/\ud800")

    with pytest.raises(ValueError, match="surrogates not allowed"):
        log.append(
            [Append(FERRY, 0, (figure(1), half)), Append(BRIDGE, 0, (figure(3),))], recorded_at=NOON
        )
    with pytest.raises(ValueError, match="surrogates not allowed"):
        keep(log, figure(1), figure(2, quote="\udfff"))

    assert list(log.tail()) == []
    assert log.roster() == []
    keep(log, figure(1), figure(2))
    assert [event.position for event in log.tail()] == [1, 2]
    assert log.verify() is None


def numbers(log: Log) -> list[tuple[int, str, int, str, datetime]]:
    return [(e.position, e.stream, e.version, e.id, e.recorded_at) for e in log.tail()]


def test_nothing_that_a_log_can_do_changes_an_event(log: Log) -> None:
    """Whatever is called afterwards, positions, ids, hashes and numbers are as they were."""
    log.append([Append(FERRY, 0, (figure(1), figure(2)))], recorded_at=LONG_AGO)
    before, heads = numbers(log), log.heads()

    keep(log, figure(1), figure(2), expected=2)
    with pytest.raises(Conflict):
        keep(log, figure(3), expected=7)
    log.forget_texts(before=NOON)
    log.settle([], [Reach(endpoint="desk", address="https://desk.example")], now=NOON)
    log.keep([Kept(poll=Poll(source="wire", polled_at=NOON))])

    assert numbers(log) == before
    assert log.heads() == heads
    assert [event.fact for event in log.tail()] == [figure(1, text=None), figure(2, text=None)]


def test_the_roster_lists_what_the_log_knows_of_each_incident(log: Log) -> None:
    """It is kept up with every append, in whichever order figures come."""
    early = figure(2, published_at=NOON - HOUR)
    keep(log, opened("ferry-2031"), figure(1), early, stream="incident/ferry-2031")
    keep(log, set_aside(), stream=INBOX)
    log.append([Append(BRIDGE, 0, (figure(3),))], recorded_at=NOON + HOUR)
    keep(log, withdrawn(figure(1)), stream="incident/ferry-2031", expected=3)

    bridge, ferry = log.roster()

    assert (bridge.incident, bridge.title, bridge.figures, bridge.version) == ("bridge", "", 1, 1)
    assert bridge.recorded_at == utc_text(NOON + HOUR)
    assert (ferry.incident, ferry.title) == ("ferry-2031", "Ferry accident off the cape")
    assert (ferry.figures, ferry.version) == (2, 4)
    assert (ferry.first_at, ferry.last_at) == (utc_text(NOON - HOUR), utc_text(NOON))
    assert log.verify_projections() is None


def test_the_roster_is_right_however_far_its_stored_rows_are_behind(log: Log) -> None:
    """Over batches small and large, and after it was made anew."""
    for number, size in enumerate((1, 998, 3, 700, 1, 2500)):
        facts = tuple(figure(n, report=f"report {number}") for n in range(size))
        log.append([Append(FERRY, None, facts), Append(INBOX, None)], recorded_at=NOON)
        (ferry,) = log.roster()
        assert ferry.figures == ferry.version == len(log.read(FERRY))
        assert log.verify_projections() is None
    before = log.roster()
    assert log.rebuild_projections() == 1
    assert log.roster() == before


def test_the_heads_are_the_last_events_of_the_streams(log: Log) -> None:
    """Now, or up to a position; a later event changes none of the earlier ones."""
    keep(log, figure(1), figure(2))
    then = log.heads()
    keep(log, figure(3), stream=BRIDGE)
    keep(log, figure(4), expected=2)

    assert [(each.stream, each.version) for each in log.heads()] == [(BRIDGE, 1), (FERRY, 3)]
    assert log.heads(upto=2) == then
    assert [(each.stream, each.version) for each in log.heads(upto=3)] == [(BRIDGE, 1), (FERRY, 2)]
    assert log.heads(upto=0) == []


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


def test_what_counts_only_later_can_be_left_out(log: Log) -> None:
    """`as_of` goes by when a figure counts; with `known_at`, both hold."""
    old = figure(3, published_at=NOON - 9 * HOUR)
    log.append([Append(FERRY, 0, (figure(5),))], recorded_at=NOON)
    log.append([Append(FERRY, 1, (old,))], recorded_at=NOON + HOUR)

    def read(as_of: datetime, known_at: datetime | None = None) -> list[Fact]:
        return [event.fact for event in log.read(FERRY, as_of=as_of, known_at=known_at)]

    assert read(NOON - HOUR) == [old]
    assert read(NOON) == [figure(5), old]
    assert read(NOON - HOUR, NOON) == []
    assert read(NOON, NOON) == [figure(5)]


def test_a_stream_is_read_to_a_version(log: Log) -> None:
    keep(log, figure(1), figure(2), figure(3))
    assert [event.version for event in log.read(FERRY, upto=2)] == [1, 2]
    assert [event.version for event in log.read(FERRY, after=1, upto=2)] == [2]
    assert log.read(FERRY, upto=0) == []


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
