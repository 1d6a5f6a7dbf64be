"""Kind `mediawiki`: where a page's revisions are asked for, which are told, and what they say."""

import json
from datetime import UTC, date, datetime
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some

from said import events
from tracker.events import FigureReported
from tracker.figures import extract_figures
from tracker.incidents.decide import decide
from tracker.incidents.match import full_text
from tracker.intake import Incident, Report, Source
from tracker.model import Rank, Role
from tracker.projections.ledger import ledger
from tracker.sources.capture import Capture
from tracker.sources.kind import Parsed
from tracker.sources.kinds import KINDS, parse
from tracker.sources.kinds.infobox import FIELDS, toll_lines
from tracker.sources.kinds.mediawiki import MediawikiOptions

NOW = datetime(2031, 5, 9, 12, tzinfo=UTC)
FERRY = Incident(id="ferry", title="Ferry accident", began=date(2031, 5, 1))
PAGE = "https://wiki.example/wiki/Ferry_sinking"
NOTHING: frozenset[str] = frozenset()


def source(url: str = PAGE, **options: Any) -> Source:
    return Source(
        id="wiki",
        kind="mediawiki",
        url=url,
        name="Wiki",
        rank=Rank.OUTLET,
        options=MediawikiOptions.model_validate(options),
    )


def answer(*tolls: str, last: int, older: bool = False, read: int = 0) -> str:
    """What the wiki sends: one revision an hour up to the `last`, in which the toll was …"""
    revisions = [
        {
            "revid": number,
            "timestamp": f"2031-05-04T{number % 24:02}:00:00Z",
            "slots": {"main": {"content": f"{{{{Infobox event|deaths={toll}}}}}"}},
        }
        for number, toll in zip(range(last - len(tolls) + 1, last + 1), tolls, strict=True)
    ]
    oldest = last - len(tolls)
    document: dict[str, Any] = {
        "query": {"pages": [{"title": "Ferry sinking", "revisions": revisions[::-1]}]}
    }
    if older:
        document["continue"] = {"rvcontinue": f"2031050400|{oldest}", "continue": "||"}
    if read:
        document["requestid"] = str(read)
    return json.dumps(document)


def read(content: str, known: frozenset[str] = NOTHING, asked: Source | None = None) -> Parsed:
    asked = asked or source()
    return parse(
        asked, Capture(url=asked.url, content=content.encode(), fetched_at=NOW, digest=""), known
    )


def known_after(found: Parsed) -> frozenset[str]:
    """What is remembered of a poll, as it is handed in at the next."""
    reports = {each.digest for each in found.reports}
    return found.known | reports | {each.digest for each in found.links}


def told(found: Parsed) -> list[tuple[str, int]]:
    """What each report says, and the revision it leads to."""
    return [(each.text, int(each.url.rpartition("=")[2])) for each in found.reports]


def filed(*reports: Report) -> list[tuple[int | None, int]]:
    """The figures that these reports, one after the other, add to the log, each with its hour."""
    facts: list[Any] = []
    for each in reports:
        figures = extract_figures(full_text(each), "en")
        before = ledger(events(facts))
        facts += decide(before, FERRY, source(), each, figures, observed_at=NOW)
    stored = [each for each in facts if isinstance(each, FigureReported)]
    return [(each.low, each.published_at.hour) for each in stored]


@pytest.mark.parametrize(
    ("url", "api", "title"),
    [
        (PAGE, "https://wiki.example/w/api.php", "Ferry_sinking"),
        (
            "https://wiki.example/wiki/A%26B/2031?x=1#Toll",
            "https://wiki.example/w/api.php",
            "A&B/2031",
        ),
        (
            "https://wiki.example/w/index.php?title=Caf%C3%A9_fire&action=view",
            "https://wiki.example/w/api.php",
            "Café_fire",
        ),
        (
            "https://lorn.example/it/index.php/Ferry",
            "https://lorn.example/it/api.php",
            "Ferry",
        ),
        ("https://lorn.example/Ferry", "https://lorn.example/w/api.php", "Ferry"),
    ],
)
def test_a_page_is_asked_for_at_the_api_of_its_wiki(url: str, api: str, title: str) -> None:
    parts = urlsplit(KINDS["mediawiki"].address(source(url)))
    parameters = {name: values[0] for name, values in parse_qs(parts.query).items()}
    assert parts._replace(query="").geturl() == api
    assert parameters["titles"] == title
    assert (parameters["rvlimit"], parameters["maxlag"]) == ("50", "5")


def test_an_api_elsewhere_can_be_named() -> None:
    asked = source("https://lorn.example/Ferry", api="https://lorn.example/api.php", revisions=7)
    address = KINDS["mediawiki"].address(asked)
    assert address.startswith("https://lorn.example/api.php?action=query&")
    assert parse_qs(urlsplit(address).query)["rvlimit"] == ["7"]
    assert KINDS["mediawiki"].is_api(asked)


def test_a_file_is_read_where_it_is() -> None:
    asked = source("/desk/ferry.json")
    assert KINDS["mediawiki"].address(asked) == "/desk/ferry.json"
    assert read(answer("12", last=5, older=True), asked=asked).links == ()


def test_each_change_of_the_infobox_is_a_version_of_one_report() -> None:
    """Oldest first, each with the time of its revision: the log tells the page's history."""
    found = read(answer("12", "12", "15", "<!-- sic -->15", "14", last=5))
    assert told(found) == [("Deaths: 12", 1), ("Deaths: 15", 3), ("Deaths: 14", 5)]
    assert {each.id for each in found.reports} == {PAGE}
    assert filed(*found.reports) == [(12, 1), (15, 3), (14, 5)]


def test_what_is_known_is_not_told_again() -> None:
    """The next poll tells only what came since, from where the page is known."""
    first = read(answer("12", "15", last=2))
    second = read(answer("12", "15", "15", "14", last=4), known_after(first))
    assert told(second) == [("Deaths: 14", 4)]
    third = read(answer("12", "15", "15", "14", last=4), known_after(second))
    assert third.reports == ()
    assert known_after(third) == known_after(third) & known_after(second)


def test_an_edit_of_other_words_adds_nothing_to_the_log() -> None:
    """The page is told once more as it is, so that it is known up to there."""
    first = read(answer("12", "15", last=2))
    second = read(answer("12", "15", "15", last=3), known_after(first))
    assert told(second) == [("Deaths: 15", 2)]
    assert filed(*first.reports, *second.reports) == [(12, 1), (15, 2)]
    assert read(answer("12", "15", "15", last=3), known_after(second)).reports == ()


def test_an_emptied_page_takes_nothing_back() -> None:
    """Somebody cleared the infobox for an hour: before and after it is the same."""
    assert told(read(answer("12", "", "12", last=3))) == [("Deaths: 12", 1)]


def test_a_copy_from_before_what_is_known_tells_nothing() -> None:
    """A wiki's mirror that lags behind must not bring an old toll back."""
    found = read(answer("12", "15", last=9))
    assert read(answer("10", "12", last=8), known_after(found)).reports == ()


def test_the_past_is_read_on_until_there_is_enough_of_it() -> None:
    """A piece leads to the next, which the wiki tells how many came before it."""
    asked = source(revisions=60)
    first = read(answer(*["12"] * 50, last=1000, older=True), asked=asked)
    (link,) = first.links
    parameters = parse_qs(urlsplit(link.url).query)
    assert link.kind == "mediawiki"
    assert parameters["rvcontinue"] == ["2031050400|950"]
    assert (parameters["rvlimit"], parameters["requestid"]) == (["10"], ["50"])
    rest = read(answer(*["9"] * 10, last=950, older=True, read=50), asked=asked)
    assert told(rest) == [("Deaths: 9", 941)]
    assert rest.links == ()


def test_a_link_into_the_past_is_the_same_at_each_poll() -> None:
    asked = source(revisions=500)
    found = [read(answer("12", last=9, older=True), asked=asked).links for _ in range(2)]
    assert found[0] == found[1] != ()


def test_the_past_is_not_asked_for_where_the_page_is_known() -> None:
    """As soon as one revision of an answer is."""
    asked = source(revisions=500)
    first = read(answer("12", "15", last=9, older=True), asked=asked)
    again = read(answer("15", "15", last=10, older=True), known_after(first), asked)
    assert first.links
    assert again.links == ()


def test_what_happened_while_nobody_asked_is_caught_up_with() -> None:
    """However few revisions are read at first: between two polls none is left out."""
    asked = source(revisions=1)
    first = read(answer("12", last=9, older=True), asked=asked)
    later = read(answer("15", last=80, older=True), known_after(first), asked)
    assert first.links == ()
    assert [parse_qs(urlsplit(each.url).query)["rvcontinue"] for each in later.links] == [
        ["2031050400|79"]
    ]


@pytest.mark.parametrize(
    ("wikitext", "lines"),
    [
        ("{{Infobox event|deaths=94<ref>12 killed</ref><ref name=a/>}}", ["Deaths: 94"]),
        ("{{infobox_event|Deaths = '''94'''<!-- 12 -->|title=5}}", ["Deaths: 94"]),
        ("{{Infobox event|deaths={{increase}} {{nowrap|94&nbsp;people}}}}", ["Deaths: 94 people"]),
        ("{{Infobox event|deaths=94{{efn|12 more were hurt}}}}", ["Deaths: 94"]),
        (
            "{{Infobox event|casualties={{plainlist|\n* 94 killed\n* {{abbr|120|x}} injured}}}}",
            ["Casualties: 94 killed; 120 injured"],
        ),
        (
            "{{Infobox event|killed={{ubl|94|{{small|(one [[Child|child]])}}}}}}",
            ["Killed: 94 (one child)"],
        ),
        (
            "{{Infobox event|casualties1=94 dead<br/>12 missing|casualties2=5 hurt}}",
            ["Casualties: 94 dead; 12 missing", "Casualties: 5 hurt"],
        ),
        ("{{Infobox event|reported_death(s)=7}}", ["Reported deaths: 7"]),
        ("{{Infobox event|reported deaths=7|total_injuries=9}}",
         ["Reported deaths: 7", "Total injuries: 9"]),
        ("{{Infobox event|deaths={{formatnum:9770}}|injured={{circa|80}}}}",
         ["Deaths: 9770", "Injured: about 80"]),
        ("{{Infobox event|deaths=~94|injured=≥ 80|missing=&gt;7}}",
         ["Deaths: about 94", "Injured: at least 80", "Missing: over 7"]),
        ("{{Infobox event|deaths=94 (initially 103)}}", ["Deaths: 94 (initially 103)"]),
        ("{{Weather|x=1}}{{Storm box|fatalities=3}}{{Infobox storm|fatalities=94}}",
         ["Fatalities: 94"]),
        ("{{Infobox storm|name=A}}{{Infobox storm/Effects|fatalities=94}}", ["Fatalities: 94"]),
        ("{{Storm box|fatalities=3}}", ["Fatalities: 3"]),
        ("{{Box|module={{Infobox event|deaths=94}}}}", ["Deaths: 94"]),
        ("{{Infobox military conflict|combatant1=A|casualties1=9 killed|casualties3=1}}", []),
        ("{{Infobox event|deaths={{font|size=90%|94}}{{snd}}[http://a.example recount]}}",
         ["Deaths: 94 – recount"]),
        ("{{Infobox event|deaths=<div class=x>94</div><math>12</math> {{val|{{{1}}}|2}}}}",
         ["Deaths: 94"]),
        ("{{Infobox event|deaths={{collapsible list|title=94|\n== By place ==\n5 in Arno}}}}",
         ["Deaths: 94; By place; 5 in Arno"]),
        ("{{Infobox event|deaths={{nts|9770}}+|injured={{unité|45|blessés}}}}",
         ["Deaths: 9770+", "Injured: 45 blessés"]),
        ("{{Infobox event|ground_fatalities=5}}", []),
        ("{{Infobox collision|fatalities=61|injuries=8|ground_fatalities=3|total_fatalities=64}}",
         ["Injuries: 8", "Total fatalities: 64"]),
        ("{{Infobox collision|fatalities=61|total_fatalities=see below}}",
         ["Fatalities: 61", "Total fatalities: see below"]),
        ("{{Infobox event|deaths={{unknown to us|94}}}}", []),
        ("{{Infobox event|deaths=[[File:A.png|94 dead]]}}", []),
        ("{{Infobox event|deaths=94", []),
        ("{{Infobox event|deaths=94<ref>}}", []),
        ("94 people were killed.", []),
    ],
)  # fmt: skip
def test_an_infobox_is_read_as_the_page_shows_it(wikitext: str, lines: list[str]) -> None:
    """Without references, notes, comments, pictures and arrows; a list is one line."""
    assert list(toll_lines(wikitext, FIELDS, "en")) == lines


def test_a_sign_before_a_number_stays_where_its_language_is_not_read() -> None:
    assert toll_lines("{{Infobox|dead=~94}}", FIELDS, "tr") == ("Dead: ~94",)


def test_fields_of_a_whole_chapter_are_not_read() -> None:
    """Where so much stands, no number is the page's toll."""
    assert toll_lines(f"{{{{Infobox|dead=94 {'x' * 8_000}}}}}", FIELDS, "en") == ()


def test_the_tracker_reads_a_line_of_an_infobox() -> None:
    """The name of the field says what the number is; what is in brackets is a part of it."""
    (line,) = toll_lines("{{Infobox|deaths=94 (including 1 attacker)}}", FIELDS, "en")
    found = [(each.measure.value, each.low, each.role) for each in extract_figures(line, "en")]
    assert found == [("killed", 94, Role.CURRENT), ("killed", 1, Role.PART)]


def test_a_page_full_of_open_brackets_is_read_in_time() -> None:
    """Somebody's prank must not keep the others waiting."""
    prank = "{{Infobox event|deaths=94|x=" + "{{a|[[b|<i>" * 20_000
    assert toll_lines(prank, FIELDS, "en") == ()
    assert toll_lines(prank + "}}" * 30_000, FIELDS, "en") == ("Deaths: 94",)


PIECES = [
    "{{Infobox event", "|deaths=", "|", "=", "94", "{{", "}}", "[[", "]]", "<ref>", "</ref>",
    "<!--", "-->", "\n* ", "<br>", "{|", "|}", "''", "&nbsp;", "{{plainlist|", "<b>", "&#x;",
    "http://a.example",
]  # fmt: skip


@given(some.lists(some.sampled_from(PIECES), max_size=40))
def test_whatever_markup_a_page_has_its_lines_are_lines(pieces: list[str]) -> None:
    """Broken markup never stops a poll."""
    for line in toll_lines("".join(pieces), FIELDS, "en"):
        assert line == " ".join(line.split())
        assert line.startswith("Deaths: ")
