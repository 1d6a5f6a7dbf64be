"""The files of the languages, and what the loader says of a wrong one."""

import tomllib
from importlib.resources import files
from typing import Any

import pytest

from tracker.figures.languages import LANGUAGES, lexicon_of, read_lexicon


def _document(code: str) -> dict[str, dict[str, Any]]:
    written = files("tracker.figures").joinpath("lexicons", f"{code}.toml").read_text("utf-8")
    return tomllib.loads(written)


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_language_has_a_lexicon_of_its_own(code: str) -> None:
    lexicon = lexicon_of(code)
    assert lexicon is not None
    assert lexicon.language == code


def test_there_is_no_lexicon_without_its_language() -> None:
    """A file that nobody lists would never be read."""
    found = {each.name for each in files("tracker.figures").joinpath("lexicons").iterdir()}
    assert found == {f"{code}.toml" for code in LANGUAGES}


@pytest.mark.parametrize("code", ["", "xx", "e", "english"])
def test_an_unknown_language_has_none(code: str) -> None:
    assert lexicon_of(code) is None


def test_a_missing_key_is_named() -> None:
    document = _document("en")
    del document["numbers"]["months"]
    with pytest.raises(ValueError, match=r"missing, unknown or given twice: months$"):
        read_lexicon(document)


def test_an_unknown_key_is_named() -> None:
    document = _document("en")
    document["numbers"]["mnths"] = "january"
    with pytest.raises(ValueError, match="mnths"):
        read_lexicon(document)


def test_a_key_of_two_sections_is_named() -> None:
    document = _document("en")
    document["roles"]["months"] = "january"
    with pytest.raises(ValueError, match="months"):
        read_lexicon(document)
