"""The tables `[[webhook]]` and `[[notify]]` of `tracker.toml`: one endpoint each, with its rules.

What a rule means is said in `endpoint.py`; here is how it is written, and the one line that a
mistake becomes. The rest of the file is read in `settings.py`.
"""

import json
import re
from collections.abc import Iterable
from datetime import time, timedelta
from math import isfinite
from pathlib import Path
from typing import Annotated, Any, Final, Literal, Self
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    TypeAdapter,
    ValidationInfo,
    field_validator,
    model_validator,
)
from pydantic_core import PydanticCustomError

from tracker.alerts.endpoint import NONE, Channel, Endpoint, Rules, Webhook
from tracker.alerts.urls import webhook_url
from tracker.model import Measure, Status
from tracker.projections.policies import POLICIES, STANDARD
from tracker.sources.toml_file import Span, Table, one_of

VARIABLE: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
CLOCK: Final = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
LEAST_DIGEST: Final = timedelta(minutes=1)
LONGEST_NAME: Final = 100
DIRECTIONS: Final = ("both", "up", "down")
MEANT: Final = dict.fromkeys(("dead", "deaths", "died"), Measure.KILLED) | dict.fromkeys(
    ("injuries", "wounded"), Measure.INJURED
)
"""Words for a measure that are nearer to the name of another."""


def _variable(name: str) -> str:
    if name.startswith("whsec_") or not VARIABLE.fullmatch(name):
        raise ValueError(
            "must be the name of an environment variable that holds the secret, not the secret"
        )
    return name


def _secret_file(path: str) -> str:
    if "whsec_" in path or not path.strip():
        raise ValueError("must be the path of a file that holds the secret, not the secret")
    return path


def _address_variable(name: str) -> str:
    if not VARIABLE.fullmatch(name):
        raise ValueError(NO_ADDRESS_HERE)
    return name


NO_ADDRESS_HERE: Final = (
    "must be the name of an environment variable that holds Apprise's address, not the address: "
    "that is a secret itself"
)


def endpoint_name(name: str) -> str:
    """The name, where an endpoint can have it.

    Raises:
        ValueError: it is empty, too long, or holds what cannot be shown.
    """
    if not name.strip() or not name.isprintable() or len(name) > LONGEST_NAME:
        raise ValueError(f"{name[:LONGEST_NAME]!r} is no name: write up to {LONGEST_NAME} letters")
    return name.strip()


def _zone(name: str) -> str:
    # The list is read from the disk, which most files need not wait for.
    return name if name == "UTC" else one_of(name, available_timezones())


def _clock(text: object) -> time:
    found = CLOCK.fullmatch(text.strip()) if isinstance(text, str) else None
    if found is None:
        raise ValueError(f'{text!r} is no time of the day: write "07:00"')
    return time(int(found[1]), int(found[2]))


def _quiet(text: object) -> tuple[time, time]:
    begins, dash, ends = text.partition("-") if isinstance(text, str) else ("", "", "")
    if not dash:
        raise ValueError(f'{text!r} are no hours: write "22:00-06:30"')
    hours = _clock(begins), _clock(ends)
    if hours[0] == hours[1]:
        raise ValueError(f"{text!r} begins when it ends: write two times that differ")
    return hours


def _digest(when: object) -> tuple[time, ...] | timedelta:
    if not isinstance(when, list):
        if isinstance(when, str) and CLOCK.fullmatch(when.strip()):
            raise ValueError(f'write times of the day as a list: ["{when.strip()}"]')
        every = _digest_span(when)
        if every < LEAST_DIGEST:
            raise ValueError(f"{when!r} is too short for a digest: write at least 1m")
        return every
    if not when:
        raise ValueError('names no time: write ["07:00"], or leave it out')
    return tuple(sorted({_clock(each) for each in when}))


def _digest_span(text: object) -> timedelta:
    try:
        return TypeAdapter(Span).validate_python(text)
    except ValueError:
        raise ValueError(
            f'{text!r} is no digest: write times of the day (["07:00", "19:00"]), or a span ("6h")'
        ) from None


def _threshold(number: int) -> int:
    if number < 1:
        raise ValueError(f"must be 1 or more, not {number}")
    return number


def _not_negative(number: int) -> int:
    if number < 0 or not isfinite(number):
        raise ValueError(f"must be 0 or more, not {number}")
    return number


def _one_of(known: Iterable[str]) -> AfterValidator:
    return AfterValidator(lambda name: one_of(name, known))


def measure_name(name: str) -> str:
    """The name, where it is a measure's.

    Raises:
        ValueError: it is none; the nearest is named, or the one that people mean by it.
    """
    meant = MEANT.get(name.strip().lower())
    if meant is not None:
        raise ValueError(f"unknown value {name!r} (did you mean {meant.value!r}?)")
    return one_of(name, Measure)


def _names_some(example: str | int) -> AfterValidator:
    """That a list is not empty: it would not be told from one that is left out."""

    def checked(given: list[Any]) -> list[Any]:
        if not given:
            raise ValueError(f"names nothing: write {json.dumps([example])}, or leave it out")
        return given

    return AfterValidator(checked)


class _RulesTable(Table):
    """What both tables have: who is told what, and when."""

    policy: Annotated[str, _one_of(POLICIES)] = STANDARD
    incidents: Annotated[list[str], _names_some("ferry-2031")] = Field(default=[])
    measures: Annotated[
        list[Annotated[str, AfterValidator(measure_name)]], _names_some("killed")
    ] = Field(default=[])
    status: Annotated[list[Annotated[str, _one_of(Status)]], _names_some("confirmed")] = Field(
        default=[]
    )
    direction: Annotated[str, _one_of(DIRECTIONS)] = "both"
    min_change: Annotated[int, AfterValidator(_not_negative)] = 0
    min_percent: Annotated[float, AfterValidator(_not_negative)] = 0.0
    thresholds: Annotated[list[Annotated[int, AfterValidator(_threshold)]], _names_some(100)] = (
        Field(default=[])
    )
    first: bool = True
    contested: bool = True
    opened: bool = True
    suggested: bool = True
    sources: bool = True
    debounce: Span = NONE
    max_wait: Span = NONE
    flap: Span = NONE
    quiet: Annotated[tuple[time, time] | None, BeforeValidator(_quiet)] = None
    digest: Annotated[tuple[time, ...] | timedelta | None, BeforeValidator(_digest)] = None
    timezone: Annotated[str, AfterValidator(_zone)] = "UTC"

    @field_validator("max_wait")
    @classmethod
    def _waits_for_something(cls, longest: timedelta, info: ValidationInfo) -> timedelta:
        still = info.data.get("debounce", NONE)
        if longest and not still:
            raise ValueError("has no meaning without `debounce`: add that, or leave this out")
        if longest and longest < still:
            raise ValueError("is shorter than `debounce`: make it longer, or leave it out")
        return longest

    def rules(self) -> Rules:
        direction: dict[str, Literal["both", "up", "down"]] = {"up": "up", "down": "down"}
        return Rules(
            incidents=frozenset(self.incidents),
            measures=frozenset(map(Measure, self.measures)),
            statuses=frozenset(map(Status, self.status)),
            direction=direction.get(self.direction, "both"),
            min_change=self.min_change,
            min_percent=self.min_percent,
            thresholds=tuple(sorted(set(self.thresholds))),
            first=self.first,
            contested=self.contested,
            opened=self.opened,
            suggested=self.suggested,
            sources=self.sources,
            debounce=self.debounce,
            max_wait=self.max_wait,
            quiet=self.quiet,
            digest=self.digest,
            timezone=self.timezone,
            flap=self.flap,
        )


class WebhookTable(_RulesTable):
    """One `[[webhook]]`."""

    url: Annotated[str, BeforeValidator(webhook_url)]
    name: Annotated[str, AfterValidator(endpoint_name)] | None = None
    secret_env: Annotated[str, AfterValidator(_variable)] = ""
    secret_file: Annotated[str, AfterValidator(_secret_file)] = ""

    @model_validator(mode="after")
    def _one_secret(self) -> Self:
        if bool(self.secret_env) == bool(self.secret_file):
            much = "both are there" if self.secret_env else "neither is there"
            raise ValueError(
                f"`secret_env` or `secret_file` says where the secret is, and {much}: write one"
            )
        return self

    def endpoint(self, folder: Path) -> Endpoint:
        """The endpoint; a path is relative to the folder of the file."""
        secret_file = str(folder / self.secret_file) if self.secret_file else ""
        return Endpoint(
            name=self.name or urlsplit(self.url).hostname or self.url,
            way=Webhook(url=self.url, secret_env=self.secret_env, secret_file=secret_file),
            policy=self.policy,
            rules=self.rules(),
        )


class NotifyTable(_RulesTable):
    """One `[[notify]]`."""

    name: Annotated[str, AfterValidator(endpoint_name)]
    url_env: Annotated[str, AfterValidator(_address_variable)]

    @model_validator(mode="before")
    @classmethod
    def _no_address(cls, table: Any) -> Any:
        if isinstance(table, dict) and "url" in table:
            raise PydanticCustomError(
                "unknown_key",
                "an address of Apprise's is a secret: put it into an environment variable, and "
                "write that one's name as `url_env`",
                {"key": "url"},
            )
        return table

    def endpoint(self) -> Endpoint:
        """The endpoint."""
        return Endpoint(
            name=self.name,
            way=Channel(url_env=self.url_env),
            policy=self.policy,
            rules=self.rules(),
        )
