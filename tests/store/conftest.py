"""The log under test, once for every backend."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from backends import ALONE, SHARED, Backend
from tracker.store.base import Log


@pytest.fixture(params=[*SHARED, *ALONE])
def log(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Log]:
    kind = request.param
    made = SHARED[kind].write(tmp_path) if kind in SHARED else ALONE[kind](tmp_path)
    yield made
    made.close()


@pytest.fixture(params=SHARED)
def backend(request: pytest.FixtureRequest) -> Backend:
    return SHARED[request.param]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """Where a test's log in a file is, once the test has made it."""
    return tmp_path / "events.db"
