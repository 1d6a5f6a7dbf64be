"""What kind of source an address is, told by its first answer."""

import hashlib
from datetime import UTC, datetime

import pytest

from tracker.sources.capture import FOLDER, Capture, Unreadable
from tracker.sources.guess import Named, guess, guess_by_address

CAP = "urn:oasis:names:tc:emergency:cap:1.2"
RSS = "<rss version='2.0'><channel><title>Cape &amp; News</title>%s</channel></rss>"
FRONT = """\
<!DOCTYPE html><html><head><title>Cape News: home</title>
<meta property="og:site_name" content="Cape News">
<link rel="alternate" hreflang="de" href="/de">
<link rel="alternate" type="application/json+oembed" href="/oembed">
<link rel="alternate" type="application/rss+xml" title="Comments Feed" href="/comments/feed">
<link rel="alternate home" type="Application/RSS+XML; charset=utf-8" title="News" href="/feed">
<link rel="alternate" type="application/atom+xml" href="https://cape.example/atom">
<link rel="alternate" type="application/feed+json" href="feed.json">
<link rel="alternate" type="application/rss+xml" href="file:///etc/passwd">
<link rel="alternate" type="application/rss+xml" href="/feed">
</head><body>%s</body></html>"""
ARTICLE = """\
<script type="application/ld+json">{"@type": "NewsArticle", "headline": "Ferry sinks"%s}</script>"""


def capture(
    body: str | bytes, *, url: str = "https://cape.example/news", media: str = ""
) -> Capture:
    content = body.encode() if isinstance(body, str) else body
    return Capture(
        url=url,
        content=content,
        content_type=media,
        fetched_at=datetime(2031, 5, 1, tzinfo=UTC),
        digest=hashlib.sha256(content).hexdigest(),
    )


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (RSS % "", "feed"),
        ("\ufeff<?xml version='1.0'?>\n<!-- a comment --><?style?>" + RSS % "", "feed"),
        ("<!DOCTYPE rss [<!ENTITY nbsp '&#160;'>]>" + RSS % "", "feed"),
        ("<feed xmlns='http://www.w3.org/2005/Atom'/>", "feed"),
        ("<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'/>", "feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": []}', "feed"),
        (f"<alert xmlns='{CAP}'><identifier>1</identifier></alert>", "cap"),
        (f"<cap:alert xmlns:cap='{CAP}'/>", "cap"),
        (
            (
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry><link type='application/cap+xml' "
                "href='/1.cap'/></entry></feed>"
            ),
            "cap",
        ),
        (
            f"<rss xmlns:c='{CAP}'><channel><item><c:event>Flood</c:event></item></channel></rss>",
            "cap",
        ),
        # Some feeds declare the namespace, and hold no alert.
        (f"<rss xmlns:c='{CAP}'><channel><item><title>x</title></item></channel></rss>", "feed"),
        ("<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9'/>", "sitemap"),
        ("<?xml version='1.0'?><sitemapindex/>", "sitemap"),
        (b"\x1f\x8b\x08\x00packed", "sitemap"),
        ("https://cape.example/1\nhttps://cape.example/2\n", "sitemap"),
        ('[{"id": 1}]', "json"),
        ('{"items": [}', "json"),
        ('{"version":"https:\\/\\/www.jsonfeed.org\\/version\\/1","items":[{"id":"cut o', "feed"),
        ("[" * 100_000, "json"),
        ("<html><body><p>Twelve people died.</p></body></html>", "page"),
        ("<!-- made by hand -->\n<!doctype html><p>Twelve people died.", "page"),
        ("<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'><body/></html>", "page"),
        (FRONT % "", "feed"),
        (FRONT % (ARTICLE % ""), "page"),
        (FRONT % (ARTICLE % ', "url": "https://www.cape.example/news/"'), "page"),
        # A card of an article elsewhere.
        (FRONT % (ARTICLE % ', "url": "https://cape.example/ferry"'), "feed"),
        (FRONT % (ARTICLE % "").replace("NewsArticle", "LiveBlogPosting"), "page"),
        (FRONT % "<meta property='og:type' content='article'>", "page"),
        (FRONT % "<meta name='generator' content='MediaWiki 1.43.0'>", "mediawiki"),
    ],
)
def test_an_answer_shows_its_kind(body: str | bytes, kind: str) -> None:
    assert guess(capture(body)).kind == kind


def test_a_folder_is_one() -> None:
    assert guess(capture("", url="/srv/mails", media=FOLDER)).kind == "folder"


def test_of_the_feeds_that_a_page_names_the_first_is_taken_and_the_others_are_told() -> None:
    """Each once, absolute, on the web alone; what readers comment comes last."""
    found = guess(capture(FRONT % ""))
    assert (found.url, found.name) == ("https://cape.example/feed", "Cape News")
    assert found.feeds == (
        Named("https://cape.example/atom", ""),
        Named("https://cape.example/feed.json", ""),
        Named("https://cape.example/comments/feed", "Comments Feed"),
    )


def test_a_base_moves_the_feeds_of_a_page() -> None:
    found = guess(capture((FRONT % "").replace("<title>", "<base href='/de/'><title>")))
    assert Named("https://cape.example/de/feed.json", "") in found.feeds


def test_a_page_on_this_machine_is_read_itself() -> None:
    """Its feeds are somebody else's on the web: they are only told."""
    found = guess(capture(FRONT % "", url="/srv/page.html"))
    assert (found.kind, found.url) == ("page", "")
    assert Named("https://cape.example/atom", "") in found.feeds


@pytest.mark.parametrize(
    ("body", "name"),
    [
        (RSS % "<item><title>Ferry sinks</title></item>", "Cape & News"),
        (
            (
                "<feed xmlns='http://www.w3.org/2005/Atom'><entry><title>Ferry</title></entry>"
                "<title>Cape\n News\x1b</title></feed>"
            ),
            "Cape News",
        ),
        ('{"version": "https://jsonfeed.org/version/1", "title": "Cape News"}', "Cape News"),
        ("<html><title> Cape\nNews </title></html>", "Cape News"),
        (RSS.replace("Cape", "Cape " * 30) % "", "Cape " * 15 + "Cape…"),
        ("<rss><channel/></rss>", ""),
    ],
)
def test_what_it_calls_itself_is_its_name(body: str, name: str) -> None:
    assert guess(capture(body)).name == name


@pytest.mark.parametrize(
    ("body", "media", "said"),
    [
        ("  \n", "", "the answer is empty"),
        ("%PDF-1.7 …", "application/pdf", "a PDF: no kind of source reads one"),
        (b"\x89PNG\r\n\x1a\n\x00", "image/png", "of type image/png: no kind of source reads that"),
        ("Call the coast guard.", "text/plain", "it says: Call the coast guard."),
        ("<opml version='2.0'><body/></opml>", "", "`tracker source import` takes it"),
        ("<gml><a/></gml>", "", "its outermost element is <gml>"),
        ("<alert xmlns='urn:mine'/>", "", "its outermost element is <alert>"),
        ("<!DOCTYPE x [<!ENTITY a 'b'>]><x>&a;</x>", "", "declares entities of its own"),
    ],
)
def test_what_no_kind_reads_is_one_line(body: str | bytes, media: str, said: str) -> None:
    with pytest.raises(Unreadable) as refused:
        guess(capture(body, media=media))
    assert said in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_text_on_this_machine_says_which_kind_reads_it() -> None:
    with pytest.raises(Unreadable, match="kind `folder` reads texts and mails in a folder"):
        guess(capture("Twelve people died.", url="/srv/mail.txt"))


@pytest.mark.parametrize(
    ("url", "keys", "missing"),
    [
        (
            "https://api.reliefweb.int/v2/reports?appname=desk.example",
            (("preset", "reliefweb"), ("appname", "desk.example")),
            "",
        ),
        ("https://api.reliefweb.int/v2/reports", (("preset", "reliefweb"),), "`appname`"),
        (
            "https://api.gdeltproject.org/api/v2/doc/doc?query=ferry+lorn",
            (("preset", "gdelt"), ("query", "ferry lorn")),
            "",
        ),
        ("https://cape.example/wp-json/wp/v2/posts", (("preset", "wordpress"),), ""),
        (
            "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/4.5_week.geojson",
            (("preset", "usgs"),),
            "",
        ),
    ],
)
def test_a_known_api_is_told_by_its_address(
    url: str, keys: tuple[tuple[str, str], ...], missing: str
) -> None:
    found = guess_by_address(url)
    assert found
    assert (found.kind, found.keys, found.missing) == ("json", keys, missing)


@pytest.mark.parametrize(
    "url",
    [
        "https://reliefweb.int/updates/rss.xml",
        "https://earthquake.usgs.gov/earthquakes/feed/v1.0/summary/4.5_week.atom",
        "https://api.reliefweb.int.cape.example/",
        "/srv/wp-json/wp/v2/posts",
    ],
)
def test_other_addresses_tell_nothing(url: str) -> None:
    assert guess_by_address(url) is None


def test_json_without_a_preset_says_what_its_file_needs() -> None:
    assert "`items`" in guess(capture("[]")).missing
