"""What cannot be filed, and how the log says so."""
# ruff: noqa: RUF001 — letters of other languages that look like those of English

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from tracker.events import ReportSetAside
from tracker.figures import extract_figures
from tracker.incidents.aside import set_aside, set_aside_unread
from tracker.incidents.match import full_text
from tracker.intake import Incident, Report, Source
from tracker.model import Rank

NOON = datetime(2031, 5, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(hours=3)
FERRY = Incident(
    id="ferry", title="Ferry accident", began=date(2031, 5, 1), any_of=("Lorn", "feribot*")
)
WIRE = Source(id="wire", kind="feed", url="", name="The Wire", rank=Rank.AGENCY)

TWELVE = "Twelve people were killed when the ferry sank."
HURT = "Thirty people were injured."
TURKISH = "Feribotta 12 kişi öldü.\n\nHava güzeldi.\n\nYaralı sayısı 30."


def report(text: str, language: str = "en") -> Report:
    return Report(
        source="wire", id="r1", title="Lorn", text=text, published=NOON, language=language
    )


def unread(said: Report, source: Source = WIRE) -> ReportSetAside | None:
    return set_aside_unread(source, said, [FERRY], observed_at=LATER)


def test_only_a_report_with_a_toll_is_worth_setting_aside() -> None:
    def aside(text: str) -> ReportSetAside | None:
        said = report(text)
        figures = extract_figures(full_text(said), "en")
        return set_aside(WIRE, said, figures, "no incident", observed_at=LATER)

    kept = aside(f"{TWELVE}\n\nThe weather was fair.\n\n{HURT}")
    assert kept is not None
    assert kept.text == f"{TWELVE}\n\n{HURT}"
    assert aside("It was the worst since 1978, when 370 people died.") is None


def test_what_is_kept_reads_as_the_whole_report_did() -> None:
    """The paragraphs of every figure, whatever its role, each as often as it stands there; the
    headline is kept for itself.
    """
    before = "It was the worst since 1978, when 370 people died."
    text = f"{TWELVE}\n\nThe weather was fair.\n\n{before}\n\n{TWELVE}"
    said = replace(report(text), title=TWELVE)
    figures = extract_figures(full_text(said), "en")
    kept = set_aside(WIRE, said, figures, "no incident", observed_at=LATER)
    assert kept is not None
    assert kept.text == f"{TWELVE}\n\n{before}\n\n{TWELVE}"
    assert kept.figures == ("killed Twelve people were killed",) * 3
    again = extract_figures(f"{kept.title}\n\n{kept.text}", "en")
    shapes = [[(each.low, each.role, each.quote) for each in read] for read in (figures, again)]
    assert shapes[0] == shapes[1]
    untitled = replace(said, title="")
    figures = extract_figures(full_text(untitled), "en")
    kept = set_aside(WIRE, untitled, figures, "no incident", observed_at=LATER)
    assert kept is not None
    assert kept.text == f"{TWELVE}\n\n{before}\n\n{TWELVE}"


def test_a_toll_in_the_headline_alone_keeps_no_paragraph() -> None:
    said = replace(report("The weather was fair."), title=TWELVE)
    figures = extract_figures(full_text(said), "en")
    kept = set_aside(WIRE, said, figures, "no incident", observed_at=LATER)
    assert kept is not None
    assert (kept.title, kept.text) == (TWELVE, "")


@pytest.mark.parametrize(
    ("language", "why"),
    [("tr", "language: tr is not read"), ("", "language: not known"), ("en", None)],
)
def test_a_report_of_an_incident_in_a_language_that_is_not_read_says_so(
    language: str, why: str | None
) -> None:
    """With the paragraphs that hold a number, and with no figure."""
    kept = unread(report(TURKISH, language))
    assert (kept and kept.why) == why
    if kept:
        assert (kept.language, kept.figures, kept.published_at) == (language, (), NOON)
        assert kept.text == "Feribotta 12 kişi öldü.\n\nYaralı sayısı 30."


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("Feribot battı: 12 ölü.", True),
        ("Feribot battı.", False),
        ("کشتی Lorn: ۱۲ کشته", True),
        ("渡轮 Lorn 沉没十二人遇难", True),
        ("Maçın sonucu 3-1.", True),
    ],
)
def test_what_holds_no_number_is_no_loss(text: str, *, counts: bool) -> None:
    assert (unread(report(text, "xx")) is not None) == counts


def test_only_what_an_incident_would_claim_is_kept() -> None:
    """By its words and its date, or because its source is about nothing else."""
    football = replace(report("Maç 3-1 bitti.", "tr"), title="Futbol")
    pinned = replace(WIRE, incident="ferry")
    assert unread(football) is None
    assert unread(football, pinned) is not None
    early = replace(report(TURKISH, "tr"), published=NOON - timedelta(days=9))
    assert unread(early) is None
    assert unread(early, pinned) is not None
