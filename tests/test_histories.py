"""Histories of real incidents, told in words of our own from public facts: each check is right."""

import json
from pathlib import Path
from typing import Any, Final

import pytest

from command import run

HISTORIES: Final = sorted((Path(__file__).parent / "histories").glob("*.json"))


def cases(path: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return found


@pytest.mark.parametrize("path", HISTORIES, ids=lambda path: path.stem)
def test_what_stood_at_each_moment_is_what_a_careful_editor_would_say(
    path: Path, tmp_path: Path
) -> None:
    replayed = run("replay", str(path), cwd=tmp_path)
    wrong = [line for line in replayed.stdout.splitlines() if ": WRONG" in line]
    assert (wrong, replayed.stderr, replayed.returncode) == ([], "", 0)


def test_there_are_enough_of_them_and_each_is_judged() -> None:
    assert len(HISTORIES) >= 10
    for path in HISTORIES:
        for case in cases(path):
            assert len(case["checks"]) >= 4
            assert len(case["reports"]) >= 3
