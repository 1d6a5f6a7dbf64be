"""What binds a number from outside its phrase: the predicate after it, the verb before it.

Which of the two wins, and what a toll or a list adds, is decided in `measures.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import read_state_phrase
from tracker.figures.tokens import Tokens, matches_back
from tracker.model import Measure

_REACH: Final = 28
"""How many words after its number a predicate is looked for."""
_VERB: Final = 3
"""How many words "were swept away" may go on for before the verb of a fate."""
_ASIDE: Final = 14
"""How long an aside between commas may be."""
_FINAL: Final = frozenset({Measure.KILLED, Measure.FEARED_DEAD, Measure.CASUALTIES_MIXED})

_TWOFOLD: Final = frozenset({Measure.CASUALTIES_MIXED})


@dataclass(frozen=True, slots=True)
class Predicate:
    """What the words after a number say of it."""

    measure: Measure | None
    end: int
    """The token after the last word that says so."""
    finite: bool = False
    """A verb follows, known or not: nothing before the number says what it counts."""
    joint: int | None = None
    """The next number of a list, which shares its predicate with this one."""


def read_predicate(  # noqa: C901, PLR0912 — a table of cases, in the order that decides
    tokens: Tokens, start: int, starts: AbstractSet[int], lexicon: Lexicon
) -> Predicate:
    """The predicate after tokens[:start], for a noun phrase that ends there."""
    found: Measure | None = None
    end, i = start, start
    finite = auxiliary = severe = False
    limit = min(len(tokens), start + _REACH)
    while i < limit:
        low = tokens[i].low
        phrase = read_state_phrase(tokens, i, lexicon)
        if phrase is not None and phrase[0] in _TWOFOLD and i + phrase[1] in starts:
            # "Left 12 dead and wounded 40": the second verb has an object of its own.
            phrase = (lexicon.states[low], 1) if low in lexicon.states else None
        if phrase is not None:
            measure, length = phrase
            if not _overrides(found, measure, auxiliary=auxiliary):
                break
            i += length
            found, end, auxiliary = measure, i, False
        elif low in lexicon.severe:
            severe, i = True, i + 1
        elif low in lexicon.states:
            if (
                low in lexicon.transitive
                and not auxiliary
                and _object(tokens, i + 1, starts, lexicon)
            ):
                finite = True
                break
            measure = lexicon.states[low]
            if severe and measure is Measure.INJURED:
                measure = Measure.CRITICALLY_INJURED
            if not _overrides(found, measure, auxiliary=auxiliary):
                break
            i += 1
            found, end, auxiliary, severe = measure, i, False, False
        elif low in lexicon.auxiliaries:
            auxiliary = finite = True
            i += 1
        elif (
            low in lexicon.adverbs
            or low in lexicon.relative
            or (low in lexicon.people and i == end and found is not None)
        ):
            i += 1
        elif low in lexicon.prepositions:
            i = _after_preposition(tokens, i, starts, lexicon)
        elif low == ",":
            skipped = _after_aside(tokens, i, lexicon)
            if skipped is None:
                joint = _joint(tokens, i, starts, lexicon) if found is None and not finite else None
                return Predicate(found, end, finite, joint)
            i = skipped
        elif auxiliary and found is None and (fate := _second_verb(tokens, i, lexicon)):
            i = fate
        elif low in lexicon.joins:
            joint = _joint(tokens, i, starts, lexicon) if found is None and not finite else None
            return Predicate(found, end, finite, joint)
        else:
            finite = finite or (tokens[i].text[0].isalpha() and low not in lexicon.stops)
            break
    return Predicate(found, end, finite)


def _second_verb(tokens: Tokens, i: int, lexicon: Lexicon) -> int | None:
    """The token of the fate in "were shot and killed", "were swept away and drowned"."""
    for k in range(i, min(i + _VERB, len(tokens) - 1)):
        if tokens[k].low in lexicon.joins and tokens[k + 1].low in lexicon.states:
            return k + 1
        if not tokens[k].text.isalpha() or tokens[k].low in lexicon.stops:
            return None
    return None


def _overrides(found: Measure | None, measure: Measure, *, auxiliary: bool) -> bool:
    """Whether a further state is the news: "the injured … were taken to hospital"."""
    if found is None or found is Measure.AT_RISK_TOTAL:
        return True
    if measure is Measure.AT_RISK_TOTAL or found in _FINAL:
        return False
    return auxiliary or measure is Measure.HOSPITALISED


def _object(tokens: Tokens, i: int, starts: AbstractSet[int], lexicon: Lexicon) -> bool:
    """Whether an object follows, so that the verb is active: "two gunmen killed five"."""
    while i < len(tokens) and i not in starts and tokens[i].low in lexicon.filler:
        i += 1
    return i in starts or (i < len(tokens) and tokens[i].low in lexicon.determiners)


def _after_preposition(
    tokens: Tokens, start: int, starts: AbstractSet[int], lexicon: Lexicon
) -> int:
    """Past "in the northern city of X": to the next verb, mark, conjunction or number."""
    i = start + 1
    while i < min(len(tokens), start + 9):
        low = tokens[i].low
        plain = tokens[i].text[0].isalnum() or low in ("-", "'s", "'")
        verb = low in lexicon.auxiliaries or low in lexicon.states or low in lexicon.relative
        if not plain or verb or i in starts or low in lexicon.joins or low in lexicon.adverbs:
            break
        if low in lexicon.stops and low not in lexicon.determiners:
            break
        i += 1
    return i


def _after_aside(tokens: Tokens, comma: int, lexicon: Lexicon) -> int | None:
    """The token after ", including five children,"; None where no such aside opens."""
    if comma + 1 >= len(tokens):
        return None
    if tokens[comma + 1].low in lexicon.who:
        return comma + 2
    if tokens[comma + 1].low not in lexicon.asides:
        return None
    for i in range(comma + 2, min(len(tokens), comma + _ASIDE)):
        if tokens[i].low == "," and i + 1 < len(tokens):
            following = tokens[i + 1].low
            if following in lexicon.auxiliaries or following in lexicon.states:
                return i + 1
    return None


def _joint(tokens: Tokens, i: int, starts: AbstractSet[int], lexicon: Lexicon) -> int | None:
    """The number that ", and" leads to."""
    for k in range(i + 1, min(len(tokens), i + 4)):
        if k in starts:
            return k
        low = tokens[k].low
        if not (low in lexicon.joins or low in lexicon.list_adverbs or low in lexicon.his):
            return None
    return None


@dataclass(frozen=True, slots=True)
class Governor:
    """What the words before a number say of it."""

    measure: Measure
    first: int
    """The first token of those words."""


def read_governor(tokens: Tokens, first: int, lexicon: Lexicon) -> Governor | None:
    """The verb or noun that tokens[first:] are the object of: "killing", "the deaths of"."""
    i = first - 1
    floor = max(0, first - 8)
    while i > floor and _transparent(tokens, i, lexicon):
        i -= 1
    if i > 1 and tokens[i].low in lexicon.joins and tokens[i - 1].low in lexicon.himself:
        i -= 2
    if i < 0:
        return None
    longest = 0
    measure: Measure | None = None
    for kind, table in lexicon.object_phrases.items():
        length = matches_back(tokens, i, table)
        if length > longest:
            longest, measure = length, kind
    if measure is not None:
        return Governor(measure, i - longest + 1)
    low = tokens[i].low
    if low not in lexicon.transitive or _passive(tokens, i, lexicon):
        return None
    measure = lexicon.transitive[low]
    if low in lexicon.claims and not any(
        token.low in lexicon.lives for token in tokens[first : first + 8]
    ):
        return None
    if measure is Measure.INJURED and i and tokens[i - 1].low in lexicon.severe:
        return Governor(Measure.CRITICALLY_INJURED, i - 1)
    return Governor(measure, i)


def _transparent(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Words between a verb and its number that change neither: "killing a total of"."""
    low = tokens[i].low
    if low in lexicon.of:
        return tokens[i - 1].low in lexicon.groups
    return low in lexicon.filler


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
