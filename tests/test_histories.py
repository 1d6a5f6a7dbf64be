"""Histories of real incidents, told in words of our own from public facts: each check is right."""

import json
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import pytest
from click.testing import CliRunner

from command import run
from tracker.cli.replay import command as replay
from tracker.projections.policies import VERSION

HISTORIES: Final = sorted((Path(__file__).parent / "histories").glob("*.json"))


ESTIMATES: Final = {1: "2a5a20bc13bb2e84"}
"""By version of the rules of estimation, a digest of every move in these histories."""

MOVED: Final = (
    "measure", "scope", "published_at", "phrase", "best", "low", "high", "status", "reason",
)  # fmt: skip


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


def test_rules_that_make_other_estimates_are_told_by_another_version() -> None:
    """Receivers are told once that the rules have changed, and only by the version they know it."""
    digest = sha256()
    for path in HISTORIES:
        answers = CliRunner().invoke(replay, [str(path), "--json"], catch_exceptions=False)
        for case in json.loads(answers.stdout):
            for each in case["history"]:
                moved = [each[name] for name in MOVED]
                digest.update(json.dumps([case["incident"], *moved]).encode())
    assert digest.hexdigest()[:16] == ESTIMATES.get(VERSION), (
        "stored figures make other estimates: raise VERSION in projections/policies and write its "
        "digest here; where figures are only read otherwise in a text, write the digest alone"
    )
