"""The outbox of one endpoint as it fills: what it was told, what is held for it, what it is owed.

Used by `rules.py` (a move has just come) and `later.py` (what was put off is due). Pure: whoever
begins with the same memory and does the same ends with the same outbox, ids included.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Final, Literal, TypeVar

from tracker.alerts.alert import alert_of, due_at
from tracker.alerts.bodies import (
    MOST_STANDING,
    Backfilled,
    BackfilledData,
    Body,
    Digest,
    DigestData,
    Revised,
    fitting,
)
from tracker.alerts.endpoint import Endpoint
from tracker.alerts.incidents import opened_body, tells_opened
from tracker.alerts.judgement import (
    SILENT,
    Type,
    Verdict,
    decided,
    judge,
    noted_status,
    remembered,
)
from tracker.alerts.memory import DIGESTS, Circumstances, Memory
from tracker.alerts.values import revised, stands
from tracker.events import IncidentOpened
from tracker.model import Estimate, Measure
from tracker.projections.moves import Moved
from tracker.store.records import Alert, Held, Outbox, Owed, Told

T = TypeVar("T")
Key = tuple[str, Measure, str | None]
"""What a receiver is told of: incident, measure, scope."""

BACKFILLS: Final[dict[str, Literal["estimate.backfilled", "estimate.reinterpreted"]]] = {
    "backfilled": "estimate.backfilled",
    "reinterpreted": "estimate.reinterpreted",
}


class Telling:
    """What one endpoint is told, held and owed from now on."""

    def __init__(self, endpoint: Endpoint, memory: Memory, around: Circumstances) -> None:
        self.endpoint, self.rules, self.around = endpoint, endpoint.rules, around
        self.disabled = endpoint.name in memory.disabled
        self._told: dict[Key, Told] = {}
        own = [each for each in memory.told if each.endpoint == endpoint.name]
        # The newest last: what a receiver believes it was told, under whichever policy.
        for row in sorted(own, key=lambda each: (each.told_at, each.policy == endpoint.policy)):
            self._told[row.incident, row.measure, row.scope] = row
        self._stored: dict[Key, list[Held]] = {}
        for held in memory.held:
            if held.endpoint == endpoint.name:
                self._stored.setdefault((held.incident, held.measure, held.scope), []).append(held)
        self._sequences = {
            about: last for (about, name), last in memory.sequences.items() if name == endpoint.name
        }
        for row in own:
            # Digests count on the sequence of an incident, but are no alerts about it.
            last = self._sequences.get(row.incident, 0)
            self._sequences[row.incident] = max(last, row.sequence)
        self._alerts: list[Alert] = []
        self._rows: dict[Key, Told] = {}
        self._held: dict[Key, Held] = {}
        self._released: list[Held] = []
        self._owed: dict[Owed, None] = {}
        self._settled: list[Owed] = []

    def outbox(self) -> Outbox:
        """All that came of it."""
        return Outbox(
            alerts=tuple(self._alerts),
            told=tuple(self._rows.values()),
            held=tuple(self._held.values()),
            released=tuple(self._released),
            owed=tuple(self._owed),
            settled=tuple(self._settled),
        )

    def judge(self, after: Estimate) -> Verdict:
        """Whether it is told."""
        return judge(self.rules, self.before(after), after)

    def before(self, after: Estimate) -> Told | None:
        """What was last told of this estimate."""
        return self._told.get(_key(after))

    def told_of(self, incident: str) -> list[Estimate]:
        """What it was told something of, as it is where nobody states anything any more."""
        return [
            Estimate(incident=incident, measure=row.measure, scope=row.scope)
            for row in self._told.values()
            if row.incident == incident
        ]

    def held(self, after: Estimate) -> Held | None:
        """What is held of this estimate."""
        stored = self._stored.get(_key(after))
        return self._held.get(_key(after)) or (stored[-1] if stored else None)

    def drop(self, after: Estimate) -> None:
        """Hold nothing of it any longer."""
        self._held.pop(_key(after), None)
        self._released += self._stored.pop(_key(after), [])

    def hold(self, after: Estimate, until: datetime) -> None:
        """Look at it again then."""
        before = self.held(after)
        self.drop(after)
        self._held[_key(after)] = Held(
            endpoint=self.endpoint.name,
            incident=after.incident,
            measure=after.measure,
            scope=after.scope,
            policy=self.endpoint.policy,
            since=before.since if before else self.around.now,
            until=until,
        )

    def owe(self, incident: str) -> None:
        """Tell how everything stands in the incident, once a pass is over."""
        self._owed[Owed(endpoint=self.endpoint.name, incident=incident)] = None

    def pass_over(self, after: Estimate, rule: str, *, is_known: bool = True) -> None:
        """Do not tell it: this rule says so.

        Where it is what the next is compared with all the same, it is so once it is known: not
        before a pass is over.
        """
        self.drop(after)
        if rule in SILENT and is_known:
            self.note(after)
        elif rule in SILENT:
            self.owe(after.incident)

    def settle(self, owed: Owed) -> None:
        """It is owed no longer."""
        self._settled.append(owed)

    def note(self, after: Estimate, sequence: int | None = None) -> None:
        """Remember it as told with this sequence; without one, nothing is sent of it."""
        before, now = self.before(after), self.around.now
        self._told[_key(after)] = self._rows[_key(after)] = Told(
            endpoint=self.endpoint.name,
            incident=after.incident,
            measure=after.measure,
            scope=after.scope,
            policy=self.endpoint.policy,
            phrase=after.phrase,
            best=after.best,
            low=after.low,
            high=after.high,
            status=after.status if sequence else noted_status(before, after),
            sequence=sequence or self._sequences.get(after.incident, 0),
            told_at=now,
            earlier=remembered(self.rules, before, now),
        )

    def open(self, opened: IncidentOpened) -> None:
        """That an incident is followed from now on, before all else that is told of it."""
        if self.disabled or not tells_opened(self.rules, opened.incident):
            return
        now = self.around.now
        body = opened_body(opened, self._next(opened.incident), now)
        self._send(body, opened.incident, body.data.event, due_at(self.rules, now))

    def tell(self, move: Moved, type_: Type) -> None:
        """One move, as news; where nothing is left that made it, it is owed."""
        after, before = move.after, self.before(move.after)
        revision = decided(self.rules, move)
        self.drop(after)
        if revision is None:
            self.owe(after.incident)
            return
        sequence = self._next(after.incident)
        data = revised(move, revision, before, sequence, self.around)
        self._send(
            Revised(type=type_, timestamp=self.around.now, data=data),
            after.incident,
            revision.event_id,
        )
        self.note(after, sequence)

    def backfill(self, incident: str, moves: Sequence[Moved], owed: Owed) -> None:
        """How these stand, in as few alerts as hold them."""
        for data in self._standing(incident, moves):
            body = Backfilled(type=BACKFILLS[owed.why], timestamp=self.around.now, data=data)
            self._send(body, incident, body.type)

    def digest(self, moves: Sequence[Moved], since: datetime) -> None:
        """How these stand, of whichever incidents, in as few alerts as hold them."""
        of: dict[str, list[Moved]] = {}
        for move in moves:
            of.setdefault(move.after.incident, []).append(move)
        parts = [part for incident in of for part in self._standing(incident, of[incident])]
        for some in fitting(parts):
            data = DigestData(sequence=self._next(DIGESTS), since=since, incidents=some)
            body = Digest(timestamp=self.around.now, data=data)
            self._send(body, DIGESTS, body.type)

    def _standing(self, incident: str, moves: Sequence[Moved]) -> Iterator[BackfilledData]:
        for start in range(0, len(moves), MOST_STANDING):
            some, sequence = moves[start : start + MOST_STANDING], self._next(incident)
            yield BackfilledData(
                incident=incident,
                name=self.around.name("incident", incident),
                sequence=sequence,
                estimates=tuple(stands(each, self.before(each.after)) for each in some),
            )
            for each in some:
                self.drop(each.after)
                self.note(each.after, sequence)

    def _next(self, about: str) -> int:
        self._sequences[about] = self._sequences.get(about, 0) + 1
        return self._sequences[about]

    def _send(self, body: Body, about: str, cause: str, not_before: datetime | None = None) -> None:
        self._alerts.append(
            alert_of(
                body,
                endpoint=self.endpoint.name,
                about=about,
                cause=cause,
                log_id=self.around.log_id,
                due_at=not_before,
            )
        )


def together(outboxes: Iterable[Outbox]) -> Outbox:
    """What several endpoints are told, as one."""
    every = [*outboxes]
    return Outbox(
        alerts=_all(each.alerts for each in every),
        told=_all(each.told for each in every),
        held=_all(each.held for each in every),
        released=_all(each.released for each in every),
        owed=_all(each.owed for each in every),
        settled=_all(each.settled for each in every),
    )


def _all(parts: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(each for part in parts for each in part)


def _key(after: Estimate) -> Key:
    return after.incident, after.measure, after.scope
