"""A TOML file to a checked pydantic model, with errors that a person can act on.

Which keys there are is said by the models (`config.py`, `settings.py`); here is how a file is
read, the value types they share, and the one line that each mistake becomes.
"""

import re
import tomllib
from collections.abc import Iterable
from contextlib import suppress
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Annotated, Any, Final, TypeVar
from urllib.parse import urlsplit

from pydantic import BaseModel, BeforeValidator, ConfigDict, ValidationError, model_validator
from pydantic_core import ErrorDetails, PydanticCustomError

from tracker.errors import ConfigError, did_you_mean
from tracker.model import Rank
from tracker.sources.capture import is_remote

UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}
SPAN: Final = re.compile(r"(\d{1,6})\s*([smhd])")
SYNTAX: Final = re.compile(
    r"(?P<what>.*) \(at (?:line (?P<line>\d+), column \d+|end of document)\)"
)
LONGEST_SHOWN: Final = 60
"""Letters of what was written that an error repeats."""
EXPECTED: Final = {
    "string": "a text in quotes",
    "bool": "true or false",
    "int": "a whole number",
    "float": "a number",
    "list": 'a list in brackets: ["…"]',
    "tuple": 'a list in brackets: ["…"]',
    "dict": "a table",
    "model": "a table",
    "date": "a date: 2024-01-31",
}


class Table(BaseModel):
    """A table in a TOML file: unknown keys are refused, and the nearest known one is named."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _known_keys_alone(cls, table: Any) -> Any:
        known = [field.alias or name for name, field in cls.model_fields.items()]
        for key in table if isinstance(table, dict) else ():
            if key not in known:
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown key{near}",
                    {"near": did_you_mean(key, known), "key": key},
                )
        return table


M = TypeVar("M", bound=BaseModel)


def read_toml(path: Path, model: type[M]) -> M:
    """The file as `model`.

    Raises:
        ConfigError: file, key (or line), what is wrong with it, and the nearest that is right.
    """
    try:
        document = tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        raise ConfigError(str(path), f"cannot be read: {error.strerror}") from None
    except UnicodeDecodeError as error:
        raise ConfigError(
            str(path), f"is not UTF-8 (byte {error.start}): save it as UTF-8"
        ) from None
    except tomllib.TOMLDecodeError as error:
        found = SYNTAX.fullmatch(str(error))
        line = f", line {found['line']}" if found and found["line"] else ""
        what = found["what"] if found else str(error)
        raise ConfigError(f"{path}{line}", f"not valid TOML: {what}") from None
    try:
        return model.model_validate(document)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = f"{path}, key '{_key(first)}'{_whose(first, document)}"
        raise ConfigError(where, _reason(first)) from None


def _key(error: ErrorDetails) -> str:
    steps = [*error["loc"], *([error["ctx"]["key"]] if error["type"] == "unknown_key" else [])]
    return ".".join(f"{step + 1}" if isinstance(step, int) else step for step in steps)


def _whose(error: ErrorDetails, document: Any) -> str:
    """Whose the mistake is, " of 'desk'", where it is in one of several tables with a name."""
    name = ""
    for step, below in pairwise((*error["loc"], "")):
        try:
            document = document[step]
        except (LookupError, TypeError):
            break
        if isinstance(step, int) and isinstance(document, dict) and below != "name":
            own = document.get("name")
            name = f" of {own[:LONGEST_SHOWN]!r}" if isinstance(own, str) and own.strip() else ""
    return name


def _reason(error: ErrorDetails) -> str:
    if error["type"] == "missing":
        return "missing: add it"
    if error["type"] == "unknown_key":
        return error["msg"]
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    expected = EXPECTED.get(error["type"].split("_")[0])
    given = " ".join(repr(error["input"]).split())[:LONGEST_SHOWN]
    return f"must be {expected}, not {given}" if expected else f"{error['msg']} ({given})"


def one_of(name: str, known: Iterable[str]) -> str:
    """The name, where it is known.

    Raises:
        ValueError: it is not; the nearest is named.
    """
    names = [str(each) for each in known]
    if name not in names:
        raise ValueError(f"unknown value {name!r}{did_you_mean(name, names)}")
    return name


def _span(text: object) -> timedelta:
    parts = SPAN.fullmatch(text.strip()) if isinstance(text, str) else None
    if parts is None:
        raise ValueError(f'{text!r} is no span of time: write "30s", "5m", "2h" or "1d"')
    return timedelta(**{UNITS[parts[2]]: int(parts[1])})


def _rank(word: object) -> Rank:
    return Rank[one_of(str(word), (rank.label for rank in Rank)).upper()]


def web_address(url: object) -> str:
    """The address, where one can be asked for it.

    Raises:
        ValueError: it is none.
    """
    if isinstance(url, str) and is_remote(url):
        with suppress(ValueError):
            parts = urlsplit(url)
            if parts.hostname and parts.port != 0:  # asking for the port checks it
                return url
    raise ValueError(f"{url!r} is no address: write http://… or https://…")


Span = Annotated[timedelta, BeforeValidator(_span)]
"""A span of time: "30s", "5m", "2h", "1d"."""
RankWord = Annotated[Rank, BeforeValidator(_rank)]
"""official, agency, outlet or unverified."""
WebAddress = Annotated[str, BeforeValidator(web_address)]
