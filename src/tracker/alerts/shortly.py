"""How words, numbers and times are shown where there is little room, and no harm is to be done."""

import re
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from tracker.alerts.bodies import CONTROLS

NAME: Final = 80
"""Characters of a name, at most."""

WORTH_QUOTING: Final = 20
"""Characters: less of a quote says nothing."""

CALL: Final = re.compile(r"@(?=(?:all|channel|everyone|here|room)\b)|<(?=[!@#&])", re.IGNORECASE)
"""What makes a chat ring for all its members, or names one of them."""


def line(words: str) -> str:
    """On one line, and with nothing in it that a screen or a chat would obey."""
    return " ".join(CALL.sub(r"\g<0> ", CONTROLS.sub(" ", words)).split())


def short(name: str) -> str:
    return cut(name, NAME)


def cut(words: str, most: int) -> str:
    """At most so many characters, cut at a word."""
    words = " ".join(words.split())
    if len(words) <= most:
        return words
    head = words[: max(most - 1, 0)]
    return (head.rpartition(" ")[0] or head) + "…"


def quoted(quote: str | None, phrase: str | None, room: int) -> str:
    """The words after a colon, cut around the number that stands; "" where there are none."""
    words = line(quote or "")
    if not words or room < WORTH_QUOTING:
        return ""
    number = re.search(r"\d[\d,]*", phrase or "")
    place = words.find(number[0]) if number else -1
    if len(words) > room and place > room - WORTH_QUOTING:
        # The number is what is quoted: what leads to it is worth less.
        words = "…" + words[place - room // 2 :].partition(" ")[2]
    words = cut(words, room)
    left, right = ("“", "”") if '"' in words else ('"', '"')
    return f": {left}{words}{right}" + ("" if words.endswith((".", "!", "?")) else ".")


def sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def clock(moment: datetime, at: datetime) -> str:
    """The time of day, and the day where it is not that of the alert."""
    day = "" if moment.date() == at.date() else f"{moment.day} {moment:%b} "
    year = "" if not day or moment.year == at.year else f"{moment.year} "
    return f"{day}{year}{moment:%H:%M} UTC"


def some(words: Sequence[str], most: int, between: str = "; ") -> str:
    """The first of them, and how many more there are."""
    more = [f"and {len(words) - most:,} more"] if len(words) > most else []
    return between.join([*words[:most], *more])
