"""Text to paragraphs, sentences and words with their offsets. Nothing here knows a number."""

import re
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from itertools import pairwise, zip_longest
from typing import Final, NamedTuple

from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import Phrases, Words

_PARAGRAPH_BREAK: Final = re.compile(r"\n\s*\n")
# A number keeps its marks and narrow spaces; a word has letters only; any other character is
# alone. No alternative can match in two ways, so that no text makes it slow.
_LETTERS: Final = re.compile(r"[^\W\d_]+")
_OWNED: Final = re.compile(r"['’]s\b")
_NUMBER: Final = r"\d+(?:[.,'’\u00a0\u202f\u2009]\d+)*"
_WORD: Final = r"['’]s\b|[^\W\d_]+|\S"
_LONGEST_SENTENCE: Final = 150
"""Words after which a sentence is cut: nobody writes longer ones, and work per sentence may
then grow with its square."""
_LONGEST_WORD: Final = 60
_SHORTEST: Final = 3
"""Letters before the last noun of a compound, one less than that noun has."""
_VERB_LAST: Final = 6
"""How many words after a number the verb that closes its clause is looked for."""
_SENTENCE_ENDS: Final = frozenset(".!?…")
_CLOSERS: Final = frozenset("\"'”’)]»")
_OPENERS: Final = frozenset("\"'“([«-–—•*")


class Token(NamedTuple):
    """A word, a number or a mark. `start` and `end` are offsets into the whole text."""

    text: str
    low: str
    start: int
    end: int


Tokens = tuple[Token, ...]


def paragraphs(text: str) -> Iterator[tuple[int, int]]:
    """The offsets of the paragraphs: stretches parted by blank lines."""
    start = 0
    for gap in _PARAGRAPH_BREAK.finditer(text):
        yield start, gap.start()
        start = gap.end()
    yield start, len(text)


def may_count(text: str, start: int, end: int, lexicon: Lexicon) -> bool:
    """Whether a stretch of the text holds a word without which nobody is counted."""
    found = _LETTERS.findall(text, start, end)
    heads = lexicon.heads
    return not lexicon.cues.isdisjoint([_low(word, heads) for word in found])


def words_of(text: str, lexicon: Lexicon) -> list[str]:
    """The words of a short text in lower case, without numbers, marks and "'s"."""
    heads = lexicon.heads
    return [_low(word, heads) for word in _LETTERS.findall(_OWNED.sub(" ", text))]


def tokenise(text: str, start: int, end: int, lexicon: Lexicon) -> list[Token]:
    """The words, numbers and marks of a stretch of the text."""
    heads = lexicon.heads
    told = [
        Token(word := found[0], _low(word, heads), found.start(), found.end())
        for found in _pattern(lexicon.elided).finditer(text, start, end)
    ]
    if not lexicon.names:
        return told
    return [
        token._replace(low=token.text)
        if token.low in lexicon.names and _begins_name(token, following)
        else token
        for token, following in zip_longest(told, told[1:])
    ]


def _begins_name(token: Token, following: Token | None) -> bool:
    """As in "São Paulo", where "São 12 os mortos" has the verb."""
    return token.text[0].isupper() and following is not None and following.text[0].isupper()


@lru_cache(maxsize=50_000)
def _low(word: str, heads: Words) -> str:
    """The word in lower case; of a compound the noun that it ends in, "Soldaten" of
    "Bundeswehrsoldaten".
    """
    low = word.lower().replace("’", "'")
    if not heads or low in heads or not word[0].isupper() or len(low) > _LONGEST_WORD:
        return low
    tails = (low[i:] for i in range(_SHORTEST, len(low) - _SHORTEST))
    return next((tail for tail in tails if tail in heads), low)


@cache
def _pattern(elided: Words) -> re.Pattern[str]:
    """What one token is: "l'armée" is two where the language elides "l"."""
    if not elided:
        return re.compile(f"{_NUMBER}|{_WORD}")
    listed = "|".join(sorted(elided, key=len, reverse=True))
    return re.compile(rf"{_NUMBER}|\b(?i:{listed})['’](?=[^\W\d_])|{_WORD}")


def sentences(tokens: list[Token], text: str, lexicon: Lexicon) -> Iterator[Tokens]:
    """The sentences of a paragraph; a full stop after an abbreviation ends none."""
    first = 0
    for i, (token, following) in enumerate(pairwise(tokens)):
        if i - first >= _LONGEST_SENTENCE:
            ended = True
        elif token.end == following.start or (
            # One blank after a word: most gaps are, and end nothing.
            token.end + 1 == following.start and token.text[0].isalnum() and text[token.end] == " "
        ):
            continue
        else:
            ended = _ends(tokens, i, lexicon) or _breaks(text, token, following)
        if ended:
            yield tuple(tokens[first : i + 1])
            first = i + 1
    if first < len(tokens):
        yield tuple(tokens[first:])


def _breaks(text: str, token: Token, following: Token) -> bool:
    """A new line that opens an item of a list, or follows a full sentence."""
    return "\n" in text[token.end : following.start] and (
        following.text in "-–—•*" or token.text in ".!?:"
    )


def _ends(tokens: list[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether a sentence ends with this token: its stop, or the bracket that closes after it."""
    following, stop = tokens[i + 1], i
    while stop > max(0, i - 3) and tokens[stop].text in _CLOSERS:
        stop -= 1
    if tokens[stop].text not in _SENTENCE_ENDS or stop == 0:
        return False
    opens = following.text[0]
    if not (opens.isupper() or opens.isdigit() or opens in _OPENERS):
        return False
    before = tokens[stop - 1]
    if stop > 1 and is_ordinal(tokens, stop - 1, lexicon):
        return False
    if tokens[stop].text == "." and before.end == tokens[stop].start:
        initial = len(before.text) == 1 and before.text.isalpha()
        if initial or before.low in lexicon.abbreviations:
            return initial and following.low in lexicon.starters
    return True


def is_ordinal(tokens: Sequence[Token], i: int, lexicon: Lexicon) -> bool:
    """Whether a point makes an ordinal of the digits at `i`: "am 14. März", "die 3. Etage"."""
    if i + 2 >= len(tokens) or tokens[i + 1].low != "." or not tokens[i].text.isdecimal():
        return False
    if len(tokens[i].text) >= _SHORTEST or not lexicon.ordinal_after:
        return False
    dated = tokens[i + 2].low in lexicon.months
    return dated or (i > 0 and tokens[i - 1].low in lexicon.ordinal_after)


def matches(tokens: Tokens, i: int, table: Phrases) -> int:
    """How many tokens of the longest phrase of the table stand at `i`; 0 = none."""
    listed = table.get(tokens[i].low) if 0 <= i < len(tokens) else None
    if listed is None:
        return 0
    words = lows(tokens, i, i + len(listed[0]))
    return next((len(phrase) for phrase in listed if words[: len(phrase)] == phrase), 0)


def matches_back(tokens: Tokens, i: int, table: Phrases) -> int:
    """How many tokens of the longest phrase of the table end at `i`; 0 = none."""
    listed = table.get(tokens[i].low) if 0 <= i < len(tokens) else None
    if listed is None:
        return 0
    words = lows(tokens, max(0, i + 1 - len(listed[0])), i + 1)
    return next((len(phrase) for phrase in listed if words[-len(phrase) :] == phrase), 0)


def lows(tokens: Tokens, first: int, last: int) -> tuple[str, ...]:
    """The words of tokens[first:last] in lower case."""
    return tuple([token.low for token in tokens[first:last]])


def closing_verb(tokens: Tokens, end: int, lexicon: Lexicon) -> int:
    """Up to where the verb of a number that ends at `end` may follow it: "auf 47 gestiegen"."""
    last = end
    while lexicon.verb_last and last < min(len(tokens), end + _VERB_LAST):
        if not tokens[last].text[0].isalnum():
            break
        last += 1
    return last


def ends_clause(tokens: Tokens, i: int) -> bool:
    """Whether no word of its clause follows token i."""
    return i + 1 >= len(tokens) or not tokens[i + 1].text[0].isalnum()


def after_of(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, bool]:
    """How many tokens an "of" at `i` takes, and whether an article is among them: "of the"."""
    if i >= len(tokens):
        return 0, False
    if tokens[i].low in lexicon.of_the:
        return 1, True
    if tokens[i].low not in lexicon.of:
        return 0, False
    the = i + 1 < len(tokens) and tokens[i + 1].low in lexicon.determiners
    return (2, True) if the else (1, False)


def before_of_the(tokens: Tokens, i: int, lexicon: Lexicon) -> int:
    """How many tokens the "of the" that ends at `i` takes; 0 = none."""
    if i >= 0 and tokens[i].low in lexicon.of_the:
        return 1
    of = i > 0 and tokens[i].low in lexicon.determiners and tokens[i - 1].low in lexicon.of
    return 2 if of else 0


def finds(tokens: Tokens, first: int, last: int, table: Phrases) -> int | None:
    """Where in tokens[first:last] a phrase of the table begins; None = nowhere."""
    for i in range(max(0, first), min(last, len(tokens))):
        if tokens[i].low in table and matches(tokens, i, table):
            return i
    return None
