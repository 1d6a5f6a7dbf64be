"""What came of trying a source, for people in sections, and as JSON."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import click

from tracker.cli.extract import figure_document, figure_lines
from tracker.cli.shown import clock, one_line, span, unread
from tracker.cli.source.standing import (
    Standing,
    answered,
    document,
    figured,
    next_poll,
    state_of,
    trouble,
)
from tracker.cli.source.trial import Trial
from tracker.cli.source.would import Would
from tracker.figures.languages import lexicon_of
from tracker.incidents.aside import holds_number
from tracker.incidents.match import full_text
from tracker.model import utc_text
from tracker.sources.capture import FOLDER, is_remote
from tracker.sources.secrets import without_secrets

MOST_REPORTS: Final = 5
"""So many are shown, newest first, unless all are asked for …"""
MOST_FIGURES: Final = 5
"""… with so many figures each …"""
MOST_LINES: Final = 5
"""… and so many lines of what else a page names, and of what is wrong."""
LABEL: Final = 9
LONGEST_TITLE: Final = 100


def show(trial: Trial, standing: Standing | None, now: datetime, *, every: bool) -> None:
    """The trial in sections; with `every`, nothing is left out."""
    _section("address", _address(trial))
    if trial.robots and trial.robots != trial.failure:
        _section("robots", [one_line(trial.robots)])
    if trial.answer is not None:
        _section("answer", [_answer(trial)])
    if trial.kind:
        _section("kind", _cut(_kind(trial), every=every))
    if not trial.failure:
        _section("reports", _reports(trial, every=every))
        _section("figures", _figures(trial, every=every))
    if standing is not None:
        _section("health", _health(standing, now))
    wrong = [*_wrong(trial)]
    _section("wrong", _cut(wrong, every=every) if wrong else ["nothing"])


def _section(label: str, lines: Iterable[str]) -> None:
    """Its lines, the label before the first."""
    for each in lines:
        click.echo(f"{label:<{LABEL}} {each}".rstrip())
        label = ""


def _address(trial: Trial) -> Iterator[str]:
    """What was asked, and each address that this led to."""
    told = [trial.asked, trial.source.url, trial.address]
    if trial.answer is not None and trial.answer.content_type != FOLDER:
        told.append(trial.answer.url)
    shown = dict.fromkeys(map(place, told))
    for number, each in enumerate(shown):
        yield each if number == 0 else f"→ {each}"
    if trial.answer is not None and trial.answer.moved_to:
        yield "it has moved there for good"


def _answer(trial: Trial) -> str:
    answer = trial.answer
    assert answer is not None  # noqa: S101 — asked before
    if answer.content_type == FOLDER:
        return f"a folder, {_some(len(answer.files), 'file')} that can be read"
    said = [one_line(answer.content_type), f"{len(answer.content):,} bytes"]
    if answer.max_age:
        said.append(f"good for {span(answer.max_age)}")
    return ", ".join(filter(None, said))


def _kind(trial: Trial) -> Iterator[str]:
    found = trial.guess
    if found is None:
        yield f"{trial.source.kind}, as its file says"
        return
    yield f"{found.kind}, guessed: {one_line(found.why)}"
    for each in found.feeds:
        title = f" ({one_line(each.title)})" if each.title else ""
        yield f"also named: {place(each.url)}{title}"


def _reports(trial: Trial, *, every: bool) -> Iterator[str]:
    reports = trial.reports[::-1]
    if not reports:
        yield "none"
        return
    first, last = clock(reports[-1].moment), clock(reports[0].moment)
    dates = first if first == last else f"{first} to {last}"
    pages = f"; {_some(trial.pages, 'page')} of reports read" if trial.pages else ""
    left = ", more at the next polls" if trial.gathered.unfinished else ""
    yield f"{len(reports)}, {dates}{pages}{left}"
    shown = reports if every else reports[:MOST_REPORTS]
    for each in shown:
        yield f"  {_headed(each)}"
    if len(shown) < len(reports):
        yield f"  and {len(reports) - len(shown)} more: --all"


def _figures(trial: Trial, *, every: bool) -> Iterator[str]:
    """The reports with figures, newest first, and where each would go."""
    found = [each for each in trial.reports[::-1] if each.figures or each.new]
    count = sum(len(each.figures) for each in found)
    new = f"{_some(trial.new, 'event')} would be new" if trial.new else "nothing would be new"
    holding = sum(bool(each.figures) for each in found)
    yield f"{count} in {_some(holding, 'report')}; {new}" if found else "none"
    shown = found if every else found[:MOST_REPORTS]
    for each in shown:
        yield f"  {_headed(each)} → {_whereto(each)}"
        lines = [*figure_lines(full_text(each.report), each.figures, indent=LABEL + 5)]
        for line in lines if every else lines[:MOST_FIGURES]:
            yield "    " + line.replace("\n", f"\n{'':{LABEL + 5}}")
        if not every and len(lines) > MOST_FIGURES:
            yield f"    and {len(lines) - MOST_FIGURES} more: --all"
    if len(shown) < len(found):
        yield f"  and {len(found) - len(shown)} more reports: --all"


def _headed(would: Would) -> str:
    title = one_line(would.report.title or would.report.text)
    if len(title) > LONGEST_TITLE:
        title = f"{title[: LONGEST_TITLE - 1].rstrip()}…"
    return f"{clock(would.moment)}  {title}"


def _whereto(would: Would) -> str:
    """The incidents of a report's figures, or why they have none; and what of it is new."""
    if would.report.withdrawn:
        return f"taken back, {_some(would.new, 'new event')}"
    to = ", ".join([*would.filing.filed, *would.filing.unmatched]) or "set aside"
    return f"{one_line(to)}, {_some(would.new, 'new event') if would.new else 'known'}"


def _health(standing: Standing, now: datetime) -> Iterator[str]:
    poll = standing.poll
    told = [state_of(standing)]
    if poll is not None:
        told += [answered(poll, now), figured(poll, now), next_poll(standing, now)]
    yield ", ".join(filter(None, told))
    if said := trouble(standing):
        yield one_line(said)


def _wrong(trial: Trial) -> Iterator[str]:
    if trial.failure:
        yield one_line(trial.failure)
        return
    yield from map(one_line, trial.trouble)
    unknown = [
        each.report.language
        for each in trial.reports
        if each.report.figures is None
        and lexicon_of(each.report.language) is None
        and holds_number(each.report)
    ]
    if unknown:
        option = "`language` in its file"
        yield f"in {_some(len(unknown), 'report')} {unread(dict.fromkeys(unknown), option)}"
    if not trial.reports:
        yield "there is no report in it: is this the right address?"


def _cut(lines: Iterable[str], *, every: bool) -> Iterator[str]:
    told = [*lines]
    yield from told if every else told[:MOST_LINES]
    if not every and len(told) > MOST_LINES:
        yield f"and {len(told) - MOST_LINES} more: --all"


def place(url: str) -> str:
    """An address without its secrets, or a path as short as it can be written here."""
    if not is_remote(url):
        here = Path.cwd()
        url = str(Path(url).relative_to(here)) if Path(url).is_relative_to(here) else url
    return one_line(without_secrets(url) if is_remote(url) else url)


def _some(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def trial_document(trial: Trial, standing: Standing | None) -> dict[str, Any]:
    """The trial as JSON gives it."""
    answer, found = trial.answer, trial.guess
    return {
        "asked": without_secrets(trial.asked),
        "url": without_secrets(trial.source.url),
        "address": without_secrets(trial.address),
        "answered_by": answer.url if answer else None,
        "moved_to": answer.moved_to or None if answer else None,
        "robots": trial.robots,
        "content_type": answer.content_type if answer else None,
        "bytes": len(answer.content) if answer else None,
        "kind": trial.kind or None,
        "guessed_by": found.why if found else None,
        "keys": dict(found.keys) if found else {},
        "feeds": [{"url": each.url, "title": each.title} for each in found.feeds] if found else [],
        "reports": [_report_document(each) for each in trial.reports],
        "pages": trial.pages,
        "unfinished": trial.gathered.unfinished,
        "new_events": trial.new,
        "failure": trial.failure or None,
        "cause": trial.cause,
        "trouble": [*trial.trouble],
        "standing": document(standing) if standing else None,
    }


def _report_document(would: Would) -> dict[str, Any]:
    report = would.report
    whereto = {
        id(figure): name
        for name, figures in (*would.filing.filed.items(), *would.filing.unmatched.items())
        for figure in figures
    }
    return {
        "id": report.id,
        "title": report.title,
        "url": report.url if is_remote(report.url) else None,
        "published_at": utc_text(would.moment),
        "language": report.language or None,
        "whole": report.whole,
        "withdrawn": report.withdrawn,
        "new_events": would.new,
        "incidents": [*would.filing.filed],
        "set_aside": [*would.filing.unmatched],
        "figures": [
            {**figure_document(each), "filed_to": whereto.get(id(each)), "quote": each.quote}
            for each in would.figures
        ],
    }
