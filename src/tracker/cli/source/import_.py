"""`tracker source import`."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import BinaryIO

import click

from tracker.cli.newsroom import complain, newsroom
from tracker.cli.options import Paths
from tracker.cli.shown import print_table
from tracker.cli.source.asked import with_rank
from tracker.errors import UsageError
from tracker.model import Rank
from tracker.sources.answers import MOST_BYTES, too_large
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.opml import Outline, left_out, outlines
from tracker.sources.secrets import without_secrets
from tracker.sources.source_file import Draft, add_source, free_id, id_of, ids_in, slug
from tracker.sources.text import decoded
from tracker.sources.toml_file import web_address


@click.command("import")
@click.argument("file", type=click.File("rb"))
@with_rank
@click.option("--dry-run", is_flag=True, help="Show what would be written; write nothing.")
@click.pass_obj
def command(paths: Paths, file: BinaryIO, *, rank: Rank | None, dry_run: bool) -> None:
    """Write a file for each feed of an OPML list, as feed readers export them; nothing is asked.

    Ids come from the titles. A feed that is a source already is left alone. Exits with 1 if any
    is refused; the others are done all the same.
    """
    room = newsroom(paths)
    sound, _ = room.loaded()
    text = _text(file)
    try:
        listed, odd = outlines(text), left_out(text)
    except Unreadable as unreadable:
        raise UsageError(f"{file.name}: {unreadable}") from None
    there = {each.url: each.id for each in sound.values()}
    known = [each for each in listed if each.url in there]
    for each in known:
        complain(f"{without_secrets(each.url)} is source {there[each.url]!r} already")
    new = [each for each in listed if each.url not in there and _is_sound(each.url)]
    refused = [*odd, *(each.url for each in listed if not _is_sound(each.url))]
    for url in refused:
        complain(f"refused: {without_secrets(url)!r} is no http(s) address")
    ids = ids_in(paths.sources)
    for each in new:
        name = free_id(_id(each), ids)
        ids.add(name)
        title = without_secrets(each.url) if each.title == each.url else each.title
        if not dry_run:
            draft = Draft(kind=each.kind, url=each.url, name=title, rank=rank)
            add_source(paths.sources, name, draft)
        print_table([(name, without_secrets(each.url), title)])
    done = "would be written; nothing is done" if dry_run else "written"
    click.echo(
        f"{_some(new)} {done}, {len(known)} there already, {len(refused)} refused"
        + ("; set their ranks" if new and rank is None else ""),
        err=True,
    )
    click.get_current_context().exit(1 if refused else 0)


def _text(file: BinaryIO) -> str:
    """The list, by its own declaration of its encoding."""
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise UsageError(f"{file.name}: {too_large()}")
    return decoded(Capture(url=file.name, content=content, fetched_at=datetime.now(UTC), digest=""))


def _is_sound(url: str) -> bool:
    try:
        web_address(url)
    except ValueError:
        return False
    return True


def _id(outline: Outline) -> str:
    """An id by the title; where the list gives none, by the host."""
    return id_of(outline.url) if outline.title == outline.url else slug(outline.title)


def _some(new: Iterable[Outline]) -> str:
    count = len([*new])
    return f"{count} source{'' if count == 1 else 's'}"
