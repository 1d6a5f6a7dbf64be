"""The words for people: every test, role and reason that an estimate can give has a sentence."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tracker.model import Reason, Role
from tracker.projections import because, policies, standing, turns
from tracker.projections.because import (
    DISPUTED,
    MOVED,
    REASONS,
    ROUTINE,
    SET_ASIDE,
    weight,
    why_moved,
    why_set_aside,
)

POLICIES = sorted(Path(policies.__file__).parent.glob("*.py"))
TURNS = (turns.WITHDRAWN, turns.DENIED, turns.CLOSED, turns.ELSEWHERE)


def given(verdict: str, path: Path) -> set[str]:
    """Every text in the calls of `stopped` or `moved` of a module."""
    calls = (each for each in ast.walk(ast.parse(path.read_text("utf-8"))) if _calls(each, verdict))
    return {text for call in calls for text in _texts(call)}


def _calls(node: ast.AST, name: str) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name


def _texts(node: ast.AST) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_test_that_stops_a_statement_has_a_sentence(path: Path) -> None:
    assert given("stopped", path) <= SET_ASIDE.keys()


@pytest.mark.parametrize(
    "path", [*POLICIES, Path(standing.__file__)], ids=lambda path: Path(path).stem
)
def test_every_test_that_lets_a_statement_move_the_estimate_has_a_sentence(path: Path) -> None:
    returned = {
        text
        for each in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(each, ast.Return) and isinstance(each.value, ast.Constant)
        for text in _texts(each.value)
    }
    assert given("moved", path) | returned <= MOVED.keys()


def test_the_tests_of_the_policies_are_found() -> None:
    """The two tests above look at something."""
    stops = set().union(*(given("stopped", path) for path in POLICIES))
    assert {"stale", "outranked", "held", "repeated", "passed over"} <= stops
    assert "more" in given("moved", Path(policies.__file__).with_name("standard.py"))


def test_every_turn_role_and_reason_has_a_sentence() -> None:
    assert {*TURNS, *(role.value for role in Role)} <= SET_ASIDE.keys()
    assert {*REASONS} == {*Reason}


def test_no_sentence_is_of_a_test_that_is_none() -> None:
    stops = set().union(*(given("stopped", path) for path in POLICIES))
    own = {because.SUPERSEDED, because.STOOD_BEFORE, because.ANOTHER_SCOPE, because.READ_ANEW}
    assert SET_ASIDE.keys() == stops | own | {*TURNS} | {role.value for role in Role}


def test_a_sentence_goes_on_after_a_colon_and_ends_without_a_stop() -> None:
    for each in (*SET_ASIDE.values(), *MOVED.values(), *REASONS.values()):
        assert each[0].islower()
        assert each[-1].isalpha()


def test_what_has_no_sentence_yet_is_told_by_its_name() -> None:
    assert why_set_aside("not on a Sunday") == "not on a Sunday"
    assert why_moved(Reason.RAISED, "on a Sunday") == "on a Sunday"
    assert why_moved(Reason.RAISED) == "larger than what stood"


def test_what_may_be_held_against_the_estimate_comes_before_the_rest() -> None:
    """And a rule of which nothing is known between the two."""
    rules = ["part", "repeated", "not on a Sunday", "outranked", "withdrawn"]
    assert sorted(rules, key=weight) == [
        "withdrawn", "outranked", "not on a Sunday", "repeated", "part",
    ]  # fmt: skip
    assert not DISPUTED.keys() & ROUTINE.keys()
