"""What can go wrong, in words for the person who can mend it.

::

    TrackerError                 exit code 1
    ├── UsageError               exit code 2: what was asked cannot be asked
    │   ├── ConfigError          a source, incidents.toml or tracker.toml
    │   ├── BadLine              a line of a file to import
    │   └── UnknownName          no such incident, source, measure, event; the nearest is named
    ├── LogError                 the file of the log
    │   ├── NoLog                there is none yet, and a query never makes one
    │   ├── NotALog              a file, but no log of this program
    │   ├── NewerLog             written by a newer version
    │   ├── OlderLog             written by an older version, and to be brought up to date first
    │   ├── ReadOnlyLog          may not be written
    │   └── LogBusy              another process holds it for too long
    ├── Conflict                 a stream moved since it was read
    ├── AlreadyRunning           a second daemon on the same log
    ├── Unreadable               what a source served holds no report (sources/capture.py)
    └── AddressRefused           a webhook may not go there (addresses.py)

Expected trouble on the way (a source that does not answer, a receiver that hangs) is a value in
a result, not an exception. Every message says what, where, and what to do.
"""

from collections.abc import Iterable


class TrackerError(Exception):
    """Something failed; the text says what to do about it."""

    exit_code = 1


class UsageError(TrackerError):
    """What was asked cannot be asked."""

    exit_code = 2


class ConfigError(UsageError):
    """A configuration file is wrong: `where` (file and key), what, and what to do."""

    def __init__(self, where: str, what: str) -> None:
        super().__init__(f"{where}: {what}")
        self.where = where


class BadLine(UsageError):  # noqa: N818 — names what is wrong with the file
    """A line of a file to import is wrong: where, what, and what to do."""

    def __init__(self, file: str, line: int, what: str, stored: str = "") -> None:
        super().__init__(f"{file}, line {line}: {what}{stored}")
        self.file, self.line, self.what = file, line, what

    def after(self, stored: str) -> "BadLine":
        """The same, with what has become of the lines before it."""
        return BadLine(self.file, self.line, self.what, f"; {stored}")


class UnknownName(UsageError):  # noqa: N818 — "UnknownName: no incident …" reads as it is
    """No thing of this kind has this name; the nearest known ones are offered."""

    def __init__(self, kind: str, name: str, known: Iterable[str]) -> None:
        super().__init__(f"no {kind} {name!r}{did_you_mean(name, known)}")


class LogError(TrackerError):
    """The log's file cannot be used as it is."""


class NoLog(LogError):  # noqa: N818 — names the state of the file
    """There is no log at this path, and a query never makes one."""


class NotALog(LogError):  # noqa: N818 — names the state of the file
    """The file is no log of this program."""


class NewerLog(LogError):  # noqa: N818 — names the state of the file
    """The log was written by a newer version of this program; it is left unharmed."""


class OlderLog(LogError):  # noqa: N818 — names the state of the file
    """The log is in an older format, which the next writer brings up to date."""


class ReadOnlyLog(LogError):  # noqa: N818 — names the state of the file
    """The log may not be written."""


class LogBusy(LogError):  # noqa: N818 — names the state of the file
    """Another process kept the log locked for longer than the time-out."""


class Conflict(TrackerError):  # noqa: N818 — the event-sourcing term
    """A stream is not at the version that the writer had read: read it again and decide anew."""

    def __init__(self, stream: str, expected: int, actual: int) -> None:
        super().__init__(f"{stream} is at version {actual}, not {expected}: read it again")
        self.stream, self.expected, self.actual = stream, expected, actual


class AlreadyRunning(TrackerError):  # noqa: N818 — names the state of the daemon
    """A daemon already serves this log."""


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``" (did you mean 'ferry-2031'?)"``, or the whole list when nothing is near."""
    from difflib import get_close_matches  # noqa: PLC0415 — needed only in trouble

    names = sorted(known)
    near = get_close_matches(name, names, n=1, cutoff=0.5)
    if near:
        return f" (did you mean {near[0]!r}?)"
    if not names:
        return " (there is none yet)"
    shown = ", ".join(names[:12]) + (", …" if len(names) > 12 else "")
    return f" (known: {shown})"
