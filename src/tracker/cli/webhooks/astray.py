"""What leads nowhere: alerts for endpoints that are gone, rules about incidents nobody knows."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from tracker.alerts.endpoint import Endpoint
from tracker.cli.shown import some
from tracker.errors import UnknownName
from tracker.events import incident_stream
from tracker.store.base import LogReader


def orphaned(
    waiting: Mapping[str, int], endpoints: Iterable[Endpoint], config: Path
) -> Iterator[str]:
    """A line for each endpoint that alerts wait for, and that is not configured."""
    for name in sorted(waiting.keys() - {each.name for each in endpoints}):
        wait = "waits for it and is" if waiting[name] == 1 else "wait for it and are"
        yield (
            f"endpoint {name!r} is no longer in {config}: {some(waiting[name], 'alert')} {wait} "
            "not sent"
        )


def unheard_of(endpoints: Sequence[Endpoint], known: Iterable[str]) -> Iterator[str]:
    """A line for each incident that an endpoint asks for, and that is not among those known."""
    names = {*known}
    for each in endpoints:
        for incident in sorted(each.rules.incidents - names):
            wrong = UnknownName("incident", incident, names)
            yield f"{each.kind} {each.name!r}, key 'incidents': {wrong}: it is told nothing of it"


def in_log(log: LogReader) -> set[str]:
    """The incidents that the log knows."""
    prefix = incident_stream("")
    return {each.removeprefix(prefix) for each in log.streams(prefix)}
