"""`tracker source import` and `export`: lists of feeds in OPML, in and out."""

import tomllib
from pathlib import Path

import pytest

from command import done, run
from folder import write_source

LIST = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0"><head><title>Feeds</title></head><body>
  <outline text="Sea">
    <outline type="rss" text="Cape News" xmlUrl="https://cape.example/feed"/>
    <outline type="rss" title="Cape News" text="x" xmlUrl="https://cape.example/sport"/>
    <outline type="rss" text="Día de Lorn" xmlUrl="https://dia.example/rss?a=1&amp;b=2"/>
  </outline>
  <outline type="rss" text="The Wire" xmlUrl="https://wire.example/feed"/>
  <outline type="rss" xmlUrl="https://www.quiet.example/feed"/>
  <outline type="rss" text="Local" xmlUrl="file:///etc/passwd"/>
  <outline type="rss" text="Path" xmlUrl="/etc/passwd"/>
  <outline type="rss" text="Nowhere" xmlUrl="http:///feed"/>
</body></opml>
"""


@pytest.fixture
def folder(unpolled: Path) -> Path:
    write_source(unpolled, "there", "https://wire.example/feed")
    (unpolled / "list.opml").write_text(LIST, encoding="utf-8")
    return unpolled


def names(folder: Path) -> set[str]:
    return {each.name for each in (folder / "sources").iterdir()}


def test_each_feed_of_a_list_becomes_a_source(folder: Path) -> None:
    """Ids by title, else by host; what is there is left alone; odd addresses are refused."""
    before = names(folder)
    ran = run("source", "import", "list.opml", cwd=folder)
    assert ran.returncode == 1
    assert [line.split()[:2] for line in ran.stdout.splitlines()] == [
        ["cape-news-2", "https://cape.example/feed"],
        ["cape-news-3", "https://cape.example/sport"],
        ["dia-de-lorn", "https://dia.example/rss?a=1&b=2"],
        ["quiet", "https://www.quiet.example/feed"],
    ]
    assert ran.stderr.splitlines() == [
        "tracker: https://wire.example/feed is source 'there' already",
        "tracker: refused: 'file:///etc/passwd' is no http(s) address",
        "tracker: refused: '/etc/passwd' is no http(s) address",
        "tracker: refused: 'http:///feed' is no http(s) address",
        "4 sources written, 1 there already, 3 refused; set their ranks",
    ]
    new = names(folder) - before
    assert new == {"cape-news-2.toml", "cape-news-3.toml", "dia-de-lorn.toml", "quiet.toml"}
    told = tomllib.loads((folder / "sources" / "dia-de-lorn.toml").read_text("utf-8"))
    assert told == {
        "kind": "feed", "url": "https://dia.example/rss?a=1&b=2", "name": "Día de Lorn",
        "rank": "unverified",
    }  # fmt: skip
    assert "quiet" in done("sources", cwd=folder)


def test_a_second_import_adds_nothing(folder: Path) -> None:
    run("source", "import", "list.opml", "--rank", "outlet", cwd=folder)
    assert 'rank = "outlet"\n' in (folder / "sources" / "quiet.toml").read_text()
    before = names(folder)
    again = run("source", "import", "list.opml", cwd=folder)
    assert again.stdout == ""
    assert again.stderr.endswith("0 sources written, 5 there already, 3 refused\n")
    assert names(folder) == before


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    before = names(folder)
    ran = run("source", "import", "list.opml", "--dry-run", cwd=folder)
    assert len(ran.stdout.splitlines()) == 4
    assert "4 sources would be written; nothing is done, 1 there already" in ran.stderr
    assert names(folder) == before


def test_a_list_is_read_in_its_own_encoding(folder: Path) -> None:
    text = LIST.replace('encoding="UTF-8"', 'encoding="iso-8859-1"')
    (folder / "list.opml").write_bytes(text.encode("iso-8859-1"))
    assert "Día de Lorn" in run("source", "import", "list.opml", "--dry-run", cwd=folder).stdout


def test_names_and_secrets_of_a_list_are_harmless(folder: Path) -> None:
    (folder / "list.opml").write_text(
        '<opml><body><outline text="&#x9b;2J Cape" '
        'xmlUrl="https://desk:password@cape.example/f?token=abc"/>'
        '<outline xmlUrl="https://desk:password@lorn.example/"/></body></opml>'
    )
    ran = run("source", "import", "list.opml", cwd=folder)
    assert "password" not in ran.stdout + ran.stderr
    assert "\x9b" not in ran.stdout
    assert "password" in (folder / "sources" / "lorn.toml").read_text()
    assert 'name = "https://lorn.example/"' in (folder / "sources" / "lorn.toml").read_text()
    listed = done("source", "export", cwd=folder)
    assert "password" not in listed
    assert "token" not in listed


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (None, "No such file or directory"),
        ("", "list.opml: the list is empty"),
        ("<html></html>", "list.opml: a web page (HTML), no OPML"),
        ("<rss></rss>", "list.opml: a single feed, no OPML"),
        ("{}", "list.opml: no XML"),
        ("<opml><body><outline", "list.opml: broken OPML"),
        ('<!DOCTYPE o [<!ENTITY a "b">]><opml/>', "list.opml: XML that declares entities"),
    ],
)
def test_what_is_no_list_is_one_line(folder: Path, content: str | None, said: str) -> None:
    path = folder / "list.opml"
    path.unlink()
    if content is not None:
        path.write_text(content)
    ran = run("source", "import", "list.opml", cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    (line,) = ran.stderr.splitlines()
    assert said in line


def test_the_feeds_among_the_sources_are_exported_and_come_back(folder: Path) -> None:
    """To stdout or a file; what is no feed on the web is left out, and told."""
    write_source(folder, "page", "https://page.example/", kind="page")
    write_source(folder, "cape", "https://cape.example/feed?a=1&b=2")
    told = run("source", "export", cwd=folder)
    assert told.returncode == 0
    assert told.stderr == "2 feeds; 3 that are no feed on the web left out\n"
    assert 'text="Cape" title="Cape" xmlUrl="https://cape.example/feed?a=1&amp;b=2"' in told.stdout
    done("source", "export", "out.opml", cwd=folder)
    assert (folder / "out.opml").read_text() == told.stdout
    again = run("source", "import", "out.opml", cwd=folder)
    assert again.stderr.endswith("0 sources written, 2 there already, 0 refused\n")
    assert again.returncode == 0


def test_an_export_overwrites_nothing(folder: Path) -> None:
    ran = run("source", "export", "list.opml", cwd=folder)
    assert (ran.returncode, ran.stdout) == (2, "")
    assert ran.stderr == "tracker: list.opml is there already: name a new file\n"
    assert (folder / "list.opml").read_text() == LIST
    ran = run("source", "export", "nowhere/out.opml", cwd=folder)
    assert ran.stderr == (
        "tracker: nowhere/out.opml cannot be written: No such file or directory\n"
    )


def test_a_wrong_file_is_told_beside_the_export(folder: Path) -> None:
    (folder / "sources" / "broken.toml").write_text("x")
    ran = run("source", "export", cwd=folder)
    assert ran.returncode == 1
    assert "https://wire.example/feed" in ran.stdout
    assert "sources/broken.toml" in ran.stderr
