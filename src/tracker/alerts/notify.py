"""The channels that people have (chats, phones, mailboxes), through Apprise, an optional extra.

Apprise makes its own connections, outside the rules of `tracker.addresses`, and blocks: each
channel has a thread for it while something is sent, so that one that hangs holds up nobody else.
What a person reads is written in `text.py`.
"""

import asyncio
import importlib.util
import re
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from tracker.alerts.endpoint import Channel
from tracker.alerts.text import told
from tracker.alerts.webhook import Attempt, few
from tracker.errors import ConfigError
from tracker.store.records import Delivery

if TYPE_CHECKING:
    from apprise import NotifyBase

PATIENCE: Final = timedelta(seconds=30)
"""What a service has: an e-mail takes several exchanges. Less than a claim holds."""

TOO_SHORT: Final = 4
"""A part of an address that has fewer letters is found in any text, and is no secret."""


class Service:
    """One channel as Apprise knows it: one message at a time, as a person reads them.

    Apprise keeps to the pace that a service asks for only from one message to the next. What is
    taken after nobody waits for it any more is not sent again: the next attempt has succeeded.
    """

    def __init__(self, url: str, plugin: "NotifyBase") -> None:
        self.url = url
        self._plugin = plugin
        self._is_at_work = False
        self._taken: dict[str, Attempt] = {}
        """By the alert's id, the successes of which nobody was told yet."""

    async def send(
        self, delivery: Delivery, *, now: datetime, patience: timedelta = PATIENCE
    ) -> Attempt:
        """Send one alert once, as a text. What Apprise calls a success is one."""
        late = self._taken.pop(delivery.id, None)
        if late is not None:
            return replace(late, answer=f"{late.answer}, late")
        if self._is_at_work:
            # It cannot be stopped, and another beside it would hang as well.
            return Attempt("retry", "the attempt before has still not ended")
        loop = asyncio.get_running_loop()
        ended: asyncio.Future[Attempt] = loop.create_future()

        def end(attempt: Attempt) -> None:
            if not ended.done():
                ended.set_result(attempt)

        def work() -> None:
            attempt = self._notified(delivery, now)
            if attempt.outcome == "delivered":
                self._taken[delivery.id] = attempt
            # Before anybody hears of it: who does may send the next one at once.
            self._is_at_work = False
            with suppress(RuntimeError):  # nobody waits for it any more
                loop.call_soon_threadsafe(end, attempt)

        # Not of a pool: those of others must stay free, and the program's end waits for none.
        self._is_at_work = True
        threading.Thread(target=work, name="notify", daemon=True).start()
        try:
            async with asyncio.timeout(patience.total_seconds()):
                attempt = await ended
        except TimeoutError:
            return Attempt("retry", f"no answer within {patience.total_seconds():g} s")
        self._taken.pop(delivery.id, None)
        return attempt

    def _notified(self, delivery: Delivery, now: datetime) -> Attempt:
        from apprise import Apprise, NotifyFormat  # noqa: PLC0415 — optional, and slow to load

        try:
            text = told(delivery.body, at=now)
            result = Apprise(self._plugin).notify(
                title=text.title, body=text.body, body_format=NotifyFormat.TEXT
            )
            if result:
                return Attempt("delivered", f"taken by {self._plugin.service_name}")
            said = [each.message for each in result.logs()]
        except Exception as error:  # noqa: BLE001 — a hundred services, each with bugs of its own
            said = [f"{type(error).__name__}: {error}"]
        return Attempt("retry", few(without_parts(said[-1] if said else "it failed", self.url)))


def service_of(name: str, channel: Channel, environment: Mapping[str, str]) -> Service:
    """The service at the address that the channel's variable holds. Blocks while Apprise loads.

    Raises:
        ConfigError: Apprise is not installed, the variable is not set, or holds no address, or
            several; the variable is named, what it holds is not.
    """
    url = address_of(name, channel, environment)
    where = f"notify {name!r}: {channel.url_env}"
    from apprise import Apprise, AppriseAsset  # noqa: PLC0415 — optional, and slow to load

    asset = AppriseAsset(async_mode=False, storage_mode="memory")
    plugin, why = None, ""
    try:
        plugin = Apprise.instantiate(url, asset=asset, suppress_exceptions=False)
    except Exception as error:  # noqa: BLE001 — a hundred services, each with bugs of its own
        why = f": {few(without_parts(str(error), url))}"
    if plugin is None:
        raise ConfigError(
            where, f"holds no address that Apprise understands{why}; its alerts wait"
        ) from None
    return Service(url, plugin)


def address_of(name: str, channel: Channel, environment: Mapping[str, str]) -> str:
    """The one address that the channel's variable holds. Raises `ConfigError` as `service_of`."""
    where = f"notify {name!r}: {channel.url_env}"
    urls = environment.get(channel.url_env, "").split()
    if not urls:
        raise ConfigError(where, "is not set; its alerts wait until it holds Apprise's address")
    if len(urls) > 1:
        raise ConfigError(where, "holds several addresses; write a [[notify]] for each")
    if importlib.util.find_spec("apprise") is None:
        raise ConfigError(
            f"notify {name!r}",
            "needs Apprise; install it with: pip install 'tracker[notify]'; its alerts wait",
        )
    return urls[0]


def without_parts(text: str, url: str) -> str:
    """The text with "***" for an address in it, and for each part of that, as it may be a token.

    >>> without_parts("no such bot: 110201543:AAHdqTcv", "tgram://110201543:AAHdqTcv/")
    'no such bot: ***:***'
    """
    scheme, _, rest = url.partition("://")
    parts = {url, *re.split(r"[/:@?&=#,;]+", rest)}
    parts |= {unquote(each) for each in parts}
    hidden = sorted((each for each in parts if len(each) >= TOO_SHORT), key=len, reverse=True)
    # Apprise writes some in small letters.
    pattern = "|".join(re.escape(each) for each in hidden if each.lower() != scheme.lower())
    return re.sub(pattern, "***", text, flags=re.IGNORECASE) if pattern else text
