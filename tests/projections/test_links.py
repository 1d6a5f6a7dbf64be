"""Missing turned dead: two moves of one report, shown together and never added."""

import pytest

from said import log
from tracker.model import Measure
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.projections.links import linked

FOUND = [
    "1 agency: 10 report=a",
    "1 agency: 40 measure=missing report=a",
    "5 agency: 14 up report=b",
    "5 agency: 36 measure=missing report=b",
]


@pytest.mark.parametrize(
    ("measure", "other", "change"),
    [(Measure.KILLED, Measure.MISSING, -4), (Measure.MISSING, Measure.KILLED, 4)],
)
def test_either_history_names_the_move_of_the_other(
    measure: Measure, other: Measure, change: int
) -> None:
    folded = ledger(log(*FOUND))
    moved = history(folded, "x", measure)
    found = linked(folded, "x", moved)
    assert [*found] == [moved[-1].event_id]
    assert (found[moved[-1].event_id].estimate.measure, found[moved[-1].event_id].change) == (
        other,
        change,
    )


@pytest.mark.parametrize(
    "lines",
    [
        FOUND[:2],
        [*FOUND[:3], "5 agency: 36 measure=missing report=c"],
        [*FOUND[:3], "5 agency: 44 measure=missing report=b"],
        [*FOUND[:2], "5 agency: 14 up report=b"],
        FOUND[:1],
    ],
)
def test_moves_of_two_reports_or_in_one_direction_are_not_linked(lines: list[str]) -> None:
    folded = ledger(log(*lines))
    assert linked(folded, "x", history(folded, "x", Measure.KILLED)) == {}
