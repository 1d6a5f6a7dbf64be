"""A real receiver of webhooks on this machine, which answers as it is told to."""

import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver does with one request; status 0: it hangs up; `hangs`: it never answers.

    `drips`: after that body, a byte now and then, for ever; `waits`: until it is told to go on.
    """

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    hangs: bool = False
    drips: bool = False
    waits: bool = False


@dataclass(frozen=True, slots=True)
class Got:
    """A request as it arrived, header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Gives its answers in turn, then 204 for ever; keeps every request in `got`."""

    def __init__(self, answers: Sequence[Answer] = (), *, keeps_open: bool = False) -> None:
        self.got: list[Got] = []
        self.connections = 0
        self._answers = list(answers)
        self._closing = threading.Event()
        self._going_on = threading.Event()
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1" if keeps_open else "HTTP/1.0"

            def setup(self) -> None:
                receiver.connections += 1
                super().setup()

            def do_POST(self) -> None:
                receiver._answer(self)

            def do_GET(self) -> None:
                receiver._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: standard error belongs to the test."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    @property
    def port(self) -> int:
        return int(self._server.server_address[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._closing.set()
        self._going_on.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(self, count: int) -> None:
        """Come back when so many requests have arrived; fail if they never do."""
        self.wait_until(lambda got: len(got) >= count)

    def wait_until(self, enough: Callable[[Sequence[Got]], bool]) -> None:
        """Come back when what has arrived is enough; fail if it never is."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: enough(self.got), timeout=30)

    def go_on(self) -> None:
        """Answer now what was to wait."""
        self._going_on.set()

    def answer_all(self) -> None:
        """Answer with 204 from now on."""
        with self._arrived:
            self._answers.clear()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._arrived:
            self.got.append(Got(request.path, headers, body))
            self._arrived.notify_all()
            answer = self._answers.pop(0) if self._answers else Answer()
        if answer.hangs:
            self._closing.wait()
        if answer.waits:
            self._going_on.wait()
        if answer.hangs or not answer.status:
            request.close_connection = True
            return
        request.send_response(answer.status)
        for name, value in answer.headers:
            request.send_header(name, value)
        if not answer.drips and "content-length" not in dict(answer.headers):
            request.send_header("content-length", str(len(answer.body)))
        request.end_headers()
        # Whoever has heard enough hangs up.
        with suppress(OSError):
            request.wfile.write(answer.body)
            while answer.drips and not self._closing.wait(0.02):
                request.wfile.write(b".")
                request.wfile.flush()
