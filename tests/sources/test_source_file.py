"""A new file for a source: all of it or nothing, never in the place of another."""

from pathlib import Path

import pytest

from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.model import Rank
from tracker.sources.config import load_sources
from tracker.sources.source_file import Draft, add_source, draft_text, free_id, id_of, ids_in, slug

DRAFT = Draft(kind="feed", url="https://cape.example/feed", name="Cape News")


def test_what_is_written_is_read_as_it_was_meant(tmp_path: Path) -> None:
    """Quotes, backslashes and line ends of a name do no harm."""
    name = 'Cape "News" \\ #1 = [x]\n\x7fé'
    draft = Draft(
        kind="json",
        url="https://cape.example/wp-json/wp/v2/posts?a=1&b='2'",
        name=name,
        rank=Rank.AGENCY,
        every="10m",
        incident="lorn-ferry",
        keys=(("preset", "wordpress"),),
    )
    assert add_source(tmp_path, "cape", draft) == tmp_path / "cape.toml"
    (source,), errors = load_sources(tmp_path)
    assert not errors
    assert (source.id, source.url, source.name) == ("cape", draft.url, name)
    assert (source.rank, source.incident) == (Rank.AGENCY, "lorn-ferry")
    assert source.every.total_seconds() == 600
    assert [each.name for each in tmp_path.iterdir()] == ["cape.toml"]


def test_a_source_that_nobody_ranked_is_unverified_and_says_so(tmp_path: Path) -> None:
    assert 'rank = "unverified"  # set it: ' in draft_text(DRAFT)
    add_source(tmp_path, "cape", DRAFT)
    (source,), _ = load_sources(tmp_path)
    assert source.rank is Rank.UNVERIFIED


@pytest.mark.parametrize("there", ["mine", None])
def test_no_file_is_overwritten(tmp_path: Path, there: str | None) -> None:
    """Nor a link, even one to nothing."""
    path = tmp_path / "cape.toml"
    if there is None:
        path.symlink_to(tmp_path / "nothing")
    else:
        path.write_text(there)
    with pytest.raises(UsageError, match=r"cape\.toml is there already: give .* another --id"):
        add_source(tmp_path, "cape", DRAFT)
    assert [each.name for each in tmp_path.iterdir()] == ["cape.toml"]
    assert path.is_symlink() or path.read_text() == there


@pytest.mark.parametrize(
    ("name", "draft", "said"),
    [
        ("cape", Draft(kind="fed", url="x", name="X"), "cape.toml, key 'kind': unknown value"),
        ("cape", Draft(kind="feed", url="ftp://x", name="X"), "key 'url'"),
        (
            "cape",
            Draft(kind="json", url="https://x.example", name="X", keys=(("preset", "gdelt"),)),
            "key 'query': missing",
        ),
        ("a b", DRAFT, "may hold letters"),
    ],
)
def test_what_would_not_load_is_not_written(
    tmp_path: Path, name: str, draft: Draft, said: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        add_source(tmp_path, name, draft)
    assert said in str(refused.value)
    assert str(refused.value).endswith("; it is not written")
    assert ".new" not in str(refused.value)
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_cannot_be_written_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(TrackerError, match="cannot be written"):
        add_source(tmp_path / "nowhere", "cape", DRAFT)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://www.cape-news.example/rss", "cape-news"),
        ("https://feeds.news.cape.co.uk/world/rss.xml", "news-cape"),
        ("https://rss.example/", "rss"),
        ("http://127.0.0.1:8000/feed", "127-0-0-1"),
        ("https://desk:word@Cape.Example/", "cape"),
        ("/srv/Cape News.rss", "cape-news"),
        ("/srv/mails/", "mails"),
    ],
)
def test_an_id_is_by_the_host_or_the_file(url: str, name: str) -> None:
    assert id_of(url) == name


def test_an_id_is_short_and_free(tmp_path: Path) -> None:
    assert slug("Cape " * 100) == "-".join(["cape"] * 12)
    (tmp_path / "cape.toml").write_text("broken")
    (tmp_path / "cape-2.toml").write_text("broken")
    assert free_id("cape", ids_in(tmp_path)) == "cape-3"
    assert free_id("incidents", ids_in(tmp_path)) == "incidents-2"
