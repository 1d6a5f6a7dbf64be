"""The real command in processes of its own: run to its end, or left running and watched."""

import os
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import IO, Self

COMMAND = (sys.executable, "-m", "tracker")

PATIENCE = 60
"""Seconds after which a process that should have ended or spoken is taken to hang."""


def environment(changes: Mapping[str, str] | None = None) -> dict[str, str]:
    """This process's environment, without what would lead the command elsewhere, or slow it down:
    most tests start it, and it need not be compiled each time.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if not name.startswith("TRACKER_") and name != "PYTHONDONTWRITEBYTECODE"
    }
    return kept | {"PYTHONIOENCODING": "utf-8"} | dict(changes or {})


def run(
    *args: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = ""
) -> subprocess.CompletedProcess[str]:
    """Run `tracker` with these arguments in a folder, to its end."""
    return subprocess.run(
        [*COMMAND, *args],
        cwd=cwd,
        env=environment(env),
        input=stdin,
        capture_output=True,
        encoding="utf-8",
        timeout=PATIENCE,
        check=False,
    )


def done(*args: str, cwd: Path, env: Mapping[str, str] | None = None, stdin: str = "") -> str:
    """What the command says on stdout, when it has to succeed."""
    ran = run(*args, cwd=cwd, env=env, stdin=stdin)
    assert ran.returncode == 0, f"{args} ended with {ran.returncode}:\n{ran.stdout}\n{ran.stderr}"
    return ran.stdout


class Running:
    """A command that goes on; what it prints, to stdout or stderr, is in `lines`."""

    def __init__(self, *args: str, cwd: Path, env: Mapping[str, str] | None = None) -> None:
        self.lines: list[str] = []
        self._spoken = threading.Condition()
        self.process = subprocess.Popen(
            [*COMMAND, *args],
            cwd=cwd,
            env=environment(env),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        self._readers = [
            threading.Thread(target=self._read, args=(stream,))
            for stream in (self.process.stdout, self.process.stderr)
        ]
        for each in self._readers:
            each.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.ended()

    def wait_for(self, pattern: str) -> str:
        """The first line in which the pattern is found; fails if the process ends without it."""

        def found() -> bool:
            return any(re.search(pattern, line) for line in self.lines) or self._silent()

        with self._spoken:
            assert self._spoken.wait_for(found, timeout=PATIENCE), self._said(pattern)
        match = next((line for line in self.lines if re.search(pattern, line)), None)
        assert match is not None, self._said(pattern)
        return match

    def end(self, number: signal.Signals = signal.SIGTERM) -> int:
        """Send the signal, wait for the end, and give the exit code."""
        self.process.send_signal(number)
        return self.ended()

    def ended(self) -> int:
        """Wait for the end, and give the exit code."""
        code = self.process.wait(PATIENCE)
        for each in self._readers:
            each.join()
        for stream in (self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        return code

    def _read(self, stream: IO[str] | None) -> None:
        assert stream is not None
        for line in stream:
            with self._spoken:
                self.lines.append(line.rstrip("\n"))
                self._spoken.notify_all()
        with self._spoken:
            self._spoken.notify_all()

    def _silent(self) -> bool:
        # The thread that asks was woken by a reader that is about to end.
        return self.process.poll() is not None and not any(
            each.is_alive() and each is not threading.current_thread() for each in self._readers
        )

    def _said(self, pattern: str) -> str:
        return f"no line with {pattern!r} in:\n" + "\n".join(self.lines)
