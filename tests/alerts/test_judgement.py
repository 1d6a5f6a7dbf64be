"""Each rule by itself: what it lets pass, what it stops, and what it has nothing to say to."""

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.alerts.endpoint import Rules
from tracker.alerts.judgement import (
    MOST_REMEMBERED,
    RULES,
    Verdict,
    gist,
    judge,
    not_until,
    noted_status,
    opening,
    remembered,
    way,
)
from tracker.model import Estimate, Measure, Status
from tracker.store.records import Held, Told

NOON = datetime(2031, 5, 3, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
NOTHING = Estimate(incident="ferry-2031", measure=Measure.KILLED)


def stands(best: int | None, **changes: Any) -> Estimate:
    """Exactly so many killed; None: nobody says."""
    if best is None:
        return replace(NOTHING, **changes)
    exact: dict[str, Any] = {"best": best, "low": best, "high": best, "phrase": str(best)}
    return replace(NOTHING, **(exact | {"status": Status.REPORTED} | changes))


def told(best: int | None, *, at: datetime = NOON, **changes: Any) -> Told:
    """What a receiver was told."""
    value = stands(best, **changes)
    return Told(
        endpoint="desk",
        incident=value.incident,
        measure=value.measure,
        scope=value.scope,
        policy="standard",
        phrase=value.phrase,
        best=value.best,
        low=value.low,
        high=value.high,
        status=value.status,
        sequence=1,
        told_at=at,
    )


def passes(before: int | None, after: int | None, **rules: Any) -> bool:
    """Whether a receiver with these rules is told that `after` stands in the place of `before`."""
    return judge(Rules(**rules), told(before), stands(after)).told


def test_without_rules_all_news_is_told() -> None:
    for before, after in ((12, 14), (14, 12), (14, None), (None, 3)):
        assert judge(Rules(), told(before), stands(after)) == Verdict(told=True, rule="")
    assert judge(Rules(), None, stands(3)) == Verdict(told=True, rule="first")


def test_only_what_was_asked_for_is_told() -> None:
    here, dead = frozenset({"ferry-2031"}), frozenset({Measure.KILLED})
    elsewhere, missing = frozenset({"mill-2031"}), frozenset({Measure.MISSING})
    assert passes(12, 14, incidents=here, measures=dead)
    for rules in (
        Rules(incidents=elsewhere, measures=dead),
        Rules(incidents=here, measures=missing),
    ):
        assert judge(rules, None, stands(14)) == Verdict(told=False, rule="mine")


def test_a_mere_confirmation_is_no_news() -> None:
    after = stands(14, status=Status.CONFIRMED)
    assert judge(Rules(), told(14), after) == Verdict(told=False, rule="news")
    assert judge(Rules(), None, NOTHING) == Verdict(told=False, rule="news")


def test_who_asks_for_what_is_confirmed_is_told_when_it_is() -> None:
    """And who was told it before is told nothing by a second voice."""
    confirmed = Rules(statuses=frozenset({Status.CONFIRMED}))
    assert judge(confirmed, None, stands(14)) == Verdict(told=False, rule="status")
    after = stands(14, status=Status.CONFIRMED)
    assert judge(confirmed, None, after).told
    assert not judge(confirmed, told(14, status=Status.CONFIRMED), after).told
    assert not judge(confirmed, told(14, status=Status.CONFIRMED), stands(15)).told


def test_that_what_was_told_stands_no_longer_is_told_whatever_status_is_asked_for() -> None:
    confirmed = frozenset({Status.CONFIRMED})
    assert passes(14, None, statuses=confirmed)
    assert passes(14, None, statuses=confirmed, direction="down")
    assert not passes(14, None, direction="up")


def test_the_first_figure_passes_or_stops_whatever_its_size() -> None:
    for rules in (Rules(direction="down"), Rules(min_change=100), Rules(thresholds=(100,))):
        assert judge(rules, None, stands(14)) == Verdict(told=True, rule="first")
    stopped = Verdict(told=False, rule="first")
    assert judge(Rules(first=False, thresholds=(10,)), None, stands(14)) == stopped


CONTESTED: dict[str, Any] = {"status": Status.CONTESTED, "low": 12, "high": 14}


def test_contested_and_settled_are_told_as_such_whatever_their_size() -> None:
    rules = Rules(min_change=100, statuses=frozenset({Status.CONTESTED, Status.REPORTED}))
    contested = judge(rules, told(14), stands(14, **CONTESTED))
    assert contested == Verdict(told=True, rule="contested", type="estimate.contested")
    settled = judge(rules, told(14, **CONTESTED), stands(14))
    assert settled == Verdict(told=True, rule="contested", type="estimate.settled")


def test_of_a_contest_that_was_passed_over_nothing_is_told_by_itself() -> None:
    """Neither when it is looked at again, nor when it is settled; another number is told."""
    rules, contested = Rules(direction="up"), stands(12, **CONTESTED)
    assert judge(rules, told(14), contested).rule == "direction"
    noted = told(12, **(CONTESTED | {"status": noted_status(told(14), contested)}))
    assert not judge(rules, noted, contested).told
    assert not judge(rules, noted, stands(12)).told
    assert not judge(Rules(first=False), noted, contested).told
    assert judge(rules, noted, stands(13)).told
    # Nor is who was told of a contest told of another, where they were not told that it was over.
    over = noted_status(told(14, **CONTESTED), stands(12))
    assert not judge(rules, told(12, status=over), contested).told


def test_what_has_no_best_figure_goes_neither_way_and_crosses_no_threshold() -> None:
    """By how much "up to 500" differs from 120 nobody knows: it is not too little."""
    vague: dict[str, Any] = {"phrase": "up to 500", "high": 500, "status": Status.REPORTED}
    for before, after in ((told(120), stands(None, **vague)), (told(None, **vague), stands(120))):
        assert way(before, after) is None
        for rules in (Rules(direction="up"), Rules(direction="down")):
            assert judge(rules, before, after) == Verdict(told=False, rule="direction")
        assert not judge(Rules(thresholds=(100,)), before, after).told
        assert judge(Rules(thresholds=(100,), min_change=500, min_percent=90), before, after).told
    assert way(told(None, **vague), NOTHING) == "down"
    assert way(told(None), stands(3)) == "up"


def test_whoever_does_not_ask_for_contests_is_told_of_numbers_only() -> None:
    """The bounds of a contested estimate are those of both sides: no news to this receiver."""
    rules = Rules(contested=False)
    for before, after in (
        (told(14), stands(14, **CONTESTED)),
        (told(14, **CONTESTED), stands(14)),
    ):
        assert judge(rules, before, after) == Verdict(told=False, rule="contested")
    assert judge(rules, told(14), stands(12, **CONTESTED)) == Verdict(told=True, rule="")


def test_a_first_figure_that_is_contested_and_one_that_is_withdrawn_are_what_they_are() -> None:
    """Where nothing was told nothing became contested, and no withdrawal settles anything."""
    assert judge(Rules(), None, stands(14, **CONTESTED)).type == "estimate.revised"
    assert judge(Rules(), told(14, **CONTESTED), NOTHING).type == "estimate.revised"


@pytest.mark.parametrize(
    ("before", "after", "direction", "expected"),
    [
        (12, 14, "up", True),
        (12, 14, "down", False),
        (14, 12, "down", True),
        (14, 12, "up", False),
        (14, None, "down", True),
        (None, 14, "up", True),
        (None, 14, "down", False),
    ],
)
def test_a_direction_lets_pass_what_goes_its_way(
    before: int | None, after: int | None, direction: str, expected: bool
) -> None:
    assert passes(before, after, direction=direction) is expected
    assert passes(before, after)


def test_where_no_number_moved_only_both_directions_let_it_pass() -> None:
    hedged = stands(14, phrase="about 14", low=13, high=15)
    assert judge(Rules(), told(14), hedged).told
    for rules in (Rules(direction="up"), Rules(direction="down")):
        assert judge(rules, told(14), hedged) == Verdict(told=False, rule="direction")


def test_a_contest_that_goes_the_wrong_way_does_not_pass() -> None:
    up, down = Rules(direction="up"), Rules(direction="down")
    for rules in (up, down):
        assert judge(rules, told(14), stands(14, **CONTESTED)).told
    assert judge(down, told(14), stands(12, **CONTESTED)).told
    assert not judge(up, told(14), stands(12, **CONTESTED)).told


def test_that_nothing_stands_any_more_is_told_whatever_its_size() -> None:
    """Nobody is to keep a number that is gone; only who asks for rises is not told of a fall."""
    for rules in (Rules(thresholds=(100,)), Rules(min_change=50), Rules(min_percent=500.0)):
        assert judge(rules, told(12), stands(None)).told
    assert not judge(Rules(direction="up"), told(12), stands(None)).told


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (99, 100, True),
        (100, 99, True),
        (100, 101, False),
        (99, 98, False),
        (99, 1_500, True),
        (2_000, 1_000, False),
        (1_000, 999, True),
        (120, None, True),
    ],
)
def test_thresholds_alone_let_pass_what_crosses_them_up_or_down(
    before: int, after: int | None, expected: bool
) -> None:
    assert passes(before, after, thresholds=(100, 1_000)) is expected


@pytest.mark.parametrize(
    ("rules", "enough", "too_little"),
    [
        ({"min_change": 10}, (100, 110), (100, 109)),
        ({"min_change": 10}, (100, 90), (100, 91)),
        ({"min_percent": 10.0}, (100, 110), (100, 109)),
        ({"min_percent": 12.5}, (8, 9), (9, 10)),
        ({"min_change": 10, "min_percent": 10.0}, (1_000, 1_100), (1_000, 1_010)),
        ({"min_change": 10, "min_percent": 10.0}, (20, 30), (20, 22)),
        ({"min_change": 10, "thresholds": (100,)}, (99, 100), (100, 101)),
        ({"min_percent": 5.0}, (None, 1), (100, 104)),
    ],
)
def test_a_change_passes_by_a_threshold_or_by_all_the_minimums_that_are_given(
    rules: dict[str, Any], enough: tuple[int, int], too_little: tuple[int, int]
) -> None:
    assert passes(*enough, **rules)
    assert not passes(*too_little, **rules)


def test_another_hedge_of_the_same_number_is_no_change_of_any_size() -> None:
    hedged = stands(0, phrase="no one", low=None)
    assert not judge(Rules(min_percent=1.0), told(0), hedged).told


def test_small_moves_add_up() -> None:
    """`before` is what was told, not what stood a moment ago."""
    before, heard = told(100), list[int]()
    for best in range(101, 140):
        if judge(Rules(min_change=10), before, stands(best)).told:
            heard.append(best)
            before = told(best)
    assert heard == [110, 120, 130]


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(None, 3, "up"), (3, None, "down"), (3, 4, "up"), (4, 3, "down"), (3, 3, None)],
)
def test_which_way_it_went_is_told_in_any_case(
    before: int | None, after: int | None, expected: str | None
) -> None:
    assert way(told(before), stands(after)) == expected
    assert way(None, stands(after)) is None


def held(since: datetime) -> Held:
    return Held(
        endpoint="desk",
        incident="ferry-2031",
        measure=Measure.KILLED,
        scope=None,
        policy="standard",
        since=since,
        until=since + MINUTE,
    )


def test_without_rules_of_time_it_is_told_at_once() -> None:
    assert not_until(Rules(), told(12), stands(14), None, NOON) == NOON


def test_a_debounce_begins_anew_with_each_move_and_has_a_longest_wait() -> None:
    rules = Rules(debounce=5 * MINUTE, max_wait=12 * MINUTE)
    after = stands(14)
    assert not_until(rules, None, after, None, NOON) == NOON + 5 * MINUTE
    assert not_until(rules, None, after, held(NOON - 4 * MINUTE), NOON) == NOON + 5 * MINUTE
    assert not_until(rules, None, after, held(NOON - 9 * MINUTE), NOON) == NOON + 3 * MINUTE
    assert not_until(rules, None, after, held(NOON - 99 * MINUTE), NOON) == NOON
    by_itself = Rules(debounce=MINUTE)
    assert not_until(by_itself, None, after, held(NOON - 9.5 * MINUTE), NOON) == NOON + MINUTE / 2


def was_told(rules: Rules, *values: tuple[int, int]) -> Told:
    """A receiver that was told these values, each so many minutes after noon."""
    last: Told | None = None
    for best, minute in values:
        at = NOON + minute * MINUTE
        last = replace(told(best, at=at), earlier=remembered(rules, last, at))
    assert last is not None
    return last


def test_a_value_that_flips_back_must_stand_for_a_while() -> None:
    """However long ago it was told first: what counts is when another was told in its place."""
    rules = Rules(flap=30 * MINUTE)
    before = was_told(rules, (84, -600), (103, 0))
    now = NOON + 10 * MINUTE
    assert not_until(rules, before, stands(84), None, now) == now + 30 * MINUTE
    assert not_until(rules, before, stands(90), None, now) == now
    later = NOON + 30 * MINUTE
    assert not_until(rules, before, stands(84), None, later) == later


def test_what_was_told_is_remembered_only_as_long_as_it_is_asked_for() -> None:
    rules = Rules(flap=30 * MINUTE)
    last = was_told(rules, (1, 0), (2, 10), (3, 20), (4, 45))
    assert [each.best for each in last.earlier] == [3, 2]
    assert was_told(Rules(), (1, 0), (2, 10)).earlier == ()
    many = was_told(Rules(flap=9_999 * MINUTE), *((each, each) for each in range(50)))
    assert [each.best for each in many.earlier] == list(range(48, 48 - MOST_REMEMBERED, -1))


def test_the_latest_moment_counts_and_it_is_never_a_quiet_one() -> None:
    night = (time(22), time(6))
    rules = Rules(debounce=60 * MINUTE, digest=(time(12, 30), time(23)), quiet=night)
    assert not_until(rules, None, stands(14), None, NOON) == datetime(2031, 5, 4, 6, tzinfo=UTC)
    early = Rules(debounce=10 * MINUTE, digest=(time(12, 30),), quiet=night)
    assert not_until(early, None, stands(14), None, NOON) == NOON + 30 * MINUTE
    assert opening(early, NOON) == NOON + 30 * MINUTE
    assert opening(Rules(quiet=night), NOON + 11 * 60 * MINUTE) == NOON + 18 * 60 * MINUTE


counts = st.one_of(st.none(), st.integers(0, 2_000))
values = st.builds(
    lambda best, status: stands(best) if best is None else stands(best, status=status),
    counts,
    st.sampled_from(Status),
)
rule_sets = st.builds(
    Rules,
    statuses=st.frozensets(st.sampled_from(Status), max_size=2),
    direction=st.sampled_from(["both", "up", "down"]),
    min_change=st.sampled_from([0, 0, 5, 100]),
    min_percent=st.sampled_from([0.0, 0.0, 5.0, 50.0]),
    thresholds=st.sampled_from([(), (100,), (100, 1_000)]),
    first=st.booleans(),
    contested=st.booleans(),
)


def as_told(value: Estimate) -> Told:
    return replace(
        told(None),
        best=value.best,
        low=value.low,
        high=value.high,
        phrase=value.phrase,
        status=value.status,
    )


@given(rule_sets, st.one_of(st.none(), values), values)
def test_a_verdict_names_the_rule_and_keeps_to_all_of_them(
    rules: Rules, before: Estimate | None, after: Estimate
) -> None:
    """What is told is news, goes the way that was asked for, and a refusal has a name."""
    last = None if before is None else as_told(before)
    verdict = judge(rules, last, after)
    assert verdict.rule in {*RULES, ""}
    if not verdict.told:
        assert verdict.rule in RULES
        return
    assert gist(after) != gist(last)
    assert not (rules.direction == "down" and way(last, after) == "up")
    assert not (rules.direction == "up" and way(last, after) == "down")
    measured = last is not None and after.phrase is not None
    if last is not None and measured and rules.min_change and verdict.type == "estimate.revised":
        moved = abs((after.best or 0) - (last.best or 0))
        assert moved >= rules.min_change or rules.thresholds
