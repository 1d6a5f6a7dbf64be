"""One office is one issuer, whatever words name it."""

import pytest

from tracker.figures import resolve_issuer
from tracker.intake import Issuer
from tracker.model import Rank

OFFICES = {
    "interior-ministry": (
        "Interior Minister Jane Doe",
        "the interior ministry",
        "a spokesman for the interior ministry",
        "interior ministry spokesperson",
        "the Ministry of the Interior",
        "deputy interior minister",
    ),
    "health-ministry": (
        "the health minister",
        "the Department of Health",
        "the Ministry of Public Health",
        "Health Ministry spokesman John Roe",
        "the minister of health and medical education",
    ),
    "foreign-ministry": ("the foreign ministry", "Minister of Foreign Affairs Ann Poe"),
    "county-health-ministry": ("the county health department",),
    "public-safety-department": ("the Arland Department of Public Safety",),
    "defence-ministry": ("the defense ministry", "the Defence Minister"),
    "governor": ("the governor's office", "Governor Ann Poe", "the deputy governor of the region"),
    "emergency-services": (
        "Ana Petri, head of the city's emergency services",
        "emergency services spokesman John Roe",
        "Emergency chief Ana Petri",
    ),
    "provincial-emergency-services": ("the provincial emergency service",),
    "police": ("police", "Police chief John Roe", "a police spokeswoman"),
    "state-police": ("state police",),
    "military": ("the army", "a military spokesman"),
    "coroner": ("the coroner's office", "the county's chief medical examiner"),
    "fire-department": ("the fire department", "the fire brigade"),
    "court": ("the supreme court",),
    "united-nations": ("the United Nations", "the UN"),
    "civil-protection": ("the civil protection agency",),
}
AGENCIES = {
    "state-media": ("state television", "state TV", "state media", "the state news agency"),
    "reuters": ("Reuters",),
    "afp": ("AFP", "Agence France-Presse"),
    "red-cross": ("the Red Cross", "International Committee of the Red Cross"),
    "red-crescent": ("The Red Crescent's Reza Noor",),
    "msf": ("Doctors Without Borders",),
}
NOBODY = (
    "officials",
    "authorities",
    "local media",
    "sources",
    "a police source",
    "a source at the interior ministry",
    "a community leader",
    "witnesses",
    "Jane Doe",
    "the minister",
    "",
    "…",
)


@pytest.mark.parametrize(
    ("issuer", "words"), [(issuer, w) for issuer, listed in OFFICES.items() for w in listed]
)
def test_an_office_is_one_official_issuer(issuer: str, words: str) -> None:
    assert resolve_issuer(words, "en") == Issuer(issuer, Rank.OFFICIAL)


@pytest.mark.parametrize(
    ("issuer", "words"), [(issuer, w) for issuer, listed in AGENCIES.items() for w in listed]
)
def test_media_of_the_state_wires_and_relief_are_agencies(issuer: str, words: str) -> None:
    assert resolve_issuer(words, "en") == Issuer(issuer, Rank.AGENCY)


@pytest.mark.parametrize("words", NOBODY)
def test_words_without_an_office_name_nobody(words: str) -> None:
    assert resolve_issuer(words, "en") is None


def test_an_unknown_language_names_nobody() -> None:
    assert resolve_issuer("the interior ministry", "xx") is None


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", "eine Quelle der Polizei"),
        ("es", "fuentes del Ministerio de Sanidad"),
        ("fr", "une source au ministère de la Santé"),
        ("it", "una fonte della polizia"),
        ("pt", "uma fonte da polícia"),
    ],
)
def test_a_source_within_an_office_is_no_office(language: str, words: str) -> None:
    assert resolve_issuer(words, language) is None
