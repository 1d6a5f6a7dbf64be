"""The folder `sources/`: one TOML per source, and `incidents.toml`.

Read anew at each start of a poll or a daemon. The files' example folder is not read.
"""

import hashlib
import re
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from typing import Annotated, Final
from zoneinfo import available_timezones

from pydantic import AfterValidator, BaseModel, Field, RootModel, model_validator

from tracker.errors import ConfigError
from tracker.intake import Incident, Issuer, Source
from tracker.sources.capture import is_remote
from tracker.sources.kind import Options
from tracker.sources.kinds import KINDS
from tracker.sources.toml_file import RankWord, Span, Table, one_of, read_toml

INCIDENTS: Final = "incidents.toml"
NAME: Final = re.compile(r"\w[\w.-]*")
LEAST_EVERY: Final = timedelta(seconds=10)


def _kind(name: str) -> str:
    return one_of(name, KINDS)


def _zone(name: str) -> str:
    return one_of(name, available_timezones())


def _language(code: str) -> str:
    if not re.fullmatch(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*", code):
        raise ValueError(f'{code!r} is no language code: write "en", "fa", "pt-BR"')
    return code


def _not_too_often(span: timedelta) -> timedelta:
    if span < LEAST_EVERY:
        raise ValueError("too often: at least 10s")
    return span


def _address(url: str) -> str:
    if not url.strip():
        raise ValueError("empty: write http://…, https://…, or a path")
    if "://" in url and not is_remote(url):
        raise ValueError(f"{url!r} is neither http(s) nor a path relative to this file")
    return url


def _words(text: str) -> str:
    if not text.strip():
        raise ValueError("empty: write a word or a phrase")
    return text


Words = Annotated[str, AfterValidator(_words)]


def _variable(name: str) -> str:
    if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
        raise ValueError("must be the name of an environment variable that holds it, not the value")
    return name


Variables = dict[Words, Annotated[str, AfterValidator(_variable)]]


class _KindTable(BaseModel):
    """What is read first: the kind decides which other keys there are."""

    kind: Annotated[str, AfterValidator(_kind)]


class _SourceTable(Table):
    kind: str
    url: Annotated[str, AfterValidator(_address)]
    name: Words
    rank: RankWord
    language: Annotated[str, AfterValidator(_language)] = ""
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"
    every: Annotated[Span, AfterValidator(_not_too_often)] = timedelta(minutes=5)
    incident: Words | None = None
    enabled: bool = True
    robots: bool | None = None
    headers: Variables = Field(default={})
    parameters: Variables = Field(default={})


class _MatchTable(Table):
    any: list[Words] = Field(default=[])
    all: list[Words] = Field(default=[])
    none: list[Words] = Field(default=[])
    until: Annotated[date, Field(strict=False)] | None = None


class _IssuerTable(Table):
    issuer: Words
    rank: RankWord


class _IncidentTable(Table):
    title: Words
    began: Annotated[date, Field(strict=False)] = Field(alias="date")
    place: str = ""
    match: _MatchTable = _MatchTable()
    ongoing: bool = False
    ids: dict[str, Words] = Field(default={})
    issuers: dict[str, _IssuerTable] = Field(default={})

    @model_validator(mode="after")
    def _ends_after_it_began(self) -> "_IncidentTable":
        if self.match.until and self.match.until < self.began:
            raise ValueError(f"match.until ({self.match.until}) is before its date ({self.began})")
        return self


class _IncidentsFile(RootModel[dict[str, _IncidentTable]]):
    pass


def load_sources(folder: Path) -> tuple[list[Source], list[ConfigError]]:
    """Every source in the folder, by name of file, and one error for each file that is wrong.

    Raises:
        ConfigError: there is no such folder.
    """
    if not folder.is_dir():
        raise ConfigError(
            str(folder), "there is no such folder of sources: name it with --sources DIR"
        )
    sources, errors = [], []
    for path in sorted(folder.glob("*.toml")):
        if path.name != INCIDENTS:
            try:
                sources.append(read_source(path, path.stem))
            except ConfigError as error:
                errors.append(error)
    return sources, errors


def read_source(path: Path, name: str) -> Source:
    """The source of that id in a file.

    Raises:
        ConfigError: the file is wrong, or its name.
    """
    if not NAME.fullmatch(name):
        raise ConfigError(str(path), "a source's file name may hold letters, digits, '-', '_', '.'")
    kind = KINDS[read_toml(path, _KindTable).kind]
    table = read_toml(path, _table_of(kind.options))
    remote = is_remote(table.url)
    return Source(
        id=name,
        kind=table.kind,
        url=table.url if remote else str((path.parent / table.url).resolve()),
        name=table.name,
        rank=table.rank,
        language=table.language,
        timezone=table.timezone,
        every=table.every,
        incident=table.incident,
        enabled=table.enabled,
        robots=table.robots,
        header_variables=tuple(table.headers.items()),
        query_variables=tuple(table.parameters.items()),
        options=kind.options.model_construct(
            **{name: getattr(table, name) for name in kind.options.model_fields}
        ),
    )


@cache
def _table_of(options: type[Options]) -> type[_SourceTable]:
    """The keys of every source, and those of one kind."""
    return type(options.__name__, (_SourceTable, options), {"__module__": __name__})


def load_incidents(folder: Path) -> tuple[Incident, ...]:
    """The incidents of `incidents.toml`, in its order; none where there is no such file.

    Raises:
        ConfigError: the file is wrong.
    """
    path = folder / INCIDENTS
    return read_incidents(path) if path.exists() else ()


def read_incidents(path: Path) -> tuple[Incident, ...]:
    """The incidents of a file, in its order.

    Raises:
        ConfigError: the file is wrong.
    """
    tables = read_toml(path, _IncidentsFile).root
    for name in tables:
        if not NAME.fullmatch(name):
            raise ConfigError(
                f"{path}, key '{name}'", "an incident's id may hold letters, digits, '-', '_', '.'"
            )
    return tuple(_incident(name, table) for name, table in tables.items())


def _incident(name: str, table: _IncidentTable) -> Incident:
    return Incident(
        id=name,
        title=table.title,
        began=table.began,
        place=table.place,
        any_of=tuple(table.match.any),
        all_of=tuple(table.match.all),
        none_of=tuple(table.match.none),
        until=table.match.until,
        ongoing=table.ongoing,
        ids=tuple(table.ids.items()),
        issuers=tuple(
            (words, Issuer(known.issuer, known.rank)) for words, known in table.issuers.items()
        ),
    )


def configuration_digest(folder: Path) -> str:
    """SHA-256 of `incidents.toml`, in hex: what was read under another one is read again."""
    path = folder / INCIDENTS
    return hashlib.sha256(path.read_bytes() if path.exists() else b"").hexdigest()
