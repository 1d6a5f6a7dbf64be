"""The name in words of place: "Arno" of "the northern province of Arno".

What a preposition makes of it is read in `localities.py`.
"""

from collections.abc import Iterator
from typing import Final

from tracker.figures.cardinals import read_word
from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import Token, Tokens

_REACH: Final = 10
"""How many words on from its preposition a name may begin."""
_LONGEST: Final = 8
"""Words of one name."""
_ADJECTIVES: Final = 3
"""How many words "the old rebel-held town of" may put before "town"."""
_HEADING: Final = 5
"""How many words may stand before the colon of "Port Arno: 12 dead"."""


def name_at(  # noqa: C901, PLR0912 — a table of cases, in the order that decides
    tokens: Tokens, start: int, lexicon: Lexicon, *, the: bool = False, beside: bool = False
) -> tuple[int, int] | None:
    """The tokens of the name in the words of place that begin at `start`: "Arno" of "the northern
    province of Arno"; `the` if an article stands before them, `beside` if another place does.
    """
    i, one, facility = start, False, -1
    kind = False
    while i < min(len(tokens), start + _REACH):
        token = tokens[i]
        if is_kind(token, lexicon.facilities, lexicon) and not _runs(tokens, i, lexicon):
            facility, kind, i = (i if facility < 0 else facility), True, i + 1
        elif is_kind(token, lexicon.territories, lexicon) and not _runs(tokens, i, lexicon):
            kind, i = True, i + 1
        elif kind and token.low in union(lexicon.of, lexicon.of_the, lexicon.possessive):
            # "The province of Arno", "the city's Arno district".
            the, kind, i = False, token.low not in lexicon.possessive, i + 1
        elif token.low in lexicon.articles and token.low not in lexicon.the and not kind:
            one, i = True, i + 1
        elif token.low in lexicon.determiners and token.text.islower():
            the, i = True, i + 1
        elif token.low in lexicon.directions or (token.text == "-" and i > start):
            # "Im benachbarten Arno": only its adjective gives the name an article.
            the, i = the and not lexicon.capital_nouns, i + 1
        elif _is_demonym(tokens, i, lexicon):
            i += 1
        elif _names(token, lexicon, kind=kind):
            if lexicon.possessive and is_kind(tokens[i - 1], lexicon.territories, lexicon):
                # "In the city Cole said": an "of" would stand before its name.
                return None
            end = _end_of(tokens, i, lexicon)
            if facility >= 0 and one and lexicon.possessive:
                # "At a camp of the Cole Party".
                return None
            if facility >= 0 and not one:
                return _kept(tokens, facility, end, lexicon)
            the, one = the and not (kind or beside), one and not kind
            return _told(tokens, i, end, lexicon, the=the, one=one)
        elif (noun := _past_adjectives(tokens, i, lexicon, kind=kind)) is not None:
            i = noun
        else:
            return None
    return None


def name_of(tokens: Tokens, first: int, lexicon: Lexicon) -> int | None:
    """The token after the name that may be a place's and begins at `first`; None = none does."""
    if not _names(tokens[first], lexicon):
        return None
    end = _end_of(tokens, first, lexicon)
    return end if _kept(tokens, first, end, lexicon) else None


def names_in(tokens: Tokens, lexicon: Lexicon) -> Iterator[tuple[int, int]]:
    """The stretches of a sentence that may name a place; no part of another's name."""
    i = 0
    while i < len(tokens):
        if not tokens[i].text[0].isupper() or tokens[i].low in lexicon.sites:
            i += 1
            continue
        end = _end_of(tokens, i, lexicon)
        if _names(tokens[i], lexicon) and _kept(tokens, i, end, lexicon):
            yield i, end
        else:
            # "Gobierno de Arno", where "Hurricane Arno" is no place at all.
            end = next((k for k in range(i + 1, end) if tokens[k].text.islower()), end)
        i = end


def whose(tokens: Tokens, count: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The name after a count: "Arno" of "the figure for Arno"."""
    first = count + 2
    if first >= len(tokens) or tokens[count + 1].low in lexicon.sites:
        return None
    if tokens[count + 1].low not in lexicon.for_words:
        return None
    end = name_of(tokens, first, lexicon)
    return None if end is None else (first, end)


def heading_of(tokens: Tokens, lexicon: Lexicon) -> tuple[int, str] | None:
    """The token after the colon of "Arno: 12 dead", and the name; None where none opens so."""
    colon = next((i for i, t in enumerate(tokens[: _HEADING + 1]) if t.low == ":"), 0)
    if not colon or all(t.text.isupper() for t in tokens[:colon] if len(t.text) > 1):
        return None
    small = union(lexicon.stops, lexicon.starters, lexicon.counts, lexicon.loose_speakers)
    if lexicon.capital_nouns or tokens[0].low in small or tokens[0].low in lexicon.people:
        return None
    end = name_of(tokens, 0, lexicon)
    return (colon + 1, words_of(tokens, 0, colon)) if end == colon else None


def _told(
    tokens: Tokens, first: int, end: int, lexicon: Lexicon, *, the: bool, one: bool
) -> tuple[int, int] | None:
    """The name tokens[first:end], by what follows it; None where that makes it no name."""
    if end >= len(tokens) or not lexicon.possessive:
        # Nothing but a name has a capital, and no name stands before a noun of its own.
        common = one or (the and lexicon.capital_nouns)
        return None if common else _kept(tokens, first, end, lexicon)
    low = tokens[end].low
    if low in lexicon.possessive:
        within = name_at(tokens, end + 1, lexicon)
        owned = is_kind(tokens[min(end + 1, len(tokens) - 1)], lexicon.territories, lexicon)
        owned = owned or tokens[min(end + 1, len(tokens) - 1)].low in lexicon.directions
        return within or (_kept(tokens, first, end, lexicon) if owned else None)
    last = end
    sites = union(lexicon.facilities, lexicon.before_facilities)
    while last < len(tokens) and tokens[last].low in sites:
        last += 1
    if last > end and tokens[last - 1].low in lexicon.facilities:
        attributed = last < len(tokens) and not _goes_on(tokens[last], lexicon, the=the)
        return None if one or attributed else _kept(tokens, first, last, lexicon)
    if low in lexicon.territories and tokens[end].text.islower():
        # "The Arnish city of Besk", "Arno province", "the Arno region", "the Arnish city".
        within = name_at(tokens, end, lexicon)
        if within is not None or (the and low in lexicon.pointers) or one:
            return within
        return _kept(tokens, first, end, lexicon)
    if one or not _goes_on(tokens[end], lexicon, the=the):
        return None
    return _kept(tokens, first, end, lexicon)


def _goes_on(token: Token, lexicon: Lexicon, *, the: bool) -> bool:
    """Whether the word after a name begins something else: no noun that the name is told of."""
    low = token.low
    if not token.text[0].islower():
        return True
    small = union(
        *(lexicon.stops, lexicon.prepositions, lexicon.auxiliaries, lexicon.adverbs),
        *(lexicon.joins, lexicon.relative, lexicon.clause_words, lexicon.say, lexicon.announce),
        *(lexicon.alone, lexicon.there, lexicon.vague, lexicon.filler, lexicon.links, lexicon.put),
    )
    fates = low in lexicon.states or low in lexicon.transitive
    if low in small or fates or low in lexicon.moves or read_word(low, lexicon.language):
        return True
    if low.endswith(lexicon.verb_endings) and low not in lexicon.not_people:
        return not the
    return low in union(lexicon.people, lexicon.loose_speakers) and not the


def _kept(tokens: Tokens, first: int, end: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The span, unless it names an office or a happening."""
    kinds = union(lexicon.territories, lexicon.facilities)
    for token in tokens[first:end]:
        singular = token.low.removesuffix("s")
        common = token.low in lexicon.not_people and kinds.isdisjoint((token.low, singular))
        common = common and not lexicon.capital_nouns and token.text[0].isupper()
        if common or token.low in union(lexicon.not_places, lexicon.disasters):
            return None
    numbered = end < len(tokens) and tokens[end].text[0].isdigit()
    numbered = numbered and tokens[end].start == tokens[end - 1].end
    if end - first == 1 and (numbered or len(tokens[first].text) == 1):
        # "Na A1"; a letter alone is no name, "U.S." is.
        return None
    office = names_office(words_of(tokens, first, end), lexicon)
    return None if office or end - first > _LONGEST else (first, end)


def is_kind(token: Token, kinds: frozenset[str], lexicon: Lexicon) -> bool:
    """Whether the word is such a noun: in small letters, where nouns have no capital."""
    if not lexicon.capital_nouns:
        return token.low in kinds and token.text[0].islower()
    low = token.text.lower()
    return low in kinds or any(low.endswith(kind) for kind in kinds)


def _runs(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether a noun that may be a kind of place is a name itself: "in Neustadt"."""
    bare = tokens[i - 1].low in lexicon.sites and tokens[i - 1].low not in lexicon.sites_the
    if not (lexicon.capital_nouns and bare):
        return False
    of = union(lexicon.of, lexicon.of_the)
    return i + 1 >= len(tokens) or not (tokens[i + 1].text[0].isupper() or tokens[i + 1].low in of)


def _is_demonym(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "in an Arnish city", "the Arnish province of": where such words have a capital, they
    are no name before a noun in small letters, but in "the Arnish Sea" they are.
    """
    if not (lexicon.possessive and tokens[i].text[0].isupper()) or i + 1 >= len(tokens):
        return False
    low = tokens[i].low
    told = f"{low}s" in lexicon.people or low.endswith(lexicon.demonym_ends)
    return told and tokens[i + 1].text[0].islower()


def _past_adjectives(tokens: Tokens, i: int, lexicon: Lexicon, *, kind: bool) -> int | None:
    """The token of "town" in "the old rebel-held town of", or of "of" in "la ville arnoise de";
    None where other words stand at i.
    """
    small = union(lexicon.stops, lexicon.prepositions, lexicon.auxiliaries, lexicon.joins)
    kinds = union(lexicon.territories, lexicon.facilities)
    for k in range(i, min(len(tokens) - 1, i + 2 * _ADJECTIVES)):
        token = tokens[k]
        if k > i and not kind and is_kind(token, kinds, lexicon):
            of = tokens[k + 1].low in union(lexicon.of, lexicon.of_the)
            return k if of or lexicon.capital_nouns else None
        after = k > i and kind and not lexicon.possessive
        if after and token.low in union(lexicon.of, lexicon.of_the):
            return k
        if token.low in small or not (token.text.islower() or token.text == "-"):
            return None
    return None


def _names(token: Token, lexicon: Lexicon, *, kind: bool = False) -> bool:
    """Whether the word may begin a name of a place; `kind` if "the city of" stands before it."""
    low = token.low
    if not token.text[0].isupper() or low in lexicon.months or low in lexicon.weekdays:
        return False
    if low in union(lexicon.not_places, lexicon.common):
        return False
    kinds = union(lexicon.territories, lexicon.facilities)
    if lexicon.capital_nouns:
        known = low in lexicon.heads and low not in kinds
        return kind or not (known or token.text.lower().endswith(lexicon.common_ends))
    if (low in lexicon.people or low in lexicon.not_people) and low not in kinds:
        return False
    return low not in lexicon.nouns and low not in lexicon.tolls and low not in lexicon.states


def _end_of(tokens: Tokens, first: int, lexicon: Lexicon) -> int:
    """The token after the name that begins at `first`: "Saint-Arn", "Port of Besk", "St. Cole"."""
    i = first + 1
    while i < min(len(tokens), first + _LONGEST):
        token, before = tokens[i], tokens[i - 1]
        glued = before.end == token.start
        goes_on = i + 1 < len(tokens) and token.end == tokens[i + 1].start
        if token.text in "-–'’" and glued and goes_on and tokens[i + 1].text[0].isalpha():
            i += 2
        elif _shortens(tokens, i, lexicon) or _goes_on_naming(token, lexicon):
            i += 1
        elif (particle := _particle(tokens, i, lexicon)) and not lexicon.capital_nouns:
            i += particle
        else:
            break
    return i


def _goes_on_naming(token: Token, lexicon: Lexicon) -> bool:
    dated = token.low in lexicon.months or token.low in lexicon.weekdays
    return token.text[0].isupper() and not (lexicon.capital_nouns or dated)


def _shortens(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether the point of an abbreviation stands at i: "St. Cole", "the U.S."."""
    before = tokens[i - 1]
    if tokens[i].text != "." or before.end != tokens[i].start or i + 1 == len(tokens):
        return False
    return len(before.text) == 1 or before.low in lexicon.abbreviations


def _particle(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """How many small words within a name stand at i: "Arno del Besk", "Isle of Cole"; 0 = none."""
    last = i
    if tokens[last].low in union(lexicon.of, lexicon.of_the):
        last += 1
        last += last < len(tokens) and tokens[last].low in lexicon.determiners
    elif tokens[last].low in lexicon.in_names:
        last += 1 + (last + 1 < len(tokens) and tokens[last + 1].low in lexicon.in_names)
    elif last + 1 < len(tokens) and tokens[last].end == tokens[last + 1].start:
        # "Ras al-Khayr".
        hyphen = tokens[last].text.islower() and tokens[last + 1].text == "-"
        last += 2 if hyphen else 0
    named = i < last < len(tokens) and _names(tokens[last], lexicon)
    return last - i if named else 0


def words_of(tokens: Tokens, first: int, last: int) -> str:
    """The text of tokens[first:last]; one blank for any gap."""
    told = tokens[first].text
    for before, token in zip(tokens[first:last], tokens[first + 1 : last], strict=False):
        told += token.text if before.end == token.start else f" {token.text}"
    return told
