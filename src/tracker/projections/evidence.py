"""The figures behind an estimate: those that carry it, and those set aside, each with its rule."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from tracker.decisions import FigureRejected
from tracker.model import Estimate, Measure, Role
from tracker.projections.because import (
    ANOTHER_SCOPE,
    READ_ANEW,
    STOOD_BEFORE,
    SUPERSEDED,
    weight,
    why_set_aside,
)
from tracker.projections.estimate import Replay
from tracker.projections.ledger import Entry, Ledger, read_as
from tracker.projections.wording import reading

WHOLE = "the whole incident"

Part = Literal["stands", "confirms", "disputes"]


@dataclass(frozen=True, slots=True)
class Carrier:
    """A figure that the estimate rests on: it stands, bears that out, or is the other side."""

    entry: Entry
    part: Part


@dataclass(frozen=True, slots=True)
class Aside:
    """A figure that the estimate does not rest on, and the rule that set it aside."""

    entry: Entry
    rule: str
    """The name of a test of the policy, a role, or another rule of `because.py`."""
    note: str = ""
    """What the rule rests on: who took it back, which scope it is of, how it is read by now."""

    @property
    def because(self) -> str:
        return why_set_aside(self.rule)


@dataclass(frozen=True, slots=True)
class Group:
    """The figures that one rule set aside, newest first."""

    rule: str
    figures: tuple[Aside, ...]

    @property
    def because(self) -> str:
        return why_set_aside(self.rule)


def carriers(ledger: Ledger, replayed: Replay) -> tuple[Carrier, ...]:
    """The figures that the estimate rests on, an operator's corrections among them."""
    entries = {each.event.id: each for each in (*ledger.entries, *ledger.corrections)}
    confirming, rival = set(replayed.heard.supporters), replayed.heard.rival
    disputing = set(rival.basis) if rival else set[str]()
    return tuple(
        Carrier(
            entries[each],
            "confirms" if each in confirming else "disputes" if each in disputing else "stands",
        )
        for each in dict.fromkeys(replayed.estimate.basis)
        if each in entries
    )


def set_aside(
    ledger: Ledger, replayed: Replay, scopes: Mapping[str | None, Replay]
) -> tuple[Aside, ...]:
    """Every other figure of the measure, as it is read by now or was once, in order.

    `scopes` are the replays of the measure in every scope.
    """
    rules = Rules(ledger, replayed, scopes)
    measure = replayed.estimate.measure
    read = [each for each in ledger.entries if each.figure.measure is measure]
    asides = [each for each in map(rules.aside, read) if each is not None]
    asides += [
        old_reading(ledger, entry)
        for entries in ledger.reports.values()
        for entry in entries
        if entry.event.id in ledger.rereads and entry.figure.measure is measure
    ]
    return tuple(asides)


def grouped(asides: Iterable[Aside]) -> tuple[Group, ...]:
    """By rule: what might be held against the estimate first, and the newest of each first."""
    groups: dict[str, list[Aside]] = {}
    for each in asides:
        groups.setdefault(each.rule, []).append(each)
    return tuple(
        Group(rule, tuple(sorted(groups[rule], key=lambda each: each.entry.order, reverse=True)))
        for rule in sorted(groups, key=weight)
    )


def heard(replayed: Replay) -> set[str]:
    """The figures (event ids) heard as statements of this estimate, or as parts of one."""
    ids = {each.event_id for each in replayed.ignored} | {*replayed.estimate.basis}
    return ids.union(
        *({each.event_id, *each.estimate.basis} for each in replayed.revisions),
    )


def old_reading(ledger: Ledger, entry: Entry) -> Aside:
    """A figure whose words are read otherwise by now, and as what."""
    entries = {each.event.id: each for each in ledger.of_report(*entry.report)}
    now = sorted(read_as(entry.event.id, ledger.rereads) & entries.keys())
    told = "; ".join(reading(entries[each].figure, entry.figure) for each in now)
    return Aside(entry, READ_ANEW, f"now {told or 'no figure'}")


class Rules:
    """Which rule keeps a figure from carrying one estimate."""

    def __init__(
        self, ledger: Ledger, replayed: Replay, scopes: Mapping[str | None, Replay]
    ) -> None:
        self._ledger = ledger
        self._estimate: Estimate = replayed.estimate
        self._stops = {each.event_id: each.test for each in replayed.ignored}
        self._stood = heard(replayed) - self._stops.keys()
        self._moves = {each.event_id: each.reason for each in replayed.revisions}
        self._elsewhere = {
            figure: scope
            for scope, each in scopes.items()
            if scope != replayed.estimate.scope
            for figure in heard(each)
        }
        figures = (each.figure for each in ledger.entries)
        self._denying = [each for each in figures if each.role is Role.REJECTED]

    def aside(self, entry: Entry) -> Aside | None:
        """None where the estimate rests on the figure."""
        figure, name = entry.figure, entry.event.id
        if name in self._estimate.basis:
            return None
        if name in self._stops:
            return Aside(entry, self._stops[name], self._note(entry, self._stops[name]))
        if name in self._stood:
            rule = SUPERSEDED if name in self._ledger.superseded else STOOD_BEFORE
            return Aside(entry, rule, self._note(entry, rule))
        if name in self._elsewhere or figure.scope != self._estimate.scope:
            return Aside(entry, ANOTHER_SCOPE, self._elsewhere.get(name, figure.scope) or WHOLE)
        return Aside(entry, figure.role.value, self._note(entry, figure.role.value))

    def _note(self, entry: Entry, rule: str) -> str:
        name = entry.event.id
        if rule == "withdrawn":
            return self._withdrawal(name)
        if rule == "denied":
            return self._denial(entry)
        if rule == STOOD_BEFORE and name in self._moves:
            return self._moves[name].value
        if name in self._ledger.superseded:
            return f"not in version {self._ledger.superseded[name]} of its report"
        return ""

    def _withdrawal(self, name: str) -> str:
        """Who took it back, and why."""
        facts = (each.fact for each in self._ledger.withdrawals if name in each.figures)
        return "; ".join(f"by {each.by}: {each.reason}" for each in facts)

    def _denial(self, entry: Entry) -> str:
        """Who denied its number, and why, if that is known."""
        said = (entry.figure.measure, entry.figure.low)
        denials = [
            f"by {each.fact.by}: {each.fact.reason}"
            for each in self._ledger.decided
            if isinstance(each.fact, FigureRejected) and said in self._numbers(each.fact.figure)
        ]
        denials += [
            f"by {figure.issuer or figure.issuer_id or figure.source}"
            for figure in self._denying
            if (figure.measure, figure.low) == said
        ]
        return "; ".join(denials)

    def _numbers(self, name: str) -> set[tuple[Measure, int | None]]:
        """What a figure states, as it is read by now."""
        read = read_as(name, self._ledger.rereads)
        figures = (each.figure for each in self._ledger.entries if each.event.id in read)
        return {(each.measure, each.low) for each in figures}
