"""Who a text credits, in its own words: "X said", "according to X", "X put the toll at …".

Which office the words name is decided in `issuers.py`. A name that the paragraph gave an
office keeps it: a later "X added" yields the words that hold the office.
"""

from dataclasses import dataclass
from typing import Final

from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.tokens import Tokens, matches

_LONGEST: Final = 14
_ASIDE: Final = 24


@dataclass(frozen=True, slots=True)
class Speaker:
    """Words that name a speaker, and the token of the verb that makes him one."""

    words: str
    verb: int


def read_speakers(text: str, told: list[Tokens], lexicon: Lexicon) -> list[list[Speaker]]:
    """The speakers of each sentence of a paragraph."""
    offices: dict[str, str] = {}
    last: str | None = None
    found: list[list[Speaker]] = []
    for tokens in told:
        speakers: list[Speaker] = []
        tolls = any(t.low in lexicon.toll_words or t.low in lexicon.counts for t in tokens)
        for i in range(len(tokens)):
            span = _span(tokens, i, lexicon, tolls=tolls)
            if span is None:
                continue
            if span[1] - span[0] == 1 and tokens[span[0]].low in lexicon.he:
                words = last
            else:
                words = _known(text, tokens, span, offices, lexicon)
            if words is not None:
                speakers.append(Speaker(words, i))
                last = words
        found.append(speakers)
    return found


def speaker_for(tokens: Tokens, speakers: list[Speaker], first: int) -> str | None:
    """The words of the speaker of token `first`: the nearest between the same semicolons, else
    the last before them.
    """
    left = right = first
    while left > 0 and tokens[left - 1].low != ";":
        left -= 1
    while right < len(tokens) and tokens[right].low != ";":
        right += 1
    near = [s for s in speakers if left <= s.verb < right]
    if near:
        return min(near, key=lambda s: abs(s.verb - first)).words
    before = [s for s in speakers if s.verb < left]
    return before[-1].words if before else None


def _span(tokens: Tokens, i: int, lexicon: Lexicon, *, tolls: bool) -> tuple[int, int] | None:
    """The tokens that name the speaker whom token i introduces."""
    length = matches(tokens, i, lexicon.according)
    if length:
        return _after(tokens, i + length, lexicon)
    low = tokens[i].low
    announces = low in lexicon.announce and tolls
    if not (low in lexicon.say or announces) or not tokens[i].text[0].islower():
        return None
    if low in lexicon.claims and tokens[i + 1 : i + 2] and tokens[i + 1].low != lexicon.that:
        return None
    before = _before(tokens, i, lexicon)
    if before is not None:
        return before
    quoted = i > 0 and tokens[i - 1].text in ",\"”'’"
    return _after(tokens, i + 1, lexicon) if quoted and low in lexicon.say else None


def _before(tokens: Tokens, verb: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The subject of a verb of saying, with the aside that tells the office."""
    last = verb
    while last > 0 and (
        tokens[last - 1].low in lexicon.speaking_skips or tokens[last - 1].low in lexicon.have
    ):
        last -= 1
    if last == 0:
        return None
    first = last
    floor = max(0, last - _LONGEST)
    if tokens[last - 1].low == ",":
        opening = last - 2
        while opening > max(0, last - _ASIDE) and tokens[opening].low != ",":
            opening -= 1
        if tokens[opening].low != ",":
            return None
        first, floor = opening, max(0, opening - _LONGEST)
        last -= 1
    while first > floor and not _bounds(tokens, first - 1, lexicon):
        first -= 1
    return _trimmed(tokens, first, last, lexicon)


def _after(tokens: Tokens, first: int, lexicon: Lexicon) -> tuple[int, int] | None:
    last = first
    while last < min(len(tokens), first + _LONGEST) and not _bounds(tokens, last, lexicon):
        last += 1
    if last < len(tokens) and tokens[last].low == ",":
        closing = last + 1
        while closing < min(len(tokens), last + _LONGEST) and not _bounds(tokens, closing, lexicon):
            closing += 1
        aside = " ".join(t.text for t in tokens[last:closing])
        if names_office(aside, lexicon):
            last = closing
    return _trimmed(tokens, first, last, lexicon)


def _bounds(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    token = tokens[i]
    if not token.text[0].isalnum():
        initial = token.text == "." and i > 0 and len(tokens[i - 1].text) == 1
        return not (initial or token.text[0] in "-'’")
    low = token.low
    return low in lexicon.speaker_bounds or low in lexicon.say or low in lexicon.earlier


def _trimmed(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The span without days and small words at its ends; None where nobody is named."""
    while first < last and (
        tokens[first].low in lexicon.speaking_skips or not tokens[first].text[0].isalnum()
    ):
        first += 1
    while (
        first < last
        and (
            tokens[last - 1].low in lexicon.speaking_skips or not tokens[last - 1].text[0].isalnum()
        )
        and not tokens[last - 1].text.startswith("'")
    ):
        last -= 1
    if first >= last:
        return None
    if tokens[first].text[0].isdigit() or tokens[first].low in lexicon.not_speakers:
        return None
    if any(t.low in lexicon.auxiliaries for t in tokens[first:last]):
        return None
    return first, last


def _known(
    text: str, tokens: Tokens, span: tuple[int, int], offices: dict[str, str], lexicon: Lexicon
) -> str | None:
    """The words of a speaker; for a bare name, those that gave it an office before."""
    first, last = span
    words = text[tokens[first].start : tokens[last - 1].end]
    names = [
        t
        for t in tokens[first:last]
        if t.text[0].isupper() and t.low not in lexicon.determiners and t.low not in lexicon.he
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
