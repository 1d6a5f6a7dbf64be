"""Whole events as lines: every bit comes back, and what was changed is refused."""

import tempfile
from contextlib import closing
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from builders import figure, opened
from moved import (
    FERRY,
    export_of,
    figures,
    imported,
    write_lively_log,
    write_log,
)
from tracker.errors import BadLine
from tracker.events import FigureReported
from tracker.moving.bring import Brought
from tracker.store.sqlite import open_log


@settings(max_examples=40, deadline=None)
@given(st.lists(figures(), min_size=1, max_size=4))
def test_whatever_a_log_holds_comes_back_bit_by_bit(facts: list[FigureReported]) -> None:
    """Restored, a log exports the same bytes, has the same heads, and verifies."""
    with tempfile.TemporaryDirectory() as folder:
        old, new = Path(folder, "old.db"), Path(folder, "new.db")
        write_log(old, opened(), *facts)
        file = export_of(old)
        imported(new, file)
        assert export_of(new) == file
        with closing(open_log(old)) as one, closing(open_log(new)) as other:
            assert other.heads() == one.heads()
            assert list(other.tail()) == list(one.tail())
            assert other.roster() == one.roster()
            assert (other.verify(), other.verify_projections()) == (None, None)


def test_an_interrupted_restoration_is_resumed_and_an_old_one_brought_up_to_date(
    tmp_path: Path,
) -> None:
    """A log that is the beginning of the file goes on as the log that the file was made from."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    write_lively_log(old)
    lines = export_of(old).splitlines(keepends=True)
    for upto in range(len(lines) + 1):
        new.unlink(missing_ok=True)
        imported(new, b"".join(lines[:upto]))
        assert imported(new, b"".join(lines)) == Brought(len(lines) - upto, upto)
        assert export_of(new) == b"".join(lines)
        with closing(open_log(old)) as one, closing(open_log(new)) as other:
            assert other.heads() == one.heads()
            assert (other.verify(), other.verify_projections()) == (None, None)


def test_events_of_another_log_are_added_with_a_moment_of_their_own(tmp_path: Path) -> None:
    """This log did not know them before, and says so; their words and ids are as they were."""
    here, there = tmp_path / "here.db", tmp_path / "there.db"
    write_log(here, opened(), figure(12))
    write_log(there, opened(), figure(12), figure(14, quote="odd '="))
    lines = export_of(there).splitlines(keepends=True)
    # Recorded at another moment, so the one log is not the beginning of the other.
    lines[0] = lines[0].replace(b"T12:00:00", b"T11:00:00")
    assert imported(here, b"".join(lines)) == Brought(1, 2)
    added = orjson.loads(export_of(here).splitlines()[-1])
    original = orjson.loads(lines[-1])
    assert added.pop("recorded_at") == "2031-06-01T00:00:00.000000Z"
    assert original.pop("recorded_at") == "2031-05-01T12:02:00.000000Z"
    assert added == original
    assert imported(here, b"".join(lines)) == Brought(0, 3)


def test_the_export_of_one_incident_is_the_same_after_an_import(tmp_path: Path) -> None:
    """Positions and hashes differ in a log of its own, and are in no line."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    write_lively_log(old)
    file = export_of(old, FERRY)
    assert len(file.splitlines()) == 4
    imported(new, file)
    assert export_of(new, FERRY) == export_of(new) == file


def test_a_line_twice_is_an_event_once(tmp_path: Path) -> None:
    """In a new log as in one that is there."""
    old, new = tmp_path / "old.db", tmp_path / "new.db"
    write_lively_log(old)
    file = export_of(old)
    twice = b"".join(line * 2 for line in file.splitlines(keepends=True))
    assert imported(new, twice) == Brought(7 - 1, 6)
    assert export_of(new) == file


BAD = {
    "no json": (b"{", "this is no JSON", "is the line whole?"),
    "no object": (b"[]", "this is no JSON object", ""),
    "a new key": ({"moon": 1}, "no key 'moon' is known", "install the version"),
    "a missing key": ({"recorded_at": ...}, "'recorded_at' is missing", ""),
    "a new type": ({"type": "figure.guessed"}, "no events of type 'figure.guessed'", "install"),
    "a new field": ({"data.moon": 1}, "data has no field 'moon'", "install the version"),
    "a wrong measure": (
        {"data.measure": "kiled"},
        "data.measure: unknown value 'kiled'",
        "'killed'",
    ),
    "text as number": ({"data.low": "12"}, "data.low: '12' is no whole number", ""),
    "too many people": ({"data.low": 10**11}, "data.low", "10,000,000,000"),
    "a missing field": ({"data.role": ...}, "data.role is missing", ""),
    "bounds exchanged": ({"data.low": 15}, "low (15) is above high (14)", ""),
    "a changed number": ({"data.low": 3}, "is not that of its data", "was changed"),
    "a changed word": ({"words.quote.1": "no"}, "words.quote: these are not the words", "changed"),
    "a short salt": ({"words.quote.0": "00"}, "words.quote: a salt has 32", ""),
    "no salt": ({"words.quote": "x"}, "words.quote is not salt (in hex) and words", ""),
    "words of no field": ({"words.moon": ["", ""]}, "words.moon: an event of type", ""),
    "a moment written otherwise": (
        {"recorded_at": "2031-05-01T12:00Z"},
        "recorded_at: ",
        "000000Z",
    ),
    "no moment": ({"data.published_at": "noon"}, "data.published_at: 'noon' is no time", ""),
    "no stream": ({"stream": " "}, "stream: ' ' is no name", ""),
}


@pytest.mark.parametrize("new", [True, False], ids=["into a new log", "into one in use"])
@pytest.mark.parametrize("case", BAD)
def test_a_bad_line_is_told_and_what_precedes_it_is_whole(
    case: str, tmp_path: Path, *, new: bool
) -> None:
    """A new log is not made; one in use has the lines before it, and goes on when it is mended."""
    change, what, remedy = BAD[case]
    old, path = tmp_path / "old.db", tmp_path / "new.db"
    write_log(old, opened(), figure(12), figure(14))
    lines = export_of(old).splitlines(keepends=True)
    if not new:
        write_log(path, figure(99, report="own"))
    bad = change if isinstance(change, bytes) else changed(lines[2], change)
    with pytest.raises(BadLine) as raised:
        imported(path, b"".join([*lines[:2], bad + b"\n"]))
    assert str(raised.value).startswith("figures, line 3: ")
    assert what in str(raised.value)
    assert remedy in str(raised.value)
    if new:
        assert "no log made" in str(raised.value)
        assert [each.name for each in tmp_path.iterdir() if "new" in each.name] == []
    else:
        assert "the 2 events before it are stored" in str(raised.value)
        assert imported(path, b"".join(lines)) == Brought(1, 2)


def changed(line: bytes, change: object) -> bytes:
    """The line with other values at these paths; `...` takes one away."""
    assert isinstance(change, dict)
    document = orjson.loads(line)
    for path, value in change.items():
        *above, last = path.split(".")
        at = document
        for each in above:
            at = at[each]
        if value is ...:
            del at[last]
        else:
            at[int(last) if isinstance(at, list) else last] = value
    return orjson.dumps(document)
