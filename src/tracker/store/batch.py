"""New events as rows: numbered, chained, their words salted beside them."""

import secrets
import sqlite3
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final, NamedTuple

from tracker.encoding import encode, to_json
from tracker.events import Event, Fact
from tracker.model import from_utc_text, utc_text
from tracker.store.chain import FIRST, SALT, commitment, link
from tracker.store.schema import KEPT, KEPT_WORDS, PARAGRAPH

Words = Mapping[str, tuple[bytes, str]]
"""Words from outside by field, each with its own salt."""


class Written(NamedTuple):
    """An event as it is written, but for what follows from its place in a log."""

    stream: str
    type: str
    id: str
    recorded_at: str
    data: dict[str, Any]
    """The fact's fields, and for its words the commitments to them."""
    words: Words


NO_WORDS: Final = (bytes(SALT), None)
"""What stands in the place of words that an event does not have."""


def salted(words: Mapping[str, str]) -> dict[str, tuple[bytes, str]]:
    """These words, each with a new salt."""
    salts = secrets.token_bytes(SALT * len(words))
    return {
        field: (salts[place : place + SALT], said)
        for place, (field, said) in zip(range(0, len(salts), SALT), words.items(), strict=True)
    }


def salts() -> Iterator[bytes]:
    """Salts without end; for many, since a thousand are drawn at once."""
    while True:
        drawn = secrets.token_bytes(SALT * 1000)
        for place in range(0, len(drawn), SALT):
            yield drawn[place : place + SALT]


@lru_cache
def _kept_until(fetched: str) -> str:
    """When a paragraph goes that was fetched then."""
    return utc_text(from_utc_text(fetched) + KEPT)


class Batch:
    """What is added to a log at once: filled event by event, then written, all of it or nothing.

    `position` is the log's last, `heads` version and hash of the last event of streams; a stream
    that is not among them is taken to be new.
    """

    def __init__(self, position: int, heads: dict[str, tuple[int, str]]) -> None:
        self._position, self._heads = position, heads
        self._events: list[tuple[Any, ...]] = []
        self._words: list[tuple[Any, ...]] = []
        self._paragraphs: list[tuple[Any, ...]] = []

    def __len__(self) -> int:
        return len(self._events)

    def add(self, stream: str, made: str, fact: Fact, recorded_at: datetime) -> Event:
        """A fact with its id, as the next event of the log and of its stream."""
        data, words = encode(fact)
        said = salted(words)
        for field, (salt, each) in said.items():
            data[field] = commitment(salt, each)
        version = self.place(Written(stream, fact.TYPE, made, utc_text(recorded_at), data, said))
        return Event(
            position=self._position,
            stream=stream,
            version=version,
            id=made,
            recorded_at=recorded_at.astimezone(UTC),
            fact=fact,
        )

    def place(self, written: Written) -> int:
        """An event as it is written already, as the next one. Its version."""
        stream, kind, made, recorded_at, data, words = written
        self._position = position = self._position + 1
        version, previous = self._heads.get(stream, (0, FIRST))
        version += 1
        row = (position, stream, version, kind, made, recorded_at, to_json(data).decode())
        made_over = link(previous, row)
        self._heads[stream] = version, made_over
        self._events.append((*row, made_over))
        if words:
            self._place_words(position, recorded_at, data, words)
        return version

    def _place_words(
        self, position: int, recorded_at: str, data: dict[str, Any], words: Words
    ) -> None:
        paragraph = words.get(PARAGRAPH)
        if paragraph:
            # Words that a re-reading stores again were fetched when the figure was.
            fetched = min(recorded_at, data["observed_at"])
            self._paragraphs.append((position, *paragraph, _kept_until(fetched)))
            if len(words) == 1:
                return
        get = words.get
        first, second, third = KEPT_WORDS
        salt_1, said_1 = get(first, NO_WORDS)
        salt_2, said_2 = get(second, NO_WORDS)
        salt_3, said_3 = get(third, NO_WORDS)
        self._words.append((position, salt_1 + salt_2 + salt_3, said_1, said_2, said_3))

    def write(self, conn: sqlite3.Connection) -> None:
        """Put all of it into the log, within the caller's transaction."""
        conn.executemany("INSERT INTO events VALUES (?, ?, ?, ?, ?, ?, ?, ?)", self._events)
        conn.executemany("INSERT INTO words VALUES (?, ?, ?, ?, ?)", self._words)
        conn.executemany("INSERT INTO paragraphs VALUES (?, ?, ?, ?)", self._paragraphs)
