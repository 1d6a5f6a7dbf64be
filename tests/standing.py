"""How a source of a folder stands, as if its last poll had left it so."""

from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tracker.health import Poll
from tracker.store.base import Kept
from tracker.store.writer import open_writer


def stand(folder: Path, source: str = "wire", **changes: Any) -> None:
    """Keep a poll of this moment; any field of it can be given by name."""
    url = str(folder / "sources" / f"{source}.json")
    poll: dict[str, Any] = {"source": source, "polled_at": datetime.now(UTC), "url": url}
    with closing(open_writer(folder / "events.db")) as log:
        log.keep([Kept(poll=Poll(**(poll | changes)))])
