"""What was known when: each cell of the triangle is one question of the two axes of time."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from builders import figure, opened, reread, withdrawn
from past import Recorded, events, then
from said import at
from tracker.decisions import IncidentMerged
from tracker.encoding import event_id
from tracker.events import Fact, FigureReported
from tracker.model import Estimate, Measure, Rank, Role
from tracker.projections.estimate import replay
from tracker.projections.ledger import ledger
from tracker.projections.vintages import Vintage, vintages

FERRY = "ferry-2031"
DAY = timedelta(days=1)


def day(number: int) -> date:
    """The days of May 2031."""
    return date(2031, 5, number)


def end(of: date) -> datetime:
    return datetime.combine(of, time.max, UTC)


def found(past: Iterable[Recorded], as_of: datetime | None = None) -> list[Vintage]:
    """Oldest first."""
    return [*vintages(events(past), FERRY, Measure.KILLED, as_of=as_of)][::-1]


def said(vintage: Vintage) -> list[tuple[date, int | None]]:
    return [(each.day, each.estimate.best) for each in vintage.days]


def stood(
    past: list[Recorded], as_of: datetime, known_at: datetime, policy: str = "standard"
) -> Estimate:
    """As the two flags of a query ask it."""
    left = ledger(then(past, FERRY, known_at=known_at), as_of=as_of)
    return replay(left, FERRY, Measure.KILLED, policy=policy).estimate


FIRST = figure(12, published_at=at(10))
SECOND = figure(14, published_at=at(30))


def test_a_late_report_revises_the_days_before() -> None:
    late = figure(20, source="cape", issuer_id="ministry", published_at=at(12))
    past = [
        Recorded(at(10), FERRY, [opened(effective_at=at(10)), FIRST]),
        Recorded(at(30), FERRY, [SECOND]),
        Recorded(at(50), FERRY, [replace(late, issuer_rank=Rank.OFFICIAL)]),
    ]
    assert [(each.known, said(each)) for each in found(past)] == [
        (day(1), [(day(1), 12)]),
        (day(2), [(day(1), 12), (day(2), 14)]),
        (day(3), [(day(1), 20)]),
    ]


def test_a_withdrawal_leaves_what_stood_before_it_and_is_known_from_its_vintage_on() -> None:
    past = [
        Recorded(at(10), FERRY, [FIRST]),
        Recorded(at(30), FERRY, [SECOND]),
        Recorded(at(50), FERRY, [withdrawn(SECOND, effective_at=at(50))]),
    ]
    assert said(found(past)[-1]) == [(day(1), 12), (day(2), 14), (day(3), 12)]


def test_a_figure_that_is_none_after_all_leaves_an_empty_vintage() -> None:
    past = [Recorded(at(10), FERRY, [FIRST]), Recorded(at(30), FERRY, [reread(FIRST)])]
    assert [(each.known, said(each)) for each in found(past)] == [
        (day(1), [(day(1), 12)]),
        (day(2), []),
    ]
    empty = found(past)[-1]
    assert (empty.covers(day(2)), empty.covers(day(3)), empty.as_of(day(2))) == (True, False, None)


def test_a_log_that_was_filled_at_once_has_one_vintage() -> None:
    """It is that of the day on which it was filled, and has the value as of each day."""
    (only,) = found([Recorded(at(1000), FERRY, [FIRST, SECOND])])
    assert (only.known, said(only)) == (at(1000).date(), [(day(1), 12), (day(2), 14)])


def test_a_day_on_which_nothing_moved_is_neither_a_vintage_nor_a_day() -> None:
    """A repetition, a confirmation, a report of another measure, an incident opened."""
    past = [
        Recorded(at(1), FERRY, [opened(effective_at=at(1))]),
        Recorded(at(30), FERRY, [FIRST]),
        Recorded(at(55), FERRY, [figure(12, report="again", published_at=at(55))]),
        Recorded(at(80), FERRY, [figure(12, source="cape", quote="12.", published_at=at(80))]),
        Recorded(at(99), FERRY, [figure(3, measure=Measure.MISSING, published_at=at(99))]),
    ]
    (only,) = found(past)
    assert (only.known, said(only)) == (day(2), [(day(1), 12)])


def test_a_figure_dated_after_its_vintage_belongs_to_it_all_the_same() -> None:
    """A source's clock may be some minutes ahead, over midnight."""
    ahead = figure(12, published_at=at(24.1))
    (only,) = found([Recorded(at(23.9), FERRY, [ahead])])
    assert (only.known, said(only), only.covers(day(2))) == (day(1), [(day(2), 12)], True)
    assert not only.covers(day(3))


def test_an_incident_merged_into_it_is_known_from_the_merging_on() -> None:
    """Though its figures had long been in the log."""
    merged = IncidentMerged(
        incident="mill-fire",
        into=FERRY,
        home=FERRY,
        reason="the fire was aboard the ferry",
        effective_at=at(30),
        observed_at=at(30),
    )
    past = [
        Recorded(at(10), FERRY, [FIRST]),
        Recorded(at(12), "mill-fire", [figure(30, published_at=at(11))]),
        Recorded(at(30), FERRY, [merged]),
    ]
    own_first = sorted(events(past), key=lambda each: each.stream)
    newest, older = vintages(own_first, FERRY, Measure.KILLED)
    assert (older.known, said(older)) == (day(1), [(day(1), 12)])
    assert (newest.known, said(newest)) == (day(2), [(day(1), 12), (day(2), 30)])


def test_as_of_leaves_out_the_days_after() -> None:
    past = [Recorded(at(10), FERRY, [FIRST]), Recorded(at(30), FERRY, [SECOND])]
    assert [said(each) for each in found(past, as_of=at(29))] == [[(day(1), 12)]]


def test_the_newest_are_there_without_the_rest() -> None:
    """They come one by one, so that a long log need not be folded whole."""
    past = [Recorded(at(10), FERRY, [FIRST]), Recorded(at(30), FERRY, [SECOND])]
    newest_first = vintages(events(past), FERRY, Measure.KILLED)
    assert next(newest_first).known == day(2)
    assert next(newest_first).known == day(1)
    assert next(newest_first, None) is None


@st.composite
def pasts(draw: st.DrawFn) -> list[Recorded]:
    """A log filled over days: reports that come late or early, edits, withdrawals, re-readings."""
    facts: list[tuple[int, Fact]] = []
    for number in range(draw(st.integers(1, 7))):
        hour, late = draw(st.integers(0, 90)), draw(st.sampled_from([0, 0, 1, 30, 60, -1]))
        office, people = draw(st.booleans()), draw(st.integers(8, 14))
        said = figure(
            people,
            source=draw(st.sampled_from(["wire", "cape", "radio"])),
            source_rank=draw(st.sampled_from([Rank.OUTLET, Rank.AGENCY])),
            report=f"report-{number}",
            role=draw(st.sampled_from([Role.CURRENT, Role.CURRENT, Role.BACKGROUND])),
            issuer_id="ministry" if office else None,
            issuer_rank=Rank.OFFICIAL if office else None,
            published_at=at(hour),
            quote=f"Sentence {number} of {people} people who were aboard the ferry.",
        )
        facts.append((max(hour + late, 0), said))
        facts += [(hour + 5, each) for each in draw(st.builds(_about, st.just(said), _WHAT, _LATE))]
    if draw(st.booleans()):
        going_on = opened(ongoing=True, effective_at=at(draw(st.integers(0, 90))))
        facts.append((draw(st.integers(0, 99)), going_on))
    facts.sort(key=lambda each: each[0])
    return [Recorded(at(hour), FERRY, [fact]) for hour, fact in facts]


_WHAT = st.sampled_from(["", "", "edited", "withdrawn", "read anew", "no figure"])
_LATE = st.sampled_from([1, 40])


def _about(old: FigureReported, what: str, late: int) -> list[Fact]:
    """What happened to that figure some hours later."""
    moment = old.published_at + timedelta(hours=late)
    other = replace(old, low=old.high, high=old.high, quote=f"{old.quote} Or {late}.")
    match what:
        case "edited":
            edited = replace(other, version=2, low=9, high=9, replaces=(event_id(old),))
            return [replace(edited, published_at=moment)]
        case "withdrawn":
            return [withdrawn(old, effective_at=moment)]
        case "read anew":
            new = replace(other, low=13, high=13, occurrence=7, reading=old.reading + 1)
            return [new, reread(old, new)]
        case "no figure":
            return [reread(old)]
        case _:
            return []


@given(pasts(), st.sampled_from(["standard", "latest", "highest", "lowest"]))
@settings(deadline=None)
def test_each_cell_is_what_the_two_flags_say(past: list[Recorded], policy: str) -> None:
    """Also of days and vintages that are left out, since nothing moved on them."""
    newest_first = vintages(events(past), FERRY, Measure.KILLED, policy=policy)
    oldest_first = [*newest_first][::-1]
    for known in (day(1) + DAY * number for number in range(8)):
        vintage = next((each for each in oldest_first[::-1] if each.known <= known), None)
        for of in (day(1) + DAY * number for number in range(8)):
            now = stood(past, end(of), end(known), policy)
            was = vintage.as_of(of) if vintage else None
            assert (was and was.best, was and was.phrase) == (now.best, now.phrase)


@given(pasts())
@settings(deadline=None)
def test_the_newest_vintage_is_the_history(past: list[Recorded]) -> None:
    """What is known by now to have stood at the end of each day."""
    newest = next(vintages(events(past), FERRY, Measure.KILLED), None)
    for of in (day(1) + DAY * number for number in range(8)):
        counted = ledger(events(past), as_of=end(of))
        known = newest.as_of(of) if newest else None
        assert (known and known.phrase) == replay(counted, FERRY, Measure.KILLED).estimate.phrase
