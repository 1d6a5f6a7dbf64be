"""What the words before a number say of it: the verb or noun that it is the object of.

The predicate after it is read in `frames.py`; which of the two wins is decided in `measures.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import Kind, Phrase, read_state_phrase
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, matches, matches_back
from tracker.model import Measure

_LIVES: Final = 8
"""How many words after its number "lives" may stand."""
_ASIDE: Final = 12
"""How many words an aside between a verb and its number may have."""
_QUOTED: Final = frozenset("»”’\"'")
"""What closes a quoted verb: "has “eliminated” nine fighters"."""
_FAR: Final = 16
"""How many words of place may part a verb from its subject after it."""


@dataclass(frozen=True, slots=True)
class Governor:
    """What the words before a number say of it."""

    measure: Measure
    first: int
    """The first token of those words."""


def read_governor(tokens: Tokens, first: int, lexicon: Lexicon) -> Governor | None:
    """The verb or noun that tokens[first:] are the object of: "killing", "the deaths of"."""
    i = _before_aside(tokens, first - 1, lexicon)
    floor = max(0, i - 7)
    while i > floor and _transparent(tokens, i, lexicon):
        i -= 1
    if i > 1 and tokens[i].low in lexicon.joins and tokens[i - 1].low in lexicon.himself:
        i -= 2
    if i < 0:
        return None
    phrase = _object_phrase(tokens, i, first, lexicon)
    if phrase is not None:
        return phrase
    low = tokens[i].low
    if low in lexicon.identifying and _names_victims(tokens, first, lexicon):
        return Governor(Measure.IDENTIFIED_DEAD, i)
    if low not in lexicon.transitive or _passive(tokens, i, lexicon):
        return None
    measure = lexicon.transitive[low]
    if low in lexicon.claims and not _claims_lives(tokens, i, first, lexicon):
        return None
    if measure is Measure.INJURED and i and tokens[i - 1].low in lexicon.severe:
        return Governor(Measure.CRITICALLY_INJURED, i - 1)
    return Governor(measure, i)


def _names_victims(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "identified 17 of the 33 victims", "named 12 dead": not "identified two suspects", nor
    "identified 400 people killed", which counts them.
    """
    for token in tokens[first : first + _LIVES]:
        killed = lexicon.nouns.get(token.low) is Measure.KILLED
        victims = token.low in lexicon.victims and token.low not in lexicon.states
        if killed or victims:
            return True
        if not token.text[0].isalnum():
            break
    return False


def _object_phrase(tokens: Tokens, i: int, first: int, lexicon: Lexicon) -> Governor | None:
    """The longest phrase that ends at i, or in the small words between i and the number: "costó
    la vida a los", "buscan a otros".
    """
    longest = 0
    found: Governor | None = None
    for last in range(i, first):
        if tokens[last].low not in lexicon.enders_of_objects:
            continue
        for measure, table in lexicon.object_phrases.items():
            length = matches_back(tokens, last, table)
            if length > longest:
                longest, found = length, Governor(measure, last - length + 1)
    return found


def _claims_lives(tokens: Tokens, verb: int, first: int, lexicon: Lexicon) -> bool:
    """As in "took 12 lives"; "cost 12 lives and could claim 20" tells the lives once."""
    for token in tokens[first : first + _LIVES]:
        if token.low in lexicon.lives:
            return True
        if token.low in lexicon.transitive or token.low in lexicon.clause_marks:
            break
    told = range(max(0, verb - _LIVES * 2), verb)
    return any(tokens[k].low in lexicon.lives for k in told) and any(
        tokens[k].low in lexicon.claims for k in told
    )


def read_far_verb(
    tokens: Tokens, first: int, starts: AbstractSet[int], lexicon: Lexicon
) -> Governor | None:
    """The verb whose subject follows the place: "murieron en el acto 12 personas"."""
    if not lexicon.verb_first or first == 0 or tokens[first - 1].low in lexicon.prepositions:
        return None
    last = _before_aside(tokens, first - 1, lexicon)
    for i in range(last, max(-1, last + 1 - _FAR), -1):
        low = tokens[i].low
        dated = tokens[i + 1].text.isdecimal() and i + 1 not in starts
        # "Murieron el lunes".
        day = i + 2 < first and tokens[i + 2].low in lexicon.weekdays
        dated = dated or (day and low not in lexicon.weekdays)
        if dated or tokens[i + 1].low in union(lexicon.prepositions, lexicon.adverbs):
            for measure, table in lexicon.object_phrases.items():
                if length := matches_back(tokens, i, table):
                    return Governor(measure, i - length + 1)
            if low in lexicon.transitive:
                return Governor(lexicon.transitive[low], i)
        plain = (tokens[i].text[0].isalnum() or low == "-") and low not in lexicon.relative
        if not plain or i in starts or low in lexicon.auxiliaries or low in lexicon.joins:
            return None
    return None


def _before_aside(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """The token before the aside that a comma at i closes, as in "murieron, según la policía | ,
    12 personas", "morreu no domingo, meses depois do incêndio | , uma jovem"; else i itself.
    """
    if i < 3 or tokens[i].low != ",":
        return i
    opening = next((k for k in range(i - 2, max(0, i - _ASIDE), -1) if tokens[k].low == ","), 0)
    told = tokens[opening + 1 : i]
    fates = any(t.low in lexicon.states or t.low in lexicon.nouns for t in told)
    if not opening or fates or any(t.text[0].isdigit() for t in told):
        return i
    dated = any(t.low in lexicon.years for t in told)
    return opening - 1 if dated or matches(tokens, opening + 1, lexicon.according) else i


def _transparent(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Words between a verb and its number that change neither: "killing a total of"."""
    low = tokens[i].low
    if low in lexicon.of:
        return tokens[i - 1].low in lexicon.groups
    adverb = lexicon.verb_first and low in lexicon.adverbs and low not in lexicon.transitive
    adverb = adverb and low not in lexicon.identifying
    dated = adverb or low in lexicon.weekdays
    return dated or low in lexicon.filler or tokens[i].text in _QUOTED


def _passive(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "were killed": nobody is its object, unless who died may follow the verb."""
    if lexicon.verb_first:
        return False
    for k in range(i - 1, max(-1, i - 4), -1):
        if tokens[k].low in lexicon.be:
            return True
        if tokens[k].low not in lexicon.adverbs:
            return False
    return False


def found_dead(
    tokens: Tokens, numeral: Numeral, phrase: Phrase, topic: Measure | None, lexicon: Lexicon
) -> bool:
    """As in "recovered 12 more victims", "pulled out two more" where the dead are counted."""
    verb = numeral.first - 1
    if verb > 0 and tokens[verb].low in lexicon.particles:
        verb -= 1
    if verb < 0 or tokens[verb].low not in lexicon.finding:
        return False
    victims = any(
        t.low in lexicon.victims and t.low in lexicon.people
        for t in tokens[numeral.last : phrase.end]
    )
    return victims or (phrase.more and phrase.kind is Kind.BARE and topic is Measure.KILLED)


def in_hospital_lie(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "In ospedale si trovano | 58 feriti", "Im Krankenhaus liegen | 58 Verletzte"."""
    for i in range(max(0, first - _LIVES), first):
        if i and tokens[i - 1].text[0].isalnum():
            continue
        state = read_state_phrase(tokens, i, lexicon)
        if state is not None and state[0] is Measure.HOSPITALISED:
            # "In the hospital fire 12 were hurt": nobody lies there.
            after = tokens[i + state[1]].low
            return after not in union(lexicon.not_people, lexicon.people, lexicon.happenings)
    return False
