"""Kept words read anew: what differs becomes facts, and then it is as if always read so."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from said import events
from tracker.decisions import OPERATOR
from tracker.encoding import event_id
from tracker.events import INBOX, Fact, FigureReported, FigureReread, FigureWithdrawn
from tracker.figures import VERSION, extract_figures
from tracker.incidents.decide import decide
from tracker.incidents.match import full_text
from tracker.incidents.reread import Reader, Rereading, Shared, reread, shared_reports
from tracker.intake import Figure, Incident, Report, Source
from tracker.model import Measure, Move, Qualifier, Rank, Role
from tracker.projections.history import all_moves
from tracker.projections.ledger import Ledger, ledger

NOON = datetime(2031, 5, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
UPGRADED = NOON + timedelta(days=20)
FERRY = Incident(id="ferry-2031", title="Ferry accident", began=date(2031, 5, 1), place="Cape Lorn")
UNSHARED = Shared()
WIRE = Source(id="wire", kind="feed", url="", name="The Wire", rank=Rank.AGENCY)

TWELVE = "Twelve people were killed when the ferry sank."
FIFTEEN = "Fifteen people were killed when the ferry sank."
ROSE = "The death toll of the ferry accident has risen to 15, up from 12, the coast guard said."
HURT = "Thirty people were injured."
MISSING = "Seven people are missing."

Worse = Callable[[Figure], Figure | None]
"""How an older extraction read what today's reads: otherwise, or (None) not at all."""


def report(text: str, **changes: Any) -> Report:
    said = Report(
        source="wire", id="r1", title="Ferry sinks", text=text, published=NOON, language="en"
    )
    return replace(said, **changes)


def part(figure: Figure) -> Figure:
    return replace(figure, role=Role.PART)


def unread(*measures: Measure) -> Worse:
    return lambda figure: None if figure.measure in measures else figure


def read(said: Report, worse: Worse, stored: Sequence[Fact] = (), hours: int = 0) -> list[Fact]:
    """What an older extraction stored of a report, so many hours after noon."""
    figures = [worse(each) for each in extract_figures(full_text(said), said.language)]
    return _decided(said, [each for each in figures if each], stored, hours)


def polled(said: Report, stored: Sequence[Fact]) -> list[Fact]:
    """What today's extraction adds of a report, long after."""
    return _decided(said, extract_figures(full_text(said), said.language), stored, 24 * 30)


def _decided(
    said: Report, figures: Sequence[Figure], stored: Sequence[Fact], hours: int
) -> list[Fact]:
    folded = ledger(events(list(stored))) if stored else Ledger()
    at = NOON + timedelta(hours=hours)
    return list(decide(folded, FERRY, WIRE, said, figures, observed_at=at))


def older(facts: Sequence[Fact]) -> list[Fact]:
    """The same facts, as they were before the extraction was raised."""
    return [
        replace(each, reading=VERSION - 1) if isinstance(each, FigureReported) else each
        for each in facts
    ]


def anew(stored: Sequence[Fact], shared: Shared = UNSHARED, **reader: Any) -> Rereading:
    """These facts, read anew."""
    who = Reader(incident=FERRY, observed_at=UPGRADED, **reader)
    return reread(ledger(events(list(stored))), who, shared)


def after(stored: Sequence[Fact], **reader: Any) -> list[Fact]:
    """These facts and what is read otherwise in them, when it is sure that nothing is left."""
    everything = [*stored, *anew(stored, **reader).facts]
    assert anew(everything, **reader).facts == ()
    assert len({event_id(each) for each in everything}) == len(everything)
    return everything


def stands(facts: Sequence[Fact]) -> list[tuple[str, int | None, str]]:
    """What is read by now, in text order."""
    entries = ledger(events(list(facts))).entries
    return [(each.figure.measure, each.figure.low, each.figure.role) for each in entries]


def reported(facts: Sequence[Fact]) -> list[FigureReported]:
    return [each for each in facts if isinstance(each, FigureReported)]


def rereads(facts: Sequence[Fact]) -> list[FigureReread]:
    return [each for each in facts if isinstance(each, FigureReread)]


def history(facts: Sequence[Fact]) -> list[tuple[object, ...]]:
    """What is told of the incident, without the ids of what it is told by."""
    return [
        (each.published_at, each.reason, each.quote, replace(each.estimate, basis=()))
        for each in all_moves(ledger(events(list(facts))), "ferry-2031")
    ]


def test_what_reads_the_same_is_looked_at_and_costs_no_event() -> None:
    stored = older(read(report(f"{ROSE}\n\n{HURT}"), lambda figure: figure))
    again = anew(stored)
    assert (again.facts, again.differences) == ((), ())
    assert (again.looked_at, again.not_kept) == (3, 0)


def test_what_todays_extraction_read_is_not_looked_at() -> None:
    stored = read(report(TWELVE), part)
    assert anew(stored) == Rereading((), (), 0, 0)


def test_a_figure_that_is_read_otherwise_has_its_place_taken() -> None:
    """The new figure is of the same report, version, place and times."""
    stored = older(read(report(f"The sea was calm.\n\n{TWELVE}"), part))
    (old,) = reported(stored)
    new, link = anew(stored).facts
    assert new == replace(old, role=Role.CURRENT, reading=VERSION)
    assert link == FigureReread(
        figure=event_id(old),
        reading=VERSION,
        figures=(event_id(new),),
        effective_at=NOON,
        observed_at=UPGRADED,
    )


@pytest.mark.parametrize(
    "worse",
    [
        lambda figure: replace(figure, measure=Measure.INJURED),
        lambda figure: replace(figure, low=1, high=1),
        lambda figure: replace(figure, qualifier=Qualifier.ABOUT),
        lambda figure: replace(figure, scope="on deck"),
        lambda figure: replace(figure, places=("Port Lorn",)),
        lambda figure: replace(figure, move=Move.DOWN),
        lambda figure: replace(figure, issuer="the mayor"),
        part,
    ],
    ids=["measure", "number", "qualifier", "scope", "places", "move", "issuer", "role"],
)
@pytest.mark.parametrize("title", ["Ferry sinks", ""])
def test_whatever_differs_is_read_anew_and_polled_in_vain(worse: Worse, title: str) -> None:
    """Read a second time or polled as it is, the report adds nothing; it tells the same story."""
    said = report(f"The sea was calm.\n\n{TWELVE}", title=title)
    stored = after(older(read(said, worse)))
    assert [len(each.figures) for each in rereads(stored)] == [1]
    assert polled(said, stored) == []
    assert history(stored) == history(polled(said, ()))


def test_another_version_that_reads_the_same_stores_nothing() -> None:
    """Even if it reads where the one before had something to store."""
    stored = after(older(read(report(f"{TWELVE} {HURT}"), part)))
    assert anew(stored, reading=VERSION + 1).facts == ()


def test_what_is_no_figure_any_more_has_none_in_its_place() -> None:
    said = report("The ferry of 2031 sank.")
    year = Figure(
        measure=Measure.KILLED,
        low=2031,
        high=2031,
        qualifier=Qualifier.EXACT,
        role=Role.CURRENT,
        start=30,
        end=34,
        quote="The ferry of 2031 sank.",
    )
    stored = after(older(_decided(said, [year], (), 0)))
    (link,) = rereads(stored)
    assert (link.figures, stands(stored)) == ((), [])
    assert polled(said, stored) == []


def test_what_was_overlooked_in_a_kept_paragraph_is_new() -> None:
    """It takes no other's place, and stands where it stands in the text."""
    said = report(f"{TWELVE} {HURT}")
    stored = older(read(said, unread(Measure.INJURED)))
    (difference,) = anew(stored).differences
    assert difference.was is None
    (new,) = difference.now
    assert (new.measure, new.place) == (Measure.INJURED, len(f"Ferry sinks\n\n{TWELVE} "))
    assert polled(said, after(stored)) == []


def test_what_was_overlooked_in_a_headline_is_new() -> None:
    """Also where no paragraph is kept any more: a headline is kept for good."""
    said = report(HURT, title="Ferry sinks, killing 12")
    stored = older(read(said, unread(Measure.KILLED)))
    for kept in (stored, _without_texts(stored)):
        (new,) = reported(anew(kept).facts)
        assert (new.low, new.text) == (12, said.title)
        assert new.place < len(said.title)
        assert polled(said, after(kept)) == []


def test_a_headline_without_a_figure_is_nobodys_in_a_report_of_several_incidents() -> None:
    said = report(HURT, title="Ferry sinks, killing 12")
    stored = older(read(said, unread(Measure.KILLED)))
    assert anew(stored, shared=Shared({("wire", "r1")})).facts == ()


def test_a_headline_with_a_figure_is_read_anew_in_any_case() -> None:
    said = report(HURT, title="Ferry sinks, killing 12")
    stored = _without_texts(older(read(said, part)))
    again = anew(stored, shared=Shared({("wire", "r1")}))
    assert [each.measure for each in reported(again.facts)] == [Measure.KILLED]


def test_a_report_is_shared_where_two_streams_have_something_of_it() -> None:
    one, other = events(read(report(TWELVE), part))[1], events(read(report(HURT), part))[1]
    alone = events(read(report(MISSING, id="r2"), part))[1]
    there = replace(other, stream=INBOX)
    assert shared_reports([one, there, alone]) == Shared({("wire", "r1")})
    assert shared_reports([one, other, alone]) == Shared()


def test_a_new_figure_has_no_id_that_another_incident_has_taken() -> None:
    """The id of a figure does not tell its incident, and the log stores each id once."""
    stored = older(read(report(TWELVE), part))
    (free,) = reported(anew(stored).facts)
    (new,) = reported(anew(stored, taken={event_id(free)}.__contains__).facts)
    assert event_id(new) != event_id(free)
    assert replace(new, occurrence=0) == free


def test_words_that_are_deleted_are_counted_and_left_as_they_were_read() -> None:
    again = anew(_without_texts(older(read(report(f"{TWELVE}\n\n{HURT}"), part))))
    assert again == Rereading((), (), looked_at=0, not_kept=2)


def test_a_language_that_is_not_read_leaves_everything_as_it_is() -> None:
    """It would look as if no figure were one any more."""
    stored = [
        replace(each, language="xx") if isinstance(each, FigureReported) else each
        for each in older(read(report(TWELVE), part))
    ]
    assert anew(stored) == Rereading((), (), 0, 0)


def test_a_number_that_counts_two_things_has_both_in_its_place() -> None:
    """ "Thirty killed and injured", which had been read as one measure."""
    words = "Dozens were killed or hurt when the ferry sank."
    killed = _figure("Dozens", words, low=None, high=None, word="dozens")
    hurt = replace(killed, measure=Measure.INJURED)
    mixed = replace(killed, measure=Measure.CASUALTIES_MIXED)
    stored = older(_decided(report(words), [mixed], (), 0))
    now = after(stored, extract=_finding(words, killed, hurt))
    (link,) = rereads(now)
    assert len(link.figures) == 2
    assert stands(now) == [("killed", None, "current"), ("injured", None, "current")]


def test_two_numbers_that_are_one_range_have_it_in_their_place() -> None:
    """Each of them: whichever was withdrawn, the range is withdrawn with it."""
    words = "Between 12 and 15 people were killed when the ferry sank."
    twelve, fifteen = _figure("12", words, low=12), _figure("15", words, low=15)
    whole = replace(twelve, high=15, qualifier=Qualifier.RANGE)
    stored = older(_decided(report(words), [twelve, fifteen], (), 0))
    now = after(stored, extract=_finding(words, whole))
    assert len({each.figures for each in rereads(now)}) == 1
    assert stands(now) == [("killed", 12, "current")]


def test_a_number_read_otherwise_is_known_by_its_place_and_measure() -> None:
    """ "2" of "2,100" is no other figure than 2,100; a third in the next sentence is."""
    words = "The accident killed 2 100 people. It hurt 30."
    short, whole = _figure("2", words, low=2), _figure("2 100", words, low=2100)
    hurt = _figure("30", words, low=30, measure=Measure.INJURED, quote="It hurt 30.")
    stored = older(_decided(report(words), [short], (), 0))
    again = anew(stored, extract=_finding(words, whole, hurt))
    assert [(each.was is None, each.now[0].low) for each in again.differences] == [
        (False, 2100),
        (True, 30),
    ]


def test_the_same_paragraph_twice_is_read_twice() -> None:
    said = report(f"{TWELVE}\n\n{HURT}\n\n{TWELVE}")
    stored = after(older(read(said, part)))
    assert [each for each in stands(stored) if each[0] == "killed"] == [
        ("killed", 12, "current"),
        ("killed", 12, "current"),
    ]
    assert polled(said, stored) == []
    assert history(stored) == history(polled(said, ()))


def test_a_figure_that_was_counted_behind_a_misread_one_is_still_known() -> None:
    """Of two alike the first turns out to be none: the second is no news to the next poll."""
    said = report(f"{ROSE}\n\n{TWELVE}")

    def current(figure: Figure) -> Figure:
        return replace(figure, role=Role.CURRENT)

    stored = after(older(read(said, current)))
    assert {each.occurrence for each in reported(stored) if each.low == 12} == {0, 1}
    assert polled(said, stored) == []


def test_what_an_edit_replaced_stays_replaced() -> None:
    first = read(report(f"{TWELVE}\n\n{HURT}"), part)
    said = report(f"{FIFTEEN}\n\n{HURT}")
    stored = after(older([*first, *read(said, part, first, hours=3)]))
    folded = ledger(events(stored))
    assert [each.figure.low for each in folded.stated("wire", "r1", 1)] == [12, 30]
    assert [each.figure.low for each in folded.stated("wire", "r1")] == [30, 15]
    assert polled(said, stored) == []
    fresh = polled(report(f"{TWELVE}\n\n{HURT}"), ())
    fresh += read(said, lambda figure: figure, fresh, hours=3)
    assert [each[1:] for each in history(stored)] == [each[1:] for each in history(fresh)]


def test_what_an_edit_left_alone_is_not_stored_again_and_what_it_changed_is_replaced() -> None:
    """As it would have been, had both versions been read so at once."""
    first = report(f"{TWELVE} {HURT} {MISSING}")
    second = report(f"{FIFTEEN} Thirty-one people were injured. {MISSING}")
    worse = unread(Measure.INJURED, Measure.MISSING)
    stored = read(first, worse)
    stored = older([*stored, *read(second, worse, stored, hours=3)])
    new = reported(anew(stored).facts)
    assert [(each.measure, each.low, each.version) for each in new] == [
        ("injured", 30, 1),
        ("missing", 7, 1),
        ("injured", 31, 2),
    ]
    assert new[2].replaces == (event_id(new[0]),)
    assert polled(second, after(stored)) == []


def test_a_figure_that_an_operator_took_back_stays_so() -> None:
    said = report(TWELVE)
    stored = older(read(said, part))
    taken = FigureWithdrawn(
        figure=event_id(reported(stored)[0]),
        by=OPERATOR,
        reason="an error",
        effective_at=LATER,
        observed_at=LATER,
    )
    facts = after([*stored, taken])
    assert [each.estimate.best for each in all_moves(ledger(events(facts)), "x")] == [12, None]
    assert polled(said, facts) == []


def test_absence_withdraws_nothing_of_what_an_older_extraction_read() -> None:
    """What is read anew in words that the page has no longer may have been gone for long."""
    first = report(f"{TWELVE} {MISSING}\n\n{HURT}")
    second = report(f"{TWELVE}\n\n{HURT}")
    stored = after(older(read(first, unread(Measure.MISSING))))
    assert ("missing", 7, "current") in stands(stored)
    assert polled(second, stored) == []


def test_a_reading_of_a_reading_may_come_back_to_the_first() -> None:
    """Each has an id of its own, and the words of all of them are kept with the first."""
    stored = older(read(report(TWELVE), lambda figure: figure))
    seen = [event_id(each) for each in reported(stored)]
    for version, worse in enumerate((part, lambda figure: figure, part), VERSION):
        stored = after(stored, extract=_reading(worse), reading=version)
        (standing,) = ledger(events(stored)).entries
        assert standing.event.id not in seen
        assert standing.figure.role is worse(extract_figures(TWELVE, "en")[0]).role
        seen.append(standing.event.id)


def test_what_was_read_away_may_be_read_again() -> None:
    """It takes the place of what had been read there, and nothing is stored in between."""
    stored = after(older(read(report(TWELVE), part)), extract=_reading(unread(Measure.KILLED)))
    assert stands(stored) == []
    assert anew(stored, reading=VERSION + 1, extract=lambda *_: []).facts == ()
    again = anew(stored, reading=VERSION + 1)
    (difference,) = again.differences
    assert difference.was is not None
    assert stands([*stored, *again.facts]) == [("killed", 12, "current")]


def test_a_reading_that_lost_its_successor_is_no_obstacle() -> None:
    """A log from elsewhere may hold the one without the other."""
    stored = older(read(report(TWELVE), part))
    link = anew(stored).facts[1]
    assert anew([*stored, link]).facts == ()


SENTENCES = (TWELVE, FIFTEEN, ROSE, HURT, MISSING, "Nearly 20 people died, officials said.")


@settings(deadline=None, max_examples=60)
@given(
    paragraphs=st.lists(
        st.lists(st.sampled_from(SENTENCES), min_size=1, max_size=3).map(" ".join),
        min_size=1,
        max_size=4,
    ),
    title=st.sampled_from(["", "Ferry sinks", "Ferry sinks, killing 12"]),
    wrong=st.dictionaries(
        st.sampled_from(SENTENCES),
        st.sampled_from(
            [
                part,
                unread(Measure.INJURED),
                lambda figure: replace(figure, measure=Measure.TRAPPED),
                lambda figure: replace(figure, move=Move.DOWN, issuer=None),
            ]
        ),
    ),
)
def test_whatever_was_misread_it_is_as_if_it_had_been_read_well_at_once(
    paragraphs: list[str], title: str, wrong: dict[str, Worse]
) -> None:
    """The history is that of a first poll by today's rules, and a poll adds nothing to it."""
    said = report("\n\n".join(paragraphs), title=title)

    def worse(figure: Figure) -> Figure | None:
        return wrong[figure.quote](figure) if figure.quote in wrong else figure

    stored = older(read(said, worse))
    kept = {each.text for each in reported(stored)}
    if not {each.text for each in reported(polled(said, ()))} <= {*kept, title}:
        return  # a paragraph in which nothing was read was not kept
    if not stored:
        return
    stored = after(stored)
    assert history(stored) == history(polled(said, ()))
    assert polled(said, stored) == []


def _without_texts(facts: Sequence[Fact]) -> list[Fact]:
    return [
        replace(each, text=None) if isinstance(each, FigureReported) else each for each in facts
    ]


def _figure(words: str, text: str, **changes: Any) -> Figure:
    """The number in these words of the only paragraph, as killed and current."""
    start = len("Ferry sinks\n\n") + text.index(words)
    low = changes.get("low")
    defaults: dict[str, Any] = {
        "measure": Measure.KILLED,
        "low": low,
        "high": low,
        "qualifier": Qualifier.EXACT if low else Qualifier.VAGUE,
        "role": Role.CURRENT,
        "start": start,
        "end": start + len(words),
        "quote": text,
    }
    return Figure(**(defaults | changes))


def _finding(paragraph: str, *figures: Figure) -> Callable[[str, str], list[Figure]]:
    """An extraction that finds these in that paragraph, and nothing elsewhere."""
    before = len("Ferry sinks\n\n")
    found = [replace(each, start=each.start - before, end=each.end - before) for each in figures]
    return lambda text, _: found if text == paragraph else []


def _reading(worse: Worse) -> Callable[[str, str], list[Figure]]:
    """An extraction that reads so."""
    return lambda text, language: [
        each for each in map(worse, extract_figures(text, language)) if each
    ]
