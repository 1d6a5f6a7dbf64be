"""What would change an estimate, in a line each, for `tracker why`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tracker.cli.shown import clock
from tracker.model import Qualifier, Rank, Reason, Status
from tracker.projections.would import Says

if TYPE_CHECKING:
    from tracker.model import Estimate
    from tracker.projections.why import Why
    from tracker.projections.would import Would

VOICES: Final = {
    Rank.UNVERIFIED: "an unverified source",
    Rank.OUTLET: "an outlet",
    Rank.AGENCY: "an agency",
    Rank.OFFICIAL: "an official",
}


def consequence(would: Would, told: Why) -> str:
    """As in: an official who says less, like 90: lowered to 90."""
    stands = told.estimate
    since = f"from {clock(would.since)} on, " if would.since else ""
    return f"{since}{_who(would, told)} who {_says(would, stands)}: {_then(would, stands)}"


def _who(would: Would, told: Why) -> str:
    ranks = sorted(would.ranks)
    if not ranks:
        standing = [each.entry.figure for each in told.carriers if each.part == "stands"]
        figure = standing[-1]
        return f"{figure.source} / {figure.issuer}" if figure.issuer else figure.source
    if len(ranks) == len(Rank):
        return "anybody"
    if len(ranks) > 1 and [*Rank][-len(ranks) :] == ranks:
        return f"{VOICES[ranks[0]]} or above"
    return " or ".join(VOICES[each] for each in reversed(ranks))


def _says(would: Would, stands: Estimate) -> str:
    match would.says:
        case Says.FIRST:
            return "states a number"
        case Says.SAME:
            hedged = stands.qualifier is not Qualifier.EXACT
            return f"says exactly {would.number:,}" if hedged else f"says {would.number:,}, too"
        case Says.AGAIN:
            return f"says {would.number:,} as well"
        case Says.MORE:
            return f"says more, like {would.number:,}"
        case Says.BEYOND:
            return f"says more than anybody yet, like {would.number:,}"
        case Says.LESS:
            return f"says less, like {would.number:,}"
        case Says.LOWERING:
            return f"says that it went down, like to {would.number:,}"


def _then(would: Would, stands: Estimate) -> str:
    match would.reason:
        case Reason.FIRST:
            return "it stands"
        case Reason.CONFIRMED:
            return "confirmed"
        case Reason.CONTESTED:
            return f"contested, {would.phrase} against {stands.phrase}"
        case Reason.SETTLED:
            return f"settled on {would.phrase}"
    confirmed = ", confirmed" if would.status is Status.CONFIRMED else ""
    if would.says is Says.FIRST:
        return would.reason.value
    return f"{would.reason} to {would.phrase}{confirmed}"
