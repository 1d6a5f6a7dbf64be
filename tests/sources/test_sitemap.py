"""Kind `sitemap`: which pages are followed, poll after poll. Single answers are cases."""

import gzip
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tracker.intake import Source
from tracker.model import Rank
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.config import load_sources
from tracker.sources.kind import Parsed
from tracker.sources.kinds import parse
from tracker.sources.kinds.sitemap import SitemapOptions

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
SOURCE = Source(
    id="harbour",
    kind="sitemap",
    url="https://harbour.example/sitemap.xml",
    name="Harbour News",
    rank=Rank.OUTLET,
)


def capture(content: bytes, now: datetime = NOW) -> Capture:
    return Capture(url=SOURCE.url, content=content, fetched_at=now, digest="")


def read(
    content: bytes,
    known: frozenset[str] = frozenset(),
    now: datetime = NOW,
    source: Source = SOURCE,
) -> Parsed:
    return parse(source, capture(content, now), known)


def urls(found: Parsed) -> list[str]:
    return [each.url.removeprefix("https://harbour.example/") for each in found.links]


def digests(found: Parsed) -> frozenset[str]:
    return found.known | {each.digest for each in found.links}


def urlset(**dates: str) -> bytes:
    entries = "".join(
        f"<url><loc>/{name}</loc>{f'<lastmod>{date}</lastmod>' if date else ''}</url>"
        for name, date in dates.items()
    )
    return f"<urlset>{entries}</urlset>".encode()


def index(**dates: str) -> bytes:
    return urlset(**dates).replace(b"url>", b"sitemap>").replace(b"urlset", b"sitemapindex")


def test_a_page_is_followed_again_only_when_its_entry_changes() -> None:
    """What is there still is known still; what is gone is forgotten."""
    first = read(urlset(a="2031-05-01T10:00:00Z", b="2031-05-01T09:00:00Z"))
    assert urls(first) == ["a", "b"]
    second = read(urlset(a="2031-05-01T10:00:00Z", b="2031-05-01T11:00:00Z"), digests(first))
    assert urls(second) == ["b"]
    third = read(urlset(b="2031-05-01T11:00:00Z"), digests(second))
    assert (urls(third), len(third.known)) == ([], 1)


def test_a_corrected_headline_of_a_news_sitemap_is_a_change() -> None:
    """Outlets correct a number in the headline, and leave the date as it was."""
    news = (
        "<urlset xmlns:n='x'><url><loc>/a</loc><n:news><n:publication_date>2031-05-01T10:00:00Z"
        "</n:publication_date><n:title>{}</n:title></n:news></url></urlset>"
    )
    first = read(news.format("Twelve dead").encode())
    second = read(news.format("Fourteen dead").encode(), digests(first))
    assert [each.item and each.item.title for each in second.links] == ["Fourteen dead"]


def test_only_pages_of_the_last_two_days_are_followed() -> None:
    """A site's archive is not crawled, however long its sitemap is."""
    found = read(urlset(a="2031-04-29T12:00:00Z", b="2031-04-29T11:59:59Z", c="2031-05-01"))
    assert urls(found) == ["c", "a"]


def test_a_date_without_a_zone_is_in_the_sources_timezone() -> None:
    """As everywhere."""
    tokyo = replace(SOURCE, timezone="Asia/Tokyo")
    assert urls(read(urlset(a="2031-04-29T20:59:59"), source=tokyo)) == []
    assert urls(read(urlset(a="2031-04-29T21:00:00"), source=tokyo)) == ["a"]


def test_a_sitemap_without_dates_says_what_to_set() -> None:
    """Rather than to follow nothing for ever, and be silent."""
    with pytest.raises(Unreadable, match="no page in it has a date: say with `match` which"):
        read(urlset(a="", b="", c="2031"))
    chosen = replace(SOURCE, options=SitemapOptions(match="/[ab]$"))
    assert urls(read(urlset(a="", b="", c=""), source=chosen)) == ["a", "b"]


def test_five_sitemaps_of_an_index_are_read_and_the_next_poll_goes_on() -> None:
    """The newest first; the answer is then not taken for done."""
    dates = {
        f"{letter}.xml": f"2031-05-01T0{place}:00:00Z" for place, letter in enumerate("abcdefg")
    }
    first = read(index(**dates))
    assert urls(first) == ["g.xml", "f.xml", "e.xml", "d.xml", "c.xml"]
    assert {each.kind for each in first.links} == {"sitemap"}
    assert first.unfinished
    second = read(index(**dates), digests(first))
    assert urls(second) == ["b.xml", "a.xml"]
    assert not second.unfinished
    assert urls(read(index(**dates), digests(second))) == []


def test_a_sitemap_that_may_have_changed_is_read_at_every_poll() -> None:
    """It has no date, or that of a day that is not over; yesterday's is read once more."""
    once = index(a="2031-05-01", b="", c="2031-05-01T10:00:00Z")
    first = read(once)
    assert urls(first) == ["a", "c", "b"]
    second = read(once, digests(first), NOW + timedelta(minutes=5))
    assert urls(second) == ["a", "b"]
    assert second.unfinished
    third = read(once, digests(second), NOW + timedelta(days=1))
    assert urls(third) == ["a", "b"]
    assert urls(read(once, digests(third), NOW + timedelta(days=1, minutes=5))) == ["b"]


def test_of_sitemaps_without_dates_each_has_its_turn() -> None:
    """No order of an index can hide the one with the news for good."""
    many = index(**{f"{number}.xml": "" for number in range(20)})
    seen = set[str]()
    for minutes in range(0, 5 * 60, 5):
        found = read(many, now=NOW + timedelta(minutes=minutes))
        assert len(found.links) == 5
        seen.update(urls(found))
    assert len(seen) == 20


def test_pages_of_a_sitemap_that_is_not_read_again_stay_known() -> None:
    """For as long as they could be followed; then they are forgotten."""
    pages = digests(read(urlset(a="2031-05-01T10:00:00Z", b="2031-04-30T10:00:00Z")))
    parts = index(a="2031-05-01T11:00:00Z")
    known = digests(read(parts, pages))
    assert pages <= known
    later = read(parts, known, NOW + timedelta(days=1, hours=20))
    assert len(pages & later.known) == 1


def test_an_index_that_names_itself_is_no_circle() -> None:
    """It is not followed."""
    assert urls(read(index(**{"sitemap.xml": "", "a.xml": ""}))) == ["a.xml"]


def test_a_list_of_sitemaps_from_a_file_may_lead_to_any_host() -> None:
    """The operator wrote it, and a path has no host to compare with."""
    parts = b"<sitemapindex><sitemap><loc>https://a.example/1.xml</loc></sitemap></sitemapindex>"
    found = parse(SOURCE, replace(capture(parts), url="/srv/sitemaps.xml"))
    assert [each.url for each in found.links] == ["https://a.example/1.xml"]


def test_a_bomb_in_a_compressed_sitemap_is_refused() -> None:
    """Not more of it is unpacked than is read of any answer."""
    with pytest.raises(Unreadable, match="too large: more than 5 MB"):
        read(gzip.compress(bytes(50 * 2**20)))
    with pytest.raises(Unreadable, match="its gzip body is broken"):
        read(b"\x1f\x8bno gzip at all, whatever its first two bytes are")


def toml(folder: Path, keys: str) -> tuple[list[Source], list[str]]:
    (folder / "a.toml").write_text(
        f'kind = "sitemap"\nurl = "https://a.example/s.xml"\nname = "A"\nrank = "outlet"\n{keys}'
    )
    sources, errors = load_sources(folder)
    return sources, [str(each).removeprefix(f"{folder}/") for each in errors]


def test_the_keys_of_a_sitemap_are_read(tmp_path: Path) -> None:
    """`match`, `within`, and those of the pages that it leads to."""
    [source], _ = toml(tmp_path, 'match = \'/news/\'\nwithin = "6h"\nselect = "article"\n')
    assert source.options == SitemapOptions.model_construct(
        match="/news/", within=timedelta(hours=6), select="article"
    )


def test_a_mistake_in_match_is_one_line_when_the_file_is_read(tmp_path: Path) -> None:
    """Not a failure of some later poll."""
    reason = "is no regular expression: unterminated character set at position 6"
    assert toml(tmp_path, "match = '/news/['\n") == (
        [],
        [f"a.toml, key 'match': '/news/[' {reason}"],
    )
