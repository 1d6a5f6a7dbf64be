"""A source and the page that it points to, as one report."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from tracker.intake import Report
from tracker.sources.following import digest_of, joined, to_be_kept
from tracker.sources.kind import Link

NOON = datetime(2031, 5, 5, 12, tzinfo=UTC)
ITEM = Report(
    source="wire",
    id="guid-1",
    title="Ferry sinks",
    text="A ferry sank …",
    url="https://wire.example/ferry",
    published=NOON,
    stated_date="Mon, 05 May 2031 12:00:00 GMT",
    whole=False,
)
PAGE = Report(
    source="wire",
    id="https://wire.example/2031/ferry",
    title="Ferry sinks off Cape Lorn - The Wire",
    text="A ferry sank.\n\nTwelve people died.",
    url="https://wire.example/2031/ferry",
    published=NOON - timedelta(hours=1),
    modified=NOON + timedelta(hours=2),
    stated_date="2031-05-05T11:00:00Z",
    language="en",
)


def link(item: Report | None) -> Link:
    return Link(url="https://wire.example/ferry", digest="d", item=item)


def test_a_report_has_the_items_id_headline_and_date_and_the_pages_text() -> None:
    (report,) = joined(link(ITEM), [PAGE])
    assert report == replace(
        PAGE,
        id="guid-1",
        title="Ferry sinks",
        url="https://wire.example/ferry",
        published=NOON,
        stated_date="Mon, 05 May 2031 12:00:00 GMT",
    )
    assert report.whole


def test_what_the_item_does_not_say_the_page_says() -> None:
    item = Report(source="wire", id="guid-1", title="", text="")
    (report,) = joined(link(item), [PAGE])
    assert report == replace(PAGE, id="guid-1")


def test_the_later_of_two_modifications_counts() -> None:
    item = replace(ITEM, modified=NOON + timedelta(hours=5))
    (report,) = joined(link(item), [PAGE])
    assert report.modified == NOON + timedelta(hours=5)


def test_a_live_blog_is_its_updates_and_a_page_that_nothing_is_said_of_is_itself() -> None:
    updates = [PAGE, replace(PAGE, id="update-2")]
    assert joined(link(ITEM), updates) == tuple(updates)
    assert joined(link(None), [PAGE]) == (PAGE,)


def test_any_word_or_date_that_differs_makes_another_digest() -> None:
    others = [
        replace(PAGE, text="A ferry sank."),
        replace(PAGE, modified=NOON),
        replace(PAGE, withdrawn=True),
        replace(PAGE, whole=False),
        replace(PAGE, title=""),
    ]
    assert len({digest_of(each) for each in (PAGE, *others)}) == 6
    assert digest_of(replace(PAGE, digest="known by its piece")) == "known by its piece"


def test_no_secret_of_an_address_is_stored_and_ids_stay_apart() -> None:
    """Two reports that differ by a token alone are two; neither shows it."""
    urls = [f"https://me:pass@wire.example/a?page=2&token=sesame{n}" for n in (1, 2)]
    kept = [to_be_kept(replace(PAGE, id=url, url=url)) for url in urls]
    assert {each.url for each in kept} == {"https://wire.example/a?page=2"}
    assert len({each.id for each in kept}) == 2
    assert not [each for each in kept if "sesame" in each.id or "pass" in each.id]
    assert to_be_kept(PAGE) == PAGE
    odd = replace(PAGE, id="guid token=1", url="")
    assert to_be_kept(odd) == odd
