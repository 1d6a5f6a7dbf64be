"""`tracker extract`."""

import json
from typing import IO, Any

import click

from tracker.cli.show import harmless, one_line, print_jsonl, print_table
from tracker.errors import UsageError
from tracker.figures import extract_figures
from tracker.figures.languages import LANGUAGES
from tracker.model import MOST_PEOPLE, Figure
from tracker.projections.statement import phrase


@click.command("extract")
@click.argument("file", type=click.File(encoding="utf-8", errors="replace"), default="-")
@click.option("--language", default="en", show_default=True, help="The text's language.")
@click.option("--jsonl", is_flag=True, help="Read and write one JSON object a line.")
@click.option("--why", is_flag=True, help="Show the rule that gave each role.")
def command(file: IO[str], language: str, *, jsonl: bool, why: bool) -> None:
    """The figures of a text (FILE, or - for standard input), with their places in it.

    With --jsonl each line is an object with id and text, and perhaps language; each answer has
    the id and the figures.
    """
    if jsonl:
        for number, written in enumerate(file, 1):
            if written.strip():
                print_jsonl(_answer(number, written, language))
        return
    text = file.read()
    figures = extract_figures(text, language)
    if not figures:
        click.echo(
            "no figure of people was read in this text (none is larger than "
            f"{MOST_PEOPLE:,}, and only these languages are read: {', '.join(LANGUAGES)})",
            err=True,
        )
    print_table(
        (
            f"{each.start}–{each.end}",
            each.measure.value,
            phrase(each.low, each.high, each.qualifier, each.word),
            each.role.value + (f" ({each.why})" if why else ""),
            one_line(each.issuer or ""),
            f"“{harmless(text[each.start : each.end])}”",
        )
        for each in figures
    )


def _answer(number: int, written: str, language: str) -> dict[str, Any]:
    try:
        asked = json.loads(written)
        text, name = str(asked["text"]), asked["id"]
    except (ValueError, KeyError, TypeError) as error:
        raise UsageError(
            f"line {number}: no JSON object with id and text ({type(error).__name__})"
        ) from error
    figures = extract_figures(text, str(asked.get("language") or language))
    return {"id": name, "figures": [_document(each) for each in figures]}


def _document(figure: Figure) -> dict[str, Any]:
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
    }
