"""`tracker open`."""

import asyncio
import re
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import click

from tracker.cli.inbox import said
from tracker.cli.newsroom import Newsroom, complain, found_line, newsroom, open_wire, stored
from tracker.cli.options import Paths, Words
from tracker.cli.shown import clock, harmless, one_line, print_table
from tracker.errors import TrackerError, UnknownName, UsageError
from tracker.events import INBOX
from tracker.incidents.groups import groups
from tracker.incidents.match import in_time, recognised
from tracker.incidents.named import GROUP, reports_named
from tracker.incidents.refile import as_served, refiling, report_of
from tracker.incidents.suggest import held, suggestion
from tracker.intake import Incident
from tracker.pipeline import refile, send_due
from tracker.projections.inbox import UNCLAIMED, Aside, inbox
from tracker.projections.ledger import Ledger
from tracker.rounds import post_due
from tracker.sources.config import INCIDENTS, NAME
from tracker.sources.incidents_file import add_incident, table_of, taken
from tracker.store.writer import open_writer


class Day(click.ParamType[date]):
    """A day: 2031-05-01."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"{value!r} is no date: write it like 2031-05-01", param, ctx)


@dataclass(frozen=True, slots=True)
class Given:
    """What the operator says of the new incident; the rest is as its reports suggest."""

    id: str | None
    title: str | None
    began: date | None
    place: str | None
    any_of: tuple[str, ...]

    def check(self) -> None:
        """Raises `UsageError` for what holds no word."""
        words = (("--any", each) for each in self.any_of)
        for option, text in (("--id", self.id), ("--title", self.title), *words):
            if text is not None and not re.search(r"\w", text):
                raise UsageError(f"{option} {text!r} holds no word")
        if self.id is not None and not NAME.fullmatch(self.id):
            raise UsageError(f"--id {self.id!r}: an id holds letters, digits, '-', '_' and '.'")

    def over(self, suggested: Incident) -> Incident:
        return replace(
            suggested,
            id=self.id or suggested.id,
            title=self.title or suggested.title,
            began=self.began or suggested.began,
            place=suggested.place if self.place is None else self.place,
            any_of=self.any_of or suggested.any_of,
        )


@click.command("open")
@click.argument("group", nargs=-1, required=True)
@click.option("--into", type=Words(), metavar="ID", help="File into an incident that is there.")
@click.option("--id", "name", type=Words(), metavar="ID", help="The new incident's id.")
@click.option("--title", type=Words(), metavar="T", help="What people call it.")
@click.option("--date", "began", type=Day(), metavar="D", help="Its first day: 2031-05-01.")
@click.option("--place", type=Words(), metavar="P", help="From near to far, with commas.")
@click.option(
    "--any",
    "words",
    type=Words(),
    multiple=True,
    metavar="W",
    help="A word by which to recognise it; can be given more than once.",
)
@click.option("--dry-run", is_flag=True, help="Show what would be done; do nothing.")
@click.pass_context
def command(
    ctx: click.Context,
    group: tuple[str, ...],
    *,
    into: str | None,
    name: str | None,
    title: str | None,
    began: date | None,
    place: str | None,
    words: tuple[str, ...],
    dry_run: bool,
) -> None:
    """Make an incident of reports that were set aside, and file them with their own times.

    GROUP is a group of `tracker inbox`, or the id of an event there, or the beginning of it. What
    is not given is suggested by the reports. The incident is added to incidents.toml.
    """
    given = Given(name, title, began, place, words)
    if into is None:
        given.check()
    elif given != Given(None, None, None, None, ()):
        raise UsageError(
            "--into files into an incident as it is: leave out --id, --title, --date, --place "
            "and --any"
        )
    ctx.exit(asyncio.run(_open(ctx.obj, group, into, given, dry_run=dry_run)))


async def _open(
    paths: Paths, names: Sequence[str], into: str | None, given: Given, *, dry_run: bool
) -> int:
    with paths.open_log() as log:
        aside = inbox(log.read(INBOX))
    room = newsroom(paths)
    in_groups = any(each.startswith(GROUP) for each in names)
    found = groups(each for each in aside if each.kind == UNCLAIMED) if in_groups else ()
    meant = reports_named(names, found, aside)
    own = as_served(each for each in meant if each.incident is None)
    if not own:
        _say(f"nothing to file: it was filed to {_and(each.incident for each in meant)} before")
        return 0
    others = _others(aside, own, given)
    incident = _incident(room, own, others, into, given)
    able = [each for each in own if _can_be_filed(each, incident)]
    if not able:
        raise TrackerError("nothing is filed: `tracker report` files a report by hand")
    if into is None:
        click.echo(harmless(table_of(incident)))
        _judge(room, incident, own, others)
    if dry_run:
        print_table(map(_line, able))
        _say(f"{_some(len(able))} would be filed to {incident.id}; nothing is done")
        return int(len(able) < len(own))
    if into is None:
        add_incident(paths.sources, incident)
        _say(f"{incident.id} is in {paths.sources / INCIDENTS}")
    filed = await _file(paths, able, incident.id)
    return int(filed < len(own))


async def _file(paths: Paths, aside: Sequence[Aside], incident: str) -> int:
    """File the reports one by one, then send what is due. How many are filed."""
    room = newsroom(paths)
    filed, events = 0, 0
    with closing(open_writer(paths.db)) as log:
        desk = room.desk(log)
        for each in aside:
            done = await desk.run(refile, desk, each.event.id, incident)
            if done.why_not:
                _cannot(each, done.why_not)
                continue
            filed, events = filed + 1, events + len(done.events)
            for revision in done.revisions:
                click.echo(found_line(revision))
        _say(f"{_some(filed)} filed to {incident}, {stored(events)}")
        async with open_wire(room.settings) as wire:
            await desk.run(send_due, desk, backfills=True)
            await post_due(desk, wire)
    return filed


def _incident(
    room: Newsroom, own: Sequence[Aside], others: Sequence[Aside], into: str | None, given: Given
) -> Incident:
    """The incident that is there, or the new one: as it is given, else as the reports suggest."""
    configured = {each.id: each for each in room.incidents}
    if into is not None:
        if into not in configured:
            raise UnknownName("incident", into, configured)
        return configured[into]
    incident = given.over(suggestion(own, others, room.incidents))
    if incident.id in configured:
        raise UsageError(taken(incident.id, room.folder))
    if not incident.any_of and not incident.place:
        raise UsageError("these reports suggest no word to recognise it by: give one with --any")
    return incident


def _others(aside: Sequence[Aside], own: Sequence[Aside], given: Given) -> list[Aside]:
    """What else waits and is of a time at which the new incident could claim it."""
    ids = {each.event.id for each in own}
    began = given.began or min(each.fact.published_at for each in own).date()
    likely = Incident(id="", title="", began=began)
    return [
        each
        for each in aside
        if each.incident is None
        and each.event.id not in ids
        and in_time(likely, each.fact.published_at)
    ]


def _judge(
    room: Newsroom, incident: Incident, own: Sequence[Aside], others: Sequence[Aside]
) -> None:
    """Tell how well the words tell these reports from others, and what else would claim them."""
    words = incident.any_of or (incident.place,)
    these, those = held(words, own), held(words, others)
    _say(
        f"its words are in {these.holding} of {_some(these.of)}, and in {those.holding} of "
        f"{those.of} others that wait"
    )
    claiming = {
        other.id
        for each in own
        for other in recognised(report_of(each.fact), each.fact.published_at, room.incidents)
    }
    if claiming:
        complain(
            f"{_and(claiming)} would claim reports of these, too: file them there with --into, or "
            "give other words, or else later reports are ambiguous"
        )


def _can_be_filed(aside: Aside, incident: Incident) -> bool:
    why_not = refiling(Ledger(), incident, aside.fact).why_not
    if why_not:
        _cannot(aside, why_not)
    return not why_not


def _cannot(aside: Aside, why_not: str) -> None:
    complain(f"{aside.event.id} of {aside.fact.source} is not filed: {why_not}")


def _line(aside: Aside) -> tuple[str, ...]:
    fact = aside.fact
    return (
        aside.event.id,
        clock(fact.published_at),
        fact.source,
        said(fact.figures),
        fact.title or "",
    )


def _and(names: Iterable[str | None]) -> str:
    return " and ".join(sorted({each for each in names if each}))


def _some(reports: int) -> str:
    return f"{reports} report{'' if reports == 1 else 's'}"


def _say(text: str) -> None:
    click.echo(one_line(text), err=True)
