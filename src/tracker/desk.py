"""What a pass works with: the log and its one thread, the incidents, the receivers, the clock."""

import asyncio
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import chain
from typing import Final, ParamSpec, TypeVar

from tracker.alerts.endpoint import FRESH, Endpoint
from tracker.alerts.later import known, sooner
from tracker.alerts.memory import Circumstances, Memory
from tracker.alerts.rules import alerts_due
from tracker.alerts.telling import together
from tracker.errors import UnknownName
from tracker.events import INBOX, Event, IncidentOpened, ReportSetAside
from tracker.intake import Incident
from tracker.model import utc_text
from tracker.projections.inbox import Followed
from tracker.projections.ledger import ledger
from tracker.projections.merged import home_of, with_merged
from tracker.projections.moves import Moved, standing
from tracker.projections.policies import VERSION
from tracker.store.base import Kept, Log, Outbox
from tracker.store.records import NOTHING_DUE

P = ParamSpec("P")
T = TypeVar("T")

RECENT: Final = timedelta(days=90)
"""Incidents with a figure no older than that are gone through when an endpoint is new to the log:
of those that went quiet long ago, nobody waits for news."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Handed to every step that touches the log. The log is synchronous and has one thread."""

    log: Log
    incidents: tuple[Incident, ...]
    clock: Callable[[], datetime]
    configuration: str = ""
    """A digest of what decides how a report is filed: when it changes, all is read again."""
    endpoints: tuple[Endpoint, ...] = ()
    fresh: timedelta = FRESH
    names: Mapping[str, str] = field(default_factory=dict)
    """How what alerts are about is called: "incident/ID" to its title, "source/ID" to its name."""
    thread: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "log"))

    begun: set[Endpoint] = field(default_factory=set, repr=False)
    """Endpoints of which it is noted by which rules they are told."""
    read_so_far: dict[str, list[Event]] = field(default_factory=dict, repr=False)
    """Streams of this pass: a log only grows, so what was read of it stays true."""
    followed: Followed = field(default_factory=Followed, repr=False)
    kept: list[Kept] = field(default_factory=list, repr=False)
    """How polls ended, to be written together: most of them found nothing new."""

    def events(self, stream: str) -> list[Event]:
        """The stream as it is now; only what is new in it is read from the log."""
        read = self.read_so_far.setdefault(stream, [])
        read += self.log.read(stream, after=len(read))
        return read

    def home(self, incident: str) -> str:
        """The incident in which this one counts: itself, where it was never merged."""
        return home_of(incident, self.events)

    def inbox(self) -> Followed:
        """The inbox as it is now; only what is new in it is read from the log."""
        self.followed.follow(self.log.read(INBOX, after=self.followed.version))
        return self.followed

    def owner(self, aside: ReportSetAside) -> str | None:
        """The configured incident to which all figures of a report that is set aside were filed."""
        found = self.inbox().owner(aside.source, aside.report, aside.figures)
        return found if any(each.id == found for each in self.incidents) else None

    async def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Do something with the log, on its thread."""
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self.thread, lambda: work(*args, **kwargs))

    async def keep(self) -> None:
        """Write how the polls since the last time ended."""
        kept, self.kept[:] = [*self.kept], []
        if kept:
            await self.run(self.log.keep, kept)

    @property
    def policies(self) -> frozenset[str]:
        """The policies that receivers chose."""
        return frozenset(each.policy for each in self.endpoints)

    def incident(self, name: str) -> Incident:
        """The configured incident. Raises `UnknownName`."""
        for each in self.incidents:
            if each.id == name:
                return each
        raise UnknownName("incident", name, (each.id for each in self.incidents))

    def outbox(
        self,
        moved: Sequence[Moved],
        now: datetime,
        *,
        news: bool = True,
        opened: Sequence[IncidentOpened] = (),
    ) -> Outbox:
        """The alerts that these moves make due; where they are no news, none but a backfill.

        `opened` are the incidents that are opened with them, as news.
        """
        if not (moved or opened) or not self.endpoints:
            return Outbox()
        self.begin()
        about = [each.after.incident for each in moved], [each.incident for each in opened]
        memory = self.memory(chain.from_iterable(about))
        fresh = self.fresh if news else None
        return alerts_due(
            moved, self.endpoints, memory, self.around(now), fresh=fresh, opened=opened
        )

    def begin(self) -> None:
        """Have each endpoint told by the rules that it has now, before anything else is told.

        One that is new to the log is taken to know what stands in the incidents of the last time:
        only what moves from then on is news to it. What it is owed already, it is told.
        """
        # Also where it was noted in a transaction of which nothing is left.
        new = [each for each in self.endpoints if self.log.interpretation(each.name) is None]
        begin = [each for each in self.endpoints if each in new or each not in self.begun]
        now = self.clock()
        if begin or not self.endpoints:
            # Who comes back is to be told what it missed.
            self.log.forget_others([each.name for each in self.endpoints])
        if new:
            with self.log.together():
                self.log.append([], recorded_at=now, outbox=together(self._known(new)))
                for each in new:
                    self.log.reinterpret(each.name, each.policy, VERSION)
        for each in begin:
            held = self.log.held_until([each.name], now=datetime.max.replace(tzinfo=UTC))
            outbox = sooner(each, held, now)
            if outbox != NOTHING_DUE:
                self.log.append([], recorded_at=now, outbox=outbox)
            self.log.reinterpret(each.name, each.policy, VERSION)
        self.begun.update(begin)

    def _known(self, new: Sequence[Endpoint]) -> Iterator[Outbox]:
        around = self.around(self.clock())
        since = utc_text(around.now - RECENT)
        owed = {(each.endpoint, each.incident) for each in self.log.owed()}
        recent = [each for each in self.log.roster() if each.last_at and each.last_at >= since]
        for incident in [each.incident for each in recent]:
            memory, stands = self.memory([incident]), dict[str, tuple[Moved, ...]]()
            for each in new:
                if (each.name, incident) not in owed:
                    if each.policy not in stands:
                        stands[each.policy], _ = self.standing(incident, each.policy)
                    yield known(each, stands[each.policy], memory, around)

    def standing(self, incident: str, policy: str) -> tuple[tuple[Moved, ...], dict[str, int]]:
        """How an incident stands; and the streams that this hangs on, each with its version."""
        in_use, versions = {*self.read_so_far}, dict[str, int]()

        def read(stream: str) -> list[Event]:
            events = self.events(stream)
            versions[stream] = len(events)
            return events

        found = standing(ledger(with_merged(incident, read)), incident, policy=policy)
        for stream in {*self.read_so_far} - in_use:
            # More incidents are gone through than fit into memory.
            del self.read_so_far[stream]
        return found, versions

    def memory(self, about: Iterable[str]) -> Memory:
        """What the log remembers of what receivers were told of these incidents."""
        every = sorted(set(about))
        return Memory(
            told=tuple(row for incident in every for row in self.log.told(incident)),
            held=tuple(held for incident in every for held in self.log.held(incident)),
            sequences={
                (each, endpoint): last
                for each in every
                for endpoint, last in self.log.last_sequences(each).items()
            },
            disabled=self.disabled(),
        )

    def disabled(self) -> frozenset[str]:
        """The endpoints, by name, that are disabled at the address that they have now."""
        reach = {(each.endpoint, each.address) for each in self.log.reach() if each.disabled}
        return frozenset(each.name for each in self.endpoints if (each.name, each.address) in reach)

    def around(self, now: datetime) -> Circumstances:
        """What alerts of this desk hang on, beside what they tell."""
        return Circumstances(now=now, log_id=self.log.identity, names=self.names)
