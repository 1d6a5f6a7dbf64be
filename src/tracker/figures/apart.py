"""Numbers of one list that a place parts: "30 died in Arno, the mayor said, and 20 in Besk".

Whether a number goes on from the one before is decided in `lists.py`.
"""

from typing import Final

from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Mention
from tracker.figures.tokens import Tokens, ends_clause

_GAP: Final = 10
"""How many words of place may part two numbers of one list."""
_HEDGE: Final = 3
"""How many words of hedge a bare number may have."""
_SAID: Final = 20
"""How many words "in Arno, the mayor of Besk said on Monday, and" may have."""


def goes_on_elsewhere(tokens: Tokens, above: Mention, first: int, lexicon: Lexicon) -> bool:
    """Whether the number at `first` counts in another place what the one before it counts."""
    gap = tokens[above.phrase.end : first]
    return (
        _in_another_place(tokens, gap, first, lexicon)
        or _after_a_speaker(tokens, gap, first, lexicon)
        or _by_another(tokens, above, first, lexicon)
    )


def _by_another(tokens: Tokens, above: Mention, first: int, lexicon: Lexicon) -> bool:
    """As in "Arno counts 311 and Besk | 44": a name for each number, and one verb."""
    counts = tokens[above.numeral.first - 1].low if above.numeral.first > 1 else ""
    if counts not in lexicon.confirming or counts not in lexicon.counts:
        return False
    named = tokens[above.numeral.first - 2].text[0].isupper()
    names = tokens[above.phrase.end + 1 : first]
    joined = above.phrase.end < first and tokens[above.phrase.end].low in lexicon.ands
    alone = first + 1 >= len(tokens) or not tokens[first + 1].text[0].isalnum()
    return named and joined and alone and len(names) > 0 and all(t.text[0].isupper() for t in names)


def _in_another_place(tokens: Tokens, gap: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "30 starben im Tal, auf einer Alm drei", "in Arno 30 have died, in Besk 14": a place,
    and nothing but a number.
    """
    last = first
    while last < first + _HEDGE and not ends_clause(tokens, last):
        last += 1
    joined = first + 1 < len(tokens) and tokens[first + 1].low in lexicon.joins
    alone = joined or (ends_clause(tokens, last) and not tokens[last].text[0].isupper())
    told = (token.low for token in tokens[first : last + 1])
    alone = alone and all(low not in lexicon.auxiliaries for low in told)
    dated = not gap or gap[-1].low in lexicon.months or gap[-1].low in lexicon.weekdays
    named = not dated and gap[-1].text[0].isupper()
    if not ((lexicon.verb_last or named) and alone and 2 < len(gap) <= _GAP):
        return False
    marks = [i for i, token in enumerate(gap) if token.low in lexicon.list_joins]
    return (
        bool(marks)
        and marks[-1] + 2 < len(gap)
        and gap[marks[-1] + 1].low in lexicon.prepositions
        and not any(t.low in lexicon.auxiliaries for t in gap[marks[-1] :])
    )


def _after_a_speaker(tokens: Tokens, gap: Tokens, first: int, lexicon: Lexicon) -> bool:
    """As in "30 in Arno, the mayor said, and | at least 20 in Besk"."""
    if not 4 < len(gap) <= _SAID or gap[-1].low not in lexicon.joins or gap[-2].low != ",":
        return False
    commas = [i for i, token in enumerate(gap) if token.low == ","]
    if len(commas) != 2 or not any(t.low in lexicon.sites for t in gap[: commas[0]]):
        return False
    says = any(t.low in lexicon.say for t in gap[commas[0] : commas[1]])
    told = range(first + 1, min(len(tokens), first + 1 + _HEDGE))
    site = next((i for i in told if tokens[i].low in lexicon.sites and i > first + 1), None)
    if site is None and first + 1 < len(tokens) and tokens[first + 1].low in lexicon.sites:
        site = first + 1
    bare = site is not None and tokens[site - 1].low not in lexicon.people
    return says and bare
