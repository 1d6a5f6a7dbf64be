"""Figures as cells of a table that a spreadsheet may open, and back.

A cell never begins a formula. Text that would, or that begins with an apostrophe already, has an
apostrophe before it, and reading takes exactly that one off: so every text comes back as it was.
An empty cell says nothing; a cell with one apostrophe alone is an empty text.
"""

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import Any, Final, TextIO

from tracker.errors import did_you_mean
from tracker.events import FigureReported
from tracker.moving.fields import checks_of, integer, people, shown, texts
from tracker.moving.figures import COLUMNS, NEEDED

FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What begins a formula in one spreadsheet or another, be it full-width, or hides that it does."""

_GUARDED: Final = (*FORMULA, "'")

_CHECKS: Final = checks_of(FigureReported.TYPE)
_INTEGERS: Final = frozenset(each for each, check in _CHECKS.items() if check in (integer, people))
_LISTS: Final = frozenset(each for each, check in _CHECKS.items() if check is texts)
_PARTED: Final = {"places": "; "}
"""What parts the texts of a list, where it is no space: places have names of several words."""
_EMPTY: Final = frozenset(each.name for each in fields(FigureReported) if each.default == "")
"""Texts that are empty where nothing is said."""


def cells_of(
    incident: str, made: str, data: Mapping[str, Any], words: Mapping[str, str]
) -> list[Any]:
    """The cells of a figure, one for each of `COLUMNS`."""
    row = {**data, **dict.fromkeys(FigureReported.WORDS), **words, "incident": incident}
    row["event"] = made
    return [_cell(each, row.get(each)) for each in COLUMNS]


def _cell(column: str, value: Any) -> Any:
    if type(value) is list:
        value = _PARTED.get(column, " ").join(value)
    if type(value) is str and (value.startswith(_GUARDED) or (not value and column not in _EMPTY)):
        return f"'{value}"
    return value


def writer_to(file: TextIO) -> Callable[[Sequence[Any]], object]:
    """What writes rows to a file, which must leave the ends of lines as they are."""
    plain = csv.writer(file, lineterminator="\n")
    quoted = csv.writer(file, lineterminator="\n", quoting=csv.QUOTE_ALL)

    def write(cells: Sequence[Any]) -> None:
        # A carriage return ends a line for most who read CSV; older versions of the module do
        # not quote it of their own accord.
        has_return = any(type(each) is str and "\r" in each for each in cells)
        (quoted if has_return else plain).writerow(cells)

    return write


def reader_of(header: Sequence[str]) -> Callable[[Sequence[str]], dict[str, Any]]:
    """What makes a figure of the cells of a row under this header.

    Raises:
        ValueError: a column is missing, not known, or there twice; reading a row, a cell is wrong.
    """
    columns = [each.strip() for each in header]
    for each in columns:
        if each not in COLUMNS:
            raise ValueError(f"no column {shown(each)}{did_you_mean(each, COLUMNS)}")
        if columns.count(each) > 1:
            raise ValueError(f"there are two columns {each!r}: leave one out")
    for each in NEEDED:
        if each not in columns:
            raise ValueError(
                f"there is no column {each!r}: the first line names the columns, and figures need "
                f"{', '.join(NEEDED)}"
            )

    def read(cells: Sequence[str]) -> dict[str, Any]:
        if len(cells) != len(columns):
            raise ValueError(f"{len(cells)} cells under {len(columns)} columns: check its quotes")
        return {
            column: _value(column, cell)
            for column, cell in zip(columns, cells, strict=True)
            if cell
        }

    return read


def _value(column: str, cell: str) -> Any:
    if cell[0] == "'":
        cell = cell[1:]
    if column in _INTEGERS:
        if not (cell.isascii() and cell.isdigit() and len(cell) <= 20):
            raise ValueError(f"{column}: {shown(cell)} is no whole number from 0 up")
        return int(cell)
    if column in _LISTS:
        return cell.split(_PARTED.get(column))
    return cell
