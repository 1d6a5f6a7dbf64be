"""What a daemon takes up while it runs: the files of sources, `incidents.toml`, `tracker.toml`."""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from tracker.cli.newsroom import complain, names_of, newsroom, not_read, receivers
from tracker.cli.options import Paths
from tracker.desk import Desk
from tracker.errors import ConfigError, TrackerError
from tracker.intake import Source
from tracker.settings import Settings, load_settings

AT_START: Final = ("contact", "allow_hosts", "polling")
"""Settings of the two clients, which are made once."""

Stamp = frozenset[tuple[str, int, int]]


class Watch:
    """The files, and whether they have changed since they were read.

    A file that is broken keeps what it said when it was last sound, and is complained of once.
    """

    def __init__(
        self, paths: Paths, desk: Desk, sources: Sequence[Source], settings: Settings
    ) -> None:
        self._paths, self._desk = paths, desk
        self._sound = {each.id: each for each in sources}
        self._at_start = settings
        self._sources_seen = stamp(paths.sources.glob("*.toml"))
        self._settings_seen = stamp([paths.config])

    def __call__(self) -> tuple[Desk, list[Source]] | None:
        """What is configured now, where that has changed."""
        # Both are looked at in any case.
        if not any([self._settings_changed(), self._sources_changed()]):
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
        self._desk = replace(self._desk, endpoints=settings.endpoints, fresh=settings.fresh)
        return True

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
        complain(f"{self._paths.sources} has changed: {len(self._sound)} sources")
        return True


def stamp(files: Iterable[Path]) -> Stamp:
    """The files that are there, with their times and sizes."""
    found = set()
    for path in files:
        with suppress(OSError):  # it may be gone by now
            state = path.stat()
            found.add((path.name, state.st_mtime_ns, state.st_size))
    return frozenset(found)
