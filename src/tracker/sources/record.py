"""A source's own record, folded: where it is by now, and in which state it was last told to be."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from tracker.events import Event, SourceMoved, SourceTurned
from tracker.intake import Memo
from tracker.model import State
from tracker.sources.secrets import without_secrets

STABLE: Final = timedelta(days=6)
"""So long must an address redirect to the same one before it is taken to have moved there."""


def address_of(events: Iterable[Event], configured: str) -> str:
    """Where a source is asked: at the address of its file, unless that has moved for good."""
    url = configured
    for each in events:
        if isinstance(each.fact, SourceMoved) and each.fact.was == url:
            url = each.fact.url
    return url


def last_state(events: Iterable[Event]) -> State:
    """The state that was last recorded; a new source begins as one that is well."""
    turns = [each.fact.state for each in events if isinstance(each.fact, SourceTurned)]
    return turns[-1] if turns else State.OK


def moved(source: str, was: str, memo: Memo, now: datetime) -> SourceMoved | None:
    """The move, where an address has redirected for good to the same one for six days.

    An address with a secret in it stays as it is: the secret may be stored nowhere, and would be
    missing at the new one.
    """
    if was != without_secrets(was):
        return None
    if not memo.moved_to or memo.moved_since is None or memo.moved_to == was:
        return None
    if now - memo.moved_since < STABLE:
        return None
    return SourceMoved(
        source=source,
        was=was,
        url=memo.moved_to,
        since=memo.moved_since,
        effective_at=now,
        observed_at=now,
    )
