"""`tracker source test`: what a poll would make of a source, and nothing stored."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from command import done, run
from folder import LOOPBACK, write_source
from outlet import Item, feed
from standing import stand
from tracker.model import State
from website import Said, Site

MOVED = "The death toll of the ferry accident has risen to 15, up from 14, the coast guard said."
TEASER = (
    "<item><guid>{0}</guid><title>Ferry</title><link>{0}</link>"
    "<pubDate>Sat, 04 May 2024 19:00:00 GMT</pubDate>"
    "<description>A ferry sank …</description></item>"
)
ARTICLE = (
    '<!DOCTYPE html><html lang="en"><head><title>Ferry</title></head><body><article><h1>Ferry</h1>'
    "<p>{}</p><p>The coast guard searched the waters off the cape through the night with boats, a "
    "helicopter and volunteers from the villages along the shore.</p></article></body></html>"
)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        yield opened


@pytest.fixture
def here(unpolled: Path) -> Path:
    """The folder, in which this machine may be asked."""
    (unpolled / "tracker.toml").write_text(LOOPBACK)
    return unpolled


def sections(told: str) -> dict[str, list[str]]:
    """The lines of a report by their section, without the blanks before them."""
    found: dict[str, list[str]] = {}
    for line in told.splitlines():
        label, text = line[:9].strip(), line[10:]
        found.setdefault(label or [*found][-1], []).append(text.strip())
    return found


def rss(*items: str) -> str:
    return f'<rss version="2.0"><channel><title>Wire</title>{"".join(items)}</channel></rss>'


def test_a_source_is_shown_as_a_poll_would_read_it(unpolled: Path) -> None:
    """Each report with its figures, as `extract` words them, and where they would go; no log."""
    told = sections(done("source", "test", "wire", cwd=unpolled))
    assert told["address"] == ["sources/wire.json"]
    assert told["robots"] == ["not asked: it is on this machine"]
    assert told["kind"] == ["feed, as its file says"]
    assert told["reports"] == [
        "2, 2024-05-05 07:00Z to 2024-05-06 09:00Z",
        "2024-05-06 09:00Z  Toll of ferry accident rises",
        "2024-05-05 07:00Z  Fewer dead in ferry accident",
    ]
    # Three figures of the second report, one of the first, and the incident is opened once.
    assert told["figures"][0] == "4 in 2 reports; 5 events would be new"
    assert told["figures"][1] == (
        "2024-05-06 09:00Z  Toll of ferry accident rises → lorn-ferry, 3 new events"
    )
    assert " ".join(told["figures"][2].split()) == (
        "current killed 14 the coast guard "
        "The death toll of the ferry accident has risen [to 14], up from 11, the coast guard said."
    )
    assert told["health"] == ["not polled yet"]
    assert told["wrong"] == ["nothing"]
    assert [each.name for each in unpolled.iterdir()] == ["sources"]


def test_what_the_log_knows_is_no_news_and_the_log_stays_as_it_is(own: Path) -> None:
    """An edit is news against the version that is stored."""
    before = (own / "events.db").read_bytes()
    told = sections(done("source", "test", "wire", cwd=own))
    assert told["figures"][0] == "4 in 2 reports; nothing would be new"
    assert told["figures"][1].endswith("→ lorn-ferry, known")
    path = own / "sources" / "wire.json"
    path.write_text(path.read_text().replace("risen to 14, up from 11", "risen to 15, up from 11"))
    told = sections(done("source", "test", "wire", cwd=own))
    assert told["figures"][0] == "4 in 2 reports; 1 event would be new"
    assert (own / "events.db").read_bytes() == before
    assert run("poll", "wire", cwd=own).stderr.endswith(" 1 new events\n")
    assert "nothing would be new" in done("source", "test", "wire", cwd=own)


def test_a_test_counts_what_a_poll_stores(here: Path, site: Site) -> None:
    """Reports that no incident claims, edits of one report and a report in two incidents among
    them.
    """
    site.pages["feed"] = Said(
        feed(
            Item("a", "Two people were killed in a fire in a warehouse.", "2024-05-05T07:00Z"),
            Item("b", "Nine people died in the ferry accident.", "2024-05-05T08:00Z"),
            Item("c", "Five died in the ferry.\n\nSix died in the tunnel.", "2024-05-05T09:00Z"),
            Item("d", "Vapurda 12 kişi öldü, ferry, dedi yetkililer dün akşam.", "2024-05-05"),
        )
    )
    write_source(here, "cape", site.url("feed"), more='language = "en"\n')
    new = json.loads(done("source", "test", "cape", "--json", cwd=here))["new_events"]
    ran = run("poll", "cape", cwd=here)
    assert ran.stderr.splitlines()[-1] == f"1 source polled, 0 failed, {new} new events"
    assert new >= 5
    assert json.loads(done("source", "test", "cape", "--json", cwd=here))["new_events"] == 0


def test_what_is_taken_back_is_counted_as_a_poll_counts_it(unpolled: Path) -> None:
    """An alert, and its cancellation in the same answer."""
    alert = (
        '<entry><id>{0}</id><alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{0}'
        "</identifier><sender>guard</sender><sent>2024-05-05T0{0}:00:00Z</sent><status>Actual"
        "</status><msgType>{1}</msgType>{2}<info><language>en</language><headline>Ferry"
        "</headline><description>Nine people died in the ferry accident.</description></info>"
        "</alert></entry>"
    )
    named = "<references>guard,1,2024-05-05T01:00:00Z</references>"
    entries = alert.format(1, "Alert", "") + alert.format(2, "Cancel", named)
    (unpolled / "sources" / "cap.xml").write_text(
        f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'
    )
    write_source(unpolled, "guard", "cap.xml", kind="cap")
    told = sections(done("source", "test", "guard", cwd=unpolled))
    assert told["figures"][0].endswith("; 3 events would be new")
    assert told["figures"][1].endswith("Ferry → taken back, 1 new event")
    assert run("poll", "guard", cwd=unpolled).stderr.endswith(" 3 new events\n")


def test_how_it_stands_is_told(own: Path) -> None:
    stand(own, state=State.FAILING, failures=4, error="it answered 503")
    assert sections(done("source", "test", "wire", cwd=own))["health"] == [
        "failing, never answered, no figure yet, due now",
        "failed 4× since the beginning: it answered 503",
    ]


def test_an_address_needs_no_file_and_is_asked_politely(tmp_path: Path, site: Site) -> None:
    """No folder of sources is needed; robots.txt is asked, and its gap told."""
    (tmp_path / "tracker.toml").write_text(LOOPBACK)
    site.pages["robots.txt"] = Said("User-agent: *\nCrawl-delay: 0.01\nDisallow: /private")
    site.pages["old"] = Said(status=301, headers={"location": "/feed"})
    site.pages["feed"] = Said(rss(), headers={"content-type": "application/rss+xml"})
    told = sections(done("source", "test", site.url("old"), cwd=tmp_path))
    assert told["address"] == [
        site.url("old"), f"→ {site.url('feed')}", "it has moved there for good",
    ]  # fmt: skip
    assert told["robots"] == ["it may be asked, 0.01 s between two requests"]
    assert told["answer"] == [f"application/rss+xml, {len(rss())} bytes"]
    assert told["kind"] == ["feed, guessed: RSS"]
    assert told["reports"] == ["none"]
    assert told["wrong"] == ["there is no report in it: is this the right address?"]
    assert "health" not in told
    assert [each.path for each in site.asked] == ["robots.txt", "old", "feed"]
    assert [each.name for each in tmp_path.iterdir()] == ["tracker.toml"]


def test_where_robots_txt_forbids_it_nothing_else_is_asked(here: Path, site: Site) -> None:
    site.pages["robots.txt"] = Said("User-agent: *\nDisallow: /")
    ran = run("source", "test", site.url("feed"), cwd=here)
    assert ran.returncode == 1
    told = sections(ran.stdout)
    assert told["robots"] == ["it asks programs to keep away from this address"]
    assert told["wrong"][0].startswith("robots.txt of 127.0.0.1 asks programs to keep away")
    assert "reports" not in told
    assert [each.path for each in site.asked] == ["robots.txt"]


def test_of_a_web_page_its_feed_is_tested_and_the_others_are_told(here: Path, site: Site) -> None:
    links = "".join(
        f'<link rel="alternate" type="application/rss+xml" title="F{each}" href="/feed{each}">'
        for each in range(8)
    )
    site.pages[""] = Said(f"<html><head><title>Cape News</title>{links}</head><body/></html>")
    site.pages["feed0"] = Said(feed(Item("a", MOVED, "2024-05-05T07:00Z", "Toll rises")))
    told = sections(done("source", "test", site.url(), cwd=here))
    assert told["address"] == [site.url(), f"→ {site.url('feed0')}"]
    assert told["kind"] == [
        "feed, guessed: a web page that names its feed",
        *(f"also named: {site.url(f'feed{each}')} (F{each})" for each in (1, 2, 3, 4)),
        "and 3 more: --all",
    ]
    assert told["figures"][1].endswith("Toll rises → lorn-ferry, 3 new events")
    every = sections(done("source", "test", site.url(), "--all", cwd=here))
    assert len(every["kind"]) == 8


def test_the_pages_of_teasers_are_read(here: Path, site: Site) -> None:
    """One that cannot be had is told, and the teaser itself is read in its place."""
    site.pages["feed"] = Said(rss(*(TEASER.format(site.url(each)) for each in "12")))
    site.pages["1"] = Said(ARTICLE.format(MOVED), headers={"content-type": "text/html"})
    told = sections(done("source", "test", site.url("feed"), cwd=here))
    assert told["reports"][0] == "2, 2024-05-04 19:00Z; 1 page of reports read"
    assert told["figures"][0].startswith("2 in 1 report; ")
    (wrong,) = told["wrong"]
    assert wrong.startswith(f"{site.url('2')}: it answered 404 (Not Found): ")
    assert site.paths() == ["feed", "1", "2"]


def test_long_lists_are_cut_unless_all_is_asked_for(here: Path, site: Site) -> None:
    items = [Item(str(n), MOVED, f"2024-05-05T07:{n:02}Z", f"Report {n}") for n in range(9)]
    site.pages["feed"] = Said(feed(*items))
    told = sections(done("source", "test", site.url("feed"), cwd=here))
    assert [each.split("Report ")[-1] for each in told["reports"][1:]] == [
        "8", "7", "6", "5", "4", "and 4 more: --all",
    ]  # fmt: skip
    assert told["figures"][-1] == "and 4 more reports: --all"
    every = sections(done("source", "test", site.url("feed"), "--all", cwd=here))
    assert len(every["reports"]) == 10
    assert sum("→" in each for each in every["figures"]) == 9


@pytest.mark.parametrize(
    ("body", "media", "said"),
    [
        ("[]", "application/json", "its file must say `items`, and the paths"),
        ("", "text/html", "the answer is empty"),
        ("%PDF-1.7", "application/pdf", "a PDF: no kind of source reads one"),
        ("<opml><body/></opml>", "text/xml", "`tracker source import` takes it"),
        ("<html><body></body></html>", "text/html", "a page without text"),
    ],
)
def test_what_cannot_be_read_fails_with_what_to_do(
    here: Path, site: Site, body: str, media: str, said: str
) -> None:
    site.pages["x"] = Said(body, headers={"content-type": media})
    ran = run("source", "test", site.url("x"), cwd=here)
    assert ran.returncode == 1
    assert said in sections(ran.stdout)["wrong"][0]


def test_an_api_without_its_keys_is_not_even_asked(here: Path) -> None:
    ran = run("source", "test", "https://api.reliefweb.int/v2/reports", cwd=here)
    assert ran.returncode == 1
    assert "its file must say `appname`" in sections(ran.stdout)["wrong"][0]


def test_what_does_not_answer_fails(here: Path, site: Site) -> None:
    """Each reason in words, and as a document with its cause."""
    ran = run("source", "test", site.url("nothing"), cwd=here)
    assert ran.returncode == 1
    assert sections(ran.stdout)["wrong"] == [
        "it answered 404 (Not Found): there is nothing at this address: has it moved?"
    ]
    ran = run("source", "test", site.url("nothing"), "--json", cwd=here)
    assert ran.returncode == 1
    told = json.loads(ran.stdout)
    assert (told["cause"], told["reports"], told["kind"]) == ("missing", [], None)


def test_an_address_on_this_machine_is_refused_unless_it_is_allowed(
    unpolled: Path, site: Site
) -> None:
    ran = run("source", "test", site.url("feed"), cwd=unpolled)
    assert ran.returncode == 1
    (wrong,) = sections(ran.stdout)["wrong"]
    assert wrong == "refused: 127.0.0.1 is on this machine; add it to polling.allow_hosts"
    assert site.asked == []


def test_json_tells_every_report_and_figure(unpolled: Path) -> None:
    told = json.loads(done("source", "test", "wire", "--json", cwd=unpolled))
    assert told["kind"] == "feed"
    assert told["failure"] is told["cause"] is None
    assert told["new_events"] == 5
    first, second = told["reports"]
    assert (first["id"], first["published_at"]) == ("wire-1", "2024-05-05T07:00:00.000000Z")
    assert (second["incidents"], second["set_aside"]) == (["lorn-ferry"], [])
    assert [(each["measure"], each["low"], each["filed_to"]) for each in second["figures"]] == [
        ("killed", 14, "lorn-ferry"),
        ("killed", 11, "lorn-ferry"),
        ("injured", 30, "lorn-ferry"),
    ]
    assert told["standing"]["source"] == "wire"


def test_a_language_that_is_not_read_is_what_is_wrong(unpolled: Path) -> None:
    write_source(unpolled, "costa", "wire.json", more='language = "tr"\n')
    (wrong,) = sections(done("source", "test", "costa", cwd=unpolled))["wrong"]
    assert wrong.startswith("in 2 reports no figure is read in language 'tr', only in: ")


def test_the_address_of_a_source_is_that_source(unpolled: Path) -> None:
    told = sections(done("source", "test", "sources/wire.json", cwd=unpolled))
    assert told["kind"] == ["feed, as its file says"]


def test_words_and_secrets_from_outside_are_harmless(here: Path, site: Site) -> None:
    """No control character reaches the terminal, and no password is shown."""
    site.pages["feed"] = Said(
        feed(Item("a", "Nine died in the ferry \x1b[2J accident.", None, "Toll\x1b[2J\nwrong  no"))
    )
    url = site.url("feed").replace("//", "//desk:password@")
    ran = run("source", "test", f"{url}?api_key=sesame", cwd=here)
    assert "\x1b" not in ran.stdout
    site.pages["feed?api_key=sesame"] = site.pages["feed"]
    ran = run("source", "test", f"{url}?api_key=sesame", cwd=here)
    assert (ran.returncode, "\x1b" in ran.stdout) == (0, False)
    for told in (ran.stdout, ran.stderr):
        assert "password" not in told
        assert "sesame" not in told


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("wires", "no source 'wires' (did you mean 'wire'?)"),
        ("cape-news.example/feed", "is neither a file nor an address: write http://… or https://…"),
        ("ftp://cape-news.example/feed", "is neither a file nor an address"),
        ("file:///etc/passwd", "is neither a file nor an address"),
        ("http:///feed", "'http:///feed' is no address"),
        ("https://desk:word@:99999/feed", "is no address"),
        ("broken", "sources/broken.toml, key 'name': missing: add it"),
    ],
)
def test_a_wrong_source_is_one_line(unpolled: Path, asked: str, said: str) -> None:
    (unpolled / "sources" / "broken.toml").write_text('kind = "feed"\nurl = "x"\n')
    ran = run("source", "test", asked, cwd=unpolled)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert said in line
    assert "word" not in line
