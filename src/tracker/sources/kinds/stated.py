"""Numbers that a document states as data, to figures: nothing is read out of words here.

A number that is not there is one that nobody states, and never a zero.
"""

import re
from dataclasses import dataclass, replace
from typing import Final

from tracker.incidents.match import full_text
from tracker.intake import Figure, Report
from tracker.model import MOST_PEOPLE, Measure, Qualifier, Role
from tracker.sources.text import one_line

DIGITS: Final = re.compile(r"(?P<plain>\d+)(?:\.0{1,2})?")
GROUPED: Final = re.compile(r"\d{1,3}([.,'’٬ ])(?:\d{2,3}\1)*\d{3}")
"""9,770, 9.770, 9 770 (any blank), 9'770; groups of two but for the last are Indian."""


@dataclass(frozen=True, slots=True)
class Stated:
    """A number as a document has it."""

    measure: Measure
    field: str
    """Where it stands."""
    words: str
    """As it is written there."""
    number: int


def number_of_people(value: object) -> int | None:
    """The number that a value states; None where nobody says any (null, "").

    >>> number_of_people("9,770")
    9770

    Raises:
        ValueError: it states something else: a fraction, less than none, words.
    """
    match value:
        case None:
            return None
        case bool():
            pass
        case int() | float() if 0 <= value < MOST_PEOPLE and value == int(value):
            return int(value)
        case str():
            text = one_line(value)
            if not text:
                return None
            if found := DIGITS.fullmatch(text):
                return _bounded(found["plain"])
            if GROUPED.fullmatch(text):
                return _bounded("".join(sign for sign in text if sign.isdecimal()))
        case _:
            pass
    raise ValueError("no number of people")


def _bounded(digits: str) -> int:
    if len(digits) > 20 or (number := int(digits)) >= MOST_PEOPLE:
        raise ValueError("more people than could be alive")
    return number


def with_figures(report: Report, stated: list[Stated], issuer: str) -> Report:
    """The report, with each number as a paragraph of its text and as the figure in it."""
    figures = []
    for each in stated:
        line = f"{each.field}: {each.words}"
        report = replace(report, text=f"{report.text}\n\n{line}" if report.text else line)
        end = len(full_text(report))
        figures.append(
            Figure(
                measure=each.measure,
                low=each.number,
                high=each.number,
                qualifier=Qualifier.EXACT,
                role=Role.CURRENT,
                start=end - len(each.words),
                end=end,
                quote=line,
                issuer=issuer or None,
                why="stated as data",
            )
        )
    return replace(report, figures=tuple(figures))
