"""The cases: a file as an outlet sends it, and beside it, as JSON, how it came and what it says.

`given` holds what the bytes do not: the address (`asked`: the one in the source's file), the HTTP
charset, the source's timezone, its language, and the keys of its kind (`options`). `expected` is
the list of reports, or the reason why there are none; where there are links or trouble too, an
object of all three.
"""

import hashlib
import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import pytest

from tracker.incidents.match import full_text, paragraph_of
from tracker.intake import Figure, Report, Source
from tracker.model import Rank, utc_text
from tracker.sources.capture import FOLDER, Capture
from tracker.sources.kind import Link
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


def folder_of(name: str, file: Capture) -> Capture:
    """A folder in which this is the only new file."""
    return replace(
        capture_of(b"", "/folder"),
        content_type=FOLDER,
        files=(replace(file, url=f"/folder/{name}"),),
    )


def source_of(kind: str, **given: Any) -> Source:
    return Source(
        id="harbour",
        kind=kind,
        url=given.get("asked", "https://harbour.example/news"),
        name="Harbour News",
        rank=Rank.OUTLET,
        timezone=given.get("timezone", "UTC"),
        language=given.get("language", ""),
        options=KINDS[kind].options.model_validate(given.get("options", {})),
    )


def read_case(path: Path) -> tuple[Source, Capture, Any]:
    told = json.loads(path.with_name(path.name + EXPECTED).read_text("utf-8"))
    given = told["given"]
    source = source_of(path.parent.name, **given)
    capture = capture_of(path.read_bytes(), given.get("url", ""), given.get("charset"))
    if source.kind == "folder":
        capture = folder_of(path.name, capture)
    return source, capture, told["expected"]


def outcome(source: Source, capture: Capture) -> Any:
    """What parsing comes to, as JSON; fields at their defaults are left out."""
    try:
        parsed = parse(source, capture)
    except Unreadable as reason:
        return f"unreadable: {reason}"
    reports = [_as_json(report, source) for report in parsed.reports]
    links = [_link_as_json(link, source) for link in parsed.links]
    if not links and not parsed.trouble:
        return reports
    return {"reports": reports, "links": links, "trouble": [*parsed.trouble]}


def _figure_as_json(figure: Figure, report: Report) -> dict[str, Any]:
    """A figure that is stated as data; its place must be that of its words."""
    text = full_text(report)
    assert paragraph_of(text, figure) == figure.quote
    assert (figure.role, figure.qualifier, figure.high) == ("current", "exact", figure.low)
    fields: dict[str, Any] = {figure.measure.value: figure.low, "quote": figure.quote}
    fields["words"] = text[figure.start : figure.end]
    if figure.issuer:
        fields["issuer"] = figure.issuer
    return fields


def _link_as_json(link: Link, source: Source) -> dict[str, Any]:
    fields: dict[str, Any] = {"url": link.url}
    if link.kind != "page":
        fields["kind"] = link.kind
    if link.item:
        fields["item"] = _as_json(link.item, source)
    return fields


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
    if report.withdrawn:
        fields["withdrawn"] = True
    if report.figures is not None:
        fields["figures"] = [_figure_as_json(figure, report) for figure in report.figures]
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


@pytest.mark.parametrize(
    "path",
    # A local file is not cut on its way; one that is being written is not read (`files.py`).
    [path for path in INPUTS if path.parent.name != "folder"],
    ids=lambda path: f"{path.parent.name}/{path.name}",
)
def test_a_cut_answer_never_breaks_off_in_a_sentence(path: Path) -> None:
    """Cut at any byte, an answer gives whole paragraphs or a reason: half a number is a lie."""
    source, capture, expected = read_case(path)
    whole = _texts_and_addresses(expected)
    whole.add("Old words.")  # stands in until its newer version arrives
    for end in range(0, len(capture.content), max(1, len(capture.content) // 100)):
        cut = outcome(source, capture_of(capture.content[:end], capture.url, capture.charset))
        if not isinstance(expected, str):
            assert _texts_and_addresses(cut) <= whole


def _texts_and_addresses(told: Any) -> set[str]:
    """The paragraphs of an outcome's reports, and where its links lead."""
    if isinstance(told, str):
        return set()
    told = {"reports": told, "links": []} if isinstance(told, list) else told
    texts = {line for report in told["reports"] for line in report["text"].split("\n\n")}
    return texts | {link["url"] for link in told["links"]}
