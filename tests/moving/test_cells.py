"""Figures as cells: no formula, and every text comes back."""

import csv
import io
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings

from moved import LATER, figures, imported
from tracker.encoding import encode, event_id
from tracker.errors import BadLine
from tracker.events import FigureReported
from tracker.moving.bring import Brought
from tracker.moving.cells import FORMULA, cells_of, reader_of, writer_to
from tracker.moving.figures import COLUMNS, FigureReader, opening_of
from tracker.store.batch import salts


@settings(max_examples=200, deadline=None)
@given(figures())
def test_a_row_comes_back_as_the_figure_it_was(fact: FigureReported) -> None:
    """Through a real table; and no cell of it begins a formula."""
    data, said = encode(fact)
    table = io.StringIO(newline="")
    writer_to(table)(cells_of("ferry", event_id(fact), orjson.loads(orjson.dumps(data)), said))
    (cells,) = csv.reader(io.StringIO(table.getvalue(), newline=""))
    for cell in cells:
        assert not cell.startswith(FORMULA)
        assert not cell.startswith("'") or cell[1:2] in {"", "'", *FORMULA}
    reader = FigureReader(recorded_at=LATER, reading=2, opening=opening_of, salts=salts())
    event = reader.events_of(reader_of(COLUMNS)(cells))[-1]
    assert event.id == event_id(fact)
    assert {field: text for field, (_, text) in event.words.items()} == said
    own = {key: value for key, value in event.data.items() if key not in said}
    assert orjson.dumps(own) == orjson.dumps(data)


HEADER = b"incident,source,published_at,measure,low,quote\n"
ROW = b"ferry,wire,2031-05-01T12:00Z,killed,12,\n"


def test_any_separator_and_order_of_columns_will_do(tmp_path: Path) -> None:
    """Spreadsheets write what the country is used to."""
    table = "\ufeffmeasure;low;source;published_at;incident\r\nkilled;12;wire;2031-05-01;ferry\r\n"
    assert imported(tmp_path / "new.db", table.encode()) == Brought(2, 0)


@pytest.mark.parametrize(
    ("file", "line", "what"),
    [
        (b"incident,sorce\n", 1, "no column 'sorce' (did you mean 'source'?)"),
        (b"incident,incident\n", 1, "there are two columns 'incident': leave one out"),
        (b"incident,source\n", 1, "there is no column 'published_at': the first line names"),
        (HEADER + ROW + b"ferry,wire\n", 3, "2 cells under 6 columns: check its quotes"),
        (HEADER + ROW.replace(b"12,", b"-1,"), 2, "low: '-1' is no whole number from 0 up"),
        (HEADER + ROW.replace(b"12,", b"\xd9\xa1,"), 2, "low: '\u0661' is no whole number"),
        (HEADER + ROW.replace(b"12,\n", b'12,"a\nb"x\n'), 2, "this is no row of CSV"),
        (HEADER + ROW.replace(b"12,\n", b'12,"a\nb'), 2, "this is no row of CSV"),
        (HEADER + ROW + ROW.replace(b"wire", b"\xff"), 3, "this is no UTF-8"),
        (HEADER + b'ferry,wire,noon,killed,1,"a\nb"\n', 2, "published_at: 'noon' is no time"),
    ],
)
def test_a_wrong_row_is_told_by_the_line_it_begins_on(
    tmp_path: Path, file: bytes, line: int, what: str
) -> None:
    with pytest.raises(BadLine) as raised:
        imported(tmp_path / "new.db", file)
    assert str(raised.value).startswith(f"figures, line {line}: ")
    assert what in str(raised.value)
