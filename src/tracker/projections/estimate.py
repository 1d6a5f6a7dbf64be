"""The best figure and every move of it: what has been said, replayed under a policy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from tracker.errors import UnknownName
from tracker.events import FigureReported
from tracker.model import Estimate, Measure, Reason, Revision, Role, Status
from tracker.projections.ledger import Entry, Ledger, Withdrawal
from tracker.projections.policies import POLICIES, STANDARD
from tracker.projections.standing import Hearing, Policy, Record
from tracker.projections.statement import Statement, statements


@dataclass(frozen=True, slots=True)
class Ignored:
    """A figure that moved nothing, and the test that stopped it."""

    event_id: str
    test: str


@dataclass(frozen=True, slots=True)
class Replay:
    """An estimate, the revisions that led to it, oldest first, and the figures set aside."""

    estimate: Estimate
    revisions: tuple[Revision, ...]
    ignored: tuple[Ignored, ...]
    heard: Hearing
    """What the policy has heard by the end: for questions of what a further figure would do."""


def replay(
    ledger: Ledger,
    incident: str,
    measure: Measure,
    scope: str | None = None,
    *,
    policy: str = STANDARD,
) -> Replay:
    """Fold the ledger into the estimate of one measure and scope, move by move.

    A withdrawal or a denial counts from its own time: what stood before stays in the history,
    and everything is heard again without the figure. Raises `UnknownName` for the policy.
    """
    hear, said = _hear(policy), statements(ledger, measure).get(scope, [])
    nothing = Estimate(incident=incident, measure=measure, scope=scope)
    return _replay(nothing, said, _voids(ledger), hear)


def replays(
    ledger: Ledger,
    incident: str,
    measures: Iterable[Measure] = Measure,
    *,
    policy: str = STANDARD,
) -> dict[tuple[Measure, str | None], Replay]:
    """The replays of these measures (default: all) in every scope, the whole incident first."""
    hear, voids = _hear(policy), _voids(ledger)
    told = {each.figure.measure for each in ledger.entries}
    found = {}
    for measure in measures:
        said = statements(ledger, measure) if measure in told else {}
        for scope in sorted(said, key=lambda each: each or ""):
            nothing = Estimate(incident=incident, measure=measure, scope=scope)
            found[measure, scope] = _replay(nothing, said[scope], voids, hear)
    return found


def _hear(policy: str) -> Policy:
    if policy not in POLICIES:
        raise UnknownName("policy", policy, POLICIES)
    return POLICIES[policy]


@dataclass(frozen=True, slots=True)
class _Void:
    """Figures that no longer count from a moment on, and what says so."""

    at: datetime
    by: Withdrawal | Entry
    figures: frozenset[str]
    reason: Literal[Reason.WITHDRAWN, Reason.DENIED]


def _replay(nothing: Estimate, said: list[Statement], voids: list[_Void], hear: Policy) -> Replay:
    """Hear the statements in turn; `nothing` is the estimate before the first."""
    figures = {figure for each in said for figure in each.basis} if voids else set[str]()
    voids = [each for each in voids if not figures.isdisjoint(each.figures)]
    doomed = frozenset[str]().union(*(each.figures for each in voids))
    record = Record(hear, nothing.measure, doomed)
    revisions: list[Revision] = []
    ignored: dict[str, str] = {}
    gone = set[str]()
    done = 0
    for void in [*voids, None]:
        while done < len(said) and (void is None or said[done].at <= void.at):
            statement = said[done]
            done += 1
            if not gone.isdisjoint(statement.basis):
                continue
            verdict = record.hear(statement)
            if verdict.reason is None:
                ignored |= dict.fromkeys(statement.basis, verdict.test)
            else:
                after = _estimate(nothing, record.hearing)
                revisions.append(_revision(revisions, after, statement.entry, verdict.reason))
        if void is not None:
            gone |= void.figures
            if record.strike(void.figures):
                after = _estimate(nothing, record.hearing)
                before = revisions[-1].estimate if revisions else nothing
                if _differ(before, after):
                    revisions.append(_voiding(revisions, after, void))
    ignored |= dict.fromkeys(sorted(figures & doomed), "withdrawn")
    shown = tuple([Ignored(*each) for each in ignored.items()])
    return Replay(_estimate(nothing, record.hearing), tuple(revisions), shown, record.hearing)


def _estimate(nothing: Estimate, hearing: Hearing) -> Estimate:
    standing = hearing.standing
    if standing is None:
        return nothing
    low, high = standing.low, standing.high
    basis = standing.basis + tuple(hearing.supporters)
    if hearing.rival is not None:
        low = _outer(min, low, hearing.rival.low)
        high = _outer(max, high, hearing.rival.high)
        basis += hearing.rival.basis
    return Estimate(
        incident=nothing.incident,
        measure=nothing.measure,
        scope=nothing.scope,
        best=standing.number,
        low=low,
        high=high,
        phrase=standing.phrase,
        qualifier=standing.qualifier,
        status=hearing.status,
        since=hearing.since,
        basis=basis,
    )


def _outer(pick: Callable[[int, int], int], one: int | None, other: int | None) -> int | None:
    """The bound that covers both; no bound on one side is no bound."""
    return None if one is None or other is None else pick(one, other)


def _differ(before: Estimate, after: Estimate) -> bool:
    return (before.phrase, before.low, before.high, before.status is Status.CONTESTED) != (
        after.phrase,
        after.low,
        after.high,
        after.status is Status.CONTESTED,
    )


def _revision(revisions: list[Revision], after: Estimate, entry: Entry, reason: Reason) -> Revision:
    figure = entry.figure
    return Revision(
        position=entry.event.position,
        published_at=figure.published_at,
        recorded_at=entry.event.recorded_at,
        source=figure.source,
        issuer=figure.issuer,
        change=_change(revisions, after),
        reason=reason,
        quote=figure.quote,
        title=figure.title,
        url=figure.url,
        event_id=entry.event.id,
        estimate=after,
    )


def _change(revisions: list[Revision], after: Estimate) -> int | None:
    before = revisions[-1].estimate.best if revisions else None
    return None if before is None or after.best is None else after.best - before


def _voiding(revisions: list[Revision], after: Estimate, void: _Void) -> Revision:
    """The revision that a withdrawal or a denial makes; its words are those of the event."""
    if isinstance(void.by, Entry):
        return _revision(revisions, after, void.by, void.reason)
    event, fact = void.by.event, void.by.fact
    return Revision(
        position=event.position,
        published_at=fact.effective_at,
        recorded_at=event.recorded_at,
        source=fact.by,
        issuer=None,
        change=_change(revisions, after),
        reason=void.reason,
        quote=fact.reason,
        title=None,
        url="",
        event_id=event.id,
        estimate=after,
    )


def _voids(ledger: Ledger) -> list[_Void]:
    """Withdrawals, and denials: an issuer's rejection of a number that was credited to it."""
    found = [
        _Void(each.fact.effective_at, each, each.figures, Reason.WITHDRAWN)
        for each in ledger.withdrawals
    ]
    rejected = [each for each in ledger.entries if each.figure.role is Role.REJECTED]
    if rejected:
        given: dict[tuple[Measure, int | None], list[Entry]] = {}
        for each in ledger.entries:
            if each.figure.role is Role.CURRENT:
                given.setdefault((each.figure.measure, each.figure.low), []).append(each)
        for denial in rejected:
            denied = denial.figure
            if denied.issuer_id is None or denied.low is None:
                continue
            figures = _credited(given.get((denied.measure, denied.low), ()), denied)
            if figures:
                found.append(_Void(denied.published_at, denial, figures, Reason.DENIED))
    return sorted(found, key=lambda each: (each.at, each.by.event.id))


def _credited(given: Iterable[Entry], denied: FigureReported) -> frozenset[str]:
    """The figures that a denial voids, if any was credited to whoever denies it.

    Relays of that number which name nobody else go with them.
    """
    before = [each for each in given if each.figure.published_at <= denied.published_at]
    if not any(each.figure.issuer_id == denied.issuer_id for each in before):
        return frozenset()
    return frozenset(
        each.event.id for each in before if each.figure.issuer_id in (denied.issuer_id, None)
    )
