"""What became of an event: what it did to each estimate, and which events tell of it."""

from typing import Any

import pytest

from builders import figure, opened, reread, set_aside, withdrawn
from said import at, events
from tracker.decisions import (
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    ReportRefiled,
)
from tracker.encoding import event_id
from tracker.events import Event, Fact, ReportRedacted
from tracker.model import Measure, Qualifier, Reason, Role
from tracker.projections.became import Effect, beside, effects, names, naming
from tracker.projections.ledger import ledger


def decision(**changes: Any) -> dict[str, Any]:
    return {"reason": "counted twice", "effective_at": at(20), "observed_at": at(20)} | changes


FIRST = figure(12, report="a", published_at=at(1))
SECOND = figure(14, report="b", published_at=at(2), source="other")
THIRD = figure(9, report="c", published_at=at(3), source="third")
CREW = figure(6, report="d", published_at=at(4), scope="the crew")
HURT = figure(3, report="a", published_at=at(1), measure=Measure.INJURED)
TAKEN_BACK = withdrawn(THIRD, by="operator", effective_at=at(10))
CORRECTED = FigureCorrected(
    **decision(
        incident="ferry-2031",
        measure=Measure.KILLED,
        low=13,
        high=13,
        qualifier=Qualifier.EXACT,
        effective_at=at(30),
    )
)


def of(fact: Fact, *said: Fact) -> tuple[Effect, ...]:
    stream = events([opened(), *said])
    (event,) = [each for each in stream if each.id == event_id(fact)]
    return effects(ledger(stream), "ferry-2031", event)


def test_a_figure_that_stands_is_told_with_the_move_that_it_made() -> None:
    (effect,) = of(SECOND, FIRST, SECOND)
    assert effect.revision is not None
    assert (effect.revision.reason, effect.part, effect.aside) == (Reason.RAISED, "stands", None)


def test_a_figure_that_stood_is_told_with_its_move_and_what_passed_it() -> None:
    (effect,) = of(FIRST, FIRST, SECOND)
    assert effect.revision is not None
    assert effect.revision.reason is Reason.FIRST
    assert effect.part is None
    assert effect.aside is not None
    assert (effect.aside.rule, effect.estimate.best) == ("stood before", 14)
    assert "until the estimate moved on" in effect.aside.because


def test_a_figure_of_a_scope_is_told_in_that_scope() -> None:
    (effect,) = of(CREW, FIRST, CREW)
    assert (effect.estimate.scope, effect.part) == ("the crew", "stands")


def test_a_part_of_a_sum_is_told_in_the_whole_and_in_its_scope() -> None:
    rest = figure(5, report="d", published_at=at(4), scope="the passengers")
    found = of(CREW, CREW, rest)
    assert [(each.estimate.scope, each.estimate.best, each.part) for each in found] == [
        (None, 11, "stands"),
        ("the crew", 6, "stands"),
    ]


def test_a_figure_whose_role_does_not_count_is_told_with_its_role() -> None:
    part = figure(4, report="e", role=Role.PART)
    (effect,) = of(part, FIRST, part)
    assert effect.aside is not None
    assert (effect.aside.rule, effect.revision) == ("part", None)


def test_a_figure_that_was_read_anew_is_told_as_what_it_is_read_by_now() -> None:
    anew = figure(4, report="a", role=Role.PART, reading=2)
    (effect,) = of(FIRST, FIRST, anew, reread(FIRST, anew))
    assert effect.aside is not None
    assert (effect.aside.rule, effect.aside.note) == ("read anew", "now killed 4, part")
    gone = of(FIRST, FIRST, SECOND, reread(FIRST))
    assert [each.aside and each.aside.note for each in gone] == ["now no figure"]
    assert of(FIRST, FIRST, reread(FIRST)) == ()


def test_a_withdrawal_and_a_correction_are_told_with_their_moves() -> None:
    (effect,) = of(TAKEN_BACK, FIRST, SECOND, THIRD, TAKEN_BACK)
    assert effect.revision is not None
    assert (effect.revision.reason, effect.estimate.best) == (Reason.WITHDRAWN, 14)
    (effect,) = of(CORRECTED, FIRST, SECOND, HURT, CORRECTED)
    assert effect.revision is not None
    assert (effect.revision.reason, effect.part) == (Reason.CORRECTED, "stands")


def test_what_moved_nothing_has_no_effect() -> None:
    part = figure(4, report="e", role=Role.PART)
    assert of(withdrawn(part), FIRST, part, withdrawn(part)) == ()


def test_a_decision_on_the_incident_is_told_for_each_of_its_estimates() -> None:
    closed = IncidentClosed(**decision(incident="ferry-2031"))
    found = of(closed, FIRST, HURT, closed)
    assert [each.estimate.measure for each in found] == [Measure.KILLED, Measure.INJURED]


@pytest.mark.parametrize("home", ["ferry-2031", "barge-2031"])
def test_a_merging_is_told_by_the_event_of_either_incident(home: str) -> None:
    """Each stream has one of its own, and either of them moves the estimate."""

    def merging(where: str) -> IncidentMerged:
        return IncidentMerged(**decision(incident="barge-2031", into="ferry-2031", home=where))

    own = events([opened(), FIRST, merging("ferry-2031")])
    other = [
        Event(
            position=each.position,
            stream="incident/barge-2031",
            version=each.version,
            id=each.id,
            recorded_at=each.recorded_at,
            fact=each.fact,
        )
        for each in events([opened("barge-2031"), SECOND, merging("barge-2031")])
    ]
    (event,) = [each for each in (*own, *other) if each.id == event_id(merging(home))]
    (effect,) = effects(ledger([*own, *other]), "ferry-2031", event)
    assert effect.revision is not None
    assert (effect.revision.reason, effect.estimate.best) == (Reason.MERGED, 14)


def test_an_event_names_those_that_it_is_about_and_they_can_be_asked_for_it() -> None:
    edit = figure(15, report="a", version=2, published_at=at(5), replaces=(event_id(FIRST),))
    aside = set_aside()
    refiled = ReportRefiled(
        report=event_id(aside), incident="ferry-2031", effective_at=at(9), observed_at=at(9)
    )
    redacted = ReportRedacted(
        events=(event_id(FIRST), event_id(HURT)),
        source="wire",
        report="a",
        reason="asked",
        effective_at=at(9),
        observed_at=at(9),
    )
    rejected = FigureRejected(**decision(figure=event_id(FIRST), by="operator"))
    reinstated = FigureReinstated(**decision(figure=event_id(FIRST)))
    again = reread(FIRST, SECOND)
    stream = events(
        [FIRST, HURT, edit, TAKEN_BACK, rejected, reinstated, again, aside, refiled, redacted]
    )
    first, *_ = stream
    assert [each.fact.TYPE for each in naming(first, stream)] == [
        "figure.reported",
        "figure.rejected",
        "figure.reinstated",
        "figure.reread",
        "report.redacted",
    ]
    assert names(again) == (event_id(FIRST), event_id(SECOND))
    assert names(refiled) == (event_id(aside),)
    assert names(TAKEN_BACK) == (event_id(THIRD),)
    assert names(aside) == names(opened()) == names(CORRECTED) == ()
    assert names(IncidentClosed(**decision(incident="ferry-2031"))) == ()


def test_beside_a_figure_stand_the_others_of_its_version() -> None:
    edit = figure(15, report="a", version=2, published_at=at(5), replaces=(event_id(FIRST),))
    folded = ledger(events([FIRST, HURT, SECOND, edit]))
    assert [each.figure for each in beside(FIRST, folded)] == [HURT]
    assert [each.figure for each in beside(edit, folded)] == [HURT]
    assert [each.figure for each in beside(HURT, folded)] == [FIRST]
