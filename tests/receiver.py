"""A real receiver of webhooks on this machine, which answers as it is told to."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver does with one request; status 0: it hangs up; `hangs`: it never answers."""

    status: int = 204
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    hangs: bool = False


@dataclass(frozen=True, slots=True)
class Got:
    """A request as it arrived, header names in lower case."""

    path: str
    headers: dict[str, str]
    body: bytes


class Receiver:
    """Gives its answers in turn, then 204 for ever; keeps every request in `got`."""

    def __init__(self, answers: Sequence[Answer] = ()) -> None:
        self.got: list[Got] = []
        self._answers = list(answers)
        self._closing = threading.Event()
        self._arrived = threading.Condition()
        receiver = self

        class Handler(BaseHTTPRequestHandler):
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
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def wait_for(self, count: int) -> None:
        """Come back when so many requests have arrived; fail if they never do."""
        with self._arrived:
            assert self._arrived.wait_for(lambda: len(self.got) >= count, timeout=30)

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        body = request.rfile.read(int(request.headers.get("content-length", "0")))
        headers = {name.lower(): value for name, value in request.headers.items()}
        with self._arrived:
            self.got.append(Got(request.path, headers, body))
            self._arrived.notify_all()
            answer = self._answers.pop(0) if self._answers else Answer()
        if answer.hangs:
            self._closing.wait()
        if answer.hangs or not answer.status:
            request.close_connection = True
            return
        request.send_response(answer.status)
        for name, value in answer.headers:
            request.send_header(name, value)
        if "content-length" not in dict(answer.headers):
            request.send_header("content-length", str(len(answer.body)))
        request.end_headers()
        request.wfile.write(answer.body)
