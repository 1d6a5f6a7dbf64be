"""What holds for the source as a whole."""

import re
from pathlib import Path
from types import ModuleType

import pytest

import tracker
from tracker.cli import COMMANDS, rules, source, webhooks

PACKAGE = Path(tracker.__file__).parent
MODULES = sorted(PACKAGE.rglob("*.py"))
NO_COMMANDS = {
    "__init__", "evidence", "fields", "newsroom", "options", "picture", "prospect", "shown",
    "deciding", "sketch", "strokes", "watch",
}  # fmt: skip
"""Modules of `cli/` that commands share."""
SHARED_BY_VERBS = {
    source: {"asked", "standing", "told", "trial", "would"},
    webhooks: {"asked", "astray", "checked", "lacking", "secret", "told"},
    rules: set[str](),
}
"""The same of the folders of commands that have verbs."""


def test_the_modules_are_found() -> None:
    assert len(MODULES) > 50


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_module_is_longer_than_300_lines(path: Path) -> None:
    assert len(path.read_text("utf-8").splitlines()) <= 300


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_every_module_says_what_lives_in_it(path: Path) -> None:
    assert path.read_text("utf-8").startswith(('"""', 'r"""'))


def test_each_command_is_one_module_and_one_line_in_the_table() -> None:
    modules = {path.stem for path in (PACKAGE / "cli").glob("*.py")} - NO_COMMANDS
    folders = {path.parent.name for path in (PACKAGE / "cli").glob("*/__init__.py")}
    assert {name.removesuffix("_") for name in modules | folders} == {*COMMANDS}


@pytest.mark.parametrize("folder", SHARED_BY_VERBS, ids=lambda folder: folder.__name__)
def test_each_verb_is_one_module_and_one_line_in_the_table_of_its_command(
    folder: ModuleType,
) -> None:
    modules = {path.stem for path in Path(folder.__path__[0]).glob("*.py")}
    verbs = modules - SHARED_BY_VERBS[folder] - {"__init__"}
    assert {name.removesuffix("_") for name in verbs} == {*folder.VERBS}


def test_the_program_knows_no_incident() -> None:
    """What is bundled is told by configuration alone: no name and no day of it."""
    bundled = re.compile(
        r"kerman|soleimani|2024-01-0[3-6]|0?[3-6] jan\w* 2024|jan\w* 0?[3-6], 2024", re.IGNORECASE
    )
    assert [path for path in MODULES if bundled.search(path.read_text("utf-8"))] == []


def test_nothing_is_left_for_later() -> None:
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|\bNotImplementedError\b")
    assert [path for path in MODULES if later.search(path.read_text("utf-8"))] == []
