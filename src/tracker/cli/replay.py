"""`tracker replay`: a history of one's own, run end to end through a log in memory."""

from collections import Counter
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path
from typing import Annotated, Any

import click
from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    TypeAdapter,
    ValidationError,
)

from tracker.cli.newsroom import complain, now
from tracker.cli.options import as_json
from tracker.cli.shown import clock, line, one_line, print_json, print_table, row, unread
from tracker.desk import Desk
from tracker.errors import UsageError
from tracker.events import incident_stream
from tracker.figures.languages import lexicon_of
from tracker.incidents.aside import holds_number
from tracker.incidents.match import ZONES, recognised
from tracker.intake import Incident, Report, Source
from tracker.model import Estimate, Measure, Revision, Status, utc_text
from tracker.pipeline import file_report
from tracker.projections.estimate import replay
from tracker.projections.history import all_moves
from tracker.projections.ledger import ledger
from tracker.sources.toml_file import RankWord
from tracker.store.base import Log
from tracker.store.writer import open_writer


def _moment(value: Any) -> Any:
    """A date stands for the end of that day; a time without a zone is UTC."""
    try:
        return datetime.combine(date.fromisoformat(value), time(23, 59, 59), UTC)
    except (TypeError, ValueError):
        return value


def _zoned(value: datetime) -> datetime:
    return value if value.tzinfo else value.replace(tzinfo=UTC)


Moment = Annotated[datetime, BeforeValidator(_moment), AfterValidator(_zoned)]


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class SaidReport(_Part):
    """One dated report: who said it, when, and the text."""

    source: str
    rank: RankWord
    published: Moment
    text: str
    id: str = ""
    """The same in a later report of the source: that one is an edit of this one."""
    language: str = ""
    title: str = ""
    url: str = ""


class Check(_Part):
    """What is right at a moment: one of these numbers (null: no figure), and perhaps a status."""

    as_of: Moment
    measure: Measure = Measure.KILLED
    best: list[int | None]
    status: Status | None = None


class Case(_Part):
    """One incident, its reports, and what is to come out."""

    id: str
    title: str
    place: str = ""
    date: date
    terms: list[str] = Field(default=[])
    ongoing: bool = False
    reports: list[SaidReport]
    checks: list[Check] = Field(default=[])


@dataclass(frozen=True, slots=True)
class Judged:
    """A check, and what the replay had at that moment."""

    check: Check
    got: Estimate

    @property
    def right(self) -> bool:
        status = self.check.status
        return self.got.best in self.check.best and status in (None, self.got.status)


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of one case."""

    case: Case
    history: list[Revision]
    judged: list[Judged]


@click.command("replay")
@click.argument("file", type=click.Path(path_type=Path))
@as_json
@click.pass_context
def command(ctx: click.Context, file: Path, *, as_json: bool) -> None:
    """Run the dated reports in FILE through a log in memory; print the history, judge the checks.

    FILE is JSON: [{id, title, place, date, terms, reports: [{source, rank, published, language,
    text, id}], checks: [{as_of, measure, best: [numbers that are right], status}]}]. Two reports
    of a source with one id are versions of one page. Exits with 1 if a check fails.
    """
    cases = _read(file)
    with closing(open_writer(":memory:")) as log:
        languages = _file_all(log, cases)
        answers = [_answer(log, case) for case in cases]
    if languages:
        complain(f"{file}: {unread(sorted(languages), '`language` of each report')}")
    failed = sum(not each.right for answer in answers for each in answer.judged)
    if as_json:
        print_json([_document(each) for each in answers])
    else:
        for answer in answers:
            _show(answer)
    ctx.exit(1 if failed else 0)


def _read(file: Path) -> list[Case]:
    try:
        written = file.read_bytes()
    except OSError as error:
        raise UsageError(f"{file}: {error.strerror}") from None
    try:
        if written.lstrip()[:1] == b"{":
            cases = [Case.model_validate_json(written)]
        else:
            cases = TypeAdapter(list[Case]).validate_json(written)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        place = ".".join(str(part) for part in first["loc"]) or "the file"
        raise UsageError(f"{file}, {place}: {first['msg'].removeprefix('Value error, ')}") from None
    twice = [name for name, count in Counter(each.id for each in cases).items() if count > 1]
    if twice:
        raise UsageError(f"{file}: two incidents have the id {twice[0]!r}")
    return cases


def _file_all(log: Log, cases: list[Case]) -> set[str]:
    """File every report as if it had been polled when it was published; the languages not read.

    The file says which incident a report is about. Its words send a figure elsewhere only where
    they name another incident of the file, one that shares none of its terms.
    """
    unread_languages = set()
    incidents = [_incident(case) for case in cases]
    for own, case in zip(incidents, cases, strict=True):
        others = [each for each in incidents if not set(each.any_of) & set(own.any_of)]
        known = tuple({each.id: each for each in (own, *others)}.values())
        observed = datetime.combine(case.date, time.min, UTC)
        for number, said in enumerate(case.reports):
            # A replay has no clock but the reports' own, where they can be true.
            true = said.published <= now() and (said.published + ZONES).date() >= own.began
            observed = said.published if true else observed
            report = Report(
                source=said.source,
                id=f"{case.id}/{said.id or number}",
                title=said.title,
                text=said.text,
                url=said.url,
                published=said.published,
            )
            pinned = not recognised(report, observed, known)
            source = Source(
                id=said.source,
                kind="replay",
                url="",
                name=said.source,
                rank=said.rank,
                language=said.language,
                incident=own.id if pinned else None,
            )
            desk = Desk(log=log, incidents=known, clock=partial(_same, observed))
            language = file_report(desk, source, report, observed_at=observed).language
            if holds_number(report) and lexicon_of(language) is None:
                unread_languages.add(language)
    return unread_languages


def _incident(case: Case) -> Incident:
    return Incident(
        id=case.id,
        title=case.title,
        began=case.date,
        place=case.place,
        any_of=tuple(case.terms),
        ongoing=case.ongoing,
    )


def _same(moment: datetime) -> datetime:
    return moment


def _answer(log: Log, case: Case) -> Answer:
    events = log.read(incident_stream(case.id))
    judged = [
        Judged(check, replay(ledger(events, as_of=check.as_of), case.id, check.measure).estimate)
        for check in case.checks
    ]
    return Answer(case, all_moves(ledger(events), case.id), judged)


def _show(answer: Answer) -> None:
    click.echo(one_line(f"{answer.case.id}: {answer.case.title}"))
    print_table(
        (when, each.estimate.measure.value, *rest)
        for each in answer.history
        for when, *rest in (line(each),)
    )
    for each in answer.judged:
        check, got = each.check, each.got
        wanted = " or ".join("none" if best is None else f"{best:,}" for best in check.best)
        wanted += f", {check.status}" if check.status else ""
        found = f"{got.phrase or 'none'}, {got.status or 'no status'}"
        verdict = "right" if each.right else f"WRONG, wanted {wanted}"
        click.echo(f"{clock(check.as_of)}  {check.measure} {one_line(found)}: {verdict}")


def _document(answer: Answer) -> dict[str, Any]:
    return {
        "incident": answer.case.id,
        "history": [{"measure": each.estimate.measure} | row(each) for each in answer.history],
        "checks": [
            {
                "as_of": utc_text(each.check.as_of),
                "measure": each.check.measure,
                "wanted": each.check.best,
                "best": each.got.best,
                "status": each.got.status,
                "right": each.right,
            }
            for each in answer.judged
        ],
    }
