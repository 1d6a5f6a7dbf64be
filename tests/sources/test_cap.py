"""Kind `cap`: what a feed only points to, and what a text of an alert may count as."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tracker.figures import extract_figures
from tracker.intake import Source
from tracker.model import Rank
from tracker.sources.capture import Capture
from tracker.sources.kind import Parsed
from tracker.sources.kinds import parse

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
SOURCE = Source(
    id="coast",
    kind="cap",
    url="https://lorn.example/alerts",
    name="Coast guard",
    rank=Rank.OFFICIAL,
)


def read(content: str, known: frozenset[str] = frozenset(), source: Source = SOURCE) -> Parsed:
    capture = Capture(url=SOURCE.url, content=content.encode(), fetched_at=NOW, digest="")
    return parse(source, capture, known)


def alert(identifier: str, hour: int, kind: str = "Alert", references: str = "") -> str:
    return (
        '<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2">'
        f"<identifier>{identifier}</identifier><sender>coast</sender>"
        f"<sent>2031-05-01T{hour:02}:00:00-00:00</sent><status>Actual</status>"
        f"<msgType>{kind}</msgType><references>{references}</references>"
        f"<info><event>Ferry</event><description>Text of {identifier}.</description></info></alert>"
    )


def feed(*entries: str) -> str:
    return f"<feed xmlns='http://www.w3.org/2005/Atom'>{''.join(entries)}</feed>"


def entry(name: str, updated: str = "", holds: str = "") -> str:
    return (
        f"<entry><id>{name}</id><updated>{updated}</updated><link href='/{name}'/>"
        f"<content>{holds}</content></entry>"
    )


def test_an_alert_is_fetched_once_until_its_entry_changes() -> None:
    """Its id and its date tell; what the feed no longer has is forgotten."""
    first = read(feed(entry("a", "2031-05-01"), entry("b", "2031-05-01")))
    assert [each.url[-1] for each in first.links] == ["a", "b"]
    known = frozenset(each.digest for each in first.links)
    second = read(feed(entry("a", "2031-05-01"), entry("b", "2031-05-02")), known)
    assert [each.url[-1] for each in second.links] == ["b"]
    assert second.known == {first.links[0].digest}
    assert read(feed(), known).known == frozenset()


def test_a_chain_of_updates_is_one_report_whatever_their_order() -> None:
    """The last update names only the one before it; the report is that of the first alert."""
    parts = [
        alert("c", 9, "Update", "coast,b,2031-05-01T08:00:00-00:00"),
        alert("a", 7),
        alert("b", 8, "Update", "coast,a,2031-05-01T07:00:00-00:00"),
    ]
    found = read(feed(*(entry(str(place), holds=each) for place, each in enumerate(parts))))
    assert [(each.id, each.text) for each in found.reports] == [
        ("coast,a", "Text of a."),
        ("coast,a", "Text of b."),
        ("coast,a", "Text of c."),
    ]


def test_an_update_alone_is_a_version_of_the_report_that_it_names() -> None:
    """So it is one report, however the alerts are fetched; of several, the earliest counts."""
    first, second = "coast,a,2031-05-01T07:00:00-00:00", "coast,b,2031-05-01T08:00:00-00:00"
    for references in (f"{first} {second}", f"{second}\n{first}"):
        [report] = read(alert("c", 9, "Update", references)).reports
        assert report.id == "coast,a"
    [report] = read(alert("c", 9, "Update", second)).reports
    assert report.id == "coast,b"


def test_alerts_that_refer_to_each_other_are_no_circle() -> None:
    """Nonsense, but it ends."""
    parts = (
        alert("a", 7, "Update", "coast,b,2031-05-01T08:00:00-00:00"),
        alert("b", 8, "Update", "coast,a,2031-05-01T07:00:00-00:00 nonsense ,, coast,c,never"),
    )
    assert {each.id for each in read(f"<x>{''.join(parts)}</x>").reports} == {"coast,a"}


@pytest.mark.parametrize(
    "text",
    [
        "Population exposed: 120,000 people within 50 km.",
        "Up to 120,000 people could be affected by the storm.",
        "PAGER alert level: orange. Exposed population: 1.2 million in MMI VII.",
    ],
)
def test_exposure_and_forecasts_are_no_toll(text: str) -> None:
    """What alerts of earthquakes and storms count is not who has died."""
    figures = extract_figures(text, "en")
    assert [each for each in figures if each.role == "current"] == []


def test_blocks_of_one_language_are_read_together_and_once() -> None:
    """Many alerts repeat one text for each of their areas."""

    def info(language: str, text: str, area: str) -> str:
        return (
            f"<info><language>{language}</language><event>Ferry</event>"
            f"<description>{text}</description><area><areaDesc>{area}</areaDesc></area></info>"
        )

    blocks = (
        info("fr-LR", "Douze morts.", "Cap Lorn"),
        info("de-LR", "Zwölf Tote.", "Kap Lorn"),
        info("fr-LR", "Douze morts.", "Ansel"),
        info("fr-LR", "Deux disparus.", "Ansel"),
    )
    text = alert("a", 7)
    text = text[: text.index("<info>")] + "".join(blocks) + "</alert>"
    [report] = read(text).reports
    assert (report.language, report.text) == (
        "fr-LR",
        "Douze morts.\n\nDeux disparus.\n\nCap Lorn; Ansel",
    )
    [report] = read(text, source=replace(SOURCE, language="de")).reports
    assert report.text == "Zwölf Tote.\n\nKap Lorn"
