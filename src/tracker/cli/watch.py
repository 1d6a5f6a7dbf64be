"""What a daemon takes up while it runs: the files of sources, `incidents.toml`, `tracker.toml`."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from tracker.cli.newsroom import complain, names_of, newsroom, not_read, receivers
from tracker.cli.options import Paths
from tracker.cli.shown import some
from tracker.cli.webhooks.astray import in_log, orphaned, unheard_of
from tracker.desk import Desk
from tracker.errors import ConfigError, LogError, TrackerError
from tracker.intake import Source
from tracker.settings import Settings, load_settings

AT_START: Final = ("contact", "allow_hosts", "polling")
"""Settings of the two clients, which are made once."""

Stamp = frozenset[tuple[str, int, int]]


class Files(NamedTuple):
    """The state of what is watched."""

    sources: Stamp
    settings: Stamp


class Watch:
    """The files, and whether they have changed since they were read.

    A file that is broken keeps what it said when it was last sound, and is complained of once.
    """

    def __init__(
        self,
        paths: Paths,
        desk: Desk,
        sources: Sequence[Source],
        settings: Settings,
        seen: Files,
    ) -> None:
        """`seen` is how the files were before `sources` and `settings` were read."""
        self._paths, self._desk = paths, desk
        self._sound = {each.id: each for each in sources}
        self._at_start = settings
        self._sources_seen, self._settings_seen = seen

    def __call__(self) -> tuple[Desk, list[Source]] | None:
        """What is configured now, where that has changed."""
        # Both are looked at in any case.
        if not any([self._sources_changed(), self._settings_changed()]):
            return None
        return self._desk, [*self._sound.values()]

    def _settings_changed(self) -> bool:
        seen = stamp([self._paths.config])
        if seen == self._settings_seen:
            return False
        self._settings_seen = seen
        try:
            if not seen:
                raise ConfigError(str(self._paths.config), "is gone")
            settings = load_settings(self._paths.config)
        except TrackerError as error:
            complain(f"{error}; the last sound configuration is kept")
            return False
        others = [key for key in AT_START if getattr(settings, key) != getattr(self._at_start, key)]
        restart = f"; restart the daemon to have {' and '.join(others)} take effect"
        complain(
            f"{self._paths.config} has changed: {receivers(settings.endpoints)}"
            + (restart if others else "")
        )
        self._tell_of_astray(settings)
        self._desk = replace(self._desk, endpoints=settings.endpoints, fresh=settings.fresh)
        return True

    def _tell_of_astray(self, settings: Settings) -> None:
        """Which endpoints have gone while alerts wait for them, and what new ones ask in vain."""
        before = self._desk.endpoints
        gone = {each.name for each in before} - {each.name for each in settings.endpoints}
        new = [each for each in settings.endpoints if each not in before]
        known = {each.id for each in self._desk.incidents}
        waiting: dict[str, int] = {}
        # A reader of its own: the desk's log is used on its thread alone.
        with suppress(LogError), self._paths.open_log() as log:
            known |= in_log(log)
            waiting = {name: count for name, count in log.waiting().items() if name in gone}
        for line in (
            *orphaned(waiting, settings.endpoints, self._paths.config),
            *unheard_of(new, known),
        ):
            complain(line)

    def _sources_changed(self) -> bool:
        seen = stamp(self._paths.sources.glob("*.toml"))
        if seen == self._sources_seen:
            return False
        self._sources_seen = seen
        try:
            room = newsroom(self._paths, self._at_start)
            sources, broken = room.loaded()
        except TrackerError as error:
            complain(f"{error}; the last sound configuration is kept")
            return False
        for name, wrong in broken.items():
            kept = "; what it said before is kept" if name in self._sound else ""
            complain(f"{wrong}{kept}")
        kept_on = [self._sound[name] for name in broken if name in self._sound]
        sound = [each for each in sources.values() if each.enabled]
        for trouble in filter(None, map(not_read, sound)):
            complain(trouble)
        self._sound = {each.id: each for each in (*sound, *kept_on)}
        self._desk = replace(
            self._desk,
            incidents=room.incidents,
            configuration=room.digest,
            names=names_of(room.incidents, (*sources.values(), *kept_on)),
        )
        complain(f"{self._paths.sources} has changed: {some(len(self._sound), 'source')}")
        return True


def files_of(paths: Paths) -> Files:
    """How they are now."""
    return Files(stamp(paths.sources.glob("*.toml")), stamp([paths.config]))


def stamp(files: Iterable[Path]) -> Stamp:
    """The files that are there, with their times and sizes."""
    found = set()
    for path in files:
        with suppress(OSError):  # it may be gone by now
            state = path.stat()
            found.add((path.name, state.st_mtime_ns, state.st_size))
    return frozenset(found)
