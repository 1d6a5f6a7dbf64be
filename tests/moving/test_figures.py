"""Figures alone: what may be left out of a line, what it becomes, and what is refused."""

import json
from contextlib import closing
from dataclasses import fields
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings

from builders import figure
from moved import LATER, exported, figures, imported, many, write_log
from tracker.decoding import decode
from tracker.encoding import encode, event_id
from tracker.errors import BadLine
from tracker.events import FigureReported, IncidentOpened
from tracker.model import Measure, Qualifier, Rank, Role
from tracker.moving.bring import Brought
from tracker.moving.figures import COLUMNS, FigureReader, opening_of
from tracker.store.batch import salts
from tracker.store.sqlite import open_log

LEAST = {"incident": "ferry-2031", "source": "wire", "published_at": "2031-05-01T12:00Z"}
TOLL = {**LEAST, "measure": "killed", "low": 12}


def facts(path: Path, *lines: dict[str, Any]) -> list[FigureReported]:
    """What the figures of a file become in a new log."""
    imported(path / "new.db", b"".join(json.dumps(each).encode() + b"\n" for each in lines))
    with closing(open_log(path / "new.db")) as log:
        assert (log.verify(), log.verify_projections()) == (None, None)
        found = [each.fact for each in log.tail()]
    return [each for each in found if isinstance(each, FigureReported)]


def test_little_is_needed(tmp_path: Path) -> None:
    """The rest is what one would take it to be."""
    (fact,) = facts(tmp_path, TOLL)
    noon = datetime(2031, 5, 1, 12, tzinfo=UTC)
    assert fact == FigureReported(
        source="wire",
        source_name="wire",
        source_rank=Rank.OUTLET,
        report=fact.report,
        version=1,
        published_at=noon,
        observed_at=noon,
        reading=2,
        measure=Measure.KILLED,
        low=12,
        high=12,
        qualifier=Qualifier.EXACT,
        role=Role.CURRENT,
        place=0,
        occurrence=0,
    )
    assert fact.report.startswith("import:")


def test_an_incident_is_opened_by_its_first_figure(tmp_path: Path) -> None:
    """Only once, and before it; all of it is recorded when it was imported."""
    facts(tmp_path, TOLL, {**TOLL, "low": 14, "published_at": "2031-04-01T12:00+03:30"})
    with closing(open_log(tmp_path / "new.db")) as log:
        opened, *others = log.tail()
    assert isinstance(opened.fact, IncidentOpened)
    assert (opened.fact.title, opened.fact.began) == ("ferry-2031", date(2031, 5, 1))
    assert [each.fact.TYPE for each in others] == ["figure.reported"] * 2
    assert {each.recorded_at for each in (opened, *others)} == {datetime(2031, 6, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("given_", "read"),
    [
        ({"low": 12}, (12, 12, "exact")),
        ({"low": 12, "high": 12}, (12, 12, "exact")),
        ({"low": 12, "high": None, "qualifier": None}, (12, 12, "exact")),
        ({"low": 12, "high": 20}, (12, 20, "range")),
        ({"high": 20}, (None, 20, "up_to")),
        ({"word": "dozens"}, (None, None, "vague")),
        ({"low": 12, "qualifier": "at_least"}, (12, None, "at_least")),
        ({"low": 12, "qualifier": "about"}, (12, 12, "about")),
        ({"high": 12, "qualifier": "nearly"}, (None, 12, "nearly")),
        ({"low": 0}, (0, 0, "exact")),
    ],
)
def test_bounds_and_qualifier_follow_from_each_other(
    tmp_path: Path, given_: dict[str, Any], read: tuple[Any, ...]
) -> None:
    (fact,) = facts(tmp_path, {**LEAST, "measure": "killed", **given_})
    assert (fact.low, fact.high, fact.qualifier.value) == read


def test_a_date_alone_is_the_end_of_that_day(tmp_path: Path) -> None:
    (fact,) = facts(tmp_path, {**TOLL, "published_at": "2031-05-01"})
    assert fact.published_at == datetime(2031, 5, 1, 23, 59, 59, 999999, UTC)


def test_figures_of_one_item_are_of_one_report(tmp_path: Path) -> None:
    """Same incident, source, time, address and headline; what differs in one is another item."""
    one, injured, other = facts(
        tmp_path, TOLL, {**TOLL, "measure": "injured"}, {**TOLL, "title": "Another"}
    )
    assert one.report == injured.report != other.report


@settings(max_examples=200, deadline=None)
@given(figures())
def test_a_line_becomes_what_the_fact_would_be_written_as(fact: FigureReported) -> None:
    """By whichever way it is read: id, fields and their order."""
    data, said = encode(fact)
    reader = FigureReader(recorded_at=LATER, reading=2, opening=opening_of, salts=salts())
    line = json.loads(json.dumps({"incident": "ferry-2031", **data, **said}))
    shuffled = dict(sorted(line.items()))
    for each in (line, shuffled, line):
        event = reader.events_of(each)[-1]
        assert event.id == event_id(fact)
        words = {field: spoken for field, (_, spoken) in event.words.items()}
        assert words == said
        own = {key: value for key, value in event.data.items() if key not in words}
        assert orjson.dumps(own) == orjson.dumps(data)
        assert decode("figure.reported", dict(event.data), words) == fact


def test_an_import_again_adds_nothing(tmp_path: Path) -> None:
    """Into a log in use as into a new one; what differs is added."""
    file = b"".join(json.dumps(each).encode() + b"\n" for each in many(20))
    more = b"".join(json.dumps(each).encode() + b"\n" for each in many(22))
    assert imported(tmp_path / "new.db", file) == Brought(25, 0)
    assert imported(tmp_path / "new.db", file) == Brought(0, 25)
    assert imported(tmp_path / "new.db", file * 2) == Brought(0, 45)
    assert imported(tmp_path / "new.db", more) == Brought(2, 25)
    write_log(tmp_path / "own.db", figure(3))
    assert imported(tmp_path / "own.db", file) == Brought(25, 0)
    with closing(open_log(tmp_path / "own.db")) as log:
        assert (log.verify(), log.verify_projections()) == (None, None)


def test_a_strange_file_may_have_a_mark_and_blank_lines(tmp_path: Path) -> None:
    line = b"\xef\xbb\xbf" + json.dumps(TOLL).encode() + b"\r\n\r\n\n"
    assert imported(tmp_path / "new.db", line) == Brought(2, 0)


def test_an_empty_file_makes_an_empty_log(tmp_path: Path) -> None:
    """As the export of an empty log is one."""
    assert imported(tmp_path / "new.db", b"") == Brought(0, 0)
    with closing(open_log(tmp_path / "new.db")) as log:
        assert (exported(log), log.verify()) == (b"", None)


BAD = [
    (
        {"measure": None},
        "measure is missing: a figure needs incident, source, published_at, measure",
    ),
    ({"measure": "kiled"}, "measure: unknown value 'kiled' (did you mean 'killed'?)"),
    ({"source_rank": "offical"}, "(did you mean 'official'?)"),
    ({"role": "curent"}, "(did you mean 'current'?)"),
    ({"sorce": "x"}, "no field 'sorce' (did you mean 'source'?)"),
    ({"published_at": "2031-05-01T12:00"}, "published_at: '2031-05-01T12:00' has no zone: add Z"),
    ({"published_at": "yesterday"}, "published_at: 'yesterday' is no time: write it like 2031-"),
    ({"published_at": "2031-02-30"}, "published_at: '2031-02-30' is no time"),
    ({"published_at": 1936792800}, "published_at: 1936792800 is no time"),
    ({"low": -1}, "low: -1 is no whole number from 0 to 10,000,000,000"),
    ({"low": 10**10 + 1}, "low: 10000000001 is no whole number"),
    ({"low": 12.5}, "low: 12.5 is no whole number"),
    ({"low": "12"}, "low: '12' is no whole number"),
    ({"low": True}, "low: True is no whole number"),
    ({"low": 12, "high": 5}, "low (12) is above high (5): exchange them"),
    ({"low": 12, "high": 15, "qualifier": "exact"}, "differ: the qualifier is then range"),
    ({"low": None}, "low and high are missing: a figure needs a number, or a vague word"),
    ({"qualifier": "nearly"}, "high is missing: the qualifier nearly needs it"),
    ({"qualifier": "vague"}, "word is missing: the qualifier vague needs it"),
    ({"incident": "a b/c"}, "incident: 'a b/c' may hold letters, digits, '-', '_', '.' only"),
    ({"incident": ""}, "incident: '' is no name"),
    ({"source": " "}, "source: ' ' is no name"),
    ({"quote": 5}, "quote: 5 is no text"),
    ({"replaces": "x"}, "replaces: 'x' is no list of texts"),
    ({"version": 1.5}, "version: 1.5 is no whole number"),
]


@pytest.mark.parametrize(("change", "what"), BAD)
def test_a_wrong_figure_is_told_in_one_line(
    tmp_path: Path, change: dict[str, Any], what: str
) -> None:
    """Whether all is given, and it is read fast, or little is."""
    full = {**TOLL, "report": "r", "high": 12, "qualifier": "exact"}
    for start in (TOLL, full):
        wrong = {key: value for key, value in (start | change).items() if value is not None}
        if start is full and {"low", "high", "qualifier"} & {*change}:
            continue
        with pytest.raises(BadLine) as raised:
            facts(tmp_path, {**TOLL, "low": 1}, wrong)
        assert str(raised.value).startswith("figures, line 2: ")
        assert what in str(raised.value)
        assert "\n" not in str(raised.value)
        assert list(tmp_path.iterdir()) == []


def test_every_column_is_a_field() -> None:
    """An export leaves out nothing that a figure has."""
    assert {*COLUMNS} == {"incident", "event", *(each.name for each in fields(FigureReported))}
