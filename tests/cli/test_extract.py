"""`tracker extract`: the figures of a text, for people and for programs."""

import json
import re
from pathlib import Path

from command import done, run

TEXT = (
    "At least 12 people were killed when a ferry sank off Cape Lorn, the coast guard said. "
    "Another 30 people were injured."
)


def test_for_people_each_figure_is_a_line_with_its_span(tmp_path: Path) -> None:
    (tmp_path / "ferry.txt").write_text(TEXT)
    lines = done("extract", "ferry.txt", cwd=tmp_path).splitlines()
    killed, injured = (re.split(r"\s{2,}", line) for line in lines)
    start, end = map(int, killed[0].split("–"))
    assert "12" in TEXT[start:end]
    assert lines[0].endswith(f"“{TEXT[start:end]}”")
    assert {"killed", "at least 12", "current"} <= set(killed)
    assert "the coast guard" in lines[0]
    assert {"injured", "30", "current"} <= set(injured)
    assert done("extract", cwd=tmp_path, stdin=TEXT).splitlines() == lines
    assert done("extract", "-", cwd=tmp_path, stdin=TEXT).splitlines() == lines


def test_why_shows_the_rule_of_each_role(tmp_path: Path) -> None:
    assert "current (" in done("extract", "--why", cwd=tmp_path, stdin=TEXT)


def test_for_programs_each_text_is_answered_by_one_line(tmp_path: Path) -> None:
    asked = [
        {"id": "one", "text": TEXT, "published": "2024-05-04T18:00:00Z"},
        {"id": 2, "text": "The harbour was calm.", "language": "en"},
    ]
    written = "\n\n".join(json.dumps(each) for each in asked)
    answers = [
        json.loads(line)
        for line in done("extract", "--jsonl", cwd=tmp_path, stdin=written).splitlines()
    ]
    assert [each["id"] for each in answers] == ["one", 2]
    assert answers[1]["figures"] == []
    killed, injured = answers[0]["figures"]
    assert set(killed) >= {
        "measure", "low", "high", "qualifier", "role", "start", "end", "attribution",
    }  # fmt: skip
    start, end = killed["start"], killed["end"]
    assert "12" in TEXT[start:end]
    wanted = {
        "measure": "killed",
        "low": 12,
        "high": None,
        "qualifier": "at_least",
        "role": "current",
        "attribution": "the coast guard",
    }
    assert {key: killed[key] for key in wanted} == wanted
    assert (injured["measure"], injured["low"], injured["high"]) == ("injured", 30, 30)


def test_a_text_without_figures_is_no_failure(tmp_path: Path) -> None:
    asked = run("extract", cwd=tmp_path, stdin="The harbour was calm.")
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == (
        "no figure of people was read in this text (none is larger than 10,000,000,000, and only "
        "these languages are read: en)\n"
    )


def test_bytes_that_are_no_utf_8_are_read_as_far_as_they_can_be(tmp_path: Path) -> None:
    (tmp_path / "odd.txt").write_bytes(b"\xff\xfe The ferry accident killed 12 people. \xe9")
    assert "12" in done("extract", "odd.txt", cwd=tmp_path)


def test_half_a_character_in_json_is_answered_as_it_was_asked(tmp_path: Path) -> None:
    written = r'{"id": "\ud800", "text": "The ferry \ud800 killed 12 people."}'
    answer = done("extract", "--jsonl", cwd=tmp_path, stdin=written)
    assert answer.startswith(r'{"id": "\ud800", ')
    assert json.loads(answer)["figures"][0]["low"] == 12
