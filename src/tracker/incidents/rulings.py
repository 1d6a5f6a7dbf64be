"""Whether what an operator decides is news to the log: then how often it was decided before.

Storing it, and telling receivers, is `tracker/rulings.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.decisions import (
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
)
from tracker.events import Fact, FigureWithdrawn
from tracker.projections.ledger import Ledger

Ruling = (
    FigureWithdrawn
    | FigureRejected
    | FigureReinstated
    | FigureCorrected
    | IncidentClosed
    | IncidentReopened
    | IncidentMerged
    | IncidentSplit
)

UNDOES: Final[dict[type, tuple[type[Fact], ...]]] = {
    FigureReinstated: (FigureWithdrawn, FigureRejected),
    IncidentReopened: (IncidentClosed,),
    IncidentSplit: (IncidentMerged,),
}
"""What undoes a decision, and which ones: without such a one it says nothing."""


def ruled(ledger: Ledger, ruling: Ruling) -> Ruling | None:
    """The fact to be stored, told from those before; None where the log holds that already.

    A figure that is withdrawn is not withdrawn again, nor one reinstated that counts. A correction
    is stored unless the last of its measure and scope says the same for the same reason.
    """
    before = [each for each in _decided(ledger) if _of(each) == _of(ruling)]
    last = before[-1] if before else None
    undone = UNDOES.get(type(ruling))
    if isinstance(ruling, FigureCorrected):
        if isinstance(last, FigureCorrected) and _says(last) == _says(ruling):
            return None
    elif type(last) is type(ruling) or (undone and not isinstance(last, undone)):
        return None
    return replace(ruling, again=sum(type(each) is type(ruling) for each in before))


def _decided(ledger: Ledger) -> list[Ruling]:
    """All that was decided before, in the order in which it counts."""
    events = [each.event for each in ledger.withdrawals]
    events += [each.event for each in ledger.corrections]
    events += [each for each in ledger.decided if each.stream == ledger.stream]
    events.sort(key=lambda each: (each.fact.effective_at, each.version))
    return [each.fact for each in events if isinstance(each.fact, Ruling)]


def _of(ruling: Ruling) -> tuple[object, ...]:
    """What a decision is about: of two about one thing the later holds."""
    match ruling:
        case FigureWithdrawn() | FigureRejected() | FigureReinstated():
            return ("figure", ruling.figure)
        case FigureCorrected():
            # One that is taken back is no longer what the log says.
            return ("correction", ruling.measure, ruling.scope)
        case IncidentClosed() | IncidentReopened():
            return ("closing",)
        case IncidentMerged() | IncidentSplit():
            return ("merger", ruling.incident, ruling.into, ruling.home)


def _says(correction: FigureCorrected) -> tuple[object, ...]:
    return (correction.low, correction.high, correction.qualifier, correction.reason)
