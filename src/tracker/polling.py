"""One poll of one source: ask, read, follow, file, remember, and judge how the source stands.

::

    remembered → fetch → parse → links → fetch, parse … → file_report, oldest first → kept

Nothing is remembered of an answer before all that it states is in the log. What is decided on the
way is pure (`sources/`, `health.py`); the way of a report into the log is in `pipeline.py`.
"""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.alerts.sources import source_alerts
from tracker.desk import Desk
from tracker.encoding import event_id
from tracker.events import Event, SourceMoved, SourceTurned, source_stream
from tracker.figures import VERSION
from tracker.figures.languages import lexicon_of
from tracker.health import Cause, Poll, Seen, failed, postponed, succeeded, turned
from tracker.incidents.aside import holds_number
from tracker.incidents.decide import CLOCK_SKEW, date_report
from tracker.intake import Memo, Report, Source
from tracker.model import Revision, State
from tracker.pipeline import cancel_report, file_report
from tracker.sources.capture import Capture, Unreadable, is_remote
from tracker.sources.fetch import FetchFailed, NotModified, fetch
from tracker.sources.following import digest_of
from tracker.sources.gather import Gathered, gather
from tracker.sources.kinds import KINDS
from tracker.sources.kinds import VERSION as KINDS_VERSION
from tracker.sources.record import address_of, last_state, moved
from tracker.sources.schedule import jittered, wait_after_failure, wait_after_success
from tracker.sources.secrets import without_secrets
from tracker.sources.web import Web
from tracker.store.base import Append, Kept, Outbox, Remembered
from tracker.store.records import NOTHING_DUE


@dataclass(frozen=True, slots=True)
class Polled:
    """How the poll of one source ended: what is new, or what went wrong."""

    source: str
    error: str = ""
    reports: int = 0
    events: int = 0
    unread: tuple[str, ...] = ()
    """The languages of its reports, where no report that holds a number is in one that is read."""
    trouble: tuple[str, ...] = ()
    """What of it could not be read; the rest was."""
    cause: Cause | None = None
    """Of the error, where there is one."""
    next_at: datetime | None = None
    """When it is to be asked again; None = not any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Round:
    """What one poll works with."""

    desk: Desk
    web: Web
    source: Source
    past: Remembered
    address: str
    """Where it is asked."""
    jitter: Callable[[], float]
    found: Callable[[Revision], None]
    elsewhere: datetime | None


async def poll(
    desk: Desk,
    web: Web,
    source: Source,
    found: Callable[[Revision], None],
    *,
    jitter: Callable[[], float],
    elsewhere: datetime | None = None,
) -> Polled:
    """Poll one source once; `found` is told of each revision as it is made.

    `elsewhere` is when any other source answered last; None: there is no other to tell by.
    Trouble with the source is in the result. How it ended is kept with the next `desk.keep()`.
    Raises `LogError` when the log cannot be written.
    """
    past, record = await desk.run(_past, desk, source.id)
    this = Round(
        desk=desk,
        web=web,
        source=source,
        past=past,
        address=address_of(record, KINDS[source.kind].address(source)),
        jitter=jitter,
        found=found,
        elsewhere=elsewhere,
    )
    reading = _reading(desk, source)
    memo = past.memo or Memo()
    if memo.reading != reading:
        memo = Memo(reading=reading, moved_to=memo.moved_to, moved_since=memo.moved_since)
    answer = await fetch(web, source, memo, desk.clock(), address=this.address)
    if isinstance(answer, FetchFailed):
        return await _failed(this, answer)
    try:
        gathered = await gather(web, source, answer, memo, pages=past.pages, now=desk.clock())
        filed = await _filed(this, gathered.reports) if gathered.reports else _Filed()
    except Unreadable as unreadable:
        return await _failed(this, FetchFailed(str(unreadable), Cause.UNREADABLE))
    return await _succeeded(this, answer, gathered, filed, memo)


@dataclass(frozen=True, slots=True)
class _Filed:
    """What became of the new reports of one poll."""

    events: int = 0
    seen: tuple[Seen, ...] = ()
    unread: tuple[str, ...] = ()
    ahead: frozenset[str] = frozenset()
    """The digests of reports from the future: until the clocks agree they are read again."""


def _past(desk: Desk, source: str) -> tuple[Remembered, list[Event]]:
    return desk.log.remembered(source), desk.log.read(source_stream(source))


async def _filed(this: Round, new: tuple[Report, ...]) -> _Filed:
    async with this.web.reading:
        return await this.desk.run(_file, this, new)


def _file(this: Round, new: tuple[Report, ...]) -> _Filed:
    """Store what reports state, oldest first, so that what is told as it is found tells a story."""
    desk, source, now = this.desk, this.source, this.desk.clock()
    events, languages, ahead = 0, set[str](), set[str]()
    seen: list[Seen] = []
    for moment, report in sorted(
        ((date_report(each, now).moment, each) for each in new), key=lambda pair: pair[0]
    ):
        file = cancel_report if report.withdrawn else file_report
        filed = file(desk, source, report, observed_at=now)
        events += len(filed.events)
        seen.append(Seen(moment, filed.figures > 0))
        if holds_number(report) and report.figures is None:
            languages.add(filed.language)
        stated = (report.published, report.modified)
        if any(each > now + CLOCK_SKEW for each in stated if each):
            ahead.add(digest_of(report))
        for revision in filed.revisions:
            this.found(revision)
    readable = source.language or any(map(lexicon_of, languages))
    unread = () if readable else tuple(sorted(languages))
    return _Filed(events, tuple(seen), unread, frozenset(ahead))


async def _succeeded(
    this: Round, answer: Capture | NotModified, gathered: Gathered, filed: _Filed, before: Memo
) -> Polled:
    source, past, now = this.source, this.past, this.desk.clock()
    wait = wait_after_success(source.every, gathered.ttl, answer.max_age)
    seen = filed.seen
    if past.memo and past.memo.reading != before.reading and past.poll and past.poll.reported_at:
        # All of it was read anew: what is no younger than what was known is no sign of life.
        seen = tuple(each for each in seen if each.moment > past.poll.reported_at)
    after = succeeded(
        past.poll,
        source.id,
        seen,
        now=now,
        url=without_secrets(this.address),
        next_at=now + jittered(wait, this.jitter()),
        trouble=gathered.trouble,
        rhythmic=is_remote(this.address),
    )
    memo = _memo(before, answer, gathered, filed, now)
    move = moved(source.id, this.address, memo, now)
    if move is not None:
        memo = replace(memo, moved_to="", moved_since=None)
        await this.desk.run(_record, this.desk, move, NOTHING_DUE)
    changed = memo if past.memo != memo else None
    await _keep(this, Kept(poll=after, memo=changed, pages=gathered.pages, cold=gathered.cold))
    return Polled(
        source.id,
        reports=len(gathered.reports),
        events=filed.events,
        unread=filed.unread,
        trouble=gathered.trouble,
        next_at=after.next_at,
    )


def _memo(
    before: Memo, answer: Capture | NotModified, gathered: Gathered, filed: _Filed, now: datetime
) -> Memo:
    """What is remembered once all is stored: for what was not, the answer is read again."""
    memo = replace(
        before,
        etag=answer.etag,
        last_modified=answer.last_modified,
        moved_to=answer.moved_to,
        moved_since=before.moved_since if answer.moved_to == before.moved_to else now,
    )
    if isinstance(answer, NotModified):
        return replace(memo, whole_at=now) if answer.asked_whole else memo
    memo = replace(memo, digest=answer.digest, whole_at=now, known=gathered.known - filed.ahead)
    # A report from the future, or a page that could not be had: as if the answer were not known.
    if filed.ahead or gathered.unfinished:
        return replace(memo, etag=None, last_modified=None, digest=None)
    return memo


async def _failed(this: Round, failure: FetchFailed) -> Polled:
    source, last, now = this.source, this.past.poll, this.desk.clock()
    if failure.cause is Cause.PAUSED:
        next_at = now + jittered(failure.retry_after or source.every, this.jitter())
        after = postponed(last, source.id, now=now, next_at=next_at)
    else:
        failures = (last.failures if last else 0) + 1
        wait = wait_after_failure(source.every, failures, failure.cause, failure.retry_after)
        after = failed(
            last,
            source.id,
            failure.reason,
            failure.cause,
            now=now,
            url=without_secrets(this.address),
            next_at=now + jittered(wait, this.jitter()),
            elsewhere=this.elsewhere,
        )
    await _keep(this, Kept(poll=after))
    return Polled(source.id, failure.reason, cause=failure.cause, next_at=after.next_at)


async def _keep(this: Round, kept: Kept) -> None:
    if turned(this.past.poll, kept.poll):
        await this.desk.run(_record_turn, this.desk, this.source, kept.poll)
    this.desk.kept.append(kept)


def _record_turn(desk: Desk, source: Source, poll: Poll) -> None:
    """Record that the source is in another state, with the alerts of it, unless that is known."""
    with desk.log.together():
        was = last_state(desk.log.read(source_stream(source.id)))
        if poll.settled is not was:
            _turn(desk, source, poll, was)


def _turn(desk: Desk, source: Source, poll: Poll, was: State) -> None:
    now, stream = desk.clock(), source_stream(source.id)
    fact = SourceTurned(
        source=source.id,
        state=poll.settled,
        was=was,
        why=poll.error,
        effective_at=now,
        observed_at=now,
    )
    outbox = source_alerts(
        source,
        fact,
        poll,
        desk.endpoints,
        desk.log.last_sequences(stream),
        event=event_id(fact),
        now=now,
        log_id=desk.log.identity,
    )
    _record(desk, fact, outbox)


def _record(desk: Desk, fact: SourceMoved | SourceTurned, outbox: Outbox) -> None:
    append = Append(source_stream(fact.source), None, (fact,))
    desk.log.append([append], recorded_at=desk.clock(), outbox=outbox)


def _reading(desk: Desk, source: Source) -> str:
    """What decides how a body is read: a body read otherwise than today must be read again."""
    decisive = f"{VERSION}\n{KINDS_VERSION}\n{desk.configuration}\n{source}"
    return hashlib.sha256(decisive.encode()).hexdigest()
