"""One person told by name: "Jane Doe was killed", "X dies". A name is one of the dead."""

from collections.abc import Sequence
from typing import Final

from tracker.figures.hedges import Numeral
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.phrases import Kind, Phrase
from tracker.figures.tables import union
from tracker.figures.tokens import Token, Tokens, ends_clause
from tracker.model import Measure, Qualifier

_BACK: Final = 12
_ASIDE: Final = 16
_HEADLINE: Final = 6
"""How many words a headline may put between "man" and "dies"."""
_AGED: Final = 3
"""Words of "79-Jähriger"."""
_ROLL: Final = 20
"""More names than one sentence tells the deaths of."""


def read_named(tokens: Tokens, mentions: Sequence[Mention], lexicon: Lexicon) -> list[Mention]:
    """The named dead of a sentence, apart from words that a number already carries."""
    taken = {i for m in mentions for i in range(m.first, m.last)}
    headline = None if taken else _headline(tokens, lexicon)
    if headline is not None:
        return [_mention(*headline)]
    if lexicon.capital_nouns:
        # Where every noun has a capital, none tells a name.
        return []
    found: list[Mention] = []
    for i, token in enumerate(tokens):
        if token.low not in lexicon.died_alone or i in taken:
            continue
        name = _name_before(tokens, i, lexicon)
        if name is not None and taken.isdisjoint(range(name[0], i)):
            found.append(_mention(name[0], name[1], i + 1))
            taken.update(range(name[0], i + 1))
    return found if len(found) <= _ROLL else []


def _headline(tokens: Tokens, lexicon: Lexicon) -> tuple[int, int, int] | None:
    """A person without an article, and the end of what is told of one: "Muore operaio", "Frau
    stirbt bei Brand", "79-Jähriger nach Sturz gestorben".
    """
    verbs = lexicon.died_alone
    if lexicon.verb_first and len(tokens) > 1 and tokens[0].low in verbs:
        person = tokens[1].low in lexicon.one_person and tokens[1].text.islower()
        return (1, 2, 2) if person else None
    aged = len(tokens) > _AGED and tokens[1].text == "-" and tokens[2].low in lexicon.years
    end = _AGED if aged and tokens[0].text.isdecimal() else 1
    if not (lexicon.verb_last and (end > 1 or tokens[0].low in lexicon.one_person)):
        return None
    last = next(i for i in range(end - 1, len(tokens)) if ends_clause(tokens, i))
    for i in {end, last} if last >= end else ():
        finite = any(t.low in lexicon.auxiliaries for t in tokens[end:i])
        if tokens[i].low in verbs and not finite:
            return 0, end, i + 1
    return None


def _mention(first: int, last: int, end: int) -> Mention:
    numeral = Numeral(first=first, last=last, low=1, high=1, qualifier=Qualifier.EXACT, single=True)
    phrase = Phrase(end=last, kind=Kind.PEOPLE)
    return Mention(
        numeral=numeral,
        phrase=phrase,
        measure=Measure.KILLED,
        bond=Bond.NAMED,
        first=first,
        last=end,
    )


def _name_before(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens, verb: int, lexicon: Lexicon
) -> tuple[int, int] | None:
    """The tokens of the name that is the verb's subject."""
    if _heads(tokens, verb, lexicon):
        after = tokens[verb + 1].low if len(tokens) > verb + 1 else "."
        goes_on = after in lexicon.prepositions or (lexicon.verb_first and after.isalpha())
        return (0, 1) if goes_on or not after[0].isalnum() else None
    i = verb - 1
    passive = False
    while (
        i > 0
        and verb - i < _BACK
        and (
            tokens[i].low in lexicon.auxiliaries
            or tokens[i].low in lexicon.adverbs
            or tokens[i].low in lexicon.joins
        )
    ):
        passive = passive or tokens[i].low in lexicon.be_one
        if tokens[i].low in lexicon.plural:
            return None
        i -= 1
    killed = verb + 1 < len(tokens) and tokens[verb + 1].low in lexicon.prepositions
    if lexicon.verb_first and killed and tokens[i].low == "," and i == verb - 1:
        # "Rosa Alba, asesinada en 1990".
        passive, i = True, i - 1
    if tokens[verb].low not in lexicon.dies and not passive:
        return None
    if i >= 1 and tokens[i].low in lexicon.who and tokens[i - 1].low == ",":
        i -= 2
    elif tokens[i].low == ",":
        i = _before_aside(tokens, i)
    last = i + 1
    while i >= 0 and last - i <= _BACK and _is_name(tokens[i], lexicon):
        i -= 1
    first = i + 1
    if first >= last or not tokens[last - 1].text[0].isupper():
        return None
    if first == 0 and last == 1 and _ordinary(tokens[0], lexicon):
        return None
    if i >= 0 and (tokens[i].low in lexicon.prepositions or tokens[i].low in lexicon.the):
        return None
    return first, last


def _heads(tokens: Tokens, verb: int, lexicon: Lexicon) -> bool:
    """As in the headlines "Firefighter dies in blaze", "Homem de 45 anos é morto em assalto"."""
    if tokens[0].low not in lexicon.one_person or tokens[0].text.islower():
        return False
    between = tokens[1:verb]
    if len(between) > _HEADLINE or not all(t.text.isalnum() for t in between):
        return False
    passive = bool(between) and between[-1].low in lexicon.be_one
    others = union(lexicon.auxiliaries, lexicon.relative, lexicon.joins, lexicon.the)
    said = between[: len(between) - passive]
    plain = all(t.low not in others for t in said)
    return plain and (not between or passive or tokens[verb].low in lexicon.dies)


def _before_aside(tokens: Tokens, comma: int) -> int:
    """The token before the comma that opens the aside which this comma closes."""
    for i in range(comma - 1, max(0, comma - _ASIDE), -1):
        if tokens[i].low == ",":
            return i - 1
    return comma


def _is_name(token: Token, lexicon: Lexicon) -> bool:
    return (token.text[0].isupper() and token.low not in lexicon.months) or token.text == "-"


def _ordinary(token: Token, lexicon: Lexicon) -> bool:
    """A word that has its capital only from standing first."""
    low = token.low
    return (
        low in lexicon.people
        or low in lexicon.stops
        or low in lexicon.vague
        or low in lexicon.starters
        or low in lexicon.prepositions
        or low in lexicon.attackers
        or low in lexicon.others
    )
