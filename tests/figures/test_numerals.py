"""Words and digits to counts."""

import pytest

from tracker.figures.hedges import Numeral
from tracker.figures.languages import lexicon_of
from tracker.figures.numerals import read_numerals
from tracker.figures.tokens import tokenise

COUNTS = {
    "89": 89,
    "1,290": 1290,
    "1\u202f290": 1290,
    "12,345,678": 12_345_678,
    "eighty-nine": 89,
    "eighty nine": 89,
    "one hundred and three": 103,
    "a hundred": 100,
    "twelve hundred": 1200,
    "two thousand three hundred and five": 2305,
    "1.2 million": 1_200_000,
    "2 lakh": 200_000,
    "3 crore": 30_000_000,
    "a dozen": 12,
    "two dozen": 24,
    "half a dozen": 6,
    "a couple of": 2,
    "twenty": 20,
    "nineteen": 19,
}
NO_COUNTS = (
    "3 January",
    "January 3",
    "15:04",
    "3 p.m.",
    "$5",
    "€ 300",
    "6.1 km",
    "5.5",
    "20 percent",
    "67-year-old",
    "COVID-19",
    "flight 702",
    "9/11",
    "since 1998",
    "12-storey",
    "20th",
    "13 minutes",
    "1,29",
    "1" * 40,
)


def _read(text: str, language: str = "en") -> list[Numeral]:
    lexicon = lexicon_of(language)
    assert lexicon is not None
    return read_numerals(tuple(tokenise(text, 0, len(text), lexicon)), lexicon)


@pytest.mark.parametrize(("words", "number"), COUNTS.items())
def test_a_number_is_read_in_any_spelling(words: str, number: int) -> None:
    (numeral,) = _read(f"in all {words} people")
    assert (numeral.low, numeral.high) == (number, number)


IN_OTHER_LANGUAGES = (
    ("es", "treinta y dos", 32),
    ("es", "1.290", 1290),
    ("es", "12 500", 12_500),
    ("es", "1,2 millones de", 1_200_000),
    ("pt", "cento e vinte e três", 123),
    ("pt", "duas", 2),
    ("it", "duecentotrenta", 230),
    ("it", "1.290", 1290),
    ("fr", "quatre-vingt-dix-sept", 97),
    ("fr", "12\u202f500", 12_500),
    ("de", "dreiundzwanzig", 23),
    ("de", "1.290", 1290),
)


@pytest.mark.parametrize(("language", "words", "number"), IN_OTHER_LANGUAGES)
def test_every_language_spells_numbers_in_its_own_way(
    language: str, words: str, number: int
) -> None:
    (numeral,) = _read(f"… {words} …", language)
    assert (numeral.low, numeral.high) == (number, number)


@pytest.mark.parametrize("words", NO_COUNTS)
def test_dates_times_prices_and_measures_count_nobody(words: str) -> None:
    assert _read(f"on {words} .") == []
