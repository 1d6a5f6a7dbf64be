"""Feeds that are asked again and again: what is known costs nothing, and changes nothing."""

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import combinations
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tracker.intake import Report, Source
from tracker.model import Rank
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.config import load_sources
from tracker.sources.kind import Link, Parsed
from tracker.sources.kinds import parse
from tracker.sources.kinds.feed import FeedOptions
from tracker.sources.kinds.feed_xml import _as_one, xml_items

CASES: Final = sorted(
    path
    for path in (Path(__file__).parent / "cases" / "feed").iterdir()
    if not path.name.endswith(".expected.json")
)
FEED: Final = "https://harbour.example/feed"
NAMESPACES: Final = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/" '
    'xmlns:dc="http://purl.org/dc/elements/1.1/" '
    'xmlns:sy="http://purl.org/rss/1.0/modules/syndication/" '
    'xmlns:media="http://search.yahoo.com/mrss/"'
)
FRAMES: Final = {
    "rss": (f'<rss version="2.0" {NAMESPACES}><channel><title>T</title>', "</channel></rss>"),
    "rss, language": (
        f'<rss version="2.0" {NAMESPACES}><channel><!-- <item> --><title>T</title>',
        "<language>pt-BR</language></channel></rss>\n<!-- made at 10:00 -->",
    ),
    "rss, own prefixes": (
        (
            '<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" '
            'xmlns:dc="http://purl.org/dc/elements/1.1/"><channel xml:lang="fr">'
        ),
        "</channel></rss>",
    ),
    "rdf": (
        (
            '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
            f'xmlns="http://purl.org/rss/1.0/" {NAMESPACES}>'
            '<channel rdf:about="https://harbour.example/"><title>T</title>'
            "<dc:language>es</dc:language></channel>"
        ),
        "</rdf:RDF>",
    ),
    "atom": (
        f'<feed xmlns="http://www.w3.org/2005/Atom" {NAMESPACES} xml:lang="de"><title>T</title>',
        "</feed>",
    ),
    "atom, prefixed": (
        f'<a:feed xmlns:a="http://www.w3.org/2005/Atom" {NAMESPACES}><a:title>T</a:title>',
        "</a:feed>",
    ),
    "doctype": (
        (
            '<?xml version="1.0"?><!DOCTYPE rss [<!ENTITY nbsp "&#160;"><!-- ]> -->'
            '<!ENTITY q "]>">]><?style sheet?><rss version="2.0"><channel>'
        ),
        "</channel></rss>",
    ),
}
BODIES: Final = (
    "",
    "Ten people died.",
    "Ten &amp; more &lt;b&gt;died&lt;/b&gt; &#8212; &#x201C;so far&#x201D;.",
    "<![CDATA[<p>Ten died.</p></item><item><p>Two live.</p>]]>",
    "<![CDATA[<ul><li>One</li></ul>]]> and <![CDATA[</entry><entry>]]>",
    "<!-- </item><item> --><![CDATA[Nine <!-- not --> died]]>",
    "<?php </item> ?>Seven died.",
    "Десять погибли. שלושה נהרגו. ۴۱ نفر",
    "The storm killed three people and […]",
    "See https://harbour.example/1 and b",
)
MORE: Final = (
    "",
    (
        '<media:content url="https://harbour.example/a.jpg?x=1&gt;2"><media:title>P</media:title>'
        "</media:content>"
    ),
    "<dc:creator>A. Writer</dc:creator><category>Sea</category>",
    '<x:item xmlns:x="https://x.example/">no item</x:item>',
    '<y:title xmlns:y="http://purl.org/dc/elements/1.1/">Another title</y:title>',
    (
        "<content:encoded><![CDATA[<p>The whole <b>story</b>.</p><p>Eleven died.</p>]]>"
        "</content:encoded>"
    ),
    "<dc:language>it</dc:language>",
    "<source url='https://other.example/'>Other</source>",
)
KEYS: Final = (
    "",
    "1",
    "a",
    "b",
    "https://harbour.example/1",
    "https://harbour.example/2?a=1&amp;b=2",
    "<![CDATA[https://harbour.example/2?a=1&b=2]]>",
    " \n 1 ",
    "<!-- b -->a",
    "&#97;",
)
RSS_ITEM: Final = (
    "<{p}item{about}><guid>{guid}</guid><link>{link}</link><title>{title}</title>"
    "<description{lang}>{body}</description><pubDate>{date}</pubDate>{more}</{p}item>\n"
)
ATOM_ITEM: Final = (
    "<{p}entry{lang}><{p}id>{guid}</{p}id><{p}link href='https://harbour.example/{n}'/>"
    "<{p}title>{title}</{p}title><{p}updated>{date}</{p}updated>"
    "<{p}summary>{body}</{p}summary>{more}</{p}entry>"
)

item_of = st.fixed_dictionaries(
    {
        "guid": st.sampled_from(KEYS),
        "link": st.sampled_from(KEYS),
        "title": st.sampled_from(["", "Ferry sinks", "Ferry &amp; quay", "<![CDATA[<item>]]>"]),
        "body": st.sampled_from(BODIES),
        "more": st.sampled_from(MORE),
        "lang": st.sampled_from(["", ' xml:lang="en"', ' xml:base="https://harbour.example/"']),
        "date": st.sampled_from(["2025-03-11T10:00:00Z", "Tue, 11 Mar 2025 09:00:00 GMT", ""]),
    }
)
feed_of = st.tuples(
    st.sampled_from(sorted(FRAMES)),
    st.lists(item_of, min_size=1, max_size=6),
    st.sampled_from(["utf-8", "utf-16", "windows-1251", "iso-8859-1"]),
)


def source_of(url: str = FEED, **options: Any) -> Source:
    return Source(
        id="harbour",
        kind="feed",
        url=url,
        name="Harbour News",
        rank=Rank.OUTLET,
        options=FeedOptions(**options),
    )


def capture_of(content: bytes | str, url: str = FEED) -> Capture:
    content = content.encode() if isinstance(content, str) else content
    return Capture(
        url=url,
        content=content,
        fetched_at=datetime(2025, 3, 12, tzinfo=UTC),
        digest=hashlib.sha256(content).hexdigest(),
    )


def xml_of(frame: str, items: Sequence[dict[str, str]]) -> str:
    before, after = FRAMES[frame]
    prefix = "a:" if "prefixed" in frame else ""
    template = ATOM_ITEM if frame.startswith("atom") else RSS_ITEM
    about = ' rdf:about="https://harbour.example/{n}"' if frame == "rdf" else ""
    if "own" in frame or frame == "doctype":
        items = [each | {"more": ""} for each in items]
    return (
        before
        + "".join(
            template.format(p=prefix, n=n, about=about.format(n=n), **each)
            for n, each in enumerate(items)
        )
        + after
    )


def encoded(text: str, encoding: str) -> bytes:
    text = text.removeprefix('<?xml version="1.0"?>')
    declared = f'<?xml version="1.0" encoding="{encoding}"?>'
    return (declared + text).encode(encoding, "xmlcharrefreplace")


def shown(parsed: Parsed) -> list[Report | Link]:
    return [*parsed.reports, *parsed.links]


def check_passing_over(capture: Capture, subsets: Sequence[frozenset[str]]) -> None:
    source = source_of()
    whole = parse(source, capture)
    for known in subsets:
        parsed = parse(source, capture, known)
        assert parsed.known <= known
        assert parsed.reports == tuple(
            each for each in whole.reports if each.digest not in parsed.known
        )
        assert parsed.links == tuple(
            each for each in whole.links if each.digest not in parsed.known
        )
        assert (parsed.ttl, parsed.trouble) == (whole.ttl, whole.trouble)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_known_items_of_a_case_change_nothing_of_the_others(path: Path) -> None:
    """Whichever items were read before, the others are read to the letter as in a whole reading."""
    capture = capture_of(path.read_bytes())
    try:
        digests = [each.digest for each in shown(parse(source_of(), capture)) if each.digest]
    except Unreadable:
        return
    subsets = [
        frozenset(known)
        for count in range(min(len(digests), 6) + 1)
        for known in combinations(digests[:6], count)
    ]
    check_passing_over(capture, [*subsets, frozenset(digests)])


@given(feed_of, st.data())
def test_known_items_change_nothing_of_the_others(
    feed: tuple[str, list[dict[str, str]], str], data: st.DataObject
) -> None:
    """In every format and encoding, with CDATA, comments, prefixes, shared ids and odd tags."""
    frame, items, encoding = feed
    capture = capture_of(encoded(xml_of(frame, items), encoding))
    digests = sorted({each.digest for each in shown(parse(source_of(), capture)) if each.digest})
    known = data.draw(st.sets(st.sampled_from(digests)) if digests else st.just(set[str]()))
    check_passing_over(capture, [frozenset(known), frozenset(digests)])


@given(feed_of)
def test_a_feed_in_pieces_says_what_it_says_as_one(
    feed: tuple[str, list[dict[str, str]], str],
) -> None:
    """The pieces lose nothing of what the library reads in the whole."""
    frame, items, _ = feed
    # Those it carries from one item into the next: there the pieces are right.
    items = [
        each | {"lang": "", "more": each["more"].replace("y:title", "title")} for each in items
    ]
    text = xml_of(frame, items)
    pieces = [replace(each, digest="") for each in xml_items(text, frozenset()).items]
    assert pieces == [*_as_one(text[text.index("<r" if "<r" in text else "<") :]).items]


@given(
    st.lists(
        st.fixed_dictionaries(
            {
                "id": st.sampled_from(["1", "2", 3, "", "https://harbour.example/1"]),
                "url": st.sampled_from(["", "https://harbour.example/1", "/2"]),
                "title": st.sampled_from(["", "Ferry sinks"]),
                "content_html": st.sampled_from(["", "<p>Ten died.</p>", "half \ud83d"]),
                "summary": st.sampled_from(["", "Ten …"]),
            }
        ),
        max_size=5,
    ),
    st.data(),
)
def test_known_items_of_a_json_feed_change_nothing_of_the_others(
    items: list[dict[str, object]], data: st.DataObject
) -> None:
    """A JSON Feed is as good as any other."""
    capture = capture_of(json.dumps({"language": "fr", "items": items}))
    digests = sorted({each.digest for each in shown(parse(source_of(), capture)) if each.digest})
    known = data.draw(st.sets(st.sampled_from(digests)) if digests else st.just(set[str]()))
    check_passing_over(capture, [frozenset(known)])


def rss(*items: str, head: str = "", root: str = "") -> str:
    return f'<rss version="2.0"{root}><channel>{head}{"".join(items)}</channel></rss>'


def item(n: int, text: str = "Ten died.", **tags: str) -> str:
    tags = {"guid": f"guid-{n}", "title": f"Ferry {n}", "description": text} | tags
    return f"<item>{''.join(f'<{tag}>{told}</{tag}>' for tag, told in tags.items())}</item>"


def digests_of(text: str) -> list[str]:
    return [each.digest for each in shown(parse(source_of(), capture_of(text)))]


def test_what_changes_at_each_request_makes_no_item_new() -> None:
    """A feed that says when it was built, and has one more item, is read in one item."""
    before = rss(item(1), item(2), head="<lastBuildDate>10:00</lastBuildDate><title>A</title>")
    after = rss(item(3), item(1), item(2), head="<lastBuildDate>10:05</lastBuildDate><ttl>9</ttl>")
    known = frozenset(digests_of(before))
    parsed = parse(source_of(), capture_of(after), known)
    assert [each.id for each in parsed.reports] == ["guid-3"]
    assert parsed.known == known


@pytest.mark.parametrize(
    "after",
    [
        rss(item(1), head="<language>fr</language>"),
        rss(item(1), root=' xml:lang="fr"'),
        rss(item(1), root=' xmlns="http://purl.org/rss/1.0/"'),
        rss(item(1, "Eleven died.")),
    ],
)
def test_what_bears_on_the_reading_of_an_item_makes_it_new(after: str) -> None:
    """The feed's language, its namespaces and the item itself are all of it."""
    known = frozenset(digests_of(rss(item(1))))
    assert not parse(source_of(), capture_of(after), known).known


def test_an_item_that_shares_the_id_of_a_new_one_is_read_again() -> None:
    """Which of them an id means depends on both, so both are told apart anew."""
    old = item(1, guid="same", link="https://harbour.example/1")
    known = frozenset(digests_of(rss(old, item(2))))
    new = item(3, guid="<![CDATA[same]]>", link="https://harbour.example/3")
    parsed = parse(source_of(), capture_of(rss(new, old, item(2))), known)
    assert [each.id for each in parsed.reports] == [
        "same https://harbour.example/3",
        "same https://harbour.example/1",
    ]
    assert len(parsed.known) == 1


def test_one_broken_item_breaks_no_other() -> None:
    """A stray sign in one headline leaves the other items whole, and is read once."""
    text = rss(item(1), item(2, title="Mills & Sons < Ltd"), item(3))
    parsed = parse(source_of(), capture_of(text))
    assert [(each.id, each.whole) for each in parsed.reports] == [
        ("guid-1", True),
        ("guid-2", False),
        ("guid-3", True),
    ]
    assert parse(source_of(), capture_of(text), frozenset(digests_of(text))).reports == ()


def test_an_item_that_cannot_be_read_is_told_and_the_others_are_read() -> None:
    """The library gives up on a number of thousands of digits in broken markup."""
    bad = item(2, f"&x; &#{'9' * 5000};")
    parsed = parse(source_of(), capture_of(rss(item(1), bad, bad, bad, bad, bad)))
    assert [each.id for each in parsed.reports] == ["guid-1"]
    assert [line.partition(":")[0] for line in parsed.trouble] == [
        "item 2",
        "item 3",
        "item 4",
        "2 more of its items cannot be read",
    ]
    with pytest.raises(Unreadable, match=r"^garbled markup"):
        parse(source_of(), capture_of(rss(bad)))


@pytest.mark.parametrize(
    "text",
    [
        rss("<a><b></a></b>", item(1)),
        rss(item(1), "<a>"),
        rss(item(1), "<title>A & B</title>"),
        rss("<item>", item(1), "</item>"),
        rss("<a>" * 30, item(1), "</a>" * 30),
        rss(item(1), f"<item><title>{'x' * 9}</title></ item>"),
    ],
)
def test_markup_that_cannot_safely_be_cut_is_read_as_one(text: str) -> None:
    """Nothing of it counts as known, so that nothing can be passed over by mistake."""
    parsed = parse(source_of(), capture_of(text))
    assert "Ten died." in {each.text for each in parsed.reports}
    assert {each.digest for each in parsed.reports} == {""}


def test_items_of_other_formats_are_no_items() -> None:
    """Only what the library knows as one is."""
    with pytest.raises(Unreadable, match=r"^no feed"):
        parse(source_of(), capture_of('<a xmlns:x="https://x.example/"><x:item>1</x:item></a>'))


def test_an_empty_item_is_an_item() -> None:
    """There is nothing in it, and its neighbours are read."""
    assert [
        each.text for each in parse(source_of(), capture_of(rss("<item/>", item(1)))).reports
    ] == [
        "",
        "Ten died.",
    ]


TEASER: Final = item(1, "Three people and […]", link="https://harbour.example/1")
FULL: Final = item(2, link="https://harbour.example/2")


def test_a_teaser_points_to_its_page_and_keeps_what_it_says() -> None:
    """Where the page cannot be had, the item is filed as it is."""
    parsed = parse(source_of(), capture_of(rss(TEASER, FULL)))
    assert [each.id for each in parsed.reports] == ["guid-2"]
    [link] = parsed.links
    assert link.url == "https://harbour.example/1"
    assert link.item is not None
    assert (link.item.id, link.item.text, link.item.whole) == (
        "guid-1",
        "Three people and […]",
        False,
    )
    assert link.digest == link.item.digest
    assert parse(source_of(), capture_of(rss(TEASER)), frozenset([link.digest])).links == ()


@pytest.mark.parametrize(
    ("follow", "followed"),
    [("teasers", ["guid-1"]), ("always", ["guid-1", "guid-2"]), ("never", [])],
)
def test_the_operator_says_what_is_followed(follow: str, followed: list[str]) -> None:
    """Pages of teasers by default, of all items, or none."""
    parsed = parse(source_of(follow=follow), capture_of(rss(TEASER, FULL)))
    assert [each.item.id for each in parsed.links if each.item] == followed
    assert len(parsed.reports) == 2 - len(followed)


@pytest.mark.parametrize(
    ("text", "teaser"),
    [
        ("", True),
        ("Three people and...", True),
        ("Three people and [&#8230;]", True),
        (
            "<![CDATA[<p>Three [&#8230;]</p><p>The post Ferry appeared first on Cape.</p>]]>",
            True,
        ),
        ("Three people died. Read more", True),
        ("Three people died. Continue reading Ferry sinks off the cape", True),
        ("Tres personas murieron. Leer más", True),
        ("Three people died.", False),
        ("He said: we wait… and we hope. That is all.", False),
        ("&lt;p&gt;We wait…&lt;/p&gt;&lt;p&gt;Three people died.&lt;/p&gt;", False),
        ("." * 100_000 + " and a word", False),
    ],
)
def test_a_teaser_is_told_by_how_it_ends(text: str, *, teaser: bool) -> None:
    """An ellipsis or an invitation at the very end, or no text at all."""
    parsed = parse(source_of(), capture_of(rss(item(1, text, link="https://harbour.example/1"))))
    assert len(parsed.links) == teaser


@pytest.mark.parametrize(
    ("source", "link"),
    [
        (source_of("/here/feed.xml"), "https://harbour.example/1"),
        (source_of(), ""),
        (source_of(), "file:///etc/hostname"),
        (source_of(), "mailto:desk@harbour.example"),
        (source_of(), f"{FEED}#1"),
        (source_of("https://harbour.example/old"), "https://harbour.example/old"),
    ],
)
def test_nothing_is_followed_that_is_no_page_of_its_own(source: Source, link: str) -> None:
    """A local feed, a link to the feed itself or to no page: the item is all there is."""
    parsed = parse(source, capture_of(rss(item(1, "Three …", link=link))))
    assert parsed.links == ()
    assert [each.whole for each in parsed.reports] == [False]


def test_an_item_in_broken_markup_is_followed_only_if_it_is_a_teaser() -> None:
    """That it is not whole says something of the markup, not of the text."""
    text = rss(item(1, "A & B: ten died.", link="https://harbour.example/1"))
    parsed = parse(source_of(), capture_of(text))
    assert parsed.links == ()
    assert [each.whole for each in parsed.reports] == [False]


def test_a_teaser_of_a_feed_that_was_cut_off_has_a_digest_too() -> None:
    """So that its page is not asked for at each poll."""
    cut = rss(TEASER, FULL)[:-40]
    first, again = (parse(source_of(), capture_of(cut)).links for _ in range(2))
    assert [each.digest for each in first] == [each.digest for each in again] != [""]


@pytest.mark.parametrize(
    ("head", "ttl"),
    [
        ("<ttl>15</ttl>", timedelta(minutes=15)),
        ("<ttl> 60 </ttl><skipHours><hour>3</hour></skipHours>", timedelta(hours=1)),
        ("<ttl>100000</ttl>", timedelta(hours=6)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", None),
        ("<ttl>0</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>soon</ttl>", None),
        (f"<ttl>{'9' * 5000}</ttl>", None),
        ("<image><ttl>5</ttl></image>", None),
    ],
)
def test_a_feed_says_how_long_it_is_good_for(head: str, ttl: timedelta | None) -> None:
    """In minutes; six hours at most, and never nonsense. "Hourly" is what a platform writes."""
    text = rss(item(1), head=head, root=f" {NAMESPACES}")
    assert parse(source_of(), capture_of(text)).ttl == ttl


def test_a_feed_that_is_read_as_one_says_so_too() -> None:
    """Broken markup around the items is no reason to ask more often."""
    text = rss(item(1), head="<ttl>15</ttl><title>A & B</title>")
    parsed = parse(source_of(), capture_of(text))
    assert (parsed.ttl, [each.whole for each in parsed.reports]) == (timedelta(minutes=15), [False])


BOMB: Final = "".join(
    f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 50}">' for n in range(12)
)


@pytest.mark.parametrize(
    "declared",
    [
        f"<!DOCTYPE rss [{BOMB}]>",
        f"<?xml version='1.0'?><!DOCTYPE rss [{BOMB}]>",
        f"\n<!DOCTYPE rss [\n{BOMB.replace('<!', chr(10) + '<!')}\n]>",
        f"<!DOCTYPE rss [<!ENTITY e11 '{'x' * 10}'>]>",
        "<!DOCTYPE rss [<!ENTITY e11 SYSTEM 'file:///etc/passwd'>]>",
        "<!DOCTYPE rss SYSTEM 'file:///etc/passwd'>",
        "<!DOCTYPE rss [<!ENTITY % p SYSTEM 'file:///etc/passwd'> %p;]>",
    ],
)
def test_no_entity_of_a_feed_is_ever_expanded(declared: str) -> None:
    """Neither a bomb, nor a file of this machine, nor even a harmless one: all is left as it is."""
    text = declared + rss(item(1, "Ten &e11; died."), item(2))
    parsed = parse(source_of(), capture_of(text))
    assert [each.text for each in parsed.reports] == ["Ten &e11; died.", "Ten died."]


@pytest.mark.parametrize(
    "text",
    [
        rss(item(1, author="a" * 200_000)),
        rss(item(1, author="a@" + "a." * 100_000)),
        "<?xml version='1.0'?>" + "\n" * 200_000 + rss(item(1)),
        "<!-- -->" * 100_000 + rss(item(1)),
        rss(item(1, "<b>" * 20_000 + "Ten died." + "</b>" * 20_000)),
        rss(item(1, f"<![CDATA[{'<a ' * 100_000}]]>")),
        rss(item(1, f"<![CDATA[{'<!-- >' * 100_000}]]>")),
        rss(item(1), item(2, "<![CDATA[" * 50_000)),
    ],
)
def test_a_feed_that_is_made_to_hang_does_not(text: str) -> None:
    """Each took the library minutes or hours; a suite that ends shows that they no longer do."""
    assert parse(source_of(), capture_of(text)).reports


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (rss(item(1, "<b " + "a='1' " * 50_000 + "/>")), "more than 20000 characters"),
        ("<rss>" + "<a>" * 800_000, "too long to be read all the same"),
        ("<!DOCTYPE rss [<!ENTITY a 'x>]>" + rss(item(1)), "does not end"),
        ("<!-- " + rss(item(1)), "does not end"),
        ("<!DOCTYPE html><title>News</title>", "a web page"),
    ],
)
def test_what_cannot_be_read_is_one_line(text: str, reason: str) -> None:
    """A person at a terminal can act on it."""
    with pytest.raises(Unreadable, match=reason) as error:
        parse(source_of(), capture_of(text))
    assert "\n" not in str(error.value)


def test_a_wrong_word_for_what_is_followed_is_one_line(tmp_path: Path) -> None:
    """With the file, the key and the nearest word that is right."""
    keys = ('kind = "feed"', f'url = "{FEED}"', 'name = "C"', 'rank = "outlet"')
    file = tmp_path / "cape.toml"
    file.write_text("\n".join([*keys, 'follow = "teaser"']))
    _, [error] = load_sources(tmp_path)
    assert str(error) == f"{file}, key 'follow': unknown value 'teaser' (did you mean 'teasers'?)"
