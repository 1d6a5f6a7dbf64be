"""The standard policy: which statement the estimate follows. `docs/architecture.md` tells it whole.

For a toll the tests stand in order, and the first that holds decides: stale, lowered, held,
consistent, outranked, contested, narrowed, raised. For a stock (missing, in hospital) the newest
statement wins, unless a higher rank has just spoken.
"""

from datetime import timedelta
from typing import Final

from tracker.model import Measure, Qualifier, Rank, Reason, Status
from tracker.projections.policies.stale import HELD_FOR, is_stale
from tracker.projections.standing import (
    LOWER_BOUNDS,
    Hearing,
    Verdict,
    moved,
    stopped,
    within_a_tenth,
)
from tracker.projections.statement import Statement

STANDS_FOR: Final = timedelta(hours=6)
"""How long a higher rank's count of a stock stands against a newer one."""

HEDGED: Final = frozenset({Qualifier.OVER, Qualifier.NEARLY, Qualifier.ABOUT})


def standard(heard: Hearing, said: Statement, measure: Measure) -> Verdict:
    """Hear one statement under the standard policy."""
    verdict = (
        _nothing_new(heard, said)
        or _first(heard, said)
        or (_stock(heard, said) if measure.is_stock else _toll(heard, said))
    )
    heard.note(said)
    return verdict


def _nothing_new(heard: Hearing, said: Statement) -> Verdict | None:
    """A copy of a sentence that was heard says nothing more, and later it says nothing newer."""
    if said.summed or heard.standing is None:
        return stopped("denied") if heard.is_denied(said) else None
    return stopped("echo") if heard.wordings.is_echo(said) else None


def _first(heard: Hearing, said: Statement) -> Verdict | None:
    """Words and ceilings stand only until anybody states a number."""
    old = heard.standing
    if old is None:
        heard.take(said)
        return moved(Reason.FIRST, "first")
    weaker = said.number is None or said.qualifier is Qualifier.VAGUE
    if old.number is None or old.qualifier is Qualifier.VAGUE:
        if weaker and (said.number or 0) <= (old.number or 0):
            return stopped("vague")
        raised = (said.number or 0) > (old.number or 0) > 0
        heard.take(said)
        return moved(Reason.RAISED if raised else Reason.NARROWED, "a number for a word")
    return stopped("vague") if weaker else None


def _stock(heard: Hearing, said: Statement) -> Verdict:
    assert heard.standing is not None, "decided by _first"  # noqa: S101 — tells mypy so
    old = heard.standing
    if said.number == old.number:
        return _confirmed(heard, said)
    if is_stale(heard, said, stock=True):
        return stopped("stale")
    unverified = said.rank is Rank.UNVERIFIED and heard.rank(old) > said.rank
    if unverified and not heard.second(said):
        return stopped("unverified")
    # A rank protects a count of people who come and go, but never from its own voice or relay.
    another = said.source != old.source and said.voice != old.voice
    protected = another and said.at - old.at < STANDS_FOR
    if protected and heard.rank(said) < heard.rank(old):
        return stopped("outranked")
    heard.take(said)
    if (said.number or 0) > (old.number or 0):
        return moved(Reason.RAISED, "newest")
    return moved(Reason.LOWERED, "newest")


def _toll(heard: Hearing, said: Statement) -> Verdict:
    old = heard.standing
    assert old is not None, "decided by _first"  # noqa: S101 — tells mypy so
    if said.number is None or old.number is None:
        return stopped("vague")
    if said.number == old.number:
        if old.summed and not said.summed:
            heard.take(said)
            return moved(Reason.NARROWED, "whole")
        return _same(heard, said, old)
    if heard.rival is not None and said.number == heard.rival.number:
        return _other_side(heard, said, old)
    if is_stale(heard, said):
        return stopped("stale")
    if old.summed:
        return _for_sum(heard, said, old, old.number)
    if said.number < old.number:
        return _smaller(heard, said, old, old.number)
    return _larger(heard, said, old, old.number)


def _same(heard: Hearing, said: Statement, old: Statement) -> Verdict:
    """The standing number again: perhaps said more firmly, perhaps by another voice."""
    if said.rank is not Rank.UNVERIFIED:
        heard.left |= said.earlier - {old.number}
    if heard.rival is not None:
        if not heard.independent(said, old) or _fits(said, heard.rival):
            return stopped("repeated")
        _settle(heard, said, old, Status.CONFIRMED)
        return moved(Reason.SETTLED, "a second voice for one side")
    # Ranks are asked for last, here and below: one sentence has to be compared with others.
    if old.qualifier is not Qualifier.EXACT and heard.rank(said) >= heard.rank(old):
        if old.qualifier is Qualifier.NEARLY and said.qualifier in LOWER_BOUNDS:
            heard.take(said)
            return moved(Reason.RAISED, "passed")
        if said.qualifier is Qualifier.EXACT:
            heard.take(said)
            return moved(Reason.NARROWED, "now exact")
    return _confirmed(heard, said)


def _confirmed(heard: Hearing, said: Statement) -> Verdict:
    """Another voice for what stands; it moves the status, once, and never the number."""
    old = heard.standing
    if (
        old is None
        or said.summed
        or said.rank is Rank.UNVERIFIED
        or said.qualifier is Qualifier.NEARLY
        or heard.status is Status.CONTESTED
        or not heard.independent(said, old)
    ):
        return stopped("repeated")
    heard.supporters += said.basis
    if heard.status is Status.CONFIRMED:
        return stopped("confirmed already")
    heard.status = Status.CONFIRMED
    return moved(Reason.CONFIRMED, "a second voice")


def _other_side(heard: Hearing, said: Statement, old: Statement) -> Verdict:
    """A contested estimate, and somebody gives the number of the side that did not prevail."""
    rival = heard.rival
    assert rival is not None, "asked only while contested"  # noqa: S101 — tells mypy so
    came_over = said.voice == old.voice and said.source == old.source
    outranks = heard.rank(said) > heard.rank(old)
    joined = heard.independent(said, rival) and heard.rank(said) >= heard.rank(old)
    if not (came_over or outranks or joined) or _fits(said, old):
        return stopped("repeated")
    seconded = heard.independent(said, rival)
    _settle(heard, said, rival, Status.CONFIRMED if seconded else Status.REPORTED)
    return moved(Reason.SETTLED, "one side gave way" if came_over else "a further voice")


def _fits(said: Statement, other: Statement) -> bool:
    """Whether its bounds leave room for the number of that side, too: it takes no side."""
    number = other.number or 0
    above = said.high is None or number <= said.high
    return said.qualifier is not Qualifier.EXACT and (said.low or 0) <= number and above


def _settle(heard: Hearing, said: Statement, side: Statement, status: Status) -> None:
    """End a contest for one side, in the words of whoever gives its number without a hedge."""
    firmer = (
        side
        if said.qualifier is not Qualifier.EXACT and side.qualifier is Qualifier.EXACT
        else said
    )
    heard.take(firmer, status)
    heard.since = said.at
    if firmer is side:
        heard.supporters += said.basis


def _smaller(heard: Hearing, said: Statement, old: Statement, standing: int) -> Verdict:
    lower_bound = said.qualifier in LOWER_BOUNDS
    if said.states_lowering and 0 < max(said.earlier, default=0) * 2 < standing:
        # "Cut from 259 to 181" while 761 stands: some other count than the one that stands.
        return stopped("another count")
    if not said.states_lowering and said.version == old.version:
        return stopped("its own report gives more")
    if not said.states_lowering and _is_loose(said, standing):
        # "over 50" while 53 stands: a rounding, whoever says it, and no lowering.
        return _confirmed(heard, said) if lower_bound else stopped("consistent")
    if said.summed:
        return stopped("a sum may be incomplete")
    if said.number == 0 and not said.states_lowering:
        # "No one else was hurt": whoever says none where some are counted means none besides.
        return stopped("none besides")
    lowers = _lowers(heard, said, old)
    if lowers is not None:
        heard.take(said)
        return moved(Reason.LOWERED, lowers)
    if lower_bound or (said.high is not None and said.high >= standing):
        if within_a_tenth(said.number or 0, standing):
            return _confirmed(heard, said)
        return stopped("consistent")
    if heard.rank(said) < heard.rank(old):
        return stopped("outranked")
    heard.take(said, Status.CONTESTED)
    heard.rival = old
    heard.left.discard(standing)
    return moved(Reason.CONTESTED, "an equal voice says less")


def _lowers(heard: Hearing, said: Statement, old: Statement) -> str | None:
    """Why this smaller number lowers the estimate; None where it does not."""
    if said.states_lowering and said.relay is not Rank.UNVERIFIED:
        return "its text tells a lowering"
    if said.voice == old.voice and said.source == old.source:
        return "the standing voice lowers it"
    rank, standing_rank = heard.rank(said), heard.rank(old)
    if rank > standing_rank:
        return "a higher rank lowers it"
    seconds = (each for each in heard.given.get(said.number, ()) if heard.independent(each, said))
    if rank == standing_rank and any(heard.rank(each) == rank for each in seconds):
        return "two voices agree on less"
    return None


def _larger(heard: Hearing, said: Statement, old: Statement, standing: int) -> Verdict:
    number, seconded = said.number or 0, heard.second(said)
    if said.stands_by(old):
        return stopped("its own report stands by less")
    alone = not seconded and not said.moves_from(standing)
    if alone and heard.rank(said) < heard.rank(old):
        if said.rank is Rank.UNVERIFIED:
            return stopped("unverified")
        recently = heard.fell_at is not None and said.at - heard.fell_at < HELD_FOR
        if recently and number <= heard.fell_from:
            return stopped("held")
    narrowed = old.qualifier in HEDGED and within_a_tenth(standing, number)
    heard.take(said, Status.CONFIRMED if seconded else Status.REPORTED)
    return moved(Reason.NARROWED, "within a tenth") if narrowed else moved(Reason.RAISED, "more")


def _for_sum(heard: Hearing, said: Statement, old: Statement, standing: int) -> Verdict:
    """A whole figure takes the place of a sum of parts, and so does the same sum as it moves."""
    number = said.number or 0
    if said.summed and said.voice != old.voice and number < standing:
        return stopped("a sum may be incomplete")
    if not said.summed and number < standing and _is_loose(said, standing):
        return stopped("consistent")
    if not said.summed and number * 2 < standing and not said.states_lowering:
        return stopped("less than its parts")
    heard.take(said)
    reason = Reason.RAISED if number > standing else Reason.LOWERED
    return moved(reason, "a part moved" if said.summed else "whole")


def _is_loose(said: Statement, standing: int) -> bool:
    """A round number with a hedge, a little below the standing one.

    Within a tenth, or "over" and "at least" the standing one cut to its first digit.
    """
    number = said.number or 0
    lower_bound = said.qualifier in LOWER_BOUNDS
    if number % 10 or number <= 0 or not (lower_bound or said.qualifier in HEDGED):
        return False
    cut = standing - standing % 10 ** (len(str(standing)) - 1)
    return within_a_tenth(number, standing) or (lower_bound and number == cut)
