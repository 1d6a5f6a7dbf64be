"""A file of events or figures, line by line: in which format it is, and what each line says.

How far it was read is known at any time, and by a digest whether another file begins the same.
"""

import csv
import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

import orjson

from tracker.errors import BadLine
from tracker.moving.cells import reader_of
from tracker.moving.figures import FigureReader
from tracker.moving.whole import event_of
from tracker.store.batch import Written

BOM: Final = b"\xef\xbb\xbf"
"""What some programs write at the beginning of a file."""

LONGEST: Final = 2**31 - 1
"""Characters of a cell: as many as a machine holds. The module's own limit is 131,072."""

SEPARATORS: Final = ",;\t"

_READ: Final = 1 << 20
"""Bytes between two words about how far it is, and read at once where only bytes are compared."""


@dataclass(frozen=True, slots=True)
class Mark:
    """How far a file was read: bytes, lines, and the digest of all of them."""

    offset: int = 0
    line: int = 0
    digest: str = ""


class Lines:
    """The lines of a file, in bytes, with their ends; counted and digested as they are read."""

    def __init__(self, file: BinaryIO, read: Callable[[int], object]) -> None:
        self._file, self._read = file, read
        self._digest = hashlib.sha256()
        self._first: bytes | None = None
        self._offset = self._told = self.number = 0

    def __iter__(self) -> Iterator[bytes]:
        while line := self._next():
            self._digest.update(line)
            self._offset += len(line)
            self.number += 1
            if self._offset >= self._told + _READ:
                self._tell()
            yield line if self.number > 1 else line.removeprefix(BOM)
        self._tell()

    def first(self) -> bytes:
        """The first line, which is still to be read."""
        if self._first is None:
            self._first = self._file.readline()
        return self._first

    @property
    def mark(self) -> Mark:
        return Mark(self._offset, self.number, self._digest.hexdigest())

    def go_on_from(self, mark: Mark) -> bool:
        """Whether the file begins as the one of the mark did; if so, it is read from there on.

        Else, and where it cannot be read twice, it is read from its beginning.
        """
        if not self._file.seekable():
            return False
        digest, left = hashlib.sha256(), mark.offset
        self._file.seek(0)
        while left and (part := self._file.read(min(left, _READ))):
            digest.update(part)
            left -= len(part)
        if left or digest.hexdigest() != mark.digest:
            self._file.seek(0)
            self._first = None
            return False
        self._first, self._digest = None, digest
        self._offset, self.number = mark.offset, mark.line
        self._tell()
        return True

    def _tell(self) -> None:
        self._read(self._offset - self._told)
        self._told = self._offset

    def _next(self) -> bytes:
        if self._first is not None:
            line, self._first = self._first, None
            return line
        return self._file.readline()


class Contents:
    """What a file holds: the events of one line (of one row of a table) after the other."""

    def __init__(self, name: str, lines: Lines, figures: FigureReader) -> None:
        """Raises `BadLine` where the first line is of none of the formats."""
        self._name, self._figures = name, figures
        self.lines = lines
        self.whole = False
        """Whether it holds whole events, not figures alone."""
        self._header: list[str] = []
        self._separator = SEPARATORS[0]
        first = lines.first().removeprefix(BOM).strip()
        try:
            if first.startswith(b"{"):
                self.whole = "incident" not in orjson.loads(first)
            elif first:
                header = first.decode()
                self._separator = max(SEPARATORS, key=header.count)
                self._header = next(csv.reader([header], delimiter=self._separator))
                reader_of(self._header)
        except (ValueError, csv.Error) as error:
            raise BadLine(name, 1, _in_words(error)) from error

    def __iter__(self) -> Iterator[tuple[Written, ...]]:
        """The events of each line. Raises `BadLine`; what came before it is right."""
        return self._rows() if self._header else self._objects()

    def _objects(self) -> Iterator[tuple[Written, ...]]:
        whole, events_of, loads = self.whole, self._figures.events_of, orjson.loads
        for line in self.lines:
            if line.isspace():
                continue
            try:
                document = loads(line)
                if type(document) is not dict:
                    raise ValueError("this is no JSON object")  # noqa: TRY301
                events = (event_of(document),) if whole else events_of(document)
            except ValueError as error:
                raise BadLine(self._name, self.lines.number, _in_words(error)) from error
            yield events

    def _rows(self) -> Iterator[tuple[Written, ...]]:
        csv.field_size_limit(LONGEST)
        begins = self.lines.number + 1
        rows = csv.reader(self._texts(), delimiter=self._separator, strict=True)
        figure = reader_of(self._header)
        try:
            if begins == 1:
                next(rows)
                begins = self.lines.number + 1
            for cells in rows:
                if cells:
                    yield self._figures.events_of(figure(cells))
                begins = self.lines.number + 1
        except (ValueError, csv.Error) as error:
            raise BadLine(self._name, begins, _in_words(error)) from error

    def _texts(self) -> Iterator[str]:
        return (line.decode() for line in self.lines)


def _in_words(error: Exception) -> str:
    match error:
        case orjson.JSONDecodeError():
            return f"this is no JSON ({error.msg} at character {error.pos}): is the line whole?"
        case UnicodeDecodeError():
            return f"this is no UTF-8 ({error.reason} at byte {error.start}): save it as UTF-8"
        case csv.Error():
            return f"this is no row of CSV ({error}): check its quotes"
    return str(error)
