"""Where a source is by now, by its own record."""

from datetime import UTC, datetime, timedelta

from tracker.events import Event, Fact, SourceMoved, SourceTurned
from tracker.intake import Memo
from tracker.model import State
from tracker.sources.record import STABLE, address_of, last_state, moved

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
OLD, NEW, NEWER = "https://old.example/rss", "https://new.example/rss", "https://newer.example/rss"


def event(fact: Fact) -> Event:
    return Event(position=1, stream="source/wire", version=1, id="x", recorded_at=NOON, fact=fact)


def move(was: str, url: str) -> Event:
    return event(
        SourceMoved(
            source="wire", was=was, url=url, since=NOON, effective_at=NOON, observed_at=NOON
        )
    )


def turn(state: State, was: State) -> Event:
    return event(
        SourceTurned(
            source="wire", state=state, was=was, why="", effective_at=NOON, observed_at=NOON
        )
    )


def test_a_source_is_where_it_moved_step_by_step() -> None:
    record = [move(OLD, NEW), turn(State.FAILING, State.OK), move(NEW, NEWER)]
    assert address_of(record, OLD) == NEWER
    assert address_of([], OLD) == OLD


def test_an_address_that_an_operator_writes_anew_counts_from_its_own_moves_on() -> None:
    """The file is corrected to the new address, or to another one: old moves are no matter."""
    assert address_of([move(OLD, NEW)], NEW) == NEW
    assert address_of([move(OLD, NEW)], NEWER) == NEWER


def test_the_state_that_was_told_last_counts() -> None:
    assert last_state([]) is State.OK
    turns = [turn(State.FAILING, State.OK), turn(State.OK, State.FAILING)]
    assert last_state(turns) is State.OK
    assert last_state(turns[:1]) is State.FAILING


def test_an_address_has_moved_when_it_redirects_alike_for_six_days() -> None:
    memo = Memo(moved_to=NEW, moved_since=NOON)
    assert moved("wire", OLD, memo, NOON + STABLE - timedelta(seconds=1)) is None
    fact = moved("wire", OLD, memo, NOON + STABLE)
    assert fact is not None
    assert (fact.was, fact.url, fact.since) == (OLD, NEW, NOON)


def test_an_address_that_leads_to_itself_or_nowhere_has_not_moved() -> None:
    later = NOON + 2 * STABLE
    assert moved("wire", OLD, Memo(), later) is None
    assert moved("wire", OLD, Memo(moved_to=OLD, moved_since=NOON), later) is None
    assert moved("wire", OLD, Memo(moved_to=NEW), later) is None


def test_an_address_with_a_secret_is_never_written_into_the_record() -> None:
    memo = Memo(moved_to=NEW, moved_since=NOON)
    assert moved("wire", f"{OLD}?token=sesame", memo, NOON + 2 * STABLE) is None
