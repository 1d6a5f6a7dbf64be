"""`tracker source add`."""

import asyncio
from dataclasses import replace
from pathlib import Path
from typing import Any

import click
from pydantic import TypeAdapter, ValidationError

from tracker.cli.newsroom import Newsroom, complain, newsroom, now
from tracker.cli.options import Paths, Words
from tracker.cli.shown import harmless
from tracker.cli.source.asked import new_source, try_address, with_rank
from tracker.cli.source.told import show
from tracker.cli.source.trial import Trial
from tracker.errors import TrackerError, UnknownName, UsageError
from tracker.health import Cause
from tracker.intake import Source
from tracker.model import Rank
from tracker.sources.capture import is_remote
from tracker.sources.config import LEAST_EVERY, NAME
from tracker.sources.secrets import without_secrets
from tracker.sources.source_file import (
    Draft,
    add_source,
    draft_text,
    free_id,
    id_of,
    ids_in,
    taken,
)
from tracker.sources.toml_file import Span


class Every(click.ParamType[str]):
    """A span of time between two polls, as it was typed: 10m."""

    name = "span"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            often = TypeAdapter(Span).validate_python(value) < LEAST_EVERY
        except ValidationError:
            often = True
        if often:
            self.fail(f"{value!r}: write 30s, 5m, 2h or 1d; at least 10s", param, ctx)
        return str(value)


@click.command("add")
@click.argument("url", type=Words())
@click.option("--id", "name", type=Words(), metavar="ID", help="Its id.  [default: by its host]")
@click.option("--name", "title", type=Words(), metavar="N", help="How tables call it.")
@with_rank
@click.option("--incident", type=Words(), metavar="I", help="All that it says is about this one.")
@click.option("--every", type=Every(), metavar="S", help="How often it is asked: 10m.")
@click.option("--force", is_flag=True, help="Write it though nothing could be read.")
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.pass_context
def command(
    ctx: click.Context,
    url: str,
    *,
    name: str | None,
    title: str | None,
    rank: Rank | None,
    incident: str | None,
    every: str | None,
    force: bool,
    dry_run: bool,
) -> None:
    """Find the feed or page at an address or path, test it, and write its file into the folder.

    Of a web page that names feeds the first is taken, and the others are told. Nothing is written
    where nothing can be read, and no file is ever overwritten. Exits with 1 if none is written.
    """
    paths: Paths = ctx.obj
    room = newsroom(paths)
    sound, _ = room.loaded()
    if name is not None:
        _check_id(name, paths.sources)
    if incident is not None and all(each.id != incident for each in room.incidents):
        raise UnknownName("incident", incident, (each.id for each in room.incidents))
    source = new_source(url, incident=incident)
    _check_new(source.url, sound)
    trial = asyncio.run(try_address(room, paths, source))
    show(trial, None, now(), every=False)
    if trial.failure and not (force and _is_sound(trial)):
        raise TrackerError(_refused(trial, forced=force))
    _check_new(trial.source.url, sound)
    found = trial.guess
    draft = Draft(
        kind=found.kind if found else "feed",
        url=_written(trial.source.url, room.folder),
        name=title or (found.name if found else "") or id_of(trial.source.url),
        rank=rank,
        every=every or "",
        incident=incident or "",
        keys=found.keys if found else (),
    )
    if found is None:
        complain("its kind cannot be told from an answer: `feed` is a guess")
    own = name or free_id(id_of(source.url), ids_in(paths.sources))
    _write(room, own, draft, dry_run=dry_run)


def _check_id(name: str, folder: Path) -> None:
    """Raises `UsageError` for an id that cannot be one, or is taken."""
    if not NAME.fullmatch(name):
        raise UsageError(f"--id {name!r}: an id holds letters, digits, '-', '_' and '.'")
    if name in ids_in(folder):
        raise UsageError(taken(name, folder))


def _check_new(url: str, sound: dict[str, Source]) -> None:
    same = [each.id for each in sound.values() if each.url == url]
    if same:
        raise UsageError(f"{without_secrets(url)} is source {same[0]!r} already")


def _is_sound(trial: Trial) -> bool:
    """Whether the address may be one all the same: what cannot be asked for is none."""
    return trial.cause is not Cause.ADDRESS


def _refused(trial: Trial, *, forced: bool) -> str:
    if forced:
        return f"nothing is written: {trial.failure}"
    other = "--force writes it all the same" if _is_sound(trial) else "correct the address"
    return f"nothing is written: {trial.failure}; {other}"


def _written(url: str, folder: Path) -> str:
    """The address as its file has it: a path within the folder is relative to that."""
    if is_remote(url):
        return url
    home = folder.resolve()
    path = Path(url)
    return path.relative_to(home).as_posix() if path.is_relative_to(home) else str(path)


def _write(room: Newsroom, name: str, draft: Draft, *, dry_run: bool) -> None:
    click.echo()
    url = without_secrets(draft.url) if is_remote(draft.url) else draft.url
    click.echo(harmless(draft_text(replace(draft, url=url))), nl=False)
    if dry_run:
        complain(f"{room.folder / name}.toml would be written; nothing is done")
        return
    path = add_source(room.folder, name, draft)
    ask = "" if draft.rank is not None else "; set its rank, so that its figures count for more"
    complain(f"{path} is written{ask}")
