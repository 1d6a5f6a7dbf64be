"""What the words after a number say of it: its predicate.

The verb before it is read in `governors.py`; which of the two wins, and what a toll or a list
adds, is decided in `measures.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import read_state_phrase
from tracker.figures.tokens import Tokens, ends_clause, matches
from tracker.model import Measure

_REACH: Final = 28
"""How many words after its number a predicate is looked for."""
_VERB: Final = 3
"""How many words "were swept away" may go on for before the verb of a fate."""
_ASIDE: Final = 14
"""How long an aside between commas may be."""
_ASIDES: Final = {",": ",", "(": ")", "–": "–", "—": "—"}
"""What opens an aside, and what closes it."""
_PLACE: Final = 15
"""How many words "of the Northern Air Guard's first wing" and the like may have."""
_CLAUSE: Final = 16
"""How many words after a verb may deny it."""
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


def read_predicate(  # noqa: C901, PLR0912, PLR0915 — a table of cases, in the order that decides
    tokens: Tokens, start: int, starts: AbstractSet[int], lexicon: Lexicon
) -> Predicate:
    """The predicate after tokens[:start], for a noun phrase that ends there."""
    found: Measure | None = None
    end, i = start, start
    finite = auxiliary = passive = severe = False
    limit = min(len(tokens), start + _REACH)
    while i < limit:
        if i in starts and i > start:
            break
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
        elif low in lexicon.closing and ends_clause(tokens, i):
            if _overrides(found, lexicon.closing[low], auxiliary=True):
                found, end = lexicon.closing[low], i + 1
            return Predicate(found, end, finite=True)
        elif low in lexicon.severe:
            severe, i = True, i + 1
        elif low in lexicon.states:
            if (
                low in lexicon.transitive
                and not passive
                and _object(tokens, i + 1, starts, lexicon)
            ):
                finite = True
                break
            measure = lexicon.states[low]
            if severe and measure is Measure.INJURED:
                measure = Measure.CRITICALLY_INJURED
            if measure is Measure.ESCAPED_OR_RESCUED and _denied(tokens, i + 1, lexicon):
                measure = Measure.KILLED
            if not _overrides(found, measure, auxiliary=auxiliary or related == 1):
                break
            i += 1
            found, end, auxiliary, severe = measure, i, False, False
        elif low in lexicon.auxiliaries:
            auxiliary = finite = True
            passive = passive or low in lexicon.be
            i += 1
        elif (
            low in lexicon.adverbs
            or low in lexicon.relative
            or low in lexicon.weekdays
            or (low in lexicon.people and i == end and found is not None)
        ):
            i += 1
        elif low in lexicon.prepositions or low in lexicon.of_the:
            i = _after_preposition(tokens, i, starts, lexicon)
        elif low == "," or (low in _ASIDES and tokens[i - 1].end < tokens[i].start):
            skipped = _after_aside(tokens, i, starts, lexicon)
            if skipped is None:
                joint = _joint(tokens, i, starts, lexicon) if found is None and not finite else None
                return Predicate(found, end, finite, joint)
            i = skipped
        elif not auxiliary and low in lexicon.asides and (verb := _included(tokens, i, lexicon)):
            i = verb
        elif auxiliary and found is None and (fate := _second_verb(tokens, i, lexicon)):
            i = fate
        elif low in lexicon.articles and i + 1 < limit and tokens[i + 1].low in lexicon.years:
            # "Gelten eine Woche nach dem Beben als vermisst".
            i += 2
        elif low in lexicon.joins and found is None and (more := _company(tokens, i, lexicon)):
            i = more
        elif low in lexicon.joins and found is None and _closes(tokens, i + 1, lexicon):
            i += 1
        elif low in lexicon.joins and found is Measure.TRAPPED and _feared(tokens, i + 1, lexicon):
            auxiliary, i = True, i + 1
        elif low in lexicon.joins:
            joint = _joint(tokens, i, starts, lexicon) if found is None and not finite else None
            return Predicate(found, end, finite, joint)
        else:
            finite = finite or (tokens[i].text[0].isalpha() and low not in lexicon.stops)
            break
    return Predicate(found, end, finite)


def _denied(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "überlebten den Absturz nicht": the clause that goes on at i says it is not so."""
    last = i
    while last < min(len(tokens), i + _CLAUSE) and tokens[last].text[0].isalnum():
        last += 1
    return any(token.low in lexicon.negation for token in tokens[i:last])


def _company(tokens: Tokens, join: int, lexicon: Lexicon) -> int | None:
    """The token after "and crew members" in "52 passengers and crew members were killed"."""
    i = join + 1
    while i < min(len(tokens), join + 4) and (
        tokens[i].low in lexicon.people or (i > join + 1 and tokens[i].low in lexicon.of)
    ):
        i += 1
    return i if i > join + 1 else None


def _closes(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "in die Tiefe gerissen und getötet": a verb of fate, and the last of its clause."""
    known = lexicon.verb_last and i < len(tokens) and tokens[i].low in lexicon.states
    return known and (ends_clause(tokens, i) or tokens[i + 1].low in lexicon.auxiliaries)


def _feared(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "were buried and presumed dead"."""
    phrase = read_state_phrase(tokens, i, lexicon) if i < len(tokens) else None
    return phrase is not None and phrase[0] is Measure.FEARED_DEAD


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
    if found is Measure.HOSPITALISED and measure is Measure.KILLED:
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
    while i < min(len(tokens), start + _PLACE):
        low = tokens[i].low
        plain = tokens[i].text[0].isalnum() or low in ("-", "'s", "'")
        verb = low in lexicon.auxiliaries or low in lexicon.states or low in lexicon.relative
        verb = verb or read_state_phrase(tokens, i, lexicon) is not None
        if low in (",", *lexicon.joins) and _ages(tokens, i):
            # "Three girls of 7, 9 and 12".
            i += 2
            continue
        if not plain or verb or i in starts or low in lexicon.adverbs:
            break
        if low in lexicon.joins and not any(t.low in lexicon.between for t in tokens[start:i]):
            break
        if low in lexicon.stops and low not in lexicon.determiners | lexicon.joins:
            break
        if low in lexicon.closing and ends_clause(tokens, i):
            break
        i += 1
    return i


def _ages(tokens: Tokens, join: int) -> bool:
    last = join + 1 < len(tokens) and tokens[join + 1].text.isdecimal()
    return last and tokens[join - 1].text.isdecimal()


def _after_aside(
    tokens: Tokens, comma: int, starts: AbstractSet[int], lexicon: Lexicon
) -> int | None:
    """The token after ", including five children,", "(two of them nurses)" or ", police said,";
    None where no such aside opens.
    """
    if comma + 1 >= len(tokens):
        return None
    if tokens[comma + 1].low in lexicon.who:
        return comma + 2
    name = comma + 1
    while name < min(len(tokens), comma + _ASIDE) and tokens[name].text[0].isupper():
        name += 1
    if comma + 1 < name < len(tokens) and tokens[name].low == ",":
        # "A judge, Anton Varga, was shot dead".
        return name + 1
    counts = comma + 1 in starts or matches(tokens, comma + 1, lexicon.of_them)
    opens = counts or tokens[comma + 1].low in lexicon.asides
    opens = opens or matches(tokens, comma + 1, lexicon.according) > 0
    for i in range(comma + 2, min(len(tokens), comma + _ASIDE)):
        if tokens[i].low == _ASIDES[tokens[comma].low] and i + 1 < len(tokens):
            following = tokens[i + 1].low
            goes_on = following in lexicon.auxiliaries or following in lexicon.states
            goes_on = goes_on or read_state_phrase(tokens, i + 1, lexicon) is not None
            if goes_on and (opens or tokens[i - 1].low in lexicon.say):
                return i + 1
    return None


def _included(tokens: Tokens, start: int, lexicon: Lexicon) -> int | None:
    """The verb after "including the bomber", told without a comma."""
    for i in range(start + 1, min(len(tokens), start + _ASIDE)):
        low = tokens[i].low
        if low in lexicon.auxiliaries or (low in lexicon.states and low not in lexicon.transitive):
            return i
        if not tokens[i].text[0].isalnum():
            return None
    return None


def _joint(tokens: Tokens, i: int, starts: AbstractSet[int], lexicon: Lexicon) -> int | None:
    """The number that ", and" leads to."""
    for k in range(i + 1, min(len(tokens), i + 4)):
        if k in starts:
            return k
        low = tokens[k].low
        his = low in lexicon.his or low in lexicon.filler
        if not (low in lexicon.joins or low in lexicon.list_adverbs or his):
            return None
    return None
