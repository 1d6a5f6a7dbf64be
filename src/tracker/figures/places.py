"""Rules for a toll of one place beside the toll of the whole: it is a part.

Place words that a number is limited to are read in `scopes.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.clauses import WINDOW, Context, Hint, Reading
from tracker.figures.issuers import names_office
from tracker.figures.phrases import Kind
from tracker.figures.retold import size
from tracker.figures.scopes import read_scope
from tracker.figures.tables import union
from tracker.model import Measure, Role

BRINGS: Final = "brings the toll"
_SHARES: Final = frozenset({Role.PART, Role.COMPONENT})
_APART: Final = frozenset({Hint.SEPARATE, Hint.YEAR, Hint.FOLLOWS, Hint.LASTING})
_BACK: Final = 20
"""How many figures apart a whole and one place's number may stand."""
_SEVERAL: Final = 3
"""How many numbers a whole and its parts are."""
_OWNER: Final = 4
"""How many words before its noun may tell whose toll it is."""


def of_a_place(c: Context) -> bool:
    """As in "500 have died: Arnland's toll rose to 300": some of the whole told before."""
    size = c.mention.numeral.low or c.mention.numeral.high or 0
    return _owned(c) and any(
        above.role is Role.CURRENT
        and above.where is None
        and above.mention.measure is c.mention.measure
        and (above.mention.numeral.low or above.mention.numeral.high or 0) > size
        for above in c.before
    )


def by_place(readings: list[Reading]) -> list[Reading]:
    """As in "the toll in Arlo rose to 36 and in Besk to 50", "killed 22 in Arlo. In Besk, 37
    died": each number is its place's; beside a total they are parts of it.
    """
    settled = list(readings)
    for measure in {r.mention.measure for r in readings if r.where is not None}:
        own = [i for i, r in enumerate(readings) if r.mention.measure is measure]
        listed = [i for i in own if readings[i].role is Role.COMPONENT and _named(readings[i])]
        side = _side_by_side(readings, own)
        whole = _whole_of(readings, [*side, *listed])
        side = [i for i in side if i != whole]
        totals = {i for i in own if _may_be_total(readings[i])} - set(side)
        within = [i for i in side if _is_within(readings[side[0]], readings[i])]
        for i in within:
            settled[i] = _of_its_place(readings[i], Role.PART)
        side = [i for i in side if i not in {*within}]
        if side and _differ(readings, [*side, *listed]):
            largest = max(size(readings[i]) for i in side)
            total = whole is not None or any(size(readings[i]) >= largest for i in totals)
            for i in side:
                settled[i] = _of_its_place(readings[i], Role.PART if total else Role.COMPONENT)
        else:
            for i in side:
                near = totals.intersection(range(i - _BACK, i + _BACK))
                if any(_holds(readings[total], readings[i]) for total in near):
                    settled[i] = _of_its_place(readings[i], Role.PART)
        listed = [i for i in own if settled[i].role in _SHARES and _named(settled[i])]
        if _differ(readings, listed):
            for i in listed:
                settled[i] = replace(settled[i], scoped=True)
    return _elsewhere(settled)


def in_two_places(one: Reading, other: Reading) -> bool:
    """As in "the toll in Arlo has reached 900, and 40 people died in Besk"."""
    if one.where is None or other.where is None or one.where.shared or other.where.shared:
        return False
    return bool(one.where.names and other.where.names) and one.where.name != other.where.name


def _of_its_place(reading: Reading, role: Role) -> Reading:
    move = None if reading.role is Role.INCREMENT else reading.move
    return replace(reading, role=role, why="of one place", scoped=True, move=move)


def _named(reading: Reading) -> bool:
    return reading.where is not None and not reading.where.shared


def _side_by_side(readings: list[Reading], own: list[int]) -> list[int]:
    """Those of one place alone, of the happening that the first of them is of."""
    placed = [i for i in own if readings[i].where is not None]
    standing = max((size(readings[i]) for i in own if readings[i].role is Role.CURRENT), default=0)
    added = [i for i in own if _brings(readings[i])]
    # "Rose to 600, as 480 died in Arlo": so many cannot have been added to it.
    told = 2 * sum(size(readings[i]) for i in added) >= standing
    first = readings[placed[0]]
    return [
        i
        for i in placed
        if _is_of_a_place(readings[i], first)
        and (i not in added or (told and size(readings[i]) < standing))
    ]


def _brings(reading: Reading) -> bool:
    return reading.role is Role.INCREMENT and reading.why.endswith(BRINGS)


def _is_of_a_place(reading: Reading, first: Reading) -> bool:
    where = reading.where
    if where is None or len(where.names) > 1 or reading.in_all:
        return False
    told = bool(where.names) or reading.mention.toll is not None
    if not (told and (reading.role is Role.CURRENT or _brings(reading))):
        return False
    if reading is first:
        return True
    days = {first.weekday, reading.weekday} - {None}
    if reading.anew or len(days) > 1 or not _APART.isdisjoint(reading.hints):
        return False
    if reading.sentence == first.sentence:
        return True
    parallel = where.frame or reading.mention.toll is not None or not reading.happens
    return parallel and size(reading) != size(first)


def _is_within(first: Reading, reading: Reading) -> bool:
    """As in "50 died in Arnland. In the city of Arlo, 30 people drowned": what kind of place it is
    is told only of a place within another, and no sum is made where that is in doubt.
    """
    one, other = first.where, reading.where
    if one is None or other is None or first.sentence == reading.sentence:
        return False
    return other.kind and not one.kind and size(reading) < size(first)


def _may_be_total(reading: Reading) -> bool:
    single = reading.mention.numeral.single or reading.mention.phrase.kind is Kind.ATTACKERS
    one_place = reading.where is not None and len(reading.where.names) == 1
    return reading.role is Role.CURRENT and not single and (reading.in_all or not one_place)


def _whole_of(readings: list[Reading], side: list[int]) -> int | None:
    """The toll that the others make up: "70 are dead in Arno and 16 in Besk. With those of Cole,
    the toll in the south is 100".
    """
    if len(side) < _SEVERAL:
        return None
    largest = max(side, key=lambda i: size(readings[i]))
    rest = [i for i in side if i != largest]
    total = sum(size(readings[i]) for i in rest)
    apart = all(readings[i].sentence != readings[largest].sentence for i in rest)
    near = total <= size(readings[largest]) and 4 * size(readings[largest]) <= 5 * total
    return largest if apart and near and readings[largest].mention.toll is not None else None


def _holds(whole: Reading, one: Reading) -> bool:
    """Whether one place's number is told as some of a larger one: "50 died in Arlo and Besk. In
    Arlo, 30", "The toll is 50. In Arlo, 30 died", "In all, 50 died".
    """
    where = one.where
    if where is None or size(whole) <= size(one) or where.shared:
        return False
    places = () if whole.where is None else whole.where.names
    if places:
        return len(places) > 1 and where.names[:1] in [(place,) for place in places]
    opens = where.frame and whole.sentence < one.sentence and not one.anew
    added = one.mention.toll is not None or one.role is Role.INCREMENT
    beside = one.sentence == whole.sentence and whole.mention.first < one.mention.first
    return whole.in_all or opens or (added and beside)


def _elsewhere(readings: list[Reading]) -> list[Reading]:
    """As in "killed 300 in the city. At least 17 died elsewhere in the east": not the whole."""
    largest = dict[Measure, int]()
    for reading in readings:
        if reading.role is Role.CURRENT:
            before = largest.get(reading.mention.measure, 0)
            largest[reading.mention.measure] = max(before, size(reading))
    return [
        replace(reading, role=Role.COMPONENT, why="elsewhere")
        if reading.role is Role.CURRENT
        and reading.other_place
        and size(reading) < largest[reading.mention.measure]
        else reading
        for reading in readings
    ]


def of_all(c: Context) -> bool:
    """As in "in all, 50 people died", "the combined toll is 50", "50 died in three countries"."""
    before = c.finds(0, c.mention.numeral.first, c.lexicon.in_all)
    after = c.finds(c.mention.last, c.mention.last + _OWNER, c.lexicon.in_all)
    return before is not None or after is not None


def of_another_place(c: Context) -> bool:
    return c.finds(c.left, c.right + 1, c.lexicon.other_places) is not None


def tells_of(c: Context, right: int | None = None) -> tuple[bool, bool]:
    """Whether the clause, or all up to `right`, names what happened, and whether as something
    new: "the quake killed five", "a bomb killed five in Besk".
    """
    lexicon = c.lexicon
    sites = union(lexicon.territories, lexicon.facilities)
    happens = False
    last = c.right if right is None else right
    if last < len(c.tokens) and c.tokens[last].low in lexicon.when:
        # "Seven died when a ferry sank".
        marks = (i for i in range(last, len(c.tokens)) if not c.tokens[i].text[0].isalnum())
        last = next(marks, len(c.tokens))
    for i in range(max(c.left, c.mention.first - WINDOW), min(last, len(c.tokens))):
        low = c.tokens[i].low
        happening = low in lexicon.happenings and not _of_an_office(c, i)
        happens = happens or happening
        if not happening and (low not in lexicon.not_people or low in sites):
            continue
        for k in range(i - 1, max(-1, i - 1 - _OWNER), -1):
            before = c.tokens[k].low
            if before in union(lexicon.articles, lexicon.another) and before not in lexicon.the:
                return True, True
            if not before[0].isalpha() or before in union(lexicon.the, lexicon.prepositions):
                break
    return happens, False


def _of_an_office(c: Context, i: int) -> bool:
    """As in "the disaster agency": no happening."""
    return names_office(" ".join(token.text for token in c.tokens[i : i + 2]), c.lexicon)


def _differ(readings: list[Reading], places: list[int]) -> bool:
    names = {where.name for i in places if (where := readings[i].where) is not None}
    return len(names) > 1


def of_one_place(c: Context) -> bool:
    """As in "in Arlo alone, 20 people died"."""
    scope = read_scope(c.tokens, c.mention.first, c.mention.last, c.lexicon)
    return scope is not None and c.has(c.lexicon.alone, *scope)


def raises_another(c: Context) -> bool:
    """As in "the toll in the capital rose to 36, pushing the national toll to 50"."""
    m = c.mention
    if m.toll is None or c.place + 1 == len(c.mentions):
        return False
    other = c.mentions[c.place + 1]
    return (
        other.toll is not None
        and c.has(c.lexicon.counts, m.last, other.toll.link_at)
        and other.measure is m.measure
        and (other.numeral.low or 0) > (m.numeral.low or m.numeral.high or 0)
        and (c.has(c.lexicon.bringing, m.last, other.toll.link_at) or _next_of_the_whole(c))
    )


def _next_of_the_whole(c: Context) -> bool:
    """As in "the toll in Arlo rose to 36 while the national toll stood at 50"."""
    other = c.mentions[c.place + 1].toll
    return other is not None and _owned(c) and c.has(c.lexicon.whole, c.mention.last, other.link_at)


def _owned(c: Context) -> bool:
    """Whether the toll is one place's: "Arnland's latest toll", "the toll in Arnland"."""
    toll, lexicon = c.mention.toll, c.lexicon
    if toll is None or not 0 < toll.noun_at < toll.link_at:
        return False
    for i in range(max(1, toll.noun_at - _OWNER), toll.noun_at):
        owner = c.tokens[i - 1]
        if c.tokens[i].low in lexicon.possessive and owner.text[0].isupper():
            return owner.low not in lexicon.speaking_skips and not names_office(owner.text, lexicon)
    place = c.tokens[toll.noun_at + 2]
    return c.tokens[toll.noun_at + 1].low in lexicon.scope_places and place.text[0].isupper()
