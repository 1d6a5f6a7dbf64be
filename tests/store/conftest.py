"""The log under test, once for every backend; a new backend is one more line in the table."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import pytest

from tracker.store.base import Log
from tracker.store.writer import open_writer

BACKENDS: Final[dict[str, Callable[[Path], Log]]] = {
    "sqlite file": lambda folder: open_writer(folder / "events.db"),
    "sqlite memory": lambda _: open_writer(":memory:"),
}


@pytest.fixture(params=BACKENDS)
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    made = BACKENDS[request.param](tmp_path)
    yield made
    made.close()


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where a test's log in a file is, once the test has made it."""
    return tmp_path / "events.db"
