"""Where the people were whom a number counts: the place told beside it in its sentence.

The names are read in `localities.py`; a place that is told for a whole sentence, or only pointed
back to, is found in `scenes.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.clauses import Context, Place
from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.localities import read_locality
from tracker.figures.mentions import Bond
from tracker.figures.placenames import name_of, whose, words_of
from tracker.figures.tables import union
from tracker.figures.tokens import Token, Tokens, matches

_OWNER: Final = 4
"""How many words before its noun may tell whose toll it is."""
_FAR: Final = 30
"""How many words after a number may tell where its people were."""
_RELATIVE: Final = 3
"""How many words ", in which" may stand before the number."""
_BREAKS: Final = frozenset({",", ";", ":"})


def place_of(c: Context) -> Place | None:
    """The place told beside a number: after it, beside its toll, or before its verb."""
    if c.mention.toll is not None:
        return _of_toll(c) or _after(c)
    return _after(c) or _before(c) or _who_counts(c) or _common(c)


def _who_counts(c: Context) -> Place | None:
    """As in "Arno counts | 311 and Besk | 44"."""
    m, tokens, lexicon = c.mention, c.tokens, c.lexicon
    verb = m.numeral.first - 1
    if verb < 1:
        return None
    if tokens[verb].low in lexicon.confirming and tokens[verb].low in lexicon.counts:
        place = _named_before(tokens, verb, lexicon)
        opens = place is not None and (
            place.first == 0 or not tokens[place.first - 1].text[0].isalnum()
        )
        return place if opens else None
    if m.bond is not Bond.LIST or not tokens[verb].text[0].isupper():
        return None
    place = _named_before(tokens, verb + 1, lexicon)
    joined = place is not None and c.has(lexicon.ands, place.first - 1, place.first)
    return place if joined and c.before[-1].where is not None else None


def _common(c: Context) -> Place | None:
    """As in "12 starben auf der Insel": where nouns have a capital, a place without a name."""
    m, tokens, lexicon = c.mention, c.tokens, c.lexicon
    for i in (m.phrase.end, m.last) if lexicon.capital_nouns else ():
        if i + 1 >= len(tokens) or tokens[i].low not in lexicon.settings:
            continue
        first = last = i + 2 if tokens[i + 1].low in lexicon.determiners else i + 1
        while last < len(tokens) and _is_noun(tokens[last], lexicon):
            last += 1
        if last > first:
            return Place(i, last, " ".join(token.low for token in tokens[first:last]))
    return None


def _is_noun(token: Token, lexicon: Lexicon) -> bool:
    dated = token.low in lexicon.months or token.low in lexicon.weekdays
    return token.text[0].isupper() and not dated and not names_office(token.text, lexicon)


def _of_toll(c: Context) -> Place | None:
    """As in "the toll in Arlo rose to 36 and in Besk to 50": the nearest to the link; or as in
    "Arlo's toll".
    """
    toll, tokens, lexicon = c.mention.toll, c.tokens, c.lexicon
    if toll is None:
        return None
    if 0 <= toll.noun_at < toll.link_at - 1:
        named = whose(tokens, toll.noun_at, lexicon)
        if named is not None:
            told = words_of(tokens, *named)
            return Place(*named, told.lower(), (told,))
        found = _told_in(c, toll.noun_at + 1, toll.link_at)
        owner = toll.link_at - 1
        while owner > toll.noun_at and tokens[owner].low not in lexicon.possessive:
            owner -= 1
        if owner > toll.noun_at and not (found and found[-1].last > owner):
            return _named_before(tokens, owner, lexicon)
        if found:
            return _together(c, found)
    for i in range(toll.noun_at, max(0, toll.noun_at - _OWNER), -1):
        if tokens[i].low in lexicon.possessive:
            return _named_before(tokens, i, lexicon)
    return None


def _together(c: Context, found: list[Place]) -> Place:
    """The last of the places, with that before it in "the shootings in Arno and the bombing in
    Besk".
    """
    last = found[-1]
    before = found[-2] if len(found) > 1 else last
    parted = any(before.last <= other.numeral.first < last.first for other in c.mentions)
    joined = c.has(c.lexicon.ands, before.last, last.first) and not parted
    if not (joined and before.names and last.names):
        return last
    names = (*before.names, *last.names)
    return Place(before.first, last.last, " ".join(names).lower(), names)


def _at(c: Context, i: int) -> Place | None:
    """The place that the word at i opens or points to, unless a speaker is there."""
    tokens, lexicon = c.tokens, c.lexicon
    if tokens[i].low in lexicon.there and i >= c.mention.phrase.end:
        return Place(i, i + 1, "", pointer=tokens[i].low)
    if tokens[i].low not in lexicon.sites or _speaks(tokens, i - 1, lexicon):
        return None
    return read_place(tokens, i, lexicon)


def read_place(tokens: Tokens, i: int, lexicon: Lexicon) -> Place | None:
    place = read_locality(tokens, i, lexicon)
    if place is None:
        return None
    if place.pointer is not None and place.last < len(tokens):
        # "In the city, in Arno".
        nearer = read_locality(tokens, place.last, lexicon)
        place = nearer if nearer is not None and nearer.names else place
    name = " ".join(place.names).lower()
    return Place(i, place.last, name, place.names, pointer=place.pointer, kind=place.kind)


def _speaks(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "officials | in Arno": where somebody speaks, not where people died."""
    if i < 0 or tokens[i].low in lexicon.facilities:
        return False
    office = tokens[i].text[0].isalpha() and names_office(tokens[i].text, lexicon)
    return office or tokens[i].low in lexicon.loose_speakers


def _after(c: Context) -> Place | None:
    """The place after a number in its own clause: "killed 12 people in a blast in Arno"."""
    m, tokens, lexicon = c.mention, c.tokens, c.lexicon
    following = c.mentions[c.place + 1].first if c.place + 1 < len(c.mentions) else len(tokens)
    opens = union(lexicon.sites, lexicon.there)
    if m.phrase.end < len(tokens) and (place := _at(c, m.phrase.end)) is not None:
        return place
    # What stands within "delegates of a meeting in Arno died" tells who they are.
    for i in range(m.last, min(following, m.last + _FAR)):
        if _ends(tokens, i, lexicon):
            break
        if c.lows[i] in opens and (place := _at(c, i)) is not None:
            return place
    return None


def _ends(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether another clause, or somebody's saying, begins at i."""
    low = tokens[i].low
    if low in lexicon.clause_marks or low in _BREAKS or low in lexicon.joins:
        return True
    passive = low in lexicon.say and i and tokens[i - 1].low in lexicon.auxiliaries
    if passive or low in lexicon.when:
        # "29 deaths have been confirmed in Arno": nobody is named who says so.
        return False
    if low in union(lexicon.relative, lexicon.clause_words, lexicon.say, lexicon.citing):
        return True
    return matches(tokens, i, lexicon.according) > 0


def _before(c: Context) -> Place | None:
    """The place of what a number is told of: "a blast in Arno killed 12", "Arno, where 12 died"."""
    m, tokens, lexicon = c.mention, c.tokens, c.lexicon
    if (place := _verb_and_place(c)) is not None:
        return place
    near = range(max(0, m.first - _RELATIVE), m.first)
    relative = any(tokens[i].low in lexicon.relative for i in near)
    if not (relative or m.bond in (Bond.VERB, Bond.NOUN)):
        return None
    floor = max(c.left, m.first - _FAR, c.mentions[c.place - 1].last if c.place else 0)
    if c.left > 1 and tokens[c.left].low in lexicon.where and tokens[c.left - 1].low == ",":
        return _named_before(tokens, c.left - 1, lexicon)
    for i in range(m.first - 1, floor, -1):
        if _says(tokens, i, lexicon) or (tokens[i].low == "," and i + _RELATIVE < m.first):
            floor = i
            break
    found = _told_in(c, floor, m.first)
    beside = bool(found) and m.first - found[-1].last <= _RELATIVE + 1
    return found[-1] if found and (beside or not relative) else None


def _verb_and_place(c: Context) -> Place | None:
    """As in "murieron en Arno | 12 personas", "kamen in Arno | 900 Menschen ums Leben"."""
    m, lexicon = c.mention, c.lexicon
    if not (lexicon.verb_first or lexicon.verb_last):
        return None
    found = _told_in(c, max(c.left, m.numeral.first - _FAR), m.numeral.first)
    if not found or found[-1].last != m.numeral.first:
        return None
    return None if c.has(lexicon.say, found[-1].first - _RELATIVE, found[-1].first) else found[-1]


def _told_in(c: Context, first: int, last: int) -> list[Place]:
    """The places of tokens[first:last], in their order; of "in Arno, in the east of Besk" the
    first.
    """
    found: list[Place] = []
    i, opens = max(0, first), union(c.lexicon.sites, c.lexicon.there)
    while i < last:
        place = _at(c, i) if c.lows[i] in opens else None
        if place is None or place.last > last:
            i += 1
            continue
        beside = found and c.tokens[i - 1].low == "," and found[-1].last == i - 1
        if beside:
            found[-1] = replace(found[-1], last=place.last)
        else:
            found.append(place)
        i = place.last
    return found


def _named_before(tokens: Tokens, end: int, lexicon: Lexicon) -> Place | None:
    """The name that ends at `end`: "Arno" of "fled Arno, where 12 died", of "Arno's"."""
    for first in range(max(0, end - _OWNER), end):
        if tokens[first].low not in lexicon.sites and name_of(tokens, first, lexicon) == end:
            told = words_of(tokens, first, end)
            return Place(first, end, told.lower(), (told,))
    return None


def _says(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    low = tokens[i].low
    return low in union(lexicon.say, lexicon.deny, lexicon.that) or low == ";"
