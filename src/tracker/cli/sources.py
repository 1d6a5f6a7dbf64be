"""`tracker sources`."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Final

import click

from tracker.cli.options import Paths, as_json
from tracker.cli.shown import one_line, print_json, print_table, unread
from tracker.cli.source.standing import (
    WELL,
    Standing,
    answered,
    document,
    figured,
    next_poll,
    standings,
    state_of,
    trouble,
)
from tracker.figures.languages import lexicon_of
from tracker.model import State
from tracker.sources.config import load_sources
from tracker.sources.secrets import without_secrets

WORST_FIRST: Final = (
    "gone",
    "failing",
    "blind",
    "silent",
    "degraded",
    "not polled yet",
    "disabled",
)


@click.command("sources")
@click.option("--trouble", "troubled", is_flag=True, help="Only those that are in trouble.")
@as_json
@click.pass_context
def command(ctx: click.Context, *, troubled: bool, as_json: bool) -> None:
    """The configured sources and how they stand; exits with 1 if a file is wrong.

    Each with its kind, rank and state; when it last answered, when a figure was last read in it,
    when it is asked next; its name, and what is wrong, in words.
    """
    paths: Paths = ctx.obj
    sources, errors = load_sources(paths.sources)
    every = standings(paths, sources)
    shown = [each for each in every if not troubled or each.in_trouble or _not_read(each)]
    if as_json:
        print_json([document(each) for each in shown])
    else:
        print_table(map(_row, shown))
        if every:
            click.echo(_summary(every), err=True)
    for error in errors:
        click.echo(f"tracker: {one_line(str(error))}", err=True)
    ctx.exit(1 if errors else 0)


def _row(standing: Standing) -> Sequence[str]:
    source, poll, moment = standing.source, standing.poll, datetime.now(UTC)
    words = (
        trouble(standing),
        f"moved to {without_secrets(standing.address)}" if standing.moved else "",
        _not_read(standing),
    )
    said = "; ".join(filter(None, words))
    return (
        source.id,
        source.kind,
        source.rank.label,
        state_of(standing),
        answered(poll, moment) if poll else "",
        figured(poll, moment) if poll else "",
        next_poll(standing, moment),
        source.name + (f": {said}" if said else ""),
    )


def _not_read(standing: Standing) -> str:
    language = standing.source.language
    if not language or lexicon_of(language) is not None:
        return ""
    return unread([language], "`language`")


def _summary(every: Iterable[Standing]) -> str:
    """How many there are in which state, the worst first after those that are well."""
    words = [State.OK.value if _is_well(each) else state_of(each) for each in every]
    count = Counter(words)
    told = [f"{count[each]} {each}" for each in (State.OK.value, *WORST_FIRST) if count[each]]
    return f"{len(words)} source{'' if len(words) == 1 else 's'}: {', '.join(told)}"


def _is_well(standing: Standing) -> bool:
    return standing.source.enabled and standing.poll is not None and standing.poll.state in WELL
