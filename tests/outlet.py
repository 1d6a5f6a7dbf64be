"""A real outlet on this machine: it serves what it is given, and may be slow about it."""

import json
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self

from tracker.model import utc_text


@dataclass(frozen=True, slots=True)
class Item:
    """A report as a JSON Feed carries it; no date where `published` is None."""

    id: str
    text: str
    published: datetime | str | None = None
    title: str = ""
    modified: datetime | None = None


def feed(*items: Item) -> str:
    """The items as a JSON Feed."""
    return json.dumps(
        {
            "version": "https://jsonfeed.org/version/1.1",
            "title": "An outlet",
            "items": [_document(each) for each in items],
        }
    )


def _document(item: Item) -> dict[str, str]:
    document = {"id": item.id, "title": item.title, "content_text": item.text}
    if item.published is not None:
        stated = item.published
        document["date_published"] = stated if isinstance(stated, str) else utc_text(stated)
    if item.modified is not None:
        document["date_modified"] = utc_text(item.modified)
    return document


class Outlet:
    """Serves the bodies in `pages` by path; while `open` is not set, it answers nobody.

    It has no robots.txt, and nobody waits for that answer. `host` is one of this machine's
    addresses: each is a domain of its own.
    """

    def __init__(self, host: str = "127.0.0.1") -> None:
        self.pages: dict[str, str] = {}
        self._host = host
        self.open = threading.Event()
        self.open.set()
        self.asked: list[str] = []
        self._asked = threading.Condition()
        outlet = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                outlet._answer(self)

            def log_message(self, *_: object) -> None:
                """Say nothing: standard error belongs to the test."""

        self._server = ThreadingHTTPServer((host, 0), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def url(self, path: str) -> str:
        return f"http://{self._host}:{self._server.server_address[1]}/{path}"

    def publish(self, path: str, items: Iterable[Item]) -> None:
        """Serve these items as a feed from now on."""
        self.pages[path] = feed(*items)

    def wait_for(self, count: int) -> None:
        """Come back when it has been asked so often; fail if it never is."""
        with self._asked:
            assert self._asked.wait_for(lambda: len(self.asked) >= count, timeout=60)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.open.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def _answer(self, request: BaseHTTPRequestHandler) -> None:
        path = request.path.lstrip("/")
        if path == "robots.txt":
            request.send_error(404)
            return
        with self._asked:
            self.asked.append(path)
            self._asked.notify_all()
        self.open.wait()
        body = self.pages[path].encode()
        try:
            request.send_response(200)
            request.send_header("content-type", "application/feed+json")
            request.send_header("content-length", str(len(body)))
            request.end_headers()
            request.wfile.write(body)
        except ConnectionError:
            pass  # whoever asked was killed meanwhile
