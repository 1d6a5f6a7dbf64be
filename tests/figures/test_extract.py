"""The figures of a text: a corpus of sentences, and what holds of every text."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.figures import VERSION, extract_figures
from tracker.figures.languages import LANGUAGES
from tracker.intake import Figure
from tracker.model import Measure, Move, Qualifier, Role

CORPORA = {
    (path.suffixes[0][1:] if len(path.suffixes) > 1 else "en"): [
        json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()
    ]
    for path in sorted(Path(__file__).parent.glob("corpus*.jsonl"))
}
LINES = [(language, line) for language, lines in CORPORA.items() for line in lines]
OPTIONAL = ("issuer", "move", "places", "scope", "word")

WORDS = st.sampled_from(
    "killed died injured missing dead toll deaths people others children police said to from at "  # noqa: SIM905 — a list of forty words is read more easily without its quotes
    "of the a and , . ; : ( ) \" ' - 5 12 103 1,290 2010 dozens nearly over up down rose revised "
    "including whom had earlier not could in who was were has hundred no one more".split()
)
NEWS = st.lists(WORDS, max_size=60).map(" ".join)
ANY = st.one_of(st.text(max_size=300), NEWS)


@pytest.mark.parametrize(
    ("language", "line"),
    LINES,
    ids=[f"{language}: {line['text'][:60]}" for language, line in LINES],
)
def test_a_sentence_of_the_corpus_reads_as_labelled(language: str, line: dict[str, Any]) -> None:
    found = extract_figures(line["text"], language)
    assert [_stated(figure) for figure in found] == [
        (w["measure"], w["low"], w["high"], w["qualifier"], w["role"]) for w in line["figures"]
    ]
    for figure, wanted in zip(found, line["figures"], strict=True):
        for name in OPTIONAL:
            if name in wanted:
                told = wanted[name]
                assert getattr(figure, name) == (tuple(told) if name == "places" else told), name


def _stated(figure: Figure) -> tuple[str, int | None, int | None, str, str]:
    return figure.measure, figure.low, figure.high, figure.qualifier, figure.role


def test_the_corpora_are_broad() -> None:
    """English keeps at least 400 sentences, with every role and qualifier among them; each
    other language at least 40.
    """
    assert CORPORA.keys() == set(LANGUAGES)
    assert len(CORPORA["en"]) >= 400
    assert all(len(lines) >= 40 for lines in CORPORA.values())
    figures = [figure for line in CORPORA["en"] for figure in line["figures"]]
    assert {figure["role"] for figure in figures} == set(Role)
    assert {figure["qualifier"] for figure in figures} == set(Qualifier)


@given(ANY)
def test_no_text_raises_and_every_figure_points_into_the_text(text: str) -> None:
    """Offsets bound words of the text, the quote is the text's own and holds them."""
    last = 0
    for figure in extract_figures(text, "en"):
        assert 0 <= figure.start < figure.end <= len(text)
        assert figure.start >= last
        last = figure.start
        assert text[figure.start : figure.end].strip()
        assert figure.quote in text
        assert figure.quote
        assert figure.why
        assert (figure.word is not None) == (figure.qualifier is Qualifier.VAGUE)


@given(ANY)
def test_the_same_text_gives_the_same_figures(text: str) -> None:
    assert extract_figures(text, "en") == extract_figures(text, "en")


@pytest.mark.parametrize("language", LANGUAGES)
@given(data=st.data())
def test_no_text_raises_in_any_language(language: str, data: st.DataObject) -> None:
    """Any text, and any mix of the words of a language's own corpus."""
    words = [word for line in CORPORA[language] for word in line["text"].split()]
    mixed = st.lists(st.sampled_from(words), max_size=60).map(" ".join)
    text = data.draw(st.one_of(st.text(max_size=300), mixed))
    for figure in extract_figures(text, language):
        assert 0 <= figure.start < figure.end <= len(text)
        assert figure.quote in text


@given(NEWS, NEWS)
def test_a_paragraph_reads_the_same_beside_any_other(paragraph: str, other: str) -> None:
    """Figures do not depend on other paragraphs, before or after; only offsets move."""
    alone = extract_figures(paragraph, "en")
    beside = extract_figures(other, "en")
    both = extract_figures(f"{paragraph}\n\n{other}", "en")
    shift = len(paragraph) + 2
    assert both[: len(alone)] == alone
    assert [(f.start, f.measure, f.low, f.role, f.issuer) for f in both[len(alone) :]] == [
        (f.start + shift, f.measure, f.low, f.role, f.issuer) for f in beside
    ]


@pytest.mark.parametrize("language", ["", "xx", "tlh", "EN_unknown_", "zh-Hant"])
def test_a_language_without_a_lexicon_yields_nothing(language: str) -> None:
    found = extract_figures("At least 12 people were killed.", language)
    assert bool(found) == language.lower().startswith("en")


def test_a_region_does_not_matter() -> None:
    text = "At least 12 people were killed."
    assert extract_figures(text, "en-GB") == extract_figures(text, "en") != []


def test_a_number_of_more_people_than_live_is_no_figure() -> None:
    assert extract_figures(f"The plague killed {10**30} people and {10**11} people.", "en") == []


def test_figures_stand_in_the_order_of_the_text() -> None:
    """A headline comes before its body, and offsets are into the text as given."""
    text = "Twelve killed in fire\n\nThe fire killed 12 people, police said.\n\nForty were injured."
    found = extract_figures(text, "en")
    assert [text[f.start : f.end] for f in found] == [
        "Twelve killed",
        "killed 12 people",
        "Forty were injured",
    ]
    assert [f.quote for f in found][1] == "The fire killed 12 people, police said."


def test_a_quote_of_an_endless_sentence_is_cut_around_the_number() -> None:
    text = "and so on " * 60 + "killed 12 people " + "and so on " * 60
    (figure,) = extract_figures(text, "en")
    assert "killed 12 people" in figure.quote
    assert len(figure.quote) <= 320


def test_a_move_between_two_numbers_is_read_from_the_numbers() -> None:
    """ "Revised from 95 to 84" is down, "from 84 to 95" up, whatever the verb."""
    for first, second, move in ((95, 84, Move.DOWN), (84, 95, Move.UP)):
        text = f"The ministry revised the death toll from {first} to {second}."
        earlier, current = extract_figures(text, "en")
        assert (earlier.role, earlier.low) == (Role.EARLIER, first)
        assert (current.role, current.low, current.move) == (Role.CURRENT, second, move)


def test_a_correction_reaches_back_to_the_larger_toll_and_no_farther() -> None:
    """A corrected toll unseats the larger ones before it, no smaller one, no other measure's."""
    text = (
        "Ferry fire: 64 dead, 90 hurt, 12 of the dead crew. The coast guard lowered the toll to 52."
    )
    roles = [(f.measure, f.low, f.role) for f in extract_figures(text, "en")]
    assert (Measure.KILLED, 64, Role.EARLIER) in roles
    assert (Measure.INJURED, 90, Role.CURRENT) in roles
    assert (Measure.KILLED, 12, Role.PART) in roles
    assert (Measure.KILLED, 52, Role.CURRENT) in roles


HOSTILE = {
    "digits": "1" * 1_000_000,
    "brackets": "(" * 1_000_000,
    "nested quotes": "\"'“" * 300_000,
    "one word": "bomb " * 200_000,
    "one verb": "killed " * 150_000,
    "numbers": "12 " * 300_000,
    "articles": "a " * 300_000,
    "number words": "hundred " * 120_000,
    "hedges": "at least " * 100_000,
    "blank lines": "\n" * 500_000,
    "full stops": "A. " * 200_000,
    "verb and number": "killed 5 " * 20_000,
    "lists": "5 and " * 100_000,
    "names": "X died " * 20_000,
    "corrections": "The toll fell to 5. The earlier count was 6. " * 5_000,
    "shares": "Of the 5 dead, 4 were children. " * 5_000,
    "one and others": "the driver and two " * 20_000,
    "entries": "18:02 5 people were killed.\n\n" * 5_000,
    "entries of a paragraph": "Day 2: 5 people were killed. " * 5_000,
    "places": "The toll in Arlo rose to 5 and in Besk to 6. " * 5_000,
    "sites": "In Arlo, 5 people died. In Besk, 6 people died. " * 5_000,
    "pointers": "In Arlo it rained. 5 people died there. " * 5_000,
    "countries": "Arlo's president said 5 people died in his country. " * 5_000,
    "joined names": "killed 5 in " + "Arlo and Besk, Cole " * 5_000,
    "groups": "5 foreigners died in the attack and 4 of the guards were hurt. " * 5_000,
    "others": "5 people died. 4 more died elsewhere. " * 5_000,
    "rests": "They search for the other 5. The toll is 5, not 6. " * 5_000,
    "citations": "police said 5 died, citing " * 5_000,
    "times": "The crash last month killed 5 people. " * 5_000,
    "registers": "The list of the missing has 5 names. " * 5_000,
    "asides": "killed, according to police, 5 and " * 5_000,
}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_text_is_read_to_its_end(text: str) -> None:
    """Work grows with the length alone: a text that made it grow faster would not come back."""
    for figure in extract_figures(text, "en"):
        assert figure.low is None or figure.low >= 0


def test_the_version_is_stated() -> None:
    assert VERSION == 4
