"""What the words after a number say of it: its predicate.

The verb before it is read in `governors.py`; which of the two wins, and what a toll or a list
adds, is decided in `measures.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.asides import ASIDES, after_ages, after_aside, after_preposition, included
from tracker.figures.lexicon import Lexicon
from tracker.figures.phrases import read_state_phrase
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, ends_clause, matches_back
from tracker.model import Measure

_REACH: Final = 28
"""How many words after its number a predicate is looked for."""
_VERB: Final = 3
"""How many words "were swept away" may go on for before the verb of a fate."""
_CLAUSE: Final = 16
"""How many words after a verb may deny it."""
_FINAL: Final = frozenset({Measure.KILLED, Measure.FEARED_DEAD, Measure.CASUALTIES_MIXED})

_QUOTES: Final = frozenset('"“«„')
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
    related = 0
    limit = min(len(tokens), start + _REACH)
    while i < limit:
        if i in starts and i > start:
            break
        low = tokens[i].low
        # "Two women who were hurt in the crash died": the second verb is theirs.
        related += low in lexicon.relative
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
            if measure is Measure.AT_RISK_TOTAL:
                i = _past_vessel(tokens, i, starts, lexicon)
        elif low in lexicon.closing and ends_clause(tokens, i):
            if _overrides(found, lexicon.closing[low], auxiliary=True):
                found, end = lexicon.closing[low], i + 1
            return Predicate(found, end, finite=True)
        elif low in lexicon.severe:
            severe, i = True, i + 1
        elif low in lexicon.states:
            if (
                (low in lexicon.transitive or _ends_verb(tokens, i, lexicon))
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
            then = auxiliary or related == 1 or low in lexicon.dies
            if not _overrides(found, measure, auxiliary=then):
                break
            i += 1
            found, end, auxiliary, severe = measure, i, False, False
            if measure is Measure.AT_RISK_TOTAL:
                i = _past_vessel(tokens, i, starts, lexicon)
        elif low in lexicon.auxiliaries:
            auxiliary = finite = True
            passive = passive or low in lexicon.be
            i += 1
        elif (
            (low in lexicon.adverbs and not _since_then(tokens, i, lexicon))
            or low in lexicon.relative
            or low in lexicon.weekdays
            or (low in lexicon.people and i == end and found is not None)
        ):
            i += 1
        elif low in lexicon.prepositions or low in lexicon.of_the or low in lexicon.since:
            i = after_preposition(tokens, i, starts, lexicon)
        elif low == "," or (low in ASIDES and tokens[i - 1].end < tokens[i].start):
            skipped = after_aside(tokens, i, starts, lexicon)
            if skipped is None:
                told = finite or tokens[i - 1].low in lexicon.say
                joint = _joint(tokens, i, starts, lexicon) if found is None and not told else None
                return Predicate(found, end, finite, joint)
            i = skipped
        elif not auxiliary and low in lexicon.asides and (verb := included(tokens, i, lexicon)):
            i = verb
        elif auxiliary and found is None and (fate := _second_verb(tokens, i, lexicon)):
            i = fate
        elif tokens[i].text in _QUOTES and auxiliary and found is None:
            # "76 were “potentially unaccounted for”".
            i += 1
        elif low in lexicon.aged:
            i = after_ages(tokens, i, lexicon)
        elif low in lexicon.weak_links and _listed_as(tokens, i, lexicon):
            i += 1
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
            finite = finite or (tokens[i].text[0].islower() and low not in lexicon.stops)
            break
    return Predicate(found, end, finite)


def _since_then(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "missing since | the storm", not "have since | died"."""
    if tokens[i].low not in lexicon.since or i + 1 >= len(tokens):
        return False
    return tokens[i + 1].low in lexicon.determiners or tokens[i + 1].text[0].isupper()


def _listed_as(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "a man listed as missing was found dead"."""
    listed = tokens[i - 1].low in union(lexicon.put, lexicon.confirming)
    return listed and i + 1 < len(tokens) and tokens[i + 1].low in lexicon.states


def _past_vessel(tokens: Tokens, i: int, starts: AbstractSet[int], lexicon: Lexicon) -> int:
    """The token after "on board | the night ferry"; i itself where no vessel stands there."""
    if i >= len(tokens) or not (
        tokens[i].low in lexicon.determiners
        or tokens[i].text[0].isupper()
        or _is_numbered(tokens, i, starts, lexicon)
    ):
        return i
    last = after_preposition(tokens, i - 1, starts, lexicon)
    # "Aboard the missing aircraft": nobody is said to be missing.
    return i if tokens[last - 1].low in lexicon.determiners else last


def _is_numbered(tokens: Tokens, i: int, starts: AbstractSet[int], lexicon: Lexicon) -> bool:
    """As in "aboard | flight X12": a noun without an article, and what it is called by."""
    if i + 1 >= len(tokens) or i + 1 in starts or not tokens[i].text.isalpha():
        return False
    small = union(lexicon.stops, lexicon.prepositions, lexicon.auxiliaries, lexicon.adverbs)
    return (
        any(letter.isdigit() for token in tokens[i + 1 : i + 3] for letter in token.text)
        and tokens[i + 1].text[0].isalnum()
        and tokens[i].low not in small
        and tokens[i].low not in lexicon.states
    )


def _ends_verb(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "two gunmen shoot | dead": what a verb of more words ends in."""
    table = lexicon.object_phrases.get(Measure.KILLED, {})
    return matches_back(tokens, i, table) > 1


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
    """As in "were buried and presumed dead", "verschüttet und getötet"."""
    if i < len(tokens) and lexicon.states.get(tokens[i].low) is Measure.KILLED:
        return True
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
    if i + 1 < len(tokens) and tokens[i + 1].low in lexicon.years:
        # "The 58 people killed a year ago".
        return False
    return i in starts or (i < len(tokens) and tokens[i].low in lexicon.determiners)


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
