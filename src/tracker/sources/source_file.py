"""A new file for a source in `sources/`: all of it or nothing, and never in the place of another.

It is written beside its place, read back by the loader of the configuration, and put there at one
stroke. What goes into it is decided elsewhere.
"""

import os
import re
import unicodedata
from collections.abc import Collection
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

from tracker.errors import ConfigError, TrackerError, UsageError
from tracker.model import Rank
from tracker.sources.capture import is_remote
from tracker.sources.config import INCIDENTS, read_source
from tracker.sources.stroke import alone_in, quoted
from tracker.sources.turns import public_suffixes

IN_FRONT: Final = frozenset({"www", "feeds", "feed", "rss", "api", "m"})
"""Parts of a host's name that say nothing of whose it is."""
LONGEST_ID: Final = 60
RANKS: Final = "  # set it: official, agency, outlet, or unverified as it is"


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What a new file says."""

    kind: str
    url: str
    name: str
    rank: Rank | None = None
    """None: nobody has ranked it yet, so it is unverified, and the file asks for it."""
    every: str = ""
    """A span as it was typed: "10m"; "" = the default."""
    incident: str = ""
    keys: tuple[tuple[str, str], ...] = ()
    """Of its kind."""


def draft_text(draft: Draft) -> str:
    """The file, in TOML."""
    said = [("kind", draft.kind), *draft.keys, ("url", draft.url), ("name", draft.name)]
    lines = [f"{key} = {quoted(value)}" for key, value in said]
    rank = Rank.UNVERIFIED if draft.rank is None else draft.rank
    lines.append(f"rank = {quoted(rank.label)}" + (RANKS if draft.rank is None else ""))
    if draft.every:
        lines.append(f"every = {quoted(draft.every)}")
    if draft.incident:
        lines.append(f"incident = {quoted(draft.incident)}")
    return "\n".join(lines) + "\n"


def add_source(folder: Path, name: str, draft: Draft) -> Path:
    """Write the file of a new source of this id. Where it is.

    Raises:
        UsageError: there is a file of that name.
        ConfigError: it would not be read.
        TrackerError: it cannot be written.
    """
    path = folder / f"{name}.toml"
    new = folder / f".{name}.toml.new"  # no "*.toml": nobody reads it
    try:
        with alone_in(folder):
            if os.path.lexists(path):
                raise UsageError(taken(name, folder))
            try:
                with new.open("wb") as file:
                    file.write(draft_text(draft).encode())
                    file.flush()
                    os.fsync(file.fileno())
                try:
                    read_source(new, name)
                except ConfigError as error:
                    what = str(error).removeprefix(f"{error.where}: ")
                    where = error.where.replace(str(new), str(path))
                    raise ConfigError(where, f"{what}; it is not written") from None
                new.replace(path)
            finally:
                new.unlink(missing_ok=True)
    except OSError as error:
        raise TrackerError(
            f"{path} cannot be written ({error.strerror}): check that its folder is there, and its "
            "rights; nothing is changed"
        ) from None
    return path


def taken(name: str, folder: Path) -> str:
    """That there is a source of that id already, and what to do."""
    return f"{folder / name}.toml is there already: give the new source another --id"


def free_id(wanted: str, taken_ids: Collection[str]) -> str:
    """The id, or the first of id-2, id-3 … that nobody has."""
    number, free = 1, wanted
    while free in taken_ids:
        number += 1
        free = f"{wanted}-{number}"
    return free


def ids_in(folder: Path) -> set[str]:
    """The ids that are taken, those of broken files among them."""
    return {path.stem for path in folder.glob("*.toml")} | {Path(INCIDENTS).stem}


def id_of(url: str) -> str:
    """An id for what is at an address: of its host, or of the file's name.

    >>> id_of("https://www.feeds.cape-news.example/rss"), id_of("cape/News of May.rss")
    ('cape-news', 'news-of-may')
    """
    if not is_remote(url):
        return slug(Path(url).stem)
    host = (urlsplit(url).hostname or "").rstrip(".")
    with suppress(ValueError):
        return slug(str(ip_address(host)))
    suffix = public_suffixes().publicsuffix(host) or ""
    labels = host.removesuffix(f".{suffix}").split(".")
    while len(labels) > 1 and labels[0] in IN_FRONT:
        del labels[0]
    return slug("-".join(labels))


def slug(words: str) -> str:
    """Words as an id: letters without accents, digits, "-"; "source" where none is left.

    >>> slug("Día de Lorn: noticias"), slug("—")
    ('dia-de-lorn-noticias', 'source')
    """
    spread = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(each for each in spread if not unicodedata.combining(each))
    made = re.sub(r"[\W_]+", "-", plain).strip("-")[:LONGEST_ID].strip("-")
    return made or "source"
