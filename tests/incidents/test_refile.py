"""Reports that were set aside, filed after all: their kept words to facts."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from asides import MAY, aside, read
from builders import figure, opened
from said import events
from tracker.encoding import event_id
from tracker.errors import UsageError
from tracker.events import Fact, FigureReported, IncidentOpened, ReportSetAside
from tracker.figures import extract_figures
from tracker.incidents.aside import set_aside
from tracker.incidents.decide import decide
from tracker.incidents.match import Filing, file_figures, full_text
from tracker.incidents.refile import (
    as_served,
    aside_of,
    filed_since,
    refiling,
    report_of,
    source_of,
    with_refiled,
)
from tracker.intake import Incident, Report, Source
from tracker.model import Rank
from tracker.projections.ledger import Ledger, ledger

FERRY = Incident(id="ferry", title="Ferry", began=date(2031, 5, 1), any_of=("ferry",))
WIRE = Source(id="wire", kind="feed", url="", name="The Wire", rank=Rank.AGENCY)
TEXT = (
    "At least 12 people were killed when a ferry sank.\n\nIt was calm.\n\nAnother 30 were hurt. "
    "In 1978, 40 people died.\n\nTwelve were crew. At least 12 people were killed when a ferry "
    "sank."
)
SEEN = MAY + timedelta(minutes=5)


def said(text: str = TEXT, title: str = "Ferry sinks, 12 dead", **changes: object) -> Report:
    report = Report(
        source="wire", id="r1", title=title, text=text, published=MAY, language="en", url="u"
    )
    return replace(report, **changes)  # type: ignore[arg-type]  # fields by name


def put_aside(report: Report, **changes: object) -> ReportSetAside:
    figures = extract_figures(full_text(report), "en")
    fact = set_aside(WIRE, report, figures, "no incident", observed_at=SEEN)
    assert fact is not None
    return replace(fact, **changes)  # type: ignore[arg-type]  # fields by name


def polled(report: Report, before: Ledger | None = None) -> tuple[Fact, ...]:
    """What a poll stores that reads the whole report and knows the incident."""
    figures = extract_figures(full_text(report), "en")
    return decide(before or Ledger(), FERRY, WIRE, report, figures, observed_at=SEEN)


def test_a_report_is_filed_as_if_the_incident_had_been_known() -> None:
    """The same ids, so the same times, version and occurrences; and the same words."""
    report = said()
    refiled, known = refiling(Ledger(), FERRY, put_aside(report)).facts, polled(report)
    assert [event_id(each) for each in refiled] == [event_id(each) for each in known]
    for one, other in zip(refiled, known, strict=True):
        if isinstance(one, FigureReported) and isinstance(other, FigureReported):
            assert replace(one, place=0) == replace(other, place=0)
    assert isinstance(refiled[0], IncidentOpened)


def test_a_poll_of_it_finds_all_known_and_the_other_way_round() -> None:
    report = said()
    refiled = refiling(Ledger(), FERRY, put_aside(report)).facts
    assert polled(report, ledger(events([*refiled]))) == ()
    stored = ledger(events([*polled(report)]))
    found = refiling(stored, FERRY, put_aside(report))
    assert (found.facts, found.why_not) == ((), "")


def test_an_edit_is_the_next_version() -> None:
    """Two versions set aside are filed as they were served: 14 takes the place of 12."""
    first = refiling(Ledger(), FERRY, put_aside(said())).facts
    later = put_aside(
        said(TEXT.replace("12 people", "14 people")), observed_at=SEEN + timedelta(hours=2)
    )
    facts = refiling(ledger(events([*first])), FERRY, later).facts
    new = [each for each in facts if isinstance(each, FigureReported)]
    assert [(each.version, each.low, each.published_at) for each in new] == [
        (2, 14, SEEN + timedelta(hours=2))
    ] * 2
    assert len({replaced for each in new for replaced in each.replaces}) == 2


def test_an_older_version_is_not_filed_behind_a_newer_one() -> None:
    """It would be taken for the newest."""
    newer = decide(
        Ledger(), FERRY, WIRE, said("The toll of the ferry is 14."), extract_figures(
            full_text(said("The toll of the ferry is 14.")), "en"
        ), observed_at=SEEN + timedelta(hours=1),
    )  # fmt: skip
    found = refiling(
        ledger(events([*newer])), FERRY, put_aside(said("The toll of the ferry is 13."))
    )
    assert found.facts == ()
    assert found.why_not == "a later version of it is filed to ferry"


BARGE = Incident(id="barge", title="Barge", began=date(2031, 5, 1), any_of=("barge",))
OWN = "Seven people were killed on the ferry."
BOTH = (
    "Two people were injured when the ferry hit a barge.\n\n"
    "Three people were killed as the ferry hit the barge."
)


def parted(report: Report) -> tuple[Filing, dict[str, ReportSetAside | None]]:
    figures = extract_figures(full_text(report), "en")
    filing = file_figures(report, figures, [FERRY, BARGE], moment=MAY, pinned=None)
    aside = {
        why: set_aside(WIRE, report, own, why, observed_at=SEEN)
        for why, own in filing.unmatched.items()
    }
    return filing, aside


def test_an_ambiguous_part_joins_the_version_that_the_rest_is_of() -> None:
    """It is no edit: it replaces nothing, counts from the same moment, and comes after the rest."""
    report = said(f"{OWN}\n\n{BOTH}", title="Accident")
    filing, aside = parted(report)
    rest = decide(Ledger(), FERRY, WIRE, report, filing.filed["ferry"], observed_at=SEEN)
    (part,) = filter(None, aside.values())
    facts = refiling(ledger(events([*rest])), FERRY, part).facts
    new = [each for each in facts if isinstance(each, FigureReported)]
    assert [(each.version, each.low, each.replaces) for each in new] == [(1, 2, ()), (1, 3, ())]
    assert {each.published_at for each in new} == {MAY}
    (own,) = [each for each in rest if isinstance(each, FigureReported)]
    assert min(each.place for each in new) > own.place
    assert len(facts) == len(new)


def test_a_poll_sends_an_ambiguous_part_where_it_was_filed() -> None:
    """And finds it known there; the report does not seem to have lost it."""
    report = said(f"{OWN}\n\n{BOTH}", title="Accident")
    filing, aside = parted(report)
    rest = decide(Ledger(), FERRY, WIRE, report, filing.filed["ferry"], observed_at=SEEN)
    (part,) = filter(None, aside.values())
    stored = ledger(events([*rest, *refiling(ledger(events([*rest])), FERRY, part).facts]))
    again = with_refiled(filing, aside, lambda each: "ferry" if each == part else None)
    assert again.unmatched == {}
    assert [each.low for each in again.filed["ferry"]] == [7, 2, 3]
    assert decide(stored, FERRY, WIRE, report, again.filed["ferry"], observed_at=SEEN) == ()
    elsewhere = with_refiled(filing, aside, lambda _: "barge")
    assert [each.low for each in elsewhere.filed["barge"]] == [2, 3]
    assert with_refiled(filing, aside, lambda _: None) == filing


def test_an_ambiguous_part_of_a_later_version_replaces_nothing() -> None:
    """What the rest of the report says is not known to it."""
    rest = events([opened("ferry"), figure(7, source="wire", report="r1", published_at=MAY)])
    report = said(BOTH, title="Accident")
    _, aside = parted(report)
    (part,) = filter(None, aside.values())
    facts = refiling(ledger(rest), FERRY, part).facts
    new = [each for each in facts if isinstance(each, FigureReported)]
    assert [(each.version, each.low, each.replaces) for each in new] == [(2, 2, ()), (2, 3, ())]


@pytest.mark.parametrize(
    ("changes", "why_not"),
    [
        ({"title": None, "text": None}, "its words were redacted"),
        ({"text": None}, "its paragraphs are deleted, as all are after 90 days"),
        ({"language": "tr"}, "no figure is read in language 'tr'"),
        ({"language": ""}, "no figure is read in a language not known"),
        ({"title": "", "text": "It was calm."}, "no figure is read in its words"),
        (
            {"published_at": MAY - timedelta(days=3)},
            "it was published before the incident's day, 2031-05-01",
        ),
    ],
)
def test_what_cannot_be_filed_says_why(changes: dict[str, object], why_not: str) -> None:
    found = refiling(Ledger(), FERRY, put_aside(said(), **changes))
    assert (found.facts, found.why_not) == ((), why_not)


def test_a_headline_that_says_it_all_is_enough() -> None:
    """Headlines are kept for good: what stood in one alone can be filed after the 90 days."""
    flash = put_aside(said("", title="At least 12 people killed as ferry sinks"))
    assert flash.text == ""
    found = refiling(Ledger(), FERRY, replace(flash, text=None))
    assert [each.low for each in found.facts if isinstance(each, FigureReported)] == [12]


def test_the_source_is_as_it_was_then() -> None:
    fact = put_aside(said())
    assert (source_of(fact).rank, source_of(fact).name) == (Rank.AGENCY, "The Wire")
    assert not report_of(fact).whole


def test_reports_are_filed_by_their_time_and_their_versions_as_they_were_served() -> None:
    """An edit that its source dates back comes after what it replaced."""
    first = read("Two people died in Besk.", days=2, report="a")
    edited = aside(
        "Three people died in Besk.", days=1, report="a", observed_at=MAY + timedelta(days=3)
    )
    other = read("Nine people died in Lorn.", days=1.5, report="b")
    assert as_served([edited, other, first]) == [first, edited, other]


def test_only_what_was_set_aside_is_filed() -> None:
    (event,) = events([figure(3)])
    with pytest.raises(UsageError, match="only what was set aside can be filed"):
        aside_of(event)
    (event,) = events([put_aside(said())])
    assert aside_of(event) == put_aside(said())


def test_what_a_poll_files_waits_no_more_but_what_it_sets_aside_again() -> None:
    waits = put_aside(said())
    (fact,) = filed_since(["one", event_id(waits)], [waits], ["incident/ferry", "incident/b"], MAY)
    assert (fact.report, fact.incident) == ("one", "ferry")
