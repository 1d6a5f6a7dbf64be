"""What each append of the past moved is what it moved when it was made."""

from collections.abc import Sequence
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import opened, reread, withdrawn
from past import Recorded, events
from said import at, facts
from tracker.decisions import IncidentMerged, IncidentSplit
from tracker.events import Event, Fact, FigureReported
from tracker.model import Estimate
from tracker.projections.ledger import ledger
from tracker.projections.merged import with_merged
from tracker.projections.moves import Moved, moves, standing
from tracker.projections.steps import Steps

POLICIES = ("standard", "lowest")

lines = st.builds(
    "{} {}: {}{}{}".format,
    st.integers(0, 40),
    st.sampled_from(["agency", "agency2", "outlet", "outlet/ministry", "unverified"]),
    st.integers(1, 8),
    st.sampled_from(["", "", " up", " down earlier=9", " measure=missing", " role=rejected",
                     " role=component scope=North", " scope=North", " plus=2"]),
    st.sampled_from(["", "", " report=a", " report=a version=2", " report=b"]),
)  # fmt: skip


@st.composite
def pasts(draw: st.DrawFn) -> list[Recorded]:
    """Appends to one incident, mostly in the order of their times, some of them of what was."""
    past = [Recorded(at(0), "x", [opened("x", effective_at=at(5))])]
    said = draw(st.lists(lines, max_size=8))
    if draw(st.booleans()):
        said.sort(key=lambda line: int(line.split()[0]))
    known: list[FigureReported] = []
    for number, line in enumerate(said):
        new: list[Fact] = [*facts(line, number)]
        if known and draw(st.integers(0, 5)) == 0:
            old = draw(st.sampled_from(known))
            new.append(withdrawn(old, effective_at=at(draw(st.integers(0, 50)))))
        elif known and draw(st.integers(0, 8)) == 0:
            old = draw(st.sampled_from(known))
            new.append(reread(old))
        known += [each for each in new if isinstance(each, FigureReported)]
        past.append(Recorded(at(number + 1), "x", new))
    return past


def value(estimate: Estimate) -> tuple[object, ...]:
    return (
        *(estimate.measure, estimate.scope, estimate.phrase, estimate.best, estimate.low),
        *(estimate.high, estimate.status),
    )


def by_then(
    every: Sequence[Event],
) -> tuple[list[set[tuple[object, ...]]], list[set[tuple[object, ...]]]]:
    """For each append, the slow and sure way: what it moved, and what stood after it."""
    moved, stood = [], []
    known: dict[str, list[Event]] = {}
    for moment in dict.fromkeys(each.recorded_at for each in every):
        new: dict[str, list[Event]] = {}
        for each in every:
            if each.recorded_at == moment:
                new.setdefault(each.stream, []).append(each)
        appended = {stream: [each.fact for each in own] for stream, own in new.items()}
        change = moves(
            appended, lambda stream: known.get(stream, []), recorded_at=moment, policies=POLICIES
        )
        moved.append({summary(each) for each in change.moved})
        for stream, own in new.items():
            known[stream] = [*known.get(stream, []), *own]
        folded = ledger(with_merged("x", lambda stream: known.get(stream, [])))
        stood.append(
            {
                summary(each)
                for policy in POLICIES
                for each in standing(folded, "x", policy=policy)
                if each.after.phrase is not None
            }
        )
    return moved, stood


def summary(move: Moved) -> tuple[object, ...]:
    event = move.revision.event_id if move.revision else None
    return (move.policy, *value(move.after), event, move.revisions)


def check(every: list[Event]) -> None:
    moved, stood = by_then(every)
    steps = Steps(every, POLICIES)
    for place, moment in enumerate(dict.fromkeys(each.recorded_at for each in every)):
        assert steps.next_at == moment
        assert {summary(each) for each in steps.go_on().moved} == moved[place]
        found = [each for policy in POLICIES for each in steps.standing("x", policy)]
        assert {summary(each) for each in found if each.after.phrase is not None} == stood[place]
    assert steps.next_at is None


@settings(deadline=None, max_examples=120)
@given(pasts())
def test_each_step_moves_what_the_append_moved(past: list[Recorded]) -> None:
    """Whatever came late, was taken back or read anew."""
    check(events(past))


def test_what_more_is_read_in_a_report_changes_what_it_had_said() -> None:
    """A figure that its report calls lowered, by what is read in it later, contests nothing."""
    told = ("1 agency: 3", "1 agency2: 2 report=a", "2 agency2: 2 down earlier=9 report=a")
    past = [Recorded(at(place), "x", facts(line, place)) for place, line in enumerate(told)]
    check(events(past))


def joined(
    kind: type[IncidentMerged | IncidentSplit], home: str, moment: datetime
) -> IncidentMerged | IncidentSplit:
    """That y is merged into x, or split off it, as the stream of `home` tells it."""
    return kind(
        home=home, incident="y", into="x", reason="a test", effective_at=moment, observed_at=moment
    )


def test_incidents_that_are_merged_and_split_move_each_other() -> None:
    merged = [Recorded(at(4), home, [joined(IncidentMerged, home, at(4))]) for home in ("y", "x")]
    split = [Recorded(at(8), home, [joined(IncidentSplit, home, at(8))]) for home in ("y", "x")]
    check(
        events(
            [
                Recorded(at(1), "x", facts("1 agency: 12")),
                Recorded(at(2), "y", facts("2 agency2: 14", 1)),
                *merged,
                Recorded(at(5), "y", facts("5 agency2: 15", 2)),
                *split,
                Recorded(at(9), "x", facts("9 agency: 13", 3)),
            ]
        )
    )


def test_appends_of_several_incidents_are_told_apart() -> None:
    every = events(
        [Recorded(at(1), "x", facts("1 agency: 12")), Recorded(at(1), "y", facts("1 agency: 3", 1))]
    )
    step = Steps(every, ["standard"]).go_on()
    assert [(each.after.incident, each.after.best) for each in step.moved] == [("x", 12), ("y", 3)]
    assert [each.fact for each in every] == [*step.facts]
