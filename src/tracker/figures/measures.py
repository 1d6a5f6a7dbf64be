"""Which measure a number has: its own noun, its toll, its verb, its predicate, or its list.

What the number is to the incident (its role) is decided in `roles.py`.
"""

from dataclasses import replace
from typing import Final

from tracker.figures.candidates import Candidate, read_candidates, shared_measures
from tracker.figures.lexicon import Lexicon
from tracker.figures.lists import included_in, listed_after, whole_of
from tracker.figures.mentions import Bond, Mention
from tracker.figures.named import read_named
from tracker.figures.phrases import Kind, Phrase
from tracker.figures.tokens import Tokens, closing_verb, finds, matches_back
from tracker.figures.tolls import Toll, read_toll, read_toll_nouns
from tracker.model import Measure


def read_mentions(tokens: Tokens, topic: Measure | None, lexicon: Lexicon) -> list[Mention]:
    """The numbers of people of one sentence; `topic` is what the text counted last."""
    words = {token.low for token in tokens}
    goes_on = topic is not None and not words.isdisjoint(lexicon.weak_cues)
    if not goes_on and words.isdisjoint(lexicon.cues):
        return []
    candidates = read_candidates(tokens, lexicon)
    if not candidates:
        return read_named(tokens, [], lexicon)
    taken = {c.phrase.noun_at for c in candidates if c.phrase.noun is not None}
    nouns = read_toll_nouns(tokens, taken, lexicon)
    if topic is None:
        topic = next((measure for measure in nouns.measures if measure is not None), None)
    mentions: list[Mention] = []
    used: set[int] = set()
    wrong: Candidate | None = None
    shared = shared_measures(tokens, candidates, lexicon)
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
            wrong = candidate
            continue
        _append_denied(tokens, mentions, wrong, mention, lexicon)
        wrong = None
        if mention.toll is not None:
            used.add(mention.toll.noun_at)
        if mention.toll is not None or mention.measure is Measure.KILLED:
            topic = mention.measure
        _append(tokens, mentions, mention, lexicon)
    mentions = _respectively(tokens, mentions, lexicon)
    return sorted([*mentions, *read_named(tokens, mentions, lexicon)], key=lambda m: m.first)


def _append_denied(
    tokens: Tokens,
    mentions: list[Mention],
    wrong: Candidate | None,
    right: Mention,
    lexicon: Lexicon,
) -> None:
    """Add the 58 of "not 58, as first reported, but 41 people died", which counts what 41 does."""
    if wrong is None or tokens[right.numeral.first - 1].low not in lexicon.contrast:
        return
    numeral, phrase = wrong.numeral, wrong.phrase
    plain = phrase.kind in (Kind.BARE, Kind.PEOPLE) and not numeral.single
    if plain and matches_back(tokens, numeral.first - 1, lexicon.denying):
        denied = replace(
            right,
            numeral=numeral,
            phrase=phrase,
            bond=Bond.COMPARED,
            first=numeral.first,
            last=phrase.end,
            toll=None,
            listed_after=None,
        )
        _append(tokens, mentions, denied, lexicon)


def _respectively(tokens: Tokens, mentions: list[Mention], lexicon: Lexicon) -> list[Mention]:
    """As in "the dead and the injured numbered 5 and 11 respectively": each number its own fate."""
    at = next((i for i, t in enumerate(tokens) if t.low in lexicon.respectively), None)
    if at is None:
        return mentions
    before = [m for m in mentions if m.numeral.last <= at][-2:]
    fates = [lexicon.states[t.low] for t in tokens[:at] if t.low in lexicon.states][-2:]
    if len(before) != len(fates) or len(set(fates)) < len(before):
        return mentions
    told = {
        id(m): replace(m, measure=fate, bond=Bond.PREDICATE, toll=None, listed_after=None)
        for m, fate in zip(before, fates, strict=True)
    }
    return [told.get(id(m), m) for m in mentions]


def _of_nothing(tokens: Tokens, toll: Toll, lexicon: Lexicon) -> bool:
    """As in "On Tuesday it was 12" where nothing has been counted yet."""
    return tokens[toll.noun_at].low in lexicon.it and tokens[toll.link_at].low in lexicon.be


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
    near = tokens[max(one.last, other.numeral.first - 2) : other.numeral.first]
    his = any(token.low in lexicon.his for token in near)
    if not (other.numeral.single or the or his):
        return None
    total = (one.numeral.low or 0) + (other.numeral.low or 0)
    numeral = replace(one.numeral, low=total, high=total, last=other.numeral.last)
    return replace(one, numeral=numeral, phrase=other.phrase, last=other.last, bond=other.bond)


def _bind(  # noqa: C901, PLR0912 — a table of cases, in the order that decides
    tokens: Tokens,
    candidate: Candidate,
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
    of_verb = governor is not None and toll is not None and tokens[toll.link_at].low in lexicon.of
    if toll is not None and not mixed and not of_verb and not _speaks_alone(toll, candidate):
        measure = toll.measure or _only(before) or topic or Measure.KILLED
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
    if predicate is None and _found_dead(tokens, candidate, topic, lexicon):
        return mention(Measure.KILLED, Bond.VERB, last=phrase.end)
    included = (before or topic) and (phrase.subset or included_in(tokens, first, lexicon))
    if (included or whole) and candidate.predicate.measure is None:
        if numeral.low == 0:
            # "62 were taken to hospital, none of them in danger".
            return None
        counted = [m.measure for m in before if m.measure is not Measure.AT_RISK_TOTAL]
        measure = (
            whole
            or (phrase.subset and phrase.state)
            or (counted[-1] if counted else topic or Measure.KILLED)
        )
        return mention(_graver(tokens, phrase, measure, lexicon), Bond.LIST)
    if predicate is Measure.FEARED_DEAD and _lives(tokens, last, lexicon):
        return mention(Measure.KILLED, Bond.PREDICATE)
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
        if loose or one_of or tells:
            return None
        return mention(_graver(tokens, phrase, before[listed].measure, lexicon), Bond.LIST)
    compared = matches_back(tokens, first - 1, lexicon.compared)
    bare = lexicon.confirming | lexicon.contrast
    named = first > 0 and tokens[first - 1].low in bare
    if (
        (compared or named)
        and (before or topic is not None)
        and phrase.kind in (Kind.BARE, Kind.PEOPLE)
    ):
        measure = before[-1].measure if before else topic or Measure.KILLED
        return mention(measure, Bond.COMPARED, first - compared, phrase.end)
    if topic is not None and _reported(tokens, phrase, lexicon):
        return mention(topic, Bond.COMPARED)
    return None


def _only(before: list[Mention]) -> Measure | None:
    """What the numbers before count, where they count one thing."""
    told = {mention.measure for mention in before}
    return told.pop() if len(told) == 1 else None


def _reported(tokens: Tokens, phrase: Phrase, lexicon: Lexicon) -> bool:
    """As in "85 gemeldet worden waren": of a bare number, the toll that the text tells of."""
    closing = tokens[phrase.end : closing_verb(tokens, phrase.end, lexicon)]
    return phrase.kind is Kind.BARE and any(token.low in lexicon.put for token in closing)


def _found_dead(
    tokens: Tokens, candidate: Candidate, topic: Measure | None, lexicon: Lexicon
) -> bool:
    """As in "recovered 12 more victims", "pulled out two more" where the dead are counted."""
    phrase, verb = candidate.phrase, candidate.numeral.first - 1
    if verb > 0 and tokens[verb].low in lexicon.prepositions | lexicon.adverbs | {"out", "up"}:
        verb -= 1
    if verb < 0 or tokens[verb].low not in lexicon.finding:
        return False
    victims = any(
        t.low in lexicon.victims and t.low in lexicon.people
        for t in tokens[candidate.numeral.last : phrase.end]
    )
    return victims or (phrase.more and phrase.kind is Kind.BARE and topic is Measure.KILLED)


def _lives(tokens: Tokens, last: int, lexicon: Lexicon) -> bool:
    """As in "two feared dead … were found alive": no longer feared, but a toll that was wrong."""
    return finds(tokens, last, last + _SENTENCE, lexicon.alive) is not None


def _speaks_alone(toll: Toll, candidate: Candidate) -> bool:
    """As in "corrected its count: 164 people were rescued": the verb says what a toll leaves open.

    A toll that names its measure gives way only to another measure's own verb.
    """
    own = candidate.predicate.measure
    return own is not None and candidate.predicate.finite and own is not toll.measure


def _graver(tokens: Tokens, phrase: Phrase, measure: Measure, lexicon: Lexicon) -> Measure:
    """As in "52 were injured, seven critically"."""
    severe = phrase.end < len(tokens) and tokens[phrase.end].low in lexicon.severe
    return Measure.CRITICALLY_INJURED if severe and measure is Measure.INJURED else measure


_SENTENCE: Final = 40
"""How many words on somebody thought dead may turn out to be alive."""
_MIXED: Final = frozenset({Measure.CASUALTIES_MIXED})
_HURT: Final = frozenset({Measure.INJURED, Measure.MISSING, Measure.ESCAPED_OR_RESCUED})
"""Nouns of people whom a verb may tell a graver fate of: "two of the injured died"."""
