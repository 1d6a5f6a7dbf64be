"""A report that its source takes back, whole."""

from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

from builders import NOON, figure, withdrawn
from tracker.encoding import event_id
from tracker.events import Fact, FigureWithdrawn
from tracker.incidents.cancel import cancelled
from tracker.intake import Report, Source
from tracker.model import Measure, Rank
from tracker.projections.ledger import ledger
from tracker.store.base import Append
from tracker.store.writer import open_writer

HOUR = timedelta(hours=1)
WIRE = Source(id="wire", kind="cap", url="https://w.example", name="The Wire", rank=Rank.AGENCY)
KILLED = figure(12, report="alert-1")
INJURED = figure(30, report="alert-1", measure=Measure.INJURED)
OTHER = figure(13, report="alert-2")


def taken_back(
    stored: Sequence[Fact], at: timedelta = HOUR, report: str = "alert-1"
) -> tuple[FigureWithdrawn, ...]:
    """What the cancellation of a report, published then, adds to these facts."""
    cancel = Report(
        source="wire", id=report, title="", text="", published=NOON + at, withdrawn=True
    )
    with closing(open_writer(":memory:")) as log:
        log.append([Append("incident/ferry", 0, tuple(stored))], recorded_at=NOON)
        folded = ledger(log.read("incident/ferry"))
    return cancelled(folded, WIRE, cancel, observed_at=NOON + 2 * HOUR)


def test_every_figure_of_the_report_is_withdrawn_and_no_other() -> None:
    facts = taken_back([KILLED, INJURED, OTHER])
    assert {each.figure for each in facts} == {event_id(KILLED), event_id(INJURED)}
    assert {(each.by, each.effective_at) for each in facts} == {("wire", NOON + HOUR)}


def test_what_was_withdrawn_already_is_nothing_new() -> None:
    facts = taken_back([KILLED, INJURED, withdrawn(KILLED)])
    assert [each.figure for each in facts] == [event_id(INJURED)]


def test_a_report_that_stated_nothing_takes_nothing_back() -> None:
    assert taken_back([KILLED], report="alert-9") == ()


def test_nothing_is_withdrawn_before_it_was_said() -> None:
    """A cancellation with a clock that is slow."""
    (fact,) = taken_back([KILLED], at=-HOUR)
    assert fact.effective_at == NOON
