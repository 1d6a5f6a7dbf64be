"""The policies side by side: one row for each moment at which one of them moved."""

from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import figure, withdrawn
from past import Recorded
from past import events as past
from said import at, log
from tracker.errors import UnknownName
from tracker.model import Measure
from tracker.projections.compare import compare
from tracker.projections.estimate import replay
from tracker.projections.ledger import ledger
from tracker.projections.policies import POLICIES

FERRY = "ferry-2031"


def table(*lines: str, measure: Measure = Measure.KILLED) -> list[tuple[datetime, dict[str, str]]]:
    """Each row: when, and what stands under each policy, with a star where it moved."""
    return [
        (
            each.at,
            {stand.policy: f"{stand.after.phrase}{'*' * stand.moved}" for stand in each.stands},
        )
        for each in compare(ledger(log(*lines)), FERRY, measure)
    ]


def test_each_policy_has_a_column_and_what_moved_is_marked() -> None:
    assert table("1 agency: 20", "2 outlet: 30", "3 agency: 25 down earlier=30") == [
        (at(1), {"standard": "20*", "latest": "20*", "highest": "20*", "lowest": "20*"}),
        (at(2), {"standard": "30*", "latest": "30*", "highest": "30*", "lowest": "20"}),
        (at(3), {"standard": "25*", "latest": "25*", "highest": "30", "lowest": "20"}),
    ]


def test_what_moves_several_times_at_one_moment_is_one_row() -> None:
    assert table("1 outlet: 20", "1 agency: 21", "1 agency2: 22") == [
        (at(1), {"standard": "22*", "latest": "22*", "highest": "22*", "lowest": "20*"})
    ]


def test_a_mere_confirmation_is_no_row() -> None:
    assert len(table("1 agency: 20", "2 agency2: 20")) == 1


def test_a_contest_and_its_end_are_rows_though_the_number_stays() -> None:
    lines = ("1 agency: 20", "2 agency2: 18", "3 agency3: 18")
    assert [(when, row["standard"]) for when, row in table(*lines)] == [
        (at(1), "20*"),
        (at(2), "18*"),
        (at(3), "18*"),
    ]


def test_only_the_whole_incident_is_compared() -> None:
    assert table("1 agency: 20 scope=north", "2 agency: 3 measure=missing") == []


def test_what_is_taken_back_is_a_row_of_its_own() -> None:
    """Nothing stands under any policy after it."""
    said = figure(20, published_at=at(1))
    events = past([Recorded(at(9), FERRY, [said, withdrawn(said, effective_at=at(5))])])
    rows = compare(ledger(events), FERRY, Measure.KILLED)
    assert [each.at for each in rows] == [at(1), at(5)]
    assert [(each.after.phrase, each.moved) for each in rows[1].stands] == [(None, True)] * len(
        POLICIES
    )


def test_a_wrong_policy_is_named() -> None:
    with pytest.raises(UnknownName, match="did you mean 'latest'"):
        compare(ledger(log("1 agency: 20")), FERRY, Measure.KILLED, policies=["lates"])


LINES = st.lists(
    st.builds(
        "{} {}{}: {}{}{}".format,
        st.integers(0, 12),
        st.sampled_from(["outlet", "outlet2", "agency", "agency2", "unverified"]),
        st.sampled_from(["", "/ministry"]),
        st.sampled_from(["", "", "at-least ", "nearly "]),
        st.integers(1, 20),
        st.sampled_from(["", "", " up", " down", " earlier=9,14", " role=rejected"]),
    ),
    min_size=1,
    max_size=12,
)


@given(LINES)
@settings(deadline=None)
def test_a_cell_is_what_stood_as_of_its_moment_under_its_policy(lines: list[str]) -> None:
    """And whenever it moved, there is a row."""
    events = log(*lines)
    rows = {each.at: each.stands for each in compare(ledger(events), FERRY, Measure.KILLED)}
    standing: dict[str, tuple[str | None, int | None]] = dict.fromkeys(POLICIES, (None, None))
    for hours in range(13):
        for place, policy in enumerate(POLICIES):
            then = ledger(events, as_of=at(hours))
            now = replay(then, FERRY, Measure.KILLED, policy=policy).estimate
            if at(hours) in rows:
                stand = rows[at(hours)][place]
                assert (stand.policy, stand.after.phrase) == (policy, now.phrase)
                standing[policy] = (stand.after.phrase, stand.after.best)
            assert standing[policy] == (now.phrase, now.best)
