"""Of which place a figure is, where a text has parted the whole by places.

"In Arno" alone is where it happened, and no limit: a number of the whole. It is a limit once a
text has told the numbers of several places side by side, or one number of several together ("in
Arno and Besk"). From then on, in the order in which figures count, a number of Arno is of Arno.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from tracker.events import FigureReported
from tracker.model import Role
from tracker.projections.ledger import Entry


@dataclass(frozen=True, slots=True)
class Division:
    """Places that make up the whole, as scopes, known from the figure of this order on."""

    scopes: frozenset[str]
    since: tuple[object, ...]
    until: tuple[object, ...] | None = None
    """The order of the figure that told of more places beside them."""

    def holds(self, order: tuple[object, ...]) -> bool:
        """Whether it is what was known when the figure of that order was heard."""
        return self.since <= order and (self.until is None or order < self.until)


@dataclass(slots=True)
class Places:
    """What the figures of one measure, one after the other, tell of places."""

    divisions: list[Division] = field(default_factory=list)
    scopes: dict[str, str | None] = field(default_factory=dict)
    """By event id: of what the figure is, by all that was known then."""
    labels: dict[str, str] = field(default_factory=dict)
    """By place, in lower case: the scope that stands for it."""
    _issuers: dict[str, set[str | None]] = field(default_factory=dict)
    _shares: dict[tuple[str, str, int], set[str]] = field(default_factory=dict)

    def know(self, place: str) -> None:
        """Learn from where the incident was, by all accounts."""
        first, joined, last = (each.strip(" ,") for each in _partition(place))
        if joined and first and last:
            names = [*first.split(","), last.split(",")[0]]
            scopes = frozenset(self._label(each.strip(), None) for each in names)
            self.divisions.append(Division(scopes, ()))

    def hear(self, entry: Entry) -> None:
        """Learn from one figure, and settle of what it is."""
        said = entry.figure
        scope = said.scope
        if len(said.places) == 1:
            label = self._label(said.places[0], said.scope)
            if scope is not None or self._divided(label):
                scope = label
        elif len(said.places) > 1 and said.role is Role.CURRENT:
            self._divide({self._label(each, None) for each in said.places}, entry)
        elif scope is None and said.role is Role.CURRENT:
            scope = self._of_issuer(said)
        self.scopes[entry.event.id] = scope
        if said.scope is not None and len(said.places) == 1:
            side_by_side = self._shares.setdefault((said.source, said.report, said.version), set())
            side_by_side.add(self._label(said.places[0], said.scope))
            self._divide(side_by_side, entry)
        if said.issuer_id is not None and said.role is Role.CURRENT:
            self._issuers.setdefault(said.issuer_id, set()).add(scope)

    def _label(self, place: str, scope: str | None) -> str:
        return self.labels.setdefault(place.casefold(), scope or place)

    def _divided(self, label: str) -> bool:
        return any(label in each.scopes for each in self.divisions)

    def _of_issuer(self, said: FigureReported) -> str | None:
        """Whoever has only ever counted one place counts it again."""
        before = self._issuers.get(said.issuer_id or "", set())
        (only,) = before if len(before) == 1 else (None,)
        return only if only is not None and self._divided(only) else None

    def _divide(self, scopes: Iterable[str], entry: Entry) -> None:
        new, order = frozenset(scopes), entry.order
        if len(new) < 2 or any(new <= each.scopes for each in self.divisions):
            return
        self.divisions = [
            replace(each, until=order) if each.scopes < new and each.until is None else each
            for each in self.divisions
        ]
        self.divisions.append(Division(new, order))


def _partition(place: str) -> tuple[str, str, str]:
    found = re.search(r"\s(?:and|y|e|et|und|&)\s", place)
    return (place[: found.start()], found[0], place[found.end() :]) if found else (place, "", "")


def places(entries: Iterable[Entry], place: str = "") -> Places:
    """What these figures of one measure, in their order, tell of places.

    `place` is where the incident was: "Arno and Besk" are two, "Arno, Besk" is one.
    """
    found, entries = Places(), [*entries]
    found.know(place)
    # Most incidents have one place, and nothing to settle.
    if any(each.figure.places or each.figure.scope for each in entries):
        for each in entries:
            found.hear(each)
    return found
