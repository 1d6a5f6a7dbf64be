"""`tracker webhooks rotate`."""

import os
import time
from pathlib import Path
from typing import Final

import click

from tracker.alerts.endpoint import Webhook
from tracker.cli.newsroom import complain
from tracker.cli.options import Paths
from tracker.cli.shown import some
from tracker.cli.webhooks.asked import chosen, of_endpoint
from tracker.cli.webhooks.secret import MOST, add, finish, fresh_secret
from tracker.errors import UsageError
from tracker.settings import load_settings

ARRIVED: Final = 1.0
"""Seconds in which what was signed with the old secret alone, just before, arrives."""


@click.command("rotate")
@of_endpoint
@click.option("--finish", "finishing", is_flag=True, help="Drop all secrets but the newest.")
@click.pass_obj
def command(paths: Paths, name: str, *, finishing: bool) -> None:
    """Give the webhook NAME a new secret: printed once, and put before the old one in its file.

    Until --finish every alert is signed with both, so that the receiver can change over when it
    likes: the new one is printed when what was signed without it has arrived. Of a secret in an
    environment variable, the new value is printed and nothing is changed.
    """
    endpoint = chosen(paths, name)
    way = endpoint.way
    if not isinstance(way, Webhook):
        raise UsageError(f"{name!r} is a [[notify]], which signs nothing: change its {way.url_env}")
    if way.secret_env:
        _tell_of_variable(way.secret_env, finishing=finishing)
        return
    path = Path(way.secret_file)
    if finishing:
        dropped = finish(path)
        if dropped:
            complain(f"{name}: {some(dropped, 'old secret')} dropped; the newest signs alone")
        else:
            complain(f"{name}: there is one secret only, and nothing to drop")
        return
    secret = add(path)
    time.sleep(ARRIVED)  # Nobody can change over to what he does not know yet.
    if others := _others(paths, path, name):
        complain(f"the same file is that of {others}: their receivers change over, too")
    complain(f"{name}: every alert is signed with both secrets from now on; the new one, once:")
    click.echo(secret)
    complain(f"when the receiver verifies with it: tracker webhooks rotate {name} --finish")


def _others(paths: Paths, path: Path, name: str) -> str:
    """The other endpoints with the same file, in words; "" where there is none."""
    ways = {each.name: each.way for each in load_settings(paths.config).endpoints}
    return ", ".join(
        repr(other)
        for other, way in ways.items()
        if other != name
        and isinstance(way, Webhook)
        and way.secret_file
        and Path(way.secret_file).resolve() == path.resolve()
    )


def _tell_of_variable(variable: str, *, finishing: bool) -> None:
    """What to set by hand: nobody can change the environment of a daemon that runs."""
    held = os.environ.get(variable, "").split()
    if finishing:
        complain(f"leave only the first secret in {variable}, and restart the daemon")
    elif len(held) >= MOST:
        raise UsageError(
            f"{variable} holds {len(held)} secrets already: leave only the first, then rotate again"
        )
    elif held:
        complain(f"set {variable} to this, the new secret and the old one; restart the daemon:")
        click.echo(f"{fresh_secret()} {held[0]}")
    else:
        complain(
            f"{variable} is not set here: where it is, put this before the secret that it holds, "
            "with a space between; restart the daemon:"
        )
        click.echo(fresh_secret())
