"""Figures, readings and decisions in words, the same wherever they are shown."""

from typing import assert_never

from tracker.decisions import (
    OPERATOR,
    Decision,
    FigureCorrected,
    FigureReinstated,
    FigureRejected,
    IncidentClosed,
    IncidentMerged,
    IncidentReopened,
    IncidentSplit,
    ReportRefiled,
)
from tracker.events import FigureReported
from tracker.model import Qualifier
from tracker.projections.ledger import Ledger


def phrase(low: int | None, high: int | None, qualifier: Qualifier, word: str | None) -> str:
    """The figure in words: "nearly 100"; the same words whatever the text's own were."""
    match qualifier:
        case Qualifier.EXACT:
            return f"{low:,}"
        case Qualifier.VAGUE:
            return word or "some"
        case Qualifier.RANGE:
            return f"{low:,} to {high:,}"
    words = {
        Qualifier.UP_TO: "up to",
        Qualifier.UNDER: "fewer than",
        Qualifier.AT_LEAST: "at least",
    }
    number = high if low is None else low
    return f"{words.get(qualifier, qualifier.value)} {number:,}"


def reading(figure: FigureReported, beside: FigureReported | None = None) -> str:
    """What was read in a figure's words: "killed at least 12, current, up, the mayor".

    Where it stands `beside` another reading, its move and its issuer are told only if they differ.
    """
    number = phrase(figure.low, figure.high, figure.qualifier, figure.word)
    scope = f" ({figure.scope})" if figure.scope else ""
    told = [f"{figure.measure} {number}{scope}", figure.role.value]
    if beside is None or figure.move is not beside.move:
        told.append(figure.move.value if figure.move else "no move" if beside else "")
    if beside is None or _credited(figure) != _credited(beside):
        told.append(_credited(figure) or ("nobody credited" if beside else ""))
    return ", ".join(filter(None, told))


def decided(fact: Decision) -> str:
    """What an operator decided: "killed 91: two were counted twice"."""
    match fact:
        case FigureCorrected():
            number = phrase(fact.low, fact.high, fact.qualifier, None)
            scope = f" ({fact.scope})" if fact.scope else ""
            return f"{fact.measure} {number}{scope}: {fact.reason}"
        case FigureRejected():
            by = "" if fact.by == OPERATOR else f", {fact.by}"
            return f"{fact.figure}{by}: {fact.reason}"
        case FigureReinstated():
            return f"{fact.figure}: {fact.reason}"
        case IncidentClosed() | IncidentReopened():
            return fact.reason
        case IncidentMerged():
            return f"{fact.incident} into {fact.into}: {fact.reason}"
        case IncidentSplit():
            return f"{fact.incident} from {fact.into}: {fact.reason}"
        case ReportRefiled():
            return f"{fact.report} to {fact.incident}"
        case _ as never:
            assert_never(never)


def earlier_readings(ledger: Ledger) -> dict[str, str]:
    """By id of each figure whose words were read anew: how they had been read before."""
    return {
        each.event.id: "; ".join(reading(was, each.figure) for was in each.was)
        for each in ledger.entries
        if each.was
    }


def _credited(figure: FigureReported) -> str:
    """Whom the text credits, and as which office that is taken."""
    if not figure.issuer or figure.issuer_rank is None:
        return figure.issuer or ""
    return f"{figure.issuer} ({figure.issuer_id}, {figure.issuer_rank.label})"
