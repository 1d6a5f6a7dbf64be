"""`tracker estimate`: the best figure, its bounds and what it rests on."""

import json
from pathlib import Path
from typing import Any

import pytest

from command import done


def estimate(folder: Path, incident: str, *args: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done("estimate", incident, "--json", *args, cwd=folder))
    return found


def test_the_keys_of_an_estimate_are_a_contract(newsroom: Path) -> None:
    found = estimate(newsroom, "lorn-ferry")
    (basis,) = found.pop("basis")
    assert found == {
        "incident": "lorn-ferry",
        "measure": "killed",
        "best": 14,
        "low": 14,
        "high": 14,
        "phrase": "14",
        "qualifier": "exact",
        "status": "reported",
        "since": "2024-05-06T09:00:00.000000Z",
    }
    assert f" {basis} " in done("events", cwd=newsroom)


def test_for_people_it_is_the_figure_and_the_words_behind_it(newsroom: Path) -> None:
    lines = done("estimate", "lorn-ferry", cwd=newsroom).splitlines()
    assert lines[0] == "lorn-ferry, killed: 14 (14), reported since 2024-05-06 09:00Z"
    assert "wire / the coast guard" in lines[1]
    assert "has risen to 14, up from 11" in lines[1]


def test_the_bounds_are_folded_and_the_words_are_kept(newsroom: Path) -> None:
    found = estimate(newsroom, "lorn-ferry", "--as-of", "2024-05-04T20:00Z")
    wanted = {"phrase": "at least 12", "best": 12, "low": 12, "high": None, "qualifier": "at_least"}
    assert {key: found[key] for key in wanted} == wanted


@pytest.mark.parametrize(
    ("incident", "flags"),
    [
        ("quiet-tunnel", ()),
        ("lorn-ferry", ("--measure", "missing")),
        ("lorn-ferry", ("--as-of", "2024-05-04T17:59Z")),
        ("lorn-ferry", ("--known-at", "2024-05-08")),
    ],
)
def test_no_figure_yet_is_null_and_never_zero(
    newsroom: Path, incident: str, flags: tuple[str, ...]
) -> None:
    """And no failure: the command ends with 0."""
    found = estimate(newsroom, incident, *flags)
    assert found.pop("incident") == incident
    assert found.pop("measure") in ("killed", "missing")
    assert found.pop("basis") == []
    assert found == dict.fromkeys(("best", "low", "high", "phrase", "qualifier", "status", "since"))
    said = done("estimate", incident, *flags, cwd=newsroom)
    assert said.startswith(f"{incident}: nobody has stated a figure for ")


def test_a_policy_is_chosen_by_name(newsroom: Path) -> None:
    assert estimate(newsroom, "lorn-ferry", "--policy", "lowest")["best"] == 11
