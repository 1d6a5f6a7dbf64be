"""How words, numbers and times are shown where there is little room, and no harm is to be done.

Words from outside that are written from right to left would turn the numbers beside them around:
they are set apart (UAX #9, isolates). Other marks of direction are in no body, and in no text.
"""

import re
import unicodedata
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

APART: Final = "\u2068"
"""What follows is written in the direction of its own first letter …"""
TOGETHER: Final = "\u2069"
"""… up to here, and what is around it is as if it had none."""


def line(words: str) -> str:
    """On one line, and with nothing in it that a chat would obey."""
    return " ".join(CALL.sub(r"\g<0> ", words).split())


def short(name: str) -> str:
    """A name from outside."""
    return apart(cut(name, NAME))


def apart(words: str) -> str:
    """Words from outside, set apart from what is around them where they run from right to left."""
    words = CONTROLS.sub(" ", words).strip()
    return f"{APART}{words}{TOGETHER}" if _runs_left(words) else words


def plain(words: str) -> str:
    """As it was before words were set apart: for a screen that shows such marks as signs."""
    return words.replace(APART, "").replace(TOGETHER, "")


def _runs_left(words: str) -> bool:
    # Arabic digits do not run so themselves, and yet turn what is between two of them around.
    return not words.isascii() and any(
        unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in words
    )


def cut(words: str, most: int) -> str:
    """At most so many characters, cut at a word; what was set apart ends before the cut."""
    words = " ".join(words.split())
    if len(words) <= most:
        return words
    head = words[: max(most - (2 if APART in words else 1), 0)]
    head = (head.rpartition(" ")[0] or head) + "…"
    return head + TOGETHER * (head.count(APART) - head.count(TOGETHER))


def quoted(quote: str | None, phrase: str | None, room: int) -> str:
    """The words after a colon, cut around the number that stands; "" where there are none."""
    words = line(CONTROLS.sub(" ", quote or ""))
    room -= 2 * _runs_left(words)
    if not words or room < WORTH_QUOTING:
        return ""
    number = re.search(r"\d[\d,]*", phrase or "")
    place = words.find(number[0]) if number else -1
    if len(words) > room and place > room - WORTH_QUOTING:
        # The number is what is quoted: what leads to it is worth less.
        words = "…" + words[place - room // 2 :].partition(" ")[2]
    words = cut(words, room)
    left, right = ("“", "”") if '"' in words else ('"', '"')
    return f": {left}{apart(words)}{right}" + ("" if words.endswith((".", "!", "?")) else ".")


def sentence(words: str) -> str:
    return words if words.endswith((".", "!", "?", "…")) else f"{words}."


def capital(words: str) -> str:
    return words[:1].upper() + words[1:]


def clock(moment: datetime, at: datetime) -> str:
    """The time of day, and the day where it is not that of `at`."""
    day = "" if moment.date() == at.date() else f"{moment.day} {moment:%b} "
    year = "" if not day or moment.year == at.year else f"{moment.year} "
    return f"{day}{year}{moment:%H:%M} UTC"


def some(words: Sequence[str], most: int, between: str = "; ") -> str:
    """The first of them, and how many more there are."""
    more = [f"and {len(words) - most:,} more"] if len(words) > most else []
    return between.join([*words[:most], *more])


def named(parts: Sequence[tuple[str, bool]], most: int, room: int) -> list[str]:
    """Words, each with whether they tell a fall: as many as there is room for, and how many more.

    Where not all can be named, falls come first: one that is left out is not seen by anybody.
    """
    if len(parts) > most or sum(len(words) + 2 for words, _ in parts) > room:
        parts = sorted(parts, key=lambda each: not each[1])
        room -= len("and 1,000 more, falls among them")
    named = list[str]()
    for words, _ in parts[:most]:
        room -= len(words) + 2
        if named and room < 0:
            break
        named.append(words)
    left = parts[len(named) :]
    falls = ", falls among them" if any(falls for _, falls in left) else ""
    return [*named, f"and {len(left):,} more{falls}"] if left else named
