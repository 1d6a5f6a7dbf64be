"""What counted by a moment, and what the log knew by a moment: in a real log, whatever happened."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from builders import figure, opened, reread, withdrawn
from past import Recorded, events, record, then
from said import at
from tracker.decisions import OPERATOR
from tracker.encoding import event_id
from tracker.events import (
    Event,
    Fact,
    FigureReported,
    FigureWithdrawn,
    IncidentOpened,
    incident_stream,
)
from tracker.model import Measure, Rank, Role
from tracker.projections.estimate import Replay, replays
from tracker.projections.ledger import ledger
from tracker.store.base import Log
from tracker.store.writer import open_writer

FERRY = "ferry-2031"
STREAM = incident_stream(FERRY)

Answer = dict[tuple[Measure, str | None], Replay]

MOMENTS = st.integers(0, 40).map(at)
SOME_MOMENTS = st.none() | MOMENTS


@st.composite
def figures(draw: st.DrawFn) -> FigureReported:
    number, office, moment = draw(st.integers(8, 14)), draw(st.booleans()), draw(MOMENTS)
    return figure(
        number,
        source=draw(st.sampled_from(["wire", "cape", "radio"])),
        source_rank=draw(st.sampled_from([Rank.OUTLET, Rank.AGENCY])),
        report=draw(st.sampled_from("abc")),
        measure=draw(st.sampled_from([Measure.KILLED, Measure.KILLED, Measure.MISSING])),
        scope=draw(st.sampled_from([None, None, "north", "south"])),
        issuer_id="ministry" if office else None,
        issuer_rank=Rank.OFFICIAL if office else None,
        published_at=moment,
        quote=f"Sentence {draw(st.integers(0, 3))} of {number} people who were aboard the ferry.",
    )


def taken_back(old: FigureReported, moment: datetime) -> FigureWithdrawn:
    return withdrawn(old, by=OPERATOR, effective_at=moment)


def denied(old: FigureReported, moment: datetime) -> FigureReported:
    return replace(
        old,
        role=Role.REJECTED,
        report="denial",
        published_at=moment,
        issuer_id="ministry",
        issuer_rank=Rank.OFFICIAL,
    )


TAKEN_BACK: dict[str, Callable[[FigureReported, datetime], Fact]] = {
    "withdrawal": taken_back,
    "denial": denied,
}


def about(draw: st.DrawFn, old: FigureReported) -> list[Fact]:
    """What happened to that figure: an edit, a withdrawal, a denial, another reading or two."""
    moment, number = draw(MOMENTS), draw(st.integers(8, 14))
    match draw(st.sampled_from(["edit", "withdrawal", "denial", "reading", "no figure"])):
        case "edit":
            version, replaces = old.version + 1, (event_id(old),)
            edited = replace(old, low=number, high=number, version=version, replaces=replaces)
            return [replace(edited, published_at=moment)]
        case "withdrawal" | "denial" as what:
            return [TAKEN_BACK[what](old, moment)]
        case "reading":
            new = replace(old, low=number, high=number, occurrence=7, reading=old.reading + 1)
            return [new, reread(old, new)]
        case _:
            return [reread(old)]


@st.composite
def pasts(draw: st.DrawFn, after: datetime | None = None) -> list[Recorded]:
    """Appends in the order in which they were made; the clock may have been set back between."""
    said: list[FigureReported] = []
    past = []
    for _ in range(draw(st.integers(1, 5))):
        facts: list[Fact] = [opened(effective_at=draw(MOMENTS))] if draw(st.booleans()) else []
        for _ in range(draw(st.integers(1, 4))):
            old = draw(st.sampled_from([None, None, *said]))
            facts += [draw(figures())] if old is None else about(draw, old)
            said += [each for each in facts if isinstance(each, FigureReported)]
        hours = timedelta(hours=draw(st.integers(1, 40)))
        past.append(Recorded((after or at(0)) + hours, FERRY, facts))
    return past


@contextmanager
def logged(past: Iterable[Recorded]) -> Iterator[Log]:
    with closing(open_writer(":memory:")) as log:
        record(log, past)
        yield log


def asked(log: Log, as_of: datetime | None = None, known_at: datetime | None = None) -> Answer:
    """As the documentation says to ask."""
    return replays(ledger(log.read(STREAM, known_at=known_at), as_of=as_of), FERRY)


def folded(left: Iterable[Event]) -> Answer:
    return replays(ledger(left), FERRY)


@given(pasts(), SOME_MOMENTS, SOME_MOMENTS, st.randoms(use_true_random=False))
@settings(deadline=None)
def test_the_answer_is_that_of_the_facts_that_counted_and_were_known(
    past: list[Recorded], as_of: datetime | None, known_at: datetime | None, random: Random
) -> None:
    """As if the log held those alone, in whatever order they had come."""
    left = then(past, FERRY, as_of=as_of, known_at=known_at)
    random.shuffle(left)
    with logged(past) as log:
        assert asked(log, as_of, known_at) == folded(left)


@given(st.data(), pasts(), MOMENTS, SOME_MOMENTS)
@settings(deadline=None)
def test_nothing_that_is_recorded_later_changes_what_was_known(
    data: st.DataObject, past: list[Recorded], known_at: datetime, as_of: datetime | None
) -> None:
    """However early it counts: a late report, a withdrawal, an edit, another reading."""
    with logged(past) as log:
        before = asked(log, as_of, known_at)
        said = [each.fact for each in log.read(STREAM)]
        later = data.draw(pasts(after=known_at))
        for old in (each for each in said if isinstance(each, FigureReported)):
            facts = data.draw(st.composite(about)(old))
            later.append(Recorded(known_at + timedelta(seconds=1), FERRY, facts))
        record(log, later)
        assert asked(log, as_of, known_at) == before


@given(pasts(), figures(), MOMENTS)
@settings(deadline=None)
def test_a_late_report_changes_the_past_from_when_it_was_published(
    past: list[Recorded], late: FigureReported, as_of: datetime
) -> None:
    """What counted before that stays as it was, however late the report comes in."""
    come = Recorded(at(90), FERRY, [late])
    with logged(past) as log:
        before = asked(log, as_of)
        record(log, [come])
        if as_of < late.published_at:
            assert asked(log, as_of) == before
        assert asked(log, as_of) == folded(then([*past, come], FERRY, as_of=as_of))


@pytest.mark.parametrize("what", ["withdrawal", "denial"])
@given(st.data(), pasts(), MOMENTS, MOMENTS)
@settings(deadline=None)
def test_what_takes_a_figure_back_counts_from_its_own_time(
    what: str, data: st.DataObject, past: list[Recorded], effective: datetime, as_of: datetime
) -> None:
    """And is known from when it was recorded."""
    said = [each.fact for each in events(past) if isinstance(each.fact, FigureReported)]
    assume(said)
    old = data.draw(st.sampled_from(said))
    come = Recorded(at(90), FERRY, [TAKEN_BACK[what](old, effective)])
    with logged(past) as log:
        before, known = asked(log, as_of), asked(log, as_of, at(89))
        record(log, [come])
        if as_of < effective:
            assert asked(log, as_of) == before
        assert asked(log, as_of) == folded(then([*past, come], FERRY, as_of=as_of))
        assert asked(log, as_of, at(89)) == known


@given(pasts(), MOMENTS, MOMENTS)
@settings(deadline=None)
def test_it_is_the_same_whichever_is_asked_first(
    past: list[Recorded], as_of: datetime, known_at: datetime
) -> None:
    """What counted of what was known is what was known of what counted."""
    with logged(past) as log:
        counted = [
            each
            for each in log.read(STREAM)
            if isinstance(each.fact, IncidentOpened) or each.fact.effective_at <= as_of
        ]
        known = [each for each in counted if each.recorded_at <= known_at]
        assert asked(log, as_of, known_at) == folded(known)
        both = log.read(STREAM, known_at=known_at, as_of=as_of)
        assert both == [each for each in known if each.fact.effective_at <= as_of]
