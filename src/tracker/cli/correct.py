"""`tracker correct`."""

import click

from tracker.cli.deciding import carry_out, deciding, in_log
from tracker.cli.options import MeasureName, Paths, Words
from tracker.errors import UsageError
from tracker.model import MOST_PEOPLE, Measure, Qualifier
from tracker.rulings import Correction, Why, correct

HEDGES = {
    "exactly": Qualifier.EXACT,
    "at-least": Qualifier.AT_LEAST,
    "over": Qualifier.OVER,
    "about": Qualifier.ABOUT,
    "nearly": Qualifier.NEARLY,
}


@click.command("correct")
@click.argument("incident")
@click.option("--measure", type=MeasureName(), required=True, help="What is counted: killed …")
@click.option("--best", type=click.IntRange(0, MOST_PEOPLE), required=True, help="The number.")
@click.option(
    "--hedge",
    type=click.Choice([*HEDGES]),
    default="exactly",
    show_default=True,
    help="How sure it is.",
)
@click.option("--scope", type=Words(), metavar="WORDS", help="Of what.  [default: the whole]")
@deciding
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    best: int,
    hedge: str,
    scope: str | None,
    why: Why,
) -> None:
    """Set the best figure by hand, where no report states it.

    It stands until a newer report moves from it, or an official states another.
    """
    if scope is not None and not scope.strip():
        raise UsageError("--scope is empty: leave it out for the whole incident")
    qualifier = HEDGES[hedge]
    open_ended = qualifier in (Qualifier.AT_LEAST, Qualifier.OVER)
    correction = Correction(
        measure=measure,
        low=None if qualifier is Qualifier.NEARLY else best,
        high=None if open_ended else best,
        qualifier=qualifier,
        scope=scope,
    )
    carry_out(
        paths,
        lambda desk: correct(desk, in_log(desk.log, incident), correction, why),
        done="corrected",
        known="the log says so already",
    )
