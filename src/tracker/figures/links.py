"""What ties a bare number to the toll before it: "risen to", "down from", "cut by", "is".

The frame that a toll noun makes with it is read in `tolls.py`.
"""

from enum import Enum, auto
from typing import Final

from tracker.figures.cardinals import read_word
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens

_TIME: Final = 6
"""How many words on from a number "on the first night to" may have."""


class Link(Enum):
    """What ties a number to its toll: "risen to", "down from", "cut by", "is"."""

    TO = auto()
    FROM = auto()
    BY = auto()
    OTHER = auto()


def link_before(tokens: Tokens, first: int, lexicon: Lexicon) -> int:
    """The token before the number, adverbs and articles apart."""
    i = first - 1
    while i > 0 and tokens[i].low not in lexicon.links:
        if tokens[i].low not in lexicon.adverbs and tokens[i].low not in lexicon.after_number:
            break
        i -= 1
    return i


def link_of(tokens: Tokens, link_at: int, end: int, lexicon: Lexicon) -> Link:
    """What the word before a number that ends at `end` is; some are told by what is around them:
    "de" is "from" where "a" follows, "en" is "by" after a verb that moves.
    """
    low = tokens[link_at].low
    if low in lexicon.from_words and (low not in lexicon.of or leads_to(tokens, end, lexicon)):
        return Link.FROM
    if low in lexicon.by and (low not in lexicon.weak_links or _moves(tokens, link_at, lexicon)):
        return Link.BY
    return Link.TO if low in lexicon.to_words else Link.OTHER


def leads_to(tokens: Tokens, end: int, lexicon: Lexicon) -> int | None:
    """The "to" after a number that ends at `end`, past words of its time: "from 12 on Monday | to
    27", "von 40 in der ersten Nacht | auf 64".
    """
    small = union(lexicon.prepositions, lexicon.determiners)
    for i in range(end, min(end + _TIME, len(tokens) - 1)):
        low = tokens[i].low
        if low in lexicon.to_words and any(
            t.text[0].isdigit() or read_word(t.low, lexicon.language) is not None
            for t in tokens[i + 1 : i + 4]
        ):
            return i
        if low == "," and i > end and tokens[i + 1].low in lexicon.to_words:
            # "By two on Friday, to 67".
            continue
        verb = low in lexicon.states or low in lexicon.auxiliaries or low in lexicon.joins
        opens = low in small or low in lexicon.weekdays
        if verb or not (low == "-" or low.isalpha()) or (i == end and not opens):
            return None
    return None


def _moves(tokens: Tokens, link_at: int, lexicon: Lexicon) -> bool:
    """Whether the last verb of a toll before the link moves it, not puts it."""
    for i in range(link_at - 1, max(-1, link_at - 6), -1):
        low = tokens[i].low
        noun = i > 0 and tokens[i - 1].low in lexicon.determiners
        if not noun and (low in lexicon.put or low in lexicon.moves):
            # "Cifró en 16", but "elevó la cifra en 16".
            return low not in lexicon.put
    return False
