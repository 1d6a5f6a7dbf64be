"""Receivers of webhooks on this machine, in a process of their own, for `alerts.py`.

They take every POST, answer 204, and remember when each alert came.
"""

import asyncio
import multiprocessing
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import Connection

from aiohttp import web

PARTS = 100
"""Addresses of this machine they listen on: 127.0.0.1 up to 127.0.0.100, as many machines."""


@dataclass(frozen=True, slots=True)
class Receivers:
    """The running process: where it listens, and what it has got."""

    port: int
    _pipe: Connection

    def url(self, number: int) -> str:
        """That of one receiver: each has an address of its own."""
        return f"http://127.0.0.{number % PARTS + 1}:{self.port}/{number}"

    def got(self) -> dict[str, float]:
        """When each alert came first, by its id, in seconds since 1970; and begin anew."""
        self._pipe.send("got")
        got: dict[str, float] = self._pipe.recv()
        return got


@contextmanager
def receivers(core: int) -> Iterator[Receivers]:
    """Let them listen, on that core, until the end."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, core), daemon=True)
    process.start()
    try:
        yield Receivers(ours.recv(), ours)
    finally:
        ours.send("end")
        process.join(10)
        process.terminate()


def _serve(pipe: Connection, core: int) -> None:
    os.sched_setaffinity(0, {core})
    asyncio.run(_until_ended(pipe))


async def _until_ended(pipe: Connection) -> None:
    got: dict[str, float] = {}

    async def receive(request: web.BaseRequest) -> web.Response:
        await request.read()
        got.setdefault(request.headers["webhook-id"], time.time())
        return web.Response(status=204)

    loop = asyncio.get_running_loop()
    server = web.Server(receive, keepalive_timeout=60)
    listening = await loop.create_server(server, "0.0.0.0", 0, backlog=1024)  # noqa: S104 — each of 127.0.0.*
    pipe.send(listening.sockets[0].getsockname()[1])
    while await loop.run_in_executor(None, pipe.recv) == "got":
        pipe.send(dict(got))
        got.clear()
