"""How a source stands, in words for people and as JSON: for `tracker sources`, `source test`."""

from contextlib import suppress
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.cli.options import Paths
from tracker.cli.shown import clock, span
from tracker.errors import NoLog
from tracker.events import source_stream
from tracker.health import Poll, is_gone
from tracker.intake import Source
from tracker.model import State, utc_text
from tracker.sources.kinds import KINDS
from tracker.sources.record import address_of
from tracker.sources.secrets import without_secrets

WELL: Final = frozenset({State.OK, State.UNCHANGED})
JUST: Final = timedelta(minutes=1)
MONTH: Final = timedelta(days=30)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A source, what its last poll left behind, and where it is asked by now."""

    source: Source
    poll: Poll | None
    address: str

    @classmethod
    def unknown(cls, source: Source) -> "Standing":
        """Of a source that was never polled, as far as can be told."""
        return cls(source=source, poll=None, address=KINDS[source.kind].address(source))

    @property
    def moved(self) -> bool:
        """Whether its address has moved away from the one in its file."""
        return self.address != KINDS[self.source.kind].address(self.source)

    @property
    def in_trouble(self) -> bool:
        return self.source.enabled and self.poll is not None and self.poll.state not in WELL


def standings(paths: Paths, sources: list[Source]) -> list[Standing]:
    """How these sources stand, by the log; no log is no poll.

    Raises `LogError` where the log cannot be read.
    """
    polls: dict[str, Poll] = {}
    moved: dict[str, str] = {}
    with suppress(NoLog), paths.open_log() as log:
        polls = {each.source: each for each in log.polls()}
        recorded = set(log.streams(source_stream("")))
        for each in sources:
            stream = source_stream(each.id)
            if stream in recorded:
                own = KINDS[each.kind].address(each)
                moved[each.id] = address_of(log.read(stream), own)
    return [
        Standing(
            source=each,
            poll=polls.get(each.id),
            address=moved.get(each.id) or KINDS[each.kind].address(each),
        )
        for each in sources
    ]


def state_of(standing: Standing) -> str:
    """Its state in a word or three."""
    if not standing.source.enabled:
        return "disabled"
    poll = standing.poll
    if poll is None or (poll.state in WELL and poll.succeeded_at is None):  # only put off so far
        return "not polled yet"
    return poll.state.value


def answered(poll: Poll, now: datetime) -> str:
    """When it last answered."""
    return f"answered {ago(poll.succeeded_at, now)}" if poll.succeeded_at else "never answered"


def figured(poll: Poll, now: datetime) -> str:
    """When a figure was last read in a report of it."""
    return f"figure {ago(poll.figure_at, now)}" if poll.figure_at else "no figure yet"


def next_poll(standing: Standing, now: datetime) -> str:
    """When it is asked next."""
    poll = standing.poll
    if poll is None or not standing.source.enabled:
        return ""
    if is_gone(poll, without_secrets(standing.address)):
        return "never: gone"
    if poll.next_at is None or abs(poll.next_at - now) < JUST:
        return "due now"
    if poll.next_at < now:
        return f"due {ago(poll.next_at, now)}"
    return f"next in {_cut(poll.next_at - now)}"


def trouble(standing: Standing) -> str:
    """What is wrong with it, in words; "" where nothing is."""
    poll = standing.poll
    if poll is None or not poll.error:
        return ""
    if poll.failures:
        last = clock(poll.succeeded_at) if poll.succeeded_at else "the beginning"
        return f"failed {poll.failures}× since {last}: {poll.error}"
    if poll.partial > 1 and poll.state is State.DEGRADED:
        return f"{poll.partial} polls in a row: {poll.error}"
    return poll.error


def ago(moment: datetime, now: datetime) -> str:
    """How long ago, in its largest unit, cut; after a month the day.

    >>> from datetime import UTC
    >>> noon = datetime(2031, 5, 1, 12, tzinfo=UTC)
    >>> [ago(noon, noon + timedelta(hours=each)) for each in (0, 3, 1000)]
    ['just now', '3 h ago', '2031-05-01']
    """
    if now - moment < JUST:
        return "just now"
    return f"{_cut(now - moment)} ago" if now - moment < MONTH else f"{moment:%Y-%m-%d}"


def _cut(length: timedelta) -> str:
    return " ".join(span(length).split(" ")[:2])


def document(standing: Standing) -> dict[str, Any]:
    """The source as JSON gives it: its file, where it is asked, every field of its last poll."""
    source = standing.source
    return {
        "source": source.id,
        "kind": source.kind,
        "url": without_secrets(source.url),
        "name": source.name,
        "rank": source.rank.label,
        "language": source.language or None,
        "every_seconds": int(source.every.total_seconds()),
        "incident": source.incident,
        "enabled": source.enabled,
        "address": without_secrets(standing.address),
        **_document(standing.poll),
    }


def _document(poll: Poll | None) -> dict[str, Any]:
    """Every field of a poll; of one that never was, the same keys."""
    empty = {"state": None, "settled": None} if poll is None else {}
    last = poll or Poll(source="", polled_at=datetime.min)  # noqa: DTZ901 — never shown
    said = {each.name: _plain(getattr(last, each.name)) for each in fields(Poll)} | empty
    del said["source"]
    said["polled_url"] = said.pop("url")
    if poll is None:
        said["polled_at"] = None
    return said


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return utc_text(value) if value.tzinfo else None
    if isinstance(value, tuple):
        return [{"day": day.isoformat(), "seconds": gap} for day, gap in value]
    return value
