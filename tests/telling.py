"""News by hand: a report that moves an estimate, and the alerts that it makes due."""

import json
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from command import done, run
from folder import SECRET_ENV
from tracker.store.base import Settled
from tracker.store.writer import open_writer


def tell(folder: Path, killed: int, env: Mapping[str, str] = SECRET_ENV) -> None:
    """File a report about the ferry (`folder.write_ferry`); receivers are posted to at once."""
    text = f"The death toll of the ferry accident has risen to {killed}, the coast guard said."
    filed = run("report", "ferry", "--text", text, "--source", "wire", cwd=folder, env=env)
    assert filed.returncode == 0, filed.stderr


def outbox(folder: Path, *args: str) -> list[dict[str, Any]]:
    """The alerts of the outbox, the newest first."""
    found: list[dict[str, Any]] = json.loads(done("deliveries", "--json", *args, cwd=folder))
    return found


def give_up(folder: Path, endpoint: str = "desk") -> None:
    """Settle what waits for an endpoint as if its last attempt had failed just now."""
    now = datetime.now(UTC)
    with closing(open_writer(folder / "events.db")) as log:
        claimed = log.claim({endpoint: 100}, now=now + timedelta(days=2), until=now)
        settled = [
            Settled(
                delivery=each,
                outcome="given up",
                at=now,
                took=timedelta(seconds=1),
                answer="500 Internal Server Error",
                status=500,
            )
            for each in claimed[endpoint].deliveries
        ]
        assert settled
        log.settle(settled, now=now)
