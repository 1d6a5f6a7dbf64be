"""What is folded together, struck out or left aside is as if it had been folded alone."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from builders import figure, opened, withdrawn
from said import added, at, events, log, phrases, reasons
from tracker.events import Fact, FigureReported
from tracker.model import Estimate, Measure, Role
from tracker.projections.estimate import replay, replays
from tracker.projections.history import all_moves, estimates, history
from tracker.projections.ledger import ledger

WORDS = ["", "", " up", " down", " earlier=9,14", " plus=2"]
OTHERS = [*WORDS, " role=component", " role=rejected", " scope=north", " measure=missing"]


def _lines(words: list[str]) -> st.SearchStrategy[list[str]]:
    line = st.builds(
        "{} {}{}: {}{}{} report={} version={}".format,
        st.integers(0, 40),
        st.sampled_from(["outlet", "outlet2", "agency", "agency2", "unverified"]),
        st.sampled_from(["", "/ministry"]),
        st.sampled_from(["", "", "at-least ", "nearly "]),
        st.integers(1, 20),
        st.sampled_from(words),
        st.sampled_from("abc"),
        st.integers(1, 3),
    )
    return st.lists(line, min_size=1, max_size=12)


def _facts(lines: list[str]) -> list[Fact]:
    return list({each.id: each.fact for each in log(*lines)}.values())


def _stands(facts: list[Fact]) -> dict[tuple[Measure, str | None], Estimate]:
    found = estimates(ledger(events(facts)), "x")
    return {(each.measure, each.scope): each for each in found}


@given(_lines(OTHERS))
def test_measures_and_scopes_folded_together_are_as_each_alone(lines: list[str]) -> None:
    folded = ledger(events(_facts(lines)))
    together = replays(folded, "x")
    assert together == {name: replay(folded, "x", *name) for name in together}
    each_alone = [move for each in Measure for move in history(folded, "x", each)]
    assert all_moves(folded, "x") == sorted(each_alone, key=lambda each: each.published_at)


@given(_lines(WORDS), st.data())
def test_a_figure_taken_back_leaves_what_stood_without_it(
    lines: list[str], data: st.DataObject
) -> None:
    """Whenever it is taken back, twice or once, and whatever was heard in between."""
    said = _facts(lines)
    current = [
        each for each in said if isinstance(each, FigureReported) and each.role is Role.CURRENT
    ]
    taken = data.draw(st.lists(st.sampled_from(current), min_size=1, max_size=3))
    back = [withdrawn(each, effective_at=at(data.draw(st.integers(-5, 50)))) for each in taken]
    assert _stands([*said, *back]) == _stands([each for each in said if each not in taken])


@given(_lines(OTHERS), st.data())
def test_an_append_moves_what_stands_otherwise_after_it(
    lines: list[str], data: st.DataObject
) -> None:
    """Of no measure is a move left out because nothing new seems to be said of it.

    One that stands as before on more figures has not moved.
    """
    said = _facts(lines)
    cut = data.draw(st.integers(0, len(said)))
    old, new = said[:cut], said[cut:]
    if data.draw(st.booleans()):
        figures = [each for each in old if isinstance(each, FigureReported)]
        new = [withdrawn(each) for each in figures[:1]]
    before, after = _stands(old), _stands([*old, *new])
    change = added(events(old), new)
    moved = {(each.after.measure, each.after.scope) for each in change.moved}
    assert moved == {
        name
        for name in before.keys() | after.keys()
        if _value(before.get(name)) != _value(after.get(name))
    }


def _value(each: Estimate | None) -> tuple[object, ...] | None:
    if each is None:
        return None
    return each.phrase, each.best, each.low, each.high, each.status


@given(_lines([*OTHERS, " places=North", " places=North,South"]))
def test_what_is_told_live_is_what_a_replay_tells(lines: list[str]) -> None:
    """Report after report, each estimate is as the whole history has it at that moment."""
    said = sorted(_facts(lines), key=lambda each: ledger(events([each])).entries[0].order
                  if isinstance(each, FigureReported) else ())  # fmt: skip
    live: dict[tuple[Measure, str | None], Estimate] = {}
    for place, fact in enumerate(said):
        for each in added(events(said[:place]), [fact]).moved:
            live[each.after.measure, each.after.scope] = each.after
    assert {name: each for name, each in live.items() if each.phrase} == {
        name: replace(each, incident="ferry-2031") for name, each in _stands(said).items()
    }


def test_an_incident_that_goes_on_moves_every_measure() -> None:
    """Totals that were told in passing count once it is known to go on."""
    passing = figure(12, measure=Measure.INJURED, role=Role.BACKGROUND)
    change = added(events([passing]), [opened(ongoing=True)])
    assert [each.after.best for each in change.moved] == [12]


def test_a_report_read_otherwise_tells_of_each_measure_in_it() -> None:
    """What is said of the injured takes away what made the smaller number of dead a lowering."""
    stream = log("1 agency: 20", "2 outlet: 12 earlier=20 report=a")
    assert phrases(replay(ledger(stream), "x", Measure.KILLED)) == ["20", "12"]
    (earlier,) = (each.id for each in stream if getattr(each.fact, "role", "") is Role.EARLIER)
    injured = figure(5, measure=Measure.INJURED, source="outlet", report="a", replaces=(earlier,))
    change = added(stream, [injured])
    assert [(each.after.measure, each.after.best) for each in change.moved] == [
        (Measure.KILLED, 20),
        (Measure.INJURED, 5),
    ]


def test_a_figure_withdrawn_before_it_counts_is_never_heard() -> None:
    said = figure(12, published_at=at(5))
    folded = ledger(events([said, withdrawn(said, effective_at=at(1))]))
    replayed = replay(folded, "x", Measure.KILLED)
    assert (reasons(replayed), replayed.estimate.best) == ([], None)
    assert [each.test for each in replayed.ignored] == ["withdrawn"]
