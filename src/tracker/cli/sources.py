"""`tracker sources`."""

from contextlib import suppress

import click

from tracker.cli.options import Paths, as_json
from tracker.cli.shown import clock, print_json, print_table, unread
from tracker.errors import NoLog
from tracker.figures.languages import lexicon_of
from tracker.intake import Source
from tracker.model import utc_text
from tracker.sources.config import load_sources
from tracker.store.base import Poll


@click.command("sources")
@as_json
@click.pass_context
def command(ctx: click.Context, *, as_json: bool) -> None:
    """The configured sources and how their last poll ended; exits with 1 if one is wrong."""
    paths: Paths = ctx.obj
    sources, errors = load_sources(paths.sources)
    polls: dict[str, Poll] = {}
    with suppress(NoLog), paths.open_log() as log:
        polls = {each.source: each for each in log.polls()}
    if as_json:
        print_json([_document(each, polls.get(each.id)) for each in sources])
    else:
        print_table(
            (
                each.id,
                each.kind,
                each.rank.label,
                _state(each, polls.get(each.id)) + _not_read(each.language),
                each.name,
            )
            for each in sources
        )
    for error in errors:
        click.echo(f"tracker: {error}", err=True)
    ctx.exit(1 if errors else 0)


def _state(source: Source, poll: Poll | None) -> str:
    if not source.enabled:
        return "disabled"
    if poll is None:
        return "not polled yet"
    if poll.error:
        return f"failed {poll.failures}× since {_last(poll)}: {poll.error}"
    return f"ok at {clock(poll.polled_at)}"


def _not_read(language: str) -> str:
    if not language or lexicon_of(language) is not None:
        return ""
    return f"; {unread([language], '`language`')}"


def _last(poll: Poll) -> str:
    return clock(poll.succeeded_at) if poll.succeeded_at else "the beginning"


def _document(source: Source, poll: Poll | None) -> dict[str, object]:
    return {
        "source": source.id,
        "kind": source.kind,
        "url": source.url,
        "name": source.name,
        "rank": source.rank.label,
        "language": source.language or None,
        "every_seconds": int(source.every.total_seconds()),
        "incident": source.incident,
        "enabled": source.enabled,
        "polled_at": utc_text(poll.polled_at) if poll else None,
        "succeeded_at": utc_text(poll.succeeded_at) if poll and poll.succeeded_at else None,
        "failures": poll.failures if poll else 0,
        "error": poll.error if poll else "",
    }
