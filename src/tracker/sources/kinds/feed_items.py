"""What the formats of feeds have in common: items, and the choice of those that need reading.

A feed is asked every few minutes, and mostly two of its thirty items are new: only these are
read. How an item looks in XML or in JSON is told in `feed_xml.py` and `feed_json.py`.
"""

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Final, Protocol

from tracker.sources.capture import Unreadable

MOST_TROUBLE: Final = 3
"""Items whose trouble is told one by one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of any feed, in the feed's own words; "" = not given."""

    guid: str
    link: str
    title: str
    text: str
    published: str
    updated: str
    language: str
    whole: bool
    """False if it stood in markup that was cut off or broken."""
    summary: bool
    """Its text is a summary by the rules of its format."""
    digest: str = ""
    """Of all that its reading depends on; "" = it is read each time."""

    @property
    def key(self) -> str:
        """By what it is told from the others; "" = only by its words."""
        return self.guid or self.link


@dataclass(frozen=True, slots=True, kw_only=True)
class Shown:
    """What a feed shows: its items in their order, without those that were passed over."""

    items: tuple[Item, ...]
    known: frozenset[str] = frozenset()
    trouble: tuple[str, ...] = ()
    ttl: timedelta | None = None
    cut_off: bool = False
    """Its end did not arrive."""


class Piece(Protocol):
    """One item as it stands in the feed; what it says depends on nothing but its digest."""

    @property
    def digest(self) -> str:
        """Of the piece, and of what around it bears on its reading."""

    def read(self) -> tuple[Item, ...]:
        """Its item. Raises `Unreadable`."""

    def may_have(self, keys: AbstractSet[str]) -> bool:
        """False if it surely is told from the others by none of these keys."""


def read_pieces(pieces: Sequence[Piece], known: frozenset[str]) -> Shown:
    """The items of the pieces that are not known, as they are in a reading of all.

    Items that share an id are told apart by each other, so a known piece that may have the id of
    one that is read is read as well.

    Raises:
        Unreadable: none of those read could be.
    """
    read: dict[int, tuple[Item, ...]] = {}
    trouble: list[str] = []
    digests = [piece.digest for piece in pieces]
    due = {at for at, digest in enumerate(digests) if digest not in known}
    waiting = set(range(len(pieces))) - due
    while due:
        keys, untold = set[str](), False
        for at in sorted(due):
            try:
                items = pieces[at].read()
            except Unreadable as reason:
                trouble.append(f"item {at + 1}: {reason}")
                continue
            read[at] = tuple(
                replace(item, digest=digests[at] + f" {n}" * bool(n))
                for n, item in enumerate(items)
            )
            # A key that is not even found in its own piece was changed by the reading.
            own = {item.key for item in items}
            untold |= bool(waiting) and not all(key and pieces[at].may_have({key}) for key in own)
            keys |= own
        due = {at for at in waiting if untold or pieces[at].may_have(keys)}
        waiting = waiting - due
    if trouble and not read and not waiting:
        raise Unreadable(trouble[0].partition(": ")[2])
    count = len(trouble) - MOST_TROUBLE
    more = [f"{count} more of its items cannot be read"] if count > 0 else []
    return Shown(
        items=tuple(item for at in sorted(read) for item in read[at]),
        known=frozenset(digests[at] for at in waiting),
        trouble=(*trouble[:MOST_TROUBLE], *more),
    )
