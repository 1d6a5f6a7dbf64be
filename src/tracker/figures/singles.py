"""Numbers that no word of number tells: "a", "another", "both", "the driver and two others".

Whether such a number counts a person is decided in `candidates.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.cardinals import read_cardinal
from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, after_of, is_ordinal
from tracker.model import Measure, Qualifier

_COUPLE: Final = 4
"""How many words "a newly married couple" may have after its article."""
_DATE: Final = 6
"""How many words of date may part "the tenth victim" from the verb before."""


def read_single(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens, i: int, lexicon: Lexicon
) -> Numeral | None:
    """The number that an article or a like word makes at token i."""
    low = tokens[i].low
    following = tokens[i + 1].low if i + 1 < len(tokens) else ""
    ranked = low in lexicon.articles or (low in lexicon.the and _is_news(tokens, i, lexicon))
    if ranked and (nth := _ranked(tokens, i, lexicon)) is not None:
        return nth
    if low in lexicon.the and _is_sole(tokens, i, lexicon):
        return _single(i, i + 2, 1)
    if _couple(tokens, i, lexicon):
        return _single(i, i + 1, 2)
    if low in lexicon.nobody:
        return _nobody(i, i + 1)
    if low in lexicon.his and _joined(tokens, i, lexicon):
        return None if read_cardinal(tokens, i + 1, lexicon) else _single(i, i + 1, 1)
    if low in lexicon.no and following and following not in lexicon.fewer:
        return _nobody(i, i + 2 if following in lexicon.one else i + 1)
    if low in lexicon.the and following in lexicon.attackers and not following.endswith("s"):
        return _single(i, i + 1, 1)
    if low in lexicon.the and (
        _one_more(tokens, i + 1, lexicon) or _another_person(tokens, i, lexicon)
    ):
        return _single(i, i + 1, 1)
    joined = i > 0 and tokens[i - 1].low in lexicon.joins
    if joined and low in lexicon.the and _is_dead(tokens, i + 1, lexicon):
        return _single(i, i + 1, 1)
    if low in lexicon.another and i + 1 < len(tokens) and read_cardinal(tokens, i + 1, lexicon):
        return None
    if low in lexicon.articles or low in lexicon.another - lexicon.several_more:
        return replace(_single(i, i + 1, 1), more=low in lexicon.another)
    if low in lexicon.both:
        return _single(i, i + 1, 2)
    return None


def _ranked(tokens: Tokens, i: int, lexicon: Lexicon) -> Numeral | None:
    """As in "a ninth policeman", "a 13th victim"; "a third of the dead" is a share of them."""
    following = tokens[i + 1].low if i + 1 < len(tokens) else ""
    rank = lexicon.ordinals.get(following)
    if rank is not None and not after_of(tokens, i + 2, lexicon)[0]:
        return _single(i, i + 2, rank)
    if following.isdecimal() and _ranks(tokens, i + 2, lexicon):
        return _single(i, i + 3, int(following))
    return None


def _is_sole(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "he was | the only fatality", "the only person killed"."""
    if i + 2 >= len(tokens) or tokens[i + 1].low not in lexicon.sole:
        return False
    noun = tokens[i + 2].low
    named = noun in lexicon.nouns or noun in union(lexicon.person_nouns, lexicon.victims)
    if noun in lexicon.one_person and i + 3 < len(tokens):
        # "The only person still missing" was found.
        named = named or lexicon.states.get(tokens[i + 3].low) is Measure.KILLED
    return named and (i == 0 or tokens[i - 1].low in lexicon.be)


def _is_dead(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "and the driver was killed"."""
    return (
        i + 2 < len(tokens)
        and tokens[i].low in lexicon.one_person
        and tokens[i + 1].low in lexicon.be_one
        and tokens[i + 2].low in lexicon.died_alone
    )


def _couple(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "an elderly couple", "the couple and their son", not "a couple of days"."""
    if tokens[i].low not in union(lexicon.articles, lexicon.the):
        return False
    for k in range(i + 1, min(i + 1 + _COUPLE, len(tokens))):
        low = tokens[k].low
        if low in lexicon.couples:
            new = tokens[i].low in lexicon.articles or _joins_his(tokens, k + 1, lexicon)
            return new and not after_of(tokens, k + 1, lexicon)[0]
        if not (low.isalpha() or low == "-") or low in union(lexicon.stops, lexicon.prepositions):
            return False
    return False


def _joins_his(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "the couple | and their baby"."""
    if i + 1 >= len(tokens) or tokens[i].low not in lexicon.joins:
        return False
    return tokens[i + 1].low in lexicon.his or _person(tokens, i + 1, lexicon)


def _ranks(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "a 60|th death", "un 60|e mort", "das 60|. Opfer"."""
    glued = i < len(tokens) and tokens[i - 1].end == tokens[i].start
    point = is_ordinal(tokens, i - 1, lexicon)
    return glued and (tokens[i].low in lexicon.ranks or point)


def _is_news(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "she is the sixth victim", "trovato l'ottavo corpo": the sixth is news."""
    noun = i + (3 if tokens[i + 1 : i + 2] and tokens[i + 1].text.isdecimal() else 2)
    if not 0 < i < len(tokens) - 2 or noun >= len(tokens):
        return False
    told = union(lexicon.person_nouns, lexicon.victims)
    if tokens[noun].low not in told and tokens[noun].low not in lexicon.nouns:
        return False
    before = tokens[i - 1].low
    verb = i - 1
    while lexicon.verb_first and verb >= max(0, i - _DATE) and tokens[verb].text[0] not in ",;:.(":
        if tokens[verb].low in lexicon.died_alone:
            # "Morreu neste domingo a décima vítima".
            return True
        verb -= 1
    tells = union(lexicon.be, lexicon.finding, lexicon.confirming, lexicon.auxiliaries)
    return before in tells or before in lexicon.transitive


def _one_more(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "the bus driver and two passengers", "the mayor and his wife": one, and others."""
    for k in range(i, min(len(tokens) - 2, i + 3)):
        if tokens[k].low in lexicon.one_person:
            join = k + 1 + _of_something(tokens, k + 1, lexicon)
            if join + 1 >= len(tokens) or tokens[join].low not in lexicon.joins:
                return False
            others = tokens[join + 1].low in lexicon.his or _person(tokens, join + 1, lexicon)
            number = join + (2 if tokens[join + 1].low in lexicon.the else 1)
            return others or read_cardinal(tokens, number, lexicon) is not None
        if not tokens[k].text.isalpha() or tokens[k].low in lexicon.stops:
            return False
    return False


def _joined(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "and their mother", "e la loro madre"."""
    first = i - 1 if i > 1 and tokens[i - 1].low in lexicon.the else i
    return first > 0 and tokens[first - 1].low in lexicon.joins


def _person(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "a passenger", "the mate"."""
    told = tokens[i].low in lexicon.articles or tokens[i].low in lexicon.the
    return told and i + 1 < len(tokens) and tokens[i + 1].low in lexicon.one_person


def _another_person(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether "the mate" stands at i in "the pilot and the mate"."""
    if i < 3 or tokens[i - 1].low not in lexicon.joins or not _person(tokens, i, lexicon):
        return False
    first = i - 3
    while first > max(0, i - 6) and tokens[first].low not in lexicon.the:
        first -= 1
    return tokens[first].low in lexicon.the and _one_more(tokens, first + 1, lexicon)


def _of_something(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """How many tokens "of the bus" takes at i; 0 = none."""
    of, _ = after_of(tokens, i, lexicon)
    noun = i + of < len(tokens) and tokens[i + of].text.isalpha()
    return of + 1 if of and noun else 0


def _single(first: int, last: int, number: int) -> Numeral:
    return Numeral(
        first=first, last=last, low=number, high=number, qualifier=Qualifier.EXACT, single=True
    )


def _nobody(first: int, last: int) -> Numeral:
    return Numeral(first=first, last=last, low=0, high=0, qualifier=Qualifier.EXACT)
