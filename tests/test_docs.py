"""The pages against the program: nothing is left out, and what they show is what happens."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, fields
from pathlib import Path
from threading import Timer
from typing import Final, Self

import click
import pytest
from pydantic import BaseModel

from tracker.alerts.tables import NotifyTable, WebhookTable
from tracker.cli import COMMANDS, Verbs, group
from tracker.errors import TrackerError
from tracker.events import TYPES, Event
from tracker.model import Measure, Reason, Role
from tracker.projections import policies
from tracker.settings import Polling, Settings, load_settings
from tracker.sources.config import (
    _IncidentTable,
    _IssuerTable,
    _MatchTable,
    _SourceTable,
    load_incidents,
    load_sources,
)
from tracker.sources.kinds import KINDS
from tracker.store.schema import STATEMENTS

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")])
BLOCK: Final = re.compile(r"^```(\w*) ?(\S*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
LINK: Final = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
ANYTHING: Final = "…"
"""In a transcript: whatever stands here (a time, an id), or whole lines, if it is the line."""
DONE: Final = "\x1e"


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block: its language, the file that it is to be written to ("" = none), its text."""

    language: str
    file: str
    text: str


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> list[Block]:
    return [Block(*found.groups()) for found in BLOCK.finditer(text)]


def section(page: str, heading: str) -> str:
    """What stands under a heading, up to the next one of its level or above."""
    level = heading.split(" ", maxsplit=1)[0]
    _, found, rest = BLOCK.sub("", read(page)).partition(f"\n{heading}\n")
    assert found, f"{page} has no {heading!r}"
    return re.split(rf"^#{{1,{len(level)}}} ", rest, maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(text: str) -> set[str]:
    """The names in backticks that stand alone in the first cell of a table's row."""
    return set(re.findall(r"^\| `([^`|]+)` \|", text, flags=re.MULTILINE))


def anchor(heading: str) -> str:
    words = re.sub(r"[^\w\- ]", "", heading.replace("`", "").lower())
    return words.strip().replace(" ", "-")


def environment_of(folder: Path) -> dict[str, str]:
    """An environment in which `tracker` and `python` are those under test."""
    programs = folder / "bin"
    programs.mkdir()
    for name, starts in {"python": "", "tracker": "-m tracker"}.items():
        program = programs / name
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" {starts} "$@"\n')
        program.chmod(0o755)
    kept = {name: text for name, text in os.environ.items() if not name.startswith("TRACKER_")}
    return kept | {"PATH": f"{programs}{os.pathsep}{kept['PATH']}", "PYTHONUNBUFFERED": "1"}


class Shell:
    """One shell for a page, so that what a command exports is there for the next."""

    def __init__(self, folder: Path, environment: dict[str, str]) -> None:
        self._process = subprocess.Popen(
            ["/bin/sh"],
            cwd=folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            start_new_session=True,
        )
        # Only so that a command that hangs fails instead of hanging the suite.
        self._limit = Timer(120, self._end)
        self._limit.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._limit.cancel()
        self._end()
        self._process.communicate()

    def run(self, command: str, shown: list[str]) -> list[str]:
        """What the command prints; of one in the background, as many lines as are shown."""
        assert self._process.stdin is not None
        background = command.endswith("&")
        self._process.stdin.write(f"{command}\n" + ("" if background else f"echo '{DONE}'\n"))
        self._process.stdin.flush()
        printed: list[str] = []
        for line in self._lines():
            if line == DONE:
                break
            printed.append(line)
            if background and len(printed) == len(shown):
                break
        return printed

    def _lines(self) -> Iterator[str]:
        assert self._process.stdout is not None
        return (line.rstrip("\n") for line in self._process.stdout)

    def _end(self) -> None:
        with suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)


def commands(transcript: str) -> Iterator[tuple[str, list[str]]]:
    """Each command of a transcript, and the lines that are shown after it."""
    _, *parts = re.split(r"^\$ ", transcript, flags=re.MULTILINE)
    for part in parts:
        command, *shown = part.splitlines()
        yield command, shown


def matches(shown: list[str], printed: list[str]) -> bool:
    pattern = "".join(
        r"(?:.*\n)*?" if line == ANYTHING else re.escape(line).replace(ANYTHING, ".*") + r"\n"
        for line in shown
    )
    return re.fullmatch(pattern, "".join(f"{line}\n" for line in printed)) is not None


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_shows_is_what_happens(page: Path, tmp_path: Path) -> None:
    """Every file of a page is written, every command run in turn; each prints what is shown."""
    environment = environment_of(tmp_path)
    shutil.copytree(ROOT / "sources", tmp_path / "sources")
    text = page.read_text(encoding="utf-8").replace("8800", str(free_port()))
    with Shell(tmp_path, environment) as shell:
        for block in blocks(text):
            if block.file:
                target = tmp_path / block.file
                target.parent.mkdir(parents=True, exist_ok=True)
                with target.open("a", encoding="utf-8") as file:
                    file.write(f"\n{block.text}" if file.tell() else block.text)
            if block.language != "console":
                continue
            for command, shown in commands(block.text):
                printed = shell.run(command, shown)
                assert matches(shown, printed), "\n".join([f"$ {command}", *printed])


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_configuration_shown_is_valid(page: Path, tmp_path: Path) -> None:
    """A TOML block that names its file can be copied as it is."""
    for block in blocks(page.read_text(encoding="utf-8")):
        if block.language != "toml":
            continue
        target = tmp_path / (block.file or "tracker.toml")
        target.parent.mkdir(exist_ok=True)
        target.write_text(block.text, encoding="utf-8")
        if target.parent == tmp_path:
            assert load_settings(target).endpoints
        else:
            sources, errors = load_sources(target.parent)
            assert not errors
            assert sources or load_incidents(target.parent)


def command_of(typed: str) -> click.Command:
    """The command that is typed so, verbs of verbs included."""
    command: click.Command = group
    for name in typed.split():
        assert isinstance(command, click.Group)
        found = command.get_command(click.Context(command), name)
        assert found is not None
        command = found
    return command


def every_command() -> Iterator[str]:
    """As they are typed; of a command that has verbs, these."""
    for name in COMMANDS:
        command = command_of(name)
        verbs = command.table if isinstance(command, Verbs) else ()
        yield from [f"{name} {verb}" for verb in verbs] or [name]


@pytest.mark.parametrize("name", [*every_command()])
def test_every_command_is_in_the_table_with_all_its_options(name: str) -> None:
    """The README's table has a row for each command, which names each argument and option."""
    (row,) = re.findall(rf"^\| `tracker {name}(?: [^`]*)?` \|", read("README.md"), re.MULTILINE)
    said = set(re.findall(r"--[\w-]+|[A-Z]{2,}", row))
    known = {
        parameter.opts[-1] if isinstance(parameter, click.Option) else parameter.name.upper()
        for parameter in command_of(name).params
        if parameter.name
    }
    assert said - {"ID"} == known


def test_every_global_option_is_told() -> None:
    """What stands before the command is told in the README, its variables in the operations."""
    readme, operations = read("README.md"), first_cells(read("docs/operations.md"))
    for parameter in group.params:
        assert f"`{parameter.opts[-1]}" in readme
        if isinstance(parameter.envvar, str):
            assert parameter.envvar in operations


def test_every_measure_and_policy_is_told() -> None:
    """Whatever can be asked for stands in the README."""
    for name in [*(measure.value for measure in Measure), *policies.POLICIES]:
        assert f"`{name}`" in read("README.md")


@pytest.mark.parametrize("kind", TYPES)
def test_every_field_of_an_event_is_told_and_no_other(kind: str) -> None:
    """The page of events has a table for each type, with exactly its fields."""
    told = first_cells(section("docs/events.md", f"### `{kind}`"))
    assert told == {field.name for field in fields(TYPES[kind])}
    for word in TYPES[kind].WORDS:
        assert f"| `{word}` | words |" in section("docs/events.md", f"### `{kind}`")


def test_no_event_type_is_told_that_does_not_exist() -> None:
    """The page of events has a section for each type and for no other."""
    told = re.findall(r"^### `([\w.]+)`$", read("docs/events.md"), flags=re.MULTILINE)
    assert sorted(told) == sorted(TYPES)


def test_the_envelope_of_an_event_is_told() -> None:
    """What every event has is told apart from what its fact says."""
    told = first_cells(section("docs/events.md", "## Envelope"))
    assert told == {field.name for field in fields(Event)} - {"fact"} | {"type"}


def test_every_table_of_the_log_is_told() -> None:
    """The page of events tells what each table of the file holds."""
    made = set(re.findall(r"^CREATE TABLE (\w+)", "\n".join(STATEMENTS), re.MULTILINE))
    assert first_cells(section("docs/events.md", "## Tables")) == made


def test_every_setting_is_told() -> None:
    """The page of operations has each key of tracker.toml, and no other."""
    told = first_cells(section("docs/operations.md", "### `tracker.toml`"))
    own = {field.name for field in fields(Settings)} - {"endpoints", "polling"}
    tables = {field.name for field in fields(Polling)} | _keys(WebhookTable) | _keys(NotifyTable)
    assert told == own | tables | {"[[webhook]]", "[[notify]]", "[polling]"}


def test_every_key_of_a_source_is_told() -> None:
    """The page of sources has each key of a source's file, and no other."""
    assert first_cells(section("docs/sources.md", "## A source")) == _keys(_SourceTable)


def test_every_key_of_an_incident_is_told() -> None:
    """The page of sources has each key of incidents.toml, and no other."""
    text = section("docs/sources.md", "## `incidents.toml`")
    own = _keys(_IncidentTable) - {"match"}
    assert first_cells(text) == own | {f"match.{key}" for key in _keys(_MatchTable)}
    for key in _keys(_IssuerTable):
        assert f"`{key}`" in text


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_source_has_an_example(kind: str) -> None:
    """The page of sources shows a source of each kind, and what a poll of it prints."""
    _, found, rest = read("docs/sources.md").partition(f"\n## Kind `{kind}`\n")
    assert found
    own = blocks(rest.partition("\n## ")[0])
    assert any(each.file.endswith(".toml") and f'kind = "{kind}"' in each.text for each in own)
    assert any(each.language == "console" and "tracker poll" in each.text for each in own)


def test_the_standard_policy_is_told_whole() -> None:
    """Every test that stops a statement, every reason and every role is in the architecture."""
    page = read("docs/architecture.md")
    stops = re.findall(
        r'stopped\("([^"]+)"\)', Path(policies.__file__).with_name("standard.py").read_text("utf-8")
    )
    assert stops
    for name in {*stops, *(reason.value for reason in Reason)}:
        assert f"*{name}*" in page
    for role in Role:
        assert f"`{role}`" in page


def test_the_layout_is_told_whole() -> None:
    """The architecture says of every folder and file of the package what it holds."""
    parts = [each for each in (ROOT / "src/tracker").iterdir() if not each.name.startswith("__")]
    told = first_cells(section("docs/architecture.md", "## Layout"))
    assert told == {f"{each.name}/" if each.is_dir() else each.name for each in parts}


def test_every_exit_code_is_told() -> None:
    """The page of operations has the exit code of every error."""
    text = section("docs/operations.md", "## Exit codes")
    errors: list[type[TrackerError]] = [TrackerError, *TrackerError.__subclasses__()]
    for error in errors:
        assert f"| {error.exit_code} |" in text


def test_every_page_can_be_reached_from_the_readme() -> None:
    """The README names each page of the documentation."""
    named = set(LINK.findall(read("README.md")))
    assert {f"docs/{page.name}" for page in ROOT.glob("docs/*.md")} <= {
        link.partition("#")[0] for link in named
    }


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_between_pages_resolve(page: Path) -> None:
    """A link leads to a file of this project, and to a heading that is there."""
    for link in LINK.findall(BLOCK.sub("", page.read_text(encoding="utf-8"))):
        if link.startswith("https://"):
            continue
        path, _, heading = link.partition("#")
        target = (page.parent / path).resolve() if path else page
        assert target.is_relative_to(ROOT)
        assert target.is_file()
        if heading:
            lines = BLOCK.sub("", target.read_text(encoding="utf-8")).splitlines()
            assert heading in {anchor(each.lstrip("#")) for each in lines if each[:1] == "#"}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_no_page_names_a_path_of_the_machine_it_was_written_on(page: Path) -> None:
    """What a page says holds in a clone in any folder, for any user."""
    text = page.read_text(encoding="utf-8")
    assert not re.search(r"(?<![\w.])/(?:home|root|work|tmp|Users)/", text)
    for mine in (ROOT, Path.home()):
        assert f"{mine}/" not in text


def _keys(table: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in table.model_fields.items()}
