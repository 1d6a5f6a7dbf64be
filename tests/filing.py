"""Reports filed into a log by this process, on the way that a poll takes, beside a daemon."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from tracker.cli.newsroom import newsroom
from tracker.cli.options import Paths
from tracker.desk import Desk
from tracker.intake import Report, Source
from tracker.model import Rank
from tracker.pipeline import Filed, file_report
from tracker.store.base import Log
from tracker.store.writer import open_writer

WIRE = Source(
    id="wire",
    kind="feed",
    url="https://wire.example/feed",
    name="The Wire",
    rank=Rank.AGENCY,
    language="en",
)


class Filing:
    """A newsroom's log, open for writing."""

    def __init__(self, log: Log, desk: Desk) -> None:
        self.log, self._desk = log, desk
        self._filed = 0

    def file(self, incident: str, *said: str, age: timedelta = timedelta(0)) -> Filed:
        """File a report of these sentences, published so long ago."""
        self._filed += 1
        now = datetime.now(UTC)
        report = Report(
            source=WIRE.id,
            id=f"report-{self._filed}",
            title=f"News of the {incident} accident",
            text=" ".join(said),
            published=now - age,
        )
        return file_report(self._desk, WIRE, report, observed_at=now)


@contextmanager
def filing_into(folder: Path) -> Iterator[Filing]:
    """Of the newsroom in this folder, with its incidents and endpoints."""
    paths = Paths(str(folder / "events.db"), str(folder / "sources"), str(folder / "tracker.toml"))
    room = newsroom(paths)
    with closing(open_writer(paths.db)) as log:
        desk = room.desk(log)
        with desk.thread:
            yield Filing(log, desk)
