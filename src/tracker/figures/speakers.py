"""Speakers whose verb is not told: beside a colon, or told once for two of them.

Those with a verb of their own are read in `attribution.py`.
"""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from tracker.figures.cardinals import read_word
from tracker.figures.issuers import names_office, resolve_issuer
from tracker.figures.lexicon import Lexicon
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, after_of, matches

HEADED: Final = 7
"""How many words a headline may spend on its speaker."""
_OWNED: Final = 3
"""How many words after "the ministry's" may end in "count"."""
_OFFICE: Final = 6
"""How many words an office that owns a count may have."""


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


def owners(text: str, tokens: Tokens, lexicon: Lexicon, *, alone: bool) -> list[Speaker]:
    """Offices whose count is told: "the government's count stands at 502", "el recuento del
    Ministerio de Sanidad es de 31".

    The toll of an army or of the police is of their own dead: only a ministry's and the
    government's are a count. `alone`: the sentence has no other speaker, so that a number before
    the office, "rose to 12 from the ministry's 9", would get it for want of its own.
    """
    found = []
    for i, token in enumerate(tokens):
        span = None
        if token.low in lexicon.possessive:
            noun = _count_at(tokens, i + 1, lexicon)
            if noun is not None:
                counts = noun not in lexicon.toll_words
                span = _owner_before(tokens, i, lexicon, counts=counts)
        elif not lexicon.possessive and token.low in union(lexicon.counts, lexicon.toll_words):
            span = _owner_after(tokens, i + 1, lexicon)
        if span is not None and not (alone and _told_number(tokens, min(i, span[0]), lexicon)):
            found.append(Speaker(text[tokens[span[0]].start : tokens[span[1] - 1].end], i))
    return found


def _told_number(tokens: Tokens, last: int, lexicon: Lexicon) -> bool:
    """Whether a number stands before token `last`, after the last semicolon."""
    first = next((i for i in range(last - 1, -1, -1) if tokens[i].low == ";"), 0)
    return any(
        t.text[0].isdigit() or read_word(t.low, lexicon.language) is not None
        for t in tokens[first:last]
    )


def _count_at(tokens: Tokens, first: int, lexicon: Lexicon) -> str | None:
    """The "count" of "latest count stands"; not the "number" of "number two"."""
    for i in range(first, min(first + _OWNED, len(tokens) - 1)):
        if tokens[i].low in union(lexicon.counts, lexicon.toll_words):
            after = tokens[i + 1]
            goes_on = union(lexicon.links, lexicon.auxiliaries, lexicon.have, lexicon.prepositions)
            told = after.low in goes_on or after.low in lexicon.moves or after.low in lexicon.goes
            return tokens[i].low if told or not after.text[0].isalpha() else None
    return None


def _owner_before(
    tokens: Tokens, last: int, lexicon: Lexicon, *, counts: bool
) -> tuple[int, int] | None:
    small = union(lexicon.stops, lexicon.prepositions, lexicon.auxiliaries, lexicon.joins)
    first = last
    while first > max(0, last - _OFFICE) and tokens[first - 1].text[0].isalpha():
        low = tokens[first - 1].low
        if low in small and low not in union(lexicon.of, lexicon.the):
            break
        first -= 1
        if low in lexicon.the:
            break
    words = " ".join(t.text for t in tokens[first:last])
    office = first < last and names_office(words, lexicon)
    return (first, last) if office and (counts or _governs(words, lexicon)) else None


def _owner_after(tokens: Tokens, i: int, lexicon: Lexicon) -> tuple[int, int] | None:
    of, the = after_of(tokens, i, lexicon)
    first = last = i + of
    while last < min(len(tokens), first + _OFFICE) and tokens[last].text[0].isalpha():
        last += 1
    whole = resolve_issuer(" ".join(t.text for t in tokens[first:last]), lexicon.language)
    if not the or whole is None:
        return None
    for end in range(first + 1, last + 1):
        words = " ".join(t.text for t in tokens[first:end])
        if resolve_issuer(words, lexicon.language) == whole:
            return (first, end) if _governs(words, lexicon) else None
    return None


def _governs(words: str, lexicon: Lexicon) -> bool:
    """Whether the words are a ministry's or the government's."""
    issuer = resolve_issuer(words, lexicon.language)
    if issuer is not None:
        return issuer.id == "government" or issuer.id.endswith("-ministry")
    return not lexicon.ministries.isdisjoint(words.lower().split())


def carried_on(found: list[list[Speaker]], goes_on: AbstractSet[int]) -> list[list[Speaker]]:
    """The speakers of each sentence; one that only goes on counting, "Another 30 are hurt.", and
    names nobody, has the last speaker of the sentence before.
    """
    carried = list(found)
    for i in range(1, len(carried)):
        if i in goes_on and not carried[i] and carried[i - 1]:
            carried[i] = [Speaker(carried[i - 1][-1].words, 0)]
    return carried


def _is_office(tokens: Tokens, lexicon: Lexicon) -> bool:
    """Whether the words end in an office: "the coast guard", not "police shooting"."""
    if not all(t.text[0].isalpha() or t.text[0] in "-'’." for t in tokens):
        return False
    *_, before, end = ("", *(t.text for t in tokens))
    if tokens[-1].low in lexicon.loose_speakers or names_office(end, lexicon):
        return True
    return names_office(f"{before} {end}", lexicon) and not names_office(before, lexicon)


def speaker_for(
    tokens: Tokens, speakers: list[Speaker], first: int, lexicon: Lexicon
) -> str | None:
    """The words of the speaker of token `first`: the nearest between the same semicolons and in
    the same clause, else the nearest between the semicolons, else the last before them.
    """
    left = right = first
    while left > 0 and tokens[left - 1].low != ";":
        left -= 1
    while right < len(tokens) and tokens[right].low != ";":
        right += 1
    near = [s for s in speakers if left <= s.verb < right]
    near = [s for s in near if not _parted(tokens, s.verb, first, lexicon)] or [
        s for s in near if not _of_a_clause(tokens, s.verb, first, lexicon)
    ]
    if near:
        return min(near, key=lambda s: _distance(tokens, s.verb, first, lexicon)).words
    before = [s for s in speakers if s.verb < left]
    return before[-1].words if before else None


def _parted(tokens: Tokens, verb: int, first: int, lexicon: Lexicon) -> bool:
    """Whether another clause begins between a number and a verb: "at 58 after the mayor said"."""
    low, high = min(verb, first), max(verb, first)
    return any(t.low in lexicon.clause_words for t in tokens[low:high])


def _of_a_clause(tokens: Tokens, verb: int, first: int, lexicon: Lexicon) -> bool:
    """As in "passed 1,000, after the ministry said that …": who speaks tells of something else;
    not "12 died when a bus crashed, police said".
    """
    if not tokens[verb].text[0].isalpha():
        # "20 killed as bus plunges into gorge — police".
        return False
    last = next((i for i in range(verb, first, -1) if tokens[i].low in lexicon.clause_words), None)
    return last is not None and all(token.low != "," for token in tokens[last:verb])


def _distance(tokens: Tokens, verb: int, first: int, lexicon: Lexicon) -> tuple[int, int]:
    """How far a speaker is; as in "12 died, police said, and 30 were hurt, according to doctors",
    one who is told right after a number is nearer than the one of the number before.
    """
    commas = sum(token.low == "," for token in tokens[first:verb])
    after = commas == 1 and verb > first and matches(tokens, verb, lexicon.according) > 0
    return (0 if after else 1), abs(verb - first)
