"""Speakers whose verb is not told: beside a colon, or told once for two of them.

Those with a verb of their own are read in `attribution.py`.
"""

from dataclasses import dataclass
from typing import Final

from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens

HEADED: Final = 7
"""How many words a headline may spend on its speaker."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Words that name a speaker, and the token of the verb that makes him one."""

    words: str
    verb: int


def with_others(
    text: str, tokens: Tokens, speakers: list[Speaker], lexicon: Lexicon
) -> list[Speaker]:
    """Those of whom the verb is told once: "the army puts it at 47, the Red Cross | at 62"."""
    puts = next((s.verb for s in speakers if tokens[s.verb].low in lexicon.put), len(tokens))
    others = []
    for i in range(puts + 1, len(tokens) - 1):
        if not (tokens[i].low in lexicon.weak_links and tokens[i + 1].text[0].isdigit()):
            continue
        first = i
        while first > puts and tokens[first - 1].low not in (",", ";", *lexicon.joins):
            first -= 1
        if puts + 1 < first < i and _is_office(tokens[first:i], lexicon):
            others.append(Speaker(text[tokens[first].start : tokens[i - 1].end], i))
    return [*speakers, *others]


def beside_a_colon(text: str, tokens: Tokens, lexicon: Lexicon) -> list[Speaker]:
    """As in the headlines "12 dead in blast: police" and "Coast guard: 12 drowned"."""
    last = len(tokens)
    while last and not tokens[last - 1].text[0].isalnum():
        last -= 1
    for i in (*range(min(HEADED, last)), *range(max(0, last - HEADED), last)):
        dash = tokens[i].text in "-–—" and i > 0 and tokens[i - 1].end < tokens[i].start
        if not (dash or tokens[i].low == ":"):
            continue
        first, end = (0, i) if i < last // 2 else (i + 1, last)
        if end - first > 0 and _is_office(tokens[first:end], lexicon):
            return [Speaker(text[tokens[first].start : tokens[end - 1].end], i)]
    return []


def _is_office(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether the words end in an office: "the coast guard", not "police shooting"."""
    if not all(t.text[0].isalpha() or t.text[0] in "-'’." for t in tokens):
        return False
    *_, before, end = ("", *(t.text for t in tokens))
    if tokens[-1].low in lexicon.loose_speakers or names_office(end, lexicon):
        return True
    return names_office(f"{before} {end}", lexicon) and not names_office(before, lexicon)
