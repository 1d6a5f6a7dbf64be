"""Bytes and markup to plain text."""

from datetime import UTC, datetime

import pytest

from tracker.sources.capture import Capture
from tracker.sources.text import decoded, from_html, one_line, paragraphs


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>One</p><p>two</p>", "One\n\ntwo"),
        ("<div>One<div>two</div>three</div>", "One\n\ntwo\n\nthree"),
        ("One <b>bold</b> and\n <i>wrapped</i> line", "One bold and wrapped line"),
        ("Ten died.<br>Two live.", "Ten died.\n\nTwo live."),
        ("Ten<br/>died", "Ten died"),
        ("One<br><br/>two", "One\n\ntwo"),
        ("<style>p{}</style>a<script>if (1 < 2) b()</script><p>c", "a\n\nc"),
        ("5 &lt; 6 &amp;amp; 7 &mdash; &#8220;x&#8221;", "5 < 6 &amp; 7 — “x”"),
        ("<p>5 < 6 and <3</p>", "5 < 6 and <3"),
        ("no markup &amp; two\n\nparagraphs", "no markup & two\n\nparagraphs"),
        ("<table><tr><td>Dead</td><td>12</td></tr></table>", "Dead\n\n12"),
        ("<!-- c --><p>a", "a"),
        ("<p>a</p><![oops b]>c", "a\n\nc"),
        ("<p>a</p><![CDATA[b]]>c", "a\n\nc"),
        ("", ""),
    ],
)
def test_html_becomes_paragraphs(markup: str, text: str) -> None:
    """Blocks part paragraphs, everything else flows; nothing that is never shown gets in."""
    assert from_html(markup) == text


def test_wrapped_lines_are_joined_and_sentences_on_lines_of_their_own_are_not() -> None:
    """A line end in the middle of a sentence is the width of somebody's editor."""
    assert paragraphs("At least ten\r\npeople died.\r\nTwo live.\n \t\n\nEnd") == (
        "At least ten people died.\n\nTwo live.\n\nEnd"
    )


def test_a_headline_is_one_line_without_control_characters() -> None:
    """A terminal escape that lost its ESC is only odd to read."""
    assert one_line(" \x1b[2JRed\x00\n alert\x9b1m\ud800 ") == "[2JRed alert1m"


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("<p>Ten</p>" + "<a " * 50_000, "Ten\n\n" + "<a " * 49_999 + "<a"),
        ("<p>Ten</p><!-- " + "<!-- >" * 20_000, "Ten\n\n<!-- " + "<!-- >" * 20_000),
        ("<p>Ten</p><!-- never ended", "Ten\n\n<!-- never ended"),
        ("<p>Ten</p><!-- 1 --><p>Two <!-- 2", "Ten\n\nTwo <!-- 2"),
    ],
)
def test_markup_without_end_is_read_at_once_and_shown(markup: str, text: str) -> None:
    """The library's own time for it grows with the square; nothing of the text is lost."""
    assert from_html(markup) == text


def test_a_text_cut_off_within_a_letter_is_read_up_to_there() -> None:
    """Its letters have shown its encoding; one odd byte at the end of plain ones shows nothing."""
    cut, plain = "Тонет паром.".encode()[:-2], "Ferry caf\xe9".encode("latin-1")
    read = [
        decoded(
            Capture(url="", content=each, fetched_at=datetime(2025, 3, 12, tzinfo=UTC), digest="")
        )
        for each in (cut, plain)
    ]
    assert read[0] == "Тонет паро"
    assert read[1].startswith("Ferry caf")
    assert len(read[1]) == len(plain)
