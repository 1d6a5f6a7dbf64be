"""Adding an incident to `incidents.toml`: all of its table or nothing.

What the file holds stays as it is, comments and order included. It is written beside its place,
read back by the loader of the configuration, and put there at one stroke.
"""

import fcntl
import json
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final

from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.intake import Incident
from tracker.sources.config import INCIDENTS, read_incidents

NEW: Final = f".{INCIDENTS}.new"
"""Beside the file; whoever holds the folder's lock may write it. It is no `*.toml`."""

_BARE: Final = re.compile(r"[A-Za-z0-9_-]+")


def table_of(incident: Incident) -> str:
    """The incident as a table of the file, as far as `tracker open` tells it."""
    key = incident.id if _BARE.fullmatch(incident.id) else quoted(incident.id)
    lines = [f"[{key}]", f"title = {quoted(incident.title)}", f"date = {incident.began}"]
    if incident.place:
        lines.append(f"place = {quoted(incident.place)}")
    if incident.any_of:
        lines.append(f"match.any = [{', '.join(map(quoted, incident.any_of))}]")
    return "\n".join(lines) + "\n"


def add_incident(folder: Path, incident: Incident) -> None:
    """Add the incident's table to the end of the folder's `incidents.toml`, made if absent.

    Raises:
        UsageError: there is an incident of that id.
        ConfigError: the file is wrong, or would be.
        TrackerError: it cannot be written.
    """
    # Where it is a link, the file that it leads to is the one to replace.
    path = (folder / INCIDENTS).resolve()
    try:
        with alone_in(path.parent):
            old = path.read_bytes() if path.exists() else b""
            if path.exists() and any(each.id == incident.id for each in read_incidents(path)):
                raise UsageError(taken(incident.id, folder))
            _replace(path, old, _after(old, table_of(incident)))
    except OSError as error:
        raise TrackerError(
            f"{path} cannot be written ({error.strerror}): check that its folder is there, and the "
            "rights of both; nothing is changed"
        ) from None


def taken(incident: str, folder: Path) -> str:
    """That there is an incident of that id already, and what to do."""
    return (
        f"{incident} is in {folder / INCIDENTS} already: file into it with --into {incident}, "
        "or give the new one another --id"
    )


def _after(old: bytes, table: str) -> bytes:
    line = b"\r\n" if b"\r\n" in old else b"\n"
    end = b"" if not old or old.endswith(b"\n") else line
    return old + end + (line if old else b"") + table.encode().replace(b"\n", line)


def _replace(path: Path, old: bytes, content: bytes) -> None:
    """Put the content in the place of the file, on the disk, if it is a right configuration."""
    if old and not os.access(path, os.W_OK):
        raise PermissionError(None, "it is read-only", str(path))
    new = path.with_name(NEW)
    try:
        with new.open("wb") as file:
            if path.exists():
                found = path.stat()
                os.fchmod(file.fileno(), found.st_mode & 0o7777)
                with suppress(PermissionError):
                    os.fchown(file.fileno(), found.st_uid, found.st_gid)
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        try:
            read_incidents(new)
        except ConfigError as error:
            raise ConfigError(str(path), str(error).removeprefix(str(new)).lstrip(",: ")) from None
        new.replace(path)
    finally:
        new.unlink(missing_ok=True)


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


def quoted(text: str) -> str:
    """A basic string of TOML: JSON's, but that a delete must be escaped as well."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
