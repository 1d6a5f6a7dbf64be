"""What is kept of polls and of endpoints as JSON documents, and back.

Of operational state alone: it may be forgotten at any time, and a format that changes drops it.
"""

from __future__ import annotations

import json
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from tracker.health import Cause, Poll
from tracker.model import State, from_utc_text, utc_text
from tracker.store.records import Reach

if TYPE_CHECKING:
    from tracker.intake import Memo, Page, Report

AS_THEY_ARE: Final = frozenset({str, int, bool})


def written(kept: Poll | Memo | Page | Reach) -> str:
    """The document; what says nothing is left out."""
    return json.dumps(_plain(kept), ensure_ascii=False, separators=(",", ":"))


def read_poll(text: str) -> Poll:
    """The poll that was written so."""
    data = json.loads(text)
    _with_moments(
        data,
        "polled_at",
        "succeeded_at",
        "next_at",
        "since",
        "reported_at",
        "figure_at",
        "failed_at",
    )
    for name, kind in (("state", State), ("settled", State), ("cause", Cause)):
        if name in data:
            data[name] = kind(data[name])
    if "gaps" in data:
        data["gaps"] = tuple((date.fromisoformat(day), gap) for day, gap in data["gaps"])
    return Poll(**data)


def read_reach(text: str) -> Reach:
    """How an endpoint can be reached, as it was written."""
    data = json.loads(text)
    _with_moments(data, "succeeded_at", "failed_at", "failing_since", "not_before", "disabled_at")
    return Reach(**data)


def read_memo(text: str) -> Memo:
    """The memo that was written so."""
    return _memo(json.loads(text))


def read_page(text: str) -> Page:
    """The page that was written so."""
    from tracker.intake import Page  # noqa: PLC0415 — queries do without it

    data = json.loads(text)
    _with_moments(data, "changed_at", "read_at")
    item = data.get("item")
    return Page(**(data | {"memo": _memo(data.get("memo", {})), "item": item and _report(item)}))


def _memo(data: dict[str, Any]) -> Memo:
    from tracker.intake import Memo  # noqa: PLC0415 — queries do without it

    _with_moments(data, "whole_at", "moved_since")
    return Memo(**(data | {"known": frozenset(data.get("known", ()))}))


def _report(data: dict[str, Any]) -> Report:
    from tracker.intake import Report  # noqa: PLC0415 — queries do without it

    _with_moments(data, "published", "modified")
    return Report(**data)


def _with_moments(data: dict[str, Any], *names: str) -> None:
    for name in names:
        if name in data:
            data[name] = from_utc_text(data[name])


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, frozenset):
        return sorted(value)
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    if is_dataclass(value):
        told: dict[str, Any] = {}
        kind: Any = type(value)
        for name, default in _defaults(kind):
            said = getattr(value, name)
            if said is not default and said != default:
                told[name] = said if type(said) in AS_THEY_ARE else _plain(said)
        return told
    return value


@cache
def _defaults(kind: type[Any]) -> tuple[tuple[str, object], ...]:
    return tuple((each.name, each.default) for each in fields(kind))
