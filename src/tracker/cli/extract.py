"""`tracker extract`."""

import json
import re
import shutil
import sys
from collections.abc import Iterator, Sequence
from typing import IO, Any, Final

import click

from tracker.cli.shown import harmless, one_line, print_jsonl, unread
from tracker.errors import UsageError
from tracker.figures import extract_figures
from tracker.figures.languages import lexicon_of
from tracker.intake import Figure
from tracker.model import MOST_PEOPLE, Role
from tracker.projections.wording import phrase
from tracker.sources.language import language_of

COUNTING: Final = (Role.CURRENT, Role.COMPONENT)
"""The roles that state how things stand: shown first, and bold on a terminal."""
CLAUSE: Final = 100
"""As many characters around a number are shown, or as the terminal has room for."""
ROOM: Final = 60
"""With less than this left beside the columns, they are shown on a line below."""


@click.command("extract")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@click.option("--language", default="", metavar="L", help="Its language.  [default: by its words]")
@click.option("--jsonl", is_flag=True, help="Read and write one JSON object a line.")
@click.option("--why", is_flag=True, help="Show the rule that gave each role.")
def command(file: IO[str], language: str, *, jsonl: bool, why: bool) -> None:
    """The figures of a text (FILE, or - for standard input), each in the words it came from.

    What counts comes first, then earlier numbers, parts, other events and the like.

    With --jsonl each line is an object with id and text, and perhaps language; each answer has
    the id, the language that was read, and the figures with their places in the text.
    """
    if jsonl:
        for number, written in enumerate(file, 1):
            if written.strip():
                print_jsonl(_answer(number, written, language))
        return
    text = file.read()
    told = language_of(text, setting=language)
    if lexicon_of(told) is None:
        click.echo(one_line(unread([told], "--language")), err=True)
        return
    if not language:
        click.echo(f"read as {told}, by its words (else: --language)", err=True)
    figures = extract_figures(text, told)
    if not figures:
        click.echo(
            f"no figure of people was read in this text (none is larger than {MOST_PEOPLE:,})",
            err=True,
        )
    for line in figure_lines(text, figures, why=why):
        click.echo(line)


def figure_lines(
    text: str, figures: Sequence[Figure], *, why: bool = False, indent: int = 0
) -> Iterator[str]:
    """A line for each figure: role, measure, number, scope, issuer, and the words around it.

    What counts comes first. Where the terminal, less the indent, is narrow, the words are on a
    line below.
    """
    figures = sorted(figures, key=lambda each: each.role not in COUNTING)
    rows = [
        (
            each.role.value + (f" ({each.why})" if why else ""),
            each.measure.value,
            phrase(each.low, each.high, each.qualifier, each.word),
            one_line(each.scope or ""),
            one_line(each.issuer or ""),
        )
        for each in figures
    ]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    room, below = CLAUSE, False
    if sys.stdout.isatty():
        screen = shutil.get_terminal_size().columns - indent
        beside = screen - sum(width + 2 for width in widths if width)
        below = beside < ROOM
        room = min(CLAUSE, screen - 4 if below else beside)
    for figure, row in zip(figures, rows, strict=True):
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True) if width]
        head = "  ".join(cells)
        before, number, after = _clause(text, figure, room)
        yield (
            click.style(head.rstrip() if below else head, bold=figure.role in COUNTING or None)
            + ("\n    " if below else "  ")
            + f"{before}{click.style(f'[{number}]', bold=True)}{after}"
        )


def _clause(text: str, figure: Figure, width: int) -> tuple[str, str, str]:
    """The words before the number, the number's own and those after it, cut to the width."""
    first = max(0, text.rfind(figure.quote, 0, figure.start + len(figure.quote)))
    before = _flat(text[first : figure.start])
    number = _flat(text[figure.start : figure.end])
    after = _flat(text[figure.end : max(figure.end, first + len(figure.quote))])
    spare = max(0, width - len(number) - 2)
    left = max(spare // 2, spare - len(after))
    right = spare - min(left, len(before))
    if len(before) > left:
        before = "…" + before[len(before) - left + 1 :].partition(" ")[2]
    if len(after) > right:
        after = after[: max(0, right - 1)].rpartition(" ")[0] + "…"
    return before, number, after


def _flat(text: str) -> str:
    return re.sub(r"\s+", " ", harmless(text))


def _answer(number: int, written: str, language: str) -> dict[str, Any]:
    try:
        asked = json.loads(written)
        text, name = str(asked["text"]), asked["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"line {number}: no JSON object with id and text ({type(error).__name__})"
        ) from error
    told = language_of(text, setting=str(asked.get("language") or language))
    figures = extract_figures(text, told)
    return {
        "id": name,
        "language": told or None,
        "figures": [figure_document(each) for each in figures],
    }


def figure_document(figure: Figure) -> dict[str, Any]:
    """A figure as JSON gives it."""
    return {
        "measure": figure.measure,
        "low": figure.low,
        "high": figure.high,
        "qualifier": figure.qualifier,
        "role": figure.role,
        "start": figure.start,
        "end": figure.end,
        "attribution": figure.issuer,
        "scope": figure.scope,
        "places": figure.places,
    }
