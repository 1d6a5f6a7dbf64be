"""Whether an estimate is told to a receiver, and from when on: each rule is one function. Pure.

A rule looks at what the receiver was last told and at what stands now. It lets pass (True), stops
(False), or has nothing to say (None). The first of `RULES` that has something to say decides, and
its name is the answer to why; where none has, the estimate is told. What the rules mean is said
once more for those who write them in `docs/webhooks.md`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Literal

from tracker.alerts.endpoint import NONE, Rules
from tracker.alerts.hours import next_digest, not_before
from tracker.model import Estimate, Revision, Status
from tracker.projections.moves import Moved
from tracker.store.records import Earlier, Held, Told

MOST_REMEMBERED: Final = 20
"""Of what was told before, for `flap`."""
TIMES_DEBOUNCE: Final = 10
"""How long a debounce may take at most where nothing is said, in debounces."""

Type = Literal["estimate.revised", "estimate.contested", "estimate.settled"]


@dataclass(frozen=True, slots=True)
class Case:
    """What is judged."""

    rules: Rules
    before: Told | None
    """What the receiver was last told; None: nothing yet."""
    after: Estimate
    """What stands now."""

    @property
    def turned(self) -> bool:
        """Whether it has become contested, or is so no longer though something stands."""
        was = self.before is not None and _contested(self.before)
        return self.after.phrase is not None and was != _contested(self.after)

    @property
    def untold(self) -> bool:
        """Whether that it was contested, or no longer, was passed over: see `noted_status`."""
        before = self.before
        return before is not None and before.phrase is not None and before.status is None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is told, which rule decided that ("": none had anything to say), and as what."""

    told: bool
    rule: str
    type: Type = "estimate.revised"


def judge(rules: Rules, before: Told | None, after: Estimate) -> Verdict:
    """Whether a receiver with these rules, who was told `before`, is told that `after` stands."""
    case = Case(rules, before, after)
    for name, rule in RULES.items():
        ruling = rule(case)
        if ruling is not None:
            return Verdict(ruling, name, _type(case))
    return Verdict(True, "", _type(case))


def _type(case: Case) -> Type:
    if case.before is None or not case.turned or not case.rules.contested:
        return "estimate.revised"
    return "estimate.contested" if _contested(case.after) else "estimate.settled"


def mine(case: Case) -> bool | None:
    """Only the incidents and measures that were asked for."""
    rules, after = case.rules, case.after
    asked_for = (not rules.incidents or after.incident in rules.incidents) and (
        not rules.measures or after.measure in rules.measures
    )
    return None if asked_for else False


def news(case: Case) -> bool | None:
    """Nothing from which the receiver would learn nothing, like a mere confirmation."""
    *was, was_contested = gist(case.before)
    *now, is_contested = gist(case.after)
    turned = was_contested != is_contested and not case.untold
    return None if turned or was != now else False


def status(case: Case) -> bool | None:
    """Only what stands as asked for; what stands no longer has no status and is told."""
    wanted = case.rules.statuses
    passes = not wanted or case.after.phrase is None or case.after.status in wanted
    return None if passes else False


def first(case: Case) -> bool | None:
    """The first figure, whatever its size."""
    return case.rules.first if case.before is None else None


def contested(case: Case) -> bool | None:
    """That two figures stand against each other, or no longer: whatever the size of the change.

    Whoever does not ask for it is told by the other rules of another number, and not of the
    bounds, which are those of both sides.
    """
    if not case.turned or case.before is None or case.untold:
        return None
    if case.rules.contested:
        asked_for = direction(case) is None or way(case.before, case.after) is None
        return True if asked_for else None
    same = (case.before.best, case.before.phrase) == (case.after.best, case.after.phrase)
    return False if same else None


def direction(case: Case) -> bool | None:
    """Only rises, or only falls; where no number moved, neither."""
    wanted = case.rules.direction
    return None if wanted in ("both", way(case.before, case.after)) else False


def size(case: Case) -> bool | None:
    """Only what crosses a threshold, or differs by as much as was asked for.

    By how much "up to 500" differs is not known: it crosses nothing, and is not too little. That
    nothing stands any more is told whatever stood: nobody is to keep a number that is gone.
    """
    if case.after.phrase is None:
        return None
    rules, before, after = case.rules, _number(case.before), _number(case.after)
    is_known = before is not None and after is not None
    low, high = min(before or 0, after or 0), max(before or 0, after or 0)
    if is_known and any(low < each <= high for each in rules.thresholds):
        return True
    if not rules.min_change and not rules.min_percent:
        return False if rules.thresholds else None
    if before is None or after is None:
        return None
    moved = high - low
    enough = moved >= rules.min_change and moved * 100 >= rules.min_percent * before
    return None if moved and enough else False


RULES: Final[dict[str, Callable[[Case], bool | None]]] = {
    "mine": mine,
    "news": news,
    "status": status,
    "first": first,
    "contested": contested,
    "direction": direction,
    "size": size,
}
"""In the order in which they are asked."""

SILENT: Final = frozenset({"first", "direction"})
"""What these stop is what the next is compared with, though it is not told: whoever asks for falls
only is told of each, however far it had risen before."""


def gist(
    value: Estimate | Told | Earlier | None,
) -> tuple[int | None, int | None, int | None, str | None, bool]:
    """What of a value is news when it differs; None: nothing was told."""
    if value is None:
        return None, None, None, None, False
    return value.best, value.low, value.high, value.phrase, _contested(value)


def way(before: Told | None, after: Estimate) -> Literal["up", "down"] | None:
    """Which way the best figure went, where that is known; that nothing stands now is a fall."""
    if before is None or gist(before) == gist(after):
        return None
    if after.phrase is None:
        return "down"
    was, now = _number(before), _number(after)
    if was is None or now is None or was == now:
        return None
    return "up" if now > was else "down"


def not_until(
    rules: Rules, before: Told | None, after: Estimate, held: Held | None, now: datetime
) -> datetime:
    """When what moved just now may be told: now, or the latest moment to which a rule holds it.

    `held` is what of this estimate is held already.
    """
    waited = now - held.since if held else NONE
    longest = rules.max_wait or rules.debounce * TIMES_DEBOUNCE
    moment = now + max(NONE, min(rules.debounce, longest - waited))
    if before is not None and any(gist(each) == gist(after) for each in _left(rules, before, now)):
        moment = max(moment, now + rules.flap)
    return opening(rules, moment)


def opening(rules: Rules, moment: datetime) -> datetime:
    """When what is ready to be told at that moment is told: with the next digest, never in quiet
    hours.
    """
    moment = next_digest(rules, moment) or moment
    return not_before(rules, moment) or moment


def remembered(rules: Rules, before: Told | None, now: datetime) -> tuple[Earlier, ...]:
    """What was told before what is told now, as far as `flap` asks for it, the newest first."""
    if before is None or not rules.flap:
        return ()
    last = Earlier(
        phrase=before.phrase,
        best=before.best,
        low=before.low,
        high=before.high,
        status=before.status,
        told_at=before.told_at,
    )
    return (last, *_left(rules, before, now))[:MOST_REMEMBERED]


def _left(rules: Rules, before: Told, now: datetime) -> Iterator[Earlier]:
    """The values in whose place others were told within the last `flap`."""
    left_at = before.told_at
    for each in before.earlier:
        if now - left_at < rules.flap:
            yield each
        left_at = each.told_at


def noted_status(before: Told | None, after: Estimate) -> Status | None:
    """The status with which a value is noted that is not told.

    None where somebody would believe otherwise of its being contested: of what they were not told
    of, they are not told that it is over either.
    """
    was = before is not None and _contested(before)
    return None if was or _contested(after) else after.status


def decided(rules: Rules, move: Moved) -> Revision | None:
    """The move by which it came to stand as the receiver asks for: whether it is news is its age.

    Who asks for a status is told by what gave it; for all others a confirmation decides nothing.
    """
    every = [each for each in (move.revision, *move.confirmations) if each is not None]
    while len(every) > 1 and (not rules.statuses or every[-2].estimate.status in rules.statuses):
        every.pop()
    return every[-1] if every else None


def _number(value: Estimate | Told | None) -> int | None:
    """The best figure, 0 where nothing stands; None: what stands has none, like "up to 500"."""
    return value.best if value is not None and value.phrase is not None else 0


def _contested(value: Estimate | Told | Earlier) -> bool:
    return value.status is Status.CONTESTED
