"""What a person types to mean reports of the inbox: a group's id, or that of an event."""

from collections.abc import Sequence
from itertools import chain
from typing import Final

from tracker.errors import UnknownName, UsageError
from tracker.incidents.groups import Group
from tracker.projections.inbox import Aside

GROUP: Final = ("g", "G")
"""What a group's id begins with, and no event's does."""


def reports_named(
    names: Sequence[str], groups: Sequence[Group], aside: Sequence[Aside]
) -> tuple[Aside, ...]:
    """The reports that are meant, each once, in the order of the names.

    A group's id stays good: "g" and the beginning of the id of any of its events leads to it, so
    that of two groups that became one either id does. The beginning of an event's id means that
    report alone.

    Raises:
        UnknownName: there is no such group or event.
        UsageError: several begin so.
    """
    found = (
        _group(each, groups) if each.startswith(GROUP) else _event(each, aside) for each in names
    )
    return tuple({each.event.id: each for each in chain.from_iterable(found)}.values())


def _group(name: str, groups: Sequence[Group]) -> Sequence[Aside]:
    begins = name[1:].lower()
    meant = [each for each in groups if any(_begins(one, begins) for one in each.aside)]
    if not meant or not begins:
        raise UnknownName("group in the inbox", name, (each.id for each in groups))
    if len(meant) > 1:
        raise UsageError(
            f"several groups have a report whose id begins with {begins!r}, {meant[0].id} and "
            f"{meant[1].id} among them: give more of it"
        )
    return meant[0].aside


def _event(name: str, aside: Sequence[Aside]) -> Sequence[Aside]:
    begins = name.strip().lower()
    meant = [each for each in aside if _begins(each, begins)]
    if not meant or not begins:
        raise UnknownName("group or event in the inbox", name, (each.event.id for each in aside))
    if len(meant) > 1:
        raise UsageError(
            f"several events in the inbox begin with {name!r}, {meant[0].event.id} and "
            f"{meant[1].event.id} among them: give more of the id"
        )
    return meant


def _begins(aside: Aside, begins: str) -> bool:
    return aside.event.id.startswith(begins)
