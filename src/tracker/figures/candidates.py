"""The numbers of a sentence that may count people, each with its phrase, verbs and neighbours.

Which of these ties says what the number counts is decided in `measures.py`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from tracker.figures.cardinals import read_cardinal
from tracker.figures.frames import Predicate, read_predicate
from tracker.figures.governors import Governor, read_far_verb, read_governor
from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.lists import all_but, opens_of, victims_among
from tracker.figures.names import may_name
from tracker.figures.numerals import is_rate, read_numerals
from tracker.figures.phrases import Kind, Phrase, read_phrase, read_state_phrase, with_tail
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, after_of, matches
from tracker.model import Measure

_TABLE: Final = 25
"""More numbers than a sentence of prose has: a table, whose columns nobody names here."""
_AMONG: Final = 3
"""How many words "are said to be" may put between a part and "among"."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A number that may count people, and what surrounds it."""

    numeral: Numeral
    phrase: Phrase
    predicate: Predicate
    governor: Governor | None
    denominator: bool = False
    """The 22 of "13 of the 22 on board"."""


def read_candidates(tokens: Tokens, lexicon: Lexicon) -> list[Candidate]:
    """The candidates of a sentence, in its order."""
    kept = [
        (numeral, victims_among(tokens, numeral, phrase, lexicon))
        for numeral, phrase in _counting_people(tokens, lexicon)
    ]
    starts = {numeral.first for numeral, _ in kept}
    of_parts = {n.last + after_of(tokens, n.last, lexicon)[0] for n, p in kept if p.subset}
    stocks = {n.first: _stock(tokens, p, lexicon) for n, p in kept if n.first in of_parts}
    wholes = {first for first, stock in stocks.items() if stock is None}
    found = [
        Candidate(
            numeral,
            phrase,
            read_predicate(tokens, phrase.end, starts, lexicon),
            read_governor(tokens, numeral.first, lexicon)
            or read_far_verb(tokens, numeral.first, starts, lexicon),
            numeral.first in wholes or _of_company(tokens, numeral, phrase, starts, lexicon),
        )
        for numeral, phrase in kept
    ]
    for place, (above, below) in enumerate(pairwise(found), start=1):
        if below.governor is not None and below.governor.first <= above.phrase.noun_at:
            # "No hubo muertos ni heridos": the noun of one number is no verb of the next.
            found[place] = replace(below, governor=None)
    for place, each in enumerate(found):
        sought = each.governor is not None and each.governor.measure is Measure.MISSING
        if sought and each.phrase.kind is Kind.ATTACKERS:
            # "Police are looking for two gunmen": nobody is missing.
            found[place] = replace(each, governor=None)
    among = {place for place in range(len(found)) if _are_among_them(tokens, found, place, lexicon)}
    for place in among:
        found[place] = replace(found[place], phrase=replace(found[place].phrase, subset=True))
    for place, (part, whole) in enumerate(pairwise(found)):
        stock = stocks.get(whole.numeral.first)
        if part.phrase.subset and stock is not None:
            # "Four of the 19 injured are in hospital": the verb is of the four.
            measure = whole.predicate.measure or stock
            told = None if whole.phrase.noun else stock
            found[place] = replace(part, predicate=replace(part.predicate, measure=measure))
            found[place + 1] = replace(whole, predicate=replace(whole.predicate, measure=told))
        elif _are_among(tokens, part, whole, lexicon):
            predicate = replace(part.predicate, measure=whole.phrase.noun)
            found[place] = replace(
                part, phrase=replace(part.phrase, subset=True), predicate=predicate
            )
    return found


def _stock(tokens: Tokens, phrase: Phrase, lexicon: Lexicon) -> Measure | None:
    """What the whole of a part counts: "of the 19 injured", "of the 37 people in hospital"."""
    if phrase.noun is not None or phrase.end >= len(tokens):
        return phrase.noun
    state = read_state_phrase(tokens, phrase.end, lexicon)
    told = state is not None and state[0] is Measure.HOSPITALISED
    told = told and tokens[phrase.end].low in lexicon.settings
    return Measure.HOSPITALISED if told else None


def _than_then(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "5 more than on Monday", "5 mehr als noch am Abend": a change since."""
    if i < len(tokens) and tokens[i].low in lexicon.than:
        # "Do que".
        i += 1
    if i >= len(tokens):
        return False
    if tokens[i].low in lexicon.determiners and i + 1 < len(tokens):
        # "Que el lunes".
        i += tokens[i + 1].low in lexicon.weekdays
    dated = tokens[i].low in lexicon.prepositions | lexicon.adverbs | lexicon.weekdays.keys()
    return dated or matches(tokens, i, lexicon.day_before) > 0


def _are_among_them(tokens: Tokens, found: list[Candidate], place: int, lexicon: Lexicon) -> bool:
    """As in "four nurses and two guards are among them": of every number of the list."""
    starts = {c.numeral.first: c for c in found[place:]}
    last = found[place]
    while (joint := last.predicate.joint) in starts and starts[joint] is not last:
        last = starts[joint]
    end = last.phrase.end
    are = end < len(tokens) and tokens[end].low in lexicon.be
    if last.phrase.noun is not None or not (are or found[place].governor is None):
        return False
    end -= not are
    length = matches(tokens, end + 1, lexicon.of_them)
    whole = tokens[min(end + length, len(tokens) - 1)].low
    return length > 0 and lexicon.states.get(whole, Measure.KILLED) is Measure.KILLED


def _counting_people(tokens: Tokens, lexicon: Lexicon) -> list[tuple[Numeral, Phrase]]:
    """The numbers of a sentence with their phrases, without those that count no people."""
    numerals = read_numerals(tokens, lexicon)
    if len(numerals) > _TABLE:
        return []
    counts = {n.first for n in numerals if not n.single}
    kept: list[tuple[Numeral, Phrase]] = []
    spared = -1
    for bare in numerals:
        if all_but(tokens, bare.first, lexicon) or bare.first == spared:
            # "All but three of the 40 died": neither number did.
            spared = bare.last + after_of(tokens, bare.last, lexicon)[0]
            continue
        phrase = read_phrase(tokens, bare, counts, lexicon)
        numeral, phrase = with_tail(tokens, bare, phrase, lexicon)
        if is_rate(tokens, phrase.end, lexicon) or _tells_whose(tokens, bare, kept, lexicon):
            continue
        if phrase.head in lexicon.entries and any(t.low in lexicon.registers for t in tokens):
            phrase = replace(phrase, kind=Kind.ENTRIES)
        if phrase.more and phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.than:
            if not _than_then(tokens, phrase.end + 1, lexicon):
                continue
            phrase = replace(phrase, than=True)
        if numeral.low == 0 and phrase.kind is Kind.UNKNOWN and phrase.noun is None:
            # "Sin precedentes": nobody is counted.
            continue
        one = numeral.single or (numeral.low == 1 and phrase.noun is not None)
        if not one or phrase.subset or _is_person(tokens, numeral, phrase, lexicon):
            kept.append((numeral, phrase))
    return kept


def _tells_whose(
    tokens: Tokens, one: Numeral, kept: list[tuple[Numeral, Phrase]], lexicon: Lexicon
) -> bool:
    """As in "five members of | a rescue crew are missing": the "a" counts nobody."""
    if not (one.single and kept) or tokens[one.first].low not in lexicon.articles:
        return False
    numeral, phrase = kept[-1]
    of = tokens[phrase.end : one.first]
    tied = len(of) == 1 and of[0].low in lexicon.of
    # "Fünf Mitglieder einer Besatzung": a case says it.
    genitive = not of and tokens[one.first].low in lexicon.of_a
    return (tied or genitive) and phrase.kind is Kind.PEOPLE and not numeral.single


def _are_among(tokens: Tokens, part: Candidate, whole: Candidate, lexicon: Lexicon) -> bool:
    """As in "seven children were among the 34 dead"."""
    if whole.phrase.noun is None or part.phrase.noun is not None or part.governor is not None:
        return False
    last = whole.numeral.first - 1
    while last > part.phrase.end and tokens[last].low in lexicon.determiners:
        last -= 1
    near = last - part.phrase.end <= _AMONG
    return near and last >= part.phrase.end and tokens[last].low in lexicon.among


def _of_company(
    tokens: Tokens, numeral: Numeral, phrase: Phrase, starts: set[int], lexicon: Lexicon
) -> bool:
    """As in "Of the 120 passengers, 31 died": nothing befell all of them."""
    plain = phrase.noun is None and phrase.state is None and phrase.kind is not Kind.BARE
    if not (plain and opens_of(tokens, numeral, lexicon)):
        return False
    fate = read_predicate(tokens, phrase.end, starts, lexicon)
    following = min((first for first in starts if first >= phrase.end), default=0)
    # "De los 24 pasajeros murieron 19": the verb is of the 19.
    verb = read_governor(tokens, following, lexicon) if lexicon.verb_first else None
    return fate.measure is None or (verb is not None and verb.first < fate.end)


def _is_person(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether "a …" counts somebody, and is no apposition to a name ("X, a teacher,")."""
    if phrase.subset:
        return True
    if phrase.noun is not None:
        hurt = numeral.single and _hurt_before(tokens, phrase, lexicon)
        return hurt or _is_dead(tokens, numeral, phrase, lexicon)
    if phrase.kind is Kind.BARE:
        return _is_one(tokens, numeral, phrase, lexicon)
    last = tokens[phrase.end - 1].low
    if numeral.more and last.endswith("s") and last not in lexicon.one_person:
        return False
    if phrase.kind not in (Kind.PEOPLE, Kind.ATTACKERS):
        return _hurt_before(tokens, phrase, lexicon)
    return not _told_already(tokens, numeral.first, lexicon)


def _hurt_before(tokens: Tokens, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "a sophomore | wounded on Tuesday died": only somebody is hurt and dies."""
    at = phrase.end if phrase.noun is None else phrase.noun_at
    if phrase.kind is not Kind.UNKNOWN or at >= len(tokens):
        return False
    hurt = lexicon.states.get(tokens[at].low) is Measure.INJURED
    fate = read_predicate(tokens, phrase.end, frozenset(), lexicon).measure
    return hurt and fate is Measure.KILLED


def _told_already(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "X, a teacher,", "one of them a captain"."""
    if first < 2:
        return False
    of_them = tokens[first - 1].low in lexicon.them and tokens[first - 2].low in lexicon.of
    return of_them or (tokens[first - 1].low == "," and may_name(tokens[first - 2], lexicon))


def _is_one(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "killed another", "a third is missing", "un blessé grave": no noun, but a person."""
    following = tokens[phrase.end].low if phrase.end < len(tokens) else ""
    if following in lexicon.plural:
        return False
    fate = read_predicate(tokens, phrase.end, frozenset(), lexicon).measure
    rank = numeral.low or 0
    if rank > 1 and fate is not None:
        # "Three were dead and a fourth died": "a third died" may be a share.
        told = (read_cardinal(tokens, k, lexicon) for k in range(numeral.first))
        return fate is not Measure.KILLED or any(n is not None and n[0] == rank - 1 for n in told)
    if following in lexicon.person_nouns:
        # The phrase of state begins with the noun.
        return read_state_phrase(tokens, phrase.end, lexicon) is not None
    if _one_elsewhere(tokens, numeral, lexicon):
        return True
    joined = numeral.first > 0 and tokens[numeral.first - 1].low in lexicon.joins
    again = tokens[numeral.first].low in lexicon.another or (lexicon.verb_first and joined)
    if again and following in lexicon.auxiliaries and fate is not None:
        # "Duas crianças morreram e uma está desaparecida", "another remains missing".
        return True
    governor = read_governor(tokens, numeral.first, lexicon)
    more = numeral.more or phrase.more
    return more and (governor is not None or (lexicon.verb_first and fate is not None))


def _one_elsewhere(tokens: Tokens, numeral: Numeral, lexicon: Lexicon) -> bool:
    """As in "due morti in Toscana e uno in Emilia"."""
    first, last = numeral.first, numeral.last
    return (
        lexicon.verb_first
        and 0 < first < last < len(tokens)
        and tokens[first - 1].low in lexicon.list_joins
        and tokens[first].low in lexicon.articles
        and tokens[last].low in lexicon.settings
    )


def _is_dead(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether the noun of fate after one number counts persons: "un muerto", "a fifth body",
    "their mother dead".
    """
    noun = tokens[phrase.noun_at].low
    body = noun in lexicon.bodies
    mother = phrase.head in lexicon.people and noun in lexicon.states
    own = not (numeral.single or body) or noun in lexicon.person_nouns or mother
    # "Mais uma morte", "a 14ª morte".
    one = any(t.low in lexicon.articles for t in tokens[numeral.first : numeral.last])
    counts = (one and numeral.more) or (numeral.single and (numeral.low or 0) > 1)
    counts = counts or tokens[numeral.last - 1].low in lexicon.sole
    own = own or (counts and phrase.noun is Measure.KILLED and not body)
    return own or (body and _is_body(tokens, numeral, phrase, lexicon))


def _is_body(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "a fifth body", "found a body", "a body was found": no body of water or of law."""
    ranked = (numeral.low or 0) > 1 or tokens[numeral.first].low in lexicon.another
    if tokens[phrase.noun_at].low.endswith("s"):
        return not numeral.single
    found = numeral.first > 0 and tokens[numeral.first - 1].low in lexicon.finding
    after = tokens[phrase.end : phrase.end + _AMONG]
    passive = bool(after) and after[0].low in union(lexicon.be, lexicon.have)
    return ranked or found or (passive and any(t.low in lexicon.finding for t in after))
