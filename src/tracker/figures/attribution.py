"""Who a text credits, in its own words: "X said", "according to X", "X put the toll at …".

Which office the words name is decided in `issuers.py`. A name that the paragraph gave an
office keeps it: a later "X added" yields the words that hold the office.
"""

from typing import Final

from tracker.figures.cardinals import read_word
from tracker.figures.issuers import names_office
from tracker.figures.lexicon import Lexicon
from tracker.figures.names import auxiliary_before, counts_people, ends_speaker, known_speaker
from tracker.figures.speakers import HEADED, Speaker, beside_a_colon, owners, with_others
from tracker.figures.tables import union
from tracker.figures.tokens import Tokens, matches

_LONGEST: Final = 14
_ASIDE: Final = 24
_NAME: Final = 3
"""How many words a name may have: "Costa de Besk"."""


def read_speakers(text: str, told: list[Tokens], lexicon: Lexicon) -> list[list[Speaker]]:
    """The speakers of each sentence of a paragraph."""
    offices: dict[str, str] = {}
    last: str | None = None
    tolls = False
    found: list[list[Speaker]] = []
    for tokens in told:
        speakers: list[Speaker] = []
        tolls = tolls and any(t.low in lexicon.it for t in tokens)
        tolls |= any(t.low in lexicon.toll_words or t.low in lexicon.counts for t in tokens)
        for i, token in enumerate(tokens):
            if token.low not in lexicon.openers_of_speakers:
                continue
            span = _span(tokens, i, lexicon, tolls=tolls)
            if span is None or _a_claim(tokens, span[0], i, lexicon):
                continue
            if span[1] - span[0] == 1 and tokens[span[0]].low in lexicon.he:
                words = last
            else:
                words = known_speaker(text, tokens, span, offices, lexicon)
            if words is None:
                continue
            if speakers and _hands_on(tokens, speakers[-1].verb, i, lexicon):
                speakers[-1] = Speaker(words, speakers[-1].verb)
            else:
                speakers.append(Speaker(words, i))
            last = words
        speakers = with_others(text, tokens, speakers, lexicon)
        if not speakers:
            speakers = beside_a_colon(text, tokens, lexicon)
        own = owners(text, tokens, lexicon, alone=not speakers)
        speakers = sorted([*speakers, *own], key=lambda speaker: speaker.verb)
        found.append(speakers)
    return found


def _a_claim(tokens: Tokens, first: int, verb: int, lexicon: Lexicon) -> bool:
    """As in "a figure the army disputes": the words before the verb name the claim first."""
    claims = {t.low for t in tokens[first : first + 2]} & (union(lexicon.counts, lexicon.hearsay))
    return tokens[verb].low in lexicon.deny and bool(claims)


def _hands_on(tokens: Tokens, verb: int, i: int, lexicon: Lexicon) -> bool:
    """As in "the UN said on Monday, citing the ministry": it is the ministry's figure."""
    between = tokens[verb + 1 : i]
    if tokens[i].low in lexicon.citing:
        return not any(t.low in lexicon.clause_words or t.low == ";" for t in between)
    return matches(tokens, i, lexicon.according) > 0 and all(
        t.low == "," or t.low in lexicon.speaking_skips for t in between
    )


def _span(  # noqa: C901 — a table of cases, in the order that decides
    tokens: Tokens, i: int, lexicon: Lexicon, *, tolls: bool
) -> tuple[int, int] | None:
    """The tokens that name the speaker whom token i introduces."""
    length = matches(tokens, i, lexicon.according)
    if length or _put_by(tokens, i, lexicon):
        return _after(tokens, i + max(length, 1), lexicon)
    low = tokens[i].low
    announces = low in lexicon.announce and tolls
    speaks = low in lexicon.say or low in lexicon.deny or announces
    if not speaks or not tokens[i].text[0].islower() or _adjective(tokens, i, lexicon):
        return None
    if i and _is_noun(tokens, i, lexicon):
        return None
    if low in lexicon.claims and tokens[i + 1 : i + 2] and tokens[i + 1].low not in lexicon.that:
        return None
    first = i
    while first > 0 and tokens[first - 1].low in lexicon.have:
        first -= 1
    quoted = first > 0 and tokens[first - 1].text in ",\"”'’»"
    follows = _after(tokens, i + 1, lexicon) if quoted and low in lexicon.say else None
    if lexicon.verb_first and follows is not None:
        return follows
    subject = _before(tokens, i, lexicon) or follows
    if subject is not None and _rises(tokens, subject, i, lexicon):
        return None
    if not lexicon.verb_last or (
        subject is not None and not counts_people(tokens, subject, lexicon)
    ):
        return subject
    have = auxiliary_before(tokens, i, lexicon)
    subject = _before(tokens, have, lexicon) if have is not None else None
    for span in (subject, _after(tokens, (i if have is None else have) + 1, lexicon)):
        if span is not None and not counts_people(tokens, span, lexicon):
            return span
    return None


def _is_noun(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "based on reports from the police", "in five states": what else is a verb of saying."""
    low, before = tokens[i].low, tokens[i - 1]
    if low in lexicon.hearsay and before.low in lexicon.prepositions:
        return True
    counted = before.text[0].isdigit() or read_word(before.low, lexicon.language) is not None
    return low in lexicon.not_people and (counted or before.low in lexicon.determiners)


def _rises(tokens: Tokens, subject: tuple[int, int], verb: int, lexicon: Lexicon) -> bool:
    """As in "las muertes por el paso del huracán aumentaron a 43": nobody puts them at 43."""
    rises = tokens[verb].low in lexicon.moves and verb + 1 < len(tokens)
    if not (lexicon.verb_first and rises and tokens[verb + 1].low in lexicon.to_words):
        return False
    words = tokens[slice(*subject)]
    office = names_office(" ".join(t.text for t in words), lexicon)
    speaks = office or any(t.low in lexicon.loose_speakers for t in words)
    return not speaks and len(words) > _NAME


def _put_by(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "put at 47 by the army and at 62 by the Red Cross"."""
    if not 1 < i < len(tokens) - 1 or tokens[i].low not in lexicon.by:
        return False
    digits = tokens[i - 1].text[0].isdigit()
    put = digits and any(t.low in lexicon.put for t in tokens[max(0, i - _LONGEST) : i])
    words = " ".join(t.text for t in tokens[i + 1 : i + HEADED])
    return put and tokens[i - 2].low in lexicon.weak_links and names_office(words, lexicon)


def _adjective(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "its confirmed death toll", "la cifra de muertos": nobody speaks."""
    if tokens[i].low in lexicon.counts and i and tokens[i - 1].low in lexicon.determiners:
        return True
    if not tokens[i].low.endswith(lexicon.verb_endings):
        return False
    after = [t.low for t in tokens[i + 1 : i + 3]]
    if any(word in lexicon.toll_words for word in after):
        return not any(word in union(lexicon.articles, lexicon.determiners) for word in after)
    before = tokens[i - 1].low if i else ""
    owned = i == 0 or before in union(lexicon.of, lexicon.possessive, lexicon.determiners)
    return owned and bool(after) and (after[0] in lexicon.tolls or after[0] in lexicon.counts)


def _before(tokens: Tokens, verb: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The subject of a verb of saying, with the aside that tells the office."""
    last = verb
    while last > 0 and (
        tokens[last - 1].low in lexicon.speaking_skips or tokens[last - 1].low in lexicon.have
    ):
        last -= 1
    if last > 1 and tokens[last - 1].low in lexicon.relative and tokens[last - 2].low == ",":
        last -= 2
    if last == 0:
        return None
    first = last
    floor = max(0, last - _LONGEST)
    if tokens[last - 1].low == ",":
        opening = last - 2
        while opening > max(0, last - _ASIDE) and tokens[opening].low != ",":
            opening -= 1
        if tokens[opening].low != "," or matches(tokens, opening + 1, lexicon.according):
            return None
        first, floor = opening, max(0, opening - _LONGEST)
        last = opening if _tells_a_deed(tokens[opening + 1 : last - 1], lexicon) else last - 1
    while first > floor and not _bounds(tokens, first - 1, lexicon):
        first -= 1
    if first and tokens[first - 1].low in lexicon.deny:
        # "Police rejected media reports": nobody reports here.
        return None
    return _trimmed(tokens, first, _first_verb(tokens, first, last, lexicon), lexicon)


def _first_verb(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> int:
    """Where a subject of several verbs ends: "officials | recounted the bodies and" put."""
    for k in range(first + 1, last - 1):
        deed = tokens[k].low.endswith(lexicon.verb_endings)
        if deed and tokens[k + 1].low in lexicon.determiners:
            return k
    branded = last - first > 1 and tokens[last - 1].low in lexicon.branding
    return last - 1 if branded else last


def _tells_a_deed(aside: Tokens, lexicon: Lexicon) -> bool:
    """As in "the mayor, who had denied it, said", "the mayor, revising his figures, said"."""
    return bool(aside) and (
        aside[0].low in lexicon.relative
        or aside[0].low.endswith(lexicon.verb_endings)
        or any(t.low in lexicon.auxiliaries for t in aside)
    )


def _after(tokens: Tokens, first: int, lexicon: Lexicon) -> tuple[int, int] | None:
    while first + 1 < len(tokens) and tokens[first].low in lexicon.speaking_skips:
        first += 1
    last = first
    while last < min(len(tokens), first + _LONGEST) and not _bounds(tokens, last, lexicon):
        if last > first and ends_speaker(tokens, last, lexicon):
            break
        last += 1
    if last < len(tokens) and tokens[last].low == ",":
        closing = last + 1
        while closing < min(len(tokens), last + _LONGEST) and not _bounds(tokens, closing, lexicon):
            closing += 1
        aside = " ".join(t.text for t in tokens[last:closing])
        speaks = closing < len(tokens) and tokens[closing].low in lexicon.say
        if names_office(aside, lexicon) and not speaks:
            last = closing
    return _trimmed(tokens, first, last, lexicon)


def _bounds(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    token = tokens[i]
    if not token.text[0].isalnum():
        initial = token.text == "." and i > 0 and len(tokens[i - 1].text) == 1
        return not (initial or token.text[0] in "-'’")
    low = token.low
    if low in lexicon.joins and _joins_names(tokens, i, lexicon):
        return False
    verb = low in lexicon.say or low in lexicon.deny
    return verb or low in lexicon.speaker_bounds or low in lexicon.earlier


def _joins_names(tokens: Tokens, i: int, lexicon: Lexicon) -> bool:
    """As in "the Ministry of Roads and Bridges": the "and" of one office, or of its places."""
    if lexicon.capital_nouns or i < 2 or i + 1 >= len(tokens):
        return False
    before, after = tokens[i - 1], tokens[i + 1]
    return before.text[0].isupper() and after.text[0].isupper() and after.low not in lexicon.the


def _trimmed(tokens: Tokens, first: int, last: int, lexicon: Lexicon) -> tuple[int, int] | None:
    """The span without days and small words at its ends; None where nobody is named."""
    while first < last and (
        tokens[first].low in union(lexicon.speaking_skips, lexicon.of)
        or not tokens[first].text[0].isalnum()
    ):
        if tokens[first].low in lexicon.articles and (
            first + 1 < last and tokens[first + 1].low not in lexicon.speaking_skips
        ):
            break
        first += 1
    while (
        first < last
        and (
            tokens[last - 1].low in lexicon.speaking_skips
            or tokens[last - 1].low in lexicon.months
            or not tokens[last - 1].text[0].isalnum()
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
    if tokens[last - 1].low in lexicon.bodies:
        # "Seven more bodies raised the toll to 63".
        return None
    if tokens[last - 1].low in lexicon.toll_words or tokens[last - 1].low in lexicon.counts:
        return None
    return first, last
