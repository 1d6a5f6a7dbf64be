"""The addresses of a name, as this system knows them.

Which of them may be connected to is the business of `addresses.py`.
"""

import asyncio
import socket
import threading
from contextlib import suppress
from typing import Any, Final

from aiohttp.abc import AbstractResolver, ResolveResult

NUMERIC: Final = socket.NI_NUMERICHOST | socket.NI_NUMERICSERV

LOOKING_UP: Final = 256
"""Names that are looked up at one time: a dead name server takes half a minute for each, and each
holds an open file meanwhile, of the 1,024 that a process has."""


class SystemResolver(AbstractResolver):
    """Asks the system, on a thread for each name, so that dead names hold up nothing else.

    A name is asked for once at a time: whoever wants it meanwhile gets the same answer, so that a
    dead one holds one thread, however often it is tried. None of them holds up the program's end.
    """

    def __init__(self) -> None:
        self._room = asyncio.Semaphore(LOOKING_UP)
        self._asked: dict[tuple[str, int, int], asyncio.Task[list[Any]]] = {}

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        name = host, port, int(family)
        asked = self._asked.get(name)
        if asked is None:
            asked = self._asked[name] = asyncio.create_task(self._look_up(*name))
            asked.add_done_callback(lambda _: self._asked.pop(name, None))
        # Whoever is tired of waiting does not take the answer from the others.
        found = await asyncio.shield(asked)
        return [
            ResolveResult(
                hostname=host,
                # With the zone of an address that needs one.
                host=socket.getnameinfo(address, NUMERIC)[0],
                port=port,
                family=each,
                proto=proto,
                flags=socket.AI_NUMERICHOST | socket.AI_NUMERICSERV,
            )
            for each, _, proto, _, address in found
        ]

    async def close(self) -> None:
        """Nobody waits for names that are still looked up."""
        for asked in self._asked.values():
            asked.cancel()

    async def _look_up(self, host: str, port: int, family: int) -> list[Any]:
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[list[Any]] = loop.create_future()

        def end(found: list[Any] | Exception) -> None:
            if answer.done():
                return
            if isinstance(found, Exception):
                answer.set_exception(found)
            else:
                answer.set_result(found)

        def work() -> None:
            found: list[Any] | Exception
            try:
                found = socket.getaddrinfo(
                    host, port, family, socket.SOCK_STREAM, flags=socket.AI_ADDRCONFIG
                )
            except Exception as error:  # noqa: BLE001 — it is raised where it was asked for
                found = error
            with suppress(RuntimeError):  # nobody waits for it any more
                loop.call_soon_threadsafe(end, found)

        async with self._room:
            # Not of a pool: the program's end waits for each thread of a pool.
            threading.Thread(target=work, name="name", daemon=True).start()
            return await answer
