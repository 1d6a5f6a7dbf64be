"""`tracker inbox`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import click

from tracker.cli.options import Paths, Times, as_json, in_time
from tracker.cli.shown import clock, one_line, print_json, print_table
from tracker.events import INBOX
from tracker.model import utc_text
from tracker.projections.inbox import AMBIGUOUS, NOT_READ, UNCLAIMED, Aside, inbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from tracker.incidents.groups import Group

SHOWN: Final = 50
"""How many groups are shown without `--all`."""

FIGURES: Final = 3
"""How many figures of a report a line shows."""

REMOVED: Final = "[words removed]"


@click.command("inbox")
@click.argument("group", required=False)
@in_time
@click.option("--all", "everything", is_flag=True, help=f"More than the first {SHOWN}, too.")
@as_json
@click.pass_obj
def command(
    paths: Paths, group: str | None, *, times: Times, everything: bool, as_json: bool
) -> None:
    """The reports that no incident claimed, in groups that are likely about one incident.

    With the id of a group, or of one event, its reports and the words that are kept of them. Those
    between several incidents, and those in a language that is not read, are listed apart. `tracker
    open` files them.
    """
    with paths.open_log() as log:
        aside = inbox(log.read(INBOX, known_at=times.known_at), as_of=times.as_of)
    found = _groups(aside)
    if group is not None:
        _show(_named(group, found, aside), as_json=as_json)
        return
    waiting = [each for each in aside if each.incident is None]
    likely = sorted(
        (each for each in found if each.waiting), key=lambda each: _last(each.waiting), reverse=True
    )
    apart = {
        kind: [each for each in waiting if each.kind == kind] for kind in (AMBIGUOUS, NOT_READ)
    }
    shown = likely if everything else likely[:SHOWN]
    if as_json:
        print_json(
            {"groups": [_row(each) for each in shown]}
            | {kind: [_document(each) for each in own] for kind, own in apart.items()}
        )
    elif not waiting:
        click.echo("nothing waits in the inbox", err=True)
    else:
        tables = [[_line(each) for each in shown]]
        tables += [[_line_apart(each) for each in own] for own in apart.values()]
        for place, table in enumerate(filter(None, tables)):
            if place:
                click.echo()
            print_table(table)
    if len(likely) > len(shown):
        click.echo(f"{len(likely) - len(shown):,} more groups with --all", err=True)


def _groups(aside: Iterable[Aside]) -> tuple[Group, ...]:
    from tracker.incidents.groups import groups  # noqa: PLC0415 — an empty inbox needs no words

    unclaimed = [each for each in aside if each.kind == UNCLAIMED]
    return groups(unclaimed) if unclaimed else ()


def _named(name: str, found: Sequence[Group], aside: Sequence[Aside]) -> Sequence[Aside]:
    from tracker.incidents.named import reports_named  # noqa: PLC0415 — only where one is asked for

    return reports_named([name], found, aside)


def _last(aside: Sequence[Aside]) -> tuple[str, str]:
    return max((utc_text(each.fact.published_at), each.event.id) for each in aside)


def _row(group: Group) -> dict[str, Any]:
    from tracker.incidents.suggest import place_of, title_of  # noqa: PLC0415 — see `_groups`

    waiting = group.waiting
    facts = [each.fact for each in waiting]
    return {
        "group": group.id,
        "title": title_of(waiting),
        "place": place_of(waiting) or None,
        "first_at": utc_text(min(each.published_at for each in facts)),
        "last_at": utc_text(max(each.published_at for each in facts)),
        "reports": len({each.report for each in waiting}),
        "sources": sorted({each.source for each in facts}),
        "figures": list(dict.fromkeys(said for each in facts for said in each.figures)),
        "incidents": sorted({each.incident for each in group.aside if each.incident}),
        "events": [each.event.id for each in waiting],
    }


def _line(group: Group) -> tuple[str, ...]:
    row = _row(group)
    facts = [each.fact for each in group.waiting]
    first = min(each.published_at for each in facts)
    last = max(facts, key=lambda each: (each.published_at, each.observed_at))
    until = f" – {clock(last.published_at)}" if clock(last.published_at) != clock(first) else ""
    others = f", others in {', '.join(row['incidents'])}" if row["incidents"] else ""
    return (
        group.id,
        clock(first) + until,
        f"{_some(row['reports'], 'report')}, {_some(len(row['sources']), 'source')}{others}",
        said(last.figures[:FIGURES]),
        row["place"] or "–",
        row["title"],
    )


def _line_apart(aside: Aside) -> tuple[str, ...]:
    fact = aside.fact
    return (
        aside.event.id,
        clock(fact.published_at),
        fact.source,
        fact.why,
        said(fact.figures[:FIGURES]),
        REMOVED if fact.title is None else fact.title,
    )


def said(figures: Sequence[str]) -> str:
    """Figures that were set aside, in the words of their texts: "killed: at least 12"."""
    return "; ".join(": ".join(each.split(" ", 1)) for each in figures)


def _show(aside: Iterable[Aside], *, as_json: bool) -> None:
    """The reports whole, with the words that are kept of them."""
    ordered = sorted(aside, key=lambda each: (each.fact.published_at, each.event.position))
    if as_json:
        print_json([_document(each) | {"text": each.fact.text} for each in ordered])
        return
    for place, each in enumerate(ordered):
        fact = each.fact
        headline = REMOVED if fact.title is None else fact.title
        words = REMOVED if fact.text is None else fact.text
        filed = f"filed to {each.incident}" if each.incident else fact.why
        head = (each.event.id, clock(fact.published_at), fact.source, filed, headline)
        if place:
            click.echo()
        click.echo("  ".join(filter(None, map(one_line, head))))
        for part in (fact.url, said(fact.figures), *words.split("\n\n")):
            if part.strip():
                click.echo(f"    {one_line(part)}")


def _document(aside: Aside) -> dict[str, Any]:
    fact = aside.fact
    return {
        "event": aside.event.id,
        "source": fact.source,
        "report": fact.report,
        "published_at": utc_text(fact.published_at),
        "observed_at": utc_text(fact.observed_at),
        "url": fact.url,
        "language": fact.language,
        "why": fact.why,
        "incident": aside.incident,
        "figures": list(fact.figures),
        "title": fact.title,
    }


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"
