"""Adding an incident to `incidents.toml`: all of its table or nothing.

What the file holds stays as it is, comments and order included.
"""

import re
from pathlib import Path
from typing import Final

from tracker.errors import TrackerError, UsageError
from tracker.intake import Incident
from tracker.sources.config import INCIDENTS, read_incidents
from tracker.sources.stroke import after, alone_in, put, quoted

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
            put(path, after(old, table_of(incident)), read_incidents)
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
