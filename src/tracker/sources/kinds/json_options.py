"""The keys of a source of kind `json`, and where it is asked.

What is read at these paths is decided in `json_.py`.
"""

from dataclasses import fields, replace
from typing import Annotated
from urllib.parse import parse_qsl, urlencode, urlsplit

from pydantic import AfterValidator, Field, ValidationInfo, field_validator
from pydantic_core import PydanticCustomError

from tracker.errors import did_you_mean
from tracker.intake import Source
from tracker.model import Measure
from tracker.sources.capture import is_remote
from tracker.sources.kind import Options
from tracker.sources.kinds.document import checked_path
from tracker.sources.kinds.presets import NO_PRESET, PRESETS, Paths, Preset
from tracker.sources.toml_file import one_of


def _path(path: str) -> str:
    if not path.strip():
        raise ValueError("empty: write a JMESPath expression, or leave it out")
    return checked_path(path)


Path = Annotated[str, AfterValidator(_path)]


class JsonOptions(Options):
    """Where the parts of an item stand, and what an API is asked for."""

    preset: Annotated[str, AfterValidator(lambda name: one_of(name, PRESETS))] = ""
    query: str = Field(default="", validate_default=True)
    appname: str = Field(default="", validate_default=True)
    items: Path = ""
    id: Path = ""
    title: Path = ""
    text: Path = ""
    link: Path = ""
    published: Path = ""
    modified: Path = ""
    issuer: Path = ""
    item_language: Path = ""
    numbers: dict[str, Path] = Field(default={})

    @field_validator("query", "appname")
    @classmethod
    def _as_the_preset_needs(cls, words: str, info: ValidationInfo) -> str:
        name, key = info.data.get("preset"), str(info.field_name)
        if name is None:
            return words  # what is wrong with it has been said
        preset = PRESETS.get(name, NO_PRESET)
        if not words.strip() and key in preset.needs:
            raise ValueError(f"missing: preset {name!r} does not answer without it")
        if words and key not in preset.needs and not (key == "query" and preset.search):
            raise ValueError(
                f"preset {name!r} has no use for it" if name else "only where a preset asks for it"
            )
        return words

    @field_validator("numbers", mode="before")
    @classmethod
    def _measures(cls, numbers: object) -> object:
        measures = [measure.value for measure in Measure]
        for key in numbers if isinstance(numbers, dict) else ():
            if key not in measures:
                raise PydanticCustomError(
                    "unknown_key",
                    "unknown measure{near}",
                    {"near": did_you_mean(key, measures), "key": key},
                )
        return numbers

    @property
    def known(self) -> Preset:
        return PRESETS.get(self.preset, NO_PRESET)

    @property
    def paths(self) -> Paths:
        """Those of the source's file before those of the preset."""
        own = {each.name: getattr(self, each.name, "") for each in fields(Paths)}
        own["language"] = self.item_language
        return replace(self.known.paths, **{name: path for name, path in own.items() if path})


def options_of(source: Source) -> JsonOptions:
    return source.options if isinstance(source.options, JsonOptions) else JsonOptions()


def address(source: Source) -> str:
    """Where the API of a preset is asked; what the file's own address says already is kept."""
    options = options_of(source)
    preset = options.known
    if preset is NO_PRESET or not is_remote(source.url):
        return source.url
    url = urlsplit(source.url)
    own = {name for name, _ in parse_qsl(url.query, keep_blank_values=True)}
    asked = list(preset.parameters)
    if options.appname:
        asked.append(("appname", options.appname))
    if options.query:
        asked += [(preset.search, options.query), *preset.searching]
    further = urlencode([each for each in asked if each[0] not in own])
    root = preset.path.split("/")[:2]
    path = url.path if url.path.split("/")[:2] == root else url.path.rstrip("/") + preset.path
    query = "&".join(part for part in (url.query, further) if part)
    return url._replace(path=path or url.path, query=query, fragment="").geturl()


def is_api(source: Source) -> bool:
    return options_of(source).known.is_api
