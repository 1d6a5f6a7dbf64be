"""The file of a webhook's secrets: a line for each, the newest first.

A daemon reads it anew whenever it posts, so that what is changed here holds at once.
"""

import base64
import os
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tracker.alerts.signing import PREFIX
from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.sources.stroke import NEW_ONLY, alone_in, give, put

MOST: Final = 2
"""Secrets of a webhook at a time: the one that is being given up, and the new one."""


def fresh_secret() -> str:
    """A secret that nobody has had before."""
    return PREFIX + base64.b64encode(secrets.token_bytes(32)).decode()


@dataclass(frozen=True, slots=True)
class Made:
    """A new secret, in a file of its own."""

    secret: str
    given: bool
    """Whether the file is of the user to whom the folder of `tracker.toml` belongs."""


def make(path: Path, home: Path) -> Made:
    """A new file with a new secret, which its owner alone may read: the one of the folder `home`.

    That is so where this user is he, or root. Likewise the file's folder, where it has to be made;
    git passes over what is in it.

    Raises:
        UsageError: there is such a file, or nowhere to put it.
        TrackerError: it cannot be written.
    """
    secret = fresh_secret()
    with _in_words(path):
        if not home.exists():
            raise UsageError(f"there is no folder {home}: make it first")
        if not path.parent.exists():
            if not path.parent.parent.exists():
                raise UsageError(f"{path}: there is no folder {path.parent.parent}: make it first")
            path.parent.mkdir(mode=0o700)
            _write_new(path.parent / ".gitignore", "*", 0o666, home)
            with _opened(path.parent) as folder:
                give(folder, to_owner_of=home)
        with alone_in(path.parent):
            given = _write_new(path, secret, 0o600, home)
    return Made(secret, given)


def _write_new(path: Path, line: str, mode: int, home: Path) -> bool:
    """Whether the file is of the owner of that folder."""
    with os.fdopen(os.open(path, NEW_ONLY, mode), "w", encoding="utf-8") as file:
        given = give(file.fileno(), to_owner_of=home)
        file.write(f"{line}\n")
        file.flush()
        os.fsync(file.fileno())
    return given


@contextmanager
def _opened(folder: Path) -> Iterator[int]:
    # By its descriptor: whoever owns the folder above could put a link in its place meanwhile.
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield fd
    finally:
        os.close(fd)


def add(path: Path) -> str:
    """Put a new secret before the one in the file; the new one.

    Raises:
        UsageError: there are two already.
        ConfigError: there is none.
        TrackerError: it cannot be written.
    """
    secret = fresh_secret()
    with _in_words(path), alone_in(path.resolve().parent):
        lines = _lines(path)
        held = sum(map(_is_secret, lines))
        if held >= MOST:
            raise UsageError(
                f"{path} holds {held} secrets already: finish the last rotation first, with "
                "--finish"
            )
        _put(path, [secret, *lines])
    return secret


def finish(path: Path) -> int:
    """Drop all secrets of the file but the newest: how many. Raises as `add` does."""
    with _in_words(path), alone_in(path.resolve().parent):
        lines = _lines(path)
        newest, *old = filter(_is_secret, lines)
        if old:
            _put(path, [each for each in lines if each is newest or not _is_secret(each)])
    return len(old)


def _lines(path: Path) -> list[str]:
    """The lines of the file; one of them at least is a secret."""
    lines = path.read_text("utf-8").splitlines()
    if not any(map(_is_secret, lines)):
        raise ConfigError(str(path), "holds no secret: write the webhook's into it")
    return lines


def _is_secret(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _put(path: Path, lines: Sequence[str]) -> None:
    content = "".join(f"{each}\n" for each in lines)
    # Where it is a link, the file that it leads to is the one to replace.
    put(path.resolve(), content.encode(), _lines, mode=0o600)


@contextmanager
def _in_words(path: Path) -> Iterator[None]:
    try:
        yield
    except FileExistsError:
        raise UsageError(
            f"{path} is there already: use it with --secret-file, or remove it"
        ) from None
    except FileNotFoundError:
        raise ConfigError(str(path), "there is no such file: write the secret into it") from None
    except UnicodeDecodeError:
        raise ConfigError(str(path), "is no text: write the secret into it") from None
    except OSError as error:
        raise TrackerError(
            f"{path} cannot be read or written ({error.strerror}): check its rights, and those of "
            "its folder; nothing is changed"
        ) from None
