"""Which measure a number has: its own noun, its toll, its verb, its predicate, or its list.

What the number is to the incident (its role) is decided in `roles.py`.
"""

from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Final

from tracker.figures.frames import Governor, Predicate, read_governor, read_predicate
from tracker.figures.lexicon import Lexicon
from tracker.figures.lists import included_in, listed_after, opens_of, whole_of
from tracker.figures.mentions import Bond, Mention
from tracker.figures.named import read_named
from tracker.figures.numerals import Numeral, read_numerals
from tracker.figures.phrases import Kind, Phrase, read_phrase
from tracker.figures.tokens import Tokens, after_of, matches_back
from tracker.figures.tolls import Toll, read_toll, read_toll_nouns
from tracker.model import Measure


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
    goes_on = topic is not None and (
        tokens[0].low in lexicon.it or any(token.low in lexicon.weekdays for token in tokens)
    )
    if not goes_on and lexicon.cues.isdisjoint(token.low for token in tokens):
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
    shared = _shared(tokens, candidates, lexicon)
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
        if toll is not None and topic is None and _of_nothing(tokens, toll, lexicon):
            toll = None
        mention = _bind(
            tokens, candidate, lexicon, measure, toll=toll, before=mentions, topic=topic
        )
        if mention is None:
            continue
        if mention.toll is not None:
            used.add(mention.toll.noun_at)
        if mention.toll is not None or mention.measure is Measure.KILLED:
            topic = mention.measure
        _append(tokens, mentions, mention, lexicon)
    return sorted([*mentions, *read_named(tokens, mentions, lexicon)], key=lambda m: m.first)


def _of_nothing(tokens: Tokens, toll: Toll, lexicon: Lexicon) -> bool:
    """As in "On Tuesday it was 12" where nothing has been counted yet."""
    return tokens[toll.noun_at].low in lexicon.it and toll.link in lexicon.be


def _append(tokens: Tokens, mentions: list[Mention], mention: Mention, lexicon: Lexicon) -> None:
    """Add a mention: no word carries two numbers, and persons told one by one are one number."""
    if mentions and mentions[-1].last > mention.first:
        if mentions[-1].phrase.end > mention.first:
            mention = replace(mention, first=mention.numeral.first)
        last = max(mentions[-1].numeral.last, min(mentions[-1].phrase.end, mention.first))
        mentions[-1] = replace(mentions[-1], last=last)
    merged = _merged(mentions[-1], mention, tokens, lexicon) if mentions else None
    if merged is not None:
        mentions[-1] = merged
    else:
        mentions.append(mention)


def _merged(one: Mention, other: Mention, tokens: Tokens, lexicon: Lexicon) -> Mention | None:
    """As in "a man and his son", "the driver and three passengers", "a woman and her two boys":
    persons told one by one, with one fate.
    """
    if other.listed_after is None or one.listed_after is not None:
        return None
    if not one.numeral.single or one.measure is not other.measure or other.numeral.low is None:
        return None
    the = tokens[one.numeral.first].low in lexicon.the
    his = tokens[other.numeral.first - 1].low in lexicon.his
    if not (other.numeral.single or the or his):
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
    of_parts = {n.last + after_of(tokens, n.last, lexicon)[0] for n, p in kept if p.subset}
    wholes = of_parts - {numeral.first for numeral, phrase in kept if phrase.noun is not None}
    found = [
        _Candidate(
            numeral,
            phrase,
            read_predicate(tokens, phrase.end, starts, lexicon),
            read_governor(tokens, numeral.first, lexicon),
            numeral.first in wholes or _of_company(tokens, numeral, phrase, starts, lexicon),
        )
        for numeral, phrase in kept
    ]
    for place, (part, whole) in enumerate(pairwise(found)):
        if part.phrase.subset and whole.phrase.noun and whole.numeral.first in of_parts:
            # "Four of the 19 injured are in hospital": the verb is of the four.
            measure = whole.predicate.measure or whole.phrase.noun
            found[place] = replace(part, predicate=replace(part.predicate, measure=measure))
            found[place + 1] = replace(whole, predicate=replace(whole.predicate, measure=None))
    return found


def _of_company(
    tokens: Tokens, numeral: Numeral, phrase: Phrase, starts: set[int], lexicon: Lexicon
) -> bool:
    """As in "Of the 120 passengers, 31 died": nothing befell all of them."""
    plain = phrase.noun is None and phrase.state is None and phrase.kind is not Kind.BARE
    return (
        plain
        and opens_of(tokens, numeral, lexicon)
        and read_predicate(tokens, phrase.end, starts, lexicon).measure is None
    )


def _is_person(tokens: Tokens, numeral: Numeral, phrase: Phrase, lexicon: Lexicon) -> bool:
    """Whether "a …" counts somebody, and is no apposition to a name ("X, a teacher,")."""
    if phrase.noun is not None:
        return tokens[phrase.noun_at].low in lexicon.person_nouns
    if phrase.kind is Kind.BARE:
        return numeral.more and read_governor(tokens, numeral.first, lexicon) is not None
    if phrase.kind not in (Kind.PEOPLE, Kind.ATTACKERS):
        return False
    first = numeral.first
    named = first > 1 and tokens[first - 1].low == "," and tokens[first - 2].text[0].isupper()
    return not named


def _shared(tokens: Tokens, candidates: list[_Candidate], lexicon: Lexicon) -> list[Measure | None]:
    """Each candidate's predicate, or the one that it shares with the next of its list."""
    places = {c.numeral.first: place for place, c in enumerate(candidates)}
    shared: list[Measure | None] = [c.predicate.measure for c in candidates]
    denied = {
        place
        for place, c in enumerate(candidates)
        if place and matches_back(tokens, c.numeral.first - 1, lexicon.denying)
    }
    for place in range(len(candidates) - 1, -1, -1):
        if place + 1 < len(candidates) and candidates[place + 1].denominator:
            shared[place] = shared[place] or shared[place + 1]
        joint = candidates[place].predicate.joint if place not in denied else None
        if _sets_the_scene(tokens, candidates[place], lexicon):
            continue
        if shared[place] is None and joint in places and candidates[place].phrase.noun is None:
            following = candidates[places[joint]]
            if following.governor is None and following.phrase.kind is not Kind.THINGS:
                shared[place] = following.phrase.noun or shared[places[joint]]
    return shared


def _sets_the_scene(tokens: Tokens, candidate: _Candidate, lexicon: Lexicon) -> bool:
    """As in "12 died in two incidents and 40 were hurt": where it happened, not to whom."""
    first = candidate.numeral.first
    return (
        candidate.phrase.kind is Kind.UNKNOWN
        and first > 0
        and tokens[first - 1].low in lexicon.settings
    )


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
    listed = listed_after(tokens, numeral.first, before, lexicon)
    whole = whole_of(tokens, before, listed, numeral.first, lexicon)
    if whole is not None:
        phrase = replace(phrase, subset=True)

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
    of_verb = governor is not None and toll is not None and toll.link in lexicon.of
    if toll is not None and not mixed and not of_verb and not _speaks_alone(toll, candidate):
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
    included = (before or topic) and (phrase.subset or included_in(tokens, first, lexicon))
    if (included or whole) and candidate.predicate.measure is None:
        measure = (
            whole
            or (phrase.subset and phrase.state)
            or (before[-1].measure if before else topic or Measure.KILLED)
        )
        return mention(_graver(tokens, phrase, measure, lexicon), Bond.LIST)
    if predicate is not None:
        return mention(predicate, Bond.PREDICATE)
    if phrase.state is not None:
        return mention(phrase.state, Bond.NOUN, last=phrase.end)
    if listed is not None and (
        not candidate.predicate.finite or tokens[before[listed].first].low in lexicon.bodies
    ):
        tells = phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.say
        loose = phrase.kind is Kind.BARE and numeral.word in lexicon.loose and not phrase.others
        one_of = phrase.kind is Kind.UNKNOWN and tokens[numeral.last].low in lexicon.of
        if loose or one_of or (tells and numeral.single):
            return None
        return mention(_graver(tokens, phrase, before[listed].measure, lexicon), Bond.LIST)
    compared = matches_back(tokens, first - 1, lexicon.compared)
    if compared and (before or topic is not None) and phrase.kind in (Kind.BARE, Kind.PEOPLE):
        measure = before[-1].measure if before else topic or Measure.KILLED
        return mention(measure, Bond.COMPARED, first - compared, phrase.end)
    return None


def _speaks_alone(toll: Toll, candidate: _Candidate) -> bool:
    """As in "corrected its count: 164 people were rescued": the verb says what a toll leaves open.

    A toll that names its measure gives way only to another measure's own verb.
    """
    own = candidate.predicate.measure
    return own is not None and candidate.predicate.finite and own is not toll.measure


def _graver(tokens: Tokens, phrase: Phrase, measure: Measure, lexicon: Lexicon) -> Measure:
    """As in "52 were injured, seven critically"."""
    severe = phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.severe
    return Measure.CRITICALLY_INJURED if severe and measure is Measure.INJURED else measure


_MIXED: Final = frozenset({Measure.CASUALTIES_MIXED})
_HURT: Final = frozenset({Measure.INJURED, Measure.MISSING, Measure.ESCAPED_OR_RESCUED})
"""Nouns of people whom a verb may tell a graver fate of: "two of the injured died"."""
