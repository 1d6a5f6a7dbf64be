"""The path of a figure, from the bytes a source shows to the alert that is due.

::

    fetch → parse → language_of → extract_figures → file_figures → decide → moves → alerts_due
          → append

Every decision is made in pure functions; this module carries values between them and the log.
"""

import contextlib
import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

import httpx

from tracker.alerts.rules import backfill
from tracker.desk import Desk
from tracker.encoding import event_id
from tracker.errors import Conflict
from tracker.events import INBOX, Event, Fact, incident_stream
from tracker.figures import VERSION, extract_figures
from tracker.figures.languages import lexicon_of
from tracker.incidents.aside import holds_number, set_aside, set_aside_unread
from tracker.incidents.decide import CLOCK_SKEW, date_report, decide, with_ids_of_their_own
from tracker.incidents.match import file_figures, full_text
from tracker.incidents.refile import aside_of, filed_since, refiled, refiling, with_refiled
from tracker.incidents.reread import Reader, Rereading, Shared, reread
from tracker.intake import Incident, Memo, Report, Source
from tracker.model import Revision
from tracker.projections.history import estimates
from tracker.projections.ledger import ledger
from tracker.projections.moves import moves
from tracker.sources.capture import Capture, Unreadable
from tracker.sources.fetch import FetchFailed, NotModified, fetch
from tracker.sources.kinds import parse
from tracker.sources.language import language_of
from tracker.store.base import Append, Poll


@dataclass(frozen=True, slots=True)
class Filed:
    """What one report added to the log, and the language in which it was read."""

    language: str
    events: tuple[Event, ...] = ()
    revisions: tuple[Revision, ...] = ()
    why_not: str = ""
    """Why a report that was set aside cannot be filed there."""


@dataclass(frozen=True, slots=True)
class Polled:
    """How the poll of one source ended: what is new, or what went wrong."""

    source: str
    error: str = ""
    reports: int = 0
    events: int = 0
    unread: tuple[str, ...] = ()
    """The languages of its reports, where no report that holds a number is in one that is read."""


async def poll(
    desk: Desk, client: httpx.AsyncClient, source: Source, found: Callable[[Revision], None]
) -> Polled:
    """Poll one source once: fetch, read, store; `found` is told of each revision as it is made.

    Trouble with the source is in the result. Raises `LogError` when the log cannot be written.
    """
    memo = await desk.run(desk.log.memo, source.id)
    if memo is not None and memo.reading != _reading(desk, source):
        memo = None
    answer = await fetch(client, source, memo, desk.clock())
    match answer:
        case FetchFailed(reason):
            return await desk.run(_failed, desk, source, reason)
        case NotModified():
            return await desk.run(_succeeded, desk, Polled(source.id), None)
        case Capture():
            return await desk.run(_read, desk, source, answer, found)


def _read(
    desk: Desk, source: Source, capture: Capture, found: Callable[[Revision], None]
) -> Polled:
    """Store what a capture's reports state, and only then what the source was seen to serve."""
    stored, languages = 0, set()
    seen = capture.fetched_at
    try:
        # Oldest first, so that what is told as it is found tells a story.
        reports = sorted(parse(source, capture), key=lambda each: date_report(each, seen).moment)
        for report in reports:
            filed = file_report(desk, source, report, observed_at=seen)
            stored += len(filed.events)
            if holds_number(report):
                languages.add(filed.language)
            for revision in filed.revisions:
                found(revision)
    except Unreadable as unreadable:
        return _failed(desk, source, str(unreadable))
    memo = Memo(
        etag=capture.etag,
        last_modified=capture.last_modified,
        digest=capture.digest,
        reading=_reading(desk, source),
    )
    # A report from the future: its clock is wrong, or ours. Until they agree it is read again.
    ahead = any(
        stated > seen + CLOCK_SKEW
        for report in reports
        for stated in (report.published, report.modified)
        if stated
    )
    readable = source.language or any(map(lexicon_of, languages))
    unread = () if readable else tuple(sorted(languages))
    polled = Polled(source.id, reports=len(reports), events=stored, unread=unread)
    return _succeeded(desk, polled, None if ahead else memo)


def file_report(desk: Desk, source: Source, report: Report, *, observed_at: datetime) -> Filed:
    """Read one report's figures and store what is new of them, with the alerts that makes due.

    All or nothing, and again from the log when another writer was faster. Runs on its thread.
    Raises `Unreadable` where its language cannot be told.
    """
    text = full_text(report)
    language = language_of(text, setting=source.language, said=report.language)
    report = replace(report, language=language)
    figures = extract_figures(text, language)
    moment = date_report(report, observed_at).moment
    filing = file_figures(
        report, figures, desk.incidents, moment=moment, pinned=source.incident, home=desk.home
    )
    aside = {
        why: set_aside(source, report, unmatched, why, observed_at=observed_at)
        for why, unmatched in filing.unmatched.items()
    }
    filing = with_refiled(filing, aside, desk.owner)
    unread = set_aside_unread(source, report, desk.incidents, observed_at=observed_at)
    kept = [each for each in (*map(aside.get, filing.unmatched), unread) if each]
    # What it states of a toll that is nobody's is not gone from the report.
    report = replace(report, whole=report.whole and not kept)
    while True:
        now = desk.clock()
        new, ids = dict[str, tuple[Fact, ...]](), set[str]()
        for name, own in filing.filed.items():
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
            return Filed(language)
        with contextlib.suppress(Conflict):
            outbox = desk.outbox(change.moved, now)
            stored = desk.log.append(appends, recorded_at=now, outbox=outbox)
            return Filed(language, tuple(stored), change.revisions)


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
        with contextlib.suppress(Conflict):
            outbox = desk.outbox(change.moved, now)
            stored = desk.log.append(appends, recorded_at=now, outbox=outbox)
            return Filed(aside.language, tuple(stored), change.revisions)


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
        with contextlib.suppress(Conflict):
            outbox = desk.outbox(change.moved, now, news=False)
            desk.log.append([*appends, inbox], recorded_at=now, outbox=outbox)
            return rereading
        del desk.read_so_far[stream]


def send_backfills(desk: Desk) -> int:
    """Enqueue the `estimate.backfilled` that endpoints are owed, now that a pass is over.

    How many. Runs on the log's thread.
    """
    sent = 0
    endpoints = {each.name: each for each in desk.endpoints}
    for name, incident in desk.log.backfills_due():
        if name not in endpoints:
            continue
        now, stream = desk.clock(), incident_stream(incident)
        in_use = stream in desk.read_so_far
        before = ledger(desk.view(incident))
        if not in_use:
            # An import touches more incidents than fit into memory.
            del desk.read_so_far[stream]
        outbox = backfill(
            incident,
            estimates(before, incident, policy=endpoints[name].policy),
            endpoints[name],
            desk.log.told(incident),
            now=now,
            log_id=desk.log.identity,
        )
        # On a conflict it is owed still, and the next pass sends it.
        with contextlib.suppress(Conflict):
            append = Append(stream, before.version)
            desk.log.append([append], recorded_at=now, outbox=outbox)
            sent += len(outbox.alerts)
    return sent


def _reading(desk: Desk, source: Source) -> str:
    """What decides how a body is read: a body read otherwise than today must be read again."""
    decisive = f"{VERSION}\n{desk.configuration}\n{source}"
    return hashlib.sha256(decisive.encode()).hexdigest()


def _succeeded(desk: Desk, polled: Polled, memo: Memo | None) -> Polled:
    now = desk.clock()
    desk.log.keep_poll(
        Poll(source=polled.source, polled_at=now, succeeded_at=now, failures=0, error=""), memo
    )
    return polled


def _failed(desk: Desk, source: Source, reason: str) -> Polled:
    last = next((each for each in desk.log.polls() if each.source == source.id), None)
    desk.log.keep_poll(
        Poll(
            source=source.id,
            polled_at=desk.clock(),
            succeeded_at=last.succeeded_at if last else None,
            failures=last.failures + 1 if last else 1,
            error=reason,
        ),
        None,
    )
    return Polled(source.id, error=reason)
