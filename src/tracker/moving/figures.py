"""Figures alone, as one would type them: what may be left out, and the events they make.

A figure needs its incident, source, time, measure and number; `docs/operations.md` tells what
stands for the rest. It goes from the line straight into its written form, as `encode` would write
it, for an import holds millions.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from tracker.encoding import encode, event_id, figure_id, to_json
from tracker.events import FigureReported, IncidentOpened, incident_stream
from tracker.model import Qualifier, from_utc_text
from tracker.moving.fields import (
    Check,
    checked,
    checks_of,
    end_of_day,
    name,
    shown,
    text,
)
from tracker.sources.config import NAME
from tracker.store.batch import Written
from tracker.store.chain import commitment

NEEDED: Final = ("incident", "source", "published_at", "measure")

IGNORED: Final = "event"
"""The event's id, which an export shows: it follows from the rest."""

WORDS: Final = FigureReported.WORDS
FIGURE: Final = FigureReported.TYPE

_CHECKS: Final[dict[str, Check]] = {
    IGNORED: text,
    "incident": name,
    **checks_of(FigureReported.TYPE),
    "source": name,
    "published_at": end_of_day,
    "observed_at": end_of_day,
    **dict.fromkeys(WORDS, text),
}

COLUMNS: Final = tuple(_CHECKS)
"""Every field that a figure may have in a file, in the order of an export."""

_LOW, _HIGH, _BOTH = ("low",), ("high",), ("low", "high")
_NUMBERS: Final[dict[str, tuple[str, ...]]] = {
    Qualifier.EXACT: _BOTH,
    Qualifier.ABOUT: _BOTH,
    Qualifier.RANGE: _BOTH,
    Qualifier.AT_LEAST: _LOW,
    Qualifier.OVER: _LOW,
    Qualifier.NEARLY: _HIGH,
    Qualifier.UP_TO: _HIGH,
    Qualifier.UNDER: _HIGH,
    Qualifier.VAGUE: ("word",),
}
"""What a figure with a qualifier must have."""

_OPTIONAL: Final = ("stated_date", "url", "language")
_LAST: Final = ("issuer_id", "issuer_rank")


@dataclass(frozen=True, slots=True)
class FigureReader:
    """Makes events of the figures of one file."""

    recorded_at: str
    reading: int
    """The version of the extraction that figures are taken to be read by."""
    opening: Callable[[str, str, str], IncidentOpened]
    """The `incident.opened` of an incident whose first figure has these two times, published and
    observed."""
    salts: Iterator[bytes]
    """Where the salts of words come from."""
    opened: set[str] = field(default_factory=set)

    def events_of(self, figure: dict[str, Any]) -> tuple[Written, ...]:
        """The events of a figure: its own, behind that of its incident where it is the first.

        Raises:
            ValueError: it is none; the text says why, and what to do.
        """
        row = checked(figure, _CHECKS)
        for needed in NEEDED:
            if needed not in row:
                raise ValueError(f"{needed} is missing: a figure needs {', '.join(NEEDED)}")
        said = {each: row[each] for each in WORDS if each in row}
        return self._events(row["incident"], self._data(row), said)

    def _events(
        self, incident: str, data: dict[str, Any], said: dict[str, str]
    ) -> tuple[Written, ...]:
        made, words = figure_id(data), {}
        for each, spoken in said.items():
            salt = next(self.salts)
            data[each] = commitment(salt, spoken)
            words[each] = salt, spoken
        stream = incident_stream(incident)
        event = Written._make((stream, FIGURE, made, self.recorded_at, data, words))
        if incident in self.opened:
            return (event,)
        if not NAME.fullmatch(incident):
            raise ValueError(
                f"incident: {shown(incident)} may hold letters, digits, '-', '_', '.' only"
            )
        self.opened.add(incident)
        return (self._opened(stream, incident, data), event)

    def _data(self, row: dict[str, Any]) -> dict[str, Any]:
        """What `encode` makes of the figure, without its words."""
        low, high, qualifier = _number(row)
        get, source, published_at = row.get, row["source"], row["published_at"]
        data = {
            "source": source,
            "source_name": get("source_name", source),
            "source_rank": get("source_rank", "outlet"),
            "report": row["report"] if "report" in row else _report(row),
            "version": get("version", 1),
            "published_at": published_at,
            "observed_at": get("observed_at", published_at),
        }
        for each in _OPTIONAL:
            if get(each):
                data[each] = row[each]
        data["reading"] = get("reading", self.reading)
        data["measure"] = row["measure"]
        if low is not None:
            data["low"] = low
        if high is not None:
            data["high"] = high
        data["qualifier"] = qualifier
        data["role"] = get("role", "current")
        for each in ("word", "scope", "places", "move"):
            if get(each):
                data[each] = row[each]
        data["place"] = get("place", 0)
        data["occurrence"] = get("occurrence", 0)
        if get("replaces"):
            data["replaces"] = row["replaces"]
        for each in _LAST:
            if get(each):
                data[each] = row[each]
        return data

    def _opened(self, stream: str, incident: str, first: dict[str, Any]) -> Written:
        fact = self.opening(incident, first["published_at"], first["observed_at"])
        data, _ = encode(fact)
        return Written(stream, fact.TYPE, event_id(fact), self.recorded_at, data, {})


def _number(row: dict[str, Any]) -> tuple[int | None, int | None, str]:
    """Both bounds and the qualifier, each of which may follow from the others."""
    low, high, qualifier = row.get("low"), row.get("high"), row.get("qualifier")
    if qualifier is None:
        qualifier = _qualifier(low, high, row.get("word"))
    if qualifier in ("exact", "about"):
        low, high = high if low is None else low, low if high is None else high
    if low is not None and high is not None and low != high:
        if low > high:
            raise ValueError(f"low ({low}) is above high ({high}): exchange them")
        if qualifier in ("exact", "about"):
            raise ValueError(
                f"low ({low}) and high ({high}) differ: the qualifier is then range, not "
                f"{qualifier}"
            )
    stated = {"low": low, "high": high, "word": row.get("word")}
    for needed in _NUMBERS[qualifier]:
        if stated[needed] is None:
            raise ValueError(f"{needed} is missing: the qualifier {qualifier} needs it")
    return low, high, qualifier


def _qualifier(low: int | None, high: int | None, word: str | None) -> str:
    """What a figure is taken to say that has no qualifier."""
    if low is not None:
        return "exact" if high in (None, low) else "range"
    if high is not None:
        return "up_to"
    if word is not None:
        return "vague"
    raise ValueError("low and high are missing: a figure needs a number, or a vague word")


def _report(row: dict[str, Any]) -> str:
    """The name of a report that is not named: the same for figures that one item stated."""
    item = [row.get(each) for each in (*NEEDED[:3], "url", "title")]
    return f"import:{hashlib.sha256(to_json(item)).hexdigest()[:20]}"


def opening_of(incident: str, published_at: str, observed_at: str) -> IncidentOpened:
    """The beginning of an incident of which nothing is known but its first figure in the file."""
    published, observed = from_utc_text(published_at), from_utc_text(observed_at)
    return IncidentOpened(
        incident=incident,
        title=incident,
        began=published.date(),
        place="",
        ongoing=False,
        effective_at=min(published, observed),
        observed_at=observed,
    )
