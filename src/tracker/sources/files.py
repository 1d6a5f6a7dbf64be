"""Local files: one of them whole, or those of a folder that are not known yet.

Nothing but plain files is ever opened, and nothing outside a folder that was named. What the
bytes mean is read elsewhere.
"""

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import accumulate
from pathlib import Path
from typing import Final

from tracker.health import Cause
from tracker.intake import Memo
from tracker.sources.answers import MOST_BYTES, FetchFailed, NotModified, too_large
from tracker.sources.capture import FOLDER, Capture
from tracker.sources.kinds.folder import ENDINGS, shown_name

MOST_OF_A_FOLDER: Final = 64 * 1024 * 1024
"""New files of a folder that are read in one poll, in bytes; the rest is read in the next."""
UNSETTLED: Final = 2.0
"""A file that was written this many seconds ago may be written again within the same tick of the
file system's clock, and its size may stay: it is read, and once more at the next poll."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A file of a folder: where it is, how large, and what tells one version from another."""

    path: Path
    size: int
    digest: str
    settled: bool


def read(path: str, memo: Memo | None, now: datetime) -> Capture | NotModified | FetchFailed:
    """What a file or a folder holds at `now`, unless it is what `memo` remembers.

    Of a folder: those of its own files, by name, that kind `folder` reads and `memo` does not
    know. One of them that cannot be read is a line in the capture's `trouble`.
    """
    place = Path(path)
    try:
        if place.is_dir():
            return _folder(place, memo or Memo(), now)
        if not place.exists():
            return FetchFailed(f"there is no file {path}", Cause.MISSING)
        if not place.is_file():
            return FetchFailed(f"{path} is no file", Cause.ADDRESS)
        content = _content(place)
    except _Passed as passed:
        return FetchFailed(str(passed), passed.cause)
    except OSError as error:
        return FetchFailed(_reason(error))
    digest = hashlib.sha256(content).hexdigest()
    if memo and digest == memo.digest:
        return NotModified()
    return Capture(url=path, content=content, fetched_at=now, digest=digest)


def _folder(place: Path, memo: Memo, now: datetime) -> Capture | NotModified:
    entries, trouble = list[_Entry](), list[str]()
    for found in _entries(place, now):
        if isinstance(found, _Entry):
            entries.append(found)
        else:
            trouble.append(found)
    whole = _digest(*(entry.digest for entry in entries))
    settled = not trouble and all(entry.settled for entry in entries)
    if settled and whole == memo.digest:
        return NotModified()
    new = [entry for entry in entries if entry.digest not in memo.known]
    total = accumulate(entry.size for entry in new)
    now_read = [entry for entry, sum_ in zip(new, total, strict=True) if sum_ <= MOST_OF_A_FOLDER]
    files = list[Capture]()
    for entry in now_read:
        try:
            content = _content(entry.path)
        except _Passed as passed:
            trouble.append(f"{shown_name(entry.path.name)}: {passed}")
        else:
            files.append(
                Capture(url=str(entry.path), content=content, fetched_at=now, digest=entry.digest)
            )
    done = settled and not trouble and len(now_read) == len(new)
    return Capture(
        url=str(place),
        content=b"",
        content_type=FOLDER,
        fetched_at=now,
        # Where something is left to be done, the next poll must not find "nothing new".
        digest=whole if done else _digest(whole, now.isoformat()),
        files=tuple(files),
        known=frozenset(entry.digest for entry in entries) & memo.known,
        trouble=tuple(trouble),
    )


def _entries(place: Path, now: datetime) -> Iterator[_Entry | str]:
    """The files of a folder, by name; of one that will not be read, the reason."""
    root = place.resolve()
    for path in sorted(place.iterdir(), key=lambda each: each.name):
        # A file that is not complete yet has another ending, or a dot before its name.
        if path.name.startswith(".") or path.suffix.lower() not in ENDINGS:
            continue
        try:
            about = path.stat()
            inside = path.resolve().is_relative_to(root)
        except OSError:  # moved away meanwhile, or a link to nothing
            continue
        if not stat.S_ISREG(about.st_mode):
            continue
        name = shown_name(path.name)
        if not inside:
            yield f"{name} is a link that leads out of the folder: it is not followed"
        elif about.st_size > MOST_BYTES:
            yield f"{name}: {too_large(about.st_size)}"
        else:
            settled = abs(now.timestamp() - about.st_mtime) >= UNSETTLED
            version = (path.name, str(about.st_mtime_ns), str(about.st_size))
            digest = _digest(*version, *(() if settled else (now.isoformat(),)))
            yield _Entry(path, about.st_size, digest, settled)


class _Passed(Exception):  # noqa: N818 — carries the reason why a file is passed over
    """Ends the reading of one file."""

    def __init__(self, reason: str, cause: Cause = Cause.OUTAGE) -> None:
        super().__init__(reason)
        self.cause = cause


def _content(path: Path) -> bytes:
    """The bytes of a plain file that nobody is writing at this moment."""
    # Without O_NONBLOCK, what became a pipe since it was looked at would block for good.
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    try:
        with open(path, "rb", opener=lambda name, _: os.open(name, flags)) as file:
            before = os.fstat(file.fileno())
            if not stat.S_ISREG(before.st_mode):
                raise _Passed("it is no file")
            content = file.read(MOST_BYTES + 1)
            after = os.fstat(file.fileno())
    except OSError as error:
        raise _Passed(_reason(error)) from None
    if max(len(content), after.st_size) > MOST_BYTES:
        raise _Passed(too_large(after.st_size), Cause.TOO_LARGE)
    if (after.st_mtime_ns, after.st_size) != (before.st_mtime_ns, len(content)):
        # Half a number is a lie.
        raise _Passed("it is being written: it is read at the next poll")
    return content


def _reason(error: OSError) -> str:
    return f"it cannot be read: {error.strerror or error}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
