"""Logs and files for tests of moving data, and facts as odd as they come."""

from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

from hypothesis import strategies as st

from builders import NOON, figure, opened, set_aside, withdrawn
from tracker.events import INBOX, Fact, FigureReported, incident_stream
from tracker.model import MOST_PEOPLE, Measure, Move, Qualifier, Rank, Role
from tracker.moving.bring import Brought, bring
from tracker.moving.figures import FigureReader, opening_of
from tracker.moving.lines import Contents, Lines
from tracker.moving.whole import line_of
from tracker.store.base import Append, LogReader
from tracker.store.batch import salts
from tracker.store.sqlite import open_log
from tracker.store.writer import open_writer

FERRY = incident_stream("ferry-2031")
LATER = "2031-06-01T00:00:00.000000Z"
"""When files are imported in tests."""

ODD = (
    "'=1+1",
    "=1+1",
    "'",
    "''",
    "",
    "-",
    "@x",
    "\t=",
    "\r\n",
    'a"b,c;d\n\ne',
    "\x1b[31m",
    "\u202eevil",
)
"""Words that a spreadsheet, a terminal or a line-by-line reader would take amiss."""

EARLIEST = datetime(1990, 1, 1, tzinfo=UTC)

words = st.one_of(
    st.none(), st.sampled_from(ODD), st.text(st.characters(codec="utf-8"), max_size=30)
)
names = st.text(st.characters(codec="utf-8"), min_size=1, max_size=8).filter(str.strip)
moments = st.integers(0, 10**15).map(lambda each: EARLIEST + timedelta(microseconds=each))
people = st.integers(0, MOST_PEOPLE)


@st.composite
def numbers(draw: st.DrawFn) -> dict[str, Any]:
    """Bounds and qualifier as a text can have them."""
    low, more = draw(people), draw(st.integers(0, 50))
    qualifier = draw(st.sampled_from(Qualifier))
    bounds: dict[str, Any] = {"low": low, "high": None}
    if qualifier in (Qualifier.EXACT, Qualifier.ABOUT):
        bounds = {"low": low, "high": low}
    elif qualifier is Qualifier.RANGE:
        bounds = {"low": max(0, low - more), "high": low}
    elif qualifier in (Qualifier.NEARLY, Qualifier.UP_TO, Qualifier.UNDER):
        bounds = {"low": None, "high": low}
    elif qualifier is Qualifier.VAGUE:
        bounds = {"low": None, "high": None, "word": draw(names)}
    return bounds | {"qualifier": qualifier}


@st.composite
def figures(draw: st.DrawFn) -> FigureReported:
    """A figure with odd words in every field that may have them."""
    return figure(
        **draw(numbers()),
        source=draw(names),
        source_name=draw(st.sampled_from(ODD)),
        source_rank=draw(st.sampled_from(Rank)),
        report=draw(st.one_of(names, st.sampled_from(ODD))),
        version=draw(st.integers(1, 9)),
        published_at=draw(moments),
        observed_at=draw(moments),
        stated_date=draw(st.sampled_from(ODD)),
        url=draw(st.sampled_from(ODD)),
        language=draw(st.sampled_from(("", "en", "=x"))),
        reading=draw(st.integers(0, 9)),
        measure=draw(st.sampled_from(Measure)),
        role=draw(st.sampled_from(Role)),
        scope=draw(st.one_of(st.none(), names)),
        move=draw(st.one_of(st.none(), st.sampled_from(Move))),
        place=draw(st.integers(0, 9999)),
        occurrence=draw(st.integers(0, 3)),
        replaces=draw(
            st.lists(st.from_regex(r"[0-9a-f]{20}", fullmatch=True), max_size=2).map(tuple)
        ),
        issuer_id=draw(st.one_of(st.none(), names)),
        issuer_rank=draw(st.one_of(st.none(), st.sampled_from(Rank))),
        title=draw(words),
        quote=draw(words),
        issuer=draw(words),
        text=draw(words),
    )


def many(count: int, incidents: int = 5) -> Iterable[dict[str, Any]]:
    """Figures as JSON objects, for lines of a file."""
    for number in range(count):
        moment = NOON + timedelta(minutes=number)
        yield {
            "incident": f"accident-{number % incidents}",
            "source": f"source-{number % 3}",
            "report": f"report-{number}",
            "published_at": moment.isoformat(),
            "measure": "killed",
            "low": number,
            "high": number,
            "qualifier": "exact",
            "quote": f"The accident killed {number} people, the harbour office said.",
        }


def write_log(path: Path, *facts: Fact, stream: str = FERRY) -> None:
    """Append the facts one by one, each recorded a minute after the one before."""
    with closing(open_writer(path)) as log:
        for number, fact in enumerate(facts):
            recorded_at = NOON + timedelta(minutes=number)
            log.append([Append(stream, None, (fact,))], recorded_at=recorded_at)


def write_lively_log(path: Path) -> None:
    """A log with several streams and types of events."""
    first, second = figure(12), figure(14, quote="'=odd\n", text=None, title="")
    write_log(path, opened(), first, second, withdrawn(first))
    write_log(path, set_aside(), stream=INBOX)
    write_log(path, figure(3, report="barge", issuer="police"), stream=incident_stream("barge"))


def exported(log: LogReader, stream: str | None = None) -> bytes:
    return b"".join(line_of(*row) for row in log.stored(stream))


def export_of(path: Path, stream: str | None = None) -> bytes:
    with closing(open_log(path)) as log:
        return exported(log, stream)


def imported(path: Path, file: bytes, recorded_at: str = LATER) -> Brought:
    """Import a file of these bytes into the log at this path."""
    reader = FigureReader(recorded_at=recorded_at, reading=2, opening=opening_of, salts=salts())
    contents = Contents("figures", Lines(BytesIO(file), lambda _: None), reader)
    return bring(str(path), contents, recorded_at, lambda _: ())
