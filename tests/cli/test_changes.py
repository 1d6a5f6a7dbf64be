"""`tracker changes`: what moved since a moment, for whoever takes over the desk."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from command import done, run


@pytest.mark.parametrize("since", ["8h", "90m", "2d", "999999d", "2024-05-04"])
def test_every_move_of_every_incident_is_told_oldest_first(newsroom: Path, since: str) -> None:
    """Since when this log recorded it: the reports themselves are much older."""
    lines = done("changes", "--since", since, cwd=newsroom).splitlines()
    told = [" ".join(line.split("“")[0].split()) for line in lines]
    assert told == [
        "2024-05-04 18:00Z lorn-ferry killed at least 12 first cape-news",
        "2024-05-05 07:00Z lorn-ferry killed 11 −1 lowered wire / the coast guard",
        "2024-05-06 09:00Z lorn-ferry killed 14 +3 raised wire / the coast guard",
        "2024-05-06 09:00Z lorn-ferry injured 30 first wire",
    ]


def test_json_is_the_history_with_incident_and_measure_before_it(newsroom: Path) -> None:
    found = json.loads(done("changes", "--since", "8h", "--json", cwd=newsroom))
    history = json.loads(done("history", "lorn-ferry", "--json", cwd=newsroom))
    assert [row for row in found if row["measure"] == "killed"] == [
        {"incident": "lorn-ferry", "measure": "killed"} | row for row in history
    ]
    assert list(found[0])[:3] == ["incident", "measure", "position"]


def test_nothing_since_then_is_no_failure(newsroom: Path) -> None:
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    asked = run("changes", "--since", later, cwd=newsroom)
    assert (asked.returncode, asked.stdout) == (0, "")
    assert asked.stderr == "nothing has moved since then\n"
    assert done("changes", "--since", later, "--json", cwd=newsroom) == "[]\n"
