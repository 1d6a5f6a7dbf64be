"""`tracker source add`: an address to a file that works, or to nothing."""

import json
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from command import done, run
from folder import LOOPBACK, write_source
from outlet import Item, feed
from website import Said, Site

TOLL = "The death toll of the ferry accident has risen to 14, the coast guard said."
FRONT = (
    '<html><head><title>Cape News: "home"</title><link rel="alternate" href="/feed" '
    'type="application/feed+json"></head><body><p>Welcome.</p></body></html>'
)


@pytest.fixture
def site() -> Iterator[Site]:
    with Site() as opened:
        opened.pages[""] = Said(FRONT)
        opened.pages["feed"] = Said(feed(Item("a", TOLL, "2024-05-05T07:00Z", "Toll rises")))
        yield opened


@pytest.fixture
def here(unpolled: Path) -> Path:
    """The folder, in which this machine may be asked."""
    (unpolled / "tracker.toml").write_text(LOOPBACK)
    return unpolled


def written(folder: Path, name: str) -> dict[str, Any]:
    return tomllib.loads((folder / "sources" / f"{name}.toml").read_text())


def names(folder: Path) -> set[str]:
    return {each.name for each in (folder / "sources").iterdir()}


def test_the_feed_of_a_front_page_becomes_a_source_that_polls(here: Path, site: Site) -> None:
    """What is written is shown, after what comes of it; and it says that nobody ranked it."""
    ran = run("source", "add", site.url(), cwd=here)
    assert ran.returncode == 0
    assert "→ lorn-ferry, 2 new events" in ran.stdout
    path = here / "sources" / "127-0-0-1.toml"
    assert ran.stdout.endswith(f"\n\n{path.read_text()}")
    assert written(here, "127-0-0-1") == {
        "kind": "feed", "url": site.url("feed"), "name": "An outlet", "rank": "unverified",
    }  # fmt: skip
    assert ran.stderr.splitlines()[-1] == (
        "tracker: sources/127-0-0-1.toml is written; set its rank, so that its figures count for "
        "more"
    )
    assert not (here / "events.db").exists()
    assert run("poll", "127-0-0-1", cwd=here).stderr.endswith(" 2 new events\n")


def test_what_is_given_is_written(here: Path, site: Site) -> None:
    ran = run(
        *("source", "add", site.url("feed"), "--id", "cape", "--name", 'The "Cape"'),
        *("--rank", "agency", "--incident", "lorn-ferry", "--every", "10m"),
        cwd=here,
    )
    assert ran.stderr.splitlines()[-1] == "tracker: sources/cape.toml is written"
    assert written(here, "cape") == {
        "kind": "feed", "url": site.url("feed"), "name": 'The "Cape"', "rank": "agency",
        "every": "10m", "incident": "lorn-ferry",
    }  # fmt: skip


def test_an_address_that_has_moved_for_good_is_written_as_it_is_now(here: Path, site: Site) -> None:
    site.pages["old"] = Said(status=308, headers={"location": "/feed"})
    done("source", "add", site.url("old"), "--id", "moved", cwd=here)
    assert written(here, "moved")["url"] == site.url("feed")
    site.pages["today"] = Said(status=302, headers={"location": "/other"})
    site.pages["other"] = site.pages["feed"]
    done("source", "add", site.url("today"), "--id", "today", cwd=here)
    assert written(here, "today")["url"] == site.url("today")


def test_an_id_is_made_unique(here: Path, site: Site) -> None:
    write_source(here, "127-0-0-1", "wire.json")
    done("source", "add", site.url("feed"), cwd=here)
    assert "127-0-0-1-2.toml" in names(here)


def test_a_dry_run_writes_nothing(here: Path, site: Site) -> None:
    before = names(here)
    ran = run("source", "add", site.url("feed"), "--dry-run", cwd=here)
    assert ran.returncode == 0
    assert 'kind = "feed"' in ran.stdout
    assert ran.stderr.endswith("sources/127-0-0-1.toml would be written; nothing is done\n")
    assert names(here) == before


def test_a_file_of_this_machine_is_named_from_the_folder(unpolled: Path) -> None:
    """Within the folder by a relative path, so that the folder can be moved."""
    (unpolled / "sources" / "Lorn.html").write_text("<html><body><p>Nine people died.</p></html>")
    (unpolled / "mails").mkdir()
    (unpolled / "mails" / "1.txt").write_text("Nine people died in the ferry accident.")
    done("source", "add", "sources/Lorn.html", cwd=unpolled)
    assert (written(unpolled, "lorn")["kind"], written(unpolled, "lorn")["url"]) == (
        "page", "Lorn.html",
    )  # fmt: skip
    done("source", "add", "mails", cwd=unpolled)
    assert (written(unpolled, "mails")["kind"], written(unpolled, "mails")["url"]) == (
        "folder", str(unpolled / "mails"),
    )  # fmt: skip
    assert run("poll", "mails", "lorn", cwd=unpolled).returncode == 0


def test_a_preset_is_written_with_its_keys(here: Path, site: Site) -> None:
    asked = (
        "per_page=50&orderby=modified&_fields=id,date_gmt,modified_gmt,title,content,excerpt,link"
    )
    site.pages[f"wp-json/wp/v2/posts?{asked}"] = Said(
        json.dumps([{"id": 1, "title": {"rendered": "Toll"}, "content": {"rendered": TOLL}}])
    )
    done("source", "add", site.url("wp-json/wp/v2/posts"), "--id", "wp", cwd=here)
    told = written(here, "wp")
    assert (told["kind"], told["preset"]) == ("json", "wordpress")
    assert run("poll", "wp", cwd=here).returncode == 0


def test_a_page_of_a_wiki_is_read_by_its_api_and_written_as_the_page(
    here: Path, site: Site
) -> None:
    """Whose robots.txt is for those who read pages."""
    head = '<meta name="generator" content="MediaWiki 1.43"><link rel="alternate" href="/feed" '
    site.pages["wiki/Ferry"] = Said(
        f'<html><head>{head}type="application/rss+xml"></head><body><h1>Ferry</h1></body></html>'
    )
    assert run("source", "add", site.url("wiki/Ferry"), cwd=here).returncode == 1
    revision = {
        "revid": 7,
        "timestamp": "2024-05-05T07:00:00Z",
        "slots": {"main": {"content": "{{Infobox event|deaths=14 in the ferry accident}}"}},
    }
    page = {"title": "Ferry", "revisions": [revision], "canonicalurl": site.url("wiki/Ferry")}
    assert site.asked[-1].path.startswith("w/api.php?action=query")
    site.pages[site.asked[-1].path] = Said(json.dumps({"query": {"pages": [page]}}))
    told = done("source", "add", site.url("wiki/Ferry"), "--id", "wiki", cwd=here)
    assert "robots    not asked: an API is offered to programs" in told
    assert written(here, "wiki") == {
        "kind": "mediawiki", "url": site.url("wiki/Ferry"), "name": "Ferry", "rank": "unverified",
    }  # fmt: skip
    assert run("poll", "wiki", cwd=here).returncode == 0


def test_where_nothing_can_be_read_nothing_is_written_unless_it_is_forced(
    here: Path, site: Site
) -> None:
    site.pages["robots.txt"] = Said("User-agent: *\nDisallow: /")
    before = names(here)
    ran = run("source", "add", site.url("feed"), cwd=here)
    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("tracker: nothing is written: robots.txt of 127.0.0.1 asks programs")
    assert last.endswith("; --force writes it all the same")
    assert names(here) == before
    done("source", "add", site.url("feed"), "--force", "--id", "kept", cwd=here)
    assert written(here, "kept")["kind"] == "feed"


def test_force_writes_no_address_that_can_never_be_asked(unpolled: Path, site: Site) -> None:
    ran = run("source", "add", site.url("feed"), "--force", cwd=unpolled)
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1].startswith("tracker: nothing is written: refused: 127.0.0.1")
    assert site.asked == []


def test_what_would_not_load_is_not_written_even_by_force(here: Path, site: Site) -> None:
    """A preset without its keys; other JSON loads, and its paths are to be filled in."""
    before = names(here)
    ran = run("source", "add", "https://api.reliefweb.int/v2/reports", "--force", cwd=here)
    assert ran.returncode == 2
    assert "key 'appname': missing: preset 'reliefweb'" in ran.stderr
    assert names(here) == before
    site.pages["data"] = Said('{"records": []}')
    ran = run("source", "add", site.url("data"), cwd=here)
    assert (ran.returncode, names(here)) == (1, before)
    assert "its file must say `items`" in ran.stderr


def test_what_is_a_source_already_is_not_added_twice(here: Path, site: Site) -> None:
    """By its own address, or by that of the page that names it."""
    done("source", "add", site.url("feed"), "--id", "cape", cwd=here)
    before = names(here)
    for url in (site.url("feed"), site.url()):
        ran = run("source", "add", url, cwd=here)
        assert ran.returncode == 2
        assert ran.stderr.splitlines()[-1] == (
            f"tracker: {site.url('feed')} is source 'cape' already"
        )
    assert names(here) == before


def test_secrets_are_written_and_not_shown(here: Path, site: Site) -> None:
    url = site.url("feed").replace("//", "//desk:password@")
    ran = run("source", "add", url, "--id", "cape", cwd=here)
    assert ran.returncode == 0
    assert written(here, "cape")["url"] == url
    assert "password" not in ran.stdout + ran.stderr


def test_a_name_from_outside_is_harmless(here: Path, site: Site) -> None:
    name = '\x1b[2JCape"\nrank = "official"\n#'
    site.pages["feed"] = Said(json.dumps(json.loads(feed()) | {"title": name}))
    ran = run("source", "add", site.url("feed"), "--id", "cape", cwd=here)
    assert "\x1b" not in ran.stdout
    assert written(here, "cape")["name"] == '[2JCape" rank = "official" #'
    assert written(here, "cape")["rank"] == "unverified"


@pytest.mark.parametrize(
    ("args", "said"),
    [
        (("cape.example/feed",), "is neither a file nor an address: write http://… or https://…"),
        (("ftp://cape.example/",), "is neither a file nor an address"),
        (("http://x.example", "--id", "wire"), "sources/wire.toml is there already: give"),
        (("http://x.example", "--id", "incidents"), "sources/incidents.toml is there already"),
        (("http://x.example", "--id", "../x"), "--id '../x': an id holds letters, digits"),
        (("http://x.example", "--rank", "agenci"), "no rank 'agenci' (did you mean 'agency'?)"),
        (("http://x.example", "--incident", "lorn-fery"), "(did you mean 'lorn-ferry'?)"),
        (("http://x.example", "--every", "5 minutes"), "'5 minutes': write 30s, 5m, 2h or 1d"),
        (("http://x.example", "--every", "1s"), "at least 10s"),
        (("sources/wire.json",), "wire.json is source 'wire' already"),
    ],
)
def test_a_mistake_is_one_line_and_nothing_is_asked(
    unpolled: Path, args: tuple[str, ...], said: str
) -> None:
    before = names(unpolled)
    ran = run("source", "add", *args, cwd=unpolled)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert said in line
    assert names(unpolled) == before
