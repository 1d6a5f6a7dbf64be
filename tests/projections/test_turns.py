"""What an operator decides: from its own time on, kept in the history, undone by another event."""

from datetime import datetime
from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from builders import corrected, figure, rejected, withdrawn
from said import at, events, facts, log, phrases, reasons
from tracker.decisions import (
    FigureReinstated,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
)
from tracker.encoding import event_id
from tracker.events import Event, Fact, FigureReported, incident_stream
from tracker.model import Measure
from tracker.projections.estimate import Replay, replay
from tracker.projections.history import estimates
from tracker.projections.ledger import ledger
from tracker.projections.merged import home_of, with_merged

FERRY, BARGE = incident_stream("ferry-2031"), incident_stream("barge-2031")


def folded(*said: Fact, as_of: datetime | None = None) -> Replay:
    return replay(ledger(events([*said]), as_of=as_of), "ferry-2031", Measure.KILLED)


def line(words: str, number: int = 0) -> FigureReported:
    return facts(words, number)[-1]


def reinstated(of: Fact, hours: float, **changes: int) -> FigureReinstated:
    when = at(hours)
    return FigureReinstated(
        figure=event_id(of),
        reason="it was right",
        effective_at=when,
        observed_at=when,
        **changes,
    )


def closed(hours: float, **changes: int) -> IncidentClosed:
    return IncidentClosed(
        incident="ferry-2031",
        reason="the search is over",
        effective_at=at(hours),
        observed_at=at(hours),
        **changes,
    )


def reopened(hours: float, **changes: int) -> IncidentReopened:
    return IncidentReopened(
        incident="ferry-2031",
        reason="a further body",
        effective_at=at(hours),
        observed_at=at(hours),
        **changes,
    )


def merged(
    hours: float,
    home: str,
    kind: type[IncidentMerged | IncidentSplit] = IncidentMerged,
    *,
    incident: str = "barge-2031",
    into: str = "ferry-2031",
) -> Fact:
    return kind(
        incident=incident,
        into=into,
        home=home,
        reason="one collision",
        effective_at=at(hours),
        observed_at=at(hours),
    )


def in_stream(stream: str, said: list[Fact]) -> list[Event]:
    return [
        Event(
            position=place,
            stream=stream,
            version=place,
            id=event_id(fact),
            recorded_at=at(1000),
            fact=fact,
        )
        for place, fact in enumerate(said, 1)
    ]


def two(ferry: list[Fact], barge: list[Fact]) -> dict[str, list[Event]]:
    return {FERRY: in_stream(FERRY, ferry), BARGE: in_stream(BARGE, barge)}


def of(streams: dict[str, list[Event]], incident: str, hours: float = 1000) -> Replay:
    """The replay of one of the two, as of so many hours in."""
    read = with_merged(incident, streams.__getitem__)
    return replay(ledger(read, as_of=at(hours)), incident, Measure.KILLED)


def test_a_correction_stands_until_a_newer_report_moves_from_it() -> None:
    said: list[Fact] = [line("1 agency: 103", 1), corrected(91, at(2)), line("3 outlet: 103", 2)]
    replayed = folded(*said, *facts("5 agency2: 93 up earlier=91", 3))
    assert phrases(replayed) == ["103", "91", "93"]
    assert reasons(replayed) == ["first", "corrected", "raised"]
    second = replayed.revisions[1]
    assert (second.source, second.quote, second.change) == (
        "operator",
        "two were counted twice",
        -12,
    )


def test_a_correction_is_the_first_figure_where_nobody_stated_one() -> None:
    assert phrases(folded(corrected(4, at(1)))) == ["4"]
    standing = estimates(ledger(events([corrected(4, at(1))])), "ferry-2031")
    assert [each.best for each in standing] == [4]


def test_every_policy_follows_a_correction() -> None:
    said = events([line("1 agency: 103", 1), corrected(91, at(2))])
    for policy in ("standard", "latest", "highest", "lowest"):
        assert replay(ledger(said), "x", Measure.KILLED, policy=policy).estimate.best == 91


def test_a_correction_taken_back_leaves_what_stood_without_it() -> None:
    first, made = line("1 agency: 103", 1), corrected(91, at(2))
    back = withdrawn(figure(1), figure=event_id(made), by="operator", effective_at=at(3))
    assert phrases(folded(first, made, back)) == ["103", "91", "103"]
    assert folded(first, made, back).estimate == folded(first).estimate


def test_a_rejected_figure_takes_its_copies_along() -> None:
    """Those on the same authority or on none; another office that says the same stands."""
    first, wrong = line("1 agency: 12", 1), line("2 agency/harbour: 40", 2)
    copy, own = line("3 outlet: 40", 3), line("4 outlet2/army: 40", 4)
    denial = rejected(wrong, effective_at=at(5))
    assert folded(first, wrong, copy, denial).estimate.best == 12
    assert folded(first, wrong, copy, own, denial).estimate.best == 40
    last = folded(first, wrong, copy, denial).revisions[-1]
    assert (last.reason, last.change, last.quote) == ("denied", -28, "the office never said so")


def test_a_late_copy_of_a_rejected_figure_moves_nothing() -> None:
    first, wrong = line("1 agency: 12", 1), line("2 agency/harbour: 40", 2)
    late = line("9 outlet: 40", 3)
    assert folded(first, wrong, rejected(wrong, effective_at=at(5)), late).estimate.best == 12
    only = folded(wrong, rejected(wrong, effective_at=at(5)), late)
    assert only.estimate.best is None
    assert {each.test for each in only.ignored} == {"denied"}


def test_what_is_reinstated_counts_as_if_it_had_never_been_taken_back() -> None:
    first, second = line("1 agency: 12", 1), line("2 agency: 14 up", 2)
    for taken in (
        withdrawn(second, by="operator", effective_at=at(3)),
        rejected(second, effective_at=at(3)),
    ):
        replayed = folded(first, second, taken, reinstated(second, 4))
        assert phrases(replayed) == ["12", "14", "12", "14"]
        assert reasons(replayed)[-1] == "reinstated"
        assert replayed.estimate == folded(first, second).estimate


def test_taken_back_reinstated_and_taken_back_again() -> None:
    first, second = line("1 agency: 12", 1), line("2 agency: 14 up", 2)
    once = withdrawn(second, by="operator", effective_at=at(3))
    again = withdrawn(second, by="operator", effective_at=at(5), again=1)
    replayed = folded(first, second, once, reinstated(second, 4), again)
    assert phrases(replayed) == ["12", "14", "12", "14", "12"]


def test_a_denial_that_is_itself_taken_back_denies_nothing() -> None:
    first, wrong = line("1 agency: 12", 1), line("2 agency/harbour: 40", 2)
    denial = line("3 agency/harbour: 40 role=rejected", 3)
    assert folded(first, wrong, denial).estimate.best == 12
    back = withdrawn(denial, by="operator", effective_at=at(4))
    assert folded(first, wrong, denial, back).estimate.best == 40
    assert folded(first, wrong, denial, back, reinstated(denial, 5)).estimate.best == 12


def test_a_denial_on_behalf_of_nobody_takes_rumours_along() -> None:
    """An office denies what was never credited to it: what no office gave, of a lower rank."""
    rumour, counted = line("1 outlet: 40", 1), line("1 agency/army: 40", 2)
    denial = line("3 agency/harbour: 40 role=rejected", 3)
    assert folded(rumour, denial).estimate.best is None
    assert folded(counted, denial).estimate.best == 40


def test_what_is_published_after_the_closing_moves_nothing() -> None:
    first, late = line("1 agency: 12", 1), line("9 agency: 14 up", 2)
    replayed = folded(first, late, closed(5))
    assert phrases(replayed) == ["12", "12"]
    assert reasons(replayed) == ["first", "closed"]
    assert [each.test for each in replayed.ignored] == ["closed"]


def test_reopened_an_incident_has_lost_nothing() -> None:
    first, late = line("1 agency: 12", 1), line("9 agency: 14 up", 2)
    replayed = folded(first, late, closed(5), reopened(20))
    assert phrases(replayed) == ["12", "12", "14"]
    assert replayed.estimate == folded(first, late).estimate
    assert folded(first, late, closed(5), reopened(20), as_of=at(15)).estimate.best == 12


def test_closed_twice_it_is_closed_from_the_first_on() -> None:
    first, late = line("1 agency: 12", 1), line("9 agency: 14 up", 2)
    once_more = closed(30, again=1)
    assert folded(first, late, closed(5), once_more).estimate.best == 12
    assert folded(first, late, closed(5), reopened(20), once_more).estimate.best == 14


def test_the_figures_of_a_merged_incident_count_in_the_other_from_then_on() -> None:
    streams = two(
        [line("1 agency: 12", 1), merged(5, "ferry-2031")],
        [line("2 agency2: 14 up", 2), merged(5, "barge-2031")],
    )
    ferry = of(streams, "ferry-2031")
    assert (phrases(ferry), reasons(ferry)) == (["12", "14"], ["first", "merged"])
    barge = of(streams, "barge-2031")
    assert (phrases(barge), reasons(barge)) == (["14", None], ["first", "merged"])
    assert [each.test for each in barge.ignored] == ["elsewhere"]
    assert of(streams, "ferry-2031", 4).estimate.best == 12
    assert home_of("barge-2031", streams.__getitem__) == "ferry-2031"


def test_what_is_filed_to_a_merged_incident_later_counts_in_the_other() -> None:
    streams = two(
        [line("1 agency: 12", 1), merged(5, "ferry-2031")],
        [merged(5, "barge-2031"), line("9 agency2: 15 up earlier=12", 2)],
    )
    assert of(streams, "ferry-2031").estimate.best == 15
    assert of(streams, "barge-2031").estimate.best is None


def test_split_each_incident_has_what_it_had() -> None:
    ferry: list[Fact] = [line("1 agency: 12", 1)]
    barge: list[Fact] = [line("2 agency2: 14 up", 2)]
    apart = two(ferry, barge)
    streams = two(
        [*ferry, merged(5, "ferry-2031"), merged(8, "ferry-2031", IncidentSplit)],
        [*barge, merged(5, "barge-2031"), merged(8, "barge-2031", IncidentSplit)],
    )
    for incident in ("ferry-2031", "barge-2031"):
        assert of(streams, incident).estimate == of(apart, incident).estimate
        assert home_of(incident, streams.__getitem__) == incident
    assert of(streams, "ferry-2031", 6).estimate.best == 14


def test_merged_into_one_that_is_merged_itself_all_count_in_the_last() -> None:
    tug = incident_stream("tug-2031")
    on = partial(merged, 7, incident="ferry-2031", into="tug-2031")
    streams = {
        **two(
            [line("1 agency: 12", 1), merged(5, "ferry-2031"), on("ferry-2031")],
            [line("2 agency2: 14 up", 2), merged(5, "barge-2031")],
        ),
        tug: in_stream(tug, [line("1 agency3: 3", 3), on("tug-2031")]),
    }
    assert of(streams, "tug-2031").estimate.best == 14
    assert of(streams, "tug-2031", 6).estimate.best == 3
    assert of(streams, "ferry-2031").estimate.best is None
    assert home_of("barge-2031", streams.__getitem__) == "tug-2031"


LINES = st.lists(
    st.builds(
        "{0} {1}: {2}{3} report={4}{0}".format,
        st.integers(0, 20),
        st.sampled_from(["outlet", "outlet2", "agency", "agency/harbour", "outlet/harbour"]),
        st.integers(1, 9),
        st.sampled_from(["", " up", " down", " earlier=5", " role=component", " places=North",
                         " places=North scope=north role=component", " places=North,South",
                         " role=rejected"]),
        st.sampled_from("abc"),
    ),
    min_size=1,
    max_size=8,
)  # fmt: skip


@given(LINES, st.data())
def test_a_decision_that_is_undone_leaves_everything_as_it_was(
    lines: list[str], data: st.DataObject
) -> None:
    said = list({each.id: each.fact for each in log(*lines)}.values())
    figures = [each for each in said if isinstance(each, FigureReported)]
    taken = data.draw(st.sampled_from(figures))
    hours = data.draw(st.integers(0, 20))
    pairs: list[list[Fact]] = [
        [withdrawn(taken, by="operator", effective_at=at(hours)), reinstated(taken, 30)],
        [rejected(taken, effective_at=max(taken.published_at, at(hours))), reinstated(taken, 30)],
        [closed(hours), reopened(30)],
    ]
    assert _stands([*said, *data.draw(st.sampled_from(pairs))]) == _stands(said)


@given(LINES, st.data())
def test_history_tells_what_stood_at_each_moment(lines: list[str], data: st.DataObject) -> None:
    """The last revision by a moment is the estimate as of that moment, whatever is decided."""
    said: list[Fact] = list({each.id: each.fact for each in log(*lines)}.values())
    figures = [each for each in said if isinstance(each, FigureReported)]
    taken = data.draw(st.sampled_from(figures))
    said += data.draw(
        st.lists(
            st.sampled_from(
                [
                    withdrawn(taken, by="operator", effective_at=at(8)),
                    rejected(taken, effective_at=max(taken.published_at, at(10))),
                    reinstated(taken, 12),
                    closed(9),
                    reopened(15),
                    corrected(7, at(11)),
                ]
            ),
            unique_by=event_id,
        )
    )
    whole = folded(*said)
    for hours in range(21):
        then = folded(*said, as_of=at(hours)).estimate
        before = [each for each in whole.revisions if each.published_at <= at(hours)]
        told = before[-1].estimate if before else None
        assert (then.phrase, then.low, then.high) == (
            (told.phrase, told.low, told.high) if told else (None, None, None)
        )


def _stands(said: list[Fact]) -> list[object]:
    return [
        (each.measure, each.scope, each.phrase, each.low, each.high, each.status, each.basis)
        for each in estimates(ledger(events(said)), "ferry-2031")
    ]


def test_an_official_correction_and_an_official_are_two_voices() -> None:
    """Whoever counts officially later and says less is seen, not passed over."""
    later = line("5 agency/harbour: 80", 2)
    replayed = folded(line("1 agency: 103", 1), corrected(91, at(2)), later)
    assert replayed.estimate.status == "contested"
