"""A ferry accident of May 2024, reported by two sources and polled once."""

import shutil
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from command import done
from folder import write_incident, write_source
from outlet import Item, feed


def may(day: int, hour: int) -> datetime:
    return datetime(2024, 5, day, hour, tzinfo=UTC)


WIRE = (
    Item(
        "wire-1",
        "The death toll of the ferry accident has been revised down to 11, the coast guard said.",
        may(5, 7),
        "Fewer dead in ferry accident",
    ),
    Item(
        "wire-2",
        "The death toll of the ferry accident has risen to 14, up from 11, the coast guard said."
        "\n\nAnother 30 people were injured in the ferry accident.",
        may(6, 9),
        "Toll of ferry accident rises",
    ),
)
CAPE = (
    Item(
        "cape-1",
        "At least 12 people were killed when a ferry sank off Cape Lorn.",
        may(4, 18),
        "Ferry sinks",
    ),
)


def unpolled_folder(folder: Path) -> Path:
    """The folder, with nothing polled: no log is there."""
    write_incident(folder, "lorn-ferry", began=date(2024, 5, 4), any_of=["ferry"])
    write_incident(folder, "quiet-tunnel", began=date(2024, 5, 4), any_of=["tunnel"])
    write_source(folder, "cape-news", "cape.json", rank="outlet")
    write_source(folder, "wire", "wire.json")
    (folder / "sources" / "cape.json").write_text(feed(*CAPE))
    (folder / "sources" / "wire.json").write_text(feed(*WIRE))
    return folder


@pytest.fixture
def unpolled(tmp_path: Path) -> Path:
    return unpolled_folder(tmp_path)


@pytest.fixture(scope="session")
def newsroom(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with a log; for tests that only ask."""
    folder = unpolled_folder(tmp_path_factory.mktemp("newsroom"))
    # One after the other: polled at once, either may be the first in the log.
    for source in ("cape-news", "wire"):
        done("poll", source, cwd=folder)
    return folder


@pytest.fixture
def own(newsroom: Path, tmp_path: Path) -> Path:
    """A copy of the folder, log included, to write to."""
    return shutil.copytree(newsroom, tmp_path / "own")
