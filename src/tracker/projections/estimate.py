"""The best figure and every move of it: what has been said, replayed under a policy."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from tracker.errors import UnknownName
from tracker.events import Event
from tracker.model import Estimate, Measure, Reason, Revision, Role, Status
from tracker.projections.ledger import Entry, Ledger
from tracker.projections.simple import highest, latest, lowest
from tracker.projections.standard import standard
from tracker.projections.standing import Hearing, Policy
from tracker.projections.statement import statements

STANDARD: Final = "standard"

POLICIES: Final[dict[str, Policy]] = {
    STANDARD: standard,
    "latest": latest,
    "highest": highest,
    "lowest": lowest,
}


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


@dataclass(frozen=True, slots=True)
class _Voided:
    """Figures that no longer count from a moment on, and the event that says so."""

    at: datetime
    event: Event
    figures: frozenset[str]
    reason: Literal[Reason.WITHDRAWN, Reason.DENIED]


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
    if policy not in POLICIES:
        raise UnknownName("policy", policy, POLICIES)
    ongoing = ledger.opened is not None and ledger.opened.ongoing
    said = statements(ledger, measure, scope, ongoing=ongoing)
    name = _Name(incident, measure, scope)
    hear = POLICIES[policy]
    hearing, gone = Hearing(), frozenset[str]()
    revisions: list[Revision] = []
    ignored: dict[str, str] = {}
    done = 0
    figures = {event_id for statement in said for event_id in statement.basis}
    voids = [each for each in _voided(ledger) if figures & each.figures]
    for void in [*voids, None]:
        while done < len(said) and (void is None or said[done].at <= void.at):
            statement = said[done]
            done += 1
            if gone.intersection(statement.basis):
                continue
            verdict = hear(hearing, statement, measure)
            if verdict.reason is None:
                ignored |= dict.fromkeys(statement.basis, verdict.test)
            else:
                after = _estimate(name, hearing)
                revisions.append(_revision(revisions, after, statement.entry, verdict.reason))
        if void is not None:
            gone |= void.figures
            hearing = Hearing()
            for statement in said[:done]:
                if not gone.intersection(statement.basis):
                    hear(hearing, statement, measure)
            after = _estimate(name, hearing)
            before = revisions[-1].estimate if revisions else name.nothing
            if _differ(before, after):
                revisions.append(_voiding(revisions, after, void, ledger))
    ignored |= dict.fromkeys(sorted(figures & gone), "withdrawn")
    shown = tuple(Ignored(*each) for each in ignored.items())
    return Replay(_estimate(name, hearing), tuple(revisions), shown)


def measures_of(ledger: Ledger) -> list[tuple[Measure, str | None]]:
    """Every measure and scope that anything is said about, the whole incident first."""
    found = {(each.figure.measure, each.figure.scope) for each in ledger.entries}
    found |= {(measure, None) for measure, _ in found}
    order = list(Measure)
    return sorted(found, key=lambda each: (order.index(each[0]), each[1] or ""))


@dataclass(frozen=True, slots=True)
class _Name:
    incident: str
    measure: Measure
    scope: str | None

    @property
    def nothing(self) -> Estimate:
        """Nobody states it: absent, never zero."""
        return Estimate(incident=self.incident, measure=self.measure, scope=self.scope)


def _estimate(name: _Name, hearing: Hearing) -> Estimate:
    standing = hearing.standing
    if standing is None:
        return name.nothing
    low, high = standing.low, standing.high
    basis = standing.basis + hearing.supporters
    if hearing.rival is not None:
        low = _outer(min, low, hearing.rival.low)
        high = _outer(max, high, hearing.rival.high)
        basis += hearing.rival.basis
    return Estimate(
        incident=name.incident,
        measure=name.measure,
        scope=name.scope,
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


def _voiding(revisions: list[Revision], after: Estimate, void: _Voided, ledger: Ledger) -> Revision:
    """The revision that a withdrawal or a denial makes; its words are those of the event."""
    for entry in (each for each in ledger.entries if each.event.id == void.event.id):
        return _revision(revisions, after, entry, void.reason)
    taken = next(each for each in ledger.withdrawals if each.event.id == void.event.id)
    return Revision(
        position=taken.event.position,
        published_at=taken.fact.effective_at,
        recorded_at=taken.event.recorded_at,
        source=taken.fact.by,
        issuer=None,
        change=_change(revisions, after),
        reason=void.reason,
        quote=taken.fact.reason,
        title=None,
        url="",
        event_id=taken.event.id,
        estimate=after,
    )


def _voided(ledger: Ledger) -> list[_Voided]:
    """Withdrawals, and denials: an issuer's rejection of a number that was credited to it."""
    found = [
        _Voided(each.fact.effective_at, each.event, each.figures, Reason.WITHDRAWN)
        for each in ledger.withdrawals
    ]
    for entry in ledger.entries:
        denied = entry.figure
        if denied.role is not Role.REJECTED or denied.issuer_id is None or denied.low is None:
            continue
        credited = _credited(ledger.entries, entry)
        if credited:
            found.append(_Voided(denied.published_at, entry.event, credited, Reason.DENIED))
    return sorted(found, key=lambda each: (each.at, each.event.id))


def _credited(entries: Iterable[Entry], denial: Entry) -> frozenset[str]:
    """The figures that a denial voids, if any was credited to whoever denies it.

    Relays of that number which name nobody else go with them.
    """
    denied = denial.figure
    same = [
        each
        for each in entries
        if each.figure.role is Role.CURRENT
        and (each.figure.measure, each.figure.low) == (denied.measure, denied.low)
        and each.figure.published_at <= denied.published_at
    ]
    if not any(each.figure.issuer_id == denied.issuer_id for each in same):
        return frozenset()
    return frozenset(
        each.event.id for each in same if each.figure.issuer_id in (denied.issuer_id, None)
    )
