"""The noun phrase that a number heads: how far it goes and what kind of thing it names."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from enum import Enum, auto
from typing import Final

from tracker.figures.hedges import Numeral, opens_number
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Token, Tokens, after_of, lows, matches
from tracker.model import Measure, Qualifier

_LONGEST: Final = 12
"""Words of a noun phrase, the number apart; bounds the work on a text without any mark."""
_ADJECTIVES: Final = 4
"""Words, the noun among them, in which a noun must follow its adjectives."""


class Kind(Enum):
    """What the head noun names."""

    BARE = auto()
    PEOPLE = auto()
    ATTACKERS = auto()
    UNKNOWN = auto()
    ENTRIES = auto()
    """Names of a list: "the list of the missing has 31 names"."""
    THINGS = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Phrase:
    """tokens[numeral.last:end] and what they say of the number."""

    end: int
    kind: Kind
    more: bool = False
    """As in "14 more", "two additional"."""
    than: bool = False
    """As in "5 more than on Monday", "tre in più"."""
    others: bool = False
    subset: bool = False
    """As in "of them", "of whom", "of the dead"."""
    noun: Measure | None = None
    """What a noun of the phrase itself counts: deaths, bodies, the injured."""
    noun_at: int = -1
    head: str | None = None
    """The noun, in lower case; None where none is told."""
    bodies: bool = False
    """As in "40 bodies"."""
    state: Measure | None = None
    """As in "33 trapped miners"."""


def read_phrase(
    tokens: Tokens, numeral: Numeral, starts: AbstractSet[int], lexicon: Lexicon
) -> Phrase:
    """The noun phrase after a number; `starts` are the tokens where numbers begin."""
    i, subset = numeral.last, False
    of, partitive = after_of(tokens, i, lexicon)
    if (bare := _bare(tokens, numeral, starts, lexicon)) is not None:
        return bare
    if partitive or (of and (numeral.word is not None or not tokens[i - 1].text[0].isdigit())):
        i += of
    elif i < len(tokens) and tokens[i].low in lexicon.after_number:
        i += 1
    if numeral.low == 0:
        i = _past_reports(tokens, i, lexicon)
    phrase = _walk(tokens, i, numeral, starts, lexicon)
    if i == numeral.last + 1 and phrase.end == numeral.last:
        phrase = replace(phrase, end=i)
    if partitive and not _of_his(tokens, numeral.last, lexicon):
        subset = phrase.noun is not None or (
            phrase.kind is Kind.PEOPLE and _victims(tokens[i : phrase.end], lexicon)
        )
    return replace(phrase, more=phrase.more or numeral.more, subset=subset)


def _bare(
    tokens: Tokens, numeral: Numeral, starts: AbstractSet[int], lexicon: Lexicon
) -> Phrase | None:
    """As in "two of them", "12 more", "four of the 19": no noun of its own."""
    i = numeral.last
    of, partitive = after_of(tokens, i, lexicon)
    them = 0
    if i < len(tokens) and tokens[i].low in lexicon.of_them_all:
        them = 1
    elif of and i + 1 < len(tokens) and tokens[i + 1].low in lexicon.them:
        them = 2
    if them:
        # "Fourteen of them workers".
        named = i + them < len(tokens) and tokens[i + them].low in lexicon.people
        return Phrase(end=i + them + named, kind=Kind.BARE, subset=True, more=numeral.more)
    if of and i + of < len(tokens) and tokens[i + of].low in lexicon.more:
        return Phrase(end=i + of + 1, kind=Kind.BARE, more=True)
    if partitive and i + of in starts:
        return Phrase(end=numeral.last, kind=Kind.BARE, subset=True, more=numeral.more)
    said = tokens[i + of : i + of + 2]
    if of and any(t.low in lexicon.weekdays or t.low in lexicon.counts for t in said):
        # "From 41 of the last count", "the 12 of Monday": the number of a time before.
        return Phrase(end=i, kind=Kind.BARE, more=numeral.more)
    return None


def with_tail(
    tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon
) -> tuple[Numeral, Phrase]:
    """The number and its phrase with a hedge after both: "12 people at least"."""
    if numeral.qualifier is not Qualifier.EXACT or numeral.single or phrase.end == numeral.last:
        return numeral, phrase
    if phrase.end >= len(tokens) or tokens[phrase.end].low not in lexicon.openers_of_tails:
        return numeral, phrase
    for kind, table in lexicon.tails.items():
        length = matches(tokens, phrase.end, table)
        end = phrase.end + length
        if length and not opens_number(tokens, end, lexicon):
            high = None if kind in (Qualifier.AT_LEAST, Qualifier.OVER) else numeral.high
            return replace(numeral, qualifier=kind, high=high), replace(phrase, end=end)
    return numeral, phrase


def _past_reports(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """The token after "no immediate reports of", i itself where no such words stand there."""
    for k in range(i, min(i + 2, len(tokens) - 1)):
        if tokens[k].low in lexicon.hearsay and tokens[k + 1].low in lexicon.of:
            return k + 2
    return i


def _of_his(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "two of his colleagues were injured": no part of the injured."""
    return i + 1 < len(tokens) and tokens[i + 1].low in lexicon.his


def _victims(words: Tokens, lexicon: Lexicon) -> bool:
    return any(token.low in lexicon.victims for token in words)


def _walk(  # noqa: C901, PLR0912, PLR0915 — a table of cases, in the order that decides
    tokens: Tokens, start: int, numeral: Numeral, starts: AbstractSet[int], lexicon: Lexicon
) -> Phrase:
    more = others = than = aged = False
    noun: Measure | None = None
    state: Measure | None = None
    noun_at, last = -1, None
    plural_things = False
    i = start
    while i < min(len(tokens), start + _LONGEST):
        token = tokens[i]
        age = _age(tokens, i, lexicon)
        if age:
            aged, i = True, i + age
            continue
        since = matches(tokens, i, lexicon.more_phrases)
        if since:
            more, than, i = True, True, i + since
            break
        low = token.low
        more_follows = low in lexicon.more and _is_more(tokens, i, lexicon)
        stops = _stops(tokens, i, lexicon) or _past_noun(tokens, i, start, lexicon)
        if i in starts or (stops and not more_follows):
            break
        if low in lexicon.more:
            more = True
        elif low in lexicon.others:
            others = True
        elif low in lexicon.nouns and not _modifies(tokens, i, lexicon):
            noun, noun_at = lexicon.nouns[low], i
            i += 1
            since = matches(tokens, i, lexicon.more_phrases)
            if since:
                more, than, i = True, True, i + since
            elif i < len(tokens) and tokens[i].low in lexicon.more and _is_more(tokens, i, lexicon):
                more, i = True, i + 1
            break
        elif low in lexicon.states and not _modifies(tokens, i, lexicon):
            break
        elif token.text[0].isalpha():
            if not (lexicon.verb_first and _heads(last, lexicon)):
                # Where adjectives follow, the first noun that is known is the head.
                last = low
            plural_things = plural_things or _plural_thing(low, lexicon)
            state = state or lexicon.states.get(low)
        i += 1
    things = last in lexicon.not_people or last in lexicon.unit_nouns
    named = last in lexicon.people or last in lexicon.attackers
    # "Three boats sank": whatever follows a plural is no name of people, but a verb.
    if (things or (plural_things and not named)) and noun is None:
        kind = Kind.THINGS
    elif last in lexicon.attackers:
        kind = Kind.ATTACKERS
    elif last in lexicon.people or (aged and last is None):
        kind = Kind.PEOPLE
    elif last is None:
        kind = Kind.BARE
    else:
        kind = Kind.UNKNOWN
    return Phrase(
        end=max(i, start) if i > start else numeral.last,
        kind=kind,
        more=more,
        than=than,
        others=others,
        noun=noun,
        noun_at=noun_at,
        head=last,
        bodies=noun_at >= 0 and tokens[noun_at].low in lexicon.bodies,
        state=state,
    )


def _heads(word: str | None, lexicon: Lexicon) -> bool:
    return word in lexicon.people or word in lexicon.attackers or word in lexicon.not_people


def _is_more(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "12 muertos más": not "más de 30", "más que ayer", "más tarde"."""
    following = tokens[i + 1].low if i + 1 < len(tokens) else ""
    return not any(following in words for words in (lexicon.than, lexicon.of, lexicon.adverbs))


def _plural_thing(low: str, lexicon: Lexicon) -> bool:
    return low in lexicon.not_people and low.endswith("s") and low[:-1] in lexicon.not_people


def _age(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """How many tokens of "67-year-old" or "eight-year-old" stand at i."""
    if i + 2 >= len(tokens) or tokens[i + 1].text != "-" or tokens[i + 2].low not in lexicon.years:
        return 0
    old = i + 4 < len(tokens) and tokens[i + 3].text == "-" and tokens[i + 4].low in lexicon.old
    return 5 if old else 3


def _modifies(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """Whether the word stands before a noun: "missing fishermen", "dead bodies", "body bags"."""
    if i + 1 >= len(tokens):
        return False
    following = tokens[i + 1].low
    things = following in lexicon.not_people and tokens[i + 1].text[0].islower()
    return things or following in lexicon.people or following in lexicon.bodies


def read_state_phrase(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[Measure, int] | None:
    """The longest phrase of state at token i, and its length: "in critical condition"."""
    listed = lexicon.state_phrases.get(tokens[i].low)
    if listed is None:
        return None
    words = lows(tokens, i, i + len(listed[0][0]))
    return next(((m, len(p)) for p, m in listed if words[: len(p)] == p), None)


def _stops(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    token = tokens[i]
    low = token.low
    if low in lexicon.stops or low in lexicon.prepositions or low in lexicon.auxiliaries:
        return True
    if low in lexicon.adverbs or low in lexicon.severe or low in lexicon.untrue:
        return True
    if low in lexicon.weekdays or low in lexicon.marks or read_state_phrase(tokens, i, lexicon):
        # "Reached 58 | Saturday", "crossed the 200 | mark", "12 | in critical condition".
        return True
    if not token.text[0].isalnum() and not _within_word(tokens, i):
        return True
    if low in lexicon.nouns:
        return False
    if low.endswith(lexicon.verb_endings) and low not in lexicon.people:
        return not _noun_follows(tokens, i, lexicon)
    return False


def _past_noun(tokens: Tokens, i: int, start: int, lexicon: Lexicon) -> bool:
    """Where nouns have capitals: whether a small word stands after its noun, or before none."""
    if not lexicon.capital_nouns or not tokens[i].text[0].islower():
        return False
    if tokens[i].low in lexicon.more or tokens[i].low in lexicon.others:
        return False
    if i > start and tokens[i - 1].text[0].isupper():
        return True
    following = next((t for t in tokens[i : i + _ADJECTIVES] if not t.text[0].islower()), None)
    return following is None or not following.text[0].isupper()


def _within_word(tokens: Tokens, i: int) -> bool:
    """A hyphen or an apostrophe that a word holds."""
    if tokens[i].text[0] not in "-'’" or i == 0 or i + 1 >= len(tokens):
        return False
    hyphen = len(tokens[i].text) == 1
    return tokens[i - 1].end == tokens[i].start and (
        not hyphen or tokens[i].end == tokens[i + 1].start
    )


def _noun_follows(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "11 armed men", "two United Nations staff": a participle or a name, no verb."""
    following: Token | None = tokens[i + 1] if i + 1 < len(tokens) else None
    if following is None:
        return False
    low = following.low
    known = low in lexicon.people or low in lexicon.attackers or low in lexicon.nouns
    return known or (tokens[i].text[0].isupper() and following.text[0].isupper())
