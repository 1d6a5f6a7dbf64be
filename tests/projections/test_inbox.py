"""The inbox folded: what was set aside, what waits, and to which incidents the rest was filed."""

from datetime import timedelta

import pytest

from builders import NOON, figure, set_aside
from said import events
from tracker.decisions import ReportRefiled
from tracker.encoding import event_id
from tracker.events import ReportRedacted
from tracker.projections.inbox import AMBIGUOUS, NOT_READ, UNCLAIMED, Followed, inbox

ONE = set_aside(report="one", figures=("killed 12", "injured 3"))
EDITED = set_aside(report="one", figures=("killed 14",))
TWO = set_aside(report="two", published_at=NOON - timedelta(days=1))
FILED = ReportRefiled(
    report=event_id(ONE),
    incident="ferry",
    effective_at=NOON + timedelta(hours=1),
    observed_at=NOON + timedelta(hours=1),
)
REDACTED = ReportRedacted(
    events=(event_id(TWO),),
    source="wire",
    report="two",
    reason="a court asked",
    effective_at=NOON,
    observed_at=NOON,
)
STREAM = events([ONE, TWO, REDACTED, EDITED, FILED])


def test_what_was_filed_is_told_with_its_incident() -> None:
    """In the order of the stream; what else happens in the inbox is passed over."""
    assert [(each.fact, each.incident) for each in inbox(STREAM)] == [
        (ONE, "ferry"),
        (TWO, None),
        (EDITED, None),
    ]


def test_the_inbox_of_a_moment_is_what_counted_then() -> None:
    """A report from its own time on, that it was filed from then on."""
    then = inbox(STREAM, as_of=NOON)
    assert [each.incident for each in then] == [None, None, None]
    assert [each.fact for each in inbox(STREAM, as_of=NOON - timedelta(hours=1))] == [TWO]


def test_what_was_filed_out_of_another_log_is_passed_over() -> None:
    """An import may bring the decision without the report."""
    assert inbox(events([FILED])) == ()


@pytest.mark.parametrize(
    ("why", "kind"),
    [
        ("no incident", UNCLAIMED),
        ("ambiguous: a, b", AMBIGUOUS),
        ("language: tr is not read", NOT_READ),
        ("language: not known", NOT_READ),
    ],
)
def test_why_it_was_set_aside_tells_what_it_waits_for(why: str, kind: str) -> None:
    (aside,) = inbox(events([set_aside(why=why)]))
    assert aside.kind == kind


def test_what_follows_the_stream_knows_what_waits_of_a_report() -> None:
    """However the stream is cut into pieces."""
    whole, piecewise = Followed(), Followed()
    whole.follow(STREAM)
    for each in STREAM:
        piecewise.follow([each])
    assert whole == piecewise
    assert whole.version == len(STREAM)
    assert whole.waiting("wire", "one") == [event_id(EDITED)]
    assert whole.waiting("wire", "two") == [event_id(TWO)]
    assert whole.waiting("cape", "one") == []


def test_figures_that_were_filed_have_an_owner() -> None:
    """All of them, or some; not with others, nor in another report."""
    followed = Followed()
    followed.follow([*STREAM, *events([figure(3)])])
    assert followed.owner("wire", "one", ["killed 12", "injured 3"]) == "ferry"
    assert followed.owner("wire", "one", ["injured 3"]) == "ferry"
    assert followed.owner("wire", "one", ["killed 14"]) is None
    assert followed.owner("wire", "two", ["killed 12"]) is None
