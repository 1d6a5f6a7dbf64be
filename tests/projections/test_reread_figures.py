"""A figure read anew counts as if it had always been read so, in whatever order that is told."""

from dataclasses import replace
from datetime import timedelta

import pytest

from builders import NOON, figure, reread, withdrawn
from said import added, events, phrases, reasons
from tracker.encoding import event_id
from tracker.events import Fact, FigureReported
from tracker.model import Measure, Rank, Role
from tracker.projections.estimate import replay
from tracker.projections.ledger import Ledger, ledger
from tracker.projections.wording import earlier_readings, reading

LATER = NOON + timedelta(hours=5)

MISREAD = figure(12, role=Role.PART)
READ = figure(12, reading=2)
THIRD = figure(12, reading=3, issuer="the mayor", occurrence=1)


def stood(*facts: Fact, as_of: bool = False) -> list[str | None]:
    """The history of the killed as phrases; with `as_of` what counted at noon."""
    folded = ledger(events(list(facts)), as_of=NOON if as_of else None)
    return phrases(replay(folded, "ferry-2031", Measure.KILLED))


def test_the_new_reading_counts_from_when_the_report_was_published() -> None:
    """It is as if the words had been read so at once: before the re-reading, too."""
    other = figure(20, source="cape", published_at=LATER)
    assert stood(MISREAD, other) == ["20"]
    assert stood(MISREAD, other, READ, reread(MISREAD, READ)) == ["12", "20"]
    assert stood(MISREAD, other, READ, reread(MISREAD, READ), as_of=True) == ["12"]


def test_what_is_no_figure_any_more_has_never_counted() -> None:
    assert stood(READ, reread(READ)) == []


def test_what_was_known_before_is_as_it_was_read_then() -> None:
    stream = events([MISREAD, READ, reread(MISREAD, READ)])
    assert [each.figure for each in ledger(stream[:1]).entries] == [MISREAD]
    assert [each.figure for each in ledger(stream).entries] == [READ]


def test_both_orders_of_arrival_fold_to_the_same() -> None:
    """A ledger hangs on what is in the log, not on the order in which it came."""
    facts: list[Fact] = [MISREAD, READ, reread(MISREAD, READ), THIRD, reread(READ, THIRD)]
    stream = events([*facts, withdrawn(READ)])
    assert ledger(stream) == ledger(reversed(stream))
    assert [each.figure for each in ledger(stream).entries] == [THIRD]


def test_a_reading_of_a_reading_counts_and_tells_the_one_before() -> None:
    folded = ledger(events([MISREAD, READ, reread(MISREAD, READ), THIRD, reread(READ, THIRD)]))
    (entry,) = folded.entries
    assert (entry.figure, entry.was) == (THIRD, (READ,))
    assert earlier_readings(folded) == {event_id(THIRD): "killed 12, current, nobody credited"}


def test_the_newest_re_reading_of_a_figure_is_the_one_that_counts() -> None:
    """Read as nothing, and as a figure again by an extraction that came after."""
    anew = reread(MISREAD, READ, reading=3)
    facts: list[Fact] = [MISREAD, reread(MISREAD, reading=2), READ, anew]
    assert stood(*facts) == ["12"]
    assert stood(*reversed(facts)) == ["12"]


@pytest.mark.parametrize("withdrawn_id", [MISREAD, READ], ids=["before", "after"])
def test_a_withdrawn_figure_stays_withdrawn(withdrawn_id: FigureReported) -> None:
    """Whether it was taken back under the id of the old reading or of the new one."""
    taken = withdrawn(withdrawn_id, by="operator", effective_at=LATER, reason="an error")
    folded = ledger(events([MISREAD, taken, READ, reread(MISREAD, READ)]))
    replayed = replay(folded, "ferry-2031", Measure.KILLED)
    assert reasons(replayed) == ["first", "withdrawn"]
    assert replayed.estimate.best is None
    assert folded.retracted == frozenset()


def test_what_a_report_took_back_itself_may_be_stated_again_under_the_new_reading() -> None:
    folded = ledger(events([MISREAD, withdrawn(MISREAD), READ, reread(MISREAD, READ)]))
    assert folded.retracted == {event_id(READ)}


def test_what_an_edit_replaced_stays_replaced() -> None:
    """Before the edit the new reading stands, after it what the edit said."""
    first = figure(12, role=Role.PART, report="r")
    second = figure(
        15, report="r", version=2, published_at=LATER, replaces=(event_id(first),), place=40
    )
    anew = figure(12, reading=2, report="r")
    folded = ledger(events([first, second, anew, reread(first, anew)]))
    assert _stated(folded, 1) == [12]
    assert _stated(folded, 2) == _stated(folded, None) == [15]
    assert len(folded.of_report("wire", "r")) == 3


def test_what_an_edit_replaced_is_gone_although_the_edit_held_no_figure() -> None:
    """The words of the version before went with the edit, whatever is read in the new ones."""
    first = figure(12, report="r")
    second = figure(15, report="r", version=2, replaces=(event_id(first),))
    folded = ledger(events([first, second, reread(second)]))
    assert (_stated(folded, 1), _stated(folded, 2)) == ([12], [])


def test_a_re_reading_moves_estimates_even_where_it_leaves_nothing() -> None:
    """Each measure that gained or lost a figure is told of, as it stands by now."""
    was = figure(12, measure=Measure.INJURED)
    now = figure(12, reading=2)
    change = added(events([was]), (now, reread(was, now)))
    assert [(each.after.measure, each.after.best) for each in change.moved] == [
        (Measure.KILLED, 12),
        (Measure.INJURED, None),
    ]
    assert [each.revision is None for each in change.moved] == [False, True]
    assert [each.estimate.best for each in change.revisions] == [12]


def test_two_readings_side_by_side_tell_where_they_differ() -> None:
    """Move and issuer are told where they differ, the rest always."""
    credited = replace(MISREAD, issuer="the mayor", issuer_id="mayor", issuer_rank=Rank.OFFICIAL)
    assert reading(credited) == "killed 12, part, the mayor (mayor, official)"
    assert reading(credited, replace(credited, role=Role.CURRENT)) == "killed 12, part"
    assert reading(MISREAD, credited) == "killed 12, part, nobody credited"
    assert reading(replace(MISREAD, scope="on deck")) == "killed 12 (on deck), part"


def _stated(folded: Ledger, version: int | None) -> list[int | None]:
    return [each.figure.low for each in folded.stated("wire", "r", version)]
