"""The time that one fetch may take. Waiting in our own queues is not part of it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from types import TracebackType
from typing import Self


class Patience:
    """A clock that runs while a source is being asked: `async with patience: …`, several times.

    It ends what is inside with `TimeoutError` when nothing is left of it.
    """

    def __init__(self, span: timedelta, now: datetime) -> None:
        self.span = span
        self._left = span.total_seconds()
        self._asked_at = now
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self._resumed = self._began
        self._limit = asyncio.timeout(None)

    def now(self) -> datetime:
        """The moment, by the clock of whoever asked."""
        return self._asked_at + timedelta(seconds=self._loop.time() - self._began)

    async def __aenter__(self) -> Self:
        self._resumed = self._loop.time()
        self._limit = asyncio.timeout_at(self._resumed + self._left)
        await self._limit.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._left -= self._loop.time() - self._resumed
        await self._limit.__aexit__(kind, error, trace)

    @asynccontextmanager
    async def stopped(self) -> AsyncIterator[None]:
        """The clock stands still: what is waited for inside is our own."""
        stopped_at = self._loop.time()
        self._limit.reschedule(None)
        try:
            yield
        finally:
            self._resumed += self._loop.time() - stopped_at
            self._limit.reschedule(self._resumed + self._left)
