"""Places in a sentence: "in Arno", "across Arno and Besk", "in his country".

Their names are read in `placenames.py`; which of them a number's people were in is decided in
`whereabouts.py`.
"""

from dataclasses import dataclass
from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.placenames import is_kind, name_at, words_of
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens

HIS: Final = "his"
"""What points back to the country of somebody named before: "in his country"."""
THE: Final = "the"
"""What points back to the only place named before: "in the city"."""
_MOST: Final = 12
"""More places than a text takes together."""
_PAIR: Final = 2
_ADJECTIVES: Final = 3
"""How many words "in the stricken coastal city" may put before "city"."""


@dataclass(frozen=True, slots=True)
class Locality:
    """tokens[first:last], from the preposition on, and the names that they hold; no names: the
    words point back to a place that was named before, and `pointer` tells how.
    """

    first: int
    last: int
    names: tuple[str, ...] = ()
    pointer: str | None = None
    kind: bool = False
    """They tell what kind of place it is: "in the city of Arno"."""


def read_locality(tokens: Tokens, i: int, lexicon: Lexicon) -> Locality | None:
    """The place that the preposition at i opens; None where it opens none."""
    if tokens[i].low not in lexicon.sites or i + 1 >= len(tokens):
        return None
    the = tokens[i].low in lexicon.sites_the
    span = name_at(tokens, i + 1, lexicon, the=the)
    if span is None and lexicon.capital_nouns:
        # "In der Arnei und in Besk": a name beside a name, whatever its article.
        span = name_at(tokens, i + 1, lexicon, the=the, beside=True)
        span = span if span is not None and _others(tokens, span[1], lexicon) else None
    if span is None or _is_told_of(tokens, i, span, lexicon):
        return _pointer(tokens, i, lexicon)
    spans = [span, *_others(tokens, span[1], lexicon)]
    last = tokens[spans[-1][1] - 1]
    if len(spans) == _PAIR and last.low in lexicon.territories and last.low.endswith("s"):
        # "The Arno and Besk Islands".
        spans = [(span[0], spans[-1][1])]
    kinds = union(lexicon.territories, lexicon.facilities)
    kind = any(is_kind(token, kinds, lexicon) for token in tokens[i + 1 : span[1]])
    end = spans[-1][1]
    if span[0] == i + 2 and tokens[i + 1].low in lexicon.the and lexicon.possessive:
        # "In the Arno region": the noun that has the article is of the words, not of the name.
        end += end < len(tokens) and is_kind(tokens[end], lexicon.territories, lexicon)
    return Locality(i, end, tuple(words_of(tokens, *each) for each in spans), kind=kind)


def _is_told_of(tokens: Tokens, i: int, span: tuple[int, int], lexicon: Lexicon) -> bool:
    """As in "in the Arno and Besk fires", where no noun opens nothing: "auf Konvoi"."""
    end = span[1]
    if lexicon.capital_nouns and tokens[i].low not in lexicon.bare_sites and span[0] == i + 1:
        return True
    joined = end + 1 < len(tokens) and tokens[end].low in lexicon.ands
    the = tokens[i + 1].low in lexicon.the and span[0] == i + 2
    beside = joined and the and tokens[end + 1].text[0].isupper()
    return beside and not _others(tokens, end, lexicon)


def _others(tokens: Tokens, end: int, lexicon: Lexicon) -> list[tuple[int, int]]:
    """The further names of "in Arno, Besk and Cole"; none in "in Arno, Besk"."""
    found: list[tuple[int, int]] = []
    while end + 1 < len(tokens) and len(found) < _MOST:
        joined = tokens[end].low in lexicon.ands
        if not (joined or tokens[end].low == ","):
            return []
        start = end + 1
        if not joined and tokens[start].low in lexicon.ands:
            joined, start = True, start + 1
        own = start < len(tokens) and tokens[start].low in lexicon.sites
        start += own
        span = name_at(tokens, start, lexicon, beside=True) if start < len(tokens) else None
        if span is None or (joined and not own and _acts(tokens, span[1], lexicon)):
            return []
        found.append(span)
        end = span[1]
        if joined:
            return found
    return []


def _acts(tokens: Tokens, end: int, lexicon: Lexicon) -> bool:
    """As in "died in Arno and Besk | sent help": the name begins a clause of its own."""
    if end >= len(tokens):
        return False
    low = tokens[end].low
    says = low in union(lexicon.say, lexicon.announce) and low not in lexicon.moves
    return says or low in lexicon.possessive or tokens[end].text[0].isdigit()


def _pointer(tokens: Tokens, i: int, lexicon: Lexicon) -> Locality | None:
    """As in "in the city", "in his country", "on the stricken island"."""
    his = tokens[i + 1].low in lexicon.his and tokens[i + 1].low not in lexicon.the
    the = tokens[i + 1].low in lexicon.the or tokens[i].low in lexicon.sites_the
    if not (his or the):
        return None
    start = i + 1 + (his or tokens[i + 1].low in lexicon.the)
    for k in range(start, min(len(tokens), start + _ADJECTIVES)):
        if tokens[k].text.lower() in lexicon.pointers:
            ties = union(lexicon.of, lexicon.of_the, lexicon.possessive)
            of = k + 1 < len(tokens) and tokens[k + 1].low in ties
            return None if of else Locality(i, k + 1, pointer=HIS if his else THE)
        if not tokens[k].text.islower() or tokens[k].low in lexicon.stops:
            return None
    return None
