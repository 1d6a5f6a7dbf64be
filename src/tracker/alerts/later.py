"""What was put off, told when its time has come: what is held, and what is owed. Pure.

Everything is judged again, by how it stands now against what the receiver was told: what does not
pass any more is not told. What waited only for it to keep still has waited; quiet hours and digests
still count, those that the endpoint has by now.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from tracker.alerts.endpoint import Endpoint, Rules
from tracker.alerts.hours import not_before
from tracker.alerts.judgement import SILENT, opening
from tracker.alerts.memory import Circumstances, Memory
from tracker.alerts.telling import Telling
from tracker.model import Estimate
from tracker.projections.moves import Moved
from tracker.store.records import Held, Outbox, Owed


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What of one endpoint has come due. Of a digest, all of it together."""

    held: tuple[Held, ...] = ()
    owed: tuple[Owed, ...] = ()

    @property
    def incidents(self) -> tuple[str, ...]:
        """Those that it is about."""
        held = (each.incident for each in self.held)
        return tuple(dict.fromkeys([*held, *(each.incident for each in self.owed)]))


def parted(
    endpoint: Endpoint, held: Iterable[Held], owed: Iterable[Owed], *, now: datetime
) -> list[Due]:
    """What of this is the endpoint's, in parts that are written one by one.

    Each incident by itself, but for what a digest tells of them together. What is owed waits for
    the end of quiet hours.
    """
    held = tuple(each for each in held if each.endpoint == endpoint.name)
    owed = tuple(each for each in owed if each.endpoint == endpoint.name)
    if not_before(endpoint.rules, now) is not None:
        owed = ()
    if endpoint.rules.digest and held:
        return [Due(held=held), *(Due(owed=(each,)) for each in owed)]
    parts: dict[str, tuple[list[Held], list[Owed]]] = {}
    for each in held:
        parts.setdefault(each.incident, ([], []))[0].append(each)
    for debt in owed:
        parts.setdefault(debt.incident, ([], []))[1].append(debt)
    return [Due(held=tuple(ours), owed=tuple(debts)) for ours, debts in parts.values()]


def tells(endpoint: Endpoint, memory: Memory, now: datetime) -> bool:
    """Whether the endpoint is told anything now: else nobody needs to know how things stand."""
    return endpoint.name not in memory.disabled and not_before(endpoint.rules, now) is None


def told_now(
    due: Due,
    endpoint: Endpoint,
    standing: Mapping[str, Sequence[Moved]],
    memory: Memory,
    around: Circumstances,
) -> Outbox:
    """What an endpoint is told of what has come due, and what is held or owed on.

    `standing` are, by incident, all its estimates under the policy of the endpoint, each with the
    move that decided it; what was told and is not among them stands no longer. In quiet hours
    nothing is told. The same arguments give the same outbox.
    """
    telling = Telling(endpoint, memory, around)
    if telling.disabled:
        _owe(telling, due)
        return telling.outbox()
    if not_before(endpoint.rules, around.now) is not None:
        for held in due.held:
            telling.hold(_nothing(held), opening(endpoint.rules, around.now))
        return telling.outbox()
    ready: list[Held] = []
    for held in due.held:
        until = _opening(endpoint.rules, held.until)
        if until > around.now:
            telling.hold(_nothing(held), until)
        else:
            ready.append(held)
    _tell_held(telling, ready, standing)
    for owed in due.owed:
        _tell_owed(telling, owed, standing.get(owed.incident, ()))
    return telling.outbox()


def known(
    endpoint: Endpoint, standing: Iterable[Moved], memory: Memory, around: Circumstances
) -> Outbox:
    """What an endpoint that is new to the log is taken to know: what it would be told of all that
    stands, noted as told. Nothing is sent.

    One that was told something before has been away: where that does not stand any more, it is
    owed how everything stands.
    """
    telling = Telling(endpoint, memory, around)
    moves = [*standing]
    stands = {(each.after.measure, each.after.scope) for each in moves}
    incident = {each.after.incident for each in moves} | {each.incident for each in memory.told}
    gone = (each for name in incident for each in telling.told_of(name))
    fallen = [each for each in gone if (each.measure, each.scope) not in stands]
    for after in (*(each.after for each in moves), *fallen):
        verdict = telling.judge(after)
        passes = verdict.told or verdict.rule in SILENT
        if telling.held(after) is not None or not passes:
            continue
        if telling.before(after) is None:
            telling.note(after)
        else:
            telling.owe(after.incident)
    return telling.outbox()


def sooner(endpoint: Endpoint, held: Iterable[Held], now: datetime) -> Outbox:
    """What is held for longer than the rules of the endpoint would hold it, if it moved now.

    Other rules held it: by those that are in force, nothing is.
    """
    rules = endpoint.rules
    until = opening(rules, now + max(rules.debounce, rules.flap))
    return Outbox(held=tuple(replace(each, until=until) for each in held if each.until > until))


def _opening(rules: Rules, until: datetime) -> datetime:
    """When what was held until then is told: then, unless it was not held for a digest that the
    endpoint has by now.
    """
    just_before = until - datetime.resolution
    if not rules.digest or until in (opening(rules, just_before), not_before(rules, just_before)):
        return until
    return opening(rules, until)


def _owe(telling: Telling, due: Due) -> None:
    for held in due.held:
        telling.drop(_nothing(held))
        telling.owe(held.incident)


def _tell_held(
    telling: Telling, held: Sequence[Held], standing: Mapping[str, Sequence[Moved]]
) -> None:
    together: list[Moved] = []
    for move in _stands(held, standing):
        verdict = telling.judge(move.after)
        if not verdict.told:
            telling.pass_over(move.after, verdict.rule)
        elif telling.rules.digest:
            together.append(move)
        else:
            telling.tell(move, verdict.type)
    if together:
        telling.digest(together, min(each.since for each in held))


def _stands(held: Sequence[Held], standing: Mapping[str, Sequence[Moved]]) -> Iterator[Moved]:
    """How what is held stands by now: by incident, the one that has waited longest first."""
    for incident in dict.fromkeys(each.incident for each in sorted(held, key=_waiting)):
        waiting = {(each.measure, each.scope): each for each in held if each.incident == incident}
        for move in standing.get(incident, ()):
            if waiting.pop((move.after.measure, move.after.scope), None):
                yield move
        for each in waiting.values():
            yield Moved(after=_nothing(each), revision=None)


def _waiting(held: Held) -> tuple[datetime, str]:
    return held.since, held.incident


def _tell_owed(telling: Telling, owed: Owed, standing: Sequence[Moved]) -> None:
    stands = {(each.after.measure, each.after.scope) for each in standing}
    fallen = (
        Moved(after=each, revision=None)
        for each in telling.told_of(owed.incident)
        if (each.measure, each.scope) not in stands
    )
    told: list[Moved] = []
    for move in (*standing, *fallen):
        if telling.held(move.after) is not None:
            continue  # It is told in its own time.
        verdict = telling.judge(move.after)
        if verdict.told:
            told.append(move)
        else:
            telling.pass_over(move.after, verdict.rule)
    if telling.rules.digest:
        for move in told:
            telling.hold(move.after, opening(telling.rules, telling.around.now))
    else:
        telling.backfill(owed.incident, told, owed)
    telling.settle(owed)


def _nothing(held: Held) -> Estimate:
    return Estimate(incident=held.incident, measure=held.measure, scope=held.scope)
