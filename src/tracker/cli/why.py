"""`tracker why`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import click

from tracker.cli.evidence import aside_row, figure_line, figure_row, incident_of, number
from tracker.cli.options import Paths, Times, asking
from tracker.cli.prospect import consequence
from tracker.cli.shown import (
    bounds,
    clock,
    document,
    estimate_row,
    one_line,
    print_json,
    print_table,
    quoted,
    row,
)
from tracker.decisions import Decision
from tracker.events import FigureWithdrawn
from tracker.model import Reason, utc_text
from tracker.projections.because import ROUTINE, why_set_aside
from tracker.projections.policies import STANDARD
from tracker.projections.why import why
from tracker.projections.wording import decided, earlier_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tracker.events import Event
    from tracker.model import Estimate, Measure
    from tracker.projections.evidence import Aside
    from tracker.projections.ledger import Entry
    from tracker.projections.why import Why

SHOWN: Final = 3
"""Lines of a rule whose figures somebody might hold against the estimate, and of those that confirm
it; of any other rule, one."""

STEPS: Final = (Reason.RAISED, Reason.LOWERED, Reason.NARROWED, Reason.CORRECTED)

PARTS: Final = {"stands": "", "confirms": "confirms it", "disputes": "the other side"}


@click.command("why")
@asking
@click.option("--scope", help="Of this part of the incident, as the texts name it.")
@click.option("--all", "everything", is_flag=True, help="Every figure, and no list shortened.")
@click.pass_obj
def command(
    paths: Paths,
    *,
    incident: str,
    measure: Measure,
    times: Times,
    policy: str,
    as_json: bool,
    scope: str | None,
    everything: bool,
) -> None:
    """Why the estimate is what it is, and what would change it.

    The move that made it, the figures that carry it, those set aside with the rule that did so,
    and what a further voice would do: each kind is put to the policy, and its answer told.
    """
    with paths.open_log() as log:
        name = paths.known_incident(log, incident)
        events = times.read(log, name)
    folded = times.fold(events)
    # Whoever speaks next speaks after the moment that is asked about.
    given = [each for each in (times.as_of, times.known_at) if each is not None]
    at = min(given, default=datetime.now(UTC))
    told = why(folded, name, measure, scope, policy=policy, at=at)
    if as_json:
        print_json(_document(told, times, policy))
        return
    _show_estimate(told, policy)
    was = earlier_readings(folded)
    _show_carriers(told, was, everything=everything)
    _show_decisions(told.decisions)
    _show_groups(told, was, everything=everything)
    _show_prospect(told)
    _show_scopes(told.scopes)


def _show_estimate(told: Why, policy: str) -> None:
    estimate = told.estimate
    what = f"{estimate.incident}, {estimate.measure}"
    what += f" ({estimate.scope})" if estimate.scope else ""
    what += f", policy {policy}" if policy != STANDARD else ""
    if estimate.phrase is None or estimate.since is None:
        _say(f"{what}: nobody has stated a figure that counts")
    else:
        _say(
            f"{what}: {estimate.phrase} ({bounds(estimate)}), {estimate.status} since "
            f"{clock(estimate.since)}"
        )
    made, was = told.made, told.before.phrase if told.before else None
    if made is not None:
        from_it = f" from {was}" if made.reason in STEPS else f", after {was}"
        _say(f"{made.reason}{from_it if was else ''}: {told.because}")
        if made.event_id not in {each.entry.event.id for each in told.carriers}:
            who = made.source + (f" / {made.issuer}" if made.issuer else "")
            _rows([(made.event_id, clock(made.published_at), who, quoted(made.quote))])
    if told.confirmed is not None:
        voice = told.confirmed.issuer or told.confirmed.source
        _say(f"confirmed {clock(told.confirmed.published_at)} by {voice}")


def _show_carriers(told: Why, was: Mapping[str, str], *, everything: bool) -> None:
    """All that stands; of those that confirm it a few, if not all are wanted."""
    confirming = [each for each in told.carriers if each.part == "confirms"]
    shown = confirming if everything else confirming[:SHOWN]
    standing = [each for each in told.carriers if each.part != "confirms"]
    home = told.estimate.incident
    _table(
        "it rests on",
        (_line(each.entry, PARTS[each.part], was, home) for each in (*standing, *shown)),
    )
    if len(shown) < len(confirming):
        left = len(confirming) - len(shown)
        click.echo(f"  … and {left:,} more that confirm it; every one with --all")


def _line(entry: Entry, note: str, was: Mapping[str, str], home: str) -> tuple[str, ...]:
    """A figure, what is to be noted of it, and where it was filed, if not to `home`."""
    filed = incident_of(entry.event)
    notes = [note, f"filed to {filed}" if filed != home else ""]
    beside = "; ".join(filter(None, notes))
    return figure_line(entry, was=was.get(entry.event.id, ""), beside=beside)


def _show_decisions(decisions: Iterable[Event]) -> None:
    _table("an operator decided", (_decision(each) for each in decisions))


def _decision(event: Event) -> tuple[str, ...]:
    fact = event.fact
    says = decided(fact) if isinstance(fact, Decision) else ""
    if isinstance(fact, FigureWithdrawn):
        says = f"{fact.figure}: {fact.reason}"
    return event.id, clock(fact.effective_at), fact.TYPE, says


def _show_groups(told: Why, was: Mapping[str, str], *, everything: bool) -> None:
    if told.groups:
        click.echo("set aside")
    left = 0
    for group in told.groups:
        _say(f"  {group.rule} ({len(group.figures):,}): {group.because}")
        most = 1 if group.rule in ROUTINE else SHOWN
        shown = [[each] for each in group.figures] if everything else _alike(group.figures)[:most]
        left += len(group.figures) - sum(map(len, shown))
        _rows(_aside(each, was, told.estimate.incident) for each in shown)
    if left:
        click.echo(f"  … and {left:,} more like these; every one with --all")


def _alike(figures: Iterable[Aside]) -> list[list[Aside]]:
    """Those with the same figure and the same note together, in the order of the first."""
    found: dict[tuple[str, str], list[Aside]] = {}
    for each in figures:
        found.setdefault((number(each.entry.figure), each.note), []).append(each)
    return [*found.values()]


def _aside(alike: Sequence[Aside], was: Mapping[str, str], home: str) -> tuple[str, ...]:
    """A line for figures that are alike: the newest, and how many there are."""
    name, figure, *rest = _line(alike[0].entry, alike[0].note, was, home)
    return name, figure + (f" ×{len(alike):,}" if len(alike) > 1 else ""), *rest


def _show_prospect(told: Why) -> None:
    if told.prospect.shut:
        _say(f"nothing said from now on would change it: {why_set_aside(told.prospect.shut)}")
    elif told.prospect.would:
        click.echo("what would change it")
        for each in told.prospect.would:
            _say(f"  {consequence(each, told)}")
    else:
        click.echo("no further voice alone would change it")


def _show_scopes(scopes: Sequence[Estimate]) -> None:
    if scopes:
        named = ", ".join(f"{each.scope or 'the whole incident'}: {each.phrase}" for each in scopes)
        _say(f"other scopes (--scope NAME) – {named}")


def _document(told: Why, times: Times, policy: str) -> dict[str, Any]:
    """All of it, no list shortened."""
    estimate, made = told.estimate, told.made
    return {
        **estimate_row(estimate),
        "scope": estimate.scope,
        "policy": policy,
        "as_of": utc_text(times.as_of) if times.as_of else None,
        "known_at": utc_text(times.known_at) if times.known_at else None,
        "made": row(made) | {"because": told.because} if made else None,
        "before": estimate_row(told.before) if told.before else None,
        "confirmed": row(told.confirmed) if told.confirmed else None,
        "rests_on": [{"part": each.part} | figure_row(each.entry) for each in told.carriers],
        "set_aside": [aside_row(each) for group in told.groups for each in group.figures],
        "decisions": [document(each) for each in told.decisions],
        "would_change": [
            {
                "voices": [rank.label for rank in each.ranks],
                "says": each.says,
                "number": each.number,
                "since": utc_text(each.since) if each.since else None,
                "reason": each.reason,
                "phrase": each.phrase,
                "status": each.status,
                "text": consequence(each, told),
            }
            for each in told.prospect.would
        ],
        "shut": told.prospect.shut or None,
        "scopes": [estimate_row(each) | {"scope": each.scope} for each in told.scopes],
    }


def _table(heading: str, rows: Iterable[Sequence[str]]) -> None:
    lines = [*rows]
    if lines:
        click.echo(heading)
        _rows(lines)


def _rows(rows: Iterable[Sequence[str]]) -> None:
    print_table(("   ", *each) for each in rows)


def _say(text: str) -> None:
    indent = text[: len(text) - len(text.lstrip())]
    click.echo(indent + one_line(text))
