"""What would change an estimate: asked of the policy itself, on a copy of what it has heard."""

import random
from datetime import datetime

import pytest

from builders import figure, opened
from said import at, events, log
from tracker.decisions import FigureRejected
from tracker.encoding import event_id
from tracker.model import Measure, Rank
from tracker.projections.estimate import replay
from tracker.projections.ledger import Ledger, ledger
from tracker.projections.policies import POLICIES
from tracker.projections.why import why
from tracker.projections.would import Prospect, Says, Would, prospect

SPEAKERS = ("agency", "outlet", "unverified", "official", "agency/ministry", "outlet/ministry")
HEDGES = ("", "", "", "at-least ", "over ", "nearly ", "about ")
MORE = ("", "", " down", " up", " earlier=12", " plus=2", " role=part", " role=rejected")

RANKS = {"official": "o", "agency": "a", "outlet": "l", "unverified": "u"}


def asked(
    folded: Ledger,
    now: datetime,
    *,
    measure: Measure = Measure.KILLED,
    scope: str | None = None,
    policy: str = "standard",
) -> Prospect:
    replayed = replay(folded, "ferry-2031", measure, scope, policy=policy)
    return prospect(folded, replayed, policy=policy, at=now)


def would(
    *lines: str,
    now: float = 1000,
    measure: Measure = Measure.KILLED,
    policy: str = "standard",
) -> list[str]:
    """The consequences, each in a short line: "oal more 92: raised 92 reported"."""
    found = asked(ledger(log(*lines)), at(now), measure=measure, policy=policy)
    return [line(each) for each in found.would]


def line(each: Would) -> str:
    voices = "".join(RANKS[rank.label] for rank in each.ranks) or "itself"
    since = f" since {(each.since - at(0)).total_seconds() / 3600:g}" if each.since else ""
    told = f"{voices} {each.says} {each.number}: {each.reason} {each.phrase} {each.status}"
    return told + since


def test_each_kind_of_voice_is_asked_and_those_with_one_answer_are_told_together() -> None:
    assert would("1 agency: 12") == [
        "oal same 12: confirmed 12 confirmed",
        "oal more 13: raised 13 reported",
        "o less 11: lowered 11 reported",
        "a less 11: contested 11 contested",
        "itself less 11: lowered 11 reported",
        "oal lowering 11: lowered 11 reported",
    ]


def test_an_outlet_and_an_official_get_other_answers() -> None:
    assert would("1 official: 12") == [
        "oal same 12: confirmed 12 confirmed",
        "oal more 13: raised 13 reported",
        "o less 11: contested 11 contested",
        "itself less 11: lowered 11 reported",
        "oal lowering 11: lowered 11 reported",
    ]


def test_a_held_number_is_freed_by_a_second_voice_or_by_the_end_of_the_hold() -> None:
    """The moment is found to the second, by asking as if it were later."""
    told = would("0 agency: 103", "2 agency/ministry: 84 down", "3 outlet: 98", now=5)
    assert "oalu again 98: raised 98 confirmed" in told
    assert "oal more 85: raised 85 reported" not in told
    assert "al more 85: raised 85 reported since 26" in told
    assert "oal beyond 104: raised 104 reported" in told
    assert told[-1].endswith("since 26")


def test_when_the_hold_has_ended_nothing_waits_any_more() -> None:
    told = would("0 agency: 103", "2 agency/ministry: 84 down", "3 outlet: 98", now=27)
    assert "oal more 85: raised 85 reported" in told
    assert not any("since" in each for each in told)


def test_a_contest_is_settled_by_a_voice_for_either_side() -> None:
    told = would("1 agency: 12", "2 agency: 9 source=other")
    assert "oalu same 9: settled 9 confirmed" in told
    assert "oa again 12: settled 12 confirmed" in told


def test_a_number_that_an_unverified_source_gave_needs_a_source_of_rank() -> None:
    """What was outranked is tried again; what does as any other number would is not told twice."""
    told = would("1 agency: 12", "2 unverified: 40", "3 outlet: 7")
    assert not any("again 40" in each for each in told)
    assert not any("again 7" in each for each in told)


def test_two_voices_of_the_standing_rank_agree_on_less() -> None:
    told = would("1 official/one: 12", "2 agency: 9")
    assert "a again 9: lowered 9 reported" not in told
    equal = would("1 agency: 12", "2 outlet: 9", "3 agency: 12 source=second")
    assert "a less 11: contested 11 contested" in equal


def test_a_stock_is_freed_when_the_rank_that_stands_has_aged() -> None:
    told = would("0 official: 20 measure=missing", now=5, measure=Measure.MISSING)
    assert "o more 21: raised 21 reported" in told
    assert "al more 21: raised 21 reported since 6" in told
    assert "al less 19: lowered 19 reported since 6" in told


def test_where_nothing_stands_any_number_would() -> None:
    assert would("1 agency: 12", measure=Measure.MISSING) == [
        "oalu first 1: first 1 reported",
    ]


def test_none_dead_can_only_rise() -> None:
    told = would("1 agency: 0")
    assert not any("less" in each or "lowering" in each for each in told)
    assert "oal more 1: raised 1 reported" in told


@pytest.mark.parametrize("policy", POLICIES)
def test_every_policy_can_be_asked(policy: str) -> None:
    told = would("1 agency: 12", "2 official: 9", "3 outlet: 10", policy=policy)
    assert any("raised" in each or "lowered" in each for each in told)


def test_highest_and_lowest_can_be_moved_one_way_alone() -> None:
    lines = ("1 agency: 12", "2 official: 9", "3 outlet: 10")
    assert would(*lines, policy="highest") == ["oalu more 13: raised 13 reported"]
    assert would(*lines, policy="lowest") == ["oalu less 8: lowered 8 reported"]


def test_what_is_told_happens() -> None:
    """Whoever then says so moves the estimate as it was told: the whole replay agrees."""
    lines = ("0 agency: 103", "2 agency/ministry: 84 down", "3 outlet: 98", "4 outlet: 80")
    told = asked(ledger(log(*lines)), at(5)).would
    assert len(told) > 5
    for each in told:
        moment = (each.since - at(0)).total_seconds() / 3600 if each.since else 5
        down = " down" if each.says is Says.LOWERING else ""
        for rank in each.ranks:
            said = f"{moment} {rank.label}: {each.number}{down} source=newcomer"
            after = replay(ledger(log(*lines, said)), "ferry-2031", Measure.KILLED)
            last = after.revisions[-1]
            assert (last.reason, last.estimate.phrase) == (each.reason, each.phrase)
            assert last.estimate.status == each.status


def test_what_is_not_told_happens_not() -> None:
    """A voice of a rank that is told for no answer to a question moves nothing."""
    lines = ("0 agency: 103", "2 agency/ministry: 84 down")
    told = asked(ledger(log(*lines)), at(5)).would
    more = {rank for each in told if each.says is Says.MORE for rank in each.ranks}
    assert Rank.UNVERIFIED not in more
    said = "5 unverified: 85 source=newcomer"
    before = replay(ledger(log(*lines)), "ferry-2031", Measure.KILLED)
    after = replay(ledger(log(*lines, said)), "ferry-2031", Measure.KILLED)
    assert len(after.revisions) == len(before.revisions)


def test_a_denied_number_stays_denied() -> None:
    said = figure(40, published_at=at(1))
    rejected = FigureRejected(
        figure=event_id(said),
        by="operator",
        reason="a hoax",
        effective_at=at(3),
        observed_at=at(3),
    )
    folded = ledger(events([opened(), figure(12, published_at=at(0)), said, rejected]))
    told = asked(folded, at(5)).would
    assert not any(each.says is Says.AGAIN and each.number == 40 for each in told)


def test_asking_leaves_what_was_heard_as_it_was() -> None:
    folded = ledger(log("1 agency: 103", "3 agency/ministry: 84 down", "4 outlet: 98"))
    replayed = replay(folded, "ferry-2031", Measure.KILLED)
    before = repr(replayed.heard)
    prospect(folded, replayed, policy="standard", at=at(5))
    assert repr(replayed.heard) == before


@pytest.mark.parametrize("seed", range(12))
def test_of_any_history_each_figure_is_told_once_and_what_is_told_would_happen_does(
    seed: int,
) -> None:
    chance = random.Random(seed)  # noqa: S311 — a history, no secret
    measure = chance.choice([Measure.KILLED, Measure.MISSING])
    lines = [
        f"{hour} {chance.choice(SPEAKERS)}: {chance.choice(HEDGES)}{chance.choice([8, 9, 12, 20])}"
        f"{chance.choice(MORE)} measure={measure} source=s{chance.randint(1, 4)}"
        for hour in range(12)
    ]
    folded = ledger(log(*lines))
    told = why(folded, "ferry-2031", measure, at=at(20))
    figures = [each.entry for each in told.carriers]
    figures += [each.entry for group in told.groups for each in group.figures]
    assert sorted(each.event.id for each in figures) == sorted(
        each.event.id for each in folded.entries
    )
    for each in told.prospect.would:
        moment = (each.since - at(0)).total_seconds() / 3600 if each.since else 20
        down = " down" if each.says is Says.LOWERING else ""
        for rank in each.ranks:
            said = f"{moment} {rank.label}: {each.number}{down} measure={measure} source=newcomer"
            last = replay(ledger(log(*lines, said)), "ferry-2031", measure).revisions[-1]
            assert (last.reason, last.estimate.phrase) == (each.reason, each.phrase)
