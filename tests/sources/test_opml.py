"""Lists of feeds, in and out."""

import pytest

from tracker.intake import Source
from tracker.model import Rank
from tracker.sources.capture import Unreadable
from tracker.sources.opml import Outline, opml, outlines


def source(name: str, url: str, kind: str = "feed") -> Source:
    return Source(id=name, kind=kind, url=url, name=name, rank=Rank.OUTLET)


def test_folders_are_flattened_and_every_feed_is_listed_once() -> None:
    """As feed readers export their lists, of whichever version."""
    text = """\ufeff<?xml version="1.0" encoding="ISO-8859-1"?>
    <opml version="1.1"><head><title>My feeds</title></head><body>
      <outline text="News">
        <outline text="Cape" title="Cape News &amp; more" type="rss"
          xmlUrl="https://cape.example/rss?a=1&b=2" htmlUrl="https://cape.example/"/>
        <outline text="Deeper"><outline text="Hafen-Bl\u00e4tt" xmlurl="http://hafen.example/rss"/>
        </outline>
      </outline>
      <outline text="Again" xmlUrl="http://hafen.example/rss"/>
      <outline xmlUrl="https://nameless.example/rss" htmlUrl="javascript:alert(1)"/>
    </body></opml>"""
    assert outlines(text) == (
        Outline(
            "Cape News & more",
            "https://cape.example/rss?a=1&b=2",
            html_url="https://cape.example/",
        ),
        Outline("Hafen-Blätt", "http://hafen.example/rss"),
        Outline("https://nameless.example/rss", "https://nameless.example/rss"),
    )


@pytest.mark.parametrize(
    "url", ["/etc/passwd", "file:///etc/passwd", "feed.xml", "ftp://a.example/", "", " "]
)
def test_a_list_never_leads_to_this_machine(url: str) -> None:
    """It comes from elsewhere."""
    assert outlines(f'<opml version="2.0"><body><outline xmlUrl="{url}"/></body></opml>') == ()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" ", "the list is empty"),
        ("https://a.example/rss", "no XML: is this the right address, and the right kind?"),
        ("<html><body/></html>", "a web page (HTML), no OPML: export the list from its feed"),
        ("<rss><channel/></rss>", "a single feed, no OPML: write a source of kind 'feed' for it"),
        ("<urlset/>", "XML, but no OPML: its outermost element is <urlset>"),
        ("<opml><body><outline xmlUrl='https://a.example/'/>", "broken OPML: Premature end"),
        (
            '<!DOCTYPE opml [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml>&a;</opml>',
            "XML that declares entities of its own, which are never expanded",
        ),
        ("<opml>" + "<outline>" * 100_000, "broken OPML: Excessive depth in document"),
    ],
)
def test_what_is_no_list_says_what_it_is(text: str, reason: str) -> None:
    """One line, and what to do."""
    with pytest.raises(Unreadable) as caught:
        outlines(text)
    assert str(caught.value).startswith(reason)
    assert "\n" not in str(caught.value)


def test_a_list_that_is_written_reads_as_the_same_feeds() -> None:
    """Whatever is in a name or an address; what is no feed on the web is left out."""
    feeds = [
        source('Cape "News" & <more>', "https://cape.example/rss?a=1&b='2'"),
        source("Kap\x00 \x1b[31mLorn\ufffe – Östhafen", "HTTPS://kap.example/ö"),
    ]
    others = [
        source("A page", "https://page.example/", "page"),
        source("A file", "/srv/news/feed.xml"),
    ]
    written = opml([others[0], *feeds, others[1]], "My sources & \x00more")
    assert written.startswith("<?xml version='1.0' encoding='UTF-8'?>\n<opml version=\"2.0\">")
    assert "<title>My sources &amp; more</title>" in written
    assert outlines(written) == (
        Outline('Cape "News" & <more>', "https://cape.example/rss?a=1&b='2'"),
        Outline("Kap [31mLorn – Östhafen", "HTTPS://kap.example/ö"),
    )
