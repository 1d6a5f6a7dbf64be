"""A file of the configuration changed at one stroke: all of the change or nothing.

The new file is written beside the old one, read back by whoever reads it later, and put in its
place when it is on the disk. What goes into it is decided elsewhere.
"""

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tracker.errors import ConfigError

NEW_ONLY: Final = os.O_WRONLY | os.O_CREAT | os.O_EXCL


def new_beside(path: Path) -> Path:
    """Where the new file is until it takes its place; it is no `*.toml`, so nobody reads it."""
    return path.with_name(f".{path.name}.new")


def put(path: Path, content: bytes, check: Callable[[Path], object], *, mode: int = 0o666) -> None:
    """Put the content in the place of the file, on the disk, if it is right.

    Rights and owner stay as they are; a file that is new gets `mode`, and where root makes it the
    owner of its folder. Whoever calls this holds the folder (`alone_in`).

    Raises:
        ConfigError: `check` finds it wrong.
        OSError: it cannot be written.
    """
    there = path.exists()
    if there and not os.access(path, os.W_OK):
        raise PermissionError(None, "it is read-only", str(path))
    new = new_beside(path)
    try:
        new.unlink(missing_ok=True)  # a writer that was killed may have left it, with other rights
        with os.fdopen(os.open(new, NEW_ONLY, mode), "wb") as file:
            if there:
                found = path.stat()
                os.fchmod(file.fileno(), found.st_mode & 0o7777)
                with suppress(PermissionError):
                    os.fchown(file.fileno(), found.st_uid, found.st_gid)
            else:
                give(file.fileno(), to_owner_of=path.parent)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            check(new)
        except ConfigError as error:
            what = str(error).removeprefix(f"{error.where}: ")
            raise ConfigError(error.where.replace(str(new), str(path)), what) from None
        new.replace(path)
    finally:
        with suppress(OSError):  # what is in its way is told by what was raised
            new.unlink(missing_ok=True)


def give(fd: int, *, to_owner_of: Path) -> bool:
    """Give what was made just now, and is open, to the owner of that folder, as only root can.

    Whether it is his then. Raises `OSError` where the folder is gone.
    """
    owner = to_owner_of.stat()
    if os.geteuid() == 0:
        os.fchown(fd, owner.st_uid, owner.st_gid)
    return os.geteuid() in {0, owner.st_uid}


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Hold a lock on the folder, so that of two who add at once none undoes the other."""
    fd = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
        # So that the new name outlives a power cut.
        os.fsync(fd)
    finally:
        os.close(fd)


def after(old: bytes, table: str) -> bytes:
    """What a file holds, byte for byte, and a table of TOML after it, with the line ends it has."""
    line = b"\r\n" if b"\r\n" in old else b"\n"
    end = b"" if not old or old.endswith(b"\n") else line
    return old + end + (line if old else b"") + table.encode().replace(b"\n", line)


def quoted(text: str) -> str:
    """A basic string of TOML: JSON's, but that a delete must be escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
