"""Why an estimate is what it is: the move that made it, and what spoke for it and against it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.decisions import (
    OPERATOR,
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentMerged,
    IncidentSplit,
)
from tracker.errors import UnknownName
from tracker.events import Event, FigureWithdrawn
from tracker.model import Estimate, Measure, Reason, Revision
from tracker.projections.because import why_moved
from tracker.projections.estimate import Replay, replay, replays
from tracker.projections.evidence import Carrier, Group, carriers, grouped, set_aside
from tracker.projections.history import stands_otherwise
from tracker.projections.ledger import Ledger, read_as
from tracker.projections.policies import POLICIES, STANDARD
from tracker.projections.would import Prospect, prospect


@dataclass(frozen=True, slots=True, kw_only=True)
class Why:
    """An estimate, explained."""

    estimate: Estimate
    made: Revision | None
    """The move that made the number what it is; None: nothing was ever stated."""
    before: Estimate | None
    """What stood before that move."""
    because: str
    """Why that move was made, in a sentence for people."""
    confirmed: Revision | None
    """The move that confirmed it since, if one did."""
    carriers: tuple[Carrier, ...]
    groups: tuple[Group, ...]
    """Every other figure of the measure, by the rule that set it aside."""
    decisions: tuple[Event, ...]
    """What an operator decided on it, in the order in which it counts."""
    prospect: Prospect
    scopes: tuple[Estimate, ...]
    """What stands in the other scopes of the measure."""


def why(
    ledger: Ledger,
    incident: str,
    measure: Measure,
    scope: str | None = None,
    *,
    at: datetime,
    policy: str = STANDARD,
) -> Why:
    """Explain the estimate of one measure and scope; `at` is when somebody might speak next.

    Raises `UnknownName` for the policy, and for a scope of which nothing was said.
    """
    found = replays(ledger, incident, [measure], policy=policy)
    scopes = {name: each for (_, name), each in found.items()}
    if scope not in scopes:
        if scope is not None:
            raise UnknownName("scope", scope, filter(None, scopes))
        scopes[None] = replay(ledger, incident, measure, policy=policy)
    replayed = scopes[scope]
    made, before, confirmed = _moves(replayed.revisions)
    return Why(
        estimate=replayed.estimate,
        made=made,
        before=before,
        because=why_moved(made.reason, _test(ledger, replayed, made, policy)) if made else "",
        confirmed=confirmed,
        carriers=carriers(ledger, replayed),
        groups=grouped(set_aside(ledger, replayed, scopes)),
        decisions=tuple(_decisions(ledger, measure, scope)),
        prospect=prospect(ledger, replayed, policy=policy, at=at),
        scopes=tuple(
            each.estimate
            for name, each in scopes.items()
            if name != scope and each.estimate.phrase is not None
        ),
    )


def _moves(
    revisions: Sequence[Revision],
) -> tuple[Revision | None, Estimate | None, Revision | None]:
    """The last move of the number, what stood before it, and the move that confirmed it since."""
    before: Estimate | None = None
    made: Revision | None = None
    confirmed: Revision | None = None
    last: Estimate | None = None
    for each in revisions:
        if stands_otherwise(last, each.estimate):
            before, made, confirmed = last, each, None
        elif each.reason is Reason.CONFIRMED:
            confirmed = each
        last = each.estimate
    return made, before, confirmed


def _test(ledger: Ledger, replayed: Replay, made: Revision, policy: str) -> str:
    """The name of the test that let what stands move the estimate; "" where it is not known.

    What had been heard until then is replayed, and the statement put to the policy again.
    """
    standing = replayed.heard.standing
    if standing is None or standing.entry.event.id != made.event_id:
        return ""
    order = standing.entry.order
    until = replace(
        ledger,
        entries=tuple([each for each in ledger.entries if each.order < order]),
        corrections=tuple([each for each in ledger.corrections if each.order < order]),
    )
    estimate = replayed.estimate
    heard = replay(until, estimate.incident, estimate.measure, estimate.scope, policy=policy).heard
    verdict = POLICIES[policy](heard.copy(), standing, estimate.measure)
    return verdict.test if verdict.reason is made.reason else ""


def _decisions(ledger: Ledger, measure: Measure, scope: str | None) -> list[Event]:
    own = {
        each.event.id
        for entries in ledger.reports.values()
        for each in entries
        if each.figure.measure is measure
    }
    corrections = [
        each.event
        for each in ledger.corrections
        if isinstance(each.event.fact, FigureCorrected)
        and (each.event.fact.measure, each.event.fact.scope) == (measure, scope)
    ]
    own |= {each.id for each in corrections}
    withdrawals = [each.event for each in ledger.withdrawals if each.fact.by == OPERATOR]
    decided = [
        each
        for each in (*withdrawals, *ledger.decided)
        if not isinstance(each.fact, FigureWithdrawn | FigureRejected | FigureReinstated)
        or not own.isdisjoint(read_as(each.fact.figure, ledger.rereads))
    ]
    found = sorted([*corrections, *decided], key=lambda each: (each.fact.effective_at, each.id))
    return [*{_told_once(each): each for each in reversed(found)}.values()][::-1]


def _told_once(event: Event) -> tuple[object, ...]:
    """The same for the two events of one merging, or splitting, which either stream has."""
    fact = event.fact
    if isinstance(fact, IncidentMerged | IncidentSplit):
        return (fact.TYPE, fact.incident, fact.into, fact.again)
    return (event.id,)
