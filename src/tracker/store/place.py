"""Putting a finished file in its place: all of it at once, and never over another file."""

import os
from pathlib import Path


def put_in_place(work: Path, path: Path) -> None:
    """Give a file that is done its name, so that a power cut leaves it whole or not at all.

    Raises:
        FileExistsError: there is something of that name by now; `work` is left as it is.
    """
    _sync(work)
    try:
        os.link(work, path)
    except FileExistsError:
        raise
    except OSError:
        # A file system without links. What another program makes at this very moment is lost.
        if path.exists():
            raise FileExistsError(str(path)) from None
        work.rename(path)
    else:
        _sync(path.parent)
        work.unlink()
    _sync(path.parent)


def _sync(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
