"""Histories as short lines, for tests of the policies.

``"10 agency/ministry: 84 down earlier=95,103"`` reads: ten hours in, a source of rank agency,
which credits the ministry (official), reports 84, told as a lowering, and calls 95 and 103
earlier. After the colon: an optional hedge, the number, then `up`, `down`, `earlier=…`, `plus=…`
(increments), `source=…`, `report=…`, `measure=…`, `role=…`, `scope=…`, `places=…`, `quote=…`
(underscores are spaces).
"""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from builders import figure, opened
from tracker.encoding import event_id
from tracker.events import Event, Fact, FigureReported, incident_stream
from tracker.model import Measure, Move, Qualifier, Rank, Role
from tracker.projections.estimate import Replay, replay
from tracker.projections.ledger import ledger
from tracker.projections.moves import Moves, moves

BEGAN = datetime(2031, 5, 1, tzinfo=UTC)

HEDGES = {
    "at-least": Qualifier.AT_LEAST,
    "over": Qualifier.OVER,
    "nearly": Qualifier.NEARLY,
    "about": Qualifier.ABOUT,
    "up-to": Qualifier.UP_TO,
}


def at(hours: float) -> datetime:
    return BEGAN + timedelta(hours=hours)


def facts(line: str, number: int = 0) -> list[FigureReported]:
    """The figures that one line says: the one it is about last, those around it before."""
    head, _, tail = line.partition(": ")
    hours, speaker = head.split()
    relay, _, office = speaker.partition("/")
    words = tail.split()
    qualifier = HEDGES.get(words[0], Qualifier.EXACT)
    if qualifier is not Qualifier.EXACT:
        words.pop(0)
    stated = words.pop(0)
    options = dict(word.split("=", 1) for word in words if "=" in word)
    value = int(stated) if stated.isdigit() else None
    if value is None:
        qualifier = Qualifier.VAGUE
    ceiling = qualifier in (Qualifier.NEARLY, Qualifier.UP_TO)
    open_ended = qualifier in (Qualifier.AT_LEAST, Qualifier.OVER)
    source = options.get("source", relay)
    shared = {
        "source": source,
        "source_name": source,
        "source_rank": Rank[relay.rstrip("0123456789").upper()],
        "report": options.get("report", f"{source}-{number}"),
        "version": int(options.get("version", 1)),
        "published_at": at(float(hours)),
        "measure": Measure(options.get("measure", "killed")),
        "issuer": office or None,
        "issuer_id": office or None,
        "issuer_rank": Rank.OFFICIAL if office else None,
        "text": None,
    }
    moves = {"up": Move.UP, "down": Move.DOWN}
    said = figure(
        None if ceiling else value,
        high=None if open_ended else value,
        qualifier=qualifier,
        word=stated if value is None else None,
        move=next((moves[word] for word in words if word in moves), None),
        role=Role(options.get("role", "current")),
        quote=options.get("quote", f"Line {number}: {tail}").replace("_", " "),
        place=1000 + number,
        scope=options.get("scope", "").replace("_", " ") or None,
        places=tuple(
            each.replace("_", " ") for each in options.get("places", "").split(",") if each
        ),
        **shared,
    )
    around = [
        figure(int(each), role=role, place=place, move=move, **shared)
        for key, role, move in (
            ("earlier", Role.EARLIER, None),
            ("plus", Role.INCREMENT, Move.UP),
        )
        for place, each in enumerate(options.get(key, "").split(","))
        if each
    ]
    return [*around, said]


def log(*lines: str, ongoing: bool = False) -> list[Event]:
    """The incident's stream when these lines have arrived in this order."""
    said: list[Fact] = [opened(ongoing=ongoing)]
    for number, line in enumerate(lines):
        said += facts(line, number)
    return events(said)


def events(said: list[Fact]) -> list[Event]:
    return [
        Event(
            position=place,
            stream=incident_stream("ferry-2031"),
            version=place,
            id=event_id(fact),
            recorded_at=at(1000),
            fact=fact,
        )
        for place, fact in enumerate(said, 1)
    ]


def added(stored: list[Event], new: Sequence[Fact]) -> Moves:
    """What new facts change in the incident of these events."""
    stream = incident_stream("ferry-2031")
    return moves({stream: new}, {stream: stored}.__getitem__, recorded_at=at(1000))


def told(
    *lines: str, measure: Measure = Measure.KILLED, policy: str = "standard", ongoing: bool = False
) -> Replay:
    """The replay of these lines."""
    return replay(ledger(log(*lines, ongoing=ongoing)), "ferry-2031", measure, policy=policy)


def phrases(replayed: Replay) -> list[str | None]:
    """The history as its phrases: ["nearly 100", "over 100", "103"]."""
    return [each.estimate.phrase for each in replayed.revisions]


def reasons(replayed: Replay) -> list[str]:
    return [each.reason.value for each in replayed.revisions]
