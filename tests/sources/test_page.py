"""Pages: live blogs, the part that is asked for, tables, and what is no page at all."""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tracker.figures import extract_figures
from tracker.intake import Source
from tracker.model import Measure, Rank
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.config import load_sources
from tracker.sources.kind import Parsed
from tracker.sources.kinds.feed import FeedOptions
from tracker.sources.kinds.page import KIND, PageOptions
from tracker.sources.kinds.page_text import text_of_html

PAGE: Final = "https://harbour.example/live"
PARAGRAPHS: Final = (
    "<p>At least 40 people were killed when a dam burst above the town of Vell on Monday.</p>"
    "<p>Rescuers were looking for 12 people who are missing in the valley below the dam.</p>"
)
Update = dict[str, object]


def read(
    markup: str, known: frozenset[str] = frozenset(), *, url: str = PAGE, options: object = None
) -> Parsed:
    source = Source(
        id="harbour",
        kind="page",
        url=url,
        name="Harbour News",
        rank=Rank.OUTLET,
        options=options,
    )
    content = markup.encode()
    capture = Capture(
        url=url,
        content=content,
        fetched_at=datetime(2025, 3, 12, tzinfo=UTC),
        digest=hashlib.sha256(content).hexdigest(),
    )
    return KIND.parse(source, capture, known)


def live(*updates: Update, **blog: object) -> str:
    told = {"@type": "LiveBlogPosting", "headline": "Ferry off Cape Lorn", **blog}
    data = json.dumps({**told, "liveBlogUpdate": updates})
    return (
        f'<html lang="en"><head><script type="application/ld+json">{data}</script></head>'
        f"<body><p>Live.</p></body></html>"
    )


def update(text: str, at: str = "10:00", headline: str = "", **more: object) -> Update:
    return {
        "@type": "BlogPosting",
        "headline": headline,
        "articleBody": text,
        "datePublished": f"2024-05-04T{at}:00Z",
        **more,
    }


def ids(parsed: Parsed) -> list[str]:
    return [each.id for each in parsed.reports]


def text_of(markup: str, **options: Any) -> str:
    [report] = read(f"<html><body>{markup}</body></html>", options=PageOptions(**options)).reports
    return report.text


def test_an_edited_update_keeps_its_id() -> None:
    """Its text changed, others came before it, the blog has a new headline: it is the same one."""
    [before] = ids(read(live(update("Ten died."))))
    edited = live(update("Nobody.", "11:00"), update("Twelve died."), headline="Ferry: the end")
    assert ids(read(edited))[1] == before
    assert ids(read(live(update("Ten died.", "10:01")))) != [before]


def test_an_address_that_all_updates_share_is_none_of_theirs() -> None:
    """Some templates write the address of the page, or of a part of it, into each update."""
    for shared in (PAGE, f"{PAGE}#updates", "#updates"):
        told = ids(read(live(update("a", url=shared), update("b", "11:00", url=shared))))
        assert len({*told}) == 2
        assert all(each.startswith(f"{PAGE}#") for each in told)
    own = live(
        update("a", **{"@id": "#updates", "url": "/live/1"}), update("b", **{"@id": "#updates"})
    )
    assert ids(read(own))[0] == "https://harbour.example/live/1"


def test_a_known_update_is_passed_over_until_it_changes() -> None:
    """Of two hundred updates, only the new one is read."""
    old = [update(f"{n} boats.", f"{n:02}:00") for n in range(20)]
    known = frozenset(each.digest for each in read(live(*old)).reports)
    parsed = read(live(update("Ten died.", "21:00"), *old), known)
    assert [each.text for each in parsed.reports] == ["Ten died."]
    assert parsed.known == known
    assert [each.text for each in read(live(update("No boat.", "00:00")), known).reports] == [
        "No boat."
    ]


def test_a_number_in_the_headline_of_a_live_blog_is_not_put_on_old_updates() -> None:
    """It is of now; what was said in the morning did not say it."""
    plain, counted = (
        read(live(update("Boats leave."), headline=headline)).reports[0].title
        for headline in ("Ferry off Cape Lorn", "Ferry: 14 dead")
    )
    assert (plain, counted) == ("Ferry off Cape Lorn", "")


def test_what_stands_above_a_live_blog_is_of_its_last_change() -> None:
    """And it is a report only where no update says it, never the whole of it, read once."""
    markup = live(
        update("Ten died."),
        description="Fourteen people died.",
        datePublished="2024-05-01T00:00:00Z",
        dateModified="2024-05-04T12:00:00Z",
    )
    parsed = read(markup)
    assert ids(parsed)[-1] == PAGE
    assert parsed.reports[-1].published == datetime(2024, 5, 4, 12, tzinfo=UTC)
    assert not parsed.reports[-1].whole
    assert read(markup, frozenset(each.digest for each in parsed.reports)).reports == ()
    assert len(read(live(update("Ten died."), description="Ten died.")).reports) == 1


def test_updates_of_a_page_that_was_cut_off_are_not_whole() -> None:
    """They came in its head, but who knows what its last edit was."""
    cut = live(update("Ten died.")).removesuffix("</body></html>")
    assert [(each.text, each.whole) for each in read(cut).reports] == [("Ten died.", False)]


def test_a_live_blog_from_a_file_has_ids_without_its_folder() -> None:
    """A moved folder changes nothing."""
    parsed = read(live(update("a", **{"@id": "#u1"}), update("b", "11:00")), url="/here/live.html")
    assert ids(parsed)[0] == "live.html#u1"
    assert ids(parsed)[1].startswith("live.html#")
    assert {each.url for each in parsed.reports} == {""}


@pytest.mark.parametrize(
    "data",
    [
        "[" * 100_000,
        '{"@graph": ' * 50_000,
        "[" + "1," * 200_000 + "1]",
        '{"@type": "LiveBlogPosting", "liveBlogUpdate": 7}',
        '{"@type": ["NewsArticle", 7], "headline": {"a": 1}, "datePublished": [[]], "url": []}',
        '{"@type": "NewsArticle", "datePublished": 1e400, "dateModified": -5, "isPartOf": null}',
        '{"@type": "NewsArticle", "headline": "Not this", }',
        '{"@type": {}, "mainEntity": {"mainEntity": "x"}}',
    ],
)
def test_odd_data_leaves_the_page_as_it_is(data: str) -> None:
    """Whatever stands in it, the text of the page is read."""
    head = f'<script type="application/ld+json">{data}</script><title>Dam</title>'
    [report] = read(f"<html><head>{head}</head><body>{PARAGRAPHS}</body></html>").reports
    assert report.title == "Dam"
    assert report.text.startswith("At least 40 people")


@pytest.mark.parametrize(
    ("markup", "lines"),
    [
        ("<tr><td>Killed</td><td>84</td></tr>", ["Killed: 84"]),
        ("<tr><th>Killed:</th><td> 84 </td></tr>", ["Killed: 84"]),
        ("<tr><td>Killed</td><td>1,<b>284</b><sup>2</sup></td></tr>", ["Killed: 1,284 [2]"]),
        (
            "<tr><th>Killed</th><th>Injured</th></tr><tr><td>84</td><td>30</td></tr>",
            ["Killed: 84; Injured: 30"],
        ),
        (
            (
                "<tr><td>District</td><td>Killed</td><td>Injured</td></tr>"
                "<tr><td>Arno</td><td>12</td><td>30</td></tr><tr><td>Besk</td><td>5</td><td>9</td></tr>"
            ),
            ["Arno: Killed: 12; Injured: 30", "Besk: Killed: 5; Injured: 9"],
        ),
        (
            (
                "<thead><tr><td>District</td><td>Killed</td></tr></thead>"
                "<tr><td>Arno</td><td>12</td></tr><tr><td>Besk</td><td></td></tr><tr></tr>"
            ),
            ["Arno: Killed: 12", "Besk"],
        ),
        (
            (
                "<tr><th>District</th><th>Killed</th></tr><tr><td colspan='2'>Coast</td></tr>"
                "<tr><td>Arno</td><td>12</td></tr>"
            ),
            ["Coast", "Arno: Killed: 12"],
        ),
        ("<tr><td><p>Killed</p><p>so far</p></td><td><p>84</p></td></tr>", ["Killed so far: 84"]),
    ],
)
def test_a_row_of_a_table_is_a_line(markup: str, lines: list[str]) -> None:
    """With the headings above it, so that a number is not parted from what it counts."""
    table = f"<h1>Report</h1>{PARAGRAPHS}<table>{markup}</table>"
    assert text_of(table).split("\n\n")[-len(lines) :] == lines
    assert text_of(table, select="table").split("\n\n") == lines


@pytest.mark.parametrize(
    ("terms", "text"),
    [
        ("<dt>Killed</dt><dd>84</dd><dt>Injured:</dt><dd>30</dd>", "Killed: 84\n\nInjured: 30"),
        ("<dt>Killed</dt><dt>Injured</dt><dd>30</dd><dd>31</dd>", "Killed\n\nInjured: 30\n\n31"),
        ("<dt>Killed</dt><dd></dd>", "Killed"),
        (
            f"<dt>Killed</dt><dd>{'Many words. ' * 20}</dd>",
            f"Killed\n\n{'Many words. ' * 20}".strip(),
        ),
        ("<dt>The 2<sup>nd</sup> of May</dt><dd>84<sup>*</sup></dd>", "The 2nd of May: 84*"),
    ],
)
def test_a_term_and_what_is_said_of_it_are_a_line(terms: str, text: str) -> None:
    """Unless it is a whole text that is said of it."""
    assert text_of(f"<dl>{terms}</dl>", select="dl") == text


def test_an_empty_heading_is_none() -> None:
    """The next place that may have it is asked; no `select` is as if there were none."""
    markup = f"<title>Dam</title><h1> </h1>{PARAGRAPHS}"
    [report] = read(f"<html><body>{markup}</body></html>", options=PageOptions(select="")).reports
    assert report.title == "Dam"


@pytest.mark.parametrize(
    "cells",
    [
        f"<td>{'The text of a page of another age. ' * 8}</td><td>84</td>",
        "<td>Killed</td><td>many</td>",
        "<td>84</td>",
        "<td><form>84</form></td><td>12</td>",
    ],
)
def test_a_table_that_is_there_for_the_layout_is_left_alone(cells: str) -> None:
    """Its cells are text, and no row of it is a line."""
    text = text_of(f"<table><tr>{cells}</tr></table>", select="table")
    assert ": " not in text


def test_the_figure_of_a_row_is_read() -> None:
    """From a table to figures: the total, and those of the districts with their places."""
    text = text_of(
        f"{PARAGRAPHS}<table><tr><th>District</th><th>Injured</th></tr>"
        "<tr><td>Arno</td><td>30</td></tr><tr><td>Total</td><td>39</td></tr></table>"
    )
    injured = [
        (figure.low, figure.places)
        for figure in extract_figures(text, "en")
        if figure.measure is Measure.INJURED
    ]
    assert injured == [(30, ("Arno",)), (39, ())]


def test_a_page_cut_off_in_a_row_has_lost_the_row() -> None:
    """Half of it could be the number of another column."""
    rows = (
        "<tr><td>Killed</td><td>84</td><td>85</td></tr>"
        "<tr><td>Injured</td><td><p>30</p></td><td>31</td></tr>"
    )
    whole = f"<html><body><p>Since noon.</p><table>{rows}</table></body></html>"
    lines = {"Since noon.", "Killed: 84; 85", "Injured: 30; 31"}
    for end in range(whole.index("</p>") + 4, len(whole)):
        [report] = read(whole[:end]).reports
        assert {*report.text.split("\n\n")} <= lines


@pytest.mark.parametrize(
    ("select", "text"),
    [
        ("#a", "One\n\nTwo"),
        ("p", "One\n\nTwo\n\nThree"),
        ("div, p", "One\n\nTwo\n\nThree"),
        ("#b p, .x", "Two\n\nThree"),
        ("//p[2]", "Two"),
        ("(//p)[last()]", "Three"),
        ("./body/div[1]/p[1]", "One"),
        ("//div[@id='b']/@title", "Four"),
    ],
)
def test_what_is_selected_is_read_in_the_order_of_the_page(select: str, text: str) -> None:
    """By CSS or by XPath; what lies in another match is not read twice."""
    first = "<div id='a'><p>One</p><p class='x'>Two</p></div>"
    page = f"{first}<div id='b' title='Four'><p>Three</p></div>"
    assert text_of(page, select=select) == text


def test_a_page_that_a_feed_points_to_is_narrowed_too() -> None:
    """The keys of a feed are those of its pages as well."""
    markup = f"<html><body>{PARAGRAPHS}<p class='x'>Two</p></body></html>"
    [report] = read(markup, options=FeedOptions(select=".x")).reports
    assert report.text == "Two"


@pytest.mark.parametrize(
    ("select", "reason"),
    [
        ("div >", "'div >' is no CSS selector: Expected selector, got <EOF at 5>"),
        ("p::text", "'p::text' is no CSS selector: Pseudo-elements are not supported."),
        ("//p[", "'//p[' is no XPath: Invalid expression"),
        ("//x:p", "'//x:p' is no XPath: Undefined namespace prefix"),
    ],
)
def test_a_wrong_selector_is_one_line_when_the_file_is_read(
    tmp_path: Path, select: str, reason: str
) -> None:
    """Not at the first poll, when nobody looks."""
    file = tmp_path / "cape.toml"
    keys = ('kind = "page"', f'url = "{PAGE}"', 'name = "C"', 'rank = "outlet"')
    file.write_text("\n".join([*keys, f'select = "{select}"']))
    _, [error] = load_sources(tmp_path)
    assert str(error).startswith(f"{file}, key 'select': {reason}")
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("markup", "door"),
    [
        ("<h1>Sign in</h1><p>Say who you are.</p><input type='password'>", "a login"),
        (f"<input type='password'>{PARAGRAPHS}", ""),
        ("<input type='password'><p>Twelve people died, 3 of them on the quay.</p>", ""),
        ("<input type='password'><article><p>Twelve people died.</p></article>", ""),
        (f"<input type='password'><p>{'Twelve people died. ' * 40}</p>", ""),
        ("<p>Our 842 partners.</p><form action='https://consent.x.example/'></form>", "consent"),
        ("<p>Our 842 partners.</p><form action='/consent?x=1'></form>", "consent"),
        ("<p>The patients gave their consent.</p><form action='/search'></form>", ""),
    ],
)
def test_a_page_that_lets_nobody_in_is_told_from_a_short_one(markup: str, door: str) -> None:
    """It is a failure of the source, not a page without figures; a notice is a notice."""
    page = f"<html><head><title>T</title></head><body>{markup}</body></html>"
    if door:
        with pytest.raises(Unreadable, match=door):
            read(page)
    else:
        assert read(page).reports


@pytest.mark.parametrize(
    ("markup", "reason"),
    [
        ("<div>" * 50_000, "without text"),
        ("<table><tr><td>" * 5_000 + "1", "without text"),
        ("<table>" + "<tr><td>Killed</td><td>84</td></tr>" * 3_000 + "</table>", ""),
        ("<dl>" * 5_000, "without text"),
        ("<p><a " * 5_000 + ">", ""),
        ("<a " + " ".join(f"a{n}" for n in range(50_000)) + ">", "thousands of attributes"),
        (f'<a href="data:{"x y " * 20_000}">', ""),
    ],
)
def test_a_page_that_is_made_to_hang_does_not(markup: str, reason: str) -> None:
    """A suite that ends shows it."""
    page = f"<html><body>{markup}{PARAGRAPHS}</body></html>"
    if reason:
        with pytest.raises(Unreadable, match=reason):
            read(page)
    else:
        assert read(page).reports


@pytest.mark.parametrize("burden", [f"<i {'x=1 ' * 6_000}>", "<b>" * 110_000])
def test_a_fragment_that_is_made_to_hang_has_its_words_alone(burden: str) -> None:
    """An item of a feed is read, whatever a neighbour of its table is."""
    table = "<table><tr><td>Killed</td><td>17</td></tr></table>"
    assert text_of_html(table) == "Killed: 17"
    assert text_of_html(table + burden) == "Killed\n\n17"
