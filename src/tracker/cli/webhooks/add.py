"""`tracker webhooks add`."""

import os
import re
import tomllib
from collections.abc import Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

import click

from tracker.addresses import is_public
from tracker.alerts.tables import VARIABLE, endpoint_name
from tracker.alerts.urls import webhook_url
from tracker.cli.newsroom import complain
from tracker.cli.options import MeasureName, Paths, Words
from tracker.cli.webhooks.astray import in_log
from tracker.cli.webhooks.secret import fresh_secret, make
from tracker.errors import ConfigError, NoLog, TrackerError, UnknownName, UsageError
from tracker.model import Measure
from tracker.settings import Settings, load_settings
from tracker.sources.secrets import without_secrets
from tracker.sources.stroke import after, alone_in, put, quoted

PLAIN: Final = re.compile(r"\w[\w.-]*")
"""A name that may be a file's."""
LOCAL: Final = ("localhost", ".localhost", ".local", ".lan", ".internal", ".home.arpa")
"""How the names of hosts end that are on this machine or network."""


class Url(click.ParamType[str]):
    """An address that can be posted to."""

    name = "url"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            return webhook_url(value)
        except ValueError as error:
            self.fail(str(error).replace(value, without_secrets(value)), param, ctx)


class Variable(click.ParamType[str]):
    """The name of an environment variable."""

    name = "variable"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        # Not shown: it may be the secret.
        if value.startswith("whsec_") or not VARIABLE.fullmatch(value):
            self.fail("give the name of an environment variable, not the secret", param, ctx)
        return str(value)


@click.command("add")
@click.argument("url", type=Url())
@click.option("--name", type=Words(), metavar="N", help="Its name.  [default: the host]")
@click.option("--secret-env", type=Variable(), metavar="VAR", help="The variable of its secret.")
@click.option(
    "--secret-file",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="F",
    help="The file of its secret.  [default: secrets/NAME beside tracker.toml]",
)
@click.option(
    "--incident",
    "incidents",
    type=Words(),
    metavar="I",
    multiple=True,
    help="Tell it of this one only; may be repeated.",
)
@click.option("--measure", "measures", type=MeasureName(), metavar="M", multiple=True,
              help="Tell it of this measure only; may be repeated.")  # fmt: skip
@click.pass_obj
def command(
    paths: Paths,
    url: str,
    *,
    name: str | None,
    secret_env: str | None,
    secret_file: Path | None,
    incidents: tuple[str, ...],
    measures: tuple[Measure, ...],
) -> None:
    """Add a webhook to tracker.toml, which keeps all else as it is, and make its secret.

    The secret is printed once, alone on stdout: the receiver verifies with it. Where there is a
    file or variable with a secret already, that one is used and not shown.
    """
    if secret_env is not None and secret_file is not None:
        raise UsageError("--secret-env or --secret-file: give one of them")
    settings = load_settings(paths.config)
    own = _checked_name(name or urlsplit(url).hostname or "", settings)
    _check_incidents(paths, incidents)
    lines = [("name", quoted(own)), ("url", quoted(url))]
    home = paths.config.resolve().parent
    path, given, secret = None, True, None
    if secret_env is not None:
        lines.append(("secret_env", quoted(secret_env)))
        secret = None if os.environ.get(secret_env, "").strip() else fresh_secret()
    else:
        where = secret_file or _default_file(paths.config, own)
        if not (secret_file and where.exists()):
            made = make(where, home)
            path, given, secret = where, made.given, made.secret
        lines.append(("secret_file", quoted(_written(where, paths.config.parent))))
    if incidents:
        lines.append(("incidents", _list(dict.fromkeys(incidents))))
    if measures:
        lines.append(("measures", _list(dict.fromkeys(each.value for each in measures))))
    try:
        _append(paths.config, "".join(f"{key} = {value}\n" for key, value in lines))
    except BaseException:
        if path is not None:
            path.unlink(missing_ok=True)
        raise
    complain(f"{paths.config}: webhook {own!r} to {without_secrets(url)} is added")
    _tell_secret(own, secret_env, secret)
    if not given:
        complain(
            f"{path} is yours, and {home} of another user: give it to the user that the daemon "
            "runs as"
        )
    _tell_of_host(url, settings)


def _checked_name(name: str, settings: Settings) -> str:
    try:
        own = endpoint_name(name)
    except ValueError as error:
        raise UsageError(f"--name: {error}") from None
    if any(each.name == own for each in settings.endpoints):
        raise UsageError(f"there is an endpoint {own!r} already: give this one another --name")
    return own


def _check_incidents(paths: Paths, wanted: Sequence[str]) -> None:
    known = paths.incidents()
    if all(each in known for each in wanted):
        return
    with suppress(NoLog), paths.open_log() as log:
        known |= in_log(log)
    for each in wanted:
        if each not in known:
            raise UnknownName("incident", each, known)


def _default_file(config: Path, name: str) -> Path:
    plain = name if PLAIN.fullmatch(name) else re.sub(r"[^\w.-]+", "-", name).strip("-.")
    return config.parent / "secrets" / (plain or "webhook")


def _written(path: Path, home: Path) -> str:
    """The path as `tracker.toml` has it: relative to its folder, where it is within."""
    whole, folder = path.absolute(), home.absolute()
    return str(whole.relative_to(folder) if whole.is_relative_to(folder) else whole)


def _list(texts: Iterable[str]) -> str:
    return f"[{', '.join(map(quoted, texts))}]"


def _append(config: Path, lines: str) -> None:
    # Where it is a link, the file that it leads to is the one to replace.
    path = config.resolve()
    try:
        with alone_in(path.parent):
            old = path.read_bytes() if path.exists() else b""
            load_settings(path)
            new = after(old, f"[[webhook]]\n{lines}")
            try:
                tomllib.loads(new.decode("utf-8-sig"))
            except tomllib.TOMLDecodeError:
                raise ConfigError(
                    str(config),
                    "has its webhooks in one line, `webhook = […]`, to which no table can be "
                    "added: write a [[webhook]] for each of them, then add this one",
                ) from None
            put(path, new, load_settings)
    except OSError as error:
        raise TrackerError(
            f"{config} cannot be written ({error.strerror}): check that its folder is there, and "
            "the rights of both; nothing is changed"
        ) from None


def _tell_secret(name: str, variable: str | None, secret: str | None) -> None:
    if secret is None:
        complain("it is signed with the secret that is there already")
    elif variable:
        complain(
            f"{variable} is not set here; set it for the daemon, with this or one of your own:"
        )
        click.echo(secret)
    else:
        complain("its secret, which is shown this once, for the receiver to verify with:")
        click.echo(secret)
    complain(f"docs/webhooks.md shows how to verify; then try it: tracker webhooks test {name}")


def _tell_of_host(url: str, settings: Settings) -> None:
    host = urlsplit(url).hostname or ""
    if host in settings.allow_hosts or not _is_near(host):
        return
    hosts = _list((*settings.allow_hosts, host))
    complain(
        f"{host} is on this machine or network, where nothing is sent to until tracker.toml says, "
        f"above its first table: allow_hosts = {hosts}"
    )


def _is_near(host: str) -> bool:
    """Whether a host is, by its name alone, on this machine or network."""
    with suppress(ValueError):
        return not is_public(ip_address(host))
    return "." not in host or host.endswith(LOCAL)
