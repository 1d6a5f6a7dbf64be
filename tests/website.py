"""A real web site on this machine that answers each path as a test says, and keeps who asked."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.message import Message
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    path: str
    headers: Message


@dataclass(frozen=True, slots=True)
class Said:
    """One answer as it goes out."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


Answer = Said | Callable[[Asked], Said]


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Whoever asked has gone: standard error belongs to the test."""


class Site:
    """Answers by path, query included; what is not there is 404, robots.txt among it."""

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, Answer] = {}
        self.asked: list[Asked] = []
        self._host = host
        site = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                site._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: standard error belongs to the test."""

        self._server = _Server((host, 0), Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def url(self, path: str = "") -> str:
        return f"http://{self._host}:{self._server.server_address[1]}/{path}"

    def paths(self) -> list[str]:
        """The paths that were asked for, in order; robots.txt apart."""
        return [each.path for each in self.asked if each.path != "robots.txt"]

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        asked = Asked(request.path.lstrip("/"), request.headers)
        self.asked.append(asked)
        answer = self.pages.get(asked.path, Said("not here", 404))
        said = answer(asked) if callable(answer) else answer
        body = said.body.encode() if isinstance(said.body, str) else said.body
        try:
            request.send_response(said.status)
            for name, value in said.headers.items():
                request.send_header(name, value)
            request.send_header("content-length", str(0 if said.status == 304 else len(body)))
            request.end_headers()
            if said.status != 304:
                request.wfile.write(body)
        except ConnectionError:
            pass  # whoever asked has gone
