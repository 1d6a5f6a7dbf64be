"""Which measure a number has: its own noun, its toll, its verb, its predicate, or its list.

What the number is to the incident (its role) is decided in `roles.py`.
"""

from dataclasses import dataclass, replace
from typing import Final

from tracker.figures.frames import Governor, Predicate, read_governor, read_predicate
from tracker.figures.lexicon import Lexicon
from tracker.figures.mentions import Bond, Mention
from tracker.figures.named import read_named
from tracker.figures.numerals import Numeral, read_numerals
from tracker.figures.phrases import Kind, Phrase, read_phrase
from tracker.figures.tokens import Tokens, matches_back
from tracker.figures.tolls import Toll, read_toll, read_toll_nouns
from tracker.model import Measure

_GAP: Final = 10
"""How many words of place may part two numbers of one list."""


@dataclass(frozen=True, slots=True)
class _Candidate:
    numeral: Numeral
    phrase: Phrase
    predicate: Predicate
    governor: Governor | None
    denominator: bool = False
    """The 22 of "13 of the 22 on board"."""


def read_mentions(tokens: Tokens, topic: Measure | None, lexicon: Lexicon) -> list[Mention]:
    """The numbers of people of one sentence; `topic` is what the text counted last."""
    if lexicon.cues.isdisjoint(token.low for token in tokens):
        return []
    candidates = _candidates(tokens, lexicon)
    if not candidates:
        return read_named(tokens, [], lexicon)
    taken = {c.phrase.noun_at for c in candidates if c.phrase.noun is not None}
    nouns = read_toll_nouns(tokens, taken, lexicon)
    if topic is None:
        topic = next((measure for measure in nouns.measures if measure is not None), None)
    mentions: list[Mention] = []
    used: set[int] = set()
    shared = _shared(candidates)
    for candidate, measure in zip(candidates, shared, strict=True):
        if candidate.phrase.kind is Kind.THINGS:
            continue
        above = mentions[-1] if mentions else None
        pair = (above.toll, above.phrase.end) if above is not None and above.toll else None
        toll = read_toll(
            tokens,
            candidate.numeral,
            candidate.phrase,
            nouns,
            lexicon,
            used=used,
            before=pair,
        )
        mention = _bind(
            tokens, candidate, lexicon, measure, toll=toll, before=mentions, topic=topic
        )
        if mention is None:
            continue
        if mention.toll is not None:
            used.add(mention.toll.noun_at)
        if mention.toll is not None or mention.measure is Measure.KILLED:
            topic = mention.measure
        _append(mentions, mention)
    return sorted([*mentions, *read_named(tokens, mentions, lexicon)], key=lambda m: m.first)


def _append(mentions: list[Mention], mention: Mention) -> None:
    """Add a mention: no word carries two numbers, and persons told one by one are one number."""
    if mentions and mentions[-1].last > mention.first:
        mention = replace(mention, first=mention.numeral.first)
        mentions[-1] = replace(mentions[-1], last=min(mentions[-1].last, mention.first))
    listed = mention.numeral.single and mention.listed_after is not None
    merged = _merged(mentions[-1], mention) if listed else None
    if merged is not None:
        mentions[-1] = merged
    else:
        mentions.append(mention)


def _merged(one: Mention, other: Mention) -> Mention | None:
    """As in "A man and his son" are two: persons told one by one, with one fate."""
    if not (one.numeral.single and one.measure is other.measure) or one.listed_after is not None:
        return None
    total = (one.numeral.low or 0) + (other.numeral.low or 0)
    numeral = replace(one.numeral, low=total, high=total, last=other.numeral.last)
    return replace(one, numeral=numeral, phrase=other.phrase, last=other.last, bond=other.bond)


def _candidates(tokens: Tokens, lexicon: Lexicon) -> list[_Candidate]:
    numerals = read_numerals(tokens, lexicon)
    counts = {n.first for n in numerals if not n.single}
    kept: list[tuple[Numeral, Phrase]] = []
    for numeral in numerals:
        phrase = read_phrase(tokens, numeral, counts, lexicon)
        if phrase.more and phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.than:
            continue
        if not numeral.single or _is_person(tokens, numeral, phrase, lexicon):
            kept.append((numeral, phrase))
    starts = {numeral.first for numeral, _ in kept}
    wholes = {numeral.last + 2 for numeral, phrase in kept if phrase.subset}
    return [
        _Candidate(
            numeral,
            phrase,
            read_predicate(tokens, phrase.end, starts, lexicon),
            read_governor(tokens, numeral.first, lexicon),
            numeral.first in wholes,
        )
        for numeral, phrase in kept
    ]


def _is_person(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether "a …" counts somebody, and is no apposition to a name ("X, a teacher,")."""
    if phrase.noun is not None:
        return False
    if phrase.kind is Kind.BARE:
        return numeral.more and read_governor(tokens, numeral.first, lexicon) is not None
    if phrase.kind not in (Kind.PEOPLE, Kind.ATTACKERS):
        return False
    first = numeral.first
    named = first > 1 and tokens[first - 1].low == "," and tokens[first - 2].text[0].isupper()
    return not named


def _shared(candidates: list[_Candidate]) -> list[Measure | None]:
    """Each candidate's predicate, or the one that it shares with the next of its list."""
    places = {c.numeral.first: place for place, c in enumerate(candidates)}
    shared: list[Measure | None] = [c.predicate.measure for c in candidates]
    for place in range(len(candidates) - 1, -1, -1):
        if place + 1 < len(candidates) and candidates[place + 1].denominator:
            shared[place] = shared[place] or shared[place + 1]
        joint = candidates[place].predicate.joint
        if shared[place] is None and joint in places and candidates[place].phrase.noun is None:
            following = candidates[places[joint]]
            if following.governor is None and following.phrase.kind is not Kind.THINGS:
                shared[place] = following.phrase.noun or shared[places[joint]]
    return shared


def _bind(  # noqa: C901, PLR0912 — a table of cases, in the order that decides
    tokens: Tokens,
    candidate: _Candidate,
    lexicon: Lexicon,
    predicate: Measure | None,
    *,
    toll: Toll | None,
    before: list[Mention],
    topic: Measure | None,
) -> Mention | None:
    """The mention that a candidate makes, by the first tie that holds."""
    numeral, phrase, governor = candidate.numeral, candidate.phrase, candidate.governor
    first, last = numeral.first, max(phrase.end, candidate.predicate.end)
    listed = _listed_after(tokens, candidate, before, lexicon)

    def mention(measure: Measure, bond: Bond, first: int = first, last: int = last) -> Mention:
        return Mention(
            numeral=numeral,
            phrase=phrase,
            measure=measure,
            bond=bond,
            first=first,
            last=last,
            toll=toll if bond is Bond.TOLL else None,
            listed_after=listed,
        )

    if candidate.denominator:
        return mention(Measure.AT_RISK_TOTAL, Bond.NOUN, last=phrase.end)
    mixed = predicate is not None and toll is not None and toll.measure in _MIXED
    if toll is not None and not mixed and not (governor is not None and toll.link == lexicon.of):
        measure = toll.measure or topic or Measure.KILLED
        if phrase.noun is None or phrase.noun is measure:
            return mention(measure, Bond.TOLL, min(toll.link_at, first), phrase.end)
    if phrase.noun is not None:
        if governor is not None and governor.measure is not phrase.noun and phrase.noun in _HURT:
            return mention(governor.measure, Bond.VERB, governor.first, phrase.end)
        if predicate is not None and phrase.noun in _HURT:
            return mention(predicate, Bond.PREDICATE)
        return mention(phrase.noun, Bond.NOUN, last=phrase.end)
    if governor is not None:
        return mention(governor.measure, Bond.VERB, governor.first, phrase.end)
    included = (before or topic) and (phrase.subset or _included(tokens, first, lexicon))
    if included and candidate.predicate.measure is None:
        measure = before[-1].measure if before else topic or Measure.KILLED
        return mention(_graver(tokens, phrase, measure, lexicon), Bond.LIST)
    if predicate is not None:
        return mention(predicate, Bond.PREDICATE)
    if phrase.state is not None:
        return mention(phrase.state, Bond.NOUN, last=phrase.end)
    if listed is not None and not candidate.predicate.finite:
        loose = phrase.kind is Kind.BARE and numeral.word in lexicon.loose and not phrase.others
        one_of = phrase.kind is Kind.UNKNOWN and tokens[numeral.last].low == lexicon.of
        if loose or one_of:
            return None
        return mention(_graver(tokens, phrase, before[listed].measure, lexicon), Bond.LIST)
    compared = matches_back(tokens, first - 1, lexicon.compared)
    if compared and topic is not None and phrase.kind in (Kind.BARE, Kind.PEOPLE):
        measure = before[-1].measure if before else topic
        return mention(measure, Bond.COMPARED, first - compared, phrase.end)
    return None


def _graver(tokens: Tokens, phrase: Phrase, measure: Measure, lexicon: Lexicon) -> Measure:
    """As in "52 were injured, seven critically"."""
    severe = phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.severe
    return Measure.CRITICALLY_INJURED if severe and measure is Measure.INJURED else measure


def _included(tokens: Tokens, first: int, lexicon: Lexicon) -> bool:
    return matches_back(tokens, first - 1, lexicon.include) > 0


_MIXED: Final = frozenset({Measure.CASUALTIES_MIXED})
_HURT: Final = frozenset({Measure.INJURED, Measure.MISSING})


def _listed_after(
    tokens: Tokens, candidate: _Candidate, before: list[Mention], lexicon: Lexicon
) -> int | None:
    """The place of the mention that this one continues: "two soldiers and three civilians"."""
    if not before:
        return None
    earlier, first = before[-1], candidate.numeral.first
    gap = tokens[earlier.phrase.end : first]
    while gap and gap[-1].low in lexicon.list_adverbs:
        gap = gap[:-1]
    if not gap or len(gap) > _GAP:
        return None
    if gap[-1].low not in lexicon.list_joins and not matches_back(
        gap, len(gap) - 1, lexicon.list_phrases
    ):
        return None
    middle = gap[:-1]
    while middle and middle[-1].low in lexicon.list_joins:
        middle = middle[:-1]
    plain = (
        not middle
        or middle[0].low in lexicon.prepositions
        or (earlier.bond is Bond.NOUN and middle[0].low in lexicon.auxiliaries)
        or earlier.last > earlier.phrase.end
    )
    verbs = any(t.low in lexicon.auxiliaries or t.low in lexicon.relative for t in middle)
    says = any(t.low in lexicon.say for t in middle)
    blocked = says or (verbs and earlier.bond not in (Bond.PREDICATE, Bond.NOUN))
    return len(before) - 1 if plain and not blocked else None
