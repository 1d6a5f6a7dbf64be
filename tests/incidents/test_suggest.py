"""What to call an incident that reports tell of, and by which words to recognise it."""

from datetime import date

import pytest

from asides import aside, read
from tracker.incidents.suggest import Held, held, place_of, suggestion, title_of
from tracker.intake import Incident

FERRY = read(
    "At least 12 people were killed when a ferry sank off Cape Lorn, the coast guard said.",
    title="Ferry sinks off Cape Lorn",
)
LADY = read(
    "Twelve passengers of the ferry Lady Anne have died near Cape Lorn.",
    title="12 dead as ferry sinks off Cape Lorn",
    days=0.2,
)
ARNLAND = read("Floods in Arnland killed at least 20 people, officials said.", days=1)
OTHER_FERRY = read("A ferry hit a quay in Besk and killed two people.", days=2)


def test_an_incident_is_suggested_whole() -> None:
    """Id, title, day and place out of the reports, and words that hold for them alone."""
    assert suggestion([LADY, FERRY], [ARNLAND, OTHER_FERRY], []) == Incident(
        id="cape-lorn-ferry-2031",
        title="Ferry sinks off Cape Lorn",
        began=date(2031, 5, 1),
        place="Cape Lorn",
        any_of=("Cape Lorn",),
    )


def test_one_word_more_where_a_report_has_not_the_first() -> None:
    """The name that tells the most reports first; of two further words that which fewer others
    have.
    """
    third = read("The toll of the ferry accident has risen to 14.", days=1)
    found = suggestion([FERRY, LADY, third], [ARNLAND, OTHER_FERRY], [])
    assert found.any_of == ("Cape Lorn", "accident")
    assert held(found.any_of, [FERRY, LADY, third]) == Held(of=3, holding=3)
    assert held(found.any_of, [ARNLAND, OTHER_FERRY]) == Held(of=2, holding=0)


def test_a_word_that_others_have_is_not_the_first_choice() -> None:
    """Of two names the one that is in no other report."""
    besk = read("A mine in Besk, Arnland, collapsed and killed six people.")
    assert suggestion([besk], [ARNLAND], []).any_of == ("Besk",)


def test_a_word_of_a_configured_incident_is_not_taken() -> None:
    """Both would claim what has it."""
    known = Incident(
        id="x", title="x", began=date(2031, 5, 1), any_of=("cape lorn",), all_of=("anne",)
    )
    (word,) = suggestion([FERRY], [], [known]).any_of
    assert word in ("Cape", "Lorn")


def test_a_title_is_a_headline_without_a_number_if_there_is_one() -> None:
    assert title_of([LADY, FERRY]) == "Ferry sinks off Cape Lorn"
    assert title_of([LADY]) == "12 dead as ferry sinks off Cape Lorn"


def test_without_a_headline_the_first_sentence_is_the_title() -> None:
    """And without any words, the figures, or at last the source."""
    assert title_of([ARNLAND]) == "Floods in Arnland killed at least 20 people, officials said."
    assert title_of([aside(None, title=None, figures=("killed 12",))]) == "killed 12"
    assert title_of([aside(None, title=None)]) == "The Wire"


def test_a_title_is_one_line_that_can_be_shown() -> None:
    """Cut at a word where it is long, without what a terminal would obey."""
    assert title_of([aside(title="Ferry\n \x1b[2J sinks\u202e")]) == "Ferry [2J sinks"
    long = title_of([aside(title="ferry " * 40)])
    assert long == "ferry " * 16 + "…"


@pytest.mark.parametrize(
    ("texts", "place"),
    [
        (["A bus crashed near Port Vale and killed two people."], "Port Vale"),
        (["Police in Besk said two people died. Minister Olga Torn spoke."], "Besk"),
        (["Two people died in Besk.", "Besk mourns.", "Torn is in Arnland."], "Besk"),
        (["Two people died in Besk.", "They died in Arnland.", "They died in Lorn."], ""),
        (["Minister Olga Torn said two people died."], ""),
        ([""], ""),
    ],
)
def test_a_place_is_a_name_that_half_of_the_reports_have_after_a_word_of_place(
    texts: list[str], place: str
) -> None:
    assert place_of([aside(each, report=each) for each in texts]) == place


def test_a_place_in_a_language_that_is_not_read_is_not_told() -> None:
    assert place_of([aside("Iki kisi Lorn in Besk", language="tr")]) == ""


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("Two people were killed in a fire.", "fire-2031"),
        ("Olga Torn said a ferry sank.", "olga-ferry-2031"),
        ("Überschwemmungen in Zürich-Nord", "zurich-2031"),
        ("", "incident-2031"),
    ],
)
def test_an_id_is_made_of_what_there_is(text: str, name: str) -> None:
    """Without accents, which nobody wants to type; never empty."""
    assert suggestion([aside(text)], [], []).id == name


def test_reports_without_words_suggest_none() -> None:
    assert suggestion([aside(None, title=None)], [FERRY], []).any_of == ()


def test_a_report_without_words_is_held_by_none() -> None:
    """The words are those of the others."""
    assert suggestion([FERRY, aside(None, title=None)], [], []).any_of == ("Cape Lorn",)
