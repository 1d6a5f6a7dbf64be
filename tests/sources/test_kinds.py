"""The cases: a file as an outlet sends it, and beside it, as JSON, how it came and what it says.

`given` holds what the bytes do not: the address, the HTTP charset, the source's timezone.
`expected` is the list of reports, or the reason why there are none.
"""

import hashlib
import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tracker.intake import Report, Source
from tracker.model import Rank, utc_text
from tracker.sources.capture import Capture
from tracker.sources.kinds import KINDS, Unreadable, parse

CASES: Final = Path(__file__).parent / "cases"
EXPECTED: Final = ".expected.json"
INPUTS: Final = sorted(
    path for path in CASES.glob("*/*") if path.with_name(path.name + EXPECTED).exists()
)


def capture_of(content: bytes, url: str = "", charset: str | None = None) -> Capture:
    return Capture(
        url=url or "https://harbour.example/news",
        content=content,
        charset=charset,
        fetched_at=datetime(2025, 3, 12, tzinfo=UTC),
        digest=hashlib.sha256(content).hexdigest(),
    )


def source_of(kind: str, timezone: str = "UTC") -> Source:
    return Source(
        id="harbour",
        kind=kind,
        url="https://harbour.example/news",
        name="Harbour News",
        rank=Rank.OUTLET,
        timezone=timezone,
    )


def read_case(path: Path) -> tuple[Source, Capture, Any]:
    told = json.loads(path.with_name(path.name + EXPECTED).read_text("utf-8"))
    given = told["given"]
    source = source_of(path.parent.name, given.get("timezone", "UTC"))
    capture = capture_of(path.read_bytes(), given.get("url", ""), given.get("charset"))
    return source, capture, told["expected"]


def outcome(source: Source, capture: Capture) -> Any:
    """What parsing comes to, as JSON; fields at their defaults are left out."""
    try:
        return [_as_json(report, source) for report in parse(source, capture)]
    except Unreadable as reason:
        return f"unreadable: {reason}"


def _as_json(report: Report, source: Source) -> dict[str, Any]:
    assert report.source == source.id
    fields: dict[str, Any] = {"id": report.id, "title": report.title, "text": report.text}
    if report.url:
        fields["url"] = report.url
    fields["published"] = report.published and utc_text(report.published)
    if report.modified:
        fields["modified"] = utc_text(report.modified)
    if report.date_only:
        fields["date_only"] = True
    fields["stated_date"] = report.stated_date
    if report.language:
        fields["language"] = report.language
    if not report.whole:
        fields["whole"] = False
    return fields


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_case_is_read_as_expected(path: Path) -> None:
    """What an outlet sends is read as the JSON beside it says, whatever is wrong with it."""
    source, capture, expected = read_case(path)
    assert outcome(source, capture) == expected


def test_every_kind_has_cases_and_every_case_has_both_halves() -> None:
    """A kind without a case, or an input without its expectation, fails the suite."""
    assert {path.parent.name for path in INPUTS} == KINDS.keys()
    assert len(list(CASES.glob("*/*"))) == 2 * len(INPUTS)


@pytest.mark.parametrize("path", INPUTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_cut_answer_never_breaks_off_in_a_sentence(path: Path) -> None:
    """Cut at any byte, an answer gives whole paragraphs or a reason: half a number is a lie."""
    source, capture, expected = read_case(path)
    whole = expected if isinstance(expected, list) else []
    known = {line for report in whole for line in report["text"].split("\n\n")}
    known.add("Old words.")  # stands in until its newer version arrives
    for end in range(0, len(capture.content), max(1, len(capture.content) // 100)):
        cut = outcome(source, capture_of(capture.content[:end], capture.url, capture.charset))
        if whole and isinstance(cut, list):
            assert {line for report in cut for line in report["text"].split("\n\n")} <= known
