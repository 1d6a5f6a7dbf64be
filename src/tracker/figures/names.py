"""Which words name somebody: what a capital tells, where a speaker's words end, whose they are.

Where every noun has a capital, a capital tells no name, but a small letter that no name ends.
"""

from typing import Final

from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import Token, Tokens

_CLAUSE: Final = 24
"""How many words a clause may put between its auxiliary and its verb."""


def may_name(token: Token, lexicon: Lexicon) -> bool:
    """Whether the word may be somebody's name: it has a capital and is no noun of the lexicon."""
    return token.text[0].isupper() and token.low not in lexicon.heads


def ends_speaker(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "laut Polizei | noch drei", "Angaben des Roten Kreuzes | in der Nacht": whether token
    i belongs to no noun of the words that name a speaker before it.
    """
    if not lexicon.capital_nouns or i == 0:
        return False
    token, before = tokens[i], tokens[i - 1]
    if token.text[0].isdigit() or token.low in lexicon.vague:
        return True
    if not token.text[0].islower():
        return False
    noun_follows = i + 1 < len(tokens) and tokens[i + 1].text[0].isupper()
    if before.text[0].islower():
        return not (noun_follows or token.low in lexicon.determiners)
    inside = token.low in lexicon.scope_places and noun_follows
    return not (inside or token.low in union(lexicon.of, lexicon.of_the))


def auxiliary_before(tokens: Tokens, verb: int, lexicon: Lexicon) -> int | None:
    """The "haben" of "die Behörden haben die Zahl der Toten auf 12 gesenkt"."""
    for i in range(verb - 1, max(-1, verb - _CLAUSE), -1):
        if tokens[i].low in lexicon.have:
            return i
        if tokens[i].low in lexicon.clause_marks or tokens[i].low == ",":
            return None
    return None


def counts_people(tokens: Tokens, span: tuple[int, int], lexicon: Lexicon) -> bool:
    """As in "die Zahl der Toten gibt die Reederei mit 30 an": what stands first is no speaker."""
    told = {token.low for token in tokens[slice(*span)]}
    return not told.isdisjoint(lexicon.toll_words | lexicon.counts | lexicon.nouns.keys())


def known_speaker(
    text: str, tokens: Tokens, span: tuple[int, int], offices: dict[str, str], lexicon: Lexicon
) -> str | None:
    """The words of a speaker; for a bare name, those that gave it an office before."""
    first, last = span
    words = text[tokens[first].start : tokens[last - 1].end]
    names = [
        t
        for t in tokens[first:last]
        if may_name(t, lexicon) and t.low not in lexicon.determiners and t.low not in lexicon.he
    ]
    if names_office(words, lexicon):
        for name in names:
            offices.setdefault(name.low, words)
        return words
    for name in reversed(names):
        if name.low in offices:
            return offices[name.low]
    speaks = names or any(t.low in lexicon.loose_speakers for t in tokens[first:last])
    return words if speaks else None
