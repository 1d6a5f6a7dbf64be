"""The numbers of a history, as `docs/history.md` defines them, recomputed by hand."""

from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from builders import figure, withdrawn
from past import Recorded
from past import events as past
from said import at, log
from tracker.decisions import IncidentClosed
from tracker.errors import UnknownName
from tracker.events import Fact
from tracker.model import Measure, Qualifier
from tracker.projections.history import history
from tracker.projections.ledger import ledger
from tracker.projections.stats import SourceStats, Stats, Stood, stats

FERRY = "ferry-2031"

STORY = (
    "0 outlet: nearly 100",
    "6 agency: 120",
    "10 agency2: 90",  # of equal rank: contested
    "14 agency3: 90",  # settled
    "20 agency/ministry: 80 down earlier=90",
    "30 outlet2: 90",  # stale
    "40 agency: 84 up earlier=80",
    "44 outlet2: 84",  # confirmed
    "50 outlet3: 120",  # stale
)


def of(*lines: str, measure: Measure = Measure.KILLED, ongoing: bool = False) -> Stats:
    return stats(ledger(log(*lines, ongoing=ongoing)), FERRY, measure)


def of_facts(*facts: Fact) -> Stats:
    folded = ledger(past([Recorded(at(1000), FERRY, facts)]))
    return stats(folded, FERRY, Measure.KILLED)


def hours(number: float) -> timedelta:
    return timedelta(hours=number)


def test_a_story_by_hand() -> None:
    """The numbers are 100, 120, 90, 90, 80, 84, 84; the last is final."""
    assert of(*STORY) == Stats(
        incident=FERRY,
        measure=Measure.KILLED,
        revisions=4,
        first=Stood(at(0), 100, "nearly 100"),
        peak=Stood(at(6), 120, "120"),
        last=Stood(at(40), 84, "84"),
        spread=120 - 80,
        relative_spread=40 / 84,
        falls=(30, 10),
        to_half=hours(0),
        to_within_20=hours(10),  # from 67.2 to 100.8: 120 is the last outside
        to_within_5=hours(20),  # from 79.8 to 88.2: 90 is the last outside
        contested=hours(14 - 10),
        sources=(
            SourceStats(
                source="agency", figures=3, lag=hours(0), bias=((120 + 80 + 84) / 3 - 84) / 84
            ),
            SourceStats(source="agency2", figures=1, lag=hours(0), bias=6 / 84),
            SourceStats(source="agency3", figures=1, lag=hours(4), bias=6 / 84),
            SourceStats(source="outlet", figures=1, lag=hours(0), bias=16 / 84),
            # 90 twenty hours late, 84 four.
            SourceStats(source="outlet2", figures=2, lag=hours(12), bias=3 / 84),
            SourceStats(source="outlet3", figures=1, lag=hours(44), bias=36 / 84),
        ),
    )


def test_half_of_the_final_figure_is_reached_by_the_first_number_that_is_as_large() -> None:
    found = of("1 agency: 10", "3 agency: 49", "6 agency: 50", "9 agency: 100")
    assert (found.to_half, found.to_within_20) == (hours(5), hours(8))


def test_a_hedge_a_confirmation_and_a_repetition_are_no_revisions_of_the_number() -> None:
    lines = ("1 outlet: nearly 20", "2 outlet2: 20", "3 agency: 20", "4 agency: 20")
    assert (of(*lines).revisions, of(*lines).spread, of(*lines).falls) == (0, 0, ())


def test_a_number_that_goes_and_one_that_comes_again_are_two_revisions() -> None:
    """Neither has a size: no number is no zero."""
    said, again = figure(20, published_at=at(1)), figure(12, published_at=at(9))
    found = of_facts(said, withdrawn(said, effective_at=at(5)), again)
    assert (found.revisions, found.falls, found.spread) == (2, (), 8)
    assert found.last == Stood(at(9), 12, "12")
    assert found.to_within_20 == hours(8)


def test_where_nobody_states_a_number_nothing_is_defined() -> None:
    """A ceiling is none."""
    empty = Stats(incident=FERRY, measure=Measure.KILLED)
    assert (of(), of("1 agency: 20 measure=missing"), of("1 agency: up-to 20")) == (empty,) * 3


def test_where_no_number_stands_any_more_there_is_no_final_figure() -> None:
    said = figure(20, published_at=at(1))
    found = of_facts(said, withdrawn(said, effective_at=at(5)))
    assert (found.revisions, found.peak, found.spread) == (1, Stood(at(1), 20, "20"), 0)
    assert [found.last, found.relative_spread, found.to_half, found.to_within_5] == [None] * 4
    assert (found.contested, found.sources) == (hours(0), ())


def test_a_share_of_zero_is_not_defined() -> None:
    """The time until it was exactly zero for good is."""
    found = of("1 agency: 20", "5 agency/ministry: 0 down earlier=20")
    assert (found.last, found.spread, found.falls) == (Stood(at(5), 0, "0"), 20, (20,))
    assert (found.relative_spread, found.to_half) == (None, None)
    assert (found.to_within_20, found.to_within_5) == (hours(4), hours(4))
    assert found.sources == (SourceStats(source="agency", figures=2, lag=hours(0), bias=None),)


def test_a_contest_that_goes_on_counts_until_the_newest_figure() -> None:
    """Of whatever measure: that is when the incident was last heard of."""
    lines = ("1 agency: 20", "2 agency2: 18", "9 agency: 3 measure=missing")
    assert of(*lines).contested == hours(7)
    assert of(*lines[:2]).contested == hours(0)


def test_a_source_that_was_ahead_of_the_estimate_has_a_negative_lag() -> None:
    """The estimate took its number only when a second voice gave it."""
    found = of("1 agency: 20", "2 unverified: 30", "8 outlet: 30", "9 agency2: 30")
    lags = {each.source: each.lag for each in found.sources}
    assert lags["unverified"] == hours(2 - 8)


def test_the_lag_is_the_median_over_the_numbers_at_which_the_estimate_stood() -> None:
    """A number at which it never stood has none, and only the first printing counts."""
    found = of(
        "0 agency: 10",
        "1 outlet: 10",
        "2 outlet: 11",
        "3 agency: 20",
        "6 outlet: 20",
        "7 outlet: 20",
        "7 outlet2: 13",
    )
    lags = {each.source: (each.figures, each.lag) for each in found.sources}
    assert lags["outlet"] == (4, hours(1))  # of 1, 0 and 3
    assert lags["outlet2"] == (1, None)


def test_only_whole_current_numbers_stand_for_a_source() -> None:
    """No parts, no earlier numbers, no words, no ceilings, nothing of another measure."""
    lines = ["1 agency: 20", "2 outlet: 15 role=earlier", "2 outlet: 4 scope=north"]
    lines += ["3 outlet: dozens", "3 outlet: up-to 30", "4 outlet: 9 measure=missing"]
    assert [each.source for each in of(*lines).sources] == ["agency"]
    told_in_passing = [*lines, "5 outlet: 20 role=background"]
    assert [each.source for each in of(*told_in_passing).sources] == ["agency"]
    going_on = of(*told_in_passing, ongoing=True)
    assert [(each.source, each.figures) for each in going_on.sources] == [
        ("agency", 1),
        ("outlet", 1),
    ]


def test_a_hedged_number_counts_as_it_is_stated() -> None:
    """Nearly 100 is 100, over 100 is 100, a range its lower end."""
    nearly = figure(None, high=100, qualifier=Qualifier.NEARLY, source="cape", published_at=at(2))
    ranged = figure(110, high=150, qualifier=Qualifier.RANGE, source="cape", published_at=at(3))
    found = of_facts(figure(100, published_at=at(1)), nearly, ranged)
    assert found.last is not None
    (cape,) = (each for each in found.sources if each.source == "cape")
    assert cape.bias == pytest.approx((105 - found.last.number) / found.last.number)


def test_what_was_withdrawn_does_not_stand_for_its_source() -> None:
    """An operator's slip is no bias of the source."""
    slip, right = figure(200, published_at=at(1)), figure(20, published_at=at(2))
    found = of_facts(slip, right, withdrawn(slip, by="operator", effective_at=at(3)))
    assert found.sources == (SourceStats(source="wire", figures=1, lag=hours(0), bias=0),)


def test_what_was_published_after_the_incident_was_closed_does_not_stand_for_its_source() -> None:
    closed = IncidentClosed(incident=FERRY, reason="over", effective_at=at(2), observed_at=at(2))
    found = of_facts(figure(20, published_at=at(1)), closed, figure(90, published_at=at(3)))
    assert found.sources == (SourceStats(source="wire", figures=1, lag=hours(0), bias=0),)
    assert (found.revisions, found.last) == (0, Stood(at(1), 20, "20"))


def test_a_wrong_policy_is_named() -> None:
    with pytest.raises(UnknownName, match="did you mean 'latest'"):
        stats(ledger(log("1 agency: 20")), FERRY, Measure.KILLED, policy="lates")


LINES = st.lists(
    st.builds(
        "{} {}{}: {}{}".format,
        st.integers(0, 40),
        st.sampled_from(["outlet", "outlet2", "agency", "agency2"]),
        st.sampled_from(["", "/ministry"]),
        st.integers(0, 20),
        st.sampled_from(["", "", " up", " down", " earlier=9,14", " role=rejected"]),
    ),
    min_size=1,
    max_size=12,
)


@given(LINES)
def test_the_numbers_hang_together(lines: list[str]) -> None:
    folded = ledger(log(*lines))
    found = stats(folded, FERRY, Measure.KILLED)
    rows = [each.estimate.best for each in history(folded, FERRY, Measure.KILLED)]
    if found.first is None or found.peak is None:
        assert not any(each is not None for each in rows)
        return
    stood = [each for each in rows if each is not None]
    assert (found.first.number, found.peak.number) == (stood[0], max(stood))
    assert (found.last and found.last.number) == rows[-1]
    assert found.spread == max(stood) - min(stood)
    assert found.falls == tuple(
        old - new
        for old, new in pairwise(rows)
        if old is not None and new is not None and new < old
    )
    assert found.revisions is not None
    assert len(found.falls) <= found.revisions < len(rows)
    if found.last:
        assert found.to_within_20 is not None
        assert found.to_within_5 is not None
        ends = hours(0), found.to_within_20, found.to_within_5, found.last.at - found.first.at
        assert list(ends) == sorted(ends)
