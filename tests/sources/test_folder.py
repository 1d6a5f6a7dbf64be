"""Kind `folder`: what several files come to together. Single files are cases."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tracker.intake import Source
from tracker.model import Rank
from tracker.sources.capture import FOLDER, Capture, Unreadable
from tracker.sources.kind import Parsed
from tracker.sources.kinds import parse

NOW = datetime(2031, 5, 1, 12, tzinfo=UTC)
SOURCE = Source(id="desk", kind="folder", url="/in", name="Desk", rank=Rank.OUTLET)


def file(name: str, content: str) -> Capture:
    return Capture(
        url=f"/in/{name}", content=content.encode(), fetched_at=NOW, digest=f"digest of {name}"
    )


def folder(*files: Capture, known: frozenset[str] = frozenset()) -> Capture:
    return Capture(
        url="/in",
        content=b"",
        content_type=FOLDER,
        fetched_at=NOW,
        digest="whole",
        files=files,
        known=known,
        trouble=("big.txt: too large",),
    )


def read(*files: Capture, known: frozenset[str] = frozenset()) -> Parsed:
    return parse(SOURCE, folder(*files, known=known))


def test_each_file_is_a_report_with_the_digest_of_its_file() -> None:
    """So a file that was stored is known, and one that was not is read again."""
    found = read(file("a.txt", "Twelve died."), file("b.txt", "Two died."), known=frozenset("k"))
    assert [(each.id, each.digest) for each in found.reports] == [
        ("a.txt", "digest of a.txt"),
        ("b.txt", "digest of b.txt"),
    ]
    assert found.known == {"k"}


def test_a_file_that_cannot_be_read_is_told_once_and_the_others_are_read() -> None:
    """Its digest is known from then on, until it is written anew."""
    found = read(file("a.txt", " "), file("b.txt", "Two died."))
    assert [each.id for each in found.reports] == ["b.txt"]
    assert found.trouble == ("big.txt: too large", "a.txt: there is no text in it")
    assert found.known == {"digest of a.txt"}


def test_of_files_that_state_one_id_the_newest_is_read() -> None:
    """Whatever their names, so that reading all of them anew never brings an old number back."""

    def version(name: str, updated: str, text: str) -> Capture:
        return file(name, f"---\nid: toll\nupdated: {updated}\n---\n{text}\n")

    old = version("z.md", "2031-05-01T10:00:00Z", "Twelve died.")
    new = version("a.md", "2031-05-01T11:00:00Z", "Fourteen died.")
    for files in ((old, new), (new, old)):
        found = read(*files)
        assert [(each.id, each.text) for each in found.reports] == [("toll", "Fourteen died.")]
        assert found.known == {"digest of z.md"}


def test_of_files_without_a_date_that_state_one_id_the_last_is_read() -> None:
    """By name: nothing else is known of their order."""
    found = read(file("1.md", "---\nid: a\n---\nOne died."), file("2.md", "---\nid: a\n---\nTwo."))
    assert [each.text for each in found.reports] == ["Two."]


def test_a_name_that_is_no_text_becomes_one() -> None:
    """The file system allows any byte; an id is stored and printed."""
    found = read(file("a\udcff.txt", "Twelve died."), file("b\n\x1b[31m.htm", " "))
    assert [each.id for each in found.reports] == ["a\\xff.txt"]
    assert found.trouble[1] == "b [31m.htm: the answer is empty"


def test_an_empty_folder_holds_no_report() -> None:
    """That is no failure: the first file is still to come."""
    assert parse(SOURCE, replace(folder(), trouble=())) == Parsed()


def test_a_path_that_is_no_folder_says_which_kind_to_set() -> None:
    """And a folder, where another kind is set, says it too."""
    with pytest.raises(Unreadable, match="no folder: `url` must be the path of one; for a single"):
        parse(SOURCE, file("a.txt", "Twelve died."))
    with pytest.raises(Unreadable, match="a folder: name a file in it, or set kind to 'folder'"):
        parse(replace(SOURCE, kind="page", options=None), folder())


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.md", "---\na: " + "[" * 5000 + "\n---\nText.", "a.md: its front matter is no YAML"),
        ("a.md", "---\na: '" + "x" * 20_000 + "'\n---\nText.", "a.md: front matter of more than"),
        ("a.md", "*a **b " * 50_000, "a.md: Markdown of more than 128 kB"),
    ],
)
def test_hostile_markdown_is_refused_in_one_line(name: str, content: str, reason: str) -> None:
    """Neither depth nor length of a file takes the poll down."""
    found = read(file(name, content))
    assert found.reports == ()
    assert found.trouble[1].startswith(reason)
    assert "\n" not in found.trouble[1]


def test_nested_aliases_of_front_matter_are_not_expanded() -> None:
    """What would be billions of words takes no room."""
    bomb = "a: &a [x, x]\n" + "".join(
        f"{new}: &{new} [*{old}, *{old}]\n"
        for old, new in zip("abcdefghijklmnopqrs", "bcdefghijklmnopqrst", strict=True)
    )
    found = read(file("a.md", f"---\n{bomb}title: Toll\n---\nTwelve died."))
    assert [(each.title, each.text) for each in found.reports] == [("Toll", "Twelve died.")]


def test_a_mail_that_takes_the_parser_down_is_told_in_one_line() -> None:
    """Parts in parts, a thousand deep, or whatever else the library gives up on."""
    parts = "".join(
        f"Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n" for n in range(2000)
    )
    found = read(file("a.eml", f"Subject: Toll\n{parts}"), file("b.txt", "Two died."))
    assert [each.id for each in found.reports] == ["b.txt"]
    assert found.trouble[1].startswith("a.eml: a garbled mail: maximum recursion depth")
