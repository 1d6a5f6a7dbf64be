"""What commands have in common: the paths, times as people write them, the flags of queries."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import UTC, date, datetime, time, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import click

from tracker.errors import UnknownName
from tracker.events import Event, incident_stream
from tracker.model import Measure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from tracker.projections.ledger import Ledger
    from tracker.store.base import LogReader

DURATION: Final = r"(\d{1,6})([smhd])"
UNITS: Final = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class Paths:
    """Where the log, the sources and the settings are."""

    def __init__(self, db: str, sources: str, config: str) -> None:
        self.db, self._sources, self._config = db, sources, config

    @property
    def sources(self) -> Path:
        return _path(self._sources)

    @property
    def config(self) -> Path:
        return _path(self._config)

    def open_log(self) -> closing[LogReader]:
        """The log, for reading only. Raises `NoLog` and the other `LogError`s."""
        from tracker.store.sqlite import open_log  # noqa: PLC0415 — `--help` needs no database

        return closing(open_log(self.db))

    def incidents(self) -> set[str]:
        """The names in incidents.toml, unvalidated: queries do without the whole configuration."""
        import tomllib  # noqa: PLC0415 — what is in the log is known without it

        try:
            return set(tomllib.loads((self.sources / "incidents.toml").read_text("utf-8")))
        except (OSError, ValueError):
            return set()

    def known_incident(self, log: LogReader, name: str) -> str:
        """The incident's name, if it is configured or in the log. Raises `UnknownName`."""
        if log.read(incident_stream(name), upto=1) or name in (configured := self.incidents()):
            return name
        prefix = incident_stream("")
        stored = {each.removeprefix(prefix) for each in log.streams(prefix)}
        raise UnknownName("incident", name, stored | configured)


class Times(NamedTuple):
    """The moments that a query is about, as `--as-of` and `--known-at` give them."""

    as_of: datetime | None
    known_at: datetime | None

    def hold(self, event: Event) -> bool:
        """Whether the event was recorded, and its fact counted, by then."""
        recorded = self.known_at is None or event.recorded_at <= self.known_at
        return recorded and (self.as_of is None or event.fact.effective_at <= self.as_of)

    def read(self, log: LogReader, incident: str, *, upto: int | None = None) -> list[Event]:
        """What this log had recorded of an incident by then; `upto` that version of its stream.

        After it comes what was recorded of incidents that were ever merged into it.
        """
        from tracker.projections.merged import with_merged  # noqa: PLC0415 — only queries fold

        own = incident_stream(incident)
        return with_merged(
            incident,
            lambda stream: self.of_stream(log, stream, upto=upto if stream == own else None),
        )

    def of_stream(self, log: LogReader, stream: str, *, upto: int | None = None) -> list[Event]:
        """What this log had recorded in a stream by then."""
        return log.read(stream, upto=upto, known_at=self.known_at)

    def tell_of_merger(self, incident: str, events: Iterable[Event]) -> None:
        """Say on stderr where the incident's figures count by then, if it is not with itself."""
        from tracker.projections.merged import merged_into  # noqa: PLC0415 — only queries fold

        own = incident_stream(incident)
        into = merged_into(
            incident, (each for each in events if each.stream == own and self.hold(each))
        )
        if into is not None:
            click.echo(f"{incident} is merged into {into}: ask for that one", err=True)

    def fold(self, events: Iterable[Event]) -> Ledger:
        """What of it counted by then."""
        from tracker.projections.ledger import ledger  # noqa: PLC0415 — only queries fold

        return ledger(events, as_of=self.as_of)


def _path(text: str) -> Path:
    from pathlib import Path  # noqa: PLC0415 — a log is queried without

    return Path(text)


class Moment(click.ParamType[datetime]):
    """A moment: ISO 8601 with a zone, or a date (its end, or with `start` its beginning, in UTC).

    With `ago`, a duration back from now as well: 8h, 30m, 2d.
    """

    name = "time"

    def __init__(self, *, start: bool = False, ago: bool = False) -> None:
        self.start, self.ago = start, ago

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        if isinstance(value, datetime):
            return value
        duration = re.fullmatch(DURATION, str(value))
        if self.ago and duration:
            number, unit = duration.groups()
            back = timedelta(**{UNITS[unit]: int(number)})
            try:
                return datetime.now(UTC) - back
            except OverflowError:
                return datetime.min.replace(tzinfo=UTC)
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            return datetime.combine(day, time.min if self.start else time.max, UTC)
        try:
            moment = datetime.fromisoformat(value)
        except ValueError:
            also = ", or how long ago, like 8h or 2d" if self.ago else ""
            self.fail(
                f"{value!r} is no time: write it like 2031-05-01T13:00Z, or a date{also}",
                param,
                ctx,
            )
        if moment.tzinfo is None:
            self.fail(f"{value!r} has no zone: add Z for UTC, or +03:30", param, ctx)
        try:
            return moment.astimezone(UTC)
        except OverflowError:
            self.fail(f"{value!r} is before the year 1 or after 9999 in UTC", param, ctx)


class Words(click.ParamType[str]):
    """Words for the log: bytes that are no UTF-8 become question marks."""

    name = "text"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        del param, ctx
        return str(value).encode(errors="replace").decode()


class MeasureName(click.ParamType[Measure]):
    """A measure by its name; the nearest is offered for a wrong one."""

    name = "measure"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> Measure:
        try:
            return Measure(value)
        except ValueError:
            from tracker.alerts.tables import MEANT  # noqa: PLC0415 — needed only in trouble

            wrong = str(UnknownName("measure", str(value), (each.value for each in Measure)))
            if meant := MEANT.get(str(value).strip().lower()):
                wrong = f"no measure {value!r} (did you mean {meant.value!r}?)"
            self.fail(wrong, param, ctx)


def in_time(command: Callable[..., Any]) -> Callable[..., Any]:
    """The two flags of time that every query has; the command gets them as `times`."""

    @wraps(command)
    def timed(*args: Any, as_of: datetime | None, known_at: datetime | None, **flags: Any) -> Any:
        return command(*args, times=Times(as_of, known_at), **flags)

    for name, what in (
        ("--known-at", "Only what this log had recorded by then."),
        ("--as-of", "Only what counted by then."),
    ):
        timed = click.option(name, type=Moment(), metavar="T", help=what)(timed)
    return timed


def asking(command: Callable[..., Any]) -> Callable[..., Any]:
    """The flags of every query about one measure of one incident."""
    for option in reversed(
        (
            click.argument("incident"),
            of_measure,
            in_time,
            under_policy,
            as_json,
        )
    ):
        command = option(command)
    return command


of_measure: Final = click.option(
    "--measure",
    type=MeasureName(),
    default=Measure.KILLED,
    show_default="killed",
    help="What is counted: killed, injured, missing, hospitalised …",
)
under_policy: Final = click.option(
    "--policy",
    default="standard",
    show_default=True,
    help="How the estimate is chosen: standard, latest, highest, lowest.",
)
as_json: Final = click.option("--json", "as_json", is_flag=True, help="One JSON document.")
as_csv: Final = click.option(
    "--csv", "as_csv", is_flag=True, help="CSV, safe to open in a spreadsheet."
)
