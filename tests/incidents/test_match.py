"""Which incident a figure belongs to."""

from datetime import UTC, date, datetime

import pytest

from tracker.incidents.match import Unmatched, file_figures, full_text, paragraph_of
from tracker.intake import Figure, Incident, Report
from tracker.model import Measure, Qualifier, Role

DAY = datetime(2031, 5, 2, tzinfo=UTC)

FERRY = Incident(
    id="ferry", title="Ferry accident", began=date(2031, 5, 1), place="Cape Lorn, Lornland",
    any_of=("ferry", "Lorn*"), none_of=("lighthouse",),
)  # fmt: skip
QUAKE = Incident(
    id="quake", title="Earthquake", began=date(2031, 4, 30), place="Ostmark",
    any_of=("earthquake", "quake"), all_of=("Ostmark",),
)  # fmt: skip
BOTH = (FERRY, QUAKE)


def report(text: str, title: str = "News of the day") -> Report:
    return Report(source="wire", id="1", title=title, text=text)


def figure_at(report: Report, word: str) -> Figure:
    start = full_text(report).index(word)
    return Figure(
        measure=Measure.KILLED, low=1, high=1, qualifier=Qualifier.EXACT, role=Role.CURRENT,
        start=start, end=start + len(word), quote=word,
    )  # fmt: skip


def owners(
    said: Report, *words: str, moment: datetime = DAY, pinned: str | None = None
) -> dict[str, str]:
    figures = {word: figure_at(said, word) for word in words}
    filing = file_figures(said, list(figures.values()), BOTH, moment=moment, pinned=pinned)
    return {
        word: owner
        for word, figure in figures.items()
        for owner, own in (*filing.filed.items(), *filing.unmatched.items())
        if figure in own
    }


def test_the_only_incident_in_a_report_takes_all_its_figures() -> None:
    said = report("A ferry sank.\n\nTwelve people died.\n\nThree were hurt.")
    assert owners(said, "Twelve", "Three") == {"Twelve": "ferry", "Three": "ferry"}


def test_of_several_incidents_the_figure_s_own_paragraph_decides() -> None:
    said = report("A ferry sank; twelve died.\n\nThe Ostmark earthquake killed nine.")
    assert owners(said, "twelve", "nine") == {"twelve": "ferry", "nine": "quake"}


def test_where_the_paragraph_is_silent_the_headline_decides() -> None:
    said = report(
        "A ferry sank.\n\nAn earthquake shook Ostmark.\n\nNine people died.", "Quake in Ostmark"
    )
    assert owners(said, "Nine") == {"Nine": "quake"}


def test_a_tie_is_set_aside_with_its_candidates_and_never_guessed() -> None:
    said = report("A ferry sank.\n\nAn earthquake shook Ostmark.\n\nNine people died.")
    assert owners(said, "Nine") == {"Nine": "ambiguous: ferry, quake"}


def test_a_report_that_names_no_incident_is_set_aside() -> None:
    assert owners(report("Nine people died."), "Nine") == {"Nine": "no incident"}


@pytest.mark.parametrize(
    "text",
    [
        "Nine died when a FERRY sank",
        "Nine died off Lornish shores",
        "Nine died off Lörn",
    ],
)
def test_words_are_found_whatever_their_case_accents_and_starred_endings(text: str) -> None:
    assert owners(report(text), "Nine") == {"Nine": "ferry"}


@pytest.mark.parametrize(
    "text",
    [
        "Nine died on ferryboats",
        "Nine died when a ferry hit the lighthouse",
        "Nine died in an earthquake",
    ],
)
def test_whole_words_all_words_and_forbidden_words_are_kept_to(text: str) -> None:
    assert owners(report(text), "Nine") == {"Nine": "no incident"}


@pytest.mark.parametrize(
    ("moment", "owner"),
    [
        (datetime(2031, 4, 29, tzinfo=UTC), "no incident"),
        (datetime(2031, 4, 30, 12, tzinfo=UTC), "ferry"),
        (datetime(2031, 7, 30, 12, tzinfo=UTC), "ferry"),
        (datetime(2032, 5, 1, tzinfo=UTC), "no incident"),
    ],
)
def test_only_a_report_of_the_incident_s_days_can_be_about_it(moment: datetime, owner: str) -> None:
    """It may have happened hours earlier by local time; an anniversary comes long after."""
    assert owners(report("Nine died on the ferry"), "Nine", moment=moment) == {"Nine": owner}


def test_a_pinned_report_is_asked_nothing() -> None:
    late = datetime(2040, 1, 1, tzinfo=UTC)
    assert owners(report("Nine died."), "Nine", moment=late, pinned="quake") == {"Nine": "quake"}


def test_without_words_the_place_must_do() -> None:
    place_only = Incident(id="p", title="", began=date(2031, 5, 1), place="Cape Lorn, Lornland")
    said = report("Nine died off Cape Lorn.")
    filing = file_figures(said, [figure_at(said, "Nine")], [place_only], moment=DAY, pinned=None)
    assert list(filing.filed) == ["p"]
    elsewhere = report("Nine died in Lornland.")
    filing = file_figures(
        elsewhere, [figure_at(elsewhere, "Nine")], [place_only], moment=DAY, pinned=None
    )
    assert list(filing.unmatched) == [str(Unmatched("no incident"))]


def test_a_paragraph_ends_at_blank_lines() -> None:
    said = report("One.\n\nTwo died here.\nStill here.\n\nThree.")
    assert paragraph_of(full_text(said), figure_at(said, "Two")) == "Two died here.\nStill here."
