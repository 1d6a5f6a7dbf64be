"""What is denied: by an office in a text, or by an operator; and what goes with it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from tracker.events import FigureReported
from tracker.model import Measure, Rank, Role
from tracker.projections.ledger import Entry


@dataclass(frozen=True, slots=True)
class Denial:
    """A number that somebody denied."""

    measure: Measure
    number: int
    by: str | None
    """The office to which it had been credited; None where it was on nobody's authority."""
    at: datetime

    def covers(self, figure: FigureReported) -> bool:
        """Whether a figure of this number, said later, is only a relay of what was denied."""
        return self.at < figure.published_at and figure.issuer_id in (None, self.by)


class Refused(NamedTuple):
    """The figures (event ids) that a denial voids, and the number that it denies, if it is one."""

    figures: frozenset[str]
    denial: Denial | None = None


class Given:
    """Who has given which number as current, for denials to find."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self._entries = {each.event.id: each for each in entries}
        self._numbers: dict[tuple[Measure, int | None], list[Entry]] = defaultdict(list)
        for each in self._entries.values():
            if each.figure.role is Role.CURRENT:
                self._numbers[each.figure.measure, each.figure.low].append(each)

    def denied(self, denied: FigureReported) -> Refused:
        """What a text voids in which an office denies a number.

        All that was credited to that office, and relays that name nobody. Had nobody credited it
        to the office, only those relays, and of those only what is of a lower rank.
        """
        if denied.issuer_id is None or denied.low is None:
            return Refused(frozenset())
        before = self._before(denied.measure, denied.low, denied.published_at)
        credited = any(each.figure.issuer_id == denied.issuer_id for each in before)
        rank = Rank.OFFICIAL if denied.issuer_rank is None else denied.issuer_rank
        voids = frozenset(
            each.event.id
            for each in before
            if each.figure.issuer_id == denied.issuer_id
            or (each.figure.issuer_id is None and (credited or each.figure.source_rank < rank))
        )
        by = denied.issuer_id if credited else None
        return Refused(voids, Denial(denied.measure, denied.low, by, denied.published_at))

    def rejected(self, figures: frozenset[str], at: datetime) -> Refused:
        """What goes with figures that an operator rejects: relays on the same authority or none."""
        voids, denial = figures, None
        for said in (self._entries[each].figure for each in figures if each in self._entries):
            if said.low is None:
                continue
            voids |= {
                each.event.id
                for each in self._before(said.measure, said.low, at)
                if each.figure.scope == said.scope
                and each.figure.issuer_id in (said.issuer_id, None)
            }
            denial = Denial(said.measure, said.low, said.issuer_id, at)
        return Refused(voids, denial)

    def _before(self, measure: Measure, number: int, at: datetime) -> list[Entry]:
        given = self._numbers.get((measure, number), [])
        return [each for each in given if each.figure.published_at <= at]
