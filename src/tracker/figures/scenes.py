"""The places that a paragraph sets for its numbers: "In Arno, 12 people died", "Arno: 12 dead".

What stands beside a number itself is read in `whereabouts.py`, what a word points back to in
`antecedents.py`.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Final

from tracker.figures.antecedents import antecedent, of_an_office
from tracker.figures.clauses import Place, Reading
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Mention
from tracker.figures.placenames import heading_of
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, matches
from tracker.figures.whereabouts import read_place
from tracker.model import Role

_OWNER: Final = 4
"""How many words before its noun may tell whose toll it is."""
_NEAR: Final = 8
"""How many words "and in Arno officials counted another" may have before its number."""
_DATE: Final = 5
"""How many words "On Monday afternoon," may have."""
_TITLE: Final = 4
"""How many words "Arno: the official toll" has between the colon and its noun."""
_ITS: Final = 7
"""How many words "its official count of people" may have before its noun."""
_ELSEWHERE: Final = frozenset(
    {Role.OTHER_EVENT, Role.BACKGROUND, Role.HYPOTHETICAL, Role.DENOMINATOR, Role.REJECTED}
)
"""Roles of numbers that only a place of their own tells where."""


def located(
    told: Sequence[Tokens],
    readings: Sequence[Reading],
    issuers: Sequence[str | None],
    lexicon: Lexicon,
) -> list[Reading]:
    """The readings of a paragraph, each with the place of its people where that is told: beside
    it, beside the number that it is joined to, or for the whole sentence.
    """
    places: list[Place | None] = []
    for sentence, group in groupby(readings, key=lambda reading: reading.sentence):
        own, tokens = list(group), told[sentence]
        found = _shared(tokens, own, lexicon)
        frames = list(_frames(tokens, min(_told_at(r.mention) for r in own), lexicon))
        places += [
            place or _framed(tokens, own, i, frames, lexicon) for i, place in enumerate(found)
        ]
    for i, (reading, issuer) in enumerate(zip(readings, issuers, strict=True)):
        place = places[i]
        if place is not None and place.pointer is not None:
            name = antecedent(told, reading.sentence, place.first, place.pointer, lexicon)
            places[i] = _named_elsewhere(name, place) if name else None
        elif place is None and reading.role not in _ELSEWHERE:
            tokens, owns = told[reading.sentence], _its(told[reading.sentence], reading, lexicon)
            name = of_an_office(tokens, reading.mention.first, issuer, lexicon, owns=owns)
            places[i] = _named_elsewhere(name) if name else None
    return [
        reading if place is reading.where else replace(reading, where=place)
        for reading, place in zip(readings, places, strict=True)
    ]


def _named_elsewhere(name: str, place: Place | None = None) -> Place:
    """A place whose name stands somewhere else in the paragraph."""
    return Place(0, 0, name.lower(), (name,), frame=place is not None and place.frame)


def _shared(tokens: Tokens, own: Sequence[Reading], lexicon: Lexicon) -> list[Place | None]:
    """As in "killed 22 in Arno and injured 50", "12 were killed and 30 injured in Arno": two
    measures of one place.
    """
    found = [reading.where for reading in own]
    for i in range(1, len(own)):
        before = found[i - 1]
        if found[i] is not None or own[i].placed or before is None:
            continue
        if _joined(tokens, own, i, lexicon):
            found[i] = replace(before, shared=True)
    for i in range(len(own) - 2, -1, -1):
        after = found[i + 1]
        if found[i] is not None or own[i].placed or after is None:
            continue
        if not _joined(tokens, own, i + 1, lexicon):
            continue
        if after.first >= own[i + 1].mention.phrase.end:
            found[i] = replace(after, shared=True)
    return found


def _joined(tokens: Tokens, own: Sequence[Reading], i: int, lexicon: Lexicon) -> bool:
    """Whether nothing but the place of one of them parts two numbers of two measures."""
    one, other = own[i - 1], own[i]
    if one.mention.measure is other.mention.measure or other.mention.toll is not None:
        return False
    first = one.mention.last
    if one.where is not None and one.where.first >= first:
        first = max(first, one.where.last)
    gap = tokens[first : other.mention.first]
    return len(gap) > 0 and all(t.low == "," or t.low in lexicon.joins for t in gap)


def _frames(tokens: Tokens, first: int, lexicon: Lexicon) -> Iterator[Place]:
    """The places that stand before what is told of them: "In Arno, 12 people died"; `first` is
    where the first number, or its toll, is told.
    """
    head = heading_of(tokens, lexicon)
    if head is not None and head[0] + _TITLE >= first:
        yield Place(0, head[0] - 1, head[1].lower(), (head[1],), frame=True)
    past = 0
    for i, token in enumerate(tokens[:-1]):
        there = token.low in lexicon.there and (i == 0 or tokens[i - 1].low == ";")
        there = there and tokens[i + 1].low not in lexicon.auxiliaries
        if i < past or not (there or token.low in lexicon.sites):
            continue
        place = Place(i, i + 1, "", pointer=token.low) if there else read_place(tokens, i, lexicon)
        if place is None:
            continue
        past = place.last
        if _opens(tokens, i, lexicon) or _goes_on(tokens, i, lexicon):
            yield replace(place, frame=True)


def _told_at(mention: Mention) -> int:
    toll = mention.toll
    return mention.first if toll is None else max(0, min(mention.first, toll.noun_at))


def _opens(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether the word at i opens its sentence, but for a date: "On Monday, in Arno"."""
    if i and not tokens[i - 1].text[0].isalnum() and tokens[i - 1].low not in (",", "-", "'"):
        return True
    dates = union(lexicon.prepositions, lexicon.months, lexicon.day_parts, lexicon.adverbs)
    return i <= _DATE and all(
        t.low in dates or t.low in lexicon.weekdays or t.low == "," or t.text[0].isdigit()
        for t in tokens[:i]
    )


def _goes_on(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "and in Arno two", ", in Arno 14", "while in Arno officials"."""
    return tokens[i - 1].low in union(lexicon.joins, lexicon.clause_words) or (
        tokens[i - 1].low == ","
    )


def _framed(
    tokens: Tokens, own: Sequence[Reading], i: int, frames: Sequence[Place], lexicon: Lexicon
) -> Place | None:
    """The nearest of the places before a number that reaches it."""
    reading = own[i]
    m = reading.mention
    if reading.role in _ELSEWHERE or _of_the_whole(own, i, tokens, lexicon):
        return None
    for place in reversed(frames):
        if place.last > m.first:
            continue
        between = range(place.last, m.first)
        if any(tokens[k].low == ";" for k in between):
            continue
        if place.first == 0 or _opens(tokens, place.first, lexicon):
            return place
        near = len(between) <= _NEAR and all(tokens[k].text[0].isalnum() for k in between)
        if near and not any(place.last <= other.mention.first < m.first for other in own[:i]):
            return place
    return None


def _of_the_whole(own: Sequence[Reading], i: int, tokens: Tokens, lexicon: Lexicon) -> bool:
    """As in "In Arno 12 died, bringing the national toll to 50", "…, 60 in all"."""
    m: Mention = own[i].mention
    near = range(max(0, m.first - _OWNER), min(m.last + 1, len(tokens)))
    if any(tokens[k].low in lexicon.in_all and matches(tokens, k, lexicon.in_all) for k in near):
        return True
    if m.toll is None:
        return False
    noun = min(m.toll.noun_at, m.toll.link_at)
    owner = range(max(0, noun - _OWNER), max(0, noun))
    if any(tokens[k].low in union(lexicon.whole, lexicon.bringing) for k in owner):
        return True
    return any(
        other.mention.measure is m.measure
        and (other.mention.toll is None or other.mention.toll.noun_at != m.toll.noun_at)
        for other in own[:i]
    )


def _its(tokens: Tokens, reading: Reading, lexicon: Lexicon) -> bool:
    """As in "Arno has lowered its toll"."""
    toll = reading.mention.toll
    if toll is None or toll.noun_at < 0:
        return False
    return any(t.low in lexicon.its for t in tokens[max(0, toll.noun_at - _ITS) : toll.noun_at])
