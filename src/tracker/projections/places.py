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
    counted: bool = True
    """Each place has had a number of its own; else they have only been named together."""
    summed: bool = True
    """Its places make up the whole; else the incident is in another one, told beside them."""
    until: tuple[object, ...] | None = None
    """The order of the figure that told more of them."""

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
    _home: str = ""
    """The one place where the incident was, in lower case; "" where it was in several."""
    _whole: int = 0
    """The largest number of the whole so far."""

    def know(self, place: str) -> None:
        """Learn from where the incident was, by all accounts."""
        first, joined, last = (each.strip(" ,") for each in _partition(place))
        if not joined:
            self._home = place.split(",", maxsplit=1)[0].strip().casefold()
        elif first and last:
            names = [*first.split(","), last.split(",")[0]]
            scopes = frozenset(self._label(each.strip(), None) for each in names)
            self.divisions.append(Division(scopes, ()))

    def hear(self, entry: Entry) -> None:
        """Learn from one figure, and settle of what it is."""
        said = entry.figure
        scope = said.scope
        at_home = len(said.places) == 1 and said.places[0].casefold() == self._home
        if at_home and (scope is None or said.role is Role.COMPONENT):
            scope = None
        elif len(said.places) == 1:
            label = self._label(said.places[0], said.scope)
            if scope is not None or self._divided(label, said.low or said.high or 0):
                scope = label
        elif len(said.places) > 1 and said.role is Role.CURRENT:
            named = {self._label(each, None) for each in said.places}
            self._divide(named, entry, counted=False)
        elif scope is None and said.role is Role.CURRENT:
            scope = self._of_issuer(said)
        self.scopes[entry.event.id] = scope
        if said.scope is not None and len(said.places) == 1:
            side_by_side = self._shares.setdefault((said.source, said.report, said.version), set())
            side_by_side.add(self._label(said.places[0], said.scope))
            self._divide(side_by_side, entry, counted=True)
        if scope is None and said.role is Role.CURRENT:
            self._whole = max(self._whole, said.low or said.high or 0)
        if said.issuer_id is not None and said.role is Role.CURRENT:
            self._issuers.setdefault(said.issuer_id, set()).add(scope)

    def _label(self, place: str, scope: str | None) -> str:
        return self.labels.setdefault(place.casefold(), scope or place)

    def _divided(self, label: str, number: int = 0) -> bool:
        """Whether a number of this place is a part.

        Of places that were only named together ("the attacks in Arno and Besk") one may stand for
        all, as long as its number is no smaller than any of the whole.
        """
        return any(
            label in each.scopes and (each.counted or number < self._whole)
            for each in self.divisions
        )

    def _of_issuer(self, said: FigureReported) -> str | None:
        """Whoever has only ever counted one place counts it again."""
        before = self._issuers.get(said.issuer_id or "", set())
        (only,) = before if len(before) == 1 else (None,)
        return only if only is not None and self._divided(only) else None

    def _divide(self, scopes: Iterable[str], entry: Entry, *, counted: bool) -> None:
        new, order = frozenset(scopes), entry.order
        home = self.labels.get(self._home)
        known = (each for each in self.divisions if each.counted or not counted)
        if len(new) < 2 or any(new <= each.scopes for each in known):
            return
        self.divisions = [
            replace(each, until=order) if each.scopes <= new and each.until is None else each
            for each in self.divisions
        ]
        self.divisions.append(Division(new - {home}, order, counted, summed=home not in new))


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
