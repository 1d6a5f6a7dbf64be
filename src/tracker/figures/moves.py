"""Which way a toll moved: what the words beside a number say of a rise, a fall, a correction."""

from typing import Final

from tracker.figures.clauses import Context
from tracker.figures.increments import BRINGING
from tracker.figures.links import Link
from tracker.figures.tables import union
from tracker.figures.tokens import matches_back
from tracker.model import Move, Role

_DATED: Final = 8
"""How many words after a number may tell when it was told."""
_THE: Final = 4
"""How many words "a day after the" has."""


def move_of(c: Context, role: Role) -> Move | None:
    """The direction that the text states beside the number."""
    m, lexicon = c.mention, c.lexicon
    if m.toll is not None:
        first = min(m.toll.link_at - 7, m.toll.noun_at - 5)
        moves = [
            lexicon.moves[t.low]
            for t in c.tokens[max(c.left, first, 0) : m.toll.link_at + 1]
            if t.low in lexicon.moves
        ]
        return moves[-1] if moves else None
    first = m.numeral.first
    if c.tokens[first - 1].low == ":" and c.has(
        union(lexicon.counts, lexicon.toll_words), first - 4, first
    ):
        # "Gives a lower figure: six died".
        told = [
            lexicon.moves[t.low]
            for t in c.tokens[max(0, first - 4) : first]
            if t.low in lexicon.moves
        ]
        return told[-1] if told else None
    return Move.UP if role is Role.INCREMENT else None


def has_risen(c: Context) -> bool:
    """As in "the toll has since risen to 42", of no happening that the toll itself names; or
    "bringing the toll to 42".
    """
    toll, lexicon = c.mention.toll, c.lexicon
    if toll is None or toll.link is not Link.TO or toll.noun_at < 0:
        return False
    between = range(toll.noun_at + 1, toll.link_at)
    if c.has(lexicon.bringing, toll.noun_at - BRINGING, toll.noun_at):
        return True
    plain = all(
        c.tokens[i].low in union(lexicon.have, lexicon.adverbs, lexicon.be, lexicon.goes)
        or c.tokens[i].low in lexicon.moves
        for i in between
    )
    return plain and c.has(union(lexicon.have, lexicon.since), toll.noun_at, toll.link_at)


def corrects_before(c: Context, move: Move | None) -> bool:
    """As in "corrected the toll to 275", "the toll fell to 42"."""
    toll = c.mention.toll
    if toll is None:
        return move is Move.DOWN
    if c.has(c.lexicon.correct, toll.noun_at - 3, toll.noun_at):
        return True
    if toll.link is not Link.TO:
        return False
    first = min(toll.link_at - 7, toll.noun_at - 5)
    return move is Move.DOWN or c.has(c.lexicon.correcting, max(c.left, first), toll.link_at)


def moved_since(c: Context) -> bool:
    """As in "police spoke of 12 dead a day after the fire, and the figure later climbed to 30":
    the number is dated, and the toll went on from it.
    """
    m, lexicon = c.mention, c.lexicon
    told = c.has(union(lexicon.say, lexicon.confirming, lexicon.put), c.left, m.first)
    told = told or matches_back(c.tokens, m.numeral.first - 1, lexicon.telling) > 0
    if not told or m.phrase.more or m.numeral.more or not _is_dated(c):
        return False
    return any(
        other.measure is m.measure
        and other.toll is not None
        and other.toll.link is Link.TO
        and m.last <= other.toll.noun_at
        and any(
            t.low in lexicon.moves or t.low in lexicon.goes
            for t in c.tokens[max(m.last, other.toll.noun_at - 2) : other.toll.link_at]
        )
        for other in c.mentions[c.place + 1 :]
    )


def _is_dated(c: Context) -> bool:
    """As in "a day after the fire", before or after the number; not "the fire that killed"."""
    m, lexicon = c.mention, c.lexicon
    for first, last in ((m.last, m.last + _DATED), (c.left, m.first)):
        at = c.finds(first, last, lexicon.day_after)
        if at is None or any(t.text in ",;" for t in c.tokens[first:at]):
            continue
        known = not c.has(lexicon.relative, at + _THE, m.first)
        return known and not c.has(lexicon.articles, at + 2, at + _THE)
    return False
