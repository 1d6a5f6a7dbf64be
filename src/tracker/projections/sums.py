"""Numbers of places, from whatever reports, added up for the whole.

A sum stands in only while nobody states the whole: it follows its own parts up and down, raises
an older whole that is less than its parts, and never lowers one.
"""

from collections.abc import Iterable
from dataclasses import replace
from operator import attrgetter

from tracker.model import Measure, Qualifier
from tracker.projections.bounds import fold, total
from tracker.projections.places import Division
from tracker.projections.standing import Hearing, Policy
from tracker.projections.statement import Statement, Version
from tracker.projections.statements import Told
from tracker.projections.wording import phrase


def with_sums(told: Told, measure: Measure, hear: Policy) -> list[Statement]:
    """What was said of the whole, and the sums of what stands for its places, in order."""
    said = told.by_scope[None]
    for division in filter(attrgetter("summed"), told.divisions):
        said = [*said, *_sums(division, told, measure, hear)]
    return sorted(said, key=lambda each: each.entry.order) if told.divisions else said


def _sums(division: Division, told: Told, measure: Measure, hear: Policy) -> Iterable[Statement]:
    """The sum after each report that moves a place, from when on the division is known."""
    scopes = sorted(division.scopes)
    heard = {scope: Hearing() for scope in scopes}
    parts = [(scope, each) for scope in scopes for each in told.by_scope.get(scope, ())]
    parts.sort(key=lambda each: each[1].entry.order)
    wholes: dict[Version, int] = {}
    for each in told.by_scope[None]:
        wholes[each.version] = max(wholes.get(each.version, 0), each.number or 0)
    last: int | None = None
    for place, (scope, said) in enumerate(parts):
        hear(heard[scope], said, measure)
        more = place + 1 < len(parts) and parts[place + 1][1].version == said.version
        if more or not division.holds(said.entry.order):
            continue
        made = _sum([each.standing for each in heard.values()], said, division)
        # A report that gives the whole, and no less than that, needs no sum.
        if made and made.number != last and (made.number or 0) > wholes.get(said.version, -1):
            last = made.number
            yield made


def _sum(
    standing: list[Statement | None], moving: Statement, division: Division
) -> Statement | None:
    known = [each for each in standing if each is not None and each.number is not None]
    if not known:
        return None
    exact = len(known) == len(standing) and all(each.qualifier is Qualifier.EXACT for each in known)
    stated = total(sum(each.number or 0 for each in known), exact=exact)
    number, low, high = fold(*stated)
    return replace(
        moving,
        basis=tuple([figure for each in known for figure in each.basis]),
        number=number,
        low=low,
        high=high,
        qualifier=stated[2],
        phrase=phrase(*stated),
        voice=" + ".join(sorted(division.scopes)),
        rank=min(each.rank for each in known),
        earlier=frozenset(),
        steps=frozenset(),
        summed=True,
    )
