"""Why an estimate is what it is: the move that made it, what carries it, what was set aside."""

from datetime import UTC, datetime
from typing import Any

import pytest

from builders import NOON, figure, opened, reread, withdrawn
from said import at, events, facts, log
from tracker.decisions import (
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
)
from tracker.encoding import event_id
from tracker.errors import UnknownName
from tracker.events import Fact, FigureReported
from tracker.model import Measure, Qualifier, Reason, Role, Status
from tracker.projections.ledger import ledger
from tracker.projections.why import Why, why

LATER = datetime(2031, 6, 1, tzinfo=UTC)


def explained(*lines: str, measure: Measure = Measure.KILLED, policy: str = "standard") -> Why:
    return why(ledger(log(*lines)), "ferry-2031", measure, at=LATER, policy=policy)


def of(*said: Fact, scope: str | None = None, measure: Measure = Measure.KILLED) -> Why:
    folded = ledger(events([opened(), *said]))
    return why(folded, "ferry-2031", measure, scope, at=LATER)


def rules(told: Why) -> dict[str, list[int | None]]:
    """The numbers that each rule set aside."""
    return {each.rule: [one.entry.figure.low for one in each.figures] for each in told.groups}


def notes(told: Why, rule: str) -> list[str]:
    return [one.note for each in told.groups if each.rule == rule for one in each.figures]


def decision(**changes: Any) -> dict[str, Any]:
    return {"reason": "counted twice", "effective_at": at(20), "observed_at": at(20)} | changes


@pytest.mark.parametrize(
    ("lines", "because"),
    [
        (("1 agency: 12",), "nothing stood before"),
        (("1 agency: 12", "2 agency: 14"), "larger than what stood, and nothing speaks against it"),
        (
            ("1 agency: 12", "2 outlet: 9 down"),
            "its text itself says that the number went down",
        ),
        (
            ("1 agency: 12", "2 agency: 9"),
            "who gave the number that stood gives a smaller one",
        ),
        (
            ("1 agency: 12", "2 official: 9"),
            "a smaller number from a higher rank than the one that stood",
        ),
        (
            ("1 agency: 12", "2 agency: 9 source=other"),
            "a voice of equal rank says less, and neither outweighs the other",
        ),
        (("1 agency: over 50", "2 agency: 50"), "the same number without a hedge"),
        (("1 agency: nearly 50", "2 agency: at-least 50"), "what was nearly reached is reached"),
    ],
    ids=lambda each: each if isinstance(each, str) else " | ".join(each),
)
def test_the_move_that_made_the_estimate_is_told_with_its_reason(
    lines: tuple[str, ...], because: str
) -> None:
    told = explained(*lines)
    assert told.made is not None
    assert told.made.published_at == at(len(lines))
    assert told.because == because


def test_the_move_is_the_last_that_changed_what_stands() -> None:
    """Whoever merely confirms it is told apart."""
    told = explained("1 agency: 12", "2 agency: 14", "3 official: 14")
    assert (told.made and told.made.published_at, told.before and told.before.best) == (at(2), 12)
    assert told.confirmed is not None
    assert told.confirmed.source == "official"
    assert told.estimate.status is Status.CONFIRMED


def test_a_confirmation_of_what_stood_before_is_none_of_what_stands() -> None:
    told = explained("1 agency: 12", "2 official: 12", "3 official: 14")
    assert (told.made and told.made.published_at, told.confirmed) == (at(3), None)


def test_what_carries_it_is_told_with_its_part_in_it() -> None:
    confirmed = explained("1 agency: 12", "2 official: 12", "3 outlet: 12")
    assert [(each.entry.figure.source, each.part) for each in confirmed.carriers] == [
        ("agency", "stands"),
        ("official", "confirms"),
        ("outlet", "confirms"),
    ]
    contested = explained("1 agency: 12", "2 agency: 9 source=other")
    assert [(each.entry.figure.low, each.part) for each in contested.carriers] == [
        (9, "stands"),
        (12, "disputes"),
    ]


def test_a_sum_is_carried_by_each_of_its_parts() -> None:
    told = explained("1 agency: 12 role=component", "1 agency: 9 role=component report=agency-0")
    assert told.estimate.best == 21
    assert [each.part for each in told.carriers] == ["stands", "stands"]
    assert told.groups == ()


def test_what_was_set_aside_is_told_with_its_rule() -> None:
    told = explained(
        "1 agency: 103",
        "2 outlet: 90",
        "3 agency/ministry: 84 down earlier=95,103",
        "4 outlet: 103 source=slow",
        "5 outlet: 98 source=odd",
        "6 outlet: 80",
        "7 agency: 12 role=part",
        "8 agency: 5 role=hypothetical",
    )
    assert told.estimate.best == 84
    assert told.groups[0].because.startswith("larger, within a day of a lowering")
    assert rules(told) == {
        "held": [98],
        "outranked": [80, 90],
        "stale": [103],
        "stood before": [103],
        "earlier": [103, 95],
        "part": [12],
        "hypothetical": [5],
    }


def test_three_hundred_repeats_do_not_come_before_one_that_was_outranked() -> None:
    told = explained("1 agency: 103", "2 outlet: 90", *(f"{3 + n} agency: 103" for n in range(300)))
    assert [each.rule for each in told.groups] == ["outranked", "repeated"]
    assert len(told.groups[1].figures) == 300
    times = [each.entry.figure.published_at for each in told.groups[1].figures]
    assert times == sorted(times, reverse=True)


def everything() -> list[Fact]:
    """A history with every way in which a figure does not carry the estimate."""
    edited = figure(12, report="edited", published_at=at(1))
    edit = figure(13, report="edited", version=2, published_at=at(2), replaces=(event_id(edited),))
    wrong = figure(99, report="wrong", published_at=at(3))
    misread = figure(7, report="misread", published_at=at(4))
    anew = figure(7, report="misread", published_at=at(4), role=Role.PART, reading=2)
    aboard = figure(6, report="aboard", published_at=at(5), scope="the crew")
    return [
        edited,
        edit,
        wrong,
        withdrawn(wrong, by="operator", reason="a misprint", effective_at=at(6)),
        misread,
        anew,
        reread(misread, anew),
        aboard,
        figure(14, report="now", published_at=at(7), source="other"),
        figure(3, report="hurt", published_at=at(7), measure=Measure.INJURED),
        *facts("8 outlet: 11", 8),
        *facts("9 unverified: 70", 9),
    ]


def test_every_figure_of_the_measure_is_told_once_and_no_other() -> None:
    told = of(*everything())
    aside = [one.entry.event.id for each in told.groups for one in each.figures]
    carrying = [each.entry.event.id for each in told.carriers]
    said = [each for each in everything() if isinstance(each, FigureReported)]
    assert sorted([*carrying, *aside]) == sorted(
        event_id(each) for each in said if each.measure is Measure.KILLED
    )


def test_what_the_policy_never_heard_has_a_rule_of_its_own() -> None:
    told = of(*everything())
    assert rules(told) == {
        "withdrawn": [99],
        "outranked": [11],
        "unverified": [70],
        "superseded": [12],
        "stood before": [13],
        "part": [7],
        "another scope": [6],
        "read anew": [7],
    }
    assert notes(told, "withdrawn") == ["by operator: a misprint"]
    assert notes(told, "superseded") == ["not in version 2 of its report"]
    assert notes(told, "stood before") == ["raised"]
    assert notes(told, "another scope") == ["the crew"]
    assert notes(told, "read anew") == ["now killed 7, part"]


def test_a_scope_has_an_estimate_and_an_explanation_of_its_own() -> None:
    told = of(*everything(), scope="the crew")
    assert [each.entry.figure.low for each in told.carriers] == [6]
    assert notes(told, "another scope") == ["the whole incident"] * len(
        rules(told)["another scope"]
    )
    assert [(each.scope, each.best) for each in told.scopes] == [(None, 14)]
    assert [(each.scope, each.best) for each in of(*everything()).scopes] == [("the crew", 6)]


def test_an_unknown_scope_or_policy_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(UnknownName, match=r"no scope 'crew' \(did you mean 'the crew'\?\)"):
        of(*everything(), scope="crew")
    with pytest.raises(UnknownName, match="no policy 'newest'"):
        explained("1 agency: 12", policy="newest")


def test_where_nobody_stated_a_figure_there_is_nothing_to_explain() -> None:
    told = explained("1 agency: 12", measure=Measure.MISSING)
    assert told.estimate.phrase is None
    assert (told.made, told.because, told.carriers, told.groups) == (None, "", (), ())


def test_what_a_withdrawal_leaves_is_explained_by_the_withdrawal() -> None:
    first, second = figure(12, report="a"), figure(14, report="b", published_at=at(14))
    told = of(first, second, withdrawn(second, by="operator", effective_at=at(20)))
    assert told.made is not None
    assert (told.made.reason, told.because) == (Reason.WITHDRAWN, "a figure was taken back")
    assert (told.before and told.before.best, told.estimate.best) == (14, 12)
    assert [each.fact.TYPE for each in told.decisions] == ["figure.withdrawn"]


def test_what_its_own_report_took_back_is_no_decision_of_an_operator() -> None:
    first, second = figure(12, report="a"), figure(14, report="b", published_at=at(14))
    told = of(first, second, withdrawn(second, effective_at=at(20)))
    assert told.decisions == ()
    assert notes(told, "withdrawn") == ["by wire: the report no longer states it"]


def test_decisions_on_the_figures_of_the_measure_are_told_in_order() -> None:
    said = figure(12, published_at=at(1))
    hurt = figure(3, published_at=at(1), measure=Measure.INJURED)
    corrected = FigureCorrected(
        **decision(
            incident="ferry-2031",
            measure=Measure.KILLED,
            low=10,
            high=10,
            qualifier=Qualifier.EXACT,
            effective_at=at(30),
        )
    )
    told = of(
        said,
        hurt,
        corrected,
        FigureRejected(**decision(figure=event_id(said), by="operator")),
        FigureRejected(**decision(figure=event_id(hurt), by="operator")),
        FigureReinstated(**decision(figure=event_id(said), effective_at=at(25))),
    )
    assert [each.fact.TYPE for each in told.decisions] == [
        "figure.rejected",
        "figure.reinstated",
        "figure.corrected",
    ]
    assert (told.estimate.best, told.because) == (10, "an operator corrected it")
    assert [each.entry.figure.quote for each in told.carriers] == ["counted twice"]


def test_a_merging_that_both_streams_tell_is_told_once() -> None:
    joined = decision(incident="barge-2031", into="ferry-2031")
    both = [IncidentMerged(home=home, **joined) for home in ("barge-2031", "ferry-2031")]
    assert [each.fact for each in of(figure(12), *both).decisions] in ([both[0]], [both[1]])


def test_a_denied_figure_is_told_with_whoever_denies_it() -> None:
    said = figure(12, published_at=at(1))
    rejected = FigureRejected(**decision(figure=event_id(said), by="the coast guard"))
    assert notes(of(said, rejected), "denied") == ["by the coast guard: counted twice"]
    text = explained("1 agency/ministry: 40", "2 outlet/ministry: 40 role=rejected")
    assert notes(text, "denied") == ["by ministry"]


def test_a_closed_incident_says_so_and_the_move_stays_the_one_that_made_the_number() -> None:
    closed = IncidentClosed(**decision(incident="ferry-2031"))
    late = figure(40, published_at=at(21))
    told = of(figure(12, published_at=at(1)), closed, late)
    assert (told.estimate.best, told.because) == (12, "nothing stood before")
    assert rules(told) == {"closed": [40]}
    assert (told.prospect.shut, told.prospect.would) == ("closed", ())
    reopened = IncidentReopened(**decision(incident="ferry-2031", effective_at=at(30)))
    again = of(figure(12, published_at=at(1)), closed, late, reopened)
    assert (again.estimate.best, again.prospect.shut) == (40, "")


def test_the_past_is_explained_as_it_was() -> None:
    """With what counted then, and with who might have spoken next."""
    stream = log("1 agency: 103", "3 agency/ministry: 84 down", "9 official: 86")
    then = why(ledger(stream, as_of=at(2)), "ferry-2031", Measure.KILLED, at=at(2))
    assert (then.estimate.best, then.because) == (103, "nothing stood before")
    assert then.groups == ()


def test_the_same_ledger_gives_the_same_explanation() -> None:
    """And leaves what was heard as it was."""
    folded = ledger(log("1 agency: 103", "3 agency/ministry: 84 down", "4 outlet: 98"))
    asked = [why(folded, "ferry-2031", Measure.KILLED, at=NOON) for _ in range(2)]
    assert asked[0] == asked[1]
