"""Entries that open with their time, as in a live blog: of one toll told twice, the later stands.

The newest entry may be on top or below. A paragraph without a time belongs to no entry, so
that it reads the same wherever it stands.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from tracker.figures.cardinals import read_cardinal
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens
from tracker.intake import Figure
from tracker.model import Measure, Move, Role

_CLOCK: Final = re.compile(
    r"(?:([^\W\d_]+),?\s{1,3})?(?P<numbered>\d{1,3}:?\s{1,3})?\(?"
    r"(\d{1,2})([:.h])(\d{2})(?!\d)\s?(?:([apAP])\.?[mM]\b\.?)?"
    r"(?=(?P<mark>\s*[-–—:|)\n])|\s+[^\W\d_a-z]|$)"
)
_LAST_DAY: Final = 10**6
_WEEK: Final = 7
_DAYS_BACK: Final = 3
_NOON: Final = 12
_DIGITS: Final = 2
"""Of the hour of a clock time that no mark follows: "13.05 The army …"."""
_MINUTES: Final = 60
_RETOLD: Final = frozenset({Measure.KILLED, Measure.INJURED, Measure.MISSING, Measure.HOSPITALISED})


@dataclass(frozen=True, slots=True)
class Entry:
    """text[start:end] is told at a time: its day of the week or of the event, and its minute."""

    start: int
    end: int
    weekday: int | None
    day: int | None
    minute: int | None


def read_entries(text: str, told: list[Tokens], lexicon: Lexicon) -> Iterator[Entry]:
    """The entries of a paragraph, each up to the next."""
    opened: Entry | None = None
    for tokens in told:
        stamp = _clock(text, tokens, lexicon) or _day(tokens, lexicon)
        if stamp is None:
            opened = replace(opened, end=tokens[-1].end) if opened is not None else None
            continue
        if opened is not None:
            yield opened
        opened = stamp
    if opened is not None:
        yield opened


def _clock(text: str, tokens: Tokens, lexicon: Lexicon) -> Entry | None:
    """As in "18:02 –", "Thursday, 7.30 pm", "21:14" on a line of its own, "Update 2 (09:26)"."""
    found = _CLOCK.match(text, tokens[0].start, tokens[-1].end)
    if found is None:
        return None
    word, hour, mark, minute, half = found.group(1, 3, 4, 5, 6)
    weekday = lexicon.weekdays.get(word.lower()) if word else None
    loose = mark != ":" and half is None and found["mark"] is None and len(hour) < _DIGITS
    if loose or (word is not None and weekday is None) != (found["numbered"] is not None):
        return None
    hours = int(hour) % _NOON + (_NOON if half in "pP" else 0) if half else int(hour)
    return Entry(tokens[0].start, tokens[-1].end, weekday, None, hours * _MINUTES + int(minute))


def _day(tokens: Tokens, lexicon: Lexicon) -> Entry | None:
    """As in "Day three: 22 missing", "Tuesday: 14 dead", "Today, all 31 have been found"."""
    first, start, end = tokens[0].low, tokens[0].start, tokens[-1].end
    if len(tokens) > 1 and first in lexicon.today and not tokens[1].text[0].isdigit():
        return Entry(start, end, None, _LAST_DAY, None)
    if first in lexicon.weekdays:
        titled = any(t.low == ":" for t in tokens[1:3])
        return Entry(start, end, lexicon.weekdays[first], None, None) if titled else None
    ranked = read_cardinal(tokens, 1, lexicon) if first in lexicon.years else None
    if ranked is None or ranked[1] >= len(tokens) or tokens[ranked[1]].low not in ":,–—-":
        return None
    return Entry(start, end, None, ranked[0], None)


def settle_entries(figures: list[Figure], entries: list[Entry]) -> list[Figure]:
    """The figures, those of an older entry no longer current where a newer tells them anew."""
    if len(entries) < 2:
        return figures
    steps = [_newer(after, before) for before, after in pairwise(entries)]
    ordered = entries if sum(steps) < 0 else entries[::-1]
    settled = list(figures)
    stands: dict[Measure, Figure] = {}
    starts = [figure.start for figure in figures]
    for entry in ordered:
        fresh: dict[Measure, Figure] = {}
        for k in range(bisect_left(starts, entry.start), bisect_left(starts, entry.end)):
            figure = figures[k]
            if figure.role is not Role.CURRENT or figure.measure not in _RETOLD:
                continue
            newer = stands.get(figure.measure)
            if newer is not None and _gives_way(figure, newer):
                settled[k] = replace(figure, role=Role.EARLIER, why="told anew since")
            elif newer is None:
                fresh[figure.measure] = figure
        stands |= fresh
    return settled


def _newer(one: Entry, other: Entry) -> int:
    """1 where the one is told after the other, -1 where before it, 0 where nothing says."""
    if one.day is not None and other.day is not None:
        return (one.day > other.day) - (one.day < other.day)
    if one.weekday is not None and other.weekday is not None and one.weekday != other.weekday:
        return 1 if (one.weekday - other.weekday) % _WEEK <= _DAYS_BACK else -1
    if one.minute is None or other.minute is None:
        return (one.day is not None) - (other.day is not None)
    return (one.minute > other.minute) - (one.minute < other.minute)


def _gives_way(older: Figure, newer: Figure) -> bool:
    """A toll that has grown, or was cut; a smaller number may be another happening's."""
    low, since = older.low or older.high or 0, newer.low or newer.high or 0
    falls = newer.move is Move.DOWN or older.measure is Measure.MISSING
    return low < since or (low > since and falls)
