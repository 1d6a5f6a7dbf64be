"""Kind `json`: the keys it takes, where it asks, and what becomes of numbers that are data."""

import json
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from hypothesis import given
from hypothesis import strategies as some

from said import events
from tracker.events import AS_DATA, FigureReported
from tracker.incidents.decide import decide
from tracker.incidents.match import full_text
from tracker.intake import Incident, Report, Source
from tracker.model import Rank
from tracker.projections.ledger import ledger
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.config import load_sources
from tracker.sources.kind import Parsed
from tracker.sources.kinds import KINDS, parse
from tracker.sources.kinds.json_options import JsonOptions
from tracker.sources.kinds.presets import PRESETS
from tracker.sources.kinds.stated import number_of_people

NOW = datetime(2031, 5, 9, 12, tzinfo=UTC)
FERRY = Incident(id="ferry", title="Ferry accident", began=date(2031, 5, 1))
SERIES = {"published": "date", "numbers": {"killed": "killed_cum", "missing": "missing"}}
RELIEFWEB = "https://api.reliefweb.int/v2/reports"


def source(url: str = "https://lorn.example/data.json", **options: Any) -> Source:
    return Source(
        id="desk",
        kind="json",
        url=url,
        name="Desk",
        rank=Rank.OFFICIAL,
        options=JsonOptions.model_validate(options),
    )


def read(document: object, **options: Any) -> Parsed:
    content = document if isinstance(document, bytes) else json.dumps(document).encode()
    asked = source(**options)
    capture = Capture(url=asked.url, content=content, fetched_at=NOW, digest="")
    return parse(asked, capture)


def the_error(folder: Path, keys: str) -> str:
    """The only error of a source with these keys, without the path of its file."""
    url = "https://lorn.example"
    (folder / "a.toml").write_text(
        f'kind = "json"\nurl = "{url}"\nname = "A"\nrank = "outlet"\n{keys}\n'
    )
    (error,) = load_sources(folder)[1]
    return str(error).partition("a.toml, ")[2]


@pytest.mark.parametrize(
    ("keys", "error"),
    [
        (
            "title = 'a['",
            "key 'title': 'a[' is no JMESPath expression: Incomplete expression",
        ),
        (
            "numbers.killed = 'a b'",
            "key 'numbers.killed': 'a b' is no JMESPath expression: Unexpected token: b at",
        ),
        ("text = 'uper(a)'", "key 'text': 'uper(a)' is no JMESPath expression: Unknown function: "),
        (f"text = '{'[' * 5000}'", "key 'text': '[[[["),
        ("items = ''", "key 'items': empty: write a JMESPath expression, or leave it out"),
        ("numbers.kiled = 'a'", "key 'numbers.kiled': unknown measure (did you mean 'killed'?)"),
        ("numbers = 'a'", "key 'numbers': must be a table, not 'a'"),
        ("preset = 'usg'", "key 'preset': unknown value 'usg' (did you mean 'usgs'?)"),
        (
            "preset = 'reliefweb'",
            "key 'appname': missing: preset 'reliefweb' does not answer without it",
        ),
        ("preset = 'gdelt'", "key 'query': missing: preset 'gdelt' does not answer without it"),
        ("preset = 'usgs'\nquery = 'a'", "key 'query': preset 'usgs' has no use for it"),
        ("query = 'a'", "key 'query': only where a preset asks for it"),
    ],
)
def test_a_mistake_is_one_line(tmp_path: Path, keys: str, error: str) -> None:
    """It says which key, what is wrong with it, and what is right."""
    said = the_error(tmp_path, keys)
    assert said.startswith(error)
    assert "\n" not in said


def test_a_path_may_have_a_function_that_needs_a_value() -> None:
    """Where nothing is there it finds nothing; that is no mistake in the file."""
    assert JsonOptions(title="join(', ', names)").title == "join(', ', names)"


def test_a_source_is_the_same_each_time_its_file_is_read(tmp_path: Path) -> None:
    """What decides how an answer is read is told by its words, which hold no address in memory."""
    (tmp_path / "a.toml").write_text(
        'kind = "json"\nurl = "a.json"\nname = "A"\nrank = "outlet"\nnumbers.killed = "dead"\n'
    )
    assert repr(load_sources(tmp_path)[0]) == repr(load_sources(tmp_path)[0])


def test_a_preset_asks_for_the_newest_and_for_no_more() -> None:
    """With a limit, the words that are searched, and the name that the API wants."""
    asked = source(RELIEFWEB, preset="reliefweb", appname="lorn-desk", query="ferry Cape Lorn")
    parts = urlsplit(KINDS["json"].address(asked))
    parameters = parse_qsl(parts.query)
    assert parts._replace(query="").geturl() == RELIEFWEB
    assert ("query[value]", "ferry Cape Lorn") in parameters
    assert ("query[operator]", "AND") in parameters
    assert ("sort[]", "date.created:desc") in parameters
    assert dict(parameters)["appname"] == "lorn-desk"
    everything = source(RELIEFWEB, preset="reliefweb", appname="lorn-desk")
    assert "query" not in KINDS["json"].address(everything)


def test_what_the_address_of_a_file_says_counts_before_the_preset() -> None:
    """A further parameter stays, another limit takes the place of the preset's."""
    site = source("https://cape.example/wp-json/wp/v2/posts?per_page=9&tags=3", preset="wordpress")
    parts = urlsplit(KINDS["json"].address(site))
    assert parts.path == "/wp-json/wp/v2/posts"
    assert parse_qsl(parts.query)[:2] == [("per_page", "9"), ("tags", "3")]
    assert parts.query.count("per_page") == 1


def test_of_a_wordpress_site_the_address_is_enough() -> None:
    asked = source("https://cape.example/en/", preset="wordpress")
    assert (
        KINDS["json"]
        .address(asked)
        .startswith("https://cape.example/en/wp-json/wp/v2/posts?per_page=50&orderby=modified&")
    )


@pytest.mark.parametrize("url", ["https://lorn.example/a?b=%20c#d", "/desk/data.json"])
def test_without_a_preset_an_address_is_left_as_it_is(url: str) -> None:
    assert KINDS["json"].address(source(url)) == url


def test_a_file_is_read_where_it_is_even_with_a_preset() -> None:
    assert KINDS["json"].address(source("/desk/data.json", preset="usgs")) == "/desk/data.json"


def test_only_what_is_offered_to_programs_is_asked_without_robots() -> None:
    """A WordPress site and an address of somebody's own are asked as any page is."""
    needed = {"appname": "desk", "query": "ferry"}
    offered = {
        name
        for name, preset in PRESETS.items()
        if KINDS["json"].is_api(source(preset=name, **{key: needed[key] for key in preset.needs}))
    }
    assert offered == {"reliefweb", "gdelt", "usgs"}
    assert not KINDS["json"].is_api(source())


@pytest.mark.parametrize(
    ("value", "number"),
    [
        (0, 0),
        ("0", 0),
        (9770, 9770),
        (9770.0, 9770),
        ("9770", 9770),
        ("9770.0", 9770),
        ("9,770", 9770),
        ("9.770", 9770),
        ("9 770", 9770),
        ("9\u202f770", 9770),
        ("9'770", 9770),
        ("1,00,000", 100000),
        (None, None),
        ("", None),
        (" \n", None),
    ],
)
def test_a_number_is_what_is_written_and_nothing_is_no_number(
    value: object, number: int | None
) -> None:
    """However it is grouped; a zero is stated, what is missing is not."""
    assert number_of_people(value) == number


@pytest.mark.parametrize(
    "value",
    [
        -1, 7.5, True, False, "about 5", "5+", "9,77", "9,770.5", "1.000,5", "1,000.000", "-3",
        "n/a", [5], {}, 1e10, 10**10, "1" + "0" * 5000, float("inf"),
    ],
)  # fmt: skip
def test_what_is_no_number_of_people_is_none(value: object) -> None:
    """Neither a part of a person, nor fewer than none, nor more than live, nor words."""
    with pytest.raises(ValueError, match=r"number|alive"):
        number_of_people(value)


def test_a_figure_stands_in_the_text_where_it_says() -> None:
    """With headline and text, with either, with neither; its quote is field and value."""
    for item in ({}, {"h": "Ferry"}, {"t": "Two words.\n\nMore."}, {"h": "Ferry", "t": "Words."}):
        row = {**item, "date": "2031-05-04", "killed_cum": 12, "missing": "1,200"}
        (report,) = read([row], **SERIES, title="h", text="t").reports
        assert report.figures is not None
        words = full_text(report)
        assert [words[each.start : each.end] for each in report.figures] == ["12", "1,200"]
        assert words.split("\n\n")[-2:] == [each.quote for each in report.figures]
        assert [each.quote for each in report.figures] == ["killed_cum: 12", "missing: 1,200"]


def filed(*reports: Report) -> list[FigureReported]:
    """What these reports, one after the other, come to in the log."""
    facts: list[Any] = []
    for each in reports:
        before = ledger(events(facts))
        facts += decide(before, FERRY, source(), each, each.figures or (), observed_at=NOW)
    return [each for each in facts if isinstance(each, FigureReported)]


def test_a_corrected_row_is_an_edit_of_the_same_report() -> None:
    """Its number replaces the one before; rows that stayed the same say nothing new."""
    rows = [
        {"date": "2031-05-04", "killed_cum": 12, "missing": 8},
        {"date": "2031-05-05", "killed_cum": 15, "missing": 8},
    ]
    before = read(rows, **SERIES).reports
    rows[0]["killed_cum"] = 11
    stored = filed(*before, *read(rows, **SERIES).reports)
    told = [(each.report, each.measure.value, each.low, each.version) for each in stored]
    assert told == [
        ("2031-05-04", "killed", 12, 1),
        ("2031-05-04", "missing", 8, 1),
        ("2031-05-05", "killed", 15, 1),
        ("2031-05-05", "missing", 8, 1),
        ("2031-05-04", "killed", 11, 2),
    ]
    assert stored[-1].replaces
    assert {each.reading for each in stored} == {AS_DATA}


def test_a_measure_that_no_item_has_is_told() -> None:
    """A path that leads nowhere must not look like a quiet day."""
    found = read([{"date": "2031-05-04", "killed_cum": 12}], **SERIES)
    assert found.trouble == ("numbers.missing: no item has anything at 'missing'",)


def test_a_moment_that_no_calendar_has_is_no_date() -> None:
    """The report still counts, from when it is seen."""
    found = read([{"date": 10**300, "killed_cum": 12, "missing": 1}], **SERIES)
    assert found.reports[0].published is None
    assert found.trouble[0].startswith("published: ")


def test_trouble_with_a_field_is_one_line_however_many_rows_have_it() -> None:
    rows = [
        {"date": f"2031-05-{day:02}", "killed_cum": "some", "missing": 1} for day in range(1, 9)
    ]
    assert read(rows, **SERIES).trouble == (
        'numbers.killed: "some" is no number of people (8 items)',
    )


def test_a_quake_keeps_its_id_when_another_network_is_preferred() -> None:
    """Its ids stay a set; what is expected or felt is no toll, and nothing is read in its words."""
    reports = [
        read(
            {
                "type": "Feature",
                "id": preferred,
                "properties": {"ids": ids, "title": "M 7 - 9 dead", "alert": "red", "felt": 900},
            },
            preset="usgs",
        ).reports[0]
        for preferred, ids in (("us1", ",us1,ak2,"), ("ak2", ",ak2,us1,"))
    ]
    assert {each.id for each in reports} == {"ak2"}
    assert all(each.figures == () for each in reports)


def test_a_link_of_gdelt_is_the_same_at_the_next_poll_and_no_report() -> None:
    """Its headline is no evidence: the page is."""
    article = {
        "url": "https://cape.example/a",
        "title": "Ferry sinks, 12 killed",
        "seendate": "20310504T180000Z",
    }
    options = {"preset": "gdelt", "query": "ferry"}
    first, second = (read({"articles": [article, *more]}, **options) for more in ([], [article]))
    assert first.links == second.links
    assert [(each.url, each.kind, each.item) for each in first.links] == [
        ("https://cape.example/a", "page", None)
    ]
    assert first.reports == ()


ANYTHING = some.recursive(
    some.none() | some.booleans() | some.integers() | some.floats(allow_nan=False) | some.text(),
    lambda inner: some.lists(inner) | some.dictionaries(
        some.sampled_from(
            ["data", "id", "fields", "title", "features", "properties", "articles", "url", "date",
             "ids", "time", "text", "killed_cum", "missing", "content", "rendered", "message"]
        ),
        inner,
    ),
    max_leaves=12,
)  # fmt: skip
EVERY = [
    {"preset": "reliefweb", "appname": "desk"},
    {"preset": "gdelt", "query": "ferry"},
    {"preset": "wordpress"},
    {"preset": "usgs"},
    {"id": "id", "title": "title", "text": "text", "link": "url", **SERIES},
    {"items": "data", "id": "join('', id)", "text": "sum(text)", "numbers": {"killed": "avg(@)"}},
]


@given(ANYTHING, some.sampled_from(EVERY))
def test_whatever_a_document_holds_it_is_read_or_refused_in_one_line(
    document: object, options: dict[str, Any]
) -> None:
    """Odd values where others are expected never stop a poll."""
    try:
        found = read(document, **options)
    except Unreadable as refused:
        said = [str(refused)]
    else:
        said = [*found.trouble]
        assert all(each.id for each in found.reports)
    assert not any("\n" in line for line in said)
