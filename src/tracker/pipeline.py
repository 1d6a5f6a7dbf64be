"""The path of a figure, from the bytes a source shows to the alert that is due.

::

    fetch → parse → language_of → extract_figures → file_figures → decide → moves → alerts_due
          → append

Every decision is made in pure functions; this module carries values between them and the log, from
a report on. What comes before, one poll of a source, is in `polling.py`.
"""

import contextlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import TypeVar

from tracker.alerts.endpoint import Endpoint
from tracker.alerts.hours import not_before
from tracker.alerts.incidents import opened_now
from tracker.alerts.later import Due, parted, tells, told_now
from tracker.alerts.memory import DIGESTS
from tracker.desk import Desk
from tracker.encoding import event_id
from tracker.errors import Conflict
from tracker.events import INBOX, Event, Fact, ReportSetAside, incident_stream
from tracker.figures import extract_figures
from tracker.incidents.aside import set_aside, set_aside_unread
from tracker.incidents.cancel import cancelled
from tracker.incidents.decide import date_report, decide, with_ids_of_their_own
from tracker.incidents.match import Filing, file_figures, full_text
from tracker.incidents.refile import aside_of, filed_since, refiled, refiling, with_refiled
from tracker.incidents.reread import Reader, Rereading, Shared, reread
from tracker.intake import Figure, Incident, Report, Source
from tracker.model import Revision
from tracker.projections.ledger import ledger
from tracker.projections.moves import moves
from tracker.sources.language import language_of
from tracker.store.base import Append, Held, Owed

T = TypeVar("T", Held, Owed)


@dataclass(frozen=True, slots=True)
class Filed:
    """What one report added to the log, and the language in which it was read."""

    language: str
    figures: int = 0
    """How many figures were read in it, new or not."""
    events: tuple[Event, ...] = ()
    revisions: tuple[Revision, ...] = ()
    why_not: str = ""
    """Why a report that was set aside cannot be filed there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """One report read: whose its figures are, before anything is looked up of those incidents."""

    report: Report
    """With the language in which it is read."""
    moment: datetime
    """When it counts."""
    figures: tuple[Figure, ...]
    filing: Filing
    aside: tuple[ReportSetAside, ...]
    """What of it is set aside."""


def place(
    source: Source,
    report: Report,
    incidents: Sequence[Incident],
    *,
    observed_at: datetime,
    home: Callable[[str], str],
    owner: Callable[[ReportSetAside], str | None],
) -> Placed:
    """Read a report's figures, and tell which incident each belongs to.

    `home` names the incident in which another counts, `owner` the one to which a report that had
    been set aside was filed. Raises `Unreadable` where its language cannot be told.
    """
    if report.figures is None:
        text = full_text(report)
        language = language_of(text, setting=source.language, said=report.language)
        figures = extract_figures(text, language)
    else:
        # Numbers stated as data have no words around them that could be in a language.
        language, figures = source.language or report.language, [*report.figures]
    report = replace(report, language=language)
    moment = date_report(report, observed_at).moment
    filing = file_figures(
        report, figures, incidents, moment=moment, pinned=source.incident, home=home
    )
    aside = {
        why: set_aside(source, report, unmatched, why, observed_at=observed_at)
        for why, unmatched in filing.unmatched.items()
    }
    filing = with_refiled(filing, aside, owner)
    unread = None
    if report.figures is None:
        unread = set_aside_unread(source, report, incidents, observed_at=observed_at)
    kept = tuple(each for each in (*map(aside.get, filing.unmatched), unread) if each)
    # What it states of a toll that is nobody's is not gone from the report.
    report = replace(report, whole=report.whole and not kept)
    return Placed(report=report, moment=moment, figures=tuple(figures), filing=filing, aside=kept)


def file_report(desk: Desk, source: Source, report: Report, *, observed_at: datetime) -> Filed:
    """Read one report's figures and store what is new of them, with the alerts that makes due.

    All or nothing, and again from the log when another writer was faster. Runs on its thread.
    Raises `Unreadable` where its language cannot be told.
    """
    placed = place(
        source,
        report,
        desk.incidents,
        observed_at=observed_at,
        home=desk.home,
        owner=desk.owner,
    )
    report, kept, filed = placed.report, placed.aside, Filed(placed.report.language)
    filed = replace(filed, figures=len(placed.figures))
    while True:
        now = desk.clock()
        new, ids = dict[str, tuple[Fact, ...]](), set[str]()
        for name, own in placed.filing.filed.items():
            incident, stream = desk.incident(name), incident_stream(name)
            before = ledger(desk.events(stream))
            facts = decide(before, incident, source, report, own, observed_at=observed_at)
            if facts:
                new[stream] = with_ids_of_their_own(facts, ids.__contains__, desk.log.holds)
                ids.update(map(event_id, new[stream]))
        waiting = desk.inbox().waiting(source.id, report.id) if new else ()
        appends = [Append(INBOX, None, (*kept, *filed_since(waiting, kept, [*new], now)))]
        change = moves(new, desk.events, recorded_at=now, policies=desk.policies)
        appends += [Append(*each, new.get(each[0], ())) for each in change.versions]
        if not any(each.facts for each in appends):
            return filed
        with contextlib.suppress(Conflict), desk.log.together():
            opened = opened_now(chain(*new.values()), now=now, fresh=desk.fresh)
            outbox = desk.outbox(change.moved, now, opened=opened)
            stored = desk.log.append(appends, recorded_at=now, outbox=outbox)
            return replace(filed, events=tuple(stored), revisions=change.revisions)


def cancel_report(desk: Desk, source: Source, report: Report, *, observed_at: datetime) -> Filed:
    """Withdraw what a report that its source takes back had stated, in whichever incident."""
    done = Filed("")
    for name in [each.id for each in desk.incidents]:
        stream = incident_stream(name)
        while True:
            now = desk.clock()
            facts = cancelled(ledger(desk.events(stream)), source, report, observed_at=observed_at)
            if not facts:
                break
            change = moves({stream: facts}, desk.events, recorded_at=now, policies=desk.policies)
            appends = [
                Append(*each, facts if each[0] == stream else ()) for each in change.versions
            ]
            with contextlib.suppress(Conflict), desk.log.together():
                outbox = desk.outbox(change.moved, now)
                stored = desk.log.append(appends, recorded_at=now, outbox=outbox)
                done = replace(
                    done,
                    events=(*done.events, *stored),
                    revisions=(*done.revisions, *change.revisions),
                )
                break
    return done


def refile(desk: Desk, event: str, name: str) -> Filed:
    """File a report that was set aside (the id of that event) to an incident, by its kept words.

    All of it or nothing, with its own times. Raises `UnknownName` for an incident or event that
    is not there.
    """
    incident, stream = desk.incident(name), incident_stream(name)
    while True:
        # Its words are read after the inbox, so that what is redacted meanwhile is a conflict.
        now, inbox = desk.clock(), desk.inbox()
        aside = aside_of(desk.log.find(event))
        if event in inbox.filed:
            other = inbox.filed[event]
            before = "" if other == name else f"it was filed to {other} before"
            return Filed(aside.language, why_not=before)
        found = refiling(ledger(desk.events(stream)), incident, aside)
        if found.why_not:
            return Filed(aside.language, why_not=found.why_not)
        facts = {stream: with_ids_of_their_own(found.facts, desk.log.holds)}
        change = moves(facts, desk.events, recorded_at=now, policies=desk.policies)
        appends = [Append(*each, facts.get(each[0], ())) for each in change.versions]
        appends.append(Append(INBOX, inbox.version, (refiled(event, name, now),)))
        with contextlib.suppress(Conflict), desk.log.together():
            opened = opened_now(found.facts, now=now, fresh=None)
            outbox = desk.outbox(change.moved, now, opened=opened)
            stored = desk.log.append(appends, recorded_at=now, outbox=outbox)
            return Filed(aside.language, len(found.facts), tuple(stored), change.revisions)


def reextract(desk: Desk, incident: Incident, shared: Shared) -> Rereading:
    """Read an incident's kept words anew and store what is read otherwise, with what is owed."""
    stream = incident_stream(incident.id)
    while True:
        now = desk.clock()
        # What is redacted while it is read anew must not come back with what is read in it.
        inbox = Append(INBOX, desk.log.length(INBOX))
        events = desk.events(stream)
        reader = Reader(incident=incident, observed_at=now, taken=desk.log.holds)
        rereading = reread(ledger(events), reader, shared)
        facts = {stream: rereading.facts}
        change = moves(facts, desk.events, recorded_at=now, policies=desk.policies)
        appends = [Append(*each, facts.get(each[0], ())) for each in change.versions]
        with contextlib.suppress(Conflict), desk.log.together():
            outbox = desk.outbox(change.moved, now, news=False)
            desk.log.append([*appends, inbox], recorded_at=now, outbox=outbox)
            return rereading
        del desk.read_so_far[stream]


def send_due(desk: Desk, *, backfills: bool) -> datetime | None:
    """Enqueue what endpoints are to be told by now: what was held, and what they are owed.

    What is owed (`backfills`) is told once a pass is over. Returns when there is something to do
    again, as far as is known: None, with the next pass. Runs on the log's thread.
    """
    desk.begin()
    now, disabled = desk.clock(), desk.disabled()
    held = _by_endpoint(desk.log.held_until([each.name for each in desk.endpoints], now=now))
    owed = _by_endpoint(desk.log.owed())
    for each in desk.endpoints:
        debts = owed.get(each.name, []) if backfills and each.name not in disabled else []
        for due in parted(each, held.get(each.name, []), debts, now=now):
            _send(desk, each, due, now)
    enabled = [each for each in desk.endpoints if each.name not in disabled]
    quiet = (not_before(each.rules, now) for each in enabled if each.name in owed)
    moments = desk.log.next_held([each.name for each in enabled]), *quiet
    return min((each for each in moments if each is not None), default=None)


def _by_endpoint(every: Iterable[T]) -> dict[str, list[T]]:
    found: dict[str, list[T]] = {}
    for each in every:
        found.setdefault(each.endpoint, []).append(each)
    return found


def _send(desk: Desk, endpoint: Endpoint, due: Due, now: datetime) -> None:
    """Enqueue what of this is due still; on a conflict, the next time."""
    # Another process may be about to tell the same.
    with contextlib.suppress(Conflict), desk.log.together():
        memory = desk.memory([*due.incidents, DIGESTS])
        versions: dict[str, int] = {}
        stands = {}
        if tells(endpoint, memory, now):
            for incident in due.incidents:
                stands[incident], read = desk.standing(incident, endpoint.policy)
                versions |= read
        outbox = told_now(due, endpoint, stands, memory, desk.around(now))
        appends = [Append(stream, version) for stream, version in versions.items()]
        desk.log.append(appends, recorded_at=now, outbox=outbox)
