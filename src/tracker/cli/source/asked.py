"""What the verbs of `tracker source` share: what was typed, and the way out to it."""

import os
from collections.abc import AsyncIterator
from contextlib import ExitStack, asynccontextmanager, suppress
from pathlib import Path
from typing import Any, Final

import click

from tracker.cli.newsroom import Newsroom, complain, manners, now
from tracker.cli.options import Paths
from tracker.cli.source.told import place
from tracker.cli.source.trial import Lab, Trial
from tracker.errors import NoLog, UnknownName, UsageError
from tracker.intake import Source
from tracker.model import Rank
from tracker.sources.capture import is_remote
from tracker.sources.secrets import without_secrets
from tracker.sources.source_file import id_of
from tracker.sources.toml_file import web_address
from tracker.sources.web import open_web


class RankName(click.ParamType[Rank]):
    """A rank by its name; the nearest is offered for a wrong one."""

    name = "rank"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Rank:
        ranks = {each.label: each for each in Rank}
        if value not in ranks:
            self.fail(str(UnknownName("rank", str(value), ranks)), param, ctx)
        return ranks[value]


with_rank: Final = click.option(
    "--rank",
    type=RankName(),
    metavar="R",
    help="official, agency, outlet or unverified.  [default: unverified, to be set]",
)


def new_source(address: str, *, incident: str | None = None) -> Source:
    """A source at an address or path that was typed, of which nothing else is known yet.

    Raises `UsageError` where it is neither.
    """
    if is_remote(address):
        try:
            url = web_address(address)
        except ValueError:
            raise UsageError(f"{without_secrets(address)!r} is no address") from None
    elif Path(address).exists():
        url = str(Path(address).resolve())
    else:
        raise UsageError(
            f"{address!r} is neither a file nor an address: write http://… or https://…"
        )
    return Source(
        id=id_of(url), kind="page", url=url, name=url, rank=Rank.UNVERIFIED, incident=incident
    )


async def try_address(room: Newsroom, paths: Paths, source: Source) -> Trial:
    """What comes of asking an address that nobody has configured."""
    async with _lab(room, paths, source.url) as lab:
        return await lab.try_address(source)


async def try_source(room: Newsroom, paths: Paths, source: Source, address: str) -> Trial:
    """What comes of asking a source whose file says all of it, where it is by now."""
    async with _lab(room, paths, address) as lab:
        return await lab.try_source(source, address)


@asynccontextmanager
async def _lab(room: Newsroom, paths: Paths, what: str) -> AsyncIterator[Lab]:
    complain(f"asking {place(what)}")
    with ExitStack() as stack:
        log = None
        with suppress(NoLog):
            log = stack.enter_context(paths.open_log())
        async with open_web(manners(room.settings), environment=os.environ) as web:
            yield Lab(web=web, incidents=room.incidents, log=log, now=now())
