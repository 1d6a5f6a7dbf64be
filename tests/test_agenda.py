"""Whose turn it is in the daemon, after a restart, a change of a file, and an outage of our own."""

from datetime import UTC, datetime, timedelta

from tracker.agenda import IN_THE_DARK, Agenda, Network, first_due
from tracker.health import Cause, Poll, failed
from tracker.polling import Polled

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
FIVE = timedelta(minutes=5)
DAY = timedelta(days=1)
URL = "https://wire.example/rss"


def polled(next_at: datetime | None) -> Poll:
    return Poll(source="wire", polled_at=NOON, url=URL, next_at=next_at)


def test_sources_are_taken_when_they_are_due_and_only_once() -> None:
    agenda = Agenda()
    agenda.put("b", NOON + FIVE)
    agenda.put("a", NOON)
    assert agenda.take(NOON - FIVE) == []
    assert agenda.take(NOON + FIVE) == ["a", "b"]
    assert agenda.take(NOON + DAY) == []


def test_a_source_is_due_when_it_was_put_last_and_not_before() -> None:
    agenda = Agenda()
    agenda.put("a", NOON)
    agenda.put("a", NOON + DAY)
    agenda.put("b", NOON)
    agenda.drop("b")
    assert agenda.take(NOON + FIVE) == []
    assert agenda.take(NOON + DAY) == ["a"]


def test_no_more_are_taken_than_are_asked_for_and_the_others_stay_due() -> None:
    agenda = Agenda()
    for name in ("b", "a", "c"):
        agenda.put(name, NOON)
    assert agenda.take(NOON, 2) == ["a", "b"]
    assert agenda.take(NOON, 2) == ["c"]


def test_after_a_jump_of_the_clock_everything_is_due() -> None:
    agenda = Agenda()
    agenda.put("a", NOON + DAY)
    agenda.put("b", NOON + DAY)
    agenda.hasten(NOON)
    assert sorted(agenda.take(NOON)) == ["a", "b"]
    assert agenda.take(NOON + DAY) == []


def test_a_restart_asks_nobody_sooner_than_was_agreed() -> None:
    assert first_due(polled(NOON + FIVE), URL, NOON, changed=False) == NOON + FIVE
    assert first_due(polled(NOON - FIVE), URL, NOON, changed=False) == NOON
    assert first_due(None, URL, NOON, changed=False) == NOON


def test_a_next_poll_by_a_clock_that_was_wrong_is_now() -> None:
    assert first_due(polled(NOON + 400 * DAY), URL, NOON, changed=False) == NOON


def test_a_source_whose_file_has_changed_is_due() -> None:
    assert first_due(polled(NOON + FIVE), URL, NOON, changed=True) == NOON


def test_what_is_gone_is_due_again_only_at_another_address() -> None:
    gone = failed(None, "wire", "410", Cause.GONE, now=NOON, url=URL, next_at=None)
    assert first_due(gone, URL, NOON, changed=False) is None
    assert first_due(gone, "https://wire.example/atom", NOON, changed=False) == NOON
    assert first_due(gone, URL, NOON, changed=True) == NOON


def outage(name: str, wait: timedelta, now: datetime) -> Polled:
    return Polled(name, "no answer", cause=Cause.OUTAGE, next_at=now + wait)


def answered(network: Network, name: str, now: datetime) -> datetime | None:
    return network.soon_enough(Polled(name, next_at=now + FIVE), FIVE, now)


def down(network: Network, name: str, now: datetime) -> datetime | None:
    """When a source is due again that does not answer, and would be asked in a day."""
    polled = Polled(name, "no answer", cause=Cause.OUTAGE, next_at=now + DAY)
    return network.soon_enough(polled, FIVE, now)


def test_when_our_own_line_is_down_nobody_is_left_for_a_day() -> None:
    """Nobody has answered for ten minutes: that is not theirs, and is looked at again soon."""
    names = ("a", "b", "c")
    network = Network(names, NOON)
    assert [answered(network, name, NOON) for name in names] == [NOON + FIVE] * 3
    soon, later = NOON + FIVE, NOON + timedelta(minutes=30)
    assert [down(network, name, soon) for name in names] == [soon + DAY] * 3
    assert not network.is_dark(soon)
    assert down(network, "a", later) == later + IN_THE_DARK
    assert network.is_dark(later)
    answered(network, "b", later)
    assert not network.is_dark(later)
    assert down(network, "a", later) == later + DAY


def test_one_dead_source_among_others_backs_off_alone() -> None:
    network = Network(("a", "b", "dead"), NOON)
    for n in range(20):
        now = NOON + n * timedelta(minutes=20)
        answered(network, "a", now)
        answered(network, "b", now)
        assert down(network, "dead", now + 3 * FIVE) == now + 3 * FIVE + DAY


def test_a_refusal_shows_that_the_line_works() -> None:
    network = Network(("a", "b"), NOON)
    later = NOON + timedelta(hours=1)
    down(network, "a", NOON)
    refused = Polled("b", "403", cause=Cause.REFUSED, next_at=later + DAY)
    assert network.soon_enough(refused, FIVE, later) == later + DAY
    assert down(network, "a", later) == later + DAY


def test_it_is_told_when_any_other_source_answered() -> None:
    network = Network(("a", "b", "c"), NOON)
    assert network.elsewhere("a") == NOON
    answered(network, "a", NOON + FIVE)
    assert (network.elsewhere("a"), network.elsewhere("b")) == (NOON, NOON + FIVE)
    answered(network, "b", NOON + 2 * FIVE)
    answered(network, "b", NOON + 3 * FIVE)
    assert (network.elsewhere("a"), network.elsewhere("b")) == (NOON + 3 * FIVE, NOON + FIVE)
    assert Network(("a",), NOON).elsewhere("a") is None


def test_a_file_of_our_own_says_nothing_of_the_line() -> None:
    network = Network(("a", "b"), NOON)
    later = NOON + timedelta(hours=1)
    answered(network, "a file", later)
    assert network.elsewhere("a") == NOON
