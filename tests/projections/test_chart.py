"""What a chart shows, as values: steps, bounds, marks, falls, contested stretches."""

from datetime import timedelta

import pytest

from builders import figure, opened, withdrawn
from said import BEGAN, at, events, facts, log
from tracker.decisions import FigureCorrected, FigureReinstated
from tracker.encoding import event_id
from tracker.errors import UnknownName
from tracker.events import Fact
from tracker.model import Measure, Qualifier, Rank, Role
from tracker.projections.chart import Bend, Chart, Effect, Mark, Span, Step, apart, chart
from tracker.projections.ledger import ledger

KILLED = Measure.KILLED


def drawn(*lines: str, policy: str = "standard", measure: Measure = KILLED) -> Chart:
    """The chart of a history of short lines."""
    made = chart(ledger(log(*lines)), "ferry-2031", measure, policy=policy)
    assert made is not None
    return made


def drawn_of(*said: Fact) -> Chart | None:
    return chart(ledger(events([opened(), *said])), "ferry-2031", KILLED)


def effects(made: Chart) -> list[tuple[int, Effect]]:
    return [(each.number, each.effect) for each in made.marks]


def test_the_line_goes_from_move_to_move_and_a_little_on() -> None:
    """An open bound is none; the last step is drawn on by a sixteenth of the period."""
    made = drawn("0 outlet: over 10", "16 agency/ministry: 14")
    assert made.steps == (
        Step(at(0), at(16), best=10, low=11, high=None, contested=False),
        Step(at(16), at(17), best=14, low=14, high=14, contested=False),
    )
    assert (made.since, made.until, made.end) == (at(0), at(16), at(17))
    assert made.period == timedelta(hours=17)
    assert made.title == "Ferry accident off the cape"
    assert made.estimate.best == 14


def test_a_single_figure_is_drawn_for_an_hour() -> None:
    made = drawn("3 outlet: 12")
    assert made.steps == (Step(at(3), at(4), best=12, low=12, high=12, contested=False),)
    assert (made.lowest, made.highest) == (11, 13)


def test_each_figure_has_a_mark_by_the_rank_of_its_voice_and_what_it_did() -> None:
    made = drawn(
        "1 outlet: 12",
        "2 agency/ministry: 14",
        "3 outlet2: 12",
        "4 unverified: 15",
        "5 agency2: 14",
    )
    assert made.marks == (
        Mark(at(1), 12, Rank.OUTLET, Effect.MOVED),
        Mark(at(2), 14, Rank.OFFICIAL, Effect.MOVED),
        Mark(at(3), 12, Rank.OUTLET, Effect.NOTHING),
        Mark(at(4), 15, Rank.UNVERIFIED, Effect.NOTHING),
        Mark(at(5), 14, Rank.AGENCY, Effect.MOVED),  # confirmed it
    )


def test_a_figure_that_only_confirms_is_marked_where_it_says() -> None:
    """ "Over 100" bears out 103, and is drawn at 100."""
    made = drawn("1 agency: 103", "2 agency2: over 100")
    assert effects(made) == [(103, Effect.MOVED), (100, Effect.MOVED)]


def test_a_withdrawn_figure_is_gone_and_the_way_back_down_is_a_fall() -> None:
    """What stood in between stays drawn."""
    first, second = figure(12, published_at=at(1)), figure(15, published_at=at(5))
    made = drawn_of(first, second, withdrawn(second, effective_at=at(9)))
    assert made is not None
    assert effects(made) == [(12, Effect.MOVED), (15, Effect.GONE)]
    assert [(each.since, each.best) for each in made.steps] == [
        (at(1), 12),
        (at(5), 15),
        (at(9), 12),
    ]
    assert made.bends == (Bend(at(9), 15, 12, "withdrawn"),)
    assert made.bends[0].size == -3
    assert made.bends[0].falls


def test_a_denial_has_no_mark_of_its_own() -> None:
    made = drawn(
        "1 agency: 12",
        "3 agency/ministry: 20",
        "9 agency2/ministry: 20 role=rejected",
    )
    assert effects(made) == [(12, Effect.MOVED), (20, Effect.GONE)]
    assert [(each.before, each.after, each.reason) for each in made.bends] == [(20, 12, "denied")]


def test_a_decision_has_no_mark_and_says_why_the_line_moved() -> None:
    """Whatever the reason, even a rise: no figure there would explain it."""
    figures = figure(12, published_at=at(1)), figure(14, published_at=at(20))
    corrected = FigureCorrected(
        incident="ferry-2031",
        measure=KILLED,
        low=10,
        high=10,
        qualifier=Qualifier.EXACT,
        reason="a slip",
        effective_at=at(8),
        observed_at=at(8),
    )
    back = FigureReinstated(
        figure=event_id(figures[1]), reason="it stands", effective_at=at(30), observed_at=at(30)
    )
    made = drawn_of(*figures, corrected, withdrawn(figures[1], effective_at=at(24)), back)
    assert made is not None
    assert effects(made) == [(12, Effect.MOVED), (14, Effect.MOVED)]
    assert [(each.size, each.reason) for each in made.bends] == [
        (-2, "corrected"),
        (-4, "withdrawn"),
        (4, "reinstated"),
    ]


def test_where_nothing_is_left_the_line_ends() -> None:
    only = figure(12, published_at=at(1))
    made = drawn_of(only, withdrawn(only, effective_at=at(5)))
    assert made is not None
    assert [each.best for each in made.steps] == [12, None]
    assert made.bends == (Bend(at(5), 12, None, "withdrawn"),)
    assert made.bends[0].size is None
    assert not made.bends[0].falls


def test_a_rise_that_a_figure_made_is_no_turn() -> None:
    made = drawn("1 agency: 12", "2 agency: 20", "3 agency: 15 down")
    assert made.bends == (Bend(at(3), 20, 15, "lowered"),)


def test_a_contested_stretch_is_one_span_with_bounds_that_cover_both() -> None:
    made = drawn("1 agency: 30", "2 agency2: 20", "9 agency/ministry: 31")
    assert made.contested == (Span(at(2), at(9)),)
    assert [(each.low, each.high, each.contested) for each in made.steps] == [
        (30, 30, False),
        (20, 30, True),
        (31, 31, False),
    ]


def test_contested_steps_that_meet_are_one_span() -> None:
    """Contested by one, then by another: it never ended in between."""
    made = drawn("1 agency: 30", "2 agency2: 20", "3 agency3: 10")
    assert [each.contested for each in made.steps] == [False, True, True]
    assert made.contested == (Span(at(2), made.end),)


def test_a_contest_that_lasts_is_drawn_to_the_end() -> None:
    made = drawn("1 agency: 30", "17 agency2: 20")
    assert made.contested == (Span(at(17), at(18)),)


def test_a_ceiling_is_marked_where_it_stands_and_has_no_line() -> None:
    made = drawn("1 outlet: up-to 50")
    assert effects(made) == [(50, Effect.MOVED)]
    assert [(each.best, each.low, each.high) for each in made.steps] == [(None, None, 50)]
    assert (made.lowest, made.highest) == (0, 50)


def test_a_word_is_drawn_as_what_it_stands_for_or_not_at_all() -> None:
    made = drawn("1 outlet: some", "5 outlet: dozens")
    assert made.since == at(1)
    assert effects(made) == [(12, Effect.MOVED)]
    assert [each.best for each in made.steps] == [None, 12]


def test_the_sum_of_parts_is_one_figure() -> None:
    """Its parts have no marks, whether it moves the estimate or not."""
    parts = [
        figure(low, report="sum", role=Role.COMPONENT, published_at=at(1), place=low)
        for low in (3, 5)
    ]
    made = drawn_of(*parts)
    assert made is not None
    assert effects(made) == [(8, Effect.MOVED)]
    late = [
        figure(low, report="late", role=Role.COMPONENT, published_at=at(9), place=low)
        for low in (2, 4)
    ]
    also = drawn_of(*parts, figure(9, published_at=at(3)), *late)
    assert also is not None
    assert effects(also) == [(8, Effect.MOVED), (9, Effect.MOVED)]
    assert also.until == at(9)


def test_other_measures_and_scopes_have_charts_of_their_own() -> None:
    lines = ("1 agency: 12", "2 agency: 5 scope=north_pier", "3 agency: 40 measure=injured")
    assert effects(drawn(*lines)) == [(12, Effect.MOVED)]
    assert effects(drawn(*lines, measure=Measure.INJURED)) == [(40, Effect.MOVED)]
    scoped = chart(ledger(log(*lines)), "ferry-2031", KILLED, "north pier")
    assert scoped is not None
    assert effects(scoped) == [(5, Effect.MOVED)]


@pytest.mark.parametrize("lines", [(), ("1 outlet: some",), ("1 agency: 40 measure=injured",)])
def test_without_a_number_there_is_no_chart(lines: tuple[str, ...]) -> None:
    assert chart(ledger(log(*lines)), "ferry-2031", KILLED) is None


def test_a_figure_far_off_does_not_flatten_the_line() -> None:
    """It is marked, and out of sight; one that is not so far off is in sight."""
    made = drawn("1 agency: 20", "2 agency: 24", "3 unverified: 9000", "4 unverified2: 30")
    assert effects(made)[2:] == [(9000, Effect.NOTHING), (30, Effect.NOTHING)]
    assert (made.lowest, made.highest) == (20, 30)


def test_nought_is_in_sight_where_it_takes_no_more_room_than_the_rest() -> None:
    assert (drawn("1 agency: 5", "2 agency: 10").lowest) == 0
    assert (drawn("1 agency: 6", "2 agency: 10").lowest) == 6
    assert (drawn("1 agency: 0").lowest, drawn("1 agency: 0").highest) == (0, 1)


def test_bounds_are_in_sight() -> None:
    made = drawn("1 agency: about 100")
    assert (made.lowest, made.highest) == (90, 110)


def test_another_policy_makes_another_chart() -> None:
    lines = ("1 agency: 12", "2 agency: 20", "3 agency: 15 down")
    assert [each.best for each in drawn(*lines, policy="highest").steps] == [12, 20]
    with pytest.raises(UnknownName):
        drawn(*lines, policy="loudest")


def test_a_slip_of_a_date_leaves_the_calendar_whole() -> None:
    """The year 9999 has no day after, and the year 1 none before."""
    early = figure(3, published_at=BEGAN.replace(year=1, month=1, day=1))
    late = figure(4, published_at=BEGAN.replace(year=9999, month=12, day=31))
    made = drawn_of(early, late)
    assert made is not None
    assert made.since.year == 1
    assert made.until < made.end
    only = drawn_of(late)
    assert only is not None
    assert only.period > timedelta(0)


def test_labels_are_for_the_largest_falls_and_keep_apart() -> None:
    bends = [
        Bend(at(hour), 100, 100 - size, "lowered")
        for hour, size in ((1, 5), (2, 9), (6, 3), (7, 1), (20, 2))
    ]
    gap = timedelta(hours=2)
    assert [bend.size for bend in apart(bends, gap, most=9)] == [-9, -3, -2]
    assert [bend.size for bend in apart(bends, gap, most=2)] == [-9, -3]


def test_a_mark_follows_the_hedge_of_its_own_text() -> None:
    """ "Nearly 100" is drawn at 100, as the history tells it."""
    made = drawn_of(figure(None, high=100, qualifier=Qualifier.NEARLY, published_at=at(1)))
    assert made is not None
    assert effects(made) == [(100, Effect.MOVED)]
    assert [(each.best, each.low, each.high) for each in made.steps] == [(100, 90, 99)]


def test_figures_are_marked_in_the_order_in_which_they_count() -> None:
    said = [
        fact
        for number, line in enumerate(("5 agency: 15", "1 agency: 12"))
        for fact in facts(line, number)
    ]
    made = drawn_of(*said)
    assert made is not None
    assert [each.number for each in made.marks] == [12, 15]
